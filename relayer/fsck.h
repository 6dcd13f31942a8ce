/* fsck.h - the invariants of the database, checked without changing anything.
 *
 * What holds after any crash: attempts and events are numbered without gaps, events folded by
 * relayer/state.h give the task's state and version, at most one attempt is open and only for a
 * task that needs one, a verified task has its proof as a blob of the right length and SHA-256,
 * counters of quotas and sums of reputation are what their rows give, a task stands once for each
 * Idempotency-Key, no lease outlives its task's deadline, and what the contract paid adds up to the
 * amount. A relayer may be running meanwhile: everything is read in one transaction. */
#ifndef RELAYER_FSCK_H
#define RELAYER_FSCK_H

#include "relayer/db.h"

#include "starknet/felt.h"

#include <stdio.h>

/* What verifying proofs takes: sprove-worker, a folder for its private ones, how long one may take,
 * the chain that tasks with an escrow are of (0: not known). */
typedef struct {
    const char *worker, *dir;
    uint64_t verify_ms;
    felt chain_id;
} fsck_proofs;

/* database: as db_open; blobs: the folder of blobs; proofs: each verified task's proof
 * is verified again (NULL: not). Writes a line "table key: what" for each
 * violation and counts them. SP_ERR_IO, SP_ERR_FORMAT: the database cannot be read, or is of
 * another version; why[DB_WHY] says so. */
SP_MUST_USE sp_status fsck_run(uint64_t *violations, const char *database, const char *blobs,
                               const fsck_proofs *proofs, FILE *out, char *why);

#endif
