/* assign.c - see assign.h. */
#include "relayer/assign.h"

#include "relayer/app.h"
#include "relayer/log.h"
#include "relayer/meters.h"
#include "relayer/refusal.h"
#include "relayer/task.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- rows ---- */

static int64_t next_id(db *d)
{
    db_rows *r = db_query_values(d, "SELECT coalesce(max(id), 0) + 1 FROM chain_outbox", NULL, 0);
    const int64_t id = db_next(r) ? db_int(r, 0) : 0;
    db_end(r);
    return id;
}

static void want(core *c, int64_t id, const char *task, int64_t attempt, const char *chain_task,
                 const char *provider, const char *sender, int64_t tries, int64_t at)
{
    (void)db_run(core_db(c),
                 "INSERT INTO chain_outbox(id, kind, task_id, attempt, chain_task_id, provider,"
                 " sender, state, created_at, n_nonces, tries, next_try_at, final, updated_at)"
                 " VALUES(?, 'assign', ?, ?, ?, ?, ?, 'wanted', ?, 1, ?, ?, 0, ?)",
                 DB_I(id), DB_T(task), DB_I(attempt), DB_T(chain_task), DB_T(provider),
                 DB_T(sender), DB_I(core_now(c)), DB_I(tries), DB_I(at), DB_I(core_now(c)));
}

void assign_want(core *c, const char *task, int64_t attempt)
{
    const app *a = core_user(c);
    char chain_task[U256_TEXT] = "", provider[FELT_HEX] = "";
    if (a->set.account[0] == 0) return;
    db_rows *r = db_query(
        core_db(c),
        "SELECT t.chain_task_id, a.account FROM task t JOIN attempt a ON a.task_id = t.id"
        " WHERE t.id = ? AND a.n = ? AND t.chain_task_id IS NOT NULL"
        /* Of several that work on a task the first is paid: the contract knows one. */
        " AND NOT EXISTS (SELECT 1 FROM chain_outbox o JOIN attempt b ON b.task_id = o.task_id"
        " AND b.n = o.attempt WHERE o.task_id = t.id AND o.replaced IS NULL"
        " AND b.outcome IS NULL AND o.state IN ('wanted', 'signed', 'broadcast', 'confirmed',"
        " 'satisfied', 'open'))",
        DB_T(task), DB_I(attempt));
    const bool wanted = db_next(r);
    if (wanted) {
        db_copy(chain_task, sizeof chain_task, r, 0);
        db_copy(provider, sizeof provider, r, 1);
    }
    db_end(r);
    if (!wanted) return;
    char sender[FELT_HEX];
    felt own;
    if (felt_read_hex(&own, a->set.account, strlen(a->set.account)) != SP_OK) return;
    (void)felt_write_hex(sender, own);
    want(c, next_id(core_db(c)), task, attempt, chain_task, provider, sender, 0, core_now(c));
}

void assign_recover(job *j, void *with)
{
    core *c = with;
    const app *a = core_user(c);
    (void)j;
    felt own;
    char sender[FELT_HEX];
    if (a->set.account[0] == 0) {
        (void)db_run(core_db(c),
                     "UPDATE chain_outbox SET state = 'dropped', final = 1, updated_at = ?,"
                     " reason = 'the relayer has no account any more' WHERE state = 'wanted'",
                     DB_I(core_now(c)));
        return;
    }
    if (felt_read_hex(&own, a->set.account, strlen(a->set.account)) != SP_OK) return;
    (void)felt_write_hex(sender, own);
    (void)db_run(core_db(c), "UPDATE chain_outbox SET sender = ? WHERE state = 'wanted'",
                 DB_T(sender));
}

void assign_went_back(core *c, uint64_t from)
{
    (void)db_run(core_db(c),
                 "UPDATE chain_outbox SET state = 'broadcast', final = 0, block_number = NULL,"
                 " next_try_at = 0, updated_at = ? WHERE state IN ('confirmed', 'reverted')"
                 " AND block_number >= ?",
                 DB_I(core_now(c)), DB_I(from));
}

/* ---- what the sender reads ---- */

void assign_row_free(assign_row *row)
{
    free(row->params);
    row->params = NULL;
}

#define COLUMNS                                                                                 \
    "SELECT o.id, o.attempt, o.nonce, o.created_at, o.tries, o.block_number, o.task_id,"        \
    " o.sender, o.tx_hash, o.provider, o.chain_task_id, o.state, o.signed_tx,"                  \
    " CASE WHEN a.outcome IS NULL OR a.outcome = 'verified' THEN 0 ELSE 1 END, t.requirements," \
    " (SELECT min(p.chain_time) FROM chain_outbox p WHERE p.task_id = o.task_id"                \
    " AND p.chain_time IS NOT NULL AND p.state NOT IN ('refused', 'dead'))"                     \
    " FROM chain_outbox o LEFT JOIN attempt a ON a.task_id = o.task_id AND a.n = o.attempt"     \
    " LEFT JOIN task t ON t.id = o.task_id"

static void read_row(assign_row *row, const db_rows *r)
{
    memset(row, 0, sizeof *row);
    row->id = db_int(r, 0);
    row->attempt = db_int(r, 1);
    row->nonce = db_int(r, 2);
    row->created_at = db_int(r, 3);
    row->tries = db_int(r, 4);
    row->block = db_int(r, 5);
    db_copy(row->task, sizeof row->task, r, 6);
    db_copy(row->sender, sizeof row->sender, r, 7);
    db_copy(row->hash, sizeof row->hash, r, 8);
    db_copy(row->provider, sizeof row->provider, r, 9);
    db_copy(row->chain_task, sizeof row->chain_task, r, 10);
    db_copy(row->state, sizeof row->state, r, 11);
    if (!db_is_null(r, 12)) row->params = strdup(db_text(r, 12));
    row->over = db_int(r, 13) != 0;
    json_t *need = db_is_null(r, 14) ? NULL : json_loads(db_text(r, 14), 0, NULL);
    row->max_execution_ms =
        json_integer_value(json_object_get(need, "max_execution_time")) * INT64_C(1000);
    json_decref(need);
    row->first_time = (uint64_t)db_int(r, 15);
}

size_t assign_list(db *d, assign_row *list, size_t room, int64_t now_ms)
{
    size_t n = 0;
    db_rows *r = db_query(d,
                          COLUMNS " WHERE o.final = 0 AND o.nonce IS NOT NULL"
                                  " AND o.next_try_at <= ? ORDER BY o.nonce, o.id LIMIT ?",
                          DB_I(now_ms), DB_I(room));
    while (n < room && db_next(r)) read_row(&list[n++], r);
    db_end(r);
    return n;
}

bool assign_next(db *d, assign_row *row, const char *sender, int64_t now_ms)
{
    db_rows *r = db_query(d,
                          COLUMNS " WHERE o.final = 0 AND o.state = 'wanted' AND o.sender = ?"
                                  " AND o.next_try_at <= ? ORDER BY o.next_try_at, o.id LIMIT 1",
                          DB_T(sender), DB_I(now_ms));
    const bool found = db_next(r);
    if (found) read_row(row, r);
    db_end(r);
    return found;
}

bool assign_expected(db *d, int64_t *nonce, const char *sender)
{
    db_rows *r = db_query(d,
                          "SELECT max(nonce + n_nonces) FROM chain_outbox WHERE sender = ?"
                          " AND nonce IS NOT NULL AND state NOT IN ('refused', 'dead')",
                          DB_T(sender));
    const bool some = db_next(r) && !db_is_null(r, 0);
    if (some) *nonce = db_int(r, 0);
    db_end(r);
    return some;
}

bool assign_hole(db *d, int64_t *nonce, const char *sender)
{
    /* Below one that is executed, or that others used, none is free. */
    db_rows *r = db_query(
        d,
        "SELECT min(o.nonce) FROM chain_outbox o WHERE o.sender = ? AND o.state = 'refused'"
        " AND o.nonce >= (SELECT coalesce(max(p.nonce + p.n_nonces), 0) FROM chain_outbox p"
        " WHERE p.sender = ? AND p.nonce IS NOT NULL"
        " AND p.state IN ('confirmed', 'reverted', 'dead', 'foreign'))"
        " AND NOT EXISTS (SELECT 1 FROM chain_outbox p WHERE p.sender = o.sender"
        " AND p.nonce = o.nonce AND p.state NOT IN ('refused', 'dead'))"
        " AND EXISTS (SELECT 1 FROM chain_outbox p WHERE p.sender = o.sender AND p.final = 0"
        " AND p.nonce > o.nonce AND p.state IN ('signed', 'broadcast'))",
        DB_T(sender), DB_T(sender));
    const bool some = db_next(r) && !db_is_null(r, 0);
    if (some) *nonce = db_int(r, 0);
    db_end(r);
    return some;
}

/* ---- what the sender found ---- */

static void foreign(core *c, const char *sender, int64_t from, int64_t n)
{
    char number[24];
    (void)snprintf(number, sizeof number, "%" PRId64, from);
    log_event(LOG_ERROR, "account_used_by_others", "sender", sender, "nonce", number, NULL);
    (void)db_run(core_db(c),
                 "INSERT INTO chain_outbox(id, kind, sender, state, created_at, nonce, n_nonces,"
                 " tries, next_try_at, final, reason, updated_at) VALUES(?, 'foreign', ?,"
                 " 'foreign', ?, ?, ?, 0, 0, 1, 'used by somebody else', ?)",
                 DB_I(next_id(core_db(c))), DB_T(sender), DB_I(core_now(c)), DB_I(from), DB_I(n),
                 DB_I(core_now(c)));
}

static bool is_over(core *c, const char *task, int64_t attempt)
{
    db_rows *r = db_query(core_db(c),
                          "SELECT 1 FROM attempt a JOIN task t ON t.id = a.task_id WHERE"
                          " a.task_id = ? AND a.n = ? AND (a.outcome IS NULL OR"
                          " a.outcome = 'verified') AND t.state NOT IN ('settled', 'refunded',"
                          " 'cancelled', 'expired', 'failed')",
                          DB_T(task), DB_I(attempt));
    const bool live = db_next(r);
    db_end(r);
    return !live;
}

static void sign(core *c, const assign_change *v)
{
    int64_t expected, hole;
    const bool known = assign_expected(core_db(c), &expected, v->sender);
    const bool fills = assign_hole(core_db(c), &hole, v->sender) && v->nonce == hole;
    if (is_over(c, v->task, v->attempt) || (known && v->nonce < expected && !fills)) {
        core_fail(c);
        return;
    }
    if (known && v->nonce > expected) foreign(c, v->sender, expected, v->nonce - expected);
    if (db_run(core_db(c),
               "UPDATE chain_outbox SET state = 'signed', nonce = ?, tx_hash = ?, signed_tx = ?,"
               " chain_time = ?, assign_until = ?, next_try_at = 0, updated_at = ?"
               " WHERE id = ? AND state = 'wanted'",
               DB_I(v->nonce), DB_T(v->hash), DB_T(v->params), DB_I(v->chain_time), DB_I(v->until),
               DB_I(core_now(c)), DB_I(v->id)) != 1)
        core_fail(c);
}

/* The node's account is one that the contract does not pay, or not for this task: nodes are asked
 * that it would pay as far as is known (account_look.h), so that this is not the node's fault. */
static void take_lease(core *c, const assign_change *v)
{
    char node[NODE_ID] = "";
    db_rows *r = db_query(core_db(c),
                          "SELECT node_id FROM attempt WHERE task_id = ? AND n = ? AND outcome IS"
                          " NULL AND result IS NULL",
                          DB_T(v->task), DB_I(v->attempt));
    if (db_next(r)) db_copy(node, sizeof node, r, 0);
    db_end(r);
    if (node[0] == 0 || !node_attempt_end(c, v->task, v->attempt, node, OUTCOME_INFRA,
                                          failure_code_name(FAILURE_NO_ELIGIBLE_NODE), v->reason))
        return;
    /* What was known of its account is not so. */
    (void)db_run(core_db(c),
                 "UPDATE node SET chain_tier = NULL, chain_asked_at = NULL WHERE id = ?",
                 DB_T(node));
    node_changed(c, node);
    node_tell(c, node,
              json_pack("{s:s, s:s, s:I, s:s}", "message_type", "task_cancel", "task_id", v->task,
                        "attempt", (json_int_t)v->attempt, "reason",
                        attempt_outcome_name(OUTCOME_INFRA)));
    refusal_spare(c, v->task, v->attempt);
    refusal_of_task(c, v->task);
    node_task_retry(c, v->task, FAILURE_NO_ELIGIBLE_NODE, v->reason);
}

static void once_more(core *c, const assign_change *v)
{
    char chain_task[U256_TEXT] = "", provider[FELT_HEX] = "", sender[FELT_HEX] = "";
    int64_t tries = ASSIGN_TRIES;
    if (is_over(c, v->task, v->attempt)) return;
    db_rows *r = db_query(core_db(c),
                          "SELECT chain_task_id, provider, sender, tries FROM chain_outbox"
                          " WHERE id = ? AND replaced IS NULL",
                          DB_I(v->id));
    if (db_next(r)) {
        db_copy(chain_task, sizeof chain_task, r, 0);
        db_copy(provider, sizeof provider, r, 1);
        db_copy(sender, sizeof sender, r, 2);
        tries = db_int(r, 3) + 1;
    }
    db_end(r);
    if (tries >= ASSIGN_TRIES) {
        log_event(LOG_ERROR, "assignment_given_up", "task_id", v->task, "err", v->reason, NULL);
        return;
    }
    const int64_t id = next_id(core_db(c));
    (void)db_run(core_db(c), "UPDATE chain_outbox SET replaced = ? WHERE id = ?", DB_I(id),
                 DB_I(v->id));
    want(c, id, v->task, v->attempt, chain_task, provider, sender, tries,
         core_now(c) + (INT64_C(500) << tries));
}

static void move(core *c, const assign_change *v)
{
    const bool in_block = strcmp(v->to, "confirmed") == 0 || strcmp(v->to, "reverted") == 0;
    const bool back = strcmp(v->to, "broadcast") == 0;
    if (db_run(core_db(c),
               "UPDATE chain_outbox SET state = ?, final = ?, reason = coalesce(?, reason),"
               " block_number = CASE WHEN ? = 1 THEN NULL ELSE coalesce(?, block_number) END,"
               " actual_fee = coalesce(?, actual_fee), next_try_at = ?, updated_at = ?"
               " WHERE id = ? AND state = ?",
               DB_T(v->to), DB_I(v->final), DB_T(v->reason[0] != 0 ? v->reason : NULL), DB_I(back),
               {in_block ? DB_INTEGER : DB_NULL_VALUE, v->block, NULL, 0},
               DB_T(v->fee[0] != 0 ? v->fee : NULL), DB_I(v->next_try_at), DB_I(core_now(c)),
               DB_I(v->id), DB_T(v->from)) != 1) {
        core_fail(c);
        return;
    }
    if (strcmp(v->to, "dead") == 0) foreign(c, v->sender, v->nonce, 1);
    if (v->again) once_more(c, v);
    if (v->unpayable) take_lease(c, v);
}

void assign_apply(job *j, void *with)
{
    const assign_change *v = (const assign_change *)j;
    if (strcmp(v->to, "signed") == 0)
        sign(with, v);
    else
        move(with, v);
    db_rows *r =
        db_query(core_db(with), "SELECT state FROM chain_outbox WHERE id = ?", DB_I(v->id));
    if (db_next(r)) meters_later(with, COUNT_CHAIN_TX, db_text(r, 0));
    db_end(r);
}
