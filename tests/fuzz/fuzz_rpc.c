/* fuzz_rpc.c - fuzz entry of what a Starknet node may answer: line k of the input is an answer to
 * call k, and is also taken for a felt. */
#include "starknet/calldata.h"
#include "starknet/chain_parse.h"
#include "starknet/escrow.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void require(bool ok)
{
    if (!ok) abort();
}

/* The name PayoutReleased. */
#define PAYOUT "\"0xebb15e0d1e9aa03649c03382552c8e2a229b6745e9c719db34bff6045e6197\""

static const char *const seeds[] = {
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x534e5f5345504f4c4941\"}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[\"0x1\",\"0x61\",\"0x62\",\"0x1\"]}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[{\"l1_gas_consumed\":\"0x0\",\"l1_data_gas_"
    "consumed\":"
    "\"0xc0\",\"l1_gas_price\":\"0x1\",\"l1_data_gas_price\":\"0x2\",\"l2_gas_consumed\":"
    "\"0x161480\","
    "\"l2_gas_price\":\"0x3\",\"overall_fee\":\"0x5\",\"unit\":\"FRI\"}]}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"finality_status\":\"PRE_CONFIRMED\","
    "\"execution_status\":\"REVERTED\",\"failure_reason\":\"why\"}}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"type\":\"INVOKE\",\"transaction_hash\":\"0x77\","
    "\"actual_fee\":{\"unit\":\"FRI\",\"amount\":\"0x5\"},\"messages_sent\":[],\"events\":[{"
    "\"from_address\":\"0x4\",\"keys\":[\"0x1\",\"0x2\"],\"data\":[\"0x3\"]}],\"execution_status\":"
    "\"SUCCEEDED\",\"finality_status\":\"ACCEPTED_ON_L2\",\"block_hash\":\"0x10\",\"block_number\":"
    "1,"
    "\"execution_resources\":{\"l1_gas\":0,\"l1_data_gas\":192,\"l2_gas\":1447040}}}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"events\":[{\"transaction_hash\":\"0x9\","
    "\"block_hash\":\"0x8\",\"block_number\":2,\"from_address\":\"0x4\",\"keys\":[\"0x33\"],"
    "\"data\":[]},{\"transaction_hash\":\"0x9\",\"from_address\":\"0x4\",\"keys\":[" PAYOUT
    ",\"0x7\",\"0x0\",\"0x3\"],\"data\":[\"0x9\",\"0x0\",\"0x4\"]}],"
    "\"continuation_token\":\"b-2\"}}",
    /* get_task, get_task_ext, statement_of, get_node_info, get_user_tasks */
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[\"0x1\",\"0x2\",\"0x9\",\"0x0\",\"0x9\",\"0x0\","
    "\"0x2710\","
    "\"0x0\",\"0x9\",\"0x0\",\"0x1\",\"0x77\",\"0x2\"]}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[\"0x1\",\"0x2\",\"0x3\",\"0x4\",\"0x5\",\"0x6\","
    "\"0x7\",\"0x8\","
    "\"0x9\",\"0xa\",\"0xb\",\"0xc\",\"0x55\",\"0x0\",\"0x3\",\"0x0\",\"0xc\",\"0x0\",\"0xd\"]}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[\"0x1\",\"0x2\",\"0x3\",\"0x4\",\"0x5\",\"0x6\","
    "\"0x0\",\"0x8\"]}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[\"0x1\",\"0x3\",\"0x2\",\"0x77\"]}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[\"0x2\",\"0x7\",\"0x0\",\"0x8\",\"0x1\"]}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":59,\"message\":\"twice\",\"data\":{\"a\":1}}"
    "}"};
#define N_KINDS (sizeof seeds / sizeof *seeds)

static bool printable(const char *s, size_t room)
{
    size_t n = strnlen(s, room);
    for (size_t i = 0; i < n; i++)
        if (s[i] < 0x20 || s[i] > 0x7e) return false;
    return n < room;
}

/* Serialized values read in turns until one does not fit. */
static void read_values(felt_span list)
{
    calldata_reader r = {list, 0};
    for (unsigned kind = 0;; kind++) {
        uint8_t bytes[40];
        uint64_t v;
        u256 w;
        bool b;
        felt_span inner;
        size_t n = sizeof bytes;
        sp_status st = SP_OK;
        if (kind % 5 == 0) st = calldata_read_bytes(&r, bytes, &n);
        if (kind % 5 == 1) st = calldata_read_u64(&r, &v);
        if (kind % 5 == 2) st = calldata_read_u256(&r, &w);
        if (kind % 5 == 3) st = calldata_read_bool(&r, &b);
        if (kind % 5 == 4) st = calldata_read_list(&r, &inner);
        require(r.at <= list.n && n <= sizeof bytes);
        if (st != SP_OK) return;
    }
}

/* The events of the contract, and what the client acts on in them. */
static void read_events(const chain_event *events, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        escrow_event e;
        if (escrow_parse_event(&e, events[i].keys, events[i].data) == SP_OK)
            require(e.kind >= ESCROW_OTHER && e.kind <= ESCROW_PAYOUT);
    }
}

/* What a view of the contract returned, as each of the views. */
static bool read_view(size_t kind, felt_span list)
{
    escrow_task t;
    escrow_task_ext x;
    escrow_statement s;
    escrow_node n;
    u256 ids[4], one;
    size_t n_ids = SP_COUNT(ids);
    bool good[5] = {escrow_parse_task(&t, list) == SP_OK, escrow_parse_task_ext(&x, list) == SP_OK,
                    escrow_parse_statement(&s, list) == SP_OK, escrow_parse_node(&n, list) == SP_OK,
                    escrow_parse_ids(ids, &n_ids, list) == SP_OK};
    if (escrow_parse_u256(&one, list) == SP_OK) require(list.n == 2);
    require(!good[0] || t.status <= ESCROW_SETTLED);
    require(!good[1] || x.status <= ESCROW_SETTLED);
    require(!good[3] || n.status <= ESCROW_NODE_SUSPENDED);
    require(!good[4] || (n_ids <= SP_COUNT(ids) && list.n == 1 + 2 * n_ids));
    return good[kind];
}

#define FIRST_VIEW 6

static bool parse(size_t kind, const json_t *v)
{
    felt f, felts[32];
    size_t n = SP_COUNT(felts);
    tx_estimate estimate;
    chain_status status;
    chain_receipt receipt;
    chain_events events;
    sp_status st = SP_ERR_FORMAT;
    if (kind == 0) st = chain_parse_felt(&f, v);
    if (kind == 1) st = chain_parse_felts(felts, &n, v);
    if (kind == 1 && st == SP_OK) {
        require(n <= SP_COUNT(felts));
        read_values((felt_span){felts, n});
    }
    if (kind == 2) st = chain_parse_estimate(&estimate, v);
    if (kind == 3) st = chain_parse_status(&status, v, "failure_reason");
    if (kind == 3 && st == SP_OK)
        require(printable(status.reason, sizeof status.reason) &&
                printable(status.said, sizeof status.said));
    if (kind == 4) st = chain_parse_receipt(&receipt, v, felt_from_u64(0x77));
    if (kind == 4 && st == SP_OK) {
        read_events(receipt.events, receipt.n_events);
        for (size_t i = 0; i < receipt.n_events; i++)
            for (size_t j = 0; j < receipt.events[i].data.n; j++)
                (void)felt_is_zero(receipt.events[i].data.v[j]);
        chain_receipt_free(&receipt);
    }
    if (kind == 5) st = chain_parse_events(&events, v);
    if (kind == 5 && st == SP_OK) {
        read_events(events.events, events.n_events);
        chain_events_free(&events);
    }
    if (kind >= FIRST_VIEW && kind < N_KINDS - 1) {
        st = chain_parse_felts(felts, &n, v);
        if (st == SP_OK && !read_view(kind - FIRST_VIEW, (felt_span){felts, n})) st = SP_ERR_FORMAT;
    }
    return st == SP_OK;
}

static bool answer(size_t kind, const char *text, size_t n)
{
    json_t *v;
    rpc_error err;
    felt f;
    char hex[FELT_HEX];
    sp_status st = rpc_parse(&v, text, n, 1, &err);
    require((st == SP_OK) == (v != NULL) && (st == SP_ERR_REJECT) == (err.code != 0));
    require(printable(err.message, sizeof err.message) && printable(err.data, sizeof err.data));
    require(printable(err.said, sizeof err.said));
    bool good = st == SP_OK ? parse(kind, v) : kind == N_KINDS - 1 && st == SP_ERR_REJECT;
    json_decref(v);
    if (felt_read_hex(&f, text, n) == SP_OK) require(felt_write_hex(hex, f) <= n);
    return good;
}

/* Returns how many lines were good answers. */
static size_t lines(const uint8_t *data, size_t size)
{
    size_t good = 0, k = 0;
    for (size_t at = 0, next; at < size; at = next + 1, k++) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        next = end ? (size_t)(end - data) : size;
        good += answer(k % N_KINDS, (const char *)data + at, next - at);
    }
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lines(data, size);
    return 0;
}

size_t fuzz_seed(uint8_t *data, size_t cap)
{
    size_t n = 0;
    for (size_t i = 0; i < N_KINDS; i++) {
        size_t k = strlen(seeds[i]);
        if (n + k + 1 > cap) return 0;
        memcpy(data + n, seeds[i], k);
        n += k;
        data[n++] = '\n';
    }
    return n;
}

bool fuzz_seed_is_good(const uint8_t *data, size_t size) { return lines(data, size) == N_KINDS; }
