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
