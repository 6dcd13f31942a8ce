/* endpoints.h - the nodes of chain.rpc: asked one after the other for what does no harm when it is
 * wrong, and all of them for what moves money.
 *
 * A node is not believed where another one contradicts it. One that does not answer contradicts
 * nobody: a chain is not stopped by an endpoint that is down. One that answers that it does not
 * have what another one has does contradict: it may only be late, and is asked again. */
#ifndef RELAYER_ENDPOINTS_H
#define RELAYER_ENDPOINTS_H

#include "starknet/escrow_view.h"
#include "starknet/scan.h"

struct app;

typedef struct {
    rpc *any; /* the one that answered last, then the next */
    rpc *each[RPC_MAX_URLS];
    size_t n;
} endpoints;

/* list: URLs separated by commas or blanks. total_ms: for one call to one endpoint. Calls are
 * counted in a's metrics. SP_ERR_ARG,
 * SP_ERR_NOMEM. */
SP_MUST_USE sp_status endpoints_open(endpoints *e, struct app *a, const char *list,
                                     unsigned total_ms);
void endpoints_close(endpoints *e); /* zeroed or closed allowed */

/* SP_ERR_CANCEL from the following: two of them contradict each other, ask again later; nothing was
 * written. */

/* The chain id of each that answers. SP_ERR_FORMAT: one of them is of another chain (never
 * SP_ERR_CANCEL). SP_ERR_IO: none answers. */
SP_MUST_USE sp_status endpoints_chain_id(endpoints *e, felt expected, rpc_error *err);
/* As chain_tx_receipt; all that answer say the same of execution and block. */
SP_MUST_USE sp_status endpoints_receipt(endpoints *e, chain_receipt *out, felt hash,
                                        rpc_error *err);
/* As chain_nonce. */
SP_MUST_USE sp_status endpoints_nonce(endpoints *e, felt *nonce, felt account, rpc_error *err);
/* As escrow_get_task and escrow_get_task_ext together. */
SP_MUST_USE sp_status endpoints_task(endpoints *e, escrow_task *task, escrow_task_ext *ext,
                                     felt contract, u256 id, rpc_error *err);
/* As escrow_get_task_at. */
SP_MUST_USE sp_status endpoints_task_at(endpoints *e, escrow_task *task, escrow_task_ext *ext,
                                        felt contract, u256 id, felt block, rpc_error *err);
/* As scan_step: what it hands over, and what it takes back, all that answer have so. */
SP_MUST_USE sp_status endpoints_scan(endpoints *e, scan_result *out, scan_cursor *c,
                                     const scan_filter *filter, rpc_error *err);

#endif
