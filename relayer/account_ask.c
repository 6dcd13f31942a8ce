/* account_ask.c - see account_ask.h. */
#include "relayer/account_ask.h"

#include "relayer/queue.h"
#include "starknet/selector.h"

#include <string.h>

#define CHAIN_KNOWN_NS UINT64_C(60000000000)
#define MAX_CALLDATA (2 + 256)
#define MAX_RESULT 8

static account_answer of_result(const felt *result, size_t n)
{
    felt valid = felt_zero();
    if (shortstring_read(&valid, "VALID") != SP_OK || n != 1) return ACCOUNT_REFUSES;
    return felt_eq(result[0], valid) || felt_eq(result[0], felt_one()) ? ACCOUNT_SIGNED
                                                                       : ACCOUNT_REFUSES;
}

static account_answer of_error(sp_status s, const rpc_error *err)
{
    if (s != SP_ERR_REJECT) return ACCOUNT_NO_ANSWER;
    switch (err->code) {
    case RPC_CONTRACT_NOT_FOUND: return ACCOUNT_ABSENT;
    /* It ran, and did not say yes; or it has no such entry point. */
    case RPC_ENTRY_POINT_NOT_FOUND:
    case RPC_CONTRACT_ERROR:
    case RPC_EXECUTION_ERROR: return ACCOUNT_REFUSES;
    default: return ACCOUNT_NO_ANSWER; /* the node's own trouble */
    }
}

/* One endpoint. */
static account_answer ask(rpc *r, uint64_t *known_until_ns, felt chain, felt account,
                          felt_span calldata)
{
    felt result[MAX_RESULT], id;
    size_t n = MAX_RESULT;
    rpc_error err;
    memset(&err, 0, sizeof err);
    if (clock_ns() >= *known_until_ns) {
        if (chain_id(r, &id, &err) != SP_OK) return ACCOUNT_NO_ANSWER;
        if (!felt_eq(id, chain)) return ACCOUNT_OTHER_CHAIN;
        *known_until_ns = clock_ns() + CHAIN_KNOWN_NS;
    }
    const sp_status s = chain_call(r, result, &n, account, selector_from_name("is_valid_signature"),
                                   calldata, "latest", &err);
    return s == SP_OK ? of_result(result, n) : of_error(s, &err);
}

account_answer account_ask(endpoints *e, account_chains *known, felt chain, felt account,
                           felt digest, felt_span signature)
{
    felt calldata[MAX_CALLDATA];
    account_answer all = ACCOUNT_NO_ANSWER;
    if (signature.n > MAX_CALLDATA - 2) return ACCOUNT_REFUSES;
    calldata[0] = digest;
    calldata[1] = felt_from_u64(signature.n);
    for (size_t i = 0; i < signature.n; i++) calldata[2 + i] = signature.v[i];
    for (size_t i = 0; i < e->n; i++) {
        const account_answer one = ask(e->each[i], &known->until_ns[i], chain, account,
                                       (felt_span){calldata, 2 + signature.n});
        if (one == ACCOUNT_NO_ANSWER) continue;
        if (one == ACCOUNT_OTHER_CHAIN) return one;
        if (all != ACCOUNT_NO_ANSWER && all != one) return ACCOUNT_DISPUTED;
        all = one;
    }
    return all;
}
