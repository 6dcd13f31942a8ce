/* rows_task.c - a task that ended long ago, and what hangs on it. */
#include "relayer/past.h"
#include "relayer/rows.h"
#include "relayer/task.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    task_state state;
    bool on_chain;
    char amount[U256_TEXT], node[NODE_ID], payout[U256_TEXT], subsidy[U256_TEXT];
} old_task;

/* What rows.h says of a task that may go. An assignment (state failed, satisfied, ...) without a
 * block changes nothing on the chain. */
#define MAY_GO                                                                                     \
    "SELECT t.state, t.chain_task_id IS NOT NULL, t.amount, coalesce(a.node_id, ''),"              \
    " coalesce(s.payout, ''), coalesce(s.subsidy, '') FROM task t"                                 \
    " LEFT JOIN attempt a ON a.task_id = t.id AND a.n = t.verified_attempt"                        \
    " LEFT JOIN settlement s ON s.task_id = t.id"                                                  \
    " WHERE t.id = ?"                                                                              \
    " AND (s.task_id IS NULL OR (s.updated_at <= ? AND s.look_at IS NULL"                          \
    "  AND coalesce(s.block_number, -1) <= ? AND coalesce(s.seen_block, -1) <= ?"                  \
    "  AND coalesce(s.assigned_block, -1) <= ?"                                                    \
    "  AND (s.state IN ('settled', 'refunded') OR (s.state = 'pending' AND s.seen_block IS NULL))" \
    " )) AND NOT EXISTS (SELECT 1 FROM attempt b WHERE b.task_id = t.id AND (b.outcome IS NULL"    \
    "  OR b.proof_blob IS NOT NULL OR b.output_blob IS NOT NULL))"                                 \
    " AND NOT EXISTS (SELECT 1 FROM audit u WHERE u.task_id = t.id AND (u.verdict IS NULL"         \
    "  OR u.verdict = 'differs' OR u.ended_at > ?))"                                               \
    " AND NOT EXISTS (SELECT 1 FROM contradiction x WHERE x.task_id = t.id)"                       \
    " AND NOT EXISTS (SELECT 1 FROM webhook_outbox w WHERE w.task_id = t.id"                       \
    "  AND w.next_try_at IS NOT NULL)"                                                             \
    " AND NOT EXISTS (SELECT 1 FROM chain_outbox o WHERE o.task_id = t.id AND (o.final = 0"        \
    "  OR o.block_number > ?))"

static bool may_go(db *d, old_task *t, const char *id, int64_t until, int64_t deep)
{
    memset(t, 0, sizeof *t);
    db_rows *r = db_query(d, MAY_GO, DB_T(id), DB_I(until), DB_I(deep), DB_I(deep), DB_I(deep),
                          DB_I(until), DB_I(deep));
    const bool found = db_next(r) && task_state_read(&t->state, db_text(r, 0));
    if (found) {
        t->on_chain = db_int(r, 1) != 0;
        db_copy(t->amount, sizeof t->amount, r, 2);
        db_copy(t->node, sizeof t->node, r, 3);
        db_copy(t->payout, sizeof t->payout, r, 4);
        db_copy(t->subsidy, sizeof t->subsidy, r, 5);
    }
    db_end(r);
    return found && task_is_final(t->state, t->on_chain);
}

static uint64_t of_task(db *d, const char *sql, const char *id)
{
    const int64_t n = db_run(d, sql, DB_T(id));
    return n > 0 ? (uint64_t)n : 0;
}

/* Transactions that used a nonce stay for the nonce, without the task. */
static uint64_t let_go_of_transactions(db *d, const char *id)
{
    const uint64_t n = of_task(d,
                               "DELETE FROM chain_outbox WHERE task_id = ? AND (nonce IS NULL OR"
                               " state IN ('refused', 'dead'))",
                               id);
    (void)of_task(d, "UPDATE chain_outbox SET task_id = NULL, attempt = NULL WHERE task_id = ?",
                  id);
    return n;
}

bool rows_remove_task(core *c, const char *id, int64_t until, int64_t deep, rows_gone *gone)
{
    db *d = core_db(c);
    old_task t;
    task_hold(c, id);
    if (!may_go(d, &t, id, until, deep)) return false;
    past_add_task(d, t.state, t.amount);
    /* As api_node_earnings counts. */
    if (t.on_chain && t.state == TASK_SETTLED && t.node[0] != 0)
        past_add_earning(d, t.node, t.payout[0] != 0 ? t.payout : NULL,
                         t.subsidy[0] != 0 ? t.subsidy : NULL);
    if (t.on_chain) gone->transactions += let_go_of_transactions(d, id);
    gone->audits += of_task(d, "DELETE FROM audit WHERE task_id = ?", id);
    gone->settlements += of_task(d, "DELETE FROM settlement WHERE task_id = ?", id);
    gone->attempts += of_task(d, "DELETE FROM attempt WHERE task_id = ?", id);
    gone->events += of_task(d, "DELETE FROM task_event WHERE task_id = ?", id);
    if (of_task(d, "DELETE FROM task WHERE id = ?", id) != 1) core_fail(c);
    gone->tasks++;
    return true;
}
