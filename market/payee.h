/* payee.h - what an account of Starknet signs so that a relayer knows that a node works for it:
 * typed data of SNIP-12, revision 1.
 *
 * It binds network, relayer, node (whose id is the hash of its key), account and a span of time.
 * Node and relayer each make the digest from what they know themselves; nobody signs or checks one
 * that the other names. It says who is paid, and moves nothing. */
#ifndef MARKET_PAYEE_H
#define MARKET_PAYEE_H

#include "starknet/felt.h"

#define PAYEE_PURPOSE "Be paid for a sprove node"
/* A relayer takes none that is good for longer. */
#define PAYEE_MOST_S (INT64_C(400) * 86400)

typedef struct {
    felt chain_id;            /* a short string: SN_MAIN, SN_SEPOLIA, ... */
    felt relayer;             /* digest_relayer_id */
    felt node;                /* digest_node_id */
    felt address;             /* of the account */
    uint64_t issued, expires; /* seconds since 1970 */
} payee;

/* The digest that the account's is_valid_signature is asked about. */
felt payee_digest(const payee *p);

#endif
