/* gas.h - what a claim is likely to cost its sender, in FRI. */
#ifndef RELAYER_GAS_H
#define RELAYER_GAS_H

#include "relayer/db.h"
#include "starknet/calldata.h"

struct app;

#define GAS_CLAIMS 15 /* that are looked back at */
/* L2 gas of a claim until one has been seen: a 2 x 2 product's on starknet-devnet 0.10.1 took 262
 * M, and a tenth. tests/chain/test_money.py prints it. */
#define GAS_CLAIM_L2 UINT64_C(288000000)

/* The median of what the last claims that this relayer saw have cost; before the first one
 * GAS_CLAIM_L2 at the network's present price. False: there is no chain, or nothing is known. */
SP_MUST_USE bool gas_estimate(u256 *fri, db *d, struct app *a);

#endif
