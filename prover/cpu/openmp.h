/* openmp.h - OpenMP pragmas that vanish without OpenMP. SP_OMP(parallel for schedule(dynamic)) */
#ifndef PROVER_CPU_OPENMP_H
#define PROVER_CPU_OPENMP_H

#ifdef _OPENMP
#include <omp.h>
#define SP_OMP_(x) _Pragma(#x)
/* Below this many words starting threads costs more than it saves: SP_OMP(... if (n > SP_OMP_MIN)) */
#define SP_OMP_MIN 4096
#define SP_OMP(x) SP_OMP_(omp x)
/* Threads a parallel region started here would have. */
static inline unsigned sp_threads(void)
{
    return omp_in_parallel() ? 1u : (unsigned)omp_get_max_threads();
}
#else
#define SP_OMP(x)
static inline unsigned sp_threads(void) { return 1; }
#endif

#endif
