/* streaming.c - a memory limit below what the kept columns take gives the same proof with less. */
#include "tests/e2e/harness.h"
#include "tests/test.h"

static const char sorted[] = "{\"algorithm\":\"sort\",\"values\":[5,3,9,1,4,8,2,7,6,0]}";

static uint64_t planned(const e2e_case *c, uint64_t limit)
{
    static prove_plan plan;
    prove_error e;
    const prove_options o = {.p = c->p, .be = backend_find("auto"), .memory = limit};
    if (prove_plan_init(&plan, &c->program, &c->run, c->input_bytes, c->mode, &o, &e) != SP_OK)
        return 0;
    return plan.memory_bytes;
}

static sp_status prove_within(e2e_case *c, uint64_t limit, prove_stats *stats, prove_error *e)
{
    const prove_options o = {.p = c->p, .be = backend_find("auto"), .memory = limit};
    return prove(&c->proof, &c->proof_bytes, &c->program, &c->run, c->input, c->input_bytes, c->mode, &o,
                 stats, e);
}

TEST(a_streamed_proof_is_the_kept_one)
{
    static const char *const profile[] = {"bench", "balanced"};
    for (size_t i = 0; i < SP_COUNT(profile); i++) {
        e2e_case kept, streamed;
        prove_stats stats;
        prove_error e;
        CHECK(e2e_run(&kept, "sort", sorted, MACHINE_IO_WORDS, profile[i]));
        CHECK(e2e_run(&streamed, "sort", sorted, MACHINE_IO_WORDS, profile[i]));
        const uint64_t all = planned(&kept, 0), limit = all - 1, less = planned(&kept, limit);
        CHECK(all > 0 && less > 0 && less < all);
        CHECK_EQ(planned(&kept, all), all);
        CHECK_EQ(prove_within(&kept, 0, &stats, &e), SP_OK);
        CHECK_EQ(stats.peak_bytes, all);
        CHECK_EQ(prove_within(&streamed, limit, &stats, &e), SP_OK);
        CHECK_EQ(stats.peak_bytes, less);
        CHECK_EQ(streamed.proof_bytes, kept.proof_bytes);
        CHECK_BYTES(streamed.proof, kept.proof, kept.proof_bytes);
        e2e_free(&kept);
        e2e_free(&streamed);
    }
}

TEST(less_memory_than_streaming_takes_is_refused)
{
    e2e_case c;
    prove_error e;
    CHECK(e2e_run(&c, "sort", sorted, MACHINE_IO_WORDS, "bench"));
    const uint64_t least = planned(&c, 1);
    CHECK_EQ(prove_within(&c, least - 1, NULL, &e), SP_ERR_NOMEM);
    CHECK(strstr(e.text, "MiB of memory, the limit is"));
    CHECK(!c.proof && c.proof_bytes == 0);
    CHECK_EQ(prove_within(&c, least, NULL, &e), SP_OK);
    CHECK(c.proof_bytes > 0);
    e2e_free(&c);
}
