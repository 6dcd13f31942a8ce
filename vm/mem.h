/* mem.h - the sparse 1 GiB of guest memory, in words, with or without times of last access. */
#ifndef VM_MEM_H
#define VM_MEM_H

#include "core/machine.h"
#include "core/sp.h"

#define VM_PAGE_WORDS (1u << 14) /* 64 KiB of guest bytes */
#define VM_N_PAGES (MACHINE_RAM_WORDS / VM_PAGE_WORDS)

/* A word when times are kept. Time 0: never accessed. */
struct vm_cell {
    uint32_t value, ts;
};

/* A page is VM_PAGE_WORDS uint32_t, or as many vm_cell when timed; NULL: all zero. */
struct vm_mem {
    void *page[VM_N_PAGES];
    bool timed;
};

void vm_mem_free(struct vm_mem *m);
/* The page of a word index below MACHINE_RAM_WORDS, made if absent; NULL: out of memory. */
void *vm_mem_page(struct vm_mem *m, uint32_t word);
uint32_t vm_mem_word(const struct vm_mem *m, uint32_t word);
/* Sets a word, and its time when times are kept. */
SP_MUST_USE sp_status vm_mem_set(struct vm_mem *m, uint32_t word, uint32_t value, uint32_t ts);

/* An array that grows in place up to a bound fixed at the start. Address space is reserved for the
 * bound, memory is committed as it grows, and rows are never copied; where address space cannot be
 * reserved it falls back to realloc, and grows by moving. */
struct vm_array {
    void *base;
    size_t committed, reserved; /* bytes; reserved 0: base is malloc's */
};

/* Reserves; never fails. */
void vm_array_init(struct vm_array *a, size_t max_bytes);
/* Makes at least min_bytes usable; false: out of memory or beyond the bound, a is unchanged. */
bool vm_array_grow(struct vm_array *a, size_t min_bytes);
/* Gives back what lies beyond n_bytes. */
void vm_array_trim(struct vm_array *a, size_t n_bytes);
void vm_array_free(struct vm_array *a);

#endif
