/* ticket.c - see ticket.h. */
#include "relayer/ticket.h"

#include "market/amount.h"
#include "market/hex.h"

#include <string.h>

#define TRIES 4 /* one in 2^54 digests cannot be signed */

static bool read_felt(felt *out, const char *text)
{
    return felt_read_hex(out, text, strlen(text)) == SP_OK;
}

json_t *ticket_make(const identity *me, const ticket_facts *f)
{
    digest_job job = {.chain_id = f->chain_id,
                      .max_cycles = (uint64_t)f->max_cycles,
                      .profile = f->profile,
                      .io = f->io};
    digest_ticket t = {.chain_id = f->chain_id,
                       .attempt = (uint32_t)f->attempt,
                       .lease_until_ms = (uint64_t)f->lease_until_ms,
                       .price = f->price};
    digest_signature s;
    felt z;
    char price[U256_TEXT], commitment[FELT_HEX], r_text[FELT_HEX], s_text[FELT_HEX];
    if (!hex_read(job.program, 28, f->program_id) || !hex_read(job.input, 32, f->input_sha256) ||
        digest_of_job(&t.job_commitment, &job) != SP_OK || !read_felt(&t.contract, f->contract) ||
        !read_felt(&t.node_id, f->node) || uuid_read(&t.task, f->task, strlen(f->task)) != SP_OK)
        return NULL;
    unsigned tries = 0;
    while (digest_of_ticket(&z, &t) != SP_OK || digest_sign(&s, &me->key, z) != SP_OK) {
        if (++tries == TRIES) return NULL;
        t.lease_until_ms++;
    }
    u256_write_text(price, t.price);
    (void)felt_write_hex(commitment, t.job_commitment);
    (void)felt_write_hex(r_text, s.r);
    (void)felt_write_hex(s_text, s.s);
    return json_pack("{s:I, s:s, s:s, s:[s, s]}", "lease_until", (json_int_t)t.lease_until_ms,
                     "price", price, "job_commitment", commitment, "signature", r_text, s_text);
}
