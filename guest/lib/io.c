/* io.c - public input, private hints and public output of a guest. */
#include "machine_io.h"

static uint32_t read_at; /* bytes of the input that sp_read has given */

void sp_input(const uint8_t **data, uint32_t *size)
{
    *data = (const uint8_t *)(INPUT_WINDOW + 1);
    *size = INPUT_WINDOW[0];
}

uint32_t sp_read_left(void) { return INPUT_WINDOW[0] - read_at; }

void sp_read(void *to, uint32_t n)
{
    if (n > sp_read_left()) sp_panic("the input ends too early");
    memcpy(to, (const uint8_t *)(INPUT_WINDOW + 1) + read_at, n);
    read_at += n;
}

/* The rest of the tape: left counts the bytes not yet given, of which kept ones lie in word. */
static struct {
    bool opened;
    uint32_t left, word, kept;
} hint;

static void hint_take(uint32_t n)
{
    if (!hint.opened) {
        hint.opened = true;
        hint.left = advice();
    }
    if (n > hint.left) sp_panic("the hint ends too early");
    hint.left -= n;
}

uint32_t sp_hint_left(void)
{
    hint_take(0);
    return hint.left;
}

uint32_t sp_hint_u32(void)
{
    hint_take(4);
    uint32_t low = hint.word, kept = 8 * hint.kept;
    if (kept == 0) return advice();
    hint.word = advice();
    low |= hint.word << kept;
    hint.word >>= 32 - kept;
    return low;
}

void sp_hint_bytes(void *to, uint32_t n)
{
    uint8_t *p = (uint8_t *)to;
    hint_take(n);
    while (n && hint.kept) {
        *p++ = (uint8_t)hint.word;
        hint.word >>= 8;
        hint.kept--;
        n--;
    }
    if ((uintptr_t)p % 4 == 0) {
        for (; n >= 4; n -= 4, p += 4) *(word_alias *)p = advice();
    }
    while (n) {
        uint32_t w = advice(), k = n < 4 ? n : 4;
        hint.kept = 4 - k;
        for (; k; k--, n--, w >>= 8) *p++ = (uint8_t)w;
        hint.word = w;
    }
}

uint8_t *sp_output(uint32_t n)
{
    uint32_t at = OUTPUT_WINDOW[0];
    if (n > MACHINE_OUTPUT_CAP - at) sp_panic("the output exceeds 64 MiB");
    OUTPUT_WINDOW[0] = at + n;
    return (uint8_t *)(OUTPUT_WINDOW + 1) + at;
}

void sp_write(const void *from, uint32_t n) { memcpy(sp_output(n), from, n); }

void sp_write_u32(uint32_t v)
{
    uint8_t *p = sp_output(4);
    if ((uintptr_t)p % 4 == 0)
        *(word_alias *)p = v;
    else
        memcpy(p, &v, 4);
}
