/* scan.c - a step of the event scanner. */
#include "starknet/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 1000 /* events that one request asks for */

void scan_init(scan_cursor *c, uint64_t first_block)
{
    memset(c, 0, sizeof *c);
    c->next = first_block;
}

sp_status scan_anchor(rpc *r, scan_cursor *c, rpc_error *err)
{
    static const uint64_t depths[] = {10000, 1000, 100, 10, 1};
    scan_cursor a = *c;
    if (c->n != 0) return SP_ERR_ARG;
    for (size_t i = 0; i < SP_COUNT(depths); i++) {
        if (depths[i] > c->next) continue;
        a.kept[a.n].block = c->next - depths[i];
        const sp_status st = chain_block_hash(r, &a.kept[a.n].hash, a.kept[a.n].block, err);
        if (st == SP_ERR_REJECT) continue; /* a node that keeps no old blocks */
        SP_TRY(st);
        a.n++;
    }
    *c = a;
    return SP_OK;
}

/* Whether the chain has this block. */
static sp_status has_block(rpc *r, bool *has, uint64_t block, felt hash, rpc_error *err)
{
    felt now;
    sp_status st = chain_block_hash(r, &now, block, err);
    if (st == SP_ERR_REJECT && err->code == RPC_BLOCK_NOT_FOUND) {
        *has = false;
        return SP_OK;
    }
    SP_TRY(st);
    *has = felt_eq(now, hash);
    return SP_OK;
}

/* *n: how many of the kept blocks, from the oldest, the chain still has. */
static sp_status count_valid(rpc *r, unsigned *n, const scan_cursor *c, rpc_error *err)
{
    bool has = true;
    *n = c->n;
    for (; *n > 0; (*n)--) {
        SP_TRY(has_block(r, &has, c->kept[*n - 1].block, c->kept[*n - 1].hash, err));
        if (has) break;
    }
    if (*n > 0 || c->n == 0) return SP_OK;
    memset(err, 0, sizeof *err);
    err->code = RPC_BLOCK_NOT_FOUND;
    (void)snprintf(err->message, sizeof err->message, "%s", SCAN_LOST);
    return SP_ERR_REJECT;
}

size_t scan_most_pages(size_t n_events, uint64_t n_blocks)
{
    return n_events + (size_t)n_blocks + 1;
}

static sp_status read_pages(rpc *r, scan_result *out, uint64_t from, uint64_t to,
                            const scan_filter *f, rpc_error *err)
{
    txjson_event_filter filter = {.from_block = from,
                                  .to_block = to,
                                  .address = f->address,
                                  .keys = f->keys,
                                  .n_keys = f->n_keys,
                                  .chunk_size = PAGE};
    size_t n_events = 0;
    for (;;) {
        chain_events *more = realloc(out->pages, (out->n_pages + 1) * sizeof *more);
        if (!more) return SP_ERR_NOMEM;
        out->pages = more;
        SP_TRY(chain_get_events(r, &out->pages[out->n_pages], &filter, err));
        const chain_events *page = &out->pages[out->n_pages++];
        n_events += page->n_events;
        for (size_t i = 0; i < page->n_events; i++) {
            const chain_event *e = &page->events[i];
            if (!felt_eq(e->from, f->address) || e->block_number < from || e->block_number > to)
                return SP_ERR_FORMAT;
        }
        /* Pages without events are not endless either. */
        if (n_events > f->max_events || out->n_pages > scan_most_pages(n_events, to - from + 1))
            return SP_ERR_LIMIT;
        if (!page->continuation) return SP_OK;
        filter.continuation = page->continuation;
    }
}

static void keep(scan_cursor *c, uint64_t block, felt hash)
{
    if (c->n == SCAN_KEPT) {
        /* Half of them are thinned out: the older, the sparser. The oldest stays. */
        unsigned n = 1;
        for (unsigned i = 2; i < SCAN_KEPT; i += i < SCAN_KEPT / 2 ? 2 : 1)
            c->kept[n++] = c->kept[i];
        c->n = n;
    }
    c->kept[c->n].block = block;
    c->kept[c->n++].hash = hash;
}

static sp_status read_range(rpc *r, scan_result *out, scan_cursor *c, const scan_filter *f,
                            uint64_t head, rpc_error *err)
{
    felt hash;
    bool same = false;
    uint64_t last = head - c->next < f->max_blocks ? head : c->next + f->max_blocks - 1;
    SP_TRY(chain_block_hash(r, &hash, last, err));
    SP_TRY(read_pages(r, out, c->next, last, f, err));
    SP_TRY(has_block(r, &same, last, hash, err));
    for (size_t i = 0; i < out->n_pages && same; i++)
        for (size_t j = 0; j < out->pages[i].n_events; j++)
            if (out->pages[i].events[j].block_number == last &&
                !felt_eq(out->pages[i].events[j].block_hash, hash))
                same = false;
    if (!same) return SP_ERR_CANCEL;
    out->n_blocks = last - c->next + 1;
    c->next = last + 1;
    keep(c, last, hash);
    return SP_OK;
}

sp_status scan_step(rpc *r, scan_result *out, scan_cursor *c, const scan_filter *f, rpc_error *err)
{
    rpc_error own;
    scan_result res;
    uint64_t head;
    unsigned valid;
    if (!err) err = &own;
    if (!f->max_blocks) return SP_ERR_ARG;
    memset(&res, 0, sizeof res);
    SP_TRY(count_valid(r, &valid, c, err));
    if (valid < c->n) {
        c->n = valid; /* at least one: count_valid */
        c->next = c->kept[valid - 1].block + 1;
        res.went_back = true;
        res.from = c->next;
        *out = res;
        return SP_OK;
    }
    SP_TRY(chain_block_number(r, &head, err));
    if (head >= c->next) {
        scan_cursor moved = *c;
        sp_status st = read_range(r, &res, &moved, f, head, err);
        if (st != SP_OK) {
            scan_free(&res);
            return st;
        }
        *c = moved;
    }
    *out = res;
    return SP_OK;
}

void scan_free(scan_result *result)
{
    for (size_t i = 0; i < result->n_pages; i++) chain_events_free(&result->pages[i]);
    free(result->pages);
    memset(result, 0, sizeof *result);
}
