/* sender.c - see sender.h.
 *
 * A round follows what is under way, lowest nonce first, and then begins one more: when all of that
 * is executed, or under a nonce below it that it waits for. */
#include "relayer/sender_parts.h"

#include "market/account_key.h"
#include "market/amount.h"
#include "relayer/instance.h"
#include "relayer/log.h"
#include "relayer/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOTAL_MS 10000
#define LOOK_MS 200
#define MAX_ROWS 64
#define MAX_BACKOFF_MS 30000
#define MARGIN 150 /* per cent of the estimate */

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
            const fate now = s->a->stopping ? STOP : sender_follow(s, &list[i]);
            if (is_open || now == NO_NODE) f = now;
            on_way += is_open && now != EXECUTED;
        } else {
            on_way += is_open;
        }
    }
    for (size_t i = 0; i < n; i++) assign_row_free(&list[i]);
    if (f == ON_WAY || f == STOP)
        s->quiet_until_ns = clock_ns() + s->a->set.poll_ms * UINT64_C(1000000);
    int64_t hole = SENDER_NEXT;
    if ((f == EXECUTED || ((f == ON_WAY || f == STOP) && assign_hole(s->d, &hole, s->address))) &&
        n < MAX_ROWS && !felt_is_zero(s->who.address) && !s->stopped &&
        clock_ns() >= s->hold_until_ns && watch_terms(s->a) == WATCH_TERMS_RIGHT &&
        !s->a->stopping && assign_next(s->d, &next, s->address, clock_ms())) {
        const uint64_t before = s->hold_until_ns;
        f = sender_begin(s, &next, hole);
        assign_row_free(&next);
        *more = f == EXECUTED && s->hold_until_ns == before;
        if (*more) sender_note(s, on_way, true);
    }
    sender_note(s, on_way, false);
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
    order *o = sender_order(s, &none, "", NULL);
    if (o != NULL) o->v.j.run = assign_recover;
    s->begun = sender_carry_out(s, o);
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
        while (!s->a->stopping && clock_ns() < until) sender_pause(20);
    }
    return NULL;
}

static sp_status read_policy(sender *s, const settings *set, char *why)
{
    u256 fee, floor_price, tip;
    sp_status st = amount_read(&fee, set->max_fee_fri, strlen(set->max_fee_fri));
    if (st == SP_OK)
        st = amount_read(&floor_price, set->l2_price_floor, strlen(set->l2_price_floor));
    if (st == SP_OK) st = amount_read(&tip, set->tip, strlen(set->tip));
    if (st != SP_OK) {
        (void)snprintf(why, SETTINGS_WHY,
                       "chain.max_fee_fri, chain.l2_price_floor or chain.tip is no number");
        return st;
    }
    s->policy = (account_policy){.margin = MARGIN,
                                 .min_l2_price = floor_price.low,
                                 .max_fee = fee.low,
                                 .tip = (uint64_t)tip.low}; /* settings_check */
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
    _Static_assert(SETTINGS_WHY >= ACCOUNT_KEY_WHY, "what is wrong with the files has room");
    return account_key_read(&s->who.key,
                            &(account_key_files){.keystore = set->keystore,
                                                 .keystore_setting = "chain.keystore",
                                                 .password = set->password_file,
                                                 .password_setting = "chain.password_file"},
                            why);
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
