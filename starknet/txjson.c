/* txjson.c - JSON texts of transactions, written into a buffer whose size is known beforehand. */
#include "starknet/txjson.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *p;
    size_t n, room;
} text;

#define FIXED_ROOM 4096 /* everything but lists of felts; put asserts it */

__attribute__((format(printf, 2, 3))) static void put(text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(t->p + t->n, t->room - t->n, format, args);
    va_end(args);
    SP_ASSERT(n >= 0 && (size_t)n < t->room - t->n);
    if (n > 0 && (size_t)n < t->room - t->n) t->n += (size_t)n;
}

static void put_felt(text *t, felt a)
{
    char hex[FELT_HEX];
    felt_write_hex(hex, a);
    put(t, "\"%s\"", hex);
}

static void put_list(text *t, const char *name, felt_span list)
{
    put(t, "\"%s\":[", name);
    for (size_t i = 0; i < list.n; i++) {
        if (i) put(t, ",");
        put_felt(t, list.v[i]);
    }
    put(t, "]");
}

static void put_named(text *t, const char *name, felt a)
{
    put(t, "\"%s\":", name);
    put_felt(t, a);
    put(t, ",");
}

static void put_bound(text *t, const char *name, tx_bound b)
{
    put(t, "\"%s\":{\"max_amount\":\"0x%" PRIx64 "\",\"max_price_per_unit\":", name, b.max_amount);
    put_felt(t, felt_from_u128(b.max_price));
    put(t, "}");
}

static void put_common(text *t, const char *type, const tx_common *c, felt_span signature)
{
    static const char *const modes[] = {"L1", "L2"};
    put(t, "{\"type\":\"%s\",\"version\":\"%s\",", type,
        c->query ? "0x100000000000000000000000000000003" : "0x3");
    put_named(t, "nonce", c->nonce);
    put(t, "\"tip\":\"0x%" PRIx64 "\",\"resource_bounds\":{", c->tip);
    put_bound(t, "l1_gas", c->bounds.l1_gas);
    put(t, ",");
    put_bound(t, "l2_gas", c->bounds.l2_gas);
    put(t, ",");
    put_bound(t, "l1_data_gas", c->bounds.l1_data_gas);
    put(t, "},");
    put_list(t, "paymaster_data", c->paymaster_data);
    put(t, ",\"nonce_data_availability_mode\":\"%s\",\"fee_data_availability_mode\":\"%s\",",
        modes[c->nonce_da == TX_DA_L2], modes[c->fee_da == TX_DA_L2]);
    put_list(t, "signature", signature);
    put(t, ",");
}

static void put_invoke(text *t, const tx_invoke *tx, felt_span signature)
{
    put_common(t, "INVOKE", &tx->common, signature);
    put_named(t, "sender_address", tx->common.sender);
    put_list(t, "account_deployment_data", tx->account_deployment_data);
    put(t, ",");
    if (tx->proof_facts.n) {
        put_list(t, "proof_facts", tx->proof_facts);
        put(t, ",");
    }
    put_list(t, "calldata", tx->calldata);
    put(t, "}");
}

static void put_deploy_account(text *t, const tx_deploy_account *tx, felt_span signature)
{
    put_common(t, "DEPLOY_ACCOUNT", &tx->common, signature);
    put_named(t, "class_hash", tx->class_hash);
    put_named(t, "contract_address_salt", tx->salt);
    put_list(t, "constructor_calldata", tx->constructor_calldata);
    put(t, "}");
}

/* Room for n felts in lists. No list of ours is longer than the network's limits together. */
static sp_status begin(text *t, size_t n)
{
    t->n = 0;
    t->room = FIXED_ROOM + n * (FELT_HEX + 3);
    t->p = malloc(t->room);
    return t->p ? SP_OK : SP_ERR_NOMEM;
}

static sp_status count(size_t *n, felt_span list, size_t max)
{
    if (list.n > max) return SP_ERR_LIMIT;
    *n += list.n;
    return SP_OK;
}

static sp_status count_common(size_t *n, const tx_common *c, felt_span signature)
{
    SP_TRY(count(n, c->paymaster_data, TX_MAX_CALLDATA));
    return count(n, signature, TX_MAX_SIGNATURE);
}

static sp_status count_invoke(size_t *n, const tx_invoke *tx, felt_span signature)
{
    SP_TRY(count_common(n, &tx->common, signature));
    SP_TRY(count(n, tx->calldata, TX_MAX_CALLDATA));
    SP_TRY(count(n, tx->account_deployment_data, TX_MAX_CALLDATA));
    return count(n, tx->proof_facts, TX_MAX_CALLDATA);
}

sp_status txjson_add_invoke(char **out, const tx_invoke *tx, felt_span signature)
{
    size_t n = 0;
    text t;
    *out = NULL;
    if (tx->common.query || tx->common.bounds.without_l1_data) return SP_ERR_ARG;
    SP_TRY(count_invoke(&n, tx, signature));
    SP_TRY(begin(&t, n));
    put(&t, "{\"invoke_transaction\":");
    put_invoke(&t, tx, signature);
    put(&t, "}");
    *out = t.p;
    return SP_OK;
}

sp_status txjson_add_deploy_account(char **out, const tx_deploy_account *tx, felt_span signature)
{
    size_t n = 0;
    text t;
    *out = NULL;
    if (tx->common.query || tx->common.bounds.without_l1_data) return SP_ERR_ARG;
    SP_TRY(count_common(&n, &tx->common, signature));
    SP_TRY(count(&n, tx->constructor_calldata, TX_MAX_CALLDATA));
    SP_TRY(begin(&t, n));
    put(&t, "{\"deploy_account_transaction\":");
    put_deploy_account(&t, tx, signature);
    put(&t, "}");
    *out = t.p;
    return SP_OK;
}

static const char estimate_end[] = "],\"simulation_flags\":[],\"block_id\":\"pre_confirmed\"}";

sp_status txjson_estimate_invoke(char **out, const tx_invoke *tx, felt_span signature)
{
    size_t n = 0;
    text t;
    *out = NULL;
    if (!tx->common.query || tx->common.bounds.without_l1_data) return SP_ERR_ARG;
    SP_TRY(count_invoke(&n, tx, signature));
    SP_TRY(begin(&t, n));
    put(&t, "{\"request\":[");
    put_invoke(&t, tx, signature);
    put(&t, "%s", estimate_end);
    *out = t.p;
    return SP_OK;
}

sp_status txjson_estimate_deploy_account(char **out, const tx_deploy_account *tx,
                                         felt_span signature)
{
    size_t n = 0;
    text t;
    *out = NULL;
    if (!tx->common.query || tx->common.bounds.without_l1_data) return SP_ERR_ARG;
    SP_TRY(count_common(&n, &tx->common, signature));
    SP_TRY(count(&n, tx->constructor_calldata, TX_MAX_CALLDATA));
    SP_TRY(begin(&t, n));
    put(&t, "{\"request\":[");
    put_deploy_account(&t, tx, signature);
    put(&t, "%s", estimate_end);
    *out = t.p;
    return SP_OK;
}

sp_status txjson_call(char **out, felt to, felt selector, felt_span calldata, const char *block)
{
    size_t n = 0;
    text t;
    felt hash;
    *out = NULL;
    const bool by_hash = felt_read_hex(&hash, block, strlen(block)) == SP_OK;
    if (!by_hash && strcmp(block, "latest") && strcmp(block, "pre_confirmed") &&
        strcmp(block, "l1_accepted"))
        return SP_ERR_ARG;
    SP_TRY(count(&n, calldata, TX_MAX_CALLDATA));
    SP_TRY(begin(&t, n));
    put(&t, "{\"request\":{");
    put_named(&t, "contract_address", to);
    put_named(&t, "entry_point_selector", selector);
    put_list(&t, "calldata", calldata);
    if (by_hash)
        put(&t, "},\"block_id\":{\"block_hash\":\"%s\"}}", block);
    else
        put(&t, "},\"block_id\":\"%s\"}", block);
    *out = t.p;
    return SP_OK;
}

static bool plain(const char *s, size_t max)
{
    size_t n = 0;
    for (; s[n]; n++)
        if (n == max || s[n] < 0x20 || s[n] > 0x7e || s[n] == '"' || s[n] == '\\') return false;
    return true;
}

sp_status txjson_events(char **out, const txjson_event_filter *f)
{
    size_t n = 8 * f->n_keys; /* brackets and commas of many positions */
    text t;
    *out = NULL;
    if (!f->chunk_size || f->chunk_size > 1024 || f->n_keys > 64 ||
        (f->continuation && !plain(f->continuation, FIXED_ROOM / 2)))
        return SP_ERR_ARG;
    for (size_t i = 0; i < f->n_keys; i++) SP_TRY(count(&n, f->keys[i], TX_MAX_CALLDATA));
    SP_TRY(begin(&t, n));
    put(&t,
        "{\"filter\":{\"from_block\":{\"block_number\":%" PRIu64
        "},\"to_block\":{\"block_number\":%" PRIu64 "},",
        f->from_block, f->to_block);
    put_named(&t, "address", f->address);
    put(&t, "\"keys\":[");
    for (size_t i = 0; i < f->n_keys; i++) {
        put(&t, i ? ",[" : "[");
        for (size_t j = 0; j < f->keys[i].n; j++) {
            if (j) put(&t, ",");
            put_felt(&t, f->keys[i].v[j]);
        }
        put(&t, "]");
    }
    put(&t, "],\"chunk_size\":%u", f->chunk_size);
    if (f->continuation) put(&t, ",\"continuation_token\":\"%s\"", f->continuation);
    put(&t, "}}");
    *out = t.p;
    return SP_OK;
}
