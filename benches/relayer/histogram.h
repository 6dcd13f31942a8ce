/* histogram.h - times in nanoseconds by their upper bits: 64 steps to each doubling, so that what
 * is read back is at most 1.6 % too high. */
#ifndef BENCHES_RELAYER_HISTOGRAM_H
#define BENCHES_RELAYER_HISTOGRAM_H

#include "core/sp.h"

#define HISTOGRAM_STEPS 64u
#define HISTOGRAM_ROOM (60u * HISTOGRAM_STEPS)

typedef struct {
    uint64_t n, sum, max, count[HISTOGRAM_ROOM];
} histogram;

static inline unsigned histogram_place(uint64_t v)
{
    if (v < HISTOGRAM_STEPS) return (unsigned)v;
    const unsigned shift = 63 - (unsigned)__builtin_clzll(v) - 6; /* v >> shift is in 64..127 */
    const unsigned at = (shift + 1) * HISTOGRAM_STEPS + (unsigned)(v >> shift) - HISTOGRAM_STEPS;
    return at < HISTOGRAM_ROOM ? at : HISTOGRAM_ROOM - 1;
}

static inline void histogram_add(histogram *h, uint64_t ns)
{
    h->count[histogram_place(ns)]++;
    h->n++;
    h->sum += ns;
    if (ns > h->max) h->max = ns;
}

static inline void histogram_merge(histogram *to, const histogram *from)
{
    for (unsigned i = 0; i < HISTOGRAM_ROOM; i++) to->count[i] += from->count[i];
    to->n += from->n;
    to->sum += from->sum;
    if (from->max > to->max) to->max = from->max;
}

/* The least bound that at least `share` (0 to 1) of the times do not exceed. */
static inline uint64_t histogram_at(const histogram *h, double share)
{
    uint64_t seen = 0;
    for (unsigned i = 0; i < HISTOGRAM_ROOM; i++) {
        seen += h->count[i];
        if (h->count[i] == 0 || (double)seen < share * (double)h->n) continue;
        if (i < HISTOGRAM_STEPS) return i;
        const unsigned shift = i / HISTOGRAM_STEPS - 1;
        const uint64_t top = ((uint64_t)(i % HISTOGRAM_STEPS + HISTOGRAM_STEPS + 1) << shift) - 1;
        return top < h->max ? top : h->max;
    }
    return h->max;
}

#endif
