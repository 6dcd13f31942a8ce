/* harness.h - a job from payload to verified proof, for tests. */
#ifndef TESTS_E2E_HARNESS_H
#define TESTS_E2E_HARNESS_H

#include "prover/prove.h"
#include "verifier/verify.h"

typedef struct {
    vm_program program;
    vm_result run;
    uint8_t *input;
    uint32_t input_bytes;
    enum machine_io_mode mode;
    const params *p;
    uint32_t program_id[7];
    uint8_t *proof;
    size_t proof_bytes;
    char text[512]; /* what failed */
} e2e_case;

/* A small payload of matrix_multiplication. */
extern const char e2e_matrix[];

/* Runs a built-in job on a JSON payload, recording. False with text set. */
bool e2e_run(e2e_case *c, const char *job, const char *json, enum machine_io_mode mode,
             const char *profile);
/* The same with raw input bytes and an ELF. */
bool e2e_run_elf(e2e_case *c, const uint8_t *elf, size_t elf_bytes, const uint8_t *input,
                 uint32_t input_bytes, const uint8_t *hint, uint32_t hint_bytes,
                 enum machine_io_mode mode, const char *profile);
/* Proves with a backend ("auto", ...) and a number of threads; the program id is computed on its
 * own. The record stays usable only for the first proof. */
bool e2e_prove(e2e_case *c, const char *backend, unsigned threads);
/* What a verifier is told about the case. */
void e2e_expect(const e2e_case *c, verify_expect *e);
/* Verifies bytes as the case's proof; why may be NULL. */
sp_status e2e_verify(const e2e_case *c, const uint8_t *proof, size_t n, verify_reason *why);
/* Proves as e2e_prove and verifies; false, with the reason printed. */
bool e2e_accepted(e2e_case *c, const char *backend, unsigned threads);
void e2e_free(e2e_case *c);

#endif
