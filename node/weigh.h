/* weigh.h - what an offered task takes, and the least that a node is paid for it, by what the offer
 * says of it and, once the program has run here, by what is known since.
 *
 * Of a run that was measured the relayer says `work`: {"cycles", "rows"}, decimal. Of another
 * nobody knows more than its most cycles, which are the same large number for most tasks, small as
 * these are: it is taken for WEIGH_ASSUMED_CYCLES, or its most if that is less. */
#ifndef NODE_WEIGH_H
#define NODE_WEIGH_H

#include "market/amount.h"
#include "node/selfbench.h"

#define WEIGH_ASSUMED_CYCLES 1000000u

typedef struct {
    uint64_t cycles, rows;
} weigh_work;

/* executed: the cycles that it took here; 0: it has not run yet. */
weigh_work weigh_task(const json_t *assignment, uint64_t executed);

/* Milliseconds of all threads that are still to be worked when so many parts of a million are done.
 * 0: this machine was not measured. UINT64_MAX: there is no such profile. */
uint64_t weigh_left_ms(const selfbench *b, const json_t *assignment, uint64_t executed,
                       uint32_t done_ppm);

/* Whether the offer's price is at least base + per_mcycle for every million rows: those of `work`,
 * or where the contract pays at most so many cycles one row for each, and the table of bytes, which
 * no proof is without. No relayer of ours computes less from the same prices (estimate.h of the
 * relayer: 1.1 rows for a cycle, all tables). */
bool weigh_is_paid(const json_t *assignment, u256 base, u256 per_mcycle);

#endif
