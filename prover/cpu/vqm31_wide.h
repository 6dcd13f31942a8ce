/* vqm31_wide.h - QM31 products with one reduction for each coordinate. Include isa.h first. */
#ifndef PROVER_CPU_VQM31_WIDE_H
#define PROVER_CPU_VQM31_WIDE_H

#if VEC_LANES == 16
#include "prover/cpu/vec_wide_avx512.h"
#elif VEC_LANES == 8
#include "prover/cpu/vec_wide_avx2.h"
#else
#include "prover/cpu/vec_wide_portable.h"
#endif

SP_FN vm31 vwide_sum4(vfactor a0, vfactor b0, vfactor a1, vfactor b1, vfactor a2, vfactor b2,
                      vfactor a3, vfactor b3)
{
    return vwide_reduce(vwide_add(vwide_add(vwide_mul(a0, b0), vwide_mul(a1, b1)),
                                  vwide_add(vwide_mul(a2, b2), vwide_mul(a3, b3))));
}

/* vqm31_mul, lane for lane the same residues. (a + bu)(c + du) = ac + b (2 + i) d + (ad + bc) u:
 * with the negatives of the imaginary parts of a and b every coordinate is a sum of four products.
 */
SP_FN vqm31 vqm31_mul_wide(vqm31 x, vqm31 y)
{
    const vcm31 rd = vcm31_mul_r(vqm31_part(y, 1));
    const vfactor a0 = vfactor_of(x.c[0]), a1 = vfactor_of(x.c[1]);
    const vfactor b0 = vfactor_of(x.c[2]), b1 = vfactor_of(x.c[3]);
    const vfactor n1 = vfactor_of(vm31_neg(x.c[1])), m1 = vfactor_of(vm31_neg(x.c[3]));
    const vfactor c0 = vfactor_of(y.c[0]), c1 = vfactor_of(y.c[1]);
    const vfactor d0 = vfactor_of(y.c[2]), d1 = vfactor_of(y.c[3]);
    const vfactor r0 = vfactor_of(rd.a), r1 = vfactor_of(rd.b);
    vqm31 r;
    r.c[0] = vwide_sum4(a0, c0, n1, c1, b0, r0, m1, r1);
    r.c[1] = vwide_sum4(a0, c1, a1, c0, b0, r1, b1, r0);
    r.c[2] = vwide_sum4(a0, d0, n1, d1, b0, c0, m1, c1);
    r.c[3] = vwide_sum4(a0, d1, a1, d0, b0, c1, b1, c0);
    return r;
}

#endif
