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

bool merkle_check(const uint8_t *cap, unsigned cap_log, unsigned top, uint32_t position,
                  const uint32_t *values, const uint8_t *log, size_t n, const uint8_t *path,
                  uint32_t *scratch)
{
    uint32_t node[7], sibling[7];
    merkle_leaf(node, scratch, level_values(scratch, values, log, n, top));
    for (unsigned level = top; level-- > cap_log; position >>= 1, path += 28) {
        size_t k = level_values(scratch, values, log, n, level);
        bytes_read_words(sibling, path, 7);
        if (position & 1) merkle_node(node, sibling, node, scratch, k);
        else merkle_node(node, node, sibling, scratch, k);
    }
    bytes_read_words(sibling, cap + 28 * (size_t)position, 7);
    return memcmp(node, sibling, sizeof node) == 0;
}
