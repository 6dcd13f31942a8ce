/* bytes.h - numbers in tokens: n <= 8 bytes, the highest first. */
#ifndef RELAYER_BYTES_H
#define RELAYER_BYTES_H

#include "core/sp.h"

SP_FN void bytes_put(uint8_t *out, uint64_t v, size_t n)
{
    for (size_t i = n; i-- > 0; v >>= 8) out[i] = (uint8_t)v;
}

SP_FN uint64_t bytes_take(const uint8_t *in, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++) v = v << 8 | in[i];
    return v;
}

#endif
