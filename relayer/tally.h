/* tally.h - how many there were in the last minute, hour and day.
 *
 * A minute is the last 60 seconds of the clock, the one that runs included, and an hour and a day
 * are that many of its minutes; so what is counted is never older than asked for, and of the oldest
 * second or minute all or nothing is counted. Memory does not grow. Times are the caller's, in
 * milliseconds, and may come in any order. */
#ifndef RELAYER_TALLY_H
#define RELAYER_TALLY_H

#include "core/sp.h"

#define TALLY_SECONDS 60u
#define TALLY_MINUTES 1440u

typedef struct {
    struct {
        uint64_t when, n; /* the second or minute since 1970 */
    } second[TALLY_SECONDS], minute[TALLY_MINUTES];
} tally;

/* Zeroed memory is an empty tally. */
void tally_add(tally *t, uint64_t at_ms, uint64_t n);
uint64_t tally_minute(const tally *t, uint64_t now_ms);
uint64_t tally_minutes(const tally *t, uint64_t now_ms,
                       unsigned minutes); /* at most TALLY_MINUTES */

#endif
