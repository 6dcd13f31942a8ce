/* vectors.h - writes a directory of proofs with an index: what is required of each, and the verdict
 * (docs/proof-format.md 5). Every verdict is checked while it is written. */
#ifndef TOOLS_VECTORS_H
#define TOOLS_VECTORS_H

#include "tests/soundness/hostile_prover.h"

typedef struct {
    const char *directory;
    FILE *index;
    unsigned n;
    bool wrong; /* a verdict was not the one expected */
} vectors;

/* All of these print what cannot be written, and end the program. */
void vectors_open(vectors *v, const char *directory);
/* false when a verdict was wrong. */
SP_MUST_USE bool vectors_close(vectors *v);
FILE *vectors_create(const vectors *v, const char *file);

/* The proof of h with its requirement, in a file of its own; check NULL: it is accepted. alone: it
 * is accepted when that check is left out, which the caller has seen. */
void vectors_put(vectors *v, const hostile *h, const char *name, const char *about,
                 const char *check, bool alone);

/* A few bytes changed of the proof of h, which is in the file base; or another length. */
typedef struct {
    size_t at, n;
    const uint8_t *bytes;
} vector_patch;
void vectors_put_patched(vectors *v, const hostile *h, const char *base, const char *name,
                         const char *about, const char *check, const vector_patch *p,
                         size_t n_patches, size_t length);

#endif
