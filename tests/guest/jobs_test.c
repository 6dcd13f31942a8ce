/* jobs_test.c - every built-in job: payload to bytes, run in both io modes and from both compilers,
 * bytes to JSON, equal to the reference. */
#include "tests/guest/guest.h"
#include "tests/guest/reference.h"
#include "tests/test.h"

#include <stdarg.h>

#include "core/blake2s.h"
#include "guest/host/jobs.h"

/* Text that grows. */
typedef struct {
    char *p;
    size_t n, cap;
} text;
__attribute__((format(printf, 2, 3))) static void add(text *t, const char *format, ...)
{
    char part[2200];
    va_list args;
    va_start(args, format);
    int k = vsnprintf(part, sizeof part, format, args);
    va_end(args);
    if (k < 0 || (size_t)k >= sizeof part) abort();
    if (t->n + (size_t)k + 1 > t->cap) {
        t->cap = 2 * t->cap + (size_t)k + 1024;
        t->p = realloc(t->p, t->cap);
        if (t->p == NULL) abort();
    }
    memcpy(t->p + t->n, part, (size_t)k + 1);
    t->n += (size_t)k;
}

static bool run_one(const sp_job *job, const uint8_t *elf, size_t elf_bytes, bool digest,
                    const uint8_t *input, size_t n, const char *expected)
{
    vm_result r;
    char err[320] = "";
    char *json = NULL;
    if (!guest_run(&r, elf, elf_bytes, digest ? MACHINE_IO_DIGEST : MACHINE_IO_WORDS, input, n,
                   NULL, 0))
        return false;
    bool ok = r.exit_code == 0;
    if (!ok)
        printf("%s: exit code %u: %.*s\n", job->name, (unsigned)r.exit_code, (int)r.output_bytes,
               (const char *)r.output);
    if (ok && digest && !guest_digest_is_right(&r, input, n)) {
        printf("%s: wrong io digest\n", job->name);
        ok = false;
    }
    if (ok && job->decode(r.output, r.output_bytes, &json, err, sizeof err) != SP_OK) {
        printf("%s: decode: %s\n", job->name, err);
        ok = false;
    }
    if (ok && strcmp(json, expected) != 0) {
        printf("%s: %.300s\n instead of %.300s\n", job->name, json, expected);
        ok = false;
    }
    free(json);
    vm_result_free(&r);
    return ok;
}

/* The payload gives the expected JSON, in both modes, by gcc and by clang. */
static bool gives(const char *name, const char *payload, const char *expected)
{
    const sp_job *job = sp_job_find(name);
    const guest_elf *clang = guest_clang_job(name);
    char err[320] = "";
    uint8_t *input;
    size_t n;
    if (job == NULL) return false;
    if (job->encode(payload, strlen(payload), &input, &n, err, sizeof err) != SP_OK) {
        printf("%s: encode: %s\n", name, err);
        return false;
    }
    bool ok = run_one(job, job->elf, job->elf_bytes, false, input, n, expected) &&
              run_one(job, job->elf, job->elf_bytes, true, input, n, expected);
    if (ok && clang)
        ok = run_one(job, clang->elf, clang->elf_bytes, false, input, n, expected) &&
             run_one(job, clang->elf, clang->elf_bytes, true, input, n, expected);
    if (!ok) printf("payload: %.300s\n", payload);
    free(input);
    return ok;
}
static bool gives_text(const char *name, text *payload, text *expected)
{
    bool ok = gives(name, payload->p, expected->p);
    free(payload->p);
    free(expected->p);
    memset(payload, 0, sizeof *payload);
    memset(expected, 0, sizeof *expected);
    return ok;
}

TEST(jobs_are_listed_and_found)
{
    size_t n;
    const sp_job *jobs = sp_job_list(&n);
    CHECK_EQ(n, 8);
    for (size_t i = 0; i < n; i++) CHECK(sp_job_find(jobs[i].name) == &jobs[i]);
    CHECK(sp_job_find("nothing") == NULL && sp_job_find("") == NULL);
}

TEST(clang_builds_the_same_jobs)
{
    if (guest_runtime_clang.elf_bytes == 0) SKIP("no clang with riscv32 and lld at configure time");
    size_t n;
    const sp_job *jobs = sp_job_list(&n);
    for (size_t i = 0; i < n; i++) CHECK(guest_clang_job(jobs[i].name) != NULL);
}

static uint64_t random64(void) { return (uint64_t)test_rand() << 32 | test_rand(); }
/* -2^bits .. 2^bits - 1 */
static int64_t random_bits(unsigned bits) { return (int64_t)random64() >> (63 - bits); }

static void add_matrix(text *t, const int64_t *v, size_t rows, size_t columns)
{
    for (size_t i = 0; i < rows; i++) {
        add(t, i ? ",[" : "[");
        for (size_t j = 0; j < columns; j++) add(t, "%s%" PRId64, j ? "," : "", v[i * columns + j]);
        add(t, "]");
    }
}

/* n x k times k x m with entries of so many bits. */
static bool product(size_t n, size_t k, size_t m, unsigned bits)
{
    int64_t *a = malloc((n * k + k * m + n * m) * sizeof *a);
    if (a == NULL) return false;
    int64_t *b = a + n * k, *c = b + k * m;
    bool fits = true;
    for (size_t i = 0; i < n * k + k * m; i++) a[i] = random_bits(bits);
    for (size_t i = 0; i < n * m; i++)
        fits = fits && reference_dot(&c[i], a + i / m * k, b + i % m, k, m);
    text p = {0}, e = {0};
    add(&p, "{\"algorithm\":\"matrix_multiplication\",\"matrix_a\":[");
    add_matrix(&p, a, n, k);
    add(&p, "],\"matrix_b\":[");
    add_matrix(&p, b, k, m);
    add(&p, "]}");
    add(&e, "{\"result\":[");
    add_matrix(&e, c, n, m);
    add(&e, "]}");
    free(a);
    return gives_text("matrix_multiplication", &p, &e) && fits;
}

TEST(matrix_multiplication_of_the_issue)
{
    CHECK(gives("matrix_multiplication",
                "{\"algorithm\":\"matrix_multiplication\",\"matrix_a\":[[1,2],[3,4]],"
                "\"matrix_b\":[[5,6],[7,8]]}",
                "{\"result\":[[19,22],[43,50]]}"));
}
TEST(matrix_multiplication_equals_the_reference)
{
    for (size_t n = 1; n <= 6; n++)
        for (size_t m = 1; m <= 6; m++) CHECK(product(n, 1 + test_rand() % 6, m, 7));
    /* Where sums begin to need 64 bits: 2^31 / 2^24 = 128. */
    CHECK(product(3, 127, 2, 12));
    CHECK(product(5, 129, 5, 12));
    CHECK(product(9, 7, 10, 29));
    CHECK(product(1, 4096, 1, 25));
    CHECK(product(64, 64, 64, 8));
    CHECK(product(70, 33, 65, 20));
}
TEST(matrix_multiplication_at_the_edge_of_64_bits)
{
    CHECK(gives("matrix_multiplication",
                "{\"algorithm\":\"matrix_multiplication\","
                "\"matrix_a\":[[-2147483648,-2147483648,2147483647]],"
                "\"matrix_b\":[[-2147483648],[-2147483647],[1]]}",
                "{\"result\":[[9223372036854775807]]}"));
    CHECK(gives("matrix_multiplication",
                "{\"algorithm\":\"matrix_multiplication\","
                "\"matrix_a\":[[-2147483648,-2147483648,-2147483648]],"
                "\"matrix_b\":[[2147483647],[2147483647],[2]]}",
                "{\"result\":[[-9223372036854775808]]}"));
    /* Partial sums beyond 64 bits that come back. */
    CHECK(gives("matrix_multiplication",
                "{\"algorithm\":\"matrix_multiplication\","
                "\"matrix_a\":[[-2147483648,-2147483648,-2147483648,5]],"
                "\"matrix_b\":[[-2147483648],[-2147483648],[2147483647],[-3]]}",
                "{\"result\":[[4611686020574871537]]}"));
    /* Products that fit 32 bits, but not their sum. */
    CHECK(gives("matrix_multiplication",
                "{\"algorithm\":\"matrix_multiplication\",\"matrix_a\":[[46340,46340]],"
                "\"matrix_b\":[[46340],[46340]]}",
                "{\"result\":[[4294791200]]}"));
    /* Products at the bound of 32 bits: 2^31 - 1 and -2^31. */
    CHECK(
        gives("matrix_multiplication",
              "{\"algorithm\":\"matrix_multiplication\",\"matrix_a\":[[2147483647],[-2147483648]],"
              "\"matrix_b\":[[1]]}",
              "{\"result\":[[2147483647],[-2147483648]]}"));
}

static bool hashes(const char *algorithm, const uint8_t *data, size_t n, bool as_text,
                   uint32_t iterations)
{
    text p = {0}, e = {0};
    uint8_t d[32];
    uint32_t w[8];
    bool sha = strcmp(algorithm, "sha256") == 0;
    add(&p, "{\"%s\":\"", as_text ? "text" : "hex");
    for (size_t i = 0; i < n; i++) add(&p, as_text ? "%c" : "%02x", data[i]);
    add(&p, "\",\"algorithm\":\"%s\"", algorithm);
    if (iterations != 1) add(&p, ",\"iterations\":%u", (unsigned)iterations);
    add(&p, "}");
    for (uint32_t i = 0; i < iterations; i++) {
        const uint8_t *from = i ? d : data;
        size_t len = i ? 32 : n;
        if (sha) {
            reference_sha256(d, from, len);
        } else {
            blake2s_hash(w, NULL, from, len);
            blake2s_to_bytes(d, w);
        }
    }
    add(&e, "{\"algorithm\":\"%s\",\"digest\":\"", algorithm);
    for (size_t i = 0; i < 32; i++) add(&e, "%02x", d[i]);
    add(&e, "\"}");
    return gives_text("hash", &p, &e);
}
TEST(hash_equals_the_reference)
{
    uint8_t b[300], letters[300];
    for (size_t i = 0; i < sizeof b; i++) {
        b[i] = (uint8_t)test_rand();
        letters[i] = (uint8_t)('a' + b[i] % 26);
    }
    static const char *const names[] = {"sha256", "blake2s"};
    static const size_t sizes[] = {0, 1, 55, 56, 64, 65, 128, 300};
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < SP_COUNT(sizes); i++) {
            CHECK(hashes(names[k], b, sizes[i], false, 1));
            CHECK(hashes(names[k], letters, sizes[i], true, 2));
        }
        CHECK(hashes(names[k], b, 10, false, 50));
    }
    CHECK(gives("hash", "{\"algorithm\":\"sha256\",\"text\":\"abc\"}",
                "{\"algorithm\":\"sha256\",\"digest\":"
                "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}"));
    CHECK(gives("hash", "{\"algorithm\":\"blake2s\",\"text\":\"abc\"}",
                "{\"algorithm\":\"blake2s\",\"digest\":"
                "\"508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982\"}"));
}
TEST(hash_of_a_file_is_its_sha256)
{
    const sp_job *job = sp_job_find("hash");
    char err[320];
    uint8_t *input;
    size_t n;
    CHECK_EQ(job->encode_raw((const uint8_t *)"abc", 3, &input, &n, err, sizeof err), SP_OK);
    CHECK(run_one(job, job->elf, job->elf_bytes, false, input, n,
                  "{\"algorithm\":\"sha256\",\"digest\":"
                  "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}"));
    free(input);
}

static bool sorts(size_t n, unsigned bits)
{
    int64_t *v = malloc((n + 1) * sizeof *v);
    text p = {0}, e = {0};
    if (v == NULL) return false;
    for (size_t i = 0; i < n; i++) v[i] = random_bits(bits);
    add(&p, "{\"algorithm\":\"sort\",\"values\":[");
    for (size_t i = 0; i < n; i++) add(&p, "%s%" PRId64, i ? "," : "", v[i]);
    add(&p, "]}");
    reference_sort(v, n);
    add(&e, "{\"values\":[");
    for (size_t i = 0; i < n; i++) add(&e, "%s%" PRId64, i ? "," : "", v[i]);
    add(&e, "]}");
    free(v);
    return gives_text("sort", &p, &e);
}
TEST(sort_equals_the_reference)
{
    static const unsigned bits[] = {1, 7, 20, 31, 32, 50, 63};
    for (size_t i = 0; i < SP_COUNT(bits); i++) {
        for (size_t n = 0; n <= 20; n++) CHECK(sorts(n, bits[i]));
        CHECK(sorts(63 + test_rand() % 4, bits[i]));
        CHECK(sorts(1499, bits[i]));
        CHECK(sorts(1500, bits[i])); /* by radix from here on, when 32 bits hold the values */
        CHECK(sorts(3000, bits[i]));
    }
    CHECK(gives("sort",
                "{\"algorithm\":\"sort\",\"values\":[9223372036854775807,-9223372036854775808,0]}",
                "{\"values\":[-9223372036854775808,0,9223372036854775807]}"));
    CHECK(gives("sort", "{\"algorithm\":\"sort\",\"values\":[2147483647,-2147483648,-1]}",
                "{\"values\":[-2147483648,-1,2147483647]}"));
}

static void add_u64(text *t, uint64_t v)
{
    const char *quote = v > INT64_MAX ? "\"" : "";
    add(t, "%s%" PRIu64 "%s", quote, v, quote);
}
static bool prime(uint64_t n)
{
    text p = {0}, e = {0};
    add(&p, "{\"algorithm\":\"prime\",\"operation\":\"is_prime\",\"n\":\"%" PRIu64 "\"}", n);
    add(&e, "{\"operation\":\"is_prime\",\"n\":");
    add_u64(&e, n);
    add(&e, ",\"result\":%s}", reference_is_prime(n) ? "true" : "false");
    return gives_text("prime", &p, &e);
}
static bool next_prime(uint64_t n)
{
    text p = {0}, e = {0};
    uint64_t r = n + 1;
    while (!reference_is_prime(r)) r++;
    add(&p, "{\"algorithm\":\"prime\",\"operation\":\"next_prime\",\"n\":");
    add_u64(&p, n);
    add(&p, "}");
    add(&e, "{\"operation\":\"next_prime\",\"n\":");
    add_u64(&e, n);
    add(&e, ",\"result\":");
    add_u64(&e, r);
    add(&e, "}");
    return gives_text("prime", &p, &e);
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
    for (size_t i = 0; i < 40; i++) CHECK(prime((random64() >> test_rand() % 60) | 1));
    for (uint64_t i = 0; i < 30; i++) CHECK(next_prime(i));
    CHECK(next_prime(UINT64_C(18446744073709551533)));
    CHECK(next_prime(UINT64_C(18446744073709551556)));
    for (size_t i = 0; i < 10; i++) CHECK(next_prime(random64() >> (1 + test_rand() % 40)));
}

/* Hexadecimal digits of n words, without zeros in front. */
static void add_hex(text *t, const uint32_t *w, size_t n)
{
    while (n && w[n - 1] == 0) n--;
    if (n == 0) add(t, "0");
    for (size_t i = n; i > 0; i--) add(t, i == n ? "%x" : "%08x", w[i - 1]);
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
    add(&p, "{\"algorithm\":\"modexp\",\"base\":\"");
    add_hex(&p, b, n);
    add(&p, "\",\"exponent\":\"");
    add_hex(&p, e, n);
    add(&p, "\",\"modulus\":\"000");
    add_hex(&p, m, n);
    add(&p, "\"}");
    add(&x, "{\"result\":\"");
    add_hex(&x, r, n);
    add(&x, "\"}");
    return gives_text("modexp", &p, &x);
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
        add(&p, "{\"algorithm\":\"modexp\",\"base\":\"%s\",\"exponent\":\"%s\",\"modulus\":\"%s\"}",
            rows[i][0], rows[i][1], rows[i][2]);
        add(&e, "{\"result\":\"%s\"}", rows[i][3]);
        CHECK(gives_text("modexp", &p, &e));
    }
}

/* A network of random weights, evaluated here; widths are its layers' sizes, the input's first. */
static bool network(const size_t *widths, size_t n_layers, size_t n_inputs)
{
    enum { MAX = 80 };
    static int8_t w[4][MAX][MAX], x[8][MAX];
    static int32_t bias[4][MAX];
    unsigned shift[4];
    bool relu[4];
    text p = {0}, e = {0};
    add(&p, "{\"algorithm\":\"mlp_int8\",\"layers\":[");
    for (size_t l = 0; l < n_layers; l++) {
        shift[l] = test_rand() % 12;
        relu[l] = test_rand() % 2;
        add(&p, "%s{\"weights\":[", l ? "," : "");
        for (size_t o = 0; o < widths[l + 1]; o++) {
            bias[l][o] = (int32_t)random_bits(12 + test_rand() % 16);
            for (size_t i = 0; i < widths[l]; i++) {
                w[l][o][i] = (int8_t)test_rand();
                add(&p, "%s%d", i ? "," : o ? ",[" : "[", w[l][o][i]);
            }
            add(&p, "]");
        }
        add(&p, "],\"bias\":[");
        for (size_t o = 0; o < widths[l + 1]; o++) add(&p, "%s%d", o ? "," : "", bias[l][o]);
        add(&p, "],\"shift\":%u,\"activation\":\"%s\"}", shift[l], relu[l] ? "relu" : "none");
    }
    add(&p, "],\"inputs\":[");
    add(&e, "{\"outputs\":[");
    for (size_t k = 0; k < n_inputs; k++) {
        for (size_t i = 0; i < widths[0]; i++) {
            x[k][i] = (int8_t)test_rand();
            add(&p, "%s%d", i ? "," : k ? ",[" : "[", x[k][i]);
        }
        add(&p, "]");
        int64_t v[MAX], y[MAX];
        for (size_t i = 0; i < widths[0]; i++) v[i] = x[k][i];
        for (size_t l = 0; l < n_layers; l++) {
            for (size_t o = 0; o < widths[l + 1]; o++) {
                int64_t sum = bias[l][o], unit = INT64_C(1) << shift[l];
                for (size_t i = 0; i < widths[l]; i++) sum += w[l][o][i] * v[i];
                int64_t q = sum / unit - (sum % unit < 0);
                int64_t low = relu[l] ? 0 : -128;
                y[o] = q < low ? low : q > 127 ? 127 : q;
            }
            memcpy(v, y, sizeof v);
        }
        for (size_t o = 0; o < widths[n_layers]; o++)
            add(&e, "%s%" PRId64, o ? "," : k ? ",[" : "[", v[o]);
        add(&e, "]");
    }
    add(&p, "]}");
    add(&e, "]}");
    return gives_text("mlp_int8", &p, &e);
}
TEST(mlp_int8_equals_the_reference)
{
    for (size_t i = 0; i < 30; i++) {
        size_t widths[5];
        for (size_t k = 0; k < 5; k++) widths[k] = 1 + test_rand() % (i % 3 ? 9 : 80);
        CHECK(network(widths, 1 + test_rand() % 4, 1 + test_rand() % 8));
    }
}

TEST(fibonacci_equals_the_reference)
{
    static const uint64_t moduli[] = {1,          2,          10,         1000000007,
                                      2147483648, 4294967291, 4294967295, UINT64_C(4294967296)};
    for (uint64_t n = 0; n < 200; n = n < 100 ? n + 1 : n + 17) {
        for (size_t k = 0; k < SP_COUNT(moduli); k++) {
            text p = {0}, e = {0};
            add(&p, "{\"algorithm\":\"fibonacci\",\"n\":%" PRIu64 ",\"modulus\":%" PRIu64 "}", n,
                moduli[k]);
            add(&e, "{\"value\":%u}", (unsigned)reference_fibonacci(n, moduli[k]));
            CHECK(gives_text("fibonacci", &p, &e));
        }
    }
    CHECK(gives("fibonacci", "{\"algorithm\":\"fibonacci\",\"n\":47}", "{\"value\":2971215073}"));
    CHECK(gives("fibonacci", "{\"algorithm\":\"fibonacci\",\"n\":1000000,\"modulus\":1000000007}",
                "{\"value\":918091266}"));
    /* The period modulo 2^32 is 3 2^31; that modulo 10 is 60, which divides 2^64 - 16. */
    CHECK(gives("fibonacci", "{\"algorithm\":\"fibonacci\",\"n\":6442450991}",
                "{\"value\":2971215073}"));
    CHECK(gives("fibonacci",
                "{\"algorithm\":\"fibonacci\",\"n\":\"18446744073709551615\",\"modulus\":10}",
                "{\"value\":0}"));
}

TEST(mixed_equals_the_same_source_on_the_host)
{
    static const unsigned rounds[] = {0, 1, 2, 1000, 20000};
    for (size_t i = 0; i < SP_COUNT(rounds); i++) {
        char payload[64], expected[128];
        snprintf(payload, sizeof payload, "{\"algorithm\":\"mixed\",\"rounds\":%u}", rounds[i]);
        reference_mixed(expected, rounds[i]);
        CHECK(gives("mixed", payload, expected));
    }
}

/* A guest does not trust the encoder: bytes that no payload encodes to make it panic. */
static bool refused(const char *name, const void *input, size_t n, const char *message)
{
    const sp_job *job = sp_job_find(name);
    vm_result r;
    if (!guest_run(&r, job->elf, job->elf_bytes, MACHINE_IO_WORDS, input, n, NULL, 0)) return false;
    bool ok = r.exit_code == MACHINE_EXIT_PANIC && r.output_bytes >= strlen(message) &&
              memcmp(r.output, message, strlen(message)) == 0;
    if (!ok)
        printf("%s: exit code %u: %.*s\n instead of %s\n", name, (unsigned)r.exit_code,
               (int)r.output_bytes, (const char *)r.output, message);
    vm_result_free(&r);
    return ok;
}
TEST(guests_refuse_malformed_bytes)
{
    size_t n;
    const sp_job *jobs = sp_job_list(&n);
    for (size_t i = 0; i < n; i++) {
        CHECK(refused(jobs[i].name, NULL, 0, "malformed input: wrong size"));
        CHECK(refused(jobs[i].name, "abc", 3, "malformed input: wrong size"));
    }
#define REFUSED(name, message, ...)                                             \
    do {                                                                        \
        const uint32_t words[] = {__VA_ARGS__};                                 \
        CHECK(refused(name, words, sizeof words, "malformed input: " message)); \
    } while (0)
    REFUSED("matrix_multiplication", "a matrix side", 0, 1, 1);
    REFUSED("matrix_multiplication", "a matrix side", 1, 4097, 1);
    REFUSED("matrix_multiplication", "a matrix side", 1, 1, 0x80000000);
    REFUSED("matrix_multiplication", "wrong size", 1, 1, 1, 1);
    REFUSED("matrix_multiplication", "wrong size", 1, 1, 1, 1, 1, 1);
    REFUSED("hash", "unknown hash", 0, 1);
    REFUSED("hash", "unknown hash", 3, 1);
    REFUSED("hash", "a chain of no", 1, 0);
    REFUSED("sort", "a width", 5, 1);
    REFUSED("sort", "wrong size", 8, 1);
    REFUSED("sort", "values of 8 bytes that fit 4", 8, 1, 0);
    REFUSED("sort", "values of 8 bytes that fit 4", 8);
    REFUSED("prime", "wrong size or operation", 2, 1, 0);
    REFUSED("prime", "wrong size or operation", 0, 1, 0, 0);
    REFUSED("prime", "the next prime", 1, 0xffffffc5, 0xffffffff);
    REFUSED("modexp", "the modulus is zero", 0, 0, 0);
    REFUSED("modexp", "a number of more", 129, 0, 1);
    REFUSED("modexp", "wrong size", 1, 1, 1, 1, 1);
    REFUSED("modexp", "a zero word", 1, 0, 1, 0, 1);
    REFUSED("modexp", "a zero word", 0, 1, 1, 0, 1);
    REFUSED("modexp", "a zero word", 0, 0, 1, 0);
    REFUSED("mlp_int8", "a size", 0, 1, 1);
    REFUSED("mlp_int8", "a size", 1, 0, 1);
    REFUSED("mlp_int8", "a size", 1, 1, 4097);
    REFUSED("mlp_int8", "it ends too early", 1, 1, 1);
    REFUSED("mlp_int8", "a layer's", 1, 1, 1, 0, 0, 0);
    REFUSED("mlp_int8", "a layer's", 1, 1, 1, 1, 32, 0, 0, 0);
    REFUSED("mlp_int8", "a layer's", 1, 1, 1, 1, 0, 2, 0, 0);
    REFUSED("mlp_int8", "a bias", 1, 1, 1, 1, 0, 0, 0x7fffffff, 0);
    REFUSED("mlp_int8", "a bias", 1, 1, 1, 1, 0, 0, 0x80000000, 0);
    REFUSED("mlp_int8", "padding", 1, 1, 1, 1, 0, 0, 0, 0x101, 1);
    REFUSED("mlp_int8", "padding", 1, 1, 1, 1, 0, 0, 0, 1, 0x1000001);
    REFUSED("mlp_int8", "it ends too early", 1, 1, 1, 1, 0, 0, 0, 1);
    REFUSED("mlp_int8", "it goes on", 1, 1, 1, 1, 0, 0, 0, 1, 1, 1);
    REFUSED("fibonacci", "wrong size", 1, 1, 1, 1);
    REFUSED("mixed", "wrong size", 1, 1);
    const uint32_t wide[] = {1, 2, 1, 0x80000000, 0x80000000, 0x80000000, 0x80000000};
    CHECK(refused("matrix_multiplication", wide, sizeof wide,
                  "an entry of the result exceeds 64 bits"));
}
