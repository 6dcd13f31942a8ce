/* openings.c - the DEEP quotient of all columns at a queried position. */
#include "verifier/openings.h"

void deep_quotient_init(deep_quotient *d, const proof_shape *s, const circle_point_q z[2],
                        const qm31 *samples, qm31 delta, qm31 *weights)
{
    qm31 power = qm31_one();
    quotient_point_init(&d->at[0], z[0]);
    quotient_point_init(&d->at[1], z[1]);
    for (unsigned i = 0; i < s->n_samples; i++, power = qm31_mul(power, delta)) {
        weights[i] = power;
        quotient_point_add(&d->at[i >= s->n_at], samples[i], power);
    }
}

qm31 deep_quotient_at(const deep_quotient *d, const proof_shape *s, const qm31 *weights,
                      uint32_t values[N_TREES][SHAPE_MAX_COLUMNS], circle_point p)
{
    qm31 num[2] = {qm31_zero(), qm31_zero()};
    unsigned i = 0;
    for (unsigned t = 0; t < N_TREES; t++)
        for (unsigned k = 0; k < s->tree[t].n_columns; k++, i++)
            num[0] = qm31_add(num[0], qm31_mul_m31(weights[i], m31_from_reduced(values[t][k])));
    for (unsigned k = 0; k < s->n_before; k++, i++)
        num[1] = qm31_add(num[1], qm31_mul_m31(weights[i], m31_from_reduced(
                                      values[s->before_tree[k]][s->before_column[k]])));
    return qm31_add(quotient_value(&d->at[0], num[0], p), quotient_value(&d->at[1], num[1], p));
}
