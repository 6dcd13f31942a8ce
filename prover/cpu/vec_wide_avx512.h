/* vec_wide_avx512.h - the promises of vec_wide_portable.h, on AVX-512F. */
#ifndef PROVER_CPU_VEC_WIDE_H
#define PROVER_CPU_VEC_WIDE_H

typedef struct {
    __m512i e, o; /* the even and the odd lanes, in the low halves of 64-bit lanes */
} vfactor;
typedef struct {
    __m512i e, o;
} vwide;

SP_FN vfactor vfactor_of(vm31 a)
{
    vfactor r;
    r.e = a.v;
    r.o = _mm512_srli_epi64(a.v, 32);
    return r;
}
SP_FN vfactor vfactor_splat(uint32_t v)
{
    vfactor r;
    r.e = r.o = _mm512_set1_epi32((int)v);
    return r;
}
SP_FN vwide vwide_mul(vfactor a, vfactor b)
{
    vwide r;
    r.e = _mm512_mul_epu32(a.e, b.e);
    r.o = _mm512_mul_epu32(a.o, b.o);
    return r;
}
SP_FN vwide vwide_add(vwide a, vwide b)
{
    a.e = _mm512_add_epi64(a.e, b.e);
    a.o = _mm512_add_epi64(a.o, b.o);
    return a;
}
SP_FN vwide vwide_fold(vwide a)
{
    const __m512i p = _mm512_set1_epi64((int64_t)M31_P);
    a.e = _mm512_add_epi64(_mm512_and_si512(a.e, p), _mm512_srli_epi64(a.e, 31));
    a.o = _mm512_add_epi64(_mm512_and_si512(a.o, p), _mm512_srli_epi64(a.o, 31));
    return a;
}
SP_FN vm31 vwide_reduce(vwide a)
{
    /* Low and high words of all lanes; bits 0..30, 31..61 and 62..63 have weight 1. */
    const __m512i lo = _mm512_mask_mov_epi32(a.e, 0xaaaa, _mm512_slli_epi64(a.o, 32));
    const __m512i hi = _mm512_mask_mov_epi32(_mm512_srli_epi64(a.e, 32), 0xaaaa, a.o);
    const __m512i mid = _mm512_or_si512(_mm512_add_epi32(hi, hi), _mm512_srli_epi32(lo, 31));
    const __m512i sum =
        _mm512_add_epi32(_mm512_and_si512(lo, vec_p()), _mm512_and_si512(mid, vec_p())); /* <= 2P */
    return vm31_canonical(vm31_fold(_mm512_add_epi32(sum, _mm512_srli_epi32(hi, 30))));
}

#endif
