/* profiles.c - honest proofs of every profile are accepted. */
#include "tests/e2e/harness.h"
#include "tests/test.h"

TEST(every_profile_is_proved_and_verified)
{
    static const char *const profile[] = {"fast", "balanced", "proven", "chain", "bench"};
    for (size_t i = 0; i < SP_COUNT(profile); i++) {
        e2e_case c;
        CHECK(e2e_run(&c, "matrix_multiplication", e2e_matrix, MACHINE_IO_WORDS, profile[i]));
        CHECK(e2e_accepted(&c, "auto", 0));
        e2e_free(&c);
    }
}
