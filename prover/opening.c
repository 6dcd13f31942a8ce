/* opening.c - sampled values and the DEEP quotient (docs/protocol.md 5 step 8, 7). */
#include "prover/state.h"

#include <string.h>

/* Columns of one trace size, gathered over the trees, and the numbers of their samples. */
typedef struct {
    const uint32_t *col[N_TREES * SHAPE_MAX_COLUMNS];
    unsigned sample[N_TREES * SHAPE_MAX_COLUMNS];
    size_t n;
} column_set;

/* point 0: all columns of trace size n; point 1: those read at the row before. */
static void collect(const prover *pv, column_set *set, unsigned point, unsigned n)
{
    const proof_shape *sh = &pv->shape;
    unsigned sample = 0;
    set->n = 0;
    if (point == 0) {
        for (unsigned t = 0; t < N_TREES; t++)
            for (unsigned i = 0; i < sh->tree[t].n_columns; i++, sample++) {
                if (pv->trace_log[t][i] != n) continue;
                set->col[set->n] = pv->trace_col[t][i];
                set->sample[set->n++] = sample;
            }
        return;
    }
    for (unsigned i = 0; i < sh->n_before; i++) {
        if (pv->trace_log[sh->before_tree[i]][sh->before_column[i]] != n) continue;
        set->col[set->n] = pv->trace_col[sh->before_tree[i]][sh->before_column[i]];
        set->sample[set->n++] = sh->n_at + i;
    }
}

static bool size_in_use(const prover *pv, unsigned n)
{
    return n < SP_COUNT(pv->is_first) && pv->is_first[n] != NULL;
}

sp_status opening_samples(prover *pv)
{
    const unsigned n_max = pv->shape.n_max;
    column_set set;
    qm31 out[N_TREES * SHAPE_MAX_COLUMNS];
    oods_points(pv->z, &pv->ch, n_max);
    for (unsigned n = 0; n <= n_max; n++)
        for (unsigned point = 0; size_in_use(pv, n) && point < 2; point++) {
            collect(pv, &set, point, n);
            if (set.n == 0) continue;
            pv->be->weights_at(pv->oods_weight.v, n, circle_double_n_q(pv->z[point], n_max - n));
            pv->be->dot(out, set.col, set.n, n, (const uint32_t *const *)pv->oods_weight.v);
            for (size_t i = 0; i < set.n; i++) pv->samples[set.sample[i]] = out[i];
            SP_TRY(prover_work(pv, (uint64_t)set.n << n));
        }
    prover_step(pv, STEP_SAMPLES, 0);
    channel_mix_felts(&pv->ch, pv->samples, pv->shape.n_samples);
    return SP_OK;
}

/* num = sum of delta^i times the column of sample i, lifted to the FRI domain: combined on the trace
 * domain of each size, extended, lifted. The largest size needs no lifting and comes first. */
static sp_status numerator(prover *pv, unsigned point)
{
    const unsigned b = pv->pa->log_blowup, top = pv->shape.top;
    column_set set;
    qm31 coeff[N_TREES * SHAPE_MAX_COLUMNS];
    for (unsigned n = pv->shape.n_max + 1; n-- > 0;) {
        const bool largest = n + b == top;
        if (!size_in_use(pv, n)) continue;
        collect(pv, &set, point, n);
        if (set.n == 0 && !largest) continue;
        for (size_t i = 0; i < set.n; i++) coeff[i] = pv->weight[set.sample[i]];
        for (unsigned k = 0; k < 4; k++) memset(pv->small[0].v[k], 0, sizeof(uint32_t) << n);
        pv->be->combine(pv->small[0].v, set.col, coeff, set.n, n);
        uint32_t **out = largest ? pv->num.v : pv->small[1].v;
        pv->be->extend(out, (const uint32_t *const *)pv->small[0].v, 4, n, n + b);
        if (!largest) pv->be->lift_add(pv->num.v, top, (const uint32_t *const *)out, n + b);
        SP_TRY(prover_work(pv, (uint64_t)set.n << n));
    }
    return SP_OK;
}

sp_status opening_quotient(prover *pv)
{
    const proof_shape *sh = &pv->shape;
    quotient_point q[2];
    qm31 power = qm31_one();
    pv->delta = channel_draw_felt(&pv->ch);
    quotient_point_init(&q[0], pv->z[0]);
    quotient_point_init(&q[1], pv->z[1]);
    for (unsigned i = 0; i < sh->n_samples; i++, power = qm31_mul(power, pv->delta)) {
        pv->weight[i] = power;
        quotient_point_add(&q[i >= sh->n_at], pv->samples[i], power);
    }
    for (unsigned point = 0; point < 2; point++) {
        if (point == 1 && sh->n_before == 0) continue; /* nothing is read at the row before */
        SP_TRY(numerator(pv, point));
        pv->be->quotient(pv->layer[0].v, point > 0, (const uint32_t *const *)pv->num.v, sh->top,
                         pv->z[point], q[point].a, q[point].b);
    }
    prover_step(pv, STEP_QUOTIENT, 0);
    return SP_OK;
}

/* A column's value at a point is a sum over its trace with weights, as for the samples; the weights of
 * a point of the base field are words, so one QM31 column of weights serves four queries. */
sp_status opening_values(prover *pv)
{
    const proof_shape *sh = &pv->shape;
    const unsigned b = pv->pa->log_blowup, n_queries = pv->pa->n_queries;
    column_set set;
    qm31 out[N_TREES * SHAPE_MAX_COLUMNS];
    if (!pv->stream) return SP_OK;
    for (unsigned n = 0; n <= sh->n_max; n++) {
        if (!size_in_use(pv, n)) continue;
        collect(pv, &set, 0, n);
        for (unsigned first = 0; first < n_queries; first += 4) {
            const unsigned k = n_queries - first < 4 ? n_queries - first : 4;
            for (unsigned q = 0; q < 4; q++) {
                const uint32_t at = pv->queries[first + (q < k ? q : 0)] >> (sh->top - n - b);
                uint32_t *const *rest = pv->oods_weight.v; /* becomes zero */
                uint32_t *const w[4] = {pv->small[0].v[q], rest[0], rest[1], rest[2]};
                pv->be->weights_at(w, n, circle_point_q_from(circle_at(n + b, at)));
            }
            pv->be->dot(out, set.col, set.n, n, (const uint32_t *const *)pv->small[0].v);
            for (size_t i = 0; i < set.n; i++) {
                uint32_t v[4];
                qm31_to_words(v, out[i]);
                for (unsigned q = 0; q < k; q++)
                    pv->opened[(size_t)(first + q) * sh->n_at + set.sample[i]] = v[q];
            }
        }
    }
    return SP_OK;
}
