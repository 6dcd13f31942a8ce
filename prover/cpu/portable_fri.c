/* portable_fri.c - FRI folding, pair by pair: (f + f') / 2 + beta (f - f') / (2 t), t the y (first
 * fold of the first layer) or the x of the point. */
#include "prover/cpu/kernels.h"
#include "prover/cpu/openmp.h"
#include "prover/cpu/twiddles.h"

SP_FN qm31 get_q(const uint32_t *const v[4], size_t i)
{
    return qm31_from4(m31_from_reduced(v[0][i]), m31_from_reduced(v[1][i]),
                      m31_from_reduced(v[2][i]), m31_from_reduced(v[3][i]));
}
static qm31 fold(qm31 f, qm31 g, m31 inv_t, qm31 beta)
{
    qm31 d = qm31_mul(beta, qm31_mul_m31(qm31_sub(f, g), inv_t));
    return qm31_mul_m31(qm31_add(qm31_add(f, g), d), m31_inv(m31_from_reduced(2)));
}

/* The folded value at i. x-fold number j of a layer that starts at the x-coordinates of D_m halves
 * those of D_(m-j). */
static qm31 fold_at(const uint32_t *const in[4], size_t i, unsigned log, unsigned k, bool first,
                    qm31 beta)
{
    qm31 v[1 << FRI_MAX_FOLD];
    size_t n = (size_t)1 << k;
    unsigned m = first ? log : log + 1;
    if (first) {
        size_t half = (size_t)1 << (log - 1);
        n >>= 1;
        for (size_t t = 0; t < n; t++) {
            size_t s = i * n + t;
            m31 inv_y = twiddle_y_at(twiddles_inv_x(m), m, (uint32_t)s, true);
            v[t] = fold(get_q(in, s), get_q(in, s + half), inv_y, beta);
        }
        beta = qm31_mul(beta, beta);
    } else {
        for (size_t t = 0; t < n; t++) v[t] = get_q(in, i * n + t);
    }
    for (; n > 1; n >>= 1, m--, beta = qm31_mul(beta, beta))
        for (size_t t = 0; t < n / 2; t++) {
            uint32_t b = (uint32_t)(i * (n / 2) + t);
            v[t] = fold(v[2 * t], v[2 * t + 1], twiddle_at(twiddles_inv_x(m), m, b, true), beta);
        }
    return v[0];
}

void fri_fold_portable(uint32_t *const out[4], const uint32_t *const in[4], unsigned log,
                       unsigned k, bool first, qm31 beta)
{
    SP_OMP(parallel for schedule(static))
    for (size_t i = 0; i < (size_t)1 << (log - k); i++) {
        qm31 r = fold_at(in, i, log, k, first, beta);
        uint32_t w[4];
        qm31_to_words(w, r);
        for (unsigned c = 0; c < 4; c++) out[c][i] = w[c];
    }
}
