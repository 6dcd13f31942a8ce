/* prove_verify.c - honest proofs are accepted, in every profile, mode and backend. */
#include "tests/e2e/harness.h"
#include "tests/test.h"

static const char matrix[] =
    "{\"algorithm\":\"matrix_multiplication\",\"matrix_a\":[[1,2],[3,4]],\"matrix_b\":[[5,6],[7,8]]}";

/* Proves and verifies; prints why not. */
static bool accepted(e2e_case *c, const char *backend_name, unsigned threads)
{
    verify_reason why;
    if (!e2e_prove(c, backend_name, threads)) {
        printf("  proving failed: %s\n", c->text);
        return false;
    }
    sp_status st = e2e_verify(c, c->proof, c->proof_bytes, &why);
    if (st != SP_OK)
        printf("  rejected: %s (%s) query %d layer %d tree %d field %s offset %zu\n", why.name,
               why.text, why.query, why.layer, why.tree, why.field ? why.field : "-", why.offset);
    return st == SP_OK;
}

TEST(digest_mode_is_proved_and_verified)
{
    e2e_case c;
    CHECK(e2e_run(&c, "matrix_multiplication", matrix, MACHINE_IO_DIGEST, "bench"));
    CHECK(accepted(&c, "auto", 0));
    e2e_free(&c);
}

TEST(every_profile_is_proved_and_verified)
{
    static const char *const profile[] = {"fast", "balanced", "proven", "chain", "bench"};
    for (size_t i = 0; i < SP_COUNT(profile); i++) {
        e2e_case c;
        CHECK(e2e_run(&c, "matrix_multiplication", matrix, MACHINE_IO_WORDS, profile[i]));
        CHECK(accepted(&c, "auto", 0));
        e2e_free(&c);
    }
}

TEST(backends_and_thread_counts_give_the_same_bytes)
{
    e2e_case first;
    size_t n = 0;
    const backend *const *all = backend_list(&n);
    CHECK(e2e_run(&first, "matrix_multiplication", matrix, MACHINE_IO_WORDS, "bench"));
    CHECK(accepted(&first, "portable", 1));
    for (size_t i = 0; i < n; i++)
        for (unsigned threads = 1; threads <= 3; threads++) {
            e2e_case c;
            if (!all[i]->usable()) continue;
            CHECK(e2e_run(&c, "matrix_multiplication", matrix, MACHINE_IO_WORDS, "bench"));
            CHECK(e2e_prove(&c, all[i]->name, threads));
            CHECK_EQ(c.proof_bytes, first.proof_bytes);
            CHECK_BYTES(c.proof, first.proof, first.proof_bytes);
            e2e_free(&c);
        }
    e2e_free(&first);
}
