/* devnet.c - the client against a running starknet-devnet (--seed 42), whose URL is in
 * SP_DEVNET_URL: transactions are accepted under the hash computed here, and errors have the codes
 * that rpc.h names. */
#include "starknet/account.h"
#include "starknet/address.h"
#include "starknet/escrow_view.h"
#include "starknet/journal.h"
#include "starknet/scan.h"
#include "starknet/selector.h"
#include "tests/starknet/util.h"

#include <unistd.h>

static rpc *node;
static account rich; /* the first account of seed 42 */
static felt strk;
static rpc_error err;
static const account_policy policy = {
    .margin = 150, .max_fee = (u128)10000000000 * 1000000000, .tip = 7};

static bool connect_node(void)
{
    const char *url = getenv("SP_DEVNET_URL");
    if (!url) return false;
    if (node) return true;
    const rpc_config config = {.urls = &url, .n_urls = 1};
    uint8_t be[32];
    felt_write(be, felt_of("0xb137668388dbe9acdfa3bc734cc2c469"));
    rich.address = felt_of("0x034ba56f92265f0868c57d3fe72ecab144fc96f97954bbbc4252cef8e8a979ba");
    strk = felt_of("0x4718f5a0fc34cc1af16a1cdee98ffb20c31f5cd61d6ab07201858f4287c938d");
    if (ecdsa_key_read(&rich.key, be) != SP_OK ||
        shortstring_read(&rich.chain_id, "SN_SEPOLIA") != SP_OK || rpc_new(&node, &config) != SP_OK)
        test_failed = 1;
    return true;
}

#define NEED_DEVNET \
    if (!connect_node()) SKIP("no devnet (SP_DEVNET_URL)")

static felt_span transfer(felt *room, felt to, u128 amount)
{
    calldata_writer c;
    calldata_init(&c, room, 16);
    calldata_calls(&c, 1);
    calldata_call_open(&c, strk, selector_from_name("transfer"));
    calldata_felt(&c, to);
    calldata_u256(&c, (u256){amount, 0});
    calldata_call_close(&c);
    if (calldata_status(&c) != SP_OK) test_failed = 1;
    return calldata_span(&c);
}

static u128 balance(felt of)
{
    u256 v = {0, 0};
    return escrow_balance_of(node, &v, strk, of, &err) == SP_OK ? v.low : 0;
}

static sp_status receipt_of(chain_receipt *rc, felt hash)
{
    sp_status st = SP_ERR_IO;
    for (unsigned i = 0; i < 100 && st != SP_OK; i++) {
        st = chain_tx_receipt(node, rc, hash, &err);
        if (st != SP_OK) nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    return st;
}

TEST(devnet_takes_an_invoke)
{
    NEED_DEVNET;
    felt room[16], to = felt_of("0x123456789");
    account_signed tx;
    chain_receipt rc;
    chain_status st;
    u128 before = balance(rich.address), had = balance(to);
    CHECK(before > 0);
    CHECK(account_prepare_invoke(node, &tx, &rich, transfer(room, to, 12345), &policy, &err) ==
          SP_OK);
    CHECK(account_send(node, &tx, &err) == SP_OK);
    CHECK(account_send(node, &tx, &err) == SP_OK); /* again: a duplicate is no failure */
    CHECK(receipt_of(&rc, tx.hash) == SP_OK);
    CHECK(!rc.status.reverted && rc.status.finality >= CHAIN_PRE_CONFIRMED);
    CHECK(rc.actual_fee > 0 && rc.actual_fee <= tx.max_fee);
    CHECK(rc.n_events >= 1 && felt_eq(rc.events[0].from, strk));
    CHECK(felt_eq(rc.events[0].keys.v[0], selector_from_name("Transfer")));
    CHECK(balance(to) == had + 12345);
    CHECK(balance(rich.address) == before - 12345 - rc.actual_fee);
    CHECK(chain_tx_status(node, &st, tx.hash, &err) == SP_OK && st.executed && !st.reverted);
    chain_receipt_free(&rc);
    account_signed_free(&tx);
}

TEST(devnet_takes_a_deploy_account)
{
    NEED_DEVNET;
    account fresh = {.chain_id = rich.chain_id};
    felt class_hash = felt_of("0x5b4b537eaa2399e3aa99c4e2e0208ebd6c71bc1467938cd52c798c601e43564");
    felt pub, room[16];
    account_signed tx;
    chain_receipt rc;
    CHECK(ecdsa_key_new(&fresh.key) == SP_OK);
    ecdsa_public(&pub, &fresh.key);
    const felt_span data = {&pub, 1};
    fresh.address = address_of_contract(felt_zero(), felt_from_u64(99), class_hash, data);
    CHECK(account_prepare_invoke(node, &tx, &rich, transfer(room, fresh.address, policy.max_fee),
                                 &policy, &err) == SP_OK);
    CHECK(account_send(node, &tx, &err) == SP_OK && receipt_of(&rc, tx.hash) == SP_OK);
    CHECK(!rc.status.reverted);
    chain_receipt_free(&rc);
    account_signed_free(&tx);
    CHECK(account_prepare_deploy(node, &tx, &fresh, class_hash, felt_from_u64(98), data, &policy,
                                 &err) == SP_ERR_ARG);
    CHECK(account_prepare_deploy(node, &tx, &fresh, class_hash, felt_from_u64(99), data, &policy,
                                 &err) == SP_OK);
    CHECK(account_send(node, &tx, &err) == SP_OK && receipt_of(&rc, tx.hash) == SP_OK);
    CHECK(!rc.status.reverted);
    chain_receipt_free(&rc);
    account_signed_free(&tx);
    /* And it can pay. */
    CHECK(account_prepare_invoke(node, &tx, &fresh, transfer(room, rich.address, 1), &policy,
                                 &err) == SP_OK);
    CHECK(account_send(node, &tx, &err) == SP_OK && receipt_of(&rc, tx.hash) == SP_OK);
    CHECK(!rc.status.reverted);
    chain_receipt_free(&rc);
    account_signed_free(&tx);
    ecdsa_key_wipe(&fresh.key);
}

TEST(devnet_fee_above_the_cap_is_not_signed)
{
    NEED_DEVNET;
    felt room[16];
    account_signed tx = {.method = "unchanged"};
    account_policy low = policy;
    low.max_fee = 1000;
    CHECK(account_prepare_invoke(node, &tx, &rich, transfer(room, strk, 1), &low, &err) ==
          SP_ERR_LIMIT);
    CHECK(tx.estimate.l2_gas > 0 && tx.estimate.l2_gas_price > 0 && !err.message[0]);
    low = policy;
    low.tip = UINT64_C(1) << 50;
    CHECK(account_prepare_invoke(node, &tx, &rich, transfer(room, strk, 1), &low, &err) ==
          SP_ERR_LIMIT);
    account other = rich;
    CHECK(shortstring_read(&other.chain_id, "SN_MAIN") == SP_OK);
    CHECK(account_prepare_invoke(node, &tx, &other, transfer(room, strk, 1), &policy, &err) ==
          SP_ERR_ARG);
    CHECK(!strcmp(tx.method, "unchanged") && tx.params == NULL);
}

/* Signs and sends as it stands; the code of the error, 0 when it was taken. */
static int code_of(tx_invoke *tx, bool spoil)
{
    felt hash, sig[2];
    char *text;
    if (tx_hash_invoke(&hash, tx) != SP_OK ||
        ecdsa_sign(&sig[0], &sig[1], &rich.key, hash, 0) != SP_OK)
        return -1;
    if (spoil) sig[1] = felt_add(sig[1], felt_one());
    if (txjson_add_invoke(&text, tx, (felt_span){sig, 2}) != SP_OK) return -1;
    sp_status st = chain_send(node, "starknet_addInvokeTransaction", text, hash, &err);
    free(text);
    return st == SP_OK ? 0 : st == SP_ERR_REJECT ? err.code : -1;
}

TEST(devnet_errors_have_codes)
{
    NEED_DEVNET;
    felt room[16], out[4], hash = felt_of("0x123");
    size_t n = 4;
    chain_status st;
    const felt_span none = {NULL, 0};
    tx_invoke tx = {.common = {.sender = rich.address,
                               .chain_id = rich.chain_id,
                               .bounds = {.l1_gas = {0, 1500000000},
                                          .l2_gas = {5000000, 1500000000},
                                          .l1_data_gas = {1000, 1500000000}}},
                    .calldata = transfer(room, hash, 1)};
    CHECK(chain_nonce(node, &tx.common.nonce, rich.address, &err) == SP_OK);
    CHECK_EQ(code_of(&tx, true), RPC_VALIDATION_FAILED);
    tx_invoke t = tx;
    t.common.nonce = felt_add(t.common.nonce, felt_one());
    CHECK_EQ(code_of(&t, false), RPC_INVALID_NONCE);
    t.common.nonce = felt_sub(tx.common.nonce, felt_one());
    CHECK_EQ(code_of(&t, false), RPC_INVALID_NONCE);
    t = tx;
    t.common.bounds.l2_gas.max_amount = 10;
    CHECK_EQ(code_of(&t, false), RPC_RESOURCES_TOO_LOW);
    t = tx;
    t.common.bounds.l2_gas.max_price = (u128)1 << 90;
    CHECK_EQ(code_of(&t, false), RPC_BALANCE_TOO_LOW);
    CHECK_EQ(code_of(&tx, false), 0);
    CHECK_EQ(code_of(&tx, false), RPC_DUPLICATE_TX);
    CHECK(chain_call(node, out, &n, strk, selector_from_name("no_such"), none, "latest", &err) ==
          SP_ERR_REJECT);
    CHECK_EQ(err.code, RPC_ENTRY_POINT_NOT_FOUND);
    CHECK(chain_call(node, out, &n, hash, hash, none, "latest", &err) == SP_ERR_REJECT);
    CHECK_EQ(err.code, RPC_CONTRACT_NOT_FOUND);
    CHECK(chain_tx_status(node, &st, hash, &err) == SP_ERR_REJECT);
    CHECK_EQ(err.code, RPC_TX_NOT_FOUND);
    CHECK(chain_nonce(node, &out[0], hash, &err) == SP_ERR_REJECT);
    CHECK_EQ(err.code, RPC_CONTRACT_NOT_FOUND);
}

TEST(devnet_reverts_are_seen)
{
    NEED_DEVNET;
    felt room[16];
    chain_receipt rc;
    tx_invoke tx = {.common = {.sender = rich.address,
                               .chain_id = rich.chain_id,
                               .bounds = {.l1_gas = {0, 1500000000},
                                          .l2_gas = {5000000, 1500000000},
                                          .l1_data_gas = {1000, 1500000000}}},
                    .calldata = transfer(room, strk, ~(u128)0)}; /* more than there is */
    felt hash;
    CHECK(chain_nonce(node, &tx.common.nonce, rich.address, &err) == SP_OK);
    CHECK_EQ(code_of(&tx, false), 0);
    CHECK(tx_hash_invoke(&hash, &tx) == SP_OK && receipt_of(&rc, hash) == SP_OK);
    CHECK(rc.status.reverted && rc.status.reason[0] && rc.actual_fee > 0);
    chain_receipt_free(&rc);
}

TEST(devnet_events_of_all_pages)
{
    NEED_DEVNET;
    felt key = selector_from_name("Transfer");
    const felt_span keys[] = {{&key, 1}};
    uint64_t last;
    unsigned n = 0, pages = 0;
    CHECK(chain_block_number(node, &last, &err) == SP_OK);
    txjson_event_filter f = {
        .to_block = last, .address = strk, .keys = keys, .n_keys = 1, .chunk_size = 2};
    char *token = NULL;
    do {
        chain_events e;
        f.continuation = token;
        CHECK(chain_get_events(node, &e, &f, &err) == SP_OK);
        CHECK(e.n_events <= 2);
        for (size_t i = 0; i < e.n_events; i++)
            CHECK(felt_eq(e.events[i].from, strk) && felt_eq(e.events[i].keys.v[0], key));
        n += (unsigned)e.n_events;
        pages++;
        free(token);
        token = e.continuation;
        e.continuation = NULL;
        chain_events_free(&e);
    } while (token && pages < 1000);
    CHECK(token == NULL && n > 4 && pages > 2);
}

TEST(devnet_journal_sends_what_was_not_sent)
{
    NEED_DEVNET;
    char dir[] = "/tmp/journalXXXXXX", path[64];
    felt room[16];
    account_signed tx, other, *list;
    journal j;
    journal_fate fate = JOURNAL_DEAD;
    chain_status st;
    size_t n;
    CHECK(mkdtemp(dir));
    CHECK(journal_open(&j, dir) == SP_OK);
    /* Two for the same nonce, written down; the program stops before it sends. */
    CHECK(account_prepare_invoke(node, &tx, &rich, transfer(room, strk, 1), &policy, &err) ==
          SP_OK);
    CHECK(account_prepare_invoke(node, &other, &rich, transfer(room, strk, 2), &policy, &err) ==
          SP_OK);
    CHECK(felt_eq(tx.nonce, other.nonce));
    CHECK(journal_add(&j, &tx) == SP_OK);
    journal_close(&j);
    CHECK(journal_open(&j, dir) == SP_OK && journal_list(&j, &list, &n) == SP_OK && n == 1);
    CHECK(journal_advance(node, &fate, &st, &list[0], rich.address, &err) == SP_OK);
    CHECK(fate == JOURNAL_PENDING);
    for (unsigned i = 0; i < 100 && fate < JOURNAL_DONE; i++) {
        CHECK(journal_advance(node, &fate, &st, &list[0], rich.address, &err) == SP_OK);
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    CHECK(fate == JOURNAL_DONE && felt_eq(list[0].hash, tx.hash));
    CHECK(journal_advance(node, &fate, &st, &other, rich.address, &err) == SP_OK);
    CHECK(fate == JOURNAL_DEAD);
    CHECK(journal_remove(&j, tx.hash) == SP_OK);
    journal_free(list, n);
    journal_close(&j);
    account_signed_free(&tx);
    account_signed_free(&other);
    snprintf(path, sizeof path, "%s/lock", dir);
    CHECK(unlink(path) == 0 && rmdir(dir) == 0);
}

/* The parameters of a method of devnet's own; whether it was done. */
static bool devnet_does(const char *method, const char *params)
{
    json_t *v;
    if (rpc_call(node, &v, method, params, &err) != SP_OK) return false;
    json_decref(v);
    return true;
}

/* One block with a transfer of this amount to the receiver of scans. */
static bool transfer_block(unsigned amount)
{
    felt room[16];
    account_signed tx;
    chain_receipt rc;
    if (account_prepare_invoke(node, &tx, &rich, transfer(room, felt_from_u64(0x5ca9), amount),
                               &policy, &err) != SP_OK)
        return false;
    bool ok = account_send(node, &tx, &err) == SP_OK && receipt_of(&rc, tx.hash) == SP_OK &&
              !rc.status.reverted;
    if (ok) chain_receipt_free(&rc);
    account_signed_free(&tx);
    return ok;
}

/* Steps until there is nothing new; the amounts transferred to 0x5ca9, in order. */
static unsigned scan_all(scan_cursor *c, uint64_t *amounts, unsigned room, unsigned max_blocks,
                         uint64_t *back_to)
{
    felt key = selector_from_name("Transfer"), to = felt_from_u64(0x5ca9);
    const felt_span keys[] = {{&key, 1}, {NULL, 0}, {&to, 1}};
    const scan_filter f = {
        .address = strk, .keys = keys, .n_keys = 3, .max_blocks = max_blocks, .max_events = 1000};
    unsigned n = 0;
    scan_result res;
    *back_to = 0;
    for (;;) {
        if (scan_step(node, &res, c, &f, &err) != SP_OK) return 1000;
        bool end = !res.went_back && !res.n_blocks;
        if (res.went_back) *back_to = res.from;
        for (size_t i = 0; i < res.n_pages; i++)
            for (size_t j = 0; j < res.pages[i].n_events && n < room; j++)
                if (felt_to_u64(&amounts[n++], res.pages[i].events[j].data.v[0]) != SP_OK)
                    return 1000;
        scan_free(&res);
        if (end) return n;
    }
}

TEST(devnet_scan_sees_each_event_once_and_reorganisations)
{
    NEED_DEVNET;
    uint64_t head, amounts[16], back;
    scan_cursor one, many;
    char params[120];
    felt hash;
    CHECK(chain_block_number(node, &head, &err) == SP_OK);
    CHECK(chain_block_hash(node, &hash, head + 100, &err) == SP_ERR_REJECT);
    CHECK_EQ(err.code, RPC_BLOCK_NOT_FOUND);
    scan_init(&one, 0);
    scan_init(&many, 0);
    CHECK_EQ(scan_all(&one, amounts, 16, 1, &back), 0);
    CHECK_EQ(scan_all(&many, amounts, 16, 1000, &back), 0);
    CHECK(one.next == head + 1 && many.next == head + 1);
    CHECK(transfer_block(101) && transfer_block(102) && transfer_block(103));
    CHECK_EQ(scan_all(&one, amounts, 16, 1, &back), 3);
    CHECK(amounts[0] == 101 && amounts[1] == 102 && amounts[2] == 103 && back == 0);
    CHECK_EQ(scan_all(&one, amounts, 16, 1, &back), 0);
    CHECK_EQ(scan_all(&many, amounts, 16, 1000, &back), 3);
    /* The last two blocks go, two empty ones and another come. (Devnet gives the old hash to a
     * block of the same number and shape, whatever is in it.) */
    snprintf(params, sizeof params, "{\"starting_block_id\":{\"block_number\":%llu}}",
             (unsigned long long)(head + 2));
    CHECK(devnet_does("devnet_abortBlocks", params));
    CHECK(devnet_does("devnet_createBlock", "[]") && devnet_does("devnet_createBlock", "[]"));
    CHECK(transfer_block(202));
    CHECK_EQ(scan_all(&one, amounts, 16, 1, &back), 1);
    CHECK(amounts[0] == 202 && back == head + 2 && one.next == head + 5);
    /* This one kept only the end of its step: it goes back further and sees 101 again. */
    CHECK_EQ(scan_all(&many, amounts, 16, 1000, &back), 2);
    CHECK(amounts[0] == 101 && amounts[1] == 202 && back == head + 1);
    /* Nothing that was kept is left. */
    many.n = 1;
    many.kept[0].hash = felt_one();
    CHECK_EQ(scan_all(&many, amounts, 16, 1000, &back), 1000);
}
