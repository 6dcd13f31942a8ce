/* prove.h - makes proofs: statement, witness, commitments, openings, in the order of
 * docs/protocol.md 5. */
#ifndef PROVER_PROVE_H
#define PROVER_PROVE_H

#include "air/proof.h"
#include "prover/backend.h"
#include "vm/run.h"

/* Phases, for progress and timings. */
#define PROVE_PHASES(X)                      \
    X(SETUP, "setup")                        \
    X(WITNESS, "witness")                    \
    X(MAIN_COMMIT, "main commit")            \
    X(INTERACTION, "interaction")            \
    X(INTERACTION_COMMIT, "interaction commit") \
    X(COMPOSITION, "constraints")            \
    X(OODS, "oods")                          \
    X(QUOTIENT, "quotients")                 \
    X(FRI, "fri")                            \
    X(GRIND, "grind")                        \
    X(OPEN, "openings")

enum prove_phase {
#define PROVE_X(id, text) PHASE_##id,
    PROVE_PHASES(PROVE_X)
#undef PROVE_X
    N_PROVE_PHASES
};
extern const char *const prove_phase_name[N_PROVE_PHASES];

typedef struct {
    const params *p;
    const backend *be;
    unsigned threads;      /* 0: all */
    uint64_t memory;       /* bytes the proof may take beyond the run's record; 0: no limit */
    uint32_t context[7];
    /* done/total: estimated work so far, monotone, ends at total. false cancels: SP_ERR_CANCEL. */
    bool (*progress)(void *user, enum prove_phase phase, uint64_t done, uint64_t total);
    void *user;
} prove_options;

/* Sizes known before proving. */
typedef struct {
    proof_shape shape;
    program_header program;
    uint64_t memory_bytes;  /* peak of the prover's own allocations */
    size_t proof_bytes, proof_felts;
    uint64_t main_cells, padded_cells; /* committed main + interaction M31 cells of instruction chips
                                          and REFRESH, INITFIN: active rows; with padding */
} prove_plan;

typedef struct {
    uint64_t ns[N_PROVE_PHASES]; /* wall time in nanoseconds, monotonic clock */
    uint64_t peak_bytes;            /* what was allocated */
} prove_stats;

typedef struct {
    char text[352]; /* one sentence */
} prove_error;

/* Sizes, memory and felts of proving a recorded run. SP_ERR_LIMIT: more cycles or rows than the
 * profile takes, SP_ERR_ARG otherwise; e names the numbers. */
SP_MUST_USE sp_status prove_plan_init(prove_plan *plan, const vm_program *p, const vm_result *run,
                                      uint32_t input_bytes, enum machine_io_mode mode,
                                      const prove_options *o, prove_error *e);

/* Proves a recorded run. *proof is malloc'ed, the caller frees it. SP_ERR_NOMEM: the plan exceeds
 * the memory limit or the system's; e names both numbers. The record's row arrays may be released as
 * soon as they are not needed (they are set to NULL). */
SP_MUST_USE sp_status prove(uint8_t **proof, size_t *proof_bytes, const vm_program *p, vm_result *run,
                            const uint8_t *input, uint32_t input_bytes, enum machine_io_mode mode,
                            const prove_options *o, prove_stats *stats, prove_error *e);

/* The row checker instead of a proof: SP_ERR_UNSAT with component, row and constraint in e. */
SP_MUST_USE sp_status prove_check(const vm_program *p, const vm_result *run, const uint8_t *input,
                                  uint32_t input_bytes, enum machine_io_mode mode,
                                  const prove_options *o, prove_error *e);

/* The id that a demander pins, from the program (the mode is the one it was loaded with). */
SP_MUST_USE sp_status prove_program_id(uint32_t id[7], const vm_program *p, enum machine_io_mode mode,
                                       const params *pa, const backend *be, prove_error *e);

#endif
