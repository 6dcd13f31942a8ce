/* replay_main.c - runs a fuzz target on the files given, or on mutations of its built-in seed.
 *
 * TARGET FILE...                          each file once, as with libFuzzer
 * TARGET [--runs N] [--seed N]            N deterministic mutations
 * A finding is a crash (or a sanitizer's report): the exit code is then not 0. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

static uint32_t random32(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * UINT64_C(0x2545F4914F6CDD1D)) >> 32);
}

/* The target gets a block of exactly this size, so that a sanitizer sees reads beyond it. */
static bool run(const uint8_t *data, size_t n)
{
    uint8_t *copy = (uint8_t *)malloc(n ? n : 1);
    if (!copy) return false;
    if (n) memcpy(copy, data, n);
    (void)LLVMFuzzerTestOneInput(copy, n);
    free(copy);
    return true;
}

static int run_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *b = NULL;
    size_t n = 0, got = 0;
    if (!f) return perror(path), 1;
    do {
        n += got;
        uint8_t *grown = (uint8_t *)realloc(b, n + 65536);
        if (!grown) break;
        b = grown;
    } while ((got = fread(b + n, 1, 65536, f)) > 0);
    const bool ok = b && !ferror(f) && run(b, n);
    fclose(f);
    free(b);
    if (!ok) fprintf(stderr, "%s: cannot read\n", path);
    return ok ? 0 : 1;
}

/* Changes 1 to 8 places: bytes, bits, words with edge values, moved, cut and repeated pieces. */
static size_t mutate(uint8_t *b, size_t n, size_t cap)
{
    static const uint32_t edges[] = {0,          1,          2,          4,          0x7f,
                                     0x80,       0xff,       0x100,      0xffff,     0x10000,
                                     0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffc, 0xffffffff};
    for (uint32_t left = 1 + random32() % 8; left && n; left--) {
        const size_t at = random32() % n, m = random32() % 32;
        switch (random32() % 8) {
        case 0: b[at] = (uint8_t)random32(); break;
        case 1: b[at] ^= (uint8_t)(1u << random32() % 8); break;
        case 2:
        case 3:
        case 4: { /* a word, mostly aligned */
            const uint32_t v =
                edges[random32() % (sizeof edges / sizeof *edges)] + random32() % 3 - 1;
            const size_t w = random32() % 4 ? at & ~(size_t)3 : at;
            for (size_t k = 0; k < 4 && w + k < n; k++) b[w + k] = (uint8_t)(v >> 8 * k);
            break;
        }
        case 5: /* a piece from elsewhere */
            if (m < n) memmove(b + random32() % (n - m), b + random32() % (n - m), m);
            break;
        case 6: /* cut at the end */
            if (random32() % 4 == 0) n = at;
            break;
        default: /* insert */
            if (random32() % 4 == 0 && n + m <= cap) {
                memmove(b + at + m, b + at, n - at);
                n += m;
            }
        }
    }
    return n;
}

int main(int argc, char **argv)
{
    static uint8_t seed[FUZZ_SEED_MAX], input[2 * FUZZ_SEED_MAX];
    unsigned long runs = 20000;
    uint64_t start = 1;
    int failed = 0, files = 0;
    for (int k = 1; k < argc; k++) {
        if (!strcmp(argv[k], "--runs") && k + 1 < argc)
            runs = strtoul(argv[++k], NULL, 0);
        else if (!strcmp(argv[k], "--seed") && k + 1 < argc)
            start = strtoull(argv[++k], NULL, 0);
        else {
            failed |= run_file(argv[k]);
            files++;
        }
    }
    if (files) return failed;
    const size_t n = fuzz_seed(seed, sizeof seed);
    if (n == 0 || !fuzz_seed_is_good(seed, n))
        return fprintf(stderr, "the built-in seed is not accepted\n"), 1;
    if (!run(seed, n) || !run(seed, 0)) return 1;
    state = start * UINT64_C(0x9E3779B97F4A7C15) + 0x1234567;
    for (unsigned long k = 0; k < runs; k++) {
        memcpy(input, seed, n);
        if (!run(input, mutate(input, n, sizeof input))) return 1;
    }
    printf("%lu mutations of a seed of %zu bytes, --seed %llu\n", runs, n,
           (unsigned long long)start);
    return 0;
}
