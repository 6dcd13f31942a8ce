/* curve.c - complete addition on the Stark curve, and multiplication with a secret number. */
#include "starknet/curve.h"

/* A constant below P, limbs little endian. */
static felt constant(uint64_t l0, uint64_t l1, uint64_t l2, uint64_t l3)
{
    const uint64_t v[4] = {l0, l1, l2, l3};
    return felt_reduce(v);
}

/* beta = 0x06f21413efbe40de150e596d72f7a8c5609ad26c15c915c1f4cdfcb99cee9e89 (Starknet
 * documentation) */
static felt beta(void)
{
    return constant(0xf4cdfcb99cee9e89u, 0x609ad26c15c915c1u, 0x150e596d72f7a8c5u,
                    0x06f21413efbe40deu);
}

/* 3*beta in Montgomery form; curve_constants (tests) computes it from beta. */
static const felt beta3 = {
    {0xa0d9983720ce655eu, 0x3571d66a7002b012u, 0x029e5a007ec5ebd6u, 0x03ab942f465c6d7fu}};

/* The generator of the Starknet documentation. */
curve_point curve_generator(void)
{
    return curve_from_affine(constant(0x3d723d8bc943cfcau, 0xdeacfd9b0d1819e0u, 0x7beced415a40f0c7u,
                                      0x01ef15c18599971bu),
                             constant(0x2873000c36e8dc1fu, 0xde53ecd11abe43a3u, 0xb7be4801df46ec62u,
                                      0x005668060aa49730u));
}

curve_point curve_from_affine(felt x, felt y)
{
    curve_point p = {x, y, felt_one()};
    return p;
}

static felt right_side(felt x)
{
    return felt_add(felt_mul(felt_add(felt_sqr(x), felt_one()), x), beta());
}

bool curve_is_on(felt x, felt y) { return felt_eq(felt_sqr(y), right_side(x)); }

sp_status curve_lift_x(felt *y, felt x) { return felt_sqrt(y, right_side(x)); }

/* The common end of addition and doubling, from the products xx = x1*x2, yy, zz and the mixed sums
 * xy = x1*y2 + x2*y1, xz, yz. With a = 1:
 *   m = yy - xz - 3b*zz,  p = yy + xz + 3b*zz,  s = 3*xx + zz,  t = xx + 3b*xz - zz
 *   x = xy*m - yz*t,      y = p*m + s*t,        z = yz*p + xy*s */
SP_FN void combine(curve_point *out, felt xx, felt yy, felt zz, felt xy, felt xz, felt yz)
{
    /* Operands of products need not be reduced: m, p < 3P, s < 4P, t < 3P. */
    const felt c = felt_sum(xz, felt_mul(beta3, zz));
    const felt m = felt_difference(yy, c, 2), p = felt_sum(yy, c);
    const felt s = felt_sum(felt_sum(felt_sum(xx, xx), xx), zz);
    const felt t = felt_sum(felt_difference(xx, zz, 1), felt_mul(beta3, xz));
    out->x = felt_sub(felt_mul(xy, m), felt_mul(yz, t));
    out->y = felt_add(felt_mul(p, m), felt_mul(s, t));
    out->z = felt_add(felt_mul(yz, p), felt_mul(xy, s));
}

/* a1*b2 + a2*b1, given a1*a2 and b1*b2. */
SP_FN felt mixed(felt a1, felt b1, felt a2, felt b2, felt aa, felt bb)
{
    return felt_sub(felt_mul(felt_sum(a1, b1), felt_sum(a2, b2)), felt_add(aa, bb));
}

void curve_add(curve_point *out, const curve_point *a, const curve_point *b)
{
    felt xx = felt_mul(a->x, b->x), yy = felt_mul(a->y, b->y), zz = felt_mul(a->z, b->z);
    felt xy = mixed(a->x, a->y, b->x, b->y, xx, yy);
    felt xz = mixed(a->x, a->z, b->x, b->z, xx, zz);
    felt yz = mixed(a->y, a->z, b->y, b->z, yy, zz);
    combine(out, xx, yy, zz, xy, xz, yz);
}

void curve_add_affine(curve_point *out, const curve_point *a, const curve_affine_point *b)
{
    const felt xx = felt_mul(a->x, b->x), yy = felt_mul(a->y, b->y);
    const felt xy = mixed(a->x, a->y, b->x, b->y, xx, yy);
    const felt xz = felt_add(felt_mul(b->x, a->z), a->x), yz = felt_add(felt_mul(b->y, a->z), a->y);
    combine(out, xx, yy, a->z, xy, xz, yz);
}

void curve_double(curve_point *out, const curve_point *a)
{
    felt xy = felt_mul(a->x, a->y), xz = felt_mul(a->x, a->z), yz = felt_mul(a->y, a->z);
    combine(out, felt_sqr(a->x), felt_sqr(a->y), felt_sqr(a->z), felt_add(xy, xy), felt_add(xz, xz),
            felt_add(yz, yz));
}

void curve_neg(curve_point *out, const curve_point *a)
{
    *out = *a;
    out->y = felt_neg(a->y);
}

/* table[index], reading every entry. */
static void table_select(curve_point *out, const curve_point table[16], uint64_t index)
{
    *out = table[0];
    for (uint64_t i = 1; i < 16; i++) {
        uint64_t differ = i ^ index;                    /* 0..15 */
        uint64_t mask = 0 - (((differ - 1) >> 63) & 1); /* ~0 where differ is 0 */
        out->x = felt_select(mask, table[i].x, out->x);
        out->y = felt_select(mask, table[i].y, out->y);
        out->z = felt_select(mask, table[i].z, out->z);
    }
}

void curve_mul(curve_point *out, const uint64_t k[4], unsigned n_bits, const curve_point *p)
{
    curve_point table[16], acc, step; /* table[i] = i*p */
    table[0].x = table[0].z = felt_zero();
    table[0].y = felt_one();
    table[1] = *p;
    for (unsigned i = 2; i < 16; i++) curve_add(&table[i], &table[i - 1], p);
    acc = table[0];
    for (unsigned bit = n_bits; bit >= 4; bit -= 4) {
        for (unsigned i = 0; i < 4 && bit < n_bits; i++) curve_double(&acc, &acc);
        table_select(&step, table, k[(bit - 4) / 64] >> (bit - 4) % 64 & 15);
        curve_add(&acc, &acc, &step);
    }
    *out = acc;
    ct_wipe(&acc, sizeof acc);
    ct_wipe(&step, sizeof step);
}

sp_status curve_affine(felt *x, felt *y, const curve_point *p)
{
    bool infinite = felt_is_zero(p->z);
    SP_CT_PUBLIC(&infinite, sizeof infinite);
    if (infinite) return SP_ERR_REJECT;
    felt inv = felt_inv(p->z);
    *x = felt_mul(p->x, inv);
    if (y) *y = felt_mul(p->y, inv);
    return SP_OK;
}
