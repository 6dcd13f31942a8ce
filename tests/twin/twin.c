/* twin.c - the fields, domains and the portable FFT over a small prime (M31_BITS 3: P = 7, or 7:
 * P = 127), where every element, pair or position can be tried. */
#include "prover/cpu/kernels.h"
#include "tests/test.h"

static m31 el(uint32_t v) { return m31_from_reduced(v); }
static qm31 nth(uint32_t i)
{
    const uint32_t p = M31_P;
    return qm31_from4(el(i % p), el(i / p % p), el(i / p / p % p), el(i / p / p / p % p));
}

TEST(every_pair_of_base_field)
{
    for (uint32_t a = 0; a < M31_P; a++)
        for (uint32_t b = 0; b < M31_P; b++) {
            CHECK_EQ(m31_add(el(a), el(b)).v, (a + b) % M31_P);
            CHECK_EQ(m31_sub(el(a), el(b)).v, (a + M31_P - b) % M31_P);
            CHECK_EQ(m31_mul(el(a), el(b)).v, a * b % M31_P);
            CHECK_EQ(m31_inv(el(a)).v == b, a == 0 ? b == 0 : a * b % M31_P == 1);
        }
    for (uint32_t v = 0; v <= M31_P * M31_P + M31_P; v++) CHECK_EQ(m31_reduce(v).v, v % M31_P);
    for (uint32_t v = 0; v < 2 * M31_P; v++) CHECK_EQ(m31_reduce1(v).v, v % M31_P);
    for (uint32_t v = 0; v < 1000; v++) {
        m31 r;
        CHECK_EQ(m31_read(&r, v) == SP_OK, v < M31_P);
        CHECK_EQ(m31_from_i64(-(int64_t)v).v, (M31_P - v % M31_P) % M31_P);
    }
}

/* The secure field is a field: no product of nonzero elements is zero, each has one inverse. For
 * P = 7 all 2,401 x 2,401 products against schoolbook arithmetic, else all inverses of CM31 and a
 * stride of QM31. */
TEST(every_inverse_of_the_secure_field)
{
    const uint32_t p2 = M31_P * M31_P, all = p2 * p2, stride = M31_P == 7 ? 1 : 50021;
    for (uint32_t i = 1; i < p2; i++) {
        qm31 x = nth(i);
        CHECK(qm31_eq(qm31_mul(qm31_make(cm31_inv(x.a), cm31_zero()), x), qm31_one()));
    }
    for (uint32_t i = 1; i < all; i += stride) {
        CHECK(qm31_eq(qm31_mul(qm31_inv(nth(i)), nth(i)), qm31_one()));
        CHECK(qm31_eq(qm31_conj(nth(i)), qm31_pow(nth(i), p2)));
        CHECK(qm31_eq(qm31_pow(nth(i), all - 1), qm31_one()));
    }
}

#if M31_BITS == 3
static qm31 schoolbook(qm31 x, qm31 y)
{
    /* coefficients of u^e i^f; i^2 = -1, u^2 = 2 + i */
    const uint32_t a[4] = {x.a.a.v, x.a.b.v, x.b.a.v, x.b.b.v};
    const uint32_t b[4] = {y.a.a.v, y.a.b.v, y.b.a.v, y.b.b.v};
    int64_t r[4] = {0, 0, 0, 0};
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            int64_t c = (int64_t)a[i] * b[j];
            int f = (i & 1) + (j & 1), e = (i >> 1) + (j >> 1);
            if (f == 2) c = -c, f = 0;
            if (e < 2) {
                r[2 * e + f] += c;
            } else if (f == 0) { /* (2 + i) c */
                r[0] += 2 * c;
                r[1] += c;
            } else { /* (2 + i) c i */
                r[1] += 2 * c;
                r[0] -= c;
            }
        }
    return qm31_from4(m31_from_i64(r[0]), m31_from_i64(r[1]), m31_from_i64(r[2]),
                      m31_from_i64(r[3]));
}
TEST(every_product_of_the_secure_field)
{
    const uint32_t all = 7 * 7 * 7 * 7;
    for (uint32_t i = 0; i < all; i++)
        for (uint32_t j = i; j < all; j++) {
            qm31 xy = qm31_mul(nth(i), nth(j));
            CHECK(qm31_eq(xy, schoolbook(nth(i), nth(j))));
            CHECK(!qm31_is_zero(xy) || i == 0);
        }
}
#endif

TEST(every_point_of_the_circle_is_a_power_of_the_generator)
{
    uint32_t n_points = 0, order = 0;
    for (uint32_t x = 0; x < M31_P; x++)
        for (uint32_t y = 0; y < M31_P; y++) n_points += (x * x + y * y) % M31_P == 1;
    circle_point g = circle_omega(CIRCLE_LOG_ORDER), p = g;
    do {
        CHECK_EQ((p.x.v * p.x.v + p.y.v * p.y.v) % M31_P, 1);
        p = circle_mul(p, g);
        order++;
    } while (p.x.v != g.x.v || p.y.v != g.y.v);
    CHECK_EQ(n_points, M31_P + 1);
    CHECK_EQ(order, M31_P + 1);
}

TEST(every_position_of_every_domain)
{
    for (unsigned m = 1; m <= CIRCLE_MAX_LOG; m++)
        for (uint32_t s = 0; s < UINT32_C(1) << m; s++) {
            uint32_t row = circle_row_of_position(m, s);
            circle_point p = circle_pow(circle_omega(m + 1), 1 + 2 * row), q = circle_at(m, s);
            CHECK_EQ(circle_position_of_row(m, row), s);
            CHECK(p.x.v == q.x.v && p.y.v == q.y.v);
            CHECK(qm31_is_zero(circle_vanishing_q(m, qm31_from_m31(p.x))));
        }
}

/* Basis function number i of the FFT space at a point of the base field. */
static m31 basis(uint32_t i, unsigned m, circle_point p)
{
    m31 r = i >> (m - 1) ? p.y : m31_one(), x = p.x;
    for (unsigned l = 0; l + 1 < m; l++, x = circle_double_x(x))
        if (i >> l & 1) r = m31_mul(r, x);
    return r;
}
TEST(fft_of_every_basis_function_for_all_sizes)
{
    static uint32_t v[1 << CIRCLE_MAX_LOG], w[1 << CIRCLE_MAX_LOG];
    uint32_t *const pw[1] = {w};
    const uint32_t *const cv[1] = {v};
    for (unsigned log = 1; log <= CIRCLE_MAX_LOG; log++)
        for (unsigned log_out = log; log_out <= CIRCLE_MAX_LOG; log_out++)
            for (uint32_t i = 0; i < UINT32_C(1) << log; i++) {
                memset(v, 0, sizeof v);
                v[i] = M31_P - 1;
                fft_evaluate_portable(pw, cv, 1, log, log_out);
                for (uint32_t s = 0; s < UINT32_C(1) << log_out; s++)
                    CHECK_EQ(w[s], m31_neg(basis(i, log, circle_at(log_out, s))).v);
                for (uint32_t k = 0, h = UINT32_C(1) << (log - 1); k < UINT32_C(1) << (log_out - log); k++) {
                    static uint32_t part[1 << CIRCLE_MAX_LOG];
                    uint32_t *const pp[1] = {part};
                    fft_evaluate_part_portable(pp, cv, 1, log, log_out, k);
                    CHECK_BYTES(part, w + k * h, sizeof *w * h);
                    CHECK_BYTES(part + h, w + (UINT32_C(1) << (log_out - 1)) + k * h, sizeof *w * h);
                }
                if (log_out != log) continue;
                fft_interpolate_portable(pw, 1, log);
                CHECK_BYTES(v, w, sizeof(uint32_t) << log);
            }
}

/* The indicator of docs/protocol.md 1 against its definition: interpolate 1, 0, 0, ... and compare
 * at all points of the other domains. */
TEST(first_row_indicator_is_the_interpolated_one)
{
    static uint32_t c[1 << CIRCLE_MAX_LOG];
    uint32_t *const pc[1] = {c};
    for (unsigned n = 1; n <= CIRCLE_MAX_LOG; n++) {
        memset(c, 0, sizeof c);
        c[0] = 1;
        fft_interpolate_portable(pc, 1, n);
        for (unsigned m = 1; m <= CIRCLE_MAX_LOG; m++)
            for (uint32_t s = 0; s < UINT32_C(1) << m && m != n; s++) {
                circle_point p = circle_at(m, s);
                m31 want = m31_zero();
                for (uint32_t i = 0; i < UINT32_C(1) << n; i++)
                    want = m31_add(want, m31_mul(el(c[i]), basis(i, n, p)));
                CHECK(qm31_eq(circle_is_first_q(n, circle_point_q_from(p)), qm31_from_m31(want)));
            }
    }
}
