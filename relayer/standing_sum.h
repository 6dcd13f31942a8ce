/* standing_sum.h - what a node's reputation events add up to, one after the other.
 *
 * The events of a node, in their order from the first on, give what its row says of its standing
 * (relayer --fsck adds them up again). When the first of them are let go of (rows.h), what they
 * came to is kept as the base of the node: the sum is a state that each event moves on, so that
 * base and the events after it give the same integers as all events did. */
#ifndef RELAYER_STANDING_SUM_H
#define RELAYER_STANDING_SUM_H

#include "relayer/db.h"
#include "relayer/reputation.h"

typedef struct {
    reputation rep;
    success_rate tries;
    uint64_t clean;
    uint32_t daily;          /* tasks a day */
    int64_t seq;             /* of the last event; 0: there was none */
    int64_t until, fault_at; /* the latest time of one, and of a fault; 0: there was none */
} standing_sum;

/* Of a node that has done nothing yet. */
void standing_sum_init(standing_sum *s);
/* The next event. */
void standing_sum_add(standing_sum *s, reputation_kind kind, uint64_t at_ms);

/* The base of a node; without one that of nothing. */
void standing_base_read(standing_sum *s, db *d, const char *node);

/* At most most events of a node, the first that it has, which are of this time or before and are
 * not among the last STANDING_INFRA_OF, become its base and go. How many did. */
int64_t standing_base_take(db *d, const char *node, int64_t until_ms, int64_t most);

#endif
