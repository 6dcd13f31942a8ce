/* tree.h - a committed Merkle tree and its openings (docs/protocol.md 2). */
#ifndef PROVER_TREE_H
#define PROVER_TREE_H

#include "prover/arena.h"
#include "prover/backend.h"

typedef struct {
    unsigned top, cap;        /* levels of the leaves and of the cap */
    uint32_t *level[31][DIGEST_WORDS]; /* level l: 2^l digests, word by word; l = cap..top */
} merkle_tree;

/* Takes the memory of a tree. */
void merkle_tree_carve(merkle_tree *t, arena *a, unsigned top, unsigned cap);
/* Commits columns: cols[i] has 2^log[i] values, cap < log[i] <= top, at least one with log = top.
 * scratch: room for n pointers. */
void merkle_tree_commit(merkle_tree *t, const backend *be, const uint32_t *const *cols,
                        const uint8_t *log, size_t n, const uint32_t **scratch);
/* The same for part `part` of 2^b of every column (backend.h, evaluate_part): cols[i] has 2^(log[i]-b)
 * values; makes the nodes above them from the leaves to the level of the shortest column, log_min. */
void merkle_tree_commit_part(merkle_tree *t, const backend *be, const uint32_t *const *cols,
                             const uint8_t *log, size_t n, unsigned log_min, unsigned b, size_t part,
                             const uint32_t **scratch);
/* The levels above a given one. */
void merkle_tree_close(merkle_tree *t, const backend *be, unsigned level);
/* The cap: 2^cap digests of 7 words. */
void merkle_tree_cap(const merkle_tree *t, uint32_t *out);
/* Siblings of the path from leaf `index` up to the cap: 7 * (top - cap) words. */
void merkle_tree_path(const merkle_tree *t, uint32_t *out, uint32_t index);

#endif
