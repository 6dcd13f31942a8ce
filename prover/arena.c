/* arena.c - one block of memory per proof. */
#define _DEFAULT_SOURCE 1 /* madvise */
#include "prover/arena.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LINE 64u
/* Between columns, beyond their length: an odd number of lines, so that equal rows of 64 columns lie
 * in different sets of a 64-set cache; and many, so that they do not share a DRAM bank either, where
 * every read would close the page that the one before opened. One line alone is not enough. */
#define STAGGER (17u * LINE)
#define HUGE_PAGE ((size_t)2 << 20)

void arena_count(arena *a) { memset(a, 0, sizeof *a); }

sp_status arena_init(arena *a, size_t size)
{
    void *p = NULL;
    memset(a, 0, sizeof *a);
    if (posix_memalign(&p, HUGE_PAGE, size ? size : 1) != 0) return SP_ERR_NOMEM;
#ifdef MADV_HUGEPAGE
    (void)madvise(p, size, MADV_HUGEPAGE); /* an optimisation: failure does not matter */
#endif
    a->base = p;
    a->size = size;
    return SP_OK;
}

void arena_free(arena *a)
{
    free(a->base);
    memset(a, 0, sizeof *a);
}

void *arena_take(arena *a, size_t bytes)
{
    const size_t at = a->used;
    a->used += (bytes + LINE - 1) / LINE * LINE;
    if (a->used > a->peak) a->peak = a->used;
    if (!a->base) return NULL;
    SP_ASSERT(a->used <= a->size);
    return a->base + at;
}

arena arena_part(arena *a, size_t bytes)
{
    const arena part = {.base = arena_take(a, bytes), .size = bytes};
    return part;
}

uint32_t *arena_words(arena *a, size_t n) { return arena_take(a, n * sizeof(uint32_t)); }

void arena_columns(arena *a, uint32_t **out, size_t n, unsigned log)
{
    const size_t stride = ((size_t)1 << log) + STAGGER / sizeof(uint32_t);
    uint32_t *p = arena_words(a, n * stride);
    for (size_t i = 0; i < n; i++) out[i] = p ? p + i * stride : NULL;
}
