/* hex.h - bytes as lower-case digits, and back. */
#ifndef MARKET_HEX_H
#define MARKET_HEX_H

#include "core/sp.h"

#include <string.h>

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

/* The value of a lower-case digit, or -1. */
static inline int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* len characters, which must be 2 * n lower-case digits; false, with bytes undefined, for anything
 * else. */
static inline bool hex_read_n(uint8_t *bytes, size_t n, const char *text, size_t len)
{
    if (len != 2 * n) return false;
    for (size_t i = 0; i < n; i++) {
        const int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* The same for a text that ends with a zero byte. */
static inline bool hex_read(uint8_t *bytes, size_t n, const char *text)
{
    return hex_read_n(bytes, n, text, strlen(text));
}

#endif
