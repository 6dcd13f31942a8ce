/* estimate.c - rows, times and prices against plain definitions, quotes that add up. */
#include "relayer/estimate.h"
#include "tests/test.h"

static u256 amount(const char *text)
{
    u256 a = {0, 0};
    if (amount_read(&a, text, strlen(text)) != SP_OK) test_failed = 1;
    return a;
}

TEST(estimate_rows_are_tables_and_a_share_of_the_cycles)
{
    static const struct {
        uint64_t cycles, tables;
        uint32_t per_1000;
        uint64_t rows;
    } some[] = {{0, 270336, 1100, 270336},
                {1, 270336, 1100, 270338},
                {1000, 270336, 1100, 271436},
                {1001, 0, 1000, 1001},
                {1001, 5, 1550, 1557},
                {1, 0, 1, 1},
                {UINT64_C(1) << 61, 7, 1000, (UINT64_C(1) << 61) + 7},
                {UINT64_C(1) << 62, 0, 1000, UINT64_C(1) << 62}};
    uint64_t rows = 7;
    for (size_t i = 0; i < SP_COUNT(some); i++) {
        CHECK(estimate_rows(&rows, some[i].cycles, some[i].tables, some[i].per_1000) == SP_OK);
        CHECK_EQ(rows, some[i].rows);
    }
    rows = 7;
    CHECK(estimate_rows(&rows, (UINT64_C(1) << 62) + 1, 0, 1000) == SP_ERR_LIMIT && rows == 7);
    CHECK(estimate_rows(&rows, UINT64_C(1) << 62, 1, 1000) == SP_ERR_LIMIT && rows == 7);
    CHECK(estimate_rows(&rows, UINT64_MAX, UINT64_MAX, UINT32_MAX) == SP_ERR_LIMIT && rows == 7);
    CHECK_EQ(estimate_rows_per_1000(2), 1100);
    CHECK_EQ(estimate_rows_per_1000(1), 1550);
    CHECK_EQ(ESTIMATE_TABLE_ROWS, 262144 + 4096 + 4096);
}

TEST(estimate_price_rounds_up)
{
    static const struct {
        const char *base, *per_mcycle;
        uint64_t rows;
        const char *price;
    } some[] = {
        {"0", "0", 1024, "0"},
        {"5", "0", 1024, "5"},
        {"5", "1", 1, "6"},
        {"5", "1", 1000000, "6"},
        {"5", "1", 1000001, "7"},
        {"0", "1000000000000000000", 1048576, "1048576000000000000"},
        {"1", "340282366920938463463374607431768211456", 1 << 20,
         "356811923176489970264571492362373784097"},
        /* 2^256 - 1 = base + 1 */
        {"115792089237316195423570985008687907853269984665640564039457584007913129639934", "1", 1,
         "115792089237316195423570985008687907853269984665640564039457584007913129639935"},
    };
    u256 price;
    for (size_t i = 0; i < SP_COUNT(some); i++) {
        CHECK(estimate_price(&price, amount(some[i].base), amount(some[i].per_mcycle),
                             some[i].rows) == SP_OK);
        CHECK(amount_cmp(price, amount(some[i].price)) == 0);
    }
    const u256 top = amount(some[7].price);
    CHECK(estimate_price(&price, top, amount("1"), 1) == SP_ERR_LIMIT);
    CHECK(estimate_price(&price, amount("0"), top, 1000001) == SP_ERR_LIMIT);
    CHECK(estimate_price(&price, amount("0"), top, 1000000) == SP_OK);
    CHECK(amount_cmp(price, top) == 0);
}

TEST(estimate_time_is_two_rounded_quotients)
{
    static const struct {
        uint64_t exec, prove, cycles, rows, ms;
    } some[] = {
        {1000000, 1000, 1000000, 1000, 2000},
        {1000000, 1000, 1, 1, 2},
        {3, 7, 10, 10, 3334 + 1429},
        {1000, 1000, 0, 0, 0},
        {0, 1000, 1, 1, UINT64_MAX},
        {1000, 0, 1, 1, UINT64_MAX},
        {1, 1, UINT64_MAX, 1, UINT64_MAX},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, 2000},
        {1000, 1000, UINT64_C(1) << 61, 1000, (UINT64_C(1) << 61) + 1000},
        {1000, 1000, UINT64_C(1) << 62, 1000, UINT64_MAX},
    };
    for (size_t i = 0; i < SP_COUNT(some); i++) {
        const estimate_speed v = {some[i].exec, some[i].prove};
        CHECK_EQ(estimate_time_ms(v, some[i].cycles, some[i].rows), some[i].ms);
    }
}

static bool adds_up(const estimate_quote *q)
{
    u256 sum;
    if (amount_add(&sum, q->treasury_fee, q->gas_subsidy) != SP_OK) return false;
    if (amount_cmp(sum, q->network_fee) != 0) return false;
    if (amount_add(&sum, q->compute_cost, q->network_fee) != SP_OK) return false;
    return amount_cmp(sum, q->total) == 0;
}

TEST(estimate_quote_adds_up_and_covers)
{
    for (uint64_t x = 0; x < 30000; x++) {
        const u256 asked = amount_from_u64(x);
        estimate_quote q;
        u256 more;
        CHECK(estimate_quote_of(&q, asked) == SP_OK && adds_up(&q));
        CHECK(amount_sub(&more, q.compute_cost, asked) == SP_OK);
        CHECK(amount_cmp(more, amount_from_u64(2)) <= 0);
    }
    /* 0.85 STRK asked are one STRK escrowed. */
    estimate_quote q;
    CHECK(estimate_quote_of(&q, amount("850000000000000000")) == SP_OK);
    CHECK(amount_cmp(q.compute_cost, amount("850000000000000000")) == 0);
    CHECK(amount_cmp(q.network_fee, amount("150000000000000000")) == 0);
    CHECK(amount_cmp(q.treasury_fee, amount("120000000000000000")) == 0);
    CHECK(amount_cmp(q.gas_subsidy, amount("30000000000000000")) == 0);
    CHECK(amount_cmp(q.total, amount("1000000000000000000")) == 0);
    const estimate_quote before = q;
    CHECK(estimate_quote_of(&q, (u256){~(u128)0, ~(u128)0}) == SP_ERR_LIMIT);
    CHECK(memcmp(&before, &q, sizeof q) == 0);
}

TEST(estimate_percentile_is_the_nearest_rank)
{
    uint64_t times[250];
    u256 prices[250];
    for (size_t n = 1; n <= 250; n++) {
        for (unsigned percent = 1; percent <= 100; percent++) {
            /* 1..n in some order: the value is its place. */
            const size_t step = n % 7 ? 7 : n % 11 ? 11 : 13;
            for (size_t i = 0; i < n; i++) {
                times[i] = (i * step) % n + 1;
                prices[i] = (u256){0, (i * step) % n + 1};
            }
            uint64_t want = 1;
            while (want * 100 < n * percent) want++;
            CHECK_EQ(estimate_percentile_time(times, n, percent), want);
            const u256 p = estimate_percentile_price(prices, n, percent);
            CHECK(p.low == 0 && p.high == want);
            if (n > 20 && percent % 10) percent += 7;
        }
    }
}
