/* work.c - one sandboxed child for one request, from the parent's side. */
#include "market/work_child.h"
#include "market/work_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Output and proof: the machine's 64 MiB, and a proof that holds as much input and output beside
 * its own few megabytes. */
#define MAX_FILE_BYTES ((uint64_t)192 << 20)

struct work_job {
    sandbox *box;
    work_result result;
    bool done;
    char last_line[SANDBOX_LINE + 1];
    void (*on_progress)(void *user, enum work_phase phase, uint64_t done, uint64_t total);
    void *user;
};

sp_status work_find_helper(char *path, size_t path_bytes, const char *name)
{
    static const char *const places[] = {"", "../libexec/sprove/", "../market/"};
    char self[PATH_MAX];
    const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) return SP_ERR_IO;
    self[n] = 0;
    char *slash = strrchr(self, '/');
    if (!slash) return SP_ERR_IO;
    slash[1] = 0;
    for (unsigned i = 0; i < SP_COUNT(places); i++) {
        const int k = snprintf(path, path_bytes, "%s%s%s", self, places[i], name);
        if (k > 0 && (size_t)k < path_bytes && access(path, X_OK) == 0) return SP_OK;
    }
    return SP_ERR_IO;
}

sp_status work_find_program(char *path, size_t path_bytes)
{
    return work_find_helper(path, path_bytes, "sprove-worker");
}

static void on_line(void *user, const char *line)
{
    work_job *w = user;
    enum work_phase phase;
    uint64_t done, total;
    if (!work_progress_read(line, &phase, &done, &total))
        strcpy(w->last_line, line); /* both of SANDBOX_LINE */
    else if (w->on_progress)
        w->on_progress(w->user, phase, done, total);
}

/* The request as a file that nobody else has. */
static int request_file(const work_request *r, char why[SANDBOX_WHY])
{
    uint8_t *frame;
    size_t n, at = 0;
    const sp_status s = work_frame_write(&frame, &n, r);
    if (s != SP_OK) {
        snprintf(why, SANDBOX_WHY, "%s",
                 s == SP_ERR_LIMIT ? "the request is too large"
                                   : "not enough memory for the request");
        return -1;
    }
    int fd = memfd_create("request", MFD_CLOEXEC);
    while (fd >= 0 && at < n) {
        const ssize_t k = pwrite(fd, frame + at, n - at, (off_t)at);
        if (k <= 0) {
            (void)close(fd);
            fd = -1;
        } else {
            at += (size_t)k;
        }
    }
    if (fd < 0) snprintf(why, SANDBOX_WHY, "not enough memory for the request");
    free(frame);
    return fd;
}

sp_status work_start(work_job **out, const work_request *r, const work_options *o,
                     char why[SANDBOX_WHY])
{
    static const char *const files[] = {"output", "proof"};
    const char *const argv[] = {o->program, "once", NULL};
    sandbox_spec spec;
    *out = NULL;
    if (!r->memory || !o->program || !o->dir) {
        snprintf(why, SANDBOX_WHY, "the work was asked for wrongly");
        return SP_ERR_ARG;
    }
    work_job *w = calloc(1, sizeof *w);
    const int fd = w ? request_file(r, why) : -1;
    if (fd < 0) {
        free(w);
        return SP_ERR_NOMEM;
    }
    w->on_progress = o->on_progress;
    w->user = o->user;
    work_child_spec(&spec, r->memory, r->threads, r->max_cycles, o->wall_ms);
    spec.argv = argv;
    spec.dir = o->dir;
    spec.input = fd;
    spec.files = files;
    spec.n_files = 2;
    spec.file_bytes = MAX_FILE_BYTES;
    spec.grace_ms = o->grace_ms;
    spec.result_bytes = WORK_RECORD_BYTES;
    spec.on_line = on_line;
    spec.line_user = w;
    const sp_status s = sandbox_start(&w->box, &spec, why);
    (void)close(fd);
    if (s == SP_OK)
        *out = w;
    else
        free(w);
    return s;
}

/* SHA-256 of what is in the file, and that it has n bytes. */
static bool hash_file(uint8_t out[32], int fd, uint64_t n)
{
    uint8_t b[65536];
    struct stat st;
    uint64_t at = 0;
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool ok = c && fstat(fd, &st) == 0 && (uint64_t)st.st_size == n &&
              EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1;
    while (ok && at < n) {
        const ssize_t k = pread(fd, b, sizeof b, (off_t)at); /* <= MAX_FILE_BYTES */
        ok = k > 0 && EVP_DigestUpdate(c, b, (size_t)k) == 1;
        if (ok) at += (uint64_t)k;
    }
    ok = ok && at == n && EVP_DigestFinal_ex(c, out, NULL) == 1;
    EVP_MD_CTX_free(c);
    return ok;
}

static void finish(work_job *w)
{
    size_t n;
    const uint8_t *record = sandbox_output(w->box, &n);
    work_result *r = &w->result;
    w->done = true;
    work_child_ended(r, w->box, w->last_line);
    if (r->code != WORK_SUCCESS) return;
    if (n != WORK_RECORD_BYTES || work_record_read(r, record) != SP_OK) {
        memset(r, 0, sizeof *r);
        r->code = WORK_WORKER_CRASHED;
        snprintf(r->detail, sizeof r->detail, "the worker's answer is malformed");
    } else if (r->code == WORK_SUCCESS &&
               (!hash_file(r->output_sha256, sandbox_file(w->box, 0), r->output_bytes) ||
                !hash_file(r->proof_sha256, sandbox_file(w->box, 1), r->proof_bytes))) {
        memset(r, 0, sizeof *r);
        r->code = WORK_WORKER_CRASHED;
        snprintf(r->detail, sizeof r->detail, "the worker's files are not what it says");
    }
}

bool work_step(work_job *w, unsigned timeout_ms)
{
    if (!w->done && sandbox_step(w->box, timeout_ms)) finish(w);
    return w->done;
}

void work_cancel(work_job *w) { sandbox_cancel(w->box); }
const work_result *work_done(const work_job *w) { return w->done ? &w->result : NULL; }
const sandbox *work_sandbox(const work_job *w) { return w->box; }

static bool succeeded(const work_job *w) { return w->done && w->result.code == WORK_SUCCESS; }

int work_output(const work_job *w) { return succeeded(w) ? sandbox_file(w->box, 0) : -1; }
int work_proof(const work_job *w)
{
    return succeeded(w) && w->result.proof_bytes ? sandbox_file(w->box, 1) : -1;
}

sp_status work_keep_output(work_job *w, const char *path)
{
    return work_output(w) < 0 ? SP_ERR_ARG : sandbox_keep(w->box, 0, path);
}
sp_status work_keep_proof(work_job *w, const char *path)
{
    return work_proof(w) < 0 ? SP_ERR_ARG : sandbox_keep(w->box, 1, path);
}

void work_delete(work_job *w)
{
    if (w) sandbox_delete(w->box);
    free(w);
}
