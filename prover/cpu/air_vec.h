/* air_vec.h - the dialect of air/air.h over the lanes of one vector: what the two kernels of
 * air_constraints.c and air_rows.c have in common. Included once per ISA, after prover/cpu/isa.h. */
#ifndef PROVER_CPU_AIR_VEC_H
#define PROVER_CPU_AIR_VEC_H

#define AIR_FN SP_FN

typedef vm31 fe;
typedef vqm31 ef;
#include "air/open.air.h"

AIR_FN fe fe_const(uint32_t v) { return vm31_splat(v); }
#define fe_add vm31_add
#define fe_sub vm31_sub
#define fe_mul vm31_mul
#define ef_add vqm31_add
#define ef_sub vqm31_sub
#define ef_mul vqm31_mul
#define ef_mul_fe vqm31_mul_vm31
#define ef_add_fe vqm31_add_vm31
AIR_FN ef ef_sub_fe(ef x, fe y)
{
    x.c[0] = vm31_sub(x.c[0], y);
    return x;
}

/* A copy of the challenges that no store can alias, so that what is computed from them alone leaves
 * the loop over the rows. */
typedef struct {
    air_challenges ch;
    air_claim claim;
} air_public_values;

#endif
