/* pool.h - the nodes that tasks may be offered to, as they are in one round of the core's thread.
 */
#ifndef RELAYER_POOL_H
#define RELAYER_POOL_H

#include "relayer/node.h"

struct app;

typedef struct {
    score_node *node;       /* n of them: copies, which an offer brings up to date */
    node_session **session; /* whose they are */
    score_candidate *room;  /* for score_pick_nodes */
    size_t n, n_proven;
} pool;

/* Those with room for one more. False: out of memory. pool_free in any case. */
SP_MUST_USE bool pool_init(pool *p, struct app *a, int64_t now_ms);
void pool_free(pool *p);

#endif
