/* fuzz_bundle.c - fuzz entry of the archive of a result. What is accepted is what it is written as
 * again. */
#include "market/bundle.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static const char *const seed_part[BUNDLE_PARTS] = {
    "{\"task_id\":\"0192f0c1-5a3b-7c4d-8e5f-0123456789ab\"}",
    "sverify proof\n",
    "{\"attempt\":1}",
    "{\"contradictions\":[]}",
    "\177ELF",
    "",
    "output",
    "proof"};

static size_t put(uint8_t *to, size_t n, const char *name, const void *bytes, size_t bytes_n,
                  int64_t time_s)
{
    bundle_header((char *)to + n, name, bytes_n, time_s);
    n += BUNDLE_BLOCK;
    const size_t whole = (bytes_n + BUNDLE_BLOCK - 1) / BUNDLE_BLOCK * BUNDLE_BLOCK;
    memset(to + n, 0, whole);
    if (bytes_n) memcpy(to + n, bytes, bytes_n);
    return n + whole;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bundle b;
    bundle_error err;
    if (bundle_read(&b, data, size, &err) != SP_OK) {
        if (!err.text || !err.name || err.offset > size) abort();
        return 0;
    }
    uint8_t *again = malloc(size);
    size_t n = 0;
    if (!again) return 0;
    for (unsigned p = 0; p < BUNDLE_PARTS; p++)
        n = put(again, n, bundle_name[p], b.part[p].at, b.part[p].n, b.time_s);
    memset(again + n, 0, 2 * BUNDLE_BLOCK);
    if (n + 2 * BUNDLE_BLOCK != size || memcmp(again, data, size)) abort();
    free(again);
    return 0;
}

size_t fuzz_seed(uint8_t *data, size_t cap)
{
    size_t n = 0;
    if (cap < (2 * BUNDLE_PARTS + 2) * BUNDLE_BLOCK) return 0;
    for (unsigned p = 0; p < BUNDLE_PARTS; p++)
        n = put(data, n, bundle_name[p], seed_part[p], strlen(seed_part[p]), 1700000000);
    memset(data + n, 0, 2 * BUNDLE_BLOCK);
    return n + 2 * BUNDLE_BLOCK;
}

bool fuzz_seed_is_good(const uint8_t *data, size_t size)
{
    bundle b;
    bundle_error err;
    return bundle_read(&b, data, size, &err) == SP_OK;
}
