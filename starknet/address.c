/* address.c - contract addresses. */
#include "starknet/address.h"

#include "starknet/pedersen.h"
#include "starknet/selector.h"

/* One subtraction suffices: a < P < 2*(2^251 - 256). */
felt address_reduce(felt a)
{
    uint64_t v[4];
    const uint64_t bound[4] = {0 - UINT64_C(256), ~UINT64_C(0), ~UINT64_C(0),
                               (UINT64_C(1) << 59) - 1};
    felt_to_limbs(v, a);
    bool above = v[3] > bound[3] ||
                 (v[3] == bound[3] && v[2] == bound[2] && v[1] == bound[1] && v[0] >= bound[0]);
    return above ? felt_sub(a, felt_reduce(bound)) : a;
}

felt address_of_contract(felt deployer, felt salt, felt class_hash, felt_span calldata)
{
    felt parts[5];
    sp_status fits = shortstring_read(&parts[0], "STARKNET_CONTRACT_ADDRESS"); /* 25 bytes */
    (void)fits;
    parts[1] = deployer;
    parts[2] = salt;
    parts[3] = class_hash;
    parts[4] = pedersen_hash_many(calldata);
    const felt_span list = {parts, 5};
    return address_reduce(pedersen_hash_many(list));
}
