/* portable_quotient.c - evaluation at a point by weights, linear combinations, the DEEP quotient
 * and the division by the vanishing polynomial: the formulas of docs/protocol.md 1 and 7 point by
 * point. */
#include "prover/cpu/kernels.h"
#include "prover/cpu/openmp.h"

SP_FN m31 get(const uint32_t *v, size_t i) { return m31_from_reduced(v[i]); }
SP_FN qm31 get_q(const uint32_t *const v[4], size_t i)
{
    return qm31_from4(get(v[0], i), get(v[1], i), get(v[2], i), get(v[3], i));
}
SP_FN void put_q(uint32_t *const v[4], size_t i, qm31 x)
{
    v[0][i] = x.a.a.v;
    v[1][i] = x.a.b.v;
    v[2][i] = x.b.a.v;
    v[3][i] = x.b.b.v;
}

/* The function that is 1 at p and 0 on the rest of the domain is the first-row indicator with p for
 * p0: -(s/N) v_N(z) (1 + x_u) / y_u, u = z p^-1, s = y(p^(N/2)). p = omega_(m+1)^(+-(1+4j)) gives
 * p^(N/2) = omega_2^(+-1). */
void weights_at_portable(uint32_t *const w[4], unsigned log, circle_point_q z)
{
    m31 inv_n = m31_inv(m31_from_u64((uint64_t)1 << log));
    qm31 common = qm31_mul_m31(circle_vanishing_q(log, z.x), m31_mul(circle_omega(2).y, inv_n));
    SP_OMP(parallel for schedule(static))
    for (size_t s = 0; s < (size_t)1 << log; s++) {
        circle_point p = circle_at(log, (uint32_t)s);
        circle_point_q u = circle_mul_q(z, circle_point_q_from(circle_conj(p)));
        qm31 r = qm31_mul(qm31_add(qm31_one(), u.x), qm31_inv(u.y));
        r = qm31_mul(common, r);
        put_q(w, s, s >> (log - 1) ? r : qm31_neg(r));
    }
}

void dot_portable(qm31 *out, const uint32_t *const *cols, size_t n, unsigned log,
                  const uint32_t *const w[4])
{
    SP_OMP(parallel for schedule(dynamic))
    for (size_t i = 0; i < n; i++) {
        qm31 sum = qm31_zero();
        for (size_t s = 0; s < (size_t)1 << log; s++)
            sum = qm31_add(sum, qm31_mul_m31(get_q(w, s), get(cols[i], s)));
        out[i] = sum;
    }
}

void combine_portable(uint32_t *const out[4], const uint32_t *const *cols, const qm31 *coeff,
                      size_t n, unsigned log)
{
    SP_OMP(parallel for schedule(static))
    for (size_t s = 0; s < (size_t)1 << log; s++) {
        qm31 sum = get_q((const uint32_t *const *)out, s);
        for (size_t i = 0; i < n; i++) sum = qm31_add(sum, qm31_mul_m31(coeff[i], get(cols[i], s)));
        put_q(out, s, sum);
    }
}

void lift_add_portable(uint32_t *const out[4], unsigned log, const uint32_t *const in[4],
                       unsigned log_in)
{
    SP_OMP(parallel for schedule(static))
    for (size_t s = 0; s < (size_t)1 << log; s++)
        put_q(out, s,
              qm31_add(get_q((const uint32_t *const *)out, s), get_q(in, s >> (log - log_in))));
}

/* den(p) = (Re z.x - p.x) Im z.y - (Re z.y - p.y) Im z.x in CM31. */
void quotient_portable(uint32_t *const out[4], bool add, const uint32_t *const num[4], unsigned log,
                       circle_point_q z, qm31 a, qm31 b)
{
    qm31 c = qm31_sub(qm31_conj(z.y), z.y);
    SP_OMP(parallel for schedule(static))
    for (size_t s = 0; s < (size_t)1 << log; s++) {
        circle_point p = circle_at(log, (uint32_t)s);
        cm31 dx = cm31_sub(z.x.a, cm31_make(p.x, m31_zero()));
        cm31 dy = cm31_sub(z.y.a, cm31_make(p.y, m31_zero()));
        cm31 den = cm31_sub(cm31_mul(dx, z.y.b), cm31_mul(dy, z.x.b));
        qm31 r = qm31_sub(qm31_sub(qm31_mul(c, get_q(num, s)), qm31_mul_m31(a, p.y)), b);
        r = qm31_mul_cm31(r, cm31_inv(den));
        put_q(out, s, add ? qm31_add(get_q((const uint32_t *const *)out, s), r) : r);
    }
}

/* v_n(p) = x of p doubled n - 1 times, which is position s >> (n - 1) of D_2. */
void divide_vanishing_portable(uint32_t *const acc[4], unsigned n)
{
    SP_OMP(parallel for schedule(static))
    for (size_t s = 0; s < (size_t)2 << n; s++) {
        m31 inv = m31_inv(circle_at(2, (uint32_t)(s >> (n - 1))).x);
        put_q(acc, s, qm31_mul_m31(get_q((const uint32_t *const *)acc, s), inv));
    }
}
