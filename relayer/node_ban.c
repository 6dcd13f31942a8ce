/* node_ban.c - see node_ban.h. */
#include "relayer/node_ban.h"

#include "relayer/app.h"
#include "relayer/log.h"
#include "relayer/task.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_OPEN 1024 /* attempts of one node at once: more are not offered */

bool node_task_requeue(core *c, const char *task, const char *why)
{
    task_brief t;
    if (!task_find(core_db(c), &t, task) ||
        (t.state != TASK_OFFERED && t.state != TASK_LEASED && t.state != TASK_RUNNING))
        return false;
    node_task_ended(c, task, OUTCOME_INFRA);
    (void)db_run(core_db(c),
                 "UPDATE task SET max_attempts = max_attempts + redundancy WHERE id = ?",
                 DB_T(task));
    node_task_retry(c, task, FAILURE_INTERNAL, why);
    return true;
}

void node_give_to_others(core *c, const char *id)
{
    struct open {
        char task[UUID_TEXT];
        int64_t n;
    } *list = calloc(MAX_OPEN, sizeof *list);
    size_t k = 0;
    if (list == NULL) {
        core_fail(c);
        return;
    }
    db_rows *r = db_query(core_db(c),
                          "SELECT task_id, n FROM attempt WHERE node_id = ? AND outcome IS NULL"
                          " AND result IS NULL",
                          DB_T(id));
    for (; k < MAX_OPEN && db_next(r); k++) {
        (void)snprintf(list[k].task, sizeof list[k].task, "%s", db_text(r, 0));
        list[k].n = db_int(r, 1);
    }
    db_end(r);
    for (size_t i = 0; i < k; i++) {
        if (!node_attempt_end(c, list[i].task, list[i].n, id, OUTCOME_INFRA, NULL, NULL)) continue;
        node_tell(c, id,
                  json_pack("{s:s, s:s, s:I, s:s}", "message_type", "task_cancel", "task_id",
                            list[i].task, "attempt", (json_int_t)list[i].n, "reason",
                            attempt_outcome_name(OUTCOME_INFRA)));
        (void)db_run(core_db(c), "UPDATE task SET max_attempts = max_attempts + 1 WHERE id = ?",
                     DB_T(list[i].task));
        node_task_retry(c, list[i].task, FAILURE_INTERNAL, "its node was banned");
    }
    free(list);
}

bool node_ban(core *c, const char *id, int64_t until, const char *reason)
{
    const db_value end = until == 0 ? (db_value)DB_NULL : (db_value)DB_I(until);
    const db_value values[] = {end, DB_T(reason), DB_T(id)};
    if (db_run_values(core_db(c),
                      "UPDATE node SET state = 'banned', ban_until = ?, ban_reason = ?,"
                      " version = version + 1 WHERE id = ?",
                      values, SP_COUNT(values)) != 1)
        return false;
    node_give_to_others(c, id);
    node_changed(c, id);
    log_event(LOG_INFO, "node_banned", "node_id", id, NULL);
    return true;
}

/* As nodes begin: ten good results in a row make it active again. */
#define FREE_STATE "state = CASE WHEN clean >= 10 THEN 'active' ELSE 'probation' END"

bool node_unban(core *c, const char *id)
{
    const int64_t n = db_run(core_db(c),
                             "UPDATE node SET " FREE_STATE ", ban_until = NULL, ban_reason = NULL,"
                             " banned_until = NULL, version = version + 1 WHERE id = ?",
                             DB_T(id));
    if (n == 1) node_changed(c, id);
    return n == 1;
}

void node_ban_over(core *c, const char *id)
{
    (void)db_run(core_db(c),
                 "UPDATE node SET " FREE_STATE ", ban_until = NULL, ban_reason = NULL"
                 " WHERE id = ? AND state = 'banned' AND ban_until <= ?",
                 DB_T(id), DB_I(core_now(c)));
}
