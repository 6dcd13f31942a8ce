/* twiddles.h - x-coordinates of the domains and their inverses, computed once and kept.
 *
 * Table m (2 <= m <= CIRCLE_MAX_LOG) has 2^(m-2) words: word b belongs to position 2b of D_m, a
 * point p with x = p.x; position 2b + 1 is -p. Words are stored doubled, 2x or 2/x as an integer
 * below 2P, as vm31_mul_doubled wants them.
 *
 * They suffice for the y-coordinates: position 4c + 2 of D_m is p omega_2 for p at 4c, and
 * omega_2 = (0, e) with e = +-1, so y(4c) = -e x(4c + 2), y(4c + 2) = e x(4c), and the odd
 * neighbours are the negatives. */
#ifndef PROVER_CPU_TWIDDLES_H
#define PROVER_CPU_TWIDDLES_H

#include "core/circle.h"

/* Tables 2..max_log, both kinds; safe to call from several threads, and more than once. */
sp_status twiddles_prepare(unsigned max_log);
/* A table, made if need be; NULL when memory does not suffice (and for m < 2). */
const uint32_t *twiddles_x(unsigned m);
const uint32_t *twiddles_inv_x(unsigned m);

/* x or 1/x at position 2b of D_m, from the table t or, t being NULL, from the definition. */
SP_FN m31 twiddle_at(const uint32_t *t, unsigned m, uint32_t b, bool inverse)
{
    if (t) return m31_from_reduced(t[b] >> 1);
    m31 x = circle_at(m, 2 * b).x;
    return inverse ? m31_inv(x) : x;
}
/* y or 1/y at position s < 2^(m-1) of D_m, likewise; t is the x table. */
SP_FN m31 twiddle_y_at(const uint32_t *t, unsigned m, uint32_t s, bool inverse)
{
    if (!t || m < 3) {
        m31 y = circle_at(m, s).y;
        return inverse ? m31_inv(y) : y;
    }
    bool negative = (circle_omega(2).y.v == 1) != ((s >> 1 & 1) != 0);
    if (s & 1) negative = !negative;
    m31 r = m31_from_reduced(t[(s >> 1) ^ 1] >> 1);
    return negative ? m31_neg(r) : r;
}

#endif
