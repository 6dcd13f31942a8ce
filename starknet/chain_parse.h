/* chain_parse.h - the results of JSON-RPC calls as values; for chain.c and its tests.
 *
 * SP_ERR_FORMAT and outputs untouched when the JSON is not of the shape that the specification
 * gives. v may be anything, also NULL. */
#ifndef STARKNET_CHAIN_PARSE_H
#define STARKNET_CHAIN_PARSE_H

#include "starknet/chain.h"

SP_MUST_USE sp_status chain_parse_felt(felt *out, const json_t *v);
/* A hexadecimal string or a JSON integer: nodes differ where numbers are meant. */
SP_MUST_USE sp_status chain_parse_u64(uint64_t *out, const json_t *v);
/* A list; *n on entry: room, on exit: length. SP_ERR_LIMIT: it does not fit. */
SP_MUST_USE sp_status chain_parse_felts(felt *out, size_t *n, const json_t *v);
/* The estimate of the one transaction that was asked about. */
SP_MUST_USE sp_status chain_parse_estimate(tx_estimate *out, const json_t *list);
/* reason_key: where the reason of a revert stands. */
SP_MUST_USE sp_status chain_parse_status(chain_status *out, const json_t *v,
                                         const char *reason_key);
SP_MUST_USE sp_status chain_parse_receipt(chain_receipt *out, const json_t *v, felt hash);
SP_MUST_USE sp_status chain_parse_events(chain_events *out, const json_t *v);

#endif
