/* node_ban.c - see node_ban.h. */
#include "relayer/node_ban.h"

#include "relayer/app.h"
#include "relayer/log.h"
#include "relayer/refusal.h"
#include "relayer/task.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_OPEN 1024 /* attempts of one node at once: more are not offered */

typedef struct {
    char task[UUID_TEXT], node[NODE_ID];
    int64_t n;
} held;

static void give_back(core *c, const held *h, const char *why)
{
    if (!node_attempt_end(c, h->task, h->n, h->node, OUTCOME_INFRA, NULL, why)) return;
    node_tell(c, h->node,
              json_pack("{s:s, s:s, s:I, s:s}", "message_type", "task_cancel", "task_id", h->task,
                        "attempt", (json_int_t)h->n, "reason",
                        attempt_outcome_name(OUTCOME_INFRA)));
    refusal_spare(c, h->task, h->n);
    node_task_retry(c, h->task, FAILURE_INTERNAL, why);
}

/* What is under way, of a task or (task NULL) of a node, and has no result yet. */
static void give_all_back(core *c, const char *task, const char *node, const char *why)
{
    held *list = calloc(MAX_OPEN, sizeof *list);
    size_t n = 0;
    if (list == NULL) {
        core_fail(c);
        return;
    }
    db_rows *r = task != NULL ? db_query(core_db(c),
                                         "SELECT task_id, node_id, n FROM attempt WHERE task_id = ?"
                                         " AND outcome IS NULL AND result IS NULL",
                                         DB_T(task))
                              : db_query(core_db(c),
                                         "SELECT task_id, node_id, n FROM attempt WHERE node_id = ?"
                                         " AND outcome IS NULL AND result IS NULL",
                                         DB_T(node));
    for (; n < MAX_OPEN && db_next(r); n++) {
        (void)snprintf(list[n].task, sizeof list[n].task, "%s", db_text(r, 0));
        (void)snprintf(list[n].node, sizeof list[n].node, "%s", db_text(r, 1));
        list[n].n = db_int(r, 2);
    }
    db_end(r);
    for (size_t i = 0; i < n; i++) give_back(c, &list[i], why);
    free(list);
}

bool node_task_requeue(core *c, const char *task, const char *why)
{
    task_brief t;
    task_hold(c, task);
    if (!task_find(core_db(c), &t, task) ||
        (t.state != TASK_OFFERED && t.state != TASK_LEASED && t.state != TASK_RUNNING))
        return false;
    give_all_back(c, task, NULL, why);
    return true;
}

void node_give_to_others(core *c, const char *id)
{
    give_all_back(c, NULL, id, "its node was banned");
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
