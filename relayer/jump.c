/* jump.c - see jump.h. */
#include "relayer/jump.h"

#include "relayer/app.h"
#include "relayer/log.h"
#include "relayer/patience.h"
#include "relayer/settle.h"
#include "relayer/task.h"

#include <inttypes.h>
#include <stdio.h>

/* What is known of the nodes that are here, again from their rows. */
static void reload_pauses(core *c)
{
    app *a = core_user(c);
    size_t at = 0;
    for (node_session *s = nodes_each(a->nodes, &at); s != NULL; s = nodes_each(a->nodes, &at)) {
        if (!s->registered) continue;
        db_rows *r = db_query(core_db(c), "SELECT banned_until, rests_until FROM node WHERE id = ?",
                              DB_T(s->id));
        if (db_next(r)) {
            s->node.paused_until_ms = (uint64_t)db_int(r, 0);
            s->node.rests_until_ms = (uint64_t)db_int(r, 1);
        }
        db_end(r);
    }
}

void jump_heed(core *c, int64_t by_ms)
{
    db *d = core_db(c);
    app *a = core_user(c);
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRId64, by_ms);
    log_event(LOG_WARN, "clock_jumped", "by_ms", text, NULL);
    a->instance.renewed_ms = 0;         /* at once */
    if (!instance_holds(a, "timers")) { /* another moves what is stored, and has a second for it */
        a->instance.looked_ms = core_now(c);
        return;
    }
    (void)db_run(d, "UPDATE instance SET lease_until = lease_until + ?", DB_I(by_ms));
    (void)db_run(d,
                 "UPDATE attempt SET lease_until = lease_until + ?, offer_until = offer_until + ?,"
                 " start_by = start_by + ?, work_until = work_until + ? WHERE outcome IS NULL",
                 DB_I(by_ms), DB_I(by_ms), DB_I(by_ms), DB_I(by_ms));
    /* A deadline is a time of the world, and does not move: no lease outlives it. */
    (void)db_run_values(
        d,
        "UPDATE attempt SET lease_until = (SELECT t.deadline FROM task t WHERE t.id ="
        " attempt.task_id) WHERE outcome IS NULL AND lease_until > (SELECT t.deadline FROM task t"
        " WHERE t.id = attempt.task_id)",
        NULL, 0);
    (void)db_run(d,
                 "UPDATE task SET next_run_at = next_run_at + ?, others_at = others_at + ?"
                 " WHERE state = 'queued'",
                 DB_I(by_ms), DB_I(by_ms));
    (void)db_run(d,
                 "UPDATE webhook_outbox SET next_try_at = next_try_at + ?"
                 " WHERE next_try_at IS NOT NULL",
                 DB_I(by_ms));
    (void)db_run(d, "UPDATE node SET banned_until = banned_until + ? WHERE banned_until > 0",
                 DB_I(by_ms));
    (void)db_run(d, "UPDATE node SET rests_until = rests_until + ? WHERE rests_until > 0",
                 DB_I(by_ms));
    reload_pauses(c);
}

void jump_clamp(core *c, int64_t now_ms)
{
    const settings *t = &((const app *)core_user(c))->set;
    const int64_t lease = now_ms + (int64_t)t->lease_ms, start = now_ms + (int64_t)t->start_by_ms,
                  run = now_ms + TASK_MAX_PAUSE_MS, others = now_ms + PATIENCE_TASK_MS,
                  rests = now_ms + PATIENCE_NODE_MS;
    (void)db_run(core_db(c),
                 "UPDATE attempt SET lease_until = ? WHERE outcome IS NULL AND lease_until > ?",
                 DB_I(lease), DB_I(lease));
    (void)db_run(core_db(c),
                 "UPDATE attempt SET start_by = ? WHERE outcome IS NULL AND start_by > ?",
                 DB_I(start), DB_I(start));
    (void)db_run(core_db(c),
                 "UPDATE task SET next_run_at = ? WHERE state = 'queued' AND next_run_at > ?",
                 DB_I(run), DB_I(run));
    (void)db_run(core_db(c),
                 "UPDATE task SET others_at = ? WHERE state = 'queued' AND others_at > ?",
                 DB_I(others), DB_I(others));
    (void)db_run(core_db(c), "UPDATE node SET rests_until = ? WHERE rests_until > ?", DB_I(rests),
                 DB_I(rests));
    (void)db_run(core_db(c), "UPDATE settlement SET look_at = ? WHERE look_at > ?",
                 DB_I(now_ms + SETTLE_LOOK_MOST_MS), DB_I(now_ms + SETTLE_LOOK_MOST_MS));
}
