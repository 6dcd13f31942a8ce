/* tally.c - see tally.h. */
#include "relayer/tally.h"

void tally_add(tally *t, uint64_t at_ms, uint64_t n)
{
    const uint64_t s = at_ms / 1000, m = at_ms / 60000;
    const size_t i = s % TALLY_SECONDS, k = m % TALLY_MINUTES;
    if (t->second[i].when < s) {
        t->second[i].when = s;
        t->second[i].n = 0;
    }
    if (t->second[i].when == s) t->second[i].n += n; /* else it is too old to count */
    if (t->minute[k].when < m) {
        t->minute[k].when = m;
        t->minute[k].n = 0;
    }
    if (t->minute[k].when == m) t->minute[k].n += n;
}

uint64_t tally_minute(const tally *t, uint64_t now_ms)
{
    const uint64_t now = now_ms / 1000;
    uint64_t sum = 0;
    for (size_t i = 0; i < TALLY_SECONDS; i++)
        if (t->second[i].when <= now && now - t->second[i].when < TALLY_SECONDS)
            sum += t->second[i].n;
    return sum;
}

uint64_t tally_minutes(const tally *t, uint64_t now_ms, unsigned minutes)
{
    const uint64_t now = now_ms / 60000;
    uint64_t sum = 0;
    for (size_t i = 0; i < TALLY_MINUTES; i++)
        if (t->minute[i].when <= now && now - t->minute[i].when < minutes) sum += t->minute[i].n;
    return sum;
}
