/* limit.c - see limit.h. */
#include "relayer/limit.h"

#include "core/blake2s.h"

#include <stdlib.h>
#include <string.h>

#define WAYS 8

struct limit_slot {
    uint8_t key[16];     /* hash of the key */
    uint64_t full_at_ns; /* not after now: the place is free */
};

sp_status limit_init(limiter *l, size_t n, const uint8_t secret[16])
{
    memset(l, 0, sizeof *l);
    if (n < WAYS || (n & (n - 1)) != 0) return SP_ERR_ARG;
    l->slots = calloc(n, sizeof *l->slots);
    if (!l->slots) return SP_ERR_NOMEM;
    l->n = n;
    memcpy(l->secret, secret, sizeof l->secret);
    return SP_OK;
}

void limit_free(limiter *l)
{
    free(l->slots);
    memset(l, 0, sizeof *l);
}

/* The places of a key, and its hash. */
static limit_slot *places(uint8_t hash[16], const limiter *l, const void *key, size_t key_bytes)
{
    blake2s_ctx c;
    uint32_t words[8];
    uint8_t bytes[32];
    blake2s_init(&c, "sp limit");
    blake2s_update(&c, l->secret, sizeof l->secret);
    blake2s_update(&c, key, key_bytes);
    blake2s_final(&c, words);
    blake2s_to_bytes(bytes, words);
    memcpy(hash, bytes, 16);
    /* Other bits than those that are kept. */
    const uint64_t where = (uint64_t)words[7] << 32 | words[6];
    return l->slots + (where & (l->n / WAYS - 1)) * WAYS;
}

/* The bucket of this hash where it is kept, else NULL. */
static limit_slot *find(limit_slot *set, const uint8_t hash[16], uint64_t now_ns)
{
    for (unsigned i = 0; i < WAYS; i++)
        if (set[i].full_at_ns > now_ns && memcmp(set[i].key, hash, 16) == 0) return &set[i];
    return NULL;
}

/* A place for this hash: its own, a free one, or that of the bucket that is full soonest. */
static limit_slot *place_for(limiter *l, limit_slot *set, const uint8_t hash[16], uint64_t now_ns)
{
    limit_slot *at = find(set, hash, now_ns);
    if (at) return at;
    at = set;
    for (unsigned i = 1; i < WAYS; i++)
        if (set[i].full_at_ns < at->full_at_ns) at = &set[i];
    l->forgotten += at->full_at_ns > now_ns;
    memcpy(at->key, hash, 16);
    return at;
}

limit_answer limit_take(limiter *l, limit_policy p, const void *key, size_t key_bytes,
                        uint32_t cost, uint64_t now_ns)
{
    uint8_t hash[16];
    limit_slot *set = places(hash, l, key, key_bytes);
    const limit_slot *kept = find(set, hash, now_ns);
    const uint64_t span = p.period_ns * p.burst;          /* <= 2^62 */
    uint64_t wait = kept ? kept->full_at_ns - now_ns : 0; /* until it is full */
    limit_answer a = {true, 0, 0, 0};
    SP_ASSERT(p.period_ns > 0 && p.burst > 0);
    if (cost > p.burst) {
        a.allowed = false;
        a.retry_ns = UINT64_MAX;
    } else if (wait > span - cost * p.period_ns) {
        a.allowed = false;
        a.retry_ns = wait - (span - cost * p.period_ns);
    } else if (cost) {
        wait += cost * p.period_ns;
        place_for(l, set, hash, now_ns)->full_at_ns = now_ns + wait;
    }
    a.remaining = wait < span ? (uint32_t)((span - wait) / p.period_ns) : 0;
    a.reset_ns = wait;
    return a;
}

void limit_owe(limiter *l, limit_policy p, const void *key, size_t key_bytes, uint32_t cost,
               uint64_t now_ns)
{
    uint8_t hash[16];
    limit_slot *set = places(hash, l, key, key_bytes);
    const limit_slot *kept = find(set, hash, now_ns);
    const uint64_t from = kept ? kept->full_at_ns : now_ns;
    if (cost) place_for(l, set, hash, now_ns)->full_at_ns = from + cost * p.period_ns;
}

void limit_block(limiter *l, limit_policy p, const void *key, size_t key_bytes, uint64_t for_ns,
                 uint64_t now_ns)
{
    uint8_t hash[16];
    limit_slot *set = places(hash, l, key, key_bytes);
    /* One token is there once the rest of the bucket, burst - 1 tokens, is all that is missing. */
    const uint64_t until = now_ns + for_ns + p.period_ns * (p.burst - 1);
    limit_slot *at = place_for(l, set, hash, now_ns);
    if (at->full_at_ns < until) at->full_at_ns = until;
}

size_t limit_address(uint8_t out[LIMIT_ADDRESS], const uint8_t *address, size_t n)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (n != 4 && n != 16) return 0;
    if (n == 16 && memcmp(address, mapped, sizeof mapped) == 0) {
        address += sizeof mapped;
        n = 4;
    }
    const size_t kept = n == 4 ? 3 : 7;
    out[0] = (uint8_t)n;
    memcpy(out + 1, address, kept);
    return 1 + kept;
}
