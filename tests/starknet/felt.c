/* felt.c - the field: constants, edges, text, and GMP as an independent opinion. */
#include "tests/starknet/util.h"

TEST(felt_montgomery_constants)
{
    /* 2^256 and 2^512 by doubling 1 in the plain sense: limbs of Montgomery forms are integers. */
    felt one = felt_one(), x = {{1, 0, 0, 0}};
    for (unsigned i = 0; i < 256; i++) x = felt_add(x, x);
    CHECK(felt_eq(x, one));
    for (unsigned i = 0; i < 256; i++) x = felt_add(x, x);
    felt y;
    const uint64_t one_limbs[4] = {1, 0, 0, 0};
    CHECK(felt_from_limbs(&y, one_limbs) == SP_OK && felt_eq(y, one));
    const felt plain = {{1, 0, 0, 0}};
    CHECK(felt_eq(felt_mul(x, plain), one)); /* 2^512/2^256 */
}

/* Random, or with all bits, or none. */
static uint64_t limb_random(void)
{
    const uint64_t r = (uint64_t)test_rand() << 32 | test_rand();
    return r % 4 == 0 ? 0 : r % 4 == 1 ? UINT64_MAX : r;
}

TEST(limbs_are_the_portable_ones)
{
    for (unsigned i = 0; i < 100000; i++) {
        uint64_t a[6], t[4], u[4], sum[3], same[3];
        for (unsigned k = 0; k < 6; k++) a[k] = limb_random();
        for (unsigned k = 0; k < 4; k++) t[k] = u[k] = limb_random();
        uint64_t c = a[3], d = a[3];
        CHECK(limbs_mac(a[0], a[1], a[2], &c) == limbs_mac_portable(a[0], a[1], a[2], &d));
        CHECK(c == d);
        for (unsigned k = 0; k < 3; k++) sum[k] = same[k] = limb_random();
        sum[2] = same[2] = i;
        limbs_mad(sum, a[4], a[5]);
        limbs_mad_portable(same, a[4], a[5]);
        CHECK_BYTES(sum, same, sizeof sum);
        limbs_add(t, a[0], a[1], a[2], a[3]);
        limbs_add_portable(u, a[0], a[1], a[2], a[3]);
        CHECK_BYTES(t, u, sizeof t);
        const uint64_t mask = limbs_sub(t, a[3], a[4], a[5], a[0]);
        CHECK(mask == limbs_sub_portable(u, a[3], a[4], a[5], a[0]) && mask + 1 <= 1);
        CHECK_BYTES(t, u, sizeof t);
    }
}

TEST(felt_products_of_unreduced_sums_are_canonical)
{
    const felt four = felt_from_u64(4);
    for (unsigned i = 0; i < 20000; i++) {
        const felt a = felt_random_edge(), b = felt_random_edge();
        CHECK(felt_eq(felt_sqr(a), felt_mul(a, a)));
        /* 5 a, below 5P; b - 4 a + 4 P, below 5P. */
        const felt a2 = felt_sum(a, a), a4 = felt_sum(a2, a2), a5 = felt_sum(a4, a),
                   d = felt_difference(b, a4, 4);
        const felt a5r = felt_add(felt_mul(four, a), a), dr = felt_sub(b, felt_mul(four, a));
        CHECK(felt_eq(felt_mul(a5, d), felt_mul(a5r, dr)));
        CHECK(felt_eq(felt_sqr(a5), felt_mul(a5r, a5r)));
        CHECK(felt_eq(felt_sqr(d), felt_mul(dr, dr)));
    }
}

TEST(felt_bytes_are_canonical)
{
    uint8_t p[32] = {8, 0, 0, 0, 0, 0, 0, 17}, out[32];
    felt f = felt_one();
    p[31] = 1; /* P */
    CHECK(felt_read(&f, p) == SP_ERR_FORMAT && felt_eq(f, felt_one()));
    p[31] = 2;
    CHECK(felt_read(&f, p) == SP_ERR_FORMAT);
    p[0] = 0x18;
    CHECK(felt_read(&f, p) == SP_ERR_FORMAT);
    p[0] = 8;
    p[31] = 0; /* P - 1 */
    CHECK(felt_read(&f, p) == SP_OK && felt_eq(f, felt_neg(felt_one())));
    felt_write(out, f);
    CHECK_BYTES(out, p, 32);
    memset(p, 0xff, 32);
    CHECK(felt_read(&f, p) == SP_ERR_FORMAT);
}

TEST(felt_text_is_shortest)
{
    static const char *const same[] = {
        "0x0",
        "0x1",
        "0xf",
        "0x10",
        "0x123",
        "0xffffffffffffffffffffffffffffffff",
        "0x800000000000011000000000000000000000000000000000000000000000000"};
    char out[FELT_HEX];
    felt f;
    for (size_t i = 0; i < SP_COUNT(same); i++) {
        CHECK(felt_read_hex(&f, same[i], strlen(same[i])) == SP_OK);
        CHECK_EQ(felt_write_hex(out, f), strlen(same[i]));
        CHECK(!strcmp(out, same[i]));
    }
    CHECK(felt_read_hex(&f, "0x00aB", 6) == SP_OK && felt_eq(f, felt_from_u64(0xab)));
    CHECK(felt_read_hex(&f, "0X00ab", 6) == SP_OK);
    static const char *const bad[] = {
        "",
        "0",
        "0x",
        "x1",
        "1",
        "0xg",
        "0x1 ",
        " 0x1",
        "-0x1",
        "0x-1",
        "0x800000000000011000000000000000000000000000000000000000000000001", /* P */
        "0x1800000000000011000000000000000000000000000000000000000000000000",
        "0x00000000000000000000000000000000000000000000000000000000000000001"};
    f = felt_one();
    for (size_t i = 0; i < SP_COUNT(bad); i++)
        CHECK(felt_read_hex(&f, bad[i], strlen(bad[i])) == SP_ERR_FORMAT && felt_eq(f, felt_one()));
    for (unsigned i = 0; i < 1000; i++) {
        felt a = felt_random_edge();
        size_t n = felt_write_hex(out, a);
        CHECK(n == strlen(out) && (n == 3 || out[2] != '0'));
        CHECK(felt_read_hex(&f, out, n) == SP_OK && felt_eq(f, a));
    }
}

TEST(felt_field_laws)
{
    for (unsigned i = 0; i < 2000; i++) {
        felt a = felt_random_edge(), b = felt_random_edge(), c = felt_random_edge();
        CHECK(felt_eq(felt_mul(a, felt_add(b, c)), felt_add(felt_mul(a, b), felt_mul(a, c))));
        CHECK(felt_eq(felt_sub(felt_add(a, b), b), a));
        CHECK(felt_is_zero(felt_add(a, felt_neg(a))));
        CHECK(felt_eq(felt_select(~UINT64_C(0), a, b), a) && felt_eq(felt_select(0, a, b), b));
        if (i < 200) CHECK(felt_eq(felt_mul(a, felt_inv(a)), felt_is_zero(a) ? a : felt_one()));
    }
}

TEST(felt_sqrt_finds_roots_of_squares_only)
{
    unsigned squares = 0;
    for (unsigned i = 0; i < 100; i++) {
        felt a = felt_random_edge(), y = felt_zero();
        CHECK(felt_sqrt(&y, felt_sqr(a)) == SP_OK);
        CHECK(felt_eq(y, a) || felt_eq(y, felt_neg(a)));
        /* 3 is no square modulo P: it generates the multiplicative group. */
        felt no = felt_mul(felt_sqr(a), felt_from_u64(3));
        if (!felt_is_zero(no)) CHECK(felt_sqrt(&y, no) == SP_ERR_REJECT);
        squares += felt_sqrt(&y, felt_random()) == SP_OK;
    }
    CHECK(squares > 20 && squares < 80);
}

TEST(felt_reduces_any_256_bits)
{
    const uint64_t all[4] = {~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0)};
    const uint64_t p[4] = {1, 0, 0, FELT_P3};
    felt two256 = felt_one();
    for (unsigned i = 0; i < 256; i++) two256 = felt_add(two256, two256);
    CHECK(felt_eq(felt_reduce(all), felt_sub(two256, felt_one())));
    CHECK(felt_is_zero(felt_reduce(p)));
}

TEST(felt_small_numbers_fit_or_not)
{
    uint64_t v = 7;
    u128 w = 7;
    u128 big = (u128)1 << 64;
    CHECK(felt_to_u64(&v, felt_from_u64(~UINT64_C(0))) == SP_OK && v == ~UINT64_C(0));
    CHECK(felt_to_u64(&v, felt_from_u128(big)) == SP_ERR_FORMAT && v == ~UINT64_C(0));
    CHECK(felt_to_u128(&w, felt_from_u128(~(u128)0)) == SP_OK && w == ~(u128)0);
    CHECK(felt_to_u128(&w, felt_add(felt_from_u128(~(u128)0), felt_one())) == SP_ERR_FORMAT);
    CHECK(felt_to_u128(&w, felt_neg(felt_one())) == SP_ERR_FORMAT);
}
