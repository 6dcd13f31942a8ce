/* chain_judge.h - judges hostile proofs of the chain's profile, and writes them to SP_CHAIN_PROOFS.
 */
#ifndef TESTS_CAIRO_CHAIN_JUDGE_H
#define TESTS_CAIRO_CHAIN_JUDGE_H

#include "tools/vectors.h"

/* In place of hostile_judged. */
bool chain_judged(hostile *h, enum verify_check check, bool alone);
/* Writes the proof, which is refused by this check; N_VERIFY_CHECKS: accepted. */
bool chain_put(const hostile *h, const char *name, const char *about, enum verify_check check);
/* A few bytes of it changed, or only its requirement. */
bool chain_put_patched(const hostile *h, const char *base, const char *name,
                       enum verify_check check, const vector_patch *p, size_t n_patches);

#endif
