/* air_vec.h - the dialect of air/air.h over the lanes of one vector: what the two kernels of
 * air_constraints.c and air_rows.c have in common. Included once per ISA, after prover/cpu/isa.h.
 *
 * A component has dozens of QM31 multiplications and weighted sums. They are functions, not
 * inlined: otherwise the loop over the rows outgrows the instruction cache. */
#ifndef PROVER_CPU_AIR_VEC_H
#define PROVER_CPU_AIR_VEC_H

#if VEC_LANES == 16
#include "prover/cpu/vec_wide_avx512.h"
#elif VEC_LANES == 8
#include "prover/cpu/vec_wide_avx2.h"
#else
#include "prover/cpu/vec_wide_portable.h"
#endif

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

/* a b = (a0 + a1 u)(b0 + b1 u) = a0 b0 + a1 (2 + i) b1 + (a0 b1 + a1 b0) u over CM31: with negated
 * imaginary parts, every coordinate is a sum of four products. */
AIR_FN ef ef_mul_wide(const ef *a, const ef *b)
{
    vfactor x[4], y[4], n1, n3, z0, z1;
    ef r;
    for (unsigned j = 0; j < 4; j++) {
        x[j] = vfactor_of(a->c[j]);
        y[j] = vfactor_of(b->c[j]);
    }
    n1 = vfactor_of(vm31_neg(a->c[1]));
    n3 = vfactor_of(vm31_neg(a->c[3]));
    z0 = vfactor_of(vm31_sub(vm31_add(b->c[2], b->c[2]), b->c[3]));
    z1 = vfactor_of(vm31_add(vm31_add(b->c[3], b->c[3]), b->c[2]));
#define SUM4(a0, b0, a1, b1, a2, b2, a3, b3)                                \
    vwide_reduce(vwide_add(vwide_add(vwide_mul(a0, b0), vwide_mul(a1, b1)), \
                           vwide_add(vwide_mul(a2, b2), vwide_mul(a3, b3))))
    r.c[0] = SUM4(x[0], y[0], n1, y[1], x[2], z0, n3, z1);
    r.c[1] = SUM4(x[0], y[1], x[1], y[0], x[2], z1, x[3], z0);
    r.c[2] = SUM4(x[0], y[2], n1, y[3], x[2], y[0], n3, y[1]);
    r.c[3] = SUM4(x[0], y[3], x[1], y[2], x[2], y[1], x[3], y[0]);
#undef SUM4
    return r;
}
AIR_CALL void ef_mul_call(ef *r, const ef *a, const ef *b) { *r = ef_mul_wide(a, b); }
AIR_FN ef ef_mul(ef a, ef b)
{
    ef r;
    ef_mul_call(&r, &a, &b);
    return r;
}

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
