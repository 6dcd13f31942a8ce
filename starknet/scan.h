/* scan.h - the events of a contract in order, each once, over reorganisations of the chain.
 *
 * A cursor remembers the last block that was handed over and some before it by their hashes. A step
 * first looks whether the chain still has them; if not, it goes back to the newest that it has and
 * says so: what came from later blocks is void, and comes again as the chain now has it. Events of
 * a step are handed over only when the block at their end had the same hash before and after they
 * were read, which fixes all blocks below. A cursor is plain data, to be stored with what the
 * events did. */
#ifndef STARKNET_SCAN_H
#define STARKNET_SCAN_H

#include "starknet/chain.h"

#define SCAN_KEPT 64
#define SCAN_LOST "none of the blocks that were read is on the chain any more"

typedef struct {
    uint64_t next; /* the first block not handed over yet */
    unsigned n;    /* of the following, oldest first */
    struct {
        uint64_t block;
        felt hash;
    } kept[SCAN_KEPT];
} scan_cursor;

/* Events from this block on. */
void scan_init(scan_cursor *c, uint64_t first_block);
/* Of a new cursor: blocks before its first are kept, 1 to 10,000 before it as far as the chain has
 * so many, so that the first ones may be undone, too. A chain that goes back behind them is
 * another. */
SP_MUST_USE sp_status scan_anchor(rpc *r, scan_cursor *c, rpc_error *err);

typedef struct {
    felt address;
    const felt_span *keys; /* as in txjson_event_filter */
    size_t n_keys;
    unsigned max_blocks; /* in one step, 1.. */
    unsigned max_events; /* in one step; more are SP_ERR_LIMIT: fewer blocks are needed; so
                            are pages without end */
} scan_filter;

typedef struct {
    bool went_back;      /* then nothing else happened: forget what came from blocks >= from */
    uint64_t from;       /* next as it was set back to */
    uint64_t n_blocks;   /* handed over; 0: there is nothing new */
    chain_events *pages; /* to be freed with scan_free */
    size_t n_pages;
} scan_result;

/* One step; c is changed on SP_OK alone. SP_ERR_REJECT and the message SCAN_LOST:
 * none of the kept blocks is on the chain any more, and none ever will be. SP_ERR_CANCEL: the chain
 * changed meanwhile; try again. Else errors of chain.h. */
SP_MUST_USE sp_status scan_step(rpc *r, scan_result *out, scan_cursor *c, const scan_filter *filter,
                                rpc_error *err);
/* How many pages so many events of so many blocks may come in: one without events has at least come
 * to the end of a block. */
size_t scan_most_pages(size_t n_events, uint64_t n_blocks);
void scan_free(scan_result *result);

#endif
