/* mem.c - pages of guest memory, made when first touched; growing arrays for the record. */
#if defined(__linux__)
#define _DEFAULT_SOURCE 1 /* MAP_ANONYMOUS, MAP_NORESERVE, madvise */
#include <sys/mman.h>
#endif

#include "vm/mem.h"

#include <stdlib.h>

void vm_mem_free(struct vm_mem *m)
{
    for (size_t i = 0; i < VM_N_PAGES; i++) {
        free(m->page[i]);
        m->page[i] = NULL;
    }
}

void *vm_mem_page(struct vm_mem *m, uint32_t word)
{
    void **page = &m->page[word / VM_PAGE_WORDS];
    if (!*page) *page = calloc(VM_PAGE_WORDS, m->timed ? sizeof(struct vm_cell) : sizeof(uint32_t));
    return *page;
}

uint32_t vm_mem_word(const struct vm_mem *m, uint32_t word)
{
    const void *page = m->page[word / VM_PAGE_WORDS];
    const size_t i = word % VM_PAGE_WORDS;
    if (!page) return 0;
    return m->timed ? ((const struct vm_cell *)page)[i].value : ((const uint32_t *)page)[i];
}

sp_status vm_mem_set(struct vm_mem *m, uint32_t word, uint32_t value, uint32_t ts)
{
    void *page = vm_mem_page(m, word);
    const size_t i = word % VM_PAGE_WORDS;
    if (!page) return SP_ERR_NOMEM;
    if (m->timed) {
        ((struct vm_cell *)page)[i].value = value;
        ((struct vm_cell *)page)[i].ts = ts;
    } else {
        ((uint32_t *)page)[i] = value;
    }
    return SP_OK;
}

#define HUGE_PAGE ((size_t)2 << 20) /* alignment that lets the kernel use huge pages */

static size_t round_up(size_t n) { return (n + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE; }

void vm_array_init(struct vm_array *a, size_t max_bytes)
{
    a->base = NULL;
    a->committed = a->reserved = 0;
#ifdef MAP_NORESERVE
    const size_t n = round_up(max_bytes);
    if (sizeof(size_t) < 8) return;
    void *m =
        mmap(NULL, n + HUGE_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (m == MAP_FAILED) return;
    const size_t skip = HUGE_PAGE - (uintptr_t)m % HUGE_PAGE;
    a->base = (char *)m + skip;
    a->reserved = n;
    (void)munmap(m, skip);
    if (skip < HUGE_PAGE) (void)munmap((char *)a->base + n, HUGE_PAGE - skip);
#ifdef MADV_HUGEPAGE
    /* Advice only; the first part stays in small pages, so that a short run is cheap. */
    if (n > HUGE_PAGE) (void)madvise((char *)a->base + HUGE_PAGE, n - HUGE_PAGE, MADV_HUGEPAGE);
#endif
#else
    (void)max_bytes;
#endif
}

bool vm_array_grow(struct vm_array *a, size_t min_bytes)
{
    if (min_bytes <= a->committed) return true;
#ifdef MAP_NORESERVE
    if (a->reserved) {
        size_t n = round_up(a->committed + a->committed / 4 + 1);
        if (n < min_bytes) n = round_up(min_bytes);
        if (n > a->reserved) n = a->reserved;
        if (n < min_bytes) return false;
        if (mprotect((char *)a->base + a->committed, n - a->committed, PROT_READ | PROT_WRITE) != 0)
            return false;
        a->committed = n;
        return true;
    }
#endif
    const size_t n = min_bytes > 2 * a->committed ? min_bytes : 2 * a->committed;
    void *m = realloc(a->base, n);
    if (!m) return false;
    a->base = m;
    a->committed = n;
    return true;
}

void vm_array_trim(struct vm_array *a, size_t n_bytes)
{
#ifdef MAP_NORESERVE
    const size_t n = round_up(n_bytes);
    if (a->reserved) {
        if (n < a->reserved) (void)munmap((char *)a->base + n, a->reserved - n);
        a->reserved = n;
        if (a->committed > n) a->committed = n;
        if (n == 0) a->base = NULL;
        return;
    }
#endif
    void *m = n_bytes && n_bytes < a->committed ? realloc(a->base, n_bytes) : NULL;
    if (m) {
        a->base = m;
        a->committed = n_bytes;
    }
}

void vm_array_free(struct vm_array *a)
{
#ifdef MAP_NORESERVE
    if (a->reserved)
        (void)munmap(a->base, a->reserved);
    else
        free(a->base);
#else
    free(a->base);
#endif
    a->base = NULL;
    a->committed = a->reserved = 0;
}
