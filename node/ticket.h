/* ticket.h - whether an offer with an escrow carries the relayer's signed word: which job, until
 * when, at which price (market/digest.h, kind TICKET). The journal keeps the offer, and so the
 * word. */
#ifndef NODE_TICKET_H
#define NODE_TICKET_H

#include "market/digest.h"

#include <jansson.h>

/* assignment: a task_assignment. NULL: the ticket is for exactly this offer, by this key; else what
 * is wrong with it. */
SP_MUST_USE const char *ticket_check(const json_t *assignment, felt chain_id, felt node_id,
                                     felt relayer_pubkey);

#endif
