/* m31.h - the field of P = 2^M31_BITS - 1 elements; M31_BITS is 31, and 3 or 7 in tests/twin.
 *
 * Invariant: an m31 is canonical, 0 <= v < P. Every function takes and returns canonical values.
 * This header is C11 and C++17, host and device. */
#ifndef CORE_M31_H
#define CORE_M31_H

#include "core/sp.h"

#ifndef M31_BITS
#define M31_BITS 31
#endif
#define M31_P ((uint32_t)((UINT64_C(1) << M31_BITS) - 1))

typedef struct {
    uint32_t v;
} m31;

/* v must be canonical. */
SP_FN m31 m31_from_reduced(uint32_t v)
{
    m31 r;
    SP_ASSERT(v < M31_P);
    r.v = v;
    return r;
}
SP_FN m31 m31_zero(void) { return m31_from_reduced(0); }
SP_FN m31 m31_one(void) { return m31_from_reduced(1); }

/* r = v mod P, for v in [0, 2P). */
SP_FN m31 m31_reduce1(uint32_t v) { return m31_from_reduced(v >= M31_P ? v - M31_P : v); }

/* r = v mod P, for v <= P^2 + P. The fold leaves at most 2P - 1. */
SP_FN m31 m31_reduce(uint64_t v)
{
    return m31_reduce1((uint32_t)((v & M31_P) + (v >> M31_BITS)));
}

/* r = v mod P, for any v. */
SP_FN m31 m31_from_u32(uint32_t v) { return m31_from_reduced(v % M31_P); }
SP_FN m31 m31_from_u64(uint64_t v) { return m31_from_reduced((uint32_t)(v % M31_P)); }
/* r = v mod P, for any signed v. */
SP_FN m31 m31_from_i64(int64_t v)
{
    const int64_t p = (int64_t)M31_P;
    int64_t r = v % p;
    return m31_from_reduced((uint32_t)(r < 0 ? r + p : r));
}

SP_FN m31 m31_add(m31 a, m31 b) { return m31_reduce1(a.v + b.v); }
SP_FN m31 m31_sub(m31 a, m31 b) { return m31_reduce1(a.v + M31_P - b.v); }
SP_FN m31 m31_neg(m31 a) { return m31_reduce1(M31_P - a.v); }
SP_FN m31 m31_mul(m31 a, m31 b) { return m31_reduce((uint64_t)a.v * b.v); }
SP_FN bool m31_is_zero(m31 a) { return a.v == 0; }
SP_FN bool m31_eq(m31 a, m31 b) { return a.v == b.v; }

SP_FN m31 m31_pow(m31 a, uint32_t e)
{
    m31 r = m31_one();
    for (; e; e >>= 1, a = m31_mul(a, a))
        if (e & 1) r = m31_mul(r, a);
    return r;
}

/* r = 1 / a, and 0 for a = 0. */
SP_FN m31 m31_inv(m31 a) { return m31_pow(a, M31_P - 2); }

/* Reads an untrusted word: SP_ERR_FORMAT unless v < P. */
SP_FN sp_status m31_read(m31 *r, uint32_t v)
{
    if (v >= M31_P) return SP_ERR_FORMAT;
    r->v = v;
    return SP_OK;
}

#endif
