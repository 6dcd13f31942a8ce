/* air_kernels.h - per-component evaluators, compiled once per instruction set from the texts in
 * air/. All columns are in position order. */
#ifndef PROVER_AIR_KERNELS_H
#define PROVER_AIR_KERNELS_H

#include "air/components.h"

typedef struct {
    unsigned log;       /* of the domain the columns are given on */
    unsigned trace_log; /* n; the row before is 2^(log - n) rows back (circle_position_before) */
    const uint32_t *const *pre, *const *main;
    const uint32_t *const *inter; /* 4 * (n_prod + n_sum) */
    const uint32_t *is_first;     /* the indicator on the domain */
    const air_challenges *ch;
    air_claim claim;
    const qm31 *weight; /* n_constraints */
} air_domain;

struct air_kernels {
    /* acc[4][2^log] += sum_k weight[k] * constraint k at every position. Parallel inside. */
    void (*constraints[AIR_N_COMPONENTS])(uint32_t *const acc[4], const air_domain *d);
    /* The rows' own part of the interaction columns, on the trace (log = trace_log): product
     * column k = product of R/W of the pairs of columns 0..k, sum column k = sum of the fractions of
     * columns 0..k; each row by itself, nothing accumulated over rows. Parallel inside. */
    void (*rows[AIR_N_COMPONENTS])(uint32_t *const *inter, const air_domain *d);
};

#endif
