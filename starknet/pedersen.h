/* pedersen.h - the Pedersen hash of Starknet, which contract addresses still use.
 *
 * h(a, b) is the x coordinate of S + a_lo*P1 + a_hi*P2 + b_lo*P3 + b_hi*P4, where lo are the low
 * 248 bits and hi the 4 above; the five points are those of the Starknet documentation (digits of
 * pi). */
#ifndef STARKNET_PEDERSEN_H
#define STARKNET_PEDERSEN_H

#include "starknet/curve.h"

felt pedersen_hash(felt a, felt b);
/* h(...h(h(0, v[0]), v[1])..., n): a list with its length. */
felt pedersen_hash_many(felt_span list);
/* The points: index 0 = S, 1..4 = P1..P4. */
curve_point pedersen_point(unsigned index);

#endif
