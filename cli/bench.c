/* bench.c - `sprove bench`: proves the mixed job a few times and prints medians. */
#include "cli/commands.h"
#include "cli/load.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_RUNS 99u

typedef struct {
    uint64_t ns[N_PROVE_PHASES + 2][MAX_RUNS]; /* phases, the recording run, the whole proof */
    uint64_t cycles, peak_bytes;
    size_t proof_bytes;
    unsigned n;
} samples;
enum { ROW_RUN = N_PROVE_PHASES, ROW_PROVE, N_ROWS };

static int compare(const void *x, const void *y)
{
    const uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return a < b ? -1 : a > b;
}

static uint64_t median(samples *s, unsigned row)
{
    qsort(s->ns[row], s->n, sizeof s->ns[row][0], compare);
    return s->ns[row][s->n / 2];
}

static int one_run(samples *s, task *t, proving *p)
{
    vm_result r;
    const uint64_t start = clock_us();
    int code = task_run(t, &r, 0, true, NULL, &p->progress);
    if (code) return code;
    s->ns[ROW_RUN][s->n] = (clock_us() - start) * 1000;
    s->cycles = r.n_cycles;
    code = proving_prove(p, t, &r);
    if (!code) {
        for (unsigned i = 0; i < N_PROVE_PHASES; i++) s->ns[i][s->n] = p->stats.ns[i];
        s->ns[ROW_PROVE][s->n] = proving_ns(&p->stats);
        s->peak_bytes = p->stats.peak_bytes;
        s->proof_bytes = p->proof_bytes;
        s->n++;
    }
    proving_free(p);
    vm_result_free(&r);
    return code;
}

static int report(const cli_args *a, samples *s, const proving *p)
{
    uint64_t ms[N_ROWS];
    for (unsigned i = 0; i < N_ROWS; i++) ms[i] = median(s, i) / 1000000;
    const uint64_t whole = median(s, ROW_PROVE);
    const uint64_t rate = whole ? s->cycles * 1000000 / (whole / 1000) : 0;
    if (a->value[OPT_JSON]) {
        json_t *j = json_object(), *phases = json_object();
        const long threads = p->o.threads ? (long)p->o.threads : sysconf(_SC_NPROCESSORS_ONLN);
        for (unsigned i = 0; i < N_PROVE_PHASES; i++)
            json_object_set_new(phases, prove_phase_name[i], json_integer((json_int_t)ms[i]));
        json_object_set_new(j, "profile", json_string(p->o.p->name));
        json_object_set_new(j, "backend", json_string(p->o.be->name));
        json_object_set_new(j, "threads", json_integer(threads));
        json_object_set_new(j, "runs", json_integer(s->n));
        json_object_set_new(j, "cycles", json_integer((json_int_t)s->cycles));
        json_object_set_new(j, "run_ms", json_integer((json_int_t)ms[ROW_RUN]));
        json_object_set_new(j, "prove_ms", json_integer((json_int_t)ms[ROW_PROVE]));
        json_object_set_new(j, "prove_min_ms",
                            json_integer((json_int_t)(s->ns[ROW_PROVE][0] / 1000000)));
        json_object_set_new(j, "prove_max_ms",
                            json_integer((json_int_t)(s->ns[ROW_PROVE][s->n - 1] / 1000000)));
        json_object_set_new(j, "cycles_per_s", json_integer((json_int_t)rate));
        json_object_set_new(j, "phases_ms", phases);
        json_object_set_new(j, "peak_bytes", json_integer((json_int_t)s->peak_bytes));
        json_object_set_new(j, "proof_bytes", json_integer((json_int_t)s->proof_bytes));
        return task_print_json(j);
    }
    printf("%" PRIu64 " cycles, profile %s, backend %s, %u run%s; medians\n\n", s->cycles,
           p->o.p->name, p->o.be->name, s->n, s->n == 1 ? "" : "s");
    printf("%-20s %8" PRIu64 " ms\n", "run, recorded", ms[ROW_RUN]);
    for (unsigned i = 0; i < N_PROVE_PHASES; i++)
        printf("%-20s %8" PRIu64 " ms\n", prove_phase_name[i], ms[i]);
    printf("%-20s %8" PRIu64 " ms (%" PRIu64 " to %" PRIu64 ")\n", "proof", ms[ROW_PROVE],
           s->ns[ROW_PROVE][0] / 1000000, s->ns[ROW_PROVE][s->n - 1] / 1000000);
    printf("\n%" PRIu64 " cycles proved in a second; %" PRIu64 " MiB; proof of %zu bytes\n", rate,
           s->peak_bytes >> 20, s->proof_bytes);
    return fflush(stdout) == EOF ? cli_fail(EXIT_IO, "cannot write to standard output") : 0;
}

int command_bench(const cli_args *a)
{
    task t;
    proving p;
    uint64_t cycles = UINT64_C(1) << 20, runs = 3;
    samples *s = calloc(1, sizeof *s);
    memset(&t, 0, sizeof t);
    if (!s) return cli_fail(EXIT_LIMIT, "not enough memory");
    int code = proving_init(&p, a);
    if (!code) code = cli_u64(a, OPT_CYCLES, 1, MACHINE_MAX_CYCLES, &cycles);
    if (!code) code = cli_u64(a, OPT_RUNS, 1, MAX_RUNS, &runs);
    if (!code) code = load_init(&t, cycles, &p.progress);
    while (!code && s->n < runs) code = one_run(s, &t, &p);
    if (!code) code = report(a, s, &p);
    task_free(&t);
    free(s);
    return code;
}
