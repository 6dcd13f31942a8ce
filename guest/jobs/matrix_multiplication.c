/* matrix_multiplication.c - the product of two integer matrices.
 *
 * Input words: n, k, m, then A (n x k) and B (k x m) row by row, each entry one int32.
 * Output words: n, m, then A B row by row, each entry one int64 (low word first).
 * An entry that does not fit an int64 panics. */
#include "job.h"

#define MAX_SIDE 4096

typedef struct {
    uint32_t n, k, m;
    const int32_t *a, *b;
    uint32_t *out; /* pairs of words */
} product;

static uint32_t largest(const int32_t *p, uint32_t n)
{
    uint32_t max = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t v = p[i] < 0 ? 0u - (uint32_t)p[i] : (uint32_t)p[i];
        if (v > max) max = v;
    }
    return max;
}

static inline void put32(const product *x, uint32_t i, uint32_t j, int32_t v)
{
    uint32_t *o = x->out + 2 * (i * x->m + j);
    o[0] = (uint32_t)v;
    o[1] = (uint32_t)(v >> 31);
}

/* Rows [i0, i1) and columns [j0, j1), one entry at a time. */
static void narrow_single(const product *x, uint32_t i0, uint32_t i1, uint32_t j0, uint32_t j1)
{
    for (uint32_t i = i0; i < i1; i++) {
        for (uint32_t j = j0; j < j1; j++) {
            const int32_t *a = x->a + i * x->k, *end = a + x->k, *b = x->b + j;
            int32_t sum = 0;
            UNROLL
            for (; a < end; a++, b += x->m) sum += *a * *b;
            put32(x, i, j, sum);
        }
    }
}

/* When every sum fits an int32: blocks of 4 x 4 entries, whose sums stay in registers. panel holds
 * four rows of A, interleaved. */
static void narrow(const product *x, int32_t *panel)
{
    uint32_t n4 = x->n & ~3u, m4 = x->m & ~3u;
    const int32_t *end = panel + 4 * x->k;
    for (uint32_t i = 0; i < n4; i += 4) {
        int32_t *to = panel;
        const int32_t *from = x->a + i * x->k;
        for (uint32_t c = 0; c < x->k; c++, from++, to += 4) {
            to[0] = from[0];
            to[1] = from[x->k];
            to[2] = from[2 * x->k];
            to[3] = from[3 * x->k];
        }
        for (uint32_t j = 0; j < m4; j += 4) {
            int32_t s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0;
            int32_t s20 = 0, s21 = 0, s22 = 0, s23 = 0, s30 = 0, s31 = 0, s32 = 0, s33 = 0;
            const int32_t *b = x->b + j;
            for (const int32_t *a = panel; a < end; a += 4, b += x->m) {
                int32_t a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3], v;
                v = b[0];
                s00 += a0 * v, s10 += a1 * v, s20 += a2 * v, s30 += a3 * v;
                v = b[1];
                s01 += a0 * v, s11 += a1 * v, s21 += a2 * v, s31 += a3 * v;
                v = b[2];
                s02 += a0 * v, s12 += a1 * v, s22 += a2 * v, s32 += a3 * v;
                v = b[3];
                s03 += a0 * v, s13 += a1 * v, s23 += a2 * v, s33 += a3 * v;
            }
            put32(x, i, j, s00), put32(x, i, j + 1, s01);
            put32(x, i, j + 2, s02), put32(x, i, j + 3, s03);
            put32(x, i + 1, j, s10), put32(x, i + 1, j + 1, s11);
            put32(x, i + 1, j + 2, s12), put32(x, i + 1, j + 3, s13);
            put32(x, i + 2, j, s20), put32(x, i + 2, j + 1, s21);
            put32(x, i + 2, j + 2, s22), put32(x, i + 2, j + 3, s23);
            put32(x, i + 3, j, s30), put32(x, i + 3, j + 1, s31);
            put32(x, i + 3, j + 2, s32), put32(x, i + 3, j + 3, s33);
        }
    }
    narrow_single(x, 0, n4, m4, x->m);
    narrow_single(x, n4, x->n, 0, x->m);
}

/* When only the entries are known to fit an int32: sums of up to 2^12 products below 2^62 in
 * magnitude, held in 64 bits and a count of the carries out of them. */
static void wide(const product *x)
{
    uint32_t *o = x->out;
    for (uint32_t i = 0; i < x->n; i++) {
        for (uint32_t j = 0; j < x->m; j++, o += 2) {
            const int32_t *a = x->a + i * x->k, *end = a + x->k, *b = x->b + j;
            uint64_t low = 0;
            int32_t high = 0;
            UNROLL
            for (; a < end; a++, b += x->m) {
                int64_t p = (int64_t)*a * *b;
                low += (uint64_t)p;
                high += (int32_t)(p >> 63) + (low < (uint64_t)p);
            }
            require(high == (int32_t)(low >> 32) >> 31, "an entry of the result exceeds 64 bits");
            o[0] = (uint32_t)low;
            o[1] = (uint32_t)(low >> 32);
        }
    }
}

int main(void)
{
    uint32_t n_words;
    const uint32_t *in = input_words(&n_words, 3);
    product x = {in[0], in[1], in[2], NULL, NULL, NULL};
    require(x.n - 1 < MAX_SIDE && x.k - 1 < MAX_SIDE && x.m - 1 < MAX_SIDE,
            "malformed input: a matrix side is not in 1..4096");
    require(n_words == 3 + x.n * x.k + x.k * x.m, "malformed input: wrong size");
    x.a = (const int32_t *)(in + 3);
    x.b = x.a + x.n * x.k;
    uint32_t *out = output_words(2 + 2 * x.n * x.m);
    out[0] = x.n;
    out[1] = x.m;
    x.out = out + 2;
    uint64_t ab = (uint64_t)largest(x.a, x.n * x.k) * largest(x.b, x.k * x.m);
    if (ab < 0x80000000u && ab * x.k < 0x80000000u)
        narrow(&x, (int32_t *)allocate(16 * x.k));
    else
        wide(&x);
    return 0;
}
