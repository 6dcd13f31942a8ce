/* estimate_rows.c - what an estimate says of a proof's rows against real proofs: equal where they
 * were counted, near where the cycles alone are known. */
#include "core/params.h"
#include "guest/host/jobs.h"
#include "market/work.h"
#include "node/selfbench.h"
#include "relayer/estimate.h"
#include "relayer/programs.h"
#include "tests/test.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB ((uint64_t)1 << 20)
#define SPLIT_PER_CENT 6
#define WHOLE_PER_CENT 15

/* ---- payloads of a size ---- */

typedef struct {
    char *text;
    size_t n, room;
} payload;

static __attribute__((format(printf, 2, 3))) void add(payload *p, const char *format, ...)
{
    va_list ap;
    if (p->room - p->n < 256) p->text = realloc(p->text, p->room = 2 * p->room + 512);
    va_start(ap, format);
    p->n += (size_t)vsnprintf(p->text + p->n, p->room - p->n, format, ap);
    va_end(ap);
}

static void add_matrix(payload *p, char name, unsigned n)
{
    add(p, ",\"matrix_%c\":[", name);
    for (unsigned i = 0; i < n * n; i++)
        add(p, "%s%s%u%s", i && i % n == 0 ? "," : "", i % n ? "," : "[", (7 * i + 13) % 100,
            i % n == n - 1 ? "]" : "");
    add(p, "]");
}

static payload make(const char *job, unsigned n)
{
    payload p = {NULL, 0, 0};
    if (strcmp(job, "matrix_multiplication") == 0) {
        add(&p, "{\"algorithm\":\"matrix_multiplication\"");
        add_matrix(&p, 'a', n);
        add_matrix(&p, 'b', n);
        add(&p, "}");
    } else if (strcmp(job, "sort") == 0) {
        add(&p, "{\"algorithm\":\"sort\",\"values\":[");
        for (uint32_t i = 0, x = 1; i < n; i++, x = x * 1103515245u + 12345u)
            add(&p, "%s%u", i ? "," : "", x >> 8);
        add(&p, "]}");
    } else if (strcmp(job, "hash") == 0) {
        add(&p, "{\"algorithm\":\"sha256\",\"text\":\"abc\",\"iterations\":%u}", n);
    } else if (strcmp(job, "mixed") == 0) {
        add(&p, "{\"algorithm\":\"mixed\",\"rounds\":%u}", n);
    } else if (strcmp(job, "prime") == 0) {
        add(&p, "{\"algorithm\":\"prime\",\"operation\":\"next_prime\",\"n\":%u}", n);
    } else {
        add(&p, "%s", sp_job_find(job)->example);
    }
    return p;
}

/* ---- a run of it ---- */

static bool work_once(work_result *r, enum work_kind kind, const char *job, unsigned n,
                      const char *profile)
{
    payload p = make(job, n);
    char err[200], why[SANDBOX_WHY];
    uint8_t *input = NULL;
    work_request q;
    const work_options o = {.program = SP_TEST_WORKER, .dir = "/tmp", .wall_ms = 120000};
    memset(&q, 0, sizeof q);
    q.kind = kind;
    q.job = job;
    q.profile = profile;
    q.threads = 2;
    q.memory = 2048 * MIB;
    q.count_rows = kind == WORK_EXECUTE;
    work_job *w = NULL;
    bool ok =
        sp_job_find(job)->encode(p.text, p.n, &input, &q.input_bytes, err, sizeof err) == SP_OK;
    q.input = input;
    ok = ok && work_start(&w, &q, &o, why) == SP_OK;
    free(input);
    free(p.text);
    while (ok && !work_step(w, 1000)) {}
    if (ok) *r = *work_done(w);
    work_delete(w);
    return ok;
}

/* A run that took long for once is not counted: again. */
static bool work(work_result *r, enum work_kind kind, const char *job, unsigned n,
                 const char *profile)
{
    bool ok = work_once(r, kind, job, n, profile);
    for (unsigned i = 0; ok && i < 100 && r->code == WORK_SUCCESS && r->trace_rows == 0; i++)
        ok = work_once(r, kind, job, n, profile);
    return ok;
}

static uint64_t distance_ppm(uint64_t a, uint64_t b)
{
    return (a > b ? a - b : b - a) * 1000000 / b;
}

/* Of one run the estimate by its cycles; returns how far it is off, in parts of a million; much
 * where there is none, or a node would promise less than comes. */
static uint64_t off(const char *job, unsigned n, const work_result *r, const char *profile)
{
    uint64_t rows = 0;
    const params *p = params_by_name(profile);
    if (estimate_rows(&rows, r->cycles, program_table_rows(sp_job_find(job)),
                      estimate_rows_per_1000(p->max_instances)) != SP_OK ||
        selfbench_rows(r->cycles) < r->trace_rows)
        return UINT64_MAX;
    const uint64_t ppm = distance_ppm(rows, r->trace_rows);
    printf("  %-8s %-22s %7u: %8llu cycles, %8llu rows, %9llu cells; estimated %8llu (%s%llu.%llu"
           " %%)\n",
           profile, job, n, (unsigned long long)r->cycles, (unsigned long long)r->trace_rows,
           (unsigned long long)r->trace_cells, (unsigned long long)rows,
           rows < r->trace_rows ? "-" : "+", (unsigned long long)(ppm / 10000),
           (unsigned long long)(ppm / 1000 % 10));
    return ppm;
}

static const struct {
    const char *job;
    unsigned n;
    bool prove;
} runs[] = {{"matrix_multiplication", 2, true},
            {"matrix_multiplication", 16, true},
            {"matrix_multiplication", 32, false},
            {"matrix_multiplication", 64, false},
            {"sort", 100, true},
            {"sort", 10000, false},
            {"hash", 1, true},
            {"hash", 10, true},
            {"hash", 100, false},
            {"mixed", 50, true},
            {"mixed", 1250, false},
            {"mixed", 6250, false},
            {"prime", 1000000, true},
            {"modexp", 0, true},
            {"mlp_int8", 0, true},
            {"fibonacci", 0, true}};

static void compare(const char *profile, uint64_t per_cent)
{
    uint64_t worst = 0;
    for (size_t i = 0; i < SP_COUNT(runs); i++) {
        work_result counted;
        CHECK(work(&counted, WORK_EXECUTE, runs[i].job, runs[i].n, profile));
        CHECK_EQ(counted.code, WORK_SUCCESS);
        CHECK(counted.trace_rows > counted.cycles && counted.trace_cells > counted.trace_rows);
        const uint64_t ppm = off(runs[i].job, runs[i].n, &counted, profile);
        worst = ppm > worst ? ppm : worst;
    }
    printf("  %s: at most %llu.%llu %% off\n", profile, (unsigned long long)(worst / 10000),
           (unsigned long long)(worst / 1000 % 10));
    CHECK(worst <= per_cent * 10000);
}

TEST(estimates_by_cycles_are_near_where_chips_are_cut) { compare("balanced", SPLIT_PER_CENT); }

TEST(estimates_by_cycles_are_near_where_chips_are_whole) { compare("chain", WHOLE_PER_CENT); }

/* The rows and cells of a proof that was made, and verified by its maker. */
TEST(counted_rows_are_those_of_the_proof)
{
    for (size_t i = 0; i < SP_COUNT(runs); i++) {
        work_result counted, proved;
        if (!runs[i].prove) continue;
        CHECK(work(&counted, WORK_EXECUTE, runs[i].job, runs[i].n, "bench"));
        CHECK(work(&proved, WORK_PROVE, runs[i].job, runs[i].n, "bench"));
        CHECK_EQ(proved.code, WORK_SUCCESS);
        CHECK(proved.proof_bytes > 0 && proved.trace_rows > 0);
        CHECK_EQ(counted.cycles, proved.cycles);
        CHECK_EQ(counted.trace_rows, proved.trace_rows);
        CHECK_EQ(counted.trace_cells, proved.trace_cells);
        CHECK(off(runs[i].job, runs[i].n, &proved, "bench") <= SPLIT_PER_CENT * 10000);
    }
}

TEST(what_no_proof_holds_is_said_without_proving)
{
    work_result r;
    CHECK(work(&r, WORK_EXECUTE, "matrix_multiplication", 100, "chain")); /* 2^21 rows of ALU */
    CHECK_EQ(r.code, WORK_PROOF_LIMIT);
    CHECK(strstr(r.detail, "do not fit one proof of profile chain") != NULL);
    CHECK(work(&r, WORK_EXECUTE, "matrix_multiplication", 100, "balanced"));
    CHECK(r.code == WORK_SUCCESS && r.trace_rows > 3000000);
}
