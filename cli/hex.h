/* hex.h - digests as text. */
#ifndef CLI_HEX_H
#define CLI_HEX_H

#include <stddef.h>
#include <stdint.h>

/* The first bytes of little-endian words as hex digits: 2 * bytes + 1 characters. */
static inline void hex_words(char *text, const uint32_t *words, size_t bytes)
{
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes; i++) {
        const unsigned b = words[i / 4] >> 8 * (i % 4) & 0xff;
        text[2 * i] = digit[b >> 4];
        text[2 * i + 1] = digit[b & 15];
    }
    text[2 * bytes] = 0;
}

#endif
