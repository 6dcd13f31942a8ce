/* keccak.h - Keccak-256 with the padding of Ethereum (0x01), not that of SHA-3. Public data. */
#ifndef STARKNET_KECCAK_H
#define STARKNET_KECCAK_H

#include "core/sp.h"

void keccak256(uint8_t out[32], const void *data, size_t bytes);

#endif
