/* chain_parse.c - answers of nodes, field by field; nothing is taken that is not of its shape. */
#include "starknet/chain_parse.h"

#include <stdlib.h>
#include <string.h>

sp_status chain_parse_felt(felt *out, const json_t *v)
{
    const char *s = json_string_value(v);
    return s ? felt_read_hex(out, s, json_string_length(v)) : SP_ERR_FORMAT;
}

static sp_status get_u128(u128 *out, const json_t *v)
{
    felt a;
    SP_TRY(chain_parse_felt(&a, v));
    return felt_to_u128(out, a);
}

sp_status chain_parse_u64(uint64_t *out, const json_t *v)
{
    felt a;
    if (json_is_integer(v)) {
        if (json_integer_value(v) < 0) return SP_ERR_FORMAT;
        *out = (uint64_t)json_integer_value(v);
        return SP_OK;
    }
    SP_TRY(chain_parse_felt(&a, v));
    return felt_to_u64(out, a);
}

sp_status chain_parse_felts(felt *out, size_t *n, const json_t *v)
{
    size_t len = json_array_size(v);
    if (!json_is_array(v)) return SP_ERR_FORMAT;
    if (len > *n) return SP_ERR_LIMIT;
    felt *all = malloc((len ? len : 1) * sizeof *all);
    sp_status st = all ? SP_OK : SP_ERR_NOMEM;
    for (size_t i = 0; i < len && st == SP_OK; i++)
        st = chain_parse_felt(&all[i], json_array_get(v, i));
    if (st == SP_OK) {
        memcpy(out, all, len * sizeof *all);
        *n = len;
    }
    free(all);
    return st;
}

sp_status chain_parse_estimate(tx_estimate *out, const json_t *list)
{
    tx_estimate e;
    const json_t *v = json_array_get(list, 0);
    const char *unit = json_string_value(json_object_get(v, "unit"));
    if (json_array_size(list) != 1 || !unit || strcmp(unit, "FRI")) return SP_ERR_FORMAT;
    SP_TRY(chain_parse_u64(&e.l1_gas, json_object_get(v, "l1_gas_consumed")));
    SP_TRY(chain_parse_u64(&e.l2_gas, json_object_get(v, "l2_gas_consumed")));
    SP_TRY(chain_parse_u64(&e.l1_data_gas, json_object_get(v, "l1_data_gas_consumed")));
    SP_TRY(get_u128(&e.l1_gas_price, json_object_get(v, "l1_gas_price")));
    SP_TRY(get_u128(&e.l2_gas_price, json_object_get(v, "l2_gas_price")));
    SP_TRY(get_u128(&e.l1_data_gas_price, json_object_get(v, "l1_data_gas_price")));
    *out = e;
    return SP_OK;
}

sp_status chain_parse_status(chain_status *out, const json_t *v, const char *reason_key)
{
    static const char *const names[] = {"RECEIVED", "CANDIDATE", "PRE_CONFIRMED", "ACCEPTED_ON_L2",
                                        "ACCEPTED_ON_L1"};
    const char *finality = json_string_value(json_object_get(v, "finality_status"));
    const char *execution = json_string_value(json_object_get(v, "execution_status"));
    size_t at = 0;
    if (!finality) return SP_ERR_FORMAT;
    while (at < SP_COUNT(names) && strcmp(finality, names[at])) at++;
    if (at == SP_COUNT(names)) return SP_ERR_FORMAT;
    bool reverted = execution && !strcmp(execution, "REVERTED");
    if (execution && !reverted && strcmp(execution, "SUCCEEDED")) return SP_ERR_FORMAT;
    out->finality = (chain_finality)at;
    out->executed = execution != NULL;
    out->reverted = reverted;
    const char *text = reverted ? json_string_value(json_object_get(v, reason_key)) : NULL;
    rpc_copy_text(out->reason, sizeof out->reason, text);
    rpc_find_said(out->said, text);
    return SP_OK;
}

/* Felts of a JSON list, appended to room. */
static sp_status append_felts(felt_span *out, felt *room, size_t *n, const json_t *list)
{
    if (!json_is_array(list)) return SP_ERR_FORMAT;
    out->v = room + *n;
    out->n = json_array_size(list);
    for (size_t i = 0; i < out->n; i++)
        SP_TRY(chain_parse_felt(&room[(*n)++], json_array_get(list, i)));
    return SP_OK;
}

static size_t count_felts(const json_t *events)
{
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *e = json_array_get(events, i);
        n += json_array_size(json_object_get(e, "keys")) +
             json_array_size(json_object_get(e, "data"));
    }
    return n; /* each stands as text in the answer, which is bounded */
}

/* Allocates and fills; on failure nothing remains. common: block and transaction of all of them;
 * NULL: each event names its own. */
static sp_status parse_events(chain_event **events, size_t *n_events, felt **felts,
                              const json_t *list, const chain_event *common)
{
    size_t n = json_array_size(list), used = 0;
    if (!json_is_array(list)) return SP_ERR_FORMAT;
    chain_event *out = calloc(n ? n : 1, sizeof *out);
    size_t n_felts = count_felts(list);
    felt *room = calloc(n_felts ? n_felts : 1, sizeof *room);
    sp_status st = out && room ? SP_OK : SP_ERR_NOMEM;
    for (size_t i = 0; i < n && st == SP_OK; i++) {
        const json_t *e = json_array_get(list, i), *v;
        if (common) {
            out[i] = *common;
        } else {
            st = chain_parse_felt(&out[i].tx_hash, json_object_get(e, "transaction_hash"));
            v = json_object_get(e, "block_hash"); /* absent while pre-confirmed */
            if (st == SP_OK && v && !json_is_null(v)) st = chain_parse_felt(&out[i].block_hash, v);
            v = json_object_get(e, "block_number");
            if (st == SP_OK && v && !json_is_null(v)) st = chain_parse_u64(&out[i].block_number, v);
        }
        if (st == SP_OK) st = chain_parse_felt(&out[i].from, json_object_get(e, "from_address"));
        if (st == SP_OK) st = append_felts(&out[i].keys, room, &used, json_object_get(e, "keys"));
        if (st == SP_OK) st = append_felts(&out[i].data, room, &used, json_object_get(e, "data"));
    }
    if (st != SP_OK) {
        free(out);
        free(room);
        return st;
    }
    *events = out;
    *n_events = n;
    *felts = room;
    return SP_OK;
}

sp_status chain_parse_receipt(chain_receipt *out, const json_t *v, felt hash)
{
    chain_receipt a;
    felt is;
    memset(&a, 0, sizeof a);
    SP_TRY(chain_parse_felt(&is, json_object_get(v, "transaction_hash")));
    if (!felt_eq(is, hash)) return SP_ERR_FORMAT;
    SP_TRY(chain_parse_status(&a.status, v, "revert_reason"));
    if (!a.status.executed) return SP_ERR_FORMAT;
    const json_t *fee = json_object_get(v, "actual_fee"), *block = json_object_get(v, "block_hash");
    const char *unit = json_string_value(json_object_get(fee, "unit"));
    if (!unit || strcmp(unit, "FRI")) return SP_ERR_FORMAT;
    SP_TRY(get_u128(&a.actual_fee, json_object_get(fee, "amount")));
    if (block && !json_is_null(block)) SP_TRY(chain_parse_felt(&a.block_hash, block));
    const json_t *number = json_object_get(v, "block_number");
    if (number && !json_is_null(number)) SP_TRY(chain_parse_u64(&a.block_number, number));
    const json_t *used = json_object_get(v, "execution_resources");
    SP_TRY(chain_parse_u64(&a.l1_gas, json_object_get(used, "l1_gas")));
    SP_TRY(chain_parse_u64(&a.l1_data_gas, json_object_get(used, "l1_data_gas")));
    SP_TRY(chain_parse_u64(&a.l2_gas, json_object_get(used, "l2_gas")));
    const chain_event common = {
        .tx_hash = hash, .block_hash = a.block_hash, .block_number = a.block_number};
    SP_TRY(parse_events(&a.events, &a.n_events, &a.felts, json_object_get(v, "events"), &common));
    *out = a;
    return SP_OK;
}

sp_status chain_parse_events(chain_events *out, const json_t *v)
{
    chain_events a;
    memset(&a, 0, sizeof a);
    SP_TRY(parse_events(&a.events, &a.n_events, &a.felts, json_object_get(v, "events"), NULL));
    const json_t *token = json_object_get(v, "continuation_token");
    if (token && !json_is_null(token)) {
        a.continuation = json_is_string(token) ? strdup(json_string_value(token)) : NULL;
        if (!a.continuation) {
            chain_events_free(&a);
            return json_is_string(token) ? SP_ERR_NOMEM : SP_ERR_FORMAT;
        }
    }
    *out = a;
    return SP_OK;
}

void chain_receipt_free(chain_receipt *receipt)
{
    free(receipt->events);
    free(receipt->felts);
    memset(receipt, 0, sizeof *receipt);
}

void chain_events_free(chain_events *events)
{
    free(events->events);
    free(events->felts);
    free(events->continuation);
    memset(events, 0, sizeof *events);
}
