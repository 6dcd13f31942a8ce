/* settle.h - what the chain says, applied to tasks: on the core's thread. */
#ifndef RELAYER_SETTLE_H
#define RELAYER_SETTLE_H

#include "relayer/core.h"
#include "starknet/escrow.h"

struct app;

typedef enum {
    SETTLE_ESCROW,  /* what the contract holds for a task */
    SETTLE_UNSEEN,  /* nothing yet */
    SETTLE_ACCOUNT, /* whom the contract pays */
    SETTLE_EVENT,   /* an event of the contract */
    SETTLE_CURSOR   /* up to where events were read */
} settle_kind;

/* News of which somebody waits for the commit: how many are under way, and whether one was lost. */
typedef struct {
    _Atomic unsigned left;
    _Atomic bool failed;
} settle_step;

typedef struct {
    job j; /* first */
    settle_kind kind;
    settle_step *step; /* NULL: nobody waits; else it outlives this */
    char task[37];
    char account[FELT_HEX];
    unsigned tier; /* of an account; 0: the contract does not pay it */
    escrow_task view;
    escrow_task_ext ext;
    escrow_event event;
    felt contract, tx_hash;
    u128 fee; /* of the transaction of a payment; 0: not known */
    int64_t index;
    uint64_t block; /* of an event, or of the view of an escrow */
    char *cursor;
    bool went_back;
    bool doubted; /* SETTLE_UNSEEN: endpoints contradict each other */
} settle_news;

/* Ready to be posted to the core; frees itself when done. NULL: out of memory. */
settle_news *settle_news_new(settle_kind kind);
void settle_news_free(job *j);
/* To the core, which takes it over, as one of a step where step is not NULL; waits for room. */
void settle_post(struct app *a, settle_news *n, settle_step *step);
/* Waits until all of a step is committed. False: some of it was not, or the relayer is being
 * stopped and it is not known. */
bool settle_wait(struct app *a, settle_step *step);

#define SETTLE_LOOK_MOST_MS 300000 /* between two looks for an escrow that is not there */

/* A task whose proof holds, and whose payment was seen already, is settled now. */
void settle_verified(core *c, const char *task);

#endif
