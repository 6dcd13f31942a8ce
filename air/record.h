/* record.h - the constraints of a component as a graph: the recording evaluator of the texts.
 *
 * Nodes are numbered from the constraints downwards, operands first, so that the numbering depends
 * on the texts alone. Equal expressions are one node. For tests, for AIR_ID, and for printing the
 * constraints in other languages. */
#ifndef AIR_RECORD_H
#define AIR_RECORD_H

#include "air/components.h"

#define AIR_MAX_NODES 4096
#define AIR_MAX_LOOKUPS 24
#define AIR_MAX_PAIRS 4
#define AIR_MAX_MERGES 6

enum air_op {
    AIR_OP_CONST,     /* the number a < P */
    AIR_OP_MAIN,      /* main column a at this row */
    AIR_OP_PRE,       /* preprocessed column a */
    AIR_OP_BEFORE,    /* entry a of the columns read at the row before */
    AIR_OP_IS_FIRST,  /* the first-row indicator */
    AIR_OP_IMAGE_END, /* public */
    AIR_OP_GAMMA,     /* challenges */
    AIR_OP_Z,
    AIR_OP_ALPHA,       /* alpha^a */
    AIR_OP_PROD,        /* product column a */
    AIR_OP_SUM,         /* sum column a */
    AIR_OP_PROD_BEFORE, /* the last of them at the row before */
    AIR_OP_SUM_BEFORE,
    AIR_OP_CLAIM_PROD, /* C, S */
    AIR_OP_CLAIM_SUM,
    AIR_OP_ADD, /* nodes a, b */
    AIR_OP_SUB,
    AIR_OP_MUL,
    AIR_N_OPS
};

typedef struct {
    uint8_t op;
    uint8_t degree; /* in the columns */
    bool secure;    /* a QM31 value; else an M31 value on rows */
    uint32_t a, b;
} air_node;

enum air_kind { AIR_KIND_OWN, AIR_KIND_MERGE, AIR_KIND_PRODUCT, AIR_KIND_SUM };

typedef struct {
    uint32_t node;
    enum air_kind kind;
    const char *text; /* what it forbids */
} air_constraint;

/* A lookup as stated: times * tuple of a relation (RC: v, k). Those of merge m are the m-th run of
 * merge[m].n, from the first lookup on. */
typedef struct {
    enum air_relation relation;
    uint32_t times, n, t[AIR_ROM_FIELDS];
} air_lookup_node;

/* A pair (R, W): nodes of addr, ts, lo, hi (state: pc, ts, 0, 0). */
typedef struct {
    bool state;
    uint32_t r[4], w[4];
} air_pair_node;

/* Merge columns c (and d, when n = 3) of n range checks; constraint: number of the first. */
typedef struct {
    unsigned n, c, d, constraint;
} air_merge_node;

typedef struct {
    enum air_component_id id;
    uint32_t n_nodes, n_constraints, n_lookups, n_pairs, n_merges;
    uint32_t n_prod, n_sum; /* columns that the text closed */
    air_node node[AIR_MAX_NODES];
    air_constraint constraint[AIR_MAX_CONSTRAINTS];
    air_lookup_node lookup[AIR_MAX_LOOKUPS];
    air_pair_node pair[AIR_MAX_PAIRS];
    air_merge_node merge[AIR_MAX_MERGES];
} air_graph;

/* false: a limit above is too small. */
bool air_record(air_graph *g, enum air_component_id id);

/* Of the constraint of the highest degree. */
unsigned air_graph_degree(const air_graph *g);

/* value[n_nodes]: every node, at sampled values. */
void air_graph_eval(qm31 *value, const air_graph *g, const air_mask *mask, const air_challenges *ch,
                    const air_claim *claim);
/* A row of a trace: columns by number; before: the listed columns at the row before. */
typedef struct {
    const uint32_t *pre, *main, *before;
    uint32_t is_first, image_end;
} air_row;
/* value[n_nodes]: every M31 node; 0 for the others. */
void air_graph_eval_row(m31 *value, const air_graph *g, const air_row *row);

/* AIR_ID: spAir over the graphs of all components (docs/air.md, "Identity"). g: scratch. */
bool air_graph_id(uint32_t id[7], air_graph *g);

#endif
