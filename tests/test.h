/* test.h - the whole test framework: TEST(name) { CHECK(...); } in any file, one runner per binary.
 *
 * ./tests --list    names            --run SUBSTRING   only those containing it (or another)
 *         --seed N  random seed      --times           seconds per test
 * A test that cannot run here calls SKIP("why"): reported as skipped, by name, never as passed.
 * Exit code: 0 all passed, 1 a failure, 77 nothing ran but skips. */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct test_case {
    const char *name, *file;
    void (*fn)(void);
    struct test_case *next;
} test_case;

extern test_case *test_list;
extern int test_failed, test_skipped;
extern uint64_t test_seed;

/* Deterministic random words (xorshift*), seeded by --seed for each test anew. */
extern uint64_t test_state;
static inline uint32_t __attribute__((unused)) test_rand(void)
{
    test_state ^= test_state >> 12;
    test_state ^= test_state << 25;
    test_state ^= test_state >> 27;
    return (uint32_t)((test_state * UINT64_C(0x2545F4914F6CDD1D)) >> 32);
}

#define TEST(id)                                                                    \
    static void test_fn_##id(void);                                                 \
    static test_case test_case_##id = {#id, __FILE__, test_fn_##id, NULL};          \
    __attribute__((constructor)) static void test_register_##id(void)               \
    {                                                                               \
        test_case_##id.next = test_list;                                            \
        test_list = &test_case_##id;                                                \
    }                                                                               \
    static void test_fn_##id(void)

#define CHECK(x)                                                        \
    do {                                                                \
        if (!(x)) {                                                     \
            printf("%s:%d: CHECK(%s) failed\n", __FILE__, __LINE__, #x); \
            test_failed = 1;                                            \
            return;                                                     \
        }                                                               \
    } while (0)
#define CHECK_EQ(a, b)                                                                          \
    do {                                                                                        \
        unsigned long long a_ = (unsigned long long)(a), b_ = (unsigned long long)(b);          \
        if (a_ != b_) {                                                                         \
            printf("%s:%d: %s = %llu (0x%llx), %s = %llu (0x%llx)\n", __FILE__, __LINE__, #a,   \
                   a_, a_, #b, b_, b_);                                                         \
            test_failed = 1;                                                                    \
            return;                                                                             \
        }                                                                                       \
    } while (0)
#define CHECK_BYTES(a, b, n) CHECK(memcmp((a), (b), (n)) == 0)
#define SKIP(why)                       \
    do {                                \
        printf("  skipped: %s\n", why); \
        test_skipped = 1;               \
        return;                         \
    } while (0)

#endif
