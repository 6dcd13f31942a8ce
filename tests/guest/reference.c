/* reference.c - see reference.h. Nothing here is shared with the guests. */
#include "tests/guest/reference.h"

#include <stdlib.h>
#include <string.h>

bool reference_dot(int64_t *r, const int64_t *a, const int64_t *b, size_t n, size_t b_stride)
{
    __extension__ typedef __int128 wide;
    wide sum = 0;
    for (size_t i = 0; i < n; i++) sum += (wide)a[i] * b[i * b_stride];
    *r = (int64_t)sum;
    return sum >= INT64_MIN && sum <= INT64_MAX;
}

/* FIPS 180-4 as it is written, its constants from the primes they stand for. */
static uint32_t fraction(unsigned prime, unsigned root)
{
    /* floor(2^32 frac(prime^(1/root))) = floor(prime^(1/root) 2^32) mod 2^32, by bisection: the
     * largest x with x^root <= prime 2^(32 root). */
    __extension__ typedef unsigned __int128 wide;
    uint64_t low = 0, high = UINT64_C(1) << 37; /* 409^(1/2) and 409^(1/3) are below 2^5 */
    while (high - low > 1) {
        uint64_t x = (low + high) / 2;
        /* x < 2^37: x^3 < 2^111 */
        wide power = (wide)x * x * (root == 3 ? x : 1);
        if (power <= (wide)prime << 32 * root)
            low = x;
        else
            high = x;
    }
    return (uint32_t)low;
}

static uint32_t rotr(uint32_t x, unsigned n) { return x >> n | x << (32 - n); }

static void sha256_block(uint32_t h[8], const uint8_t *p, const uint32_t k[64])
{
    uint32_t w[64], v[8];
    for (unsigned i = 0; i < 16; i++)
        w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
               (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
    for (unsigned i = 16; i < 64; i++)
        w[i] = (rotr(w[i - 2], 17) ^ rotr(w[i - 2], 19) ^ w[i - 2] >> 10) + w[i - 7] +
               (rotr(w[i - 15], 7) ^ rotr(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 16];
    memcpy(v, h, sizeof v);
    for (unsigned i = 0; i < 64; i++) {
        uint32_t t1 = v[7] + (rotr(v[4], 6) ^ rotr(v[4], 11) ^ rotr(v[4], 25)) +
                      ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i];
        uint32_t t2 = (rotr(v[0], 2) ^ rotr(v[0], 13) ^ rotr(v[0], 22)) +
                      ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (unsigned i = 0; i < 8; i++) h[i] += v[i];
}

void reference_sha256(uint8_t digest[32], const uint8_t *data, size_t n)
{
    uint32_t k[64], h[8];
    for (unsigned i = 0, p = 2; i < 64; p++) {
        if (!reference_is_prime(p)) continue;
        if (i < 8) h[i] = fraction(p, 2);
        k[i++] = fraction(p, 3);
    }
    size_t blocks = (n + 9 + 63) / 64;
    uint8_t *m = calloc(blocks, 64);
    if (m == NULL) abort();
    if (n) memcpy(m, data, n);
    m[n] = 0x80;
    for (unsigned i = 0; i < 8; i++) m[64 * blocks - 1 - i] = (uint8_t)((uint64_t)n * 8 >> 8 * i);
    for (size_t i = 0; i < blocks; i++) sha256_block(h, m + 64 * i, k);
    free(m);
    for (unsigned i = 0; i < 32; i++) digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

void reference_sort(int64_t *v, size_t n) { qsort(v, n, sizeof *v, compare); }

bool reference_is_prime(uint64_t n)
{
    __extension__ typedef unsigned __int128 wide;
    for (uint64_t p = 2; p < 1000 && p * p <= n; p++)
        if (n % p == 0) return false;
    if (n < 1000000) return n > 1;
    /* Miller-Rabin with the first 12 primes, which decides below 3.18 10^23. */
    static const unsigned bases[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
    for (unsigned i = 0; i < sizeof bases / sizeof *bases; i++) {
        uint64_t d = n - 1, x = 1, a = bases[i];
        unsigned s = 0;
        for (; d % 2 == 0; d /= 2) s++;
        for (; d; d /= 2, a = (uint64_t)((wide)a * a % n))
            if (d % 2) x = (uint64_t)((wide)x * a % n);
        bool passes = x == 1;
        for (; s && !passes; s--, x = (uint64_t)((wide)x * x % n)) passes = x == n - 1;
        if (!passes) return false;
    }
    return true;
}

/* a = (2 a + bit b) mod m, for a, b < m. */
static void double_add(uint32_t *a, const uint32_t *b, bool bit, const uint32_t *m, size_t n)
{
    for (int step = 0; step < 2; step++) {
        const uint32_t *y = step == 0 ? a : b;
        if (step == 1 && !bit) break;
        uint64_t carry = 0;
        for (size_t i = 0; i < n; i++) {
            carry += (uint64_t)a[i] + y[i];
            a[i] = (uint32_t)carry;
            carry >>= 32;
        }
        bool above = carry != 0;
        for (size_t i = n; !carry && i > 0; i--) {
            if (a[i - 1] != m[i - 1]) {
                above = a[i - 1] > m[i - 1];
                break;
            }
            above = i == 1;
        }
        if (!above) continue;
        uint64_t borrow = 0;
        for (size_t i = 0; i < n; i++) {
            uint64_t t = (uint64_t)a[i] - m[i] - borrow;
            a[i] = (uint32_t)t;
            borrow = t >> 63;
        }
    }
}

static void mul_mod(uint32_t *r, const uint32_t *a, const uint32_t *b, const uint32_t *m, size_t n)
{
    uint32_t t[128] = {0};
    for (size_t i = 32 * n; i-- > 0;) double_add(t, b, a[i / 32] >> i % 32 & 1, m, n);
    memcpy(r, t, 4 * n);
}

void reference_modexp(uint32_t *r, const uint32_t *b, const uint32_t *e, const uint32_t *m,
                      size_t n)
{
    uint32_t one[128] = {1}, x[128];
    bool unit = m[0] == 1;
    for (size_t i = 1; i < n; i++) unit = unit && m[i] == 0;
    memset(x, 0, sizeof x);
    if (!unit) memcpy(x, one, 4 * n);
    bool started = false;
    for (size_t i = 32 * n; i-- > 0;) {
        started = started || (e[i / 32] >> i % 32 & 1);
        if (started) mul_mod(x, x, x, m, n);
        if (e[i / 32] >> i % 32 & 1) mul_mod(x, x, b, m, n);
    }
    memcpy(r, x, 4 * n);
}

uint32_t reference_fibonacci(uint64_t n, uint64_t modulus)
{
    uint64_t a = 0, b = 1 % modulus;
    for (; n; n--) {
        uint64_t c = (a + b) % modulus;
        a = b;
        b = c;
    }
    return (uint32_t)a;
}
