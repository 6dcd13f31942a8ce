/* poseidon.h - the Poseidon hash of Starknet over felts (the Hades permutation of width 3).
 *
 * 4 full rounds, 83 partial rounds (the cube on the third element alone), 4 full rounds; a round
 * adds its constants, cubes, and multiplies with [[3,1,1],[1,-1,1],[1,1,-2]]. Constants:
 * gen_poseidon.c. Source: the Starknet documentation of hash functions. Constant time for every
 * length. */
#ifndef STARKNET_POSEIDON_H
#define STARKNET_POSEIDON_H

#include "starknet/felt.h"

void poseidon_permute(felt s[3]);
/* First element of the permutation of (a, b, 2). */
felt poseidon_hash(felt a, felt b);

/* The sponge over a list, fed piece by piece: a 1 and zeros to an even length are appended; pairs
 * are added to the first two elements of a state that starts as zero; the first element comes out.
 */
typedef struct {
    felt s[3];
    unsigned n; /* elements of the pair under way: 0 or 1 */
} poseidon_ctx;
void poseidon_init(poseidon_ctx *c);
void poseidon_add(poseidon_ctx *c, felt v);
felt poseidon_final(poseidon_ctx *c);

felt poseidon_hash_many(felt_span list);

#endif
