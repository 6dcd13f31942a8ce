/* test_main.c - runs the TESTs linked into this binary. */
#include "tests/test.h"

test_case *test_list;
int test_failed, test_skipped;
uint64_t test_seed = 1, test_state;

int main(int argc, char **argv)
{
    const char *only[64];
    unsigned n_only = 0;
    int list = 0, times = 0, ran = 0, failed = 0, skipped = 0;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--list")) list = 1;
        else if (!strcmp(argv[i], "--times")) times = 1;
        else if (!strcmp(argv[i], "--run") && i + 1 < argc && n_only < 64) only[n_only++] = argv[++i];
        else if (!strcmp(argv[i], "--seed") && i + 1 < argc) test_seed = strtoull(argv[++i], NULL, 0);
        else return fprintf(stderr, "usage: %s [--list] [--run NAME] [--seed N] [--times]\n", argv[0]), 2;
    }
    test_case *rev = NULL; /* registration order */
    while (test_list) {
        test_case *t = test_list;
        test_list = t->next;
        t->next = rev;
        rev = t;
    }
    for (test_case *t = rev; t; t = t->next) {
        unsigned k = 0;
        while (k < n_only && !strstr(t->name, only[k])) k++;
        if (n_only && k == n_only) continue;
        if (list) {
            puts(t->name);
            continue;
        }
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        test_failed = test_skipped = 0;
        test_state = test_seed * UINT64_C(0x9E3779B97F4A7C15) + 0x1234567;
        t->fn();
        clock_gettime(CLOCK_MONOTONIC, &b);
        ran += !test_skipped;
        failed += test_failed;
        skipped += test_skipped;
        if (test_failed) printf("FAILED %s (%s, --seed %" PRIu64 ")\n", t->name, t->file, test_seed);
        else if (test_skipped) printf("skipped %s\n", t->name);
        else if (times)
            printf("ok %s %.3f s\n", t->name,
                   (double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec));
        fflush(stdout);
    }
    if (list) return 0;
    printf("%d passed, %d failed, %d skipped\n", ran - failed, failed, skipped);
    return failed ? 1 : !ran && skipped ? 77 : 0;
}
