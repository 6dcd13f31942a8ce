/* curve.h - the Stark curve y^2 = x^3 + x + beta over the felts, of prime order n.
 *
 * Points are projective: (x/z, y/z), z = 0 for the point at infinity. Addition and doubling are the
 * complete formulas of Renes, Costello and Batina (EUROCRYPT 2016, algorithm 1), which hold for
 * every pair of points of a curve of odd order, so that no case is told apart: add, double, neg and
 * mul take a time that depends on n_bits alone. affine reveals only whether the point is infinity;
 * lift_x is for public values. */
#ifndef STARKNET_CURVE_H
#define STARKNET_CURVE_H

#include "starknet/felt.h"

typedef struct {
    felt x, y, z;
} curve_point;

/* A point that is not infinity. */
typedef struct {
    felt x, y;
} curve_affine_point;

curve_point curve_generator(void);
curve_point curve_from_affine(felt x, felt y);
bool curve_is_on(felt x, felt y);
void curve_add(curve_point *out, const curve_point *a, const curve_point *b);
void curve_add_affine(curve_point *out, const curve_point *a, const curve_affine_point *b);
void curve_double(curve_point *out, const curve_point *a);
void curve_neg(curve_point *out, const curve_point *a);
/* out = (k mod 2^n_bits)*p; k in little-endian limbs; n_bits a multiple of 4, at most 256, public.
 */
void curve_mul(curve_point *out, const uint64_t k[4], unsigned n_bits, const curve_point *p);
/* The coordinates; y may be NULL. SP_ERR_REJECT and outputs untouched for the point at infinity. */
SP_MUST_USE sp_status curve_affine(felt *x, felt *y, const curve_point *p);
/* One of the two y with (x, y) on the curve. SP_ERR_REJECT when there is none. */
SP_MUST_USE sp_status curve_lift_x(felt *y, felt x);

#endif
