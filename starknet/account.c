/* account.c - from calls to a signed transaction: nonce, estimate, bounds, hash, signature. */
#include "starknet/account.h"

#include "starknet/address.h"

#include <stdlib.h>
#include <string.h>

/* Either kind; the other pointer is NULL. */
typedef struct {
    tx_invoke *invoke;
    tx_deploy_account *deploy;
} kind;

static tx_common *common_of(kind k) { return k.invoke ? &k.invoke->common : &k.deploy->common; }

static sp_status hash_and_sign(felt *hash, felt signature[2], kind k, const account *a)
{
    SP_TRY(k.invoke ? tx_hash_invoke(hash, k.invoke) : tx_hash_deploy_account(hash, k.deploy));
    return ecdsa_sign(&signature[0], &signature[1], &a->key, *hash, 0);
}

static sp_status prepare(rpc *r, account_signed *out, const account *a, kind k,
                         const account_policy *policy, rpc_error *err)
{
    account_signed s;
    felt id, signature[2];
    const felt_span span = {signature, 2};
    tx_common *c = common_of(k);
    memset(&s, 0, sizeof s);
    SP_TRY(chain_id(r, &id, err));
    if (!felt_eq(id, a->chain_id)) return SP_ERR_ARG;
    c->sender = a->address;
    c->chain_id = a->chain_id;
    c->tip = policy->tip;
    if (k.invoke) SP_TRY(chain_nonce(r, &c->nonce, a->address, err)); /* a new account's is 0 */
    c->query = true;
    SP_TRY(hash_and_sign(&s.hash, signature, k, a));
    if (k.invoke)
        SP_TRY(chain_estimate_invoke(r, &s.estimate, k.invoke, span, err));
    else
        SP_TRY(chain_estimate_deploy_account(r, &s.estimate, k.deploy, span, err));
    const sp_status bounded =
        tx_bounds_from_estimate(&c->bounds, &s.estimate, policy->margin, policy->min_l2_price,
                                policy->tip, policy->max_fee);
    if (bounded != SP_OK) {
        out->estimate = s.estimate; /* what it would have cost */
        return bounded;
    }
    SP_TRY(tx_max_fee(&s.max_fee, &c->bounds, c->tip));
    c->query = false;
    SP_TRY(hash_and_sign(&s.hash, signature, k, a));
    s.nonce = c->nonce;
    s.method = k.invoke ? "starknet_addInvokeTransaction" : "starknet_addDeployAccountTransaction";
    SP_TRY(k.invoke ? txjson_add_invoke(&s.params, k.invoke, span)
                    : txjson_add_deploy_account(&s.params, k.deploy, span));
    *out = s;
    return SP_OK;
}

sp_status account_prepare_invoke(rpc *r, account_signed *out, const account *a, felt_span calldata,
                                 const account_policy *policy, rpc_error *err)
{
    tx_invoke tx;
    const kind k = {&tx, NULL};
    memset(&tx, 0, sizeof tx);
    tx.calldata = calldata;
    return prepare(r, out, a, k, policy, err);
}

sp_status account_prepare_deploy(rpc *r, account_signed *out, const account *a, felt class_hash,
                                 felt salt, felt_span constructor_calldata,
                                 const account_policy *policy, rpc_error *err)
{
    tx_deploy_account tx;
    const kind k = {NULL, &tx};
    memset(&tx, 0, sizeof tx);
    tx.class_hash = class_hash;
    tx.salt = salt;
    tx.constructor_calldata = constructor_calldata;
    felt address = address_of_contract(felt_zero(), salt, class_hash, constructor_calldata);
    if (!felt_eq(address, a->address)) return SP_ERR_ARG;
    return prepare(r, out, a, k, policy, err);
}

sp_status account_send(rpc *r, const account_signed *tx, rpc_error *err)
{
    rpc_error own;
    if (!err) err = &own;
    sp_status st = chain_send(r, tx->method, tx->params, tx->hash, err);
    return st == SP_ERR_REJECT && err->code == RPC_DUPLICATE_TX ? SP_OK : st;
}

bool account_refused(const rpc_error *err)
{
    switch (err->code) {
    case RPC_RESOURCES_TOO_LOW:
    case RPC_BALANCE_TOO_LOW:
    case RPC_VALIDATION_FAILED:
    case RPC_NOT_AN_ACCOUNT:
    case RPC_TX_VERSION:
    case RPC_FEE_TOO_LOW: return err->unanswered == 0;
    default: return false;
    }
}

void account_signed_free(account_signed *tx)
{
    free(tx->params);
    memset(tx, 0, sizeof *tx);
}
