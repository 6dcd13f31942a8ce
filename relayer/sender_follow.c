/* sender_follow.c - a signed transaction, until a block that stays holds it or it can never be. */
#include "relayer/sender_parts.h"

#include "core/crash.h"
#include "market/amount.h"
#include "relayer/log.h"
#include "starknet/journal.h"

#include <stdio.h>
#include <string.h>

#define DEAD_MS 10000   /* servers behind one name may differ by a block or two */
#define RESEND_MS 15000 /* a few block times: then every endpoint gets the bytes */
#define STAYS 10        /* blocks on top of one that is not looked at again */
#define RECHECK_MS 10000

static fate executed(sender *s, const assign_row *row, felt hash, bool reverted)
{
    chain_receipt r;
    rpc_error err;
    char fee[U256_TEXT];
    const sp_status st = endpoints_receipt(&s->e, &r, hash, &err);
    if (st == SP_ERR_CANCEL) {
        log_event(LOG_WARN, "chain_endpoints_disagree", "tx", row->hash, "err", err.message, NULL);
        return STOP;
    }
    if (st != SP_OK) return st == SP_ERR_REJECT ? ON_WAY : NO_NODE;
    const bool whole = r.status.finality >= CHAIN_ACCEPTED_ON_L2 && r.status.reverted == reverted;
    order *o = !whole ? NULL : sender_order(s, row, reverted ? "reverted" : "confirmed", NULL);
    if (o != NULL) {
        const char *said = r.status.said[0] != 0 ? r.status.said : r.status.reason;
        o->v.block = (int64_t)r.block_number;
        u256_write_text(fee, (u256){r.actual_fee, 0});
        (void)snprintf(o->v.fee, sizeof o->v.fee, "%s", fee);
        if (reverted) (void)snprintf(o->v.reason, sizeof o->v.reason, "reverted: %.130s", said);
        o->v.next_try_at = clock_ms() + RECHECK_MS;
        o->v.again = reverted;
        sender_say(row, reverted ? LOG_WARN : LOG_INFO, reverted ? "tx_reverted" : "tx_confirmed",
                   reverted ? o->v.reason : NULL);
    }
    chain_receipt_free(&r);
    if (!whole) return STOP;
    return sender_carry_out(s, o) ? EXECUTED : STOP;
}

/* Whether its block is still there, until enough others lie on it. */
static fate look_again(sender *s, const assign_row *row, felt hash)
{
    chain_receipt r;
    rpc_error err;
    uint64_t head;
    const sp_status st = endpoints_receipt(&s->e, &r, hash, &err);
    if (st == SP_ERR_CANCEL) return STOP;
    if (st != SP_OK && st != SP_ERR_REJECT) return NO_NODE;
    if (st == SP_ERR_REJECT && err.code != RPC_TX_NOT_FOUND) return STOP;
    const bool there = st == SP_OK && r.status.finality >= CHAIN_ACCEPTED_ON_L2 &&
                       r.status.reverted == (strcmp(row->state, "reverted") == 0) &&
                       (int64_t)r.block_number == row->block;
    const bool final = there && r.status.finality == CHAIN_ACCEPTED_ON_L1;
    if (st == SP_OK) chain_receipt_free(&r);
    if (!there) {
        sender_say(row, LOG_WARN, "tx_undone", NULL);
        return sender_change(s, row, "broadcast", "its block was undone") ? ON_WAY : STOP;
    }
    if (chain_block_number(s->e.any, &head, &err) != SP_OK) return NO_NODE;
    order *o = sender_order(s, row, row->state, NULL);
    if (o != NULL) {
        o->v.final = final || head >= (uint64_t)row->block + STAYS;
        o->v.next_try_at = clock_ms() + RECHECK_MS;
    }
    return sender_carry_out(s, o) ? EXECUTED : STOP;
}

/* The nonce is counted already, and nobody knows the transaction: believed only when it is said for
 * a while. */
static fate is_dead(sender *s, const assign_row *row)
{
    if (s->dead_id != row->id) s->dead_since_ns = clock_ns();
    s->dead_id = row->id;
    if (clock_ns() - s->dead_since_ns < DEAD_MS * UINT64_C(1000000)) return STOP;
    order *o = sender_order(s, row, "dead", "another transaction took its nonce");
    if (o != NULL) o->v.final = o->v.again = true;
    sender_say(row, LOG_ERROR, "tx_dead", NULL);
    return sender_carry_out(s, o) ? EXECUTED : STOP;
}

static fate refused(sender *s, const assign_row *row, const rpc_error *err)
{
    felt nonce;
    uint64_t now;
    rpc_error own;
    char why[160];
    (void)snprintf(why, sizeof why, "%.100s (%d)", err->message, err->code);
    switch (err->code) {
    case RPC_INVALID_NONCE:
        if (chain_nonce(s->e.any, &nonce, s->who.address, &own) != SP_OK) return NO_NODE;
        if (felt_to_u64(&now, nonce) == SP_OK && now > (uint64_t)row->nonce) return is_dead(s, row);
        return STOP; /* one below it comes first */
    case RPC_RESOURCES_TOO_LOW:
    case RPC_FEE_TOO_LOW: break;
    case RPC_VALIDATION_FAILED:
    case RPC_NOT_AN_ACCOUNT:
    case RPC_TX_VERSION:
        s->stopped = true;
        sender_hold(s,
                    "the network does not take the account's signature: look at chain.account and "
                    "chain.keystore, then start again",
                    SENDER_HOLD_MS);
        break;
    case RPC_BALANCE_TOO_LOW:
        sender_hold(s, "the account's balance does not cover the fee", SENDER_HOLD_MS);
        return STOP;
    default: return NO_NODE; /* unknown: the same bytes, later */
    }
    /* The same act under the same nonce: one of the two at most is ever executed. Without a key
     * there is nothing to sign with. */
    if (err->unanswered > 0 || felt_is_zero(s->who.address)) return NO_NODE;
    order *o = sender_order(s, row, "refused", why);
    if (o != NULL) o->v.final = o->v.again = true;
    sender_say(row, LOG_WARN, "tx_refused", why);
    (void)sender_carry_out(s, o);
    return STOP;
}

/* Every endpoint gets the bytes: the one that took them may have lost them. */
static void send_to_all(sender *s, const account_signed *tx)
{
    rpc_error err;
    for (size_t i = 0; i < s->e.n; i++) (void)!account_send(s->e.each[i], tx, &err);
}

fate sender_follow(sender *s, const assign_row *row)
{
    journal_fate f;
    chain_status status;
    rpc_error err;
    felt address;
    account_signed tx;
    memset(&tx, 0, sizeof tx);
    memset(&err, 0, sizeof err);
    if (row->params == NULL || felt_read_hex(&tx.hash, row->hash, strlen(row->hash)) != SP_OK ||
        felt_read_hex(&address, row->sender, strlen(row->sender)) != SP_OK)
        return STOP;
    if (strcmp(row->state, "signed") != 0 && strcmp(row->state, "broadcast") != 0)
        return look_again(s, row, tx.hash);
    tx.method = "starknet_addInvokeTransaction";
    tx.params = row->params;
    tx.nonce = felt_from_u64((uint64_t)row->nonce);
    SP_CRASH_POINT("before_broadcast");
    const sp_status st = journal_advance(s->e.any, &f, &status, &tx, address, &err);
    if (st == SP_ERR_REJECT) return refused(s, row, &err);
    if (st != SP_OK) return NO_NODE;
    SP_CRASH_POINT("after_broadcast");
    if (f == JOURNAL_DEAD) return is_dead(s, row);
    if (s->dead_id == row->id) s->dead_id = 0;
    if (f == JOURNAL_DONE || f == JOURNAL_REVERTED)
        return executed(s, row, tx.hash, f == JOURNAL_REVERTED);
    if (strcmp(row->state, "signed") == 0 && !sender_change(s, row, "broadcast", NULL)) return STOP;
    if (f == JOURNAL_CONFIRMED) return EXECUTED;
    if (s->sent_id != row->id) {
        s->sent_id = row->id;
        s->sent_ns = clock_ns();
    } else if (clock_ns() - s->sent_ns >= RESEND_MS * UINT64_C(1000000)) {
        s->sent_ns = clock_ns();
        send_to_all(s, &tx);
    }
    return ON_WAY;
}
