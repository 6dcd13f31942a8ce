/* sha256.c - SHA-256 (FIPS 180-4), sixteen rounds unrolled. */
#include "machine_io.h"

static const uint32_t k256[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

#define ROTR(x, n) ((x) >> (n) | (x) << (32 - (n)))

static inline uint32_t big_endian(uint32_t x)
{
    uint32_t odd = ROTR(x, 8) & 0xff00ff00, even = ROTR(x, 24) & 0x00ff00ff;
    return odd | even;
}

/* maj(a, b, c) = b ^ ((a ^ b) & (b ^ c)); b ^ c is the a ^ b of the round before (bc). */
#define ROUND(a, b, c, d, e, f, g, h, i)                                               \
    h += (ROTR(e, 6) ^ ROTR(e, 11) ^ ROTR(e, 25)) + (g ^ (e & (f ^ g))) + k[i] + w[i]; \
    d += h;                                                                            \
    ab = a ^ b;                                                                        \
    h += (ROTR(a, 2) ^ ROTR(a, 13) ^ ROTR(a, 22)) + (b ^ (ab & bc));                   \
    bc = ab;
#define SCHEDULE(i)                                                                         \
    w[i] += (ROTR(w[(i + 1) % 16], 7) ^ ROTR(w[(i + 1) % 16], 18) ^ w[(i + 1) % 16] >> 3) + \
            w[(i + 9) % 16] +                                                               \
            (ROTR(w[(i + 14) % 16], 17) ^ ROTR(w[(i + 14) % 16], 19) ^ w[(i + 14) % 16] >> 10);

static __attribute__((noinline)) void compress(uint32_t state[8], const word_alias *block)
{
    uint32_t w[16], ab, bc;
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 16; i++) w[i] = big_endian(block[i]);
    bc = b ^ c;
    for (const uint32_t *k = k256;;) {
        ROUND(a, b, c, d, e, f, g, h, 0)
        ROUND(h, a, b, c, d, e, f, g, 1)
        ROUND(g, h, a, b, c, d, e, f, 2)
        ROUND(f, g, h, a, b, c, d, e, 3)
        ROUND(e, f, g, h, a, b, c, d, 4)
        ROUND(d, e, f, g, h, a, b, c, 5)
        ROUND(c, d, e, f, g, h, a, b, 6)
        ROUND(b, c, d, e, f, g, h, a, 7)
        ROUND(a, b, c, d, e, f, g, h, 8)
        ROUND(h, a, b, c, d, e, f, g, 9)
        ROUND(g, h, a, b, c, d, e, f, 10)
        ROUND(f, g, h, a, b, c, d, e, 11)
        ROUND(e, f, g, h, a, b, c, d, 12)
        ROUND(d, e, f, g, h, a, b, c, 13)
        ROUND(c, d, e, f, g, h, a, b, 14)
        ROUND(b, c, d, e, f, g, h, a, 15)
        k += 16;
        if (k == k256 + 64) break;
        SCHEDULE(0)
        SCHEDULE(1)
        SCHEDULE(2)
        SCHEDULE(3)
        SCHEDULE(4)
        SCHEDULE(5)
        SCHEDULE(6)
        SCHEDULE(7)
        SCHEDULE(8)
        SCHEDULE(9)
        SCHEDULE(10)
        SCHEDULE(11)
        SCHEDULE(12)
        SCHEDULE(13)
        SCHEDULE(14)
        SCHEDULE(15)
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
}

void sp_sha256_init(sp_hash_state *s)
{
    static const uint32_t iv[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    for (int i = 0; i < 8; i++) s->h[i] = iv[i];
    s->size = 0;
    s->block_size = 0;
}

void sp_sha256_update(sp_hash_state *s, const void *data, uint32_t n)
{
    const uint8_t *p = (const uint8_t *)data;
    s->size += n;
    while (n) {
        if (s->block_size == 0 && n >= 64 && (uintptr_t)p % 4 == 0) {
            compress(s->h, (const word_alias *)p);
            p += 64;
            n -= 64;
            continue;
        }
        uint32_t k = 64 - s->block_size;
        if (k > n) k = n;
        memcpy((uint8_t *)s->block + s->block_size, p, k);
        s->block_size += k;
        p += k;
        n -= k;
        if (s->block_size == 64) {
            compress(s->h, s->block);
            s->block_size = 0;
        }
    }
}

void sp_sha256_final(sp_hash_state *s, uint8_t digest[32])
{
    uint8_t *block = (uint8_t *)s->block;
    uint32_t n = s->block_size;
    block[n++] = 0x80;
    if (n > 56) {
        memset(block + n, 0, 64 - n);
        compress(s->h, s->block);
        n = 0;
    }
    memset(block + n, 0, 56 - n);
    s->block[14] = big_endian((uint32_t)(s->size >> 29));
    s->block[15] = big_endian((uint32_t)s->size << 3);
    compress(s->h, s->block);
    uint32_t words[8];
    for (int i = 0; i < 8; i++) words[i] = big_endian(s->h[i]);
    memcpy(digest, words, 32);
}

void sp_sha256(uint8_t digest[32], const void *data, uint32_t n)
{
    sp_hash_state s;
    sp_sha256_init(&s);
    sp_sha256_update(&s, data, n);
    sp_sha256_final(&s, digest);
}
