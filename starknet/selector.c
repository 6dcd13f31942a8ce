/* selector.c - selectors and short strings. */
#include "starknet/selector.h"

#include "starknet/keccak.h"

#include <string.h>

static felt felt_of_digest(const uint8_t be[32])
{
    uint64_t v[4] = {0, 0, 0, 0};
    for (unsigned i = 0; i < 32; i++) v[3 - i / 8] = v[3 - i / 8] << 8 | be[i];
    return felt_reduce(v);
}

felt selector_from_name(const char *name)
{
    uint8_t h[32];
    if (!strcmp(name, "__default__") || !strcmp(name, "__l1_default__")) return felt_zero();
    keccak256(h, name, strlen(name));
    h[0] &= 3; /* 250 bits */
    return felt_of_digest(h);
}

static bool printable(uint8_t c) { return c >= 0x20 && c <= 0x7e; }

sp_status shortstring_read(felt *out, const char *text)
{
    uint8_t be[32] = {0};
    size_t n = strnlen(text, SHORTSTRING_MAX + 1);
    if (n > SHORTSTRING_MAX) return SP_ERR_FORMAT;
    for (size_t i = 0; i < n; i++)
        if (!printable((uint8_t)text[i])) return SP_ERR_FORMAT;
    memcpy(be + 32 - n, text, n);
    *out = felt_of_digest(be);
    return SP_OK;
}

sp_status shortstring_write(char out[SHORTSTRING_MAX + 1], felt a)
{
    uint8_t be[32];
    unsigned first = 0;
    felt_write(be, a);
    while (first < 32 && !be[first]) first++;
    if (first == 0) return SP_ERR_FORMAT;
    for (unsigned i = first; i < 32; i++)
        if (!printable(be[i])) return SP_ERR_FORMAT;
    memcpy(out, be + first, 32 - first);
    out[32 - first] = 0;
    return SP_OK;
}
