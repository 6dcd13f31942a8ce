/* blake2s.c - BLAKE2s-256 without a key (RFC 7693), unrolled: 16 working words live in registers.
 */
#include "machine_io.h"

static const uint32_t iv[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                               0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

#define ROTR(x, n) ((x) >> (n) | (x) << (32 - (n)))
#define G(a, b, c, d, x, y) \
    a += b + m[x];          \
    d = ROTR(d ^ a, 16);    \
    c += d;                 \
    b = ROTR(b ^ c, 12);    \
    a += b + m[y];          \
    d = ROTR(d ^ a, 8);     \
    c += d;                 \
    b = ROTR(b ^ c, 7);
#define ROUND(s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, sa, sb, sc, sd, se, sf) \
    G(v0, v4, v8, v12, s0, s1)                                                \
    G(v1, v5, v9, v13, s2, s3)                                                \
    G(v2, v6, v10, v14, s4, s5)                                               \
    G(v3, v7, v11, v15, s6, s7)                                               \
    G(v0, v5, v10, v15, s8, s9)                                               \
    G(v1, v6, v11, v12, sa, sb)                                               \
    G(v2, v7, v8, v13, sc, sd)                                                \
    G(v3, v4, v9, v14, se, sf)

/* size: bytes hashed up to and including this block. */
static __attribute__((noinline)) void compress(uint32_t h[8], const word_alias *m, uint64_t size,
                                               bool last)
{
    uint32_t v0 = h[0], v1 = h[1], v2 = h[2], v3 = h[3];
    uint32_t v4 = h[4], v5 = h[5], v6 = h[6], v7 = h[7];
    uint32_t v8 = iv[0], v9 = iv[1], v10 = iv[2], v11 = iv[3];
    uint32_t v12 = iv[4] ^ (uint32_t)size, v13 = iv[5] ^ (uint32_t)(size >> 32);
    uint32_t v14 = last ? ~iv[6] : iv[6], v15 = iv[7];
    ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    ROUND(14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3)
    ROUND(11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4)
    ROUND(7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8)
    ROUND(9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13)
    ROUND(2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9)
    ROUND(12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11)
    ROUND(13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10)
    ROUND(6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5)
    ROUND(10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0)
    h[0] ^= v0 ^ v8;
    h[1] ^= v1 ^ v9;
    h[2] ^= v2 ^ v10;
    h[3] ^= v3 ^ v11;
    h[4] ^= v4 ^ v12;
    h[5] ^= v5 ^ v13;
    h[6] ^= v6 ^ v14;
    h[7] ^= v7 ^ v15;
}

void sp_blake2s_init(sp_hash_state *s)
{
    for (int i = 0; i < 8; i++) s->h[i] = iv[i];
    s->h[0] ^= 0x01010020; /* 32 bytes of digest, no key, sequential */
    s->size = 0;
    s->block_size = 0;
}

/* The last block is compressed by final only, so a full block waits until more arrives. */
void sp_blake2s_update(sp_hash_state *s, const void *data, uint32_t n)
{
    const uint8_t *p = (const uint8_t *)data;
    while (n) {
        if (s->block_size == 0 && n > 64 && (uintptr_t)p % 4 == 0) {
            s->size += 64;
            compress(s->h, (const word_alias *)p, s->size, false);
            p += 64;
            n -= 64;
            continue;
        }
        if (s->block_size == 64) {
            s->size += 64;
            compress(s->h, s->block, s->size, false);
            s->block_size = 0;
            continue;
        }
        uint32_t k = 64 - s->block_size;
        if (k > n) k = n;
        memcpy((uint8_t *)s->block + s->block_size, p, k);
        s->block_size += k;
        p += k;
        n -= k;
    }
}

void sp_blake2s_final(sp_hash_state *s, uint8_t digest[32])
{
    memset((uint8_t *)s->block + s->block_size, 0, 64 - s->block_size);
    compress(s->h, s->block, s->size + s->block_size, true);
    memcpy(digest, s->h, 32);
}

void sp_blake2s(uint8_t digest[32], const void *data, uint32_t n)
{
    sp_hash_state s;
    sp_blake2s_init(&s);
    sp_blake2s_update(&s, data, n);
    sp_blake2s_final(&s, digest);
}
