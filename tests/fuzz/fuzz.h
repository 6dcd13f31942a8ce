/* fuzz.h - what a fuzz target offers: the entry that libFuzzer calls, and a valid seed for
 * replay_main.c, which runs the targets without libFuzzer. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FUZZ_SEED_MAX 65536u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Writes a valid input; returns its length, at most cap and FUZZ_SEED_MAX. */
size_t fuzz_seed(uint8_t *data, size_t cap);
/* Whether the seed is still accepted by what is fuzzed: a rejected seed would test nothing. */
bool fuzz_seed_is_good(const uint8_t *data, size_t size);

#endif
