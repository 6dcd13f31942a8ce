/* vblake2s.h - BLAKE2s compression of VEC_LANES independent messages. Include isa.h first. */
#ifndef PROVER_CPU_VBLAKE2S_H
#define PROVER_CPU_VBLAKE2S_H

#include "core/blake2s.h"

SP_FN void vblake2s_mix(vu32 *a, vu32 *b, vu32 *c, vu32 *d, vu32 x, vu32 y)
{
    *a = vu32_add(vu32_add(*a, x), *b);
    *d = vu32_rotr16(vu32_xor(*d, *a));
    *c = vu32_add(*c, *d);
    *b = vu32_rotr12(vu32_xor(*b, *c));
    *a = vu32_add(vu32_add(*a, y), *b);
    *d = vu32_rotr8(vu32_xor(*d, *a));
    *c = vu32_add(*c, *d);
    *b = vu32_rotr7(vu32_xor(*b, *c));
    vu32_spill(c);
}

/* One round on v with message words m. */
#define VBLAKE2S_ROUND(s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15) \
    vblake2s_mix(&v[0], &v[4], &v[8], &v[12], m[s0], m[s1]);                                 \
    vblake2s_mix(&v[1], &v[5], &v[9], &v[13], m[s2], m[s3]);                                 \
    vblake2s_mix(&v[2], &v[6], &v[10], &v[14], m[s4], m[s5]);                                \
    vblake2s_mix(&v[3], &v[7], &v[11], &v[15], m[s6], m[s7]);                                \
    vblake2s_mix(&v[0], &v[5], &v[10], &v[15], m[s8], m[s9]);                                \
    vblake2s_mix(&v[1], &v[6], &v[11], &v[12], m[s10], m[s11]);                              \
    vblake2s_mix(&v[2], &v[7], &v[8], &v[13], m[s12], m[s13]);                               \
    vblake2s_mix(&v[3], &v[4], &v[9], &v[14], m[s14], m[s15]);

/* The working state before the first round. */
SP_FN void vblake2s_state(vu32 v[16], const vu32 h[8], uint64_t n_bytes, bool last)
{
    static const uint32_t iv[8] = BLAKE2S_IV;
    for (unsigned i = 0; i < 8; i++) {
        v[i] = h[i];
        v[i + 8] = vu32_splat(iv[i]);
    }
    v[12] = vu32_splat(iv[4] ^ (uint32_t)(n_bytes & UINT32_MAX));
    v[13] = vu32_splat(iv[5] ^ (uint32_t)(n_bytes >> 32));
    v[14] = vu32_splat(last ? ~iv[6] : iv[6]);
}

/* h = F(h, m, n_bytes, last) in every lane; see blake2s_compress. */
SP_FN void vblake2s_compress(vu32 h[8], const vu32 m[16], uint64_t n_bytes, bool last)
{
    vu32 v[16];
    vblake2s_state(v, h, n_bytes, last);
    BLAKE2S_ROUNDS(VBLAKE2S_ROUND)
    for (unsigned i = 0; i < 8; i++) h[i] = vu32_xor(h[i], vu32_xor(v[i], v[i + 8]));
}

#endif
