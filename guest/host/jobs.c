/* jobs.c - the table of the built-in jobs. */
#include "guest/host/codecs.h"

#include <string.h>

/* The guest programs, written by embed.cmake from what the cross compiler made. */
#include "elf/fibonacci.h"
#include "elf/matrix_multiplication.h"

#define OBJECT(properties, required)                                               \
    "{\"type\":\"object\",\"properties\":{" properties "},\"required\":[" required \
    "],\"additionalProperties\":false}"
#define PROGRAM(id)                                                                    \
    .name = #id, .elf = elf_##id, .elf_bytes = sizeof elf_##id, .encode = id##_encode, \
    .decode = id##_decode
#define INT_RANGE(min, max) "{\"type\":\"integer\",\"minimum\":" min ",\"maximum\":" max "}"
#define INT32 INT_RANGE("-2147483648", "2147483647")
#define UINT64 "{\"type\":[\"integer\",\"string\"],\"minimum\":0,\"pattern\":\"^[0-9]+$\"}"
#define LIST(min, max, of) \
    "{\"type\":\"array\",\"minItems\":" min ",\"maxItems\":" max ",\"items\":" of "}"
#define NAMED(name) "\"algorithm\":{\"const\":\"" name "\"}"

static const sp_job jobs[] = {
    {
        PROGRAM(matrix_multiplication),
        .summary = "The product of two integer matrices.",
        .input_schema =
            OBJECT(NAMED("matrix_multiplication") ",\"matrix_a\":" LIST(
                       "1", "4096",
                       LIST("1", "4096", INT32)) ",\"matrix_b\":" LIST("1", "4096",
                                                                       LIST("1", "4096", INT32)),
                   "\"algorithm\",\"matrix_a\",\"matrix_b\""),
        .output_schema =
            OBJECT("\"result\":" LIST("1", "4096", LIST("1", "4096", "{\"type\":\"integer\"}")),
                   "\"result\""),
        .example = "{\"algorithm\":\"matrix_multiplication\",\"matrix_a\":[[1,2],[3,4]],"
                   "\"matrix_b\":[[5,6],[7,8]]}",
    },
    {
        PROGRAM(fibonacci),
        .summary = "The Fibonacci number F(n) modulo m (2^32 when none is given).",
        .input_schema =
            OBJECT(NAMED("fibonacci") ",\"n\":" UINT64 ",\"modulus\":" INT_RANGE("1", "4294967296"),
                   "\"algorithm\",\"n\""),
        .output_schema = OBJECT("\"value\":" INT_RANGE("0", "4294967295"), "\"value\""),
        .example = "{\"algorithm\":\"fibonacci\",\"n\":1000000,\"modulus\":1000000007}",
    },
};

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
