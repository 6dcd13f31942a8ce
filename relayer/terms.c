/* terms.c - see terms.h. */
#include "relayer/terms.h"

#include "air/air_id.h"
#include "air/statement.h"
#include "core/bytes.h"
#include "core/params.h"
#include "market/amount.h"
#include "starknet/selector.h"

#include <stdio.h>
#include <string.h>

#define MAX_RESULT 16
#define PER_CENT (AMOUNT_WHOLE / 100u)

/* What the contract's views call a fee is the network's, the treasury's part and the subsidy
 * together, in per cent. */
_Static_assert((AMOUNT_TREASURY + AMOUNT_SUBSIDY) % PER_CENT == 0 && AMOUNT_SUBSIDY % PER_CENT == 0,
               "the shares are whole per cents, as the contract's views are");

static sp_status view(rpc *r, felt *out, size_t *n, felt contract, const char *name, rpc_error *err)
{
    const felt_span none = {NULL, 0};
    *n = MAX_RESULT;
    return chain_call(r, out, n, contract, selector_from_name(name), none, "latest", err);
}

static sp_status check_share(rpc *r, terms *t, felt contract, const char *name, unsigned ours,
                             rpc_error *err)
{
    felt out[MAX_RESULT];
    size_t n;
    u256 v;
    char said[U256_TEXT] = "no number";
    if (t->wrong) return SP_OK;
    SP_TRY(view(r, out, &n, contract, name, err));
    if (escrow_parse_u256(&v, (felt_span){out, n}) == SP_OK) {
        if (v.high == 0 && v.low == ours) return SP_OK;
        u256_write_text(said, v);
    }
    t->wrong = true;
    (void)snprintf(t->why, sizeof t->why,
                   "the contract's %s is %.78s, and this relayer tells people %u", name, said,
                   ours);
    return SP_OK;
}

static sp_status check_verifier(rpc *r, terms *t, felt contract, rpc_error *err)
{
    const params *p = params_by_name("chain");
    uint8_t id[ESCROW_PROGRAM_BYTES];
    felt out[MAX_RESULT];
    size_t n;
    if (t->wrong) return SP_OK;
    for (size_t i = 0; i < SP_COUNT(AIR_ID); i++) bytes_put_le32(id + 4 * i, AIR_ID[i]);
    /* After the class: VerifierParams of contracts/cairo/src/escrow/proof_verifier.cairo. */
    const uint64_t own[] = {SP_VERSION,     (uint64_t)p->id, 0,
                            p->log_blowup,  p->n_queries,    p->grind_lookup,
                            p->grind_oods,  p->grind_deep,   p->grind_commit,
                            p->grind_query, p->cap_log,      p->last_layer_log};
    SP_TRY(view(r, out, &n, contract, "get_verifier_params", err));
    bool same = n == 1 + SP_COUNT(own);
    for (size_t i = 0; i < SP_COUNT(own) && same; i++)
        same = felt_eq(out[1 + i], i == 2 ? escrow_felt(id, sizeof id) : felt_from_u64(own[i]));
    if (same) {
        t->verifier = out[0];
        return SP_OK;
    }
    char hash[FELT_HEX] = "none";
    if (n > 0) (void)felt_write_hex(hash, out[0]);
    t->wrong = true;
    (void)snprintf(t->why, sizeof t->why,
                   "the contract's verifier, class %s, is of another version: it does not take the "
                   "proofs that are verified here",
                   hash);
    return SP_OK;
}

static sp_status ask_relayer(rpc *r, terms *t, felt contract, rpc_error *err)
{
    felt out[MAX_RESULT];
    size_t n;
    if (t->wrong) return SP_OK;
    SP_TRY(view(r, out, &n, contract, "get_relayer", err));
    if (n != 1) return SP_ERR_FORMAT;
    t->relayer = out[0];
    return SP_OK;
}

static sp_status ask(rpc *r, terms *t, felt contract, rpc_error *err)
{
    SP_TRY(check_share(r, t, contract, "get_fee_percent",
                       (AMOUNT_TREASURY + AMOUNT_SUBSIDY) / PER_CENT, err));
    SP_TRY(check_share(r, t, contract, "get_gas_subsidy_percent", AMOUNT_SUBSIDY / PER_CENT, err));
    SP_TRY(check_verifier(r, t, contract, err));
    return ask_relayer(r, t, contract, err);
}

sp_status terms_ask(rpc *r, terms *out, felt contract, rpc_error *err)
{
    terms t;
    memset(&t, 0, sizeof t);
    const sp_status s = ask(r, &t, contract, err);
    /* The node knows: there is no contract, or one that has not these views. */
    if (s == SP_ERR_REJECT &&
        (err->code == RPC_CONTRACT_NOT_FOUND || err->code == RPC_ENTRY_POINT_NOT_FOUND ||
         err->code == RPC_CONTRACT_ERROR)) {
        t.wrong = true;
        (void)snprintf(t.why, sizeof t.why,
                       "there is no marketplace at the address chain.contract");
    } else if (s != SP_OK) {
        return s == SP_ERR_FORMAT ? SP_ERR_IO : s; /* no answer of the contract's */
    }
    *out = t;
    return SP_OK;
}
