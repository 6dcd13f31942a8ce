/* mask.h - random values for the evaluators of the AIR, shared by the tests here. */
#ifndef TESTS_AIR_MASK_H
#define TESTS_AIR_MASK_H

#include "air/components.h"

#define MASK_MAX_COLUMNS 80
#define MASK_MAX_INTER 8

m31 mask_m31(void); /* uniform; now and then 0, 1 or P - 1 */
qm31 mask_qm31(void);
void mask_challenges(air_challenges *ch);
air_claim mask_claim(void);
void mask_weights(qm31 weight[AIR_MAX_CONSTRAINTS]);

/* Columns of one component on a domain of 2^log positions. */
typedef struct {
    unsigned log;
    uint32_t *pre[MASK_MAX_COLUMNS], *main[MASK_MAX_COLUMNS], *inter[4 * MASK_MAX_INTER];
    uint32_t *is_first;
    void *memory;
} mask_columns;

/* Random columns; false when there is no memory. */
bool mask_columns_init(mask_columns *c, enum air_component_id id, unsigned log);
void mask_columns_free(mask_columns *c);

/* What a verifier would have sampled, had it sampled at a position. Holds the arrays of the mask.
 */
typedef struct {
    air_mask mask;
    qm31 pre[MASK_MAX_COLUMNS], main[MASK_MAX_COLUMNS], inter[MASK_MAX_INTER];
    qm31 main_before[AIR_MAX_BEFORE];
} mask_point;
void mask_at(mask_point *p, const mask_columns *c, enum air_component_id id, unsigned trace_log,
             uint32_t position);
/* Random values everywhere. */
void mask_random(mask_point *p, enum air_component_id id);

#endif
