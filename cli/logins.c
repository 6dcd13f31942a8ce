/* logins.c - see logins.h. */
#include "cli/logins.h"

#include "cli/args.h"
#include "cli/file.h"
#include "core/blake2s.h"
#include "market/client_parts.h"
#include "market/folder.h"
#include "market/hex.h"
#include "starknet/ct.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_FILE 4096
#define NAME 48

/* The folder, and the name in it: a URL may have characters that no name has. False: no home. */
static bool place(char dir[FOLDER_PATH], char name[NAME], const char *relayer)
{
    const char *state = getenv("XDG_STATE_HOME"), *rest = "";
    blake2s_ctx c;
    uint32_t words[8];
    uint8_t bytes[32];
    char hex[33];
    if (!state || *state != '/') {
        state = getenv("HOME");
        rest = "/.local/state";
    }
    if (!state || *state != '/') return false;
    blake2s_init(&c, "sprove login");
    blake2s_update(&c, relayer, strlen(relayer));
    blake2s_final(&c, words);
    blake2s_to_bytes(bytes, words);
    hex_write(hex, bytes, 16);
    snprintf(name, NAME, "%s.json", hex);
    const int n = snprintf(dir, FOLDER_PATH, "%s%s/sprove/logins", state, rest);
    return n > 0 && n + NAME < FOLDER_PATH;
}

static bool take(char *out, size_t room, const json_t *j, const char *name)
{
    const char *text = json_string_value(json_object_get(j, name));
    bool good = text && *text && strlen(text) < room;
    for (const char *p = good ? text : ""; *p; p++) good &= *p > 32 && *p < 127;
    if (good) snprintf(out, room, "%s", text);
    return good;
}

bool logins_read(logins_entry *e, const char *relayer)
{
    char dir[FOLDER_PATH], name[NAME], path[FOLDER_PATH + NAME], why[FILE_WHY];
    file_bytes b = {NULL, 0};
    memset(e, 0, sizeof *e);
    if (!place(dir, name, relayer)) return false;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    if (access(path, F_OK) || file_read_why(&b, path, "the login", MAX_FILE, EXIT_LIMIT, why))
        return false;
    json_t *j = json_loadb((const char *)b.at, b.n, JSON_REJECT_DUPLICATES, NULL);
    const char *whose = json_string_value(json_object_get(j, "relayer"));
    const bool ok = whose && strcmp(whose, relayer) == 0 &&
                    take(e->token, sizeof e->token, j, "token") &&
                    take(e->address, sizeof e->address, j, "address") &&
                    take(e->expires_at, sizeof e->expires_at, j, "expires_at");
    json_decref(j);
    if (b.at) ct_wipe(b.at, b.n);
    free(b.at);
    e->over = ok && client_time(e->expires_at) <= (uint64_t)time(NULL);
    return ok;
}

bool logins_write(const logins_entry *e, const char *relayer)
{
    char dir[FOLDER_PATH], name[NAME];
    if (!place(dir, name, relayer) || !folder_make(dir)) return false;
    json_t *j = json_pack("{s:s, s:s, s:s, s:s}", "relayer", relayer, "address", e->address,
                          "expires_at", e->expires_at, "token", e->token);
    char *text = j ? json_dumps(j, JSON_INDENT(1) | JSON_PRESERVE_ORDER) : NULL;
    json_decref(j);
    if (!text) return false;
    const bool ok = folder_put(dir, name, text, strlen(text));
    ct_wipe(text, strlen(text));
    free(text);
    return ok;
}

void logins_remove(const char *relayer)
{
    char dir[FOLDER_PATH], name[NAME], path[FOLDER_PATH + NAME];
    if (!place(dir, name, relayer)) return;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    (void)unlink(path);
}
