/* witness.h - from a recorded run to the main columns of a trace.
 *
 * Order of use: witness_sizes (how large), witness_bind (where the columns lie), witness_fill
 * (their values), then prover/count.h for the merge columns and multiplicities, which witness_fill
 * leaves as they are. */
#ifndef PROVER_WITNESS_H
#define PROVER_WITNESS_H

#include "air/statement.h"
#include "prover/program.h"
#include "prover/trace.h"

typedef struct {
    uint8_t log[AIR_N_SLOTS];     /* trace log size of each instance slot; 0: absent */
    size_t n_active[AIR_N_SLOTS]; /* rows that are not padding */
    uint64_t cycles;
    size_t n_inst, n_columns; /* present instances, their main columns */
    size_t n_words;           /* of all main columns */
} witness_layout;

/* Cells of main and interaction columns, in M31 words. */
typedef struct {
    uint64_t active; /* instruction chips, REFRESH and INITFIN: rows that are not padding */
    uint64_t padded; /* the same with padding rows */
    uint64_t tables; /* IMAGE, ROM, TABLES */
} witness_cells;

/* Smallest instance that a component is cut into two for: below, the second instance costs more in
 * the proof than its rows save. */
#define WITNESS_SPLIT_LOG 12

/* Rows and instances of a run. A component with n rows gets 2^k >= n, or with two instances allowed
 * 2^(k-1) + 2^b >= n with the smallest b where that is less; no instance is below 2^min_log. At the
 * end of a run every publicly checked cell takes one REFRESH row. SP_ERR_LIMIT with a sentence:
 * more than MACHINE_MAX_CYCLES, or an access below the image; SP_ERR_ARG: the run was not recorded
 * or is not of this program's mode. */
SP_MUST_USE sp_status witness_sizes(witness_layout *l, const program *p, const vm_result *run,
                                    unsigned min_log, unsigned max_instances, vm_error *err);

/* The public facts of a run; the bytes stay the caller's. */
void witness_public(air_public *pub, const program *p, const vm_result *run, const uint8_t *input,
                    uint32_t input_bytes);

/* Sets up t over the caller's memory: l->n_columns pointers and l->n_words words (64-byte aligned),
 * column after column in protocol order. p, pub's bytes and the memory must outlive t. */
void witness_bind(air_trace *t, const witness_layout *l, const program *p, const air_public *pub,
                  uint32_t **columns, uint32_t *words);

/* Fills every main column but merge columns (mg*) and multiplicities, padding rows included;
 * parallel inside. The layout, program and run must be those that t was bound with. SP_ERR_UNSAT:
 * the run and the public facts disagree (an output word, the exit code or the digest). */
SP_MUST_USE sp_status witness_fill(air_trace *t, const program *p, const vm_result *run);

void witness_count_cells(witness_cells *c, const witness_layout *l);
/* 100 times the active cells per cycle, rounded. */
uint32_t witness_cells_per_cycle(const witness_layout *l);

#endif
