/* fri.c - fold formulas and the last layer of FRI. */
#include "core/fri.h"

/* (f0 + f1)/2 + beta (f0 - f1)/(2 t); the halves are kept: the formula is the specification's. */
static qm31 fold_pair(qm31 f0, qm31 f1, qm31 beta, m31 t)
{
    const m31 half = m31_from_reduced((M31_P + 1) / 2);
    qm31 even = qm31_mul_m31(qm31_add(f0, f1), half);
    qm31 odd = qm31_mul_m31(qm31_sub(f0, f1), m31_mul(half, m31_inv(t)));
    return qm31_add(even, qm31_mul(beta, odd));
}

qm31 fri_fold_leaf(qm31 *values, unsigned k, bool first, unsigned m, uint32_t leaf, qm31 beta)
{
    uint32_t n = UINT32_C(1) << k;
    unsigned done = 0;
    if (first) { /* by y: partners are half a leaf apart */
        n >>= 1;
        for (uint32_t t = 0; t < n; t++)
            values[t] = fold_pair(values[t], values[t + n], beta, circle_at(m, leaf * n + t).y);
        done = 1;
        beta = qm31_mul(beta, beta);
    }
    /* by x: neighbours, whose points are at even positions of flag 0 */
    for (; done < k; done++, m--, beta = qm31_mul(beta, beta)) {
        n >>= 1;
        for (uint32_t t = 0; t < n; t++)
            values[t] = fold_pair(values[2 * t], values[2 * t + 1], beta,
                                  circle_at(m, 2 * (leaf * n + t)).x);
    }
    return values[0];
}

qm31 fri_eval_last(const qm31 *coeffs, unsigned d, m31 x)
{
    /* Factor l multiplies the coefficients whose index has bit l: split at the highest bit. */
    qm31 acc[UINT32_C(1) << 8];
    uint32_t n = UINT32_C(1) << d;
    SP_ASSERT(d <= 8);
    for (uint32_t i = 0; i < n; i++) acc[i] = coeffs[i];
    for (unsigned l = 0; l < d; l++, x = circle_double_x(x)) {
        n >>= 1;
        for (uint32_t i = 0; i < n; i++)
            acc[i] = qm31_add(acc[2 * i], qm31_mul_m31(acc[2 * i + 1], x));
    }
    return acc[0];
}
