/* escrow_view.c - views: arguments, call, parser. */
#include "starknet/escrow_view.h"

#include "starknet/selector.h"

#include <string.h>

#define MAX_ARGS 4
#define MAX_PAGE 100                  /* of get_user_tasks, in the contract */
#define MAX_RESULT (1 + 2 * MAX_PAGE) /* felts */

typedef struct {
    felt args[MAX_ARGS], result[MAX_RESULT];
    calldata_writer c;
    felt_span got;
    const char *block;
} view;

static void begin(view *v)
{
    calldata_init(&v->c, v->args, MAX_ARGS);
    v->block = "latest";
}

static sp_status ask(rpc *r, view *v, felt contract, const char *name, rpc_error *err)
{
    size_t n = MAX_RESULT;
    SP_TRY(calldata_status(&v->c));
    SP_TRY(chain_call(r, v->result, &n, contract, selector_from_name(name), calldata_span(&v->c),
                      v->block, err));
    v->got.v = v->result;
    v->got.n = n;
    return SP_OK;
}

static sp_status get_task(rpc *r, escrow_task *out, felt contract, u256 id, const char *block,
                          rpc_error *err)
{
    view v;
    escrow_task t;
    begin(&v);
    v.block = block;
    calldata_u256(&v.c, id);
    SP_TRY(ask(r, &v, contract, "get_task", err));
    SP_TRY(escrow_parse_task(&t, v.got));
    if (felt_is_zero(t.creator)) {
        if (err) memset(err, 0, sizeof *err);
        return SP_ERR_REJECT;
    }
    *out = t;
    return SP_OK;
}

static sp_status get_task_ext(rpc *r, escrow_task_ext *out, felt contract, u256 id,
                              const char *block, rpc_error *err)
{
    view v;
    begin(&v);
    v.block = block;
    calldata_u256(&v.c, id);
    SP_TRY(ask(r, &v, contract, "get_task_ext", err));
    return escrow_parse_task_ext(out, v.got);
}

sp_status escrow_get_task(rpc *r, escrow_task *out, felt contract, u256 id, rpc_error *err)
{
    return get_task(r, out, contract, id, "latest", err);
}

sp_status escrow_get_task_ext(rpc *r, escrow_task_ext *out, felt contract, u256 id, rpc_error *err)
{
    return get_task_ext(r, out, contract, id, "latest", err);
}

sp_status escrow_get_task_at(rpc *r, escrow_task *task, escrow_task_ext *ext, felt contract,
                             u256 id, felt block, rpc_error *err)
{
    char hash[FELT_HEX];
    escrow_task t;
    (void)felt_write_hex(hash, block);
    SP_TRY(get_task(r, &t, contract, id, hash, err));
    SP_TRY(get_task_ext(r, ext, contract, id, hash, err));
    *task = t;
    return SP_OK;
}

sp_status escrow_statement_of(rpc *r, escrow_statement *out, felt contract, u256 id, felt provider,
                              felt result_hash, rpc_error *err)
{
    view v;
    begin(&v);
    calldata_u256(&v.c, id);
    calldata_felt(&v.c, provider);
    calldata_felt(&v.c, result_hash);
    SP_TRY(ask(r, &v, contract, "statement_of", err));
    return escrow_parse_statement(out, v.got);
}

sp_status escrow_get_node_info(rpc *r, escrow_node *out, felt contract, felt provider,
                               rpc_error *err)
{
    view v;
    begin(&v);
    calldata_felt(&v.c, provider);
    SP_TRY(ask(r, &v, contract, "get_node_info", err));
    return escrow_parse_node(out, v.got);
}

sp_status escrow_get_user_tasks(rpc *r, u256 *ids, size_t *n, felt contract, felt user,
                                uint64_t offset, rpc_error *err)
{
    view v;
    begin(&v);
    calldata_felt(&v.c, user);
    calldata_u64(&v.c, offset);
    calldata_u64(&v.c, *n < MAX_PAGE ? *n : MAX_PAGE);
    SP_TRY(ask(r, &v, contract, "get_user_tasks", err));
    return escrow_parse_ids(ids, n, v.got);
}

sp_status escrow_get_user_earnings(rpc *r, u256 *out, felt contract, felt provider, felt token,
                                   rpc_error *err)
{
    view v;
    begin(&v);
    calldata_felt(&v.c, provider);
    calldata_felt(&v.c, token);
    SP_TRY(ask(r, &v, contract, "get_user_earnings", err));
    return escrow_parse_u256(out, v.got);
}

sp_status escrow_balance_of(rpc *r, u256 *out, felt token, felt owner, rpc_error *err)
{
    view v;
    begin(&v);
    calldata_felt(&v.c, owner);
    SP_TRY(ask(r, &v, token, "balance_of", err));
    return escrow_parse_u256(out, v.got);
}
