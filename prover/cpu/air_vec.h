/* air_vec.h - the dialect of air/air.h over the lanes of one vector: what the two kernels of
 * air_constraints.c and air_rows.c have in common. Included once per ISA, after prover/cpu/isa.h.
 *
 * A component has dozens of QM31 multiplications and weighted sums. They are functions, not
 * inlined: otherwise the loop over the rows outgrows the instruction cache. */
#ifndef PROVER_CPU_AIR_VEC_H
#define PROVER_CPU_AIR_VEC_H

#include "prover/cpu/vqm31_wide.h"

#define AIR_FN SP_FN
#define AIR_CALL static __attribute__((noinline, unused))

typedef vm31 fe;
typedef vqm31 ef;
#include "air/open.air.h"

/* A copy of what is public, that no store can alias: what is computed from it alone leaves the loop
 * over the rows. */
typedef struct {
    air_challenges ch;
    air_claim claim;
} air_public_values;

AIR_FN fe fe_const(uint32_t v) { return vm31_splat(v); }
#define fe_add vm31_add
#define fe_sub vm31_sub
#define fe_mul vm31_mul
#define ef_add vqm31_add
#define ef_sub vqm31_sub
#define ef_mul_fe vqm31_mul_vm31
#define ef_add_fe vqm31_add_vm31
AIR_FN ef ef_sub_fe(ef x, fe y)
{
    x.c[0] = vm31_sub(x.c[0], y);
    return x;
}

AIR_CALL void ef_mul_call(ef *r, const ef *a, const ef *b) { *r = vqm31_mul_wide(*a, *b); }
AIR_FN ef ef_mul(ef a, ef b)
{
    ef r;
    ef_mul_call(&r, &a, &b);
    return r;
}

/* Inlined: what no column enters leaves the loop over the rows. */
#define ef_mul_fixed vqm31_mul_wide

AIR_FN uint32_t qm31_coordinate(const qm31 *x, unsigned j)
{
    return j == 0 ? x->a.a.v : j == 1 ? x->a.b.v : j == 2 ? x->b.a.v : x->b.b.v;
}
/* sum_j k[j] v[j] for constants k */
AIR_FN ef ef_dot_wide(const qm31 *k, const fe *v, unsigned n)
{
    const vfactor first = vfactor_of(v[0]);
    vwide s[4];
    ef r;
    for (unsigned i = 0; i < 4; i++)
        s[i] = vwide_mul(first, vfactor_splat(qm31_coordinate(&k[0], i)));
    for (unsigned j = 1; j < n; j++) {
        const vfactor f = vfactor_of(v[j]);
        for (unsigned i = 0; i < 4; i++) {
            if (j > 3 && j % 3 == 1) s[i] = vwide_fold(s[i]); /* at most four, or 2^34 and three */
            s[i] = vwide_add(s[i], vwide_mul(f, vfactor_splat(qm31_coordinate(&k[j], i))));
        }
    }
    for (unsigned i = 0; i < 4; i++) r.c[i] = vwide_reduce(s[i]);
    return r;
}

#endif
