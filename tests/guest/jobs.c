/* jobs.c - see jobs.h. */
#include "tests/guest/jobs.h"

#include <stdarg.h>

void text_add(text *t, const char *format, ...)
{
    char part[2200];
    va_list args;
    va_start(args, format);
    int k = vsnprintf(part, sizeof part, format, args);
    va_end(args);
    if (k < 0 || (size_t)k >= sizeof part) abort();
    if (t->n + (size_t)k + 1 > t->cap) {
        t->cap = 2 * t->cap + (size_t)k + 1024;
        t->p = realloc(t->p, t->cap);
        if (t->p == NULL) abort();
    }
    memcpy(t->p + t->n, part, (size_t)k + 1);
    t->n += (size_t)k;
}

bool job_run_gives(const sp_job *job, const uint8_t *elf, size_t elf_bytes, bool digest,
                   const uint8_t *input, size_t n, const char *expected)
{
    vm_result r;
    char err[320] = "";
    char *json = NULL;
    if (!guest_run(&r, elf, elf_bytes, digest ? MACHINE_IO_DIGEST : MACHINE_IO_WORDS, input, n,
                   NULL, 0))
        return false;
    bool ok = r.exit_code == 0;
    if (!ok)
        printf("%s: exit code %u: %.*s\n", job->name, (unsigned)r.exit_code, (int)r.output_bytes,
               (const char *)r.output);
    if (ok && digest && !guest_digest_is_right(&r, input, n)) {
        printf("%s: wrong io digest\n", job->name);
        ok = false;
    }
    if (ok && job->decode(r.output, r.output_bytes, &json, err, sizeof err) != SP_OK) {
        printf("%s: decode: %s\n", job->name, err);
        ok = false;
    }
    if (ok && strcmp(json, expected) != 0) {
        printf("%s: %.300s\n instead of %.300s\n", job->name, json, expected);
        ok = false;
    }
    free(json);
    vm_result_free(&r);
    return ok;
}

bool job_gives(const char *name, const char *payload, const char *expected)
{
    const sp_job *job = sp_job_find(name);
    const guest_elf *clang = guest_clang_job(name);
    char err[320] = "";
    uint8_t *input;
    size_t n;
    if (job == NULL) return false;
    if (job->encode(payload, strlen(payload), &input, &n, err, sizeof err) != SP_OK) {
        printf("%s: encode: %s\n", name, err);
        return false;
    }
    bool ok = job_run_gives(job, job->elf, job->elf_bytes, false, input, n, expected) &&
              job_run_gives(job, job->elf, job->elf_bytes, true, input, n, expected);
    if (ok && clang)
        ok = job_run_gives(job, clang->elf, clang->elf_bytes, false, input, n, expected) &&
             job_run_gives(job, clang->elf, clang->elf_bytes, true, input, n, expected);
    if (!ok) printf("payload: %.300s\n", payload);
    free(input);
    return ok;
}
bool job_gives_text(const char *name, text *payload, text *expected)
{
    bool ok = job_gives(name, payload->p, expected->p);
    free(payload->p);
    free(expected->p);
    memset(payload, 0, sizeof *payload);
    memset(expected, 0, sizeof *expected);
    return ok;
}

uint64_t job_random64(void) { return (uint64_t)test_rand() << 32 | test_rand(); }
int64_t job_random_bits(unsigned bits) { return (int64_t)job_random64() >> (63 - bits); }
