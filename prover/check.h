/* check.h - checks a filled trace without a proof: every row against the constraints and tables,
 * and the exact balance of memory, state and lookups. What fails is named.
 *
 * These checks know no fingerprints: tuples are compared as they are. A trace that passes satisfies
 * what a proof of it would state. */
#ifndef PROVER_CHECK_H
#define PROVER_CHECK_H

#include "prover/trace.h"

/* What is wrong: in one row, or (inst = -1) between rows. */
typedef struct {
    int inst;       /* index into trace.inst */
    uint32_t row;   /* row number (not position) */
    char text[400]; /* a sentence: component, row, pc, and what is violated */
} air_report;

/* Every row by itself: constraints, merge columns, membership of every lookup in its table.
 * SP_ERR_UNSAT with the first violation of the first bad row, in protocol order. SP_ERR_NOMEM. */
SP_MUST_USE sp_status air_check_rows(const air_trace *t, air_report *r);
/* Between rows: what memory and state tuples the rows and the public boundary read and leave
 * cancels exactly, and every table row is looked up as often as its multiplicity says. SP_ERR_UNSAT
 * names a memory or state tuple of the earliest time that does not cancel. Rows must have passed.
 * Memory of the check is below 100 MiB however long the trace is. */
SP_MUST_USE sp_status air_check_balance(const air_trace *t, air_report *r);
/* Both. */
SP_MUST_USE sp_status air_check(const air_trace *t, air_report *r);

/* The program table as a set, for checking single rows; keeps a pointer to the trace's columns. */
typedef struct {
    const air_trace *t;
    uint32_t *slot; /* hash table of ROM rows + 1; 0: free */
    uint32_t mask;
    uint32_t rom_rows;
} air_checker;
SP_MUST_USE sp_status air_checker_init(air_checker *c, const air_trace *t);
void air_checker_free(air_checker *c);
/* The row of instance inst at a position, by itself. r may be NULL. */
bool air_checker_row(const air_checker *c, unsigned inst, uint32_t position, air_report *r);

#endif
