/* payee_ask.h - asks the accounts of nodes whether they have signed for them: a thread of its own,
 * since a node of the chain may take long to answer; of all of them, as for a login
 * (account_ask.h).
 *
 * What is to be asked stands in the rows of the nodes that are connected here, so that none is
 * forgotten over a start, and 10,000 nodes are one after the other. Where no node of the chain
 * answers nothing changes. */
#ifndef RELAYER_PAYEE_ASK_H
#define RELAYER_PAYEE_ASK_H

#include "core/sp.h"

struct app;
typedef struct payee_ask payee_ask;

/* Nothing without chain.rpc. SP_ERR_IO, SP_ERR_NOMEM, SP_ERR_ARG: why[SETTINGS_WHY]. */
SP_MUST_USE sp_status payee_ask_open(struct app *a, const char *database, char *why);
void payee_ask_close(struct app *a);

#endif
