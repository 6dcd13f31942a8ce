/* uptime.c - see uptime.h. */
#include "relayer/uptime.h"

#include "relayer/node.h"

#include <stdio.h>
#include <stdlib.h>

#define DAY_MS INT64_C(86400000)

static void add(db *d, const char *node, int64_t from, int64_t to)
{
    /* What was before the days that count is not written down. */
    const int64_t first = (to / DAY_MS - UPTIME_DAYS) * DAY_MS;
    if (from < first) from = first;
    while (from < to) {
        const int64_t day = from / DAY_MS, next = (day + 1) * DAY_MS, end = next < to ? next : to;
        (void)db_run(d,
                     "INSERT INTO node_day(node_id, day, up_ms) VALUES(?, ?, ?)"
                     " ON CONFLICT(node_id, day) DO UPDATE SET up_ms ="
                     /* a clock that was set back has a time twice */
                     " CASE WHEN node_day.up_ms + excluded.up_ms > 86400000 THEN 86400000"
                     " ELSE node_day.up_ms + excluded.up_ms END",
                     DB_T(node), DB_I(day), DB_I(end - from));
        from = end;
    }
}

void uptime_end(db *d, const char *node, int64_t now)
{
    int64_t since = 0;
    db_rows *r =
        db_query(d, "SELECT up_since FROM node WHERE id = ? AND up_since IS NOT NULL", DB_T(node));
    const bool up = db_next(r);
    if (up) since = db_int(r, 0);
    db_end(r);
    if (!up) return;
    add(d, node, since, now);
    (void)db_run(d, "UPDATE node SET up_since = NULL WHERE id = ?", DB_T(node));
    (void)db_run(d, "DELETE FROM node_day WHERE node_id = ? AND day < ?", DB_T(node),
                 DB_I(now / DAY_MS - UPTIME_DAYS));
}

void uptime_end_all(db *d, const char *instance, int64_t now)
{
    typedef char id[NODE_ID];
    size_t n = 0, room = 0;
    id *list = NULL;
    db_rows *r = db_query(d, "SELECT id FROM node WHERE instance = ? AND up_since IS NOT NULL",
                          DB_T(instance));
    while (db_next(r)) {
        if (n == room) {
            room = room == 0 ? 256 : 2 * room;
            id *more = realloc(list, room * sizeof *list);
            if (more == NULL) break; /* the others count on: their next session ends them */
            list = more;
        }
        (void)snprintf(list[n++], NODE_ID, "%s", db_text(r, 0));
    }
    db_end(r);
    for (size_t i = 0; i < n; i++) uptime_end(d, list[i], now);
    free(list);
}

uint32_t uptime_ppm(db *d, const char *node, int64_t now)
{
    const int64_t today = now / DAY_MS;
    int64_t from = (today - UPTIME_DAYS + 1) * DAY_MS, since = now, up = 0;
    db_rows *r = db_query(d, "SELECT created_at, up_since FROM node WHERE id = ?", DB_T(node));
    const bool known = db_next(r);
    if (known) {
        if (db_int(r, 0) > from) from = db_int(r, 0);
        if (!db_is_null(r, 1)) since = db_int(r, 1);
    }
    db_end(r);
    if (!known || now <= from) return 1000000;
    r = db_query(d, "SELECT sum(up_ms) FROM node_day WHERE node_id = ? AND day > ?", DB_T(node),
                 DB_I(today - UPTIME_DAYS));
    if (db_next(r)) up = db_int(r, 0);
    db_end(r);
    if (since < from) since = from;
    if (now > since) up += now - since;
    /* 30 days of milliseconds are below 2^32 */
    const uint64_t ppm = (uint64_t)up * 1000000 / (uint64_t)(now - from);
    return ppm < 1000000 ? (uint32_t)ppm : 1000000;
}
