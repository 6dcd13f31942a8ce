/* quotient.c - evaluation at a point by weights, linear combinations, the DEEP quotient and the
 * division by the vanishing polynomial, over vectors. */
#include "prover/cpu/isa.h"
#include "prover/cpu/kernels.h"
#include "prover/cpu/twiddles.h"
#include "prover/cpu/vinverse.h"

KERNELS(SP_ISA);

enum { LOG_CHUNK = 10, CHUNK = 1 << LOG_CHUNK, CHUNK_VECS = CHUNK / VEC_LANES };

/* x and y of VEC_LANES positions from s on, s below half of D_m; t is the x table of m. */
SP_FN vm31 domain_x(const uint32_t *t, size_t s)
{
    return vm31x2_half(vm31x2_x_natural(t + s / 2));
}
SP_FN vm31 domain_y(const uint32_t *t, size_t s)
{
    return vm31x2_half(vm31x2_y_natural(t + s / 2));
}

/* The weight of p is K (1 + x_u) / y_u, u = z p^-1, K = -(s/N) v_N(z) with s = +-y of omega_2,
 * minus for flag 1 (portable_quotient.c). With half-angle tangents T of z and t of p, t = y / (1 +
 * x), the fraction is (1 + T t) / (T - t) = -T + (1 + T^2) / (T - t). T - t = A - ... is a + b u
 * with a = e + a1 i, e = a0 - t, and b constant, so 1 / (T - t) = (a - bu) conj(d) / |d|^2,  d =
 * a^2 - (2 + i) b^2 = (e^2 - k0) + (2 a1 e - k1) i. The partner conj(p) has -t. */
typedef struct {
    const uint32_t *x;
    vm31 a0, a1_twice, k0, k1, one;
    vqm31 w0, s, s_bu; /* -K T;  K (1 + T^2);  K (1 + T^2) (a1 i - bu) */
} weight_plan;

SP_FN void weights_half(uint32_t *const w[4], const weight_plan *p, const vm31 *t, size_t at,
                        size_t n_vecs, bool flag)
{
    vm31 norm[CHUNK_VECS], before[CHUNK_VECS];
    for (size_t i = 0; i < n_vecs; i++) {
        vm31 e = flag ? vm31_add(p->a0, t[i]) : vm31_sub(p->a0, t[i]);
        vm31 d0 = vm31_sub(vm31_mul(e, e), p->k0), d1 = vm31_sub(vm31_mul(p->a1_twice, e), p->k1);
        norm[i] = vm31_add(vm31_mul(d0, d0), vm31_mul(d1, d1));
    }
    vm31_inv_all(norm, before, n_vecs);
    for (size_t i = 0; i < n_vecs; i++) {
        vm31 e = flag ? vm31_add(p->a0, t[i]) : vm31_sub(p->a0, t[i]);
        vcm31 d;
        d.a = vm31_mul(vm31_sub(vm31_mul(e, e), p->k0), norm[i]);
        d.b = vm31_mul(vm31_sub(p->k1, vm31_mul(p->a1_twice, e)), norm[i]);
        vqm31 r = vqm31_mul_vcm31(vqm31_add(vqm31_mul_vm31(p->s, e), p->s_bu), d);
        r = vqm31_add(p->w0, r);
        vqm31_store(w, at + i * VEC_LANES, flag ? vqm31_neg(r) : r);
    }
}
static void weights_chunk(uint32_t *const w[4], const weight_plan *p, size_t at, size_t half)
{
    vm31 t[CHUNK_VECS], before[CHUNK_VECS];
    const size_t n_vecs = (half < CHUNK ? half : CHUNK) / VEC_LANES;
    for (size_t i = 0; i < n_vecs; i++) t[i] = vm31_add(p->one, domain_x(p->x, at + i * VEC_LANES));
    vm31_inv_all(t, before, n_vecs);
    for (size_t i = 0; i < n_vecs; i++) t[i] = vm31_mul(t[i], domain_y(p->x, at + i * VEC_LANES));
    weights_half(w, p, t, at, n_vecs, false);
    weights_half(w, p, t, at + half, n_vecs, true);
}

void ISA(weights_at)(uint32_t *const w[4], unsigned log, circle_point_q z)
{
    const uint32_t *x = log > VEC_LOG_LANES ? twiddles_x(log) : NULL;
    qm31 one_x = qm31_add(qm31_one(), z.x);
    if (!x || qm31_is_zero(one_x)) {
        weights_at_portable(w, log, z);
        return;
    }
    const size_t half = (size_t)1 << (log - 1);
    m31 s_n = m31_mul(circle_omega(2).y, m31_inv(m31_from_u64((uint64_t)1 << log)));
    qm31 tan = qm31_mul(z.y, qm31_inv(one_x));
    qm31 k = qm31_neg(qm31_mul_m31(circle_vanishing_q(log, z.x), s_n));
    qm31 s = qm31_mul(k, qm31_add(qm31_one(), qm31_mul(tan, tan)));
    qm31 a1_bu = qm31_make(cm31_make(m31_zero(), tan.a.b), cm31_neg(tan.b));
    cm31 rb2 = cm31_mul_r(cm31_mul(tan.b, tan.b));
    weight_plan p;
    p.x = x;
    p.one = vm31_splat(1);
    p.a0 = vm31_splat(tan.a.a.v);
    p.a1_twice = vm31_splat(m31_add(tan.a.b, tan.a.b).v);
    p.k0 = vm31_splat(m31_add(m31_mul(tan.a.b, tan.a.b), rb2.a).v);
    p.k1 = vm31_splat(rb2.b.v);
    p.w0 = vqm31_splat(qm31_neg(qm31_mul(k, tan)));
    p.s = vqm31_splat(s);
    p.s_bu = vqm31_splat(qm31_mul(s, a1_bu));
    SP_OMP(parallel for schedule(static) if ((size_t)1 << log > SP_OMP_MIN))
    for (size_t at = 0; at < half; at += CHUNK) weights_chunk(w, &p, at, half);
}

/* sum over a chunk of w f, four coordinates; products are added by fours, 4 P^2 < 2^64. */
SP_FN void dot_chunk(vsum sum[4], const uint32_t *f, const uint32_t *const w[4], size_t at,
                     size_t n)
{
    for (size_t i = at; i < at + n; i += 2 * VEC_LANES) {
        vm31 f0 = vm31_load(f + i), f1 = vm31_load(f + i + VEC_LANES);
        vm31 g0 = vm31_odd(f0), g1 = vm31_odd(f1);
        for (int c = 0; c < 4; c++) {
            vm31 w0 = vm31_load(w[c] + i), w1 = vm31_load(w[c] + i + VEC_LANES);
            vsum a = vsum_add(vsum_mul(f0, w0), vsum_mul(f1, w1));
            vsum b = vsum_add(vsum_mul(g0, vm31_odd(w0)), vsum_mul(g1, vm31_odd(w1)));
            sum[c] = vsum_add(sum[c], vsum_fold(vsum_add(a, b)));
        }
    }
}
static m31 sum_lanes(vsum sum)
{
    _Alignas(64) uint64_t lane[VEC_LANES / 2];
    m31 r = m31_zero();
    vsum_store(lane, vsum_fold(sum));
    for (unsigned i = 0; i < VEC_LANES / 2; i++) r = m31_add(r, m31_from_u64(lane[i]));
    return r;
}

enum { DOT_COLS = 8 };

static void dot_some(qm31 *out, const uint32_t *const *cols, size_t n, unsigned log,
                     const uint32_t *const w[4])
{
    const size_t words = (size_t)1 << log, step = words < CHUNK ? words : CHUNK;
    vsum sum[DOT_COLS][4];
    for (size_t i = 0; i < n; i++)
        for (int c = 0; c < 4; c++) sum[i][c] = vsum_zero();
    for (size_t at = 0; at < words; at += step)
        for (size_t i = 0; i < n; i++) dot_chunk(sum[i], cols[i], w, at, step);
    for (size_t i = 0; i < n; i++)
        out[i] = qm31_from4(sum_lanes(sum[i][0]), sum_lanes(sum[i][1]), sum_lanes(sum[i][2]),
                            sum_lanes(sum[i][3]));
}

void ISA(dot)(qm31 *out, const uint32_t *const *cols, size_t n, unsigned log,
              const uint32_t *const w[4])
{
    if (log <= VEC_LOG_LANES) {
        dot_portable(out, cols, n, log, w);
        return;
    }
    size_t group = n / sp_threads();
    group = group < 1 ? 1 : group > DOT_COLS ? DOT_COLS : group;
    SP_OMP(parallel for schedule(dynamic) if (n << log > SP_OMP_MIN))
    for (size_t i = 0; i < n; i += group)
        dot_some(out + i, cols + i, n - i < group ? n - i : group, log, w);
}

enum { COMBINE_RUN = 256, COMBINE_COLS = 16 };

/* The sums of a run: even and odd lanes of four coordinates. */
typedef struct {
    _Alignas(64) uint64_t v[COMBINE_RUN / VEC_LANES][8][VEC_LANES / 2];
} combine_sums;

/* Adds n columns (a multiple of 4) of one run. */
SP_FN void combine_add(combine_sums *acc, const uint32_t *const *cols, const qm31 *coeff, size_t n,
                       size_t at, size_t words)
{
    for (size_t k = 0; k < words; k += VEC_LANES) {
        vsum sum[8];
        for (int c = 0; c < 8; c++) sum[c] = vsum_load(acc->v[k / VEC_LANES][c]);
        for (size_t i = 0; i < n; i += 4) {
            vm31 f[4], g[4];
            for (int j = 0; j < 4; j++) {
                f[j] = vm31_load(cols[i + (size_t)j] + at + k);
                g[j] = vm31_odd(f[j]);
            }
            for (int c = 0; c < 4; c++) {
                vsum even = vsum_zero(), odd = vsum_zero();
                for (int j = 0; j < 4; j++) {
                    const qm31 *q = &coeff[i + (size_t)j];
                    vm31 w = vm31_splat(c == 0   ? q->a.a.v
                                        : c == 1 ? q->a.b.v
                                        : c == 2 ? q->b.a.v
                                                 : q->b.b.v);
                    even = vsum_add(even, vsum_mul(f[j], w));
                    odd = vsum_add(odd, vsum_mul(g[j], w));
                }
                sum[2 * c] = vsum_add(sum[2 * c], vsum_fold(even));
                sum[2 * c + 1] = vsum_add(sum[2 * c + 1], vsum_fold(odd));
            }
        }
        for (int c = 0; c < 8; c++) vsum_store(acc->v[k / VEC_LANES][c], sum[c]);
    }
}

static void combine_run(uint32_t *const out[4], const uint32_t *const *cols, const qm31 *coeff,
                        size_t n, size_t at, size_t words)
{
    combine_sums acc;
    for (size_t k = 0; k < words / VEC_LANES; k++)
        for (int c = 0; c < 8; c++) vsum_store(acc.v[k][c], vsum_zero());
    for (size_t i = 0; i < n; i += COMBINE_COLS) {
        const uint32_t *some[COMBINE_COLS];
        qm31 with[COMBINE_COLS];
        size_t m = n - i < COMBINE_COLS ? n - i : COMBINE_COLS, full = (m + 3) & ~(size_t)3;
        for (size_t j = 0; j < full; j++) {
            some[j] = j < m ? cols[i + j] : cols[i]; /* padding: times zero */
            with[j] = j < m ? coeff[i + j] : qm31_zero();
        }
        combine_add(&acc, some, with, full, at, words);
    }
    for (size_t k = 0; k < words; k += VEC_LANES)
        for (int c = 0; c < 4; c++) {
            const size_t i = k / VEC_LANES;
            vm31 r = vm31_from_sums(vsum_load(acc.v[i][2 * c]), vsum_load(acc.v[i][2 * c + 1]));
            uint32_t *p = out[c] + at + k;
            vm31_store(p, vm31_add(vm31_load(p), r));
        }
}

void ISA(combine)(uint32_t *const out[4], const uint32_t *const *cols, const qm31 *coeff, size_t n,
                  unsigned log)
{
    if (log < VEC_LOG_LANES) {
        combine_portable(out, cols, coeff, n, log);
        return;
    }
    const size_t words = (size_t)1 << log, run = words < COMBINE_RUN ? words : COMBINE_RUN;
    SP_OMP(parallel for schedule(static) if ((size_t)1 << log > SP_OMP_MIN))
    for (size_t at = 0; at < words; at += run) combine_run(out, cols, coeff, n, at, run);
}

void ISA(lift_add)(uint32_t *const out[4], unsigned log, const uint32_t *const in[4],
                   unsigned log_in)
{
    const unsigned d = log - log_in;
    if (log < VEC_LOG_LANES) {
        lift_add_portable(out, log, in, log_in);
        return;
    }
    SP_OMP(parallel for schedule(static) if ((size_t)1 << log > SP_OMP_MIN))
    for (size_t i = 0; i < (size_t)1 << log; i += VEC_LANES)
        for (int c = 0; c < 4; c++) {
            const uint32_t *p = in[c] + (i >> d);
            vm31 x;
            if (d == 0)
                x = vm31_load(p);
            else if (d == 1)
                x = vm31_repeat(p, 1);
            else if (d == 2)
                x = vm31_repeat(p, 2);
            else if (d == 3)
                x = vm31_repeat(p, 3);
            else
                x = vm31_splat(*p);
            vm31_store(out[c] + i, vm31_add(vm31_load(out[c] + i), x));
        }
}

/* den(p) = (Re z.x - x) Im z.y - (Re z.y - y) Im z.x = d0 - x Im z.y + y Im z.x; its norm is
 * inverted in batches. conj(p) has -y. */
typedef struct {
    const uint32_t *x;
    vcm31 d0, zy, zx, c; /* c u = conj(z.y) - z.y */
    vqm31 a, b;
} quotient_plan;

SP_FN vcm31 denominator(const quotient_plan *p, vm31 x, vm31 y)
{
    return vcm31_add(vcm31_sub(p->d0, vcm31_mul_vm31(p->zy, x)), vcm31_mul_vm31(p->zx, y));
}
SP_FN vm31 flag_y(const uint32_t *t, size_t s, bool flag)
{
    vm31 y = domain_y(t, s);
    return flag ? vm31_neg(y) : y;
}
SP_FN void quotient_half(uint32_t *const out[4], bool add, const uint32_t *const num[4],
                         const quotient_plan *p, size_t s, size_t at, size_t n_vecs, bool flag)
{
    vm31 norm[CHUNK_VECS], before[CHUNK_VECS];
    vcm31 den[CHUNK_VECS];
    for (size_t i = 0; i < n_vecs; i++) {
        const size_t k = s + i * VEC_LANES;
        den[i] = denominator(p, domain_x(p->x, k), flag_y(p->x, k, flag));
        norm[i] =
            vm31_one_if_zero(vm31_add(vm31_mul(den[i].a, den[i].a), vm31_mul(den[i].b, den[i].b)));
    }
    vm31_inv_all(norm, before, n_vecs);
    for (size_t i = 0; i < n_vecs; i++) {
        const size_t k = s + i * VEC_LANES, to = at + i * VEC_LANES;
        vcm31 r = vcm31_mul_vm31(den[i], norm[i]);
        r.b = vm31_neg(r.b);
        vqm31 f = vqm31_load(num, to);
        vqm31 q = vqm31_make(vcm31_mul_r(vcm31_mul(p->c, vqm31_part(f, 1))),
                             vcm31_mul(p->c, vqm31_part(f, 0))); /* c u f */
        q = vqm31_sub(q, vqm31_mul_vm31(p->a, flag_y(p->x, k, flag)));
        q = vqm31_mul_vcm31(vqm31_sub(q, p->b), r);
        if (add) q = vqm31_add(q, vqm31_load((const uint32_t *const *)out, to));
        vqm31_store(out, to, q);
    }
}

void ISA(quotient)(uint32_t *const out[4], bool add, const uint32_t *const num[4], unsigned log,
                   circle_point_q z, qm31 a, qm31 b)
{
    quotient_plan p;
    p.x = log > VEC_LOG_LANES ? twiddles_x(log) : NULL;
    if (!p.x) {
        quotient_portable(out, add, num, log, z, a, b);
        return;
    }
    const size_t half = (size_t)1 << (log - 1), step = half < CHUNK ? half : CHUNK;
    p.d0 = vcm31_splat(cm31_sub(cm31_mul(z.x.a, z.y.b), cm31_mul(z.y.a, z.x.b)));
    p.zy = vcm31_splat(z.y.b);
    p.zx = vcm31_splat(z.x.b);
    p.c = vcm31_splat(cm31_neg(cm31_add(z.y.b, z.y.b)));
    p.a = vqm31_splat(a);
    p.b = vqm31_splat(b);
    SP_OMP(parallel for schedule(static) if ((size_t)1 << log > SP_OMP_MIN))
    for (size_t at = 0; at < 2 * half; at += step) {
        if (at < half)
            quotient_half(out, add, num, &p, at, at, step / VEC_LANES, false);
        else
            quotient_half(out, add, num, &p, at - half, at, step / VEC_LANES, true);
    }
}

/* Position s needs 1/x of position s >> (n - 1) of D_2: four runs of equal factors. */
void ISA(divide_vanishing)(uint32_t *const acc[4], unsigned n)
{
    if (n - 1 < VEC_LOG_LANES) {
        divide_vanishing_portable(acc, n);
        return;
    }
    vm31 inv[4];
    for (uint32_t i = 0; i < 4; i++) inv[i] = vm31_splat(m31_inv(circle_at(2, i).x).v);
    SP_OMP(parallel for schedule(static) if ((size_t)2 << n > SP_OMP_MIN))
    for (size_t s = 0; s < (size_t)2 << n; s += VEC_LANES) {
        vqm31 x = vqm31_load((const uint32_t *const *)acc, s);
        vqm31_store(acc, s, vqm31_mul_vm31(x, inv[s >> (n - 1)]));
    }
}
