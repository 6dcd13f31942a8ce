/* signed.c - see signed.h. */
#include "cli/signed.h"

#include "market/hex.h"

#include <string.h>

const char *signed_text(const json_t *j, const char *in, const char *name)
{
    return json_string_value(json_object_get(in ? json_object_get(j, in) : j, name));
}

bool signed_felt(felt *out, const char *text)
{
    return text && felt_read_hex(out, text, strlen(text)) == SP_OK;
}

bool signed_number(uint64_t *out, const json_t *j)
{
    if (!json_is_integer(j) || json_integer_value(j) < 0) return false;
    *out = (uint64_t)json_integer_value(j);
    return true;
}

bool signed_decimal(uint64_t *out, const json_t *j)
{
    const char *text = json_string_value(j);
    u256 v;
    if (!text) return signed_number(out, j);
    if (u256_read_text(&v, text) != SP_OK || v.high != 0 || v.low > UINT64_MAX) return false;
    *out = (uint64_t)v.low;
    return true;
}

bool signed_result(digest_result *d, digest_signature *sig, const json_t *j)
{
    const json_t *pair = json_object_get(j, "signature");
    uint8_t io[32] = {0}, be[32];
    const char *out = signed_text(j, "output", "sha256"),
               *proof = signed_text(j, "proof", "sha256"),
               *said = signed_text(j, NULL, "io_commitment"),
               *status = signed_text(j, NULL, "status");
    if (!out || !proof || !said || !status || strcmp(status, "success") ||
        !hex_read(d->output, 32, out) || !hex_read(d->proof, 32, proof) || !hex_read(io, 31, said))
        return false;
    /* docs/chain.md 1: the integer of the bytes, little endian. */
    for (unsigned i = 0; i < 32; i++) be[i] = io[31 - i];
    d->status = DIGEST_SUCCESS;
    return felt_read(&d->io_commitment, be) == SP_OK &&
           signed_decimal(&d->proof_bytes, json_object_get(json_object_get(j, "proof"), "size")) &&
           signed_decimal(&d->cycles, json_object_get(json_object_get(j, "usage"), "cycles")) &&
           json_array_size(pair) == 2 &&
           signed_felt(&sig->r, json_string_value(json_array_get(pair, 0))) &&
           signed_felt(&sig->s, json_string_value(json_array_get(pair, 1)));
}

/* Proofs may differ: a machine that computes the same every time has one output, one commitment to
 * it and one number of cycles. */
static bool says_the_same(const digest_result *a, const digest_result *b)
{
    return memcmp(a->output, b->output, sizeof a->output) == 0 &&
           felt_eq(a->io_commitment, b->io_commitment) && a->cycles == b->cycles;
}

static bool is_signed(const digest_result *d, felt key, const digest_signature *sig)
{
    felt z;
    return digest_of_result(&z, d) == SP_OK && digest_verify(key, z, sig) == SP_OK;
}

/* The members, each of which is there and no other. */
static bool has_members(const json_t *j, const char *const *names, size_t n)
{
    if (json_object_size(j) != n) return false;
    for (size_t i = 0; i < n; i++)
        if (!json_object_get(j, names[i])) return false;
    return true;
}

static signed_verdict check_one(const json_t *j, const digest_result *of)
{
    static const char *const names[] = {"attempt", "node_id", "node_pubkey",
                                        "at",      "first",   "second"};
    digest_result a = *of, b;
    digest_signature first, second;
    uint64_t attempt;
    felt id, key;
    if (!has_members(j, names, SP_COUNT(names)) ||
        !signed_number(&attempt, json_object_get(j, "attempt")) || attempt > UINT32_MAX ||
        !json_is_string(json_object_get(j, "at")) ||
        !signed_felt(&id, signed_text(j, NULL, "node_id")) ||
        !signed_felt(&key, signed_text(j, NULL, "node_pubkey")))
        return SIGNED_MALFORMED;
    a.attempt = (uint32_t)attempt;
    b = a;
    if (!signed_result(&a, &first, json_object_get(j, "first")) ||
        !signed_result(&b, &second, json_object_get(j, "second")))
        return SIGNED_MALFORMED;
    return felt_eq(digest_node_id(key), id) && !says_the_same(&a, &b) &&
                   is_signed(&a, key, &first) && is_signed(&b, key, &second)
               ? SIGNED_HOLDS
               : SIGNED_FALSE;
}

signed_verdict signed_contradictions(json_t **found, const json_t *j, const digest_result *of)
{
    static const char *const names[] = {"contradictions"};
    const json_t *list = json_object_get(j, "contradictions"), *one;
    size_t i;
    if (!has_members(j, names, 1) || !json_is_array(list)) return SIGNED_MALFORMED;
    json_t *out = json_array();
    json_array_foreach((json_t *)(uintptr_t)list, i, one)
    {
        const signed_verdict v = check_one(one, of);
        if (v != SIGNED_HOLDS) {
            json_decref(out);
            return v;
        }
        (void)json_array_append_new(out, json_pack("{s:O, s:O}", "node_id",
                                                   json_object_get(one, "node_id"), "attempt",
                                                   json_object_get(one, "attempt")));
    }
    *found = out;
    return SIGNED_HOLDS;
}
