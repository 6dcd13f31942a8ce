/* interaction.c - product and LogUp columns from the rows' own parts (docs/protocol.md 6). */
#include "prover/cpu/parallel.h"
#include "prover/state.h"

static qm31 at(uint32_t *const v[4], size_t i)
{
    const uint32_t w[4] = {v[0][i], v[1][i], v[2][i], v[3][i]};
    return qm31_from_words(w);
}

/* The position of the row before, on a trace of 2^log rows; position 0 is row 0 and has none. Row
 * 2j + 1 is the mirror of row 2j. Row 2j, at s = bitrev(j), comes after the mirror of row 2(j - 1):
 * bitrev(N/2 - j), which is the complement of s plus one, carries running from the highest bit down. */
SP_FN size_t position_before(size_t s, unsigned log)
{
    const unsigned h = log - 1;
    const size_t half = (size_t)1 << h, mask = half - 1, t = ~s & mask;
    if (s & half) return t;
    unsigned ones = 0; /* leading ones of t */
    while (ones < h && t >> (h - 1 - ones) & 1) ones++;
    if (ones == h) return half;
    return half | (t ^ (((size_t)2 << ones) - 1) << (h - 1 - ones));
}

typedef struct {
    uint32_t *const *v, *const *p;
    unsigned log, log_block;
} before_job;

static void mul_block(void *user, size_t block)
{
    const before_job *j = user;
    const size_t end = (block + 1) << j->log_block;
    for (size_t s = block << j->log_block; s < end; s++) {
        uint32_t w[4];
        if (s == 0) continue;
        qm31_to_words(w, qm31_mul(at(j->v, s), at(j->p, position_before(s, j->log))));
        for (unsigned k = 0; k < 4; k++) j->v[k][s] = w[k];
    }
}

/* v(row) *= p(row before) for every row but the first. */
static void mul_before(uint32_t *const v[4], uint32_t *const p[4], unsigned log)
{
    before_job j = {v, p, log, log < 12 ? log : 12};
    parallel_for((size_t)1 << (log - j.log_block), mul_block, &j);
}

static sp_status fill_instance(prover *pv, const shape_instance *in, const air_instance *ai)
{
    const air_component *c = in->c;
    uint32_t **inter = pv->trace_col[TREE_INTERACTION] + in->inter;
    /* The last row, 2^n - 1, stands at the first position of the second half. */
    const size_t last = (size_t)1 << (in->log - 1);
    air_domain d = {.log = in->log, .trace_log = in->log, .ch = &pv->air};
    d.pre = (const uint32_t *const *)(pv->trace_col[TREE_PROGRAM] + in->pre);
    d.main = (const uint32_t *const *)ai->main;
    pv->be->air->rows[in->id](inter, &d);
    if (c->n_prod) {
        uint32_t **p = inter + 4 * (c->n_prod - 1);
        pv->be->scan_product(p, in->log);
        for (unsigned k = 0; k + 1 < c->n_prod; k++)
            mul_before(inter + 4 * k, p, in->log);
        pv->claim[in->prod_claim] = at(p, last);
    }
    if (c->n_sum) {
        uint32_t **s = inter + 4 * (c->n_prod + c->n_sum - 1);
        pv->be->scan_sum(s, in->log);
        pv->claim[pv->shape.n_prod + in->sum_claim] = at(s, last);
    }
    return prover_work(pv, (uint64_t)(4 * (c->n_prod + c->n_sum)) << in->log);
}

sp_status interaction_fill(prover *pv)
{
    for (unsigned i = 0; i < pv->shape.n_instances; i++)
        SP_TRY(fill_instance(pv, &pv->shape.instance[i], &pv->trace.inst[i]));
    prover_step(pv, STEP_INTERACTION, 0);
    channel_mix_felts(&pv->ch, pv->claim, pv->shape.n_prod + pv->shape.n_sum);
    return SP_OK;
}
