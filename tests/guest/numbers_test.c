/* numbers_test.c - the jobs of number theory, prime and modexp: as jobs_test.c. */
#include "tests/guest/jobs.h"
#include "tests/guest/reference.h"

static void add_u64(text *t, uint64_t v)
{
    const char *quote = v > INT64_MAX ? "\"" : "";
    text_add(t, "%s%" PRIu64 "%s", quote, v, quote);
}
static bool prime(uint64_t n)
{
    text p = {0}, e = {0};
    text_add(&p, "{\"algorithm\":\"prime\",\"operation\":\"is_prime\",\"n\":\"%" PRIu64 "\"}", n);
    text_add(&e, "{\"operation\":\"is_prime\",\"n\":");
    add_u64(&e, n);
    text_add(&e, ",\"result\":%s}", reference_is_prime(n) ? "true" : "false");
    return job_gives_text("prime", &p, &e);
}
static bool next_prime(uint64_t n)
{
    text p = {0}, e = {0};
    uint64_t r = n + 1;
    while (!reference_is_prime(r)) r++;
    text_add(&p, "{\"algorithm\":\"prime\",\"operation\":\"next_prime\",\"n\":");
    add_u64(&p, n);
    text_add(&p, "}");
    text_add(&e, "{\"operation\":\"next_prime\",\"n\":");
    add_u64(&e, n);
    text_add(&e, ",\"result\":");
    add_u64(&e, r);
    text_add(&e, "}");
    return job_gives_text("prime", &p, &e);
}
TEST(prime_equals_the_reference)
{
    /* Squares and products around the trial division; the smallest strong pseudoprimes to the first
     * 1, 2, 3, ... primes (OEIS A014233) and their neighbours; the ends of 32 and 64 bits. */
    static const uint64_t n[] = {529,
                                 667,
                                 839,
                                 840,
                                 841,
                                 853,
                                 899,
                                 961,
                                 2047,
                                 1373653,
                                 25326001,
                                 3215031751,
                                 2152302898747,
                                 3474749660383,
                                 341550071728321,
                                 3825123056546413051,
                                 UINT32_MAX,
                                 UINT64_C(4294967291),
                                 UINT64_C(4294967311),
                                 UINT64_C(18446744073709551557),
                                 UINT64_MAX,
                                 UINT64_C(18446744030759878681), /* 4294967291^2 */
                                 UINT64_C(9223372036854775783),
                                 UINT64_C(2305843009213693951)};
    for (uint64_t i = 0; i < 130; i++) CHECK(prime(i));
    for (size_t i = 0; i < SP_COUNT(n); i++) CHECK(prime(n[i]));
    for (size_t i = 0; i < 40; i++) CHECK(prime((job_random64() >> test_rand() % 60) | 1));
    for (uint64_t i = 0; i < 30; i++) CHECK(next_prime(i));
    CHECK(next_prime(UINT64_C(18446744073709551533)));
    CHECK(next_prime(UINT64_C(18446744073709551556)));
    for (size_t i = 0; i < 10; i++) CHECK(next_prime(job_random64() >> (1 + test_rand() % 40)));
}

/* Hexadecimal digits of n words, without zeros in front. */
static void add_hex(text *t, const uint32_t *w, size_t n)
{
    while (n && w[n - 1] == 0) n--;
    if (n == 0) text_add(t, "0");
    for (size_t i = n; i > 0; i--) text_add(t, i == n ? "%x" : "%08x", w[i - 1]);
}
static void random_number(uint32_t *w, size_t n, unsigned bits)
{
    for (size_t i = 0; i < n; i++) {
        unsigned left = bits > 32 * i ? bits - (unsigned)(32 * i) : 0;
        w[i] = test_rand();
        if (test_rand() % 4 == 0) w[i] = test_rand() % 2 ? UINT32_MAX : 0;
        if (left < 32) w[i] &= (1u << left) - 1;
    }
}
/* b < m or the reference cannot; n words. */
static bool power(const uint32_t *b, const uint32_t *e, const uint32_t *m, size_t n)
{
    uint32_t r[128];
    text p = {0}, x = {0};
    reference_modexp(r, b, e, m, n);
    text_add(&p, "{\"algorithm\":\"modexp\",\"base\":\"");
    add_hex(&p, b, n);
    text_add(&p, "\",\"exponent\":\"");
    add_hex(&p, e, n);
    text_add(&p, "\",\"modulus\":\"000");
    add_hex(&p, m, n);
    text_add(&p, "\"}");
    text_add(&x, "{\"result\":\"");
    add_hex(&x, r, n);
    text_add(&x, "\"}");
    return job_gives_text("modexp", &p, &x);
}
TEST(modexp_equals_the_reference)
{
    uint32_t b[128], e[128], m[128];
    for (size_t i = 0; i < 60; i++) {
        unsigned bits = 1 + test_rand() % 200;
        size_t n = (bits + 31) / 32;
        random_number(m, n, bits);
        m[(bits - 1) / 32] |= 1u << (bits - 1) % 32;
        random_number(b, n, bits - 1); /* below 2^(bits - 1) <= m */
        random_number(e, n, test_rand() % (32 * (unsigned)n));
        if (i % 2) m[0] |= 1;
        CHECK(power(b, e, m, n));
    }
    /* 4096 bits, odd and even, with a small exponent. */
    for (size_t i = 0; i < 2; i++) {
        random_number(m, 128, 4096);
        random_number(b, 128, 4095);
        m[127] |= 1u << 31;
        m[0] = i ? m[0] & ~1u : m[0] | 1;
        memset(e, 0, sizeof e);
        e[0] = 5;
        CHECK(power(b, e, m, 128));
    }
}
TEST(modexp_at_its_edges)
{
    static const char *const rows[][4] = {
        {"0", "0", "1", "0"},
        {"0", "0", "2", "1"},
        {"5", "0", "7", "1"},
        {"0", "5", "7", "0"},
        {"ffffffffffffffffffffffff", "3", "1", "0"},
        {"100000000000000000000000000000001", "1", "ff", "2"}, /* reduced first */
        {"2", "100", "ffffffffffffffff", "1"},
        {"FfFf", "2", "10000000000000000", "fffe0001"},
        {"7", "ffffffff", "100000000", "b6db6db7"},
        /* Quotient digits whose estimate is one too large. */
        {"800000000000000000000003", "1", "200000000000000000000001", "200000000000000000000000"},
        {"7fff8000000080000000000000000000", "1", "80000000000000000001", "7fffffff000100000000"},
        {"7fff000080000000000000000000", "3", "80000000000000000002", "7f88009fff88004fff3a"},
        {"3", "10000", "18000000000000000", "2ee8b6dae8f40001"},
    };
    for (size_t i = 0; i < SP_COUNT(rows); i++) {
        text p = {0}, e = {0};
        text_add(
            &p, "{\"algorithm\":\"modexp\",\"base\":\"%s\",\"exponent\":\"%s\",\"modulus\":\"%s\"}",
            rows[i][0], rows[i][1], rows[i][2]);
        text_add(&e, "{\"result\":\"%s\"}", rows[i][3]);
        CHECK(job_gives_text("modexp", &p, &e));
    }
}
