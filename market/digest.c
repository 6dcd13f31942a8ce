/* digest.c - digests of signed messages. */
#include "market/digest.h"

#include "starknet/poseidon.h"
#include "starknet/selector.h"

static void add_u64(poseidon_ctx *c, uint64_t v) { poseidon_add(c, felt_from_u64(v)); }
static void add_u128(poseidon_ctx *c, u128 v) { poseidon_add(c, felt_from_u128(v)); }

static void add_name(poseidon_ctx *c, const char *name)
{
    felt f = felt_zero();
    const sp_status st = shortstring_read(&f, name); /* names of ours: they are short */
    SP_ASSERT(st == SP_OK);
    (void)st;
    poseidon_add(c, f);
}

static void add_half(poseidon_ctx *c, const uint8_t be[16])
{
    u128 v = 0;
    for (unsigned i = 0; i < 16; i++) v = v << 8 | be[i];
    add_u128(c, v);
}

static void add_hash(poseidon_ctx *c, const uint8_t hash[DIGEST_HASH])
{
    add_half(c, hash);
    add_half(c, hash + 16);
}

static void add_attempt(poseidon_ctx *c, uuid task, uint32_t attempt)
{
    uint64_t high, low;
    uuid_halves(&high, &low, task);
    add_u64(c, high);
    add_u64(c, low);
    add_u64(c, attempt);
}

static poseidon_ctx start(const char *kind, felt chain_id)
{
    poseidon_ctx c;
    poseidon_init(&c);
    add_name(&c, "SPROVE_V1");
    add_name(&c, kind);
    poseidon_add(&c, chain_id);
    return c;
}

bool digest_fits(felt z)
{
    uint64_t v[4];
    felt_to_limbs(v, z);
    return v[3] >> 59 == 0;
}

static sp_status finish(felt *z, poseidon_ctx *c)
{
    const felt f = poseidon_final(c);
    if (!digest_fits(f)) return SP_ERR_LIMIT;
    *z = f;
    return SP_OK;
}

felt digest_node_id(felt pubkey)
{
    poseidon_ctx c;
    poseidon_init(&c);
    add_name(&c, "SPROVE_NODE");
    poseidon_add(&c, pubkey);
    return poseidon_final(&c);
}

felt digest_relayer_id(felt pubkey)
{
    poseidon_ctx c;
    poseidon_init(&c);
    add_name(&c, "SPROVE_RELAYER");
    poseidon_add(&c, pubkey);
    return poseidon_final(&c);
}

sp_status digest_of_register(felt *z, const digest_register *m)
{
    poseidon_ctx c = start("REGISTER", m->chain_id);
    poseidon_add(&c, m->relayer_id);
    poseidon_add(&c, m->node_id);
    poseidon_add(&c, m->session_nonce);
    add_u64(&c, m->ts_ms);
    return finish(z, &c);
}

sp_status digest_of_ack(felt *z, const digest_ack *m)
{
    poseidon_ctx c = start("ACK", m->chain_id);
    add_attempt(&c, m->task, m->attempt);
    add_u64(&c, m->accept);
    add_half(&c, m->lease_token);
    add_u64(&c, m->ts_ms);
    return finish(z, &c);
}

sp_status digest_of_result(felt *z, const digest_result *m)
{
    poseidon_ctx c = start("RESULT", m->chain_id);
    add_attempt(&c, m->task, m->attempt);
    add_hash(&c, m->program);
    add_hash(&c, m->input);
    add_hash(&c, m->output);
    poseidon_add(&c, m->io_commitment);
    add_hash(&c, m->proof);
    add_u64(&c, m->proof_bytes);
    add_u64(&c, m->cycles);
    add_u64(&c, (uint64_t)m->status);
    return finish(z, &c);
}

sp_status digest_of_ticket(felt *z, const digest_ticket *m)
{
    poseidon_ctx c = start("TICKET", m->chain_id);
    poseidon_add(&c, m->contract);
    add_attempt(&c, m->task, m->attempt);
    poseidon_add(&c, m->node_id);
    add_u64(&c, m->lease_until_ms);
    add_u128(&c, m->price.high);
    add_u128(&c, m->price.low);
    poseidon_add(&c, m->job_commitment);
    return finish(z, &c);
}

sp_status digest_of_audit(felt *z, const digest_audit *m)
{
    poseidon_ctx c = start("AUDIT", m->chain_id);
    add_attempt(&c, m->task, m->attempt);
    add_u64(&c, (uint64_t)m->verdict);
    add_hash(&c, m->proof);
    add_u64(&c, m->ts_ms);
    return finish(z, &c);
}

sp_status digest_of_callback(felt *z, const digest_callback *m)
{
    poseidon_ctx c = start("CALLBACK", m->chain_id);
    add_hash(&c, m->body);
    return finish(z, &c);
}

sp_status digest_of_job(felt *z, const digest_job *m)
{
    felt profile, io;
    if (shortstring_read(&profile, m->profile) != SP_OK || shortstring_read(&io, m->io) != SP_OK)
        return SP_ERR_ARG;
    poseidon_ctx c = start("JOB", m->chain_id);
    add_hash(&c, m->program);
    add_hash(&c, m->input);
    add_u64(&c, m->max_cycles);
    poseidon_add(&c, profile);
    poseidon_add(&c, io);
    *z = poseidon_final(&c);
    return SP_OK;
}

sp_status digest_verify(felt pubkey, felt z, const digest_signature *sig)
{
    return ecdsa_verify(pubkey, z, sig->r, sig->s) == SP_OK ? SP_OK : SP_ERR_REJECT;
}

sp_status digest_verify_again(digest_key *key, felt z, const digest_signature *sig)
{
    felt y;
    if (key->known && ecdsa_verify_point(key->pubkey, key->y, z, sig->r, sig->s) == SP_OK)
        return SP_OK;
    /* The other point with this x is the same key's, too. */
    if (ecdsa_verify_lift(&y, key->pubkey, z, sig->r, sig->s) != SP_OK) return SP_ERR_REJECT;
    key->y = y;
    key->known = true;
    return SP_OK;
}
