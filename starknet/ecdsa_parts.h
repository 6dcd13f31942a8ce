/* ecdsa_parts.h - what ecdsa.c and ecdsa_sign.c share. */
#ifndef STARKNET_ECDSA_PARTS_H
#define STARKNET_ECDSA_PARTS_H

#include "starknet/felt.h"

static inline bool felt_below_2_251(felt a)
{
    uint64_t v[4];
    felt_to_limbs(v, a);
    return v[3] >> 59 == 0;
}

#endif
