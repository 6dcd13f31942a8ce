/* assign.h - the relayer's transactions in the database: a node that has taken a task with an
 * escrow is assigned on the chain, so that nobody else is paid for it. On the core's thread.
 *
 * A row of chain_outbox is written in the unit that gives the lease, and then goes on as the sender
 * (sender.h) finds:
 *
 *   wanted     nothing is signed
 *   signed     nonce, hash and bytes are on the disk; they may have been sent, and are sent until
 *              they are known
 *   broadcast  a node has it
 *   confirmed  executed in a block accepted on L2, as all endpoints say
 *   reverted   the same, but the contract refused; its nonce is used
 *   refused    no node took these bytes; the same is asked again under the same nonce (replaced)
 *   dead       another transaction has its nonce
 *   satisfied  the chain shows the assignment without it
 *   open       the relayer may not assign any more: the contract pays who comes first
 *   dropped    the lease was over before anything was signed
 *   failed     the contract refuses it
 *   foreign    nonces that somebody else has used
 *
 * For a lease there is at most one row that is not replaced, and for a nonce of a sender at most
 * one that is neither refused nor dead: the database refuses a second. Nonces are dense; of one in
 * between all may be refused for a while (assign_hole). */
#ifndef RELAYER_ASSIGN_H
#define RELAYER_ASSIGN_H

#include "market/uuid.h"
#include "relayer/core.h"
#include "starknet/account.h"
#include "starknet/calldata.h"

/* In the unit in which a node says yes. Nothing for a task without a chain, or when the relayer has
 * no account. */
void assign_want(core *c, const char *task, int64_t attempt);
/* Blocks from this one on are no more: what they held is sent again. */
void assign_went_back(core *c, uint64_t from);

typedef struct {
    int64_t id, attempt, nonce, created_at, tries, block;
    char task[UUID_TEXT], sender[FELT_HEX], hash[FELT_HEX], provider[FELT_HEX],
        chain_task[U256_TEXT], state[12];
    char *params;
    bool over; /* the attempt has ended, and not with a proof that holds */
    int64_t max_execution_ms;
    uint64_t first_time; /* of the chain, when the task was first assigned; 0: it was not yet */
} assign_row;

/* For the sender, with its own database: rows that are signed and not final, by nonce; at most
 * room.
 */
size_t assign_list(db *d, assign_row *list, size_t room, int64_t now_ms);
/* The next that is wanted; false: none. */
SP_MUST_USE bool assign_next(db *d, assign_row *row, const char *sender, int64_t now_ms);
void assign_row_free(assign_row *row);
/* The first nonce of a sender that no row has; false: it has none yet. */
SP_MUST_USE bool assign_expected(db *d, int64_t *nonce, const char *sender);

/* The lowest nonce that holds rows above it up: what was signed under it was refused, as after a
 * block that was undone, and they wait for it. False: there is none. */
SP_MUST_USE bool assign_hole(db *d, int64_t *nonce, const char *sender);

/* What the sender found, applied if the row is as it was (row->state). A job: it fails, and nothing
 * changes, when the row has gone on meanwhile, or would break a rule above. */
typedef struct {
    job j; /* first */
    int64_t id;
    char task[UUID_TEXT], from[12], to[12];
    int64_t attempt;
    char reason[160];
    /* to signed */
    char sender[FELT_HEX], hash[FELT_HEX];
    char *params; /* owned */
    int64_t nonce;
    uint64_t chain_time, until;
    /* to confirmed or reverted */
    int64_t block;
    char fee[U256_TEXT];
    bool final;
    int64_t next_try_at;
    bool again;     /* a row that does the same is wanted instead, unless the lease is over */
    bool unpayable; /* the node cannot be paid: it loses the lease */
} assign_change;

#define ASSIGN_TRIES 8 /* rows for one lease */

/* Runs of jobs; done is the sender's. The second: what is wanted is wanted of the account that the
 * relayer has now; for who begins to send. */
void assign_apply(job *j, void *with);
void assign_recover(job *j, void *with);

#endif
