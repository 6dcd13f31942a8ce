/* chain_send.h - the parts of session_transact: a transaction is signed, and followed until its
 * fate is final. Functions that return int print their failure and return the exit code. */
#ifndef CLI_CHAIN_SEND_H
#define CLI_CHAIN_SEND_H

#include "cli/chain_session.h"

/* Prices and signs; the key is in memory only here. Returns a failure to unlock it; else *st and *e
 * are those of account_prepare_invoke, and session_unsigned says what they mean. */
int session_sign(session *s, felt_span data, account_signed *tx, sp_status *st, rpc_error *e);
int session_unsigned(const session *s, const account_signed *tx, sp_status st, const rpc_error *e);
int session_print_price(const session *s, const account_signed *tx, size_t felts);

/* What is in the journal under one nonce: one transaction, or several of which the network executes
 * one at most. */
typedef struct {
    const account_signed *list;
    size_t n;
    bool sent;     /* just now */
    bool may_drop; /* nothing in the journal has a higher nonce, so that none waits for this one */
} follow_what;

typedef enum {
    FATE_EXECUTED,
    FATE_REVERTED,
    FATE_DEAD,   /* the account sent another with the nonce */
    FATE_DROPPED /* a claim that costs too little now, and that the contract would refuse */
} follow_fate;

typedef struct {
    follow_fate fate;
    size_t which;          /* of the list, or what was signed anew for it */
    chain_receipt receipt; /* of FATE_EXECUTED and FATE_REVERTED, to be freed */
} follow_end;

/* Waits for them, and sends their bytes again where the node does not know them; where their fee is
 * too low by now, the same calldata is signed once more, with the same nonce, and joins them in the
 * journal. Out of the journal, all together, when their fate is final. */
int session_follow(session *s, const follow_what *what, follow_end *end);
/* Takes one out of the journal. */
void session_drop(session *s, felt hash);

#endif
