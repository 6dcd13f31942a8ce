/* vec_avx512.h - sixteen lanes in one AVX-512F register. The promises are those of vec_portable.h.
 * Only _mm512_* intrinsics of AVX-512F: tests/backend/emul restates each of them in plain C. */
#ifndef PROVER_CPU_VEC_H
#define PROVER_CPU_VEC_H

#include "core/m31.h"
#ifdef SP_EMULATE_AVX512
#include "tests/backend/emul/avx512_emul.h"
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

#endif
