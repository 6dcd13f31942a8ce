/* settle.c - see settle.h. */
#include "relayer/settle_parts.h"

#include "market/amount.h"
#include "relayer/assign.h"
#include "relayer/log.h"
#include "relayer/schema.h"
#include "relayer/watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void settle_news_free(job *j)
{
    settle_news *n = (settle_news *)j;
    if (n->step != NULL) {
        if (j->failed) n->step->failed = true;
        n->step->left--; /* the last that is done with it */
    }
    free(n->cursor);
    free(n);
}

void settle_set(core *c, const char *task, settlement_state s, const char *reason)
{
    (void)db_run(core_db(c),
                 "UPDATE settlement SET state = ?, reason = ?, updated_at = ? WHERE task_id = ?",
                 DB_T(settlement_state_name(s)), DB_T(reason), DB_I(core_now(c)), DB_T(task));
}

/* ---- events ---- */

static const char *event_name(escrow_event_kind k)
{
    static const char *const names[] = {"other",    "created",   "assigned", "cancelled", "expired",
                                        "verified", "completed", "fee",      "payout"};
    return (size_t)k < SP_COUNT(names) ? names[k] : "other";
}

/* The task whose escrow an event is of: of several that had it in turn the one that lives, or was
 * the last. */
static bool find_task(core *c, char id[UUID_TEXT], const settle_news *n)
{
    char contract[FELT_HEX], number[U256_TEXT];
    (void)felt_write_hex(contract, n->contract);
    u256_write_text(number, n->event.task_id);
    db_rows *r =
        db_query(core_db(c),
                 "SELECT t.id FROM task t JOIN settlement s ON s.task_id = t.id WHERE"
                 " t.chain_contract = ? AND t.chain_task_id = ? AND s.seen_block IS NOT NULL"
                 " ORDER BY CASE WHEN t." SCHEMA_OWNS " THEN 0 ELSE 1 END, t.created_at DESC,"
                 " t.id DESC LIMIT 1",
                 DB_T(contract), DB_T(number));
    const bool found = db_next(r);
    if (found) (void)snprintf(id, UUID_TEXT, "%s", db_text(r, 0));
    db_end(r);
    return found;
}

/* False: this event was applied before. */
static bool remember(core *c, const settle_news *n)
{
    char tx[FELT_HEX], number[U256_TEXT];
    (void)felt_write_hex(tx, n->tx_hash);
    u256_write_text(number, n->event.task_id);
    return db_run(core_db(c),
                  "INSERT INTO chain_event(tx_hash, event_index, block_number, name, data, at)"
                  " VALUES(?, ?, ?, ?, ?, ?)"
                  " ON CONFLICT(tx_hash, event_index) DO NOTHING",
                  DB_T(tx), DB_I(n->index), DB_I(n->block), DB_T(event_name(n->event.kind)),
                  DB_T(number), DB_I(core_now(c))) == 1;
}

static bool is_over(const task_brief *t)
{
    return task_is_final(t->state, true) || t->state == TASK_SETTLED;
}

void settle_ended(core *c, task_brief *t, const char *how, uint64_t block)
{
    settle_set(c, t->id, SETTLEMENT_REFUNDED, how);
    (void)db_run(core_db(c), "UPDATE settlement SET block_number = ? WHERE task_id = ?",
                 DB_I(block), DB_T(t->id));
    if (is_over(t)) return;
    node_task_ended(c, t->id, OUTCOME_CANCELLED);
    if (task_may_become(t->state, TASK_REFUNDED, true)) {
        if (!task_move(c, t->id, &t->version, t->state, TASK_REFUNDED, "chain", how)) core_fail(c);
    } else if (task_may_become(t->state, TASK_CANCELLED, true)) {
        task_set_failure(c, t->id, FAILURE_ESCROW_MISSING, how);
        if (!task_move(c, t->id, &t->version, t->state, TASK_CANCELLED, "chain", how)) core_fail(c);
    }
}

void settle_verified(core *c, const char *task)
{
    task_brief t;
    settlement_state s = SETTLEMENT_PENDING;
    db_rows *r = db_query(core_db(c), "SELECT state FROM settlement WHERE task_id = ?", DB_T(task));
    const bool paid =
        db_next(r) && settlement_state_read(&s, db_text(r, 0)) && s == SETTLEMENT_SETTLED;
    db_end(r);
    if (!paid || !task_find(core_db(c), &t, task)) return;
    if (t.state == TASK_VERIFIED &&
        !task_move(c, task, &t.version, TASK_VERIFIED, TASK_SETTLING, "chain", "claim seen")) {
        core_fail(c);
        return;
    }
    if (t.state != TASK_VERIFIED && t.state != TASK_SETTLING) return;
    if (!task_move(c, task, &t.version, TASK_SETTLING, TASK_SETTLED, "chain", NULL)) core_fail(c);
}

static void on_completed(core *c, const settle_news *n, const char *task)
{
    char who[FELT_HEX], tx[FELT_HEX], fee[U256_TEXT];
    (void)felt_write_hex(who, n->event.who);
    (void)felt_write_hex(tx, n->tx_hash);
    u256_write_text(fee, (u256){n->fee, 0});
    (void)db_run(core_db(c),
                 "UPDATE settlement SET state = ?, provider = ?, claim_tx = ?, block_number = ?,"
                 " finality = 'ACCEPTED_ON_L2', actual_fee = ?, reason = NULL, updated_at = ?"
                 " WHERE task_id = ?",
                 DB_T(settlement_state_name(SETTLEMENT_SETTLED)), DB_T(who), DB_T(tx),
                 DB_I(n->block), DB_T(n->fee != 0 ? fee : NULL), DB_I(core_now(c)), DB_T(task));
    settle_verified(c, task);
}

static void on_fee(core *c, const settle_news *n, const char *task)
{
    char payout[U256_TEXT], subsidy[U256_TEXT], treasury[U256_TEXT];
    u256 amount;
    u256_write_text(payout, n->event.split.provider_payout);
    u256_write_text(subsidy, n->event.split.gas_subsidy);
    u256_write_text(treasury, n->event.split.treasury_fee);
    (void)db_run(core_db(c),
                 "UPDATE settlement SET payout = ?, subsidy = ?, treasury = ? WHERE task_id = ?",
                 DB_T(payout), DB_T(subsidy), DB_T(treasury), DB_T(task));
    /* What the contract paid must be what we tell people that it pays. */
    db_rows *r = db_query(core_db(c), "SELECT amount FROM task WHERE id = ?", DB_T(task));
    if (db_next(r) && amount_read(&amount, db_text(r, 0), strlen(db_text(r, 0))) == SP_OK) {
        const escrow_split ours = escrow_split_of(amount);
        if (amount_cmp(ours.provider_payout, n->event.split.provider_payout) != 0 ||
            amount_cmp(ours.gas_subsidy, n->event.split.gas_subsidy) != 0 ||
            amount_cmp(ours.treasury_fee, n->event.split.treasury_fee) != 0)
            log_event(LOG_ERROR, "split_differs", "task_id", task, NULL);
    }
    db_end(r);
}

static void on_assigned(core *c, const settle_news *n, const char *task)
{
    char who[FELT_HEX], tx[FELT_HEX];
    (void)felt_write_hex(who, n->event.who);
    (void)felt_write_hex(tx, n->tx_hash);
    (void)db_run(core_db(c),
                 "UPDATE settlement SET state = CASE WHEN state = ? THEN ? ELSE state END,"
                 " assigned_to = ?, assigned_until = ?, assigned_block = ?, assign_tx = ?,"
                 " updated_at = ? WHERE task_id = ?",
                 DB_T(settlement_state_name(SETTLEMENT_ESCROWED)),
                 DB_T(settlement_state_name(SETTLEMENT_ASSIGNED)), DB_T(who), DB_I(n->event.time),
                 DB_I(n->block), DB_T(tx), DB_I(core_now(c)), DB_T(task));
}

static void on_event(core *c, const settle_news *n)
{
    char id[UUID_TEXT];
    task_brief t;
    settle_wake(c, n->contract, n->event.task_id);
    if (!find_task(c, id, n)) return;
    task_hold(c, id);
    if (!task_find(core_db(c), &t, id) || !remember(c, n)) return;
    switch (n->event.kind) {
    case ESCROW_TASK_COMPLETED: on_completed(c, n, id); return;
    case ESCROW_FEE_COLLECTED: on_fee(c, n, id); return;
    case ESCROW_TASK_CANCELLED: settle_ended(c, &t, "cancelled on the chain", n->block); return;
    case ESCROW_TASK_EXPIRED: settle_ended(c, &t, "refunded on the chain", n->block); return;
    case ESCROW_TASK_ASSIGNED: {
        on_assigned(c, n, id);
        return;
    }
    default: return;
    }
}

/* Blocks that are no more: their events come again if the transactions do. A task that was settled
 * by one keeps its state, and its settlement says that the claim is not final. */
static void on_cursor(core *c, const settle_news *n)
{
    db *d = core_db(c);
    if (n->went_back) {
        (void)db_run(d, "DELETE FROM chain_event WHERE block_number >= ?", DB_I(n->block));
        (void)db_run(d,
                     "UPDATE settlement SET state = ?, finality = NULL, reason = 'its block was "
                     "undone', updated_at = ?"
                     " WHERE state = ? AND block_number >= ?",
                     DB_T(settlement_state_name(SETTLEMENT_CLAIMED)), DB_I(core_now(c)),
                     DB_T(settlement_state_name(SETTLEMENT_SETTLED)), DB_I(n->block));
        (void)db_run(d,
                     "UPDATE settlement SET state = CASE WHEN state = ? THEN ? ELSE state END,"
                     " assigned_to = NULL, assigned_until = NULL, assigned_block = NULL,"
                     " assign_tx = NULL, updated_at = ? WHERE assigned_block >= ?",
                     DB_T(settlement_state_name(SETTLEMENT_ASSIGNED)),
                     DB_T(settlement_state_name(SETTLEMENT_ESCROWED)), DB_I(core_now(c)),
                     DB_I(n->block));
        settle_escrows_back(c, n->block);
        assign_went_back(c, n->block);
    }
    if (n->went_back) { /* perhaps since it was asked for */
        char from[24];
        (void)snprintf(from, sizeof from, "%" PRIu64, n->block);
        (void)db_run(d, "DELETE FROM meta WHERE name = ? AND value = ?", DB_T(WATCH_RESCAN),
                     DB_T(from));
    }
    (void)db_run(d,
                 "INSERT INTO meta(name, value) VALUES('chain_cursor', ?)"
                 " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
                 DB_T(n->cursor));
}

static void run(job *j, void *with)
{
    const settle_news *n = (const settle_news *)j;
    switch (n->kind) {
    case SETTLE_ESCROW: settle_escrow(with, n); return;
    case SETTLE_UNSEEN: settle_unseen(with, n); return;
    case SETTLE_ACCOUNT: settle_account(with, n); return;
    case SETTLE_EVENT: on_event(with, n); return;
    case SETTLE_CURSOR: on_cursor(with, n); return;
    }
}

/* Waits for room: the watcher is ahead of the core only by what the queue holds. */
void settle_post(app *a, settle_news *n, settle_step *step)
{
    const struct timespec pause = {0, 2000000};
    n->step = step;
    if (step != NULL) step->left++;
    while (!core_post(a->core, &n->j)) {
        if (a->stopping) {
            n->j.failed = true;
            settle_news_free(&n->j);
            return;
        }
        (void)nanosleep(&pause, NULL);
    }
}

bool settle_wait(app *a, settle_step *step)
{
    const struct timespec pause = {0, 2000000};
    while (step->left > 0 && !a->stopping) (void)nanosleep(&pause, NULL);
    return step->left == 0 && !step->failed;
}

settle_news *settle_news_new(settle_kind kind)
{
    settle_news *n = calloc(1, sizeof *n);
    if (n == NULL) return NULL;
    n->j.run = run;
    n->j.done = settle_news_free;
    n->kind = kind;
    return n;
}
