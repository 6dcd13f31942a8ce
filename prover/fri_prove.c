/* fri_prove.c - FRI layers, last layer, query positions (docs/protocol.md 5 steps 10-13). */
#include "prover/state.h"

static const uint32_t *const *const_columns(const qcolumn *c) { return (const uint32_t *const *)c->v; }

/* The last layer's coefficients: values on the x-coordinates of the half domain, interpolated as the
 * x part of a function on the circle domain of log + 1 that is constant in y. */
static void last_layer(prover *pv, unsigned log)
{
    const unsigned d = pv->pa->last_layer_log;
    const size_t n = (size_t)1 << log;
    const qcolumn *in = &pv->layer[pv->shape.n_layers];
    _Alignas(64) uint32_t words[4][2048]; /* as every column (prover/backend.h) */
    uint32_t *cols[4];
    SP_ASSERT(2 * n <= SP_COUNT(words[0]));
    for (unsigned k = 0; k < 4; k++) {
        for (size_t i = 0; i < n; i++) words[k][i] = words[k][n + i] = in->v[k][i];
        cols[k] = words[k];
    }
    pv->be->interpolate(cols, 4, log + 1);
    for (size_t i = 0; i < (size_t)1 << d; i++) {
        const uint32_t w[4] = {words[0][i], words[1][i], words[2][i], words[3][i]};
        pv->last[i] = qm31_from_words(w);
    }
}

sp_status fri_prove(prover *pv)
{
    const proof_shape *sh = &pv->shape;
    const params *pa = pv->pa;
    for (unsigned l = 0; l < sh->n_layers; l++) {
        const unsigned log = shape_layer_log(sh, l), k = sh->fold[l];
        merkle_tree *t = &pv->layer_tree[l];
        pv->be->fri_leaves(t->level[t->top], const_columns(&pv->layer[l]), log, k, l == 0);
        merkle_tree_close(t, pv->be, t->top);
        merkle_tree_cap(t, pv->layer_cap[l]);
        prover_step(pv, STEP_LAYER_CAP, l);
        channel_mix_cap(&pv->ch, pv->layer_cap[l], (size_t)1 << t->cap);
        pv->nonce_commit[l] = prover_grind(pv, pa->grind_commit);
        pv->be->fri_fold(pv->layer[l + 1].v, const_columns(&pv->layer[l]), log, k, l == 0,
                         channel_draw_felt(&pv->ch));
        SP_TRY(prover_work(pv, (uint64_t)4 << log));
    }
    last_layer(pv, shape_layer_log(sh, sh->n_layers));
    prover_step(pv, STEP_LAST, 0);
    channel_mix_felts(&pv->ch, pv->last, (size_t)1 << pa->last_layer_log);
    SP_TRY(prover_phase(pv, PHASE_GRIND));
    pv->nonce_query = prover_grind(pv, pa->grind_query);
    channel_draw_queries(&pv->ch, pv->queries, pa->n_queries, sh->top);
    prover_step(pv, STEP_QUERIES, 0);
    return SP_OK;
}
