/* air_cairo_component.c - a component's weighted constraints as a Cairo function, and all of them
 * in order. */
#include "tools/air_cairo.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const air_graph *g;
    FILE *out;
    fixed_nodes *all;
    counts *n_ops;
    value v[AIR_MAX_NODES];
    uint32_t fixed[AIR_MAX_NODES]; /* number of the fixed node + 1, or 0 */
    unsigned n_temporary;
    uint32_t powers;      /* of rho that are used, a bit each */
    bool leaf[AIR_N_OPS]; /* operations that are used */
} printer;

static value *node_value(printer *p, uint32_t i)
{
    value *v = &p->v[i];
    const air_node *n = &p->g->node[i];
    char name[16];
    if (v->set) return v;
    (void)snprintf(name, sizeof name, "n%" PRIu32, i);
    if (n->op == AIR_OP_CONST) {
        v->set = v->constant = true;
        v->c = n->a;
        return v;
    }
    if (p->fixed[i]) {
        char field[16];
        p->all->node[p->fixed[i] - 1].output = true;
        fixed_name(field, sizeof field, p->all, p->fixed[i] - 1);
        fprintf(p->out, "    let %s = q(fixed.%s);\n", name, field);
        value_set(v, CAIRO_BASE, "%s", name);
        return v;
    }
    const unsigned combined = CAIRO_COMBINED;
    p->leaf[n->op] = true;
    switch ((enum air_op)n->op) {
    case AIR_OP_MAIN: value_set(v, CAIRO_BASE, "m%" PRIu32, n->a); break;
    case AIR_OP_PRE: value_set(v, CAIRO_BASE, "p%" PRIu32, n->a); break;
    case AIR_OP_BEFORE: value_set(v, CAIRO_BASE, "b%" PRIu32, n->a); break;
    case AIR_OP_IS_FIRST: value_set(v, CAIRO_BASE, "is_first"); break;
    case AIR_OP_IMAGE_END: value_set(v, CAIRO_BASE, "image_end"); break;
    case AIR_OP_PROD: value_set(v, combined, "prod%" PRIu32, n->a); break;
    case AIR_OP_SUM: value_set(v, combined, "sum%" PRIu32, n->a); break;
    case AIR_OP_PROD_BEFORE: value_set(v, combined, "prod_before"); break;
    case AIR_OP_SUM_BEFORE: value_set(v, combined, "sum_before"); break;
    case AIR_OP_CLAIM_PROD: value_set(v, CAIRO_BASE, "prod"); break;
    case AIR_OP_CLAIM_SUM: value_set(v, CAIRO_BASE, "sum"); break;
    case AIR_OP_ADD:
    case AIR_OP_SUB:
    case AIR_OP_MUL: {
        value *a = node_value(p, n->a), *b = node_value(p, n->b);
        value_operate(p->out, p->n_ops, v, name, (enum air_op)n->op, a, b);
        break;
    }
    default: fail("an operation without a form");
    }
    return v;
}

static value temporary(printer *p, enum air_op op, value *a, value *b)
{
    value r;
    char name[16];
    (void)snprintf(name, sizeof name, "t%u", p->n_temporary++);
    value_operate(p->out, p->n_ops, &r, name, op, a, b);
    return r;
}
/* The sum of n values, the narrowest first. */
static value sum_of(printer *p, value *v, unsigned n)
{
    for (unsigned i = 1; i < n; i++)
        for (unsigned j = i; j > 0 && v[j].bits < v[j - 1].bits; j--) {
            const value t = v[j];
            v[j] = v[j - 1];
            v[j - 1] = t;
        }
    for (unsigned i = 1; i < n; i++) v[i] = temporary(p, AIR_OP_ADD, &v[i - 1], &v[i]);
    return v[n - 1];
}
/* rho^j x */
static value weighted(printer *p, unsigned j, value *x)
{
    value rho;
    if (j == 0) return *x;
    value_set(&rho, CAIRO_BASE, "rho%u", j);
    p->powers |= 1u << j;
    return temporary(p, AIR_OP_MUL, &rho, x);
}
static bool has_factor(const air_graph *g, uint32_t constraint, uint32_t factor)
{
    const air_node *n = &g->node[g->constraint[constraint].node];
    return n->op == AIR_OP_MUL && (n->a == factor || n->b == factor);
}
/* The factor that most of the constraints left (a bit each) of a block have; how many they are. */
static unsigned common_factor(const air_graph *g, uint32_t first, uint32_t left, uint32_t *factor)
{
    unsigned most = 0;
    for (uint32_t i = 0; i < g->n_nodes; i++) {
        unsigned n = 0;
        for (unsigned j = 0; j < CAIRO_BLOCK; j++)
            n += (left >> j & 1) && has_factor(g, first + j, i);
        if (n > most) most = n, *factor = i;
    }
    return most;
}
/* acc = acc rho^n + sum over the constraints first .. first + n - 1 of rho^j C_(first + j).
 * Constraints with a common factor f are taken together: f times a sum. */
static void print_block(printer *p, uint32_t first, uint32_t n)
{
    const air_graph *g = p->g;
    value term[CAIRO_BLOCK + 1], acc;
    unsigned n_terms = 0;
    fprintf(p->out, "    // constraints %" PRIu32 " to %" PRIu32 "\n    let acc = q(acc);\n", first,
            first + n - 1);
    value_set(&acc, CAIRO_BASE, "acc");
    term[n_terms++] = weighted(p, n, &acc);
    uint32_t left = (1u << n) - 1, factor = 0;
    while (left && common_factor(g, first, left, &factor) > 1) {
        value part[CAIRO_BLOCK];
        unsigned n_parts = 0;
        for (unsigned j = 0; j < n; j++) {
            if (!(left >> j & 1) || !has_factor(g, first + j, factor)) continue;
            const air_node *m = &g->node[g->constraint[first + j].node];
            part[n_parts++] = weighted(p, j, node_value(p, m->a == factor ? m->b : m->a));
            left &= ~(1u << j);
        }
        value sum = sum_of(p, part, n_parts);
        term[n_terms++] = temporary(p, AIR_OP_MUL, node_value(p, factor), &sum);
    }
    for (unsigned j = 0; j < n; j++)
        if (left >> j & 1)
            term[n_terms++] = weighted(p, j, node_value(p, g->constraint[first + j].node));
    const value sum = sum_of(p, term, n_terms);
    p->n_ops->n_reduce++;
    fprintf(p->out, "    let acc = reduce(%s);\n", sum.name);
}

/* let [p0, p1, ..] = the last n of a span */
static void print_span(FILE *f, const char *span, const char *prefix, unsigned n)
{
    if (n == 0) return;
    fprintf(f, "    let [");
    for (unsigned i = 0; i < n; i++) fprintf(f, "%s%s%u", i == 0 ? "" : ", ", prefix, i);
    fprintf(f, "] = (*samples.%s.multi_pop_back::<%u>().unwrap()).unbox();\n", span, n);
}
static void print_wide(FILE *f, const char *prefix, unsigned n)
{
    for (unsigned i = 0; i < n; i++) fprintf(f, "    let %s%u = q(%s%u);\n", prefix, i, prefix, i);
}
static void print_combined(FILE *f, const char *name, const char *prefix, unsigned first)
{
    fprintf(f, "    let %s = combine(", name);
    for (unsigned j = 0; j < 4; j++) fprintf(f, "%s%s%u", j ? ", " : "", prefix, first + j);
    fprintf(f, ");\n");
}
static unsigned samples_before(const air_component *c)
{
    return c->n_before + (c->n_prod ? 4 : 0) + (c->n_sum ? 4 : 0);
}
/* The sampled values, claims and powers, by their names in the expressions. */
static void print_leaves(FILE *f, const printer *p)
{
    const air_component *c = &air_components[p->g->id];
    const unsigned inter = 4 * (c->n_prod + c->n_sum), before = samples_before(c);
    char name[16];
    print_span(f, "pre", "p", c->n_pre);
    print_span(f, "main", "m", c->n_main);
    print_span(f, "inter", "i", inter);
    for (unsigned k = 0; k < c->n_prod + c->n_sum; k++) {
        const bool prod = k < c->n_prod;
        (void)snprintf(name, sizeof name, "%s%u", prod ? "prod" : "sum", prod ? k : k - c->n_prod);
        print_combined(f, name, "i", 4 * k);
    }
    print_span(f, "before", "b", before);
    if (c->n_prod) print_combined(f, "prod_before", "b", c->n_before);
    if (c->n_sum) print_combined(f, "sum_before", "b", before - 4);
    print_wide(f, "p", c->n_pre);
    print_wide(f, "m", c->n_main);
    print_wide(f, "b", c->n_before);
    if (c->n_prod) fprintf(f, "    let prod = q(claim.prod);\n");
    if (c->n_sum) fprintf(f, "    let sum = q(claim.sum);\n");
    if (p->leaf[AIR_OP_IMAGE_END]) fprintf(f, "    let image_end = q_m31(claim.image_end);\n");
    if (p->leaf[AIR_OP_IS_FIRST]) fprintf(f, "    let is_first = q(is_first);\n");
    for (unsigned j = 1; j <= CAIRO_BLOCK; j++)
        if (p->powers >> j & 1) fprintf(f, "    let rho%u = q(powers.rho%u);\n", j, j);
}

void print_component(writer *w, fixed_nodes *all, counts *n_ops, const air_graph *g,
                     const char *name)
{
    static printer p;
    const air_component *c = &air_components[g->id];
    const uint32_t n = g->n_constraints;
    writer body;
    writer_open(&body);
    memset(&p, 0, sizeof p);
    p.g = g;
    p.out = body.f;
    p.all = all;
    p.n_ops = n_ops;
    fixed_find(all, p.fixed, g);
    for (uint32_t end = n; end > 0;) {
        const uint32_t len = end % CAIRO_BLOCK ? end % CAIRO_BLOCK : CAIRO_BLOCK;
        print_block(&p, end - len, len);
        end -= len;
    }
    writer_close(&body);

    writer_open(w);
    FILE *f = w->f;
    fprintf(
        f,
        "//! The constraints of %s, printed by tools/air_cairo from air/%s.air.h. Do not edit.\n"
        "use crate::air::{Claim, Powers, Samples};\n"
        "use crate::fields::qm31::QM31;\n"
        "use super::fixed::Fixed;\n"
        "use crate::air::ops::*;\n\n"
        "/// acc rho^%" PRIu32 " + the sum over the constraints c of rho^c C_c.\n"
        "pub fn %s(\n"
        "    ref samples: Samples,\n    fixed: Box<Fixed>,\n    powers: Box<Powers>,\n"
        "    claim: Claim,\n    is_first: QM31,\n    acc: QM31,\n) -> QM31 {\n"
        "    let (fixed, powers) = (fixed.unbox(), powers.unbox());\n",
        c->name, name, n, name);
    print_leaves(f, &p);
    (void)fwrite(body.text, 1, body.len, f);
    /* The memory that all components use is more than the offset of an instruction may say. */
    fprintf(f, "    core::internal::revoke_ap_tracking();\n    acc\n}\n");
    writer_close(w);
    free(body.text);
}

void print_each(writer *w, const char *const names[AIR_N_COMPONENTS])
{
    writer_open(w);
    FILE *f = w->f;
    fprintf(f,
            "//! All components in order; printed by tools/air_cairo. Do not edit.\n"
            "use crate::air::{Claim, Powers, Samples, Shape};\n"
            "use crate::fields::m31::M31;\n"
            "use crate::fields::qm31;\n"
            "use crate::fields::qm31::QM31;\n"
            "use super::fixed::Fixed;\n\n"
            "/// How many samples each component has.\n"
            "pub const SHAPES: [Shape; %d] = [\n",
            AIR_N_COMPONENTS);
    for (int i = 0; i < AIR_N_COMPONENTS; i++) {
        const air_component *c = &air_components[i];
        fprintf(f, "    Shape { pre: %u, main: %u, inter: %u, before: %u }, // %s\n", c->n_pre,
                c->n_main, 4 * (c->n_prod + c->n_sum), samples_before(c), c->name);
    }
    fprintf(
        f,
        "];\n\n"
        "/// The sum over the constraints c of all components with a log size other than 0 of\n"
        "/// rho^c C_c: the last component first, by Horner's rule.\n"
        "pub fn each(\n"
        "    logs: Span<u32>, ref samples: Samples, fixed: Box<Fixed>, powers: Box<Powers>, "
        "image_end: M31,\n"
        ") -> QM31 {\n"
        "    let mut logs = logs;\n"
        "    // What absent components would have cost is given back only where gas is counted.\n"
        "    core::gas::withdraw_gas().unwrap();\n"
        "    let mut acc = qm31::ZERO;\n");
    for (int i = AIR_N_COMPONENTS - 1; i >= 0; i--) {
        const air_component *c = &air_components[i];
        fprintf(f,
                "    if *logs.pop_back().unwrap() != 0 {\n"
                "        let claim = Claim {\n"
                "            prod: %s,\n"
                "            sum: %s,\n"
                "            image_end,\n"
                "        };\n"
                "        let is_first = *samples.is_first.pop_back().unwrap();\n"
                "        acc = super::%s::%s(ref samples, fixed, powers, claim, is_first, acc);\n"
                "    }\n",
                c->n_prod ? "*samples.prod_claims.pop_back().unwrap()" : "qm31::ZERO",
                c->n_sum ? "*samples.sum_claims.pop_back().unwrap()" : "qm31::ZERO", names[i],
                names[i]);
    }
    fprintf(f, "    acc\n}\n");
    writer_close(w);
}
