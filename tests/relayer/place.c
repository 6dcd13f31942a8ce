/* place.c - see place.h. */
#include "tests/relayer/place.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool place_make(place *p, bool file_only)
{
    const char *given = getenv("SPROVE_TEST_DATABASE");
    char why[DB_WHY];
    db *d = NULL;
    memset(p, 0, sizeof *p);
    (void)snprintf(p->folder, sizeof p->folder, "/tmp/sprove-db.XXXXXX");
    if (mkdtemp(p->folder) == NULL) return false;
    (void)snprintf(p->where, sizeof p->where, "%s/a.db", p->folder);
    if (file_only || given == NULL) return true;
    p->postgres = true;
    (void)snprintf(p->where, sizeof p->where, "%s", given);
    if (db_open(&d, given, false, why) != SP_OK) {
        printf("%s\n", why);
        return false;
    }
    const bool ok = db_exec(d, "DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public");
    db_close(d);
    return ok;
}

void place_remove(place *p)
{
    static const char *const names[] = {"a.db", "a.db-wal", "a.db-shm", "a.db-journal"};
    char path[128];
    for (size_t i = 0; i < SP_COUNT(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", p->folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(p->folder);
}

int64_t place_number(const place *p, const char *sql)
{
    char why[DB_WHY];
    db *d;
    int64_t v = -1;
    if (db_open(&d, p->where, true, why) != SP_OK) return -1;
    db_rows *r = db_query_values(d, sql, NULL, 0);
    if (db_next(r)) v = db_int(r, 0);
    db_end(r);
    if (!db_ok(d)) v = -1;
    db_close(d);
    return v;
}
