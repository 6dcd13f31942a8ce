/* merkle.h - node rules of the mixed-height Merkle trees and the walk of an opening
 * (docs/protocol.md 2). Digests are 7 words. */
#ifndef CORE_MERKLE_H
#define CORE_MERKLE_H

#include "core/sp.h"

#define MERKLE_DIGEST_WORDS 7

void merkle_leaf(uint32_t out[7], const uint32_t *values, size_t n);
/* n = 0: a plain node. out may equal left or right. */
void merkle_node(uint32_t out[7], const uint32_t left[7], const uint32_t right[7],
                 const uint32_t *values, size_t n);

/* Checks the opening of one position against a cap.
 *   top        level of the leaves, cap_log <= top
 *   position   < 2^top
 *   values     the opened value of each column, column order
 *   log        the domain log size of each column, cap_log < log <= top
 *   path       7 * (top - cap_log) little-endian words as bytes, bottom up
 *   scratch    room for n words
 * True when the recomputed node of level cap_log equals the cap's. */
bool merkle_check(const uint8_t *cap, unsigned cap_log, unsigned top, uint32_t position,
                  const uint32_t *values, const uint8_t *log, size_t n, const uint8_t *path,
                  uint32_t *scratch);
/* The same for a tree with leaves only; the leaf's n words are given. */
bool merkle_check_leaf(const uint8_t *cap, unsigned cap_log, unsigned top, uint32_t index,
                       const uint32_t *words, size_t n, const uint8_t *path);

#endif
