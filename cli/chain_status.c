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

/* A change that the owner announced: who dislikes it leaves before it can come. */
static int scheduled(session *s, json_t *j, const char *name, const char *view)
{
    felt out[4];
    size_t n = SP_COUNT(out);
    uint64_t ready_at;
    char at[64];
    const int code = session_view(s, out, &n, view);
    if (code) return code;
    if (n != 2 || felt_to_u64(&ready_at, out[1]) != SP_OK)
        return cli_fail(EXIT_IO, "%s: the contract's answer is not the marketplace's", view);
    if (felt_is_zero(out[0])) return 0;
    json_object_set_new(j, name, session_json_felt(out[0]));
    snprintf(at, sizeof at, "%s_ready_at", name);
    json_object_set_new(j, at, json_integer((json_int_t)ready_at));
    return 0;
}

/* Whether --account may be paid. */
static int provider_status(session *s, json_t *j)
{
    static const char *const names[] = {"inactive", "active", "suspended"};
    escrow_node node;
    rpc_error e;
    if (felt_is_zero(s->who.address)) return 0;
    const sp_status st = escrow_get_node_info(s->node, &node, s->contract, s->who.address, &e);
    if (st != SP_OK) return session_failed(st, &e, "get_node_info");
    json_object_set_new(j, "provider", json_string(names[node.status]));
    json_object_set_new(j, "tier", json_integer(node.tier));
    return 0;
}

/* Each setting, and who said it. */
static void add_settings(json_t *j, const settings *set)
{
    json_t *list = json_array();
    char host[256];
    for (unsigned i = 0; i < N_SETTINGS; i++) {
        if (!set->value[i]) continue;
        const bool in_file = strcmp(set->from[i], "file") == 0;
        for (unsigned k = 0; k < (i == SET_RPC ? set->n_rpc : 1); k++) {
            const char *value = set->value[i];
            if (i == SET_RPC) settings_host(host, sizeof host, set->rpc[k]), value = host;
            json_array_append_new(list,
                                  json_pack("{s:s,s:s,s:s}", "setting", setting_names[i], "value",
                                            value, "from", in_file ? set->file : set->from[i]));
        }
    }
    json_object_set_new(j, "settings", list);
}

static int told(const cli_args *a)
{
    settings set;
    json_t *j = json_object();
    int code = settings_read(&set, a);
    if (!code) {
        if (set.file) json_object_set_new(j, "file", json_string(set.file));
        add_settings(j, &set);
        code = report_print(a, j);
    } else {
        json_decref(j);
    }
    settings_free(&set);
    return code;
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
        report_hex(j, "air_id", out[3], ESCROW_PROGRAM_BYTES); /* as `sprove version` has it */
    }
    if (!code) code = scheduled(s, j, "scheduled_upgrade", "get_scheduled_upgrade");
    if (!code) code = scheduled(s, j, "scheduled_verifier", "get_scheduled_verifier");
    n = SP_COUNT(out);
    if (!code) code = session_view(s, out, &n, "get_treasury");
    if (!code && n == 1) {
        json_object_set_new(j, "treasury", session_json_felt(out[0]));
        code = balance(s, j, "treasury_balance", out[0]);
    }
    if (!code) code = balance(s, j, "contract_balance", s->contract);
    if (!code) code = balance(s, j, "account_balance", s->who.address);
    if (!code) code = provider_status(s, j);
    if (!code) add_settings(j, &s->set);
    if (code) {
        json_decref(j);
        return code;
    }
    return report_print(s->args, j);
}

static int enrol(session *s)
{
    felt room[16];
    calldata_writer c;
    chain_receipt r;
    bool sent;
    size_t felts;
    calldata_init(&c, room, SP_COUNT(room));
    calldata_calls(&c, 1);
    escrow_register_node(&c, s->contract);
    int code = session_transact(s, &c, &r, &sent, &felts);
    if (code || !sent) return code;
    code = report_print(s->args, session_receipt_json(s, &r, felts));
    chain_receipt_free(&r);
    return code;
}

static int pending(session *s)
{
    json_t *list = json_array(), *j = json_object();
    if (felt_is_zero(s->who.address)) {
        json_decref(list);
        json_decref(j);
        return cli_fail(EXIT_USAGE, "--account is needed");
    }
    const int code = session_pending(s, list);
    json_object_set_new(j, "pending", list);
    if (!code) return report_print(s->args, j);
    json_decref(j);
    return code;
}

int command_chain(const cli_args *a)
{
    static const char *const actions[] = {"status", "settings", "register", "pending", "forget"};
    session s;
    unsigned which = 0;
    while (which < SP_COUNT(actions) && strcmp(a->operand[0], actions[which])) which++;
    if (which == SP_COUNT(actions))
        return cli_fail(EXIT_USAGE,
                        "chain %s: must be status, settings, register, pending or forget",
                        a->operand[0]);
    if ((a->n_operands == 2) != (which == 4))
        return cli_fail(EXIT_USAGE,
                        which == 4 ? "chain forget needs the hash of a transaction"
                                   : "chain %s takes nothing else",
                        a->operand[0]);
    if (which == 1) return told(a);
    int code = session_open(&s, a,
                            which == 0   ? SESSION_LOOK
                            : which == 2 ? SESSION_SEND
                                         : SESSION_NETWORK);
    if (!code) switch (which) {
        case 0: code = status(&s); break;
        case 2: code = enrol(&s); break;
        case 3: code = pending(&s); break;
        default:
            if (felt_is_zero(s.who.address))
                code = cli_fail(EXIT_USAGE, "--account is needed");
            else
                code = session_forget(&s, a->operand[1]);
        }
    session_close(&s);
    return code;
}

int command_earnings(const cli_args *a)
{
    session s;
    int code = session_open(&s, a, SESSION_LOOK);
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
        code = report_print(a, j);
    else
        json_decref(j);
    session_close(&s);
    return code;
}
