/* security.c - the security numbers, against values computed apart from them in floating point with
 * the formulas of SOUNDNESS.md. */
#include "air/shape.h"
#include "core/security.h"
#include "tests/test.h"

#include <limits.h>

static void check_bits(const char *profile, unsigned n_max, unsigned legacy, unsigned udr,
                       unsigned jbr)
{
    security_bits s;
    /* 900 columns and 600 constraints: what the table in SOUNDNESS.md is made with. */
    const security_sizes z = {params_by_name(profile), n_max, 900, 600, UINT64_C(12) << n_max,
                              UINT64_C(40) << n_max};
    security_init(&s, &z);
    CHECK_EQ(s.legacy, legacy);
    CHECK_EQ(s.udr, udr);
    CHECK_EQ(s.jbr, jbr);
}

TEST(profiles_have_the_bits_that_soundness_md_says)
{
    check_bits("fast", 18, 96, 55, 57);
    check_bits("fast", 24, 96, 55, 57);
    check_bits("balanced", 20, 141, 73, 77);
    check_bits("balanced", 22, 141, 73, 77);
    check_bits("proven", 20, 213, 100, 82);
    check_bits("proven", 22, 213, 100, 80);
    check_bits("proven", 24, 213, 100, 78);
    check_bits("chain", 20, 104, 42, 63);
    check_bits("bench", 20, 13, 11, 11);
}

/* No proof that the verifier takes has fewer bits than SOUNDNESS.md says: every choice of no, one and
 * two instances of each chip, all of the largest size. */
static unsigned least_udr(const params *p, unsigned log)
{
    static proof_shape s;
    unsigned least = UINT_MAX;
    for (unsigned choice = 0; choice < 19683; choice++) { /* 3^9 */
        uint8_t logs[AIR_N_SLOTS] = {0};
        const char *why;
        security_bits bits;
        for (unsigned chip = 0, c = choice; chip < AIR_N_SPLIT; chip++, c /= 3)
            for (unsigned k = 0; k < c % 3; k++) logs[AIR_MAX_INSTANCES * chip + k] = (uint8_t)log;
        logs[air_component_slot(AIR_INITFIN)] = (uint8_t)log;
        logs[air_component_slot(AIR_IMAGE)] = logs[air_component_slot(AIR_ROM)] = 9;
        logs[air_component_slot(AIR_TABLES)] = AIR_TABLES_LOG;
        if (shape_init(&s, p, logs, &why) != SP_OK) continue;
        /* Boundary accesses are below 2^26: two windows of 64 MiB. */
        const security_sizes z = {p,           s.n_max,   s.n_samples, s.n_constraints,
                                  s.n_accesses + (UINT64_C(1) << 26), s.n_lookups};
        security_init(&bits, &z);
        if (bits.udr < least) least = bits.udr;
    }
    return least;
}
TEST(no_admitted_shape_has_fewer_bits)
{
    static const struct {
        const char *name;
        unsigned udr;
    } want[] = {{"fast", 55}, {"balanced", 73}, {"proven", 100}, {"chain", 42}};
    for (size_t i = 0; i < SP_COUNT(want); i++) {
        const params *p = params_by_name(want[i].name);
        for (unsigned log = 18; log <= p->max_trace_log; log++)
            CHECK_EQ(least_udr(p, log), want[i].udr);
    }
}

TEST(each_term_is_the_one_of_the_formulas)
{
    /* queries, batching, commit, lookup, ali, deep, hash */
    static const unsigned udr[] = {55, 93, 103, 92, 114, 99, 112};
    static const unsigned jbr[] = {57, 70, 80, 87, 109, 95, 112};
    security_bits s;
    const security_sizes z = {params_by_name("fast"), 22, 900, 600, UINT64_C(12) << 22,
                              UINT64_C(40) << 22};
    security_init(&s, &z);
    for (unsigned i = 0; i < N_SECURITY_TERMS; i++) {
        CHECK_EQ(s.udr_term[i], udr[i]);
        CHECK_EQ(s.jbr_term[i], jbr[i]);
    }
}

TEST(grinding_counts_only_where_it_is_paid)
{
    security_bits without, with;
    params p = *params_by_name("fast");
    security_sizes z = {&p, 22, 900, 600, UINT64_C(12) << 22, UINT64_C(40) << 22};
    security_init(&without, &z);
    p.grind_lookup = 10;
    p.grind_deep = 12;
    p.grind_commit = 3;
    p.grind_oods = 5;
    security_init(&with, &z);
    CHECK_EQ(with.udr_term[SECURITY_LOOKUP], without.udr_term[SECURITY_LOOKUP] + 10);
    CHECK_EQ(with.udr_term[SECURITY_BATCHING], without.udr_term[SECURITY_BATCHING] + 12);
    CHECK_EQ(with.udr_term[SECURITY_COMMIT], without.udr_term[SECURITY_COMMIT] + 3);
    CHECK_EQ(with.udr_term[SECURITY_DEEP], without.udr_term[SECURITY_DEEP] + 5);
    /* The composition challenge is drawn without. */
    CHECK_EQ(with.udr_term[SECURITY_ALI], without.udr_term[SECURITY_ALI]);
}

TEST(logarithms_are_bounds)
{
    CHECK_EQ(security_log2_floor(1), 0);
    CHECK_EQ(security_log2_ceil(1), 0);
    for (unsigned i = 0; i < 64; i++) {
        CHECK_EQ(security_log2_floor(UINT64_C(1) << i), i << 16);
        CHECK_EQ(security_log2_ceil(UINT64_C(1) << i), i << 16);
    }
    /* floor(2^16 log2 v), from a calculator */
    CHECK_EQ(security_log2_floor(3), 103872);
    CHECK_EQ(security_log2_floor(10), 217705);
    CHECK_EQ(security_log2_floor(1000003), 1306235);
    CHECK_EQ(security_log2_floor(UINT64_MAX), (64 << 16) - 1);
    for (unsigned i = 0; i < 100000; i++) {
        const uint64_t v = ((uint64_t)test_rand() << 32 | test_rand()) >> test_rand() % 63 | 2;
        const int64_t a = security_log2_floor(v), b = security_log2_ceil(v);
        CHECK(a <= b && b <= a + 2);
        /* log2(v^2) = 2 log2(v), where v^2 fits. */
        if (v >> 31 == 0) {
            const int64_t c = security_log2_floor(v * v);
            CHECK(c >= 2 * a && c <= 2 * b);
        }
    }
}
