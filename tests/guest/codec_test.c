/* codec_test.c - the JSON side of the jobs: exact encodings, one per payload; what is refused, with
 * which place named; outputs that are none. */
#include "tests/test.h"

#include "core/machine.h"
#include "guest/host/jobs.h"

#define MATRIX "{\"algorithm\":\"matrix_multiplication\","
#define MLP "{\"algorithm\":\"mlp_int8\",\"inputs\":[[1,2]],\"layers\":[{"

static bool encodes_to(const char *name, const char *payload, const void *bytes, size_t n)
{
    char err[320] = "";
    uint8_t *input;
    size_t k;
    sp_status s = sp_job_find(name)->encode(payload, strlen(payload), &input, &k, err, sizeof err);
    bool ok = s == SP_OK && k == n && memcmp(input, bytes, n) == 0;
    if (!ok) printf("%s: status %d, %zu bytes instead of %zu: %s\n", name, s, k, n, err);
    free(input);
    return ok;
}

/* The encodings of docs/jobs.md, byte by byte. */
TEST(encodings_are_as_documented)
{
#define ENCODES(name, payload, ...)                            \
    do {                                                       \
        const uint8_t bytes[] = {__VA_ARGS__};                 \
        CHECK(encodes_to(name, payload, bytes, sizeof bytes)); \
    } while (0)
    ENCODES("matrix_multiplication", MATRIX "\"matrix_a\":[[1,-2]],\"matrix_b\":[[258],[3]]}", 1, 0,
            0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 254, 255, 255, 255, 2, 1, 0, 0, 3, 0, 0, 0);
    ENCODES("hash", "{\"algorithm\":\"sha256\",\"text\":\"ab\\u0000\\u00e9\"}", 1, 0, 0, 0, 1, 0, 0,
            0, 'a', 'b', 0, 0xc3, 0xa9);
    ENCODES("hash", "{\"algorithm\":\"blake2s\",\"hex\":\"00fF\",\"iterations\":4294967295}", 2, 0,
            0, 0, 255, 255, 255, 255, 0, 255);
    ENCODES("sort", "{\"algorithm\":\"sort\",\"values\":[]}", 4, 0, 0, 0);
    ENCODES("sort", "{\"algorithm\":\"sort\",\"values\":[-1,2147483647]}", 4, 0, 0, 0, 255, 255,
            255, 255, 255, 255, 255, 127);
    ENCODES("sort", "{\"algorithm\":\"sort\",\"values\":[-1,2147483648]}", 8, 0, 0, 0, 255, 255,
            255, 255, 255, 255, 255, 255, 0, 0, 0, 128, 0, 0, 0, 0);
    ENCODES("prime", "{\"algorithm\":\"prime\",\"operation\":\"is_prime\",\"n\":7}", 0, 0, 0, 0, 7,
            0, 0, 0, 0, 0, 0, 0);
    ENCODES("prime",
            "{\"algorithm\":\"prime\",\"operation\":\"next_prime\",\"n\":\"18446744073709551555\"}",
            1, 0, 0, 0, 195, 255, 255, 255, 255, 255, 255, 255);
    ENCODES(
        "modexp",
        "{\"algorithm\":\"modexp\",\"base\":\"00\",\"exponent\":\"100000002\",\"modulus\":\"F\"}",
        0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 15, 0, 0, 0);
    ENCODES("mlp_int8",
            MLP "\"weights\":[[1,-1],[2,3],[4,5]],\"bias\":[1,2,-1],\"shift\":4,"
                "\"activation\":\"relu\"}]}",
            1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2,
            0, 0, 0, 255, 255, 255, 255, 1, 255, 2, 3, 4, 5, 0, 0, 1, 2, 0, 0);
    ENCODES("fibonacci", "{\"algorithm\":\"fibonacci\",\"n\":4294967298}", 2, 0, 0, 0, 1, 0, 0, 0,
            0, 0, 0, 0);
    ENCODES("fibonacci", "{\"algorithm\":\"fibonacci\",\"n\":\"0\",\"modulus\":4294967296}", 0, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    ENCODES("mixed", "{\"algorithm\":\"mixed\",\"rounds\":256}", 0, 1, 0, 0);
    /* The same value written otherwise. */
    ENCODES("mixed", " {\n\"rounds\" : 256 ,\t\"\\u0061lgorithm\":\"mixed\"}\n", 0, 1, 0, 0);
    ENCODES("hash", "{\"iterations\":1,\"hex\":\"6162\",\"algorithm\":\"sha256\"}", 1, 0, 0, 0, 1,
            0, 0, 0, 'a', 'b');
}

TEST(examples_encode)
{
    size_t n;
    const sp_job *jobs = sp_job_list(&n);
    for (size_t i = 0; i < n; i++) {
        char err[320] = "";
        uint8_t *input;
        size_t k;
        CHECK_EQ(
            jobs[i].encode(jobs[i].example, strlen(jobs[i].example), &input, &k, err, sizeof err),
            SP_OK);
        free(input);
    }
}

static bool refuses(const char *name, const char *payload, size_t len, sp_status status,
                    const char *sentence)
{
    char err[320] = "";
    uint8_t *input = (uint8_t *)err;
    size_t n = 1;
    sp_status s = sp_job_find(name)->encode(payload, len, &input, &n, err, sizeof err);
    bool ok = s == status && input == NULL && n == 0 && strcmp(err, sentence) == 0;
    if (!ok)
        printf("%s\n%.200s\n  status %d: %s\n  instead of %d: %s\n", name, payload, s, err, status,
               sentence);
    if (s == SP_OK) free(input);
    return ok;
}

TEST(malformed_payloads_are_refused_with_their_place)
{
    static const struct {
        const char *job, *payload, *sentence;
    } rows[] = {
        /* Not JSON, or not an object. */
        {"sort", "", "the payload is empty"},
        {"sort", " \n\t ", "the payload is empty"},
        {"sort", "{\"algorithm\":\"sort\",\n\"values\":[1,]}",
         "the payload is not valid JSON: line 2, column 13: unexpected token near ']'"},
        {"sort", "{\"algorithm\":\"sort\",\"values\":[1]} x",
         "the payload is not valid JSON: line 1, column 35: end of file expected near 'x'"},
        {"sort", "[1]", "the payload is an array, but must be an object"},
        {"sort", "\"sort\"",
         "the payload is not valid JSON: line 1, column 6: '[' or '{' expected near '\"sort\"'"},
        {"sort", "{\"algorithm\":\"sort\",\"values\":[99999999999999999999]}",
         "the payload is not valid JSON: line 1, column 50: too big integer near "
         "'99999999999999999999'"},
        {"sort", "{\"algorithm\":\"sort\",\"values\":[1e999]}",
         "the payload is not valid JSON: line 1, column 35: real number overflow near '1e999'"},
        /* Keys. */
        {"mixed", "{\"algorithm\":\"mixed\",\"rounds\":1,\"rounds\":1}",
         "the payload is not valid JSON: line 1, column 40: duplicate object key near "
         "'\"rounds\"'"},
        {"mixed", "{\"algorithm\":\"mixed\",\"rounds\":1,\"round\":1}", "unknown key \"round\""},
        {"mixed", "{\"algorithm\":\"mixed\"}", "missing key \"rounds\""},
        {"mixed", "{\"rounds\":1}", "missing key \"algorithm\""},
        {"mixed", "{\"algorithm\":\"mixed\",\"rounds\":1,\"a\\u001b[2J\":1}",
         "unknown key \"a?[2J\""},
        {"mixed", "{\"algorithm\":\"sort\",\"rounds\":1}",
         "algorithm is \"sort\", but must be \"mixed\""},
        {"mixed", "{\"algorithm\":\"mixed\\u0000\",\"rounds\":1}",
         "algorithm is \"mixed\", but must be \"mixed\""},
        {"mixed", "{\"algorithm\":1,\"rounds\":1}",
         "algorithm is an integer, but must be the string \"mixed\""},
        /* matrix_multiplication */
        {"matrix_multiplication", MATRIX "\"matrix_a\":[[1]]}", "missing key \"matrix_b\""},
        {"matrix_multiplication",
         MATRIX "\"matrix_a\":[[1]],\"matrix_b\":[[1]],\"matrix_c\":[[1]]}",
         "unknown key \"matrix_c\""},
        {"matrix_multiplication", MATRIX "\"matrix_a\":1,\"matrix_b\":[[1]]}",
         "matrix_a is an integer, but must be an array"},
        {"matrix_multiplication", MATRIX "\"matrix_a\":[],\"matrix_b\":[[1]]}",
         "matrix_a is empty"},
        {"matrix_multiplication", MATRIX "\"matrix_a\":[[1]],\"matrix_b\":[[]]}",
         "matrix_b[0] is empty"},
        {"matrix_multiplication", MATRIX "\"matrix_a\":[[1],[]],\"matrix_b\":[[1]]}",
         "matrix_a[1] is empty"},
        {"matrix_multiplication", MATRIX "\"matrix_a\":[1],\"matrix_b\":[[1]]}",
         "matrix_a[0] is an integer, but must be an array"},
        {"matrix_multiplication", MATRIX "\"matrix_a\":[[1,2],[3,4],[5]],\"matrix_b\":[[1],[2]]}",
         "matrix_a[2] has 1 elements, but matrix_a[0] has 2: rows must be equally long"},
        {"matrix_multiplication", MATRIX "\"matrix_a\":[[1,2]],\"matrix_b\":[[1,2]]}",
         "matrix_a is 1 x 2 and matrix_b is 1 x 2: matrix_a must have as many columns as matrix_b "
         "has "
         "rows"},
        {"matrix_multiplication", MATRIX "\"matrix_a\":[[1,2],[3,4.0]],\"matrix_b\":[[1],[2]]}",
         "matrix_a[1][1] is a number with a fraction or exponent, but must be an integer"},
        {"matrix_multiplication", MATRIX "\"matrix_a\":[[1,\"2\"]],\"matrix_b\":[[1],[2]]}",
         "matrix_a[0][1] is a string, but must be an integer"},
        {"matrix_multiplication", MATRIX "\"matrix_a\":[[1,null]],\"matrix_b\":[[1],[2]]}",
         "matrix_a[0][1] is null, but must be an integer"},
        {"matrix_multiplication", MATRIX "\"matrix_a\":[[1,2]],\"matrix_b\":[[1],[2147483648]]}",
         "matrix_b[1][0] is 2147483648, but must be from -2147483648 to 2147483647"},
        {"matrix_multiplication", MATRIX "\"matrix_a\":[[-2147483649]],\"matrix_b\":[[1]]}",
         "matrix_a[0][0] is -2147483649, but must be from -2147483648 to 2147483647"},
        /* hash */
        {"hash", "{\"algorithm\":\"md5\",\"text\":\"\"}",
         "algorithm must be \"sha256\" or \"blake2s\", and is neither"},
        {"hash", "{\"algorithm\":\"sha256\"}", "missing key \"hex\" or \"text\""},
        {"hash", "{\"algorithm\":\"sha256\",\"text\":\"\",\"hex\":\"\"}",
         "both of the keys \"hex\" and \"text\" are given"},
        {"hash", "{\"algorithm\":\"sha256\",\"hex\":\"abc\"}",
         "hex has 3 digits, which is not a whole number of bytes"},
        {"hash", "{\"algorithm\":\"sha256\",\"hex\":\"ab0g\"}",
         "hex has something else than a hexadecimal digit at 3"},
        {"hash", "{\"algorithm\":\"sha256\",\"hex\":1}",
         "hex is an integer, but must be a string of hexadecimal digits"},
        {"hash", "{\"algorithm\":\"sha256\",\"text\":[]}",
         "text is an array, but must be a string"},
        {"hash", "{\"algorithm\":\"sha256\",\"text\":\"\",\"iterations\":0}",
         "iterations is 0, but must be from 1 to 4294967295"},
        {"hash", "{\"algorithm\":\"sha256\",\"text\":\"\",\"iterations\":4294967296}",
         "iterations is 4294967296, but must be from 1 to 4294967295"},
        /* sort */
        {"sort", "{\"algorithm\":\"sort\",\"values\":{}}",
         "values is an object, but must be an array"},
        {"sort", "{\"algorithm\":\"sort\",\"values\":[1,true]}",
         "values[1] is a boolean, but must be an integer"},
        /* prime */
        {"prime", "{\"algorithm\":\"prime\",\"operation\":\"factor\",\"n\":1}",
         "operation must be \"is_prime\" or \"next_prime\", and is neither"},
        {"prime", "{\"algorithm\":\"prime\",\"operation\":\"is_prime\",\"n\":-1}",
         "n is -1, but must be from 0 to 9223372036854775807"},
        {"prime", "{\"algorithm\":\"prime\",\"operation\":\"is_prime\",\"n\":\"\"}",
         "n is an empty string"},
        {"prime", "{\"algorithm\":\"prime\",\"operation\":\"is_prime\",\"n\":\"+1\"}",
         "n has something else than a decimal digit at 0"},
        {"prime",
         "{\"algorithm\":\"prime\",\"operation\":\"is_prime\",\"n\":\"18446744073709551616\"}",
         "n does not fit 64 bits"},
        /* modexp */
        {"modexp", "{\"algorithm\":\"modexp\",\"base\":\"\",\"exponent\":\"1\",\"modulus\":\"1\"}",
         "base is an empty string"},
        {"modexp",
         "{\"algorithm\":\"modexp\",\"base\":\"1\",\"exponent\":\"0x1\",\"modulus\":\"1\"}",
         "exponent has something else than a hexadecimal digit at 1"},
        {"modexp",
         "{\"algorithm\":\"modexp\",\"base\":\"1\",\"exponent\":\"1\",\"modulus\":\"00\"}",
         "modulus is zero"},
        {"modexp", "{\"algorithm\":\"modexp\",\"base\":\"1\",\"exponent\":\"1\",\"modulus\":7}",
         "modulus is an integer, but must be a string of hexadecimal digits"},
        /* mlp_int8 */
        {"mlp_int8", "{\"algorithm\":\"mlp_int8\",\"layers\":[],\"inputs\":[[1]]}",
         "layers is empty"},
        {"mlp_int8", "{\"algorithm\":\"mlp_int8\",\"layers\":[7],\"inputs\":[[1]]}",
         "layers[0] is an integer, but must be an object"},
        {"mlp_int8", MLP "\"weights\":[[1,2]],\"bias\":[0],\"shift\":0}]}",
         "missing key \"activation\" in layers[0]"},
        {"mlp_int8",
         MLP "\"weights\":[[1,2]],\"bias\":[0],\"shift\":0,\"activation\":\"none\",\"x\":0}]}",
         "unknown key \"x\" in layers[0]"},
        {"mlp_int8", MLP "\"weights\":[[1,2]],\"bias\":[0],\"shift\":0,\"activation\":\"tanh\"}]}",
         "layers[0].activation must be \"none\" or \"relu\", and is neither"},
        {"mlp_int8", MLP "\"weights\":[[1,2]],\"bias\":[0],\"shift\":32,\"activation\":\"none\"}]}",
         "layers[0].shift is 32, but must be from 0 to 31"},
        {"mlp_int8",
         MLP "\"weights\":[[1,2]],\"bias\":[0,1],\"shift\":0,\"activation\":\"none\"}]}",
         "layers[0].bias has 2 elements, but layers[0].weights has 1 rows"},
        {"mlp_int8",
         MLP "\"weights\":[[1,2],[3]],\"bias\":[0,1],\"shift\":0,\"activation\":\"none\"}]}",
         "layers[0].weights[1] has 1 elements, but must have 2"},
        {"mlp_int8",
         MLP "\"weights\":[[1,128]],\"bias\":[0],\"shift\":0,\"activation\":\"none\"}]}",
         "layers[0].weights[0][1] is 128, but must be from -128 to 127"},
        {"mlp_int8",
         MLP "\"weights\":[[1,1]],\"bias\":[2147450880],\"shift\":0,\"activation\":\"none\"}]}",
         "layers[0].bias[0] is 2147450880, but must be from -2147450879 to 2147450879"},
        {"mlp_int8",
         "{\"algorithm\":\"mlp_int8\",\"inputs\":[[1,2],[3]],\"layers\":[{\"weights\":[[1,1]],"
         "\"bias\":[0],\"shift\":0,\"activation\":\"none\"}]}",
         "inputs[1] has 1 elements, but must have 2"},
        /* fibonacci, mixed */
        {"fibonacci", "{\"algorithm\":\"fibonacci\",\"n\":1,\"modulus\":0}",
         "modulus is 0, but must be from 1 to 4294967296"},
        {"fibonacci", "{\"algorithm\":\"fibonacci\",\"n\":1,\"modulus\":\"7\"}",
         "modulus is a string, but must be an integer"},
        {"mixed", "{\"algorithm\":\"mixed\",\"rounds\":-1}",
         "rounds is -1, but must be from 0 to 4294967295"},
    };
    int wrong = 0;
    for (size_t i = 0; i < SP_COUNT(rows); i++)
        wrong += !refuses(rows[i].job, rows[i].payload, strlen(rows[i].payload), SP_ERR_FORMAT,
                          rows[i].sentence);
    CHECK_EQ(wrong, 0);
}

/* {"...": "ccc...c"} and the like: head, n times a piece, tail. */
static char *repeated(const char *head, const char *piece, size_t n, const char *tail, size_t *len)
{
    size_t h = strlen(head), k = strlen(piece), t = strlen(tail);
    char *p = malloc(h + n * k + t + 1);
    if (p == NULL) abort();
    memcpy(p, head, h);
    for (size_t i = 0; i < n; i++) memcpy(p + h + i * k, piece, k);
    memcpy(p + h + n * k, tail, t + 1);
    *len = h + n * k + t;
    return p;
}

TEST(payloads_beyond_a_limit_are_refused)
{
    size_t len;
    char *p;
    p = repeated(MATRIX "\"matrix_a\":[[1", ",1", 4096, "]],\"matrix_b\":[[1]]}", &len);
    CHECK(refuses("matrix_multiplication", p, len, SP_ERR_LIMIT,
                  "matrix_a[0] has 4097 elements, but may have at most 4096"));
    free(p);
    p = repeated("{\"algorithm\":\"modexp\",\"base\":\"1", "0", 1024,
                 "\",\"exponent\":\"1\",\"modulus\":\"1\"}", &len);
    CHECK(refuses("modexp", p, len, SP_ERR_LIMIT, "base has more than 4096 bits"));
    free(p);
    p = repeated("{\"algorithm\":\"modexp\",\"base\":\"", "0", 5000,
                 "1\",\"exponent\":\"1\",\"modulus\":\"1\"}", &len);
    CHECK(encodes_to("modexp", p, "\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0", 24));
    free(p);
    p = repeated("{\"algorithm\":\"sha256\",\"text\":\"", "0123456789abcdef", 4194304, "\"}", &len);
    CHECK(refuses("hash", p, len, SP_ERR_LIMIT, "the encoded input exceeds 64 MiB"));
    free(p);
    /* Exactly the window, less the two words before the data. */
    p = repeated("{\"algorithm\":\"sha256\",\"text\":\"", "0123", MACHINE_INPUT_CAP / 4 - 2, "\"}",
                 &len);
    char err[320];
    uint8_t *input;
    size_t n;
    CHECK_EQ(sp_job_find("hash")->encode(p, len, &input, &n, err, sizeof err), SP_OK);
    CHECK_EQ(n, MACHINE_INPUT_CAP);
    free(input);
    free(p);
    p = repeated("", "[", 100000, "", &len);
    CHECK(
        refuses("sort", p, len, SP_ERR_FORMAT,
                "the payload is not valid JSON: line 1, column 2049: maximum parsing depth reached "
                "near '['"));
    free(p);
    static const char wide[] = MATRIX "\"matrix_a\":[[1,1],[-2147483648,-2147483648]],"
                                      "\"matrix_b\":[[1,-2147483648],[1,-2147483648]]}";
    CHECK(refuses("matrix_multiplication", wide, sizeof wide - 1, SP_ERR_LIMIT,
                  "entry [1][1] of the product does not fit 64 bits"));
    static const char last[] = "{\"algorithm\":\"prime\",\"operation\":\"next_prime\",\"n\":"
                               "\"18446744073709551557\"}";
    CHECK(refuses("prime", last, sizeof last - 1, SP_ERR_LIMIT,
                  "n is 18446744073709551557: the next prime does not fit 64 bits"));
}

TEST(bytes_that_are_not_utf8_are_refused)
{
    static const char p[] = "{\"algorithm\":\"sha256\",\"text\":\"\xff\"}";
    CHECK(
        refuses("hash", p, sizeof p - 1, SP_ERR_FORMAT,
                "the payload is not valid JSON: line 1, column 30: unable to decode byte 0xff near "
                "'\"'"));
    static const char zero[] = "{\"algorithm\":\"mixed\",\0\"rounds\":1}";
    char err[320];
    uint8_t *input;
    size_t n;
    CHECK_EQ(sp_job_find("mixed")->encode(zero, sizeof zero - 1, &input, &n, err, sizeof err),
             SP_ERR_FORMAT);
}

TEST(an_error_fits_any_buffer)
{
    uint8_t *input;
    size_t n;
    char small[8] = "untouch";
    const sp_job *job = sp_job_find("mixed");
    CHECK_EQ(job->encode("{}", 2, &input, &n, NULL, 0), SP_ERR_FORMAT);
    CHECK_EQ(job->encode("{}", 2, &input, &n, small, 4), SP_ERR_FORMAT);
    CHECK(memcmp(small, "mis\0uch", 8) == 0);
}

TEST(outputs_that_are_none_are_refused)
{
    static const struct {
        const char *job;
        size_t n;
        uint32_t words[6];
    } rows[] = {
        {"matrix_multiplication", 0, {0}},
        {"matrix_multiplication", 8, {0, 0}},
        {"matrix_multiplication", 12, {1, 1, 1}},
        {"matrix_multiplication", 20, {1, 1, 1, 0, 1}},
        {"matrix_multiplication", 16, {0x80000001, 2, 0, 0}},
        {"hash", 4, {1}},
        {"hash", 35, {1}},
        {"sort", 3, {4}},
        {"sort", 8, {0, 1}},
        {"sort", 6, {4, 1}},
        {"sort", 8, {8, 1}},
        {"prime", 16, {0, 0, 0, 0}},
        {"prime", 20, {2, 0, 0, 0, 0}},
        {"prime", 20, {0, 0, 0, 2, 0}},
        {"modexp", 3, {0}},
        {"modexp", 4, {1}},
        {"modexp", 8, {0, 1}},
        {"modexp", 8, {1, 0}},
        {"mlp_int8", 8, {1, 0}},
        {"mlp_int8", 12, {1, 5, 0}},
        {"mlp_int8", 12, {1, 3, 0x01000000}},
        {"fibonacci", 3, {0}},
        {"fibonacci", 5, {0}},
        {"mixed", 24, {0}},
    };
    for (size_t i = 0; i < SP_COUNT(rows); i++) {
        uint8_t bytes[64] = {0};
        char err[320] = "", *json = err;
        memcpy(bytes, rows[i].words, sizeof rows[i].words);
        sp_status s = sp_job_find(rows[i].job)->decode(bytes, rows[i].n, &json, err, sizeof err);
        if (s != SP_ERR_FORMAT || json != NULL || err[0] == 0) {
            printf("row %zu, %s: status %d\n", i, rows[i].job, s);
            CHECK(false);
        }
    }
}
