/* shape.h - everything about a proof's form that follows from its parameters and sizes alone:
 * columns of the four trees, samples, FRI layers. Shared by prover, verifier and formats. */
#ifndef AIR_SHAPE_H
#define AIR_SHAPE_H

#include "air/statement.h"
#include "core/fri.h"

enum { TREE_PROGRAM, TREE_MAIN, TREE_INTERACTION, TREE_COMPOSITION, N_TREES };

#define SHAPE_MAX_COLUMNS 640 /* of one tree; a unit test checks the largest case */
#define SHAPE_MAX_SAMPLES 1536
#define SHAPE_MAX_BEFORE 256
#define SHAPE_MAX_POWERS 2048 /* constraints, or samples */
#define SHAPE_MAX_INSTANCE_COLUMNS 128 /* preprocessed, main and interaction columns of an instance */
#define SHAPE_MAX_INTER 8 /* QM31 interaction columns of one component */
#define SHAPE_COMPOSITION_COLUMNS 8

typedef struct {
    unsigned n_columns;
    unsigned top;                      /* largest domain log size; 0 when there are no columns */
    uint8_t log[SHAPE_MAX_COLUMNS];    /* domain log size of each column (trace log + blowup) */
} shape_tree;

/* Where a present instance's columns start in the trees. */
typedef struct {
    enum air_component_id id;
    const air_component *c;
    unsigned slot, log; /* trace log size */
    unsigned pre, main, inter; /* first column in the program, main and interaction trees */
    unsigned before;           /* first of its samples at the row before (index into samples) */
    unsigned prod_claim, sum_claim; /* indices into the claims; unused when it has none */
} shape_instance;

typedef struct {
    const params *p;
    unsigned n_max;    /* largest trace log size */
    unsigned top;      /* M = n_max + log blowup: log size of the FRI domain */
    unsigned n_instances;
    shape_instance instance[AIR_N_SLOTS];
    shape_tree tree[N_TREES];
    unsigned n_prod, n_sum; /* claims of each kind */
    unsigned n_at, n_before, n_samples; /* samples at Z0, at Z1, together */
    uint8_t before_tree[SHAPE_MAX_BEFORE];    /* the column of each sample at Z1 */
    uint16_t before_column[SHAPE_MAX_BEFORE];
    unsigned n_layers, fold[FRI_MAX_LAYERS];
    unsigned n_constraints;
    uint64_t n_rows;      /* over all instances: rows */
    uint64_t n_accesses;  /* pairs of the grand product, public ones not included */
    uint64_t n_lookups;   /* of all LogUp sums, an upper bound */
} proof_shape;

/* Fills s from the log sizes (0 = absent) of the slots. Rejects sizes out of the bounds of the
 * profile and component: SP_ERR_REJECT with *why naming the rule (a static string). */
SP_MUST_USE sp_status shape_init(proof_shape *s, const params *p,
                                 const uint8_t log_size[AIR_N_SLOTS], const char **why);

/* Log size of the positions of FRI layer i (layer 0: M). */
unsigned shape_layer_log(const proof_shape *s, unsigned i);
/* Log size of the circle domain that layer i stands for (core/fri.h): M, then log + 1. */
unsigned shape_layer_circle_log(const proof_shape *s, unsigned i);
/* Cap height and leaf level of the tree of FRI layer i. */
unsigned shape_layer_top(const proof_shape *s, unsigned i);
unsigned shape_layer_cap(const proof_shape *s, unsigned i);

#endif
