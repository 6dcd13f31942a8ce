/* scene.h - a guest, its run, and the trace of it: what the soundness tests start from. */
#ifndef TESTS_SOUNDNESS_SCENE_H
#define TESTS_SOUNDNESS_SCENE_H

#include "prover/check.h"
#include "prover/witness.h"
#include "tests/soundness/guest.h"

typedef struct {
    enum machine_io_mode mode;
    const uint8_t *input, *hint;
    uint32_t input_bytes, hint_bytes;
    unsigned min_log, max_instances; /* 0: 5 and 1 */
} scene_options;

typedef struct {
    scene_options o;
    vm_program vm;
    program p;
    vm_result run;
    witness_layout l;
    air_public pub;
    air_trace t;
    uint32_t **columns;
    uint32_t *words;
    vm_result honest; /* what run was before scene_own */
    bool owned;
    uint32_t **grown[AIR_N_COMPONENTS]; /* scene_grow */
} scene;

/* Loads and runs g; prints why and returns false when it fails. scene_free in any case. */
bool scene_run(scene *s, const guest *g, const scene_options *o);
/* Sizes, memory and columns of s->run with the public facts s->pub (made from the run, unless
 * keep_public); callable again after the record was edited. */
bool scene_fill(scene *s, bool keep_public);
void scene_free(scene *s);

/* Why a trace is not a proof's: the first row that breaks a rule, else "balance". rule = NULL: it
 * is accepted. rule is as in rowsim_verdict. */
typedef struct {
    const char *rule;
    enum air_component_id id;
    uint32_t row; /* position; of balance: the number of tuples left over */
} scene_verdict;
/* Every row of every instance but ROM and TABLES, and the exact balance of the tuples with the public
 * ones; products and multiplicities are not looked at. Fills the merge columns first. */
scene_verdict scene_judge(scene *s);
/* The same where the rules with these texts (up to NULL; "range", "bytes", "rom", "balance" too)
 * are not there: shows that an attack is consistent but for them. */
scene_verdict scene_judge_without(scene *s, const char *const *off);

/* Counts the multiplicities as they come out and runs the product's checker. */
sp_status scene_check(scene *s, air_report *report);

/* The k-th instance of a component; NULL when absent. */
air_instance *scene_instance(scene *s, enum air_component_id id, unsigned k);

/* ---- for hostile traces ---- */

/* Makes the record editable, with room for `extra` more rows of each kind. */
void scene_own(scene *s, size_t extra);
/* The nth executed instruction with this operation: its row in the record. */
vm_row *scene_row(scene *s, enum vm_op op, size_t nth);
/* Its index among the rows of its chip. */
size_t scene_row_index(const scene *s, const vm_row *row);
/* Adds a REFRESH row to the (owned) record. */
void scene_refresh(scene *s, uint32_t addr, uint32_t ts, uint32_t value, uint32_t gap);
/* A cell of the first instance; INITFIN by row, the others by position. */
uint32_t *scene_cell(scene *s, enum air_component_id id, unsigned column, size_t row);
void scene_set(scene *s, enum air_component_id id, unsigned column, size_t row, int64_t value);
/* The final value of a register. */
void scene_set_reg(scene *s, unsigned reg, int64_t lo, int64_t hi);
/* Gives the first instance of a chip 2^log rows, the new ones zero. */
void scene_grow(scene *s, enum air_component_id id, unsigned log);

#define OFF(...) ((const char *const[]){__VA_ARGS__, NULL})
/* The trace breaks `rule` (of scene_judge), the product's checker rejects it too, and without the
 * rules `off` (if any) it is accepted. Prints what is otherwise. */
bool scene_rejected(scene *s, const char *rule, const char *const *off);
/* Every row is accepted, but this number of tuples is left over. */
bool scene_unbalanced(scene *s, uint32_t n_tuples);

#endif
