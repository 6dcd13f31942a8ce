/* felt.h - the field of Starknet: integers modulo P = 2^251 + 17*2^192 + 1.
 *
 * A felt is held in Montgomery form x*2^256 mod P, as four little-endian 64-bit limbs, always below
 * P: equal values have equal limbs. add, sub, neg, mul, sqr, inv, select, read of bytes and write
 * of bytes take a time that does not depend on the values; sqrt, comparison and hexadecimal text do
 * not promise that and are for public values. */
#ifndef STARKNET_FELT_H
#define STARKNET_FELT_H

#include "starknet/limbs.h"

typedef struct {
    uint64_t l[4];
} felt;

/* n felts of the caller's; v may be NULL when n is 0. */
typedef struct {
    const felt *v;
    size_t n;
} felt_span;

#define FELT_P3 UINT64_C(0x0800000000000011) /* P = FELT_P3*2^192 + 1: limbs 1, 0, 0, FELT_P3 */
#define FELT_BYTES 32
#define FELT_HEX 66 /* "0x", up to 63 digits, and the zero byte */

/* v modulo P. v < 2P. */
SP_FN felt felt_reduce_once(felt v)
{
    felt r = v;
    limbs_select(r.l, limbs_sub(r.l, 1, 0, 0, FELT_P3), v.l);
    return r;
}
SP_FN felt felt_add(felt a, felt b)
{
    limbs_add(a.l, b.l[0], b.l[1], b.l[2], b.l[3]);
    return felt_reduce_once(a); /* < 2P < 2^253 */
}
/* P is added where the difference is negative. */
SP_FN felt felt_sub(felt a, felt b)
{
    const uint64_t mask = limbs_sub(a.l, b.l[0], b.l[1], b.l[2], b.l[3]);
    limbs_add(a.l, mask & 1, 0, 0, mask & FELT_P3);
    return a;
}

/* Sums that are not reduced, for operands of products alone: 32 P < 2^256. a + b, and a - b + k*P,
 * which must not be negative; k <= 16. */
SP_FN felt felt_sum(felt a, felt b)
{
    limbs_add(a.l, b.l[0], b.l[1], b.l[2], b.l[3]);
    return a;
}
SP_FN felt felt_difference(felt a, felt b, unsigned k)
{
    limbs_add(a.l, k, 0, 0, k * FELT_P3); /* < 2^256: no carry beyond */
    (void)limbs_sub(a.l, b.l[0], b.l[1], b.l[2], b.l[3]);
    return a;
}

/* *out is the lowest limb of a sum, which goes on by one limb. */
SP_FN void felt_column(uint64_t *out, uint64_t sum[3])
{
    *out = sum[0];
    sum[0] = sum[1];
    sum[1] = sum[2];
    sum[2] = 0;
}
/* t = a*b, column by column. */
SP_FN void felt_product(uint64_t t[8], const felt *a, const felt *b)
{
    uint64_t sum[3] = {0, 0, 0};
    limbs_mad(sum, a->l[0], b->l[0]);
    felt_column(&t[0], sum);
    limbs_mad(sum, a->l[0], b->l[1]);
    limbs_mad(sum, a->l[1], b->l[0]);
    felt_column(&t[1], sum);
    limbs_mad(sum, a->l[0], b->l[2]);
    limbs_mad(sum, a->l[1], b->l[1]);
    limbs_mad(sum, a->l[2], b->l[0]);
    felt_column(&t[2], sum);
    limbs_mad(sum, a->l[0], b->l[3]);
    limbs_mad(sum, a->l[1], b->l[2]);
    limbs_mad(sum, a->l[2], b->l[1]);
    limbs_mad(sum, a->l[3], b->l[0]);
    felt_column(&t[3], sum);
    limbs_mad(sum, a->l[1], b->l[3]);
    limbs_mad(sum, a->l[2], b->l[2]);
    limbs_mad(sum, a->l[3], b->l[1]);
    felt_column(&t[4], sum);
    limbs_mad(sum, a->l[2], b->l[3]);
    limbs_mad(sum, a->l[3], b->l[2]);
    felt_column(&t[5], sum);
    limbs_mad(sum, a->l[3], b->l[3]);
    t[6] = sum[0];
    t[7] = sum[1];
}
/* t = a*a. With a = a0 + B*h the double of a0*B*h is a0*(2 B h), and so on. a < 2^255. */
SP_FN void felt_square(uint64_t t[8], const felt *a)
{
    const uint64_t a0 = a->l[0], a1 = a->l[1], a2 = a->l[2], a3 = a->l[3];
    const uint64_t twice1 = a1 << 1, twice2 = a2 << 1, twice3 = a3 << 1;
    const uint64_t from1 = twice2 | a1 >> 63, from2 = twice3 | a2 >> 63; /* limbs of 2*a */
    uint64_t sum[3] = {0, 0, 0};
    limbs_mad(sum, a0, a0);
    felt_column(&t[0], sum);
    limbs_mad(sum, a0, twice1);
    felt_column(&t[1], sum);
    limbs_mad(sum, a0, from1);
    limbs_mad(sum, a1, a1);
    felt_column(&t[2], sum);
    limbs_mad(sum, a0, from2);
    limbs_mad(sum, a1, twice2);
    felt_column(&t[3], sum);
    limbs_mad(sum, a1, from2);
    limbs_mad(sum, a2, a2);
    felt_column(&t[4], sum);
    limbs_mad(sum, a2, twice3);
    felt_column(&t[5], sum);
    limbs_mad(sum, a3, a3);
    t[6] = sum[0];
    t[7] = sum[1];
}
/* t/2^256 mod P, below P when t < 2^256*P and below 2^256 in any case. P = 1 mod 2^64, so that the
 * lowest limb v of t is cleared by subtracting v*P, which leaves the two limbs above as they are:
 * the four multipliers are t[0], t[1], t[2] and what is left of t[3]. Their products with P are
 * less than 2^256*P together, so that the difference of the upper halves is above -P. */
SP_FN felt felt_montgomery(const uint64_t t[8])
{
    uint64_t c = 0;
    const uint64_t low = limbs_mac(t[0], FELT_P3, 0, &c), v3 = t[3] - low;
    c += t[3] < low; /* < 2^60: no carry */
    const uint64_t s0 = limbs_mac(t[1], FELT_P3, 0, &c), s1 = limbs_mac(t[2], FELT_P3, 0, &c),
                   s2 = limbs_mac(v3, FELT_P3, 0, &c);
    felt r = {{t[4], t[5], t[6], t[7]}};
    const uint64_t mask = limbs_sub(r.l, s0, s1, s2, c);
    limbs_add(r.l, mask & 1, 0, 0, mask & FELT_P3);
    return r;
}
/* Montgomery product a*b/2^256 mod P, for operands whose product is below 2^256*P, as that of felts
 * is, and of unreduced sums up to 5P (25 P^2 < 2^256*P). */
SP_FN felt felt_mul(felt a, felt b)
{
    uint64_t t[8];
    felt_product(t, &a, &b);
    return felt_montgomery(t);
}
SP_FN felt felt_sqr(felt a)
{
    uint64_t t[8];
    felt_square(t, &a);
    return felt_montgomery(t);
}
SP_FN felt felt_zero(void)
{
    const felt r = {{0, 0, 0, 0}};
    return r;
}
SP_FN felt felt_neg(felt a) { return felt_sub(felt_zero(), a); }
/* a where mask is ~0, b where it is 0. */
SP_FN felt felt_select(uint64_t mask, felt a, felt b)
{
    SP_CT_HIDE(mask);
    limbs_select(b.l, mask, a.l);
    return b;
}
SP_FN bool felt_is_zero(felt a) { return (a.l[0] | a.l[1] | a.l[2] | a.l[3]) == 0; }
SP_FN bool felt_eq(felt a, felt b)
{
    return ((a.l[0] ^ b.l[0]) | (a.l[1] ^ b.l[1]) | (a.l[2] ^ b.l[2]) | (a.l[3] ^ b.l[3])) == 0;
}

felt felt_one(void);
felt felt_from_u64(uint64_t v);
felt felt_from_u128(u128 v);
/* 1/a; 0 for 0. a^(P-2). */
felt felt_inv(felt a);
/* A root y of y*y = a, either of the two. SP_ERR_REJECT and *y untouched: a is not a square. */
SP_MUST_USE sp_status felt_sqrt(felt *y, felt a);

/* The value 0..P-1 as little-endian limbs, and back. from_limbs: SP_ERR_FORMAT when v >= P. */
void felt_to_limbs(uint64_t v[4], felt a);
SP_MUST_USE sp_status felt_from_limbs(felt *out, const uint64_t v[4]);
/* v modulo P, for any 256-bit v. */
felt felt_reduce(const uint64_t v[4]);

/* 32 bytes, big endian. read: SP_ERR_FORMAT when the value is not below P; then *out is untouched.
 */
SP_MUST_USE sp_status felt_read(felt *out, const uint8_t be[FELT_BYTES]);
void felt_write(uint8_t be[FELT_BYTES], felt a);
/* "0x" or "0X" and 1 to 64 hexadecimal digits of a value below P; len bytes, no zero byte needed.
 * Else SP_ERR_FORMAT and *out untouched. Leading zeros are taken: nodes and wallets send them. */
SP_MUST_USE sp_status felt_read_hex(felt *out, const char *text, size_t len);
/* The one shortest form, which strict nodes require: "0x0", else no leading zero, lower case.
 * Returns the length without the zero byte. */
size_t felt_write_hex(char out[FELT_HEX], felt a);

/* Whether the value fits, and the value: SP_ERR_FORMAT and *v untouched otherwise. */
SP_MUST_USE sp_status felt_to_u64(uint64_t *v, felt a);
SP_MUST_USE sp_status felt_to_u128(u128 *v, felt a);

#endif
