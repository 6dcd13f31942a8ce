/* scene.h - a guest, its run, and the trace of it: what the soundness tests start from. */
#ifndef TESTS_SOUNDNESS_SCENE_H
#define TESTS_SOUNDNESS_SCENE_H

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
/* Every row of every instance, the exact balance of the tuples with the public ones, and (accepted
 * ones only) nothing else: multiplicities and products are not looked at. Merge columns of
 * instances are filled first. */
scene_verdict scene_judge(scene *s);
/* The same by a program for which a range, byte or ROM rule named `off` (a rule of rowsim_verdict,
 * or "balance") is not there: shows that an attack fails for that reason alone. */
scene_verdict scene_judge_without(scene *s, const char *off);

/* The k-th instance of a component; NULL when absent. */
air_instance *scene_instance(scene *s, enum air_component_id id, unsigned k);

#endif
