/* ticket.c - see ticket.h. */
#include "node/ticket.h"

#include "market/amount.h"
#include "market/hex.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *o, const char *name)
{
    const char *t = json_string_value(json_object_get(o, name));
    return t != NULL ? t : "";
}

static bool read_felt(felt *out, const char *text)
{
    return felt_read_hex(out, text, strlen(text)) == SP_OK;
}

static bool read_number(uint64_t *out, const char *text)
{
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == 0 && errno == 0;
}

const char *ticket_check(const json_t *assignment, felt chain_id, felt node_id, felt relayer_pubkey)
{
    const json_t *j = json_object_get(assignment, "job"),
                 *ticket = json_object_get(assignment, "ticket"),
                 *pair = json_object_get(ticket, "signature");
    const char *task = text_of(assignment, "task_id"), *price = text_of(ticket, "price"),
               *r = json_string_value(json_array_get(pair, 0)),
               *s = json_string_value(json_array_get(pair, 1));
    digest_job job = {
        .chain_id = chain_id, .profile = text_of(j, "profile"), .io = text_of(j, "io")};
    digest_ticket t = {
        .chain_id = chain_id,
        .node_id = node_id,
        .attempt = (uint32_t)json_integer_value(json_object_get(assignment, "attempt")),
        .lease_until_ms = (uint64_t)json_integer_value(json_object_get(ticket, "lease_until"))};
    digest_signature sig;
    felt z, said;
    if (!json_is_object(ticket)) return "there is none";
    if (!hex_read(job.program, 28, text_of(j, "program_id")) ||
        !hex_read(job.input, DIGEST_HASH, text_of(j, "input_sha256")) ||
        !read_number(&job.max_cycles, text_of(j, "max_cycles")) ||
        digest_of_job(&t.job_commitment, &job) != SP_OK ||
        !read_felt(&t.contract, text_of(json_object_get(assignment, "chain"), "contract")) ||
        uuid_read(&t.task, task, strlen(task)) != SP_OK ||
        amount_read(&t.price, price, strlen(price)) != SP_OK || r == NULL || s == NULL ||
        !read_felt(&sig.r, r) || !read_felt(&sig.s, s))
        return "the offer or its ticket is malformed";
    if (strcmp(price, text_of(assignment, "price")) != 0) return "it is for another price";
    if (!read_felt(&said, text_of(ticket, "job_commitment")) || !felt_eq(said, t.job_commitment))
        return "it is for another job";
    if (digest_of_ticket(&z, &t) != SP_OK || digest_verify(relayer_pubkey, z, &sig) != SP_OK)
        return "the relayer's key did not sign it";
    return NULL;
}
