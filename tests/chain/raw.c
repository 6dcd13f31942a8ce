/* raw.c - calls and transactions just as they are told, by the project's client, with none of the
 * checks that `sprove` makes before it sends. usage: chain_raw URL. A line of JSON on standard
 * input, a line of JSON on standard output, until the input ends:
 *
 *   {"do":"call", "to":A, "name":N, "data":[F...]}           {"result":[F...]}
 *   {"do":"send", "account":A, "key":F, "calls":[[A,N,[F...]]...]}
 *          {"reverted":bool, "said":S, "reason":S, "fee":S, "l2_gas":n,
 *           "events":[{"from":A, "keys":[F...], "data":[F...]}...]}
 *   {"do":"estimate", ... as send}                           {"l2_gas":n}
 *   {"do":"poseidon", "data":[F...]}                         {"result":[F]}
 *   {"do":"selector", "name":N}                              {"result":[F]}
 *
 * or {"error":status, "code":n, "said":S, "message":S}. A and F are hexadecimal. A transaction is
 * sent without an estimate, so that what will be reverted is sent too; its fee is bounded. For a
 * devnet: keys come in the clear, though neither as arguments nor in the environment. */
#include "starknet/account.h"
#include "starknet/calldata.h"
#include "starknet/poseidon.h"
#include "starknet/selector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const tx_bounds bounds = {.l1_gas = {0, 10000000000},
                                 .l2_gas = {1000000000, 10000000000},
                                 .l1_data_gas = {1000000, 10000000000}};
static const account_policy policy = {.margin = 150, .max_fee = (u128)10000000000 * 1000000000};

static rpc *node;
static rpc_error err;
static felt room[TX_MAX_CALLDATA];

static json_t *hex(felt a)
{
    char text[FELT_HEX];
    felt_write_hex(text, a);
    return json_string(text);
}

static json_t *failed(sp_status st)
{
    const bool said = st == SP_ERR_REJECT;
    return json_pack("{s:i,s:i,s:s,s:s}", "error", (int)st, "code", said ? err.code : 0, "said",
                     said ? err.said : "", "message", st == SP_ERR_ARG ? "bad request" : err.data);
}

static bool read_felt(felt *out, const json_t *j)
{
    const char *text = json_string_value(j);
    return text && felt_read_hex(out, text, strlen(text)) == SP_OK;
}

/* At most n felts; the number, or n + 1 where one is none. */
static size_t read_felts(felt *out, size_t n, const json_t *list)
{
    if (!json_is_array(list) || json_array_size(list) > n) return n + 1;
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!read_felt(&out[i], json_array_get(list, i))) return n + 1;
    return json_array_size(list);
}

static json_t *felts(felt_span list)
{
    json_t *j = json_array();
    for (size_t i = 0; i < list.n; i++) json_array_append_new(j, hex(list.v[i]));
    return j;
}

static json_t *results(const felt *v, size_t n)
{
    return json_pack("{s:o}", "result", felts((felt_span){v, n}));
}

static json_t *call(const json_t *q)
{
    static felt data[64], out[4096];
    felt to;
    size_t n_out = SP_COUNT(out);
    const size_t n = read_felts(data, SP_COUNT(data), json_object_get(q, "data"));
    const char *name = json_string_value(json_object_get(q, "name"));
    if (n > SP_COUNT(data) || !name || !read_felt(&to, json_object_get(q, "to")))
        return failed(SP_ERR_ARG);
    const sp_status st = chain_call(node, out, &n_out, to, selector_from_name(name),
                                    (felt_span){data, n}, "latest", &err);
    return st == SP_OK ? results(out, n_out) : failed(st);
}

static json_t *poseidon(const json_t *q)
{
    static felt data[64];
    const size_t n = read_felts(data, SP_COUNT(data), json_object_get(q, "data"));
    if (n > SP_COUNT(data)) return failed(SP_ERR_ARG);
    const felt h = poseidon_hash_many((felt_span){data, n});
    return results(&h, 1);
}

static json_t *selector(const json_t *q)
{
    const char *name = json_string_value(json_object_get(q, "name"));
    if (!name) return failed(SP_ERR_ARG);
    const felt s = selector_from_name(name);
    return results(&s, 1);
}

static sp_status read_calls(felt_span *out, const json_t *q)
{
    static felt data[TX_MAX_CALLDATA];
    const json_t *calls = json_object_get(q, "calls");
    calldata_writer w;
    calldata_init(&w, room, TX_MAX_CALLDATA);
    calldata_calls(&w, json_array_size(calls));
    for (size_t i = 0; i < json_array_size(calls); i++) {
        const json_t *one = json_array_get(calls, i);
        const char *name = json_string_value(json_array_get(one, 1));
        const size_t n = read_felts(data, TX_MAX_CALLDATA, json_array_get(one, 2));
        felt to;
        if (!name || n > TX_MAX_CALLDATA || !read_felt(&to, json_array_get(one, 0)))
            return SP_ERR_ARG;
        calldata_call_open(&w, to, selector_from_name(name));
        calldata_felts(&w, (felt_span){data, n});
        calldata_call_close(&w);
    }
    *out = calldata_span(&w);
    return calldata_status(&w);
}

static sp_status read_account(account *a, const json_t *q)
{
    felt key;
    uint8_t be[32];
    if (!read_felt(&a->address, json_object_get(q, "account")) ||
        !read_felt(&key, json_object_get(q, "key")))
        return SP_ERR_ARG;
    felt_write(be, key);
    SP_TRY(ecdsa_key_read(&a->key, be));
    return chain_id(node, &a->chain_id, &err);
}

/* The receipt once the transaction is in a block. */
static sp_status wait_for(chain_receipt *r, felt hash)
{
    sp_status st = SP_ERR_IO;
    for (unsigned i = 0; i < 6000; i++) { /* 5 minutes */
        st = chain_tx_receipt(node, r, hash, &err);
        if (st == SP_OK && r->status.finality >= CHAIN_ACCEPTED_ON_L2) return SP_OK;
        if (st == SP_OK) chain_receipt_free(r);
        if (st != SP_OK && !(st == SP_ERR_REJECT && err.code == RPC_TX_NOT_FOUND)) return st;
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    return SP_ERR_IO;
}

static json_t *receipt(const chain_receipt *r)
{
    char fee[U256_TEXT];
    json_t *events = json_array();
    u256_write_text(fee, (u256){r->actual_fee, 0});
    for (size_t i = 0; i < r->n_events; i++) {
        const chain_event *e = &r->events[i];
        json_array_append_new(events, json_pack("{s:o,s:o,s:o}", "from", hex(e->from), "keys",
                                                felts(e->keys), "data", felts(e->data)));
    }
    return json_pack("{s:b,s:s,s:s,s:s,s:I,s:o}", "reverted", (int)r->status.reverted, "said",
                     r->status.said, "reason", r->status.reason, "fee", fee, "l2_gas",
                     (json_int_t)r->l2_gas, "events", events);
}

static json_t *send_calls(const json_t *q)
{
    account a;
    felt hash, sig[2];
    char *text = NULL;
    chain_receipt r;
    tx_invoke tx;
    memset(&tx, 0, sizeof tx);
    sp_status st = read_account(&a, q);
    if (st == SP_OK) st = read_calls(&tx.calldata, q);
    if (st == SP_OK) st = chain_nonce(node, &tx.common.nonce, a.address, &err);
    if (st != SP_OK) return failed(st);
    tx.common.sender = a.address;
    tx.common.chain_id = a.chain_id;
    tx.common.bounds = bounds;
    st = tx_hash_invoke(&hash, &tx);
    if (st == SP_OK) st = ecdsa_sign(&sig[0], &sig[1], &a.key, hash, 0);
    if (st == SP_OK) st = txjson_add_invoke(&text, &tx, (felt_span){sig, 2});
    if (st == SP_OK) st = chain_send(node, "starknet_addInvokeTransaction", text, hash, &err);
    free(text);
    if (st == SP_OK) st = wait_for(&r, hash);
    if (st != SP_OK) return failed(st);
    json_t *j = receipt(&r);
    chain_receipt_free(&r);
    return j;
}

static json_t *estimate(const json_t *q)
{
    account a;
    felt_span calls;
    account_signed tx;
    sp_status st = read_account(&a, q);
    if (st == SP_OK) st = read_calls(&calls, q);
    if (st == SP_OK) st = account_prepare_invoke(node, &tx, &a, calls, &policy, &err);
    if (st != SP_OK) return failed(st);
    json_t *j = json_pack("{s:I}", "l2_gas", (json_int_t)tx.estimate.l2_gas);
    account_signed_free(&tx);
    return j;
}

static json_t *answer(const json_t *q)
{
    const char *what = json_string_value(json_object_get(q, "do"));
    if (!what) return failed(SP_ERR_ARG);
    if (!strcmp(what, "call")) return call(q);
    if (!strcmp(what, "send")) return send_calls(q);
    if (!strcmp(what, "estimate")) return estimate(q);
    if (!strcmp(what, "poseidon")) return poseidon(q);
    if (!strcmp(what, "selector")) return selector(q);
    return failed(SP_ERR_ARG);
}

int main(int argc, char **argv)
{
    const char *url = argc == 2 ? argv[1] : "";
    const rpc_config config = {.urls = &url, .n_urls = 1, .total_ms = 120000};
    if (rpc_new(&node, &config) != SP_OK) {
        fprintf(stderr, "usage: chain_raw URL\n");
        return 2;
    }
    for (;;) {
        json_t *q = json_loadf(stdin, JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, NULL);
        if (!q) break;
        memset(&err, 0, sizeof err);
        json_t *j = answer(q);
        json_decref(q);
        if (!j || json_dumpf(j, stdout, JSON_COMPACT) || putchar('\n') == EOF || fflush(stdout))
            return 1;
        json_decref(j);
    }
    rpc_delete(node);
    return 0;
}
