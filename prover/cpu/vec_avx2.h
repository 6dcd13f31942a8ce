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
     * their sum is at most 2P. */
    __m256i b2 = _mm256_add_epi32(b.v, b.v);
    __m256i e = _mm256_mul_epu32(a.v, b2);
    __m256i o = _mm256_mul_epu32(_mm256_srli_epi64(a.v, 32), _mm256_srli_epi64(b2, 32));
    __m256i lo = _mm256_blend_epi32(e, _mm256_slli_epi64(o, 32), 0xaa);
    __m256i hi = _mm256_blend_epi32(_mm256_srli_epi64(e, 32), o, 0xaa);
    return vm31_fold(_mm256_add_epi32(_mm256_srli_epi32(lo, 1), hi));
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

#endif
