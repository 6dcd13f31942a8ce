/* settle_parts.h - what the files of settle.h share: settle.c (events, and the thread's jobs),
 * settle_escrow.c (escrows that are looked for), settle_account.c (accounts that are paid). */
#ifndef RELAYER_SETTLE_PARTS_H
#define RELAYER_SETTLE_PARTS_H

#include "relayer/settle.h"

#include "relayer/app.h"
#include "relayer/task.h"

/* ---- settle.c ---- */

void settle_set(core *c, const char *task, settlement_state s, const char *reason);
/* The escrow is not there any more, as of this block, and nobody was paid from it. */
void settle_ended(core *c, task_brief *t, const char *how, uint64_t block);

/* ---- settle_escrow.c ---- */

void settle_escrow(core *c, const settle_news *n);
void settle_unseen(core *c, const settle_news *n);
/* An event of this escrow: tasks that wait for it are looked for at once. */
void settle_wake(core *c, felt contract, u256 number);
/* Blocks from this one on are no more: escrows that may have been in them are looked for again. */
void settle_escrows_back(core *c, uint64_t from);

/* ---- settle_account.c ---- */

void settle_account(core *c, const settle_news *n);

#endif
