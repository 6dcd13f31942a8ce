/* blake2s.c - BLAKE2s-256, portable. */
#include "core/blake2s.h"

#include "core/bytes.h"

#include <string.h>

static const uint32_t blake2s_iv[8] = BLAKE2S_IV;

SP_FN uint32_t rotr32(uint32_t v, unsigned n) { return v >> n | v << (32 - n); }
SP_FN void mix(uint32_t v[16], unsigned a, unsigned b, unsigned c, unsigned d, uint32_t x,
               uint32_t y)
{
    v[a] += v[b] + x;
    v[d] = rotr32(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = rotr32(v[b] ^ v[c], 12);
    v[a] += v[b] + y;
    v[d] = rotr32(v[d] ^ v[a], 8);
    v[c] += v[d];
    v[b] = rotr32(v[b] ^ v[c], 7);
}

void blake2s_start(uint32_t h[8], const char *tag)
{
    uint8_t person[8] = {0};
    for (unsigned i = 0; tag && i < 8 && tag[i]; i++) person[i] = (uint8_t)tag[i];
    memcpy(h, blake2s_iv, sizeof blake2s_iv);
    h[0] ^= BLAKE2S_PARAM;
    h[6] ^= bytes_le32(person);
    h[7] ^= bytes_le32(person + 4);
}

/* One round with the order of its words: constants, so that no table is read. */
#define ROUND(s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15) \
    mix(v, 0, 4, 8, 12, m[s0], m[s1]);                                              \
    mix(v, 1, 5, 9, 13, m[s2], m[s3]);                                              \
    mix(v, 2, 6, 10, 14, m[s4], m[s5]);                                             \
    mix(v, 3, 7, 11, 15, m[s6], m[s7]);                                             \
    mix(v, 0, 5, 10, 15, m[s8], m[s9]);                                             \
    mix(v, 1, 6, 11, 12, m[s10], m[s11]);                                           \
    mix(v, 2, 7, 8, 13, m[s12], m[s13]);                                            \
    mix(v, 3, 4, 9, 14, m[s14], m[s15]);

void blake2s_compress(uint32_t h[8], const uint32_t m[16], uint64_t n_bytes, bool last)
{
    uint32_t v[16];
    memcpy(v, h, 32);
    memcpy(v + 8, blake2s_iv, 32);
    v[12] ^= (uint32_t)(n_bytes & UINT32_MAX);
    v[13] ^= (uint32_t)(n_bytes >> 32);
    if (last) v[14] = ~v[14];
    BLAKE2S_ROUNDS(ROUND)
    for (unsigned i = 0; i < 8; i++) h[i] ^= v[i] ^ v[i + 8];
}

void blake2s_init(blake2s_ctx *s, const char *tag)
{
    memset(s, 0, sizeof *s);
    blake2s_start(s->h, tag);
}

static void compress_block(blake2s_ctx *s, bool last)
{
    uint32_t m[16];
    for (unsigned i = 0; i < 16; i++) m[i] = bytes_le32(s->block + 4 * i);
    s->n_bytes += s->block_len;
    blake2s_compress(s->h, m, s->n_bytes, last);
    s->block_len = 0;
}

void blake2s_update(blake2s_ctx *s, const void *data, size_t data_bytes)
{
    const uint8_t *p = (const uint8_t *)data;
    while (data_bytes) {
        if (s->block_len == 64) compress_block(s, false); /* more follows, so not the last one */
        size_t n = 64 - s->block_len;
        if (n > data_bytes) n = data_bytes;
        memcpy(s->block + s->block_len, p, n);
        s->block_len += n;
        p += n;
        data_bytes -= n;
    }
}

void blake2s_update_words(blake2s_ctx *s, const uint32_t *words, size_t words_len)
{
    uint8_t b[64];
    while (words_len) {
        const size_t n = words_len < 16 ? words_len : 16;
        for (size_t i = 0; i < n; i++) bytes_put_le32(b + 4 * i, words[i]);
        blake2s_update(s, b, 4 * n);
        words += n;
        words_len -= n;
    }
}

void blake2s_final(blake2s_ctx *s, uint32_t out[8])
{
    memset(s->block + s->block_len, 0, 64 - s->block_len);
    compress_block(s, true);
    memcpy(out, s->h, 32);
}

void blake2s_hash(uint32_t out[8], const char *tag, const void *data, size_t data_bytes)
{
    blake2s_ctx s;
    blake2s_init(&s, tag);
    blake2s_update(&s, data, data_bytes);
    blake2s_final(&s, out);
}

void blake2s_hash_words(uint32_t out[8], const char *tag, const uint32_t *words, size_t words_len)
{
    blake2s_ctx s;
    blake2s_init(&s, tag);
    blake2s_update_words(&s, words, words_len);
    blake2s_final(&s, out);
}

void blake2s_to_bytes(uint8_t out[32], const uint32_t h[8])
{
    for (unsigned i = 0; i < 8; i++) bytes_put_le32(out + 4 * i, h[i]);
}

void blake2s_from_bytes(uint32_t out[8], const uint8_t bytes[32])
{
    for (unsigned i = 0; i < 8; i++) out[i] = bytes_le32(bytes + 4 * i);
}
