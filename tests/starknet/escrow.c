/* escrow.c - the worked example of docs/chain.md, calldata, results and events. */
#include "starknet/escrow.h"
#include "starknet/selector.h"
#include "tests/starknet/util.h"

static felt room[64];

static felt_span list_of(const uint64_t *v, size_t n)
{
    static felt list[32];
    for (size_t i = 0; i < n; i++) list[i] = felt_from_u64(v[i]);
    return (felt_span){list, n};
}
#define LIST(...)                            \
    list_of((const uint64_t[]){__VA_ARGS__}, \
            sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

TEST(escrow_worked_example)
{
    felt chain, contract, provider;
    uint8_t context[28], h_in[31], h_out[31], io[31], program[28];
    CHECK(shortstring_read(&chain, "SN_SEPOLIA") == SP_OK);
    contract = felt_of("0x4718f5a0fc34cc1af16a1cdee98ffb20c31f5cd61d6ab07201858f4287c938d");
    provider = felt_of("0x34ba56f92265f0868c57d3fe72ecab144fc96f97954bbbc4252cef8e8a979ba");
    escrow_context(context, chain, contract, (u256){7, 5}, provider);
    static const uint8_t want[28] = {0x8c, 0xbb, 0x4c, 0x57, 0x53, 0xe7, 0x49, 0x1f, 0x76, 0x32,
                                     0xd9, 0x39, 0x3c, 0xae, 0xb4, 0x1b, 0xba, 0xb5, 0x52, 0x95,
                                     0x54, 0x54, 0x6c, 0x28, 0xe3, 0x8c, 0x97, 0x1e};
    CHECK_BYTES(context, want, 28);
    felt ctx = escrow_felt(context, 28);
    CHECK_HEX(ctx, "0x1e978ce3286c54549552b5ba1bb4ae3c39d932761f49e753574cbb8c");
    escrow_context(context, chain, contract, (u256){1, 0}, provider);
    CHECK_HEX(escrow_felt(context, 28),
              "0x5b6f023e3e2abe991ecc3b4b145884a24f808baabbb53364fa9633f1");
    for (unsigned i = 0; i < 28; i++) program[i] = (uint8_t)(i + 1);
    felt program_id = escrow_felt(program, 28);
    CHECK_HEX(program_id, "0x1c1b1a191817161514131211100f0e0d0c0b0a090807060504030201");
    felt in = felt_of("0x75041d325e17b9a757d3eb987bea791b2317abf723b3442e160e1291a025a");
    felt out = felt_of("0x824c36fa91d2d2cb58074108ddbbebcbf44e9b98d93f5bee3942d5c00cd94c");
    CHECK(escrow_bytes(h_in, 31, in) == SP_OK && escrow_bytes(h_out, 31, out) == SP_OK);
    escrow_io_commitment(io, h_in, h_out);
    CHECK_HEX(escrow_felt(io, 31),
              "0x79a0f695d9af6961cf6a4e6aba97fa5edd85cae7d5d089e886c1e591940bc6");
    felt task_hash = escrow_task_hash(program_id, in, 1 << 20);
    CHECK_HEX(task_hash, "0x1be48b32857fde14066ad8dc74439be0ba669b18150b9cc069468f96d872aae");
    CHECK_HEX(escrow_statement_hash(task_hash, ctx, out),
              "0x30576877ca24a6914e7a605a793fa95f03e1c8d4df4bf3f990d39118b8496a4");
}

TEST(escrow_digests_fit_or_not)
{
    uint8_t b[31];
    memset(b, 7, sizeof b);
    CHECK(escrow_bytes(b, 28, felt_reduce((const uint64_t[4]){0, 0, 0, 1u << 31})) == SP_OK);
    CHECK(b[27] == 0x80);
    CHECK(escrow_bytes(b, 28, felt_reduce((const uint64_t[4]){0, 0, 0, UINT64_C(1) << 32})) ==
          SP_ERR_FORMAT);
    CHECK(escrow_bytes(b, 31, felt_neg(felt_one())) == SP_ERR_FORMAT && b[27] == 0x80);
}

static bool split_is(u256 amount, u256 provider, u256 subsidy, u256 treasury)
{
    escrow_split s = escrow_split_of(amount);
    return !memcmp(&s.provider_payout, &provider, sizeof provider) &&
           !memcmp(&s.gas_subsidy, &subsidy, sizeof subsidy) &&
           !memcmp(&s.treasury_fee, &treasury, sizeof treasury);
}

TEST(escrow_amounts_are_divided_exactly)
{
    CHECK(split_is((u256){0, 0}, (u256){0, 0}, (u256){0, 0}, (u256){0, 0}));
    CHECK(split_is((u256){1, 0}, (u256){1, 0}, (u256){0, 0}, (u256){0, 0}));
    CHECK(split_is((u256){9, 0}, (u256){8, 0}, (u256){0, 0}, (u256){1, 0}));
    CHECK(split_is((u256){10000, 0}, (u256){8500, 0}, (u256){300, 0}, (u256){1200, 0}));
    CHECK(split_is((u256){99, 0}, (u256){86, 0}, (u256){2, 0}, (u256){11, 0}));
    /* 2^256 - 1: floors computed with Python's integers. */
    u256 most = {~(u128)0, ~(u128)0}, treasury, subsidy, provider;
    CHECK(u256_read_text(
              &treasury,
              "13895050708477943450828518201042548942392398159876867684734910080949575556792") ==
          SP_OK);
    CHECK(u256_read_text(
              &subsidy,
              "3473762677119485862707129550260637235598099539969216921183727520237393889198") ==
          SP_OK);
    CHECK(u256_read_text(
              &provider,
              "98423275851718766110035337257384721675279486965794479433538946406726160193945") ==
          SP_OK);
    CHECK(split_is(most, provider, subsidy, treasury));
}

TEST(escrow_calldata)
{
    calldata_writer c;
    felt contract = felt_from_u64(0xe5c), token = felt_from_u64(0x70);
    escrow_terms t = {.token = token,
                      .program_id = felt_from_u64(11),
                      .input_commitment = felt_from_u64(12),
                      .amount = {13, 14},
                      .max_cycles = 15,
                      .deadline = 16,
                      .required_tier = 1};
    calldata_init(&c, room, SP_COUNT(room));
    calldata_calls(&c, 2);
    escrow_create_proved_task(&c, contract, &t);
    CHECK(calldata_status(&c) == SP_OK);
    const felt approve = selector_from_name("approve"),
               create = selector_from_name("create_proved_task");
    const felt create_want[] = {felt_from_u64(2),
                                token,
                                approve,
                                felt_from_u64(3),
                                contract,
                                felt_from_u64(13),
                                felt_from_u64(14),
                                contract,
                                create,
                                felt_from_u64(8),
                                token,
                                felt_from_u64(13),
                                felt_from_u64(14),
                                felt_from_u64(11),
                                felt_from_u64(12),
                                felt_from_u64(15),
                                felt_from_u64(16),
                                felt_one()};
    CHECK_EQ(c.n, SP_COUNT(create_want));
    CHECK_BYTES(c.v, create_want, sizeof create_want);
    const felt proof[] = {felt_from_u64(91), felt_from_u64(92)};
    calldata_init(&c, room, SP_COUNT(room));
    calldata_calls(&c, 1);
    escrow_submit_proof(&c, contract, (u256){7, 0}, felt_from_u64(8), felt_from_u64(9),
                        (felt_span){proof, 2});
    const felt claim_want[] = {
        felt_one(),       contract,         selector_from_name("submit_proof_and_claim"),
        felt_from_u64(7), felt_from_u64(7), felt_zero(),
        felt_from_u64(8), felt_from_u64(9), felt_from_u64(2),
        proof[0],         proof[1]};
    CHECK(calldata_status(&c) == SP_OK);
    CHECK_EQ(c.n, SP_COUNT(claim_want));
    CHECK_BYTES(c.v, claim_want, sizeof claim_want);
    calldata_init(&c, room, SP_COUNT(room));
    calldata_calls(&c, 3);
    escrow_assign_task(&c, contract, (u256){7, 0}, felt_from_u64(8), 9);
    escrow_end_task(&c, contract, "cancel_task", (u256){7, 0});
    escrow_register_node(&c, contract);
    CHECK(calldata_status(&c) == SP_OK);
    CHECK_EQ(c.n, 1 + 7 + 5 + 3);
    CHECK(felt_eq(c.v[6], felt_from_u64(8)) && felt_eq(c.v[7], felt_from_u64(9)));
    CHECK(felt_eq(c.v[9], selector_from_name("cancel_task")));
}

TEST(escrow_results)
{
    escrow_task t = {.required_tier = 77};
    escrow_task_ext x;
    escrow_statement s;
    u256 ids[2], v;
    size_t n = 2;
    CHECK(escrow_parse_task(&t, LIST(1, 2, 3, 0, 4, 0, 5, 0, 6, 0, 2, 8, 1)) == SP_OK);
    CHECK(felt_eq(t.creator, felt_one()) && t.amount.low == 3 && t.adjusted_reward.low == 6);
    CHECK(t.required_tier == 2 && t.status == ESCROW_ASSIGNED &&
          felt_eq(t.task_hash, felt_from_u64(8)));
    CHECK(escrow_parse_task(&t, LIST(1, 2, 3, 0, 4, 0, 5, 0, 6, 0, 2, 8, 5)) == SP_ERR_FORMAT);
    CHECK(escrow_parse_task(&t, LIST(1, 2, 3, 0, 4, 0, 5, 0, 6, 0, 256, 8, 1)) == SP_ERR_FORMAT);
    CHECK(escrow_parse_task(&t, LIST(1, 2, 3, 0, 4, 0, 5, 0, 6, 0, 2, 8)) == SP_ERR_FORMAT);
    CHECK(escrow_parse_task(&t, LIST(1, 2, 3, 0, 4, 0, 5, 0, 6, 0, 2, 8, 1, 0)) == SP_ERR_FORMAT);
    CHECK(t.required_tier == 2);
    CHECK(escrow_parse_task_ext(
              &x, LIST(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 14, 0, 15, 0, 16)) == SP_OK);
    CHECK(x.status == ESCROW_COMPLETED && x.created_at == 3 && x.deadline == 6 &&
          x.settled_at == 7);
    CHECK(x.max_cycles == 10 && x.cycles == 12 && x.split.provider_payout.low == 13);
    CHECK(x.split.treasury_fee.low == 15 && felt_eq(x.statement_hash, felt_from_u64(16)));
    CHECK(escrow_parse_statement(&s, LIST(1, 2, 3, 4, 5, 6, 0, 7)) == SP_OK);
    CHECK(s.max_cycles == 3 && felt_eq(s.context, felt_from_u64(4)) && s.exit_code == 0);
    CHECK(felt_eq(s.statement_hash, felt_from_u64(7)));
    CHECK(escrow_parse_statement(&s, LIST(1, 2, 3, 4, 5, 6, 0)) == SP_ERR_FORMAT);
    CHECK(escrow_parse_ids(ids, &n, LIST(2, 5, 0, 6, 0)) == SP_OK && n == 2 && ids[1].low == 6);
    CHECK(escrow_parse_ids(ids, &n, LIST(3, 5, 0, 6, 0, 7, 0)) == SP_ERR_LIMIT && n == 2);
    CHECK(escrow_parse_ids(ids, &n, LIST(3, 5, 0, 6, 0)) == SP_ERR_FORMAT);
    CHECK(escrow_parse_ids(ids, &n, LIST(1, 5, 0, 6, 0)) == SP_ERR_FORMAT);
    CHECK(escrow_parse_u256(&v, LIST(1, 2)) == SP_OK && v.low == 1 && v.high == 2);
    CHECK(escrow_parse_u256(&v, LIST(1)) == SP_ERR_FORMAT);
}

static sp_status event(escrow_event *e, const char *name, felt_span more_keys, felt_span data)
{
    felt keys[8] = {selector_from_name(name)}, own[16];
    memcpy(keys + 1, more_keys.v, more_keys.n * sizeof *keys);
    memcpy(own, data.v, data.n * sizeof *own);
    return escrow_parse_event(e, (felt_span){keys, 1 + more_keys.n}, (felt_span){own, data.n});
}

TEST(escrow_events)
{
    escrow_event e;
    felt k[3] = {felt_from_u64(7), felt_zero(), felt_from_u64(99)};
    const felt_span id = {k, 2}, id_who = {k, 3};
    CHECK(event(&e, "TaskCreated", id_who, LIST(70, 100, 0, 100, 0, 100, 0, 1, 5)) == SP_OK);
    CHECK(e.kind == ESCROW_TASK_CREATED && e.task_id.low == 7 && e.amount.low == 100);
    CHECK(felt_eq(e.who, k[2]) && felt_eq(e.token, felt_from_u64(70)));
    CHECK(event(&e, "ProofVerified", id, LIST(55, 1000)) == SP_OK);
    CHECK(e.kind == ESCROW_PROOF_VERIFIED && felt_eq(e.hash, felt_from_u64(55)) && e.time == 1000);
    CHECK(event(&e, "FeeCollected", id, LIST(12, 0, 3, 0, 85, 0)) == SP_OK);
    CHECK(e.split.treasury_fee.low == 12 && e.split.gas_subsidy.low == 3);
    CHECK(e.split.provider_payout.low == 85);
    CHECK(event(&e, "PayoutReleased", id_who, LIST(88, 0, 70)) == SP_OK);
    CHECK(e.kind == ESCROW_PAYOUT && e.amount.low == 88 && felt_eq(e.token, felt_from_u64(70)));
    CHECK(event(&e, "TaskAssigned", id_who, LIST(9)) == SP_OK && e.time == 9);
    CHECK(event(&e, "TaskCancelled", id, (felt_span){k, 0}) == SP_OK &&
          e.kind == ESCROW_TASK_CANCELLED);
    CHECK(event(&e, "TaskExpired", id, LIST(100, 0)) == SP_OK && e.amount.low == 100);
    CHECK(event(&e, "TaskCompleted", id_who, LIST(4)) == SP_OK &&
          felt_eq(e.hash, felt_from_u64(4)));
    CHECK(event(&e, "RelayerSet", id, LIST(1, 2)) == SP_OK && e.kind == ESCROW_OTHER);
    e.kind = ESCROW_PAYOUT;
    CHECK(event(&e, "TaskCompleted", id, LIST(4)) == SP_ERR_FORMAT);
    CHECK(event(&e, "TaskCompleted", id_who, LIST(4, 5)) == SP_ERR_FORMAT);
    CHECK(event(&e, "PayoutReleased", id_who, LIST(88, 0)) == SP_ERR_FORMAT);
    CHECK(escrow_parse_event(&e, (felt_span){k, 0}, id) == SP_ERR_FORMAT &&
          e.kind == ESCROW_PAYOUT);
}

TEST(escrow_node_info)
{
    escrow_node n = {.tier = 9};
    CHECK(escrow_parse_node(&n, LIST(3, 1, 1, 5)) == SP_ERR_FORMAT);   /* no such status */
    CHECK(escrow_parse_node(&n, LIST(1, 256, 1, 5)) == SP_ERR_FORMAT); /* tier */
    CHECK(escrow_parse_node(&n, LIST(1, 1, 1)) == SP_ERR_FORMAT);
    CHECK(escrow_parse_node(&n, LIST(1, 1, 1, 5, 6)) == SP_ERR_FORMAT && n.tier == 9);
    CHECK(escrow_parse_node(&n, LIST(2, 3, 2, 5)) == SP_OK);
    CHECK(n.status == ESCROW_NODE_SUSPENDED && n.tier == 3 && n.granted_tier == 2);
    CHECK(felt_eq(n.public_key, felt_from_u64(5)));
}

/* A copy of what w wrote, since room is used again. */
static felt_span copy(felt *out, const calldata_writer *w)
{
    felt_span s = calldata_span(w);
    memcpy(out, s.v, s.n * sizeof *out);
    return (felt_span){out, s.n};
}

TEST(escrow_acts_are_told_apart)
{
    static felt mine[64], other[64];
    calldata_writer w;
    const felt contract = felt_from_u64(0xc), proof[2] = {felt_from_u64(1), felt_from_u64(2)};
    escrow_terms terms = {.token = felt_from_u64(0x70),
                          .amount = {9, 0},
                          .max_cycles = 5,
                          .deadline = 1000,
                          .required_tier = 1};
#define ACT(calls, write) \
    (calldata_init(&w, room, 64), calldata_calls(&w, calls), write, copy(other, &w))
    calldata_init(&w, room, 64);
    calldata_calls(&w, 1);
    escrow_submit_proof(&w, contract, (u256){7, 1}, felt_from_u64(3), felt_from_u64(4),
                        (felt_span){proof, 2});
    felt_span claim = copy(mine, &w);
    /* Any claim of the task, whatever the proof, the result and the provider. */
    CHECK(escrow_same_act(claim, ACT(1, escrow_submit_proof(&w, contract, (u256){7, 1}, felt_zero(),
                                                            felt_zero(), (felt_span){NULL, 0}))));
    CHECK(
        !escrow_same_act(claim, ACT(1, escrow_submit_proof(&w, contract, (u256){7, 0}, felt_zero(),
                                                           felt_zero(), (felt_span){NULL, 0}))));
    CHECK(
        !escrow_same_act(claim, ACT(1, escrow_submit_proof(&w, proof[0], (u256){7, 1}, felt_zero(),
                                                           felt_zero(), (felt_span){NULL, 0}))));
    CHECK(!escrow_same_act(claim,
                           ACT(1, escrow_end_task(&w, contract, "cancel_task", (u256){7, 1}))));
    /* Cut anywhere it is no claim. */
    for (size_t n = 0; n < claim.n; n++) CHECK(!escrow_same_act(claim, (felt_span){claim.v, n}));

    calldata_init(&w, room, 64);
    calldata_calls(&w, 2);
    escrow_create_proved_task(&w, contract, &terms);
    felt_span made = copy(mine, &w);
    terms.deadline = 2000;
    CHECK(escrow_same_act(made, ACT(2, escrow_create_proved_task(&w, contract, &terms))));
    terms.max_cycles = 6;
    CHECK(!escrow_same_act(made, ACT(2, escrow_create_proved_task(&w, contract, &terms))));

    calldata_init(&w, room, 64);
    calldata_calls(&w, 1);
    escrow_end_task(&w, contract, "claim_expired", (u256){7, 0});
    felt_span end = copy(mine, &w);
    CHECK(
        escrow_same_act(end, ACT(1, escrow_end_task(&w, contract, "claim_expired", (u256){7, 0}))));
    CHECK(!escrow_same_act(end,
                           ACT(1, escrow_end_task(&w, contract, "claim_expired", (u256){8, 0}))));

    calldata_init(&w, room, 64);
    calldata_calls(&w, 1);
    escrow_assign_task(&w, contract, (u256){7, 0}, felt_from_u64(3), 50);
    felt_span given = copy(mine, &w);
    CHECK(escrow_same_act(
        given, ACT(1, escrow_assign_task(&w, contract, (u256){7, 0}, felt_from_u64(3), 60))));
    CHECK(!escrow_same_act(
        given, ACT(1, escrow_assign_task(&w, contract, (u256){7, 0}, felt_from_u64(4), 50))));
#undef ACT
}
