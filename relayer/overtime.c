/* overtime.c - see overtime.h. */
#include "relayer/overtime.h"

#include "relayer/app.h"
#include "relayer/estimate.h"
#include "relayer/node.h"

#define ROOM 4
/* By so much a node's clock may be ahead when it says that the deadline has come. Who says nothing
 * until then is at no fault either. */
#define EARLY_MS 5000

int64_t overtime_limit_ms(const char *requirements)
{
    json_t *need = json_loads(requirements, 0, NULL);
    const int64_t seconds = json_integer_value(json_object_get(need, "max_execution_time"));
    json_decref(need);
    return 1000 * seconds; /* 30 days at most */
}

bool overtime_is_fault(core *c, const char *task, const char *node)
{
    uint64_t cycles = 0, rows = 0;
    int64_t most = 0;
    db_rows *r =
        db_query(core_db(c), "SELECT work_cycles, work_rows, requirements FROM task WHERE id = ?",
                 DB_T(task));
    if (db_next(r)) {
        cycles = (uint64_t)db_int(r, 0);
        rows = (uint64_t)db_int(r, 1);
        most = overtime_limit_ms(db_text(r, 2));
    }
    db_end(r);
    if (rows == 0 || most <= 0) return false;
    const node_session *s = nodes_find(((app *)core_user(c))->nodes, node);
    /* Who is not here any more was asked because it fits. */
    return s == NULL || estimate_time_ms(s->node.speed, cycles, rows) <= (uint64_t)most / ROOM;
}

attempt_outcome overtime_said(core *c, const char *task, int64_t attempt, const char *node)
{
    int64_t deadline = INT64_MAX, over = INT64_MAX;
    const int64_t now = core_now(c),
                  grace = (int64_t)((const app *)core_user(c))->set.resume_grace_ms;
    db_rows *r =
        db_query(core_db(c),
                 "SELECT t.deadline, t.requirements, a.offered_at, a.work_until FROM attempt a"
                 " JOIN task t ON t.id = a.task_id WHERE a.task_id = ? AND a.n = ?",
                 DB_T(task), DB_I(attempt));
    if (db_next(r)) {
        const int64_t most = overtime_limit_ms(db_text(r, 1));
        deadline = db_int(r, 0);
        /* The node counts from its yes, which may have been on its way, or not been read at once:
         * that was after the offer. After a jump of the clock what was moved along holds. */
        if (most > 0) over = db_int(r, 2) + most;
        if (!db_is_null(r, 3) && db_int(r, 3) - grace < over) over = db_int(r, 3) - grace;
    }
    db_end(r);
    if (now >= deadline - EARLY_MS) return OUTCOME_EXPIRED;
    return now >= over && !overtime_is_fault(c, task, node) ? OUTCOME_TIME_LIMIT : OUTCOME_ABORTED;
}
