/* prime.c - is n prime, or the next prime after n, for 64-bit n; always right.
 *
 * Input words: operation (0 is prime, 1 next prime), n (low, high).
 * Output words: operation, n, then 0 or 1, or the prime (low, high in both cases). */
#include "job.h"

#define LAST_PRIME 0xffffffffffffffc5u /* the largest below 2^64 */

/* The high half of a b; the low half in *low. */
static inline uint64_t multiply(uint64_t a, uint64_t b, uint64_t *low)
{
    uint32_t a0 = (uint32_t)a, a1 = (uint32_t)(a >> 32), b0 = (uint32_t)b, b1 = (uint32_t)(b >> 32);
    uint64_t p00 = (uint64_t)a0 * b0, p01 = (uint64_t)a0 * b1;
    uint64_t p10 = (uint64_t)a1 * b0, p11 = (uint64_t)a1 * b1;
    uint64_t mid = p01 + (p00 >> 32); /* <= 2^64 - 2^32 */
    uint64_t mid2 = p10 + (uint32_t)mid;
    *low = mid2 << 32 | (uint32_t)p00;
    return p11 + (mid >> 32) + (mid2 >> 32);
}

/* Arithmetic modulo an odd n in Montgomery form, x 2^64 mod n. */
typedef struct {
    uint64_t n, inverse; /* n inverse = 1 mod 2^64 */
    uint64_t one, r2;    /* 2^64 and 2^128 mod n */
} modulus;

static uint64_t mod_mul(const modulus *m, uint64_t a, uint64_t b)
{
    uint64_t low, unused;
    uint64_t high = multiply(a, b, &low);
    uint64_t q = multiply(low * m->inverse, m->n, &unused); /* low halves cancel */
    return high - q + (high < q ? m->n : 0);
}

static void modulus_init(modulus *m, uint64_t n)
{
    uint64_t x = n; /* right in 3 bits, then in 6, 12, 24, 48, 96 */
    for (int i = 0; i < 5; i++) x *= 2 - n * x;
    m->n = n;
    m->inverse = x;
    m->one = (0 - n) % n;
    uint64_t r = m->one; /* doubled twice to 4 2^64, then squared up to 2^(2^5 2) 2^64 */
    for (int i = 0; i < 2; i++) {
        uint64_t twice = r + r;
        r = twice < r || twice >= n ? twice - n : twice;
    }
    for (int i = 0; i < 5; i++) r = mod_mul(m, r, r);
    m->r2 = r;
}

/* n odd, above 37 and without factors up to 23. */
static bool is_prime_odd(uint64_t n)
{
    static const uint8_t bases[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
    /* How many of the bases decide below which limit: Jaeschke 1993; Jiang and Deng 2014; all
     * twelve up to 3.18 10^23: Sorenson and Webster 2017. */
    unsigned n_bases = n < 3215031751u            ? 4
                       : n < 3474749660383u       ? 6
                       : n < 341550071728321u     ? 7
                       : n < 3825123056546413051u ? 9
                                                  : 12;
    modulus m;
    modulus_init(&m, n);
    unsigned twos = (unsigned)__builtin_ctzll(n - 1);
    uint64_t odd = (n - 1) >> twos, minus_one = n - m.one;
    for (unsigned i = 0; i < n_bases; i++) {
        uint64_t a = mod_mul(&m, bases[i], m.r2), x = a;
        for (int bit = 62 - __builtin_clzll(odd); bit >= 0; bit--) {
            x = mod_mul(&m, x, x);
            if (odd >> bit & 1) x = mod_mul(&m, x, a);
        }
        if (x == m.one || x == minus_one) continue;
        unsigned k = 1;
        for (; k < twos; k++) {
            x = mod_mul(&m, x, x);
            if (x == minus_one) break;
        }
        if (k >= twos) return false;
    }
    return true;
}

static bool is_prime(uint64_t n)
{
    static const uint8_t small[] = {3, 5, 7, 11, 13, 17, 19, 23};
    if (n % 2 == 0) return n == 2;
    uint32_t r = (uint32_t)(n % 111546435u); /* the product of small */
    for (unsigned i = 0; i < sizeof small; i++)
        if (r % small[i] == 0) return n == small[i];
    return n < 29 * 29 ? n > 1 : is_prime_odd(n);
}

int main(void)
{
    uint32_t n_words;
    const uint32_t *in = input_words(&n_words, 3);
    require(n_words == 3 && in[0] <= 1, "malformed input: wrong size or operation");
    uint64_t n = (uint64_t)in[2] << 32 | in[1], r;
    if (in[0] == 0) {
        r = is_prime(n);
    } else {
        require(n < LAST_PRIME, "malformed input: the next prime exceeds 64 bits");
        r = n < 2 ? 2 : n + 1 + n % 2;
        while (!is_prime(r)) r += 2;
    }
    uint32_t *out = output_words(5);
    out[0] = in[0];
    out[1] = in[1];
    out[2] = in[2];
    out[3] = (uint32_t)r;
    out[4] = (uint32_t)(r >> 32);
    return 0;
}
