/* escrow_look.h - escrows that tasks wait for are asked of the contract: each key in turn, those
 * that were seldom asked for first, each less and less often (settle_escrow.c). */
#ifndef RELAYER_ESCROW_LOOK_H
#define RELAYER_ESCROW_LOOK_H

#include "relayer/db.h"
#include "relayer/endpoints.h"

/* One round, of the watcher's thread: as they were after the last block whose events were handed
 * over. What happened until then, nobody is told who did not see the escrow; what happens later,
 * events tell. False: no endpoint answers; err says why. */
bool escrow_look(struct app *a, db *d, endpoints *e, felt contract, const scan_cursor *c,
                 rpc_error *err);

#endif
