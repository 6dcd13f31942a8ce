/* scalar.h - numbers modulo the order n of the Stark curve, for the secrets of a signature.
 *
 * A scalar is its value, little-endian limbs, always below n. mul, add and inv take a time that
 * does not depend on the values. */
#ifndef STARKNET_SCALAR_H
#define STARKNET_SCALAR_H

#include "starknet/felt.h"

typedef struct {
    uint64_t l[4];
} scalar;

/* The order, limbs little endian. */
#define SCALAR_ORDER_0 UINT64_C(0x1e66a241adc64d2f)
#define SCALAR_ORDER_1 UINT64_C(0xb781126dcae7b232)
#define SCALAR_ORDER_2 UINT64_C(0xffffffffffffffff)
#define SCALAR_ORDER_3 UINT64_C(0x0800000000000010)

/* 32 bytes, big endian. read: SP_ERR_FORMAT when the value is not below n; *out is then untouched.
 */
SP_MUST_USE sp_status scalar_read(scalar *out, const uint8_t be[32]);
void scalar_write(uint8_t be[32], const scalar *a);
/* The felt's value; SP_ERR_FORMAT and *out untouched when it is n or more. For public values. */
SP_MUST_USE sp_status scalar_from_felt(scalar *out, felt a);
/* The value as a felt: n < P. */
felt scalar_to_felt(const scalar *a);
bool scalar_is_zero(const scalar *a);
/* Whether the value is below 2^251, which signatures demand of r, s and 1/s. */
bool scalar_below_2_251(const scalar *a);

scalar scalar_add(const scalar *a, const scalar *b);
scalar scalar_mul(const scalar *a, const scalar *b);
/* 1/a mod n; 0 for 0. a^(n-2). */
scalar scalar_inv(const scalar *a);

#endif
