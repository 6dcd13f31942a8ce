/* sender.c - see sender.h.
 *
 * A round follows what is under way, lowest nonce first, and then begins one more. What the thread
 * decides is written by the core (assign_apply), and the thread waits for that commit before it
 * goes on: what is on the network is on the disk before. */
#include "relayer/sender.h"

#include "core/crash.h"
#include "market/amount.h"
#include "relayer/account_key.h"
#include "relayer/app.h"
#include "relayer/assign.h"
#include "relayer/endpoints.h"
#include "relayer/instance.h"
#include "relayer/log.h"
#include "relayer/watch.h"
#include "starknet/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TOTAL_MS 10000
#define LOOK_MS 200
#define MAX_ROWS 64
#define MAX_BACKOFF_MS 30000
#define HOLD_MS 30000   /* until what stopped it is tried again */
#define DEAD_MS 10000   /* servers behind one name may differ by a block or two */
#define RESEND_MS 15000 /* a few block times: then every endpoint gets the bytes */
#define STAYS 10        /* blocks on top of one that is not looked at again */
#define RECHECK_MS 10000
#define DOUBT_MS 600000
#define MARGIN 150            /* per cent of the estimate */
#define DAY_S UINT64_C(86400) /* the relayer may hold a task back, in all (docs/chain.md 2) */
#define MAX_CALLDATA 32

struct sender {
    app *a;
    db *d; /* reads */
    endpoints e;
    account who; /* address 0: none */
    char address[FELT_HEX];
    felt contract;
    account_policy policy;
    pthread_t thread;
    bool begun;        /* it is this relayer that sends */
    unsigned failures; /* rounds in a row in which no node answered */
    bool stopped;      /* until the next start: the account or its key is not what it must be */
    uint64_t hold_until_ns;
    uint64_t quiet_until_ns;  /* what is under way is not asked for before */
    int64_t dead_id, sent_id; /* rows that the next two are of */
    uint64_t dead_since_ns, sent_ns;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t answered;
    sender_health health;
};

/* ---- the core decides what is written ---- */

typedef struct {
    assign_change v; /* first */
    sender *s;
    bool finished, failed, abandoned;
} order;

static void order_free(order *o)
{
    free(o->v.params);
    free(o);
}

static void order_done(job *j)
{
    order *o = (order *)j;
    sender *s = o->s;
    (void)pthread_mutex_lock(&s->lock);
    o->finished = true;
    o->failed = j->failed;
    const bool abandoned = o->abandoned;
    (void)pthread_cond_signal(&s->answered);
    (void)pthread_mutex_unlock(&s->lock);
    if (abandoned) order_free(o);
}

static order *order_new(sender *s, const assign_row *row, const char *to, const char *reason)
{
    order *o = calloc(1, sizeof *o);
    if (o == NULL) return NULL;
    o->s = s;
    o->v.j.run = assign_apply;
    o->v.j.done = order_done;
    o->v.id = row->id;
    o->v.attempt = row->attempt;
    o->v.nonce = row->nonce;
    o->v.block = row->block;
    (void)snprintf(o->v.task, sizeof o->v.task, "%s", row->task);
    (void)snprintf(o->v.sender, sizeof o->v.sender, "%s", row->sender);
    (void)snprintf(o->v.from, sizeof o->v.from, "%s", row->state);
    (void)snprintf(o->v.to, sizeof o->v.to, "%s", to);
    (void)snprintf(o->v.reason, sizeof o->v.reason, "%.150s", reason != NULL ? reason : "");
    return o;
}

static void pause_ms(unsigned ms)
{
    const struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};
    (void)nanosleep(&t, NULL);
}

/* Waits until it is committed. False: it was not, or the relayer is being stopped and it is not
 * known; then nothing more may be done in this round. */
static bool carry_out(sender *s, order *o)
{
    if (o == NULL) return false;
    while (!core_post(s->a->core, &o->v.j)) {
        if (s->a->stopping) {
            order_free(o);
            return false;
        }
        pause_ms(2);
    }
    (void)pthread_mutex_lock(&s->lock);
    while (!o->finished && !s->a->stopping) {
        struct timespec until;
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 50000000;
        if (until.tv_nsec >= 1000000000) {
            until.tv_sec++;
            until.tv_nsec -= 1000000000;
        }
        (void)pthread_cond_timedwait(&s->answered, &s->lock, &until);
    }
    const bool known = o->finished, ok = known && !o->failed;
    o->abandoned = !known;
    (void)pthread_mutex_unlock(&s->lock);
    if (known) order_free(o);
    return ok;
}

static bool change(sender *s, const assign_row *row, const char *to, const char *reason)
{
    return carry_out(s, order_new(s, row, to, reason));
}

/* Not before some time has passed. */
static bool put_off(sender *s, const assign_row *row, const char *reason, int64_t ms)
{
    order *o = order_new(s, row, row->state, reason);
    if (o != NULL) o->v.next_try_at = clock_ms() + ms;
    return carry_out(s, o);
}

/* Over and done: nothing is expected of the row any more. */
static bool finish(sender *s, const assign_row *row, const char *to, const char *reason,
                   bool unpayable)
{
    order *o = order_new(s, row, to, reason);
    if (o != NULL) {
        o->v.final = true;
        o->v.unpayable = unpayable;
    }
    log_event(strcmp(to, "failed") == 0 ? LOG_WARN : LOG_INFO, "assignment", "task_id", row->task,
              "state", to, "err", reason, NULL);
    return carry_out(s, o);
}

/* ---- what people see ---- */

static void hold(sender *s, const char *why, unsigned ms)
{
    (void)pthread_mutex_lock(&s->lock);
    if (!s->health.held || strcmp(s->health.why, why) != 0)
        log_event(LOG_ERROR, "account_held", "account", s->address, "err", why, NULL);
    s->health.held = true;
    (void)snprintf(s->health.why, sizeof s->health.why, "%.150s", why);
    (void)pthread_mutex_unlock(&s->lock);
    s->hold_until_ns = clock_ns() + (uint64_t)ms * 1000000u;
}

static void note(sender *s, uint64_t in_flight, bool free)
{
    (void)pthread_mutex_lock(&s->lock);
    s->health.in_flight = in_flight;
    if (free && s->health.held) {
        s->health.held = false;
        s->health.why[0] = 0;
        log_event(LOG_INFO, "account_goes_on", "account", s->address, NULL);
    }
    (void)pthread_mutex_unlock(&s->lock);
}

sender_health sender_look(app *a)
{
    sender_health h;
    memset(&h, 0, sizeof h);
    h.nonce = -1;
    if (a->sender == NULL) return h;
    (void)pthread_mutex_lock(&a->sender->lock);
    h = a->sender->health;
    (void)pthread_mutex_unlock(&a->sender->lock);
    return h;
}

static void say(const assign_row *row, log_level l, const char *event, const char *err)
{
    char nonce[24];
    (void)snprintf(nonce, sizeof nonce, "%" PRId64, row->nonce);
    log_event(l, event, "task_id", row->task, "tx", row->hash, "nonce", nonce, "err", err, NULL);
}

/* ---- following ---- */

typedef enum {
    ON_WAY,   /* not executed, or nobody knows */
    EXECUTED, /* its nonce is used */
    NO_NODE,  /* nobody answers: the round ends */
    STOP      /* the round ends */
} fate;

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
    order *o = !whole ? NULL : order_new(s, row, reverted ? "reverted" : "confirmed", NULL);
    if (o != NULL) {
        const char *said = r.status.said[0] != 0 ? r.status.said : r.status.reason;
        o->v.block = (int64_t)r.block_number;
        u256_write_text(fee, (u256){r.actual_fee, 0});
        (void)snprintf(o->v.fee, sizeof o->v.fee, "%s", fee);
        if (reverted) (void)snprintf(o->v.reason, sizeof o->v.reason, "reverted: %.130s", said);
        o->v.next_try_at = clock_ms() + RECHECK_MS;
        o->v.again = reverted;
        say(row, reverted ? LOG_WARN : LOG_INFO, reverted ? "tx_reverted" : "tx_confirmed",
            reverted ? o->v.reason : NULL);
    }
    chain_receipt_free(&r);
    if (!whole) return STOP;
    return carry_out(s, o) ? EXECUTED : STOP;
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
        say(row, LOG_WARN, "tx_undone", NULL);
        return change(s, row, "broadcast", "its block was undone") ? ON_WAY : STOP;
    }
    if (chain_block_number(s->e.any, &head, &err) != SP_OK) return NO_NODE;
    order *o = order_new(s, row, row->state, NULL);
    if (o != NULL) {
        o->v.final = final || head >= (uint64_t)row->block + STAYS;
        o->v.next_try_at = clock_ms() + RECHECK_MS;
    }
    return carry_out(s, o) ? EXECUTED : STOP;
}

/* The nonce is counted already, and nobody knows the transaction: believed only when it is said for
 * a while. */
static fate is_dead(sender *s, const assign_row *row)
{
    if (s->dead_id != row->id) s->dead_since_ns = clock_ns();
    s->dead_id = row->id;
    if (clock_ns() - s->dead_since_ns < DEAD_MS * UINT64_C(1000000)) return STOP;
    order *o = order_new(s, row, "dead", "another transaction took its nonce");
    if (o != NULL) o->v.final = o->v.again = true;
    say(row, LOG_ERROR, "tx_dead", NULL);
    return carry_out(s, o) ? EXECUTED : STOP;
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
        hold(s,
             "the network does not take the account's signature: look at chain.account and "
             "chain.keystore, then start again",
             HOLD_MS);
        break;
    case RPC_BALANCE_TOO_LOW:
        hold(s, "the account's balance does not cover the fee", HOLD_MS);
        return STOP;
    default: return NO_NODE; /* unknown: the same bytes, later */
    }
    /* The same act under the same nonce: one of the two at most is ever executed. Without a key
     * there is nothing to sign with. */
    if (err->unanswered > 0 || felt_is_zero(s->who.address)) return NO_NODE;
    order *o = order_new(s, row, "refused", why);
    if (o != NULL) o->v.final = o->v.again = true;
    say(row, LOG_WARN, "tx_refused", why);
    (void)carry_out(s, o);
    return STOP;
}

/* Every endpoint gets the bytes: the one that took them may have lost them. */
static void send_to_all(sender *s, const account_signed *tx)
{
    rpc_error err;
    for (size_t i = 0; i < s->e.n; i++) (void)!account_send(s->e.each[i], tx, &err);
}

static fate follow(sender *s, const assign_row *row)
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
    if (strcmp(row->state, "signed") == 0 && !change(s, row, "broadcast", NULL)) return STOP;
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

/* ---- a new one ---- */

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
        (void)finish(s, row, "dropped", "the contract's task is over", false);
        return false;
    }
    if (t->status == ESCROW_ASSIGNED && felt_eq(t->provider, provider)) {
        (void)finish(s, row, "satisfied", NULL, false);
        return false;
    }
    if (t->status == ESCROW_ASSIGNED && x->now <= t->assign_deadline) {
        const uint64_t wait = t->assign_deadline - x->now + 1;
        (void)put_off(s, row, "assigned to another for now",
                      wait < 10 ? (int64_t)wait * 1000 : 10000);
        return false;
    }
    uint64_t seconds = s->a->set.assign_ms / 1000;
    if ((uint64_t)row->max_execution_ms / 1000 > seconds)
        seconds = (uint64_t)row->max_execution_ms / 1000;
    x->last = (row->first_time != 0 ? row->first_time : x->block_time) + DAY_S;
    if (x->last > t->deadline) x->last = t->deadline;
    x->until = x->now + seconds < x->last ? x->now + seconds : x->last;
    x->unassign = t->status == ESCROW_ASSIGNED;
    x->assign = x->until > x->now;
    if (x->assign || x->unassign) return true;
    (void)finish(s, row, "open", "the relayer may not assign it any more", false);
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
        hold(s, "the fee could be above chain.max_fee_fri", HOLD_MS);
    } else if (st == SP_ERR_ARG) {
        hold(s, "the node of chain.rpc is of another chain", HOLD_MS);
    } else if (st != SP_ERR_REJECT) {
        (void)put_off(s, row, why, 1000);
    } else if (strcmp(said, "Unauthorized relayer") == 0) {
        hold(s, "the contract has another relayer than chain.account (set_relayer)", HOLD_MS);
    } else if (strcmp(said, "Provider not active") == 0 ||
               strcmp(said, "Provider tier too low") == 0 ||
               strcmp(said, "Invalid provider address") == 0) {
        (void)finish(s, row, "failed", why, true);
    } else if (strcmp(said, "Invalid deadline") == 0 &&
               (x->until == x->last || clock_ms() - row->created_at > DOUBT_MS)) {
        /* The day is over, or began before this database knew of the task. */
        (void)finish(s, row, "open", "the relayer may not assign it any more", false);
    } else if (err->code == RPC_VALIDATION_FAILED || err->code == RPC_NOT_AN_ACCOUNT ||
               err->code == RPC_CONTRACT_NOT_FOUND) {
        hold(s,
             "the network does not take the account's signature: look at chain.account and "
             "chain.keystore",
             HOLD_MS);
    } else if (err->code == RPC_BALANCE_TOO_LOW) {
        hold(s, "the account's balance does not cover the fee", HOLD_MS);
    } else {
        /* Paused, changed meanwhile, or a way of saying no that is not known: asked again. */
        (void)put_off(s, row, why, 5000);
    }
}

static void sign(sender *s, const assign_row *row, const act *x, u256 task, felt provider)
{
    felt room[MAX_CALLDATA];
    calldata_writer w;
    account_signed tx;
    rpc_error err;
    int64_t expected;
    uint64_t nonce;
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
    order *o = order_new(s, row, "signed", NULL);
    /* An endpoint that is behind counts fewer than were used: what it says is not gone by. */
    const bool known = assign_expected(s->d, &expected, s->address);
    if (o != NULL && felt_to_u64(&nonce, tx.nonce) == SP_OK && nonce <= INT64_MAX &&
        (!known || nonce >= (uint64_t)expected)) {
        o->v.nonce = (int64_t)nonce;
        (void)felt_write_hex(o->v.hash, tx.hash);
        o->v.params = tx.params;
        tx.params = NULL;
        o->v.chain_time = x->block_time;
        o->v.until = x->until;
        if (carry_out(s, o)) {
            char number[24];
            SP_CRASH_POINT("after_persist");
            (void)snprintf(number, sizeof number, "%" PRIu64, nonce);
            log_event(LOG_INFO, "tx_signed", "task_id", row->task, "nonce", number, NULL);
            (void)pthread_mutex_lock(&s->lock);
            s->health.nonce = (int64_t)nonce;
            (void)pthread_mutex_unlock(&s->lock);
        }
    } else if (o != NULL) {
        order_free(o);
    }
    account_signed_free(&tx);
}

static fate begin(sender *s, const assign_row *row)
{
    escrow_task t;
    escrow_task_ext ext;
    act x;
    u256 task;
    felt provider;
    rpc_error err;
    memset(&x, 0, sizeof x);
    if (row->over) return finish(s, row, "dropped", "the lease is over", false) ? EXECUTED : STOP;
    if (u256_read_text(&task, row->chain_task) != SP_OK ||
        felt_read_hex(&provider, row->provider, strlen(row->provider)) != SP_OK)
        return finish(s, row, "failed", "no account to assign", true) ? EXECUTED : STOP;
    sp_status st = endpoints_task(&s->e, &t, &ext, s->contract, task, &err);
    if (st == SP_OK) st = chain_time(s->e.any, &x.block_time, &err);
    x.now = (uint64_t)(clock_ms() / 1000);
    if (x.now < x.block_time) x.now = x.block_time;
    if (st == SP_ERR_CANCEL) return STOP;
    if (st == SP_ERR_REJECT) {
        (void)put_off(s, row, "the contract has no such task", 5000);
        return EXECUTED;
    }
    if (st != SP_OK) return NO_NODE;
    if (decide(s, row, &x, &ext, provider)) sign(s, row, &x, task, provider);
    return EXECUTED;
}

/* ---- the thread ---- */

/* False: no node answers. *more: there may be more to do at once. */
static bool round_of(sender *s, bool *more)
{
    static const char *const open[] = {"signed", "broadcast"};
    assign_row list[MAX_ROWS], next;
    fate f = EXECUTED;
    uint64_t on_way = 0;
    *more = false;
    if (clock_ns() < s->quiet_until_ns) return true;
    const size_t n = assign_list(s->d, list, MAX_ROWS, clock_ms());
    for (size_t i = 0; i < n; i++) {
        const bool is_open =
            strcmp(list[i].state, open[0]) == 0 || strcmp(list[i].state, open[1]) == 0;
        if (f == EXECUTED || (f == ON_WAY && !is_open)) {
            const fate now = s->a->stopping ? STOP : follow(s, &list[i]);
            if (is_open || now == NO_NODE) f = now;
            on_way += is_open && now != EXECUTED;
        } else {
            on_way += is_open;
        }
    }
    for (size_t i = 0; i < n; i++) assign_row_free(&list[i]);
    if (f == ON_WAY || f == STOP)
        s->quiet_until_ns = clock_ns() + s->a->set.poll_ms * UINT64_C(1000000);
    if (f == EXECUTED && n < MAX_ROWS && !felt_is_zero(s->who.address) && !s->stopped &&
        clock_ns() >= s->hold_until_ns && watch_terms(s->a) == WATCH_TERMS_RIGHT &&
        !s->a->stopping && assign_next(s->d, &next, s->address, clock_ms())) {
        const uint64_t before = s->hold_until_ns;
        f = begin(s, &next);
        assign_row_free(&next);
        *more = f == EXECUTED && s->hold_until_ns == before;
        if (*more) note(s, on_way, true);
    }
    note(s, on_way, false);
    if (!db_ok(s->d)) db_forgive(s->d);
    return f != NO_NODE;
}

/* Of several relayers one sends. */
static bool is_mine(sender *s)
{
    if (!instance_holds(s->a, "chain")) {
        s->begun = false;
        return false;
    }
    if (s->begun) return true;
    assign_row none;
    memset(&none, 0, sizeof none);
    order *o = order_new(s, &none, "", NULL);
    if (o != NULL) o->v.j.run = assign_recover;
    s->begun = carry_out(s, o);
    return s->begun;
}

static void *sender_thread(void *arg)
{
    sender *s = arg;
    while (!s->a->stopping) {
        bool more = false;
        if (!is_mine(s) || round_of(s, &more))
            s->failures = 0;
        else if (s->failures < 16)
            s->failures++;
        uint64_t wait_ms = more ? 20 : LOOK_MS;
        if (s->failures > 0) {
            wait_ms = s->a->set.poll_ms << (s->failures < 8 ? s->failures - 1 : 7);
            if (wait_ms > MAX_BACKOFF_MS) wait_ms = MAX_BACKOFF_MS;
        }
        const uint64_t until = clock_ns() + wait_ms * 1000000u;
        while (!s->a->stopping && clock_ns() < until) pause_ms(20);
    }
    return NULL;
}

static sp_status read_policy(sender *s, const settings *set, char *why)
{
    u256 fee, floor_price;
    sp_status st = amount_read(&fee, set->max_fee_fri, strlen(set->max_fee_fri));
    if (st == SP_OK)
        st = amount_read(&floor_price, set->l2_price_floor, strlen(set->l2_price_floor));
    if (st != SP_OK) {
        (void)snprintf(why, SETTINGS_WHY, "chain.max_fee_fri or chain.l2_price_floor is no number");
        return st;
    }
    s->policy = (account_policy){
        .margin = MARGIN, .min_l2_price = floor_price.low, .max_fee = fee.low, .tip = 0};
    return SP_OK;
}

static sp_status read_account(sender *s, const settings *set, char *why)
{
    if (set->account[0] == 0) {
        log_event(LOG_INFO, "no_account", "note",
                  "tasks with an escrow are assigned by their demanders, or stay open", NULL);
        return SP_OK;
    }
    if (felt_read_hex(&s->who.address, set->account, strlen(set->account)) != SP_OK ||
        felt_is_zero(s->who.address)) {
        (void)snprintf(why, SETTINGS_WHY, "chain.account is no address");
        return SP_ERR_FORMAT;
    }
    s->who.chain_id = s->a->chain_id;
    (void)felt_write_hex(s->address, s->who.address);
    (void)snprintf(s->health.account, sizeof s->health.account, "%s", s->address);
    s->health.has_account = true;
    return account_key_read(&s->who.key, set->keystore, set->password_file, why, SETTINGS_WHY);
}

sp_status sender_open(app *a, const char *database, char *why)
{
    const settings *set = &a->set;
    if (set->rpc[0] == 0) return SP_OK;
    sender *s = calloc(1, sizeof *s);
    if (s == NULL) return SP_ERR_NOMEM;
    s->a = a;
    s->health.nonce = -1;
    (void)pthread_mutex_init(&s->lock, NULL);
    (void)pthread_cond_init(&s->answered, NULL);
    sp_status st = felt_read_hex(&s->contract, set->contract, strlen(set->contract));
    if (st == SP_OK) st = read_policy(s, set, why);
    if (st == SP_OK) st = read_account(s, set, why);
    if (st == SP_OK) st = endpoints_open(&s->e, a, set->rpc, TOTAL_MS);
    if (st == SP_OK) st = db_open(&s->d, database, true, why);
    if (st == SP_OK && pthread_create(&s->thread, NULL, sender_thread, s) != 0) st = SP_ERR_IO;
    if (st == SP_OK) {
        a->sender = s;
        return SP_OK;
    }
    ecdsa_key_wipe(&s->who.key);
    db_close(s->d);
    endpoints_close(&s->e);
    free(s);
    return st;
}

void sender_close(app *a)
{
    sender *s = a->sender;
    if (s == NULL || s->d == NULL) return;
    a->stopping = true;
    (void)pthread_join(s->thread, NULL);
    ecdsa_key_wipe(&s->who.key);
    db_close(s->d);
    s->d = NULL;
    endpoints_close(&s->e);
}

void sender_free(app *a)
{
    sender *s = a->sender;
    if (s == NULL) return;
    a->sender = NULL;
    (void)pthread_cond_destroy(&s->answered);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
}
