/* air_cairo.c - prints the constraints of every component as Cairo, from the recorded graphs.
 *
 *   air_cairo --write DIR      writes DIR/NAME.cairo for every component, fixed.cairo and ops.cairo
 *   air_cairo --check DIR      fails unless these files are what it would write
 *
 * A value is a QM31 whose coordinates lie in -2^k .. 2^k; k is part of its Cairo type. Sums and
 * products are taken over the integers; a value is reduced modulo P when the next product, or the
 * weighted sum, would pass 2^CAP. What is the same for all components and rows of a proof (made of
 * gamma, z and alpha alone) is computed once, in fixed.cairo. */
#include "air/record.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAP 157      /* reduce() takes values up to 2^CAP; with its offset below 2^159 */
#define BASE 31      /* reduced values */
#define BLOCK 8      /* constraints of one weighted sum */
#define SUM_BASE 148 /* its terms; BLOCK + 1 of them stay below 2^CAP */
#define MAX_FIXED 256

static void fail(const char *what)
{
    fprintf(stderr, "air_cairo: %s\n", what);
    exit(1);
}

/* ---- text ---- */

typedef struct {
    char *text;
    size_t len;
    FILE *f;
} writer;

static void writer_open(writer *w)
{
    w->f = open_memstream(&w->text, &w->len);
    if (!w->f) fail("no memory");
}
static void writer_close(writer *w)
{
    if (fclose(w->f) != 0) fail("no memory");
}

/* ---- operations used, each printed once in ops.cairo ---- */

static bool used_add[CAP + 2], used_sub[CAP + 2], used_add_const[CAP + 2], used_from[CAP + 2];
static bool used_scale[CAP + 1][32], used_mul[CAP + 1][CAP + 1];

/* ---- values ---- */

typedef struct {
    bool set, constant;
    uint32_t c; /* of a constant */
    unsigned bits;
    char name[16];
} value;

/* What is the same for all components: nodes over gamma, z and alpha. */
typedef struct {
    uint8_t op;
    uint32_t a, b; /* numbers of fixed nodes when op >= AIR_OP_ADD */
    bool output;
    value v;
} fixed_node;
static fixed_node fixed[MAX_FIXED];
static uint32_t n_fixed;

typedef struct {
    air_graph *g;
    FILE *out;
    value v[AIR_MAX_NODES];
    uint32_t fixed[AIR_MAX_NODES]; /* number of the fixed node + 1, or 0 */
    bool claim, is_first;          /* mentioned */
    unsigned n_reduced;
} printer;
static unsigned total_mul, total_reduce;

static unsigned log_of(uint32_t c)
{
    unsigned m = 0;
    while (((uint32_t)1 << m) < c) m++;
    return m;
}

static void set(value *v, unsigned bits, const char *form, ...)
{
    va_list ap;
    v->set = true;
    v->constant = false;
    v->bits = bits;
    va_start(ap, form);
    (void)vsnprintf(v->name, sizeof v->name, form, ap);
    va_end(ap);
}
/* The value as an operand of the given bound. */
static const char *at(const value *v, unsigned bits)
{
    static char text[4][32];
    static unsigned k;
    char *t = text[k++ % 4];
    (void)snprintf(t, sizeof text[0], v->bits == bits ? "%s" : "up(%s)", v->name);
    return t;
}
static void reduce(FILE *out, value *v)
{
    if (v->bits <= BASE) fail("a reduced value is too large");
    total_reduce++;
    fprintf(out, "    let %s = q(reduce(%s));\n", v->name, at(v, CAP));
    v->bits = BASE;
}

/* r = a op b */
static void operate(FILE *out, value *r, const char *name, enum air_op op, value *a, value *b)
{
    if (a->constant && op != AIR_OP_SUB) {
        value *t = a;
        a = b;
        b = t;
    }
    if (op == AIR_OP_MUL && b->constant) {
        const unsigned m = log_of(b->c);
        if (a->bits + m > CAP) reduce(out, a);
        used_scale[a->bits][m] = true;
        fprintf(out, "    let %s = scale_%u_%u(%s, %" PRIu32 ");\n", name, a->bits, m, a->name,
                b->c);
        set(r, a->bits + m, "%s", name);
    } else if (op == AIR_OP_MUL) {
        while (a->bits + b->bits + 3 > CAP) reduce(out, a->bits > b->bits ? a : b);
        if (a->bits > b->bits) {
            value *t = a;
            a = b;
            b = t;
        }
        total_mul++;
        used_mul[a->bits][b->bits] = true;
        fprintf(out, "    let %s = mul_%u_%u(%s, %s);\n", name, a->bits, b->bits, a->name, b->name);
        set(r, a->bits + b->bits + 3, "%s", name);
    } else if (b->constant) {
        const unsigned k = a->bits;
        if (k == CAP) fail("a sum is too large");
        used_add_const[k] = true;
        fprintf(out, "    let %s = add_const_%u(%s, %s%" PRIu32 ");\n", name, k, a->name,
                op == AIR_OP_SUB ? "-" : "", b->c);
        set(r, k + 1, "%s", name);
    } else if (a->constant) {
        const unsigned k = b->bits;
        if (k == CAP) fail("a sum is too large");
        used_from[k] = true;
        fprintf(out, "    let %s = const_sub_%u(%" PRIu32 ", %s);\n", name, k, a->c, b->name);
        set(r, k + 1, "%s", name);
    } else {
        if (a->bits == CAP) reduce(out, a);
        if (b->bits == CAP) reduce(out, b);
        const unsigned k = a->bits > b->bits ? a->bits : b->bits;
        (op == AIR_OP_ADD ? used_add : used_sub)[k] = true;
        fprintf(out, "    let %s = %s_%u(%s, %s);\n", name, op == AIR_OP_ADD ? "add" : "sub", k,
                at(a, k), at(b, k));
        set(r, k + 1, "%s", name);
    }
}

/* ---- fixed values ---- */

static bool is_fixed_leaf(enum air_op op)
{
    return op == AIR_OP_CONST || op == AIR_OP_GAMMA || op == AIR_OP_Z || op == AIR_OP_ALPHA;
}
static uint32_t put_fixed(enum air_op op, uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i < n_fixed; i++)
        if (fixed[i].op == op && fixed[i].a == a && fixed[i].b == b) return i;
    if (n_fixed == MAX_FIXED) fail("too many fixed values");
    fixed[n_fixed].op = (uint8_t)op;
    fixed[n_fixed].a = a;
    fixed[n_fixed].b = b;
    return n_fixed++;
}
/* Notes the fixed nodes of a component, and which of them its other nodes use. */
static void find_fixed(printer *p)
{
    const air_graph *g = p->g;
    for (uint32_t i = 0; i < g->n_nodes; i++) {
        const air_node *n = &g->node[i];
        const enum air_op op = (enum air_op)n->op;
        p->fixed[i] = 0;
        if (is_fixed_leaf(op)) {
            p->fixed[i] = 1 + put_fixed(op, n->a, n->b);
        } else if (op >= AIR_OP_ADD && p->fixed[n->a] && p->fixed[n->b]) {
            p->fixed[i] = 1 + put_fixed(op, p->fixed[n->a] - 1, p->fixed[n->b] - 1);
        }
    }
}
static void leaf_name(char *name, size_t len, const fixed_node *n)
{
    if (n->op == AIR_OP_ALPHA)
        (void)snprintf(name, len, "alpha%" PRIu32, n->a);
    else
        (void)snprintf(name, len, "%s", n->op == AIR_OP_GAMMA ? "gamma" : "z");
}
static value *fixed_value(FILE *out, uint32_t i)
{
    fixed_node *n = &fixed[i];
    if (n->v.set) return &n->v;
    if (n->op == AIR_OP_CONST) {
        n->v.set = n->v.constant = true;
        n->v.c = n->a;
    } else if (n->op < AIR_OP_ADD) {
        char name[16];
        leaf_name(name, sizeof name, n);
        if (n->op == AIR_OP_ALPHA)
            fprintf(out, "    let %s = q(*ch.alpha.span()[%" PRIu32 "]);\n", name, n->a);
        else
            fprintf(out, "    let %s = q(*ch.%s);\n", name, name);
        set(&n->v, BASE, "%s", name);
    } else {
        char name[16];
        value *a = fixed_value(out, n->a), *b = fixed_value(out, n->b);
        (void)snprintf(name, sizeof name, "f%" PRIu32, i);
        operate(out, &n->v, name, (enum air_op)n->op, a, b);
    }
    return &n->v;
}

/* ---- one component ---- */

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
        fixed_node *f = &fixed[p->fixed[i] - 1];
        char field[16];
        f->output = true;
        if (f->op < AIR_OP_ADD)
            leaf_name(field, sizeof field, f);
        else
            (void)snprintf(field, sizeof field, "f%" PRIu32, p->fixed[i] - 1);
        fprintf(p->out, "    let %s = q(fixed.%s);\n", name, field);
        set(v, BASE, "%s", name);
        return v;
    }
    const unsigned combined = BASE + 4;
    switch ((enum air_op)n->op) {
    case AIR_OP_MAIN: set(v, BASE, "m%" PRIu32, n->a); break;
    case AIR_OP_PRE: set(v, BASE, "p%" PRIu32, n->a); break;
    case AIR_OP_BEFORE: set(v, BASE, "b%" PRIu32, n->a); break;
    case AIR_OP_IS_FIRST: set(v, BASE, "is_first"), p->is_first = true; break;
    case AIR_OP_IMAGE_END: set(v, BASE, "image_end"), p->claim = true; break;
    case AIR_OP_PROD: set(v, combined, "prod%" PRIu32, n->a); break;
    case AIR_OP_SUM: set(v, combined, "sum%" PRIu32, n->a); break;
    case AIR_OP_PROD_BEFORE: set(v, combined, "prod_before"); break;
    case AIR_OP_SUM_BEFORE: set(v, combined, "sum_before"); break;
    case AIR_OP_CLAIM_PROD: set(v, BASE, "prod"), p->claim = true; break;
    case AIR_OP_CLAIM_SUM: set(v, BASE, "sum"), p->claim = true; break;
    case AIR_OP_ADD:
    case AIR_OP_SUB:
    case AIR_OP_MUL: {
        value *a = node_value(p, n->a), *b = node_value(p, n->b);
        operate(p->out, v, name, (enum air_op)n->op, a, b);
        break;
    }
    default: fail("an operation without a form");
    }
    return v;
}

/* acc = acc rho^n + sum over the constraints first .. first + n - 1 of rho^j C_(first + j) */
static void print_block(printer *p, uint32_t first, uint32_t n)
{
    FILE *out = p->out;
    const unsigned limit = SUM_BASE - BASE - 3;
    unsigned bits = SUM_BASE;
    used_mul[BASE][BASE] = true;
    fprintf(out, "    // constraints %" PRIu32 " to %" PRIu32 "\n", first, first + n - 1);
    fprintf(out, "    let s%" PRIu32 "_0 = mul_%u_%u(q(acc), q(powers.rho%" PRIu32 "));\n", first,
            BASE, BASE, n);
    total_mul++;
    for (uint32_t j = 0; j < n; j++) {
        value *c = node_value(p, p->g->constraint[first + j].node);
        char term[64];
        if (c->bits > limit) reduce(out, c);
        if (j == 0) {
            (void)snprintf(term, sizeof term, "%s", c->name);
        } else {
            used_mul[BASE][c->bits] = true;
            total_mul++;
            fprintf(out, "    let t%" PRIu32 " = mul_%u_%u(q(powers.rho%" PRIu32 "), %s);\n",
                    first + j, BASE, c->bits, j, c->name);
            (void)snprintf(term, sizeof term, "t%" PRIu32, first + j);
        }
        used_add[bits] = true;
        fprintf(out,
                "    let s%" PRIu32 "_%" PRIu32 " = add_%u(%ss%" PRIu32 "_%" PRIu32
                "%s, up(%s));\n",
                first, j + 1, bits, j ? "" : "up(", first, j, j ? "" : ")", term);
        bits++;
    }
    total_reduce++;
    fprintf(out, "    let acc = reduce(%ss%" PRIu32 "_%" PRIu32 "%s);\n", bits == CAP ? "" : "up(",
            first, n, bits == CAP ? "" : ")");
}

static void print_names(FILE *f, const char *prefix, unsigned n)
{
    for (unsigned i = 0; i < n; i++) fprintf(f, "%s%s%u", i ? ", " : "", prefix, i);
}
static void print_span(FILE *f, const char *span, const char *prefix, unsigned n)
{
    if (n == 0) return;
    fprintf(f, "    let [");
    print_names(f, prefix, n);
    fprintf(f, "] = (*samples.%s.multi_pop_back::<%u>().unwrap()).unbox();\n", span, n);
    for (unsigned i = 0; i < n; i++) fprintf(f, "    let %s%u = q(%s%u);\n", prefix, i, prefix, i);
}
static void print_inter(FILE *f, const char *name, unsigned first, unsigned n, unsigned total)
{
    (void)total;
    for (unsigned k = 0; k < n; k++) {
        fprintf(f, "    let %s%u = combine(", name, k);
        for (unsigned j = 0; j < 4; j++) fprintf(f, "%si%u", j ? ", " : "", 4 * (first + k) + j);
        fprintf(f, ");\n");
    }
}

static unsigned samples_before(const air_component *c)
{
    return c->n_before + (c->n_prod ? 4 : 0) + (c->n_sum ? 4 : 0);
}
static void print_component(writer *w, printer *p, const char *name)
{
    const air_component *c = &air_components[p->g->id];
    writer body;
    writer_open(&body);
    p->out = body.f;
    p->claim = p->is_first = false;
    memset(p->v, 0, sizeof p->v);
    total_mul = total_reduce = 0;
    const uint32_t n = p->g->n_constraints;
    for (uint32_t end = n; end > 0;) {
        const uint32_t len = end % BLOCK ? end % BLOCK : BLOCK;
        print_block(p, end - len, len);
        end -= len;
    }
    writer_close(&body);
    fprintf(stderr, "%-8s %3u constraints, %3u products, %3u reductions\n", c->name, n, total_mul,
            total_reduce);

    writer_open(w);
    FILE *f = w->f;
    fprintf(
        f,
        "//! The constraints of %s, printed by tools/air_cairo from air/%s.air.h. Do not edit.\n"
        "use crate::air::{Claim, Powers, Samples};\n"
        "use crate::fields::qm31::QM31;\n"
        "use super::fixed::Fixed;\n"
        "use super::ops::*;\n\n"
        "/// acc rho^%u + the sum over the constraints c of rho^c C_c.\n"
        "pub fn %s(\n"
        "    ref samples: Samples, fixed: Box<Fixed>, powers: Box<Powers>, claim: Claim, "
        "is_first: QM31, acc: QM31,\n) -> QM31 {\n"
        "    let (fixed, powers) = (fixed.unbox(), powers.unbox());\n",
        c->name, name, n, name);
    print_span(f, "pre", "p", c->n_pre);
    print_span(f, "main", "m", c->n_main);
    const unsigned inter = 4 * (c->n_prod + c->n_sum), before = c->n_before;
    if (inter) {
        fprintf(f, "    let [");
        print_names(f, "i", inter);
        fprintf(f, "] = (*samples.inter.multi_pop_back::<%u>().unwrap()).unbox();\n", inter);
    }
    print_inter(f, "prod", 0, c->n_prod, inter);
    print_inter(f, "sum", c->n_prod, c->n_sum, inter);
    const unsigned n_before = samples_before(c);
    if (n_before) {
        fprintf(f, "    let [");
        print_names(f, "b", n_before);
        fprintf(f, "] = (*samples.before.multi_pop_back::<%u>().unwrap()).unbox();\n", n_before);
        for (unsigned i = 0; i < before; i++) fprintf(f, "    let b%u = q(b%u);\n", i, i);
        unsigned at_b = before;
        if (c->n_prod) {
            fprintf(f, "    let prod_before = combine(b%u, b%u, b%u, b%u);\n", at_b, at_b + 1,
                    at_b + 2, at_b + 3);
            at_b += 4;
        }
        if (c->n_sum)
            fprintf(f, "    let sum_before = combine(b%u, b%u, b%u, b%u);\n", at_b, at_b + 1,
                    at_b + 2, at_b + 3);
    }
    if (c->n_prod) fprintf(f, "    let prod = q(claim.prod);\n");
    if (c->n_sum) fprintf(f, "    let sum = q(claim.sum);\n");
    if (p->g->id == AIR_INITFIN) fprintf(f, "    let image_end = q_m31(claim.image_end);\n");
    fprintf(f, "    let is_first = q(is_first);\n");
    (void)fwrite(body.text, 1, body.len, f);
    /* The memory that all components use is more than an offset may say. */
    fprintf(f, "    core::internal::revoke_ap_tracking();\n    acc\n}\n");
    writer_close(w);
    free(body.text);
}

static void print_fixed(writer *w)
{
    writer body;
    writer_open(&body);
    for (uint32_t i = 0; i < n_fixed; i++)
        if (fixed[i].output && fixed[i].op >= AIR_OP_ADD) (void)fixed_value(body.f, i);
    fprintf(body.f, "    Fixed {\n");
    for (uint32_t i = 0; i < n_fixed; i++) {
        if (!fixed[i].output) continue;
        char field[16];
        if (fixed[i].op < AIR_OP_ADD) {
            leaf_name(field, sizeof field, &fixed[i]);
            if (fixed[i].op == AIR_OP_ALPHA)
                fprintf(body.f, "        %s: *ch.alpha.span()[%" PRIu32 "],\n", field, fixed[i].a);
            else
                fprintf(body.f, "        %s: *ch.%s,\n", field, field);
        } else {
            const value *v = &fixed[i].v;
            fprintf(body.f, "        %s: reduce(%s),\n", v->name, at(v, CAP));
        }
    }
    fprintf(body.f, "    }\n}\n");
    writer_close(&body);

    writer_open(w);
    FILE *f = w->f;
    fprintf(f, "//! What the constraints of all components make of gamma, z and alpha; printed by\n"
               "//! tools/air_cairo. Do not edit.\n"
               "use crate::air::Challenges;\n"
               "use crate::fields::qm31::QM31;\n"
               "use super::ops::*;\n\n"
               "#[derive(Copy, Drop)]\npub struct Fixed {\n");
    for (uint32_t i = 0; i < n_fixed; i++) {
        if (!fixed[i].output) continue;
        char field[16];
        if (fixed[i].op < AIR_OP_ADD)
            leaf_name(field, sizeof field, &fixed[i]);
        else
            (void)snprintf(field, sizeof field, "f%" PRIu32, i);
        fprintf(f, "    pub %s: QM31,\n", field);
    }
    fprintf(f, "}\n\npub fn fixed(ch: @Challenges) -> Fixed {\n");
    (void)fwrite(body.text, 1, body.len, f);
    writer_close(w);
    free(body.text);
}

/* ---- each.cairo ---- */

static void print_each(writer *w, const char *const names[AIR_N_COMPONENTS])
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
    fprintf(f,
            "];\n\n"
            "/// The sum over the constraints c of all components with a log size other than 0 of\n"
            "/// rho^c C_c: the last component first, by Horner's rule.\n"
            "pub fn each(\n"
            "    logs: Span<u32>, ref samples: Samples, fixed: Box<Fixed>, powers: Box<Powers>, "
            "image_end: M31,\n"
            ") -> QM31 {\n"
            "    let mut logs = logs;\n"
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

/* ---- ops.cairo ---- */

/* "0x..." of 2^k */
static const char *power(unsigned k)
{
    static char text[4][48];
    static unsigned n;
    char *t = text[n++ % 4];
    (void)snprintf(t, sizeof text[0], "0x%u%0*d", 1u << (k % 4), (int)(k / 4), 0);
    if (k < 4) (void)snprintf(t, sizeof text[0], "0x%u", 1u << k);
    return t;
}

/* Names of the bounds and helpers that the operations need. */
static bool need_type[CAP + 2], need_add[CAP + 2], need_sub[CAP + 2],
    need_product[CAP + 1][CAP + 1];
static void want_sum(bool *which, unsigned k)
{
    which[k] = true;
    need_type[k] = need_type[k + 1] = true;
}
static void want_product(unsigned a, unsigned b)
{
    need_product[a][b] = true;
    need_type[a] = need_type[b] = need_type[a + b] = true;
}

static void print_functions(FILE *f)
{
    for (unsigned k = 0; k <= CAP; k++) {
        if (used_add[k]) {
            want_sum(need_add, k);
            fprintf(f,
                    "#[inline(always)]\npub fn add_%u(x: Q<S%u>, y: Q<S%u>) -> Q<S%u> {\n"
                    "    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, "
                    "y.d) }\n}\n",
                    k, k, k, k + 1);
        }
        if (used_sub[k]) {
            want_sum(need_sub, k);
            fprintf(f,
                    "#[inline(always)]\npub fn sub_%u(x: Q<S%u>, y: Q<S%u>) -> Q<S%u> {\n"
                    "    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, "
                    "y.d) }\n}\n",
                    k, k, k, k + 1);
        }
        if (used_add_const[k]) {
            want_sum(need_add, k);
            fprintf(f,
                    "#[inline(always)]\npub fn add_const_%u(x: Q<S%u>, c: S%u) -> Q<S%u> {\n"
                    "    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }\n}\n",
                    k, k, k, k + 1);
        }
        if (used_from[k]) {
            want_sum(need_sub, k);
            fprintf(f,
                    "#[inline(always)]\npub fn const_sub_%u(c: S%u, x: Q<S%u>) -> Q<S%u> {\n"
                    "    Q { a: sub(c, x.a), b: sub(0, x.b), c: sub(0, x.c), d: sub(0, x.d) }\n}\n",
                    k, k, k, k + 1);
        }
        for (unsigned m = 0; m < 32; m++) {
            if (!used_scale[k][m]) continue;
            want_product(k, m);
            fprintf(f,
                    "#[inline(always)]\npub fn scale_%u_%u(x: Q<S%u>, c: S%u) -> Q<S%u> {\n"
                    "    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }\n}\n",
                    k, m, k, m, k + m);
        }
    }
    for (unsigned j = 0; j <= CAP; j++)
        for (unsigned k = j; k <= CAP; k++) {
            if (!used_mul[j][k]) continue;
            const unsigned s = j + k;
            want_product(j, k);
            want_sum(need_add, s), want_sum(need_sub, s);
            want_sum(need_add, s + 1), want_sum(need_sub, s + 1);
            want_sum(need_add, s + 2);
            fprintf(f,
                    "#[inline(always)]\npub fn mul_%u_%u(x: Q<S%u>, y: Q<S%u>) -> Q<S%u> {\n"
                    "    let s = sub(mul(x.c, y.c), mul(x.d, y.d));\n"
                    "    let t = add(mul(x.c, y.d), mul(x.d, y.c));\n"
                    "    Q {\n"
                    "        a: add(add(s, s), sub(sub(mul(x.a, y.a), mul(x.b, y.b)), t)),\n"
                    "        b: add(add(t, t), add(add(mul(x.a, y.b), mul(x.b, y.a)), s)),\n"
                    "        c: upcast(\n"
                    "            add(sub(mul(x.a, y.c), mul(x.b, y.d)), sub(mul(x.c, y.a), "
                    "mul(x.d, y.b))),\n"
                    "        ),\n"
                    "        d: upcast(\n"
                    "            add(add(mul(x.a, y.d), mul(x.b, y.c)), add(mul(x.c, y.b), "
                    "mul(x.d, y.a))),\n"
                    "        ),\n"
                    "    }\n}\n",
                    j, k, j, k, s + 3);
        }
}

static const char ops_text[] =
    "#[derive(Copy, Drop)]\n"
    "pub struct Q<T> {\n    pub a: T,\n    pub b: T,\n    pub c: T,\n    pub d: T,\n}\n\n"
    "#[inline(always)]\npub fn q(x: QM31) -> Q<S31> {\n"
    "    Q { a: upcast(x.a), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }\n}\n"
    "#[inline(always)]\npub fn q_m31(x: M31) -> Q<S31> {\n"
    "    Q { a: upcast(x), b: 0, c: 0, d: 0 }\n}\n"
    "/// The same value in wider bounds.\n"
    "#[inline(always)]\npub fn up<X, Y>(x: Q<X>) -> Q<Y> {\n"
    "    let Q { a, b, c, d } = x;\n"
    "    Q { a: upcast(a), b: upcast(b), c: upcast(c), d: upcast(d) }\n}\n"
    "/// f0 + i f1 + u f2 + iu f3: a QM31 column at a point from its coordinate columns there.\n"
    "#[inline(always)]\npub fn combine(f0: QM31, f1: QM31, f2: QM31, f3: QM31) -> Q<S35> {\n"
    "    let (f0, f1, f2, f3) = (q(f0), q(f1), q(f2), q(f3));\n"
    "    let s = sub(f2.c, f3.d);\n"
    "    let t = add(f2.d, f3.c);\n"
    "    Q {\n"
    "        a: upcast(add(add(s, s), sub(sub(f0.a, f1.b), t))),\n"
    "        b: upcast(add(add(t, t), add(add(f0.b, f1.a), s))),\n"
    "        c: upcast(add(sub(f0.c, f1.d), sub(f2.a, f3.b))),\n"
    "        d: upcast(add(add(f0.d, f1.c), add(f2.b, f3.a))),\n"
    "    }\n}\n";

static const char reduce_text[] =
    "fn reduce_one(x: S157) -> M31 {\n"
    "    let (_, r) = div_rem::<_, _, Reduce>(add::<_, _, Lift>(x, LIFT), 0x7fffffff);\n"
    "    r\n"
    "}\n"
    "const LIFT: UnitInt<0x3fffffff80000000000000000000000000000000> = "
    "0x3fffffff80000000000000000000000000000000;\n"
    "impl Lift of AddHelper<S157, UnitInt<0x3fffffff80000000000000000000000000000000>> {\n"
    "    type Result = BoundedInt<0x1fffffff80000000000000000000000000000000, "
    "0x5fffffff80000000000000000000000000000000>;\n"
    "}\n"
    "impl Reduce of DivRemHelper<\n"
    "    BoundedInt<0x1fffffff80000000000000000000000000000000, "
    "0x5fffffff80000000000000000000000000000000>, UnitInt<0x7fffffff>,\n"
    "> {\n"
    "    type DivT = BoundedInt<0x3fffffff7ffffffefffffffdfffffffb, "
    "0xc0000000800000010000000200000004>;\n"
    "    type RemT = M31;\n"
    "}\n";

static void print_ops(writer *w)
{
    writer body;
    writer_open(&body);
    print_functions(body.f);
    writer_close(&body);
    need_type[BASE + 4] = need_type[CAP] = true;
    want_sum(need_add, BASE), want_sum(need_sub, BASE);
    want_sum(need_add, BASE + 1), want_sum(need_sub, BASE + 1), want_sum(need_add, BASE + 2);

    writer_open(w);
    FILE *f = w->f;
    fprintf(f, "//! QM31 values over the integers, in bounds that their types name: S<k> holds "
               "-2^k ..= 2^k.\n"
               "//! Printed by tools/air_cairo, for the operations that the constraints need. Do "
               "not edit.\n"
               "#[feature(\"bounded-int-utils\")]\n"
               "use core::internal::bounded_int::{\n"
               "    AddHelper, BoundedInt, DivRemHelper, MulHelper, SubHelper, UnitInt, add, "
               "div_rem, mul, sub, upcast,\n"
               "};\n"
               "use crate::fields::m31::M31;\n"
               "use crate::fields::qm31::QM31;\n\n");
    fprintf(f, "%s", ops_text);
    /* P 2^(CAP - 30) > 2^CAP; over P it is 2^127, and (2^CAP + P 2^127) / P < 2^128 + 2^97. */
    fprintf(f,
            "/// Modulo P. Adds P 2^127 > 2^%u first, so that nothing is below zero.\n"
            "pub fn reduce(x: Q<S%u>) -> QM31 {\n"
            "    QM31 { a: reduce_one(x.a), b: reduce_one(x.b), c: reduce_one(x.c), d: "
            "reduce_one(x.d) }\n}\n",
            CAP, CAP);
    fprintf(f, "%s", reduce_text);
    (void)fwrite(body.text, 1, body.len, f);
    for (unsigned k = 0; k <= CAP + 1; k++)
        if (need_type[k])
            fprintf(f, "pub type S%u = BoundedInt<-%s, %s>;\n", k, power(k), power(k));
    for (unsigned k = 0; k <= CAP; k++) {
        if (need_add[k])
            fprintf(f, "impl Add%u of AddHelper<S%u, S%u> {\n    type Result = S%u;\n}\n", k, k, k,
                    k + 1);
        if (need_sub[k])
            fprintf(f, "impl Sub%u of SubHelper<S%u, S%u> {\n    type Result = S%u;\n}\n", k, k, k,
                    k + 1);
    }
    for (unsigned j = 0; j <= CAP; j++)
        for (unsigned k = 0; k <= CAP; k++)
            if (need_product[j][k])
                fprintf(f, "impl Mul%u_%u of MulHelper<S%u, S%u> {\n    type Result = S%u;\n}\n", j,
                        k, j, k, j + k);
    writer_close(w);
    free(body.text);
}

/* ---- files ---- */

static bool use_file(const char *dir, const char *name, bool check, const writer *w)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s.cairo", dir, name);
    FILE *f = fopen(path, check ? "rb" : "wb");
    bool good;
    if (!f) {
        perror(path);
        return false;
    }
    if (check) {
        char *found = malloc(w->len + 1);
        good = found && fread(found, 1, w->len + 1, f) == w->len &&
               memcmp(found, w->text, w->len) == 0;
        free(found);
    } else {
        good = fwrite(w->text, 1, w->len, f) == w->len;
    }
    if (fclose(f) != 0) good = false;
    if (!good && check)
        fprintf(stderr, "air_cairo: %s is not what the constraints give; air_cairo --write %s\n",
                path, dir);
    return good;
}

int main(int argc, char **argv)
{
    static air_graph graph;
    static printer p;
    static const char *const names[] = {
#define AIR_X(prefix, NAME) #prefix,
        AIR_COMPONENTS(AIR_X)
#undef AIR_X
    };
    const bool check = argc == 3 && strcmp(argv[1], "--check") == 0;
    if (argc != 3 || (!check && strcmp(argv[1], "--write") != 0)) {
        fprintf(stderr, "usage: air_cairo --write DIR | --check DIR\n");
        return 2;
    }
    bool good = true;
    writer w;
    p.g = &graph;
    for (int c = 0; c < AIR_N_COMPONENTS; c++) {
        if (!air_record(&graph, (enum air_component_id)c))
            fail("a limit of air/record.h is too small");
        find_fixed(&p);
        print_component(&w, &p, names[c]);
        good &= use_file(argv[2], names[c], check, &w);
        free(w.text);
    }
    print_fixed(&w);
    good &= use_file(argv[2], "fixed", check, &w);
    free(w.text);
    print_each(&w, names);
    good &= use_file(argv[2], "each", check, &w);
    free(w.text);
    print_ops(&w);
    good &= use_file(argv[2], "ops", check, &w);
    free(w.text);
    return good ? 0 : 1;
}
