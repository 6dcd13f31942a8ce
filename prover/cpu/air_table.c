/* air_table.c - the table of the AIR evaluators of one ISA. */
#include "prover/air_kernels.h"
#include "prover/cpu/isa.h"

#define DECLARE(prefix, NAME)                                                        \
    void ISA(air_constraints_##prefix)(uint32_t *const acc[4], const air_domain *d); \
    void ISA(air_rows_##prefix)(uint32_t *const *inter, const air_domain *d);
#define CONSTRAINTS(prefix, NAME) ISA(air_constraints_##prefix),
#define ROWS(prefix, NAME) ISA(air_rows_##prefix),

AIR_COMPONENTS(DECLARE)

extern const struct air_kernels ISA(air_kernels);
const struct air_kernels ISA(air_kernels) = {{AIR_COMPONENTS(CONSTRAINTS)}, {AIR_COMPONENTS(ROWS)}};
