/* openings.h - the DEEP quotient of all columns at a queried position. */
#ifndef VERIFIER_OPENINGS_H
#define VERIFIER_OPENINGS_H

#include "air/shape.h"
#include "core/quotient.h"

typedef struct {
    quotient_point at[2]; /* Z0, Z1 */
} deep_quotient;

/* weights[i] = delta^i for every sample, filled here. */
void deep_quotient_init(deep_quotient *d, const proof_shape *s, const circle_point_q z[2],
                        const qm31 *samples, qm31 delta, qm31 *weights);
/* From the opened values of the four trees (canonical) at a point p of the FRI domain. */
qm31 deep_quotient_at(const deep_quotient *d, const proof_shape *s, const qm31 *weights,
                      uint32_t values[N_TREES][SHAPE_MAX_COLUMNS], circle_point p);

#endif
