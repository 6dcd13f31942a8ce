/* node_signed.c - what a node says of its attempts, against the signature of its key. */
#include "relayer/node.h"

#include "market/digest.h"
#include "market/hex.h"
#include "relayer/app.h"

#include <string.h>

static bool read_pair(digest_signature *out, const json_t *m)
{
    const json_t *pair = json_object_get(m, "signature");
    const char *r = json_string_value(json_array_get(pair, 0)),
               *s = json_string_value(json_array_get(pair, 1));
    return r != NULL && s != NULL && felt_read_hex(&out->r, r, strlen(r)) == SP_OK &&
           felt_read_hex(&out->s, s, strlen(s)) == SP_OK;
}

char *node_signed_ack(core *c, node_session *s, const char *task, int64_t n, const json_t *m)
{
    const app *a = core_user(c);
    const json_t *ts = json_object_get(m, "ts"), *accept = json_object_get(m, "accept");
    const char *token = json_string_value(json_object_get(m, "lease_token"));
    digest_ack d = {
        .chain_id = a->chain_id, .attempt = (uint32_t)n, .accept = json_is_true(accept)};
    digest_signature sig;
    felt z;
    if (!json_is_boolean(accept) || json_integer_value(ts) <= 0 || token == NULL ||
        !read_pair(&sig, m) || uuid_read(&d.task, task, strlen(task)) != SP_OK ||
        !hex_read(d.lease_token, DIGEST_TOKEN, token))
        return NULL;
    d.ts_ms = (uint64_t)json_integer_value(ts);
    if (digest_of_ack(&z, &d) != SP_OK || node_check_signature(c, &s->key, z, &sig) != SP_OK)
        return NULL;
    json_t *kept = json_pack("{s:b, s:O, s:O}", "accept", d.accept, "ts", ts, "signature",
                             json_object_get(m, "signature"));
    char *text = kept == NULL ? NULL : json_dumps(kept, JSON_COMPACT);
    json_decref(kept);
    if (text == NULL) core_fail(c);
    return text;
}

bool node_signed_result(core *c, node_session *s, const char *task, int64_t n, const json_t *m)
{
    const app *a = core_user(c);
    digest_result d = {.chain_id = a->chain_id, .attempt = (uint32_t)n, .status = DIGEST_FAILURE};
    digest_signature sig;
    felt z;
    const json_t *output = json_object_get(m, "output"), *proof = json_object_get(m, "proof"),
                 *usage = json_object_get(m, "usage");
    const char *status = json_string_value(json_object_get(m, "status"));
    const char *out = json_string_value(json_object_get(output, "sha256")),
               *prf = json_string_value(json_object_get(proof, "sha256")),
               *io = json_string_value(json_object_get(m, "io_commitment"));
    uint8_t io_bytes[32] = {0};
    if (!read_pair(&sig, m)) return false;
    if (status != NULL && strcmp(status, "success") == 0) {
        /* io as docs/chain.md 1: the integer of the bytes, little endian. */
        uint8_t be[32];
        if (out == NULL || prf == NULL || io == NULL || !hex_read(d.output, 32, out) ||
            !hex_read(d.proof, 32, prf) || !hex_read(io_bytes, 31, io))
            return false;
        for (size_t i = 0; i < 32; i++) be[i] = io_bytes[31 - i];
        if (felt_read(&d.io_commitment, be) != SP_OK) return false;
        d.proof_bytes = (uint64_t)json_integer_value(json_object_get(proof, "size"));
        d.cycles = (uint64_t)json_integer_value(json_object_get(usage, "cycles"));
        d.status = DIGEST_SUCCESS;
    }
    db_rows *row =
        db_query(core_db(c), "SELECT input_sha256, program_id FROM task WHERE id = ?", DB_T(task));
    bool ok = db_next(row) && hex_read(d.input, 32, db_text(row, 0)) &&
              hex_read(d.program, 28, db_text(row, 1));
    db_end(row);
    ok = ok && uuid_read(&d.task, task, strlen(task)) == SP_OK;
    return ok && digest_of_result(&z, &d) == SP_OK &&
           node_check_signature(c, &s->key, z, &sig) == SP_OK;
}
