/* escrow_view.h - the views of the marketplace contract, asked of a node.
 *
 * On the latest accepted block, or one that is given, so that what is shown cannot be undone by a
 * transaction that never gets into one. Errors: those of chain_call and of escrow_parse_*; outputs
 * untouched. */
#ifndef STARKNET_ESCROW_VIEW_H
#define STARKNET_ESCROW_VIEW_H

#include "starknet/chain.h"
#include "starknet/escrow.h"

/* SP_ERR_REJECT with err->code 0: there is no such task. */
SP_MUST_USE sp_status escrow_get_task(rpc *r, escrow_task *out, felt contract, u256 id,
                                      rpc_error *err);
SP_MUST_USE sp_status escrow_get_task_ext(rpc *r, escrow_task_ext *out, felt contract, u256 id,
                                          rpc_error *err);
/* Both as they were after the block of this hash. A node that does not have it, or not yet:
 * SP_ERR_REJECT with RPC_BLOCK_NOT_FOUND. */
SP_MUST_USE sp_status escrow_get_task_at(rpc *r, escrow_task *task, escrow_task_ext *ext,
                                         felt contract, u256 id, felt block, rpc_error *err);
SP_MUST_USE sp_status escrow_statement_of(rpc *r, escrow_statement *out, felt contract, u256 id,
                                          felt provider, felt result_hash, rpc_error *err);
SP_MUST_USE sp_status escrow_get_node_info(rpc *r, escrow_node *out, felt contract, felt provider,
                                           rpc_error *err);
/* From offset, oldest first; *n on entry: room (the contract gives at most 100), on exit: ids. */
SP_MUST_USE sp_status escrow_get_user_tasks(rpc *r, u256 *ids, size_t *n, felt contract, felt user,
                                            uint64_t offset, rpc_error *err);
SP_MUST_USE sp_status escrow_get_user_earnings(rpc *r, u256 *out, felt contract, felt provider,
                                               felt token, rpc_error *err);
/* Of any ERC-20. */
SP_MUST_USE sp_status escrow_balance_of(rpc *r, u256 *out, felt token, felt owner, rpc_error *err);

#endif
