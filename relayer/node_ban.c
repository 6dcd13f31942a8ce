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
    (void)db_run(core_db(c), "UPDATE task SET max_attempts = max_attempts + 1 WHERE id = ?",
                 DB_T(task));
    node_task_retry(c, task, FAILURE_INTERNAL, why);
    return true;
}

static void give_to_others(core *c, const char *id)
{
    char(*task)[UUID_TEXT] = calloc(MAX_OPEN, sizeof *task);
    size_t n = 0;
    if (task == NULL) {
        core_fail(c);
        return;
    }
    db_rows *r = db_query(
        core_db(c), "SELECT task_id FROM attempt WHERE node_id = ? AND outcome IS NULL", DB_T(id));
    while (n < MAX_OPEN && db_next(r)) (void)snprintf(task[n++], sizeof *task, "%s", db_text(r, 0));
    db_end(r);
    for (size_t i = 0; i < n; i++) (void)!node_task_requeue(c, task[i], "its node was banned");
    free(task);
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
    give_to_others(c, id);
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
