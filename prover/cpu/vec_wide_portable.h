/* vec_wide_portable.h - sums of products that are reduced once: one lane of plain C, the meaning of
 * every vec_wide_*.h. Include the vec_*.h of the same ISA first.
 *
 * A vfactor is a vm31 made ready to be multiplied, a vwide a 64-bit number per lane. Lanes of a
 * factor are at most P, so a product is below 2^62 and the sum of four products below 2^64. */
#ifndef PROVER_CPU_VEC_WIDE_H
#define PROVER_CPU_VEC_WIDE_H

typedef uint32_t vfactor;
typedef uint64_t vwide;

SP_FN vfactor vfactor_of(vm31 a) { return a.v; }
SP_FN vfactor vfactor_splat(uint32_t v) { return v; }
SP_FN vwide vwide_mul(vfactor a, vfactor b) { return (uint64_t)a * b; }
SP_FN vwide vwide_add(vwide a, vwide b) { return a + b; }
/* The same residue, below 2^34: any number to which three products are then added fits. */
SP_FN vwide vwide_fold(vwide a) { return (a & M31_P) + (a >> M31_BITS); }
/* Any a. */
SP_FN vm31 vwide_reduce(vwide a)
{
    /* < 2^34, < 2^31 + 8 */
    return m31_reduce1((uint32_t)vwide_fold(vwide_fold(a)));
}

#endif
