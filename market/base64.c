/* base64.c - both alphabets of base 64. */
#include "market/base64.h"

static const char usual[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char for_urls[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Without padding. */
static size_t write_text(char *out, const uint8_t *bytes, size_t n, const char *alphabet)
{
    size_t len = 0;
    uint32_t bits = 0;
    unsigned have = 0; /* bits not yet written, below 6 before each byte */
    for (size_t i = 0; i < n; i++) {
        bits = bits << 8 | bytes[i];
        for (have += 8; have >= 6; have -= 6) out[len++] = alphabet[bits >> (have - 6) & 63];
    }
    if (have) out[len++] = alphabet[bits << (6 - have) & 63];
    out[len] = 0;
    return len;
}

size_t base64_write(char *out, const uint8_t *bytes, size_t n)
{
    size_t len = write_text(out, bytes, n, usual);
    while (len % 4) out[len++] = '=';
    out[len] = 0;
    return len;
}

size_t base64url_write(char *out, const uint8_t *bytes, size_t n)
{
    return write_text(out, bytes, n, for_urls);
}

/* 0..63, or 64 for a character outside the alphabet. */
static unsigned value(char c, const char *alphabet)
{
    if (c >= 'A' && c <= 'Z') return (unsigned)(c - 'A');
    if (c >= 'a' && c <= 'z') return (unsigned)(c - 'a') + 26;
    if (c >= '0' && c <= '9') return (unsigned)(c - '0') + 52;
    if (c == alphabet[62]) return 62;
    if (c == alphabet[63]) return 63;
    return 64;
}

static sp_status read_text(uint8_t *out, size_t *n, const char *text, size_t len,
                           const char *alphabet)
{
    size_t got = 0;
    uint32_t bits = 0;
    unsigned have = 0;
    if (len % 4 == 1) return SP_ERR_FORMAT;
    if (len / 4 * 3 + (len % 4 ? len % 4 - 1 : 0) > *n) return SP_ERR_LIMIT;
    for (size_t i = 0; i < len; i++) {
        const unsigned v = value(text[i], alphabet);
        if (v > 63) return SP_ERR_FORMAT;
        bits = bits << 6 | v;
        have += 6;
        if (have < 8) continue;
        have -= 8;
        out[got++] = (uint8_t)(bits >> have);
    }
    if (bits & ((1u << have) - 1)) return SP_ERR_FORMAT;
    *n = got;
    return SP_OK;
}

sp_status base64_read(uint8_t *out, size_t *n, const char *text, size_t len)
{
    if (len % 4) return SP_ERR_FORMAT;
    if (len && text[len - 1] == '=') len -= text[len - 2] == '=' ? 2 : 1; /* len >= 4 */
    return read_text(out, n, text, len, usual);
}

sp_status base64url_read(uint8_t *out, size_t *n, const char *text, size_t len)
{
    return read_text(out, n, text, len, for_urls);
}
