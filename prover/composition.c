/* composition.c - all constraints on D_(n+1), lifted to the largest size, divided by the vanishing
 * polynomial and split into the eight composition columns (docs/protocol.md 6). */
#include "prover/state.h"

#include <string.h>

/* The instance's columns on D_(n+1): the ones kept (at blowup 2), or extended anew, at `scratch`. */
static void domain_columns(prover *pv, const shape_instance *in, air_domain *d, uint32_t **scratch)
{
    const air_component *c = in->c;
    const unsigned n[3] = {c->n_pre, c->n_main, 4 * (c->n_prod + c->n_sum)};
    const unsigned first[3] = {in->pre, in->main, in->inter};
    const uint32_t *const *cols[3];
    arena room = pv->scratch;
    if (pv->stream) arena_columns(&room, scratch, n[0] + n[1] + n[2], in->log + 1);
    for (unsigned t = 0; t < 3; t++) {
        cols[t] = (const uint32_t *const *)(pv->lde[t] + first[t]);
        if (!pv->stream || n[t] == 0) continue;
        pv->be->extend(scratch, (const uint32_t *const *)(pv->trace_col[t] + first[t]), n[t], in->log,
                       in->log + 1);
        cols[t] = (const uint32_t *const *)scratch;
        scratch += n[t];
    }
    d->pre = cols[0];
    d->main = cols[1];
    d->inter = cols[2];
}

static sp_status add_constraints(prover *pv)
{
    const proof_shape *sh = &pv->shape;
    uint32_t *scratch[SHAPE_MAX_INSTANCE_COLUMNS];
    qm31 power = qm31_one();
    for (unsigned i = 0, at = 0; i < sh->n_instances; i++) {
        const shape_instance *in = &sh->instance[i];
        const air_component *c = in->c;
        air_domain d = {.log = in->log + 1, .trace_log = in->log, .ch = &pv->air};
        for (unsigned k = 0; k < c->n_constraints; k++, power = qm31_mul(power, pv->rho))
            pv->weight[at + k] = power;
        domain_columns(pv, in, &d, scratch);
        d.is_first = pv->is_first[in->log];
        d.weight = pv->weight + at;
        d.claim.prod = c->n_prod ? pv->claim[in->prod_claim] : qm31_zero();
        d.claim.sum = c->n_sum ? pv->claim[sh->n_prod + in->sum_claim] : qm31_zero();
        d.claim.image_end = m31_from_u32(pv->ph.image_end);
        pv->be->air->constraints[in->id](pv->acc[in->log].v, &d);
        at += c->n_constraints;
        SP_TRY(prover_work(pv, (uint64_t)(c->n_main + 4 * (c->n_prod + c->n_sum)) << in->log));
    }
    return SP_OK;
}

/* is_first on D_(n+1) for every trace size in use; sums cleared. */
static void prepare(prover *pv)
{
    for (unsigned n = 0; n < SP_COUNT(pv->acc); n++) {
        if (!pv->is_first[n]) continue;
        uint32_t *unit = pv->acc[n].v[0]; /* free so far */
        memset(unit, 0, sizeof *unit << n);
        unit[0] = 1; /* row 0 is at position 0 */
        pv->be->extend(&pv->is_first[n], (const uint32_t *const *)&unit, 1, n, n + 1);
        for (unsigned k = 0; k < 4; k++) memset(pv->acc[n].v[k], 0, sizeof(uint32_t) << (n + 1));
    }
}

sp_status composition_fill(prover *pv)
{
    const unsigned n_max = pv->shape.n_max;
    const size_t half = (size_t)1 << (n_max - 1);
    qcolumn *top = &pv->acc[n_max];
    prepare(pv);
    SP_TRY(add_constraints(pv));
    for (unsigned n = 0; n < n_max; n++)
        if (pv->is_first[n])
            pv->be->lift_add(top->v, n_max + 1, (const uint32_t *const *)pv->acc[n].v, n + 1);
    pv->be->divide_vanishing(top->v, n_max);
    pv->be->interpolate(top->v, 4, n_max + 1);
    /* Coefficient bits, high to low: y, pi^(n-1), the rest. Q_0 has the pi^(n-1) bit clear, Q_1
     * set: Q = Q_0 + v_n Q_1. */
    uint32_t **out = pv->trace_col[TREE_COMPOSITION];
    for (unsigned q = 0; q < 2; q++)
        for (unsigned k = 0; k < 4; k++) {
            memcpy(out[4 * q + k], top->v[k] + q * half, half * sizeof(uint32_t));
            memcpy(out[4 * q + k] + half, top->v[k] + (2 + q) * half, half * sizeof(uint32_t));
        }
    pv->be->evaluate(out, (const uint32_t *const *)out, SHAPE_COMPOSITION_COLUMNS, n_max, n_max);
    prover_step(pv, STEP_COMPOSITION, 0);
    return SP_OK;
}
