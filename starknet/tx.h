/* tx.h - version 3 transactions: their hashes, their bounds and their fee.
 *
 * H is the Poseidon list hash. A resource bound is the felt name*2^192 + max_amount*2^128 +
 * max_price with name "L1_GAS", "L2_GAS" or "L1_DATA" as big-endian ASCII. fee    = H(tip, l1_gas,
 * l2_gas, l1_data_gas) common = prefix, version, sender, fee, H(paymaster_data), chain_id, nonce,
 * modes modes  = nonce_da*2^32 + fee_da invoke         = H(common, H(account_deployment_data),
 * H(calldata) [, H(proof_facts)]) deploy_account = H(common, H(constructor_calldata), class_hash,
 * salt) declare        = H(common, H(account_deployment_data), class_hash, compiled_class_hash)
 * Source: Starknet documentation, transaction hash; proof_facts (Starknet 0.14.2) are hashed only
 * when there are some. A query (fee estimation) has version 3 + 2^128: its signature is void for
 * sending. */
#ifndef STARKNET_TX_H
#define STARKNET_TX_H

#include "starknet/felt.h"

#define TX_MAX_CALLDATA 5000 /* felts of one transaction that the network takes */
#define TX_MAX_SIGNATURE 4000

typedef struct {
    uint64_t max_amount;
    u128 max_price; /* FRI for one unit */
} tx_bound;

typedef struct {
    tx_bound l1_gas, l2_gas, l1_data_gas;
    /* Historic form, refused since Starknet 0.14: l1_data_gas is not hashed. */
    bool without_l1_data;
} tx_bounds;

typedef enum { TX_DA_L1 = 0, TX_DA_L2 = 1 } tx_da;

typedef struct {
    felt sender; /* of deploy_account: the new address */
    felt chain_id, nonce;
    uint64_t tip; /* FRI for one unit of L2 gas, beside max_price */
    tx_bounds bounds;
    tx_da nonce_da, fee_da;
    felt_span paymaster_data;
    bool query;
} tx_common;

typedef struct {
    tx_common common;
    felt_span calldata, account_deployment_data, proof_facts;
} tx_invoke;

typedef struct {
    tx_common common;
    felt class_hash, salt;
    felt_span constructor_calldata;
} tx_deploy_account;

typedef struct {
    tx_common common;
    felt class_hash, compiled_class_hash;
    felt_span account_deployment_data;
} tx_declare;

/* SP_ERR_LIMIT and *out untouched: more than TX_MAX_CALLDATA felts of calldata. */
SP_MUST_USE sp_status tx_hash_invoke(felt *out, const tx_invoke *tx);
SP_MUST_USE sp_status tx_hash_deploy_account(felt *out, const tx_deploy_account *tx);
SP_MUST_USE sp_status tx_hash_declare(felt *out, const tx_declare *tx);
/* The element fee of the formulas above. */
felt tx_hash_fee(const tx_bounds *bounds, uint64_t tip);

/* The most that the bounds allow the network to take, in FRI: sum of max_amount*max_price, and
 * tip*l2_gas.max_amount. SP_ERR_LIMIT and *fee untouched: 2^128 or more. */
SP_MUST_USE sp_status tx_max_fee(u128 *fee, const tx_bounds *bounds, uint64_t tip);

/* What starknet_estimateFee answers, in FRI. */
typedef struct {
    uint64_t l1_gas, l2_gas, l1_data_gas;
    u128 l1_gas_price, l2_gas_price, l1_data_gas_price;
} tx_estimate;

/* Bounds from an estimate: amounts and prices times margin/100, rounded up; the L2 price at least
 * min_l2_price. The estimate comes from a node and is not trusted: SP_ERR_LIMIT and *out untouched
 * when tx_max_fee of the result, with tip, is above max_fee or a number does not fit. */
SP_MUST_USE sp_status tx_bounds_from_estimate(tx_bounds *out, const tx_estimate *estimate,
                                              unsigned margin, u128 min_l2_price, uint64_t tip,
                                              u128 max_fee);

#endif
