/* dispatch.c - see dispatch.h. */
#include "relayer/dispatch.h"

#include "relayer/app.h"
#include "relayer/collect.h"
#include "relayer/jump.h"
#include "relayer/log.h"
#include "relayer/overtime.h"
#include "relayer/place.h"
#include "relayer/task.h"
#include "relayer/uptime.h"
#include "relayer/verify.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_DUE 256                   /* of one kind in one round */
#define MAX_EXPIRED 64                /* of one state in one round */
#define MAX_END_NS UINT64_C(15000000) /* for so long: others wait for the core, too */

/* ---- time that has passed ---- */

typedef struct {
    char task[UUID_TEXT], node[NODE_ID];
    int64_t attempt;
    bool acked;
} due;

void dispatch_left_alone(const char *what, const char *task)
{
    log_event(LOG_ERROR, "task_left_alone", "what", what, "task_id", task, NULL);
}

/* own: it said until the last that it works, but the task's own time was over. */
static bool is_open(core *c, bool *own, const due *e)
{
    db_rows *r = db_query(core_db(c),
                          "SELECT lease_until, work_until FROM attempt WHERE task_id = ? AND n = ?"
                          " AND outcome IS NULL AND lease_until <= ?",
                          DB_T(e->task), DB_I(e->attempt), DB_I(core_now(c)));
    const bool open = db_next(r);
    *own = open && !db_is_null(r, 1) && db_int(r, 0) >= db_int(r, 1);
    db_end(r);
    return open;
}

static void end_one(core *c, void *arg)
{
    const due *e = arg;
    bool own;
    task_hold(c, e->task);
    if (!is_open(c, &own, e)) return; /* another relayer has heard of it meanwhile */
    const bool nobodys = e->acked && own && !overtime_is_fault(c, e->task, e->node);
    const attempt_outcome how = nobodys    ? OUTCOME_TIME_LIMIT
                                : e->acked ? OUTCOME_LEASE_EXPIRED
                                           : OUTCOME_OFFER_TIMEOUT;
    /* Another slot of its task, in the same round, may have ended it with the task. */
    if (!node_attempt_end(c, e->task, e->attempt, e->node, how, NULL, NULL)) return;
    if (nobodys)
        node_task_retry(c, e->task, FAILURE_TIME_LIMIT, "max_execution_time has passed");
    else if (e->acked)
        node_task_retry(c, e->task, FAILURE_LEASE_EXPIRED, "the node stopped answering");
    else
        node_task_refused(c, e->task, e->node, false, "no node took it");
}

static void end_due(core *c, int64_t now)
{
    const app *a = core_user(c);
    due *list = calloc(MAX_DUE, sizeof *list);
    size_t n = 0;
    if (list == NULL) return;
    db_rows *r = db_query(core_db(c),
                          "SELECT t.task_id, t.n, t.node_id, t.acked_at FROM attempt t"
                          " JOIN task k ON k.id = t.task_id LEFT JOIN node n ON n.id = t.node_id"
                          " WHERE t.outcome IS NULL AND t.lease_until <= ?"
                          /* What lasts until the deadline ends with its task (expire). */
                          " AND (t.acked_at IS NULL OR t.lease_until < k.deadline)"
                          " AND (n.instance = ? OR (n.instance IS NULL AND ? = 1))"
                          " ORDER BY t.lease_until LIMIT 256",
                          DB_I(now), DB_T(a->instance.id), DB_I(instance_holds(a, "timers")));
    while (n < MAX_DUE && db_next(r)) {
        (void)snprintf(list[n].task, sizeof list[n].task, "%s", db_text(r, 0));
        list[n].attempt = db_int(r, 1);
        (void)snprintf(list[n].node, sizeof list[n].node, "%s", db_text(r, 2));
        list[n++].acked = !db_is_null(r, 3);
    }
    db_end(r);
    const uint64_t until = clock_ns() + MAX_END_NS;
    for (size_t i = 0; i < n && clock_ns() < until; i++) {
        if (core_part(c, end_one, &list[i]) || core_in_the_way(c)) continue;
        dispatch_left_alone("lease", list[i].task);
        (void)db_run(core_db(c), "UPDATE attempt SET lease_until = ? WHERE task_id = ? AND n = ?",
                     DB_I(now + DISPATCH_LEFT_ALONE_MS), DB_T(list[i].task), DB_I(list[i].attempt));
    }
    free(list);
}

typedef struct {
    const char *id;
    int64_t version;
    task_state state;
} expiry;

static void expire_one(core *c, void *arg)
{
    expiry *e = arg;
    if (!task_hold_if(c, e->id, e->version)) return;
    node_task_ended(c, e->id, OUTCOME_EXPIRED);
    task_set_failure(c, e->id, FAILURE_DEADLINE, "the deadline has passed");
    if (!task_move(c, e->id, &e->version, e->state, TASK_EXPIRED, "relayer", "deadline"))
        core_fail(c);
}

static void expire(core *c, int64_t now)
{
    static const task_state states[] = {TASK_CREATED, TASK_FUNDED, TASK_QUEUED,
                                        TASK_OFFERED, TASK_LEASED, TASK_RUNNING};
    for (size_t k = 0; k < SP_COUNT(states); k++) {
        char ids[MAX_EXPIRED][UUID_TEXT];
        int64_t versions[MAX_EXPIRED];
        size_t n = 0;
        db_rows *r = db_query(
            core_db(c), "SELECT id, version FROM task WHERE state = ? AND deadline <= ? LIMIT 64",
            DB_T(task_state_name(states[k])), DB_I(now));
        while (n < MAX_EXPIRED && db_next(r)) {
            (void)snprintf(ids[n], UUID_TEXT, "%s", db_text(r, 0));
            versions[n++] = db_int(r, 1);
        }
        db_end(r);
        for (size_t i = 0; i < n; i++) {
            expiry e = {ids[i], versions[i], states[k]};
            if (!core_part(c, expire_one, &e) && !core_in_the_way(c))
                dispatch_left_alone("deadline", ids[i]);
        }
    }
}

/* Nodes that do not register, or have fallen silent. */
static void hang_up(core *c)
{
    app *a = core_user(c);
    const int64_t now = node_clock();
    size_t at = 0;
    if (now - a->hung_up_ms < 1000) return;
    a->hung_up_ms = now;
    for (node_session *s = nodes_each(a->nodes, &at); s != NULL; s = nodes_each(a->nodes, &at)) {
        if (!s->registered && now - s->opened_ms > 10000)
            node_close(c, s, 4401, "not registered in time");
        else if (s->registered && now - s->seen_ms > (int64_t)a->set.heartbeat_timeout_ms)
            node_close(c, s, 4408, "no heartbeat");
    }
}

void dispatch_tick(core *c, int64_t now)
{
    node_read_mail(c);
    end_due(c, now);
    if (instance_holds(core_user(c), "timers")) expire(c, now);
    place_tasks(c, now);
    verify_start_waiting(c);
    audit_tick(c, now);
    collect_tick(c, now);
    rows_tick(c, now);
    hang_up(c);
}

void dispatch_take_over(core *c, const char *relayer, int64_t now)
{
    const app *a = core_user(c);
    const int64_t grace = now + (int64_t)a->set.resume_grace_ms;
    (void)db_run(core_db(c),
                 "UPDATE attempt SET lease_until = ? WHERE outcome IS NULL AND lease_until < ?"
                 " AND node_id IN (SELECT id FROM node WHERE instance = ?)",
                 DB_I(grace), DB_I(grace), DB_T(relayer));
    uptime_end_all(core_db(c), relayer, now);
    (void)db_run(core_db(c), "UPDATE node SET connected = 0, instance = NULL WHERE instance = ?",
                 DB_T(relayer));
    (void)db_run(core_db(c), "DELETE FROM mail WHERE instance = ?", DB_T(relayer));
    jump_clamp(c, now);
    verify_recover(c, relayer);
    audit_take_over(c, relayer);
}
