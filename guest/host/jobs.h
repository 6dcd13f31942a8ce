/* jobs.h - the built-in jobs: their programs, and their encoders from and decoders to JSON.
 *
 * docs/jobs.md gives every encoding byte by byte. A payload has exactly one encoding. */
#ifndef GUEST_HOST_JOBS_H
#define GUEST_HOST_JOBS_H

#include "core/sp.h"

typedef struct sp_job {
    const char *name;
    const char *summary;       /* one sentence */
    const char *input_schema;  /* JSON schema of the payload, as text */
    const char *output_schema; /* JSON schema of the decoded result */
    const char *example;       /* a payload */
    const uint8_t *elf;        /* the guest program */
    size_t elf_bytes;

    /* From a payload to the public input. On success *input is to be freed with free(). On failure
     * both outputs are zeroed and err holds one sentence that names the place in the payload:
     * SP_ERR_FORMAT (not what the schema says), SP_ERR_LIMIT (too large for the job), SP_ERR_NOMEM.
     */
    sp_status (*encode)(const char *json, size_t len, uint8_t **input, size_t *input_bytes,
                        char *err, size_t err_size);
    /* From the public output of a run with exit code 0 to JSON: one line, zero-terminated, without
     * a newline, to be freed with free(). Errors: SP_ERR_FORMAT, SP_ERR_NOMEM. */
    sp_status (*decode)(const uint8_t *output, size_t output_bytes, char **json, char *err,
                        size_t err_size);
    /* From a payload that is not JSON (the content of a file) to the public input, as encode; or
     * NULL: the job takes JSON only. */
    sp_status (*encode_raw)(const uint8_t *bytes, size_t n, uint8_t **input, size_t *input_bytes,
                            char *err, size_t err_size);
} sp_job;

/* The job of that name, or NULL. */
const sp_job *sp_job_find(const char *name);
/* All of them, in the order of docs/jobs.md. */
const sp_job *sp_job_list(size_t *n);

#endif
