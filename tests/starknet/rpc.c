/* rpc.c - the JSON-RPC client against servers that answer, fail, lie and stay silent. */
#include "starknet/escrow_view.h"
#include "starknet/scan.h"
#include "starknet/selector.h"
#include "tests/starknet/server.h"
#include "tests/starknet/util.h"

/* A client of up to two servers, with short times and 4 KiB for an answer. */
static rpc *client(const char *first, const char *second)
{
    const char *urls[2] = {first, second};
    rpc *r = NULL;
    const rpc_config config = {.urls = urls,
                               .n_urls = second ? 2 : 1,
                               .connect_ms = 2000,
                               .total_ms = 2000,
                               .max_response = 4096};
    if (rpc_new(&r, &config) != SP_OK) test_failed = 1;
    return r;
}

#define OK_BODY(result) "{\"jsonrpc\":\"2.0\",\"id\":$,\"result\":" result "}"

/* One call to one server that sends this body with this status. */
static sp_status once(int status, const char *body, json_t **v, rpc_error *err)
{
    server s = {.status = status, .replies = {body}};
    *v = NULL;
    if (!server_start(&s)) return SP_ERR_DEVICE;
    rpc *r = client(s.url, NULL);
    sp_status st = rpc_call(r, v, "starknet_chainId", "[]", err);
    rpc_delete(r);
    server_stop(&s);
    return st;
}

TEST(rpc_sends_the_request_and_takes_the_result)
{
    server s = {.status = 200, .replies = {OK_BODY("\"0x7\"")}};
    rpc_error err;
    json_t *v;
    CHECK(server_start(&s));
    rpc *r = client(s.url, NULL);
    CHECK(rpc_call(r, &v, "m", "[1, 2 ]", &err) == SP_OK);
    CHECK(!strcmp(json_string_value(v), "0x7"));
    json_decref(v);
    CHECK(!strcmp(s.request, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":[1, 2 ]}"));
    CHECK(rpc_call(r, &v, "m", "{}", NULL) == SP_OK);
    json_decref(v);
    CHECK(strstr(s.request, "\"id\":2,"));
    rpc_delete(r);
    server_stop(&s);
}

TEST(rpc_errors_of_a_node_have_their_code)
{
    rpc_error err;
    json_t *v;
    CHECK(
        once(200,
             "{\"jsonrpc\":\"2.0\",\"id\":$,\"error\":{\"code\":59,\"message\":\"Dup\\u0007\\n\"}}",
             &v, &err) == SP_ERR_REJECT);
    CHECK(v == NULL && err.code == RPC_DUPLICATE_TX && !strcmp(err.message, "Dup? "));
    /* What is wrong with the request. */
    static const int of_request[] = {-32700, -32600, -32601, -32602};
    char body[200];
    for (size_t i = 0; i < SP_COUNT(of_request); i++) {
        snprintf(body, sizeof body,
                 "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":%d,\"message\":\"x\","
                 "\"data\":{\"a\":[1]}}}",
                 of_request[i]);
        CHECK(once(200, body, &v, &err) == SP_ERR_REJECT && v == NULL);
        CHECK(err.code == of_request[i] && !strcmp(err.data, "{\"a\":[1]}"));
    }
}

#define ERROR_BODY(code) \
    "{\"jsonrpc\":\"2.0\",\"id\":$,\"error\":{\"code\":" code ",\"message\":\"x\"}}"

/* An error of the endpoint itself says nothing of the chain, and not that nothing was done. */
TEST(rpc_trouble_of_an_endpoint_is_no_answer)
{
    static const struct {
        int status, code;
        const char *body;
    } own[] = {{200, -32603, ERROR_BODY("-32603")}, {200, -32005, ERROR_BODY("-32005")},
               {200, -32604, ERROR_BODY("-32604")}, {200, -32000, ERROR_BODY("-32000")},
               {200, -1, ERROR_BODY("-1")},         {401, -32600, ERROR_BODY("-32600")},
               {403, 20, ERROR_BODY("20")},         {400, -32602, ERROR_BODY("-32602")}};
    rpc_error err;
    json_t *v;
    for (size_t i = 0; i < SP_COUNT(own); i++) {
        CHECK(once(own[i].status, own[i].body, &v, &err) == SP_ERR_IO && v == NULL);
        CHECK(err.code == own[i].code && err.http == own[i].status && !strcmp(err.message, "x"));
    }
}

TEST(rpc_answers_that_are_none_are_format_errors)
{
    static const char *const bad[] = {
        "",
        "x",
        "[]",
        "null",
        "\"x\"",
        "{}",
        "{\"jsonrpc\":\"2.0\",\"id\":$}",
        "{\"jsonrpc\":\"1.0\",\"id\":$,\"result\":1}",
        "{\"id\":$,\"result\":1}",
        "{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":1}",
        "{\"jsonrpc\":\"2.0\",\"result\":1}",
        "{\"jsonrpc\":\"2.0\",\"id\":\"$\",\"result\":1}",
        "{\"jsonrpc\":\"2.0\",\"id\":$,\"result\":1} x",
        "{\"jsonrpc\":\"2.0\",\"id\":$,\"result\":1,\"result\":2}",
        "{\"jsonrpc\":\"2.0\",\"id\":$,\"result\":1,\"error\":{\"code\":1}}",
        "{\"jsonrpc\":\"2.0\",\"id\":$,\"error\":{\"code\":\"59\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":$,\"error\":{\"code\":0}}",
        "{\"jsonrpc\":\"2.0\",\"id\":$,\"error\":{\"code\":4294967355}}",
        "{\"jsonrpc\":\"2.0\",\"id\":$,\"error\":7}",
        "{\"jsonrpc\":\"2.0\",\"id\":99,\"error\":{\"code\":59}}"};
    rpc_error err;
    json_t *v;
    for (size_t i = 0; i < SP_COUNT(bad); i++) {
        CHECK(once(200, bad[i], &v, &err) == SP_ERR_FORMAT);
        CHECK(v == NULL && err.code == 0);
    }
}

TEST(rpc_redirects_are_not_followed)
{
    rpc_error err;
    json_t *v;
    CHECK(once(302, "", &v, &err) == SP_ERR_FORMAT && err.http == 302);
}

/* The first server fails in each of the ways, the second answers; the next call begins there. */
TEST(rpc_goes_to_the_next_endpoint)
{
    const server kinds[] = {{.status = 500, .replies = {OK_BODY("1")}},
                            {.status = 429, .replies = {""}},
                            {.status = 503, .replies = {""}},
                            {.status = 200, .replies = {"<html>"}},
                            {.status = 200, .replies = {ERROR_BODY("-32603")}},
                            {.status = 200, .replies = {ERROR_BODY("-32601")}},
                            {.status = 401, .replies = {ERROR_BODY("20")}},
                            {.silent = true},
                            {.status = 0},
                            {.flood = 100000}};
    for (size_t i = 0; i < SP_COUNT(kinds); i++) {
        server bad = kinds[i], good = {.status = 200, .replies = {OK_BODY("7")}};
        rpc_error err;
        json_t *v;
        CHECK(server_start(&bad) && server_start(&good));
        rpc *r = client(bad.url, good.url);
        for (unsigned j = 0; j < 2; j++) {
            CHECK(rpc_call(r, &v, "m", "[]", &err) == SP_OK);
            CHECK(json_integer_value(v) == 7);
            json_decref(v);
            CHECK_EQ(err.unanswered, 1 - j); /* the second time the good one is asked first */
        }
        CHECK_EQ(bad.n_requests, 1);
        CHECK_EQ(good.n_requests, 2);
        rpc_delete(r);
        server_stop(&bad);
        server_stop(&good);
    }
}

TEST(rpc_without_an_answer_is_an_io_error)
{
    server s = {.silent = true};
    rpc_error err;
    json_t *v;
    CHECK(server_start(&s));
    rpc *r = client(s.url, NULL);
    CHECK(rpc_call(r, &v, "m", "[]", &err) == SP_ERR_IO && v == NULL && err.code == 0);
    CHECK(err.message[0]);
    rpc_delete(r);
    server_stop(&s);
    r = client(s.url, NULL); /* nobody listens */
    CHECK(rpc_call(r, &v, "m", "[]", &err) == SP_ERR_IO);
    rpc_delete(r);
}

TEST(rpc_answers_are_bounded)
{
    server s = {.flood = 1 << 20};
    rpc_error err;
    json_t *v;
    CHECK(server_start(&s));
    rpc *r = client(s.url, NULL);
    CHECK(rpc_call(r, &v, "m", "[]", &err) == SP_ERR_LIMIT && v == NULL);
    rpc_delete(r);
    server_stop(&s);
}

TEST(rpc_takes_http_only)
{
    static const char *const bad[] = {"", "file:///etc/passwd", "ftp://h", "127.0.0.1:1",
                                      "httpx://h"};
    rpc *r;
    for (size_t i = 0; i < SP_COUNT(bad); i++) {
        const rpc_config config = {.urls = &bad[i], .n_urls = 1};
        CHECK(rpc_new(&r, &config) == SP_ERR_ARG && r == NULL);
    }
    const rpc_config none = {.urls = bad};
    CHECK(rpc_new(&r, &none) == SP_ERR_ARG);
    rpc_delete(NULL);
}

/* A chain function against one canned result. */
#define WITH(result, code)                                         \
    do {                                                           \
        server s_ = {.status = 200, .replies = {OK_BODY(result)}}; \
        rpc_error err;                                             \
        CHECK(server_start(&s_));                                  \
        rpc *r = client(s_.url, NULL);                             \
        code;                                                      \
        rpc_delete(r);                                             \
        server_stop(&s_);                                          \
    } while (0)

TEST(chain_answers_are_checked)
{
    felt f = felt_from_u64(5), list[2];
    uint64_t v = 5;
    size_t n = 2;
    const felt_span none = {NULL, 0};
    tx_invoke tx = {.common = {.query = true}};
    tx_estimate e = {.l1_gas = 77};
    WITH("\"0x534e5f5345504f4c4941\"", CHECK(chain_id(r, &f, &err) == SP_OK));
    CHECK_HEX(f, "0x534e5f5345504f4c4941");
    WITH("17", CHECK(chain_id(r, &f, &err) == SP_ERR_FORMAT));
    WITH("\"0x9\"", CHECK(chain_nonce(r, &f, f, &err) == SP_OK && felt_eq(f, felt_from_u64(9))));
    WITH("\"9\"", CHECK(chain_nonce(r, &f, f, &err) == SP_ERR_FORMAT));
    WITH("42", CHECK(chain_block_number(r, &v, &err) == SP_OK && v == 42));
    WITH("-1", CHECK(chain_block_number(r, &v, &err) == SP_ERR_FORMAT && v == 42));
    WITH("[\"0x1\",\"0x2\"]", CHECK(chain_call(r, list, &n, f, f, none, "latest", &err) == SP_OK));
    CHECK(n == 2 && felt_eq(list[1], felt_from_u64(2)));
    WITH("[\"0x1\",\"0x2\",\"0x3\"]",
         CHECK(chain_call(r, list, &n, f, f, none, "latest", &err) == SP_ERR_LIMIT));
    WITH("[\"0x7\",8]",
         CHECK(chain_call(r, list, &n, f, f, none, "latest", &err) == SP_ERR_FORMAT));
    WITH("{}", CHECK(chain_call(r, list, &n, f, f, none, "latest", &err) == SP_ERR_FORMAT));
    CHECK(n == 2 && felt_eq(list[0], felt_one()));
    WITH("[]", CHECK(chain_call(r, list, &n, f, f, none, "pending", &err) == SP_ERR_ARG));
    WITH("[]", CHECK(chain_call(r, list, &n, f, f, none, "0x1g", &err) == SP_ERR_ARG));
    WITH("[]", {
        CHECK(chain_call(r, list, &n, f, f, none, "0xabc", &err) == SP_OK && n == 0);
        CHECK(strstr(s_.request, "\"block_id\":{\"block_hash\":\"0xabc\"}"));
    });
#define ESTIMATE(unit, price)                                                                   \
    "[{\"l1_gas_consumed\":\"0x0\",\"l1_data_gas_consumed\":\"0xc0\",\"l1_gas_price\":\"0x1\"," \
    "\"l1_data_gas_price\":\"0x2\",\"l2_gas_consumed\":\"0x161480\",\"l2_gas_price\":\"" price  \
    "\",\"overall_fee\":\"0x5243ff5448000\",\"unit\":\"" unit "\"}]"
    WITH(ESTIMATE("FRI", "0x3"), CHECK(chain_estimate_invoke(r, &e, &tx, none, &err) == SP_OK));
    CHECK(e.l2_gas == 0x161480 && e.l2_gas_price == 3 && e.l1_data_gas == 0xc0);
    WITH(ESTIMATE("WEI", "0x9"),
         CHECK(chain_estimate_invoke(r, &e, &tx, none, &err) == SP_ERR_FORMAT));
    WITH(ESTIMATE("FRI", "0x100000000000000000000000000000000"),
         CHECK(chain_estimate_invoke(r, &e, &tx, none, &err) == SP_ERR_FORMAT));
    WITH("[]", CHECK(chain_estimate_invoke(r, &e, &tx, none, &err) == SP_ERR_FORMAT));
    CHECK(e.l2_gas_price == 3);
    WITH("{\"transaction_hash\":\"0x5\"}",
         CHECK(chain_send(r, "m", "{}", felt_from_u64(5), &err) == SP_OK));
    WITH("{\"transaction_hash\":\"0x6\"}",
         CHECK(chain_send(r, "m", "{}", felt_from_u64(5), &err) == SP_ERR_FORMAT));
}

TEST(chain_status_and_receipt)
{
    chain_status st;
    chain_receipt rc = {.n_events = 9};
    felt h = felt_from_u64(0x77);
    WITH("{\"finality_status\":\"ACCEPTED_ON_L2\",\"failure_reason\":null,\"execution_status\":"
         "\"SUCCEEDED\"}",
         CHECK(chain_tx_status(r, &st, h, &err) == SP_OK));
    CHECK(st.finality == CHAIN_ACCEPTED_ON_L2 && st.executed && !st.reverted && !st.reason[0] &&
          !st.said[0]);
    WITH("{\"finality_status\":\"RECEIVED\"}", CHECK(chain_tx_status(r, &st, h, &err) == SP_OK));
    CHECK(st.finality == CHAIN_RECEIVED && !st.executed && !st.reverted);
    WITH("{\"finality_status\":\"PRE_CONFIRMED\",\"execution_status\":\"REVERTED\","
         "\"failure_reason\":\"why\\u0001\"}",
         CHECK(chain_tx_status(r, &st, h, &err) == SP_OK));
    CHECK(st.reverted && !strcmp(st.reason, "why?"));
    WITH("{\"finality_status\":\"SURE\"}",
         CHECK(chain_tx_status(r, &st, h, &err) == SP_ERR_FORMAT));
    WITH("{\"finality_status\":\"RECEIVED\",\"execution_status\":\"FINE\"}",
         CHECK(chain_tx_status(r, &st, h, &err) == SP_ERR_FORMAT));
#define RECEIPT(hash, events)                                                                    \
    "{\"type\":\"INVOKE\",\"transaction_hash\":\"" hash "\",\"actual_fee\":{\"unit\":\"FRI\","   \
    "\"amount\":\"0x5243ff5448000\"},\"messages_sent\":[],\"events\":" events                    \
    ",\"execution_status\":\"SUCCEEDED\",\"finality_status\":\"ACCEPTED_ON_L2\",\"block_hash\":" \
    "\"0x10\",\"block_number\":1,\"execution_resources\":{\"l1_gas\":0,\"l1_data_gas\":192,"     \
    "\"l2_gas\":1447040}}"
    WITH(RECEIPT("0x77",
                 "[{\"from_address\":\"0x4\",\"keys\":[\"0x1\",\"0x2\"],\"data\":[\"0x3\"]},"
                 "{\"from_address\":\"0x5\",\"keys\":[],\"data\":[]}]"),
         CHECK(chain_tx_receipt(r, &rc, h, &err) == SP_OK));
    CHECK(rc.actual_fee == 0x5243ff5448000 && rc.l2_gas == 1447040 && rc.block_number == 1);
    CHECK(rc.n_events == 2 && rc.events[0].keys.n == 2 && rc.events[0].data.n == 1);
    CHECK(felt_eq(rc.events[0].data.v[0], felt_from_u64(3)) && felt_eq(rc.events[0].tx_hash, h));
    CHECK(felt_eq(rc.events[1].from, felt_from_u64(5)) && rc.events[1].keys.n == 0);
    chain_receipt_free(&rc);
    chain_receipt_free(&rc);
    WITH(RECEIPT("0x78", "[]"), CHECK(chain_tx_receipt(r, &rc, h, &err) == SP_ERR_FORMAT));
    WITH(RECEIPT("0x77", "[{\"from_address\":\"0x4\",\"keys\":[1],\"data\":[]}]"),
         CHECK(chain_tx_receipt(r, &rc, h, &err) == SP_ERR_FORMAT));
    WITH(RECEIPT("0x77", "{}"), CHECK(chain_tx_receipt(r, &rc, h, &err) == SP_ERR_FORMAT));
    CHECK(rc.events == NULL && rc.n_events == 0);
}

TEST(chain_events_have_pages)
{
    const felt key = felt_from_u64(0x33);
    const felt_span keys[] = {{&key, 1}, {NULL, 0}};
    txjson_event_filter f = {.from_block = 1,
                             .to_block = 2,
                             .address = felt_from_u64(4),
                             .keys = keys,
                             .n_keys = 2,
                             .chunk_size = 100,
                             .continuation = "a-1"};
    chain_events e;
#define PAGE(more)                                                                             \
    "{\"events\":[{\"transaction_hash\":\"0x9\",\"block_hash\":\"0x8\",\"block_number\":2,"    \
    "\"from_address\":\"0x4\",\"keys\":[\"0x33\"],\"data\":[]},{\"transaction_hash\":\"0xa\"," \
    "\"from_address\":\"0x4\",\"keys\":[\"0x33\"],\"data\":[\"0x1\"]}]" more "}"
    WITH(PAGE(",\"continuation_token\":\"b-2\""), {
        CHECK(chain_get_events(r, &e, &f, &err) == SP_OK);
        CHECK(strstr(s_.request, "\"params\":{\"filter\":{\"from_block\":{\"block_number\":1},"
                                 "\"to_block\":{\"block_number\":2},\"address\":\"0x4\",\"keys\":"
                                 "[[\"0x33\"],[]],\"chunk_size\":100,\"continuation_token\":"
                                 "\"a-1\"}}"));
    });
    CHECK(e.n_events == 2 && !strcmp(e.continuation, "b-2"));
    CHECK(e.events[0].block_number == 2 && felt_is_zero(e.events[1].block_hash));
    CHECK(felt_eq(e.events[1].data.v[0], felt_one()));
    chain_events_free(&e);
    f.continuation = NULL;
    WITH(PAGE(""), CHECK(chain_get_events(r, &e, &f, &err) == SP_OK));
    CHECK(e.continuation == NULL);
    chain_events_free(&e);
    WITH(PAGE(",\"continuation_token\":7"),
         CHECK(chain_get_events(r, &e, &f, &err) == SP_ERR_FORMAT));
    f.continuation = "a\"";
    char *text;
    CHECK(txjson_events(&text, &f) == SP_ERR_ARG && text == NULL);
    f.continuation = NULL;
    f.chunk_size = 1025;
    CHECK(txjson_events(&text, &f) == SP_ERR_ARG);
}

TEST(chain_pages_come_to_an_end)
{
    const scan_filter f = {.address = felt_from_u64(4), .max_blocks = 3, .max_events = 1000};
    server s = {.status = 200,
                .replies = {OK_BODY("42"), OK_BODY("{\"block_number\":42,\"block_hash\":\"0x7\"}"),
                            OK_BODY("{\"events\":[],\"continuation_token\":\"a\"}")}};
    scan_cursor c;
    scan_result out;
    rpc_error err;
    CHECK(server_start(&s));
    rpc *r = client(s.url, NULL);
    scan_init(&c, 41);
    CHECK(scan_step(r, &out, &c, &f, &err) == SP_ERR_LIMIT && c.next == 41);
    CHECK_EQ(scan_most_pages(0, 2), 3); /* of blocks 41 and 42 */
    CHECK_EQ(s.n_requests, 2 + 3 + 1);
    rpc_delete(r);
    server_stop(&s);
}

TEST(rpc_moves_on_when_told)
{
    server a = {.status = 200, .replies = {OK_BODY("1")}}, b = a;
    rpc_error err;
    json_t *v;
    CHECK(server_start(&a) && server_start(&b));
    rpc *r = client(a.url, b.url);
    for (unsigned i = 1; i <= 3; i++) {
        CHECK(rpc_call(r, &v, "m", "[]", &err) == SP_OK);
        json_decref(v);
        CHECK(a.n_requests == (i + 1) / 2 && b.n_requests == i / 2);
        rpc_move_on(r);
    }
    rpc_delete(r);
    server_stop(&a);
    server_stop(&b);
}

TEST(transactions_as_json)
{
    static felt many[TX_MAX_CALLDATA + 1];
    const felt sig[2] = {felt_one(), felt_from_u64(0x20)};
    const felt_span signature = {sig, 2};
    tx_invoke tx = {.common = {.sender = felt_from_u64(0xabc),
                               .nonce = felt_from_u64(1),
                               .tip = 7,
                               .bounds = {.l2_gas = {0x4c4b40, 0x59682f00}}},
                    .calldata = {sig, 1}};
    char *text;
    CHECK(txjson_add_invoke(&text, &tx, signature) == SP_OK);
    CHECK(!strcmp(
        text, "{\"invoke_transaction\":{\"type\":\"INVOKE\",\"version\":\"0x3\",\"nonce\":\"0x1\","
              "\"tip\":\"0x7\",\"resource_bounds\":{\"l1_gas\":{\"max_amount\":\"0x0\","
              "\"max_price_per_unit\":\"0x0\"},\"l2_gas\":{\"max_amount\":\"0x4c4b40\","
              "\"max_price_per_unit\":\"0x59682f00\"},\"l1_data_gas\":{\"max_amount\":\"0x0\","
              "\"max_price_per_unit\":\"0x0\"}},\"paymaster_data\":[],"
              "\"nonce_data_availability_mode\":\"L1\",\"fee_data_availability_mode\":\"L1\","
              "\"signature\":[\"0x1\",\"0x20\"],\"sender_address\":\"0xabc\","
              "\"account_deployment_data\":[],\"calldata\":[\"0x1\"]}}"));
    free(text);
    CHECK(txjson_estimate_invoke(&text, &tx, signature) == SP_ERR_ARG && text == NULL);
    tx.common.query = true;
    CHECK(txjson_add_invoke(&text, &tx, signature) == SP_ERR_ARG && text == NULL);
    CHECK(txjson_estimate_invoke(&text, &tx, signature) == SP_OK);
    CHECK(strstr(text, "\"version\":\"0x100000000000000000000000000000003\""));
    free(text);
    /* The longest: every felt with 63 digits. */
    tx.common.query = false;
    for (size_t i = 0; i <= TX_MAX_CALLDATA; i++) many[i] = felt_neg(felt_one());
    tx.common.sender = tx.common.nonce = many[0];
    tx.calldata = (felt_span){many, TX_MAX_CALLDATA};
    tx.common.bounds.l1_gas = tx.common.bounds.l2_gas = tx.common.bounds.l1_data_gas =
        (tx_bound){~UINT64_C(0), ~(u128)0};
    CHECK(txjson_add_invoke(&text, &tx, signature) == SP_OK);
    json_t *v = json_loads(text, 0, NULL);
    CHECK(json_array_size(json_object_get(json_object_get(v, "invoke_transaction"), "calldata")) ==
          TX_MAX_CALLDATA);
    json_decref(v);
    free(text);
    tx.calldata.n++;
    CHECK(txjson_add_invoke(&text, &tx, signature) == SP_ERR_LIMIT && text == NULL);
    tx.calldata.n = 0;
    CHECK(txjson_add_invoke(&text, &tx, (felt_span){many, TX_MAX_SIGNATURE + 1}) == SP_ERR_LIMIT);
}

TEST(views_of_the_contract)
{
    felt contract = felt_from_u64(0xe5c), who = felt_from_u64(8);
    escrow_task t = {.required_tier = 77};
    escrow_task_ext x;
    escrow_statement s;
    u256 ids[3], v;
    size_t n = 3;
    WITH("[\"0x1\",\"0x2\",\"0x3\",\"0x0\",\"0x4\",\"0x0\",\"0x5\",\"0x0\",\"0x6\",\"0x0\",\"0x2\","
         "\"0x8\",\"0x1\"]",
         {
             CHECK(escrow_get_task(r, &t, contract, (u256){7, 9}, &err) == SP_OK);
             CHECK(strstr(s_.request, "\"contract_address\":\"0xe5c\",\"entry_point_selector\":"
                                      "\"0x2000c638e1d39e2865a5e2c19cfe1e5aaf6db60dd0fd50fe1473d310"
                                      "5f6716f\",\"calldata\":[\"0x7\",\"0x9\"]},\"block_id\":"
                                      "\"latest\""));
         });
    CHECK(t.required_tier == 2 && t.status == ESCROW_ASSIGNED);
    WITH("[\"0x0\",\"0x0\",\"0x0\",\"0x0\",\"0x0\",\"0x0\",\"0x0\",\"0x0\",\"0x0\",\"0x0\",\"0x0\","
         "\"0x0\",\"0x0\"]",
         CHECK(escrow_get_task(r, &t, contract, (u256){7, 9}, &err) == SP_ERR_REJECT && !err.code));
    CHECK(t.required_tier == 2);
    WITH("[\"0x1\"]",
         CHECK(escrow_get_task_ext(r, &x, contract, (u256){7, 0}, &err) == SP_ERR_FORMAT));
    WITH("[\"0x1\",\"0x2\",\"0x3\",\"0x4\",\"0x5\",\"0x6\",\"0x0\",\"0x7\"]", {
        CHECK(escrow_statement_of(r, &s, contract, (u256){7, 0}, who, who, &err) == SP_OK);
        CHECK(strstr(s_.request, "\"calldata\":[\"0x7\",\"0x0\",\"0x8\",\"0x8\"]"));
    });
    CHECK(felt_eq(s.context, felt_from_u64(4)));
    WITH("[\"0x2\",\"0x5\",\"0x0\",\"0x6\",\"0x0\"]", {
        CHECK(escrow_get_user_tasks(r, ids, &n, contract, who, 20, &err) == SP_OK);
        CHECK(strstr(s_.request, "\"calldata\":[\"0x8\",\"0x14\",\"0x3\"]"));
    });
    CHECK(n == 2 && ids[0].low == 5);
    WITH("[\"0x9\",\"0x1\"]",
         CHECK(escrow_get_user_earnings(r, &v, contract, who, who, &err) == SP_OK && v.high == 1));
    WITH("[\"0x9\"]", CHECK(escrow_balance_of(r, &v, contract, who, &err) == SP_ERR_FORMAT));
}

TEST(words_of_contracts_are_found)
{
    static const char *const cases[][2] = {
        {"0x1 ('Task cannot be cancelled').\n", "Task cannot be cancelled"},
        {"(0x6 ('argent/multicall-failed'), 0x0 (''), 0x5 ('Deadline passed'), 0x4 "
         "('ENTRYPOINT_FAILED'), 0x4 ('ENTRYPOINT_FAILED'))",
         "Deadline passed"},
        {"0x4 ('ENTRYPOINT_FAILED')", ""},
        {"('", ""},
        {"('x", ""},
        {"", ""},
        {"('a\001b')", "a?b"},
        {"('1234567890123456789012345678901')", "1234567890123456789012345678901"},
        {"('12345678901234567890123456789012')", ""},
        {"('12345678901234567890123456789012') ('short')", "short"},
        /* Bare felts, as views of some nodes give them; a text in quotes goes before. */
        {"0x496e76616c6964207461736b20737461747573", "Invalid task status"},
        {"[0x454e545259504f494e545f4641494c4544, 0x73756d]", "sum"},
        {"0x73756d ('Task locked')", "Task locked"},
        {"\"error\":\"[\\\"0x45524332303a207472616e736665722066726f6d2030\\\"]\"",
         "ERC20: transfer from 0"}, /* starknet-devnet 0.10 */
        {"0x73756", ""},            /* half a byte */
        {"0x7375", ""},             /* too short to be a word */
        {"0x31323334", ""},         /* a number in ASCII, or any number */
        {"0x73756d00", ""},
        {"0x4718f5a0fc34cc1af16a1cdee98ffb20c31f5cd61d6ab07201858f4287c938d", ""},
        {"0x", ""}};
    char out[RPC_SAID];
    for (size_t i = 0; i < SP_COUNT(cases); i++) {
        rpc_find_said(out, cases[i][0]);
        CHECK(!strcmp(out, cases[i][1]));
    }
    rpc_find_said(out, NULL);
    CHECK(!out[0]);
}
