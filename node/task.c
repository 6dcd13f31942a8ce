/* task.c - see task.h. */
#include "node/task.h"

#include "core/crash.h"
#include "guest/host/jobs.h"
#include "market/base64.h"
#include "market/hex.h"
#include "market/transfer.h"
#include "node/job.h"

#include <dirent.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STEP_MS 100
#define GRACE_MS 3000
#define MAX_INLINE ((size_t)64 << 10) /* an output in the message itself */
#define TRIES 6
#define MAX_PROGRAM ((off_t)8 << 20)
#define MAX_CACHED 64u /* programs */

typedef struct {
    node_task *t;
    const json_t *job;
    uint8_t *input;
    size_t input_bytes;
    job_spec spec;
    char proof_sha256[65], output_sha256[65];
    char program_path[640]; /* of an ELF of a demander's */
} run;

static void set_phase(node_task *t, const char *phase, uint32_t ppm, uint64_t eta_ms)
{
    (void)pthread_mutex_lock(&t->lock);
    (void)snprintf(t->phase, sizeof t->phase, "%s", phase);
    t->progress_ppm = ppm;
    t->eta_ms = eta_ms;
    (void)pthread_mutex_unlock(&t->lock);
}

static void set_executed(node_task *t, uint64_t cycles)
{
    (void)pthread_mutex_lock(&t->lock);
    t->executed = cycles;
    (void)pthread_mutex_unlock(&t->lock);
}

static bool is_cancelled(void *user)
{
    node_task *t = user;
    (void)pthread_mutex_lock(&t->lock);
    const bool cancel = t->cancel;
    (void)pthread_mutex_unlock(&t->lock);
    return cancel;
}

static json_t *failure(const char *code, const char *class, const char *detail)
{
    return json_pack("{s:s, s:{s:s, s:s, s:s}}", "status", "failure", "error", "code", code,
                     "class", class, "detail", detail);
}

void node_task_path(char *out, size_t room, const node_task *t, const char *suffix)
{
    (void)snprintf(out, room, "%s/%s_%lld.%s", t->ctx->results, t->id, (long long)t->attempt,
                   suffix);
}

static void authorization(char *out, size_t room, const node_task *t)
{
    (void)snprintf(out, room, "Lease %s %lld %s", t->id, (long long)t->attempt, t->token);
}

static void pause_ms(node_task *t, unsigned ms)
{
    const struct timespec step = {0, 50000000};
    for (unsigned at = 0; at < ms && !is_cancelled(t); at += 50) (void)nanosleep(&step, NULL);
}

/* ---- the input ---- */

/* What the relayer has, under this attempt's lease; NULL: *out is to be freed. */
static json_t *download(run *r, uint8_t **out, size_t *n, const char *url, size_t most,
                        const char *code, const char *what)
{
    node_task *t = r->t;
    char whole[400], auth[160], why[TRANSFER_WHY] = "";
    authorization(auth, sizeof auth, t);
    *out = NULL;
    for (unsigned i = 0; i < TRIES && *out == NULL && !is_cancelled(t); i++) {
        transfer_response a;
        const transfer_request q = {.method = "GET",
                                    .url = whole,
                                    .authorization = auth,
                                    .ca_file = t->ctx->ca_file,
                                    .body_fd = -1,
                                    .max_response = most,
                                    .total_ms = 600000,
                                    .stop = is_cancelled,
                                    .user = t};
        if (i > 0) pause_ms(t, 1000u << (i - 1));
        /* The relayer may be elsewhere by now. */
        (void)snprintf(whole, sizeof whole, "%.200s%.150s", t->ctx->relayer, url);
        if (transfer_run(&a, &q, why) != SP_OK) continue;
        if (a.status == 200) {
            *out = a.body;
            *n = a.n;
            a.body = NULL;
        }
        transfer_response_free(&a);
    }
    return *out != NULL ? NULL : failure(code, "infra", why[0] != 0 ? why : what);
}

static json_t *fetch(run *r)
{
    const char *b64 = json_string_value(json_object_get(r->job, "inline_input_b64"));
    const char *url = json_string_value(json_object_get(r->job, "input_url"));
    const char *sha = json_string_value(json_object_get(r->job, "input_sha256"));
    uint8_t hash[32];
    char hex[65];
    if (b64 != NULL) {
        const size_t len = strlen(b64);
        r->input_bytes = len / 4 * 3 + 3;
        r->input = malloc(r->input_bytes);
        if (r->input == NULL || base64_read(r->input, &r->input_bytes, b64, len) != SP_OK)
            return failure("input_unavailable", "infra",
                           "the input in the assignment is not base64");
    } else if (url != NULL && url[0] == '/') {
        json_t *failed = download(r, &r->input, &r->input_bytes, url, WORK_MAX_INPUT,
                                  "input_unavailable", "the input cannot be fetched");
        if (failed != NULL) return failed;
    } else {
        return failure("input_unavailable", "infra", "the assignment has no input");
    }
    (void)SHA256(r->input, r->input_bytes, hash);
    hex_write(hex, hash, sizeof hash);
    if (sha == NULL || strcmp(hex, sha) != 0)
        return failure("input_unavailable", "infra",
                       "the input has not the hash that was promised");
    return NULL;
}

static bool write_file(const char *path, const uint8_t *bytes, size_t n)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t at = 0;
    while (fd >= 0 && at < n) {
        const ssize_t w = write(fd, bytes + at, n - at);
        if (w <= 0) break;
        at += (size_t)w;
    }
    return fd >= 0 && close(fd) == 0 && at == n;
}

/* ---- a program of a demander's ---- */

static bool same_hash(const char *hex, const uint8_t *b, size_t n)
{
    uint8_t hash[32];
    char text[65];
    (void)SHA256(b, n, hash);
    hex_write(text, hash, sizeof hash);
    return strcmp(text, hex) == 0;
}

static bool is_cached(const char *path, const char *sha)
{
    struct stat st;
    bool ok = false;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t *b = NULL;
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size >= 0 && st.st_size <= MAX_PROGRAM)
        b = malloc((size_t)st.st_size + 1);
    if (b != NULL && read(fd, b, (size_t)st.st_size) == st.st_size)
        ok = same_hash(sha, b, (size_t)st.st_size);
    if (ok) (void)futimens(fd, NULL); /* used: the last to go */
    if (fd >= 0) (void)close(fd);
    free(b);
    return ok;
}

/* The one used longest ago makes room. */
static void prune_cache(const char *folder)
{
    char path[640], oldest[640] = "";
    struct timespec at = {0, 0};
    unsigned n = 0;
    DIR *d = opendir(folder);
    if (d == NULL) return;
    for (const struct dirent *f = readdir(d); f != NULL; f = readdir(d)) {
        struct stat st;
        (void)snprintf(path, sizeof path, "%.500s/%.100s", folder, f->d_name);
        if (f->d_name[0] == '.' || stat(path, &st) != 0) continue;
        n++;
        if (oldest[0] == 0 || st.st_mtim.tv_sec < at.tv_sec) {
            memcpy(oldest, path, sizeof oldest);
            at = st.st_mtim;
        }
    }
    (void)closedir(d);
    if (n > MAX_CACHED && oldest[0] != 0) (void)unlink(oldest);
}

static json_t *fetch_program(run *r, const char *sha)
{
    node_task *t = r->t;
    const char *url = json_string_value(json_object_get(r->job, "program_url"));
    char *path = r->program_path, part[700];
    json_t *failed = NULL;
    size_t n = 0;
    uint8_t *elf = NULL;
    (void)snprintf(path, sizeof r->program_path, "%.500s/%.64s", t->ctx->programs, sha);
    if (is_cached(path, sha)) return NULL;
    if (url == NULL || url[0] != '/')
        return failure("bad_request", "infra", "the assignment does not say where its program is");
    failed = download(r, &elf, &n, url, MAX_PROGRAM, "program_unavailable",
                      "the program cannot be fetched");
    if (failed == NULL && !same_hash(sha, elf, n))
        failed = failure("program_unavailable", "infra",
                         "the program has not the hash that was promised");
    if (failed == NULL) {
        /* Of this attempt: two may fetch the same one at once. */
        (void)snprintf(part, sizeof part, "%.600s.%.8s%lld", path, t->id, (long long)t->attempt);
        if (!write_file(part, elf, n) || rename(part, path) != 0) {
            (void)unlink(part);
            failed = failure("disk_limit_exceeded", "infra", "the program cannot be written");
        }
        prune_cache(t->ctx->programs);
    }
    free(elf);
    return failed;
}

/* ---- the work ---- */

static json_t *check_promises(const run *r, const job_result *w)
{
    char hex[64];
    const char *program = json_string_value(json_object_get(r->job, "program_id"));
    const char *h_in = json_string_value(json_object_get(r->job, "input_commitment"));
    hex_write(hex, w->program_id, 28);
    if (program == NULL || strcmp(hex, program) != 0)
        return failure("image_mismatch", "infra",
                       "the program here is not the one that is asked for");
    hex_write(hex, w->h_in, 31);
    if (h_in == NULL || strcmp(hex, h_in) != 0)
        return failure("io_mismatch", "infra", "the input is not the one that is asked for");
    return NULL;
}

static json_t *prove(run *r, job_result *result)
{
    node_task *t = r->t;
    char why[SANDBOX_WHY] = "", path[640];
    node_job *j = NULL;
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    const int64_t left = t->deadline_ms - (int64_t)now.tv_sec * 1000;
    const int64_t most =
        1000 * json_integer_value(json_object_get(json_object_get(t->assignment, "requirements"),
                                                  "max_execution_time"));
    if (left <= 0) return failure("deadline", "expired", "the deadline has passed");
    node_task_path(path, sizeof path, t, "input");
    if (!write_file(path, r->input, r->input_bytes))
        return failure("disk_limit_exceeded", "infra", "the input cannot be written");
    r->spec.input_path = path;
    r->spec.wall_ms = (uint64_t)(most > 0 && most < left ? most : left);
    (void)SHA256(r->input, r->input_bytes, r->spec.input_sha256);
    const job_options o = {.worker = t->ctx->worker,
                           .work_dir = t->ctx->dir,
                           .results_dir = t->ctx->results,
                           .grace_ms = GRACE_MS};
    const sp_status s = job_start(&j, &r->spec, &o, why);
    (void)unlink(path);
    if (s != SP_OK) return failure("worker_crashed", "infra", why);
    bool told = false;
    while (!job_step(j, STEP_MS)) {
        const job_progress p = job_now(j);
        set_phase(t, work_phase_name[p.phase], p.ppm, p.eta_ms);
        if (p.phase != WORK_PHASE_EXECUTE) set_executed(t, p.cycles_done);
        if (!told && is_cancelled(t)) {
            job_cancel(j, false);
            told = true;
        }
    }
    *result = *job_done(j);
    job_delete(j);
    if (!result->success) return failure(result->code, result->class, result->detail);
    return check_promises(r, result);
}

/* ---- the delivery ---- */

static json_t *upload(run *r, const char *suffix, const char *sha256, uint64_t n)
{
    node_task *t = r->t;
    char path[640], url[400], auth[160], why[TRANSFER_WHY] = "";
    node_task_path(path, sizeof path, t, suffix);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return failure("disk_limit_exceeded", "infra", "what was made cannot be read");
    authorization(auth, sizeof auth, t);
    long status = 0;
    for (unsigned i = 0; i < TRIES && !is_cancelled(t); i++) {
        transfer_response a;
        const transfer_request q = {.method = "PUT",
                                    .url = url,
                                    .authorization = auth,
                                    .ca_file = t->ctx->ca_file,
                                    .content_type = "application/octet-stream",
                                    .body_fd = fd,
                                    .body_bytes = n,
                                    .total_ms = 60000,
                                    .stop = is_cancelled,
                                    .user = t};
        if (i > 0) pause_ms(t, 1000u << (i - 1));
        (void)snprintf(url, sizeof url, "%.200s/api/v1/blobs/%s", t->ctx->relayer, sha256);
        if (transfer_run(&a, &q, why) != SP_OK) continue;
        status = a.status;
        transfer_response_free(&a);
        if (status == 200 || status == 201 || status == 401 || status == 413) break;
    }
    (void)close(fd);
    if (status == 200 || status == 201) return NULL;
    if (status == 401)
        return failure(TASK_LEASE_EXPIRED, "node_fault",
                       "the relayer takes nothing for this lease any more");
    return failure(TASK_UPLOAD_FAILED, "infra",
                   why[0] != 0 ? why : "the relayer refused the upload");
}

static json_t *describe(run *r, const job_result *w)
{
    node_task *t = r->t;
    char io[63], path[640];
    hex_write(io, w->io_commitment, 31);
    json_t *output =
        json_pack("{s:s, s:I}", "sha256", r->output_sha256, "size", (json_int_t)w->output_bytes);
    if (w->output_bytes <= MAX_INLINE) {
        uint8_t *bytes = malloc(w->output_bytes + 1);
        char *text = malloc(BASE64_TEXT(w->output_bytes));
        node_task_path(path, sizeof path, t, "output");
        const int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (bytes != NULL && text != NULL && fd >= 0 &&
            read(fd, bytes, w->output_bytes + 1) == (ssize_t)w->output_bytes) {
            (void)base64_write(text, bytes, w->output_bytes);
            (void)json_object_set_new(output, "inline_b64", json_string(text));
        }
        if (fd >= 0) (void)close(fd);
        free(bytes);
        free(text);
    }
    return json_pack("{s:s, s:o, s:s, s:{s:s, s:I}, s:{s:I, s:I, s:I, s:I}}", "status", "success",
                     "output", output, "io_commitment", io, "proof", "sha256", r->proof_sha256,
                     "size", (json_int_t)w->proof_bytes, "usage", "cycles", (json_int_t)w->cycles,
                     "trace_rows", (json_int_t)w->trace_rows, "exec_ms", (json_int_t)w->exec_ms,
                     "prove_ms", (json_int_t)w->prove_ms);
}

static json_t *run_all(run *r)
{
    job_result w;
    char name[UUID_TEXT + 24];
    node_task *t = r->t;
    const char *max = json_string_value(json_object_get(r->job, "max_cycles"));
    const char *io = json_string_value(json_object_get(r->job, "io"));
    const char *context = json_string_value(json_object_get(r->job, "context"));
    const char *program = json_string_value(json_object_get(r->job, "program"));
    const sp_job *known = program == NULL ? NULL : sp_job_find(program);
    set_phase(t, "fetch", 0, 0);
    json_t *failed = fetch(r);
    if (failed != NULL) return failed;
    const bool own = known == NULL && program != NULL && strlen(program) == 64 &&
                     hex_read(r->spec.program_sha256, 32, program);
    if ((known == NULL && !own) || context == NULL || !hex_read(r->spec.context, 28, context))
        return failure("bad_request", "infra",
                       "the assignment names no program of this node, or no context");
    if (own) {
        failed = fetch_program(r, program);
        if (failed != NULL) return failed;
        r->spec.program_path = r->program_path;
    } else {
        (void)SHA256(known->elf, known->elf_bytes, r->spec.program_sha256);
    }
    (void)snprintf(name, sizeof name, "%s_%lld", t->id, (long long)t->attempt);
    r->spec.name = name;
    r->spec.digest = io != NULL && strcmp(io, "digest") == 0;
    r->spec.max_cycles = max == NULL ? 0 : strtoull(max, NULL, 10);
    r->spec.threads = t->ctx->threads;
    r->spec.profile = json_string_value(json_object_get(r->job, "profile"));
    r->spec.memory = t->ctx->memory;
    failed = prove(r, &w);
    if (failed != NULL) return failed;
    hex_write(r->proof_sha256, w.proof_sha256, 32);
    hex_write(r->output_sha256, w.output_sha256, 32);
    SP_CRASH_POINT("before_upload");
    set_phase(t, TASK_UPLOAD, 1000000, 0);
    failed = upload(r, "proof", r->proof_sha256, w.proof_bytes);
    if (failed == NULL && w.output_bytes > MAX_INLINE)
        failed = upload(r, "output", r->output_sha256, w.output_bytes);
    SP_CRASH_POINT("after_upload");
    return failed != NULL ? failed : describe(r, &w);
}

static void *thread(void *arg)
{
    node_task *t = arg;
    run r;
    memset(&r, 0, sizeof r);
    r.t = t;
    r.job = json_object_get(t->assignment, "job");
    json_t *result = run_all(&r);
    free(r.input);
    (void)pthread_mutex_lock(&t->lock);
    t->result = result;
    t->finished = true;
    (void)pthread_mutex_unlock(&t->lock);
    t->ctx->changed(t->ctx->user);
    return NULL;
}

sp_status node_task_new(node_task **out, const node_task_context *ctx, json_t *m)
{
    const char *id = json_string_value(json_object_get(m, "task_id"));
    const char *token = json_string_value(json_object_get(m, "lease_token"));
    const json_t *attempt = json_object_get(m, "attempt");
    uuid u;
    *out = NULL;
    node_task *t = calloc(1, sizeof *t);
    if (t == NULL || id == NULL || uuid_read(&u, id, strlen(id)) != SP_OK || token == NULL ||
        strlen(token) != 32 || !json_is_integer(attempt) ||
        !json_is_object(json_object_get(m, "job"))) {
        json_decref(m);
        free(t);
        return SP_ERR_FORMAT;
    }
    t->ctx = ctx;
    t->assignment = m;
    memcpy(t->id, id, sizeof t->id);
    memcpy(t->token, token, sizeof t->token);
    t->attempt = json_integer_value(attempt);
    t->deadline_ms = json_integer_value(json_object_get(m, "deadline"));
    (void)snprintf(t->phase, sizeof t->phase, "wait");
    (void)pthread_mutex_init(&t->lock, NULL);
    *out = t;
    return SP_OK;
}

sp_status node_task_start(node_task *t)
{
    if (pthread_create(&t->thread, NULL, thread, t) != 0) return SP_ERR_IO;
    t->started = true;
    return SP_OK;
}

void node_task_cancel(node_task *t)
{
    (void)pthread_mutex_lock(&t->lock);
    t->cancel = true;
    (void)pthread_mutex_unlock(&t->lock);
}

bool node_task_look(node_task *t, char phase[NODE_TASK_PHASE], uint32_t *ppm, uint64_t *eta_ms)
{
    (void)pthread_mutex_lock(&t->lock);
    memcpy(phase, t->phase, NODE_TASK_PHASE);
    *ppm = t->progress_ppm;
    *eta_ms = t->eta_ms;
    const bool finished = t->finished;
    (void)pthread_mutex_unlock(&t->lock);
    return finished;
}

uint64_t node_task_executed(node_task *t, uint32_t *ppm)
{
    (void)pthread_mutex_lock(&t->lock);
    *ppm = t->progress_ppm;
    const uint64_t cycles = t->executed;
    (void)pthread_mutex_unlock(&t->lock);
    return cycles;
}

void node_task_delete(node_task *t, bool forget)
{
    char path[640];
    if (t == NULL) return;
    if (t->started) (void)pthread_join(t->thread, NULL);
    if (forget) {
        node_task_path(path, sizeof path, t, "proof");
        (void)unlink(path);
        node_task_path(path, sizeof path, t, "output");
        (void)unlink(path);
    }
    json_decref(t->assignment);
    json_decref(t->result);
    (void)pthread_mutex_destroy(&t->lock);
    free(t);
}

sp_status node_task_sign(json_t *result, const node_task *t, felt chain_id, const ecdsa_key *key)
{
    digest_result d = {
        .chain_id = chain_id, .attempt = (uint32_t)t->attempt, .status = DIGEST_FAILURE};
    const char *status = json_string_value(json_object_get(result, "status"));
    const json_t *j = json_object_get(t->assignment, "job");
    const char *program = json_string_value(json_object_get(j, "program_id")),
               *input = json_string_value(json_object_get(j, "input_sha256")),
               *output =
                   json_string_value(json_object_get(json_object_get(result, "output"), "sha256")),
               *proof =
                   json_string_value(json_object_get(json_object_get(result, "proof"), "sha256")),
               *io = json_string_value(json_object_get(result, "io_commitment"));
    uint8_t bytes[32] = {0}, be[32];
    char r[FELT_HEX], s[FELT_HEX];
    digest_signature sig;
    felt z;
    if (program == NULL || input == NULL || !hex_read(d.program, 28, program) ||
        !hex_read(d.input, 32, input))
        return SP_ERR_FORMAT;
    SP_TRY(uuid_read(&d.task, t->id, strlen(t->id)));
    /* Of a failure there is nothing but what it is of: the rest is zero. */
    if (status != NULL && strcmp(status, "success") == 0) {
        d.status = DIGEST_SUCCESS;
        if (output == NULL || proof == NULL || io == NULL || !hex_read(d.output, 32, output) ||
            !hex_read(d.proof, 32, proof) || !hex_read(bytes, 31, io))
            return SP_ERR_FORMAT;
        for (size_t i = 0; i < 32; i++) be[i] = bytes[31 - i];
        SP_TRY(felt_read(&d.io_commitment, be));
        d.proof_bytes =
            (uint64_t)json_integer_value(json_object_get(json_object_get(result, "proof"), "size"));
        d.cycles = (uint64_t)json_integer_value(
            json_object_get(json_object_get(result, "usage"), "cycles"));
    }
    SP_TRY(digest_of_result(&z, &d));
    SP_TRY(digest_sign(&sig, key, z));
    (void)felt_write_hex(r, sig.r);
    (void)felt_write_hex(s, sig.s);
    return json_object_set_new(result, "signature", json_pack("[s, s]", r, s)) == 0 ? SP_OK
                                                                                    : SP_ERR_NOMEM;
}
