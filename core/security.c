/* security.c - see security.h.
 *
 * An error bound is kept as its base-2 logarithm times 2^16 ("q16"), rounded up, so that bits are
 * rounded down. The formulas are those of the unique decoding and Johnson regimes in "On Proximity
 * Gaps for Reed-Solomon Codes" (Ben-Sasson, Carmon, Haboeck, Kopparty, Saraf, 2025), with the gap
 * to the Johnson radius that the Ethereum Foundation's soundcalc takes. */
#include "core/security.h"

#include <string.h>

#define ONE INT64_C(65536)

const char *const security_term_name[N_SECURITY_TERMS] = {"queries", "batching", "commit", "lookup",
                                                          "ali",     "deep",     "hash"};

/* log2 |F| = 4 log2(2^31 - 1) > 124 - 2^-28. */
#define LOG_FIELD (124 * ONE - 1)
/* Finding two messages with one 224-bit digest. */
#define HASH_BITS 112u

/* Degree of the constraints, of tuples in the lookup and in the product challenge. */
#define CONSTRAINT_DEGREE 3u
#define LOOKUP_DEGREE 11u
#define PRODUCT_DEGREE 4u

int64_t security_log2_floor(uint64_t v)
{
    unsigned whole = 63;
    while (!(v >> whole)) whole--;
    /* x in [2^63, 2^64) is v scaled; each squaring gives one more bit of the logarithm. */
    uint64_t x = v << (63 - whole);
    int64_t r = whole;
    for (unsigned i = 0; i < 16; i++) {
        /* The upper half of x^2, by 32-bit parts, rounded down: the error only lowers the result. */
        const uint64_t hi = x >> 32, lo = x & 0xffffffffu, mid = hi * lo;
        uint64_t y = hi * hi + 2 * (mid >> 32) + (((mid & 0xffffffffu) * 2 + (lo * lo >> 32)) >> 32);
        r *= 2;
        if (y >> 63) r++;
        else y <<= 1;
        x = y;
    }
    return r;
}

int64_t security_log2_ceil(uint64_t v)
{
    /* The floor is short of the logarithm by less than its last place plus what 16 truncations of
     * 2^-62 each may lose, doubled up to 2^16 times: together below two places. */
    return (v & (v - 1)) ? security_log2_floor(v) + 2 : security_log2_floor(v);
}

/* Largest r with r^2 <= v. */
static uint64_t square_root(uint64_t v)
{
    uint64_t r = 0;
    for (unsigned bit = 32; bit-- > 0;) {
        const uint64_t t = r | UINT64_C(1) << bit;
        if (t * t <= v) r = t;
    }
    return r;
}

/* The code is taken one dimension larger (SOUNDNESS.md, "Circle codes"): rate rho + 1/n. With n >= 2^19
 * points this moves the logarithm of 1 - theta by less than 2^-18, a place is 2^-16. */
#define RATE_SLACK 1

/* A regime: what it takes from the rate 2^-b. All logarithms, rounded up. */
typedef struct {
    int64_t miss;    /* of 1 - theta: the chance that one query misses a word at distance theta */
    int64_t list;    /* of the list size */
    int64_t gap;     /* of n F times the error of combining two words of length n */
} regime;

static void unique_decoding(regime *r, unsigned b)
{
    /* theta = (1 - rho)/2; 1 - theta = (1 + 2^b) / 2^(b+1). */
    r->miss = security_log2_ceil(1 + (UINT64_C(1) << b)) - (int64_t)(b + 1) * ONE + RATE_SLACK;
    r->list = 0;
    /* (theta n + 1)/F; theta n >= 32, as theta >= 1/4 and the last layer has 128 values or more:
     * 1 + 1/32 < 2^(2910/2^16). */
    r->gap = security_log2_ceil((UINT64_C(1) << b) - 1) - (int64_t)(b + 1) * ONE + 2910;
}

static void johnson(regime *r, unsigned b)
{
    /* eta = max(rho/20, sqrt(rho)/100), m = max(ceil(sqrt(rho)/(2 eta)), 3): for sqrt(rho) >= 1/5
     * this is the least m with m^2 >= 100 / rho. */
    const bool wide = b <= 4;
    uint64_t m = 50;
    if (wide) {
        m = square_root(UINT64_C(100) << b);
        if (m * m < UINT64_C(100) << b) m++;
    }
    /* 1 - theta = sqrt(rho) + eta, times 2^30, rounded up. */
    const uint64_t root = square_root(UINT64_C(1) << (60 - b)) + 1;
    const uint64_t eta = wide ? (UINT64_C(1) << (30 - b)) / 20 + 1 : root / 100 + 1;
    r->miss = security_log2_ceil(root + eta) - 30 * ONE + RATE_SLACK;
    /* 1 / (2 eta sqrt(rho)) = 10 rho^-1.5, or 50 / rho. */
    r->list = wide ? security_log2_ceil(10) + (int64_t)b * ONE * 3 / 2 + 1
                   : security_log2_ceil(50) + (int64_t)b * ONE;
    /* ((2 (m+1/2)^5 + 3 (m+1/2) theta rho) n / (3 rho^1.5) + (m+1/2)/sqrt(rho)) / F. With k = 2m+1
     * this is at most (k^5 + 24 k) n / (48 rho^1.5) / F, as rho <= 1/2 and n >= 1. */
    const uint64_t k = 2 * m + 1; /* <= 101: k^5 < 2^34 */
    r->gap = security_log2_ceil(k * k * k * k * k + 24 * k) + (int64_t)b * ONE * 3 / 2 + 1 -
             security_log2_floor(48);
}

/* Whole bits of an error of 2^(log/2^16) / |F|, after grinding. */
static unsigned bits_of(int64_t log, unsigned grind)
{
    const int64_t q16 = LOG_FIELD - log + (int64_t)grind * ONE;
    return q16 <= 0 ? 0 : (unsigned)(q16 / ONE);
}

static unsigned regime_bits(unsigned term[N_SECURITY_TERMS], const regime *r,
                            const security_sizes *z)
{
    const params *p = z->p;
    const unsigned top = z->n_max + p->log_blowup;
    const uint64_t n = UINT64_C(1) << z->n_max;
    unsigned fold[FRI_MAX_LAYERS];

    const int64_t queries = -(int64_t)p->n_queries * r->miss + (int64_t)p->grind_query * ONE;
    term[SECURITY_QUERIES] = queries <= 0 ? 0 : (unsigned)(queries / ONE);
    /* Powers of one challenge over l words: l - 1 times the error of two. */
    const uint64_t others = z->n_samples > 1 ? z->n_samples - 1 : 1;
    term[SECURITY_BATCHING] = bits_of(
        r->gap + (int64_t)top * ONE + security_log2_ceil(others), p->grind_deep);
    term[SECURITY_COMMIT] = HASH_BITS;
    const unsigned layers = params_fri_schedule(p, top, fold);
    for (unsigned i = 0, log = top; i < layers; i++) {
        log -= fold[i];
        const unsigned bits =
            bits_of(r->gap + (int64_t)log * ONE + security_log2_ceil((UINT64_C(1) << fold[i]) - 1),
                    p->grind_commit);
        if (bits < term[SECURITY_COMMIT]) term[SECURITY_COMMIT] = bits;
    }
    /* The identity fails, or a denominator is zero: twice the degree, for each of the columns that are
     * close. < 2^32 each by the verifier's bounds. */
    const uint64_t degree = 2 * (LOOKUP_DEGREE * z->n_lookups + PRODUCT_DEGREE * z->n_accesses);
    term[SECURITY_LOOKUP] =
        bits_of(r->list + security_log2_ceil(degree ? degree : 1), p->grind_lookup);
    term[SECURITY_ALI] =
        bits_of(r->list + security_log2_ceil(z->n_constraints ? z->n_constraints : 1), 0);
    /* Zeros of the constraint identity, a function of degree (d + 1) N and a few. */
    term[SECURITY_DEEP] =
        bits_of(r->list + security_log2_ceil((CONSTRAINT_DEGREE + 1) * n + 8), p->grind_oods);
    term[SECURITY_HASH] = HASH_BITS;

    unsigned least = term[0];
    for (unsigned i = 1; i < N_SECURITY_TERMS; i++)
        if (term[i] < least) least = term[i];
    return least;
}

void security_init(security_bits *s, const security_sizes *z)
{
    regime unique, list;
    memset(s, 0, sizeof *s);
    unique_decoding(&unique, z->p->log_blowup);
    johnson(&list, z->p->log_blowup);
    s->legacy = z->p->n_queries * z->p->log_blowup + z->p->grind_query;
    s->udr = regime_bits(s->udr_term, &unique, z);
    s->jbr = regime_bits(s->jbr_term, &list, z);
}
