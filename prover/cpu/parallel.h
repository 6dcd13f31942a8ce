/* parallel.h - a loop over threads, for code outside prover/cpu (which must not use OpenMP). */
#ifndef PROVER_CPU_PARALLEL_H
#define PROVER_CPU_PARALLEL_H

#include <stddef.h>

/* fn(user, i) for every i < n, in any order, on several threads where there are any. */
void parallel_for(size_t n, void (*fn)(void *user, size_t i), void *user);
/* At most n threads from here on; 0: as many as there are processors. */
void parallel_set_threads(unsigned n);

#endif
