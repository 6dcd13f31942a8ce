/* prove_verify.c - honest proofs are accepted, in both modes, from every backend and number of
 * threads. */
#include "tests/e2e/harness.h"
#include "tests/test.h"

TEST(digest_mode_is_proved_and_verified)
{
    e2e_case c;
    CHECK(e2e_run(&c, "matrix_multiplication", e2e_matrix, MACHINE_IO_DIGEST, "bench"));
    CHECK(e2e_accepted(&c, "auto", 0));
    e2e_free(&c);
}

TEST(backends_and_thread_counts_give_the_same_bytes)
{
    e2e_case first;
    size_t n = 0;
    const backend *const *all = backend_list(&n);
    CHECK(e2e_run(&first, "matrix_multiplication", e2e_matrix, MACHINE_IO_WORDS, "bench"));
    CHECK(e2e_accepted(&first, "portable", 1));
    for (size_t i = 0; i < n; i++)
        for (unsigned threads = 1; threads <= 3; threads++) {
            e2e_case c;
            if (!all[i]->usable()) continue;
            CHECK(e2e_run(&c, "matrix_multiplication", e2e_matrix, MACHINE_IO_WORDS, "bench"));
            CHECK(e2e_prove(&c, all[i]->name, threads));
            CHECK_EQ(c.proof_bytes, first.proof_bytes);
            CHECK_BYTES(c.proof, first.proof, first.proof_bytes);
            e2e_free(&c);
        }
    e2e_free(&first);
}
