/* sort.c - integers in ascending order.
 *
 * Input and output: one word, the width of a value in bytes (4, or 8 when some value does not fit
 * 4), then the values, signed. */
#include "job.h"

#define RUN 8           /* values sorted by insertion before merging begins */
#define RADIX_FROM 1500 /* where counting four times 256 digits pays */

/* Sorts v[0..n) with the help of t[0..n); returns which of the two holds the result. */
#define DEFINE_MERGE_SORT(name, type)                                                \
    static type *name(type *v, type *t, uint32_t n)                                  \
    {                                                                                \
        for (uint32_t from = 0; from < n; from += RUN) {                             \
            type *low = v + from, *end = v + (n - from < RUN ? n : from + RUN);      \
            for (type *p = low + 1; p < end; p++) {                                  \
                type x = *p, *q = p;                                                 \
                for (; q > low && q[-1] > x; q--) *q = q[-1];                        \
                *q = x;                                                              \
            }                                                                        \
        }                                                                            \
        for (uint32_t run = RUN; run < n; run *= 2) {                                \
            type *o = t, *end = v + n;                                               \
            for (type *a = v; a < end;) {                                            \
                type *b = (uint32_t)(end - a) > run ? a + run : end;                 \
                type *a_end = b, *b_end = (uint32_t)(end - b) > run ? b + run : end; \
                if (b < b_end) {                                                     \
                    type x = *a, y = *b;                                             \
                    for (;;) {                                                       \
                        if (x <= y) {                                                \
                            *o++ = x;                                                \
                            if (++a == a_end) break;                                 \
                            x = *a;                                                  \
                        } else {                                                     \
                            *o++ = y;                                                \
                            if (++b == b_end) break;                                 \
                            y = *b;                                                  \
                        }                                                            \
                    }                                                                \
                }                                                                    \
                uint32_t rest = (uint32_t)(a_end - a);                               \
                memcpy(o, a, rest * sizeof *o);                                      \
                o += rest;                                                           \
                rest = (uint32_t)(b_end - b);                                        \
                memcpy(o, b, rest * sizeof *o);                                      \
                o += rest;                                                           \
                a = b_end;                                                           \
            }                                                                        \
            type *swap = v;                                                          \
            v = t;                                                                   \
            t = swap;                                                                \
        }                                                                            \
        return v;                                                                    \
    }

DEFINE_MERGE_SORT(merge_sort_4, int32_t)
DEFINE_MERGE_SORT(merge_sort_8, int64_t)

/* By bytes from the lowest; the highest is signed. A byte that is the same in all values is
 * skipped. */
static int32_t *radix_sort_4(int32_t *v, int32_t *t, uint32_t n)
{
    static uint32_t count[4][256];
    for (uint32_t i = 0; i < n; i++) {
        uint32_t x = (uint32_t)v[i] ^ 0x80000000u;
        count[0][x & 255]++;
        count[1][x >> 8 & 255]++;
        count[2][x >> 16 & 255]++;
        count[3][x >> 24]++;
    }
    for (unsigned byte = 0; byte < 4; byte++) {
        uint32_t *c = count[byte], flip = byte == 3 ? 128 : 0;
        if (c[((uint32_t)v[0] >> 8 * byte & 255) ^ flip] == n) continue;
        int32_t *to[256], *at = t;
        for (unsigned digit = 0; digit < 256; digit++) {
            to[digit ^ flip] = at;
            at += c[digit];
        }
        for (uint32_t i = 0; i < n; i++) *to[(uint32_t)v[i] >> 8 * byte & 255]++ = v[i];
        int32_t *swap = v;
        v = t;
        t = swap;
    }
    return v;
}

int main(void)
{
    uint32_t n_words;
    const uint32_t *in = input_words(&n_words, 1);
    uint32_t width = in[0], words = n_words - 1, bytes = 4 * words;
    require(width == 4 || width == 8, "malformed input: a width other than 4 and 8");
    require(bytes % width == 0, "malformed input: wrong size");
    const void *sorted = NULL;
    void *v = allocate(bytes), *t = allocate(bytes);
    memcpy(v, in + 1, bytes);
    if (width == 4) {
        sorted = words < RADIX_FROM ? merge_sort_4(v, t, words) : radix_sort_4(v, t, words);
    } else {
        const int64_t *x = (const int64_t *)v;
        uint32_t i = 0, n = words / 2;
        while (i < n && x[i] == (int32_t)x[i]) i++;
        require(i < n, "malformed input: values of 8 bytes that fit 4");
        sorted = merge_sort_8(v, t, n);
    }
    sp_write_u32(width);
    sp_write(sorted, bytes);
    return 0;
}
