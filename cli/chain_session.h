/* chain_session.h - what the commands of the marketplace share: node, contract, account, and one
 * transaction from calldata to receipt. Functions that return int print their failure and return
 * the exit code. */
#ifndef CLI_CHAIN_SESSION_H
#define CLI_CHAIN_SESSION_H

#include "cli/settings.h"
#include "starknet/account.h"
#include "starknet/escrow_view.h"
#include "starknet/journal.h"

typedef struct {
    rpc *node;
    const cli_args *args;
    settings set;
    felt contract, token; /* token: of the deployment; 0 when it is not known */
    account who; /* address 0: none was given; the key only while a transaction is signed */
    account_policy policy;
    bool told;              /* the network: by a deployment or --network, not by the node alone */
    uint64_t wait, timeout; /* seconds: for a transaction's block, for an answer */
    uint64_t keep;          /* seconds that what was executed stays in the journal */
    journal book;
    bool book_open;
} session;

typedef enum {
    SESSION_LOOK,    /* views: the network may be what the node says */
    SESSION_NETWORK, /* what is computed depends on the network: it must be told, and be the node's
                      */
    SESSION_SEND     /* the same, and an account with a keystore */
} session_use;

/* Reads the settings, and asks every endpoint for its network: one of another network than the
 * deployment's or --network's is refused, one that does not answer is left out. */
int session_open(session *s, const cli_args *a, session_use use);
void session_close(session *s);

/* --NAME as a felt of 0x digits; absent leaves *out alone. */
int session_felt(const cli_args *a, enum cli_option_id o, felt *out);
/* A whole number of 256 bits. */
int session_number(const char *what, const char *text, u256 *out);

/* The sentence for what a call of chain.h or escrow_view.h returned. */
int session_failed(sp_status st, const rpc_error *e, const char *doing);
/* What a refusal of the contract means and what to do about it; NULL: not one of its words. */
const char *session_words(const char *said);
/* What a view without arguments returns; *n: room, then the number. */
int session_view(session *s, felt *out, size_t *n, const char *name);
/* Whether the contract's verifier takes what this program proves: version, profile, parameters, air
 * id. A contract of another version would never pay for such a proof. */
int session_verifier(session *s);
/* The two views of one task; EXIT_CHAIN when there is no such task. */
int session_task(session *s, u256 id, escrow_task *t, escrow_task_ext *x);
/* Whether the contract would pay the provider for the task now, as far as its state tells: the task
 * open and not another's, its deadline not over, the provider ACTIVE and of the tier. *why: a
 * sentence where it would not, else NULL; a failure only where the node does not tell. */
int session_payable(session *s, const escrow_task *t, const escrow_task_ext *x, felt provider,
                    const char **why);
/* statement_of for a provider and a result, its context compared with the one computed here. */
int session_statement(session *s, u256 id, felt provider, felt result, escrow_statement *out);

/* A transaction from calldata to receipt; with --dry-run only its price, *sent is then false.
 *
 * The signed bytes are in the journal before a node gets them, and stay until their fate is final.
 * What is in the journal from an earlier run comes first: it is sent again, the same bytes, and
 * waited for; when it asks for the same (escrow_same_act), its receipt is the result and nothing is
 * signed. Where its fee is too low by now it is signed once more, with the same nonce
 * (cli/chain_send.h). A reverted transaction is a failure. The receipt is to be freed when *sent;
 * *felts: of the calldata. */
int session_transact(session *s, const calldata_writer *calls, chain_receipt *receipt, bool *sent,
                     size_t *felts);
/* Only what comes first: *sent when an earlier transaction asked for the same and is executed. */
int session_settle(session *s, const calldata_writer *calls, chain_receipt *receipt, bool *sent,
                   size_t *felts);
/* The transactions of the account that are not final yet, as JSON; one of them given up. */
int session_pending(session *s, json_t *list);
int session_forget(session *s, const char *hash);

/* What a receipt says, and the events of the contract that a client knows: as JSON, or printed. */
json_t *session_receipt_json(const session *s, const chain_receipt *r, size_t felts);
/* The first event of the contract of this kind; false: there is none. */
bool session_event(const session *s, const chain_receipt *r, escrow_event_kind kind,
                   escrow_event *out);
/* Prints an object, as JSON or a line for each member, and frees it. */
int report_print(const cli_args *a, json_t *j);
/* A digest of n bytes as hex digits; left out when the felt is none. */
void report_hex(json_t *j, const char *name, felt a, size_t bytes);
/* Numbers as the texts that are printed. */
json_t *session_json_felt(felt a);
json_t *session_json_number(u256 a);

#endif
