/* air_constraints.c - the weighted sum of a component's constraints on an extended domain, compiled
 * once per ISA from the texts in air/. */
#include "prover/air_kernels.h"
#include "core/circle.h"
#include "prover/cpu/isa.h"
#include "prover/cpu/air_vec.h"

/* Words read at the row before: the last product and the last sum column, and listed main columns.
 */
enum { BEFORE_PROD = 0, BEFORE_SUM = 4, BEFORE_MAIN = 8, N_BEFORE = BEFORE_MAIN + AIR_MAX_BEFORE };

typedef struct {
    const air_domain *d;
    air_public_values p;
    unsigned n_prod;
    size_t at;                        /* position of lane 0 */
    const uint32_t *before[N_BEFORE]; /* VEC_LANES words each */
    unsigned n_zero, n_waiting;       /* constraints added up; waiting */
    fe waiting[4];
    ef acc;
    air_open_pair pair;
    air_open_sum sum;
} air_cx;

AIR_FN fe air_main(air_cx *cx, unsigned i) { return vm31_load(cx->d->main[i] + cx->at); }
AIR_FN fe air_pre(air_cx *cx, unsigned i) { return vm31_load(cx->d->pre[i] + cx->at); }
AIR_FN fe air_before(air_cx *cx, unsigned i) { return vm31_load(cx->before[BEFORE_MAIN + i]); }
AIR_FN fe air_is_first(air_cx *cx) { return vm31_load(cx->d->is_first + cx->at); }
AIR_FN fe air_image_end(air_cx *cx) { return vm31_splat(cx->p.claim.image_end.v); }
AIR_FN ef air_gamma(air_cx *cx) { return vqm31_splat(cx->p.ch.gamma); }
AIR_FN ef air_z(air_cx *cx) { return vqm31_splat(cx->p.ch.z); }
AIR_FN ef air_alpha(air_cx *cx, unsigned i) { return vqm31_splat(cx->p.ch.alpha[i]); }
AIR_FN ef air_dot(air_cx *cx, unsigned i, const fe *v, unsigned n)
{
    return ef_dot_wide(&cx->p.ch.alpha[i], v, n);
}
AIR_FN ef air_prod(air_cx *cx, unsigned k) { return vqm31_load(cx->d->inter + 4 * k, cx->at); }
AIR_FN ef air_sum(air_cx *cx, unsigned k)
{
    return vqm31_load(cx->d->inter + 4 * (cx->n_prod + k), cx->at);
}
AIR_FN ef air_at_before(air_cx *cx, unsigned first)
{
    ef r;
    for (unsigned j = 0; j < 4; j++) r.c[j] = vm31_load(cx->before[first + j]);
    return r;
}
AIR_FN ef air_prod_before(air_cx *cx) { return air_at_before(cx, BEFORE_PROD); }
AIR_FN ef air_sum_before(air_cx *cx) { return air_at_before(cx, BEFORE_SUM); }
AIR_FN ef air_claim_prod(air_cx *cx) { return vqm31_splat(cx->p.claim.prod); }
AIR_FN ef air_claim_sum(air_cx *cx) { return vqm31_splat(cx->p.claim.sum); }
/* Values of base constraints wait until there are four for one weighted sum. (What goes to the call
 * is copied: an air_cx whose address got out could not be kept in registers.) */
AIR_CALL void add_weighted(ef *acc, const qm31 *weight, const fe *x, unsigned n)
{
    *acc = ef_add(*acc, n == 4 ? ef_dot_wide(weight, x, 4) : ef_dot_wide(weight, x, n));
}
AIR_FN void air_flush(air_cx *cx)
{
    if (cx->n_waiting == 0) return;
    const fe x[4] = {cx->waiting[0], cx->waiting[1], cx->waiting[2], cx->waiting[3]};
    ef acc = cx->acc;
    add_weighted(&acc, cx->d->weight + cx->n_zero, x, cx->n_waiting);
    cx->acc = acc;
    cx->n_zero += cx->n_waiting;
    cx->n_waiting = 0;
}
AIR_FN void air_zero(air_cx *cx, fe x, const char *text)
{
    (void)text;
    cx->waiting[cx->n_waiting++] = x;
    if (cx->n_waiting == 4) air_flush(cx);
}
AIR_FN void air_zero_ef(air_cx *cx, ef x, const char *text)
{
    (void)text;
    air_flush(cx);
    cx->acc = ef_add(cx->acc, ef_mul(x, vqm31_splat(cx->d->weight[cx->n_zero++])));
}

#include "air/air.h"
#include "air/product.air.h"
#include "air/logup.air.h"
#include "air/column.air.h"
#include "air/each.air.h"

/* The columns read at the row before, of one component. */
typedef struct {
    const uint32_t *col[N_BEFORE]; /* NULL: not read */
    unsigned log, trace_log;
} before_columns;

static void before_init(before_columns *b, const air_domain *d, const air_component *c)
{
    for (unsigned j = 0; j < N_BEFORE; j++) b->col[j] = NULL;
    for (unsigned j = 0; j < 4; j++) {
        if (c->n_prod) b->col[BEFORE_PROD + j] = d->inter[4 * (c->n_prod - 1) + j];
        if (c->n_sum) b->col[BEFORE_SUM + j] = d->inter[4 * (c->n_prod + c->n_sum - 1) + j];
    }
    for (unsigned j = 0; j < c->n_before; j++) b->col[BEFORE_MAIN + j] = d->main[c->before[j]];
    b->log = d->log;
    b->trace_log = d->trace_log;
}

/* out[j] = VEC_LANES words of column j, at the rows before those of the block at `at`; held where
 * they cannot be read in place.
 *
 * Within one half of position order (one sign of y) position p is index bitrev(p), and the row
 * before is `step` indices down (up in the other half). Unless that runs through all bits above the
 * lanes', the lanes keep their order: their bits are the top ones of the index. */
AIR_FN void before_block(const uint32_t *out[N_BEFORE], uint32_t (*held)[VEC_LANES],
                         const before_columns *b, size_t at)
{
    const unsigned half_log = b->log - 1;
    if (b->log > b->trace_log && half_log > VEC_LOG_LANES) {
        const unsigned bits = half_log - VEC_LOG_LANES;
        const uint32_t step = UINT32_C(1) << (half_log - b->trace_log);
        const uint32_t block = (uint32_t)(at >> VEC_LOG_LANES) & ((UINT32_C(1) << bits) - 1);
        const uint32_t index = bit_reverse(block, bits);
        const bool flag = at >> half_log & 1;
        const uint32_t to = flag ? index + step : index - step;
        if (to >> bits == 0) {
            const size_t from = (flag ? (size_t)1 << half_log : 0) | (size_t)bit_reverse(to, bits)
                                                                         << VEC_LOG_LANES;
            for (unsigned j = 0; j < N_BEFORE; j++) out[j] = b->col[j] ? b->col[j] + from : NULL;
            return;
        }
    }
    for (unsigned l = 0; l < VEC_LANES; l++) {
        const uint32_t p = circle_position_before(b->log, b->trace_log, (uint32_t)at + l);
        for (unsigned j = 0; j < N_BEFORE; j++)
            if (b->col[j]) held[j][l] = b->col[j][p];
    }
    for (unsigned j = 0; j < N_BEFORE; j++) out[j] = held[j];
}

#define COMPONENT(prefix, NAME)                                                      \
    static __attribute__((noinline)) void prefix##_blocks(                           \
        uint32_t *const acc[4], const air_domain *d, size_t begin, size_t end)       \
    {                                                                                \
        const air_component *c = &air_components[AIR_##NAME];                        \
        _Alignas(VEC_ALIGN) uint32_t held[N_BEFORE][VEC_LANES];                      \
        before_columns b;                                                            \
        air_cx cx;                                                                   \
        before_init(&b, d, c);                                                       \
        cx.d = d;                                                                    \
        cx.p.ch = *d->ch;                                                            \
        cx.p.claim = d->claim;                                                       \
        cx.n_prod = c->n_prod;                                                       \
        for (unsigned j = 0; j < 4; j++) cx.waiting[j] = fe_const(0);                \
        for (size_t block = begin; block < end; block++) {                           \
            cx.at = block << VEC_LOG_LANES;                                          \
            before_block(cx.before, held, &b, cx.at);                                \
            cx.n_zero = cx.n_waiting = 0;                                            \
            cx.pair.n_open = cx.pair.k = 0;                                          \
            cx.sum.n_open = cx.sum.k = 0;                                            \
            cx.acc = vqm31_load((const uint32_t *const *)acc, cx.at);                \
            prefix##_constraints(&cx);                                               \
            vqm31_store(acc, cx.at, cx.acc);                                         \
        }                                                                            \
    }                                                                                \
    void ISA(air_constraints_##prefix)(uint32_t *const acc[4], const air_domain *d); \
    void ISA(air_constraints_##prefix)(uint32_t *const acc[4], const air_domain *d)  \
    {                                                                                \
        run_blocks(prefix##_blocks, acc, d);                                         \
    }

/* Blocks per task: enough to forget the start of a task, few enough for small domains. */
#define TASK_BLOCKS 512

static void run_blocks(void (*fn)(uint32_t *const *, const air_domain *, size_t, size_t),
                       uint32_t *const acc[4], const air_domain *d)
{
    const size_t n = (size_t)1 << (d->log - VEC_LOG_LANES);
    SP_OMP(parallel for schedule(dynamic))
    for (size_t begin = 0; begin < n; begin += TASK_BLOCKS)
        fn(acc, d, begin, begin + TASK_BLOCKS < n ? begin + TASK_BLOCKS : n);
}

/* A test may ask for some of the components only. */
#ifndef AIR_KERNEL_COMPONENTS
#define AIR_KERNEL_COMPONENTS AIR_COMPONENTS
#endif
AIR_KERNEL_COMPONENTS(COMPONENT)
