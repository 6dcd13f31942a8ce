/* air_cairo_value.c - values over the integers, and operations on them as Cairo expressions. */
#include "tools/air_cairo.h"

#include <inttypes.h>
#include <stdarg.h>

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
static void reduce(FILE *out, counts *n, value *v)
{
    if (v->bits <= CAIRO_BASE) fail("a reduced value is too large");
    n->n_reduce++;
    fprintf(out, "    let %s = q(reduce(%s));\n", v->name, v->name);
    v->bits = CAIRO_BASE;
}

void value_operate(FILE *out, counts *n, value *r, const char *name, enum air_op op, value *a,
                   value *b)
{
    if (a->constant && op != AIR_OP_SUB) {
        value *t = a;
        a = b;
        b = t;
    }
    if (a->constant && b->constant) fail("an operation on two numbers");
    /* Of the result; a coordinate of a product is a sum of 8 products at most. */
    unsigned bits;
    for (;;) {
        const unsigned x = a->constant ? log_of(a->c) : a->bits;
        const unsigned y = b->constant ? log_of(b->c) : b->bits;
        bits = op != AIR_OP_MUL ? 1 + (x > y ? x : y) : b->constant ? x + y : x + y + 3;
        if (bits <= CAIRO_CAP) break;
        reduce(out, n, b->constant || (!a->constant && x > y) ? a : b);
    }
    if (op == AIR_OP_MUL && b->constant) {
        fprintf(out, "    let %s = scale(%s, %" PRIu32 ");\n", name, a->name, b->c);
    } else if (b->constant) {
        fprintf(out, "    let %s = add_const(%s, %s%" PRIu32 ");\n", name, a->name,
                op == AIR_OP_SUB ? "-" : "", b->c);
    } else if (a->constant) {
        fprintf(out, "    let %s = const_sub(%" PRIu32 ", %s);\n", name, a->c, b->name);
    } else {
        n->n_mul += op == AIR_OP_MUL;
        fprintf(out, "    let %s = %s(%s, %s);\n", name,
                op == AIR_OP_MUL   ? "mul"
                : op == AIR_OP_ADD ? "add"
                                   : "sub",
                a->name, b->name);
    }
    value_set(r, bits, "%s", name);
}
