/* bench.h - the frame of the ladder of small benchmarks: options, clock, minimum/median/maximum.
 *
 * Every program takes --backend NAME (default auto), --log N (largest size), --samples N,
 * --threads N (default 1) and --json. What is timed runs once before the clock starts; setup stands
 * outside it. */
#ifndef BENCHES_BENCH_H
#define BENCHES_BENCH_H

#include "prover/backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#define BENCH_MAX_SAMPLES 200u

typedef struct {
    const backend *be;
    unsigned log, samples, threads;
    bool json, any;
} bench;

static inline double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}
static inline int bench_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Reads the options; exits with 2 on a bad one. */
static inline bench bench_init(int argc, char **argv, unsigned log)
{
    bench b = {NULL, log, 9, 1, false, false};
    const char *name = "auto";
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--json") == 0) {
            b.json = true;
            continue;
        }
        if (strcmp(argv[i], "--backend") == 0)
            name = value;
        else if (strcmp(argv[i], "--log") == 0)
            b.log = (unsigned)strtoul(value, NULL, 10);
        else if (strcmp(argv[i], "--samples") == 0)
            b.samples = (unsigned)strtoul(value, NULL, 10);
        else if (strcmp(argv[i], "--threads") == 0)
            b.threads = (unsigned)strtoul(value, NULL, 10);
        else
            value = "";
        if (!*value) {
            (void)fprintf(stderr,
                          "usage: %s [--backend NAME] [--log N] [--samples N] "
                          "[--threads N] [--json]\n",
                          argv[0]);
            exit(2);
        }
        i++;
    }
    b.be = backend_find(name);
    if (!b.be || b.log < 10 || b.log > 24 || b.samples < 1 || b.samples > BENCH_MAX_SAMPLES) {
        (void)fprintf(stderr, "%s: no such backend here, or a size out of range\n", argv[0]);
        exit(2);
    }
#ifdef _OPENMP
    omp_set_num_threads((int)b.threads);
#endif
    if (backend_prepare(b.log + 1) != SP_OK) exit(1);
    if (b.json)
        printf("{\"backend\": \"%s\", \"threads\": %u, \"results\": [", b.be->name, b.threads);
    else
        printf("backend %s, %u thread(s), %u samples\n%-34s %10s %10s %10s\n", b.be->name,
               b.threads, b.samples, "", "min", "median", "max");
    return b;
}

/* Times fn(user) and prints nanoseconds per unit: `units` of them are done by one call. */
static inline void bench_run(bench *b, const char *what, unsigned log, double units,
                             const char *unit, void (*fn)(const bench *b, void *user), void *user)
{
    double t[BENCH_MAX_SAMPLES];
    fn(b, user);
    for (unsigned i = 0; i < b->samples; i++) {
        double start = bench_now();
        fn(b, user);
        t[i] = (bench_now() - start) / units;
    }
    qsort(t, b->samples, sizeof t[0], bench_compare);
    const double min = t[0], median = t[b->samples / 2], max = t[b->samples - 1];
    if (b->json)
        printf("%s\n {\"what\": \"%s\", \"log\": %u, \"unit\": \"ns per %s\", \"min\": %.4f, "
               "\"median\": %.4f, \"max\": %.4f}",
               b->any ? "," : "", what, log, unit, min, median, max);
    else
        printf("%-26s 2^%-2u     %10.3f %10.3f %10.3f  ns per %s\n", what, log, min, median, max,
               unit);
    b->any = true;
}
static inline int bench_end(const bench *b)
{
    if (b->json) printf("\n]}\n");
    return 0;
}

/* n columns of 2^log canonical words, their starts staggered as the prover's arena staggers them;
 * never freed. */
static inline uint32_t **bench_columns(size_t n, unsigned log)
{
    uint32_t **cols = (uint32_t **)malloc(n * sizeof *cols), v = 12345;
    for (size_t i = 0; cols && i < n; i++) {
        const size_t words = (size_t)1 << log, offset = 16 * (i % 64);
        uint32_t *p = (uint32_t *)aligned_alloc(4096, (words + 1024) * sizeof *p);
        if (!p) exit(1);
        cols[i] = p + offset;
        for (size_t s = 0; s < words; s++) {
            v = v * 1664525u + 1013904223u;
            cols[i][s] = v % M31_P;
        }
    }
    if (!cols) exit(1);
    return cols;
}
static inline const uint32_t *const *bench_ro(uint32_t *const *cols)
{
    return (const uint32_t *const *)cols;
}
static inline qm31 bench_felt(uint32_t v)
{
    return qm31_from4(m31_from_u32(v * 7919u), m31_from_u32(v * 104729u + 1), m31_from_u32(v + 2),
                      m31_from_u32(v * 31337u + 3));
}
static inline circle_point_q bench_point(void)
{
    qm31 t = bench_felt(99), t2 = qm31_mul(t, t), inv = qm31_inv(qm31_add(qm31_one(), t2));
    circle_point_q p;
    p.x = qm31_mul(qm31_sub(qm31_one(), t2), inv);
    p.y = qm31_mul(qm31_add(t, t), inv);
    return p;
}

#endif
