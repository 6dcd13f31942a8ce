/* mem.c - pages of guest memory, made when first touched. */
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
