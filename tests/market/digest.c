/* digest.c - digests and signatures of messages against poseidon-py and crypto-cpp-py. */
#include "market/digest.h"
#include "market/amount.h"
#include "tests/market/vectors_digest.h"
#include "tests/starknet/util.h"

/* A vector's members, taken from the front; a text that does not parse fails the test. */
typedef struct {
    const char *const *at;
} members;

static void parsed(bool ok, const char *text)
{
    if (ok) return;
    printf("not as a vector is written: %s\n", text);
    test_failed = 1;
}
static felt take_felt(members *m) { return felt_of(*m->at++); }
static uint64_t take_u64(members *m)
{
    u256 a = {0, 0};
    const char *t = *m->at++;
    parsed(amount_read(&a, t, strlen(t)) == SP_OK && a.high == 0 && a.low >> 64 == 0, t);
    return (uint64_t)a.low;
}
static uuid take_uuid(members *m)
{
    uuid u = {{0}};
    const char *t = *m->at++;
    parsed(uuid_read(&u, t, strlen(t)) == SP_OK, t);
    return u;
}
static void take_hex(uint8_t *out, size_t n, members *m)
{
    const char *t = *m->at++;
    parsed(strlen(t) == 2 * n && strspn(t, "0123456789abcdef") == 2 * n, t);
    for (size_t i = 0; i < n && t[2 * i] && t[2 * i + 1]; i++) {
        const char two[3] = {t[2 * i], t[2 * i + 1], 0};
        out[i] = (uint8_t)strtoul(two, NULL, 16);
    }
}

/* What stands after the members: the digest, and what the key signs of it. */
static bool matches(members *m, sp_status st, felt z)
{
    const felt want = take_felt(m), r = take_felt(m), s = take_felt(m);
    const felt pub = felt_of(vector_public);
    digest_signature sig = {felt_zero(), felt_zero()};
    uint8_t be[32];
    ecdsa_key key;
    felt_write(be, felt_of(vector_key));
    if (st != SP_OK || !felt_eq(z, want)) return false;
    if (ecdsa_key_read(&key, be) != SP_OK || digest_sign(&sig, &key, z) != SP_OK) return false;
    return felt_eq(sig.r, r) && felt_eq(sig.s, s) && digest_verify(pub, z, &sig) == SP_OK;
}

TEST(digest_node_id_is_poseidon_of_the_key)
{
    CHECK_HEX(digest_node_id(felt_of(vector_public)), vector_node_id);
    CHECK_HEX(digest_relayer_id(felt_of(vector_public)), vector_relayer_id);
}

TEST(digest_of_register_matches)
{
    for (size_t i = 0; i < SP_COUNT(register_vectors); i++) {
        members v = {register_vectors[i]};
        digest_register m;
        felt z = felt_zero();
        m.chain_id = take_felt(&v);
        m.relayer_id = take_felt(&v);
        m.node_id = take_felt(&v);
        m.session_nonce = take_felt(&v);
        m.ts_ms = take_u64(&v);
        const sp_status st = digest_of_register(&z, &m);
        CHECK(matches(&v, st, z));
    }
}

TEST(digest_of_ack_matches)
{
    for (size_t i = 0; i < SP_COUNT(ack_vectors); i++) {
        members v = {ack_vectors[i]};
        digest_ack m;
        felt z = felt_zero();
        m.chain_id = take_felt(&v);
        m.task = take_uuid(&v);
        m.attempt = (uint32_t)take_u64(&v);
        m.accept = take_u64(&v) != 0;
        take_hex(m.lease_token, DIGEST_TOKEN, &v);
        m.ts_ms = take_u64(&v);
        const sp_status st = digest_of_ack(&z, &m);
        CHECK(matches(&v, st, z));
    }
}

TEST(digest_of_result_matches)
{
    for (size_t i = 0; i < SP_COUNT(result_vectors); i++) {
        members v = {result_vectors[i]};
        digest_result m;
        felt z = felt_zero();
        m.chain_id = take_felt(&v);
        m.task = take_uuid(&v);
        m.attempt = (uint32_t)take_u64(&v);
        take_hex(m.program, DIGEST_HASH, &v);
        take_hex(m.input, DIGEST_HASH, &v);
        take_hex(m.output, DIGEST_HASH, &v);
        m.io_commitment = take_felt(&v);
        take_hex(m.proof, DIGEST_HASH, &v);
        m.proof_bytes = take_u64(&v);
        m.cycles = take_u64(&v);
        m.status = take_u64(&v) ? DIGEST_SUCCESS : DIGEST_FAILURE;
        const sp_status st = digest_of_result(&z, &m);
        CHECK(matches(&v, st, z));
    }
}

TEST(digest_of_ticket_matches)
{
    for (size_t i = 0; i < SP_COUNT(ticket_vectors); i++) {
        members v = {ticket_vectors[i]};
        digest_ticket m;
        felt z = felt_zero();
        m.chain_id = take_felt(&v);
        m.contract = take_felt(&v);
        m.task = take_uuid(&v);
        m.attempt = (uint32_t)take_u64(&v);
        m.node_id = take_felt(&v);
        m.lease_until_ms = take_u64(&v);
        CHECK(amount_read(&m.price, *v.at, strlen(*v.at)) == SP_OK);
        v.at++;
        m.job_commitment = take_felt(&v);
        const sp_status st = digest_of_ticket(&z, &m);
        CHECK(matches(&v, st, z));
    }
}

TEST(digest_of_audit_matches)
{
    for (size_t i = 0; i < SP_COUNT(audit_vectors); i++) {
        members v = {audit_vectors[i]};
        digest_audit m;
        felt z = felt_zero();
        m.chain_id = take_felt(&v);
        m.task = take_uuid(&v);
        m.attempt = (uint32_t)take_u64(&v);
        m.verdict = take_u64(&v) ? DIGEST_AGREES : DIGEST_DIFFERS;
        take_hex(m.proof, DIGEST_HASH, &v);
        m.ts_ms = take_u64(&v);
        const sp_status st = digest_of_audit(&z, &m);
        CHECK(matches(&v, st, z));
    }
}

TEST(digest_of_callback_matches)
{
    for (size_t i = 0; i < SP_COUNT(callback_vectors); i++) {
        members v = {callback_vectors[i]};
        digest_callback m;
        felt z = felt_zero();
        m.chain_id = take_felt(&v);
        take_hex(m.body, DIGEST_HASH, &v);
        const sp_status st = digest_of_callback(&z, &m);
        CHECK(matches(&v, st, z));
    }
}

TEST(digest_of_job_matches)
{
    digest_job m;
    felt z = felt_one();
    for (size_t i = 0; i < SP_COUNT(job_vectors); i++) {
        members v = {job_vectors[i]};
        m.chain_id = take_felt(&v);
        take_hex(m.program, DIGEST_HASH, &v);
        take_hex(m.input, DIGEST_HASH, &v);
        m.max_cycles = take_u64(&v);
        m.profile = *v.at++;
        m.io = *v.at++;
        const sp_status st = digest_of_job(&z, &m);
        CHECK(matches(&v, st, z));
    }
    z = felt_one();
    m.io = "a name of more than thirty-one bytes";
    CHECK(digest_of_job(&z, &m) == SP_ERR_ARG && felt_eq(z, felt_one()));
}

TEST(digest_fits_below_2_251)
{
    const felt limit = felt_reduce((const uint64_t[4]){0, 0, 0, UINT64_C(1) << 59});
    ecdsa_key key;
    digest_signature sig = {felt_one(), felt_one()};
    uint8_t be[32];
    felt_write(be, felt_of(vector_key));
    CHECK(ecdsa_key_read(&key, be) == SP_OK);
    CHECK(digest_fits(felt_zero()) && digest_fits(felt_sub(limit, felt_one())));
    CHECK(!digest_fits(limit) && !digest_fits(felt_neg(felt_one())));
    CHECK(digest_sign(&sig, &key, limit) == SP_ERR_LIMIT);
    CHECK(felt_eq(sig.r, felt_one()) && felt_eq(sig.s, felt_one()));
    CHECK(digest_sign(&sig, &key, felt_sub(limit, felt_one())) == SP_OK);
    CHECK(digest_verify(felt_of(vector_public), limit, &sig) == SP_ERR_REJECT);
}

TEST(digest_signature_is_of_one_key_and_message)
{
    const felt pub = felt_of(vector_public), one = felt_one();
    ecdsa_key key;
    digest_signature sig;
    uint8_t be[32];
    felt z;
    digest_audit m;
    memset(&m, 0, sizeof m);
    felt_write(be, felt_of(vector_key));
    CHECK(ecdsa_key_read(&key, be) == SP_OK);
    CHECK(digest_of_audit(&z, &m) == SP_OK && digest_sign(&sig, &key, z) == SP_OK);
    CHECK(digest_verify(pub, z, &sig) == SP_OK);
    m.verdict = DIGEST_AGREES;
    felt other;
    CHECK(digest_of_audit(&other, &m) == SP_OK);
    CHECK(digest_verify(pub, other, &sig) == SP_ERR_REJECT);
    /* Keys that are no point, that are another's, and numbers out of range. */
    for (uint64_t x = 0; x < 8; x++)
        CHECK(digest_verify(felt_from_u64(x), z, &sig) == SP_ERR_REJECT);
    digest_signature bad = {felt_add(sig.r, one), sig.s};
    CHECK(digest_verify(pub, z, &bad) == SP_ERR_REJECT);
    bad.r = felt_zero();
    CHECK(digest_verify(pub, z, &bad) == SP_ERR_REJECT);
    bad.r = sig.r;
    bad.s = felt_neg(one);
    CHECK(digest_verify(pub, z, &bad) == SP_ERR_REJECT);
}
