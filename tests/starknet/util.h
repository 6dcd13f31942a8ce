/* util.h - felts from text, comparison by their shortest text, random felts. */
#ifndef TESTS_STARKNET_UTIL_H
#define TESTS_STARKNET_UTIL_H

#include "starknet/calldata.h"
#include "tests/test.h"

/* Hexadecimal ("0x...") or decimal; a text that is no felt fails the test and gives 0. */
felt felt_of(const char *text);
felt felt_random(void);
/* Most values random, some at the edges: 0, 1, 2, P-1, P-2, 2^251, 2^251-1, 2^128. */
felt felt_random_edge(void);

#define CHECK_HEX(f, text)                                                           \
    do {                                                                             \
        char is_[FELT_HEX], want_[FELT_HEX];                                         \
        felt_write_hex(is_, f);                                                      \
        felt_write_hex(want_, felt_of(text));                                        \
        if (strcmp(is_, want_)) {                                                    \
            printf("%s:%d: %s is %s, not %s\n", __FILE__, __LINE__, #f, is_, want_); \
            test_failed = 1;                                                         \
            return;                                                                  \
        }                                                                            \
    } while (0)

#endif
