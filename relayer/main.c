/* main.c - sprove-relayer: settings, and the exit code. */
#include "relayer/admin_key.h"
#include "relayer/app.h"
#include "relayer/backup.h"
#include "relayer/fsck.h"
#include "relayer/log.h"

#include "market/folder.h"
#include "market/work.h"
#include "starknet/selector.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

extern char **environ;

static const char usage[] =
    "usage: sprove-relayer [--config FILE] [--set SECTION.NAME=VALUE]... [--check-config | "
    "--print-config | --fsck [--proofs] | --restore FILE | --new-admin-key]\n"
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
    "  --proofs             with --fsck: each verified task's proof is verified again\n"
    "  --restore FILE       puts a backup (relayer-TIME.db, with blobs/ beside it) into an empty "
    "data "
    "folder\n"
    "  --new-admin-key      writes a new administrator's key to admin.key of the data folder; the "
    "others hold on\n"
    "  --version, --help\n"
    "\n"
    "exit codes: 0 stopped as asked, 1 failure, 2 usage or settings, 3 the contract is not one "
    "that "
    "this program\nwas made for, 70 the disk refused a write\n";

static int bad(const char *why)
{
    fprintf(stderr, "sprove-relayer: %s\n", why);
    return 2;
}

typedef struct {
    char database[SETTINGS_TEXT + 16], blobs[SETTINGS_TEXT + 16];
} places;

static places places_of(const settings *s)
{
    places p;
    (void)snprintf(p.database, sizeof p.database, "%s%s",
                   s->database[0] != 0 ? s->database : s->data,
                   s->database[0] != 0 ? "" : "/relayer.db");
    (void)snprintf(p.blobs, sizeof p.blobs, "%s%s", s->blobs[0] != 0 ? s->blobs : s->data,
                   s->blobs[0] != 0 ? "" : "/blobs");
    return p;
}

/* For who has lost the one that there was. Where a relayer runs it knows the new key after its next
 * start. */
static int new_admin_key(const settings *s)
{
    const places p = places_of(s);
    char why[ADMIN_KEY_WHY] = "";
    db *d = NULL;
    bool made = false;
    sp_status status = db_open(&d, p.database, false, why);
    if (status == SP_OK) status = admin_key_make(d, s->data, false, &made, why);
    if (status != SP_OK)
        fprintf(stderr, "sprove-relayer: %s\n", why[0] != 0 ? why : db_why(d));
    else
        printf("an administrator's key was written to %s/admin.key; the relayer knows it after its "
               "next start\n",
               s->data);
    db_close(d);
    return status == SP_OK ? 0 : 1;
}

/* 1 also when a blob of the backup was not beside it: the rest is restored. */
static int restore(const settings *s, const char *file)
{
    const places p = places_of(s);
    char why[BACKUP_WHY] = "out of memory";
    uint64_t copied, missing;
    if (db_is_postgres(p.database)) return bad("a database on PostgreSQL is restored by its tools");
    if (!folder_make(s->data)) return bad("the data folder cannot be made");
    if (backup_restore(file, p.database, p.blobs, &copied, &missing, why) != SP_OK) {
        fprintf(stderr, "sprove-relayer: %s\n", why);
        return 1;
    }
    printf("restored %s; %" PRIu64 " blobs copied, %" PRIu64 " missing\n", p.database, copied,
           missing);
    return missing == 0 ? 0 : 1;
}

static int check_database(const settings *s, bool with_proofs)
{
    const places p = places_of(s);
    char why[DB_WHY] = "out of memory";
    uint64_t n;
    char worker[SETTINGS_TEXT], dir[SETTINGS_TEXT + 16];
    fsck_proofs proofs = {worker, dir, s->verify_ms, felt_zero()};
    (void)snprintf(dir, sizeof dir, "%s/spool", s->data);
    if (s->chain_id[0] != 0 && shortstring_read(&proofs.chain_id, s->chain_id) != SP_OK)
        return bad("chain.chain_id is no short string");
    if (with_proofs && (work_find_program(worker, sizeof worker) != SP_OK || !folder_make(dir))) {
        fprintf(stderr, "sprove-relayer: there is no sprove-worker, or no folder for it\n");
        return 1;
    }
    if (fsck_run(&n, p.database, p.blobs, with_proofs ? &proofs : NULL, stdout, why) != SP_OK) {
        fprintf(stderr, "sprove-relayer: %s\n", why);
        return 1;
    }
    return n == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    enum { CONFIG = 256, SET, CHECK, PRINT, FSCK, PROOFS, RESTORE, NEW_KEY, VERSION, HELP };
    static const struct option options[] = {{"config", required_argument, NULL, CONFIG},
                                            {"set", required_argument, NULL, SET},
                                            {"check-config", no_argument, NULL, CHECK},
                                            {"print-config", no_argument, NULL, PRINT},
                                            {"fsck", no_argument, NULL, FSCK},
                                            {"proofs", no_argument, NULL, PROOFS},
                                            {"restore", required_argument, NULL, RESTORE},
                                            {"new-admin-key", no_argument, NULL, NEW_KEY},
                                            {"version", no_argument, NULL, VERSION},
                                            {"help", no_argument, NULL, HELP},
                                            {NULL, 0, NULL, 0}};
    static app a;
    settings s;
    (void)umask(077); /* database, log, blobs, backups: nobody else's, whatever the folder allows */
    char why[SETTINGS_WHY] = "";
    bool check = false, print = false, fsck = false, proofs = false, new_key = false;
    const char *backup_file = NULL;
    static const char **pairs; /* lives as long as the process */
    pairs = calloc((size_t)argc, sizeof *pairs);
    settings_source source = {.environment = environ, .pairs = pairs};
    int option;
    if (pairs == NULL) return bad("out of memory");
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case CONFIG: source.file = optarg; break;
        case SET: pairs[source.n_pairs++] = optarg; break;
        case CHECK: check = true; break;
        case PRINT: print = true; break;
        case FSCK: fsck = true; break;
        case PROOFS: proofs = true; break;
        case RESTORE: backup_file = optarg; break;
        case NEW_KEY: new_key = true; break;
        case VERSION: return printf("sprove-relayer %s\n", SPROVE_VERSION) < 0;
        case HELP: return fputs(usage, stdout) < 0;
        default: fputs(usage, stderr); return 2;
        }
    }
    if (proofs && !fsck) return bad("--proofs goes with --fsck");
    if (optind < argc) return bad("there are no arguments without a name");
    if (settings_load(&s, &source, why) != SP_OK) return bad(why);
    if (print) settings_print(&s, stdout);
    if (print || check) return 0;
    if (fsck) return check_database(&s, proofs);
    if (new_key) return new_admin_key(&s);
    if (backup_file != NULL) return restore(&s, backup_file);
    log_level level;
    if (log_level_of(&level, s.log_level)) log_set_level(level);
    if (app_open(&a, &s, &source, why) != SP_OK) {
        fprintf(stderr, "sprove-relayer: %s\n", why[0] != 0 ? why : "out of memory");
        return a.exit_code != 0 ? a.exit_code : 1;
    }
    const int code = app_run(&a);
    app_close(&a);
    return code;
}
