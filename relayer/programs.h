/* programs.h - what can be computed: the built-in jobs, by the name of an algorithm, and their ids.
 */
#ifndef RELAYER_PROGRAMS_H
#define RELAYER_PROGRAMS_H

#include "guest/host/jobs.h"

/* The job that an algorithm is a case of ("sha256" is one of "hash"), or NULL. */
const sp_job *program_of_algorithm(const char *algorithm);

#define PROGRAM_SHA256_HEX 65
/* Of the job's ELF; computed once, from any thread. */
void program_sha256(char out[PROGRAM_SHA256_HEX], const sp_job *job);
/* The job of this hash, or NULL. */
const sp_job *program_of_sha256(const char *sha256);

#define PROGRAM_ID_HEX 57
#define PROGRAM_DIGEST_HEX 63

/* The id that a verifier asks for, under a profile ("balanced") and an io mode ("words", "digest");
 * computed once, from any thread; those that are known need not wait for one that is computed.
 * SP_ERR_ARG: no such profile or mode. */
SP_MUST_USE sp_status program_id_of(char out[PROGRAM_ID_HEX], const sp_job *job,
                                    const char *profile, const char *io_mode);
/* Rows of the tables that each proof of the job has: market/work.h, WORK_IDENTIFY. Computed once,
 * from any thread. */
uint64_t program_table_rows(const sp_job *job);
/* The hash that a statement names an input or output by. */
void program_hash_io(char out[PROGRAM_DIGEST_HEX], const uint8_t *bytes, size_t n);
/* What a proof of an input and an output commits to. */
void program_io_commitment(uint8_t out[31], const char *h_in, const char *h_out);

#endif
