/* components.h - the components of the AIR, in protocol order, and what the provers and verifiers
 * need to know about each: column counts and which columns are read at the row before. */
#ifndef AIR_COMPONENTS_H
#define AIR_COMPONENTS_H

#include "air/columns.h"
#include "core/qm31.h"

/* X(prefix, NAME): NAME as printed, prefix as in columns.h */
#define AIR_COMPONENTS(X) \
    X(alu, ALU)           \
    X(cmp, CMP)           \
    X(bit, BIT)           \
    X(sh, SH)             \
    X(jalr, JALR)         \
    X(cst, CONST)         \
    X(ls, LS)             \
    X(md, MULDIV)         \
    X(rf, REFRESH)        \
    X(inf, INITFIN)       \
    X(img, IMAGE)         \
    X(rom, ROM)           \
    X(tab, TABLES)

enum air_component_id {
#define AIR_X(prefix, NAME) AIR_##NAME,
    AIR_COMPONENTS(AIR_X)
#undef AIR_X
    AIR_N_COMPONENTS
};

/* ALU..REFRESH may have up to this many instances; the others have exactly one. */
#define AIR_MAX_INSTANCES 2
#define AIR_N_SPLIT (AIR_REFRESH + 1)
/* Instance slots in protocol order: component-major. */
#define AIR_N_SLOTS (AIR_N_SPLIT * AIR_MAX_INSTANCES + (AIR_N_COMPONENTS - AIR_N_SPLIT))

#define AIR_ROM_FIELDS 11
#define AIR_TABLES_LOG 18 /* the byte table has 2^18 rows, the range table 2^17 of them */
#define AIR_MAX_RC 16     /* range checks are to k <= 16 bits */

/* Relation ids: the coefficient of alpha^11 in a lookup denominator. */
enum air_relation { AIR_REL_RC = 1, AIR_REL_BIT = 2, AIR_REL_ROM = 3 };

#define AIR_MAX_BEFORE 2
#define AIR_MAX_CONSTRAINTS 80 /* of one component, merges and interaction included */

typedef struct {
    const char *name;
    unsigned n_pre, n_main; /* columns */
    unsigned n_prod, n_sum; /* QM31 interaction columns: products first, then LogUp sums */
    unsigned n_constraints; /* of all kinds */
    unsigned n_before;      /* main columns also read at the row before */
    uint8_t before[AIR_MAX_BEFORE];
    const char *const *main_names;
} air_component;

extern const air_component air_components[AIR_N_COMPONENTS];

/* Challenges of step 3 of the transcript. */
typedef struct {
    qm31 gamma, z;
    qm31 alpha[12]; /* powers 0..11 */
} air_challenges;

/* What a component claims: C = product of R/W over its rows, S = sum of its fractions; and the
 * public value that INITFIN's first row starts from (tuple address of the last image word). */
typedef struct {
    qm31 prod, sum;
    m31 image_end;
} air_claim;

/* Sampled values of one instance at its OODS point Z and at the row before it. */
typedef struct {
    const qm31 *pre, *main;  /* n_pre, n_main */
    const qm31 *inter;       /* n_prod + n_sum QM31 columns, already put together from coordinates */
    const qm31 *main_before; /* n_before */
    qm31 prod_before, sum_before; /* the last product and the last sum column at the row before */
    qm31 is_first;
} air_mask;

/* sum over the component's constraints k of weight[k] * constraint k at the point. (verifier) */
qm31 air_point(enum air_component_id id, const air_mask *mask, const air_challenges *ch,
               const air_claim *claim, const qm31 *weight);

#endif
