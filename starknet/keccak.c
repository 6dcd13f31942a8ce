/* keccak.c - the permutation Keccak-f[1600] (FIPS 202, section 3) and the sponge of rate 136. */
#include "starknet/keccak.h"

#include <string.h>

#define RATE 136

static uint64_t rotl(uint64_t v, unsigned n) { return n ? v << n | v >> (64 - n) : v; }

/* Bit t of the shift register of FIPS 202, algorithm 5, stepped once. */
static unsigned rc_step(unsigned r) { return (r << 1) ^ (r >> 7 & 1) * 0x171; }

static void permute(uint64_t a[25])
{
    unsigned lfsr = 1;
    for (unsigned round = 0; round < 24; round++) {
        uint64_t c[5], b[25];
        for (unsigned x = 0; x < 5; x++) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (unsigned x = 0; x < 5; x++) {
            uint64_t d = c[(x + 4) % 5] ^ rotl(c[(x + 1) % 5], 1);
            for (unsigned y = 0; y < 5; y++) a[x + 5 * y] ^= d;
        }
        /* rho and pi: lane (x, y) goes to (y, 2x + 3y), turned by (t + 1)(t + 2)/2 on the t-th
         * step. */
        b[0] = a[0];
        for (unsigned t = 0, x = 1, y = 0; t < 24; t++) {
            unsigned ny = (2 * x + 3 * y) % 5;
            b[y + 5 * ny] = rotl(a[x + 5 * y], (t + 1) * (t + 2) / 2 % 64);
            x = y;
            y = ny;
        }
        for (unsigned y = 0; y < 25; y += 5)
            for (unsigned x = 0; x < 5; x++)
                a[x + y] = b[x + y] ^ (~b[(x + 1) % 5 + y] & b[(x + 2) % 5 + y]);
        for (unsigned j = 0; j < 7; j++) {
            if (lfsr & 1) a[0] ^= UINT64_C(1) << ((1u << j) - 1);
            lfsr = rc_step(lfsr);
        }
    }
}

static void absorb(uint64_t a[25], const uint8_t block[RATE])
{
    for (unsigned i = 0; i < RATE; i++) a[i / 8] ^= (uint64_t)block[i] << 8 * (i % 8);
    permute(a);
}

void keccak256(uint8_t out[32], const void *data, size_t bytes)
{
    uint64_t a[25] = {0};
    uint8_t last[RATE] = {0};
    const uint8_t *p = data;
    for (; bytes >= RATE; bytes -= RATE, p += RATE) absorb(a, p);
    if (bytes) memcpy(last, p, bytes);
    last[bytes] ^= 0x01;
    last[RATE - 1] ^= 0x80;
    absorb(a, last);
    for (unsigned i = 0; i < 32; i++) out[i] = (uint8_t)(a[i / 8] >> 8 * (i % 8));
}
