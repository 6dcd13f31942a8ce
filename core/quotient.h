/* quotient.h - the out-of-domain points and the DEEP quotient of one sample point
 * (docs/protocol.md 5 step 7, 7). */
#ifndef CORE_QUOTIENT_H
#define CORE_QUOTIENT_H

#include "core/channel.h"
#include "core/circle.h"

/* Whether a sample point has a quotient: its y is not in CM31. Otherwise c below is 0, the quotient
 * does not depend on the columns, and samples could be anything (2^62 work finds such a point). Such
 * a point is also in no domain. */
bool quotient_point_valid(circle_point_q z);
/* Draws Z0, and gives Z1 = Z0 omega_n^-1; both are valid. */
void oods_points(circle_point_q z[2], channel *c, unsigned n);

/* A sample point with the sums over its samples: with c = conj(z.y) - z.y and
 * a_i = conj(s_i) - s_i, b_i = s_i c - a_i z.y: a = sum delta^i a_i, b = sum delta^i b_i. */
typedef struct {
    circle_point_q z;
    qm31 c, a, b;
} quotient_point;

void quotient_point_init(quotient_point *q, circle_point_q z);
/* Adds a sample of value s with weight w. */
void quotient_point_add(quotient_point *q, qm31 s, qm31 w);
/* (c num - a p.y - b) / den(p), num = sum of weight * column value at p. */
qm31 quotient_value(const quotient_point *q, qm31 num, circle_point p);

#endif
