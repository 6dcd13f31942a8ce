/* air_rows.c - each row's own part of the interaction columns: products of R / W and sums of lookup
 * fractions, compiled once per ISA from the texts in air/.
 *
 * All the denominators of a block of rows are inverted together, lane by lane. */
#include "prover/air_kernels.h"
#include "prover/cpu/isa.h"
#include "prover/cpu/air_vec.h"
#include "prover/cpu/vinverse.h"

#define MAX_COLUMNS 8    /* product and sum columns of a component */
#define BLOCK_VECTORS 32 /* vectors inverted together */

/* num / den of one interaction column. */
typedef struct {
    ef num, den;
} fraction;

typedef struct {
    const air_domain *d;
    air_public_values p;
    unsigned n_prod;
    size_t at;          /* position of lane 0 */
    fraction *fraction; /* of this vector: n_prod + n_sum */
    air_open_pair pair;
    air_open_sum sum;
} air_cx;

AIR_FN fe air_main(air_cx *cx, unsigned i) { return vm31_load(cx->d->main[i] + cx->at); }
AIR_FN fe air_pre(air_cx *cx, unsigned i) { return vm31_load(cx->d->pre[i] + cx->at); }
AIR_FN ef air_gamma(air_cx *cx) { return vqm31_splat(cx->p.ch.gamma); }
AIR_FN ef air_z(air_cx *cx) { return vqm31_splat(cx->p.ch.z); }
AIR_FN ef air_alpha(air_cx *cx, unsigned i) { return vqm31_splat(cx->p.ch.alpha[i]); }
AIR_FN ef air_dot(air_cx *cx, unsigned i, const fe *v, unsigned n)
{
    return ef_dot_wide(&cx->p.ch.alpha[i], v, n);
}
/* Constraints are not evaluated here: no column depends on them, on the row before, or on which row
 * is the first. */
#define air_zero(cx, x, text) ((void)(cx), (void)(x))
#define air_merge2(cx, m, c, text) ((void)(cx), (void)(m))
#define air_merge3(cx, m, c, d, text_c, text_d) ((void)(cx), (void)(m))
AIR_FN fe air_before(air_cx *cx, unsigned i)
{
    (void)cx;
    (void)i;
    return fe_const(0);
}
AIR_FN fe air_is_first(air_cx *cx)
{
    (void)cx;
    return fe_const(0);
}
AIR_FN fe air_image_end(air_cx *cx)
{
    (void)cx;
    return fe_const(0);
}

#include "air/air.h"
#include "air/product.air.h"
#include "air/logup.air.h"

AIR_FN void air_product_column(air_cx *cx, unsigned k, ef r, ef w)
{
    cx->fraction[k].num = r;
    cx->fraction[k].den = w;
}
AIR_FN void air_pairs_end(air_cx *cx)
{
    air_product_column(cx, cx->pair.k, cx->pair.r, cx->pair.w);
}
/* n0/d0 + n1/d1 = (n0 d1 + n1 d0) / (d0 d1) */
AIR_FN void air_sum_column(air_cx *cx, unsigned k, const air_open_sum *s, bool last)
{
    fraction *f = &cx->fraction[cx->n_prod + k];
    (void)last;
    if (s->n_open == 2) {
        f->num = ef_add(air_num_mul(&s->num[0], s->den[1]), air_num_mul(&s->num[1], s->den[0]));
        f->den = ef_mul(s->den[0], s->den[1]);
    } else {
        f->num = s->num[0].kind == AIR_NUM_EF ? s->num[0].e : vqm31_from_vm31(s->num[0].f);
        f->den = s->den[0];
    }
}
AIR_FN void air_lookups_end(air_cx *cx) { air_close_sum(cx, true); }

#include "air/each.air.h"

/* 1 / (a + bu) = (a - bu) / (a^2 - (2 + i) b^2); 1 / (c + di) = (c - di) / (c^2 + d^2) */
static ef ef_inverse(ef x)
{
    const vcm31 a = vqm31_part(x, 0), b = vqm31_part(x, 1);
    vcm31 n = vcm31_sub(vcm31_mul(a, a), vcm31_mul_r(vcm31_mul(b, b)));
    const fe m = vm31_inv(fe_add(fe_mul(n.a, n.a), fe_mul(n.b, n.b)));
    n.b = vm31_neg(n.b);
    n = vcm31_mul_vm31(n, m);
    x.c[2] = vm31_neg(x.c[2]);
    x.c[3] = vm31_neg(x.c[3]);
    return vqm31_mul_vcm31(x, n);
}

/* Turns the fractions of `n` vectors into their values, accumulated over the product columns and
 * over the sum columns of a row, and stores them. No denominator is 0 (probability below 2^-90 for
 * challenges drawn after the columns; a proof of such a row would be rejected, not wrong). */
static void finish(uint32_t *const *inter, const air_component *c, size_t at, fraction *f, size_t n)
{
    const size_t n_cols = c->n_prod + c->n_sum;
    ef prefix[MAX_COLUMNS * BLOCK_VECTORS]; /* product of the denominators before this one */
    ef all = f[0].den;
    for (size_t i = 1; i < n * n_cols; i++) {
        prefix[i] = all;
        all = ef_mul(all, f[i].den);
    }
    all = ef_inverse(all);
    for (size_t i = n * n_cols; i-- > 1;) {
        f[i].num = ef_mul(f[i].num, ef_mul(all, prefix[i]));
        all = ef_mul(all, f[i].den);
    }
    f[0].num = ef_mul(f[0].num, all);
    for (size_t v = 0; v < n; v++) {
        const fraction *row = f + v * n_cols;
        for (size_t k = 0; k < n_cols; k++) {
            ef x = row[k].num;
            if (k > 0 && k < c->n_prod) x = ef_mul(all, x);
            if (k > c->n_prod) x = ef_add(all, x);
            all = x;
            vqm31_store(inter + 4 * k, at + v * VEC_LANES, x);
        }
    }
}

#define COMPONENT(prefix, NAME)                                                                \
    static __attribute__((noinline)) void prefix##_fractions(fraction *f, const air_domain *d, \
                                                             size_t at, size_t n)              \
    {                                                                                          \
        const air_component *c = &air_components[AIR_##NAME];                                  \
        air_cx cx;                                                                             \
        cx.d = d;                                                                              \
        cx.p.ch = *d->ch;                                                                      \
        cx.p.claim = d->claim;                                                                 \
        cx.n_prod = c->n_prod;                                                                 \
        for (size_t v = 0; v < n; v++) {                                                       \
            cx.at = at + v * VEC_LANES;                                                        \
            cx.fraction = f + v * (c->n_prod + c->n_sum);                                      \
            cx.pair.n_open = cx.pair.k = 0;                                                    \
            cx.sum.n_open = cx.sum.k = 0;                                                      \
            prefix##_constraints(&cx);                                                         \
        }                                                                                      \
    }                                                                                          \
    void ISA(air_rows_##prefix)(uint32_t *const *inter, const air_domain *d);                  \
    void ISA(air_rows_##prefix)(uint32_t *const *inter, const air_domain *d)                   \
    {                                                                                          \
        run_blocks(inter, d, &air_components[AIR_##NAME], prefix##_fractions);                 \
    }

static void run_blocks(uint32_t *const *inter, const air_domain *d, const air_component *c,
                       void (*fractions)(fraction *, const air_domain *, size_t, size_t))
{
    const size_t rows = (size_t)1 << d->log, step = BLOCK_VECTORS * VEC_LANES;
    SP_OMP(parallel for schedule(dynamic))
    for (size_t at = 0; at < rows; at += step) {
        fraction f[MAX_COLUMNS * BLOCK_VECTORS];
        const size_t n = rows - at < step ? (rows - at) / VEC_LANES : BLOCK_VECTORS;
        fractions(f, d, at, n);
        finish(inter, c, at, f, n);
    }
}

/* A test may ask for some of the components only. */
#ifndef AIR_KERNEL_COMPONENTS
#define AIR_KERNEL_COMPONENTS AIR_COMPONENTS
#endif
AIR_KERNEL_COMPONENTS(COMPONENT)
