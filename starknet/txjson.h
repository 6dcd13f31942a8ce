/* txjson.h - transactions and calls as the JSON text that nodes take (Starknet JSON-RPC 0.9, 0.10).
 *
 * The texts are parameters for rpc_call; the caller frees them. Felts and numbers are in shortest
 * hexadecimal form. SP_ERR_LIMIT: calldata or signature longer than the network takes.
 * SP_ERR_NOMEM. On failure *out is NULL. */
#ifndef STARKNET_TXJSON_H
#define STARKNET_TXJSON_H

#include "starknet/tx.h"

/* For starknet_addInvokeTransaction. A tx with query set is SP_ERR_ARG here. */
SP_MUST_USE sp_status txjson_add_invoke(char **out, const tx_invoke *tx, felt_span signature);
/* For starknet_addDeployAccountTransaction. */
SP_MUST_USE sp_status txjson_add_deploy_account(char **out, const tx_deploy_account *tx,
                                                felt_span signature);
/* For starknet_estimateFee of one transaction, on the pre-confirmed block. The tx must have query
 * set, or be SP_ERR_ARG: what is signed for an estimate must be void for sending. */
SP_MUST_USE sp_status txjson_estimate_invoke(char **out, const tx_invoke *tx, felt_span signature);
SP_MUST_USE sp_status txjson_estimate_deploy_account(char **out, const tx_deploy_account *tx,
                                                     felt_span signature);
/* For starknet_call; block: "latest", "pre_confirmed", "l1_accepted", or the hash
 * of one as hex. */
SP_MUST_USE sp_status txjson_call(char **out, felt to, felt selector, felt_span calldata,
                                  const char *block);

typedef struct {
    uint64_t from_block, to_block;
    felt address;
    const felt_span *keys; /* for each position the admitted keys; an empty one admits all */
    size_t n_keys;
    unsigned chunk_size;      /* 1..1024 */
    const char *continuation; /* NULL: the first page; else the token of the page before */
} txjson_event_filter;

/* For starknet_getEvents. SP_ERR_ARG: the token is not printable ASCII, or has a quote or a
 * backslash; chunk_size out of range. */
SP_MUST_USE sp_status txjson_events(char **out, const txjson_event_filter *filter);

#endif
