/* record.c - the recording evaluator: texts to graphs, graphs to values and to AIR_ID. */
#include "air/record.h"

#include "core/blake2s.h"

#include <string.h>

#define AIR_FN static inline __attribute__((unused))

/* While recording, nodes stand in the order in which the compiler happens to evaluate operands. */
typedef struct {
    air_graph *g;
    bool full;
} recorder;

/* A recorded value: a node, or (no recorder) the number `id`. */
typedef struct {
    recorder *rec;
    uint32_t id;
} noted;
typedef noted fe;
typedef noted ef;
#include "air/open.air.h"

static uint32_t put(recorder *rec, air_node n)
{
    air_graph *g = rec->g;
    for (uint32_t i = 0; i < g->n_nodes; i++)
        if (g->node[i].op == n.op && g->node[i].a == n.a && g->node[i].b == n.b) return i;
    if (g->n_nodes == AIR_MAX_NODES) {
        rec->full = true;
        return 0;
    }
    g->node[g->n_nodes] = n;
    return g->n_nodes++;
}
static noted leaf(recorder *rec, enum air_op op, uint32_t a, unsigned degree, bool secure)
{
    const air_node n = {(uint8_t)op, (uint8_t)degree, secure, a, 0};
    const noted v = {rec, put(rec, n)};
    return v;
}
static uint32_t node_of(recorder *rec, noted v)
{
    return v.rec ? v.id : leaf(rec, AIR_OP_CONST, v.id, 0, false).id;
}
static noted number(m31 x)
{
    const noted v = {NULL, x.v};
    return v;
}
static bool is(noted v, uint32_t x) { return !v.rec && v.id == x; }

static noted apply(enum air_op op, noted a, noted b)
{
    const m31 x = {a.id}, y = {b.id};
    recorder *rec = a.rec ? a.rec : b.rec;
    if (!rec)
        return number(op == AIR_OP_ADD   ? m31_add(x, y)
                      : op == AIR_OP_SUB ? m31_sub(x, y)
                                         : m31_mul(x, y));
    if (op != AIR_OP_MUL && is(b, 0)) return a;
    if (op == AIR_OP_ADD && is(a, 0)) return b;
    if (op == AIR_OP_MUL && is(b, 1)) return a;
    if (op == AIR_OP_MUL && is(a, 1)) return b;
    if (op == AIR_OP_MUL && (is(a, 0) || is(b, 0))) return number(m31_zero());
    air_node n = {(uint8_t)op, 0, false, node_of(rec, a), node_of(rec, b)};
    const air_node *p = &rec->g->node[n.a], *q = &rec->g->node[n.b];
    n.secure = p->secure || q->secure;
    n.degree = op == AIR_OP_MUL        ? (uint8_t)(p->degree + q->degree)
               : p->degree > q->degree ? p->degree
                                       : q->degree;
    const noted v = {rec, put(rec, n)};
    return v;
}

AIR_FN fe fe_const(uint32_t v) { return number(m31_from_reduced(v)); }
AIR_FN noted noted_add(noted a, noted b) { return apply(AIR_OP_ADD, a, b); }
AIR_FN noted noted_sub(noted a, noted b) { return apply(AIR_OP_SUB, a, b); }
AIR_FN noted noted_mul(noted a, noted b) { return apply(AIR_OP_MUL, a, b); }
#define fe_add noted_add
#define fe_sub noted_sub
#define fe_mul noted_mul
#define ef_add noted_add
#define ef_sub noted_sub
#define ef_mul noted_mul
#define ef_mul_fixed noted_mul
#define ef_mul_fe noted_mul
#define ef_add_fe noted_add
#define ef_sub_fe noted_sub

typedef struct {
    recorder rec;
    air_open_pair pair;
    air_open_sum sum;
} air_cx;

#define LEAF(name, op, degree, secure) \
    AIR_FN noted name(air_cx *cx) { return leaf(&cx->rec, op, 0, degree, secure); }
#define LEAF_AT(name, op, degree, secure) \
    AIR_FN noted name(air_cx *cx, unsigned i) { return leaf(&cx->rec, op, i, degree, secure); }
LEAF_AT(air_main, AIR_OP_MAIN, 1, false)
LEAF_AT(air_pre, AIR_OP_PRE, 1, false)
LEAF_AT(air_before, AIR_OP_BEFORE, 1, false)
LEAF(air_is_first, AIR_OP_IS_FIRST, 1, false)
LEAF(air_image_end, AIR_OP_IMAGE_END, 0, false)
LEAF(air_gamma, AIR_OP_GAMMA, 0, true)
LEAF(air_z, AIR_OP_Z, 0, true)
LEAF_AT(air_alpha, AIR_OP_ALPHA, 0, true)
LEAF_AT(air_prod, AIR_OP_PROD, 1, true)
LEAF_AT(air_sum, AIR_OP_SUM, 1, true)
LEAF(air_prod_before, AIR_OP_PROD_BEFORE, 1, true)
LEAF(air_sum_before, AIR_OP_SUM_BEFORE, 1, true)
LEAF(air_claim_prod, AIR_OP_CLAIM_PROD, 0, true)
LEAF(air_claim_sum, AIR_OP_CLAIM_SUM, 0, true)
AIR_FN ef air_dot(air_cx *cx, unsigned i, const fe *v, unsigned n)
{
    ef r = noted_mul(air_alpha(cx, i), v[0]);
    for (unsigned j = 1; j < n; j++) r = noted_add(r, noted_mul(air_alpha(cx, i + j), v[j]));
    return r;
}

static void air_zero(air_cx *cx, noted x, const char *text)
{
    air_graph *g = cx->rec.g;
    if (g->n_constraints == AIR_MAX_CONSTRAINTS) {
        cx->rec.full = true;
        return;
    }
    air_constraint *c = &g->constraint[g->n_constraints++];
    c->node = node_of(&cx->rec, x);
    c->kind = AIR_KIND_OWN;
    c->text = text;
}
#define air_zero_ef air_zero

#define air_note_cells(cx, r, w) note_cells(cx, &(r), &(w))
#define air_note_states(cx, ts, pc, ts_new, pc_new) note_states(cx, ts, pc, ts_new, pc_new)
#define air_note_lookup(cx, id, times, t, len) note_lookup(cx, id, (times).f, t, len)
#define air_note_merge(cx, m, c, d) note_merge(cx, (m)->n, c, d)
static void note_pair(air_cx *cx, bool state, const fe r[4], const fe w[4])
{
    air_graph *g = cx->rec.g;
    if (g->n_pairs == AIR_MAX_PAIRS) {
        cx->rec.full = true;
        return;
    }
    air_pair_node *p = &g->pair[g->n_pairs++];
    p->state = state;
    for (unsigned i = 0; i < 4; i++) {
        p->r[i] = node_of(&cx->rec, r[i]);
        p->w[i] = node_of(&cx->rec, w[i]);
    }
}
static void note_states(air_cx *cx, fe ts, fe pc, fe ts_new, fe pc_new)
{
    const fe r[4] = {pc, ts, fe_const(0), fe_const(0)};
    const fe w[4] = {pc_new, ts_new, fe_const(0), fe_const(0)};
    note_pair(cx, true, r, w);
}
static void note_lookup(air_cx *cx, unsigned id, fe times, const fe *t, unsigned n)
{
    air_graph *g = cx->rec.g;
    if (g->n_lookups == AIR_MAX_LOOKUPS || n > AIR_ROM_FIELDS) {
        cx->rec.full = true;
        return;
    }
    air_lookup_node *l = &g->lookup[g->n_lookups++];
    memset(l, 0, sizeof *l);
    l->relation = (enum air_relation)id;
    l->times = node_of(&cx->rec, times);
    l->n = n;
    for (unsigned i = 0; i < n; i++) l->t[i] = node_of(&cx->rec, t[i]);
}
static void note_merge(air_cx *cx, unsigned n, unsigned c, unsigned d)
{
    air_graph *g = cx->rec.g;
    if (g->n_merges == AIR_MAX_MERGES) {
        cx->rec.full = true;
        return;
    }
    const air_merge_node m = {n, c, d, g->n_constraints};
    g->merge[g->n_merges++] = m;
}

#include "air/air.h"
static void note_cells(air_cx *cx, const air_cell *r, const air_cell *w)
{
    const fe rt[4] = {r->addr, r->ts, r->lo, r->hi}, wt[4] = {w->addr, w->ts, w->lo, w->hi};
    note_pair(cx, false, rt, wt);
}
#include "air/product.air.h"
#include "air/logup.air.h"
#include "air/column.air.h"
#include "air/each.air.h"

/* ---- order ---- */

/* New numbers, operands before their operation, in the order of the constraints; then what the
 * lookups and pairs need beyond them. */
typedef struct {
    air_node node[AIR_MAX_NODES];
    uint32_t n, number[AIR_MAX_NODES]; /* 0: none yet, else the new number + 1 */
} renumbering;

static uint32_t renumber(renumbering *r, const air_graph *g, uint32_t i)
{
    if (r->number[i]) return r->number[i] - 1;
    air_node n = g->node[i];
    if (n.op >= AIR_OP_ADD) {
        n.a = renumber(r, g, n.a); /* as deep as an expression */
        n.b = renumber(r, g, n.b);
    }
    r->node[r->n] = n;
    r->number[i] = ++r->n;
    return r->n - 1;
}
static void order_nodes(air_graph *g, renumbering *r)
{
    memset(r, 0, sizeof *r);
    for (uint32_t i = 0; i < g->n_constraints; i++)
        g->constraint[i].node = renumber(r, g, g->constraint[i].node);
    for (uint32_t i = 0; i < g->n_lookups; i++) {
        air_lookup_node *l = &g->lookup[i];
        l->times = renumber(r, g, l->times);
        for (uint32_t j = 0; j < l->n; j++) l->t[j] = renumber(r, g, l->t[j]);
    }
    for (uint32_t i = 0; i < g->n_pairs; i++)
        for (unsigned j = 0; j < 4; j++) {
            g->pair[i].r[j] = renumber(r, g, g->pair[i].r[j]);
            g->pair[i].w[j] = renumber(r, g, g->pair[i].w[j]);
        }
    memcpy(g->node, r->node, sizeof r->node);
    g->n_nodes = r->n;
}

/* Which interaction column, if any, an expression speaks about. */
static enum air_kind kind_of(const air_graph *g, uint32_t i)
{
    const air_node *n = &g->node[i];
    if (n->op == AIR_OP_PROD || n->op == AIR_OP_PROD_BEFORE) return AIR_KIND_PRODUCT;
    if (n->op == AIR_OP_SUM || n->op == AIR_OP_SUM_BEFORE) return AIR_KIND_SUM;
    if (n->op < AIR_OP_ADD) return AIR_KIND_OWN;
    const enum air_kind a = kind_of(g, n->a);
    return a != AIR_KIND_OWN ? a : kind_of(g, n->b);
}
static void set_kinds(air_graph *g)
{
    for (uint32_t i = 0; i < g->n_constraints; i++)
        g->constraint[i].kind = kind_of(g, g->constraint[i].node);
    for (uint32_t i = 0; i < g->n_merges; i++)
        for (unsigned j = 0; j + 1 < g->merge[i].n; j++)
            g->constraint[g->merge[i].constraint + j].kind = AIR_KIND_MERGE;
}

bool air_record(air_graph *g, enum air_component_id id)
{
    air_cx cx;
    renumbering r;
    memset(g, 0, sizeof *g);
    memset(&cx, 0, sizeof cx);
    g->id = id;
    cx.rec.g = g;
    switch (id) {
#define AIR_X(prefix, NAME) \
    case AIR_##NAME: prefix##_constraints(&cx); break;
        AIR_COMPONENTS(AIR_X)
#undef AIR_X
    case AIR_N_COMPONENTS: return false;
    }
    g->n_prod = cx.pair.k;
    g->n_sum = cx.sum.k;
    if (cx.rec.full) return false;
    order_nodes(g, &r);
    set_kinds(g);
    return true;
}

/* ---- values ---- */

void air_graph_eval(qm31 *value, const air_graph *g, const air_mask *mask, const air_challenges *ch,
                    const air_claim *claim)
{
    const unsigned n_prod = air_components[g->id].n_prod;
    for (uint32_t i = 0; i < g->n_nodes; i++) {
        const air_node *n = &g->node[i];
        qm31 v = qm31_zero();
        switch ((enum air_op)n->op) {
        case AIR_OP_CONST: v = qm31_from_m31(m31_from_reduced(n->a)); break;
        case AIR_OP_MAIN: v = mask->main[n->a]; break;
        case AIR_OP_PRE: v = mask->pre[n->a]; break;
        case AIR_OP_BEFORE: v = mask->main_before[n->a]; break;
        case AIR_OP_IS_FIRST: v = mask->is_first; break;
        case AIR_OP_IMAGE_END: v = qm31_from_m31(claim->image_end); break;
        case AIR_OP_GAMMA: v = ch->gamma; break;
        case AIR_OP_Z: v = ch->z; break;
        case AIR_OP_ALPHA: v = ch->alpha[n->a]; break;
        case AIR_OP_PROD: v = mask->inter[n->a]; break;
        case AIR_OP_SUM: v = mask->inter[n_prod + n->a]; break;
        case AIR_OP_PROD_BEFORE: v = mask->prod_before; break;
        case AIR_OP_SUM_BEFORE: v = mask->sum_before; break;
        case AIR_OP_CLAIM_PROD: v = claim->prod; break;
        case AIR_OP_CLAIM_SUM: v = claim->sum; break;
        case AIR_OP_ADD: v = qm31_add(value[n->a], value[n->b]); break;
        case AIR_OP_SUB: v = qm31_sub(value[n->a], value[n->b]); break;
        case AIR_OP_MUL: v = qm31_mul(value[n->a], value[n->b]); break;
        case AIR_N_OPS: break;
        }
        value[i] = v;
    }
}

void air_graph_eval_row(m31 *value, const air_graph *g, const air_row *row)
{
    for (uint32_t i = 0; i < g->n_nodes; i++) {
        const air_node *n = &g->node[i];
        m31 v = m31_zero();
        if (!n->secure) switch ((enum air_op)n->op) {
            case AIR_OP_CONST: v = m31_from_reduced(n->a); break;
            case AIR_OP_MAIN: v = m31_from_reduced(row->main[n->a]); break;
            case AIR_OP_PRE: v = m31_from_reduced(row->pre[n->a]); break;
            case AIR_OP_BEFORE: v = m31_from_reduced(row->before[n->a]); break;
            case AIR_OP_IS_FIRST: v = m31_from_reduced(row->is_first); break;
            case AIR_OP_IMAGE_END: v = m31_from_reduced(row->image_end); break;
            case AIR_OP_ADD: v = m31_add(value[n->a], value[n->b]); break;
            case AIR_OP_SUB: v = m31_sub(value[n->a], value[n->b]); break;
            case AIR_OP_MUL: v = m31_mul(value[n->a], value[n->b]); break;
            default: break; /* secure */
            }
        value[i] = v;
    }
}

unsigned air_graph_degree(const air_graph *g)
{
    unsigned d = 0;
    for (uint32_t i = 0; i < g->n_constraints; i++) {
        const unsigned x = g->node[g->constraint[i].node].degree;
        if (x > d) d = x;
    }
    return d;
}

/* ---- identity ---- */

typedef struct {
    blake2s_ctx b;
} id_hash;
static void mix(id_hash *h, uint32_t x) { blake2s_update_words(&h->b, &x, 1); }

bool air_graph_id(uint32_t id[7], air_graph *g)
{
    id_hash h;
    uint32_t out[8];
    blake2s_init(&h.b, "spAir");
    mix(&h, AIR_N_COMPONENTS);
    mix(&h, AIR_MAX_INSTANCES);
    mix(&h, AIR_N_SPLIT);
    for (int c = 0; c < AIR_N_COMPONENTS; c++) {
        const air_component *k = &air_components[c];
        if (!air_record(g, (enum air_component_id)c)) return false;
        mix(&h, (uint32_t)c);
        mix(&h, k->n_pre);
        mix(&h, k->n_main);
        mix(&h, g->n_prod);
        mix(&h, g->n_sum);
        mix(&h, k->n_before);
        for (unsigned i = 0; i < k->n_before; i++) mix(&h, k->before[i]);
        mix(&h, g->n_nodes);
        for (uint32_t i = 0; i < g->n_nodes; i++) {
            mix(&h, g->node[i].op);
            mix(&h, g->node[i].a);
            mix(&h, g->node[i].b);
        }
        mix(&h, g->n_constraints);
        for (uint32_t i = 0; i < g->n_constraints; i++) mix(&h, g->constraint[i].node);
    }
    blake2s_final(&h.b, out);
    memcpy(id, out, 7 * sizeof *id);
    return true;
}
