/* amount.c - amounts as text, exact sums, shares and escrows. */
#include "market/amount.h"
#include "tests/market/vectors_amount.h"
#include "tests/test.h"

/* A number of a vector; false for "-". */
static bool number(u256 *out, const char *text)
{
    if (strcmp(text, "-") == 0) return false;
    if (amount_read(out, text, strlen(text)) != SP_OK) {
        printf("a vector is no amount: %s\n", text);
        abort();
    }
    return true;
}

static bool text_is(u256 a, const char *want)
{
    char text[U256_TEXT];
    u256_write_text(text, a);
    if (strcmp(text, want) != 0) printf("%s, not %s\n", text, want);
    return strcmp(text, want) == 0;
}

/* st and r are what the vector says: a number, or a failure that leaves r as it was (12345). */
static bool agrees(sp_status st, u256 r, const char *want)
{
    if (strcmp(want, "-") == 0) return st == SP_ERR_LIMIT && text_is(r, "12345");
    return st == SP_OK && text_is(r, want);
}

TEST(amount_split_adds_up_to_the_amount)
{
    for (size_t i = 0; i < SP_COUNT(splits); i++) {
        u256 z, sum;
        CHECK(number(&z, splits[i].z));
        const escrow_split s = escrow_split_of(z);
        CHECK(text_is(s.provider_payout, splits[i].payout));
        CHECK(text_is(s.gas_subsidy, splits[i].subsidy));
        CHECK(text_is(s.treasury_fee, splits[i].treasury));
        CHECK(amount_add(&sum, s.provider_payout, s.gas_subsidy) == SP_OK);
        CHECK(amount_add(&sum, sum, s.treasury_fee) == SP_OK && amount_cmp(sum, z) == 0);
    }
}

TEST(amount_split_of_a_whole_is_its_named_shares)
{
    const escrow_split s = escrow_split_of(amount_from_u64(AMOUNT_WHOLE));
    CHECK(amount_cmp(s.treasury_fee, amount_from_u64(AMOUNT_TREASURY)) == 0);
    CHECK(amount_cmp(s.gas_subsidy, amount_from_u64(AMOUNT_SUBSIDY)) == 0);
    CHECK(amount_cmp(s.provider_payout, amount_from_u64(AMOUNT_PROVIDER)) == 0);
}

TEST(amount_split_of_small_amounts)
{
    /* Z, payout, subsidy, treasury, by hand. */
    static const uint64_t by_hand[][4] = {
        {0, 0, 0, 0},
        {1, 1, 0, 0},
        {3, 3, 0, 0},
        {19, 17, 0, 2},
        {33, 30, 0, 3},
        {34, 29, 1, 4},
        {1000, 850, 30, 120},
        {9999, 8501, 299, 1199},
        {UINT64_C(1000000000000000000), UINT64_C(850000000000000000), UINT64_C(30000000000000000),
         UINT64_C(120000000000000000)},
    };
    for (size_t i = 0; i < SP_COUNT(by_hand); i++) {
        const escrow_split s = escrow_split_of(amount_from_u64(by_hand[i][0]));
        CHECK(amount_cmp(s.provider_payout, amount_from_u64(by_hand[i][1])) == 0);
        CHECK(amount_cmp(s.gas_subsidy, amount_from_u64(by_hand[i][2])) == 0);
        CHECK(amount_cmp(s.treasury_fee, amount_from_u64(by_hand[i][3])) == 0);
    }
}

TEST(amount_escrow_covers_what_is_asked)
{
    for (size_t i = 0; i < SP_COUNT(escrows); i++) {
        u256 x, z = amount_from_u64(12345);
        CHECK(number(&x, escrows[i].asked));
        const sp_status st = amount_escrow(&z, x);
        CHECK(agrees(st, z, escrows[i].escrow));
        if (st == SP_OK) CHECK(amount_cmp(escrow_split_of(z).provider_payout, x) >= 0);
    }
}

/* 0.85*Z >= X > 0.85*(Z-1), in whole numbers, for every small X; and the payout covers X. */
TEST(amount_escrow_is_exact_for_small_amounts)
{
    for (uint64_t x = 0; x < 50000; x++) {
        u256 z;
        CHECK(amount_escrow(&z, amount_from_u64(x)) == SP_OK && z.high == 0);
        const uint64_t v = (uint64_t)z.low;
        CHECK(v * 8500 >= x * 10000);
        CHECK(x == 0 ? v == 0 : (v - 1) * 8500 < x * 10000);
        CHECK(amount_cmp(escrow_split_of(z).provider_payout, amount_from_u64(x)) >= 0);
    }
}

TEST(amount_sums_are_exact_or_fail)
{
    u256 most;
    CHECK(number(&most, "1157920892373161954235709850086879078532699846656405640394575840079131296"
                        "39935"));
    for (size_t i = 0; i < SP_COUNT(sums); i++) {
        u256 a, b, r = amount_from_u64(12345);
        CHECK(number(&a, sums[i].a) && number(&b, sums[i].b));
        sp_status st = amount_add(&r, a, b);
        CHECK(agrees(st, r, sums[i].sum));
        const u256 capped = amount_add_capped(a, b);
        CHECK(st == SP_OK ? amount_cmp(capped, r) == 0 : amount_cmp(capped, most) == 0);
        r = amount_from_u64(12345);
        st = amount_sub(&r, a, b);
        CHECK(agrees(st, r, sums[i].difference));
        const int order = strcmp(sums[i].difference, "0") == 0   ? 0
                          : strcmp(sums[i].difference, "-") == 0 ? -1
                                                                 : 1;
        CHECK(amount_cmp(a, b) == order && amount_cmp(b, a) == -order);
    }
}

TEST(amount_scale_rounds_up_or_fails)
{
    for (size_t i = 0; i < SP_COUNT(scales); i++) {
        u256 a, f, d, r = amount_from_u64(12345);
        CHECK(number(&a, scales[i].a) && number(&f, scales[i].factor));
        CHECK(number(&d, scales[i].divisor));
        const sp_status st = amount_scale(&r, a, (uint64_t)f.low, (uint64_t)d.low);
        CHECK(agrees(st, r, scales[i].result));
    }
    u256 r = amount_from_u64(12345);
    CHECK(amount_scale(&r, r, 1, 0) == SP_ERR_ARG && text_is(r, "12345"));
    /* Rounded up past the end: ((2^256-1)*(2^64-1))/(2^64-1) fits, one part more does not. */
    u256 top;
    CHECK(number(&top, splits[20].z) && top.low == ~(u128)0 && top.high == ~(u128)0);
    CHECK(amount_scale(&r, top, UINT64_MAX, UINT64_MAX) == SP_OK && amount_cmp(r, top) == 0);
    CHECK(amount_scale(&r, top, UINT64_MAX, UINT64_MAX - 1) == SP_ERR_LIMIT);
}

TEST(amount_text_is_digits_alone)
{
    static const char *const bad[] = {"",    "00",  "01",   "-1",    "+1",    " 1",      "1 ",
                                      "1.0", "1e3", "0x10", "1_000", "1,000", "\xd9\xa1"};
    u256 a = amount_from_u64(12345);
    for (size_t i = 0; i < SP_COUNT(bad); i++)
        CHECK(amount_read(&a, bad[i], strlen(bad[i])) == SP_ERR_FORMAT && text_is(a, "12345"));
    CHECK(amount_read(&a, "1\0002", 3) == SP_ERR_FORMAT);
    for (unsigned c = 0; c < 256; c++) {
        const char text[2] = {'7', (char)c};
        CHECK((amount_read(&a, text, 2) == SP_OK) == (c >= '0' && c <= '9'));
    }
    CHECK(amount_read(&a, "0", 1) == SP_OK && amount_is_zero(a));
    CHECK(amount_read(&a, "123456", 3) == SP_OK && text_is(a, "123")); /* len, not a zero byte */
}

TEST(amount_text_ends_at_2_256)
{
    static const char *const top =
        "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    static const char *const one_more =
        "115792089237316195423570985008687907853269984665640564039457584007913129639936";
    char nines[401];
    u256 a;
    CHECK(amount_read(&a, top, strlen(top)) == SP_OK && ~a.low == 0 && ~a.high == 0);
    CHECK(text_is(a, top));
    CHECK(amount_read(&a, one_more, strlen(one_more)) == SP_ERR_LIMIT && text_is(a, top));
    memset(nines, '9', sizeof nines);
    for (size_t n = 78; n <= sizeof nines; n++) CHECK(amount_read(&a, nines, n) == SP_ERR_LIMIT);
    CHECK(amount_read(&a, nines, 77) == SP_OK);
    nines[400] = 'x';
    CHECK(amount_read(&a, nines, 401) == SP_ERR_FORMAT);
}
