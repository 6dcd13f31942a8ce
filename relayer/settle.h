/* settle.h - what the chain says, applied to tasks: on the core's thread. */
#ifndef RELAYER_SETTLE_H
#define RELAYER_SETTLE_H

#include "relayer/core.h"
#include "starknet/escrow.h"

typedef enum {
    SETTLE_ESCROW, /* what the contract holds for a task */
    SETTLE_EVENT,  /* an event of the contract */
    SETTLE_CURSOR  /* up to where events were read */
} settle_kind;

typedef struct {
    job j; /* first */
    settle_kind kind;
    char task[37];
    escrow_task view;
    escrow_task_ext ext;
    escrow_event event;
    felt contract, tx_hash;
    u128 fee; /* of the transaction of a payment; 0: not known */
    int64_t index;
    uint64_t block;
    char *cursor;
    bool went_back;
} settle_news;

/* Ready to be posted to the core; frees itself when done. NULL: out of memory. */
settle_news *settle_news_new(settle_kind kind);
void settle_news_free(job *j);

/* A task whose proof holds, and whose payment was seen already, is settled now. */
void settle_verified(core *c, const char *task);

#endif
