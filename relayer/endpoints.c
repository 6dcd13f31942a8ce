/* endpoints.c - see endpoints.h. */
#include "relayer/endpoints.h"

#include "relayer/app.h"
#include "relayer/meters.h"
#include "relayer/rest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 1000

static void count_call(void *user, const char *method, sp_status s, uint64_t ns)
{
    meters_time(meters_of(user), TIME_RPC, method,
                s == SP_OK           ? "ok"
                : s == SP_ERR_REJECT ? "error"
                                     : "no answer",
                ns);
}

sp_status endpoints_open(endpoints *e, struct app *a, const char *list, unsigned total_ms)
{
    const char *urls[RPC_MAX_URLS];
    memset(e, 0, sizeof *e);
    char *text = strdup(list), *more = NULL;
    if (text == NULL) return SP_ERR_NOMEM;
    sp_status s = SP_OK;
    for (char *p = strtok_r(text, ", ", &more); p != NULL && e->n < RPC_MAX_URLS && s == SP_OK;
         p = strtok_r(NULL, ", ", &more)) {
        const char *one = p;
        const rpc_config c = {
            .urls = &one, .n_urls = 1, .total_ms = total_ms, .called = count_call, .user = a};
        urls[e->n] = p;
        s = rpc_new(&e->each[e->n], &c);
        if (s == SP_OK) e->n++;
    }
    const rpc_config c = {
        .urls = urls, .n_urls = e->n, .total_ms = total_ms, .called = count_call, .user = a};
    if (s == SP_OK) s = rpc_new(&e->any, &c);
    free(text);
    if (s != SP_OK) endpoints_close(e);
    return s;
}

void endpoints_close(endpoints *e)
{
    for (size_t i = 0; i < e->n; i++) rpc_delete(e->each[i]);
    rpc_delete(e->any);
    memset(e, 0, sizeof *e);
}

sp_status endpoints_chain_id(endpoints *e, felt expected, rpc_error *err)
{
    bool answered = false;
    for (size_t i = 0; i < e->n; i++) {
        felt id;
        rpc_error own;
        if (chain_id(e->each[i], &id, &own) != SP_OK) {
            if (!answered) *err = own;
            continue;
        }
        answered = true;
        if (!felt_eq(id, expected)) return SP_ERR_FORMAT;
    }
    return answered ? SP_OK : SP_ERR_IO;
}

/* Whether an endpoint that was asked alone has said anything of the chain: a value or a refusal. */
static bool has_spoken(sp_status s, const rpc_error *err)
{
    return s == SP_OK || (s == SP_ERR_REJECT && err->code >= 0);
}

static sp_status contradiction(rpc_error *err, const char *what)
{
    memset(err, 0, sizeof *err);
    (void)snprintf(err->message, sizeof err->message, "the endpoints do not agree on %s", what);
    return SP_ERR_CANCEL;
}

static bool same_receipt(const chain_receipt *a, const chain_receipt *b)
{
    return a->status.executed == b->status.executed && a->status.reverted == b->status.reverted &&
           (a->status.finality >= CHAIN_ACCEPTED_ON_L2) ==
               (b->status.finality >= CHAIN_ACCEPTED_ON_L2) &&
           a->block_number == b->block_number && felt_eq(a->block_hash, b->block_hash);
}

sp_status endpoints_receipt(endpoints *e, chain_receipt *out, felt hash, rpc_error *err)
{
    chain_receipt first;
    SP_TRY(chain_tx_receipt(e->any, &first, hash, err));
    for (size_t i = 0; e->n > 1 && i < e->n; i++) {
        chain_receipt other;
        rpc_error own;
        const sp_status s = chain_tx_receipt(e->each[i], &other, hash, &own);
        const bool same = s == SP_OK ? same_receipt(&first, &other) : !has_spoken(s, &own);
        if (s == SP_OK) chain_receipt_free(&other);
        if (!same) {
            chain_receipt_free(&first);
            return contradiction(err, "a transaction");
        }
    }
    *out = first;
    return SP_OK;
}

sp_status endpoints_nonce(endpoints *e, felt *nonce, felt account, rpc_error *err)
{
    felt first, other;
    SP_TRY(chain_nonce(e->any, &first, account, err));
    for (size_t i = 0; e->n > 1 && i < e->n; i++) {
        rpc_error own;
        const sp_status s = chain_nonce(e->each[i], &other, account, &own);
        if (s == SP_OK ? !felt_eq(first, other) : has_spoken(s, &own))
            return contradiction(err, "the account's nonce");
    }
    *nonce = first;
    return SP_OK;
}

/* block: NULL for the latest. */
static sp_status task_of(rpc *r, escrow_task *t, escrow_task_ext *x, felt contract, u256 id,
                         const felt *block, rpc_error *err)
{
    if (block != NULL) return escrow_get_task_at(r, t, x, contract, id, *block, err);
    SP_TRY(escrow_get_task(r, t, contract, id, err));
    return escrow_get_task_ext(r, x, contract, id, err);
}

static bool same_u256(u256 a, u256 b) { return a.low == b.low && a.high == b.high; }

/* What the relayer goes by. */
static bool same_task(const escrow_task *a, const escrow_task_ext *x, const escrow_task *b,
                      const escrow_task_ext *y)
{
    return felt_eq(a->creator, b->creator) && felt_eq(a->token, b->token) &&
           same_u256(a->amount, b->amount) && a->required_tier == b->required_tier &&
           x->status == y->status && felt_eq(x->provider, y->provider) &&
           x->assign_deadline == y->assign_deadline && x->deadline == y->deadline &&
           felt_eq(x->program_id, y->program_id) &&
           felt_eq(x->input_commitment, y->input_commitment) && x->max_cycles == y->max_cycles;
}

static sp_status agreed_task(endpoints *e, escrow_task *task, escrow_task_ext *ext, felt contract,
                             u256 id, const felt *block, rpc_error *err)
{
    escrow_task t, u;
    escrow_task_ext x, y;
    SP_TRY(task_of(e->any, &t, &x, contract, id, block, err));
    for (size_t i = 0; e->n > 1 && i < e->n; i++) {
        rpc_error own;
        const sp_status s = task_of(e->each[i], &u, &y, contract, id, block, &own);
        if (s == SP_OK ? !same_task(&t, &x, &u, &y) : has_spoken(s, &own))
            return contradiction(err, "a task of the contract");
    }
    *task = t;
    *ext = x;
    return SP_OK;
}

sp_status endpoints_task(endpoints *e, escrow_task *task, escrow_task_ext *ext, felt contract,
                         u256 id, rpc_error *err)
{
    return agreed_task(e, task, ext, contract, id, NULL, err);
}

sp_status endpoints_task_at(endpoints *e, escrow_task *task, escrow_task_ext *ext, felt contract,
                            u256 id, felt block, rpc_error *err)
{
    return agreed_task(e, task, ext, contract, id, &block, err);
}

/* ---- events ---- */

static bool same_felts(felt_span a, felt_span b)
{
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if (!felt_eq(a.v[i], b.v[i])) return false;
    return true;
}

static bool same_event(const chain_event *a, const chain_event *b)
{
    return felt_eq(a->from, b->from) && felt_eq(a->tx_hash, b->tx_hash) &&
           felt_eq(a->block_hash, b->block_hash) && a->block_number == b->block_number &&
           same_felts(a->keys, b->keys) && same_felts(a->data, b->data);
}

/* Events of the first that were compared so far. */
typedef struct {
    const scan_result *all;
    size_t page, at;
} place;

static bool is_next(place *p, const chain_event *e)
{
    while (p->page < p->all->n_pages && p->at == p->all->pages[p->page].n_events) {
        p->page++;
        p->at = 0;
    }
    return p->page < p->all->n_pages && same_event(&p->all->pages[p->page].events[p->at++], e);
}

static bool is_at_end(place *p)
{
    while (p->page < p->all->n_pages && p->at == p->all->pages[p->page].n_events) {
        p->page++;
        p->at = 0;
    }
    return p->page == p->all->n_pages;
}

/* Whether r has the same events in these blocks; what it answers otherwise. SP_ERR_LIMIT: it does
 * not come to an end, and says nothing. */
static sp_status has_same(rpc *r, bool *same, const scan_result *all, const scan_filter *f,
                          uint64_t from, uint64_t to, rpc_error *err)
{
    place p = {all, 0, 0};
    char *token = NULL;
    sp_status s;
    size_t n_pages = 0, n_events = 0;
    for (*same = true;;) {
        chain_events page;
        const txjson_event_filter filter = {.from_block = from,
                                            .to_block = to,
                                            .address = f->address,
                                            .keys = f->keys,
                                            .n_keys = f->n_keys,
                                            .chunk_size = PAGE,
                                            .continuation = token};
        s = chain_get_events(r, &page, &filter, err);
        free(token);
        token = NULL;
        if (s != SP_OK) return s;
        n_events += page.n_events;
        for (size_t i = 0; i < page.n_events && *same; i++) *same = is_next(&p, &page.events[i]);
        if (*same && page.continuation != NULL) token = strdup(page.continuation);
        chain_events_free(&page);
        if (token == NULL) break;
        if (++n_pages >= scan_most_pages(n_events, to - from + 1)) {
            free(token);
            return SP_ERR_LIMIT;
        }
    }
    *same = *same && is_at_end(&p);
    return SP_OK;
}

static sp_status agree(endpoints *e, const scan_result *r, const scan_cursor *before,
                       const scan_cursor *now, const scan_filter *f, rpc_error *err)
{
    for (size_t i = 0; i < e->n; i++) {
        rpc_error own;
        felt hash;
        bool same = true;
        if (r->went_back) { /* the newest kept block is gone for the others, too */
            const sp_status s =
                chain_block_hash(e->each[i], &hash, before->kept[before->n - 1].block, &own);
            if (s == SP_OK && felt_eq(hash, before->kept[before->n - 1].hash))
                return contradiction(err, "which blocks are gone");
            continue;
        }
        if (r->n_blocks == 0) return SP_OK;
        sp_status s = chain_block_hash(e->each[i], &hash, now->next - 1, &own);
        if (s == SP_OK && !felt_eq(hash, now->kept[now->n - 1].hash))
            return contradiction(err, "a block");
        if (s == SP_OK) s = has_same(e->each[i], &same, r, f, before->next, now->next - 1, &own);
        if (!same || (s != SP_OK && has_spoken(s, &own)))
            return contradiction(err, "the contract's events");
    }
    return SP_OK;
}

sp_status endpoints_scan(endpoints *e, scan_result *out, scan_cursor *c, const scan_filter *filter,
                         rpc_error *err)
{
    scan_cursor moved = *c;
    scan_result r;
    SP_TRY(scan_step(e->any, &r, &moved, filter, err));
    const sp_status s = e->n < 2 ? SP_OK : agree(e, &r, c, &moved, filter, err);
    if (s != SP_OK) {
        scan_free(&r);
        return s;
    }
    *c = moved;
    *out = r;
    return SP_OK;
}
