/* account_ask.h - whether an account of Starknet says that it signed: accounts are contracts, and
 * only the contract knows whose signatures it takes, and of what form. */
#ifndef RELAYER_ACCOUNT_ASK_H
#define RELAYER_ACCOUNT_ASK_H

#include "relayer/endpoints.h"

typedef enum {
    ACCOUNT_SIGNED,
    ACCOUNT_REFUSES,  /* or it is no account */
    ACCOUNT_ABSENT,   /* there is no contract at this address */
    ACCOUNT_DISPUTED, /* the endpoints contradict each other */
    ACCOUNT_OTHER_CHAIN,
    ACCOUNT_NO_ANSWER
} account_answer;

/* What is known of the endpoints' chain, for a minute; zeroed at first. */
typedef struct {
    uint64_t until_ns[RPC_MAX_URLS];
} account_chains;

/* is_valid_signature(digest, signature) of the account in the latest block, by every endpoint: all
 * that answer must say the same, and be of this chain. 'VALID' is yes, and 1 of accounts from
 * before that; everything else is no. */
account_answer account_ask(endpoints *e, account_chains *known, felt chain, felt account,
                           felt digest, felt_span signature);

#endif
