/* sender.h - the relayer's own account: a thread that signs what assign.h wants, keeps it, sends
 * it, and follows it until a block that stays holds it.
 *
 * Nothing is sent before its nonce, hash and bytes are on the disk. From then on these bytes alone
 * are sent under the nonce, as often as need be, until they are executed or can never be: whatever
 * a node or the way to it says, "no answer" is not "no". One transaction is under way at a time.
 * What it may cost is bounded by chain.max_fee_fri; there is no tip. */
#ifndef RELAYER_SENDER_H
#define RELAYER_SENDER_H

#include "core/sp.h"

struct app;
typedef struct sender sender;

/* After the watcher. Nothing without chain.rpc; without chain.account transactions of an earlier
 * run are followed and none is signed. SP_ERR_FORMAT, SP_ERR_IO, why[SETTINGS_WHY]: the key cannot
 * be had. */
SP_MUST_USE sp_status sender_open(struct app *a, const char *database, char *why);
void sender_close(struct app *a); /* ends the thread */
void sender_free(struct app *a);  /* after the port */

/* For /health. */
typedef struct {
    bool has_account;
    bool held;          /* it cannot go on: why */
    uint64_t in_flight; /* signed, and not known to be executed */
    int64_t nonce;      /* the last one signed; -1: none yet */
    char account[67], why[160];
} sender_health;
sender_health sender_look(struct app *a);

#endif
