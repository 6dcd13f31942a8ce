/* memory.c - the memory functions that compilers call, by words, and a bump allocator.
 *
 * The loops below are what gcc recognises as memcpy and memset; NO_CALLS keeps it from replacing
 * them by calls to themselves. clang does not do so in freestanding programs. */
#include "machine_io.h"

#if defined(__GNUC__) && !defined(__clang__)
#define NO_CALLS __attribute__((optimize("no-tree-loop-distribute-patterns")))
#else
#define NO_CALLS
#endif

/* Copies n words upwards; correct for overlapping ranges with to < from. */
NO_CALLS static inline void words_up(word_alias *d, const word_alias *s, size_t n)
{
    for (; n >= 8; n -= 8, d += 8, s += 8) {
        uint32_t a = s[0], b = s[1], c = s[2], e = s[3];
        uint32_t f = s[4], g = s[5], h = s[6], i = s[7];
        d[0] = a, d[1] = b, d[2] = c, d[3] = e;
        d[4] = f, d[5] = g, d[6] = h, d[7] = i;
    }
    for (; n; n--) *d++ = *s++;
}

NO_CALLS static void copy_up(uint8_t *d, const uint8_t *s, size_t n)
{
    if (n >= 8) {
        for (; (uintptr_t)d % 4; n--) *d++ = *s++;
        unsigned shift = 8 * (unsigned)((uintptr_t)s % 4);
        size_t w = n / 4;
        word_alias *dw = (word_alias *)d;
        if (shift == 0) {
            words_up(dw, (const word_alias *)s, w);
        } else {
            /* Reads only words that hold bytes of the source. */
            const word_alias *sw = (const word_alias *)((uintptr_t)s & ~(uintptr_t)3);
            uint32_t low = *sw++;
            for (size_t i = 0; i < w; i++) {
                uint32_t high = sw[i];
                dw[i] = low >> shift | high << (32 - shift);
                low = high;
            }
        }
        d += 4 * w;
        s += 4 * w;
        n %= 4;
    }
    for (; n; n--) *d++ = *s++;
}

void *memcpy(void *to, const void *from, size_t n)
{
    copy_up((uint8_t *)to, (const uint8_t *)from, n);
    return to;
}

NO_CALLS void *memmove(void *to, const void *from, size_t n)
{
    uint8_t *d = (uint8_t *)to;
    const uint8_t *s = (const uint8_t *)from;
    if ((uintptr_t)d - (uintptr_t)s >= n) {
        copy_up(d, s, n);
        return to;
    }
    d += n;
    s += n;
    if (((uintptr_t)d ^ (uintptr_t)s) % 4 == 0) {
        for (; n && (uintptr_t)d % 4; n--) *--d = *--s;
        for (; n >= 4; n -= 4) {
            d -= 4;
            s -= 4;
            *(word_alias *)d = *(const word_alias *)s;
        }
    }
    for (; n; n--) *--d = *--s;
    return to;
}

NO_CALLS void *memset(void *to, int byte, size_t n)
{
    uint8_t *d = (uint8_t *)to;
    if (n >= 8) {
        uint32_t v = (uint8_t)byte * 0x01010101u;
        for (; (uintptr_t)d % 4; n--) *d++ = (uint8_t)byte;
        word_alias *w = (word_alias *)d;
        for (; n >= 32; n -= 32, w += 8) {
            w[0] = v, w[1] = v, w[2] = v, w[3] = v;
            w[4] = v, w[5] = v, w[6] = v, w[7] = v;
        }
        for (; n >= 4; n -= 4) *w++ = v;
        d = (uint8_t *)w;
    }
    for (; n; n--) *d++ = (uint8_t)byte;
    return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const uint8_t *p = (const uint8_t *)a, *q = (const uint8_t *)b;
    if (((uintptr_t)p | (uintptr_t)q) % 4 == 0) {
        while (n >= 4 && *(const word_alias *)p == *(const word_alias *)q) {
            p += 4;
            q += 4;
            n -= 4;
        }
    }
    for (; n; n--, p++, q++)
        if (*p != *q) return *p < *q ? -1 : 1;
    return 0;
}

NO_CALLS size_t strlen(const char *s)
{
    const char *p = s;
    while (*p) p++;
    return (size_t)(p - s);
}

extern uint8_t __sprove_heap[], __sprove_heap_end[]; /* sprove.ld */

/* Each block has its size (without this header) in the word before it, 16 bytes before its data. */
#define HEADER 16
static uint32_t heap_used; /* bytes of the heap in use, a multiple of 16 */
static uint32_t heap_high; /* the most that was ever in use; memory above is still zero */

static uint32_t *block_size(void *p) { return (uint32_t *)(void *)((uint8_t *)p - 4); }

void *malloc(size_t n)
{
    uint32_t room = (uint32_t)(__sprove_heap_end - __sprove_heap) - heap_used;
    if (n > room || room - n < HEADER + 15) return NULL;
    uint8_t *p = __sprove_heap + heap_used + HEADER;
    n = (n + 15) & ~(size_t)15;
    *block_size(p) = (uint32_t)n;
    heap_used += HEADER + (uint32_t)n;
    if (heap_used > heap_high) heap_high = heap_used;
    return p;
}

void free(void *p)
{
    if (p == NULL) return;
    uint8_t *end = (uint8_t *)p + *block_size(p);
    if (end == __sprove_heap + heap_used) heap_used -= HEADER + *block_size(p);
}

void *calloc(size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) return NULL;
    uint32_t from = heap_used, high = heap_high;
    void *p = malloc(bytes);
    if (p && from < high) memset(p, 0, bytes);
    return p;
}

void *realloc(void *p, size_t n)
{
    if (p == NULL) return malloc(n);
    uint32_t old = *block_size(p);
    if (n <= old) return p;
    uint8_t *end = (uint8_t *)p + old;
    if (end == __sprove_heap + heap_used) { /* the last block grows where it is */
        heap_used -= HEADER + old;
        void *r = malloc(n);
        if (r == NULL) heap_used += HEADER + old;
        return r;
    }
    void *r = malloc(n);
    if (r) memcpy(r, p, old);
    return r;
}
