/* portable_fft.c - the circle FFT, one layer after another.
 *
 * Values to coefficients: f(x, y) = f0(x) + y f1(x), so f0 = (f(p) + f(conj p)) / 2 and
 * f1 = (f(p) - f(conj p)) / (2 y); then each half likewise by x, with pi(x) for the next layer. In
 * position order the y-layer pairs s and s + N/2, and x-layer l pairs stride 2^l inside a half, its
 * block b using x of position 2b of D_(m-l). Coefficients end up at their own index
 * (docs/protocol.md, "FFT space"). The halvings are left to one factor 1/N at the end. */
#include "prover/cpu/kernels.h"
#include "prover/cpu/openmp.h"
#include "prover/cpu/twiddles.h"

#include <string.h>

SP_FN m31 get(const uint32_t *v, size_t i) { return m31_from_reduced(v[i]); }

/* The layers of D_m on v, which holds 2^(log-1) words of each half, from word `at` of the half on. */
static void y_layer(uint32_t *v, unsigned log, size_t at, unsigned m, bool inverse)
{
    const uint32_t *t = inverse ? twiddles_inv_x(m) : twiddles_x(m);
    size_t half = (size_t)1 << (log - 1);
    for (size_t s = 0; s < half; s++) {
        m31 a = get(v, s), b = get(v, s + half), w = twiddle_y_at(t, m, (uint32_t)(at + s), inverse);
        if (!inverse) b = m31_mul(b, w);
        m31 sum = m31_add(a, b), diff = m31_sub(a, b);
        v[s] = sum.v;
        v[s + half] = inverse ? m31_mul(diff, w).v : diff.v;
    }
}

static void x_layer(uint32_t *v, unsigned log, size_t at, unsigned m, unsigned l, bool inverse)
{
    const uint32_t *t = inverse ? twiddles_inv_x(m - l) : twiddles_x(m - l);
    size_t half = (size_t)1 << (log - 1), stride = (size_t)1 << l, n_blocks = half >> (l + 1);
    for (size_t h = 0; h < 2; h++)
        for (size_t b = 0; b < n_blocks; b++) {
            uint32_t *p = v + h * half + 2 * stride * b, *q = p + stride;
            m31 w = twiddle_at(t, m - l, (uint32_t)((at >> (l + 1)) + b), inverse);
            for (size_t i = 0; i < stride; i++) {
                m31 x = get(p, i), y = inverse ? get(q, i) : m31_mul(get(q, i), w);
                p[i] = m31_add(x, y).v;
                q[i] = inverse ? m31_mul(m31_sub(x, y), w).v : m31_sub(x, y).v;
            }
        }
}

static void interpolate(uint32_t *v, unsigned m)
{
    size_t n = (size_t)1 << m;
    y_layer(v, m, 0, m, true);
    for (unsigned l = 0; l + 1 < m; l++) x_layer(v, m, 0, m, l, true);
    m31 scale = m31_inv(m31_from_u64(n));
    for (size_t i = 0; i < n; i++) v[i] = m31_mul(get(v, i), scale).v;
}

/* Coefficient (b, k) of log size log stands at b 2^(log_out-1) + k in the larger space. */
static void evaluate(uint32_t *out, const uint32_t *coeffs, unsigned log, unsigned log_out)
{
    size_t half = (size_t)1 << (log - 1), half_out = (size_t)1 << (log_out - 1);
    memmove(out + half_out, coeffs + half, half * sizeof *out); /* first: out may be coeffs */
    memmove(out, coeffs, half * sizeof *out);
    memset(out + half, 0, (half_out - half) * sizeof *out);
    memset(out + half_out + half, 0, (half_out - half) * sizeof *out);
    for (unsigned l = log_out - 1; l-- > 0;) x_layer(out, log_out, 0, log_out, l, false);
    y_layer(out, log_out, 0, log_out, false);
}

/* The layers above log - 2 pair coefficients with zeros: they copy, so that each part is a transform
 * of its own. */
static void evaluate_part(uint32_t *out, const uint32_t *coeffs, unsigned log, unsigned log_out,
                          size_t part)
{
    const size_t at = part << (log - 1);
    memmove(out, coeffs, sizeof *out << log);
    for (unsigned l = log - 1; l-- > 0;) x_layer(out, log, at, log_out, l, false);
    y_layer(out, log, at, log_out, false);
}

void fft_interpolate_portable(uint32_t *const *cols, size_t n, unsigned log)
{
    SP_OMP(parallel for schedule(dynamic))
    for (size_t i = 0; i < n; i++) interpolate(cols[i], log);
}

void fft_evaluate_portable(uint32_t *const *out, const uint32_t *const *coeffs, size_t n,
                           unsigned log, unsigned log_out)
{
    SP_OMP(parallel for schedule(dynamic))
    for (size_t i = 0; i < n; i++) evaluate(out[i], coeffs[i], log, log_out);
}

void fft_evaluate_part_portable(uint32_t *const *out, const uint32_t *const *coeffs, size_t n,
                                unsigned log, unsigned log_out, size_t part)
{
    SP_OMP(parallel for schedule(dynamic))
    for (size_t i = 0; i < n; i++) evaluate_part(out[i], coeffs[i], log, log_out, part);
}

void fft_extend_portable(uint32_t *const *out, const uint32_t *const *in, size_t n, unsigned log,
                         unsigned log_out)
{
    SP_OMP(parallel for schedule(dynamic))
    for (size_t i = 0; i < n; i++) {
        memcpy(out[i], in[i], sizeof(uint32_t) << log);
        interpolate(out[i], log);
        evaluate(out[i], out[i], log, log_out);
    }
}
