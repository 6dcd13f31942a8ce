/* rows.c - see rows.h. */
#include "relayer/rows.h"

#include "core/crash.h"
#include "relayer/app.h"
#include "relayer/log.h"
#include "relayer/meters.h"
#include "relayer/standing_sum.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AGAIN_MS 100    /* while there is more */
#define PASS_MS 10000   /* until it is looked for anew */
#define NODES_LOOKED 64 /* of which one is summed up */
#define IDEM_MS INT64_C(86400000)

int64_t rows_deep_block(db *d)
{
    /* It begins with the first block that was not handed over: watch.c. */
    int64_t deep = -1;
    db_rows *r = db_query_values(d, "SELECT value FROM meta WHERE name = 'chain_cursor'", NULL, 0);
    if (db_next(r)) deep = strtoll(db_text(r, 0), NULL, 10) - ROWS_DEEP_BLOCKS - 1;
    db_end(r);
    return deep < 0 ? -1 : deep;
}

static void count(core *c, const char *table, uint64_t n)
{
    if (n > 0) meters_later_n(c, COUNT_ROWS, table, n);
}

/* ---- tasks ---- */

typedef struct {
    const char *id;
    int64_t until, deep;
    rows_gone gone;
    bool removed;
} removal;

static void remove_one(core *c, void *arg)
{
    removal *m = arg;
    m->removed = rows_remove_task(c, m->id, m->until, m->deep, &m->gone);
}

/* Up to when something of what goes now was there. */
static void note_gone(core *c, int64_t until)
{
    char text[24];
    int64_t before = 0;
    db *d = core_db(c);
    db_rows *r =
        db_query_values(d, "SELECT value FROM meta WHERE name = 'rows_gone_until'", NULL, 0);
    if (db_next(r)) before = strtoll(db_text(r, 0), NULL, 10);
    db_end(r);
    if (until <= before) return;
    (void)snprintf(text, sizeof text, "%" PRId64, until);
    (void)db_run(d,
                 "INSERT INTO meta(name, value) VALUES('rows_gone_until', ?)"
                 " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
                 DB_T(text));
}

/* Whether an Idempotency-Key's answer names tasks of then: it is let go of first. */
static bool is_named(db *d, int64_t until)
{
    db_rows *r =
        db_query(d, "SELECT 1 FROM idem WHERE expires_at <= ? LIMIT 1", DB_I(until + IDEM_MS));
    const bool named = db_next(r);
    db_end(r);
    return named;
}

/* Those that stay are passed by: the next portion goes on behind them, and the next pass finds them
 * again. */
static bool tasks(core *c, rows_place *p, int64_t until, int64_t deep)
{
    char id[ROWS_TASKS][UUID_TEXT];
    db *d = core_db(c);
    size_t n = 0, done = 0;
    removal m = {.until = until, .deep = deep};
    if (is_named(d, until)) return false;
    db_rows *r = db_query(d,
                          "SELECT id, updated_at FROM task WHERE forgotten_at IS NOT NULL"
                          " AND updated_at <= ? AND (updated_at, id) > (?, ?)"
                          " ORDER BY updated_at, id LIMIT ?",
                          DB_I(until), DB_I(p->at), DB_T(p->id), DB_I(ROWS_TASKS));
    for (; n < ROWS_TASKS && db_next(r); n++) {
        db_copy(id[n], UUID_TEXT, r, 0);
        p->at = db_int(r, 1);
    }
    db_end(r);
    for (size_t i = 0; i < n && !core_in_the_way(c); i++) {
        const rows_gone before = m.gone;
        m.id = id[i];
        m.removed = false;
        const bool ok = core_part(c, remove_one, &m);
        if (!ok) m.gone = before;
        if (!ok && !core_in_the_way(c))
            log_event(LOG_ERROR, "task_left_alone", "what", "rows", "task_id", id[i], NULL);
        if (ok && m.removed) done++;
        if (done == 1) SP_CRASH_POINT("rows_half_gone");
    }
    p->id[0] = 0;
    if (n == ROWS_TASKS)
        memcpy(p->id, id[n - 1], UUID_TEXT);
    else
        p->at = 0;
    if (done > 0) note_gone(c, until);
    count(c, "task", m.gone.tasks);
    count(c, "attempt", m.gone.attempts);
    count(c, "task_event", m.gone.events);
    count(c, "settlement", m.gone.settlements);
    count(c, "audit", m.gone.audits);
    count(c, "chain_outbox", m.gone.transactions);
    return n == ROWS_TASKS;
}

/* ---- what nodes are held to ---- */

static bool nodes_events(core *c, rows_place *p, int64_t until)
{
    char id[NODES_LOOKED][NODE_ID];
    size_t n = 0;
    db_rows *r = db_query(core_db(c), "SELECT id FROM node WHERE id > ? ORDER BY id LIMIT ?",
                          DB_T(p->node), DB_I(NODES_LOOKED));
    while (n < NODES_LOOKED && db_next(r)) db_copy(id[n++], NODE_ID, r, 0);
    db_end(r);
    for (size_t i = 0; i < n; i++) {
        const int64_t taken = standing_base_take(core_db(c), id[i], until, ROWS_OTHERS);
        if (taken <= 0) continue;
        note_gone(c, until);
        count(c, "reputation_event", (uint64_t)taken);
        /* The same again, where there may be more of it. */
        if (taken < ROWS_OTHERS || i > 0)
            memcpy(p->node, id[taken < ROWS_OTHERS ? i : i - 1], NODE_ID);
        return true;
    }
    p->node[0] = 0;
    if (n == NODES_LOOKED) memcpy(p->node, id[n - 1], NODE_ID);
    return n == NODES_LOOKED;
}

/* ---- the chain ---- */

/* Of one sender: from its lowest nonce on what is over and of no task, up to what is not, and never
 * the highest. */
static bool transactions(core *c, rows_place *p, int64_t until, int64_t deep)
{
    int64_t id[ROWS_OTHERS], n = 0;
    char sender[FELT_HEX] = "";
    db *d = core_db(c);
    db_rows *r = db_query(d,
                          "SELECT sender FROM chain_outbox WHERE nonce IS NOT NULL AND state NOT IN"
                          " ('refused', 'dead') AND sender > ? ORDER BY sender LIMIT 1",
                          DB_T(p->sender));
    if (db_next(r)) db_copy(sender, sizeof sender, r, 0);
    db_end(r);
    (void)snprintf(p->sender, sizeof p->sender, "%s", sender);
    if (sender[0] == 0) return false;
    r = db_query(d,
                 "SELECT id, final, task_id IS NULL, updated_at, coalesce(block_number, -1) FROM"
                 " chain_outbox WHERE nonce IS NOT NULL AND state NOT IN ('refused', 'dead')"
                 " AND sender = ? ORDER BY nonce LIMIT ?",
                 DB_T(sender), DB_I(ROWS_OTHERS + 1));
    bool next = db_next(r);
    while (next && n < ROWS_OTHERS) {
        if (db_int(r, 1) != 1 || db_int(r, 2) != 1 || db_int(r, 3) > until || db_int(r, 4) > deep)
            break;
        id[n++] = db_int(r, 0);
        next = db_next(r);
    }
    db_end(r);
    if (n > 0 && !next) n--; /* the highest */
    for (int64_t i = 0; i < n; i++)
        (void)db_run(d, "DELETE FROM chain_outbox WHERE id = ?", DB_I(id[i]));
    count(c, "chain_outbox", (uint64_t)n);
    return true;
}

/* Nothing is asked of them but whether one was applied: the watcher reads none so old again. */
static bool events(core *c, int64_t until, int64_t deep)
{
    const int64_t n =
        db_run(core_db(c),
               "DELETE FROM chain_event WHERE (tx_hash, event_index) IN (SELECT tx_hash,"
               " event_index FROM (SELECT tx_hash, event_index, at FROM chain_event WHERE"
               " block_number <= ? ORDER BY block_number LIMIT 256) AS first WHERE at <= ?)",
               DB_I(deep), DB_I(until));
    count(c, "chain_event", n > 0 ? (uint64_t)n : 0);
    return n == ROWS_OTHERS;
}

/* ---- what administrators did ---- */

static bool actions(core *c, int64_t until)
{
    const int64_t n = db_run(core_db(c),
                             "DELETE FROM admin_action WHERE id IN (SELECT id FROM admin_action"
                             " WHERE at <= ? ORDER BY at, id LIMIT 256)",
                             DB_I(until));
    count(c, "admin_action", n > 0 ? (uint64_t)n : 0);
    return n == ROWS_OTHERS;
}

void rows_tick(core *c, int64_t now_ms)
{
    app *a = core_user(c);
    rows_place *p = &a->rows;
    const uint64_t now_ns = clock_ns();
    const int64_t until = now_ms - (int64_t)a->set.rows_ms;
    if (now_ns < p->next_ns || !instance_holds(a, "prune")) return;
    const int64_t deep = rows_deep_block(core_db(c));
    bool more = tasks(c, p, until, deep);
    more = nodes_events(c, p, until) || more;
    more = transactions(c, p, until, deep) || more;
    more = events(c, until, deep) || more;
    more = actions(c, until) || more;
    p->next_ns = now_ns + (more ? AGAIN_MS : PASS_MS) * UINT64_C(1000000);
}
