/* public_sum.c - see public_sum.h. Jacobian coordinates: fewer products than the complete formulas
 * of curve.h, and cases to be told apart. */
#include "starknet/public_sum.h"

#include <string.h>

/* (x/z^2, y/z^3); z = 0: infinity. */
typedef struct {
    felt x, y, z;
} jacobian;

/* p = 2p, for y^2 = x^3 + x + beta: with s = 4 x y^2 and m = 3 x^2 + z^4
 *   x' = m^2 - 2 s,  y' = m (s - x') - 8 y^4,  z' = 2 y z
 * which leaves infinity what it is. No point has y = 0: the order is odd. */
static void twice(jacobian *p)
{
    const felt xx = felt_sqr(p->x), y2 = felt_sum(p->y, p->y), yy = felt_sqr(p->y);
    const felt yy2 = felt_sum(yy, yy), yyyy4 = felt_sqr(yy2), xyy2 = felt_mul(p->x, yy2);
    const felt s = felt_add(xyy2, xyy2);
    const felt m = felt_sum(felt_sum(xx, xx), felt_sum(xx, felt_sqr(felt_sqr(p->z)))); /* < 4P */
    p->z = felt_mul(y2, p->z);
    p->x = felt_sub(felt_sqr(m), felt_add(s, s));
    p->y = felt_sub(felt_mul(m, felt_difference(s, p->x, 1)), felt_add(yyyy4, yyyy4));
}

/* The end of additions: u1 and s1 are the coordinates of p, and h and r what those of the other
 * have more, all in the scale of the product of both z's, which is z3/h. */
static void finish(jacobian *p, const felt *u1, const felt *s1, const felt *h, const felt *r)
{
    const felt hh = felt_sqr(*h), hhh = felt_mul(*h, hh), v = felt_mul(*u1, hh);
    p->x = felt_sub(felt_sqr(*r), felt_add(hhh, felt_add(v, v)));
    p->y = felt_sub(felt_mul(*r, felt_difference(v, p->x, 1)), felt_mul(*s1, hhh));
}

/* Where both have the same x: the double, or infinity. */
static void meet(jacobian *p, const felt *r)
{
    if (felt_is_zero(*r))
        twice(p);
    else
        p->z = felt_zero();
}

/* p += (x, y), negated when asked. */
static void add_affine(jacobian *p, const curve_affine_point *q, bool negated)
{
    const felt qy = negated ? felt_neg(q->y) : q->y;
    if (felt_is_zero(p->z)) {
        p->x = q->x;
        p->y = qy;
        p->z = felt_one();
        return;
    }
    const felt zz = felt_sqr(p->z), h = felt_sub(felt_mul(q->x, zz), p->x),
               r = felt_sub(felt_mul(felt_mul(qy, zz), p->z), p->y), u1 = p->x, s1 = p->y;
    if (felt_is_zero(h)) {
        meet(p, &r);
        return;
    }
    p->z = felt_mul(p->z, h);
    finish(p, &u1, &s1, &h, &r);
}

/* p += q, negated when asked. */
static void add(jacobian *p, const jacobian *q, bool negated)
{
    const felt qy = negated ? felt_neg(q->y) : q->y;
    if (felt_is_zero(q->z)) return;
    if (felt_is_zero(p->z)) {
        *p = *q;
        p->y = qy;
        return;
    }
    const felt zz = felt_sqr(p->z), qzz = felt_sqr(q->z), u1 = felt_mul(p->x, qzz),
               s1 = felt_mul(p->y, felt_mul(qzz, q->z)), h = felt_sub(felt_mul(q->x, zz), u1),
               r = felt_sub(felt_mul(qy, felt_mul(zz, p->z)), s1);
    if (felt_is_zero(h)) {
        meet(p, &r);
        return;
    }
    p->z = felt_mul(felt_mul(p->z, q->z), h);
    finish(p, &u1, &s1, &h, &r);
}

static jacobian infinity(void)
{
    const jacobian p = {felt_one(), felt_one(), felt_zero()};
    return p;
}

/* u*G: a multiple of the table for each digit, no doubling. */
static jacobian generator_times(const scalar *u)
{
    int8_t digit[GENERATOR_DIGITS];
    jacobian p = infinity();
    generator_digits(digit, u);
    for (unsigned i = 0; i < GENERATOR_DIGITS; i++) {
        const int d = digit[i];
        add_affine(&p, &generator_row(i)[(d < 0 ? -d : d) / 2], d < 0);
    }
    return p;
}

#define NAF_DIGITS 257 /* of a number below 2^256 */

/* k as the sum of digit[i]*2^i, each 0 or odd and between -15 and 15, with at least four zeros
 * behind each that is not 0. k < 2^252. Returns how many digits there are. */
static unsigned naf(int8_t digit[NAF_DIGITS], const scalar *number)
{
    uint64_t k[4] = {number->l[0], number->l[1], number->l[2], number->l[3]};
    unsigned n = 0;
    while (k[0] | k[1] | k[2] | k[3]) {
        int d = 0;
        if (k[0] & 1) {
            const uint64_t low = k[0] & 31;
            d = low < 16 ? (int)low : (int)low - 32;
            k[0] -= low;
            if (low >= 16) limbs_add(k, 32, 0, 0, 0); /* k - d: below 2^252 + 2^5 */
        }
        digit[n++] = (int8_t)d; /* -15..15 */
        for (unsigned i = 0; i < 4; i++)
            k[i] = k[i] >> 1 | (i < 3 ? k[i + 1] << 63 : 0); /* k is even here */
    }
    return n;
}

/* v*(x, y) */
static jacobian times(const scalar *v, felt x, felt y)
{
    int8_t digit[NAF_DIGITS];
    jacobian odd[8], two = {x, y, felt_one()}, p = infinity();
    const unsigned n = naf(digit, v);
    odd[0] = two;
    twice(&two);
    for (unsigned i = 1; i < 8; i++) {
        odd[i] = odd[i - 1];
        add(&odd[i], &two, false);
    }
    for (unsigned i = n; i-- > 0;) {
        const int d = digit[i];
        twice(&p);
        if (d != 0) add(&p, &odd[(d < 0 ? -d : d) / 2], d < 0);
    }
    return p;
}

static bool has_x(const jacobian *p, felt x)
{
    return !felt_is_zero(p->z) && felt_eq(p->x, felt_mul(x, felt_sqr(p->z)));
}

public_sum public_sum_has_x(const scalar *u, const scalar *v, felt x, felt y, felt r)
{
    const jacobian a = generator_times(u), b = times(v, x, y);
    jacobian plus = a, minus = a;
    add(&plus, &b, false);
    add(&minus, &b, true);
    const public_sum is = {has_x(&plus, r), has_x(&minus, r)};
    return is;
}
