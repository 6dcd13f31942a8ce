/* air_cairo_ops.c - operations on values over the integers: printed where they are used, and once
 * as functions in ops.cairo. */
#include "tools/air_cairo.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static unsigned log_of(uint32_t c)
{
    unsigned m = 0;
    while (((uint32_t)1 << m) < c) m++;
    return m;
}

void value_set(value *v, unsigned bits, const char *form, ...)
{
    va_list ap;
    v->set = true;
    v->constant = false;
    v->bits = bits;
    va_start(ap, form);
    (void)vsnprintf(v->name, sizeof v->name, form, ap);
    va_end(ap);
}
const char *value_at(const value *v, unsigned bits)
{
    static char text[4][32];
    static unsigned k;
    char *t = text[k++ % 4];
    (void)snprintf(t, sizeof text[0], v->bits == bits ? "%s" : "up(%s)", v->name);
    return t;
}
/* Bounds of factors: few, so that few products are printed. Larger ones are reduced. */
static unsigned rounded(unsigned bits)
{
    static const unsigned bound[] = {32, 36, 52, 76, 90, CAIRO_MAX_FACTOR};
    for (unsigned i = 0; i < sizeof bound / sizeof bound[0]; i++)
        if (bits <= bound[i]) return bound[i];
    return CAIRO_CAP;
}
static void reduce(FILE *out, operations *used, value *v)
{
    if (v->bits <= CAIRO_BASE) fail("a reduced value is too large");
    used->n_reduce++;
    fprintf(out, "    let %s = q(reduce(%s));\n", v->name, value_at(v, CAIRO_CAP));
    v->bits = CAIRO_BASE;
}

void value_operate(FILE *out, operations *used, value *r, const char *name, enum air_op op,
                   value *a, value *b)
{
    if (a->constant && op != AIR_OP_SUB) {
        value *t = a;
        a = b;
        b = t;
    }
    if (op == AIR_OP_MUL && b->constant) {
        const unsigned m = log_of(b->c);
        if (a->bits + m > CAIRO_CAP) reduce(out, used, a);
        used->scale[a->bits][m] = true;
        fprintf(out, "    let %s = scale_%u_%u(%s, %" PRIu32 ");\n", name, a->bits, m, a->name,
                b->c);
        value_set(r, a->bits + m, "%s", name);
    } else if (op == AIR_OP_MUL) {
        while (rounded(a->bits) + rounded(b->bits) + 3 > CAIRO_CAP)
            reduce(out, used, a->bits > b->bits ? a : b);
        if (a->bits > b->bits) {
            value *t = a;
            a = b;
            b = t;
        }
        const unsigned j = rounded(a->bits), k = rounded(b->bits);
        used->n_mul++;
        used->mul[j][k] = true;
        fprintf(out, "    let %s = mul_%u_%u(%s, %s);\n", name, j, k, value_at(a, j),
                value_at(b, k));
        value_set(r, j + k + 3, "%s", name);
    } else if (b->constant) {
        const unsigned k = a->bits;
        if (k == CAIRO_CAP) fail("a sum is too large");
        used->add_const[k] = true;
        fprintf(out, "    let %s = add_const_%u(%s, %s%" PRIu32 ");\n", name, k, a->name,
                op == AIR_OP_SUB ? "-" : "", b->c);
        value_set(r, k + 1, "%s", name);
    } else if (a->constant) {
        const unsigned k = b->bits;
        if (k == CAIRO_CAP) fail("a sum is too large");
        used->const_sub[k] = true;
        fprintf(out, "    let %s = const_sub_%u(%" PRIu32 ", %s);\n", name, k, a->c, b->name);
        value_set(r, k + 1, "%s", name);
    } else {
        if (a->bits == CAIRO_CAP) reduce(out, used, a);
        if (b->bits == CAIRO_CAP) reduce(out, used, b);
        const unsigned k = a->bits > b->bits ? a->bits : b->bits;
        (op == AIR_OP_ADD ? used->add : used->sub)[k] = true;
        fprintf(out, "    let %s = %s_%u(%s, %s);\n", name, op == AIR_OP_ADD ? "add" : "sub", k,
                value_at(a, k), value_at(b, k));
        value_set(r, k + 1, "%s", name);
    }
}

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

/* The types and helpers that the functions need. */
typedef struct {
    bool type[CAIRO_CAP + 2], add[CAIRO_CAP + 1], sub[CAIRO_CAP + 1];
    bool product[CAIRO_CAP + 1][CAIRO_CAP + 1];
} needs;
static void want_sum(needs *need, unsigned k)
{
    need->add[k] = need->type[k] = need->type[k + 1] = true;
}
static void want_difference(needs *need, unsigned k)
{
    need->sub[k] = need->type[k] = need->type[k + 1] = true;
}
static void want_product(needs *need, unsigned a, unsigned b)
{
    need->product[a][b] = need->type[a] = need->type[b] = need->type[a + b] = true;
}

static void print_functions(FILE *f, needs *need, const operations *used)
{
    for (unsigned k = 0; k <= CAIRO_CAP; k++) {
        if (used->add[k]) {
            want_sum(need, k);
            fprintf(f,
                    "#[inline(always)]\npub fn add_%u(x: Q<S%u>, y: Q<S%u>) -> Q<S%u> {\n"
                    "    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, "
                    "y.d) }\n}\n",
                    k, k, k, k + 1);
        }
        if (used->sub[k]) {
            want_difference(need, k);
            fprintf(f,
                    "#[inline(always)]\npub fn sub_%u(x: Q<S%u>, y: Q<S%u>) -> Q<S%u> {\n"
                    "    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, "
                    "y.d) }\n}\n",
                    k, k, k, k + 1);
        }
        if (used->add_const[k]) {
            want_sum(need, k);
            fprintf(f,
                    "#[inline(always)]\npub fn add_const_%u(x: Q<S%u>, c: S%u) -> Q<S%u> {\n"
                    "    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }\n}\n",
                    k, k, k, k + 1);
        }
        if (used->const_sub[k]) {
            want_difference(need, k);
            fprintf(f,
                    "#[inline(always)]\npub fn const_sub_%u(c: S%u, x: Q<S%u>) -> Q<S%u> {\n"
                    "    Q { a: sub(c, x.a), b: sub(0, x.b), c: sub(0, x.c), d: sub(0, x.d) }\n}\n",
                    k, k, k, k + 1);
        }
        for (unsigned m = 0; m < 32; m++) {
            if (!used->scale[k][m]) continue;
            want_product(need, k, m);
            fprintf(f,
                    "#[inline(always)]\npub fn scale_%u_%u(x: Q<S%u>, c: S%u) -> Q<S%u> {\n"
                    "    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }\n}\n",
                    k, m, k, m, k + m);
        }
    }
    for (unsigned j = 0; j <= CAIRO_CAP; j++)
        for (unsigned k = j; k <= CAIRO_CAP; k++) {
            if (!used->mul[j][k]) continue;
            const unsigned s = j + k;
            want_product(need, j, k);
            want_sum(need, s), want_difference(need, s);
            want_sum(need, s + 1), want_difference(need, s + 1);
            want_sum(need, s + 2);
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

void print_ops(writer *w, const operations *used)
{
    static needs need;
    writer body;
    writer_open(&body);
    print_functions(body.f, &need, used);
    writer_close(&body);
    need.type[CAIRO_BASE + 4] = need.type[CAIRO_CAP] = true;
    want_sum(&need, CAIRO_BASE), want_difference(&need, CAIRO_BASE);
    want_sum(&need, CAIRO_BASE + 1), want_difference(&need, CAIRO_BASE + 1),
        want_sum(&need, CAIRO_BASE + 2);

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
    /* P 2^(CAIRO_CAP - 30) > 2^CAIRO_CAP; over P it is 2^127, and (2^CAIRO_CAP + P 2^127) / P <
     * 2^128 + 2^97. */
    fprintf(f,
            "/// Modulo P. Adds P 2^127 > 2^%u first, so that nothing is below zero.\n"
            "pub fn reduce(x: Q<S%u>) -> QM31 {\n"
            "    QM31 { a: reduce_one(x.a), b: reduce_one(x.b), c: reduce_one(x.c), d: "
            "reduce_one(x.d) }\n}\n",
            CAIRO_CAP, CAIRO_CAP);
    fprintf(f, "%s", reduce_text);
    (void)fwrite(body.text, 1, body.len, f);
    for (unsigned k = 0; k <= CAIRO_CAP + 1; k++)
        if (need.type[k])
            fprintf(f, "pub type S%u = BoundedInt<-%s, %s>;\n", k, power(k), power(k));
    for (unsigned k = 0; k <= CAIRO_CAP; k++) {
        if (need.add[k])
            fprintf(f, "impl Add%u of AddHelper<S%u, S%u> {\n    type Result = S%u;\n}\n", k, k, k,
                    k + 1);
        if (need.sub[k])
            fprintf(f, "impl Sub%u of SubHelper<S%u, S%u> {\n    type Result = S%u;\n}\n", k, k, k,
                    k + 1);
    }
    for (unsigned j = 0; j <= CAIRO_CAP; j++)
        for (unsigned k = 0; k <= CAIRO_CAP; k++)
            if (need.product[j][k])
                fprintf(f, "impl Mul%u_%u of MulHelper<S%u, S%u> {\n    type Result = S%u;\n}\n", j,
                        k, j, k, j + k);
    writer_close(w);
    free(body.text);
}
