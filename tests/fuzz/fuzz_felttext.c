/* fuzz_felttext.c - fuzz entry of proofs written as hex words. */
#include "cli/felttext.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define ROOM 64u

static size_t read_text(const uint8_t *data, size_t size)
{
    felt252 out[ROOM];
    size_t bad = SIZE_MAX;
    char *text = malloc(size + 1);
    if (!text) abort();
    if (size) memcpy(text, data, size);
    text[size] = 0;
    memset(out, 0x55, sizeof out);
    const size_t n = felttext_read(out, ROOM, text, &bad);
    if (n > ROOM) abort();
    if (n == 0 && bad > strlen(text)) abort();
    for (size_t i = n + 1; i < ROOM; i++) /* the word after the last may have been begun */
        if (out[i].w[0] != 0x55555555u && n) abort();
    free(text);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_text(data, size);
    return 0;
}

static const char seed[] =
    " [ \"0x1\", 0xabcdef0123456789,\n\"0x7ffffffffffffffffffffffffffffffffffffff"
    "fffffffffffffffffffffffff\" ]\n";

size_t fuzz_seed(uint8_t *data, size_t cap)
{
    if (sizeof seed - 1 > cap) return 0;
    memcpy(data, seed, sizeof seed - 1);
    return sizeof seed - 1;
}

bool fuzz_seed_is_good(const uint8_t *data, size_t size) { return read_text(data, size) == 3; }
