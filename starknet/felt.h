/* felt.h - the field of Starknet: integers modulo P = 2^251 + 17*2^192 + 1.
 *
 * A felt is held in Montgomery form x*2^256 mod P, as four little-endian 64-bit limbs, always below
 * P: equal values have equal limbs. add, sub, neg, mul, sqr, inv, select, read of bytes and write
 * of bytes take a time that does not depend on the values; sqrt, comparison and hexadecimal text do
 * not promise that and are for public values. */
#ifndef STARKNET_FELT_H
#define STARKNET_FELT_H

#include "starknet/ct.h"

__extension__ typedef unsigned __int128 u128;

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

/* low + high*2^64 = a*b + c + *carry, which is below 2^128; high becomes the carry. The steps below
 * are written out, without loops: compilers then keep the limbs in registers. */
SP_FN uint64_t felt_mac(uint64_t a, uint64_t b, uint64_t c, uint64_t *carry)
{
    u128 x = (u128)a * b + c + *carry;
    *carry = (uint64_t)(x >> 64);
    return (uint64_t)x;
}
SP_FN uint64_t felt_adc(uint64_t a, uint64_t b, uint64_t *carry)
{
    u128 x = (u128)a + b + *carry;
    *carry = (uint64_t)(x >> 64);
    return (uint64_t)x;
}
/* a - b - *borrow; *borrow is 0 or 1. */
SP_FN uint64_t felt_sbb(uint64_t a, uint64_t b, uint64_t *borrow)
{
    u128 x = (u128)a - b - *borrow;
    *borrow = (uint64_t)(x >> 64) & 1;
    return (uint64_t)x;
}

/* t - P where that is not negative, else t. t < 2P. */
SP_FN felt felt_reduce_once(uint64_t t0, uint64_t t1, uint64_t t2, uint64_t t3)
{
    felt r;
    uint64_t borrow = 0;
    r.l[0] = felt_sbb(t0, 1, &borrow);
    r.l[1] = felt_sbb(t1, 0, &borrow);
    r.l[2] = felt_sbb(t2, 0, &borrow);
    r.l[3] = felt_sbb(t3, FELT_P3, &borrow);
    uint64_t keep = 0 - borrow;
    SP_CT_HIDE(keep);
    r.l[0] ^= (r.l[0] ^ t0) & keep;
    r.l[1] ^= (r.l[1] ^ t1) & keep;
    r.l[2] ^= (r.l[2] ^ t2) & keep;
    r.l[3] ^= (r.l[3] ^ t3) & keep;
    return r;
}

SP_FN felt felt_add(felt a, felt b)
{
    uint64_t c = 0;
    uint64_t t0 = felt_adc(a.l[0], b.l[0], &c), t1 = felt_adc(a.l[1], b.l[1], &c);
    uint64_t t2 = felt_adc(a.l[2], b.l[2], &c), t3 = a.l[3] + b.l[3] + c;
    return felt_reduce_once(t0, t1, t2, t3); /* < 2P < 2^253 */
}
SP_FN felt felt_sub(felt a, felt b)
{
    felt r;
    uint64_t borrow = 0, c = 0;
    r.l[0] = felt_sbb(a.l[0], b.l[0], &borrow);
    r.l[1] = felt_sbb(a.l[1], b.l[1], &borrow);
    r.l[2] = felt_sbb(a.l[2], b.l[2], &borrow);
    r.l[3] = felt_sbb(a.l[3], b.l[3], &borrow);
    uint64_t mask = 0 - borrow; /* P is added where the difference is negative */
    SP_CT_HIDE(mask);
    r.l[0] = felt_adc(r.l[0], mask & 1, &c);
    r.l[1] = felt_adc(r.l[1], 0, &c);
    r.l[2] = felt_adc(r.l[2], 0, &c);
    r.l[3] += (mask & FELT_P3) + c;
    return r;
}
/* t = (t + a*b)/2^64 mod P, t of four limbs. Since P = 1 mod 2^64, the multiple of P that clears
 * the lowest limb v is m = -v mod 2^64, and its limbs 1 and 2 are zero: v + m is 0 with a carry
 * unless v is 0. With a < P and t < 2P the result is below 2P: (2P + 2^64*P + 2^64*P)/2^64. */
SP_FN void felt_mul_step(uint64_t t[4], const felt *a, uint64_t b)
{
    uint64_t c = 0, d;
    uint64_t v = felt_mac(a->l[0], b, t[0], &c);
    t[0] = felt_mac(a->l[1], b, t[1], &c);
    t[1] = felt_mac(a->l[2], b, t[2], &c);
    t[2] = felt_mac(a->l[3], b, t[3], &c);
    uint64_t m = 0 - v;
    d = (v | m) >> 63; /* 1 unless v is 0 */
    t[0] = felt_adc(t[0], 0, &d);
    t[1] = felt_adc(t[1], 0, &d);
    t[2] = felt_mac(m, FELT_P3, t[2], &d);
    t[3] = c + d;
}
/* Montgomery product a*b/2^256 mod P. */
SP_FN felt felt_mul(felt a, felt b)
{
    uint64_t t[4] = {0, 0, 0, 0};
    felt_mul_step(t, &a, b.l[0]);
    felt_mul_step(t, &a, b.l[1]);
    felt_mul_step(t, &a, b.l[2]);
    felt_mul_step(t, &a, b.l[3]);
    return felt_reduce_once(t[0], t[1], t[2], t[3]);
}
SP_FN felt felt_sqr(felt a) { return felt_mul(a, a); }
SP_FN felt felt_zero(void)
{
    const felt r = {{0, 0, 0, 0}};
    return r;
}
SP_FN felt felt_neg(felt a) { return felt_sub(felt_zero(), a); }
/* a where mask is ~0, b where it is 0. */
SP_FN felt felt_select(uint64_t mask, felt a, felt b)
{
    felt r;
    SP_CT_HIDE(mask);
    r.l[0] = b.l[0] ^ ((a.l[0] ^ b.l[0]) & mask);
    r.l[1] = b.l[1] ^ ((a.l[1] ^ b.l[1]) & mask);
    r.l[2] = b.l[2] ^ ((a.l[2] ^ b.l[2]) & mask);
    r.l[3] = b.l[3] ^ ((a.l[3] ^ b.l[3]) & mask);
    return r;
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
