/* limit.c - buckets against counting, and a table that attackers fill. */
#include "relayer/limit.h"
#include "tests/test.h"

#define SECOND UINT64_C(1000000000)
static const uint8_t secret[16] = {1, 2, 3};

/* A bucket as one would count it: parts of a token of which period_ns make one. */
typedef struct {
    uint64_t level, at_ns;
} counted;

static bool take_counted(counted *c, limit_policy p, uint32_t cost, uint64_t now_ns)
{
    const uint64_t full = p.period_ns * p.burst;
    c->level = c->level + (now_ns - c->at_ns) < full ? c->level + (now_ns - c->at_ns) : full;
    c->at_ns = now_ns;
    if (c->level < cost * p.period_ns) return false;
    c->level -= cost * p.period_ns;
    return true;
}

TEST(limit_is_a_token_bucket)
{
    for (unsigned round = 0; round < 200; round++) {
        limiter l;
        const limit_policy p = {1 + test_rand() % (round % 2 ? 20 : 100000000),
                                1 + test_rand() % 40};
        uint64_t now = 1 + test_rand();
        counted c = {p.period_ns * p.burst, now};
        unsigned allowed = 0;
        CHECK(limit_init(&l, 8, secret) == SP_OK);
        for (unsigned i = 0; i < 300; i++) {
            const uint32_t cost = test_rand() % 8 ? 1 : test_rand() % (p.burst + 1);
            now += test_rand() % 3 ? test_rand() % (2 * p.period_ns) : 0;
            const bool want = take_counted(&c, p, cost, now);
            const limit_answer a = limit_take(&l, p, "key", 3, cost, now);
            CHECK(a.allowed == want);
            CHECK_EQ(a.remaining, c.level / p.period_ns);
            CHECK_EQ(a.reset_ns, p.period_ns * p.burst - c.level);
            CHECK_EQ(a.retry_ns, want ? 0 : cost * p.period_ns - c.level);
            allowed += want;
        }
        CHECK(allowed > 0);
        limit_free(&l);
    }
}

TEST(limit_retry_is_when_it_is_allowed)
{
    limiter l;
    const limit_policy p = limit_rate(20, SECOND, 40);
    CHECK(p.period_ns == 50000000);
    CHECK(limit_init(&l, 8, secret) == SP_OK);
    for (unsigned i = 0; i < 40; i++) {
        const limit_answer a = limit_take(&l, p, "k", 1, 1, 5);
        CHECK(a.allowed && a.remaining == 39 - i && a.retry_ns == 0);
    }
    const limit_answer a = limit_take(&l, p, "k", 1, 1, 5);
    CHECK(!a.allowed && a.remaining == 0 && a.retry_ns == 50000000 && a.reset_ns == 2 * SECOND);
    CHECK(!limit_take(&l, p, "k", 1, 1, 5 + a.retry_ns - 1).allowed);
    CHECK(limit_take(&l, p, "k", 1, 1, 5 + a.retry_ns).allowed);
    CHECK(limit_take(&l, p, "other", 5, 1, 5).remaining == 39);
    /* More than a full bucket is never there; looking takes nothing. */
    const limit_answer never = limit_take(&l, p, "x", 1, 41, 5);
    CHECK(!never.allowed && never.retry_ns == UINT64_MAX && never.remaining == 40);
    CHECK(limit_take(&l, p, "x", 1, 0, 5).remaining == 40);
    CHECK(limit_take(&l, p, "x", 1, 40, 5).allowed);
    CHECK(limit_take(&l, p, "x", 1, 0, 5).allowed && !limit_take(&l, p, "x", 1, 1, 5).allowed);
    limit_free(&l);
}

TEST(limit_seconds_are_rounded_up)
{
    CHECK(limit_seconds(0) == 0 && limit_seconds(1) == 1 && limit_seconds(SECOND) == 1);
    CHECK(limit_seconds(SECOND + 1) == 2);
    CHECK_EQ(limit_seconds(UINT64_MAX), UINT64_C(18446744074));
}

TEST(limit_blocks_for_a_time)
{
    limiter l;
    const limit_policy p = limit_rate(10, 60 * SECOND, 10);
    const uint64_t now = 77 * SECOND, five = 300 * SECOND;
    CHECK(limit_init(&l, 8, secret) == SP_OK);
    limit_block(&l, p, "a", 1, five, now);
    CHECK(limit_take(&l, p, "a", 1, 1, now).retry_ns == five);
    CHECK(!limit_take(&l, p, "a", 1, 1, now + five - 1).allowed);
    limit_block(&l, p, "a", 1, SECOND, now); /* does not shorten */
    CHECK(!limit_take(&l, p, "a", 1, 1, now + five - 1).allowed);
    CHECK(limit_take(&l, p, "a", 1, 1, now + five).allowed);
    CHECK(!limit_take(&l, p, "a", 1, 1, now + five).allowed); /* one token alone */
    CHECK(limit_take(&l, p, "b", 1, 1, now).remaining == 9);
    limit_free(&l);
}

TEST(limit_memory_is_bounded_and_the_worst_are_remembered)
{
    limiter l;
    const limit_policy p = limit_rate(1, SECOND, 5);
    const uint64_t now = SECOND;
    CHECK(limit_init(&l, 64, secret) == SP_OK);
    const limit_slot *const slots = l.slots;
    limit_block(&l, p, "blocked", 7, 300 * SECOND, now);
    for (unsigned i = 0; i < 5; i++) CHECK(limit_take(&l, p, "greedy", 6, 1, now).allowed);
    for (uint32_t i = 0; i < 100000; i++) /* an attacker's keys: each takes one token */
        CHECK(limit_take(&l, p, &i, sizeof i, 1, now).allowed);
    CHECK(l.slots == slots && l.n == 64);
    CHECK(l.forgotten >= 100000 - 64 && l.forgotten <= 100000);
    CHECK(!limit_take(&l, p, "blocked", 7, 1, now + 299 * SECOND).allowed);
    CHECK(!limit_take(&l, p, "greedy", 6, 1, now).allowed);
    limit_free(&l);
}

TEST(limit_full_buckets_free_their_place)
{
    limiter l;
    const limit_policy p = limit_rate(1, SECOND, 5);
    CHECK(limit_init(&l, 8, secret) == SP_OK);
    for (uint64_t i = 0; i < 10000; i++) /* 7 keys are under way at a time */
        CHECK(limit_take(&l, p, &i, sizeof i, 1, i * (SECOND / 7)).allowed);
    CHECK(l.forgotten == 0);
    for (uint64_t i = 0; i < 8; i++)
        CHECK(limit_take(&l, p, &i, sizeof i, 5, 10000 * SECOND).allowed);
    CHECK(l.forgotten == 0);
    for (uint64_t i = 0; i < 8; i++)
        CHECK(!limit_take(&l, p, &i, sizeof i, 1, 10000 * SECOND).allowed);
    CHECK(limit_take(&l, p, "ninth", 5, 1, 10000 * SECOND).allowed && l.forgotten == 1);
    limit_free(&l);
}

/* What one request stands for beyond the bucket is waited for by the next. */
TEST(limit_owe_goes_below_nothing)
{
    limiter l;
    const limit_policy p = limit_rate(10, SECOND, 5);
    CHECK(limit_init(&l, 8, secret) == SP_OK);
    CHECK(limit_take(&l, p, "k", 1, 1, SECOND).remaining == 4);
    limit_owe(&l, p, "k", 1, 0, SECOND);
    CHECK(limit_take(&l, p, "k", 1, 0, SECOND).remaining == 4);
    limit_owe(&l, p, "k", 1, 19, SECOND); /* 15 below nothing */
    const limit_answer a = limit_take(&l, p, "k", 1, 1, SECOND);
    CHECK(!a.allowed && a.remaining == 0 && a.retry_ns == 16 * SECOND / 10);
    CHECK(!limit_take(&l, p, "k", 1, 1, SECOND + 16 * SECOND / 10 - 1).allowed);
    CHECK(limit_take(&l, p, "k", 1, 1, SECOND + 16 * SECOND / 10).allowed);
    limit_owe(&l, p, "new", 3, 2, SECOND);
    CHECK(limit_take(&l, p, "new", 3, 0, SECOND).remaining == 3);
    limit_free(&l);
}

TEST(limit_init_wants_a_power_of_two)
{
    limiter l;
    static const size_t bad[] = {0, 1, 4, 7, 9, 24, 1000};
    for (size_t i = 0; i < SP_COUNT(bad); i++)
        CHECK(limit_init(&l, bad[i], secret) == SP_ERR_ARG && l.slots == NULL);
    limit_free(&l);
    limit_free(&l);
}

/* Every place is used: keys spread over the sets. */
TEST(limit_keys_spread)
{
    limiter l;
    const limit_policy p = limit_rate(1, SECOND, 5);
    CHECK(limit_init(&l, 1 << 12, secret) == SP_OK);
    for (uint32_t i = 0; i < 1 << 11; i++) (void)limit_take(&l, p, &i, sizeof i, 1, 1);
    CHECK(l.forgotten < 100); /* half full: sets of 8 with 4 on average, above 8 with 2 % */
    limit_free(&l);
}

TEST(limit_address_is_its_network)
{
    static const uint8_t a[4] = {192, 0, 2, 1}, b[4] = {192, 0, 2, 254}, c[4] = {192, 0, 3, 1};
    static const uint8_t mapped[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 9};
    uint8_t six[16] = {0x20, 1, 0xd, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    uint8_t x[LIMIT_ADDRESS], y[LIMIT_ADDRESS];
    CHECK(limit_address(x, a, 4) == 4 && limit_address(y, b, 4) == 4);
    CHECK_BYTES(x, y, 4);
    CHECK(limit_address(y, mapped, 16) == 4);
    CHECK_BYTES(x, y, 4);
    CHECK(limit_address(y, c, 4) == 4 && memcmp(x, y, 4) != 0);
    CHECK(limit_address(x, six, 16) == 8);
    six[7] ^= 1; /* bits 57 and on do not count */
    CHECK(limit_address(y, six, 16) == 8);
    CHECK_BYTES(x, y, 8);
    six[6] ^= 1;
    CHECK(limit_address(y, six, 16) == 8 && memcmp(x, y, 8) != 0);
    CHECK(limit_address(x, a, 5) == 0 && limit_address(x, a, 0) == 0);
}
