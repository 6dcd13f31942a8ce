/* merkle.c - node rules and the walk of an opening. */
#include "core/merkle.h"

#include "core/blake2s.h"
#include "core/bytes.h"

#include <string.h>

void merkle_leaf(uint32_t out[7], const uint32_t *values, size_t n)
{
    uint32_t h[8];
    blake2s_ctx c;
    blake2s_init(&c, "spLeaf");
    blake2s_update_words(&c, values, n);
    blake2s_final(&c, h);
    memcpy(out, h, 7 * sizeof *out);
}

void merkle_node(uint32_t out[7], const uint32_t left[7], const uint32_t right[7],
                 const uint32_t *values, size_t n)
{
    uint32_t h[8];
    blake2s_ctx c;
    blake2s_init(&c, n ? "spNodeC" : "spNode");
    blake2s_update_words(&c, left, 7);
    blake2s_update_words(&c, right, 7);
    blake2s_update_words(&c, values, n);
    blake2s_final(&c, h);
    memcpy(out, h, 7 * sizeof *out);
}

/* The values of the columns of one level, in column order; returns their number. */
static size_t level_values(uint32_t *out, const uint32_t *values, const uint8_t *log, size_t n,
                           unsigned level)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (log[i] == level) out[k++] = values[i];
    return k;
}

/* One level up, with the sibling at path and the k column values of the node. */
static void walk_up(uint32_t node[7], uint32_t position, const uint8_t *path,
                    const uint32_t *values, size_t k)
{
    uint32_t sibling[7];
    bytes_read_words(sibling, path, 7);
    if (position & 1) merkle_node(node, sibling, node, values, k);
    else merkle_node(node, node, sibling, values, k);
}

static bool is_cap_node(const uint32_t node[7], const uint8_t *cap, uint32_t position)
{
    uint32_t want[7];
    bytes_read_words(want, cap + 28 * (size_t)position, 7);
    return memcmp(node, want, sizeof want) == 0;
}

bool merkle_check(const uint8_t *cap, unsigned cap_log, unsigned top, uint32_t position,
                  const uint32_t *values, const uint8_t *log, size_t n, const uint8_t *path,
                  uint32_t *scratch)
{
    uint32_t node[7];
    const size_t leaf = level_values(scratch, values, log, n, top);
    merkle_leaf(node, scratch, leaf);
    for (unsigned level = top; level-- > cap_log; position >>= 1, path += 28)
        walk_up(node, position, path, scratch, level_values(scratch, values, log, n, level));
    return is_cap_node(node, cap, position);
}

bool merkle_check_leaf(const uint8_t *cap, unsigned cap_log, unsigned top, uint32_t index,
                       const uint32_t *words, size_t n, const uint8_t *path)
{
    uint32_t node[7];
    merkle_leaf(node, words, n);
    for (; top > cap_log; top--, index >>= 1, path += 28) walk_up(node, index, path, NULL, 0);
    return is_cap_node(node, cap, index);
}
