/* tx.c - hashes and fees of version 3 transactions. */
#include "starknet/tx.h"

#include "starknet/poseidon.h"
#include "starknet/selector.h"

/* A constant text of ours: short and printable. */
static felt name_felt(const char *name)
{
    felt f = felt_zero();
    sp_status fits = shortstring_read(&f, name);
    (void)fits;
    return f;
}

/* price below 2^128, amount below 2^64, name of 7 bytes: the sum is below 2^248. */
static felt bound_felt(const char *name, tx_bound b)
{
    uint64_t v[4];
    felt_to_limbs(v, name_felt(name)); /* < 2^56 */
    const uint64_t sum[4] = {(uint64_t)b.max_price, (uint64_t)(b.max_price >> 64), b.max_amount,
                             v[0]};
    return felt_reduce(sum);
}

felt tx_hash_fee(const tx_bounds *bounds, uint64_t tip)
{
    felt parts[4] = {felt_from_u64(tip), bound_felt("L1_GAS", bounds->l1_gas),
                     bound_felt("L2_GAS", bounds->l2_gas),
                     bound_felt("L1_DATA", bounds->l1_data_gas)};
    const felt_span list = {parts, bounds->without_l1_data ? 3 : 4};
    return poseidon_hash_many(list);
}

static void add_common(poseidon_ctx *h, const char *prefix, const tx_common *c)
{
    poseidon_init(h);
    poseidon_add(h, name_felt(prefix));
    const uint64_t version[4] = {3, 0, c->query ? 1 : 0, 0}; /* a query adds 2^128 */
    poseidon_add(h, felt_reduce(version));
    poseidon_add(h, c->sender);
    poseidon_add(h, tx_hash_fee(&c->bounds, c->tip));
    poseidon_add(h, poseidon_hash_many(c->paymaster_data));
    poseidon_add(h, c->chain_id);
    poseidon_add(h, c->nonce);
    poseidon_add(h, felt_from_u64((uint64_t)c->nonce_da << 32 | (uint64_t)c->fee_da));
}

sp_status tx_hash_invoke(felt *out, const tx_invoke *tx)
{
    poseidon_ctx h;
    if (tx->calldata.n > TX_MAX_CALLDATA) return SP_ERR_LIMIT;
    add_common(&h, "invoke", &tx->common);
    poseidon_add(&h, poseidon_hash_many(tx->account_deployment_data));
    poseidon_add(&h, poseidon_hash_many(tx->calldata));
    if (tx->proof_facts.n) poseidon_add(&h, poseidon_hash_many(tx->proof_facts));
    *out = poseidon_final(&h);
    return SP_OK;
}

sp_status tx_hash_deploy_account(felt *out, const tx_deploy_account *tx)
{
    poseidon_ctx h;
    if (tx->constructor_calldata.n > TX_MAX_CALLDATA) return SP_ERR_LIMIT;
    add_common(&h, "deploy_account", &tx->common);
    poseidon_add(&h, poseidon_hash_many(tx->constructor_calldata));
    poseidon_add(&h, tx->class_hash);
    poseidon_add(&h, tx->salt);
    *out = poseidon_final(&h);
    return SP_OK;
}

sp_status tx_hash_declare(felt *out, const tx_declare *tx)
{
    poseidon_ctx h;
    add_common(&h, "declare", &tx->common);
    poseidon_add(&h, poseidon_hash_many(tx->account_deployment_data));
    poseidon_add(&h, tx->class_hash);
    poseidon_add(&h, tx->compiled_class_hash);
    *out = poseidon_final(&h);
    return SP_OK;
}

/* *sum += amount*price. */
static sp_status add_product(u128 *sum, uint64_t amount, u128 price)
{
    if (price && amount > ~(u128)0 / price) return SP_ERR_LIMIT;
    u128 p = (u128)amount * price;
    if (p > ~(u128)0 - *sum) return SP_ERR_LIMIT;
    *sum += p;
    return SP_OK;
}

sp_status tx_max_fee(u128 *fee, const tx_bounds *bounds, uint64_t tip)
{
    u128 sum = 0;
    SP_TRY(add_product(&sum, bounds->l1_gas.max_amount, bounds->l1_gas.max_price));
    SP_TRY(add_product(&sum, bounds->l2_gas.max_amount, bounds->l2_gas.max_price));
    if (!bounds->without_l1_data)
        SP_TRY(add_product(&sum, bounds->l1_data_gas.max_amount, bounds->l1_data_gas.max_price));
    SP_TRY(add_product(&sum, bounds->l2_gas.max_amount, tip));
    *fee = sum;
    return SP_OK;
}

/* v*margin/100 rounded up. */
static sp_status scale(u128 *v, unsigned margin)
{
    u128 sum = 0;
    SP_TRY(add_product(&sum, margin, *v));
    *v = sum / 100 + (sum % 100 != 0);
    return SP_OK;
}

static sp_status scale_bound(tx_bound *b, uint64_t amount, u128 price, unsigned margin)
{
    u128 a = amount;
    SP_TRY(scale(&a, margin));
    SP_TRY(scale(&price, margin));
    if (a >> 64) return SP_ERR_LIMIT;
    b->max_amount = (uint64_t)a;
    b->max_price = price;
    return SP_OK;
}

sp_status tx_bounds_from_estimate(tx_bounds *out, const tx_estimate *e, unsigned margin,
                                  u128 min_l2_price, uint64_t tip, u128 max_fee)
{
    tx_bounds b = {.without_l1_data = false};
    u128 fee;
    SP_TRY(scale_bound(&b.l1_gas, e->l1_gas, e->l1_gas_price, margin));
    SP_TRY(scale_bound(&b.l2_gas, e->l2_gas, e->l2_gas_price, margin));
    SP_TRY(scale_bound(&b.l1_data_gas, e->l1_data_gas, e->l1_data_gas_price, margin));
    if (b.l2_gas.max_price < min_l2_price) b.l2_gas.max_price = min_l2_price;
    SP_TRY(tx_max_fee(&fee, &b, tip));
    if (fee > max_fee) return SP_ERR_LIMIT;
    *out = b;
    return SP_OK;
}
