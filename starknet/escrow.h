/* escrow.h - the marketplace contract as its callers see it (docs/chain.md): what a proof must
 * state, the calldata of its entry points, what its views and events say.
 *
 * Digests of 28 and 31 bytes are felts by their little-endian integer (docs/proof-format.md 4).
 * Addresses are felts. Writers follow calldata.h; parsers take felts of a node, which is not
 * trusted: SP_ERR_FORMAT and *out untouched when they are not of the contract's shape. */
#ifndef STARKNET_ESCROW_H
#define STARKNET_ESCROW_H

#include "starknet/calldata.h"

#define ESCROW_CONTEXT_BYTES 28
#define ESCROW_PROGRAM_BYTES 28
/* The token STRK, on mainnet, on Sepolia (docs.starknet.io) and on a devnet. */
#define ESCROW_STRK "0x4718f5a0fc34cc1af16a1cdee98ffb20c31f5cd61d6ab07201858f4287c938d"
#define ESCROW_DIGEST_BYTES 31 /* H_in, H_out, io commitment */

/* n <= 31 bytes as a felt, and back: SP_ERR_FORMAT when the value needs more bytes. */
felt escrow_felt(const uint8_t *bytes, size_t n);
SP_MUST_USE sp_status escrow_bytes(uint8_t *out, size_t n, felt a);

/* The context of a proof that pays provider for the task: the first 28 bytes of BLAKE2s-256 of six
 * numbers of 32 bytes, little endian: "sprove ctx", chain id, contract, low and high half of the
 * task id, provider. */
void escrow_context(uint8_t out[ESCROW_CONTEXT_BYTES], felt chain_id, felt contract, u256 task_id,
                    felt provider);
/* BLAKE2s-256 of "sprove io", H_in and H_out, cut to 31 bytes. */
void escrow_io_commitment(uint8_t out[ESCROW_DIGEST_BYTES], const uint8_t h_in[ESCROW_DIGEST_BYTES],
                          const uint8_t h_out[ESCROW_DIGEST_BYTES]);
/* Poseidon(program_id, input_commitment, max_cycles). */
felt escrow_task_hash(felt program_id, felt input_commitment, uint64_t max_cycles);
/* Poseidon("sprove statement", task_hash, context, result_hash). */
felt escrow_statement_hash(felt task_hash, felt context, felt result_hash);

typedef struct {
    u256 provider_payout, gas_subsidy, treasury_fee; /* the sum is the amount */
} escrow_split;
/* treasury floor(amount*12 %), subsidy floor(amount*3 %), the rest to the provider. */
escrow_split escrow_split_of(u256 amount);

typedef struct {
    felt token, program_id, input_commitment;
    u256 amount;
    uint64_t max_cycles, deadline; /* seconds since 1970 */
    unsigned required_tier;        /* 1 = every node */
} escrow_terms;

/* Each appends one call (calldata_call_open to close) after calldata_calls. create_proved_task is
 * two, the first of which allows the contract to take the amount: count both. */
void escrow_create_proved_task(calldata_writer *c, felt contract, const escrow_terms *terms);
void escrow_assign_task(calldata_writer *c, felt contract, u256 task_id, felt provider,
                        uint64_t assign_deadline);
/* name: "cancel_task", "claim_expired" or "unassign_expired". */
void escrow_end_task(calldata_writer *c, felt contract, const char *name, u256 task_id);
void escrow_submit_proof(calldata_writer *c, felt contract, u256 task_id, felt provider,
                         felt result_hash, felt_span proof);
void escrow_register_node(calldata_writer *c, felt contract);

/* Whether two calldatas of an account's __execute__ ask for the same thing, so that sending both
 * would do it twice: the same entry points of the same contracts; of submit_proof_and_claim the
 * same task, whatever the proof; of create_proved_task all but deadline and tier; of assign_task
 * all but the time; of everything else every felt. False when either is no such calldata. */
bool escrow_same_act(felt_span a, felt_span b);

typedef enum {
    ESCROW_CREATED,
    ESCROW_ASSIGNED,
    ESCROW_COMPLETED,
    ESCROW_CANCELLED, /* refunded: cancelled or expired */
    ESCROW_SETTLED
} escrow_status;

/* get_task. creator is 0 for a task that does not exist. */
typedef struct {
    felt creator, token, task_hash;
    u256 amount, base_reward, tier_multiplier, adjusted_reward;
    unsigned required_tier;
    escrow_status status;
} escrow_task;

/* get_task_ext. */
typedef struct {
    felt provider; /* 0: none */
    escrow_status status;
    uint64_t created_at, assigned_at, assign_deadline, deadline, settled_at;
    felt program_id, input_commitment; /* 0: only the task hash is stored */
    uint64_t max_cycles;
    felt result_hash; /* from here on 0 until it is completed */
    uint64_t cycles;
    escrow_split split;
    felt statement_hash;
} escrow_task_ext;

/* statement_of. */
typedef struct {
    felt program_id, input_commitment, context, output_commitment, io_commitment, statement_hash;
    uint64_t max_cycles, exit_code;
} escrow_statement;

/* get_node_info. */
typedef enum { ESCROW_NODE_INACTIVE, ESCROW_NODE_ACTIVE, ESCROW_NODE_SUSPENDED } escrow_node_status;
typedef struct {
    escrow_node_status status;
    unsigned tier, granted_tier;
    felt public_key;
} escrow_node;

SP_MUST_USE sp_status escrow_parse_node(escrow_node *out, felt_span result);
SP_MUST_USE sp_status escrow_parse_task(escrow_task *out, felt_span result);
SP_MUST_USE sp_status escrow_parse_task_ext(escrow_task_ext *out, felt_span result);
SP_MUST_USE sp_status escrow_parse_statement(escrow_statement *out, felt_span result);
/* get_user_tasks: at most *n ids; *n becomes their number. SP_ERR_LIMIT: there are more. */
SP_MUST_USE sp_status escrow_parse_ids(u256 *out, size_t *n, felt_span result);
/* A view that returns one u256: get_task_count, get_user_earnings, balance_of of a token. */
SP_MUST_USE sp_status escrow_parse_u256(u256 *out, felt_span result);

/* Events of the contract that a client acts on; others are ESCROW_OTHER. */
typedef enum {
    ESCROW_OTHER,
    ESCROW_TASK_CREATED,   /* task_id, who = creator, amount */
    ESCROW_TASK_ASSIGNED,  /* task_id, who = provider, time = assign_deadline */
    ESCROW_TASK_CANCELLED, /* task_id */
    ESCROW_TASK_EXPIRED,   /* task_id, amount = refund */
    ESCROW_PROOF_VERIFIED, /* task_id, hash = statement hash, time = cycles */
    ESCROW_TASK_COMPLETED, /* task_id, who = provider, hash = result hash */
    ESCROW_FEE_COLLECTED,  /* task_id, split */
    ESCROW_PAYOUT          /* task_id, who = provider, amount, token */
} escrow_event_kind;

typedef struct {
    escrow_event_kind kind;
    u256 task_id, amount;
    felt who, hash, token;
    uint64_t time;
    escrow_split split;
} escrow_event;

/* The caller has checked that the event is the contract's. */
SP_MUST_USE sp_status escrow_parse_event(escrow_event *out, felt_span keys, felt_span data);

#endif
