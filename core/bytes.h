/* bytes.h - little-endian words in byte strings. */
#ifndef CORE_BYTES_H
#define CORE_BYTES_H

#include "core/sp.h"

SP_FN uint32_t bytes_le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
SP_FN void bytes_put_le32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)(v >> 16);
    p[3] = (uint8_t)(v >> 24);
}
SP_FN void bytes_read_words(uint32_t *out, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) out[i] = bytes_le32(p + 4 * i);
}

#endif
