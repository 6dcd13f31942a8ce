/* reputation.c - bounds against exact arithmetic, recomputation, quotas, audits. */
#include "relayer/reputation.h"
#include "tests/relayer/vectors_reputation.h"
#include "tests/test.h"

#define DAY UINT64_C(86400000)

/* ppm is exact (in parts of 10^12) in parts of 10^6, rounded down, but for 0.001 of them. */
static bool near(uint32_t ppm, uint64_t exact)
{
    const uint64_t slack = 1000; /* 0.001 parts in a million */
    const uint64_t low = (uint64_t)ppm * 1000000, high = low + 1000000;
    const bool good = low <= exact + slack && exact < high + slack;
    if (!good) printf("%u, but exactly %" PRIu64 "/10^12\n", ppm, exact);
    return good;
}

static reputation beta_of(unsigned first, unsigned n)
{
    reputation r = {0, 0, 0};
    for (unsigned i = first; i < first + n; i++)
        reputation_add(&r, (reputation_kind)history_events[i].kind, history_events[i].at_ms);
    return r;
}

TEST(reputation_bounds_are_exact_to_a_millionth)
{
    for (size_t i = 0; i < SP_COUNT(histories); i++) {
        const reputation r = beta_of(histories[i].first, histories[i].n);
        CHECK(near(reputation_ppm(&r, histories[i].now_ms), histories[i].beta));
    }
}

TEST(success_rate_bounds_are_exact_to_a_millionth)
{
    for (size_t i = 0; i < SP_COUNT(histories); i++) {
        success_rate s = {0, 0, 0};
        for (unsigned k = histories[i].first; k < histories[i].first + histories[i].n; k++)
            success_rate_add(&s, history_events[k].kind < 2, history_events[k].at_ms);
        CHECK(near(success_rate_ppm(&s, histories[i].now_ms), histories[i].wilson));
    }
}

/* Reading in between changes nothing: the rows alone decide. */
TEST(reputation_is_recomputed_bit_for_bit)
{
    for (size_t i = 0; i < SP_COUNT(histories); i++) {
        const unsigned first = histories[i].first, n = histories[i].n;
        reputation looked_at = {0, 0, 0};
        for (unsigned k = first; k < first + n; k++) {
            reputation_add(&looked_at, (reputation_kind)history_events[k].kind,
                           history_events[k].at_ms);
            CHECK(reputation_ppm(&looked_at, looked_at.at_ms + test_rand()) < 1000000);
        }
        const reputation again = beta_of(first, n);
        CHECK(again.good == looked_at.good && again.bad == looked_at.bad);
        CHECK(again.at_ms == looked_at.at_ms);
    }
}

TEST(reputation_of_a_new_node)
{
    const reputation r = {0, 0, 0};
    /* 1/2 - 1.64*sqrt(1/20) = 0.1332848.. */
    CHECK_EQ(reputation_ppm(&r, 0), 133284);
    CHECK_EQ(reputation_ppm(&r, UINT64_MAX), 133284);
    const success_rate s = {0, 0, 0};
    CHECK_EQ(success_rate_ppm(&s, 1), 0);
}

TEST(reputation_counts_stay_in_range)
{
    reputation r = {0, 0, 0};
    success_rate s = {0, 0, 0};
    reputation_add(&r, REPUTATION_LATE, 5);
    CHECK(r.good == 0 && r.bad == 0 && r.at_ms == 5);
    for (unsigned i = 0; i < 1100000; i++) {
        reputation_add(&r, REPUTATION_VERIFIED, 5);
        success_rate_add(&s, true, 5);
    }
    CHECK(r.good == UINT64_C(1) << 60 && s.all <= UINT64_C(1) << 60 && s.good == s.all);
    CHECK(reputation_ppm(&r, 5) > 999990 && success_rate_ppm(&s, 5) > 999990);
    for (unsigned i = 0; i < 30000; i++) reputation_add(&r, REPUTATION_AUDIT_FAILED, 5);
    CHECK(r.bad == UINT64_C(1) << 60 && reputation_ppm(&r, 5) < 500000);
    /* A clock set back: the event counts, no time passes. */
    reputation early = {0, 0, 100 * DAY};
    reputation_add(&early, REPUTATION_VERIFIED, 1);
    CHECK(early.at_ms == 100 * DAY && early.good == UINT64_C(1) << 40);
    /* After half a life a half, to the last bit that matters; after very long nothing. */
    reputation_add(&early, REPUTATION_LATE, 130 * DAY);
    CHECK(early.good >> 20 == UINT64_C(1) << 18);
    reputation_add(&early, REPUTATION_LEASE_LOST, UINT64_MAX);
    CHECK(early.good == 0 && early.bad == UINT64_C(1) << 39);
}

TEST(reputation_falls_by_faults_alone)
{
    for (unsigned o = 0; o < OUTCOMES; o++) {
        reputation r = {0, 0, 0};
        reputation_kind k = REPUTATION_KINDS;
        const uint32_t before = reputation_ppm(&r, 0);
        const bool any = reputation_of_outcome(&k, (attempt_outcome)o);
        CHECK(any == (k != REPUTATION_KINDS));
        if (any) reputation_add(&r, k, 0);
        const bool fault = attempt_fault((attempt_outcome)o) == FAULT_NODE;
        CHECK((reputation_ppm(&r, 0) < before) == fault);
        CHECK((reputation_ppm(&r, 0) > before) == (o == OUTCOME_VERIFIED));
    }
}

TEST(reputation_kinds_have_names_and_pauses)
{
    static const struct {
        const char *name;
        uint64_t pause_ms;
    } table[] = {{"verified", 0},
                 {"late", 0},
                 {"lease_lost", 0},
                 {"aborted", 0},
                 {"proof_invalid", DAY},
                 {"audit_failed", UINT64_MAX},
                 {"false_fault", DAY},
                 {"infra", 0},
                 {"contradiction", UINT64_MAX},
                 {"time_limit", 0}};
    reputation_kind k;
    CHECK_EQ(SP_COUNT(table), REPUTATION_KINDS);
    for (unsigned i = 0; i < REPUTATION_KINDS; i++) {
        CHECK(reputation_kind_read(&k, table[i].name) && k == i);
        CHECK(strcmp(reputation_kind_name(k), table[i].name) == 0);
        CHECK(reputation_pause_ms(k) == table[i].pause_ms);
    }
    CHECK(strcmp(reputation_kind_name(REPUTATION_KINDS), "unknown") == 0);
    CHECK(reputation_pause_ms(REPUTATION_KINDS) == 0);
    reputation r = {1, 2, 3};
    reputation_add(&r, REPUTATION_KINDS, 4);
    CHECK(r.good == 1 && r.bad == 2 && r.at_ms == 3);
    CHECK(!reputation_kind_read(&k, "") && !reputation_kind_read(&k, "Verified"));
}

TEST(allowance_is_of_a_day)
{
    const int64_t day = (int64_t)DAY;
    allowance q = {100, 3, 10};
    allowance_take(&q, 100 * day);
    CHECK(q.left == 2 && q.daily == 10 && q.day == 100);
    for (unsigned i = 0; i < 5; i++) allowance_take(&q, 101 * day - 1);
    CHECK_EQ(q.left, 0);
    allowance_end(&q, false, 1000, 101 * day - 1); /* a result: one more, today as well */
    CHECK(q.left == 1 && q.daily == 11);
    allowance_end(&q, true, 1000, 101 * day - 1);
    CHECK(q.left == 1 && q.daily == 5);
    allowance_renew(&q, 101 * day); /* the next day, to the millisecond */
    CHECK(q.left == 5 && q.day == 101);
    allowance_end(&q, true, 1000, 101 * day); /* a fault takes of today, too */
    CHECK(q.left == 2 && q.daily == 2);
    allowance_renew(&q, 100 * day); /* the clock went back: nothing is given twice */
    CHECK(q.left == 2 && q.day == 101);
    allowance_take(&q, 103 * day);
    CHECK(q.left == 1 && q.day == 103);
    allowance_end(&q, false, 3, 103 * day);
    allowance_end(&q, false, 3, 103 * day);
    allowance_end(&q, false, 3, 103 * day);
    CHECK(q.left == 3 && q.daily == 3);
    allowance back = {100, 9, 10};
    allowance_give_back(&back, 100, 100 * day);
    allowance_give_back(&back, 100, 100 * day); /* never more than a day has */
    CHECK(back.left == 10 && back.daily == 10);
    allowance_take(&back, 100 * day);
    allowance_take(&back, 100 * day);
    allowance_give_back(&back, 99, 100 * day); /* of a day that is over */
    CHECK_EQ(back.left, 8);
    allowance_give_back(&back, 100, 101 * day);
    CHECK(back.left == 10 && back.day == 101);
    allowance one = {0, 1, 1};
    allowance_end(&one, true, 3, 0);
    CHECK(one.left == 1 && one.daily == 1); /* nobody is shut out for ever */
}

TEST(quota_halves_and_grows_by_one)
{
    CHECK_EQ(reputation_quota(100, true, 1000), 50);
    CHECK_EQ(reputation_quota(3, true, 1000), 1);
    CHECK_EQ(reputation_quota(1, true, 1000), 1);
    CHECK_EQ(reputation_quota(0, true, 1000), 1);
    CHECK_EQ(reputation_quota(1, false, 1000), 2);
    CHECK_EQ(reputation_quota(999, false, 1000), 1000);
    CHECK_EQ(reputation_quota(1000, false, 1000), 1000);
    CHECK_EQ(reputation_quota(2000, false, 1000), 1000); /* the setting was lowered */
    CHECK_EQ(reputation_quota(UINT32_MAX, false, UINT32_MAX), UINT32_MAX);
    CHECK_EQ(reputation_quota(UINT32_MAX, true, UINT32_MAX), UINT32_MAX / 2);
    CHECK_EQ(reputation_quota(5, false, 0), 1);
}

TEST(audit_rate_falls_with_clean_results)
{
    static const struct {
        uint64_t clean;
        uint32_t usual, want;
    } some[] = {{0, 100000, 1000000}, {9, 100000, 1000000}, {10, 100000, 250000},
                {49, 100000, 250000}, {50, 100000, 100000}, {UINT64_MAX, 100000, 100000},
                {10, 600000, 600000}, {50, 0, 0},           {9, 0, 1000000}};
    for (size_t i = 0; i < SP_COUNT(some); i++)
        CHECK_EQ(audit_rate_ppm(some[i].clean, some[i].usual), some[i].want);
}

TEST(audit_picks_by_the_hash)
{
    uint8_t salt[32];
    uuid task;
    for (unsigned i = 0; i < 32; i++) salt[i] = (uint8_t)i;
    CHECK(uuid_read(&task, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", 36) == SP_OK);
    /* SHA-256 of the 48 bytes begins with f2d4e18089ea9fa9: 948560 parts in a million and a bit. */
    CHECK(!audit_picks(salt, task, 948560) && audit_picks(salt, task, 948560 + 1));
    CHECK(!audit_picks(salt, task, 0) && audit_picks(salt, task, 1000000));
    salt[31] ^= 1;
    unsigned picked = 0;
    for (unsigned i = 0; i < 20000; i++) {
        task.b[15] = (uint8_t)i;
        task.b[14] = (uint8_t)(i >> 8);
        picked += audit_picks(salt, task, 100000);
    }
    CHECK(picked > 1850 && picked < 2150); /* 2000, and 3.5 deviations of 42 either way */
}
