/* air_cairo_fixed.c - what is the same for all components and rows: computed once, in fixed.cairo.
 */
#include "tools/air_cairo.h"

#include <inttypes.h>
#include <stdlib.h>

static bool is_fixed_leaf(enum air_op op)
{
    return op == AIR_OP_CONST || op == AIR_OP_GAMMA || op == AIR_OP_Z || op == AIR_OP_ALPHA;
}
static uint32_t put(fixed_nodes *all, enum air_op op, uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i < all->n; i++)
        if (all->node[i].op == op && all->node[i].a == a && all->node[i].b == b) return i;
    if (all->n == CAIRO_MAX_FIXED) fail("too many fixed values");
    fixed_node *n = &all->node[all->n];
    n->op = (uint8_t)op;
    n->a = a;
    n->b = b;
    return all->n++;
}
void fixed_find(fixed_nodes *all, uint32_t number[AIR_MAX_NODES], const air_graph *g)
{
    for (uint32_t i = 0; i < g->n_nodes; i++) {
        const air_node *n = &g->node[i];
        const enum air_op op = (enum air_op)n->op;
        number[i] = 0;
        if (is_fixed_leaf(op))
            number[i] = 1 + put(all, op, n->a, n->b);
        else if (op >= AIR_OP_ADD && number[n->a] && number[n->b])
            number[i] = 1 + put(all, op, number[n->a] - 1, number[n->b] - 1);
    }
}
void fixed_name(char *name, size_t len, const fixed_nodes *all, uint32_t i)
{
    const fixed_node *n = &all->node[i];
    if (n->op >= AIR_OP_ADD)
        (void)snprintf(name, len, "f%" PRIu32, i);
    else if (n->op == AIR_OP_ALPHA)
        (void)snprintf(name, len, "alpha%" PRIu32, n->a);
    else
        (void)snprintf(name, len, "%s", n->op == AIR_OP_GAMMA ? "gamma" : "z");
}
/* What a leaf is in struct Challenges. */
static void put_leaf(FILE *out, const fixed_node *n, const char *name)
{
    if (n->op == AIR_OP_ALPHA)
        fprintf(out, "*ch.alpha.span()[%" PRIu32 "]", n->a);
    else
        fprintf(out, "*ch.%s", name);
}
static value *fixed_value(FILE *out, fixed_nodes *all, counts *n_ops, uint32_t i)
{
    fixed_node *n = &all->node[i];
    char name[16];
    if (n->v.set) return &n->v;
    fixed_name(name, sizeof name, all, i);
    if (n->op == AIR_OP_CONST) {
        n->v.set = n->v.constant = true;
        n->v.c = n->a;
    } else if (n->op < AIR_OP_ADD) {
        fprintf(out, "    let %s = q(", name);
        put_leaf(out, n, name);
        fprintf(out, ");\n");
        value_set(&n->v, CAIRO_BASE, "%s", name);
    } else {
        value *a = fixed_value(out, all, n_ops, n->a), *b = fixed_value(out, all, n_ops, n->b);
        value_operate(out, n_ops, &n->v, name, (enum air_op)n->op, a, b);
    }
    return &n->v;
}

void print_fixed(writer *w, fixed_nodes *all, counts *n_ops)
{
    writer body;
    char name[16];
    writer_open(&body);
    for (uint32_t i = 0; i < all->n; i++)
        if (all->node[i].output && all->node[i].op >= AIR_OP_ADD)
            (void)fixed_value(body.f, all, n_ops, i);
    fprintf(body.f, "    Fixed {\n");
    for (uint32_t i = 0; i < all->n; i++) {
        const fixed_node *n = &all->node[i];
        if (!n->output) continue;
        fixed_name(name, sizeof name, all, i);
        fprintf(body.f, "        %s: ", name);
        if (n->op < AIR_OP_ADD)
            put_leaf(body.f, n, name);
        else
            fprintf(body.f, "reduce(%s)", n->v.name);
        fprintf(body.f, ",\n");
    }
    fprintf(body.f, "    }\n}\n");
    writer_close(&body);

    writer_open(w);
    FILE *f = w->f;
    fprintf(f, "//! What the constraints of all components make of gamma, z and alpha; printed by\n"
               "//! tools/air_cairo. Do not edit.\n"
               "use crate::air::Challenges;\n"
               "use crate::fields::qm31::QM31;\n"
               "use crate::air::ops::*;\n\n"
               "#[derive(Copy, Drop)]\npub struct Fixed {\n");
    for (uint32_t i = 0; i < all->n; i++) {
        if (!all->node[i].output) continue;
        fixed_name(name, sizeof name, all, i);
        fprintf(f, "    pub %s: QM31,\n", name);
    }
    fprintf(f, "}\n\npub fn fixed(ch: @Challenges) -> Fixed {\n");
    (void)fwrite(body.text, 1, body.len, f);
    writer_close(w);
    free(body.text);
}
