/* fri.h - fold formulas and the last layer of FRI (docs/protocol.md 7). */
#ifndef CORE_FRI_H
#define CORE_FRI_H

#include "core/circle.h"
#include "core/params.h"

/* Folds the 2^k values of one leaf to one, with beta, beta^2, beta^4, ...
 *   first   the leaf is of the circle layer: values[0 .. 2^(k-1)) have flag 0, the rest flag 1
 *   m       log size of the circle domain this layer stands for: the layer's own domain for the
 *           first layer; for a line layer of 2^(m-1) values, the circle domain of log size m whose
 *           x-coordinates it lives on
 *   leaf    index of the leaf
 * values is overwritten. 1 <= k <= FRI_MAX_FOLD. */
qm31 fri_fold_leaf(qm31 *values, unsigned k, bool first, unsigned m, uint32_t leaf, qm31 beta);

/* Index of the leaf and of the value inside it, for a position of the layer. */
SP_FN uint32_t fri_leaf_of(unsigned log, unsigned k, bool first, uint32_t position, uint32_t *inside)
{
    if (!first) {
        *inside = position & ((UINT32_C(1) << k) - 1);
        return position >> k;
    }
    const uint32_t half = UINT32_C(1) << (log - 1), low = (UINT32_C(1) << (k - 1)) - 1;
    *inside = (position & low) | (position & half ? low + 1 : 0);
    return (position & (half - 1)) >> (k - 1);
}

/* The polynomial with 2^d coefficients in the basis prod pi^l(x)^(k_l), at x. */
qm31 fri_eval_last(const qm31 *coeffs, unsigned d, m31 x);

#endif
