/* wide_fib.c - the wide-Fibonacci AIR (wide_fib.h) proved by our prover, timed for run.sh; prints
 * one JSON line.
 *
 * What the samples measure: from the trace's values in memory to the finished proof, without
 * grinding (the samples are proved with 0 bits of it). Generating the trace, precomputing twiddles
 * and verifying are outside; memory is kept over the samples. Every proof is verified. Grinding is
 * measured by itself; with --full one proof with all bits is made and verified. */
#include "benches/compare/wide_fib.h"
#include "benches/timed_backend.h"
#include "prover/cpu/parallel.h"
#include "prover/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define MAX_SAMPLES 64
typedef struct {
    unsigned log, threads, samples;
    const char *backend;
    bool full, phases, selftest;
} options;

typedef struct {
    const backend *use; /* be, or its timed form */
    backend be;
    struct air_kernels kernels;
    params p;
    unsigned log, threads;
    arena mem; /* kept over proofs: the first sample alone meets fresh memory */
} bench;

typedef struct {
    uint8_t *bytes;
    size_t n_bytes;
    prove_stats stats;
    double ms, cpu_ms;
    uint64_t op_ns[N_TIMED_OPS], op_calls[N_TIMED_OPS]; /* with --phases */
} result;

static double clock_ms(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

/* Rows know nothing of each other: position r starts with 1, r. spoil changes one cell. */
static void fill_trace(prover *pv, unsigned log, bool spoil)
{
    uint32_t **col = pv->trace_col[TREE_MAIN];
    for (size_t r = 0; r < (size_t)1 << log; r++) {
        m31 a = m31_one(), b = m31_from_u32((uint32_t)r);
        for (unsigned i = 0; i < WIDE_FIB_COLUMNS; i++) {
            const m31 next = m31_add(m31_mul(a, a), m31_mul(b, b));
            col[i][r] = a.v;
            a = b;
            b = next;
        }
    }
    if (spoil) col[WIDE_FIB_COLUMNS - 1][3] ^= 1;
}

/* The steps of run_protocol (prover/prove.c) that this AIR has. */
static sp_status protocol(prover *pv, result *r)
{
    channel_init(&pv->ch);
    statement_mix(&pv->ch, &pv->st);
    SP_TRY(prover_phase(pv, PHASE_MAIN_COMMIT));
    SP_TRY(commit_tree(pv, TREE_MAIN, true));
    SP_TRY(prover_phase(pv, PHASE_COMPOSITION));
    pv->rho = channel_draw_felt(&pv->ch);
    SP_TRY(composition_fill(pv));
    SP_TRY(commit_tree(pv, TREE_COMPOSITION, true));
    pv->nonce_oods = prover_grind(pv, pv->pa->grind_oods);
    SP_TRY(prover_phase(pv, PHASE_OODS));
    SP_TRY(opening_samples(pv));
    SP_TRY(prover_phase(pv, PHASE_GRIND));
    pv->nonce_deep = prover_grind(pv, pv->pa->grind_deep);
    SP_TRY(prover_phase(pv, PHASE_QUOTIENT));
    SP_TRY(opening_quotient(pv));
    SP_TRY(prover_phase(pv, PHASE_FRI));
    SP_TRY(fri_prove(pv));
    SP_TRY(prover_phase(pv, PHASE_OPEN));
    SP_TRY(proof_write(pv, &r->bytes, &r->n_bytes));
    return prover_phase(pv, PHASE_OPEN);
}

/* One proof; r->bytes is the caller's to free. */
static sp_status prove_once(bench *b, result *r, bool spoil)
{
    const prove_options o = {.p = &b->p, .be = b->use, .threads = b->threads};
    prove_error e;
    arena a;
    memset(r, 0, sizeof *r);
    prover *pv = calloc(1, sizeof *pv);
    if (!pv) return SP_ERR_NOMEM;
    pv->o = &o;
    pv->be = b->use;
    pv->pa = &b->p;
    pv->stats = &r->stats;
    pv->err = &e;
    pv->total = UINT64_MAX;
    sp_status st = wide_fib_shape(&pv->shape, &b->p, b->log);
    if (st == SP_OK) {
        wide_fib_statement(&pv->st, &b->p, b->log);
        prover_set_trace_logs(pv);
        arena_count(&a);
        prover_carve(pv, &a);
        if (a.peak > b->mem.size) {
            arena_free(&b->mem);
            st = arena_init(&b->mem, a.peak);
        }
    }
    if (st == SP_OK) {
        pv->mem = b->mem;
        prover_carve(pv, &pv->mem);
        r->stats.peak_bytes = a.peak;
        fill_trace(pv, b->log, spoil);
        timed_clear();
        const double start = clock_ms(CLOCK_MONOTONIC);
        const double cpu = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
        st = protocol(pv, r);
        r->ms = clock_ms(CLOCK_MONOTONIC) - start;
        r->cpu_ms = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        timed_read(r->op_ns, r->op_calls);
    }
    free(pv);
    return st;
}

static sp_status bench_init(bench *b, const options *o)
{
    const backend *be = backend_find(o->backend);
    memset(b, 0, sizeof *b);
    if (!be) return SP_ERR_ARG;
    b->be = *be;
    b->kernels.constraints[WIDE_FIB_ID] = wide_fib_kernel(be->name);
    if (!b->kernels.constraints[WIDE_FIB_ID]) return SP_ERR_ARG;
    b->be.air = &b->kernels;
    b->use = o->phases ? timed_backend(&b->be) : &b->be;
    b->p = *params_by_id(PROFILE_FAST);
    b->log = o->log;
    b->threads = o->threads;
    parallel_set_threads(o->threads);
    return backend_prepare(o->log + b->p.log_blowup + 1);
}

static int failed(const char *what)
{
    (void)fprintf(stderr, "bench_wide_fib: %s\n", what ? what : "out of memory");
    return 1;
}

/* ---- self-test ---- */

/* An honest proof is accepted; with a bit behind the head flipped (every 11th byte), cut short,
 * extended, or of a trace with one wrong cell, it is not. */
static int selftest(const options *o)
{
    bench b;
    result r;
    const char *what = NULL;
    options small = *o;
    small.log = 9;
    if (bench_init(&b, &small) != SP_OK) return failed("no such backend");
    b.p.grind_query = 8;
    if (prove_once(&b, &r, false) != SP_OK) return failed("no proof");
    if (wide_fib_verify(r.bytes, r.n_bytes, &b.p, b.log, &what) != SP_OK) return failed(what);

    unsigned accepted = 0, tried = 0;
    for (size_t at = 4 * (size_t)(PROOF_HEAD_WORDS + 2); at < r.n_bytes; at += 11, tried++) {
        const uint8_t flip = (uint8_t)(1u << (at % 8));
        r.bytes[at] ^= flip;
        accepted += wide_fib_verify(r.bytes, r.n_bytes, &b.p, b.log, &what) == SP_OK;
        r.bytes[at] ^= flip;
    }
    for (size_t cut = 1; cut < 64; cut++, tried++)
        accepted += wide_fib_verify(r.bytes, r.n_bytes - cut, &b.p, b.log, &what) == SP_OK;
    accepted += wide_fib_verify(r.bytes, r.n_bytes, &b.p, b.log + 1, &what) == SP_OK;
    if (wide_fib_verify(r.bytes, r.n_bytes, &b.p, b.log, &what) != SP_OK) return failed(what);
    free(r.bytes);
    if (accepted) return failed("an altered proof is accepted");

    if (prove_once(&b, &r, true) != SP_OK) return failed("no proof of the spoilt trace");
    const bool rejected = wide_fib_verify(r.bytes, r.n_bytes, &b.p, b.log, &what) == SP_ERR_REJECT;
    free(r.bytes);
    arena_free(&b.mem);
    if (!rejected || strcmp(what, "oods") != 0) return failed("a wrong trace is not rejected");
    (void)printf("%s: %u altered proofs and a wrong trace rejected\n", b.be.name, tried + 1);
    return 0;
}

/* ---- main ---- */

static bool parse_number(unsigned *out, const char *text)
{
    char *end;
    const unsigned long v = strtoul(text, &end, 10);
    *out = (unsigned)v;
    return *text && !*end && v <= 1024;
}

static bool parse(options *o, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *a = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
        bool ok = true, flag = false;
        if (strcmp(a, "--log") == 0)
            ok = parse_number(&o->log, value);
        else if (strcmp(a, "--threads") == 0)
            ok = parse_number(&o->threads, value);
        else if (strcmp(a, "--samples") == 0)
            ok = parse_number(&o->samples, value);
        else if (strcmp(a, "--backend") == 0)
            o->backend = value;
        else if (strcmp(a, "--full") == 0)
            flag = o->full = true;
        else if (strcmp(a, "--phases") == 0)
            flag = o->phases = true;
        else if (strcmp(a, "--selftest") == 0)
            flag = o->selftest = true;
        else
            ok = false;
        if (!ok) return false;
        if (!flag) i++;
    }
    return o->log >= 8 && o->log <= 24 && o->samples >= 1 && o->samples <= MAX_SAMPLES;
}

static void print_list(const char *name, const double *v, unsigned n)
{
    (void)printf(",\"%s\":[", name);
    for (unsigned i = 0; i < n; i++) (void)printf("%s%.3f", i ? "," : "", v[i]);
    (void)printf("]");
}

static void print_times(const char *name, const char *const *names, const uint64_t *ns, unsigned n)
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

int main(int argc, char **argv)
{
    options o = {.log = 16, .samples = 3, .backend = "auto"};
    bench b;
    result r, best = {0};
    double ms[MAX_SAMPLES], cpu_ms[MAX_SAMPLES], verify_ms = 1e300;
    const char *what = NULL;
    if (!parse(&o, argc, argv)) {
        (void)fprintf(stderr, "usage: bench_wide_fib [--log 8..24] [--threads N] [--samples 1..64] "
                              "[--backend NAME] [--full] [--phases] [--selftest]\n");
        return 2;
    }
    if (o.selftest) return selftest(&o);
    if (bench_init(&b, &o) != SP_OK) return failed("no such backend, or out of memory");
    b.p.grind_query = 0;
    for (unsigned i = 0; i < o.samples; i++) {
        if (prove_once(&b, &r, false) != SP_OK) return failed(NULL);
        ms[i] = r.ms;
        cpu_ms[i] = r.cpu_ms;
        const double start = clock_ms(CLOCK_MONOTONIC);
        if (wide_fib_verify(r.bytes, r.n_bytes, &b.p, b.log, &what) != SP_OK) return failed(what);
        const double t = clock_ms(CLOCK_MONOTONIC) - start;
        if (t < verify_ms) verify_ms = t;
        free(r.bytes);
        if (i == 0 || r.ms < best.ms) best = r;
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    const params *fast = params_by_id(PROFILE_FAST);
    const double hash_ns = timed_grind_hash_ns(&b.be);
    double full_ms = 0;
    if (o.full) {
        b.p.grind_query = fast->grind_query;
        if (prove_once(&b, &r, false) != SP_OK) return failed(NULL);
        if (wide_fib_verify(r.bytes, r.n_bytes, &b.p, b.log, &what) != SP_OK) return failed(what);
        free(r.bytes);
        full_ms = r.ms;
    }
    arena_free(&b.mem);

    (void)printf(
        "{\"prover\":\"sprove\",\"backend\":\"%s\",\"log\":%u,\"columns\":%u,\"threads\":%u",
        b.be.name, b.log, WIDE_FIB_COLUMNS, o.threads);
    print_list("samples_ms", ms, o.samples);
    print_list("cpu_ms", cpu_ms, o.samples);
    (void)printf(",\"verify_ms\":%.3f,\"grind_%u_bits_mean_ms\":%.1f,\"grind_hash_ns\":%.3f,"
                 "\"proof_bytes\":%zu,\"planned_bytes\":%llu,\"peak_rss_bytes\":%llu",
                 verify_ms, fast->grind_query,
                 hash_ns * (double)(UINT64_C(1) << fast->grind_query) * 1e-6, hash_ns, best.n_bytes,
                 (unsigned long long)best.stats.peak_bytes,
                 (unsigned long long)usage.ru_maxrss * 1024);
    if (o.full) (void)printf(",\"full_%u_bits_ms\":%.1f", fast->grind_query, full_ms);
    if (o.phases) {
        print_times("phases_ms", prove_phase_name, best.stats.ns, N_PROVE_PHASES);
        print_times("operations_ms", timed_op_name, best.op_ns, N_TIMED_OPS);
    }
    (void)printf("}\n");
    return 0;
}
