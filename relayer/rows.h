/* rows.h - rows of what ended longer ago than storage.rows go, a little at a time, by one relayer
 * at a time. On the core's thread.
 *
 * A task goes with all that hangs on it (attempts, events, settlement, audits, assignments) in one
 * unit, when nothing of it can change any more and nobody waits for it:
 *   - it is over, its payloads are forgotten (collect.h), and its last change is so old;
 *   - its settlement, if it has one, is as old and is final: paid or refunded in a block with ten
 *     thousand after it, or of an escrow that never came;
 *   - no attempt is open or holds a blob, no audit is open, no callback waits, no transaction of
 * the relayer's is expected to do anything;
 *   - nothing of it is evidence: an audit that differs, two results that contradict each other.
 * What the contract still holds is kept, however old.
 *
 * The unit adds the task to the totals (past.h). That its escrow was paid is then known to the
 * contract alone, which is asked before anybody works for it (settle_escrow.c): a task posted for
 * it again ends there.
 *
 * Of a node's reputation events the first become their sum (standing_sum.h); administrators'
 * actions and events of the contract go by their age; of the relayer's own transactions those
 * before a nonce go, so that what is left has no gap and the highest nonce stays known.
 * meta.rows_gone_until says up to when rows may be missing, for relayer --fsck. SQLite uses the
 * room again; its file does not become smaller. */
#ifndef RELAYER_ROWS_H
#define RELAYER_ROWS_H

#include "relayer/node.h"
#include "starknet/felt.h"

/* Tasks in a portion; and rows of other tables. */
#define ROWS_TASKS 32
#define ROWS_OTHERS 256

/* Where the last portion ended. Of the core's thread. */
typedef struct {
    uint64_t next_ns;
    int64_t at;
    char id[UUID_TEXT], node[NODE_ID], sender[FELT_HEX];
} rows_place;

void rows_tick(core *c, int64_t now_ms);

/* The last block that has so many after it which the watcher has read; -1: there is none. Nobody
 * waits for it any more: a chain that goes back behind it is not this one. */
#define ROWS_DEEP_BLOCKS 10000
int64_t rows_deep_block(db *d);

/* rows_task.c: in a part of the unit; a task that is forgotten and so old. False: it stays. */
typedef struct {
    uint64_t tasks, attempts, events, settlements, audits, transactions;
} rows_gone;
SP_MUST_USE bool rows_remove_task(core *c, const char *id, int64_t until_ms, int64_t deep,
                                  rows_gone *gone);

#endif
