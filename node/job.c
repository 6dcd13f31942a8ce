/* job.c - see job.h. */
#include "node/job.h"

#include "guest/host/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PPM 1000000u
#define EXECUTE_PPM 50000u /* of the work, as a rule less */
#define ETA_MIN_PPM 20000u /* before that a guess is too wild */

struct node_job {
    job_options o;
    char name[JOB_NAME];
    work_job *work; /* NULL: it never started */
    job_progress now;
    uint64_t max_cycles, expected_ms, start_ms,
        proof_ms; /* proof_ms: when proving began; 0: not yet */
    bool late, ended;
    job_result result;
};

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- files ---- */

static bool hash_is(const uint8_t hash[JOB_HASH], const uint8_t *b, size_t n)
{
    uint8_t h[EVP_MAX_MD_SIZE];
    return EVP_Digest(b, n, h, NULL, EVP_sha256(), NULL) == 1 && memcmp(h, hash, JOB_HASH) == 0;
}

/* *b is malloc'ed. SP_ERR_LIMIT: more than max bytes. */
static sp_status read_file(uint8_t **b, size_t *n, const char *path, size_t max)
{
    struct stat st;
    sp_status s = SP_ERR_IO;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    *b = NULL;
    *n = 0;
    if (fd < 0) return SP_ERR_IO;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        const size_t size = (size_t)st.st_size;
        s = size > max ? SP_ERR_LIMIT : SP_OK;
        if (s == SP_OK && !(*b = malloc(size + 1))) s = SP_ERR_NOMEM;
        while (s == SP_OK && *n < size) {
            const ssize_t k = read(fd, *b + *n, size - *n);
            if (k > 0)
                *n += (size_t)k;
            else
                s = SP_ERR_IO; /* also when it became shorter */
        }
    }
    (void)close(fd);
    if (s != SP_OK) {
        free(*b);
        *b = NULL;
    }
    return s;
}

const char *job_builtin(const uint8_t program_sha256[JOB_HASH])
{
    size_t n;
    const sp_job *list = sp_job_list(&n);
    for (size_t i = 0; i < n; i++)
        if (hash_is(program_sha256, list[i].elf, list[i].elf_bytes)) return list[i].name;
    return NULL;
}

/* ---- results ---- */

static void set_code(job_result *r, const char *code, const char *class, const char *detail)
{
    r->success = false;
    snprintf(r->code, sizeof r->code, "%s", code);
    snprintf(r->class, sizeof r->class, "%s", class);
    snprintf(r->detail, sizeof r->detail, "%s", detail);
}

static void end_early(node_job *j, const char *code, const char *detail)
{
    set_code(&j->result, code, "infra", detail);
    j->ended = true;
}

/* Both files under their names, or neither. */
static bool store(node_job *j)
{
    char output[PATH_MAX], proof[PATH_MAX];
    const int n = snprintf(output, sizeof output, "%s/%s.output", j->o.results_dir, j->name);
    const int m = snprintf(proof, sizeof proof, "%s/%s.proof", j->o.results_dir, j->name);
    if (n < 0 || (size_t)n >= sizeof output || m < 0 || (size_t)m >= sizeof proof) return false;
    if (work_keep_output(j->work, output) != SP_OK) return false;
    if (work_keep_proof(j->work, proof) == SP_OK) return true;
    (void)unlink(output);
    return false;
}

static void finish(node_job *j)
{
    const work_result *w = work_done(j->work);
    job_result *r = &j->result;
    j->ended = true;
    r->cycles = w->cycles;
    r->trace_rows = w->trace_rows;
    r->exec_ms = w->exec_us / 1000;
    r->prove_ms = w->prove_us / 1000;
    r->peak_bytes = w->peak_bytes;
    r->exit_code = w->exit_code;
    if (w->code != WORK_SUCCESS) {
        const enum work_code code =
            w->code == WORK_CANCELLED && j->late ? WORK_TIME_LIMIT : w->code;
        set_code(r, work_code_name[code], work_code_class(code), w->detail);
    } else if (!store(j)) {
        set_code(r, "storage_failed", "infra", "the result cannot be moved to where it is kept");
    } else {
        r->success = true;
        snprintf(r->code, sizeof r->code, "%s", work_code_name[WORK_SUCCESS]);
        memcpy(r->output_sha256, w->output_sha256, JOB_HASH);
        memcpy(r->proof_sha256, w->proof_sha256, JOB_HASH);
        memcpy(r->io_commitment, w->io_commitment, sizeof r->io_commitment);
        memcpy(r->h_in, w->h_in, sizeof r->h_in);
        memcpy(r->h_out, w->h_out, sizeof r->h_out);
        memcpy(r->program_id, w->program_id, sizeof r->program_id);
        r->output_bytes = w->output_bytes;
        r->proof_bytes = w->proof_bytes;
        j->now.phase = WORK_PHASE_WRITE;
        j->now.ppm = PPM;
        j->now.eta_ms = 0;
    }
}

/* ---- starting ---- */

static bool is_name(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    const size_t n = strlen(name);
    return n > 0 && n < JOB_NAME && strspn(name, allowed) == n;
}

static uint32_t share(uint64_t done, uint64_t total, uint32_t of)
{
    while (total >> 40) done >>= 1, total >>= 1;      /* no product leaves 64 bits */
    return total ? (uint32_t)(done * of / total) : 0; /* <= of: done <= total */
}

static void on_progress(void *user, enum work_phase phase, uint64_t done, uint64_t total)
{
    node_job *j = user;
    uint32_t ppm;
    if (phase == WORK_PHASE_EXECUTE) {
        j->now.cycles_done = done;
        ppm = share(done, total, EXECUTE_PPM);
    } else {
        if (!j->proof_ms) j->proof_ms = now_ms();
        ppm = EXECUTE_PPM + share(done, total, PPM - EXECUTE_PPM);
        j->now.eta_ms = job_eta_ms(now_ms() - j->proof_ms, done, total);
    }
    if (phase > j->now.phase) j->now.phase = phase;
    if (ppm > j->now.ppm) j->now.ppm = ppm;
}

/* What is to be read is read and checked; false: the job has ended. */
static bool take_program(node_job *j, work_request *q, const job_spec *s, uint8_t **elf)
{
    memcpy(j->result.program_sha256, s->program_sha256, JOB_HASH);
    if (!s->program_path) {
        q->job = job_builtin(s->program_sha256);
        if (!q->job)
            end_early(j, "image_mismatch",
                      "no built-in program has the hash of the task's program");
        return q->job != NULL;
    }
    const sp_status st = read_file(elf, &q->elf_bytes, s->program_path, WORK_MAX_FRAME);
    q->elf = *elf;
    if (st != SP_OK)
        end_early(j, "storage_failed", "the program cannot be read");
    else if (!hash_is(s->program_sha256, q->elf, q->elf_bytes))
        end_early(j, "image_mismatch", "the program is not what its hash says");
    return !j->ended;
}

static bool take_input(node_job *j, work_request *q, const job_spec *s, uint8_t **input)
{
    static const uint8_t nothing[1];
    sp_status st = SP_OK;
    memcpy(j->result.input_sha256, s->input_sha256, JOB_HASH);
    if (s->input_path) st = read_file(input, &q->input_bytes, s->input_path, WORK_MAX_INPUT);
    q->input = *input;
    if (st == SP_ERR_LIMIT) {
        set_code(&j->result, "invalid_input", "task_fault", "the input has more than 64 MiB");
        j->ended = true;
    } else if (st != SP_OK) {
        end_early(j, "storage_failed", "the input cannot be read");
    } else if (!hash_is(s->input_sha256, q->input ? q->input : nothing, q->input_bytes)) {
        end_early(j, "io_mismatch", "the input is not what its hash says");
    }
    return !j->ended;
}

sp_status job_start(node_job **out, const job_spec *s, const job_options *o, char why[SANDBOX_WHY])
{
    work_request q;
    uint8_t *elf = NULL, *input = NULL;
    sp_status st = SP_OK;
    *out = NULL;
    why[0] = 0;
    if (!is_name(s->name) || !s->memory) {
        snprintf(why, SANDBOX_WHY, "the job has no name that a file can have, or no memory");
        return SP_ERR_ARG;
    }
    node_job *j = calloc(1, sizeof *j);
    if (!j) {
        snprintf(why, SANDBOX_WHY, "not enough memory");
        return SP_ERR_NOMEM;
    }
    j->o = *o;
    strcpy(j->name, s->name); /* shorter: is_name */
    j->expected_ms = s->expected_ms;
    j->start_ms = now_ms();
    memset(&q, 0, sizeof q);
    q.kind = WORK_PROVE;
    q.digest = s->digest;
    q.profile = s->profile;
    q.max_cycles = s->max_cycles;
    q.threads = s->threads;
    q.memory = s->memory;
    memcpy(q.context, s->context, sizeof q.context);
    if (take_program(j, &q, s, &elf) && take_input(j, &q, s, &input)) {
        const work_options wo = {.program = o->worker,
                                 .dir = o->work_dir,
                                 .wall_ms = s->wall_ms,
                                 .grace_ms = o->grace_ms,
                                 .on_progress = on_progress,
                                 .user = j};
        st = work_start(&j->work, &q, &wo, why);
    }
    free(elf);
    free(input);
    if (st == SP_OK)
        *out = j;
    else
        free(j);
    return st;
}

/* ---- while it runs ---- */

bool job_step(node_job *j, unsigned timeout_ms)
{
    if (!j->ended && work_step(j->work, timeout_ms)) finish(j);
    return j->ended;
}

unsigned job_poll(const node_job *j, struct pollfd fds[3], unsigned *timeout_ms)
{
    *timeout_ms = 0;
    return j->ended ? 0 : sandbox_poll(work_sandbox(j->work), fds, timeout_ms);
}

void job_cancel(node_job *j, bool late)
{
    if (j->ended) return;
    j->late = late;
    work_cancel(j->work);
}

uint64_t job_eta_ms(uint64_t elapsed_ms, uint64_t done, uint64_t total)
{
    while (total >> 31) done >>= 1, total >>= 1;
    while (elapsed_ms >> 32) elapsed_ms >>= 1; /* fifty days: not to be met */
    if (done == 0 || done > total || share(done, total, PPM) < ETA_MIN_PPM) return 0;
    return elapsed_ms * (total - done) / done;
}

job_progress job_now(const node_job *j)
{
    job_progress p = j->now;
    const uint64_t elapsed = now_ms() - j->start_ms;
    if (!j->ended && !p.eta_ms && j->expected_ms > elapsed) p.eta_ms = j->expected_ms - elapsed;
    return p;
}

const job_result *job_done(const node_job *j) { return j->ended ? &j->result : NULL; }

void job_delete(node_job *j)
{
    if (j) work_delete(j->work);
    free(j);
}

/* ---- messages ---- */

json_t *job_usage_json(const job_result *r)
{
    char cycles[24], rows[24];
    snprintf(cycles, sizeof cycles, "%" PRIu64, r->cycles);
    snprintf(rows, sizeof rows, "%" PRIu64, r->trace_rows);
    return json_pack("{s:s,s:s,s:I,s:I,s:I}", "cycles", cycles, "trace_rows", rows, "exec_ms",
                     (json_int_t)r->exec_ms, "prove_ms", (json_int_t)r->prove_ms, "proof_bytes",
                     (json_int_t)r->proof_bytes);
}

json_t *job_error_json(const job_result *r)
{
    return json_pack("{s:s,s:s,s:s}", "code", r->code, "class", r->class, "detail", r->detail);
}
