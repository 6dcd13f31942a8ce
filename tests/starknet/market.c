/* market.c - escrow.h against the contract itself, deployed on a devnet: SP_DEVNET_URL, and its
 * address in SP_ESCROW. Proofs are not made here: what they must state is. */
#include "starknet/account.h"
#include "starknet/escrow_view.h"
#include "starknet/selector.h"
#include "tests/starknet/util.h"

static rpc *node;
static account rich; /* the first account of devnet's seed 42: owner of the contract */
static felt strk, contract;
static rpc_error err;
static felt room[64];
static chain_receipt receipt;

static bool connect_node(void)
{
    const char *url = getenv("SP_DEVNET_URL"), *address = getenv("SP_ESCROW");
    if (!url || !address) return false;
    if (node) return true;
    const rpc_config config = {.urls = &url, .n_urls = 1};
    uint8_t be[32];
    felt_write(be, felt_of("0xb137668388dbe9acdfa3bc734cc2c469"));
    rich.address = felt_of("0x034ba56f92265f0868c57d3fe72ecab144fc96f97954bbbc4252cef8e8a979ba");
    strk = felt_of("0x4718f5a0fc34cc1af16a1cdee98ffb20c31f5cd61d6ab07201858f4287c938d");
    contract = felt_of(address);
    if (ecdsa_key_read(&rich.key, be) != SP_OK || rpc_new(&node, &config) != SP_OK ||
        chain_id(node, &rich.chain_id, &err) != SP_OK)
        test_failed = 1;
    return true;
}

#define NEED_CONTRACT \
    if (!connect_node()) SKIP("no contract on a devnet (SP_DEVNET_URL, SP_ESCROW)")

/* Sends the calls; the receipt is in receipt. false also when it was reverted. */
static bool sent(const calldata_writer *c)
{
    static const account_policy policy = {.margin = 150, .max_fee = (u128)10000000000 * 1000000000};
    account_signed tx;
    chain_receipt_free(&receipt);
    if (calldata_status(c) != SP_OK ||
        account_prepare_invoke(node, &tx, &rich, calldata_span(c), &policy, &err) != SP_OK)
        return false;
    sp_status st = account_send(node, &tx, &err);
    for (unsigned i = 0; i < 100 && st == SP_OK; i++) {
        st = chain_tx_receipt(node, &receipt, tx.hash, &err);
        if (st == SP_OK) break;
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
        if (st == SP_ERR_REJECT && err.code == RPC_TX_NOT_FOUND) st = SP_OK;
    }
    account_signed_free(&tx);
    return st == SP_OK && !receipt.status.reverted;
}

/* The contract's event of this kind in the receipt; ESCROW_OTHER when there is none. */
static escrow_event event(escrow_event_kind kind)
{
    escrow_event e = {.kind = ESCROW_OTHER};
    for (size_t i = 0; i < receipt.n_events; i++) {
        const chain_event *c = &receipt.events[i];
        if (felt_eq(c->from, contract) && escrow_parse_event(&e, c->keys, c->data) == SP_OK &&
            e.kind == kind)
            return e;
    }
    e.kind = ESCROW_OTHER;
    return e;
}

static calldata_writer calls(size_t n)
{
    calldata_writer c;
    calldata_init(&c, room, SP_COUNT(room));
    calldata_calls(&c, n);
    return c;
}

static escrow_terms terms(void)
{
    return (escrow_terms){.token = strk,
                          .program_id = felt_of("0x1c1b1a19"),
                          .input_commitment = felt_of(
                              "0x75041d325e17b9a757d3eb987bea791b2317abf723b3442e160e1291a025a"),
                          .amount = {1000, 0},
                          .max_cycles = 1 << 20,
                          .deadline = (uint64_t)time(NULL) + 86400,
                          .required_tier = 1};
}

TEST(market_a_task_from_creation_to_refund)
{
    NEED_CONTRACT;
    const escrow_terms t = terms();
    escrow_task task;
    escrow_task_ext ext;
    u256 ids[100], before, after;
    size_t n = SP_COUNT(ids);
    felt hash = escrow_task_hash(t.program_id, t.input_commitment, t.max_cycles);
    CHECK(escrow_balance_of(node, &before, strk, contract, &err) == SP_OK);
    calldata_writer c = calls(2);
    escrow_create_proved_task(&c, contract, &t);
    CHECK(sent(&c));
    escrow_event created = event(ESCROW_TASK_CREATED);
    CHECK(created.kind == ESCROW_TASK_CREATED && felt_eq(created.who, rich.address));
    CHECK(created.amount.low == 1000 && felt_eq(created.token, strk) &&
          felt_eq(created.hash, hash));
    CHECK(escrow_get_task(node, &task, contract, created.task_id, &err) == SP_OK);
    CHECK(felt_eq(task.creator, rich.address) && felt_eq(task.token, strk));
    CHECK(task.amount.low == 1000 && task.status == ESCROW_CREATED && task.required_tier == 1);
    CHECK(felt_eq(task.task_hash, hash));
    CHECK(escrow_get_task_ext(node, &ext, contract, created.task_id, &err) == SP_OK);
    CHECK(felt_eq(ext.program_id, t.program_id) &&
          felt_eq(ext.input_commitment, t.input_commitment));
    CHECK(ext.max_cycles == t.max_cycles && ext.deadline == t.deadline &&
          felt_is_zero(ext.provider));
    CHECK(escrow_get_user_tasks(node, ids, &n, contract, rich.address, 0, &err) == SP_OK && n > 0);
    CHECK(ids[n - 1].low == created.task_id.low);
    CHECK(escrow_balance_of(node, &after, strk, contract, &err) == SP_OK);
    CHECK(after.low == before.low + 1000);
    c = calls(1);
    escrow_end_task(&c, contract, "cancel_task", created.task_id);
    CHECK(sent(&c));
    CHECK(event(ESCROW_TASK_CANCELLED).task_id.low == created.task_id.low);
    CHECK(escrow_get_task(node, &task, contract, created.task_id, &err) == SP_OK);
    CHECK(task.status == ESCROW_CANCELLED);
    CHECK(escrow_balance_of(node, &after, strk, contract, &err) == SP_OK &&
          after.low == before.low);
    CHECK(escrow_get_task(node, &task, contract, (u256){0, 1}, &err) == SP_ERR_REJECT && !err.code);
    chain_receipt_free(&receipt);
}

TEST(market_statement_is_what_we_compute)
{
    NEED_CONTRACT;
    const escrow_terms t = terms();
    escrow_statement s;
    escrow_task_ext ext;
    uint8_t context[28], h_in[31], h_out[31], io[31];
    felt provider = rich.address,
         result = felt_of("0x824c36fa91d2d2cb58074108ddbbebcbf44e9b98d93f5b");
    calldata_writer c = calls(3);
    escrow_create_proved_task(&c, contract, &t);
    escrow_register_node(&c, contract);
    if (!sent(&c)) { /* the node is registered already */
        c = calls(2);
        escrow_create_proved_task(&c, contract, &t);
        CHECK(sent(&c));
    }
    u256 id = event(ESCROW_TASK_CREATED).task_id;
    CHECK(id.low > 0);
    c = calls(1);
    escrow_assign_task(&c, contract, id, provider, t.deadline);
    CHECK(sent(&c));
    escrow_event assigned = event(ESCROW_TASK_ASSIGNED);
    CHECK(felt_eq(assigned.who, provider) && assigned.time == t.deadline);
    CHECK(escrow_get_task_ext(node, &ext, contract, id, &err) == SP_OK);
    CHECK(ext.status == ESCROW_ASSIGNED && felt_eq(ext.provider, provider));
    CHECK(escrow_statement_of(node, &s, contract, id, provider, result, &err) == SP_OK);
    escrow_context(context, rich.chain_id, contract, id, provider);
    CHECK(felt_eq(s.context, escrow_felt(context, 28)));
    CHECK(escrow_bytes(h_in, 31, t.input_commitment) == SP_OK &&
          escrow_bytes(h_out, 31, result) == SP_OK);
    escrow_io_commitment(io, h_in, h_out);
    CHECK(felt_eq(s.io_commitment, escrow_felt(io, 31)));
    felt hash = escrow_task_hash(t.program_id, t.input_commitment, t.max_cycles);
    CHECK(felt_eq(s.statement_hash, escrow_statement_hash(hash, s.context, result)));
    CHECK(felt_eq(s.program_id, t.program_id) && s.max_cycles == t.max_cycles && s.exit_code == 0);
    /* A claim that is no proof, and a cancellation of what is assigned: refused, in words. */
    const felt no_proof[] = {felt_one(), felt_one(), felt_one(), felt_one()};
    c = calls(1);
    escrow_submit_proof(&c, contract, id, provider, result, (felt_span){no_proof, 4});
    CHECK(!sent(&c) && err.code == RPC_EXECUTION_ERROR && err.data[0]);
    c = calls(1);
    escrow_end_task(&c, contract, "cancel_task", id);
    CHECK(!sent(&c) && !strcmp(err.said, "Task cannot be cancelled"));
    chain_receipt_free(&receipt);
}
