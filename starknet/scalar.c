/* scalar.c - Montgomery arithmetic modulo the order of the Stark curve. */
#include "starknet/scalar.h"

#include <string.h>

/* n = 0x0800000000000010ffffffffffffffffb781126dcae7b2321e66a241adc64d2f (Starknet documentation)
 */
static const uint64_t order[4] = {SCALAR_ORDER_0, SCALAR_ORDER_1, SCALAR_ORDER_2, SCALAR_ORDER_3};
/* -1/n mod 2^64 and 2^512 mod n; scalar_constants (tests) computes both. */
#define ORDER_NEG_INV UINT64_C(0xbb6b3c4ce8bde631)
static const scalar mont_r2 = {
    {0x6021b3f1ea1c688du, 0x509cf64d14ce60b9u, 0xbaf0ab4cf78bbabbu, 0x07d9e57c2333766eu}};

/* out = t - n and 0, or t and ~0 when that is negative. t < 2^256. */
static uint64_t sub_order(uint64_t out[4], const uint64_t t[4])
{
    memcpy(out, t, 4 * sizeof *out);
    return limbs_sub(out, order[0], order[1], order[2], order[3]);
}

/* t < 2n. Limbs that are in no array of ours but the result's are left to the compiler. */
SP_FN scalar reduce_once(uint64_t t0, uint64_t t1, uint64_t t2, uint64_t t3)
{
    const uint64_t t[4] = {t0, t1, t2, t3};
    scalar r = {{t0, t1, t2, t3}};
    limbs_select(r.l,
                 limbs_sub(r.l, SCALAR_ORDER_0, SCALAR_ORDER_1, SCALAR_ORDER_2, SCALAR_ORDER_3), t);
    return r;
}

/* t = (t + a*b)/2^64 mod n: below 2n again, and so of four limbs. */
SP_FN void mont_step(uint64_t t[4], const scalar *a, uint64_t b)
{
    uint64_t c = 0, d = 0;
    t[0] = limbs_mac(a->l[0], b, t[0], &c);
    t[1] = limbs_mac(a->l[1], b, t[1], &c);
    t[2] = limbs_mac(a->l[2], b, t[2], &c);
    t[3] = limbs_mac(a->l[3], b, t[3], &c);
    const uint64_t m = t[0] * ORDER_NEG_INV;
    (void)limbs_mac(m, SCALAR_ORDER_0, t[0], &d);
    t[0] = limbs_mac(m, SCALAR_ORDER_1, t[1], &d);
    t[1] = limbs_mac(m, SCALAR_ORDER_2, t[2], &d);
    t[2] = limbs_mac(m, SCALAR_ORDER_3, t[3], &d);
    t[3] = c + d;
}

/* *out = a*b/2^256 mod n; out may be one of them. */
static void mont_mul(scalar *out, const scalar *a, const scalar *b)
{
    uint64_t t[4] = {0, 0, 0, 0};
    mont_step(t, a, b->l[0]);
    mont_step(t, a, b->l[1]);
    mont_step(t, a, b->l[2]);
    mont_step(t, a, b->l[3]);
    *out = reduce_once(t[0], t[1], t[2], t[3]);
}

sp_status scalar_read(scalar *out, const uint8_t be[32])
{
    uint64_t v[4], d[4];
    for (unsigned i = 0; i < 4; i++) {
        v[i] = 0;
        for (unsigned j = 0; j < 8; j++) v[i] = v[i] << 8 | be[8 * (3 - i) + j];
    }
    bool below = sub_order(d, v) != 0;
    SP_CT_PUBLIC(&below, sizeof below); /* a number that is refused is no key */
    if (below) memcpy(out->l, v, sizeof v);
    ct_wipe(v, sizeof v);
    ct_wipe(d, sizeof d);
    return below ? SP_OK : SP_ERR_FORMAT;
}

void scalar_write(uint8_t be[32], const scalar *a)
{
    for (unsigned i = 0; i < 32; i++) be[i] = (uint8_t)(a->l[3 - i / 8] >> (56 - 8 * (i % 8)));
}

sp_status scalar_from_felt(scalar *out, felt a)
{
    uint8_t be[32];
    felt_write(be, a);
    return scalar_read(out, be);
}

felt scalar_to_felt(const scalar *a) { return felt_reduce(a->l); }

bool scalar_is_zero(const scalar *a) { return (a->l[0] | a->l[1] | a->l[2] | a->l[3]) == 0; }

bool scalar_below_2_251(const scalar *a) { return a->l[3] >> 59 == 0; }

scalar scalar_add(const scalar *a, const scalar *b)
{
    uint64_t t[4] = {a->l[0], a->l[1], a->l[2], a->l[3]};
    limbs_add(t, b->l[0], b->l[1], b->l[2], b->l[3]);
    const scalar r = reduce_once(t[0], t[1], t[2], t[3]);
    ct_wipe(t, sizeof t);
    return r;
}

scalar scalar_mul(const scalar *a, const scalar *b)
{
    scalar m;
    mont_mul(&m, a, b);
    mont_mul(&m, &m, &mont_r2);
    return m;
}

scalar scalar_inv(const scalar *a)
{
    const uint64_t e[4] = {order[0] - 2, order[1], order[2], order[3]};
    const scalar one = {{1, 0, 0, 0}};
    scalar m, r;
    mont_mul(&m, a, &mont_r2);
    r = m; /* the leading bit of the exponent, 251 */
    for (unsigned bit = 251; bit-- > 0;) {
        mont_mul(&r, &r, &r);
        if (e[bit / 64] >> bit % 64 & 1) mont_mul(&r, &r, &m); /* the exponent is public */
    }
    ct_wipe(&m, sizeof m);
    mont_mul(&r, &r, &one);
    return r;
}
