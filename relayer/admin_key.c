/* admin_key.c - see admin_key.h. */
#include "relayer/admin_key.h"

#include "market/folder.h"
#include "relayer/keys.h"
#include "relayer/queue.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

sp_status admin_key_make(db *d, const char *data, bool only_first, bool *made,
                         char why[ADMIN_KEY_WHY])
{
    char text[KEY_TEXT + 1] = "", path[1024];
    principal who;
    why[0] = 0;
    *made = false;
    if (snprintf(path, sizeof path, "%s/admin.key", data) >= (int)sizeof path) return SP_ERR_IO;
    bool ok = db_exec(d, "BEGIN IMMEDIATE");
    if (db_is_shared(d)) /* two that start at the same time make one key */
        ok = ok && db_exec(d, "SELECT pg_advisory_xact_lock(1936749167)");
    db_rows *r = db_query_values(d, "SELECT count(*) FROM api_key", NULL, 0);
    const bool none = db_next(r) && db_int(r, 0) == 0;
    db_end(r);
    if (ok && (none || !only_first)) {
        ok = keys_create(d, text, &who, none ? "first administrator" : "administrator",
                         SCOPE_ADMIN | SCOPE_DEMANDER, clock_ms(), 0) == SP_OK;
        text[KEY_TEXT - 1] = '\n';
        ok = ok && folder_put(data, "admin.key", text, strlen(text));
        if (!ok && db_ok(d))
            (void)snprintf(why, ADMIN_KEY_WHY, "%.200s: the API key cannot be stored", path);
        *made = ok;
    }
    OPENSSL_cleanse(text, sizeof text);
    ok = ok && db_exec(d, "COMMIT");
    if (ok) return SP_OK;
    *made = false;
    return SP_ERR_IO;
}
