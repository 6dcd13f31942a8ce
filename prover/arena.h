/* arena.h - one block of memory per proof, carved in protocol order, released at once.
 *
 * An arena without a block only counts: the same carving code gives the size beforehand. */
#ifndef PROVER_ARENA_H
#define PROVER_ARENA_H

#include "core/sp.h"

typedef struct {
    uint8_t *base;           /* NULL: counting */
    size_t size, used, peak; /* bytes */
} arena;

/* A counting arena. */
void arena_count(arena *a);
/* Room for `size` bytes, pages committed on first touch. SP_ERR_NOMEM. */
SP_MUST_USE sp_status arena_init(arena *a, size_t size);
void arena_free(arena *a);
/* 64-byte aligned, uninitialised; NULL while counting. Must fit: the arena was sized by counting. */
void *arena_take(arena *a, size_t bytes);
uint32_t *arena_words(arena *a, size_t n);
/* n columns of 2^log words, their starts staggered so that equal rows of many columns share neither
 * a cache set nor a memory bank; out gets the pointers (also while counting: then NULL). */
void arena_columns(arena *a, uint32_t **out, size_t n, unsigned log);
/* An arena of its own with room for `bytes` (counting too, when a counts). */
arena arena_part(arena *a, size_t bytes);
/* Marks and rolls back: what was taken since is given back. */
SP_FN size_t arena_mark(const arena *a) { return a->used; }
SP_FN void arena_release(arena *a, size_t mark) { a->used = mark; }

#endif
