/* jobs_test.c - the built-in jobs, but those of numbers_test.c: payload to bytes, run in both io
 * modes and from both compilers, bytes to JSON, equal to the reference. */
#include "tests/guest/jobs.h"
#include "tests/guest/reference.h"

#include "core/blake2s.h"

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

static void add_matrix(text *t, const int64_t *v, size_t rows, size_t columns)
{
    for (size_t i = 0; i < rows; i++) {
        text_add(t, i ? ",[" : "[");
        for (size_t j = 0; j < columns; j++)
            text_add(t, "%s%" PRId64, j ? "," : "", v[i * columns + j]);
        text_add(t, "]");
    }
}

/* n x k times k x m with entries of so many bits. */
static bool product(size_t n, size_t k, size_t m, unsigned bits)
{
    int64_t *a = malloc((n * k + k * m + n * m) * sizeof *a);
    if (a == NULL) return false;
    int64_t *b = a + n * k, *c = b + k * m;
    bool fits = true;
    for (size_t i = 0; i < n * k + k * m; i++) a[i] = job_random_bits(bits);
    for (size_t i = 0; i < n * m; i++)
        fits = fits && reference_dot(&c[i], a + i / m * k, b + i % m, k, m);
    text p = {0}, e = {0};
    text_add(&p, "{\"algorithm\":\"matrix_multiplication\",\"matrix_a\":[");
    add_matrix(&p, a, n, k);
    text_add(&p, "],\"matrix_b\":[");
    add_matrix(&p, b, k, m);
    text_add(&p, "]}");
    text_add(&e, "{\"result\":[");
    add_matrix(&e, c, n, m);
    text_add(&e, "]}");
    free(a);
    return job_gives_text("matrix_multiplication", &p, &e) && fits;
}

TEST(matrix_multiplication_of_the_issue)
{
    CHECK(job_gives("matrix_multiplication",
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
    CHECK(job_gives("matrix_multiplication",
                    "{\"algorithm\":\"matrix_multiplication\","
                    "\"matrix_a\":[[-2147483648,-2147483648,2147483647]],"
                    "\"matrix_b\":[[-2147483648],[-2147483647],[1]]}",
                    "{\"result\":[[9223372036854775807]]}"));
    CHECK(job_gives("matrix_multiplication",
                    "{\"algorithm\":\"matrix_multiplication\","
                    "\"matrix_a\":[[-2147483648,-2147483648,-2147483648]],"
                    "\"matrix_b\":[[2147483647],[2147483647],[2]]}",
                    "{\"result\":[[-9223372036854775808]]}"));
    /* Partial sums beyond 64 bits that come back. */
    CHECK(job_gives("matrix_multiplication",
                    "{\"algorithm\":\"matrix_multiplication\","
                    "\"matrix_a\":[[-2147483648,-2147483648,-2147483648,5]],"
                    "\"matrix_b\":[[-2147483648],[-2147483648],[2147483647],[-3]]}",
                    "{\"result\":[[4611686020574871537]]}"));
    /* Products that fit 32 bits, but not their sum. */
    CHECK(job_gives("matrix_multiplication",
                    "{\"algorithm\":\"matrix_multiplication\",\"matrix_a\":[[46340,46340]],"
                    "\"matrix_b\":[[46340],[46340]]}",
                    "{\"result\":[[4294791200]]}"));
    /* Products at the bound of 32 bits: 2^31 - 1 and -2^31. */
    CHECK(job_gives(
        "matrix_multiplication",
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
    text_add(&p, "{\"%s\":\"", as_text ? "text" : "hex");
    for (size_t i = 0; i < n; i++) text_add(&p, as_text ? "%c" : "%02x", data[i]);
    text_add(&p, "\",\"algorithm\":\"%s\"", algorithm);
    if (iterations != 1) text_add(&p, ",\"iterations\":%u", (unsigned)iterations);
    text_add(&p, "}");
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
    text_add(&e, "{\"algorithm\":\"%s\",\"digest\":\"", algorithm);
    for (size_t i = 0; i < 32; i++) text_add(&e, "%02x", d[i]);
    text_add(&e, "\"}");
    return job_gives_text("hash", &p, &e);
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
    CHECK(job_gives("hash", "{\"algorithm\":\"sha256\",\"text\":\"abc\"}",
                    "{\"algorithm\":\"sha256\",\"digest\":"
                    "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}"));
    CHECK(job_gives("hash", "{\"algorithm\":\"blake2s\",\"text\":\"abc\"}",
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
    CHECK(job_run_gives(job, job->elf, job->elf_bytes, false, input, n,
                        "{\"algorithm\":\"sha256\",\"digest\":"
                        "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}"));
    free(input);
}

static bool sorts(size_t n, unsigned bits)
{
    int64_t *v = malloc((n + 1) * sizeof *v);
    text p = {0}, e = {0};
    if (v == NULL) return false;
    for (size_t i = 0; i < n; i++) v[i] = job_random_bits(bits);
    text_add(&p, "{\"algorithm\":\"sort\",\"values\":[");
    for (size_t i = 0; i < n; i++) text_add(&p, "%s%" PRId64, i ? "," : "", v[i]);
    text_add(&p, "]}");
    reference_sort(v, n);
    text_add(&e, "{\"values\":[");
    for (size_t i = 0; i < n; i++) text_add(&e, "%s%" PRId64, i ? "," : "", v[i]);
    text_add(&e, "]}");
    free(v);
    return job_gives_text("sort", &p, &e);
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
    CHECK(job_gives(
        "sort", "{\"algorithm\":\"sort\",\"values\":[9223372036854775807,-9223372036854775808,0]}",
        "{\"values\":[-9223372036854775808,0,9223372036854775807]}"));
    CHECK(job_gives("sort", "{\"algorithm\":\"sort\",\"values\":[2147483647,-2147483648,-1]}",
                    "{\"values\":[-2147483648,-1,2147483647]}"));
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
    text_add(&p, "{\"algorithm\":\"mlp_int8\",\"layers\":[");
    for (size_t l = 0; l < n_layers; l++) {
        shift[l] = test_rand() % 12;
        relu[l] = test_rand() % 2;
        text_add(&p, "%s{\"weights\":[", l ? "," : "");
        for (size_t o = 0; o < widths[l + 1]; o++) {
            bias[l][o] = (int32_t)job_random_bits(12 + test_rand() % 16);
            for (size_t i = 0; i < widths[l]; i++) {
                w[l][o][i] = (int8_t)test_rand();
                text_add(&p, "%s%d", i ? "," : o ? ",[" : "[", w[l][o][i]);
            }
            text_add(&p, "]");
        }
        text_add(&p, "],\"bias\":[");
        for (size_t o = 0; o < widths[l + 1]; o++) text_add(&p, "%s%d", o ? "," : "", bias[l][o]);
        text_add(&p, "],\"shift\":%u,\"activation\":\"%s\"}", shift[l], relu[l] ? "relu" : "none");
    }
    text_add(&p, "],\"inputs\":[");
    text_add(&e, "{\"outputs\":[");
    for (size_t k = 0; k < n_inputs; k++) {
        for (size_t i = 0; i < widths[0]; i++) {
            x[k][i] = (int8_t)test_rand();
            text_add(&p, "%s%d", i ? "," : k ? ",[" : "[", x[k][i]);
        }
        text_add(&p, "]");
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
            text_add(&e, "%s%" PRId64, o ? "," : k ? ",[" : "[", v[o]);
        text_add(&e, "]");
    }
    text_add(&p, "]}");
    text_add(&e, "]}");
    return job_gives_text("mlp_int8", &p, &e);
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
            text_add(&p, "{\"algorithm\":\"fibonacci\",\"n\":%" PRIu64 ",\"modulus\":%" PRIu64 "}",
                     n, moduli[k]);
            text_add(&e, "{\"value\":%u}", (unsigned)reference_fibonacci(n, moduli[k]));
            CHECK(job_gives_text("fibonacci", &p, &e));
        }
    }
    CHECK(
        job_gives("fibonacci", "{\"algorithm\":\"fibonacci\",\"n\":47}", "{\"value\":2971215073}"));
    CHECK(job_gives("fibonacci",
                    "{\"algorithm\":\"fibonacci\",\"n\":1000000,\"modulus\":1000000007}",
                    "{\"value\":918091266}"));
    /* The period modulo 2^32 is 3 2^31; that modulo 10 is 60, which divides 2^64 - 16. */
    CHECK(job_gives("fibonacci", "{\"algorithm\":\"fibonacci\",\"n\":6442450991}",
                    "{\"value\":2971215073}"));
    CHECK(job_gives("fibonacci",
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
        CHECK(job_gives("mixed", payload, expected));
    }
}
