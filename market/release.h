/* release.h - what a node and a relayer must have in common to work for each other: the protocol
 * that they speak, and the proofs that the one makes and the other checks. */
#ifndef MARKET_RELEASE_H
#define MARKET_RELEASE_H

#include "core/sp.h"

#define RELEASE_PROTOCOL "1.0"

/* The version of the proofs' format, a point, and AIR_ID in hex. */
#define RELEASE_VM 72
void release_vm(char out[RELEASE_VM]);

#endif
