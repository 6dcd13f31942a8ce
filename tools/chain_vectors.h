/* chain_vectors.h - the rejected vectors that are chain.proof under another requirement, or with a
 * few bytes changed. */
#ifndef TOOLS_CHAIN_VECTORS_H
#define TOOLS_CHAIN_VECTORS_H

#include "tools/vectors.h"

/* h holds the proof, its requirement restored at the end. */
void chain_vectors(vectors *v, hostile *h);

#endif
