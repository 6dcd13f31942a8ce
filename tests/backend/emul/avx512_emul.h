/* avx512_emul.h - the AVX-512F intrinsics that prover/cpu/vec_avx512.h uses, in plain C, so that
 * the 16-lane kernels run in the tests of any machine. Aligned accesses check their alignment. */
#ifndef TESTS_BACKEND_EMUL_AVX512_EMUL_H
#define TESTS_BACKEND_EMUL_AVX512_EMUL_H

#include "core/sp.h"

#include <string.h>

typedef struct {
    uint32_t w[16];
} __m512i;
typedef uint16_t __mmask16;
typedef int _MM_PERM_ENUM;

#define EMUL static inline __attribute__((unused))
#define EMUL_LANES for (unsigned i = 0; i < 16; i++)
#define EMUL_PAIRS for (unsigned i = 0; i < 16; i += 2)

EMUL uint64_t emul_get64(__m512i a, unsigned i) { return a.w[i] | (uint64_t)a.w[i + 1] << 32; }
EMUL void emul_put64(__m512i *a, unsigned i, uint64_t v)
{
    a->w[i] = (uint32_t)(v & UINT32_MAX);
    a->w[i + 1] = (uint32_t)(v >> 32);
}
EMUL void emul_check_aligned(const void *p)
{
    if ((uintptr_t)p % 64 != 0) __builtin_trap();
}

EMUL __m512i _mm512_loadu_si512(const void *p)
{
    __m512i r;
    memcpy(&r, p, sizeof r);
    return r;
}
EMUL __m512i _mm512_load_si512(const void *p)
{
    emul_check_aligned(p);
    return _mm512_loadu_si512(p);
}
EMUL void _mm512_storeu_si512(void *p, __m512i a) { memcpy(p, &a, sizeof a); }
EMUL void _mm512_store_si512(void *p, __m512i a)
{
    emul_check_aligned(p);
    _mm512_storeu_si512(p, a);
}
EMUL __m512i _mm512_maskz_loadu_epi32(__mmask16 k, const void *p)
{
    __m512i r;
    EMUL_LANES
    {
        r.w[i] = 0;
        if (k >> i & 1) memcpy(&r.w[i], (const char *)p + 4 * i, 4);
    }
    return r;
}
EMUL __m512i _mm512_set1_epi32(int v)
{
    __m512i r;
    EMUL_LANES r.w[i] = (uint32_t)v;
    return r;
}
EMUL __m512i _mm512_setzero_si512(void) { return _mm512_set1_epi32(0); }
EMUL __m512i _mm512_set1_epi64(int64_t v)
{
    __m512i r;
    EMUL_PAIRS emul_put64(&r, i, (uint64_t)v);
    return r;
}
EMUL __m512i _mm512_setr_epi32(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j,
                               int k, int l, int m, int n, int o, int p)
{
    const int v[16] = {a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p};
    __m512i r;
    memcpy(&r, v, sizeof r);
    return r;
}

#define EMUL_LANEWISE(name, expression)      \
    EMUL __m512i name(__m512i a, __m512i b)  \
    {                                        \
        __m512i r;                           \
        EMUL_LANES                           \
        {                                    \
            uint32_t x = a.w[i], y = b.w[i]; \
            r.w[i] = (expression);           \
        }                                    \
        return r;                            \
    }
EMUL_LANEWISE(_mm512_add_epi32, x + y)
EMUL_LANEWISE(_mm512_sub_epi32, x - y)
EMUL_LANEWISE(_mm512_min_epu32, x < y ? x : y)
EMUL_LANEWISE(_mm512_and_si512, x &y)
EMUL_LANEWISE(_mm512_or_si512, x | y)
EMUL_LANEWISE(_mm512_xor_si512, x ^ y)
EMUL_LANEWISE(_mm512_sllv_epi32, y < 32 ? x << y : 0)
EMUL_LANEWISE(_mm512_srlv_epi32, y < 32 ? x >> y : 0)

EMUL __m512i _mm512_srli_epi32(__m512i a, unsigned n)
{
    EMUL_LANES a.w[i] = n < 32 ? a.w[i] >> n : 0;
    return a;
}
EMUL __m512i _mm512_ror_epi32(__m512i a, int n)
{
    EMUL_LANES a.w[i] = a.w[i] >> n | a.w[i] << (32 - n);
    return a;
}
EMUL __m512i _mm512_srli_epi64(__m512i a, unsigned n)
{
    EMUL_PAIRS emul_put64(&a, i, emul_get64(a, i) >> n);
    return a;
}
EMUL __m512i _mm512_slli_epi64(__m512i a, unsigned n)
{
    EMUL_PAIRS emul_put64(&a, i, emul_get64(a, i) << n);
    return a;
}
EMUL __m512i _mm512_add_epi64(__m512i a, __m512i b)
{
    EMUL_PAIRS emul_put64(&a, i, emul_get64(a, i) + emul_get64(b, i));
    return a;
}
EMUL __m512i _mm512_mul_epu32(__m512i a, __m512i b)
{
    EMUL_PAIRS emul_put64(&a, i, (uint64_t)a.w[i] * b.w[i]);
    return a;
}
EMUL __m512i _mm512_mask_mov_epi32(__m512i src, __mmask16 k, __m512i a)
{
    EMUL_LANES if (k >> i & 1) src.w[i] = a.w[i];
    return src;
}
EMUL __mmask16 _mm512_cmpeq_epi32_mask(__m512i a, __m512i b)
{
    unsigned k = 0;
    EMUL_LANES k |= (unsigned)(a.w[i] == b.w[i]) << i;
    return (__mmask16)k;
}
EMUL __m512i _mm512_permutexvar_epi32(__m512i idx, __m512i a)
{
    __m512i r;
    EMUL_LANES r.w[i] = a.w[idx.w[i] & 15];
    return r;
}
EMUL __m512i _mm512_permutex2var_epi32(__m512i a, __m512i idx, __m512i b)
{
    __m512i r;
    EMUL_LANES r.w[i] = idx.w[i] & 16 ? b.w[idx.w[i] & 15] : a.w[idx.w[i] & 15];
    return r;
}
EMUL __m512i _mm512_shuffle_epi32(__m512i a, _MM_PERM_ENUM n)
{
    __m512i r;
    EMUL_LANES r.w[i] = a.w[(i & ~3u) | ((unsigned)n >> 2 * (i & 3) & 3)];
    return r;
}

#endif
