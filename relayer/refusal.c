/* refusal.c - see refusal.h. */
#include "relayer/refusal.h"

#include "relayer/app.h"
#include "relayer/patience.h"

#define MOST_DECLINED 64 /* nodes that are held to a no when another says yes */

void refusal_of_task(core *c, const char *task)
{
    int64_t refusals = 0, deadline = 0;
    const int64_t now = core_now(c);
    db_rows *r = db_query(core_db(c), "SELECT refusals, deadline FROM task WHERE id = ?" DB_LOCK,
                          DB_T(task));
    if (db_next(r)) {
        refusals = db_int(r, 0) + 1;
        deadline = db_int(r, 1);
    }
    db_end(r);
    (void)db_run(core_db(c), "UPDATE task SET refusals = ?, others_at = ? WHERE id = ?",
                 DB_I(refusals), DB_I(now + patience_of_task_ms(refusals, deadline - now)),
                 DB_T(task));
}

static void of_node(core *c, const char *node)
{
    int64_t refusals = 0;
    db_rows *r = db_query(core_db(c), "SELECT refusals FROM node WHERE id = ?" DB_LOCK, DB_T(node));
    if (db_next(r)) refusals = db_int(r, 0) + 1;
    db_end(r);
    const int64_t until = core_now(c) + patience_of_node_ms(refusals);
    (void)db_run(core_db(c), "UPDATE node SET refusals = ?, rests_until = ? WHERE id = ?",
                 DB_I(refusals), DB_I(until), DB_T(node));
    node_session *s = nodes_find(((app *)core_user(c))->nodes, node);
    if (s == NULL) {
        node_changed(c, node);
        return;
    }
    node_keep_in_step(c, s);
    s->node.refusals = (uint32_t)refusals;
    s->node.rests_until_ms = (uint64_t)until;
}

void refusal_note(core *c, const char *task, const char *node, bool declined)
{
    refusal_of_task(c, task);
    if (!declined) of_node(c, node);
}

/* Those that declined a task which another takes: it was not the task's doing. */
static void against_others(core *c, const char *task, const char *taker)
{
    char list[MOST_DECLINED][NODE_ID];
    size_t k = 0;
    db_rows *r = db_query(core_db(c),
                          "SELECT node_id FROM attempt WHERE task_id = ? AND node_id <> ? AND"
                          " outcome = 'declined' AND n > coalesce((SELECT max(n) FROM attempt WHERE"
                          " task_id = ? AND acked_at IS NOT NULL AND outcome IS NOT NULL), 0)"
                          " GROUP BY node_id ORDER BY max(n) DESC LIMIT 64",
                          DB_T(task), DB_T(taker), DB_T(task));
    while (k < MOST_DECLINED && db_next(r)) db_copy(list[k++], NODE_ID, r, 0);
    db_end(r);
    for (size_t i = 0; i < k; i++) of_node(c, list[i]);
}

void refusal_over(core *c, const char *task, const char *node)
{
    node_session *s = nodes_find(((app *)core_user(c))->nodes, node);
    if (db_run(core_db(c),
               "UPDATE task SET refusals = 0, others_at = 0 WHERE id = ? AND refusals > 0",
               DB_T(task)) == 1)
        against_others(c, task, node);
    if (s == NULL || s->node.refusals == 0) return;
    (void)db_run(core_db(c), "UPDATE node SET refusals = 0, rests_until = 0 WHERE id = ?",
                 DB_T(node));
    node_keep_in_step(c, s);
    s->node.refusals = 0;
    s->node.rests_until_ms = 0;
}

void refusal_spare(core *c, const char *task, int64_t attempt)
{
    (void)db_run(core_db(c), "UPDATE attempt SET spared = 1 WHERE task_id = ? AND n = ?",
                 DB_T(task), DB_I(attempt));
}

int64_t refusal_tries(db *d, const char *task, bool open)
{
    int64_t n = 0;
    db_rows *r = db_query(d,
                          "SELECT count(*) FROM attempt WHERE task_id = ? AND spared IS NULL AND"
                          " (acked_at IS NOT NULL OR (outcome IS NULL AND ? = 1))",
                          DB_T(task), DB_I(open));
    if (db_next(r)) n = db_int(r, 0);
    db_end(r);
    return n;
}
