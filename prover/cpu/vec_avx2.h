/* vec_avx2.h - eight lanes in one AVX2 register. The promises are those of vec_portable.h. */
#ifndef PROVER_CPU_VEC_H
#define PROVER_CPU_VEC_H

#include "core/m31.h"
#include <immintrin.h>

#define VEC_LOG_LANES 3
#define VEC_LANES 8
#define VEC_ALIGN 32

typedef struct {
    __m256i v;
} vm31;

SP_FN vm31 vm31_of(__m256i v)
{
    vm31 r;
    r.v = v;
    return r;
}
SP_FN __m256i vec_p(void) { return _mm256_set1_epi32((int)M31_P); }
SP_FN vm31 vm31_splat(uint32_t v) { return vm31_of(_mm256_set1_epi32((int)v)); }
SP_FN vm31 vm31_load(const uint32_t *p)
{
    return vm31_of(_mm256_load_si256((const __m256i *)(const void *)p));
}
SP_FN vm31 vm31_loadu(const uint32_t *p)
{
    return vm31_of(_mm256_loadu_si256((const __m256i *)(const void *)p));
}
/* c in [0, 2P] to [0, P]: below P the difference wraps and is the larger. */
SP_FN vm31 vm31_fold(__m256i c)
{
    return vm31_of(_mm256_min_epu32(c, _mm256_sub_epi32(c, vec_p())));
}
SP_FN vm31 vm31_canonical(vm31 a) { return vm31_fold(a.v); }
SP_FN void vm31_store(uint32_t *p, vm31 a)
{
    _mm256_store_si256((__m256i *)(void *)p, vm31_canonical(a).v);
}
SP_FN void vm31_storeu(uint32_t *p, vm31 a)
{
    _mm256_storeu_si256((__m256i *)(void *)p, vm31_canonical(a).v);
}
SP_FN vm31 vm31_add(vm31 a, vm31 b) { return vm31_fold(_mm256_add_epi32(a.v, b.v)); }
SP_FN vm31 vm31_sub(vm31 a, vm31 b)
{
    __m256i c = _mm256_sub_epi32(a.v, b.v); /* a < b wraps above P; adding P comes back below */
    return vm31_of(_mm256_min_epu32(c, _mm256_add_epi32(c, vec_p())));
}
SP_FN vm31 vm31_neg(vm31 a) { return vm31_of(_mm256_sub_epi32(vec_p(), a.v)); }
SP_FN vm31 vm31_mul(vm31 a, vm31 b)
{
    /* With b doubled (< 2^32) a product's high word is ab >> 31, its low word 2 (ab mod 2^31);
     * their sum is at most 2P. The low words come in one more product, not by shuffles: fewer
     * instructions, and on Zen faster. */
    __m256i b2 = _mm256_add_epi32(b.v, b.v);
    __m256i e = _mm256_mul_epu32(a.v, b2);
    __m256i o = _mm256_mul_epu32(_mm256_srli_epi64(a.v, 32), _mm256_srli_epi64(b2, 32));
    __m256i lo = _mm256_and_si256(_mm256_mullo_epi32(a.v, b.v), vec_p());
    __m256i hi = _mm256_blend_epi32(_mm256_srli_epi64(e, 32), o, 0xaa);
    return vm31_fold(_mm256_add_epi32(lo, hi));
}
SP_FN vm31 vm31_reverse(vm31 a)
{
    return vm31_of(_mm256_permutevar8x32_epi32(a.v, _mm256_setr_epi32(7, 6, 5, 4, 3, 2, 1, 0)));
}
SP_FN vm31 vm31_one_if_zero(vm31 a)
{
    __m256i c = vm31_canonical(a).v, z = _mm256_cmpeq_epi32(c, _mm256_setzero_si256());
    return vm31_of(_mm256_sub_epi32(c, z)); /* z is -1 where c is 0 */
}

/* As vm31_store without making canonical: for values only our own kernels read again. */
SP_FN void vm31_store_raw(uint32_t *p, vm31 a) { _mm256_store_si256((__m256i *)(void *)p, a.v); }
/* 2^k a, 0 < k < 31: a rotation of the 31 bits. */
SP_FN vm31 vm31_mul_pow2(vm31 a, unsigned k)
{
    __m256i hi = _mm256_sll_epi32(a.v, _mm_cvtsi32_si128((int)k));
    __m256i lo = _mm256_srl_epi32(a.v, _mm_cvtsi32_si128(31 - (int)k));
    return vm31_of(_mm256_and_si256(_mm256_or_si256(hi, lo), vec_p()));
}

/* Doubled factors, 2w as an integer in [0, 2P]. */
typedef struct {
    __m256i v;
} vm31x2;
SP_FN vm31x2 vm31x2_of(__m256i v)
{
    vm31x2 r;
    r.v = v;
    return r;
}
SP_FN vm31x2 vm31x2_loadu(const uint32_t *p)
{
    return vm31x2_of(_mm256_loadu_si256((const __m256i *)(const void *)p));
}
/* Lane i is p[i >> log_rep]: VEC_LANES >> log_rep words are read. */
SP_FN __m256i vec_repeat(const uint32_t *p, unsigned log_rep)
{
    __m256i w;
    if (log_rep == 1) {
        w = _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)p));
        w = _mm256_permutevar8x32_epi32(w, _mm256_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3));
    } else if (log_rep == 2) {
        w = _mm256_castsi128_si256(_mm_loadl_epi64((const __m128i *)(const void *)p));
        w = _mm256_permutevar8x32_epi32(w, _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1));
    } else {
        w = _mm256_set1_epi32((int)*p);
    }
    return w;
}
SP_FN vm31 vm31_repeat(const uint32_t *p, unsigned log_rep)
{
    return vm31_of(vec_repeat(p, log_rep));
}
SP_FN vm31x2 vm31x2_repeat(const uint32_t *p, unsigned log_rep)
{
    return vm31x2_of(vec_repeat(p, log_rep));
}
/* The factors themselves. */
SP_FN vm31 vm31x2_half(vm31x2 w) { return vm31_of(_mm256_srli_epi32(w.v, 1)); }
/* From an x table (twiddles.h) at a multiple of VEC_LANES / 2: x, or y, of VEC_LANES positions. */
SP_FN vm31x2 vm31x2_x_natural(const uint32_t *p)
{
    __m256i odd = _mm256_set1_epi64x((int64_t)UINT64_C(0xfffffffe00000000));
    return vm31x2_of(_mm256_xor_si256(vec_repeat(p, 1), odd));
}
SP_FN vm31x2 vm31x2_y_natural(const uint32_t *p)
{
    __m256i middle = _mm256_setr_epi32(0, -2, -2, 0, 0, -2, -2, 0);
    return vm31x2_of(_mm256_xor_si256(_mm256_shuffle_epi32(vec_repeat(p, 1), 0x4e), middle));
}
/* Neighbouring lanes exchanged, the odd ones of the result negated. */
SP_FN vm31x2 vm31x2_swap_negate_odd(vm31x2 w)
{
    return vm31x2_of(_mm256_xor_si256(_mm256_shuffle_epi32(w.v, 0xb1),
                                      _mm256_set1_epi64x((int64_t)UINT64_C(0xfffffffe00000000))));
}
SP_FN vm31 vm31_mul_x2(vm31 a, vm31x2 w)
{
    __m256i e = _mm256_mul_epu32(a.v, w.v);
    __m256i o = _mm256_mul_epu32(_mm256_srli_epi64(a.v, 32), _mm256_srli_epi64(w.v, 32));
    __m256i lo = _mm256_mullo_epi32(a.v, w.v);
    __m256i hi = _mm256_blend_epi32(_mm256_srli_epi64(e, 32), o, 0xaa);
    return vm31_fold(_mm256_add_epi32(_mm256_srli_epi32(lo, 1), hi));
}
/* The same where all lanes of w are equal. */
SP_FN vm31 vm31_mul_x2_splat(vm31 a, vm31x2 w)
{
    __m256i e = _mm256_mul_epu32(a.v, w.v);
    __m256i o = _mm256_mul_epu32(_mm256_srli_epi64(a.v, 32), w.v);
    __m256i lo = _mm256_mullo_epi32(a.v, w.v);
    __m256i hi = _mm256_blend_epi32(_mm256_srli_epi64(e, 32), o, 0xaa);
    return vm31_fold(_mm256_add_epi32(_mm256_srli_epi32(lo, 1), hi));
}
/* Of the two vectors, lanes of a with bit log_d of their number set change places with the lanes of
 * b that have it clear: the vector's number and that lane bit are exchanged. An involution. */
SP_FN void vm31_trade(vm31 *a, vm31 *b, unsigned log_d)
{
    __m256i x = a->v, y = b->v;
    if (log_d == 0) {
        a->v = _mm256_blend_epi32(x, _mm256_slli_epi64(y, 32), 0xaa);
        b->v = _mm256_blend_epi32(_mm256_srli_epi64(x, 32), y, 0xaa);
    } else if (log_d == 1) {
        a->v = _mm256_unpacklo_epi64(x, y);
        b->v = _mm256_unpackhi_epi64(x, y);
    } else {
        a->v = _mm256_permute2x128_si256(x, y, 0x20);
        b->v = _mm256_permute2x128_si256(x, y, 0x31);
    }
}
/* (a, b) as 2 VEC_LANES words in a row: a becomes the even ones, b the odd ones; and back. */
SP_FN void vm31_deinterleave(vm31 *a, vm31 *b)
{
    __m256 x = _mm256_castsi256_ps(a->v), y = _mm256_castsi256_ps(b->v);
    a->v = _mm256_permute4x64_epi64(_mm256_castps_si256(_mm256_shuffle_ps(x, y, 0x88)), 0xd8);
    b->v = _mm256_permute4x64_epi64(_mm256_castps_si256(_mm256_shuffle_ps(x, y, 0xdd)), 0xd8);
}
SP_FN void vm31_interleave(vm31 *a, vm31 *b)
{
    __m256i lo = _mm256_unpacklo_epi32(a->v, b->v), hi = _mm256_unpackhi_epi32(a->v, b->v);
    a->v = _mm256_permute2x128_si256(lo, hi, 0x20);
    b->v = _mm256_permute2x128_si256(lo, hi, 0x31);
}

/* Sums of products: 64-bit lanes, one for every even lane of the factors. */
typedef struct {
    __m256i v;
} vsum;
SP_FN vsum vsum_of(__m256i v)
{
    vsum r;
    r.v = v;
    return r;
}
SP_FN vsum vsum_zero(void) { return vsum_of(_mm256_setzero_si256()); }
SP_FN vsum vsum_load(const uint64_t *p)
{
    return vsum_of(_mm256_load_si256((const __m256i *)(const void *)p));
}
SP_FN void vsum_store(uint64_t *p, vsum a) { _mm256_store_si256((__m256i *)(void *)p, a.v); }
/* Odd lanes moved to the even ones. */
SP_FN vm31 vm31_odd(vm31 a) { return vm31_of(_mm256_srli_epi64(a.v, 32)); }
/* Product of the even lanes, at most P^2. */
SP_FN vsum vsum_mul(vm31 a, vm31 b) { return vsum_of(_mm256_mul_epu32(a.v, b.v)); }
SP_FN vsum vsum_add(vsum a, vsum b) { return vsum_of(_mm256_add_epi64(a.v, b.v)); }
/* The same residue below 2^33 + 2^31, of any 64-bit value. */
SP_FN vsum vsum_fold(vsum a)
{
    __m256i low = _mm256_and_si256(a.v, _mm256_set1_epi64x((int64_t)M31_P));
    return vsum_of(_mm256_add_epi64(low, _mm256_srli_epi64(a.v, 31)));
}
/* Even and odd lanes put together again, for sums below 2^61. */
SP_FN vm31 vm31_from_sums(vsum even, vsum odd)
{
    __m256i e = vsum_fold(even).v, o = vsum_fold(odd).v; /* < 2^31 + 2^30 */
    return vm31_fold(_mm256_or_si256(e, _mm256_slli_epi64(o, 32)));
}

/* Words for hashing. */
typedef struct {
    __m256i v;
} vu32;
SP_FN vu32 vu32_of(__m256i v)
{
    vu32 r;
    r.v = v;
    return r;
}
SP_FN vu32 vu32_splat(uint32_t v) { return vu32_of(_mm256_set1_epi32((int)v)); }
SP_FN vu32 vu32_load(const uint32_t *p)
{
    return vu32_of(_mm256_load_si256((const __m256i *)(const void *)p));
}
SP_FN void vu32_store(uint32_t *p, vu32 a) { _mm256_store_si256((__m256i *)(void *)p, a.v); }
SP_FN vu32 vu32_add(vu32 a, vu32 b) { return vu32_of(_mm256_add_epi32(a.v, b.v)); }
SP_FN vu32 vu32_xor(vu32 a, vu32 b) { return vu32_of(_mm256_xor_si256(a.v, b.v)); }
SP_FN vu32 vu32_and(vu32 a, vu32 b) { return vu32_of(_mm256_and_si256(a.v, b.v)); }
SP_FN vu32 vu32_rotr16(vu32 a)
{
    return vu32_of(_mm256_shuffle_epi8(a.v, _mm256_setr_epi8(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9,
                                                             14, 15, 12, 13, 2, 3, 0, 1, 6, 7, 4, 5,
                                                             10, 11, 8, 9, 14, 15, 12, 13)));
}
SP_FN vu32 vu32_rotr8(vu32 a)
{
    return vu32_of(_mm256_shuffle_epi8(a.v, _mm256_setr_epi8(1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8,
                                                             13, 14, 15, 12, 1, 2, 3, 0, 5, 6, 7, 4,
                                                             9, 10, 11, 8, 13, 14, 15, 12)));
}
SP_FN vu32 vu32_rotr12(vu32 a)
{
    return vu32_of(_mm256_or_si256(_mm256_srli_epi32(a.v, 12), _mm256_slli_epi32(a.v, 20)));
}
SP_FN vu32 vu32_rotr7(vu32 a)
{
    return vu32_of(_mm256_or_si256(_mm256_srli_epi32(a.v, 7), _mm256_slli_epi32(a.v, 25)));
}
SP_FN void vu32_deinterleave(vu32 *a, vu32 *b)
{
    vm31 x = vm31_of(a->v), y = vm31_of(b->v);
    vm31_deinterleave(&x, &y);
    a->v = x.v;
    b->v = y.v;
}
/* Has the compiler keep *a in memory from here to its next use. Sixteen registers do not hold the
 * state of BLAKE2s and a temporary; left to itself gcc 12 spills in worse places (12 percent). */
SP_FN void vu32_spill(vu32 *a) { __asm__("" : "+m"(*a)); }
/* Bit i is set when lane i is zero. */
SP_FN unsigned vu32_zero_lanes(vu32 a)
{
    __m256i z = _mm256_cmpeq_epi32(a.v, _mm256_setzero_si256());
    return (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(z));
}

#endif
