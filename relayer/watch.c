/* watch.c - see watch.h. */
#include "relayer/watch.h"

#include "market/amount.h"
#include "market/hex.h"
#include "relayer/account_look.h"
#include "relayer/app.h"
#include "relayer/endpoints.h"
#include "relayer/escrow_look.h"
#include "relayer/log.h"
#include "relayer/meters.h"
#include "relayer/settle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_BLOCKS 200
#define MAX_EVENTS 5000 /* of a step; of a step of one block: */
#define MOST_EVENTS 200000
#define TOTAL_MS 20000
#define PATIENCE 5u
#define TERMS_MS 300000
#define LATEST_MS 30000
#define TERMS_AGAIN_MS 10000 /* while they are wrong, or not known */
#define CURSOR "chain_cursor"
#define CURSOR_TEXT (32 + SCAN_KEPT * 96)

struct watch {
    app *a;
    db *d; /* reads */
    endpoints e;
    pthread_t thread;
    felt contract;
    scan_cursor cursor;  /* as the database has it, once it has one */
    settle_step step;    /* what was handed over last */
    bool started;        /* the cursor stands somewhere */
    unsigned max_blocks; /* of a step: fewer where many events are in them */
    uint64_t terms_at_ns, latest_at_ns;
    unsigned waits; /* rounds in a row that ended in a contradiction */
    _Atomic int verdict;
    pthread_mutex_t lock;
    watch_health health;
};

static void note(watch *w, bool ok, uint64_t block, const char *why)
{
    (void)pthread_mutex_lock(&w->lock);
    if (w->health.ok != ok || w->health.at_ms == 0)
        log_event(ok ? LOG_INFO : LOG_WARN, ok ? "chain_ok" : "chain_lost", "err", ok ? NULL : why,
                  NULL);
    w->health.ok = ok;
    if (ok) w->health.block = block;
    w->health.at_ms = clock_ms();
    (void)snprintf(w->health.why, sizeof w->health.why, "%.190s", ok ? "" : why);
    (void)pthread_mutex_unlock(&w->lock);
}

watch_health watch_look(app *a)
{
    watch_health h = {0};
    if (a->watch == NULL) return h;
    (void)pthread_mutex_lock(&a->watch->lock);
    h = a->watch->health;
    (void)pthread_mutex_unlock(&a->watch->lock);
    h.configured = true;
    return h;
}

watch_verdict watch_terms(app *a)
{
    return a->watch == NULL ? WATCH_TERMS_UNKNOWN : (watch_verdict)a->watch->verdict;
}

/* ---- the cursor, as text in the database ---- */

static void cursor_write(char out[CURSOR_TEXT], const scan_cursor *c)
{
    size_t n = (size_t)snprintf(out, CURSOR_TEXT, "%" PRIu64, c->next);
    for (unsigned i = 0; i < c->n; i++) {
        char hash[FELT_HEX];
        (void)felt_write_hex(hash, c->kept[i].hash);
        n += (size_t)snprintf(out + n, CURSOR_TEXT - n, " %" PRIu64 " %s", c->kept[i].block, hash);
    }
}

static bool cursor_read(scan_cursor *c, const char *text)
{
    char *end;
    memset(c, 0, sizeof *c);
    c->next = strtoull(text, &end, 10);
    if (end == text) return false;
    while (*end == ' ' && c->n < SCAN_KEPT) {
        const char *at = end + 1;
        c->kept[c->n].block = strtoull(at, &end, 10);
        if (end == at || *end != ' ') return false;
        at = end + 1;
        const size_t len = strcspn(at, " ");
        if (felt_read_hex(&c->kept[c->n].hash, at, len) != SP_OK) return false;
        c->n++;
        end = (char *)(uintptr_t)(at + len);
    }
    return *end == 0;
}

/* ---- events ---- */

/* What the payment of one of our tasks has cost its sender; 0: not known. For people, so that the
 * word of one endpoint will do. */
static u128 fee_of(watch *w, const settle_news *n, const chain_event *e)
{
    char contract[FELT_HEX], number[U256_TEXT];
    chain_receipt receipt;
    rpc_error err;
    (void)felt_write_hex(contract, w->contract);
    u256_write_text(number, n->event.task_id);
    db_rows *r = db_query(w->d, "SELECT 1 FROM task WHERE chain_contract = ? AND chain_task_id = ?",
                          DB_T(contract), DB_T(number));
    const bool ours = db_next(r);
    db_end(r);
    if (!ours || chain_tx_receipt(w->e.any, &receipt, e->tx_hash, &err) != SP_OK) return 0;
    const u128 fee = receipt.actual_fee;
    chain_receipt_free(&receipt);
    return fee;
}

static void hand_over(watch *w, const chain_event *e, size_t index)
{
    settle_news *n = settle_news_new(SETTLE_EVENT);
    if (n == NULL) {
        w->step.failed = true;
        return;
    }
    if (escrow_parse_event(&n->event, e->keys, e->data) != SP_OK || n->event.kind == ESCROW_OTHER) {
        settle_news_free(&n->j);
        return;
    }
    n->contract = w->contract;
    n->tx_hash = e->tx_hash;
    n->index = (int64_t)index;
    n->block = e->block_number;
    if (n->event.kind == ESCROW_TASK_COMPLETED) n->fee = fee_of(w, n, e);
    settle_post(w->a, n, &w->step);
}

/* With the place of each among those of its transaction, all of one contract and in order: where
 * pages end, the node alone decides; a step is whole blocks. */
static void hand_over_all(watch *w, const scan_result *result)
{
    const chain_event *last = NULL;
    size_t index = 0;
    for (size_t i = 0; i < result->n_pages; i++)
        for (size_t k = 0; k < result->pages[i].n_events; k++) {
            const chain_event *e = &result->pages[i].events[k];
            index = last != NULL && felt_eq(e->tx_hash, last->tx_hash) ? index + 1 : 0;
            hand_over(w, e, index);
            last = e;
        }
}

/* False: it is not known to be in the database. */
static bool hand_over_cursor(watch *w, const scan_cursor *c, bool went_back, uint64_t from)
{
    settle_news *n = settle_news_new(SETTLE_CURSOR);
    if (n == NULL) return false;
    n->cursor = malloc(CURSOR_TEXT);
    if (n->cursor == NULL) {
        settle_news_free(&n->j);
        return false;
    }
    cursor_write(n->cursor, c);
    n->went_back = went_back;
    n->block = from;
    settle_post(w->a, n, &w->step);
    return settle_wait(w->a, &w->step);
}

static sp_status not_stored(const watch *w, rpc_error *err)
{
    if (w->a->stopping) return SP_ERR_CANCEL;
    (void)snprintf(err->message, sizeof err->message, "%s",
                   "what the chain says could not be stored; it is read again");
    return SP_ERR_IO;
}

/* The cursor goes on only behind events that are committed: what a full disk or another process
 * kept from it (core.h) is read again, and what was applied already is known by its transaction. */
static bool take_over(watch *w, const scan_result *result, const scan_cursor *moved)
{
    w->step.failed = false; /* nothing of it is under way: the last one was waited for */
    hand_over_all(w, result);
    if (!settle_wait(w->a, &w->step) ||
        ((result->went_back || result->n_blocks > 0) &&
         !hand_over_cursor(w, moved, result->went_back, result->from)))
        return false;
    w->cursor = *moved;
    return true;
}

static sp_status read_events(watch *w, rpc_error *err)
{
    const scan_filter filter = {.address = w->contract,
                                .max_blocks = w->max_blocks,
                                .max_events = w->max_blocks > 1 ? MAX_EVENTS : MOST_EVENTS};
    scan_result result;
    scan_cursor moved = w->cursor;
    const sp_status s = endpoints_scan(&w->e, &result, &moved, &filter, err);
    if (s == SP_ERR_LIMIT && w->max_blocks > 1) {
        w->max_blocks = (w->max_blocks + 7) / 8; /* less than before, and at least 1 */
        return SP_ERR_CANCEL;
    }
    if (s == SP_ERR_LIMIT) rpc_move_on(w->e.any);
    if (s != SP_OK) return s;
    if (w->max_blocks < MAX_BLOCKS) w->max_blocks++;
    if (result.went_back) log_event(LOG_WARN, "chain_went_back", NULL);
    const bool stored = take_over(w, &result, &moved);
    scan_free(&result);
    return stored ? SP_OK : not_stored(w, err);
}

static bool start(watch *w, rpc_error *err)
{
    uint64_t number;
    db_rows *r = db_query(w->d, "SELECT value FROM meta WHERE name = ?", DB_T(CURSOR));
    const bool known = db_next(r) && cursor_read(&w->cursor, db_text(r, 0));
    db_end(r);
    if (!known) {
        /* Tasks are posted after their escrow: what the contract did before this relayer knew it is
         * asked of its views. */
        if (chain_block_number(w->e.any, &number, err) != SP_OK) return false;
        scan_init(&w->cursor, number);
        if (scan_anchor(w->e.any, &w->cursor, err) != SP_OK) return false;
    }
    w->started = true;
    return true;
}

/* An administrator has said where to begin again (api_admin_rescan): what came from this block on
 * is void. The cursor is written by this thread alone, so that none of its own comes after. */
static bool begin_again(watch *w, rpc_error *err)
{
    uint64_t from = 0;
    db_rows *r = db_query(w->d, "SELECT value FROM meta WHERE name = ?", DB_T(WATCH_RESCAN));
    const bool asked = db_next(r);
    if (asked) from = strtoull(db_text(r, 0), NULL, 10);
    db_end(r);
    if (!asked) return true;
    scan_cursor c;
    scan_init(&c, from);
    if (scan_anchor(w->e.any, &c, err) != SP_OK) return false;
    log_event(LOG_WARN, "chain_read_again", NULL);
    w->step.failed = false;
    if (!hand_over_cursor(w, &c, true, from)) {
        (void)not_stored(w, err);
        return false;
    }
    w->cursor = c;
    w->started = true;
    return true;
}

/* ---- the contract itself ---- */

static sp_status ask_terms(watch *w, rpc_error *err)
{
    terms t;
    SP_TRY(endpoints_chain_id(&w->e, w->a->chain_id, err));
    SP_TRY(terms_ask(w->e.any, &t, w->contract, err));
    const int now = t.wrong ? WATCH_TERMS_WRONG : WATCH_TERMS_RIGHT;
    if (now != w->verdict)
        log_event(t.wrong ? LOG_ERROR : LOG_INFO, t.wrong ? "contract_mismatch" : "contract_ok",
                  "err", t.wrong ? t.why : NULL, NULL);
    (void)pthread_mutex_lock(&w->lock);
    (void)snprintf(w->health.mismatch, sizeof w->health.mismatch, "%s", t.wrong ? t.why : "");
    w->health.verifier[0] = 0;
    if (!t.wrong) (void)felt_write_hex(w->health.verifier, t.verifier);
    (void)pthread_mutex_unlock(&w->lock);
    w->verdict = now;
    w->terms_at_ns = clock_ns() + (t.wrong ? TERMS_AGAIN_MS : TERMS_MS) * UINT64_C(1000000);
    return SP_OK;
}

static void other_chain(watch *w, rpc_error *err)
{
    static const char text[] = "a node of chain.rpc is of another chain than chain.chain_id says";
    if (w->verdict != WATCH_TERMS_WRONG)
        log_event(LOG_ERROR, "contract_mismatch", "err", text, NULL);
    (void)pthread_mutex_lock(&w->lock);
    (void)snprintf(w->health.mismatch, sizeof w->health.mismatch, "%s", text);
    (void)pthread_mutex_unlock(&w->lock);
    (void)snprintf(err->message, sizeof err->message, "%s", text);
    w->verdict = WATCH_TERMS_WRONG;
    w->terms_at_ns = clock_ns() + TERMS_AGAIN_MS * UINT64_C(1000000);
}

/* What people want to know of the chain, by the word of one endpoint. */
static void ask_latest(watch *w)
{
    chain_latest_block b;
    char spec[RPC_VERSION] = "";
    rpc_error err;
    w->latest_at_ns = clock_ns() + LATEST_MS * UINT64_C(1000000);
    if (chain_latest(w->e.any, &b, &err) != SP_OK) return;
    (void)!chain_spec_version(w->e.any, spec, &err);
    const int64_t lag = clock_ms() / 1000 - (int64_t)(b.seconds & INT64_MAX);
    (void)pthread_mutex_lock(&w->lock);
    w->health.l2_gas_price = b.l2_gas_price;
    w->health.lag_s = lag > 0 ? lag : 0;
    memcpy(w->health.spec, spec, sizeof spec);
    (void)pthread_mutex_unlock(&w->lock);
}

static void round_of(watch *w)
{
    rpc_error err;
    memset(&err, 0, sizeof err);
    sp_status s = SP_OK;
    if (clock_ns() >= w->terms_at_ns) {
        s = ask_terms(w, &err);
        if (s == SP_ERR_FORMAT) other_chain(w, &err);
    }
    if (s == SP_OK && w->verdict != WATCH_TERMS_RIGHT) return;
    if (s == SP_OK && !begin_again(w, &err)) s = SP_ERR_IO;
    if (s == SP_OK && !w->started && !start(w, &err)) s = SP_ERR_IO;
    /* Events first: what is looked up afterwards is at least as new. */
    if (s == SP_OK) s = read_events(w, &err);
    if (s == SP_OK && !escrow_look(w->a, w->d, &w->e, w->contract, &w->cursor, &err)) s = SP_ERR_IO;
    if (s == SP_OK && !account_look(w->a, w->d, &w->e, w->contract, &err)) s = SP_ERR_IO;
    if (s == SP_OK && clock_ns() >= w->latest_at_ns) ask_latest(w);
    /* The chain changed meanwhile, or two endpoints are not on one block: the next round reads it.
     * Where they go on contradicting each other, people must know. */
    w->waits = s == SP_ERR_CANCEL ? w->waits + 1 : 0;
    if (s == SP_ERR_CANCEL && w->waits < PATIENCE) s = SP_OK;
    if (!db_ok(w->d)) db_forgive(w->d);
    note(w, s == SP_OK, w->cursor.next, err.message[0] != 0 ? err.message : "no endpoint answers");
}

static void *watch_thread(void *arg)
{
    watch *w = arg;
    while (!w->a->stopping) {
        /* One relayer at a time; where it goes on is in the database. */
        if (instance_holds(w->a, "chain"))
            round_of(w);
        else
            w->started = false;
        const uint64_t until = clock_ns() + w->a->set.poll_ms * 1000000u;
        const struct timespec pause = {0, 20000000};
        while (!w->a->stopping && clock_ns() < until) (void)nanosleep(&pause, NULL);
    }
    return NULL;
}

/* Before the thread runs. A node that does not answer is no mismatch. */
static sp_status check_chain(watch *w, char *why, bool *mismatch)
{
    rpc_error err;
    memset(&err, 0, sizeof err);
    const sp_status s = ask_terms(w, &err);
    if (s == SP_ERR_FORMAT) {
        (void)snprintf(why, SETTINGS_WHY,
                       "the node of chain.rpc is of another chain than chain.chain_id says");
        return SP_ERR_FORMAT;
    }
    if (s != SP_OK) note(w, false, 0, err.message[0] != 0 ? err.message : "no endpoint answers");
    if (w->verdict != WATCH_TERMS_WRONG) return SP_OK;
    (void)snprintf(why, SETTINGS_WHY, "chain.contract: %s", w->health.mismatch);
    *mismatch = true;
    return SP_ERR_FORMAT;
}

sp_status watch_open(app *a, const char *database, char *why, bool *mismatch)
{
    const settings *s = &a->set;
    *mismatch = false;
    if (s->rpc[0] == 0) return SP_OK;
    watch *w = calloc(1, sizeof *w);
    if (w == NULL) return SP_ERR_NOMEM;
    w->a = a;
    w->health.lag_s = -1;
    w->max_blocks = MAX_BLOCKS;
    (void)pthread_mutex_init(&w->lock, NULL);
    sp_status status = felt_read_hex(&w->contract, s->contract, strlen(s->contract));
    if (status == SP_OK && felt_is_zero(w->contract)) status = SP_ERR_FORMAT;
    if (status != SP_OK)
        (void)snprintf(why, SETTINGS_WHY, "chain.contract is no address");
    else if (s->chain_id[0] == 0) {
        (void)snprintf(why, SETTINGS_WHY, "chain.rpc needs chain.chain_id");
        status = SP_ERR_FORMAT;
    } else if ((status = endpoints_open(&w->e, a, s->rpc, TOTAL_MS)) != SP_OK)
        (void)snprintf(why, SETTINGS_WHY, "chain.rpc is no list of URLs");
    else if ((status = check_chain(w, why, mismatch)) == SP_OK &&
             (status = db_open(&w->d, database, true, why)) == SP_OK &&
             pthread_create(&w->thread, NULL, watch_thread, w) != 0)
        status = SP_ERR_IO;
    if (status == SP_OK) {
        a->watch = w;
        return SP_OK;
    }
    db_close(w->d);
    endpoints_close(&w->e);
    free(w);
    return status;
}

void watch_close(app *a)
{
    watch *w = a->watch;
    if (w == NULL || w->d == NULL) return;
    a->stopping = true;
    (void)pthread_join(w->thread, NULL);
    db_close(w->d);
    w->d = NULL;
    endpoints_close(&w->e);
}

void watch_free(app *a)
{
    watch *w = a->watch;
    if (w == NULL) return;
    a->watch = NULL;
    (void)pthread_mutex_destroy(&w->lock);
    free(w);
}
