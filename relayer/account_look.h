/* account_look.h - whether the contract would pay the accounts of the nodes that are here, and for
 * which tier: asked when one is new, and again from time to time (settle_account.c). */
#ifndef RELAYER_ACCOUNT_LOOK_H
#define RELAYER_ACCOUNT_LOOK_H

#include "relayer/db.h"
#include "relayer/endpoints.h"

/* One round, of the watcher's thread. False: no endpoint answers; err says why. */
bool account_look(struct app *a, db *d, endpoints *e, felt contract, rpc_error *err);

#endif
