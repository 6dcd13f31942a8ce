/* count.h - what a trace's other columns determine: merge columns of range checks, and how often
 * each row of the program table, the range table and the byte table is looked up. */
#ifndef PROVER_COUNT_H
#define PROVER_COUNT_H

#include "prover/program.h"
#include "prover/trace.h"

/* Counters by table row, in the order of prover/program.h. */
typedef struct {
    const program *p;
    uint32_t *rc;    /* 2^17 */
    uint32_t *bytes; /* 2^18 */
    uint32_t *rom;   /* 2^rom_log */
} count_tables;

/* Rows begin .. end - 1 of one instance (positions; any order): writes the columns mg*, and adds
 * the row's lookups to the counters. Padding rows count too; fetches count where e = 1. false: a
 * value is in no row of its table (only reached by a trace that no run gives); the rest is counted.
 * ROM and TABLES have nothing to count. */
bool count_rows(enum air_component_id id, uint32_t *const *main, size_t begin, size_t end,
                count_tables *c);

/* The whole trace: all merge columns, and the multiplicity columns of ROM and TABLES. Every other
 * main column must be filled. Parallel inside. SP_ERR_UNSAT: a looked-up value is in no table;
 * SP_ERR_NOMEM. */
SP_MUST_USE sp_status count_trace(air_trace *t, const program *p);

#endif
