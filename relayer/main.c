/* main.c - sprove-relayer: settings, and the exit code. */
#include "relayer/app.h"
#include "relayer/fsck.h"
#include "relayer/log.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

static const char usage[] =
    "usage: sprove-relayer [--config FILE] [--set SECTION.NAME=VALUE]... [--check-config | "
    "--print-config | --fsck]\n"
    "\n"
    "Brings tasks and provider nodes together. Without a file it listens on port 8000 and keeps "
    "everything under\n"
    "$XDG_DATA_HOME/sprove; the first start writes an administrator's API key to admin.key there.\n"
    "\n"
    "  --config FILE        settings (INI); the environment (SPROVE_SECTION_NAME) and --set go "
    "before it\n"
    "  --set S.N=V          one setting\n"
    "  --check-config       exit code 0 when the settings are right\n"
    "  --print-config       prints them all, as a file\n"
    "  --fsck               checks what must hold in the database and the blobs, changes nothing; "
    "a line for each\n"
    "                       violation, and exit code 1 if there is one\n"
    "  --version, --help\n"
    "\n"
    "exit codes: 0 stopped as asked, 1 failure, 2 usage or settings, 70 the disk refused a write\n";

static int bad(const char *why)
{
    fprintf(stderr, "sprove-relayer: %s\n", why);
    return 2;
}

static int set_pair(settings *s, char *pair, char *why)
{
    char *equals = strchr(pair, '=');
    if (equals == NULL) return bad("--set takes SECTION.NAME=VALUE");
    *equals = 0;
    return settings_set(s, pair, equals + 1, why) == SP_OK ? 0 : bad(why);
}

static int check_database(const settings *s)
{
    char database[SETTINGS_TEXT + 16], blobs[SETTINGS_TEXT + 16], why[DB_WHY] = "out of memory";
    uint64_t n;
    (void)snprintf(database, sizeof database, "%s/relayer.db", s->data);
    (void)snprintf(blobs, sizeof blobs, "%s/blobs", s->data);
    if (fsck_run(&n, s->database[0] != 0 ? s->database : database, blobs, stdout, why) != SP_OK) {
        fprintf(stderr, "sprove-relayer: %s\n", why);
        return 1;
    }
    return n == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    enum { CONFIG = 256, SET, CHECK, PRINT, FSCK, VERSION, HELP };
    static const struct option options[] = {
        {"config", required_argument, NULL, CONFIG}, {"set", required_argument, NULL, SET},
        {"check-config", no_argument, NULL, CHECK},  {"print-config", no_argument, NULL, PRINT},
        {"fsck", no_argument, NULL, FSCK},           {"version", no_argument, NULL, VERSION},
        {"help", no_argument, NULL, HELP},           {NULL, 0, NULL, 0}};
    static app a;
    settings s;
    char why[SETTINGS_WHY] = "";
    bool check = false, print = false, fsck = false;
    const char *file = NULL;
    settings_init(&s);
    for (int pass = 0; pass < 2; pass++) { /* the file first, whatever the order */
        int option;
        optind = 1;
        while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
            switch (option) {
            case CONFIG: file = optarg; break;
            case SET:
                if (pass == 1 && set_pair(&s, optarg, why) != 0) return 2;
                break;
            case CHECK: check = true; break;
            case PRINT: print = true; break;
            case FSCK: fsck = true; break;
            case VERSION: return printf("sprove-relayer %s\n", SPROVE_VERSION) < 0;
            case HELP: return fputs(usage, stdout) < 0;
            default: fputs(usage, stderr); return 2;
            }
        }
        if (optind < argc) return bad("there are no arguments without a name");
        if (pass == 0 && file != NULL && settings_read_file(&s, file, why) != SP_OK)
            return bad(why);
        if (pass == 0 && settings_read_environment(&s, environ, why) != SP_OK) return bad(why);
    }
    log_level level;
    if (!log_level_of(&level, s.log_level)) return bad("log.level is debug, info, warn or error");
    if (settings_check(&s, why) != SP_OK) return bad(why);
    if (print) settings_print(&s, stdout);
    if (print || check) return 0;
    if (fsck) return check_database(&s);
    log_set_level(level);
    if (app_open(&a, &s, why) != SP_OK) {
        fprintf(stderr, "sprove-relayer: %s\n", why[0] != 0 ? why : "out of memory");
        return 1;
    }
    const int code = app_run(&a);
    app_close(&a);
    return code;
}
