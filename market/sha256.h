/* sha256.h - SHA-256 (FIPS 180-4) for programs that are linked without OpenSSL. No allocation. */
#ifndef MARKET_SHA256_H
#define MARKET_SHA256_H

#include "core/sp.h"

#define SHA256_BYTES 32

void sha256_hash(uint8_t out[SHA256_BYTES], const void *data, size_t n);

#endif
