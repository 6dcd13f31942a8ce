/* commit.c - columns to extended columns to a tree. */
#include "prover/state.h"

/* Extends runs of columns of equal size together. */
static sp_status extend_columns(prover *pv, unsigned tree)
{
    const shape_tree *t = &pv->shape.tree[tree];
    for (unsigned i = 0, n; i < t->n_columns; i += n) {
        const unsigned log = pv->trace_log[tree][i];
        for (n = 1; i + n < t->n_columns && n < 64 && pv->trace_log[tree][i + n] == log; n++) {}
        pv->be->extend(pv->lde[tree] + i, (const uint32_t *const *)(pv->trace_col[tree] + i), n, log,
                       log + pv->pa->log_blowup);
        SP_TRY(prover_work(pv, (uint64_t)n << log));
    }
    return SP_OK;
}

sp_status commit_tree(prover *pv, unsigned tree, bool mix)
{
    const shape_tree *t = &pv->shape.tree[tree];
    const uint32_t *scratch[SHAPE_MAX_COLUMNS];
    SP_TRY(extend_columns(pv, tree));
    prover_step(pv, STEP_EXTENDED, tree);
    merkle_tree_commit(&pv->tree[tree], pv->be, (const uint32_t *const *)pv->lde[tree], t->log,
                       t->n_columns, scratch);
    merkle_tree_cap(&pv->tree[tree], pv->cap[tree]);
    prover_step(pv, STEP_CAP, tree);
    if (mix) channel_mix_cap(&pv->ch, pv->cap[tree], (size_t)1 << pv->pa->cap_log);
    uint64_t words = 0;
    for (unsigned i = 0; i < t->n_columns; i++) words += (uint64_t)1 << pv->trace_log[tree][i];
    return prover_work(pv, words);
}
