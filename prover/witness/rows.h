/* rows.h - what the files of prover/witness/ share. */
#ifndef PROVER_WITNESS_ROWS_H
#define PROVER_WITNESS_ROWS_H

#include "prover/witness.h"

/* Rows are made in blocks that stay in the cache: columns are a power of two apart, so that writing
 * all of them row by row would fight for the same cache lines. */
#define WITNESS_BLOCK 128u

/* o[column][i] = the cell of row i, for i < n <= WITNESS_BLOCK; merge columns are left. insn is the
 * program's, indexed by rows[i].insn. */
typedef void witness_rows(uint32_t (*o)[WITNESS_BLOCK], const vm_row *rows,
                          const program_insn *insn, size_t n);

witness_rows witness_rows_alu, witness_rows_cmp, witness_rows_bit, witness_rows_sh,
    witness_rows_jalr, witness_rows_const, witness_rows_ls, witness_rows_muldiv;

/* REFRESH rows: those of the run, then one for each publicly checked cell. */
size_t witness_n_final(const vm_result *run, enum machine_io_mode mode);
void witness_refresh(uint32_t (*o)[WITNESS_BLOCK], const program *p, const vm_result *run,
                     size_t first, size_t n);

/* First touched word that is not below a RAM word. */
size_t witness_touched_at(const vm_result *run, uint32_t word);

void witness_image(const air_instance *inst, const program *p, const vm_result *run);
void witness_initfin(const air_instance *inst, const program *p, const vm_result *run);

SP_FN uint32_t witness_lo(uint32_t v) { return v & 0xffff; }
SP_FN uint32_t witness_hi(uint32_t v) { return v >> 16; }
/* A small signed number as a field element. */
SP_FN uint32_t witness_signed(int32_t v) { return v < 0 ? M31_P - (uint32_t)-v : (uint32_t)v; }
/* The signed immediate back from its field element. */
SP_FN int32_t witness_imm(uint32_t f) { return f > M31_P / 2 ? -(int32_t)(M31_P - f) : (int32_t)f; }

#endif
