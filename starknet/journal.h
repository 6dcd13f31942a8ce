/* journal.h - signed transactions on disk before they are sent, so that a program that was stopped
 * sends the same bytes again and never signs a second transaction for what may already be under
 * way.
 *
 * A journal is a directory, mode 0700, used by one program at a time (a lock says so). An entry is
 * one file named by its transaction hash: a first line with the Keccak-256 of the rest, then
 * method, hash, nonce and parameters. It is written beside, synced, renamed, and the directory
 * synced: after a crash it is whole or absent. */
#ifndef STARKNET_JOURNAL_H
#define STARKNET_JOURNAL_H

#include "starknet/account.h"

#define JOURNAL_MAX_ENTRIES 1024
#define JOURNAL_MAX_BYTES (1u << 20) /* of an entry: 5,000 felts take 0.35 MB */

typedef struct {
    int dir, lock; /* -1: closed */
} journal;

/* Creates the directory where there is none; its parent must exist. SP_ERR_IO: the system said no.
 * SP_ERR_LIMIT: another program holds the journal. */
SP_MUST_USE sp_status journal_open(journal *j, const char *path);
void journal_close(journal *j); /* a journal that failed to open, or was closed, too */

/* Returns SP_OK once the entry is on the disk; an entry of the same hash is replaced. SP_ERR_IO. */
SP_MUST_USE sp_status journal_add(journal *j, const account_signed *tx);
/* All entries, by nonce (as numbers), to be freed with journal_free; max_fee and estimate are 0.
 * SP_ERR_FORMAT: a file is not what was written (list is then empty: a person must look).
 * SP_ERR_LIMIT: more than JOURNAL_MAX_ENTRIES. SP_ERR_IO, SP_ERR_NOMEM. */
SP_MUST_USE sp_status journal_list(journal *j, account_signed **list, size_t *n);
void journal_free(account_signed *list, size_t n);
/* The calldata of an invoke transaction of a journal, to be freed. SP_ERR_FORMAT: it is another
 * kind of transaction. SP_ERR_NOMEM. */
SP_MUST_USE sp_status journal_calldata(felt **out, size_t *n, const account_signed *tx);
/* Seconds since the entry was written, by the clock that the disk has; 0 when there is none. */
uint64_t journal_age(const journal *j, felt hash);
/* Removes the entry; SP_OK also when there is none. For transactions whose fate is final. */
SP_MUST_USE sp_status journal_remove(journal *j, felt hash);

typedef enum {
    JOURNAL_PENDING,   /* under way, or sent again just now */
    JOURNAL_CONFIRMED, /* executed, in a block or before; not final yet */
    JOURNAL_DONE,      /* executed in a block accepted on L2 */
    JOURNAL_REVERTED,  /* the same, but reverted: status->reason and said say why; the fee was paid
                        */
    JOURNAL_DEAD       /* another transaction took its nonce: it can never be executed */
} journal_fate;

/* What became of a transaction, as this node sees it; where the node does not know it and the nonce
 * is still to be used, the same bytes are sent. Errors are those of chain.h: of a refusal
 * (SP_ERR_REJECT with, say, RPC_FEE_TOO_LOW) the caller decides; nothing else may be signed for
 * this nonce unless that transaction cannot be accepted any more, or its replacement does the same.
 */
SP_MUST_USE sp_status journal_advance(rpc *r, journal_fate *fate, chain_status *status,
                                      const account_signed *tx, felt account, rpc_error *err);

#endif
