/* reputation.h - how far a node is trusted: from what it did, by rows that can be added up again.
 *
 * Good and bad counts begin at zero, grow by events, and halve in 30 days. Reputation is the lower
 * bound of a Beta(2 + good, 2 + bad) distribution, m - 1.64*sqrt(m(1 - m)/(a + b + 1)) with a and b
 * those sums and m = a/(a + b), never below 0. Counts decay when an event is added, not when they
 * are read, so that the rows of events, added in their order to counts of zero, give the same
 * counts bit for bit. Against exact arithmetic a count of n events is off by less than n*2^-39 (and
 * by n parts in 2^57), a bound by less than 0.001 parts in a million more, and is then rounded
 * down. */
#ifndef RELAYER_REPUTATION_H
#define RELAYER_REPUTATION_H

#include "market/uuid.h"
#include "relayer/state.h"

typedef enum {
    REPUTATION_VERIFIED, /* good + 1 */
    /* Beside verified, of a result after max_execution_time: good - 1/4; at least 0. */
    REPUTATION_LATE,
    REPUTATION_LEASE_LOST,    /* bad + 1/2 */
    REPUTATION_ABORTED,       /* bad + 1/2 */
    REPUTATION_PROOF_INVALID, /* bad + 10, quarantine of a day */
    REPUTATION_AUDIT_FAILED,  /* bad + 50, banned */
    /* Said that a program fails of which a proof holds: bad + 10, quarantine of a day. */
    REPUTATION_FALSE_FAULT,
    /* Its machine failed, not it: a try without a result, nothing else. */
    REPUTATION_INFRA,
    /* Signed two results of one attempt that say different things: bad + 50, banned. */
    REPUTATION_CONTRADICTION,
    /* The task's own time was not enough for it: a try without a result, nothing else. */
    REPUTATION_TIME_LIMIT,
    REPUTATION_KINDS
} reputation_kind;

const char *reputation_kind_name(reputation_kind k);
SP_MUST_USE bool reputation_kind_read(reputation_kind *out, const char *name);
/* What an attempt's end does to the node's reputation; false: nothing. */
SP_MUST_USE bool reputation_of_outcome(reputation_kind *out, attempt_outcome o);
/* Whether a failure of this kind ends the series of clean results and costs tasks of the day. */
bool reputation_is_fault(reputation_kind k);
/* How long the node gets no work; UINT64_MAX is for ever. */
uint64_t reputation_pause_ms(reputation_kind k);

/* In parts of 2^40, at most 2^60: a million. All zero is a new node. */
typedef struct {
    uint64_t good, bad, at_ms;
} reputation;

/* An event of a time before the last one counts as of that time. */
void reputation_add(reputation *r, reputation_kind k, uint64_t at_ms);
/* The lower bound at a time, in parts of a million. */
uint32_t reputation_ppm(const reputation *r, uint64_t now_ms);

/* Results and tries, which halve in 14 days, and the lower bound of the share of results (Wilson's
 * interval with z = 1.64), in parts of a million; 0 without tries. Errors as above. */
typedef struct {
    uint64_t good, all, at_ms;
} success_rate;
void success_rate_add(success_rate *s, bool good, uint64_t at_ms);
uint32_t success_rate_ppm(const success_rate *s, uint64_t now_ms);

/* Clean results until a node is no longer on probation. */
#define REPUTATION_PROBATION 10

/* Tasks a day: halved by a fault of the node's (at least 1), one more for a verified result (at
 * most max, which is at least 1). */
uint32_t reputation_quota(uint32_t quota, bool node_fault, uint32_t max);

/* What of it is left today, by days of UTC: at the first touch of a day `left` is `daily` again.
 * The clock going back to a day before changes nothing. */
typedef struct {
    int64_t day; /* since 1970 */
    uint32_t left, daily;
} allowance;
void allowance_renew(allowance *q, int64_t now_ms);
/* One less; nothing below 0. */
void allowance_take(allowance *q, int64_t now_ms);
/* What was taken on a day comes to nothing: one more, if it is still that day. */
void allowance_give_back(allowance *q, int64_t day, int64_t now_ms);
/* reputation_quota of daily; left goes up by one for a verified result too, and is at most daily.
 */
void allowance_end(allowance *q, bool node_fault, uint32_t max, int64_t now_ms);

/* The share of a node's verified tasks that are run again: all until it has 10 clean results, a
 * quarter until it has 50, then usual_ppm; never less than usual_ppm. */
uint32_t audit_rate_ppm(uint64_t clean, uint32_t usual_ppm);
/* Whether this task is: SHA-256(salt, id), its first 64 bits as a share of 2^64, is below ppm. Who
 * does not know the salt cannot foresee it. */
bool audit_picks(const uint8_t salt[32], uuid task, uint32_t ppm);

#endif
