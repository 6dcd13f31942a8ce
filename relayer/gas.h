/* gas.h - what a claim is likely to cost its sender, in FRI. */
#ifndef RELAYER_GAS_H
#define RELAYER_GAS_H

#include "relayer/db.h"
#include "starknet/calldata.h"

struct app;

#define GAS_CLAIMS 15 /* that are looked back at */
/* L2 gas of a claim until one has been seen: a verification as docs/chain.md 7 gives it, twice,
 * which is about what a node that counts Cairo steps takes. */
#define GAS_CLAIM_L2 UINT64_C(288000000)

/* The median of what the last claims that this relayer saw have cost; before the first one
 * GAS_CLAIM_L2 at the network's present price. False: there is no chain, or nothing is known. */
SP_MUST_USE bool gas_estimate(u256 *fri, db *d, struct app *a);

#endif
