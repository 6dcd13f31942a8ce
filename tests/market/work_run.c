/* work_run.c - what children answer: results of jobs, verdicts on proofs, each way to fail. */
#include "include/sprove.h"
#include "tests/market/worked.h"

#include <openssl/evp.h>
#include <signal.h>
#include <unistd.h>

#define MATRIX                                                                                    \
    "{\"algorithm\":\"matrix_multiplication\",\"matrix_a\":[[1,2],[3,4]],\"matrix_b\":[[5,6],[7," \
    "8]]}"

static bool hash_is(const uint8_t hash[32], const uint8_t *b, size_t n)
{
    uint8_t h[32];
    return EVP_Digest(b, n, h, NULL, EVP_sha256(), NULL) == 1 && memcmp(h, hash, 32) == 0;
}

TEST(executing_a_job_gives_its_output)
{
    uint8_t *input;
    char why[SP_WHY];
    work_request q = job_request(WORK_EXECUTE, "matrix_multiplication", MATRIX, &input);
    work_job *w = work_to_end(&q, 60000);
    CHECK(w && came_to(work_done(w), WORK_SUCCESS));
    const work_result *r = work_done(w);
    size_t n = 0;
    uint8_t *output = file_bytes_of(work_output(w), &n);
    CHECK(output && n == r->output_bytes && hash_is(r->output_sha256, output, n));
    CHECK_EQ(work_proof(w), -1);

    /* The library, in this process, agrees. */
    sp_program *p;
    sp_run_info info;
    sp_bytes out, json;
    sp_options o = sp_options_default();
    CHECK_EQ(sp_program_job(&p, "matrix_multiplication", SP_IO_WORDS, why), SP_OK);
    CHECK_EQ(sp_run(&out, &info, p, input, q.input_bytes, &o, why), SP_OK);
    CHECK_EQ(out.n, n);
    CHECK_BYTES(out.at, output, n);
    CHECK_EQ(r->cycles, info.cycles);
    CHECK_EQ(r->exit_code, 0);
    CHECK_BYTES(r->io_commitment, info.io_commitment, 31);
    CHECK_EQ(sp_decode(&json, p, output, n, why), SP_OK);
    CHECK(strstr((const char *)json.at, "[[19,22],[43,50]]"));
    sp_free(&out);
    sp_free(&json);
    sp_program_delete(p);
    free(output);
    free(input);
    work_delete(w);
}

typedef struct {
    unsigned n;
    enum work_phase last;
    bool backwards, seen[N_WORK_PHASES];
} seen;

static void on_progress(void *user, enum work_phase phase, uint64_t done, uint64_t total)
{
    seen *s = user;
    s->backwards = s->backwards || phase < s->last || done > total;
    s->seen[phase] = true;
    s->last = phase;
    s->n++;
}

static bool verdict(const work_request *q, work_result *r)
{
    work_job *w = work_to_end(q, 60000);
    if (w) *r = *work_done(w);
    work_delete(w);
    return w != NULL;
}

/* Proved in a child with these threads and this backend; checked by the library and in a child. */
static void prove_and_verify(const char *profile, const char *backend, unsigned threads)
{
    uint8_t *input;
    char why[SANDBOX_WHY], text[SP_WHY];
    seen s = {0};
    work_request q = job_request(WORK_PROVE, "matrix_multiplication", MATRIX, &input);
    work_result r;
    work_job *w;
    const work_options o = {worker_path(), "/tmp", 300000, 0, on_progress, &s};
    q.backend = backend;
    q.threads = threads;
    q.profile = profile;
    memset(q.context, 7, sizeof q.context);
    CHECK_EQ(work_start(&w, &q, &o, why), SP_OK);
    while (!work_step(w, 1000)) {}
    CHECK(came_to(work_done(w), WORK_SUCCESS));
    r = *work_done(w);
    CHECK(!s.backwards && s.seen[WORK_PHASE_EXECUTE] && s.seen[WORK_PHASE_WRITE]);
    CHECK(r.trace_rows > r.cycles && r.prove_us > 0 && r.verify_us > 0 && r.exit_code == 0);
    size_t n_proof = 0, n_output = 0;
    uint8_t *proof = file_bytes_of(work_proof(w), &n_proof);
    uint8_t *output = file_bytes_of(work_output(w), &n_output);
    CHECK(proof && n_proof == r.proof_bytes && hash_is(r.proof_sha256, proof, n_proof));
    CHECK(output && n_output == r.output_bytes && hash_is(r.output_sha256, output, n_output));
    work_delete(w);

    uint8_t id[28];
    sp_program *p;
    CHECK_EQ(sp_program_job(&p, "matrix_multiplication", SP_IO_WORDS, text), SP_OK);
    CHECK_EQ(sp_program_id(id, p, profile, text), SP_OK);
    sp_program_delete(p);
    CHECK_BYTES(id, r.program_id, 28);
    const sp_expect e = {.profile = profile,
                         .allow_unsound = true,
                         .program_id = id,
                         .context = q.context,
                         .io_commitment = r.io_commitment,
                         .input = input,
                         .input_bytes = q.input_bytes,
                         .output = output,
                         .output_bytes = n_output};
    CHECK_EQ(sp_verify(NULL, proof, n_proof, &e, text), SP_OK);

    work_request v;
    work_result got;
    memset(&v, 0, sizeof v);
    v.kind = WORK_VERIFY;
    v.memory = 256 * MIB;
    v.profile = profile;
    v.allow_unsound = true;
    v.proof = proof;
    v.proof_bytes = n_proof;
    v.has_io_commitment = true;
    memcpy(v.program_id, id, 28);
    memcpy(v.io_commitment, r.io_commitment, 31);
    memcpy(v.context, q.context, 28);
    CHECK(verdict(&v, &got) && came_to(&got, WORK_SUCCESS));
    CHECK_EQ(got.cycles, r.cycles);
    CHECK_EQ(got.trace_rows, r.trace_rows);
    CHECK_BYTES(got.h_in, r.h_in, 31);
    CHECK_BYTES(got.h_out, r.h_out, 31);
    v.has_io = true;
    v.input = input;
    v.input_bytes = q.input_bytes;
    v.output = output;
    v.output_bytes = n_output;
    CHECK(verdict(&v, &got) && came_to(&got, WORK_SUCCESS));
    /* Whatever is asked for otherwise is refused, and the check is named. */
    output[0] ^= 1;
    CHECK(verdict(&v, &got) && came_to(&got, WORK_PROOF_INVALID) && strstr(got.detail, "output"));
    output[0] ^= 1;
    v.context[27] ^= 1;
    CHECK(verdict(&v, &got) && came_to(&got, WORK_PROOF_INVALID) && strstr(got.detail, "context"));
    v.context[27] ^= 1;
    v.program_id[0] ^= 1;
    CHECK(verdict(&v, &got) && came_to(&got, WORK_PROOF_INVALID) && strstr(got.detail, "program"));
    v.program_id[0] ^= 1;
    v.exit_code = 1;
    CHECK(verdict(&v, &got) && came_to(&got, WORK_PROOF_INVALID) && strstr(got.detail, "exit"));
    v.exit_code = 0;
    v.profile = "balanced";
    CHECK(verdict(&v, &got) && came_to(&got, WORK_PROOF_INVALID) && strstr(got.detail, "profile"));
    v.profile = profile;
    proof[n_proof / 2] ^= 1;
    CHECK(verdict(&v, &got) && came_to(&got, WORK_PROOF_INVALID));
    v.has_io = v.has_io_commitment = false;
    CHECK(verdict(&v, &got) && came_to(&got, WORK_BAD_REQUEST));
    free(proof);
    free(output);
    free(input);
}

TEST(proving_in_a_child_one_thread) { prove_and_verify("fast", "auto", 1); }
TEST(proving_in_a_child_two_threads) { prove_and_verify("bench", "auto", 2); }
TEST(proving_in_a_child_portable) { prove_and_verify("bench", "portable", 2); }

TEST(io_mode_digest_is_proved_too)
{
    uint8_t *input;
    work_request q = job_request(WORK_PROVE, "matrix_multiplication", MATRIX, &input);
    q.digest = true;
    q.profile = "bench";
    work_job *w = work_to_end(&q, 300000);
    CHECK(w && came_to(work_done(w), WORK_SUCCESS));
    work_delete(w);
    free(input);
}

/* The id is that of the library, in both io modes; nothing is run. */
TEST(identifying_gives_the_id_that_proofs_have)
{
    for (int digest = 0; digest < 2; digest++) {
        work_request q;
        work_result r;
        uint8_t id[28];
        char text[SP_WHY] = "";
        sp_program *p;
        memset(&q, 0, sizeof q);
        q.kind = WORK_IDENTIFY;
        q.job = "fibonacci";
        q.profile = "fast";
        q.digest = digest != 0;
        q.memory = 512 * MIB;
        CHECK(verdict(&q, &r) && came_to(&r, WORK_SUCCESS));
        CHECK_EQ(sp_program_job(&p, q.job, digest ? SP_IO_DIGEST : SP_IO_WORDS, text), SP_OK);
        CHECK_EQ(sp_program_id(id, p, q.profile, text), SP_OK);
        sp_program_delete(p);
        CHECK_BYTES(id, r.program_id, 28);
        CHECK(r.cycles == 0 && r.output_bytes == 0);
    }
    static const uint8_t junk[64] = {0x7f, 'E', 'L', 'F'};
    work_request q;
    work_result r;
    memset(&q, 0, sizeof q);
    q.kind = WORK_IDENTIFY;
    q.elf = junk;
    q.elf_bytes = sizeof junk;
    q.memory = 256 * MIB;
    CHECK(verdict(&q, &r) && came_to(&r, WORK_INVALID_PROGRAM));
}

TEST(grinding_tries_the_same_nonces_every_time)
{
    work_request q;
    work_result a, b;
    memset(&q, 0, sizeof q);
    q.kind = WORK_GRIND;
    q.memory = 256 * MIB;
    q.threads = 1;
    CHECK(verdict(&q, &a) && came_to(&a, WORK_SUCCESS));
    q.threads = 2;
    CHECK(verdict(&q, &b) && came_to(&b, WORK_SUCCESS));
    CHECK_EQ(a.cycles, b.cycles);
    printf("  %" PRIu64 " nonces in %" PRIu64 " us\n", a.cycles, a.prove_us);
    CHECK(a.cycles > 1 << 20 && a.prove_us > 0); /* enough to measure by */
}

/* ---- programs that fail ---- */

typedef void (*writes_guest)(struct guest *g);

static void exits_seven(struct guest *g)
{
    guest_li(g, MACHINE_EXIT_REG, 7);
    guest_halt(g);
}
static void misaligned(struct guest *g)
{
    guest_li(g, 5, GUEST_DATA + 1);
    guest_op(g, OP_lw, 6, 5, 0, 0);
}
static void below_its_memory(struct guest *g) { guest_op(g, OP_lw, 6, 0, 0, 4); }
static void calls_system(struct guest *g) { guest_word(g, 0x00000073); }
static void breaks(struct guest *g) { guest_word(g, 0x00100073); }
static void illegal(struct guest *g) { guest_word(g, 0xffffffffu); }
static void runs_out(struct guest *g) { guest_op(g, OP_addi, 5, 5, 0, 1); }
static void jumps_away(struct guest *g) { guest_op(g, OP_jalr, 0, 0, 0, 0x40); }
static void jumps_askew(struct guest *g) { guest_op(g, OP_jalr, 0, 0, 0, 0x102); }
static void wants_hint(struct guest *g)
{
    guest_op(g, OP_advice, 5, 0, 0, 0); /* the length of the empty hint */
    guest_op(g, OP_advice, 5, 0, 0, 0);
}
static void never_ends(struct guest *g) { guest_op(g, OP_jal, 0, 0, 0, 0); }
static void dirty_padding(struct guest *g)
{
    guest_li(g, 5, MACHINE_OUTPUT_ADDR);
    guest_li(g, 6, 1);
    guest_op(g, OP_sw, 0, 5, 6, 0);
    guest_li(g, 6, 0x100);
    guest_op(g, OP_sw, 0, 5, 6, 4);
    guest_li(g, MACHINE_EXIT_REG, 0);
    guest_halt(g);
}
static void too_much_output(struct guest *g)
{
    guest_li(g, 5, MACHINE_OUTPUT_ADDR);
    guest_li(g, 6, MACHINE_OUTPUT_CAP + 1);
    guest_op(g, OP_sw, 0, 5, 6, 0);
    guest_li(g, MACHINE_EXIT_REG, 0);
    guest_halt(g);
}

/* One word in each 64 KiB of the machine's memory, upwards from the data. */
static void touches_everything(struct guest *g)
{
    guest_li(g, 5, GUEST_DATA);
    guest_li(g, 6, 0x10000);
    guest_li(g, 7, 0x3fff0000);
    guest_op(g, OP_sw, 0, 5, 6, 0);
    guest_op(g, OP_add, 5, 5, 6, 0);
    guest_op(g, OP_bltu, 0, 5, 7, -8);
    guest_li(g, MACHINE_EXIT_REG, 0);
    guest_halt(g);
}

TEST(each_way_to_fail_has_its_code)
{
    static const struct {
        writes_guest guest;
        enum work_code code;
        const char *detail;
    } list[] = {{exits_seven, WORK_NONZERO_EXIT, "exit code 7"},
                {misaligned, WORK_INVALID_MEMORY_ACCESS, "misaligned"},
                {below_its_memory, WORK_INVALID_MEMORY_ACCESS, "outside"},
                {calls_system, WORK_UNSUPPORTED_SYSCALL, "illegal"},
                {breaks, WORK_BREAKPOINT, "illegal"},
                {illegal, WORK_ILLEGAL_INSTRUCTION, "illegal"},
                {runs_out, WORK_ILLEGAL_INSTRUCTION, "past the end"},
                {jumps_away, WORK_INVALID_JUMP, "no code"},
                {jumps_askew, WORK_INVALID_JUMP, "misaligned"},
                {wants_hint, WORK_HINT_EXHAUSTED, "hint"},
                {never_ends, WORK_CYCLE_LIMIT_EXCEEDED, "not halted after 1000 cycles"},
                {dirty_padding, WORK_INVALID_OUTPUT, "padding"},
                {too_much_output, WORK_INVALID_OUTPUT, "output length"}};
    for (unsigned i = 0; i < sizeof list / sizeof list[0]; i++) {
        for (enum work_kind kind = WORK_EXECUTE; kind <= WORK_PROVE; kind++) {
            struct guest g = {0};
            uint8_t *elf;
            guest_op(&g, OP_addi, 0, 0, 0, 0); /* the entry must be an instruction */
            list[i].guest(&g);
            work_request q = guest_request(kind, &g, &elf);
            q.max_cycles = 1000;
            work_job *w = work_to_end(&q, 60000);
            CHECK(w && came_to(work_done(w), list[i].code));
            CHECK(strstr(work_done(w)->detail, list[i].detail));
            CHECK(strcmp(work_code_class(list[i].code), "task_fault") == 0);
            CHECK(work_output(w) == -1 && work_proof(w) == -1);
            work_delete(w);
            free(elf);
            guest_free(&g);
        }
    }
}

TEST(a_panic_comes_with_its_message)
{
    uint8_t *input;
    work_request q = job_request(WORK_EXECUTE, "matrix_multiplication", MATRIX, &input);
    q.input_bytes = 5; /* not what the job reads */
    work_job *w = work_to_end(&q, 60000);
    CHECK(w && came_to(work_done(w), WORK_NONZERO_EXIT));
    CHECK(strstr(work_done(w)->detail, "panicked: ") && work_done(w)->exit_code == 101);
    work_delete(w);
    q.kind = WORK_PROVE; /* that it failed can be proved */
    q.profile = "bench";
    q.prove_failure = true;
    w = work_to_end(&q, 300000);
    CHECK(w && came_to(work_done(w), WORK_SUCCESS));
    CHECK(work_done(w)->exit_code == 101 && work_done(w)->proof_bytes > 0);
    work_delete(w);
    free(input);
}

TEST(programs_and_requests_that_are_none_are_refused)
{
    static const uint8_t junk[] = "\x7f"
                                  "ELF and nothing else";
    work_request q;
    memset(&q, 0, sizeof q);
    q.elf = junk;
    q.elf_bytes = sizeof junk;
    q.memory = 256 * MIB;
    work_job *w = work_to_end(&q, 60000);
    CHECK(w && came_to(work_done(w), WORK_INVALID_PROGRAM));
    work_delete(w);
    q.elf_bytes = 0;
    q.elf = NULL;
    w = work_to_end(&q, 60000);
    CHECK(w && came_to(work_done(w), WORK_INVALID_PROGRAM));
    work_delete(w);
    q.job = "no_such_job";
    w = work_to_end(&q, 60000);
    CHECK(w && came_to(work_done(w), WORK_INVALID_PROGRAM));
    work_delete(w);
    q.job = "fibonacci";
    q.profile = "none";
    w = work_to_end(&q, 60000);
    CHECK(w && came_to(work_done(w), WORK_BAD_REQUEST));
    work_delete(w);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(memory_of_a_run_and_of_a_proof_is_bounded)
{
    struct guest g = {0};
    uint8_t *elf;
    touches_everything(&g);
    work_request q = guest_request(WORK_EXECUTE, &g, &elf);
    q.memory = 256 * MIB;
    work_job *w = work_to_end(&q, 60000);
    CHECK(w && came_to(work_done(w), WORK_MEMORY_LIMIT));
    CHECK(strcmp(work_code_class(WORK_MEMORY_LIMIT), "infra") == 0);
    work_delete(w);
    free(elf);
    guest_free(&g);
    uint8_t *input;
    q = job_request(WORK_PROVE, "fibonacci", "{\"algorithm\":\"fibonacci\",\"n\":30000}", &input);
    q.memory = 120 * MIB;
    w = work_to_end(&q, 300000);
    CHECK(w && came_to(work_done(w), WORK_MEMORY_LIMIT));
    CHECK(strstr(work_done(w)->detail, "the proof needs"));
    work_delete(w);
    free(input);
}

/* The limit that is asked for is enough when the plan says so: reservations of addresses, stacks of
 * threads and the allocator do not come on top of it. */
TEST(a_proof_fits_the_memory_it_was_planned_for)
{
    uint8_t *input;
    work_request q =
        job_request(WORK_PROVE, "fibonacci", "{\"algorithm\":\"fibonacci\",\"n\":30000}", &input);
    q.profile = "fast";
    uint64_t least = 0;
    for (q.memory = 128 * MIB; q.memory <= 4096 * MIB && !least; q.memory += q.memory / 8) {
        work_job *w = work_to_end(&q, 300000);
        CHECK(w &&
              (work_done(w)->code == WORK_MEMORY_LIMIT || came_to(work_done(w), WORK_SUCCESS)));
        if (work_done(w)->code == WORK_SUCCESS) least = q.memory;
        work_delete(w);
    }
    CHECK(least != 0);
    free(input);
}
#endif

TEST(time_is_bounded_and_work_can_be_cancelled)
{
    struct guest g = {0};
    uint8_t *elf;
    never_ends(&g);
    work_request q = guest_request(WORK_EXECUTE, &g, &elf);
    work_job *w = work_to_end(&q, 200);
    CHECK(w && came_to(work_done(w), WORK_TIME_LIMIT));
    CHECK(strcmp(work_code_class(WORK_TIME_LIMIT), "expired") == 0);
    work_delete(w);
    char why[SANDBOX_WHY];
    const work_options o = {.program = worker_path(), .dir = "/tmp"};
    CHECK_EQ(work_start(&w, &q, &o, why), SP_OK);
    CHECK(!work_step(w, 0) && !work_done(w));
    work_cancel(w);
    while (!work_step(w, 1000)) {}
    CHECK(came_to(work_done(w), WORK_CANCELLED));
    work_delete(w);
    free(elf);
    guest_free(&g);
}

TEST(a_killed_worker_is_a_crash)
{
    struct guest g = {0};
    uint8_t *elf;
    char why[SANDBOX_WHY];
    never_ends(&g);
    work_request q = guest_request(WORK_EXECUTE, &g, &elf);
    const work_options o = {.program = worker_path(), .dir = "/tmp", .wall_ms = 60000};
    work_job *w;
    CHECK_EQ(work_start(&w, &q, &o, why), SP_OK);
    CHECK(kill(sandbox_pid(work_sandbox(w)), SIGKILL) == 0);
    while (!work_step(w, 1000)) {}
    CHECK(came_to(work_done(w), WORK_WORKER_CRASHED) && strstr(work_done(w)->detail, ": 9"));
    work_delete(w);
    free(elf);
    guest_free(&g);
}

TEST(results_are_kept_under_a_name)
{
    uint8_t *input;
    char dir[] = "/tmp/work-test-XXXXXX", path[64];
    work_request q = job_request(WORK_EXECUTE, "matrix_multiplication", MATRIX, &input);
    CHECK(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/output", dir);
    work_job *w = work_to_end(&q, 60000);
    CHECK(w && came_to(work_done(w), WORK_SUCCESS));
    CHECK_EQ(work_keep_proof(w, path), SP_ERR_ARG);
    CHECK_EQ(work_keep_output(w, path), SP_OK);
    work_delete(w);
    CHECK(access(path, R_OK) == 0 && unlink(path) == 0 && rmdir(dir) == 0);
    free(input);
}
