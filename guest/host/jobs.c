/* jobs.c - the table of the built-in jobs. */
#include "guest/host/codecs.h"

#include <string.h>

/* The guest programs, written by embed.cmake from what the cross compiler made. */
#include "elf/fibonacci.h"
#include "elf/hash.h"
#include "elf/matrix_multiplication.h"
#include "elf/mixed.h"
#include "elf/mlp_int8.h"
#include "elf/modexp.h"
#include "elf/prime.h"
#include "elf/sort.h"

#define JOB(id)                                                                        \
    .name = #id, .elf = elf_##id, .elf_bytes = sizeof elf_##id, .encode = id##_encode, \
    .decode = id##_decode

/* clang-format off */
/* Pieces of JSON schemas. */
#define OBJECT(required, properties)                                                 \
    "{\"type\":\"object\",\"properties\":{" properties "},\"required\":[" required  \
    "],\"additionalProperties\":false}"
#define KEY(name, schema) "\"" name "\":" schema
#define CONST(value) "{\"const\":\"" value "\"}"
#define ENUM(a, b) "{\"enum\":[\"" a "\",\"" b "\"]}"
#define RANGE(min, max) "{\"type\":\"integer\",\"minimum\":" min ",\"maximum\":" max "}"
#define UINT64 "{\"type\":[\"integer\",\"string\"],\"minimum\":0,\"pattern\":\"^[0-9]+$\"}"
#define HEX "{\"type\":\"string\",\"pattern\":\"^[0-9a-fA-F]+$\"}"
#define LIST(min, of) "{\"type\":\"array\",\"minItems\":" min ",\"items\":" of "}"
#define VECTOR(min, max, of) \
    "{\"type\":\"array\",\"minItems\":" min ",\"maxItems\":" max ",\"items\":" of "}"
#define INT8 RANGE("-128", "127")
#define INT32 RANGE("-2147483648", "2147483647")
#define INTEGER "{\"type\":\"integer\"}"

#define MATRIX32 "{\"type\":\"array\",\"minItems\":1,\"maxItems\":4096,\"items\":" \
                 VECTOR("1", "4096", INT32) "}"
#define MATRIX8 "{\"type\":\"array\",\"minItems\":1,\"items\":" VECTOR("1", "4096", INT8) "}"

static const sp_job jobs[] = {
    {
        JOB(matrix_multiplication),
        .summary = "The product of two integer matrices.",
        .input_schema = OBJECT("\"algorithm\",\"matrix_a\",\"matrix_b\"",
            KEY("algorithm", CONST("matrix_multiplication")) ","
            KEY("matrix_a", MATRIX32) "," KEY("matrix_b", MATRIX32)),
        .output_schema = OBJECT("\"result\"",
            KEY("result", "{\"type\":\"array\",\"items\":" LIST("1", INTEGER) "}")),
        .example = "{\"algorithm\":\"matrix_multiplication\",\"matrix_a\":[[1,2],[3,4]],"
                   "\"matrix_b\":[[5,6],[7,8]]}",
    },
    {
        JOB(hash),
        .encode_raw = hash_encode_raw,
        .summary = "SHA-256 or BLAKE2s-256 of bytes, of text or of a file, or a chain of such hashes.",
        .input_schema = OBJECT("\"algorithm\"",
            KEY("algorithm", ENUM("sha256", "blake2s")) ","
            KEY("hex", "{\"type\":\"string\",\"pattern\":\"^([0-9a-fA-F]{2})*$\"}") ","
            KEY("text", "{\"type\":\"string\"}") ","
            KEY("iterations", RANGE("1", "4294967295"))),
        .output_schema = OBJECT("\"algorithm\",\"digest\"",
            KEY("algorithm", ENUM("sha256", "blake2s")) ","
            KEY("digest", "{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{64}$\"}")),
        .example = "{\"algorithm\":\"sha256\",\"text\":\"abc\",\"iterations\":1}",
    },
    {
        JOB(sort),
        .summary = "A list of 64-bit integers in ascending order.",
        .input_schema = OBJECT("\"algorithm\",\"values\"",
            KEY("algorithm", CONST("sort")) "," KEY("values", LIST("0", INTEGER))),
        .output_schema = OBJECT("\"values\"", KEY("values", LIST("0", INTEGER))),
        .example = "{\"algorithm\":\"sort\",\"values\":[3,-1,2]}",
    },
    {
        JOB(prime),
        .summary = "Whether a 64-bit number is prime, or the next prime after it.",
        .input_schema = OBJECT("\"algorithm\",\"operation\",\"n\"",
            KEY("algorithm", CONST("prime")) ","
            KEY("operation", ENUM("is_prime", "next_prime")) "," KEY("n", UINT64)),
        .output_schema = OBJECT("\"operation\",\"n\",\"result\"",
            KEY("operation", ENUM("is_prime", "next_prime")) "," KEY("n", UINT64) ","
            KEY("result", "{\"type\":[\"boolean\",\"integer\",\"string\"]}")),
        .example = "{\"algorithm\":\"prime\",\"operation\":\"next_prime\",\"n\":1000000}",
    },
    {
        JOB(modexp),
        .summary = "base^exponent mod modulus for hexadecimal numbers of up to 4096 bits.",
        .input_schema = OBJECT("\"algorithm\",\"base\",\"exponent\",\"modulus\"",
            KEY("algorithm", CONST("modexp")) "," KEY("base", HEX) "," KEY("exponent", HEX) ","
            KEY("modulus", HEX)),
        .output_schema = OBJECT("\"result\"", KEY("result", HEX)),
        .example = "{\"algorithm\":\"modexp\",\"base\":\"2\",\"exponent\":\"10001\","
                   "\"modulus\":\"ffffffffffffffffffffffffffffff61\"}",
    },
    {
        JOB(mlp_int8),
        .summary = "A quantised neural network (8-bit weights and activations) on a list of inputs.",
        .input_schema = OBJECT("\"algorithm\",\"layers\",\"inputs\"",
            KEY("algorithm", CONST("mlp_int8")) ","
            KEY("layers", VECTOR("1", "64", OBJECT(
                "\"weights\",\"bias\",\"shift\",\"activation\"",
                KEY("weights", MATRIX8) "," KEY("bias", LIST("1", INT32)) ","
                KEY("shift", RANGE("0", "31")) "," KEY("activation", ENUM("none", "relu")))))
            "," KEY("inputs", MATRIX8)),
        .output_schema = OBJECT("\"outputs\"", KEY("outputs", MATRIX8)),
        .example = "{\"algorithm\":\"mlp_int8\",\"layers\":[{\"weights\":[[10,-20,30],[5,6,7]],"
                   "\"bias\":[100,-50],\"shift\":4,\"activation\":\"relu\"},"
                   "{\"weights\":[[12,-7]],\"bias\":[0],\"shift\":3,\"activation\":\"none\"}],"
                   "\"inputs\":[[1,2,3],[-4,5,100]]}",
    },
    {
        JOB(fibonacci),
        .summary = "The Fibonacci number F(n) modulo m (2^32 when none is given).",
        .input_schema = OBJECT("\"algorithm\",\"n\"",
            KEY("algorithm", CONST("fibonacci")) "," KEY("n", UINT64) ","
            KEY("modulus", RANGE("1", "4294967296"))),
        .output_schema = OBJECT("\"value\"", KEY("value", RANGE("0", "4294967295"))),
        .example = "{\"algorithm\":\"fibonacci\",\"n\":1000000,\"modulus\":1000000007}",
    },
    {
        JOB(mixed),
        .summary = "A load for benchmarks: sorting, hashing, arithmetic, branches and calls.",
        .input_schema = OBJECT("\"algorithm\",\"rounds\"",
            KEY("algorithm", CONST("mixed")) "," KEY("rounds", RANGE("0", "4294967295"))),
        .output_schema = OBJECT("\"checksum\"",
            KEY("checksum", "{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{64}$\"}")),
        .example = "{\"algorithm\":\"mixed\",\"rounds\":1000}",
    },
};
/* clang-format on */

const sp_job *sp_job_find(const char *name)
{
    for (size_t i = 0; i < SP_COUNT(jobs); i++)
        if (strcmp(jobs[i].name, name) == 0) return &jobs[i];
    return NULL;
}

const sp_job *sp_job_list(size_t *n)
{
    *n = SP_COUNT(jobs);
    return jobs;
}
