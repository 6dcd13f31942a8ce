/* wide_fib_kernel.c - the constraints of wide_fib.h on an extended domain, compiled once per ISA.
 */
#include "benches/compare/wide_fib.h"
#include "prover/cpu/isa.h"

#define WIDTH WIDE_FIB_COLUMNS

#if VEC_LANES == 1

static void block(uint32_t *const acc[4], const air_domain *d, size_t at)
{
    vqm31 sum = vqm31_load((const uint32_t *const *)acc, at);
    vm31 c = vm31_load(d->main[1] + at), before = vm31_load(d->main[0] + at);
    vm31 square = vm31_mul(before, before);
    for (unsigned i = 2; i < WIDTH; i++) {
        const vm31 next = vm31_load(d->main[i] + at), last = vm31_mul(c, c);
        const vm31 zero = vm31_sub(next, vm31_add(square, last));
        sum = vqm31_add(sum, vqm31_mul_vm31(vqm31_splat(d->weight[i - 2]), zero));
        square = last;
        c = next;
    }
    vqm31_store(acc, at, sum);
}

#else

/* Products are summed unreduced. P^2 < 2^62 and a folded sum is below 2^33 + 2^31, so four products
 * and a folded sum stay below 2^64. */
#define SUMMANDS 4

static void block(uint32_t *const acc[4], const air_domain *d, size_t at)
{
    vsum even[4], odd[4];
    vm31 c = vm31_load(d->main[1] + at), before = vm31_load(d->main[0] + at);
    vm31 square = vm31_mul(before, before);
    for (unsigned k = 0; k < 4; k++) even[k] = odd[k] = vsum_zero();
    for (unsigned i = 2; i < WIDTH; i++) {
        const vm31 next = vm31_load(d->main[i] + at), last = vm31_mul(c, c);
        const vm31 zero = vm31_sub(next, vm31_add(square, last)), high = vm31_odd(zero);
        const vqm31 w = vqm31_splat(d->weight[i - 2]);
        for (unsigned k = 0; k < 4; k++) {
            even[k] = vsum_add(even[k], vsum_mul(zero, w.c[k]));
            odd[k] = vsum_add(odd[k], vsum_mul(high, w.c[k]));
        }
        if (i % SUMMANDS == 1)
            for (unsigned k = 0; k < 4; k++) {
                even[k] = vsum_fold(even[k]);
                odd[k] = vsum_fold(odd[k]);
            }
        square = last;
        c = next;
    }
    for (unsigned k = 0; k < 4; k++) {
        const vm31 sum = vm31_from_sums(vsum_fold(even[k]), vsum_fold(odd[k]));
        vm31_store(acc[k] + at, vm31_add(vm31_load(acc[k] + at), sum));
    }
}

#endif

/* Blocks of one task. */
#define TASK_BLOCKS 512

void ISA(wide_fib_constraints)(uint32_t *const acc[4], const air_domain *d);
void ISA(wide_fib_constraints)(uint32_t *const acc[4], const air_domain *d)
{
    const size_t n = (size_t)1 << (d->log - VEC_LOG_LANES);
    SP_OMP(parallel for schedule(dynamic))
    for (size_t begin = 0; begin < n; begin += TASK_BLOCKS)
        for (size_t i = begin; i < n && i < begin + TASK_BLOCKS; i++)
            block(acc, d, i << VEC_LOG_LANES);
}
