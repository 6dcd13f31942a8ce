/* work_run.c - what the child does: executes, proves, verifies, and says what came of it. */
#include "core/bytes.h"
#include "guest/host/jobs.h"
#include "market/sha256.h"
#include "market/work_wire.h"
#include "prover/cpu/parallel.h"
#include "prover/program.h"
#include "prover/prove.h"
#include "verifier/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PROGRESS_US 100000u /* between two lines of one phase */
/* What a thread takes beside the prover's arena: its stack (RLIMIT_STACK of the sandbox). */
#define THREAD_BYTES (UINT64_C(8) << 20)
/* Tables of the prover, the loaded program's index, the C library. */
#define BASE_BYTES (UINT64_C(48) << 20)

typedef struct {
    const work_request *q;
    work_result *r;
    int output_fd, proof_fd;
    enum work_phase phase;
    uint64_t last_us;
    vm_program program;
    enum machine_io_mode mode;
    vm_result run;
    const params *p;
    uint8_t *proof;
    size_t proof_bytes;
} state;

static uint64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static enum work_code fail(state *s, enum work_code code, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vsnprintf(s->r->detail, sizeof s->r->detail, format, ap);
    va_end(ap);
    return code;
}

/* ---- progress ---- */

static void report(state *s, enum work_phase phase, uint64_t done, uint64_t total)
{
    char line[96];
    const uint64_t now = now_us();
    if (s->q->kind == WORK_VERIFY || s->output_fd < 0 || total == 0) return;
    if (phase == s->phase && s->last_us && now - s->last_us < PROGRESS_US && done != total) return;
    s->phase = phase;
    s->last_us = now;
    const int n = snprintf(line, sizeof line, WORK_PROGRESS " %s %" PRIu64 " %" PRIu64 "\n",
                           work_phase_name[phase], done < total ? done : total, total);
    const ssize_t written = write(STDERR_FILENO, line, (size_t)n);
    (void)written; /* lost when nobody reads in time */
}

static uint64_t max_cycles(const work_request *q)
{
    return q->max_cycles && q->max_cycles < MACHINE_MAX_CYCLES ? q->max_cycles : MACHINE_MAX_CYCLES;
}

static bool on_cycles(void *user, uint64_t cycles)
{
    state *s = user;
    report(s, WORK_PHASE_EXECUTE, cycles, max_cycles(s->q));
    return true;
}

/* Nonces are looked for in several places: they belong to the phase they are in. */
static bool on_proof(void *user, enum prove_phase phase, uint64_t done, uint64_t total)
{
    static const uint8_t map[N_PROVE_PHASES] = {[PHASE_SETUP] = WORK_PHASE_TRACE,
                                                [PHASE_WITNESS] = WORK_PHASE_TRACE,
                                                [PHASE_MAIN_COMMIT] = WORK_PHASE_COMMIT,
                                                [PHASE_INTERACTION] = WORK_PHASE_COMMIT,
                                                [PHASE_INTERACTION_COMMIT] = WORK_PHASE_COMMIT,
                                                [PHASE_COMPOSITION] = WORK_PHASE_QUOTIENT,
                                                [PHASE_OODS] = WORK_PHASE_QUOTIENT,
                                                [PHASE_QUOTIENT] = WORK_PHASE_QUOTIENT,
                                                [PHASE_FRI] = WORK_PHASE_FRI,
                                                [PHASE_GRIND] = WORK_PHASE_EXECUTE,
                                                [PHASE_OPEN] = WORK_PHASE_WRITE};
    state *s = user;
    const enum work_phase to = (enum work_phase)map[phase];
    report(s, to > s->phase ? to : s->phase, done, total);
    return true;
}

/* ---- running ---- */

static bool ends_with(const char *text, const char *cause)
{
    const char *colon = strrchr(text, ':');
    return colon && strncmp(colon, ": ", 2) == 0 && strncmp(colon + 2, cause, strlen(cause)) == 0;
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* The machine says in words why it stopped (vm/run.c): a place, which may hold names of the
 * program, and after the last ": " the cause. tests/market/work_run.c makes a guest trap in each
 * way. */
static enum work_code trap_code(const char *text)
{
    static const struct {
        const char *cause;
        enum work_code code;
    } causes[] = {{"access to address", WORK_INVALID_MEMORY_ACCESS},
                  {"misaligned access", WORK_INVALID_MEMORY_ACCESS},
                  {"jump ", WORK_INVALID_JUMP},
                  {"hint exhausted", WORK_HINT_EXHAUSTED}};
    static const char where[] = "trap at pc 0x00000000 ";
    if (starts_with(text, "cycle limit: ")) return WORK_CYCLE_LIMIT_EXCEEDED;
    if (starts_with(text, "output padding: ")) return WORK_INVALID_OUTPUT;
    for (unsigned i = 0; i < SP_COUNT(causes); i++)
        if (ends_with(text, causes[i].cause)) return causes[i].code;
    if (strlen(text) > sizeof where - 1) {
        if (starts_with(text + sizeof where - 1, "(word 0x00000073)")) /* ecall */
            return WORK_UNSUPPORTED_SYSCALL;
        if (starts_with(text + sizeof where - 1, "(word 0x00100073)")) /* ebreak */
            return WORK_BREAKPOINT;
    }
    return WORK_ILLEGAL_INSTRUCTION;
}

static enum work_code load(state *s)
{
    const work_request *q = s->q;
    const sp_job *job = q->job ? sp_job_find(q->job) : NULL;
    vm_error e = {""};
    s->mode = q->digest ? MACHINE_IO_DIGEST : MACHINE_IO_WORDS;
    if (q->job && !job)
        return fail(s, WORK_INVALID_PROGRAM, "there is no job of the name %.60s", q->job);
    const sp_status st = vm_program_init(&s->program, job ? job->elf : q->elf,
                                         job ? job->elf_bytes : q->elf_bytes, s->mode, &e);
    if (st == SP_ERR_NOMEM) return fail(s, WORK_MEMORY_LIMIT, "%.300s", e.text);
    return st == SP_OK ? WORK_SUCCESS : fail(s, WORK_INVALID_PROGRAM, "%.300s", e.text);
}

static void put_hash(uint8_t out[31], const uint32_t h[8])
{
    uint8_t b[32];
    for (unsigned i = 0; i < 8; i++) bytes_put_le32(b + 4 * i, h[i]);
    memcpy(out, b, 31);
}

/* The message of a panic is the guest's: work_record_read makes it printable. */
static enum work_code nonzero(state *s)
{
    const vm_result *run = &s->run;
    if (run->exit_code != MACHINE_EXIT_PANIC)
        return fail(s, WORK_NONZERO_EXIT, "the program ended with exit code %" PRIu32,
                    run->exit_code);
    return fail(s, WORK_NONZERO_EXIT, "the program panicked: %.*s",
                run->output_bytes < 200 ? (int)run->output_bytes : 200, (const char *)run->output);
}

static enum work_code run(state *s, bool record)
{
    const work_request *q = s->q;
    vm_options o;
    vm_error e = {""};
    uint32_t in[8], out[8], io[8];
    if (q->input_bytes > MACHINE_INPUT_CAP)
        return fail(s, WORK_INVALID_INPUT, "the input has %zu bytes; the limit is %u",
                    q->input_bytes, MACHINE_INPUT_CAP);
    if (q->hint_bytes > UINT32_MAX) return fail(s, WORK_INVALID_INPUT, "the hint is too long");
    memset(&o, 0, sizeof o);
    o.input = q->input;
    o.input_bytes = (uint32_t)q->input_bytes; /* <= MACHINE_INPUT_CAP */
    o.hint = q->hint;
    o.hint_bytes = (uint32_t)q->hint_bytes; /* <= UINT32_MAX */
    o.mode = s->mode;
    o.max_cycles = max_cycles(q);
    o.record = record;
    o.progress = on_cycles;
    o.user = s;
    report(s, WORK_PHASE_EXECUTE, 0, o.max_cycles);
    const uint64_t start = now_us();
    const sp_status st = vm_run(&s->run, &s->program, &o, &e);
    s->r->exec_us = now_us() - start;
    switch (st) {
    case SP_OK: break;
    case SP_ERR_NOMEM: return fail(s, WORK_MEMORY_LIMIT, "%.300s", e.text);
    case SP_ERR_TRAP: return fail(s, trap_code(e.text), "%.300s", e.text);
    case SP_ERR_LIMIT: return fail(s, WORK_INVALID_OUTPUT, "%.300s", e.text);
    default: return fail(s, WORK_INVALID_PROGRAM, "%.300s", e.text);
    }
    s->last_us = 0; /* how many they were is said in any case */
    report(s, WORK_PHASE_EXECUTE, s->run.n_cycles, o.max_cycles);
    statement_hash_io(in, q->input, o.input_bytes);
    statement_hash_io(out, s->run.output, s->run.output_bytes);
    statement_io_commitment(io, in, out);
    put_hash(s->r->h_in, in);
    put_hash(s->r->h_out, out);
    put_hash(s->r->io_commitment, io);
    s->r->cycles = s->run.n_cycles;
    s->r->exit_code = s->run.exit_code;
    s->r->output_bytes = s->run.output_bytes;
    return s->run.exit_code && !q->prove_failure ? nonzero(s) : WORK_SUCCESS;
}

/* ---- proving ---- */

/* What is left for the prover of the bytes that this process may have. */
static uint64_t left_for_proof(const state *s)
{
    const work_request *q = s->q;
    const unsigned threads = q->threads ? q->threads : 1;
    uint64_t used = BASE_BYTES + threads * THREAD_BYTES + q->elf_bytes + q->input_bytes +
                    q->hint_bytes + s->run.output_bytes + 8 * (uint64_t)s->program.n_image;
    for (unsigned i = 0; i < VM_N_CHIPS; i++) used += s->run.n_rows[i] * sizeof(vm_row);
    used += s->run.n_refresh * sizeof(vm_refresh) + s->run.n_touched * sizeof(vm_touched);
    return q->memory > used ? q->memory - used : 1;
}

static enum work_code prove_failed(state *s, sp_status st, const prove_error *e)
{
    switch (st) {
    case SP_ERR_NOMEM: return fail(s, WORK_MEMORY_LIMIT, "%.300s", e->text);
    case SP_ERR_LIMIT: return fail(s, WORK_PROOF_LIMIT, "%.300s", e->text);
    default: return fail(s, WORK_PROVER_FAILED, "%.300s", e->text);
    }
}

/* Nothing leaves that the verifier would not take. */
static enum work_code verify_own(state *s)
{
    const work_request *q = s->q;
    verify_expect e;
    verify_reason why;
    proof_error pe;
    uint32_t id[7], context[7];
    verify_scratch *scratch = malloc(sizeof *scratch);
    if (!scratch) return fail(s, WORK_MEMORY_LIMIT, "not enough memory to check the proof");
    enum work_code code = WORK_SUCCESS;
    const uint64_t start = now_us();
    memset(&e, 0, sizeof e);
    if (proof_read(&scratch->view, &scratch->shape, s->proof, s->proof_bytes, &pe) != SP_OK) {
        code = fail(s, WORK_PROVER_FAILED, "the proof made cannot be read");
    } else {
        memcpy(id, scratch->view.st.program_id, sizeof id);
        bytes_read_words(context, q->context, 7);
        e.profile = (uint32_t)s->p->id;
        e.allow_unsound = true;
        e.program_id = id;
        e.context = context;
        e.has_io = true;
        e.input = q->input;
        e.input_bytes = (uint32_t)q->input_bytes; /* <= MACHINE_INPUT_CAP */
        e.output = s->run.output;
        e.output_bytes = s->run.output_bytes;
        e.exit_code = s->run.exit_code;
        if (verify(s->proof, s->proof_bytes, &e, scratch, &why) != SP_OK)
            code = fail(s, WORK_PROVER_FAILED, "the proof made does not verify: %s: %s", why.name,
                        why.text);
        for (unsigned i = 0; i < 7; i++) bytes_put_le32(s->r->program_id + 4 * i, id[i]);
    }
    s->r->verify_us = now_us() - start;
    free(scratch);
    return code;
}

static void count_shape(work_result *r, const proof_shape *s)
{
    for (unsigned i = 0; i < s->n_instances; i++) {
        const air_component *c = s->instance[i].c;
        const uint64_t columns = c->n_pre + c->n_main + 4 * (c->n_prod + c->n_sum);
        r->trace_rows += UINT64_C(1) << s->instance[i].log;
        r->trace_cells += columns << s->instance[i].log;
    }
}

static enum work_code make_proof(state *s)
{
    const work_request *q = s->q;
    prove_options o;
    prove_plan *plan = calloc(1, sizeof *plan);
    prove_stats stats;
    prove_error e = {""};
    const uint32_t n = (uint32_t)q->input_bytes; /* <= MACHINE_INPUT_CAP */
    if (!plan) return fail(s, WORK_MEMORY_LIMIT, "not enough memory to plan the proof");
    memset(&o, 0, sizeof o);
    o.p = s->p;
    o.be = backend_find(q->backend ? q->backend : "auto");
    o.threads = q->threads;
    o.memory = left_for_proof(s);
    o.progress = on_proof;
    o.user = s;
    bytes_read_words(o.context, q->context, 7);
    if (!o.be) {
        free(plan);
        return fail(s, WORK_BAD_REQUEST, "there is no backend %.20s here", q->backend);
    }
    sp_status st = prove_plan_init(plan, &s->program, &s->run, n, s->mode, &o, &e);
    if (st == SP_OK) count_shape(s->r, &plan->shape);
    free(plan);
    const uint64_t start = now_us();
    if (st == SP_OK)
        st = prove(&s->proof, &s->proof_bytes, &s->program, &s->run, q->input, n, s->mode, &o,
                   &stats, &e);
    if (st != SP_OK) return prove_failed(s, st, &e);
    s->r->prove_us = now_us() - start;
    s->r->peak_bytes = stats.peak_bytes;
    s->r->grind_us = stats.ns[PHASE_GRIND] / 1000;
    s->r->proof_bytes = s->proof_bytes;
    return verify_own(s);
}

/* ---- counting ---- */

#define COUNT_US 150000 /* of the plain run: the recorded one takes several times that */
#define COUNT_BYTES ((uint64_t)128 << 20)

/* What does not fit here is not counted; what fits no proof is no success. */
static enum work_code count_rows(state *s)
{
    const work_request *q = s->q;
    const vm_options o = {.input = q->input,
                          .input_bytes = (uint32_t)q->input_bytes, /* <= MACHINE_INPUT_CAP */
                          .hint = q->hint,
                          .hint_bytes = (uint32_t)q->hint_bytes, /* run has looked */
                          .mode = s->mode,
                          .record = true};
    const prove_options po = {.p = s->p, .be = backend_find("auto")};
    vm_result run;
    vm_error e;
    prove_error pe;
    enum work_code code = WORK_SUCCESS;
    if (s->run.n_cycles > MACHINE_MAX_CYCLES)
        return fail(s, WORK_PROOF_LIMIT, "the run has %" PRIu64 " cycles, one proof takes %u",
                    s->run.n_cycles, MACHINE_MAX_CYCLES);
    if (s->r->exec_us > COUNT_US ||
        s->run.n_cycles * sizeof(vm_row) + COUNT_BYTES > q->memory) /* < 2^27 * 2^6 */
        return WORK_SUCCESS;
    prove_plan *plan = calloc(1, sizeof *plan);
    if (plan == NULL) return WORK_SUCCESS;
    if (vm_run(&run, &s->program, &o, &e) == SP_OK) {
        const sp_status st =
            prove_plan_init(plan, &s->program, &run, (uint32_t)q->input_bytes, s->mode, &po, &pe);
        if (st == SP_OK) count_shape(s->r, &plan->shape);
        if (st == SP_ERR_LIMIT) code = fail(s, WORK_PROOF_LIMIT, "%.300s", pe.text);
        vm_result_free(&run);
    }
    free(plan);
    return code;
}

/* ---- verifying ---- */

static enum work_code check(state *s)
{
    const work_request *q = s->q;
    verify_expect e;
    verify_reason why;
    uint32_t id[7], context[7], io[8];
    uint8_t padded[32] = {0};
    verify_scratch *scratch = malloc(sizeof *scratch);
    if (!scratch) return fail(s, WORK_MEMORY_LIMIT, "not enough memory to verify");
    memset(&e, 0, sizeof e);
    bytes_read_words(id, q->program_id, 7);
    bytes_read_words(context, q->context, 7);
    memcpy(padded, q->io_commitment, sizeof q->io_commitment);
    bytes_read_words(io, padded, 8);
    e.profile = (uint32_t)s->p->id;
    e.allow_unsound = q->allow_unsound;
    e.program_id = id;
    e.context = context;
    if (q->has_io_commitment) e.io_commitment = io;
    e.has_io = q->has_io;
    e.input = q->input;
    e.input_bytes = (uint32_t)q->input_bytes; /* <= WORK_MAX_FRAME < 2^32 */
    e.output = q->output;
    e.output_bytes = (uint32_t)q->output_bytes; /* likewise */
    e.exit_code = q->exit_code;
    const uint64_t start = now_us();
    const sp_status st = verify(q->proof, q->proof_bytes, &e, scratch, &why);
    s->r->verify_us = now_us() - start;
    enum work_code code = WORK_SUCCESS;
    if (st == SP_OK) {
        const statement *p = &scratch->view.st;
        count_shape(s->r, &scratch->shape);
        s->r->cycles = p->cycles;
        s->r->exit_code = p->exit_code;
        put_hash(s->r->h_in, p->h_in);
        put_hash(s->r->h_out, p->h_out);
        put_hash(s->r->io_commitment, p->io_commitment);
        memcpy(s->r->program_id, q->program_id, sizeof q->program_id);
    } else if (st == SP_ERR_ARG) {
        code = fail(s, WORK_BAD_REQUEST, "the expectation is incomplete");
    } else {
        code = fail(s, WORK_PROOF_INVALID, "%s: %s", why.name, why.text);
    }
    free(scratch);
    return code;
}

/* ---- identifying ---- */

static enum work_code identify(state *s)
{
    uint32_t id[7];
    prove_error e = {""};
    const sp_status st = prove_program_id(id, &s->program, s->mode, s->p, backend_find("auto"), &e);
    if (st != SP_OK) return prove_failed(s, st, &e);
    for (unsigned i = 0; i < 7; i++) bytes_put_le32(s->r->program_id + 4 * i, id[i]);
    program tables;
    vm_error ve;
    if (program_setup(&tables, &s->program, s->mode, &ve) != SP_OK)
        return fail(s, WORK_MEMORY_LIMIT, "%.300s", ve.text); /* it was set up above */
    s->r->trace_rows = (UINT64_C(1) << AIR_TABLES_LOG) + (UINT64_C(1) << tables.image_log) +
                       (UINT64_C(1) << tables.rom_log);
    program_free(&tables);
    return WORK_SUCCESS;
}

/* ---- measuring ---- */

#define GRIND_BITS 24u

static enum work_code grind(state *s)
{
    static const uint32_t start[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    const backend *be = backend_find(s->q->backend ? s->q->backend : "auto");
    if (!be) return fail(s, WORK_BAD_REQUEST, "there is no backend %.20s here", s->q->backend);
    parallel_set_threads(s->q->threads);
    const uint64_t from = now_us();
    s->r->cycles = be->grind(start, GRIND_BITS) + 1; /* the nonce is the smallest that does */
    s->r->prove_us = now_us() - from;
    return WORK_SUCCESS;
}

/* ---- all of it ---- */

static bool store(int fd, const uint8_t *b, size_t n)
{
    if (fd < 0) return true;
    for (size_t at = 0; at < n;) {
        const ssize_t k = write(fd, b + at, n - at);
        if (k <= 0) return false;
        at += (size_t)k;
    }
    return fsync(fd) == 0;
}

static enum work_code run_request(state *s)
{
    const work_request *q = s->q;
    s->p = params_by_name(q->profile ? q->profile : "balanced");
    if (!s->p) return fail(s, WORK_BAD_REQUEST, "there is no profile %.20s", q->profile);
    if (q->kind == WORK_VERIFY) return check(s);
    if (q->kind == WORK_GRIND) return grind(s);
    enum work_code code = load(s);
    if (q->kind == WORK_IDENTIFY) return code == WORK_SUCCESS ? identify(s) : code;
    if (code == WORK_SUCCESS) code = run(s, q->kind == WORK_PROVE);
    if (code == WORK_SUCCESS && q->kind == WORK_PROVE) code = make_proof(s);
    if (code == WORK_SUCCESS && q->kind == WORK_EXECUTE && q->count_rows) code = count_rows(s);
    if (code != WORK_SUCCESS) return code;
    if (!store(s->output_fd, s->run.output, s->run.output_bytes) ||
        !store(s->proof_fd, s->proof, s->proof_bytes))
        return fail(s, WORK_DISK_LIMIT, "output and proof cannot be written");
    if (s->output_fd < 0) sha256_hash(s->r->output_sha256, s->run.output, s->run.output_bytes);
    return WORK_SUCCESS;
}

void work_run(const work_request *q, int output_fd, int proof_fd, work_result *r)
{
    state s;
    memset(&s, 0, sizeof s);
    memset(r, 0, sizeof *r);
    s.q = q;
    s.r = r;
    s.output_fd = output_fd;
    s.proof_fd = proof_fd;
    r->code = run_request(&s);
    free(s.proof);
    vm_result_free(&s.run);
    vm_program_free(&s.program);
}
