/* generator.h - multiplication of the Stark curve's generator, by a table of its multiples. */
#ifndef STARKNET_GENERATOR_H
#define STARKNET_GENERATOR_H

#include "starknet/curve.h"
#include "starknet/scalar.h"

#define GENERATOR_DIGITS 64

/* k, or k + n when k is even, as the sum of digit[i]*16^i, each digit odd and between -15 and 15:
 * none is 0, so that every multiplication adds as often. Constant time. */
void generator_digits(int8_t digit[GENERATOR_DIGITS], const scalar *k);
/* The row of i: (2 j + 1)*16^i times the generator for j of 0..7. */
const curve_affine_point *generator_row(unsigned i);
/* out = k*G. In a time that does not depend on k. The caller wipes it. */
void generator_mul(curve_point *out, const scalar *k);

#endif
