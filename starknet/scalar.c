/* scalar.c - Montgomery arithmetic modulo the order of the Stark curve. */
#include "starknet/scalar.h"

#include <string.h>

/* n = 0x0800000000000010ffffffffffffffffb781126dcae7b2321e66a241adc64d2f (Starknet documentation)
 */
static const uint64_t order[4] = {0x1e66a241adc64d2fu, 0xb781126dcae7b232u, 0xffffffffffffffffu,
                                  0x0800000000000010u};
/* -1/n mod 2^64 and 2^512 mod n; scalar_constants (tests) computes both. */
#define ORDER_NEG_INV UINT64_C(0xbb6b3c4ce8bde631)
static const scalar mont_r2 = {
    {0x6021b3f1ea1c688du, 0x509cf64d14ce60b9u, 0xbaf0ab4cf78bbabbu, 0x07d9e57c2333766eu}};

/* out = t - n and 0, or t and ~0 when that is negative. t < 2^256. */
static uint64_t sub_order(uint64_t out[4], const uint64_t t[4])
{
    u128 borrow = 0;
    for (unsigned i = 0; i < 4; i++) {
        u128 x = (u128)t[i] - order[i] - borrow;
        out[i] = (uint64_t)x;
        borrow = (x >> 64) & 1;
    }
    return 0 - (uint64_t)borrow;
}

/* t < 2n. */
static scalar reduce_once(const uint64_t t[4])
{
    scalar r;
    uint64_t d[4], keep = sub_order(d, t);
    SP_CT_HIDE(keep);
    for (unsigned i = 0; i < 4; i++) r.l[i] = (t[i] & keep) | (d[i] & ~keep);
    ct_wipe(d, sizeof d);
    return r;
}

/* a*b/2^256 mod n. */
static scalar mont_mul(const scalar *a, const scalar *b)
{
    uint64_t t[5] = {0, 0, 0, 0, 0};
    for (unsigned i = 0; i < 4; i++) {
        u128 c = 0;
        for (unsigned j = 0; j < 4; j++) {
            c += (u128)a->l[j] * b->l[i] + t[j];
            t[j] = (uint64_t)c;
            c >>= 64;
        }
        t[4] = (uint64_t)c;
        uint64_t m = t[0] * ORDER_NEG_INV;
        c = ((u128)m * order[0] + t[0]) >> 64;
        for (unsigned j = 1; j < 4; j++) {
            c += (u128)m * order[j] + t[j];
            t[j - 1] = (uint64_t)c;
            c >>= 64;
        }
        t[3] = (uint64_t)(c + t[4]); /* < 2n: no fifth limb */
    }
    scalar r = reduce_once(t);
    ct_wipe(t, sizeof t);
    return r;
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
    uint64_t t[4];
    u128 c = 0;
    for (unsigned i = 0; i < 4; i++) {
        c += (u128)a->l[i] + b->l[i];
        t[i] = (uint64_t)c;
        c >>= 64;
    }
    scalar r = reduce_once(t);
    ct_wipe(t, sizeof t);
    return r;
}

scalar scalar_mul(const scalar *a, const scalar *b)
{
    scalar m = mont_mul(a, b);
    return mont_mul(&m, &mont_r2);
}

scalar scalar_inv(const scalar *a)
{
    const uint64_t e[4] = {order[0] - 2, order[1], order[2], order[3]};
    const scalar one = {{1, 0, 0, 0}};
    scalar m = mont_mul(a, &mont_r2), r = m; /* the leading bit of the exponent, 251 */
    for (unsigned bit = 251; bit-- > 0;) {
        r = mont_mul(&r, &r);
        if (e[bit / 64] >> bit % 64 & 1) r = mont_mul(&r, &m); /* the exponent is public */
    }
    ct_wipe(&m, sizeof m);
    scalar out = mont_mul(&r, &one);
    ct_wipe(&r, sizeof r);
    return out;
}
