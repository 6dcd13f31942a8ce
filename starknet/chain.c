/* chain.c - typed calls; chain_parse.c checks the answers. */
#include "starknet/chain.h"

#include "starknet/chain_parse.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

sp_status chain_id(rpc *r, felt *id, rpc_error *err)
{
    json_t *v;
    SP_TRY(rpc_call(r, &v, "starknet_chainId", "[]", err));
    sp_status st = chain_parse_felt(id, v);
    json_decref(v);
    return st;
}

sp_status chain_spec_version(rpc *r, char out[RPC_VERSION], rpc_error *err)
{
    json_t *v;
    SP_TRY(rpc_call(r, &v, "starknet_specVersion", "[]", err));
    const char *text = json_string_value(v);
    /* Digits and points, and what may follow them: "0.9.0-rc.2". */
    const bool ok = text != NULL && text[0] >= '0' && text[0] <= '9' &&
                    strlen(text) < RPC_VERSION &&
                    strspn(text, "0123456789.-+abcdefghijklmnopqrstuvwxyz") == strlen(text);
    if (ok) (void)snprintf(out, RPC_VERSION, "%s", text);
    json_decref(v);
    return ok ? SP_OK : SP_ERR_FORMAT;
}

sp_status chain_block_number(rpc *r, uint64_t *number, rpc_error *err)
{
    json_t *v;
    SP_TRY(rpc_call(r, &v, "starknet_blockNumber", "[]", err));
    sp_status st = chain_parse_u64(number, v);
    json_decref(v);
    return st;
}

sp_status chain_time(rpc *r, uint64_t *seconds, rpc_error *err)
{
    json_t *v;
    SP_TRY(rpc_call(r, &v, "starknet_getBlockWithTxHashes", "{\"block_id\":\"latest\"}", err));
    sp_status st = chain_parse_u64(seconds, json_object_get(v, "timestamp"));
    json_decref(v);
    return st;
}

sp_status chain_latest(rpc *r, chain_latest_block *out, rpc_error *err)
{
    json_t *v;
    felt price;
    chain_latest_block b;
    SP_TRY(rpc_call(r, &v, "starknet_getBlockWithTxHashes", "{\"block_id\":\"latest\"}", err));
    sp_status st = chain_parse_felt(
        &price, json_object_get(json_object_get(v, "l2_gas_price"), "price_in_fri"));
    if (st == SP_OK) st = chain_parse_u64(&b.seconds, json_object_get(v, "timestamp"));
    json_decref(v);
    if (st == SP_OK) st = felt_to_u128(&b.l2_gas_price, price);
    if (st == SP_OK) *out = b;
    return st;
}

sp_status chain_block_hash(rpc *r, felt *hash, uint64_t number, rpc_error *err)
{
    char params[80];
    json_t *v;
    felt at;
    snprintf(params, sizeof params, "{\"block_id\":{\"block_number\":%" PRIu64 "}}", number);
    SP_TRY(rpc_call(r, &v, "starknet_getBlockWithTxHashes", params, err));
    uint64_t is;
    sp_status st = chain_parse_u64(&is, json_object_get(v, "block_number"));
    if (st == SP_OK && is != number) st = SP_ERR_FORMAT;
    if (st == SP_OK) st = chain_parse_felt(&at, json_object_get(v, "block_hash"));
    json_decref(v);
    if (st == SP_OK) *hash = at;
    return st;
}

sp_status chain_nonce(rpc *r, felt *nonce, felt account, rpc_error *err)
{
    char hex[FELT_HEX], params[160];
    json_t *v;
    felt_write_hex(hex, account);
    snprintf(params, sizeof params, "{\"block_id\":\"pre_confirmed\",\"contract_address\":\"%s\"}",
             hex);
    SP_TRY(rpc_call(r, &v, "starknet_getNonce", params, err));
    sp_status st = chain_parse_felt(nonce, v);
    json_decref(v);
    return st;
}

sp_status chain_call(rpc *r, felt *out, size_t *n, felt to, felt selector, felt_span calldata,
                     const char *block, rpc_error *err)
{
    char *params;
    json_t *v;
    SP_TRY(txjson_call(&params, to, selector, calldata, block));
    sp_status st = rpc_call(r, &v, "starknet_call", params, err);
    free(params);
    SP_TRY(st);
    st = chain_parse_felts(out, n, v);
    json_decref(v);
    return st;
}

/* Frees params. */
static sp_status estimate(rpc *r, tx_estimate *out, char *params, rpc_error *err)
{
    json_t *v;
    sp_status st = rpc_call(r, &v, "starknet_estimateFee", params, err);
    free(params);
    SP_TRY(st);
    st = chain_parse_estimate(out, v);
    json_decref(v);
    return st;
}

sp_status chain_estimate_invoke(rpc *r, tx_estimate *out, const tx_invoke *tx, felt_span signature,
                                rpc_error *err)
{
    char *params;
    SP_TRY(txjson_estimate_invoke(&params, tx, signature));
    return estimate(r, out, params, err);
}

sp_status chain_estimate_deploy_account(rpc *r, tx_estimate *out, const tx_deploy_account *tx,
                                        felt_span signature, rpc_error *err)
{
    char *params;
    SP_TRY(txjson_estimate_deploy_account(&params, tx, signature));
    return estimate(r, out, params, err);
}

sp_status chain_send(rpc *r, const char *method, const char *params, felt expected, rpc_error *err)
{
    json_t *v;
    felt hash;
    SP_TRY(rpc_call(r, &v, method, params, err));
    sp_status st = chain_parse_felt(&hash, json_object_get(v, "transaction_hash"));
    json_decref(v);
    if (st == SP_OK && !felt_eq(hash, expected)) st = SP_ERR_FORMAT;
    return st;
}

sp_status chain_tx_status(rpc *r, chain_status *out, felt hash, rpc_error *err)
{
    char hex[FELT_HEX], params[120];
    json_t *v;
    felt_write_hex(hex, hash);
    snprintf(params, sizeof params, "{\"transaction_hash\":\"%s\"}", hex);
    SP_TRY(rpc_call(r, &v, "starknet_getTransactionStatus", params, err));
    sp_status st = chain_parse_status(out, v, "failure_reason");
    json_decref(v);
    return st;
}

sp_status chain_tx_receipt(rpc *r, chain_receipt *out, felt hash, rpc_error *err)
{
    char hex[FELT_HEX], params[120];
    json_t *v;
    felt_write_hex(hex, hash);
    snprintf(params, sizeof params, "{\"transaction_hash\":\"%s\"}", hex);
    SP_TRY(rpc_call(r, &v, "starknet_getTransactionReceipt", params, err));
    sp_status st = chain_parse_receipt(out, v, hash);
    json_decref(v);
    return st;
}

sp_status chain_get_events(rpc *r, chain_events *out, const txjson_event_filter *filter,
                           rpc_error *err)
{
    char *params;
    json_t *v;
    SP_TRY(txjson_events(&params, filter));
    sp_status st = rpc_call(r, &v, "starknet_getEvents", params, err);
    free(params);
    SP_TRY(st);
    st = chain_parse_events(out, v);
    json_decref(v);
    return st;
}
