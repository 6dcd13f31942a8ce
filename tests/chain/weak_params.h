/* weak_params.h - what a hostile prover changes of the profile `chain`. */
#ifndef TESTS_CHAIN_WEAK_PARAMS_H
#define TESTS_CHAIN_WEAK_PARAMS_H

#include <stdbool.h>

/* Once, before anything asks for a profile. */
void weak_set(unsigned n_queries, bool grinds);

#endif
