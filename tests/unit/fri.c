/* fri.c - folds of single leaves against whole layers, leaves of positions, the last layer. */
#include "core/fri.h"

#include "prover/backend.h"
#include "tests/test.h"

static qm31 random_q(void)
{
    uint32_t w[4];
    for (unsigned k = 0; k < 4; k++) w[k] = test_rand() % M31_P;
    return qm31_from_words(w);
}

enum { MAX = 9 };
static _Alignas(64) uint32_t in[4][1 << MAX], out[4][1 << MAX];
static qm31 at(uint32_t v[4][1 << MAX], uint32_t i)
{
    const uint32_t w[4] = {v[0][i], v[1][i], v[2][i], v[3][i]};
    return qm31_from_words(w);
}
/* The position of value i of a leaf. */
static uint32_t position(unsigned log, unsigned k, bool first, uint32_t leaf, uint32_t i)
{
    if (!first) return leaf << k | i;
    const uint32_t half = 1u << (k - 1);
    return (i / half) << (log - 1) | leaf << (k - 1) | i % half;
}

TEST(leaf_of_a_position_is_a_bijection)
{
    for (unsigned first = 0; first < 2; first++)
        for (unsigned log = 1; log <= MAX; log++)
            for (unsigned k = 1; k <= FRI_MAX_FOLD && k <= log; k++)
                for (uint32_t s = 0; s < 1u << log; s++) {
                    uint32_t inside;
                    const uint32_t leaf = fri_leaf_of(log, k, first, s, &inside);
                    CHECK(leaf < 1u << (log - k) && inside < 1u << k);
                    CHECK_EQ(position(log, k, first, leaf, inside), s);
                }
}

TEST(fold_of_a_leaf_equals_the_fold_of_the_layer)
{
    uint32_t *o[4];
    const uint32_t *i[4];
    for (unsigned c = 0; c < 4; c++) {
        o[c] = out[c];
        i[c] = in[c];
    }
    for (unsigned first = 0; first < 2; first++)
        for (unsigned log = 1; log <= MAX; log++)
            for (unsigned k = 1; k <= FRI_MAX_FOLD && k <= log; k++) {
                const qm31 beta = random_q();
                for (unsigned c = 0; c < 4; c++)
                    for (unsigned s = 0; s < 1u << log; s++) in[c][s] = test_rand() % M31_P;
                backend_portable.fri_fold(o, i, log, k, first, beta);
                for (uint32_t leaf = 0; leaf < 1u << (log - k); leaf++) {
                    qm31 v[1 << FRI_MAX_FOLD];
                    for (uint32_t t = 0; t < 1u << k; t++)
                        v[t] = at(in, position(log, k, first, leaf, t));
                    CHECK(qm31_eq(fri_fold_leaf(v, k, first, log + !first, leaf, beta), at(out, leaf)));
                }
            }
}

/* By the formulas of docs/protocol.md 7, one pair at a time, from the points of the positions. */
TEST(folds_follow_the_formulas)
{
    const m31 half = m31_from_reduced((M31_P + 1) / 2);
    for (unsigned m = 2; m <= 20; m++)
        for (unsigned n = 0; n < 50; n++) {
            const qm31 beta = random_q(), f0 = random_q(), f1 = random_q();
            const uint32_t leaf = test_rand() & ((1u << (m - 1)) - 1);
            for (unsigned first = 0; first < 2; first++) {
                /* first: positions leaf and its conjugate; else neighbours, with opposite x. */
                const circle_point p = circle_at(m, first ? leaf : leaf >> 1 << 1);
                const m31 t = first ? p.y : p.x;
                qm31 v[2] = {f0, f1};
                const qm31 odd = qm31_mul_m31(qm31_sub(f0, f1), m31_mul(half, m31_inv(t)));
                const qm31 want =
                    qm31_add(qm31_mul_m31(qm31_add(f0, f1), half), qm31_mul(beta, odd));
                CHECK(qm31_eq(fri_fold_leaf(v, 1, first, m, first ? leaf : leaf >> 1, beta), want));
            }
        }
}

TEST(two_folds_are_one_fold_of_twice_the_depth)
{
    for (unsigned n = 0; n < 200; n++) {
        const qm31 beta = random_q(), beta2 = qm31_mul(beta, beta);
        const uint32_t leaf = test_rand() & 0xfff;
        qm31 v[4], w[4], u[2];
        for (unsigned k = 0; k < 4; k++) v[k] = w[k] = random_q();
        u[0] = fri_fold_leaf(w, 1, false, 16, 2 * leaf, beta);
        u[1] = fri_fold_leaf(w + 2, 1, false, 16, 2 * leaf + 1, beta);
        const qm31 twice = fri_fold_leaf(u, 1, false, 15, leaf, beta2);
        CHECK(qm31_eq(fri_fold_leaf(v, 2, false, 16, leaf, beta), twice));
    }
}

TEST(last_layer_is_evaluated_in_its_basis)
{
    for (unsigned d = 0; d <= 8; d++) {
        qm31 c[256], sum = qm31_zero();
        const m31 x = m31_from_reduced(test_rand() % M31_P);
        for (unsigned i = 0; i < 1u << d; i++) {
            qm31 term = c[i] = random_q();
            m31 pi = x;
            for (unsigned l = 0; l < d; l++, pi = circle_double_x(pi))
                if (i >> l & 1) term = qm31_mul_m31(term, pi);
            sum = qm31_add(sum, term);
        }
        CHECK(qm31_eq(fri_eval_last(c, d, x), sum));
    }
}

/* A function of the FFT space folds to the last layer of its own folded coefficients. */
TEST(low_degree_functions_fold_to_their_last_layer)
{
    enum { LOG = 7, BLOWUP = 1, M = LOG + BLOWUP, D = 2 };
    static _Alignas(64) uint32_t f[4][1 << M];
    uint32_t *cols[4];
    const uint32_t *c_in[4];
    for (unsigned c = 0; c < 4; c++) {
        for (unsigned i = 0; i < 1u << LOG; i++) f[c][i] = test_rand() % M31_P;
        cols[c] = f[c];
        c_in[c] = f[c];
    }
    backend_portable.evaluate(cols, c_in, 4, LOG, M);
    /* folds of 3 and 2: circle log 8, then line layer of 2^5 values (circle log 6), then 2^3. */
    qm31 value[1 << 3], last[1 << D];
    const qm31 beta[2] = {random_q(), random_q()};
    for (uint32_t leaf = 0; leaf < 1u << 3; leaf++) {
        qm31 v[4];
        for (uint32_t t = 0; t < 4; t++) {
            const uint32_t mid = leaf << 2 | t;
            qm31 u[8];
            for (uint32_t i = 0; i < 8; i++) {
                const uint32_t s = position(M, 3, true, mid, i);
                const uint32_t w[4] = {f[0][s], f[1][s], f[2][s], f[3][s]};
                u[i] = qm31_from_words(w);
            }
            v[t] = fri_fold_leaf(u, 3, true, M, mid, beta[0]);
        }
        value[leaf] = fri_fold_leaf(v, 2, false, 6, leaf, beta[1]);
    }
    /* Four coefficients through the first four points (a linear system in a triangular basis is
     * avoided: interpolate over all eight and see that the upper four vanish). */
    for (unsigned c = 0; c < 4; c++)
        for (unsigned i = 0; i < 16; i++) {
            uint32_t w[4];
            qm31_to_words(w, value[i % 8]);
            f[c][i] = w[c];
        }
    backend_portable.interpolate(cols, 4, 4);
    for (unsigned i = 0; i < 16; i++) {
        const uint32_t w[4] = {f[0][i], f[1][i], f[2][i], f[3][i]};
        if (i < 1u << D) last[i] = qm31_from_words(w);
        else CHECK(qm31_is_zero(qm31_from_words(w)));
    }
    for (uint32_t s = 0; s < 8; s++)
        CHECK(qm31_eq(fri_eval_last(last, D, circle_at(4, s).x), value[s]));
}
