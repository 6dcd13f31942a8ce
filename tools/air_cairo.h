/* air_cairo.h - what the parts of tools/air_cairo share: values over the integers, and the
 * operations on them that the printed Cairo needs. */
#ifndef TOOLS_AIR_CAIRO_H
#define TOOLS_AIR_CAIRO_H

#include "air/record.h"

#include <stdio.h>

#define CAIRO_CAP 232 /* reduce() of src/lazy.cairo takes values up to 2^CAP; felts hold 2^250 */
#define CAIRO_BASE 31 /* reduced values */
#define CAIRO_COMBINED 34 /* a QM31 column from its coordinates: 1 + 1 + 2 + 1 + 1 + 2 times 2^31 \
                           */
#define CAIRO_BLOCK 8     /* constraints of one weighted sum */
#define CAIRO_MAX_FIXED 256

typedef struct {
    char *text;
    size_t len;
    FILE *f;
} writer;
void writer_open(writer *w);
void writer_close(writer *w);
/* Prints and exits. */
void fail(const char *what);

/* A QM31 with coordinates in -2^bits .. 2^bits, or a number. */
typedef struct {
    bool set, constant;
    uint32_t c;
    unsigned bits;
    char name[16]; /* in the printed text */
} value;
void value_set(value *v, unsigned bits, const char *form, ...);

/* What was printed, for the report. */
typedef struct {
    unsigned n_mul, n_reduce;
} counts;
/* Prints r = a op b under a name, and reductions of a and b where the result would be too large. */
void value_operate(FILE *out, counts *n, value *r, const char *name, enum air_op op, value *a,
                   value *b);

/* What is the same for all components and rows: nodes over constants, gamma, z and alpha. */
typedef struct {
    uint8_t op;
    uint32_t a, b; /* numbers of fixed nodes when op >= AIR_OP_ADD */
    bool output;   /* used by other nodes */
    value v;
} fixed_node;
typedef struct {
    fixed_node node[CAIRO_MAX_FIXED];
    uint32_t n;
} fixed_nodes;
/* Which nodes of a graph are fixed: number[i] = that of the fixed node + 1, or 0. */
void fixed_find(fixed_nodes *all, uint32_t number[AIR_MAX_NODES], const air_graph *g);
/* The field of struct Fixed that holds a node; len >= 16. */
void fixed_name(char *name, size_t len, const fixed_nodes *all, uint32_t i);
void print_fixed(writer *w, fixed_nodes *all, counts *n_ops);

/* NAME.cairo */
void print_component(writer *w, fixed_nodes *all, counts *n_ops, const air_graph *g,
                     const char *name);
/* each.cairo */
void print_each(writer *w, const char *const names[AIR_N_COMPONENTS]);

#endif
