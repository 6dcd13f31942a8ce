/* chain_status.c - `sprove chain`: the contract and its network; `sprove earnings`: what a provider
 * was paid. */
#include "cli/chain_session.h"
#include "cli/commands.h"
#include "cli/task.h"
#include "starknet/selector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int number_of(session *s, json_t *j, const char *name, const char *view)
{
    felt out[4];
    size_t n = SP_COUNT(out);
    u256 v;
    const int code = session_view(s, out, &n, view);
    if (code) return code;
    if (escrow_parse_u256(&v, (felt_span){out, n}) != SP_OK)
        return cli_fail(EXIT_IO, "%s: the contract's answer is not the marketplace's", view);
    json_object_set_new(j, name, session_json_number(v));
    return 0;
}

/* What an address has of the token, if both are known. */
static int balance(session *s, json_t *j, const char *name, felt of)
{
    u256 v;
    rpc_error e;
    if (felt_is_zero(s->token) || felt_is_zero(of)) return 0;
    const sp_status st = escrow_balance_of(s->node, &v, s->token, of, &e);
    if (st != SP_OK) return session_failed(st, &e, "balance_of");
    json_object_set_new(j, name, session_json_number(v));
    return 0;
}

static int status(session *s)
{
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
    code = number_of(s, j, "tasks", "get_task_count");
    if (!code) code = number_of(s, j, "fee_percent", "get_fee_percent");
    if (!code) code = number_of(s, j, "gas_subsidy_percent", "get_gas_subsidy_percent");
    if (!code) code = session_view(s, out, &n, "get_verifier_params");
    if (!code && n == 13) { /* class hash, then the twelve parameters */
        json_object_set_new(j, "verifier_class", session_json_felt(out[0]));
        json_object_set_new(j, "air_id", session_json_felt(out[3]));
    }
    n = SP_COUNT(out);
    if (!code) code = session_view(s, out, &n, "get_treasury");
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
    u256 v = {0, 0};
    rpc_error e;
    if (!code) {
        const sp_status st =
            escrow_get_user_earnings(s.node, &v, s.contract, provider, s.token, &e);
        if (st != SP_OK) code = session_failed(st, &e, "get_user_earnings");
    }
    json_object_set_new(j, "provider", session_json_felt(provider));
    json_object_set_new(j, "token", session_json_felt(s.token));
    json_object_set_new(j, "earnings", session_json_number(v));
    if (!code)
        code = session_print(&s, j);
    else
        json_decref(j);
    session_close(&s);
    return code;
}
