/* settle_escrow.c - whether the escrow that a task names is the task's: what the contract holds
 * against what the task says. Anybody can name any escrow, so that until then a task keeps nobody
 * from it.
 *
 * Where the block of an escrow that was seen is undone, its task waits for it again (settlement
 * pending): it is not offered, what is under way goes on, and what the chain then says - also that
 * it was paid or refunded meanwhile - is taken from the contract's view, since events of an escrow
 * that is not known to be the task's are not heeded. */
#include "relayer/settle_parts.h"

#include "market/amount.h"
#include "market/hex.h"
#include "relayer/patience.h"
#include "relayer/schema.h"

#include <stdio.h>
#include <string.h>

static felt felt_of_hex(const char *hex, size_t bytes)
{
    uint8_t b[32] = {0};
    return hex_read(b, bytes, hex) ? escrow_felt(b, bytes) : felt_zero();
}

static bool is_token(const app *a, felt token)
{
    felt ours;
    return felt_read_hex(&ours, a->set.token, strlen(a->set.token)) == SP_OK &&
           felt_eq(ours, token);
}

/* What of the escrow is not what the task says, or NULL. */
static const char *mismatch(const app *a, const settle_news *n, const db_rows *r)
{
    u256 amount;
    const escrow_task_ext *x = &n->ext;
    if (felt_is_zero(x->program_id)) return "the contract's task is one of a hash alone";
    if (!felt_eq(x->program_id, felt_of_hex(db_text(r, 0), 28)))
        return "the contract's task is for another program";
    if (!felt_eq(x->input_commitment, felt_of_hex(db_text(r, 1), 31)))
        return "the contract's task is for another input";
    if (!is_token(a, n->view.token))
        return "the contract holds another token than chain.token of this relayer";
    if (amount_read(&amount, db_text(r, 2), strlen(db_text(r, 2))) != SP_OK ||
        amount_cmp(amount, n->view.amount) != 0)
        return "the contract holds another amount";
    if (x->max_cycles < (uint64_t)db_int(r, 3)) return "the contract allows fewer cycles";
    if (x->deadline * 1000 < (uint64_t)db_int(r, 4)) return "the contract's deadline is earlier";
    return NULL;
}

typedef enum { NOBODY, ANOTHER, ANOTHER_WAITS } owner;

/* Whose the escrow of a task is besides. */
static owner owner_of(core *c, const char *task)
{
    owner o = NOBODY;
    db_rows *r = db_query(core_db(c),
                          "SELECT s.look_at IS NOT NULL FROM task t JOIN settlement s"
                          " ON s.task_id = t.id, (SELECT chain_contract AS contract, chain_task_id"
                          " AS number FROM task WHERE id = ?) AS own WHERE t.id <> ?"
                          " AND t.chain_contract = own.contract AND t.chain_task_id = own.number"
                          " AND t." SCHEMA_OWNS,
                          DB_T(task), DB_T(task));
    if (db_next(r)) o = db_int(r, 0) != 0 ? ANOTHER_WAITS : ANOTHER;
    db_end(r);
    return o;
}

static void look_again(core *c, const char *task, int64_t wait_ms, bool counts)
{
    (void)db_run(core_db(c),
                 "UPDATE settlement SET look_at = ?, looks = looks + ? WHERE task_id = ?"
                 " AND look_at IS NOT NULL",
                 DB_I(core_now(c) + wait_ms), DB_I(counts), DB_T(task));
}

static int64_t poll_of(core *c) { return (int64_t)((const app *)core_user(c))->set.poll_ms; }

/* The task has its escrow, assigned or not. */
static void seen(core *c, const settle_news *n, const char *task)
{
    const bool assigned = n->ext.status == ESCROW_ASSIGNED;
    char who[FELT_HEX];
    (void)felt_write_hex(who, n->ext.provider);
    (void)db_run(core_db(c),
                 "UPDATE settlement SET state = ?, reason = NULL, required_tier = ?,"
                 " seen_block = ?, look_at = NULL, looks = 0, assigned_to = ?, assigned_until = ?,"
                 " updated_at = ? WHERE task_id = ?",
                 DB_T(settlement_state_name(assigned ? SETTLEMENT_ASSIGNED : SETTLEMENT_ESCROWED)),
                 DB_I(n->view.required_tier), DB_I(n->block), DB_T(assigned ? who : NULL),
                 {assigned ? DB_INTEGER : DB_NULL_VALUE, (int64_t)n->ext.assign_deadline, NULL, 0},
                 DB_I(core_now(c)), DB_T(task));
}

static void paid(core *c, const settle_news *n, const char *task)
{
    char who[FELT_HEX], payout[U256_TEXT], subsidy[U256_TEXT], treasury[U256_TEXT];
    (void)felt_write_hex(who, n->ext.provider);
    u256_write_text(payout, n->ext.split.provider_payout);
    u256_write_text(subsidy, n->ext.split.gas_subsidy);
    u256_write_text(treasury, n->ext.split.treasury_fee);
    (void)db_run(core_db(c),
                 "UPDATE settlement SET state = ?, provider = ?, payout = ?, subsidy = ?,"
                 " treasury = ?, block_number = ?, finality = 'ACCEPTED_ON_L2' WHERE task_id = ?",
                 DB_T(settlement_state_name(SETTLEMENT_SETTLED)), DB_T(who), DB_T(payout),
                 DB_T(subsidy), DB_T(treasury), DB_I(n->block), DB_T(task));
    settle_verified(c, task);
}

static void fail(core *c, task_brief *t, const char *why)
{
    task_set_failure(c, t->id, FAILURE_ESCROW_MISMATCH, why);
    if (!task_move(c, t->id, &t->version, TASK_CREATED, TASK_FAILED, "chain", why)) core_fail(c);
}

static void first_time(core *c, const settle_news *n, task_brief *t, const char *bad)
{
    const bool over = n->ext.status != ESCROW_CREATED && n->ext.status != ESCROW_ASSIGNED;
    if (bad != NULL || over) {
        fail(c, t, bad != NULL ? bad : "the contract's task is over already");
        return;
    }
    switch (owner_of(c, t->id)) {
    case ANOTHER: fail(c, t, "another task has this escrow"); return;
    case ANOTHER_WAITS: look_again(c, t->id, poll_of(c), false); return;
    case NOBODY: break;
    }
    seen(c, n, t->id);
    if (!task_move(c, t->id, &t->version, TASK_CREATED, TASK_FUNDED, "chain", "escrow seen") ||
        !task_move(c, t->id, &t->version, TASK_FUNDED, TASK_QUEUED, "relayer", NULL))
        core_fail(c);
}

/* Its number may be another's escrow now. */
static void after_undone(core *c, const settle_news *n, task_brief *t, const char *bad)
{
    seen(c, n, t->id);
    if (bad != NULL)
        settle_ended(c, t, bad, n->block);
    else if (n->ext.status == ESCROW_CANCELLED)
        settle_ended(c, t, "refunded on the chain", n->block);
    else if (n->ext.status == ESCROW_COMPLETED || n->ext.status == ESCROW_SETTLED)
        paid(c, n, t->id);
}

void settle_escrow(core *c, const settle_news *n)
{
    task_brief t;
    task_hold(c, n->task);
    if (!task_find(core_db(c), &t, n->task)) return;
    db_rows *r = db_query(core_db(c),
                          "SELECT t.program_id, t.input_commitment, t.amount, t.max_cycles,"
                          " t.deadline FROM task t JOIN settlement s ON s.task_id = t.id"
                          " WHERE t.id = ? AND s.look_at IS NOT NULL",
                          DB_T(t.id));
    const bool awaited = db_next(r);
    const char *bad = awaited ? mismatch(core_user(c), n, r) : NULL;
    db_end(r);
    if (!awaited) return; /* ended meanwhile */
    if (t.state == TASK_CREATED)
        first_time(c, n, &t, bad);
    else
        after_undone(c, n, &t, bad);
}

/* Waits grow, for an event of the escrow ends them. */
void settle_unseen(core *c, const settle_news *n)
{
    task_brief t;
    int64_t looks = 0;
    task_hold(c, n->task);
    if (!task_find(core_db(c), &t, n->task)) return;
    if (task_is_final(t.state, true) && t.deadline <= core_now(c)) {
        (void)db_run(core_db(c), "UPDATE settlement SET look_at = NULL WHERE task_id = ?",
                     DB_T(t.id));
        return;
    }
    db_rows *r = db_query(core_db(c), "SELECT looks FROM settlement WHERE task_id = ?", DB_T(t.id));
    if (db_next(r)) looks = db_int(r, 0);
    db_end(r);
    look_again(c, t.id, patience_ms(looks, poll_of(c), SETTLE_LOOK_MOST_MS), !n->doubted);
}

void settle_wake(core *c, felt contract, u256 number)
{
    char address[FELT_HEX], text[U256_TEXT];
    (void)felt_write_hex(address, contract);
    u256_write_text(text, number);
    (void)db_run(core_db(c),
                 "UPDATE settlement SET look_at = ?, looks = 0 WHERE look_at IS NOT NULL AND"
                 " task_id IN (SELECT id FROM task WHERE chain_contract = ? AND"
                 " chain_task_id = ?)",
                 DB_I(core_now(c)), DB_T(address), DB_T(text));
}

/* An assignment or a payment that stands is of a later block than its escrow. */
void settle_escrows_back(core *c, uint64_t from)
{
    (void)db_run(core_db(c),
                 "UPDATE settlement SET state = ?, reason = 'the block of its escrow was undone',"
                 " finality = NULL, assigned_to = NULL, assigned_until = NULL, seen_block = NULL,"
                 " look_at = ?, looks = 0, updated_at = ? WHERE seen_block >= ?"
                 " AND (state IN (?, ?) OR (state = ? AND assigned_block IS NULL))",
                 DB_T(settlement_state_name(SETTLEMENT_PENDING)), DB_I(core_now(c)),
                 DB_I(core_now(c)), DB_I(from), DB_T(settlement_state_name(SETTLEMENT_ESCROWED)),
                 DB_T(settlement_state_name(SETTLEMENT_CLAIMED)),
                 DB_T(settlement_state_name(SETTLEMENT_ASSIGNED)));
}
