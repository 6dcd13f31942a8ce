/* mixed.c - a load for benchmarks: sorting, hashing, arithmetic, branches and calls in the shares
 * of ordinary programs, about 140 instructions a round (docs/jobs.md gives the figures).
 *
 * Input: one word, the number of rounds. Output: eight words of checksum. */
#include "job.h"

#define SIDE 256 /* words of the table that rounds work on */

static uint32_t table[SIDE];
static uint32_t digest[8];

/* A step of a xorshift generator. */
static inline uint32_t next(uint32_t x)
{
    x ^= x << 13;
    x ^= x >> 17;
    return x ^ x << 5;
}

#define ROTL(x, n) ((x) << (n) | (x) >> (32 - (n)))

/* Inserts the word at i into the order of the four before it. */
__attribute__((noinline)) static uint32_t settle(uint32_t i)
{
    uint32_t *p = table + i, x = *p, moved = 0;
    for (; moved < 4 && p[-1] > x; p--, moved++) *p = p[-1];
    *p = x;
    return moved;
}

/* Half a quarter round in the manner of a stream cipher on the digest. */
__attribute__((noinline)) static void stir(uint32_t *d, uint32_t x)
{
    uint32_t a = d[0], b = d[2], c = d[4], e = d[6];
    a += b + x;
    e = ROTL(e ^ a, 16);
    c += e;
    b = ROTL(b ^ c, 12);
    d[0] = a, d[2] = b, d[4] = c, d[6] = e;
}

/* How many of eight words, from i on, are below x. */
__attribute__((noinline)) static uint32_t rank(uint32_t i, uint32_t x)
{
    const uint32_t *p = table + i, *end = p + 8;
    uint32_t n = 0;
    for (; p < end; p += 2) {
        if (p[0] < x) n++;
        if (p[1] < x) n += p[1] & 1;
    }
    return n;
}

int main(void)
{
    uint32_t n_words;
    const uint32_t *in = input_words(&n_words, 1);
    require(n_words == 1, "malformed input: wrong size");
    uint32_t x = 2463534242u;
    for (uint32_t i = 0; i < SIDE; i++) table[i] = x = next(x);
    for (uint32_t rounds = in[0]; rounds; rounds--) {
        x = next(x);
        uint32_t i = x % (SIDE - 4) + 4, j = x >> 8 & (SIDE - 8);
        uint32_t moved = settle(i);
        stir(digest + (x >> 16 & 1), table[j]);
        uint8_t *bytes = (uint8_t *)table;
        uint32_t sum = rank(j, x);
        for (uint32_t k = 0; k < 4; k++) sum = sum * 31 + bytes[4 * j + k];
        uint64_t product = (uint64_t)sum * (x | 1);
        if (product >> 63) {
            table[j] += (uint32_t)(product >> 32) / (moved + 3);
        } else {
            table[j] ^= (uint32_t)product;
            bytes[4 * i + (x & 3)] = (uint8_t)sum;
        }
    }
    sp_write(digest, sizeof digest);
    return 0;
}
