/* seed_main.c - TARGET --write-seed FILE, for a target linked with libFuzzer: writes its built-in
 * seed, which a corpus starts with. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);

/* libFuzzer calls it first. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static uint8_t seed[FUZZ_SEED_MAX];
    if (*argc != 3 || strcmp((*argv)[1], "--write-seed") != 0) return 0;
    const size_t n = fuzz_seed(seed, sizeof seed);
    if (n == 0 || !fuzz_seed_is_good(seed, n)) {
        fprintf(stderr, "the built-in seed is not accepted\n");
        exit(1);
    }
    FILE *f = fopen((*argv)[2], "wb");
    bool good = f && fwrite(seed, 1, n, f) == n;
    if (f && fclose(f) != 0) good = false;
    if (!good) perror((*argv)[2]);
    exit(good ? 0 : 1);
}
