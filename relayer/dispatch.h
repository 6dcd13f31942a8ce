/* dispatch.h - what happens by itself: offers and leases run out, deadlines pass, queued tasks find
 * their node. */
#ifndef RELAYER_DISPATCH_H
#define RELAYER_DISPATCH_H

#include "market/uuid.h"
#include "relayer/keys.h"
#include "relayer/node.h"

/* How far into the queue the last look came. While some tasks could not be given to anybody, the
 * queue is gone through piece by piece, and its beginning is looked at again once a second. */
typedef struct {
    bool deep; /* the place below is set */
    bool done; /* it is the queue's end */
    bool left; /* the last look from the beginning did not place all it saw */
    int64_t priority, created_at, top_ms;
    char id[UUID_TEXT];
    char key[KEY_ID]; /* the demander who was first in the last turn, where the queue is long */
    int64_t median_ms;
    unsigned before_hurry; /* offers in the order of the queue before one for its deadline's sake */
} dispatch_mark;

/* One task that cannot be handled must not keep the others waiting: each is a part of its own, and
 * one that failed is left alone for a while, which the log says. */
#define DISPATCH_LEFT_ALONE_MS 60000
void dispatch_left_alone(const char *what, const char *task);

/* One round, on the core's thread. */
void dispatch_tick(core *c, int64_t now_ms);
/* A relayer is no more (instance.h): its nodes are connected to none, their leases get the time of
 * grace, and results that it was verifying are taken up again. */
void dispatch_take_over(core *c, const char *relayer, int64_t now_ms);

#endif
