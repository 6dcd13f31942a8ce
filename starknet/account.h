/* account.h - an account contract and its key: transactions made, priced, signed and sent.
 *
 * prepare makes everything up to the text that will be sent, so that the caller can keep it in a
 * journal before send; sending the same text again is harmless: the network takes it once. Accounts
 * are those whose __execute__ takes a list of calls and whose signature is (r, s) on the Stark
 * curve. */
#ifndef STARKNET_ACCOUNT_H
#define STARKNET_ACCOUNT_H

#include "starknet/chain.h"
#include "starknet/ecdsa.h"

typedef struct {
    felt address, chain_id;
    ecdsa_key key; /* wiped by the owner */
} account;

/* What the owner agrees to pay. A node's estimate is not trusted: what would exceed max_fee is
 * SP_ERR_LIMIT and nothing is signed for sending. */
typedef struct {
    unsigned margin;   /* of the estimate, in per cent; 150 is usual */
    u128 min_l2_price; /* FRI; some networks refuse less than a floor */
    u128 max_fee;      /* FRI, tip included */
    uint64_t tip;      /* FRI for one unit of L2 gas */
} account_policy;

typedef struct {
    const char *method; /* of JSON-RPC */
    char *params;       /* its parameters, with the signature */
    felt hash, nonce;
    u128 max_fee; /* what the bounds allow */
    tx_estimate estimate;
} account_signed;

/* Checks that the node is of the account's network, reads the nonce, asks for the estimate, sets
 * the bounds, hashes and signs. calldata: see calldata_calls. Errors: those of chain.h; SP_ERR_ARG:
 * the node is of another network; SP_ERR_LIMIT with an empty err->message: above max_fee. On
 * failure *out is untouched, but for the estimate with that SP_ERR_LIMIT. To be freed. */
SP_MUST_USE sp_status account_prepare_invoke(rpc *r, account_signed *out, const account *a,
                                             felt_span calldata, const account_policy *policy,
                                             rpc_error *err);
/* The transaction by which the account comes into being; its address must be that of class_hash,
 * salt and constructor_calldata (else SP_ERR_ARG) and have the funds already. */
SP_MUST_USE sp_status account_prepare_deploy(rpc *r, account_signed *out, const account *a,
                                             felt class_hash, felt salt,
                                             felt_span constructor_calldata,
                                             const account_policy *policy, rpc_error *err);
/* SP_OK also when the node has it already (RPC_DUPLICATE_TX). */
SP_MUST_USE sp_status account_send(rpc *r, const account_signed *tx, rpc_error *err);
/* Whether an answer SP_ERR_REJECT of account_send says that nobody has taken the transaction.
 * Everything else may come from a node that took it, or passed it on, and failed then; an invalid
 * nonce may be one that this very transaction has used, brought twice by something in between. */
bool account_refused(const rpc_error *err);
void account_signed_free(account_signed *tx);

#endif
