/* vec_avx512.h - sixteen lanes in one AVX-512F register. The promises are those of vec_portable.h.
 * Only _mm512_* intrinsics of AVX-512F: tests/backend/emul restates each of them in plain C. */
#ifndef PROVER_CPU_VEC_H
#define PROVER_CPU_VEC_H

#include "core/m31.h"
#ifdef SP_EMULATE_AVX512
#include SP_EMULATE_AVX512 /* a header of the tests */
#else
#include <immintrin.h>
#endif

#define VEC_LOG_LANES 4
#define VEC_LANES 16
#define VEC_ALIGN 64

typedef struct {
    __m512i v;
} vm31;

SP_FN vm31 vm31_of(__m512i v)
{
    vm31 r;
    r.v = v;
    return r;
}
SP_FN __m512i vec_p(void) { return _mm512_set1_epi32((int)M31_P); }
SP_FN vm31 vm31_splat(uint32_t v) { return vm31_of(_mm512_set1_epi32((int)v)); }
SP_FN vm31 vm31_load(const uint32_t *p) { return vm31_of(_mm512_load_si512(p)); }
SP_FN vm31 vm31_loadu(const uint32_t *p) { return vm31_of(_mm512_loadu_si512(p)); }
/* c in [0, 2P] to [0, P]: below P the difference wraps and is the larger. */
SP_FN vm31 vm31_fold(__m512i c)
{
    return vm31_of(_mm512_min_epu32(c, _mm512_sub_epi32(c, vec_p())));
}
SP_FN vm31 vm31_canonical(vm31 a) { return vm31_fold(a.v); }
SP_FN void vm31_store(uint32_t *p, vm31 a) { _mm512_store_si512(p, vm31_canonical(a).v); }
SP_FN void vm31_storeu(uint32_t *p, vm31 a) { _mm512_storeu_si512(p, vm31_canonical(a).v); }
SP_FN vm31 vm31_add(vm31 a, vm31 b) { return vm31_fold(_mm512_add_epi32(a.v, b.v)); }
SP_FN vm31 vm31_sub(vm31 a, vm31 b)
{
    __m512i c = _mm512_sub_epi32(a.v, b.v); /* a < b wraps above P; adding P comes back below */
    return vm31_of(_mm512_min_epu32(c, _mm512_add_epi32(c, vec_p())));
}
SP_FN vm31 vm31_neg(vm31 a) { return vm31_of(_mm512_sub_epi32(vec_p(), a.v)); }
SP_FN vm31 vm31_mul(vm31 a, vm31 b)
{
    /* With b doubled (< 2^32) a product's high word is ab >> 31, its low word 2 (ab mod 2^31);
     * their sum is at most 2P. */
    __m512i b2 = _mm512_add_epi32(b.v, b.v);
    __m512i e = _mm512_mul_epu32(a.v, b2);
    __m512i o = _mm512_mul_epu32(_mm512_srli_epi64(a.v, 32), _mm512_srli_epi64(b2, 32));
    __m512i lo = _mm512_mask_mov_epi32(e, 0xaaaa, _mm512_slli_epi64(o, 32));
    __m512i hi = _mm512_mask_mov_epi32(_mm512_srli_epi64(e, 32), 0xaaaa, o);
    return vm31_fold(_mm512_add_epi32(_mm512_srli_epi32(lo, 1), hi));
}
SP_FN vm31 vm31_reverse(vm31 a)
{
    __m512i idx = _mm512_setr_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    return vm31_of(_mm512_permutexvar_epi32(idx, a.v));
}
SP_FN vm31 vm31_one_if_zero(vm31 a)
{
    __m512i c = vm31_canonical(a).v;
    return vm31_of(_mm512_mask_mov_epi32(c, _mm512_cmpeq_epi32_mask(c, _mm512_setzero_si512()),
                                         _mm512_set1_epi32(1)));
}

/* As vm31_store without making canonical: for values only our own kernels read again. */
SP_FN void vm31_store_raw(uint32_t *p, vm31 a) { _mm512_store_si512(p, a.v); }
/* 2^k a, 0 < k < 31: a rotation of the 31 bits. */
SP_FN vm31 vm31_mul_pow2(vm31 a, unsigned k)
{
    __m512i hi = _mm512_sllv_epi32(a.v, _mm512_set1_epi32((int)k));
    __m512i lo = _mm512_srlv_epi32(a.v, _mm512_set1_epi32(31 - (int)k));
    return vm31_of(_mm512_and_si512(_mm512_or_si512(hi, lo), vec_p()));
}

/* Doubled factors, 2w as an integer in [0, 2P]. */
typedef struct {
    __m512i v;
} vm31x2;
SP_FN vm31x2 vm31x2_of(__m512i v)
{
    vm31x2 r;
    r.v = v;
    return r;
}
SP_FN vm31x2 vm31x2_loadu(const uint32_t *p) { return vm31x2_of(_mm512_loadu_si512(p)); }
/* Lane i is p[i >> log_rep]: VEC_LANES >> log_rep words are read. */
SP_FN __m512i vec_repeat(const uint32_t *p, unsigned log_rep)
{
    if (log_rep == 1)
        return _mm512_permutexvar_epi32(
            _mm512_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7),
            _mm512_maskz_loadu_epi32(0xff, p));
    if (log_rep == 2)
        return _mm512_permutexvar_epi32(
            _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3),
            _mm512_maskz_loadu_epi32(0xf, p));
    if (log_rep == 3)
        return _mm512_permutexvar_epi32(
            _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1),
            _mm512_maskz_loadu_epi32(0x3, p));
    return _mm512_set1_epi32((int)*p);
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
SP_FN vm31 vm31x2_half(vm31x2 w) { return vm31_of(_mm512_srli_epi32(w.v, 1)); }
/* From an x table (twiddles.h) at a multiple of VEC_LANES / 2: x, or y, of VEC_LANES positions. */
SP_FN vm31x2 vm31x2_x_natural(const uint32_t *p)
{
    __m512i odd = _mm512_set1_epi64((int64_t)UINT64_C(0xfffffffe00000000));
    return vm31x2_of(_mm512_xor_si512(vec_repeat(p, 1), odd));
}
SP_FN vm31x2 vm31x2_y_natural(const uint32_t *p)
{
    __m512i middle = _mm512_setr_epi32(0, -2, -2, 0, 0, -2, -2, 0, 0, -2, -2, 0, 0, -2, -2, 0);
    __m512i w = _mm512_shuffle_epi32(vec_repeat(p, 1), (_MM_PERM_ENUM)0x4e);
    return vm31x2_of(_mm512_xor_si512(w, middle));
}
/* Neighbouring lanes exchanged, the odd ones of the result negated. */
SP_FN vm31x2 vm31x2_swap_negate_odd(vm31x2 w)
{
    return vm31x2_of(_mm512_xor_si512(_mm512_shuffle_epi32(w.v, (_MM_PERM_ENUM)0xb1),
                                      _mm512_set1_epi64((int64_t)UINT64_C(0xfffffffe00000000))));
}
SP_FN vm31 vm31_mul_x2(vm31 a, vm31x2 w)
{
    __m512i e = _mm512_mul_epu32(a.v, w.v);
    __m512i o = _mm512_mul_epu32(_mm512_srli_epi64(a.v, 32), _mm512_srli_epi64(w.v, 32));
    __m512i lo = _mm512_mask_mov_epi32(e, 0xaaaa, _mm512_slli_epi64(o, 32));
    __m512i hi = _mm512_mask_mov_epi32(_mm512_srli_epi64(e, 32), 0xaaaa, o);
    return vm31_fold(_mm512_add_epi32(_mm512_srli_epi32(lo, 1), hi));
}
/* The same where all lanes of w are equal. */
SP_FN vm31 vm31_mul_x2_splat(vm31 a, vm31x2 w)
{
    __m512i e = _mm512_mul_epu32(a.v, w.v);
    __m512i o = _mm512_mul_epu32(_mm512_srli_epi64(a.v, 32), w.v);
    __m512i lo = _mm512_mask_mov_epi32(e, 0xaaaa, _mm512_slli_epi64(o, 32));
    __m512i hi = _mm512_mask_mov_epi32(_mm512_srli_epi64(e, 32), 0xaaaa, o);
    return vm31_fold(_mm512_add_epi32(_mm512_srli_epi32(lo, 1), hi));
}
/* Of the two vectors, lanes of a with bit log_d of their number set change places with the lanes of
 * b that have it clear: the vector's number and that lane bit are exchanged. An involution. */
SP_FN void vm31_trade(vm31 *a, vm31 *b, unsigned log_d)
{
    __m512i x = a->v, y = b->v, lo, hi;
    if (log_d == 0) {
        lo = _mm512_setr_epi32(0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
        hi = _mm512_setr_epi32(1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
    } else if (log_d == 1) {
        lo = _mm512_setr_epi32(0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
        hi = _mm512_setr_epi32(2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    } else if (log_d == 2) {
        lo = _mm512_setr_epi32(0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
        hi = _mm512_setr_epi32(4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
    } else {
        lo = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
        hi = _mm512_setr_epi32(8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    }
    a->v = _mm512_permutex2var_epi32(x, lo, y);
    b->v = _mm512_permutex2var_epi32(x, hi, y);
}
/* (a, b) as 2 VEC_LANES words in a row: a becomes the even ones, b the odd ones; and back. */
SP_FN void vm31_deinterleave(vm31 *a, vm31 *b)
{
    __m512i x = a->v, y = b->v;
    __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    __m512i odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    a->v = _mm512_permutex2var_epi32(x, even, y);
    b->v = _mm512_permutex2var_epi32(x, odd, y);
}
SP_FN void vm31_interleave(vm31 *a, vm31 *b)
{
    __m512i x = a->v, y = b->v;
    __m512i lo = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    __m512i hi = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    a->v = _mm512_permutex2var_epi32(x, lo, y);
    b->v = _mm512_permutex2var_epi32(x, hi, y);
}

/* Sums of products: 64-bit lanes, one for every even lane of the factors. */
typedef struct {
    __m512i v;
} vsum;
SP_FN vsum vsum_of(__m512i v)
{
    vsum r;
    r.v = v;
    return r;
}
SP_FN vsum vsum_zero(void) { return vsum_of(_mm512_setzero_si512()); }
SP_FN vsum vsum_load(const uint64_t *p) { return vsum_of(_mm512_load_si512(p)); }
SP_FN void vsum_store(uint64_t *p, vsum a) { _mm512_store_si512(p, a.v); }
/* Odd lanes moved to the even ones. */
SP_FN vm31 vm31_odd(vm31 a) { return vm31_of(_mm512_srli_epi64(a.v, 32)); }
/* Product of the even lanes, at most P^2. */
SP_FN vsum vsum_mul(vm31 a, vm31 b) { return vsum_of(_mm512_mul_epu32(a.v, b.v)); }
SP_FN vsum vsum_add(vsum a, vsum b) { return vsum_of(_mm512_add_epi64(a.v, b.v)); }
/* The same residue below 2^33 + 2^31, of any 64-bit value. */
SP_FN vsum vsum_fold(vsum a)
{
    __m512i low = _mm512_and_si512(a.v, _mm512_set1_epi64((int64_t)M31_P));
    return vsum_of(_mm512_add_epi64(low, _mm512_srli_epi64(a.v, 31)));
}
/* Even and odd lanes put together again, for sums below 2^61. */
SP_FN vm31 vm31_from_sums(vsum even, vsum odd)
{
    __m512i e = vsum_fold(even).v, o = vsum_fold(odd).v; /* < 2^31 + 2^30 */
    return vm31_fold(_mm512_or_si512(e, _mm512_slli_epi64(o, 32)));
}

/* Words for hashing. */
typedef struct {
    __m512i v;
} vu32;
SP_FN vu32 vu32_of(__m512i v)
{
    vu32 r;
    r.v = v;
    return r;
}
SP_FN vu32 vu32_splat(uint32_t v) { return vu32_of(_mm512_set1_epi32((int)v)); }
SP_FN vu32 vu32_load(const uint32_t *p) { return vu32_of(_mm512_load_si512(p)); }
SP_FN void vu32_store(uint32_t *p, vu32 a) { _mm512_store_si512(p, a.v); }
SP_FN vu32 vu32_add(vu32 a, vu32 b) { return vu32_of(_mm512_add_epi32(a.v, b.v)); }
SP_FN vu32 vu32_xor(vu32 a, vu32 b) { return vu32_of(_mm512_xor_si512(a.v, b.v)); }
SP_FN vu32 vu32_and(vu32 a, vu32 b) { return vu32_of(_mm512_and_si512(a.v, b.v)); }
SP_FN vu32 vu32_rotr16(vu32 a) { return vu32_of(_mm512_ror_epi32(a.v, 16)); }
SP_FN vu32 vu32_rotr12(vu32 a) { return vu32_of(_mm512_ror_epi32(a.v, 12)); }
SP_FN vu32 vu32_rotr8(vu32 a) { return vu32_of(_mm512_ror_epi32(a.v, 8)); }
SP_FN vu32 vu32_rotr7(vu32 a) { return vu32_of(_mm512_ror_epi32(a.v, 7)); }
SP_FN void vu32_deinterleave(vu32 *a, vu32 *b)
{
    vm31 x = vm31_of(a->v), y = vm31_of(b->v);
    vm31_deinterleave(&x, &y);
    a->v = x.v;
    b->v = y.v;
}
/* Only of use with few registers (vec_avx2.h). */
SP_FN void vu32_spill(vu32 *a) { (void)a; }
/* Bit i is set when lane i is zero. */
SP_FN unsigned vu32_zero_lanes(vu32 a)
{
    return (unsigned)_mm512_cmpeq_epi32_mask(a.v, _mm512_setzero_si512());
}

#endif
