/* sprove.h - the public interface: load a program, run it, prove that it ran, verify that it ran.
 *
 * C11 and C++17. Every function may be called from several threads on different objects. Nothing
 * prints, exits or reads the environment. What can fail returns an sp_status, of which only SP_OK
 * is success; then every output is untouched or zeroed. Errors: one sentence is written to `why`,
 * an array of SP_WHY bytes, or NULL. docs/cli.md says what jobs, io modes, profiles and contexts
 * are. */
#ifndef INCLUDE_SPROVE_H
#define INCLUDE_SPROVE_H

#include "core/sp.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SP_API __attribute__((visibility("default")))
#define SP_WHY 320

/* How the public bytes are bound: they are in the proof, or their hash is. */
enum sp_io { SP_IO_WORDS = 0, SP_IO_DIGEST = 1 };

/* Bytes that the library allocated: to be given to sp_free. */
typedef struct {
    uint8_t *at;
    size_t n;
} sp_bytes;

SP_API void sp_free(sp_bytes *b);
SP_API const char *sp_version(void);

/* A program with its io mode. Immutable; threads may share it. */
typedef struct sp_program sp_program;

/* From the bytes of an ELF, which are not kept. */
SP_MUST_USE SP_API sp_status sp_program_load(sp_program **p, const uint8_t *elf, size_t n,
                                             enum sp_io io, char *why);
/* A built-in job, by name. SP_ERR_ARG: there is none of that name. */
SP_MUST_USE SP_API sp_status sp_program_job(sp_program **p, const char *job, enum sp_io io,
                                            char *why);
SP_API void sp_program_delete(sp_program *p); /* NULL is accepted */
/* The id that a verifier asks for, under a profile ("balanced", ...). */
SP_MUST_USE SP_API sp_status sp_program_id(uint8_t id[28], const sp_program *p, const char *profile,
                                           char *why);
/* A job's payload as public input, and its public output as JSON (one line). SP_ERR_ARG for a
 * program that is no job. */
SP_MUST_USE SP_API sp_status sp_encode(sp_bytes *input, const sp_program *p, const char *json,
                                       size_t n, char *why);
SP_MUST_USE SP_API sp_status sp_decode(sp_bytes *json, const sp_program *p, const uint8_t *output,
                                       size_t n, char *why);

/* What a run or a proof is made of. Start from sp_options_default. */
typedef struct {
    const char *profile; /* "balanced" */
    const char *backend; /* "auto" */
    unsigned threads;    /* 0: all */
    uint64_t memory;     /* bytes that proving may take; 0: no limit */
    uint64_t max_cycles; /* 0: the most that can be proved */
    const uint8_t *hint; /* private bytes */
    size_t hint_bytes;
    uint8_t context[28];
    /* Called now and then while proving; false cancels with SP_ERR_CANCEL. May be NULL. */
    bool (*progress)(void *user, const char *phase, uint64_t done, uint64_t total);
    void *user;
} sp_options;

SP_API sp_options sp_options_default(void);

typedef struct {
    uint64_t cycles;
    uint32_t exit_code;
    uint8_t io_commitment[31]; /* of input and output */
} sp_run_info;

/* Runs without proving. SP_ERR_TRAP: the guest faulted or used up its cycles. A nonzero exit code
 * is success here. info may be NULL. */
SP_MUST_USE SP_API sp_status sp_run(sp_bytes *output, sp_run_info *info, const sp_program *p,
                                    const uint8_t *input, size_t n, const sp_options *o, char *why);
/* Runs and proves, whatever the exit code. info may be NULL. */
SP_MUST_USE SP_API sp_status sp_prove(sp_bytes *proof, sp_bytes *output, sp_run_info *info,
                                      const sp_program *p, const uint8_t *input, size_t n,
                                      const sp_options *o, char *why);

/* What a proof must be of: io_commitment, or input and output, or all of them. Without an io_commitment
 * NULL is an empty input or output. */
typedef struct {
    const char *profile;          /* NULL: "balanced" */
    const uint8_t *program_id;    /* 28 bytes */
    const uint8_t *context;       /* 28 bytes; NULL: zero */
    const uint8_t *io_commitment; /* 31 bytes, or NULL */
    const uint8_t *input, *output;
    size_t input_bytes, output_bytes;
    uint32_t exit_code;
    bool allow_unsound; /* take the profile "bench", which proves nothing */
} sp_expect;

typedef struct {
    uint64_t cycles;
    unsigned legacy, udr, jbr; /* bits; SOUNDNESS.md */
} sp_verified;

/* SP_OK: the proof is of exactly this. SP_ERR_REJECT: it is not. SP_ERR_FORMAT: it is no proof.
 * info may be NULL. */
SP_MUST_USE SP_API sp_status sp_verify(sp_verified *info, const uint8_t *proof, size_t n,
                                       const sp_expect *e, char *why);

#ifdef __cplusplus
}
#endif

#endif
