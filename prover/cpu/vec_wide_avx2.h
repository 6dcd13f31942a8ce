/* vec_wide_avx2.h - the promises of vec_wide_portable.h, on AVX2. */
#ifndef PROVER_CPU_VEC_WIDE_H
#define PROVER_CPU_VEC_WIDE_H

typedef struct {
    __m256i e, o; /* the even and the odd lanes, in the low halves of 64-bit lanes */
} vfactor;
typedef struct {
    __m256i e, o;
} vwide;

SP_FN vfactor vfactor_of(vm31 a)
{
    vfactor r;
    r.e = a.v;
    r.o = _mm256_srli_epi64(a.v, 32);
    return r;
}
SP_FN vfactor vfactor_splat(uint32_t v)
{
    vfactor r;
    r.e = r.o = _mm256_set1_epi32((int)v);
    return r;
}
SP_FN vwide vwide_mul(vfactor a, vfactor b)
{
    vwide r;
    r.e = _mm256_mul_epu32(a.e, b.e);
    r.o = _mm256_mul_epu32(a.o, b.o);
    return r;
}
SP_FN vwide vwide_add(vwide a, vwide b)
{
    a.e = _mm256_add_epi64(a.e, b.e);
    a.o = _mm256_add_epi64(a.o, b.o);
    return a;
}
SP_FN vwide vwide_fold(vwide a)
{
    const __m256i p = _mm256_set1_epi64x((int64_t)M31_P);
    a.e = _mm256_add_epi64(_mm256_and_si256(a.e, p), _mm256_srli_epi64(a.e, 31));
    a.o = _mm256_add_epi64(_mm256_and_si256(a.o, p), _mm256_srli_epi64(a.o, 31));
    return a;
}
SP_FN vm31 vwide_reduce(vwide a)
{
    /* Low and high words of all lanes; bits 0..30, 31..61 and 62..63 have weight 1. */
    const __m256i lo = _mm256_blend_epi32(a.e, _mm256_slli_epi64(a.o, 32), 0xaa);
    const __m256i hi = _mm256_blend_epi32(_mm256_srli_epi64(a.e, 32), a.o, 0xaa);
    const __m256i mid = _mm256_or_si256(_mm256_add_epi32(hi, hi), _mm256_srli_epi32(lo, 31));
    const __m256i sum =
        _mm256_add_epi32(_mm256_and_si256(lo, vec_p()), _mm256_and_si256(mid, vec_p())); /* <= 2P */
    return vm31_canonical(vm31_fold(_mm256_add_epi32(sum, _mm256_srli_epi32(hi, 30))));
}

#endif
