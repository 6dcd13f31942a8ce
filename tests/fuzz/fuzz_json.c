/* fuzz_json.c - fuzz entry of the job codecs: line k of the input is a payload of job k, and its
 * bytes are also taken for an output of that job. */
#include "core/machine.h"
#include "guest/host/jobs.h"
#include "tests/fuzz/fuzz.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void require(bool ok)
{
    if (!ok) abort();
}

/* Encodes twice: failures say why and give nothing, successes are the same bytes. */
static bool encode(const sp_job *job, const char *text, size_t n)
{
    char err[320] = "";
    uint8_t *a = (uint8_t *)err, *b = NULL;
    size_t a_bytes = 1, b_bytes = 0;
    const sp_status s = job->encode(text, n, &a, &a_bytes, err, sizeof err);
    if (s != SP_OK) {
        require(a == NULL && a_bytes == 0 && err[0] != 0 && strlen(err) < sizeof err);
        for (const char *c = err; *c; c++) require((unsigned char)*c >= 0x20 && *c != 0x7f);
        return false;
    }
    require(a != NULL && a_bytes <= MACHINE_INPUT_CAP);
    require(job->encode(text, n, &b, &b_bytes, err, sizeof err) == SP_OK);
    require(a_bytes == b_bytes && memcmp(a, b, a_bytes) == 0);
    free(a);
    free(b);
    return true;
}

/* What decodes is a JSON object. */
static void decode(const sp_job *job, const uint8_t *bytes, size_t n)
{
    char err[320] = "", *text = err;
    if (job->decode(bytes, n, &text, err, sizeof err) != SP_OK) {
        require(text == NULL && err[0] != 0);
        return;
    }
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    require(json_is_object(root));
    json_decref(root);
    free(text);
}

/* Returns how many lines were payloads. */
static size_t lines(const uint8_t *data, size_t size)
{
    size_t n_jobs, good = 0, k = 0;
    const sp_job *jobs = sp_job_list(&n_jobs);
    for (size_t at = 0, next; at < size; at = next + 1, k++) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        next = end ? (size_t)(end - data) : size;
        good += encode(&jobs[k % n_jobs], (const char *)data + at, next - at);
        decode(&jobs[k % n_jobs], data + at, next - at);
    }
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lines(data, size);
    return 0;
}

/* The examples of all jobs. */
size_t fuzz_seed(uint8_t *data, size_t cap)
{
    size_t n_jobs, n = 0;
    const sp_job *jobs = sp_job_list(&n_jobs);
    for (size_t i = 0; i < n_jobs; i++) {
        size_t k = strlen(jobs[i].example);
        if (n + k + 1 > cap) return 0;
        memcpy(data + n, jobs[i].example, k);
        n += k;
        data[n++] = '\n';
    }
    return n;
}

bool fuzz_seed_is_good(const uint8_t *data, size_t size)
{
    size_t n_jobs;
    sp_job_list(&n_jobs);
    return lines(data, size) == n_jobs;
}
