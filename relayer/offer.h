/* offer.h - offering a task to the nodes that were chosen for it. */
#ifndef RELAYER_OFFER_H
#define RELAYER_OFFER_H

#include "relayer/demand.h"

typedef struct {
    demand *q;
    const pool *p;
    const score_result *best; /* at least one */
    bool taken;               /* another relayer offers it */
    bool gone;                /* the session that was chosen is no longer its node's */
} offering;

/* A part of a unit (core_part); arg is an offering. Each empty slot gets one of the best, as far as
 * they go: an attempt's row, and task_assignment for its node after the commit. */
void offer_one(core *c, void *arg);

/* Tells a node again of an attempt of its that is open and has no result; its unit's task is held.
 */
void offer_again(core *c, const node_session *s, const char *task, int64_t n);

#endif
