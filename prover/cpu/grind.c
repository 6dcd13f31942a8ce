/* grind.c - the search for a nonce, VEC_LANES at a time. Rounds of nonces go to all threads; the
 * smallest solution of the first round that has one is the answer, whatever the thread count. */
#include "prover/cpu/isa.h"
#include "prover/cpu/kernels.h"
#include "prover/cpu/vblake2s.h"

KERNELS(SP_ISA);

/* The smallest solution in [begin, end), or UINT64_MAX; both are multiples of VEC_LANES and all
 * nonces have the same high word. The message is the state in words 0..7, the nonce in 8 and 9, and
 * zeros, so of the first round all but the one step that takes words 8 and 9 is done beforehand;
 * of the last, the compiler leaves out what word 0 of the hash does not need. */
static uint64_t first_in(const uint32_t state[8], uint64_t begin, uint64_t end, uint32_t mask)
{
    _Alignas(64) uint32_t low[VEC_LANES];
    uint32_t start[8];
    vu32 h[8], m[16], begun[16];
    blake2s_start(start, "spGrind");
    for (unsigned i = 0; i < 8; i++) {
        h[i] = vu32_splat(start[i]);
        m[i] = vu32_splat(state[i]);
        m[i + 8] = vu32_splat(0);
    }
    m[9] = vu32_splat((uint32_t)(begin >> 32));
    vblake2s_state(begun, h, 40, true);
    for (unsigned i = 0; i < 4; i++)
        vblake2s_mix(&begun[i], &begun[i + 4], &begun[i + 8], &begun[i + 12], m[2 * i],
                     m[2 * i + 1]);
    vblake2s_mix(&begun[1], &begun[6], &begun[11], &begun[12], m[10], m[11]);
    vblake2s_mix(&begun[2], &begun[7], &begun[8], &begun[13], m[12], m[13]);
    vblake2s_mix(&begun[3], &begun[4], &begun[9], &begun[14], m[14], m[15]);
    for (unsigned i = 0; i < VEC_LANES; i++) low[i] = (uint32_t)(begin & UINT32_MAX) + i;
    m[8] = vu32_load(low);
    for (uint64_t nonce = begin; nonce < end; nonce += VEC_LANES) {
        vu32 v[16];
        for (unsigned i = 0; i < 16; i++) v[i] = begun[i];
        vblake2s_mix(&v[0], &v[5], &v[10], &v[15], m[8], m[9]);
        BLAKE2S_ROUNDS_1_9(VBLAKE2S_ROUND)
        vu32 r = vu32_xor(h[0], vu32_xor(v[0], v[8]));
        unsigned found = vu32_zero_lanes(vu32_and(r, vu32_splat(mask)));
        if (found) return nonce + (unsigned)__builtin_ctz(found);
        m[8] = vu32_add(m[8], vu32_splat(VEC_LANES));
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
