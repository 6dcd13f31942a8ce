/* fri.c - fold formulas and the last layer of FRI. */
#include "core/fri.h"

/* t[i] = 1 / t[i] for n nonzero values. */
static void invert(m31 *t, uint32_t n)
{
    m31 before[1u << (FRI_MAX_FOLD - 1)], all = m31_one();
    for (uint32_t i = 0; i < n; i++) {
        before[i] = all;
        all = m31_mul(all, t[i]);
    }
    all = m31_inv(all);
    for (uint32_t i = n; i-- > 0;) {
        const m31 inv = m31_mul(all, before[i]);
        all = m31_mul(all, t[i]);
        t[i] = inv;
    }
}

/* The points at positions first + i of the domain of log size m, i < 2^b, first a multiple of 2^b:
 * the low b bits of a position are the highest of its index, so neighbours differ by multiples of
 * omega_b. */
static void neighbours(circle_point *out, unsigned m, uint32_t first, unsigned b)
{
    const circle_point w = circle_omega(b);
    const uint32_t n = UINT32_C(1) << b;
    circle_point p = circle_at(m, first);
    for (uint32_t i = 0; i < n; i++, p = circle_mul(p, w)) out[bit_reverse(i, b)] = p;
}

static qm31 fold_pair(qm31 f0, qm31 f1, qm31 beta, m31 half_inv_t)
{
    const m31 half = m31_from_reduced((M31_P + 1) / 2);
    qm31 even = qm31_mul_m31(qm31_add(f0, f1), half);
    qm31 odd = qm31_mul_m31(qm31_sub(f0, f1), half_inv_t);
    return qm31_add(even, qm31_mul(beta, odd));
}

qm31 fri_fold_leaf(qm31 *values, unsigned k, bool first, unsigned m, uint32_t leaf, qm31 beta)
{
    const m31 half = m31_from_reduced((M31_P + 1) / 2);
    circle_point p[1u << FRI_MAX_FOLD]; /* points of the present values (line layers: one of the two) */
    m31 t[1u << (FRI_MAX_FOLD - 1)];
    uint32_t n = UINT32_C(1) << (k - 1); /* pairs of the present step */
    SP_ASSERT(1 <= k && k <= FRI_MAX_FOLD);
    if (first) {
        /* By y: partners are half a leaf apart, the pairs' points are neighbours. */
        neighbours(p, m, leaf * n, k - 1);
        for (uint32_t i = 0; i < n; i++) t[i] = p[i].y;
        invert(t, n);
        for (uint32_t i = 0; i < n; i++)
            values[i] = fold_pair(values[i], values[i + n], beta, m31_mul(half, t[i]));
        beta = qm31_mul(beta, beta);
        k--;
    } else {
        neighbours(p, m, leaf << k, k);
    }
    for (; k > 0; k--, beta = qm31_mul(beta, beta)) {
        /* By x: partners are neighbours, with opposite x. */
        n = UINT32_C(1) << (k - 1);
        for (uint32_t i = 0; i < n; i++) t[i] = p[2 * i].x;
        invert(t, n);
        for (uint32_t i = 0; i < n; i++) {
            values[i] = fold_pair(values[2 * i], values[2 * i + 1], beta, m31_mul(half, t[i]));
            p[i] = circle_double(p[2 * i]);
        }
    }
    return values[0];
}

qm31 fri_eval_last(const qm31 *coeffs, unsigned d, m31 x)
{
    /* Factor l multiplies the coefficients whose index has bit l: the lowest bit first, by pairs. */
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
