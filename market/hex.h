/* hex.h - bytes as lower-case digits, and back. */
#ifndef MARKET_HEX_H
#define MARKET_HEX_H

#include "core/sp.h"

/* 2 * n digits and a zero byte. */
static inline void hex_write(char *text, const uint8_t *bytes, size_t n)
{
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digit[bytes[i] >> 4];
        text[2 * i + 1] = digit[bytes[i] & 15];
    }
    text[2 * n] = 0;
}

static inline int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Exactly 2 * n lower-case digits; false, with bytes undefined, for anything else. */
static inline bool hex_read(uint8_t *bytes, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++) {
        const int high = hex_digit(text[2 * i]);
        const int low = high < 0 ? -1 : hex_digit(text[2 * i + 1]);
        if (low < 0) return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return text[2 * n] == 0;
}

#endif
