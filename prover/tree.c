/* tree.c - a committed Merkle tree and its openings. */
#include "prover/tree.h"

#include <string.h>

void merkle_tree_carve(merkle_tree *t, arena *a, unsigned top, unsigned cap)
{
    memset(t, 0, sizeof *t);
    t->top = top;
    t->cap = cap;
    for (unsigned l = top + 1; l-- > cap;) arena_columns(a, t->level[l], DIGEST_WORDS, l);
}

/* 2^log nodes of level l from node `at` on; cols begin there. */
static void build_nodes(merkle_tree *t, const backend *be, unsigned l, size_t at, unsigned log,
                        const uint32_t *const *cols, size_t n)
{
    const uint32_t *below[DIGEST_WORDS];
    uint32_t *out[DIGEST_WORDS];
    for (unsigned k = 0; k < DIGEST_WORDS; k++) {
        out[k] = t->level[l][k] + at;
        if (l < t->top) below[k] = t->level[l + 1][k] + 2 * at;
    }
    be->merkle_level(out, l < t->top ? below : NULL, cols, n, log);
}

static void build_level(merkle_tree *t, const backend *be, unsigned l, const uint32_t *const *cols,
                        size_t n)
{
    build_nodes(t, be, l, 0, l, cols, n);
}

void merkle_tree_commit(merkle_tree *t, const backend *be, const uint32_t *const *cols,
                        const uint8_t *log, size_t n, const uint32_t **scratch)
{
    for (unsigned l = t->top + 1; l-- > t->cap;) {
        size_t k = 0;
        for (size_t i = 0; i < n; i++)
            if (log[i] == l) scratch[k++] = cols[i];
        build_level(t, be, l, scratch, k);
    }
}

void merkle_tree_commit_part(merkle_tree *t, const backend *be, const uint32_t *const *cols,
                             const uint8_t *log, size_t n, unsigned log_min, unsigned b, size_t part,
                             const uint32_t **scratch)
{
    for (unsigned l = t->top + 1; l-- > log_min;) {
        const unsigned log_half = l - b - 1; /* of the part at this level */
        for (size_t h = 0; h < 2; h++) {
            size_t k = 0;
            for (size_t i = 0; i < n; i++)
                if (log[i] == l) scratch[k++] = cols[i] + (h << log_half);
            build_nodes(t, be, l, (h << (l - 1)) + (part << log_half), log_half, scratch, k);
        }
    }
}

void merkle_tree_close(merkle_tree *t, const backend *be, unsigned level)
{
    for (unsigned l = level; l-- > t->cap;) build_level(t, be, l, NULL, 0);
}

static void read_node(const merkle_tree *t, uint32_t *out, unsigned l, uint32_t i)
{
    for (unsigned k = 0; k < DIGEST_WORDS; k++) out[k] = t->level[l][k][i];
}

void merkle_tree_cap(const merkle_tree *t, uint32_t *out)
{
    for (uint32_t i = 0; i < UINT32_C(1) << t->cap; i++, out += DIGEST_WORDS)
        read_node(t, out, t->cap, i);
}

void merkle_tree_path(const merkle_tree *t, uint32_t *out, uint32_t index)
{
    for (unsigned l = t->top; l > t->cap; l--, index >>= 1, out += DIGEST_WORDS)
        read_node(t, out, l, index ^ 1);
}
