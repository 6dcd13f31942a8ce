/* fixed.c - see fixed.h. */
#include "relayer/fixed.h"

#define FRACTION_BITS 56
#define TABLE_BITS 6

uint64_t fixed_exp2_neg(uint64_t x)
{
    /* floor(2^62 * 2^-(2^-k)), k = 1..6 */
    static const uint64_t root[TABLE_BITS] = {
        UINT64_C(0x2d413cccfe779921), UINT64_C(0x35d13f32b5a75abd), UINT64_C(0x3ab031b9f7490e4b),
        UINT64_C(0x3d495f454921b30b), UINT64_C(0x3ea0ecb6dc8a80ce), UINT64_C(0x3f4f83033d21b05d)};
    const uint64_t ln2 = UINT64_C(0x2c5c85fdf473de6a); /* floor(2^62 * ln 2) */
    const uint64_t whole = x >> FRACTION_BITS;
    if (whole >= 63) return 0;
    uint64_t v = FIXED_ONE;
    for (unsigned k = 0; k < TABLE_BITS; k++)
        if (x >> (FRACTION_BITS - 1 - k) & 1) v = fixed_mul(v, root[k]);
    /* What is left is y = r*ln 2 < ln 2/64 < 0.011; e^-y = 1 - y(1 - y/2(1 - y/3(...))) is cut
     * after y^8/8!, and y^9/9! < 2^-76. */
    const uint64_t r = x & ((UINT64_C(1) << (FRACTION_BITS - TABLE_BITS)) - 1);
    const uint64_t y = fixed_mul(r << (62 - FRACTION_BITS), ln2);
    uint64_t sum = FIXED_ONE;
    for (unsigned n = 8; n > 0; n--) sum = FIXED_ONE - fixed_mul(y, sum) / n;
    return fixed_mul(v, sum) >> whole;
}

uint64_t fixed_sqrt(u128 v)
{
    uint64_t root = 0;
    for (unsigned bit = 64; bit-- > 0;) {
        const uint64_t tried = root | UINT64_C(1) << bit;
        if ((u128)tried * tried <= v) root = tried;
    }
    return root;
}
