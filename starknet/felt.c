/* felt.c - the rest of felt252: constants, inverse, square root, bytes and text. */
#include "starknet/felt.h"

#include <string.h>

/* 2^256 mod P and 2^512 mod P; felt_montgomery_constants (tests) computes both by doubling. */
static const felt mont_one = {
    {0xffffffffffffffe1u, 0xffffffffffffffffu, 0xffffffffffffffffu, 0x07fffffffffffdf0u}};
static const felt mont_r2 = {
    {0xfffffd737e000401u, 0x00000001330fffffu, 0xffffffffff6f8000u, 0x07ffd4ab5e008810u}};

felt felt_one(void) { return mont_one; }

felt felt_from_u128(u128 v)
{
    felt a = {{(uint64_t)v, (uint64_t)(v >> 64), 0, 0}};
    return felt_mul(a, mont_r2);
}

felt felt_from_u64(uint64_t v) { return felt_from_u128(v); }

static felt sqr_n(felt a, unsigned n)
{
    while (n--) a = felt_sqr(a);
    return a;
}

/* P - 2 = (2^59 + 16)*2^192 + (2^192 - 1): the ones in eight blocks of 24. */
felt felt_inv(felt a)
{
    felt ones3 = felt_mul(sqr_n(felt_mul(felt_sqr(a), a), 1), a);
    felt ones6 = felt_mul(sqr_n(ones3, 3), ones3);
    felt ones12 = felt_mul(sqr_n(ones6, 6), ones6);
    felt ones24 = felt_mul(sqr_n(ones12, 12), ones12);
    felt r = sqr_n(felt_mul(sqr_n(a, 55), a), 4); /* a^((2^55 + 1)*16) */
    for (unsigned i = 0; i < 8; i++) r = felt_mul(sqr_n(r, 24), ones24);
    return r;
}

/* a^((P-1)/2) = a^((2^59 + 17)*2^191): 1 for squares, 0 for 0, -1 for the others. */
static felt legendre(felt a)
{
    felt top = felt_mul(sqr_n(felt_mul(sqr_n(a, 55), a), 4), a); /* 16*(2^55 + 1) + 1 */
    return sqr_n(top, 191);
}

/* Cipolla: with w = t^2 - a no square, (t + sqrt(w))^((P+1)/2) in the quadratic extension is a root
 * of a. P - 1 is divisible by 2^192, so that Tonelli-Shanks would need thousands of squarings. */
static felt cipolla(felt t, felt w)
{
    felt x = t, y = mont_one; /* the power so far, exponent 1: the leading bit of (P+1)/2 */
    /* (P+1)/2 = 2^250 + 17*2^191 + 1 */
    for (int bit = 249; bit >= 0; bit--) {
        felt xy = felt_mul(x, y);
        x = felt_add(felt_sqr(x), felt_mul(felt_sqr(y), w));
        y = felt_add(xy, xy);
        if (bit == 195 || bit == 191 || bit == 0) {
            felt nx = felt_add(felt_mul(x, t), felt_mul(y, w));
            y = felt_add(felt_mul(y, t), x);
            x = nx;
        }
    }
    return x;
}

sp_status felt_sqrt(felt *out, felt a)
{
    if (felt_is_zero(a)) {
        *out = a;
        return SP_OK;
    }
    if (!felt_eq(legendre(a), mont_one)) return SP_ERR_REJECT;
    /* Half of all t do; 128 failures in a row have no chance. */
    for (uint64_t i = 1; i <= 128; i++) {
        felt t = felt_from_u64(i), w = felt_sub(felt_sqr(t), a);
        if (felt_is_zero(w)) {
            *out = t;
            return SP_OK;
        }
        if (felt_eq(legendre(w), mont_one)) continue;
        felt y = cipolla(t, w);
        if (!felt_eq(felt_sqr(y), a)) break;
        *out = y;
        return SP_OK;
    }
    return SP_ERR_REJECT;
}

void felt_to_limbs(uint64_t v[4], felt a)
{
    const felt plain_one = {{1, 0, 0, 0}};
    felt r = felt_mul(a, plain_one);
    memcpy(v, r.l, sizeof r.l);
}

/* ~0 where v < P, 0 otherwise. */
static uint64_t below_p(const uint64_t v[4])
{
    const uint64_t p[4] = {1, 0, 0, FELT_P3};
    u128 borrow = 0;
    for (unsigned i = 0; i < 4; i++) borrow = (((u128)v[i] - p[i] - borrow) >> 64) & 1;
    return 0 - (uint64_t)borrow;
}

sp_status felt_from_limbs(felt *out, const uint64_t v[4])
{
    if (!below_p(v)) return SP_ERR_FORMAT;
    felt a;
    memcpy(a.l, v, sizeof a.l);
    *out = felt_mul(a, mont_r2);
    return SP_OK;
}

felt felt_reduce(const uint64_t v[4])
{
    /* v = high*2^128 + low; 2^128 is a felt, and both halves are below P. */
    const felt shift = felt_mul(felt_from_u64(UINT64_C(1) << 32), felt_from_u128((u128)1 << 96));
    felt high = felt_from_u128((u128)v[3] << 64 | v[2]),
         low = felt_from_u128((u128)v[1] << 64 | v[0]);
    return felt_add(felt_mul(high, shift), low);
}

static void limbs_from_bytes(uint64_t v[4], const uint8_t be[32])
{
    for (unsigned i = 0; i < 4; i++) {
        v[i] = 0;
        for (unsigned j = 0; j < 8; j++) v[i] = v[i] << 8 | be[8 * (3 - i) + j];
    }
}

sp_status felt_read(felt *out, const uint8_t be[FELT_BYTES])
{
    uint64_t v[4];
    limbs_from_bytes(v, be);
    return felt_from_limbs(out, v);
}

void felt_write(uint8_t be[FELT_BYTES], felt a)
{
    uint64_t v[4];
    felt_to_limbs(v, a);
    for (unsigned i = 0; i < 32; i++) be[i] = (uint8_t)(v[3 - i / 8] >> (56 - 8 * (i % 8)));
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

sp_status felt_read_hex(felt *out, const char *text, size_t len)
{
    uint64_t v[4] = {0, 0, 0, 0};
    if (len < 3 || len > 66 || text[0] != '0' || (text[1] != 'x' && text[1] != 'X'))
        return SP_ERR_FORMAT;
    for (size_t i = 2; i < len; i++) {
        int d = hex_digit(text[i]);
        if (d < 0) return SP_ERR_FORMAT;
        for (unsigned j = 3; j > 0; j--) v[j] = v[j] << 4 | v[j - 1] >> 60;
        v[0] = v[0] << 4 | (uint64_t)d;
    }
    return felt_from_limbs(out, v);
}

size_t felt_write_hex(char out[FELT_HEX], felt a)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t be[32];
    felt_write(be, a);
    unsigned first = 0; /* the first digit that is not zero; the last stays in any case */
    while (first < 63 && !(first % 2 ? be[first / 2] & 15 : be[first / 2] >> 4)) first++;
    size_t n = 0;
    out[n++] = '0';
    out[n++] = 'x';
    for (unsigned i = first; i < 64; i++)
        out[n++] = digits[i % 2 ? be[i / 2] & 15 : be[i / 2] >> 4];
    out[n] = 0;
    return n;
}

sp_status felt_to_u128(u128 *v, felt a)
{
    uint64_t l[4];
    felt_to_limbs(l, a);
    if (l[2] | l[3]) return SP_ERR_FORMAT;
    *v = (u128)l[1] << 64 | l[0];
    return SP_OK;
}

sp_status felt_to_u64(uint64_t *v, felt a)
{
    uint64_t l[4];
    felt_to_limbs(l, a);
    if (l[1] | l[2] | l[3]) return SP_ERR_FORMAT;
    *v = l[0];
    return SP_OK;
}
