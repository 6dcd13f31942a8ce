/* recent.h - the last of many durations, and their median: what is shown is not moved by a few that
 * took for ever. Memory does not grow. */
#ifndef RELAYER_RECENT_H
#define RELAYER_RECENT_H

#include "core/sp.h"

#define RECENT 1000u

typedef struct {
    uint64_t n; /* that were ever added */
    uint64_t value[RECENT];
} recent;

/* Zeroed memory is empty. */
void recent_add(recent *r, uint64_t value);
/* The smallest that at least half of the last RECENT do not exceed. False: there is none. */
SP_MUST_USE bool recent_median(uint64_t *out, const recent *r);

#endif
