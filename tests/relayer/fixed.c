/* fixed.c - powers and roots against exact numbers. */
#include "relayer/fixed.h"
#include "tests/relayer/vectors_reputation.h"
#include "tests/test.h"

TEST(fixed_powers_are_less_than_16_off)
{
    for (size_t i = 0; i < SP_COUNT(powers); i++) {
        const uint64_t got = fixed_exp2_neg(powers[i].x), want = powers[i].power;
        const uint64_t off = got > want ? got - want : want - got;
        if (off >= 16) printf("2^-%" PRIu64 ": %" PRIu64 " off\n", powers[i].x, off);
        CHECK(off < 16);
    }
    CHECK(fixed_exp2_neg(0) == FIXED_ONE && fixed_exp2_neg(UINT64_MAX) == 0);
}

TEST(fixed_powers_fall)
{
    uint64_t last = FIXED_ONE;
    for (uint64_t x = 1; x >> 62 == 0; x += 1 + x / 999) {
        const uint64_t v = fixed_exp2_neg(x);
        CHECK(v <= last + 16);
        last = v;
    }
}

TEST(fixed_square_root_is_the_floor)
{
    for (uint64_t v = 0; v < 70000; v++) {
        const uint64_t r = fixed_sqrt(v);
        CHECK(r * r <= v && (r + 1) * (r + 1) > v);
    }
    for (unsigned i = 0; i < 20000; i++) {
        const uint64_t r = ((uint64_t)test_rand() << 32 | test_rand()) >> test_rand() % 64;
        const u128 square = (u128)r * r;
        CHECK(fixed_sqrt(square) == r);
        CHECK(r == 0 || fixed_sqrt(square - 1) == r - 1);
        CHECK(fixed_sqrt(square + r) == r && fixed_sqrt(square + 2 * (u128)r) == r);
    }
    CHECK(fixed_sqrt(~(u128)0) == UINT64_MAX);
}
