/* modexp.c - base^exponent mod modulus for numbers of up to 4096 bits.
 *
 * Input words: the lengths in words of base, exponent and modulus, then their words, lowest first.
 * The highest word of each is not 0 (0 itself has no words); the modulus is at least 1.
 * Output words: the length of the result in words, then its words, lowest first and without zeros
 * at the top. Odd moduli go by Montgomery's method, even ones by division. */
#include "job.h"

#define MAX_WORDS 128
#define WINDOW 4 /* bits of the exponent taken at once */

typedef struct {
    uint32_t n;            /* words of the modulus */
    uint32_t m[MAX_WORDS]; /* the modulus */
    uint32_t inverse;      /* odd modulus: -1 / m[0] mod 2^32 */
    uint32_t shift;        /* of the modulus that sets its highest bit */
    uint32_t d[MAX_WORDS]; /* the modulus shifted so */
} modulus;

static int compare(const uint32_t *a, const uint32_t *b, uint32_t n)
{
    while (n--)
        if (a[n] != b[n]) return a[n] < b[n] ? -1 : 1;
    return 0;
}

/* a -= b, of n words; returns the borrow. */
static uint32_t subtract(uint32_t *a, const uint32_t *b, uint32_t n)
{
    uint32_t borrow = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t x = a[i], y = x - b[i], z = y - borrow;
        borrow = (x < b[i]) | (y < borrow);
        a[i] = z;
    }
    return borrow;
}

/* r = x mod m by long division (Knuth, The Art of Computer Programming 2, algorithm 4.3.1 D); x has
 * x_words >= n words and one more, zero, above them; it is destroyed. */
static void divide(const modulus *m, uint32_t *r, uint32_t *x, uint32_t x_words)
{
    uint32_t n = m->n, s = m->shift;
    const uint32_t *d = m->d;
    if (s) {
        for (uint32_t i = x_words; i > 0; i--) x[i] = x[i] << s | x[i - 1] >> (32 - s);
        x[0] <<= s;
    }
    for (uint32_t j = x_words - n + 1; j-- > 0;) {
        uint32_t *p = x + j;
        uint64_t top = (uint64_t)p[n] << 32 | p[n - 1];
        uint64_t q = top / d[n - 1], rest = top - q * d[n - 1];
        while (q >> 32 || (n > 1 && q * d[n - 2] > (rest << 32 | p[n - 2]))) {
            q--;
            rest += d[n - 1];
            if (rest >> 32) break;
        }
        /* p -= q d */
        uint32_t carry = 0, borrow = 0;
        for (uint32_t i = 0; i < n; i++) {
            uint64_t t = (uint64_t)(uint32_t)q * d[i] + carry;
            uint32_t a = p[i], b = a - (uint32_t)t;
            carry = (uint32_t)(t >> 32) + (a < (uint32_t)t);
            p[i] = b;
        }
        borrow = p[n] < carry;
        p[n] -= carry;
        if (borrow) { /* q was one too large */
            uint32_t c = 0;
            for (uint32_t i = 0; i < n; i++) {
                uint64_t t = (uint64_t)p[i] + d[i] + c;
                p[i] = (uint32_t)t;
                c = (uint32_t)(t >> 32);
            }
            p[n] += c;
        }
    }
    for (uint32_t i = 0; i < n; i++) r[i] = s ? x[i] >> s | x[i + 1] << (32 - s) : x[i];
}

/* One step of a row: t + x y + carry, at most 2^64 - 1. */
#define STEP(t, x, y, carry, low, high)                                                    \
    do {                                                                                   \
        uint64_t p_ = (uint64_t)(x) * (y);                                                 \
        uint32_t l_ = (uint32_t)p_ + (t), h_ = (uint32_t)(p_ >> 32) + (l_ < (uint32_t)p_); \
        low = l_ + (carry);                                                                \
        high = h_ + (low < l_);                                                            \
    } while (0)

/* r = a b / 2^(32 n) mod m, for a b < 2^(32 n) m; the result is below 2^(32 n) and congruent, and
 * below m when a or b is. r may be a or b. */
static void montgomery(const modulus *m, uint32_t *r, const uint32_t *a, const uint32_t *b)
{
    uint32_t t[MAX_WORDS + 1], n = m->n;
    memset(t, 0, 4 * (n + 1));
    for (uint32_t i = 0; i < n; i++) {
        /* t = (t + a[i] b + q m) / 2^32; t < 2 m stays below 2^(32 n + 1) */
        uint32_t x = a[i], l, c1, c2;
        STEP(t[0], x, b[0], 0, l, c1);
        uint32_t q = l * m->inverse;
        STEP(l, q, m->m[0], 0, l, c2);
        const uint32_t *bp = b + 1, *mp = m->m + 1, *end = b + n;
        uint32_t *tp = t;
        UNROLL
        for (; bp < end; bp++, mp++, tp++) {
            STEP(tp[1], x, *bp, c1, l, c1);
            STEP(l, q, *mp, c2, tp[0], c2);
        }
        uint32_t s = t[n] + c1, top = s < c1;
        s += c2;
        top += s < c2;
        t[n - 1] = s;
        t[n] = top;
    }
    if (t[n] || compare(t, m->m, n) >= 0) subtract(t, m->m, n);
    memcpy(r, t, 4 * n);
}

/* r = a b mod m by division. r may be a or b. */
static void multiply(const modulus *m, uint32_t *r, const uint32_t *a, const uint32_t *b)
{
    uint32_t t[2 * MAX_WORDS + 1], n = m->n;
    memset(t, 0, 4 * (2 * n + 1));
    for (uint32_t i = 0; i < n; i++) {
        uint32_t c = 0, l;
        for (uint32_t j = 0; j < n; j++) {
            STEP(t[i + j], a[i], b[j], c, l, c);
            t[i + j] = l;
        }
        t[i + n] = c;
    }
    divide(m, r, t, 2 * n);
}

static void mod_mul(const modulus *m, uint32_t *r, const uint32_t *a, const uint32_t *b)
{
    if (m->inverse)
        montgomery(m, r, a, b);
    else
        multiply(m, r, a, b);
}

static void modulus_init(modulus *m, const uint32_t *words, uint32_t n)
{
    m->n = n;
    memcpy(m->m, words, 4 * n);
    m->inverse = 0;
    if (words[0] % 2) {
        uint32_t x = words[0]; /* right in 3 bits, then in 6, 12, 24, 48 */
        for (int i = 0; i < 4; i++) x *= 2 - words[0] * x;
        m->inverse = 0 - x;
    }
    uint32_t s = m->shift = (uint32_t)__builtin_clz(words[n - 1]);
    for (uint32_t i = 0; i < n; i++)
        m->d[i] = s && i ? words[i] << s | words[i - 1] >> (32 - s) : words[i] << s;
}

/* r = x 2^(32 up) mod m, for x of n_x words. */
static void reduce(const modulus *m, uint32_t *r, const uint32_t *x, uint32_t n_x, uint32_t up)
{
    uint32_t t[2 * MAX_WORDS + 1], n = n_x + up;
    memset(t, 0, sizeof t);
    memcpy(t + up, x, 4 * n_x);
    divide(m, r, t, n < m->n ? m->n : n);
}

/* r = b^e mod m. */
static void power(const modulus *m, uint32_t *r, const uint32_t *b, uint32_t b_words,
                  const uint32_t *e, uint32_t e_words)
{
    static uint32_t table[1 << WINDOW][MAX_WORDS];
    static const uint32_t one[1] = {1};
    uint32_t up = m->inverse ? m->n : 0; /* Montgomery form */
    reduce(m, table[0], one, 1, up);
    reduce(m, table[1], b, b_words, up);
    uint32_t bits = e_words ? 32 * e_words - (uint32_t)__builtin_clz(e[e_words - 1]) : 0;
    uint32_t ones = 0;
    for (uint32_t i = 0; i < e_words; i++)
        for (uint32_t x = e[i]; x; x &= x - 1) ones++;
    /* A table costs 2^WINDOW - 2 products; few ones (65537, say) are cheaper one by one. */
    uint32_t window = ones < (1 << WINDOW) + bits / WINDOW ? 1 : WINDOW;
    for (uint32_t i = 2; i < 1u << window; i++) mod_mul(m, table[i], table[i - 1], table[1]);
    memcpy(r, table[0], 4 * m->n);
    bool started = false;
    for (uint32_t at = (bits + window - 1) / window * window; at > 0;) {
        at -= window; /* WINDOW divides 32: no window lies across words */
        if (started)
            for (uint32_t i = 0; i < window; i++) mod_mul(m, r, r, r);
        uint32_t digit = e[at / 32] >> at % 32 & ((1u << window) - 1);
        if (digit == 0) continue;
        if (started)
            mod_mul(m, r, r, table[digit]);
        else
            memcpy(r, table[digit], 4 * m->n);
        started = true;
    }
    if (m->inverse) {
        uint32_t unit[MAX_WORDS] = {1};
        montgomery(m, r, r, unit);
    }
}

int main(void)
{
    uint32_t n_words;
    const uint32_t *in = input_words(&n_words, 3);
    uint32_t n_base = in[0], n_exponent = in[1], n_modulus = in[2];
    require(n_base <= MAX_WORDS && n_exponent <= MAX_WORDS && n_modulus <= MAX_WORDS,
            "malformed input: a number of more than 4096 bits");
    require(n_words == 3 + n_base + n_exponent + n_modulus, "malformed input: wrong size");
    require(n_modulus != 0, "malformed input: the modulus is zero");
    const uint32_t *base = in + 3, *exponent = base + n_base, *mod = exponent + n_exponent;
    require((n_base == 0 || base[n_base - 1]) && (n_exponent == 0 || exponent[n_exponent - 1]) &&
                mod[n_modulus - 1],
            "malformed input: a zero word at the top of a number");
    static modulus m;
    static uint32_t r[MAX_WORDS];
    modulus_init(&m, mod, n_modulus);
    power(&m, r, base, n_base, exponent, n_exponent);
    uint32_t n = n_modulus;
    while (n && r[n - 1] == 0) n--;
    sp_write_u32(n);
    sp_write(r, 4 * n);
    return 0;
}
