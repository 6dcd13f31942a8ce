/* worked.c - see worked.h. */
#include "tests/market/worked.h"

#include "guest/host/jobs.h"

#include <sys/stat.h>
#include <unistd.h>

const char *worker_path(void) { return SP_TEST_WORKER; }

work_request job_request(enum work_kind kind, const char *job, const char *json, uint8_t **input)
{
    work_request r;
    char err[320];
    const sp_job *j = sp_job_find(job);
    memset(&r, 0, sizeof r);
    r.kind = kind;
    r.job = job;
    r.threads = 1;
    r.memory = 2048 * MIB;
    if (!j || j->encode(json, strlen(json), input, &r.input_bytes, err, sizeof err) != SP_OK)
        abort();
    r.input = *input;
    return r;
}

work_request guest_request(enum work_kind kind, const struct guest *g, uint8_t **elf)
{
    work_request r;
    memset(&r, 0, sizeof r);
    r.kind = kind;
    r.threads = 1;
    r.memory = 1024 * MIB;
    r.elf = *elf = guest_elf(g, &r.elf_bytes);
    return r;
}

work_job *work_to_end(const work_request *r, uint64_t wall_ms)
{
    char why[SANDBOX_WHY];
    work_job *w;
    const work_options o = {.program = worker_path(), .dir = "/tmp", .wall_ms = wall_ms};
    if (work_start(&w, r, &o, why) != SP_OK) {
        printf("not started: %s\n", why);
        return NULL;
    }
    while (!work_step(w, 1000)) {}
    return w;
}

bool came_to(const work_result *r, enum work_code code)
{
    if (r && r->code == code) return true;
    if (r) printf("came to %s: %s\n", work_code_name[r->code], r->detail);
    return false;
}

uint8_t *file_bytes_of(int fd, size_t *n)
{
    struct stat st;
    if (fd < 0 || fstat(fd, &st)) return NULL;
    *n = (size_t)st.st_size;
    uint8_t *b = malloc(*n + 1);
    if (b && pread(fd, b, *n, 0) == st.st_size) return b;
    free(b);
    return NULL;
}
