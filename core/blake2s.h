/* blake2s.h - BLAKE2s-256 (RFC 7693) without key or salt, with the 8-byte personalisation of its
 * parameter block as a tag. Words are little endian. No allocation; 4 GiB of input and more. */
#ifndef CORE_BLAKE2S_H
#define CORE_BLAKE2S_H

#include "core/sp.h"

typedef struct {
    uint32_t h[8];
    uint64_t n_bytes; /* hashed by compress so far */
    uint8_t block[64];
    size_t block_len; /* 1..64 after any input: the last block waits for final */
} blake2s_ctx;

#define BLAKE2S_IV                                                                                 \
    {                                                                                              \
        0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au, 0x510e527fu, 0x9b05688cu, 0x1f83d9abu, \
            0x5be0cd19u                                                                            \
    }
#define BLAKE2S_PARAM 0x01010020u /* 32 bytes of digest, no key, fanout 1, depth 1 */

/* The chaining value before the first block. tag: up to 8 ASCII bytes, padded with zero bytes;
 * NULL = none (plain BLAKE2s-256). */
void blake2s_start(uint32_t h[8], const char *tag);
/* h = F(h, m, n_bytes, last): one block; n_bytes counts all bytes hashed including this block. */
void blake2s_compress(uint32_t h[8], const uint32_t m[16], uint64_t n_bytes, bool last);

void blake2s_init(blake2s_ctx *s, const char *tag);
void blake2s_update(blake2s_ctx *s, const void *data, size_t data_bytes);
/* The words as 4 little endian bytes each. */
void blake2s_update_words(blake2s_ctx *s, const uint32_t *words, size_t words_len);
/* The 32 bytes of the hash as 8 words. The context is used up. */
void blake2s_final(blake2s_ctx *s, uint32_t out[8]);

void blake2s_hash(uint32_t out[8], const char *tag, const void *data, size_t data_bytes);
void blake2s_hash_words(uint32_t out[8], const char *tag, const uint32_t *words, size_t words_len);
/* 8 words as the 32 bytes of the hash, and back. */
void blake2s_to_bytes(uint8_t out[32], const uint32_t h[8]);
void blake2s_from_bytes(uint32_t out[8], const uint8_t bytes[32]);

/* Message word order of the ten rounds (RFC 7693, 2.7). */
extern const uint8_t blake2s_sigma[10][16];

#endif
