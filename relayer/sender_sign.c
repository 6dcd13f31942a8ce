/* sender_sign.c - a new transaction: whether it is still wanted, what it may cost, its bytes on the
 * disk, and then on their way. */
#include "relayer/sender_parts.h"

#include "core/crash.h"
#include "relayer/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DOUBT_MS 600000
#define DAY_S UINT64_C(86400) /* the relayer may hold a task back, in all (docs/chain.md 2) */
#define LOOK_S 60             /* what a look at the chain may come late after the taking */
#define DISAGREE_MS 1000      /* one of several nodes may be a block behind */
#define MAX_CALLDATA 32

/* What must be done now that the chain is as it is. */
typedef struct {
    bool unassign, assign;
    /* Seconds: of the latest block, which the next one is not before; that or the clock here, which
     * goes on where no block is made; the end of the assignment; the last one possible. */
    uint64_t block_time, now, until, last;
} act;

/* False: nothing is to be sent; the row says why. */
static bool decide(sender *s, const assign_row *row, act *x, const escrow_task_ext *t,
                   felt provider)
{
    if (t->status != ESCROW_CREATED && t->status != ESCROW_ASSIGNED) {
        (void)sender_finish(s, row, "dropped", "the contract's task is over", false);
        return false;
    }
    const bool binds = t->status == ESCROW_ASSIGNED && x->now <= t->assign_deadline;
    const bool own = t->status == ESCROW_ASSIGNED && felt_eq(t->provider, provider);
    uint64_t seconds = s->a->set.assign_ms / 1000;
    if ((uint64_t)row->max_execution_ms / 1000 > seconds)
        seconds = (uint64_t)row->max_execution_ms / 1000;
    x->last = (row->first_time != 0 ? row->first_time : x->block_time) + DAY_S;
    if (x->last > t->deadline) x->last = t->deadline;
    x->until = x->now + seconds < x->last ? x->now + seconds : x->last;
    /* From an earlier lease of the account, or from the demander: it may end before this one. */
    if (own && binds && t->assign_deadline + LOOK_S >= x->until) {
        (void)sender_finish(s, row, "satisfied", NULL, false);
        return false;
    }
    if (binds) {
        const uint64_t wait = t->assign_deadline - x->now + 1;
        (void)sender_put_off(s, row,
                             own ? "assigned to it already, but not for long enough"
                                 : "assigned to another for now",
                             wait < 10 ? (int64_t)wait * 1000 : 10000);
        return false;
    }
    x->assign = x->until > x->now;
    /* Its own that is over still keeps others from it, until somebody ends it. */
    x->unassign = t->status == ESCROW_ASSIGNED && (x->assign || !own);
    if (x->assign || x->unassign) return true;
    (void)sender_finish(s, row, "open", "the relayer may not assign it any more", false);
    return false;
}

/* What the contract, or the account, says to an estimate. */
static void explain(sender *s, const assign_row *row, const act *x, sp_status st,
                    const rpc_error *err)
{
    char why[160];
    const char *said = err->said;
    (void)snprintf(why, sizeof why, "%.150s", said[0] != 0 ? said : err->message);
    if (st == SP_ERR_LIMIT && err->message[0] == 0) {
        sender_hold(s, "the fee could be above chain.max_fee_fri", SENDER_HOLD_MS);
    } else if (st == SP_ERR_ARG) {
        sender_hold(s, "the node of chain.rpc is of another chain", SENDER_HOLD_MS);
    } else if (st != SP_ERR_REJECT) {
        (void)sender_put_off(s, row, why, 1000);
    } else if (strcmp(said, "Unauthorized relayer") == 0) {
        sender_hold(s, "the contract has another relayer than chain.account (set_relayer)",
                    SENDER_HOLD_MS);
    } else if (strcmp(said, "Provider not active") == 0 ||
               strcmp(said, "Provider tier too low") == 0 ||
               strcmp(said, "Invalid provider address") == 0) {
        (void)sender_finish(s, row, "failed", why, true);
    } else if (strcmp(said, "Invalid deadline") == 0 &&
               (x->until == x->last || clock_ms() - row->created_at > DOUBT_MS)) {
        /* The day is over, or began before this database knew of the task. */
        (void)sender_finish(s, row, "open", "the relayer may not assign it any more", false);
    } else if (err->code == RPC_VALIDATION_FAILED || err->code == RPC_NOT_AN_ACCOUNT ||
               err->code == RPC_CONTRACT_NOT_FOUND) {
        sender_hold(s,
                    "the network does not take the account's signature: look at chain.account and "
                    "chain.keystore",
                    SENDER_HOLD_MS);
    } else if (err->code == RPC_BALANCE_TOO_LOW) {
        sender_hold(s, "the account's balance does not cover the fee", SENDER_HOLD_MS);
    } else {
        /* Paused, changed meanwhile, or a way of saying no that is not known: asked again. */
        (void)sender_put_off(s, row, why, 5000);
    }
}

/* Whether the nonce that a node gave is the account's next. The one that follows the last of ours
 * is; any other says that somebody else uses the account, or that there is none of ours yet: that
 * is noted for good, so that all nodes must say it. */
static bool take_nonce(sender *s, int64_t *out, felt given, int64_t hole)
{
    int64_t expected;
    uint64_t n;
    felt all;
    rpc_error err;
    if (felt_to_u64(&n, given) != SP_OK || n > INT64_MAX) return false;
    *out = (int64_t)n;
    /* An endpoint that is behind counts fewer than were used: what it says is not gone by. */
    const bool known = assign_expected(s->d, &expected, s->address);
    if (hole != SENDER_NEXT ? *out != hole : known && *out < expected) return false;
    if (known && *out == expected) return true;
    const sp_status st = endpoints_nonce(&s->e, &all, s->who.address, &err);
    if (st == SP_ERR_CANCEL) sender_hold(s, err.message, DISAGREE_MS);
    return st == SP_OK && felt_eq(all, given);
}

static void sign(sender *s, const assign_row *row, const act *x, u256 task, felt provider,
                 int64_t hole)
{
    felt room[MAX_CALLDATA];
    calldata_writer w;
    account_signed tx;
    rpc_error err;
    int64_t nonce;
    memset(&err, 0, sizeof err);
    memset(&tx, 0, sizeof tx);
    calldata_init(&w, room, SP_COUNT(room));
    calldata_calls(&w, (size_t)x->unassign + (size_t)x->assign);
    if (x->unassign) escrow_end_task(&w, s->contract, "unassign_expired", task);
    if (x->assign) escrow_assign_task(&w, s->contract, task, provider, x->until);
    if (calldata_status(&w) != SP_OK) return;
    SP_CRASH_POINT("before_sign");
    const sp_status st =
        account_prepare_invoke(s->e.any, &tx, &s->who, calldata_span(&w), &s->policy, &err);
    if (st != SP_OK) {
        explain(s, row, x, st, &err);
        return;
    }
    SP_CRASH_POINT("after_sign");
    order *o = take_nonce(s, &nonce, tx.nonce, hole) ? sender_order(s, row, "signed", NULL) : NULL;
    if (o != NULL) {
        o->v.nonce = nonce;
        (void)felt_write_hex(o->v.hash, tx.hash);
        o->v.params = tx.params;
        tx.params = NULL;
        o->v.chain_time = x->block_time;
        o->v.until = x->until;
        if (sender_carry_out(s, o)) {
            char number[24];
            SP_CRASH_POINT("after_persist");
            (void)snprintf(number, sizeof number, "%" PRId64, nonce);
            log_event(LOG_INFO, "tx_signed", "task_id", row->task, "nonce", number, NULL);
            (void)pthread_mutex_lock(&s->lock);
            s->health.nonce = nonce;
            (void)pthread_mutex_unlock(&s->lock);
        }
    }
    account_signed_free(&tx);
}

fate sender_begin(sender *s, const assign_row *row, int64_t hole)
{
    escrow_task t;
    escrow_task_ext ext;
    act x;
    u256 task;
    felt provider;
    rpc_error err;
    memset(&x, 0, sizeof x);
    if (row->over)
        return sender_finish(s, row, "dropped", "the lease is over", false) ? EXECUTED : STOP;
    if (u256_read_text(&task, row->chain_task) != SP_OK ||
        felt_read_hex(&provider, row->provider, strlen(row->provider)) != SP_OK)
        return sender_finish(s, row, "failed", "no account to assign", true) ? EXECUTED : STOP;
    sp_status st = endpoints_task(&s->e, &t, &ext, s->contract, task, &err);
    if (st == SP_OK) st = chain_time(s->e.any, &x.block_time, &err);
    x.now = (uint64_t)(clock_ms() / 1000);
    if (x.now < x.block_time) x.now = x.block_time;
    if (st == SP_ERR_CANCEL) return STOP;
    if (st == SP_ERR_REJECT) {
        (void)sender_put_off(s, row, "the contract has no such task", 5000);
        return EXECUTED;
    }
    if (st != SP_OK) return NO_NODE;
    if (decide(s, row, &x, &ext, provider)) sign(s, row, &x, task, provider, hole);
    return EXECUTED;
}
