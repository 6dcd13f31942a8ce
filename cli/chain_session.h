/* chain_session.h - what the commands of the marketplace share: node, contract, account, and one
 * transaction from calldata to receipt. Functions that return int print their failure and return
 * the exit code. */
#ifndef CLI_CHAIN_SESSION_H
#define CLI_CHAIN_SESSION_H

#include "cli/args.h"
#include "starknet/account.h"
#include "starknet/escrow_view.h"

typedef struct {
    rpc *node;
    const cli_args *args;
    felt contract, token; /* token: of the deployment; 0 when it is not known */
    account who;          /* address 0: none was given; the key only after session_unlock */
    account_policy policy;
} session;

/* --rpc, --deployment or --contract, --account. The deployment must be of the node's network. */
int session_open(session *s, const cli_args *a);
void session_close(session *s);
/* Reads the key of --account from --keystore; the password from --password-file or the terminal. */
int session_unlock(session *s);

/* --NAME as a felt of 0x digits; absent leaves *out alone. */
int session_felt(const cli_args *a, enum cli_option_id o, felt *out);
/* --NAME, or a text, as a number of 256 bits. */
int session_number(const char *what, const char *text, u256 *out);

/* The sentence for what a call of chain.h or escrow_view.h returned. */
int session_failed(sp_status st, const rpc_error *e, const char *doing);
/* What a view without arguments returns; *n: room, then the number. */
int session_view(session *s, felt *out, size_t *n, const char *name);
/* The two views of one task; EXIT_CHAIN when there is no such task. */
int session_task(session *s, u256 id, escrow_task *t, escrow_task_ext *x);
/* statement_of for a provider and a result, its context compared with the one computed here. */
int session_statement(session *s, u256 id, felt provider, felt result, escrow_statement *out);

/* Prices, signs, sends and waits for the block; with --dry-run only prices: *sent is then false.
 * A reverted transaction is a failure. The receipt is to be freed when *sent. */
int session_transact(session *s, const calldata_writer *calls, chain_receipt *receipt, bool *sent);
/* What a receipt says, and the events of the contract that a client knows: as JSON, or printed. */
json_t *session_receipt_json(const session *s, const chain_receipt *r, size_t felts);
/* The first event of the contract of this kind; false: there is none. */
bool session_event(const session *s, const chain_receipt *r, escrow_event_kind kind,
                   escrow_event *out);
/* Prints an object, as JSON or a line for each member, and frees it. */
int session_print(const session *s, json_t *j);
/* Numbers as the texts that are printed. */
json_t *session_json_felt(felt a);
json_t *session_json_number(u256 a);

#endif
