/* malformed_test.c - a guest does not trust the encoder: bytes that no payload encodes to make it
 * panic. */
#include "tests/guest/jobs.h"

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
