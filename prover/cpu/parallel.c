/* parallel.c - a loop over threads. */
#include "prover/cpu/parallel.h"

#ifdef _OPENMP
#include <omp.h>
#endif

void parallel_for(size_t n, void (*fn)(void *user, size_t i), void *user)
{
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 1) if (n > 1)
#endif
    for (size_t i = 0; i < n; i++) fn(user, i);
}

void parallel_set_threads(unsigned n)
{
#ifdef _OPENMP
    omp_set_num_threads(n ? (int)n : omp_get_num_procs());
#else
    (void)n;
#endif
}
