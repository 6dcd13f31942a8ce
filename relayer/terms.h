/* terms.h - whether the contract is one that this program was made for: it pays the shares that the
 * relayer tells people (market/amount.h), and its verifier takes the proofs that are made and
 * verified here. */
#ifndef RELAYER_TERMS_H
#define RELAYER_TERMS_H

#include "starknet/chain.h"

#define TERMS_WHY 200

typedef struct {
    bool wrong; /* it is not; why says what differs */
    char why[TERMS_WHY];
    felt verifier; /* hash of its verifier's class; 0 where it is wrong */
    felt relayer;  /* who may assign beside creators; 0: nobody, or it is wrong */
} terms;

/* Errors: those of chain_call, and then it is not known. */
SP_MUST_USE sp_status terms_ask(rpc *r, terms *out, felt contract, rpc_error *err);

#endif
