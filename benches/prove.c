/* prove.c - a whole proof of the job `mixed`, by phase.
 *
 * bench_prove [--cycles N] [--profile NAME] [--backend NAME] [--threads N] [--samples N]
 * [--operations] [--json]. Every sample runs the job recording, proves it and verifies the proof.
 * The rate is cycles over the time of prove() alone, grinding in it; the recording run is printed
 * beside it. How long grinding takes is chance, so the rate is also given with its mean in its
 * place. Peak memory is the process's, record and proof. --operations times the backend's
 * operations too, of the fastest sample. */
#include "benches/timed_backend.h"
#include "guest/host/jobs.h"
#include "prover/cpu/parallel.h"
#include "prover/prove.h"
#include "verifier/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define MAX_SAMPLES 64u
#define MODE MACHINE_IO_WORDS

typedef struct {
    const params *p;
    const backend *be;
    unsigned threads, samples;
    uint64_t cycles;
    bool json, operations;
    double grind_hash_ns;
} options;

typedef struct {
    double prove_ms, run_ms, verify_ms;
    uint64_t cycles;
    size_t proof_bytes;
    prove_stats stats;
    uint64_t op_ns[N_TIMED_OPS], op_calls[N_TIMED_OPS];
} sample;

typedef struct {
    vm_program program;
    uint8_t *input;
    size_t input_bytes;
    uint32_t program_id[7];
} job;

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static bool failed(const char *what)
{
    (void)fprintf(stderr, "bench_prove: %s\n", what);
    return false;
}

/* The input of so many rounds, and the cycles it takes. */
static bool job_rounds(job *j, uint64_t rounds, uint64_t *cycles)
{
    const sp_job *mixed = sp_job_find("mixed");
    char json[64], text[256] = "";
    vm_options vo;
    vm_result run;
    vm_error ve = {""};
    free(j->input);
    j->input = NULL;
    (void)snprintf(json, sizeof json, "{\"algorithm\":\"mixed\",\"rounds\":%" PRIu64 "}", rounds);
    if (mixed->encode(json, strlen(json), &j->input, &j->input_bytes, text, sizeof text) != SP_OK)
        return failed(text);
    memset(&vo, 0, sizeof vo);
    vo.input = j->input;
    vo.input_bytes = (uint32_t)j->input_bytes;
    vo.mode = MODE;
    const sp_status st = vm_run(&run, &j->program, &vo, &ve);
    *cycles = run.n_cycles;
    vm_result_free(&run);
    return st == SP_OK || failed(ve.text);
}

/* Takes at least o->cycles, and no more than a round or two above: a round takes up to
 * CYCLES_PER_ROUND. */
#define CYCLES_PER_ROUND 142
static bool job_init(job *j, const options *o)
{
    const sp_job *mixed = sp_job_find("mixed");
    vm_error ve = {""};
    prove_error pe = {""};
    uint64_t rounds = 0, cycles = 0;
    memset(j, 0, sizeof *j);
    if (!mixed) return failed("there is no job mixed");
    if (vm_program_init(&j->program, mixed->elf, mixed->elf_bytes, MODE, &ve) != SP_OK)
        return failed(ve.text);
    do {
        rounds += (o->cycles - cycles) / CYCLES_PER_ROUND + 1;
        if (!job_rounds(j, rounds, &cycles)) return false;
    } while (cycles < o->cycles);
    if (prove_program_id(j->program_id, &j->program, MODE, o->p, o->be, &pe) != SP_OK)
        return failed(pe.text);
    return true;
}

static bool check(const job *j, const options *o, const vm_result *run, const uint8_t *proof,
                  size_t n)
{
    verify_expect e;
    verify_reason why;
    verify_scratch *s = malloc(sizeof *s);
    if (!s) return failed("out of memory");
    memset(&e, 0, sizeof e);
    e.profile = (uint32_t)o->p->id;
    e.allow_unsound = true;
    e.program_id = j->program_id;
    e.has_io = true;
    e.input = j->input;
    e.input_bytes = (uint32_t)j->input_bytes;
    e.output = run->output;
    e.output_bytes = run->output_bytes;
    const sp_status st = verify(proof, n, &e, s, &why);
    free(s);
    return st == SP_OK || failed(why.text);
}

static bool measure(sample *s, const job *j, const options *o)
{
    vm_options vo;
    vm_result run;
    vm_error ve = {""};
    prove_options po;
    prove_error pe = {""};
    uint8_t *proof = NULL;
    memset(s, 0, sizeof *s);
    memset(&vo, 0, sizeof vo);
    memset(&po, 0, sizeof po);
    vo.input = j->input;
    vo.input_bytes = (uint32_t)j->input_bytes;
    vo.mode = MODE;
    vo.record = true;
    po.p = o->p;
    po.be = o->be;
    po.threads = o->threads;

    double start = now_ms();
    if (vm_run(&run, &j->program, &vo, &ve) != SP_OK) return failed(ve.text);
    s->run_ms = now_ms() - start;
    s->cycles = run.n_cycles;
    timed_clear();
    start = now_ms();
    bool ok = prove(&proof, &s->proof_bytes, &j->program, &run, j->input, (uint32_t)j->input_bytes,
                    MODE, &po, &s->stats, &pe) == SP_OK;
    s->prove_ms = now_ms() - start;
    timed_read(s->op_ns, s->op_calls);
    if (!ok) (void)failed(pe.text);
    start = now_ms();
    ok = ok && check(j, o, &run, proof, s->proof_bytes);
    s->verify_ms = now_ms() - start;
    free(proof);
    vm_result_free(&run);
    return ok;
}

static int compare(const void *x, const void *y)
{
    const double a = ((const sample *)x)->prove_ms, b = ((const sample *)y)->prove_ms;
    return a < b ? -1 : a > b;
}

/* Time of a proof whose grinding phase (all but the lookup and commit nonces) takes its mean, from
 * the fastest sample. */
static double mean_ms(const options *o, const sample *s)
{
    const unsigned bits[3] = {o->p->grind_oods, o->p->grind_deep, o->p->grind_query};
    double hashes = 0;
    for (unsigned i = 0; i < 3; i++) hashes += bits[i] ? (double)(UINT64_C(1) << bits[i]) : 0;
    return s->prove_ms - (double)s->stats.ns[PHASE_GRIND] * 1e-6 + hashes * o->grind_hash_ns * 1e-6;
}

static double least_verify(const sample *s, unsigned n)
{
    double r = s[0].verify_ms;
    for (unsigned i = 1; i < n; i++)
        if (s[i].verify_ms < r) r = s[i].verify_ms;
    return r;
}

static void print_times_json(const char *name, const char *const *names, const uint64_t *ns,
                             unsigned n)
{
    const char *comma = "";
    (void)printf(",\"%s\":{", name);
    for (unsigned i = 0; i < n; i++) {
        if (ns[i] == 0) continue;
        (void)printf("%s\"%s\":%.3f", comma, names[i], (double)ns[i] * 1e-6);
        comma = ",";
    }
    (void)printf("}");
}

/* Samples sorted by time. */
static void report_json(const options *o, const sample *s, uint64_t rss)
{
    const unsigned n = o->samples;
    const double rate = (double)s[0].cycles * 1e3;
    (void)printf("{\"bench\":\"prove\",\"job\":\"mixed\",\"profile\":\"%s\",\"backend\":\"%s\","
                 "\"threads\":%u,\"samples\":%u,\"cycles\":%" PRIu64 ",",
                 o->p->name, o->be->name, o->threads, n, s[0].cycles);
    (void)printf("\"prove.%s.cycles_per_s\":{\"min\":%.0f,\"median\":%.0f,\"max\":%.0f},",
                 o->p->name, rate / s[n - 1].prove_ms, rate / s[n / 2].prove_ms,
                 rate / s[0].prove_ms);
    (void)printf("\"prove.%s.cycles_per_s_mean_grind\":%.0f,\"grind_hash_ns\":%.3f,", o->p->name,
                 rate / mean_ms(o, s), o->grind_hash_ns);
    (void)printf("\"prove_ms\":{\"min\":%.3f,\"median\":%.3f,\"max\":%.3f},\"run_ms\":%.3f,"
                 "\"verify_ms\":%.3f,\"proof_bytes\":%zu,\"prover_bytes\":%" PRIu64
                 ",\"peak_rss_bytes\":%" PRIu64,
                 s[0].prove_ms, s[n / 2].prove_ms, s[n - 1].prove_ms, s[0].run_ms,
                 least_verify(s, n), s[0].proof_bytes, s[0].stats.peak_bytes, rss);
    print_times_json("phases_ms", prove_phase_name, s[0].stats.ns, N_PROVE_PHASES);
    if (o->operations) print_times_json("operations_ms", timed_op_name, s[0].op_ns, N_TIMED_OPS);
    (void)printf("}\n");
}

static void report_text(const options *o, const sample *s, uint64_t rss)
{
    const unsigned n = o->samples;
    const double rate = (double)s[0].cycles;
    (void)printf("mixed, %" PRIu64 " cycles, profile %s, backend %s, %u threads (0: all), "
                 "%u samples\n",
                 s[0].cycles, o->p->name, o->be->name, o->threads, n);
    for (unsigned i = 0; i < N_PROVE_PHASES; i++)
        (void)printf("  %-20s %9.1f ms\n", prove_phase_name[i], (double)s[0].stats.ns[i] * 1e-6);
    (void)printf("prove: min %.1f, median %.1f, max %.1f ms; %.0f, %.0f, %.0f kHz\n", s[0].prove_ms,
                 s[n / 2].prove_ms, s[n - 1].prove_ms, rate / s[0].prove_ms,
                 rate / s[n / 2].prove_ms, rate / s[n - 1].prove_ms);
    (void)printf("with mean grinding (%.2f ns a hash): %.1f ms, %.0f kHz\n", o->grind_hash_ns,
                 mean_ms(o, s), rate / mean_ms(o, s));
    (void)printf("recording run %.1f ms, verify %.2f ms, proof %zu bytes\n", s[0].run_ms,
                 least_verify(s, n), s[0].proof_bytes);
    (void)printf("memory: prover %.1f MiB planned, process %.1f MiB at its peak\n",
                 (double)s[0].stats.peak_bytes / 1048576, (double)rss / 1048576);
    for (unsigned i = 0; o->operations && i < N_TIMED_OPS; i++)
        if (s[0].op_calls[i])
            (void)printf("  %-20s %9.1f ms in %" PRIu64 " calls\n", timed_op_name[i],
                         (double)s[0].op_ns[i] * 1e-6, s[0].op_calls[i]);
}

static bool parse_number(uint64_t *out, const char *text, uint64_t max)
{
    char *end;
    *out = strtoull(text, &end, 0);
    return *text && !*end && *out <= max;
}

static bool parse(options *o, int argc, char **argv)
{
    uint64_t threads = 0, samples = 3;
    for (int i = 1; i < argc; i++) {
        const char *a = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
        bool ok = true;
        if (strcmp(a, "--json") == 0)
            o->json = true;
        else if (strcmp(a, "--operations") == 0)
            o->operations = true;
        else {
            i++;
            if (strcmp(a, "--cycles") == 0)
                ok = parse_number(&o->cycles, value, MACHINE_MAX_CYCLES);
            else if (strcmp(a, "--threads") == 0)
                ok = parse_number(&threads, value, 1024);
            else if (strcmp(a, "--samples") == 0)
                ok = parse_number(&samples, value, MAX_SAMPLES);
            else if (strcmp(a, "--profile") == 0)
                o->p = params_by_name(value);
            else if (strcmp(a, "--backend") == 0)
                o->be = backend_find(value);
            else
                ok = false;
        }
        if (!ok) return false;
    }
    o->threads = (unsigned)threads;
    o->samples = (unsigned)samples;
    return o->p && o->be && samples >= 1;
}

int main(int argc, char **argv)
{
    static sample s[MAX_SAMPLES];
    options o = {.p = params_by_name("fast"), .be = backend_find("auto"), .cycles = 1u << 20};
    job j;
    if (!parse(&o, argc, argv)) {
        (void)fprintf(stderr, "usage: bench_prove [--cycles N] [--profile NAME] [--backend NAME] "
                              "[--threads N] [--samples 1..64] [--operations] [--json]\n");
        return 2;
    }
    parallel_set_threads(o.threads);
    if (o.operations) o.be = timed_backend(o.be);
    bool ok = job_init(&j, &o);
    for (unsigned i = 0; ok && i < o.samples; i++) ok = measure(&s[i], &j, &o);
    free(j.input);
    vm_program_free(&j.program);
    if (!ok) return 1;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    o.grind_hash_ns = timed_grind_hash_ns(o.be);
    qsort(s, o.samples, sizeof *s, compare);
    (o.json ? report_json : report_text)(&o, s, (uint64_t)usage.ru_maxrss * 1024);
    return 0;
}
