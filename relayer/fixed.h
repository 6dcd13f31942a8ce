/* fixed.h - powers of two with a fraction, and square roots, in whole numbers: the same on every
 * machine, with errors that are known. */
#ifndef RELAYER_FIXED_H
#define RELAYER_FIXED_H

#include "starknet/felt.h"

#define FIXED_ONE (UINT64_C(1) << 62)

/* 2^-(x/2^56)*2^62, less than 16 off: 2^-58. */
uint64_t fixed_exp2_neg(uint64_t x);
/* floor(a*b/2^62), b <= FIXED_ONE. */
SP_FN uint64_t fixed_mul(uint64_t a, uint64_t b) { return (uint64_t)((u128)a * b >> 62); }
/* floor(sqrt(v)), exact. */
uint64_t fixed_sqrt(u128 v);

#endif
