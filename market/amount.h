/* amount.h - sums of money: numbers of 256 bits in the smallest unit (FRI), as the contract counts.
 *
 * As text an amount is decimal: digits alone, no sign, no leading zero; u256_write_text writes it.
 * Every operation is exact or fails: SP_ERR_LIMIT, output untouched, when the result is not in
 * 0..2^256-1. What a contract pays of an amount is escrow_split_of (starknet/escrow.h): treasury
 * and subsidy are rounded down and the provider has the rest, so that the three add up to the
 * amount. */
#ifndef MARKET_AMOUNT_H
#define MARKET_AMOUNT_H

#include "starknet/escrow.h"

/* The contract's shares, in parts of AMOUNT_WHOLE; the provider's is what they leave. */
#define AMOUNT_WHOLE 10000u
#define AMOUNT_TREASURY 1200u
#define AMOUNT_SUBSIDY 300u
#define AMOUNT_PROVIDER (AMOUNT_WHOLE - AMOUNT_TREASURY - AMOUNT_SUBSIDY)

SP_FN u256 amount_from_u64(uint64_t v)
{
    u256 a;
    a.low = v;
    a.high = 0;
    return a;
}
SP_FN bool amount_is_zero(u256 a) { return (a.low | a.high) == 0; }
/* -1, 0 or 1. */
SP_FN int amount_cmp(u256 a, u256 b)
{
    if (a.high != b.high) return a.high < b.high ? -1 : 1;
    return a.low == b.low ? 0 : a.low < b.low ? -1 : 1;
}

/* len characters, no zero byte needed. SP_ERR_FORMAT: not decimal digits, or a leading zero before
 * others. SP_ERR_LIMIT: a number of 2^256 or more. *out is untouched on failure. */
SP_MUST_USE sp_status amount_read(u256 *out, const char *text, size_t len);

SP_MUST_USE sp_status amount_add(u256 *out, u256 a, u256 b);
/* The sum, or 2^256-1 where it is more. */
u256 amount_add_capped(u256 a, u256 b);
SP_MUST_USE sp_status amount_sub(u256 *out, u256 a, u256 b);
/* a*factor/divisor, rounded up; the product has room. SP_ERR_ARG: divisor is 0. */
SP_MUST_USE sp_status amount_scale(u256 *out, u256 a, uint64_t factor, uint64_t divisor);

/* What must be escrowed so that the provider's share alone is asked or more:
 * ceil(asked*AMOUNT_WHOLE/AMOUNT_PROVIDER). One less is not enough for an exact share of 85 %. */
SP_MUST_USE sp_status amount_escrow(u256 *out, u256 asked);

#endif
