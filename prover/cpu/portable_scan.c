/* portable_scan.c - prefix products and sums in row order, and inverses, one value at a time. */
#include "prover/cpu/kernels.h"
#include "prover/cpu/openmp.h"

SP_FN qm31 get_q(uint32_t *const v[4], size_t i)
{
    return qm31_from4(m31_from_reduced(v[0][i]), m31_from_reduced(v[1][i]),
                      m31_from_reduced(v[2][i]), m31_from_reduced(v[3][i]));
}
SP_FN void put_q(uint32_t *const v[4], size_t i, qm31 x)
{
    v[0][i] = x.a.a.v;
    v[1][i] = x.a.b.v;
    v[2][i] = x.b.a.v;
    v[3][i] = x.b.b.v;
}

void scan_product_portable(uint32_t *const v[4], unsigned log)
{
    qm31 all = qm31_one();
    for (size_t row = 0; row < (size_t)1 << log; row++) {
        uint32_t s = circle_position_of_row(log, (uint32_t)row);
        all = qm31_mul(all, get_q(v, s));
        put_q(v, s, all);
    }
}

void scan_sum_portable(uint32_t *const v[4], unsigned log)
{
    qm31 all = qm31_zero();
    for (size_t row = 0; row < (size_t)1 << log; row++) {
        uint32_t s = circle_position_of_row(log, (uint32_t)row);
        all = qm31_add(all, get_q(v, s));
        put_q(v, s, all);
    }
}

void batch_inverse_portable(uint32_t *const v[4], size_t n)
{
    SP_OMP(parallel for schedule(static))
    for (size_t i = 0; i < n; i++) put_q(v, i, qm31_inv(get_q(v, i)));
}
