/* address.h - the address that a deployed contract gets. */
#ifndef STARKNET_ADDRESS_H
#define STARKNET_ADDRESS_H

#include "starknet/felt.h"

/* Pedersen list hash of "STARKNET_CONTRACT_ADDRESS", deployer, salt, class hash and the list hash
 * of the constructor's calldata, modulo 2^251 - 256 (Starknet documentation, contract address).
 * deployer is 0 for deploy_account. */
felt address_of_contract(felt deployer, felt salt, felt class_hash, felt_span calldata);

/* a modulo 2^251 - 256, as addresses are reduced. */
felt address_reduce(felt a);

#endif
