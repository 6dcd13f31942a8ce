/* recent.c - see recent.h. */
#include "relayer/recent.h"

#include <stdlib.h>
#include <string.h>

void recent_add(recent *r, uint64_t value) { r->value[r->n++ % RECENT] = value; }

static int compare(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

bool recent_median(uint64_t *out, const recent *r)
{
    uint64_t sorted[RECENT];
    const size_t n = r->n < RECENT ? (size_t)r->n : RECENT;
    *out = 0;
    if (n == 0) return false;
    memcpy(sorted, r->value, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare);
    *out = sorted[(n - 1) / 2];
    return true;
}
