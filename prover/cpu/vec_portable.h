/* vec_portable.h - one lane of plain C, the meaning of every vec_*.h.
 *
 * What every vec_*.h promises. A vm31 holds VEC_LANES residues; a lane may be P as well as 0
 * (range [0, P]), every function takes and returns that range, and storing makes it canonical.
 * load and store want VEC_ALIGN alignment, loadu and storeu none beyond that of uint32_t.
 * Lane i is the word at p[i]. */
#ifndef PROVER_CPU_VEC_H
#define PROVER_CPU_VEC_H

#include "core/m31.h"

#define VEC_LOG_LANES 0
#define VEC_LANES 1
#define VEC_ALIGN 4

typedef m31 vm31;

SP_FN vm31 vm31_splat(uint32_t v) { return m31_from_reduced(v); }
SP_FN vm31 vm31_load(const uint32_t *p) { return m31_from_reduced(*p); }
SP_FN vm31 vm31_loadu(const uint32_t *p) { return m31_from_reduced(*p); }
SP_FN void vm31_store(uint32_t *p, vm31 a) { *p = a.v; }
SP_FN void vm31_storeu(uint32_t *p, vm31 a) { *p = a.v; }
SP_FN vm31 vm31_canonical(vm31 a) { return a; }
SP_FN vm31 vm31_add(vm31 a, vm31 b) { return m31_add(a, b); }
SP_FN vm31 vm31_sub(vm31 a, vm31 b) { return m31_sub(a, b); }
SP_FN vm31 vm31_neg(vm31 a) { return m31_neg(a); }
SP_FN vm31 vm31_mul(vm31 a, vm31 b) { return m31_mul(a, b); }
/* Lane i becomes lane VEC_LANES - 1 - i. */
SP_FN vm31 vm31_reverse(vm31 a) { return a; }
/* Lanes that are 0 (or P) become 1. */
SP_FN vm31 vm31_one_if_zero(vm31 a) { return m31_is_zero(a) ? m31_one() : a; }

#endif
