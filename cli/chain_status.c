/* chain_status.c - `sprove chain`: the contract and its network; `sprove earnings`: what a provider
 * was paid. */
#include "cli/chain_session.h"
#include "cli/commands.h"
#include "cli/task.h"
#include "starknet/selector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int number_of(session *s, json_t *j, const char *name, const char *view, felt_span arguments)
{
    felt out[4];
    size_t n = SP_COUNT(out);
    u256 v;
    const int code = session_view(s, out, &n, view, arguments);
    if (code) return code;
    if (escrow_parse_u256(&v, (felt_span){out, n}) != SP_OK)
        return cli_fail(EXIT_IO, "%s: the contract's answer is not the marketplace's", view);
    json_object_set_new(j, name, session_json_number(v));
    return 0;
}

/* balance_of of an address in the token, if both are known. */
static int balance(session *s, json_t *j, const char *name, felt of)
{
    felt out[4];
    size_t n = SP_COUNT(out);
    u256 v;
    if (felt_is_zero(s->token) || felt_is_zero(of)) return 0;
    const int code = session_call(s, s->token, out, &n, "balance_of", (felt_span){&of, 1});
    if (code) return code;
    if (escrow_parse_u256(&v, (felt_span){out, n}) != SP_OK)
        return cli_fail(EXIT_IO, "balance_of: the token's answer is not a balance");
    json_object_set_new(j, name, session_json_number(v));
    return 0;
}

static int status(session *s)
{
    const felt_span none = {NULL, 0};
    felt out[32];
    size_t n = SP_COUNT(out);
    uint64_t head;
    rpc_error e;
    char network[SHORTSTRING_MAX + 1];
    json_t *j = json_object();
    if (shortstring_write(network, s->who.chain_id) == SP_OK)
        json_object_set_new(j, "network", json_string(network));
    json_object_set_new(j, "contract", session_json_felt(s->contract));
    int code = 0;
    if (chain_block_number(s->node, &head, &e) == SP_OK)
        json_object_set_new(j, "block", json_integer((json_int_t)head));
    code = number_of(s, j, "tasks", "get_task_count", none);
    if (!code) code = number_of(s, j, "fee_percent", "get_fee_percent", none);
    if (!code) code = number_of(s, j, "gas_subsidy_percent", "get_gas_subsidy_percent", none);
    if (!code) code = session_view(s, out, &n, "get_verifier_params", none);
    if (!code && n == 13) { /* class hash, then the twelve parameters */
        json_object_set_new(j, "verifier_class", session_json_felt(out[0]));
        json_object_set_new(j, "air_id", session_json_felt(out[3]));
    }
    n = SP_COUNT(out);
    if (!code) code = session_view(s, out, &n, "get_treasury", none);
    if (!code && n == 1) {
        json_object_set_new(j, "treasury", session_json_felt(out[0]));
        code = balance(s, j, "treasury_balance", out[0]);
    }
    if (!code) code = balance(s, j, "contract_balance", s->contract);
    if (!code) code = balance(s, j, "account_balance", s->who.address);
    if (code) {
        json_decref(j);
        return code;
    }
    return session_print(s, j);
}

static int enrol(session *s)
{
    felt room[16];
    calldata_writer c;
    chain_receipt r;
    bool sent;
    int code = session_unlock(s);
    if (code) return code;
    calldata_init(&c, room, SP_COUNT(room));
    calldata_calls(&c, 1);
    escrow_register_node(&c, s->contract);
    code = session_transact(s, &c, &r, &sent);
    if (code || !sent) return code;
    code = session_print(s, session_receipt_json(s, &r, calldata_span(&c).n));
    chain_receipt_free(&r);
    return code;
}

int command_chain(const cli_args *a)
{
    session s;
    const bool is_status = strcmp(a->operand[0], "status") == 0;
    if (!is_status && strcmp(a->operand[0], "register"))
        return cli_fail(EXIT_USAGE, "chain %s: must be status or register", a->operand[0]);
    int code = session_open(&s, a);
    if (!code) code = is_status ? status(&s) : enrol(&s);
    session_close(&s);
    return code;
}

int command_earnings(const cli_args *a)
{
    session s;
    int code = session_open(&s, a);
    felt provider = s.who.address;
    json_t *j = json_object();
    if (!code) code = session_felt(a, OPT_PROVIDER, &provider);
    if (!code && (felt_is_zero(provider) || felt_is_zero(s.token)))
        code = cli_fail(EXIT_USAGE, "earnings needs --provider (or --account) and a token");
    const felt arguments[2] = {provider, s.token};
    json_object_set_new(j, "provider", session_json_felt(provider));
    json_object_set_new(j, "token", session_json_felt(s.token));
    if (!code) code = number_of(&s, j, "earnings", "get_user_earnings", (felt_span){arguments, 2});
    if (!code)
        code = session_print(&s, j);
    else
        json_decref(j);
    session_close(&s);
    return code;
}
