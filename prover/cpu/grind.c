/* grind.c - the search for a nonce, VEC_LANES at a time. Rounds of nonces go to all threads; the
 * smallest solution of the first round that has one is the answer, whatever the thread count. */
#include "prover/cpu/isa.h"
#include "prover/cpu/kernels.h"
#include "prover/cpu/vblake2s.h"

KERNELS(SP_ISA);

/* Lanes i for which nonce + i is a solution; nonce is a multiple of VEC_LANES. */
SP_FN unsigned solutions(const uint32_t state[8], uint64_t nonce, uint32_t mask)
{
    _Alignas(64) uint32_t low[VEC_LANES];
    uint32_t start[8];
    vu32 h[8], m[16];
    for (unsigned i = 0; i < VEC_LANES; i++) low[i] = (uint32_t)(nonce & UINT32_MAX) + i;
    blake2s_start(start, "spGrind");
    for (unsigned i = 0; i < 8; i++) {
        h[i] = vu32_splat(start[i]);
        m[i] = vu32_splat(state[i]);
        m[i + 8] = vu32_splat(0);
    }
    m[8] = vu32_load(low);
    m[9] = vu32_splat((uint32_t)(nonce >> 32));
    vblake2s_compress(h, m, 40, true);
    return vu32_zero_lanes(vu32_and(h[0], vu32_splat(mask)));
}

static uint64_t first_in(const uint32_t state[8], uint64_t begin, uint64_t end, uint32_t mask)
{
    for (uint64_t nonce = begin; nonce < end; nonce += VEC_LANES) {
        unsigned found = solutions(state, nonce, mask);
        if (found) return nonce + (unsigned)__builtin_ctz(found);
    }
    return UINT64_MAX;
}

uint64_t ISA(grind)(const uint32_t state[8], unsigned bits)
{
    enum { SHARE = 1 << 10, MAX_SHARES = 1 << 10 };
    const uint32_t mask = UINT32_MAX >> (32 - bits);
    unsigned shares = 4; /* of a round; doubled from round to round */
    for (uint64_t base = 0;;) {
        uint64_t best = UINT64_MAX;
        SP_OMP(parallel for reduction(min : best) schedule(static, 1))
        for (unsigned i = 0; i < shares; i++) {
            uint64_t begin = base + (uint64_t)i * SHARE;
            if (begin > best) continue;
            uint64_t found = first_in(state, begin, begin + SHARE, mask);
            if (found < best) best = found;
        }
        if (best != UINT64_MAX) return best;
        base += (uint64_t)shares * SHARE;
        if (shares < MAX_SHARES) shares *= 2;
    }
}
