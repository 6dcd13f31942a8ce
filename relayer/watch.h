/* watch.h - what the contract says of the tasks that have an escrow there: a thread of its own,
 * which takes nobody's word but the chain's.
 *
 * Escrows of new tasks are looked up; after that the contract's events are read in order
 * (starknet/scan.h), each applied once by transaction and index. A chain that goes back, or a node
 * that does not answer, delays settlements and nothing else. */
#ifndef RELAYER_WATCH_H
#define RELAYER_WATCH_H

#include "relayer/terms.h"

/* In meta: the block from which events are read again, as an administrator has said. */
#define WATCH_RESCAN "chain_rescan"

struct app;
typedef struct watch watch;

/* Nothing happens without chain.rpc. Checks that the nodes are of chain.chain_id and the contract
 * is the one that this program was made for (terms.h); SP_ERR_FORMAT, why[SETTINGS_WHY]: they are
 * not, and *mismatch when it is the contract. A node that does not answer is waited for: then the
 * same is checked as soon as it does, and every few minutes, since the contract's owner may change
 * it. */
SP_MUST_USE sp_status watch_open(struct app *a, const char *database, char *why, bool *mismatch);
void watch_close(struct app *a); /* ends the thread */
void watch_free(struct app *a);  /* when nothing that it has handed over is under way any more */

/* For /health: whether the last round succeeded, and how old it is. */
typedef struct {
    bool configured, ok;
    uint64_t block;
    int64_t at_ms;
    char why[TERMS_WHY];      /* when not ok */
    char mismatch[TERMS_WHY]; /* "", or why the contract is not gone by */
    char verifier[FELT_HEX];  /* hash of its class; "": not known */
    u128 l2_gas_price;        /* FRI; 0: not known */
    int64_t lag_s;          /* how old the newest block was when it was asked for; -1: not known */
    char spec[RPC_VERSION]; /* of the nodes' JSON-RPC; "": not known */
} watch_health;
watch_health watch_look(struct app *a);

/* Of any thread. WRONG: tasks with an escrow are neither taken nor offered, nothing is signed. */
typedef enum { WATCH_TERMS_UNKNOWN, WATCH_TERMS_RIGHT, WATCH_TERMS_WRONG } watch_verdict;
watch_verdict watch_terms(struct app *a);

#endif
