/* rowsim.h - one row of a component by itself: which rule it breaks, and what it reads, writes and
 * looks up, as exact tuples. Another evaluator of the texts in air/. */
#ifndef TESTS_SOUNDNESS_ROWSIM_H
#define TESTS_SOUNDNESS_ROWSIM_H

#include "prover/program.h"
#include "prover/trace.h"

#define ROWSIM_MAX_PAIRS 6
#define ROWSIM_MAX_LOOKUPS 32

typedef struct {
    enum air_relation relation;
    uint32_t times; /* 0: not looked up */
    unsigned len;
    uint32_t t[AIR_ROM_FIELDS]; /* range: k, v */
} rowsim_lookup;

typedef struct {
    /* in */
    const uint32_t *main;   /* the row's cells */
    const uint32_t *before; /* the same of the row before (INITFIN) */
    const uint32_t *pre;
    bool first;
    uint32_t image_end;
    const char *const *off; /* texts of constraints that are not there, up to NULL; or NULL */
    /* out */
    const char *broken; /* text of the first constraint that does not hold, or NULL */
    air_tuple r[ROWSIM_MAX_PAIRS], w[ROWSIM_MAX_PAIRS];
    rowsim_lookup look[ROWSIM_MAX_LOOKUPS];
    unsigned n_pairs, n_looks;
    const char *text[AIR_MAX_CONSTRAINTS]; /* every constraint, */
    uint32_t value[AIR_MAX_CONSTRAINTS];   /* and what should be 0 */
    unsigned n_constraints;
} rowsim;

/* Evaluates constraints and collects tuples. Of a merged check each value counts by itself; the
 * merge columns are constraints. */
void rowsim_run(rowsim *s, enum air_component_id id);
/* The merge columns of a row, from its other cells. */
void rowsim_merge(uint32_t *main, enum air_component_id id);
/* The first rule that the row breaks, lookups included: a constraint's text, "range", "bytes",
 * "rom" or "shamt"; NULL when it is accepted. Runs rowsim_run; off may name lookups too. code_base
 * as in vm_program. */
const char *rowsim_verdict(rowsim *s, enum air_component_id id, const program *p,
                           uint32_t code_base, const char *const *off);
/* Whether text is one of off. */
bool rowsim_is_off(const char *text, const char *const *off);

#endif
