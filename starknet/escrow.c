/* escrow.c - the marketplace contract: commitments, calldata, results, events. */
#include "starknet/escrow.h"

#include "core/blake2s.h"
#include "starknet/poseidon.h"
#include "starknet/selector.h"

#include <string.h>

/* 32 bytes, little endian. */
static void write_le(uint8_t out[32], felt a)
{
    uint8_t be[32];
    felt_write(be, a);
    for (unsigned i = 0; i < 32; i++) out[i] = be[31 - i];
}

felt escrow_felt(const uint8_t *bytes, size_t n)
{
    uint64_t v[4] = {0, 0, 0, 0};
    for (size_t i = 0; i < n; i++) v[i / 8] |= (uint64_t)bytes[i] << 8 * (i % 8);
    return felt_reduce(v);
}

sp_status escrow_bytes(uint8_t *out, size_t n, felt a)
{
    uint8_t le[32];
    write_le(le, a);
    for (size_t i = n; i < 32; i++)
        if (le[i]) return SP_ERR_FORMAT;
    memcpy(out, le, n);
    return SP_OK;
}

/* BLAKE2s-256 without personalisation, its first n bytes. */
static void digest(uint8_t *out, size_t n, const uint8_t *message, size_t bytes)
{
    uint32_t h[8];
    uint8_t full[32];
    blake2s_hash(h, NULL, message, bytes);
    blake2s_to_bytes(full, h);
    memcpy(out, full, n);
}

void escrow_context(uint8_t out[ESCROW_CONTEXT_BYTES], felt chain_id, felt contract, u256 task_id,
                    felt provider)
{
    uint8_t m[6 * 32] = "sprove ctx";
    write_le(m + 32, chain_id);
    write_le(m + 64, contract);
    write_le(m + 96, felt_from_u128(task_id.low));
    write_le(m + 128, felt_from_u128(task_id.high));
    write_le(m + 160, provider);
    digest(out, ESCROW_CONTEXT_BYTES, m, sizeof m);
}

void escrow_io_commitment(uint8_t out[ESCROW_DIGEST_BYTES], const uint8_t h_in[ESCROW_DIGEST_BYTES],
                          const uint8_t h_out[ESCROW_DIGEST_BYTES])
{
    uint8_t m[9 + 2 * ESCROW_DIGEST_BYTES];
    memcpy(m, "sprove io", 9);
    memcpy(m + 9, h_in, ESCROW_DIGEST_BYTES);
    memcpy(m + 9 + ESCROW_DIGEST_BYTES, h_out, ESCROW_DIGEST_BYTES);
    digest(out, ESCROW_DIGEST_BYTES, m, sizeof m);
}

felt escrow_task_hash(felt program_id, felt input_commitment, uint64_t max_cycles)
{
    const felt v[3] = {program_id, input_commitment, felt_from_u64(max_cycles)};
    const felt_span list = {v, 3};
    return poseidon_hash_many(list);
}

felt escrow_statement_hash(felt task_hash, felt context, felt result_hash)
{
    felt tag = felt_zero();
    sp_status fits = shortstring_read(&tag, "sprove statement");
    (void)fits;
    const felt v[4] = {tag, task_hash, context, result_hash};
    const felt_span list = {v, 4};
    return poseidon_hash_many(list);
}

static u256 subtract(u256 a, u256 b)
{
    const u256 r = {a.low - b.low, a.high - b.high - (a.low < b.low)};
    return r;
}

/* floor(a*points/10000), points <= 10000: limb by limb from the top, as by hand. */
static u256 share(u256 a, unsigned points)
{
    uint64_t v[4] = {(uint64_t)a.low, (uint64_t)(a.low >> 64), (uint64_t)a.high,
                     (uint64_t)(a.high >> 64)};
    uint64_t product[5];
    u128 c = 0;
    for (unsigned i = 0; i < 4; i++) {
        c += (u128)v[i] * points;
        product[i] = (uint64_t)c;
        c >>= 64;
    }
    product[4] = (uint64_t)c;
    u128 rest = 0; /* < 10000 before each limb */
    for (unsigned i = 5; i-- > 0;) {
        rest = rest << 64 | product[i];
        product[i] = (uint64_t)(rest / 10000);
        rest %= 10000;
    }
    const u256 r = {(u128)product[1] << 64 | product[0], (u128)product[3] << 64 | product[2]};
    return r;
}

escrow_split escrow_split_of(u256 amount)
{
    escrow_split s;
    s.treasury_fee = share(amount, 1200);
    s.gas_subsidy = share(amount, 300);
    s.provider_payout = subtract(subtract(amount, s.treasury_fee), s.gas_subsidy);
    return s;
}

void escrow_create_proved_task(calldata_writer *c, felt contract, const escrow_terms *terms)
{
    calldata_call_open(c, terms->token, selector_from_name("approve"));
    calldata_felt(c, contract);
    calldata_u256(c, terms->amount);
    calldata_call_close(c);
    calldata_call_open(c, contract, selector_from_name("create_proved_task"));
    calldata_felt(c, terms->token);
    calldata_u256(c, terms->amount);
    calldata_felt(c, terms->program_id);
    calldata_felt(c, terms->input_commitment);
    calldata_u64(c, terms->max_cycles);
    calldata_u64(c, terms->deadline);
    calldata_u64(c, terms->required_tier);
    calldata_call_close(c);
}

void escrow_assign_task(calldata_writer *c, felt contract, u256 task_id, felt provider,
                        uint64_t assign_deadline)
{
    calldata_call_open(c, contract, selector_from_name("assign_task"));
    calldata_u256(c, task_id);
    calldata_felt(c, provider);
    calldata_u64(c, assign_deadline);
    calldata_call_close(c);
}

void escrow_end_task(calldata_writer *c, felt contract, const char *name, u256 task_id)
{
    calldata_call_open(c, contract, selector_from_name(name));
    calldata_u256(c, task_id);
    calldata_call_close(c);
}

void escrow_submit_proof(calldata_writer *c, felt contract, u256 task_id, felt provider,
                         felt result_hash, felt_span proof)
{
    calldata_call_open(c, contract, selector_from_name("submit_proof_and_claim"));
    calldata_u256(c, task_id);
    calldata_felt(c, provider);
    calldata_felt(c, result_hash);
    calldata_list(c, proof);
    calldata_call_close(c);
}

void escrow_register_node(calldata_writer *c, felt contract)
{
    calldata_call_open(c, contract, selector_from_name("register_node"));
    calldata_call_close(c);
}

static sp_status read_small(calldata_reader *r, uint64_t *out, uint64_t max)
{
    SP_TRY(calldata_read_u64(r, out));
    return *out <= max ? SP_OK : SP_ERR_FORMAT;
}

static sp_status read_status(calldata_reader *r, escrow_status *out)
{
    uint64_t v;
    SP_TRY(read_small(r, &v, ESCROW_SETTLED));
    *out = (escrow_status)v;
    return SP_OK;
}

static sp_status read_split(calldata_reader *r, escrow_split *out)
{
    SP_TRY(calldata_read_u256(r, &out->provider_payout));
    SP_TRY(calldata_read_u256(r, &out->gas_subsidy));
    return calldata_read_u256(r, &out->treasury_fee);
}

sp_status escrow_parse_node(escrow_node *out, felt_span result)
{
    calldata_reader r = {result, 0};
    escrow_node n;
    uint64_t status, tier, granted;
    SP_TRY(calldata_read_u64(&r, &status));
    SP_TRY(calldata_read_u64(&r, &tier));
    SP_TRY(calldata_read_u64(&r, &granted));
    SP_TRY(calldata_read_felt(&r, &n.public_key));
    SP_TRY(calldata_read_end(&r));
    if (status > ESCROW_NODE_SUSPENDED || tier > 255 || granted > 255) return SP_ERR_FORMAT;
    n.status = (escrow_node_status)status;
    n.tier = (unsigned)tier;
    n.granted_tier = (unsigned)granted;
    *out = n;
    return SP_OK;
}

sp_status escrow_parse_task(escrow_task *out, felt_span result)
{
    calldata_reader r = {result, 0};
    escrow_task t;
    uint64_t tier;
    SP_TRY(calldata_read_felt(&r, &t.creator));
    SP_TRY(calldata_read_felt(&r, &t.token));
    SP_TRY(calldata_read_u256(&r, &t.amount));
    SP_TRY(calldata_read_u256(&r, &t.base_reward));
    SP_TRY(calldata_read_u256(&r, &t.tier_multiplier));
    SP_TRY(calldata_read_u256(&r, &t.adjusted_reward));
    SP_TRY(read_small(&r, &tier, 255));
    SP_TRY(calldata_read_felt(&r, &t.task_hash));
    SP_TRY(read_status(&r, &t.status));
    SP_TRY(calldata_read_end(&r));
    t.required_tier = (unsigned)tier;
    *out = t;
    return SP_OK;
}

sp_status escrow_parse_task_ext(escrow_task_ext *out, felt_span result)
{
    calldata_reader r = {result, 0};
    escrow_task_ext t;
    SP_TRY(calldata_read_felt(&r, &t.provider));
    SP_TRY(read_status(&r, &t.status));
    SP_TRY(calldata_read_u64(&r, &t.created_at));
    SP_TRY(calldata_read_u64(&r, &t.assigned_at));
    SP_TRY(calldata_read_u64(&r, &t.assign_deadline));
    SP_TRY(calldata_read_u64(&r, &t.deadline));
    SP_TRY(calldata_read_u64(&r, &t.settled_at));
    SP_TRY(calldata_read_felt(&r, &t.program_id));
    SP_TRY(calldata_read_felt(&r, &t.input_commitment));
    SP_TRY(calldata_read_u64(&r, &t.max_cycles));
    SP_TRY(calldata_read_felt(&r, &t.result_hash));
    SP_TRY(calldata_read_u64(&r, &t.cycles));
    SP_TRY(read_split(&r, &t.split));
    SP_TRY(calldata_read_felt(&r, &t.statement_hash));
    SP_TRY(calldata_read_end(&r));
    *out = t;
    return SP_OK;
}

sp_status escrow_parse_statement(escrow_statement *out, felt_span result)
{
    calldata_reader r = {result, 0};
    escrow_statement s;
    SP_TRY(calldata_read_felt(&r, &s.program_id));
    SP_TRY(calldata_read_felt(&r, &s.input_commitment));
    SP_TRY(calldata_read_u64(&r, &s.max_cycles));
    SP_TRY(calldata_read_felt(&r, &s.context));
    SP_TRY(calldata_read_felt(&r, &s.output_commitment));
    SP_TRY(calldata_read_felt(&r, &s.io_commitment));
    SP_TRY(read_small(&r, &s.exit_code, UINT32_MAX));
    SP_TRY(calldata_read_felt(&r, &s.statement_hash));
    SP_TRY(calldata_read_end(&r));
    *out = s;
    return SP_OK;
}

sp_status escrow_parse_ids(u256 *out, size_t *n, felt_span result)
{
    calldata_reader r = {result, 0}, check;
    uint64_t count;
    u256 id;
    SP_TRY(calldata_read_u64(&r, &count));
    if (count > result.n / 2) return SP_ERR_FORMAT;
    if (count > *n) return SP_ERR_LIMIT;
    check = r;
    for (uint64_t i = 0; i < count; i++) SP_TRY(calldata_read_u256(&check, &id));
    SP_TRY(calldata_read_end(&check));
    for (uint64_t i = 0; i < count; i++) SP_TRY(calldata_read_u256(&r, &out[i]));
    *n = (size_t)count;
    return SP_OK;
}

sp_status escrow_parse_u256(u256 *out, felt_span result)
{
    calldata_reader r = {result, 0};
    u256 v;
    SP_TRY(calldata_read_u256(&r, &v));
    SP_TRY(calldata_read_end(&r));
    *out = v;
    return SP_OK;
}

static escrow_event_kind kind_of(felt selector)
{
    static const struct {
        const char *name;
        escrow_event_kind kind;
    } events[] = {
        {"TaskCreated", ESCROW_TASK_CREATED},     {"TaskAssigned", ESCROW_TASK_ASSIGNED},
        {"TaskCancelled", ESCROW_TASK_CANCELLED}, {"TaskExpired", ESCROW_TASK_EXPIRED},
        {"ProofVerified", ESCROW_PROOF_VERIFIED}, {"TaskCompleted", ESCROW_TASK_COMPLETED},
        {"FeeCollected", ESCROW_FEE_COLLECTED},   {"PayoutReleased", ESCROW_PAYOUT}};
    for (size_t i = 0; i < SP_COUNT(events); i++)
        if (felt_eq(selector, selector_from_name(events[i].name))) return events[i].kind;
    return ESCROW_OTHER;
}

/* TaskCreated: token, amount, base, adjusted, tier, task hash. */
static sp_status read_created(calldata_reader *r, escrow_event *e)
{
    u256 base, adjusted;
    uint64_t tier;
    SP_TRY(calldata_read_felt(r, &e->token));
    SP_TRY(calldata_read_u256(r, &e->amount));
    SP_TRY(calldata_read_u256(r, &base));
    SP_TRY(calldata_read_u256(r, &adjusted));
    SP_TRY(read_small(r, &tier, 255));
    return calldata_read_felt(r, &e->hash);
}

static sp_status read_data(calldata_reader *r, escrow_event *e)
{
    switch (e->kind) {
    case ESCROW_TASK_CREATED: return read_created(r, e);
    case ESCROW_TASK_ASSIGNED: return calldata_read_u64(r, &e->time);
    case ESCROW_TASK_EXPIRED: return calldata_read_u256(r, &e->amount);
    case ESCROW_PROOF_VERIFIED:
        SP_TRY(calldata_read_felt(r, &e->hash));
        return calldata_read_u64(r, &e->time);
    case ESCROW_TASK_COMPLETED: return calldata_read_felt(r, &e->hash);
    case ESCROW_FEE_COLLECTED: /* the treasury's part first here */
        SP_TRY(calldata_read_u256(r, &e->split.treasury_fee));
        SP_TRY(calldata_read_u256(r, &e->split.gas_subsidy));
        return calldata_read_u256(r, &e->split.provider_payout);
    case ESCROW_PAYOUT:
        SP_TRY(calldata_read_u256(r, &e->amount));
        return calldata_read_felt(r, &e->token);
    default: return SP_OK;
    }
}

sp_status escrow_parse_event(escrow_event *out, felt_span keys, felt_span data)
{
    calldata_reader k = {keys, 0}, d = {data, 0};
    escrow_event e;
    felt selector;
    memset(&e, 0, sizeof e);
    SP_TRY(calldata_read_felt(&k, &selector));
    e.kind = kind_of(selector);
    if (e.kind != ESCROW_OTHER) {
        bool who = e.kind == ESCROW_TASK_CREATED || e.kind == ESCROW_TASK_ASSIGNED ||
                   e.kind == ESCROW_TASK_COMPLETED || e.kind == ESCROW_PAYOUT;
        SP_TRY(calldata_read_u256(&k, &e.task_id));
        if (who) SP_TRY(calldata_read_felt(&k, &e.who));
        SP_TRY(calldata_read_end(&k));
        SP_TRY(read_data(&d, &e));
        SP_TRY(calldata_read_end(&d));
    }
    *out = e;
    return SP_OK;
}
