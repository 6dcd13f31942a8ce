/* limit.h - how often somebody may ask: token buckets in a table that never grows.
 *
 * A bucket holds up to burst tokens and gets one more every period_ns. What is kept of it is one
 * number, the time when it will be full, so that answers are exact; a bucket that is full is not
 * kept at all. A key has 8 places, chosen by a hash with a secret, so that nobody can aim at
 * another's. Where all 8 are taken by buckets that are not full, the one that would be full first
 * is forgotten, which gives its owner the tokens it waited for; who is far over a limit is
 * forgotten last. The clock is the caller's and monotonic. One limiter is used by one thread. */
#ifndef RELAYER_LIMIT_H
#define RELAYER_LIMIT_H

#include "core/sp.h"

typedef struct {
    uint64_t period_ns; /* at least 1 */
    uint32_t burst;     /* at least 1; burst*period_ns at most 2^62 */
} limit_policy;

/* n in per_ns nanoseconds; n at least 1 and at most per_ns. */
SP_FN limit_policy limit_rate(uint32_t n, uint64_t per_ns, uint32_t burst)
{
    limit_policy p;
    p.period_ns = per_ns / n;
    p.burst = burst;
    return p;
}

typedef struct {
    bool allowed;
    uint32_t remaining; /* whole tokens left */
    uint64_t reset_ns;  /* until the bucket is full */
    uint64_t retry_ns;  /* 0 when allowed; UINT64_MAX: more than a full bucket was asked for */
} limit_answer;
/* Nanoseconds as whole seconds, rounded up, for headers. */
SP_FN uint64_t limit_seconds(uint64_t ns) { return ns / 1000000000 + (ns % 1000000000 != 0); }

typedef struct limit_slot limit_slot;
typedef struct {
    limit_slot *slots;
    size_t n;
    uint8_t secret[16];
    uint64_t forgotten; /* buckets that were not full when their place was taken */
} limiter;

/* n places of 24 bytes, a power of two and at least 8; secret is random. SP_ERR_ARG, SP_ERR_NOMEM.
 */
SP_MUST_USE sp_status limit_init(limiter *l, size_t n, const uint8_t secret[16]);
void limit_free(limiter *l);

/* Takes cost tokens from the bucket of a key, or none. A key is any bytes; where one owner has
 * several policies, their keys must differ. cost 0 only looks. */
limit_answer limit_take(limiter *l, limit_policy p, const void *key, size_t key_bytes,
                        uint32_t cost, uint64_t now_ns);
/* Takes cost tokens, also those that are not there: then there is nothing until they have come.
 * cost*period_ns is at most 2^62. */
void limit_owe(limiter *l, limit_policy p, const void *key, size_t key_bytes, uint32_t cost,
               uint64_t now_ns);
/* Nothing for this key until for_ns from now; then one token, and more as time goes on. Never
 * shortens what is in force. */
void limit_block(limiter *l, limit_policy p, const void *key, size_t key_bytes, uint64_t for_ns,
                 uint64_t now_ns);

/* The key of an address of 4 or 16 bytes: its first 24 bits, or 56 (what one customer has); an IPv4
 * address in IPv6 form is the IPv4 address. Returns its length; 0 for another number of bytes. */
#define LIMIT_ADDRESS 8
size_t limit_address(uint8_t out[LIMIT_ADDRESS], const uint8_t *address, size_t n);

#endif
