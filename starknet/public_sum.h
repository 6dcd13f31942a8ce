/* public_sum.h - u*G + v*Q for numbers and points that everybody may know, as verification needs
 * it: in a time that depends on them. */
#ifndef STARKNET_PUBLIC_SUM_H
#define STARKNET_PUBLIC_SUM_H

#include "starknet/generator.h"

/* Whether u*G + v*(x, y) is a point with x coordinate r; and the same of u*G - v*(x, y). The point
 * must be one of the curve. */
typedef struct {
    bool plus, minus;
} public_sum;
public_sum public_sum_has_x(const scalar *u, const scalar *v, felt x, felt y, felt r);

#endif
