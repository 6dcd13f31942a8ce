/* ticket.h - what a node gets with an offer of a task that has an escrow: the relayer's signed word
 * on which job it is given, until when, at which price. */
#ifndef RELAYER_TICKET_H
#define RELAYER_TICKET_H

#include "relayer/identity.h"

#include <jansson.h>

typedef struct {
    felt chain_id;
    const char *contract; /* felts, numbers and hashes as texts of our own rows */
    const char *task, *node, *program_id, *input_sha256, *profile, *io;
    int64_t attempt, max_cycles;
    u256 price;
    int64_t lease_until_ms;
} ticket_facts;

/* {"lease_until", "price", "job_commitment", "signature": [r, s]}; a lease until a few milliseconds
 * later where the digest cannot be signed. NULL: out of memory, or a fact that is no such text. */
json_t *ticket_make(const identity *me, const ticket_facts *f);

#endif
