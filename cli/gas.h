/* gas.h - a model of what verifying a proof on Starknet would cost. */
#ifndef CLI_GAS_H
#define CLI_GAS_H

#include "air/shape.h"

/* L2 gas, by unit costs measured with a prototype of a verifier on a local devnet (metering of
 * Sierra gas, BLAKE2s trees). A model: no contract of this project has been measured. */
uint64_t gas_estimate(const proof_shape *s, uint64_t felts);

#endif
