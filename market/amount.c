/* amount.c - exact arithmetic of 256-bit amounts. */
#include "market/amount.h"

#include <string.h>

sp_status amount_read(u256 *out, const char *text, size_t len)
{
    char digits[U256_TEXT];
    if (len == 0 || (len > 1 && text[0] == '0')) return SP_ERR_FORMAT;
    for (size_t i = 0; i < len; i++)
        if (text[i] < '0' || text[i] > '9') return SP_ERR_FORMAT;
    if (len > U256_TEXT - 1) return SP_ERR_LIMIT;
    memcpy(digits, text, len);
    digits[len] = 0;
    /* The digits are in order, so that only the size is left to be wrong. */
    return u256_read_text(out, digits) == SP_OK ? SP_OK : SP_ERR_LIMIT;
}

sp_status amount_add(u256 *out, u256 a, u256 b)
{
    u256 r;
    r.low = a.low + b.low;
    const u128 carry = r.low < a.low;
    r.high = a.high + b.high;
    if (r.high < a.high) return SP_ERR_LIMIT;
    r.high += carry;
    if (r.high < carry) return SP_ERR_LIMIT;
    *out = r;
    return SP_OK;
}

u256 amount_add_capped(u256 a, u256 b)
{
    u256 sum;
    if (amount_add(&sum, a, b) == SP_OK) return sum;
    sum.low = sum.high = ~(u128)0;
    return sum;
}

sp_status amount_sub(u256 *out, u256 a, u256 b)
{
    if (amount_cmp(a, b) < 0) return SP_ERR_LIMIT;
    u256 r;
    r.low = a.low - b.low;
    r.high = a.high - b.high - (a.low < b.low);
    *out = r;
    return SP_OK;
}

sp_status amount_scale(u256 *out, u256 a, uint64_t factor, uint64_t divisor)
{
    uint64_t v[5] = {(uint64_t)a.low, (uint64_t)(a.low >> 64), (uint64_t)a.high,
                     (uint64_t)(a.high >> 64), 0};
    if (divisor == 0) return SP_ERR_ARG;
    if ((v[1] | v[2] | v[3]) == 0) { /* most prices: the product fits in 128 bits */
        const u128 product = (u128)v[0] * factor;
        out->low = product / divisor + (product % divisor != 0); /* divisor 1: the rest is 0 */
        out->high = 0;
        return SP_OK;
    }
    u128 c = 0;
    for (unsigned i = 0; i < 5; i++) {
        c += (u128)v[i] * factor; /* < 2^128: (2^64-1)^2 + 2^64 */
        v[i] = (uint64_t)c;
        c >>= 64;
    }
    c = 0; /* the rest, below divisor before each limb */
    for (unsigned i = 5; i-- > 0;) {
        c = c << 64 | v[i];
        v[i] = (uint64_t)(c / divisor);
        c %= divisor;
    }
    if (v[4]) return SP_ERR_LIMIT;
    u256 r;
    r.low = (u128)v[1] << 64 | v[0];
    r.high = (u128)v[3] << 64 | v[2];
    if (c) SP_TRY(amount_add(&r, r, amount_from_u64(1)));
    *out = r;
    return SP_OK;
}

sp_status amount_escrow(u256 *out, u256 asked)
{
    return amount_scale(out, asked, AMOUNT_WHOLE, AMOUNT_PROVIDER);
}
