/* generator.c - see generator.h. */
#include "starknet/generator.h"

#include "starknet/curve_multiples.h"

_Static_assert(SP_COUNT(curve_multiples) == GENERATOR_DIGITS, "a row for each digit");

void generator_digits(int8_t digit[GENERATOR_DIGITS], const scalar *k)
{
    uint64_t v[4] = {k->l[0], k->l[1], k->l[2], k->l[3]};
    uint64_t even = (k->l[0] & 1) - 1; /* ~0 where it is */
    SP_CT_HIDE(even);
    limbs_add(v, even & SCALAR_ORDER_0, even & SCALAR_ORDER_1, even & SCALAR_ORDER_2,
              even & SCALAR_ORDER_3); /* odd, below 2^253 */
    for (unsigned i = 0; i + 1 < GENERATOR_DIGITS; i++) {
        /* v = 32 u + low: the digit low - 16 leaves 32 u + 16, of which the 16th part is odd. */
        digit[i] = (int8_t)((int)(v[0] & 31) - 16);
        v[0] = (v[0] & ~UINT64_C(31)) | 16;
        v[0] = v[0] >> 4 | v[1] << 60;
        v[1] = v[1] >> 4 | v[2] << 60;
        v[2] = v[2] >> 4 | v[3] << 60;
        v[3] >>= 4;
    }
    digit[GENERATOR_DIGITS - 1] = (int8_t)v[0]; /* 1 or 3: what 252 bits leave, made odd */
    ct_wipe(v, sizeof v);
}

const curve_affine_point *generator_row(unsigned i) { return curve_multiples[i]; }

/* digit times the row's first, reading every entry. */
static void row_select(curve_affine_point *out, const curve_affine_point row[8], int digit)
{
    uint64_t negative = 0 - ((uint64_t)(int64_t)digit >> 63);
    const uint64_t size = ((uint64_t)(int64_t)digit ^ negative) - negative; /* 1, 3, .. 15 */
    *out = row[0];
    for (uint64_t j = 1; j < 8; j++) {
        const uint64_t differ = j ^ size >> 1;                /* 0..7 */
        const uint64_t mask = 0 - (((differ - 1) >> 63) & 1); /* ~0 where differ is 0 */
        out->x = felt_select(mask, row[j].x, out->x);
        out->y = felt_select(mask, row[j].y, out->y);
    }
    out->y = felt_select(negative, felt_neg(out->y), out->y);
}

void generator_mul(curve_point *out, const scalar *k)
{
    int8_t digit[GENERATOR_DIGITS];
    curve_affine_point step;
    generator_digits(digit, k);
    row_select(&step, curve_multiples[0], digit[0]);
    *out = curve_from_affine(step.x, step.y);
    for (unsigned i = 1; i < GENERATOR_DIGITS; i++) {
        row_select(&step, curve_multiples[i], digit[i]);
        curve_add_affine(out, out, &step);
    }
    ct_wipe(digit, sizeof digit);
    ct_wipe(&step, sizeof step);
}
