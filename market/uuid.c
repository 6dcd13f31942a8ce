/* uuid.c - identifiers of version 7: made, written, read. */
#include "market/uuid.h"

#include "market/hex.h"

#include <string.h>

#define MS_BITS 48
#define HIGH_BITS 12
#define LOW_BITS 62

static uint64_t be64(const uint8_t *b)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < 8; i++) v = v << 8 | b[i];
    return v;
}

static uuid assemble(uint64_t high, uint64_t low)
{
    uuid u;
    for (unsigned i = 0; i < 8; i++) {
        u.b[i] = (uint8_t)(high >> (56 - 8 * i));
        u.b[8 + i] = (uint8_t)(low >> (56 - 8 * i));
    }
    return u;
}

/* The 74 random bits are one number here, high*2^62 + low; false when it would pass its end. */
static bool grow(uuid_source *s, uint64_t step)
{
    const uint64_t low = s->low + step; /* < 2^62 + 2^32 + 1 */
    s->high += low >> LOW_BITS;
    s->low = low & ((UINT64_C(1) << LOW_BITS) - 1);
    return s->high >> HIGH_BITS == 0;
}

sp_status uuid_next(uuid_source *s, uuid *out, uint64_t ms, const uint8_t random[UUID_RANDOM])
{
    if (ms >= (UINT64_C(1) << MS_BITS) - 1) return SP_ERR_ARG;
    uuid_source next = *s;
    /* The topmost bit starts as 0: 2^73 are left to grow by, so that in practice the time is never
     * moved forward. */
    const uint64_t high = ((uint64_t)random[0] << 8 | random[1]) & ((1u << (HIGH_BITS - 1)) - 1);
    const uint64_t low = be64(random + 2) & ((UINT64_C(1) << LOW_BITS) - 1);
    bool fresh = ms > s->ms;
    if (fresh) {
        next.ms = ms;
    } else if (!grow(&next, 1 + (low & UINT32_MAX))) {
        if (s->ms + 1 >= UINT64_C(1) << MS_BITS) return SP_ERR_ARG;
        next.ms = s->ms + 1;
        fresh = true;
    }
    if (fresh) {
        next.high = high;
        next.low = low;
    }
    *s = next;
    *out = assemble(next.ms << 16 | UINT64_C(7) << 12 | next.high, UINT64_C(2) << 62 | next.low);
    return SP_OK;
}

uint64_t uuid_ms(uuid a) { return be64(a.b) >> 16; }

int uuid_cmp(uuid a, uuid b) { return memcmp(a.b, b.b, UUID_BYTES); }

void uuid_halves(uint64_t *high, uint64_t *low, uuid a)
{
    *high = be64(a.b);
    *low = be64(a.b + 8);
}

sp_status uuid_from_halves(uuid *out, uint64_t high, uint64_t low)
{
    if ((high >> 12 & 15) != 7 || low >> 62 != 2) return SP_ERR_FORMAT;
    *out = assemble(high, low);
    return SP_OK;
}

static bool hyphen_at(unsigned i) { return i == 8 || i == 13 || i == 18 || i == 23; }

void uuid_write(char out[UUID_TEXT], uuid a)
{
    static const char digit[] = "0123456789abcdef";
    for (unsigned i = 0, n = 0; i < UUID_TEXT - 1; i++) {
        if (hyphen_at(i)) {
            out[i] = '-';
            continue;
        }
        out[i] = digit[n % 2 ? a.b[n / 2] & 15 : a.b[n / 2] >> 4];
        n++;
    }
    out[UUID_TEXT - 1] = 0;
}

sp_status uuid_read(uuid *out, const char *text, size_t len)
{
    uint64_t half[2] = {0, 0};
    if (len != UUID_TEXT - 1) return SP_ERR_FORMAT;
    for (unsigned i = 0, n = 0; i < UUID_TEXT - 1; i++) {
        const char c = text[i];
        if (hyphen_at(i)) {
            if (c != '-') return SP_ERR_FORMAT;
            continue;
        }
        const int v = hex_digit(c);
        if (v < 0) return SP_ERR_FORMAT;
        half[n / 16] = half[n / 16] << 4 | (unsigned)v;
        n++;
    }
    return uuid_from_halves(out, half[0], half[1]);
}
