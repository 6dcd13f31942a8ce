/* chain.h - the calls to a Starknet node that a client makes, with checked answers.
 *
 * Every function returns what rpc_call returns, and SP_ERR_FORMAT when the answer is not of the
 * shape that the specification gives (JSON-RPC 0.9, 0.10; further fields are ignored); outputs are
 * then untouched. err is filled as by rpc_call and may be NULL. Nothing a node says is proved: who
 * needs to be sure asks several. */
#ifndef STARKNET_CHAIN_H
#define STARKNET_CHAIN_H

#include "starknet/rpc.h"
#include "starknet/txjson.h"

SP_MUST_USE sp_status chain_id(rpc *r, felt *id, rpc_error *err);
/* Of the JSON-RPC that the node speaks, as "0.8.1"; room for RPC_VERSION bytes. */
#define RPC_VERSION 24
SP_MUST_USE sp_status chain_spec_version(rpc *r, char out[RPC_VERSION], rpc_error *err);
SP_MUST_USE sp_status chain_block_number(rpc *r, uint64_t *number, rpc_error *err);
/* Of the latest accepted block, in seconds since 1970. */
SP_MUST_USE sp_status chain_time(rpc *r, uint64_t *seconds, rpc_error *err);
/* The latest accepted block: its time in seconds since 1970, the price of one unit of L2 gas in
 * FRI. */
typedef struct {
    uint64_t seconds;
    u128 l2_gas_price;
} chain_latest_block;
SP_MUST_USE sp_status chain_latest(rpc *r, chain_latest_block *out, rpc_error *err);
/* Of an accepted block. rpc_code RPC_BLOCK_NOT_FOUND: the node has none of this number. */
SP_MUST_USE sp_status chain_block_hash(rpc *r, felt *hash, uint64_t number, rpc_error *err);
/* On the pre-confirmed block: transactions that are not in a block yet count. */
SP_MUST_USE sp_status chain_nonce(rpc *r, felt *nonce, felt account, rpc_error *err);
/* out: room for *n felts; *n becomes what the entry point returned. SP_ERR_LIMIT: more. block: as
 * in txjson_call; a node that does not have it says RPC_BLOCK_NOT_FOUND. */
SP_MUST_USE sp_status chain_call(rpc *r, felt *out, size_t *n, felt to, felt selector,
                                 felt_span calldata, const char *block, rpc_error *err);
/* SP_ERR_FORMAT also when the unit is not FRI. */
SP_MUST_USE sp_status chain_estimate_invoke(rpc *r, tx_estimate *out, const tx_invoke *tx,
                                            felt_span signature, rpc_error *err);
SP_MUST_USE sp_status chain_estimate_deploy_account(rpc *r, tx_estimate *out,
                                                    const tx_deploy_account *tx,
                                                    felt_span signature, rpc_error *err);
/* Broadcasts the text of txjson_add_invoke or txjson_add_deploy_account, byte by byte; method is
 * starknet_addInvokeTransaction or starknet_addDeployAccountTransaction. SP_ERR_FORMAT also when
 * the node's hash is not expected, the hash that was signed. */
SP_MUST_USE sp_status chain_send(rpc *r, const char *method, const char *params, felt expected,
                                 rpc_error *err);

typedef enum {
    CHAIN_RECEIVED,
    CHAIN_CANDIDATE,
    CHAIN_PRE_CONFIRMED,
    CHAIN_ACCEPTED_ON_L2,
    CHAIN_ACCEPTED_ON_L1
} chain_finality;

typedef struct {
    chain_finality finality;
    bool executed, reverted; /* reverted only with executed */
    char reason[RPC_TEXT];   /* of a revert; "" when none was given */
    char said[RPC_SAID];     /* what the contract said of it: rpc_find_said */
} chain_status;

/* rpc_code RPC_TX_NOT_FOUND: the node does not know it (yet). */
SP_MUST_USE sp_status chain_tx_status(rpc *r, chain_status *out, felt hash, rpc_error *err);

typedef struct {
    felt from, tx_hash, block_hash; /* block_hash 0: in no block yet */
    uint64_t block_number;
    felt_span keys, data;
} chain_event;

typedef struct {
    chain_status status;
    felt block_hash; /* 0, and number 0: in no block yet */
    uint64_t block_number;
    u128 actual_fee; /* FRI */
    uint64_t l1_gas, l1_data_gas, l2_gas;
    chain_event *events; /* as long as the receipt; block and transaction as of the receipt */
    size_t n_events;
    felt *felts; /* what the events point to */
} chain_receipt;

/* To be freed. SP_ERR_FORMAT also when the receipt is that of another transaction. */
SP_MUST_USE sp_status chain_tx_receipt(rpc *r, chain_receipt *out, felt hash, rpc_error *err);
void chain_receipt_free(chain_receipt *receipt);

typedef struct {
    chain_event *events;
    size_t n_events;
    felt *felts;
    char *continuation; /* NULL: this is the last page */
} chain_events;

/* One page; to be freed. */
SP_MUST_USE sp_status chain_get_events(rpc *r, chain_events *out, const txjson_event_filter *filter,
                                       rpc_error *err);
void chain_events_free(chain_events *events);

#endif
