/* chain_judge.c - the judge of tests/soundness/hostile_prover.h for proofs of the chain's profile,
 * which also writes each proof, its requirement and its verdict to a directory, for the verifiers
 * in Cairo and in Python (docs/proof-format.md 5). */
#include "tests/cairo/chain_judge.h"

static vectors all;
static void close_index(void)
{
    if (!vectors_close(&all)) fprintf(stderr, "the index has wrong verdicts\n");
}
static vectors *index_of_all(void)
{
    if (!all.index) {
        const char *directory = getenv("SP_CHAIN_PROOFS");
        vectors_open(&all, directory ? directory : ".");
        if (atexit(close_index) != 0) exit(1);
    }
    return &all;
}

static const char *name_of(enum verify_check check)
{
    static const char *const name[N_VERIFY_CHECKS] = {
#define X(id, text) text,
        VERIFY_CHECKS(X)
#undef X
    };
    return name[check];
}

bool chain_judged(hostile *h, enum verify_check check, bool alone)
{
    /* Of other profiles, and what is said of unsound ones only. */
    if (h->p->id != PROFILE_CHAIN || !h->e.allow_unsound) return true;
    if (!hostile_judged(h, check, alone)) return false;
    if (h->e.profile != PROFILE_CHAIN) return true; /* the class knows no other */
    vectors_put(index_of_all(), h, h->cheat, "as in tests/soundness", name_of(check), alone);
    return !all.wrong;
}

bool chain_put(const hostile *h, const char *name, const char *about, enum verify_check check)
{
    vectors_put(index_of_all(), h, name, about, check == N_VERIFY_CHECKS ? NULL : name_of(check),
                false);
    return !all.wrong;
}

bool chain_put_patched(const hostile *h, const char *base, const char *name,
                       enum verify_check check, const vector_patch *p, size_t n_patches)
{
    vectors_put_patched(index_of_all(), h, base, name, "changed", name_of(check), p, n_patches,
                        h->proof_bytes);
    return !all.wrong;
}
