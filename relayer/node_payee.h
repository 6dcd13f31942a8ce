/* node_payee.h - whose a node is: whether the account that it names has signed for it
 * (market/payee.h). Kept in the node's row, so that a node which comes back is not asked again.
 *
 * The node sends what its account has signed; a thread asks the account's contract
 * (payee_ask.h), again once a day; what it says is applied here. */
#ifndef RELAYER_NODE_PAYEE_H
#define RELAYER_NODE_PAYEE_H

#include "market/payee.h"
#include "relayer/account_ask.h"
#include "relayer/node.h"

#define PAYEE_FELTS 64 /* of a signature */

struct app;

/* Tasks with an escrow are for nodes whose account is proven alone, and what is not proven is one
 * owner (chain.require_proof, where there is a chain). */
bool payee_required(const struct app *a);

/* Whom a node works for, as score_node has it: its account; where it has none, itself. Where a
 * proof is required and there is none: one owner for all of these. */
void payee_owner(uint8_t out[SCORE_ID], const struct app *a, const char *address, const char *id,
                 bool proven);

/* ---- what the row of a node says ---- */

#define PAYEE_COLUMNS "address, payee_state, payee_until, payee_asked_at, payee_due"

typedef struct {
    const char *state; /* none, unproven, pending, proven */
    const char *code;  /* why it is not proven, or what it waits for; NULL: nothing */
    const char *detail;
    bool proven;
    int64_t until_ms, asked_ms; /* 0: none, never */
} payee_view;

/* at: of the first of PAYEE_COLUMNS. */
payee_view payee_read(const db_rows *r, int at, int64_t now_ms);

/* ---- on the core's thread ---- */

/* A message "account_proof". */
void node_payee(core *c, node_session *s, const json_t *m, const char *re);
/* As `registered` and `account` tell it; NULL: there is no chain, or the node names no account. */
json_t *payee_told(core *c, const node_session *s);

typedef enum { PAYEE_SIGNED, PAYEE_REFUSED, PAYEE_ABSENT, PAYEE_DISPUTED, PAYEE_OVER } payee_answer;

/* What became known of a row, if it is still of this account and this proof. */
typedef struct {
    job j; /* first */
    struct app *a;
    char node[NODE_ID], address[FELT_HEX], state[16];
    char *proof;
    int64_t expires_ms, tries;
    payee_answer answer;
} payee_news;
void payee_apply(core *c, const payee_news *n);

/* ---- any thread: the text of a row ---- */

typedef struct {
    uint64_t issued, expires;
    felt signature[PAYEE_FELTS];
    size_t n;
} payee_proof;
SP_MUST_USE bool payee_proof_read(payee_proof *p, const char *text);

#endif
