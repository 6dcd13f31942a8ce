/* commit.c - columns to extended columns to a tree.
 *
 * Either the extended columns are kept, or, streamed, they are made part by part (backend.h,
 * evaluate_part), hashed and dropped: then a tree takes two times its trace for a while instead of
 * 2^blowup times for good. The tree is the same. */
#include "prover/state.h"

#include <string.h>

/* Length of the run of columns of one size that begins at column i. */
static unsigned run_length(const prover *pv, unsigned tree, unsigned i)
{
    const uint8_t *log = pv->trace_log[tree];
    unsigned n = 1;
    while (i + n < pv->shape.tree[tree].n_columns && n < 64 && log[i + n] == log[i]) n++;
    return n;
}

static sp_status extend_columns(prover *pv, unsigned tree)
{
    for (unsigned i = 0, n; i < pv->shape.tree[tree].n_columns; i += n) {
        const unsigned log = pv->trace_log[tree][i];
        n = run_length(pv, tree, i);
        pv->be->extend(pv->lde[tree] + i, (const uint32_t *const *)(pv->trace_col[tree] + i), n, log,
                       log + pv->pa->log_blowup);
        SP_TRY(prover_work(pv, (uint64_t)n << log));
    }
    return SP_OK;
}

static void interpolate_columns(prover *pv, unsigned tree)
{
    uint32_t **coeff = pv->coeff[tree];
    for (unsigned i = 0, n; i < pv->shape.tree[tree].n_columns; i += n) {
        const unsigned log = pv->trace_log[tree][i];
        n = run_length(pv, tree, i);
        for (unsigned k = i; k < i + n; k++)
            memcpy(coeff[k], pv->trace_col[tree][k], sizeof *coeff[k] << log);
        pv->be->interpolate(coeff + i, n, log);
    }
}

static sp_status stream_columns(prover *pv, unsigned tree)
{
    const shape_tree *t = &pv->shape.tree[tree];
    const unsigned b = pv->pa->log_blowup;
    const uint32_t *scratch[SHAPE_MAX_COLUMNS];
    unsigned log_min = t->top;
    for (unsigned i = 0; i < t->n_columns; i++)
        if (t->log[i] < log_min) log_min = t->log[i];
    interpolate_columns(pv, tree);
    for (size_t part = 0; part < (size_t)1 << b; part++) {
        for (unsigned i = 0, n; i < t->n_columns; i += n) {
            const unsigned log = pv->trace_log[tree][i];
            n = run_length(pv, tree, i);
            pv->be->evaluate_part(pv->lde[tree] + i, (const uint32_t *const *)(pv->coeff[tree] + i), n,
                                  log, log + b, part);
            SP_TRY(prover_work(pv, (uint64_t)n << (log - b)));
        }
        merkle_tree_commit_part(&pv->tree[tree], pv->be, (const uint32_t *const *)pv->lde[tree],
                                t->log, t->n_columns, log_min, b, part, scratch);
    }
    merkle_tree_close(&pv->tree[tree], pv->be, log_min);
    return SP_OK;
}

static sp_status keep_columns(prover *pv, unsigned tree)
{
    const shape_tree *t = &pv->shape.tree[tree];
    const uint32_t *scratch[SHAPE_MAX_COLUMNS];
    SP_TRY(extend_columns(pv, tree));
    prover_step(pv, STEP_EXTENDED, tree);
    merkle_tree_commit(&pv->tree[tree], pv->be, (const uint32_t *const *)pv->lde[tree], t->log,
                       t->n_columns, scratch);
    return SP_OK;
}

sp_status commit_tree(prover *pv, unsigned tree, bool mix)
{
    const shape_tree *t = &pv->shape.tree[tree];
    SP_TRY(pv->stream ? stream_columns(pv, tree) : keep_columns(pv, tree));
    merkle_tree_cap(&pv->tree[tree], pv->cap[tree]);
    prover_step(pv, STEP_CAP, tree);
    if (mix) channel_mix_cap(&pv->ch, pv->cap[tree], (size_t)1 << pv->pa->cap_log);
    uint64_t words = 0;
    for (unsigned i = 0; i < t->n_columns; i++) words += (uint64_t)1 << pv->trace_log[tree][i];
    return prover_work(pv, words);
}
