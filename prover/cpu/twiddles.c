/* twiddles.c - the tables of twiddles.h: made on first use, published by compare and swap, kept
 * until the process ends. This cache is the one mutable global here; its contents are constants of
 * the field. */
#include "prover/cpu/twiddles.h"

#include <stdatomic.h>
#include <stdlib.h>

static _Atomic(uint32_t *) tables[2][CIRCLE_MAX_LOG + 1];

/* x at b: exponent 1 + 4 bitrev_(m-2)(b) of omega_(m+1), so bit i of b adds 2^(m-1-i) to it. */
static uint32_t *make_x(unsigned m)
{
    size_t n = (size_t)1 << (m - 2);
    uint32_t *x = (uint32_t *)malloc(n * sizeof *x), *y = (uint32_t *)malloc(n * sizeof *y);
    if (x && y) {
        circle_point g = circle_omega(m + 1);
        x[0] = g.x.v;
        y[0] = g.y.v;
        for (unsigned i = 0; i < m - 2; i++) {
            circle_point step = circle_omega(i + 2); /* omega_(m+1)^(2^(m-1-i)) */
            for (size_t b = 0; b < (size_t)1 << i; b++) {
                circle_point p;
                p.x = m31_from_reduced(x[b]);
                p.y = m31_from_reduced(y[b]);
                p = circle_mul(p, step);
                x[b | (size_t)1 << i] = p.x.v;
                y[b | (size_t)1 << i] = p.y.v;
            }
        }
        for (size_t b = 0; b < n; b++) x[b] *= 2;
    } else {
        free(x);
        x = NULL;
    }
    free(y);
    return x;
}

/* 1/x for all x, which are never zero for m >= 2: prefix products, one inverse, and back. */
static uint32_t *make_inv_x(unsigned m)
{
    const uint32_t *x = twiddles_x(m);
    size_t n = (size_t)1 << (m - 2);
    uint32_t *r = x ? (uint32_t *)malloc(n * sizeof *r) : NULL;
    if (!r) return NULL;
    m31 all = m31_one();
    for (size_t b = 0; b < n; b++) {
        r[b] = all.v;
        all = m31_mul(all, m31_from_reduced(x[b] >> 1));
    }
    m31 inv = m31_inv(all);
    for (size_t b = n; b-- > 0;) {
        r[b] = 2 * m31_mul(inv, m31_from_reduced(r[b])).v;
        inv = m31_mul(inv, m31_from_reduced(x[b] >> 1));
    }
    return r;
}

static const uint32_t *table(unsigned m, bool inverse)
{
    if (m < 2 || m > CIRCLE_MAX_LOG) return NULL;
    uint32_t *t = atomic_load_explicit(&tables[inverse][m], memory_order_acquire);
    if (t) return t;
    uint32_t *made = inverse ? make_inv_x(m) : make_x(m), *expected = NULL;
    if (!made) return NULL;
    if (atomic_compare_exchange_strong(&tables[inverse][m], &expected, made)) return made;
    free(made);
    return expected;
}

const uint32_t *twiddles_x(unsigned m) { return table(m, false); }
const uint32_t *twiddles_inv_x(unsigned m) { return table(m, true); }

sp_status twiddles_prepare(unsigned max_log)
{
    for (unsigned m = 2; m <= max_log; m++)
        if (!twiddles_inv_x(m)) return SP_ERR_NOMEM;
    return SP_OK;
}
