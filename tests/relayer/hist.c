/* hist.c - histograms and medians against counting and sorting. */
#include "relayer/hist.h"
#include "relayer/recent.h"
#include "tests/test.h"

static int compare(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

TEST(recent_median_is_that_of_the_last_ones)
{
    static recent r;
    static uint64_t all[3 * RECENT + 7], sorted[RECENT];
    uint64_t v;
    memset(&r, 0, sizeof r);
    CHECK(!recent_median(&v, &r));
    for (size_t i = 0; i < 3 * RECENT + 7; i++) {
        all[i] = test_rand() % 5000;
        recent_add(&r, all[i]);
        if (i > 20 && i % 97 != 0) continue; /* all of them would take long */
        const size_t n = i + 1 < RECENT ? i + 1 : RECENT;
        memcpy(sorted, all + i + 1 - n, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, compare);
        CHECK(recent_median(&v, &r));
        CHECK_EQ(v, sorted[(n - 1) / 2]);
    }
}

TEST(hist_seconds_writes_what_is_there)
{
    static const struct {
        uint64_t ns;
        const char *text;
    } cases[] = {{0, "0"},
                 {1, "0.000000001"},
                 {100000, "0.0001"},
                 {2500000, "0.0025"},
                 {UINT64_C(1000000000), "1"},
                 {UINT64_C(60000000000), "60"},
                 {UINT64_C(86400000000001), "86400.000000001"},
                 {UINT64_MAX, "18446744073.709551615"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[HIST_SECONDS];
        hist_seconds(text, cases[i].ns);
        CHECK(strcmp(text, cases[i].text) == 0);
    }
}

/* What is written: every bucket counts all up to its bound, and the last one everything. */
TEST(hist_buckets_hold_all_up_to_their_bounds)
{
    for (unsigned k = 0; k < HIST_KINDS; k++) {
        static uint64_t value[2000];
        hist h;
        memset(&h, 0, sizeof h);
        uint64_t sum = 0;
        for (size_t i = 0; i < 2000; i++) {
            value[i] = ((uint64_t)test_rand() << (test_rand() % 16)) >> (test_rand() % 32);
            if (i < 13) value[i] = UINT64_C(1) << i; /* bounds of HIST_SIZES themselves */
            sum += value[i];
            hist_add(&h, (hist_kind)k, value[i]);
        }
        CHECK_EQ(hist_total(&h), 2000);
        char *text = NULL;
        size_t n;
        FILE *out = open_memstream(&text, &n);
        CHECK(out != NULL);
        hist_write(out, "x", "a=\"b\"", &h, (hist_kind)k);
        CHECK(fclose(out) == 0);
        uint64_t before = 0, lines = 0;
        for (const char *p = text; (p = strstr(p, "le=\"")) != NULL; lines++) {
            uint64_t bound = 0, part = 1, unit = k == HIST_SIZES ? 1 : UINT64_C(1000000000);
            bool point = false, last = strncmp(p + 4, "+Inf", 4) == 0;
            for (p += 4; *p != '"'; p++) {
                if (*p == '.') {
                    point = true;
                } else if (!last) {
                    bound = 10 * bound + (uint64_t)(*p - '0');
                    if (point) part *= 10;
                }
            }
            bound = last ? UINT64_MAX : bound * (unit / part);
            CHECK(bound > before);
            before = bound;
            uint64_t expected = 0;
            for (size_t i = 0; i < 2000; i++) expected += value[i] <= bound;
            CHECK_EQ(strtoull(p + 2, NULL, 10), expected);
        }
        CHECK(lines > 10);
        CHECK(strstr(text, "sprove_x_count{a=\"b\"} 2000\n") != NULL);
        if (k == HIST_SIZES) {
            char line[80];
            (void)snprintf(line, sizeof line, "sprove_x_sum{a=\"b\"} %" PRIu64 "\n", sum);
            CHECK(strstr(text, line) != NULL);
        }
        free(text);
    }
}
