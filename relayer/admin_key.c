/* admin_key.c - see admin_key.h. */
#include "relayer/admin_key.h"

#include "relayer/keys.h"
#include "relayer/queue.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A file that only its owner can read, on the disk when this returns. */
static bool write_secret(const char *folder, const char *path, const char *text)
{
    (void)unlink(path);
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    const size_t n = strlen(text);
    bool ok = write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    const int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ok = ok && dir >= 0 && fsync(dir) == 0;
    if (dir >= 0) (void)close(dir);
    return ok;
}

sp_status admin_key_make(db *d, const char *data, bool only_first, bool *made,
                         char why[ADMIN_KEY_WHY])
{
    char text[KEY_TEXT + 1] = "", path[1024];
    principal who;
    why[0] = 0;
    *made = false;
    if (snprintf(path, sizeof path, "%s/admin.key", data) >= (int)sizeof path) return SP_ERR_IO;
    bool ok = db_exec(d, "BEGIN IMMEDIATE");
    db_rows *r = db_query_values(d, "SELECT count(*) FROM api_key", NULL, 0);
    const bool none = db_next(r) && db_int(r, 0) == 0;
    db_end(r);
    if (ok && (none || !only_first)) {
        ok = keys_create(d, text, &who, none ? "first administrator" : "administrator",
                         SCOPE_ADMIN | SCOPE_DEMANDER, clock_ms(), 0) == SP_OK;
        text[KEY_TEXT - 1] = '\n';
        ok = ok && write_secret(data, path, text);
        if (!ok && db_ok(d))
            (void)snprintf(why, ADMIN_KEY_WHY, "%.200s: the API key cannot be stored", path);
        *made = ok;
    }
    ok = ok && db_exec(d, "COMMIT");
    if (ok) return SP_OK;
    *made = false;
    return SP_ERR_IO;
}
