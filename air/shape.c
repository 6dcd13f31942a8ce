/* shape.c - the form of a proof from its sizes. */
#include "air/shape.h"

#include <string.h>

/* Pairs of the grand product and lookups of one row, at most: 2 pairs a product column; 2 fractions
 * of up to 3 merged lookups a sum column. */
static unsigned row_accesses(const air_component *c) { return 2 * c->n_prod; }
static unsigned row_lookups(const air_component *c) { return 6 * c->n_sum; }

static void add_columns(shape_tree *t, unsigned n, unsigned log)
{
    for (unsigned i = 0; i < n; i++) t->log[t->n_columns + i] = (uint8_t)log;
    t->n_columns += n;
    if (n && log > t->top) t->top = log;
}

static void add_before(proof_shape *s, unsigned tree, unsigned column)
{
    s->before_tree[s->n_before] = (uint8_t)tree;
    s->before_column[s->n_before] = (uint16_t)column;
    s->n_before++;
}

static const char *slot_error(const params *p, unsigned slot, unsigned log)
{
    const enum air_component_id id = air_slot_component(slot);
    const bool split = (unsigned)id < AIR_N_SPLIT;
    if (log == 0) return split ? NULL : "size: a table is absent";
    if (split && (slot % AIR_MAX_INSTANCES) >= p->max_instances)
        return "size: too many instances for the profile";
    if (log < params_min_log(p)) return "size: an instance is too small";
    if (log > p->max_trace_log) return "size: an instance is too large";
    if (id == AIR_TABLES && log != AIR_TABLES_LOG) return "size: wrong table size";
    return NULL;
}

sp_status shape_init(proof_shape *s, const params *p, const uint8_t log_size[AIR_N_SLOTS],
                     const char **why)
{
    memset(s, 0, sizeof *s);
    s->p = p;
    for (unsigned slot = 0; slot < AIR_N_SLOTS; slot++) {
        const unsigned log = log_size[slot];
        *why = slot_error(p, slot, log);
        if (*why) return SP_ERR_REJECT;
        /* A second instance without a first, or larger than it, is another name for the same
         * sizes: one proof object has one form. */
        if ((unsigned)air_slot_component(slot) < AIR_N_SPLIT && slot % AIR_MAX_INSTANCES &&
            log > log_size[slot - 1]) {
            *why = "size: instances are not in descending order";
            return SP_ERR_REJECT;
        }
        if (log > s->n_max) s->n_max = log;
    }
    s->top = s->n_max + p->log_blowup;
    if (s->top > PARAMS_MAX_LOG) {
        *why = "size: the evaluation domain is too large";
        return SP_ERR_REJECT;
    }

    for (unsigned slot = 0; slot < AIR_N_SLOTS; slot++) {
        const unsigned log = log_size[slot];
        if (log == 0) continue;
        const enum air_component_id id = air_slot_component(slot);
        const air_component *c = &air_components[id];
        shape_instance *in = &s->instance[s->n_instances++];
        in->id = id;
        in->c = c;
        in->slot = slot;
        in->log = log;
        in->pre = s->tree[TREE_PROGRAM].n_columns;
        in->main = s->tree[TREE_MAIN].n_columns;
        in->inter = s->tree[TREE_INTERACTION].n_columns;
        in->prod_claim = s->n_prod;
        in->sum_claim = s->n_sum;
        add_columns(&s->tree[TREE_PROGRAM], c->n_pre, log + p->log_blowup);
        add_columns(&s->tree[TREE_MAIN], c->n_main, log + p->log_blowup);
        add_columns(&s->tree[TREE_INTERACTION], 4 * (c->n_prod + c->n_sum), log + p->log_blowup);
        s->n_prod += c->n_prod > 0;
        s->n_sum += c->n_sum > 0;
        s->n_constraints += c->n_constraints;
        s->n_rows += UINT64_C(1) << log;
        s->n_accesses += (uint64_t)row_accesses(c) << log;
        s->n_lookups += (uint64_t)row_lookups(c) << log;
    }
    add_columns(&s->tree[TREE_COMPOSITION], SHAPE_COMPOSITION_COLUMNS, s->top);
    for (unsigned t = 0; t < N_TREES; t++) s->n_at += s->tree[t].n_columns;

    /* Samples at the row before, instance by instance: main columns, the last product column, the
     * last sum column. */
    for (unsigned i = 0; i < s->n_instances; i++) {
        shape_instance *in = &s->instance[i];
        const air_component *c = in->c;
        in->before = s->n_at + s->n_before;
        for (unsigned k = 0; k < c->n_before; k++)
            add_before(s, TREE_MAIN, in->main + c->before[k]);
        if (c->n_prod)
            for (unsigned j = 0; j < 4; j++)
                add_before(s, TREE_INTERACTION, in->inter + 4 * (c->n_prod - 1) + j);
        if (c->n_sum)
            for (unsigned j = 0; j < 4; j++)
                add_before(s, TREE_INTERACTION, in->inter + 4 * (c->n_prod + c->n_sum - 1) + j);
    }
    s->n_samples = s->n_at + s->n_before;
    s->n_layers = params_fri_schedule(p, s->top, s->fold);

    /* docs/air.md, bounds: multiplicities and products must not wrap modulo P. */
    if (s->n_accesses >= M31_P) *why = "bound: accesses";
    else if (s->n_lookups >= M31_P) *why = "bound: lookups";
    else return SP_OK;
    return SP_ERR_REJECT;
}

unsigned shape_layer_log(const proof_shape *s, unsigned i)
{
    unsigned log = s->top;
    for (unsigned k = 0; k < i; k++) log -= s->fold[k];
    return log;
}

unsigned shape_layer_circle_log(const proof_shape *s, unsigned i)
{
    return shape_layer_log(s, i) + (i > 0);
}

unsigned shape_layer_top(const proof_shape *s, unsigned i)
{
    return shape_layer_log(s, i) - s->fold[i];
}

unsigned shape_layer_cap(const proof_shape *s, unsigned i)
{
    const unsigned top = shape_layer_top(s, i);
    return top < s->p->cap_log ? top : s->p->cap_log;
}
