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
#define BLAKE2S_ROUND_0(R) R(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
#define BLAKE2S_ROUNDS_1_9(R)                               \
    R(14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3) \
    R(11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4) \
    R(7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8) \
    R(9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13) \
    R(2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9) \
    R(12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11) \
    R(13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10) \
    R(6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5) \
    R(10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0)
#define BLAKE2S_ROUNDS(R) BLAKE2S_ROUND_0(R) BLAKE2S_ROUNDS_1_9(R)

#endif
