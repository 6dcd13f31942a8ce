/* util.c - see util.h. */
#include "tests/starknet/util.h"

felt felt_of(const char *text)
{
    u256 a;
    felt f = felt_zero();
    uint64_t v[4] = {0};
    if (u256_read_text(&a, text) == SP_OK) {
        v[0] = (uint64_t)a.low;
        v[1] = (uint64_t)(a.low >> 64);
        v[2] = (uint64_t)a.high;
        v[3] = (uint64_t)(a.high >> 64);
        if (felt_from_limbs(&f, v) == SP_OK) return f;
    }
    printf("%s is no felt\n", text);
    test_failed = 1;
    return f;
}

felt felt_random(void)
{
    uint64_t v[4];
    for (unsigned i = 0; i < 4; i++) v[i] = (uint64_t)test_rand() << 32 | test_rand();
    return felt_reduce(v);
}

felt felt_random_edge(void)
{
    felt top = felt_reduce((const uint64_t[4]){0, 0, 0, UINT64_C(1) << 59});
    switch (test_rand() % 32) {
    case 0: return felt_zero();
    case 1: return felt_one();
    case 2: return felt_from_u64(2);
    case 3: return felt_neg(felt_one());
    case 4: return felt_neg(felt_from_u64(2));
    case 5: return top;
    case 6: return felt_sub(top, felt_one());
    case 7: return felt_reduce((const uint64_t[4]){0, 0, 1, 0});
    default: return felt_random();
    }
}
