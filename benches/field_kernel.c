/* field_kernel.c - field operations over vectors that stay in the first-level cache; compiled once
 * per ISA. */
#include "prover/cpu/isa.h"

#include "benches/field.h"

enum { WORDS = FIELD_WORDS };

static void mul(uint32_t *const v[8])
{
    for (size_t i = 0; i < WORDS; i += VEC_LANES)
        vm31_store(v[0] + i, vm31_mul(vm31_load(v[0] + i), vm31_load(v[1] + i)));
}
static void add(uint32_t *const v[8])
{
    for (size_t i = 0; i < WORDS; i += VEC_LANES)
        vm31_store(v[0] + i, vm31_add(vm31_load(v[0] + i), vm31_load(v[1] + i)));
}
static void qmul(uint32_t *const v[8])
{
    for (size_t i = 0; i < WORDS; i += VEC_LANES) {
        vqm31 x = vqm31_load((const uint32_t *const *)v, i);
        vqm31 y = vqm31_load((const uint32_t *const *)v + 4, i);
        vqm31_store(v, i, vqm31_mul(x, y));
    }
}

extern const field_kernels ISA(field_kernels);
const field_kernels ISA(field_kernels) = {mul, add, qmul};
