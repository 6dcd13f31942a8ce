/* api_chain.c - the contract's views, for anybody: tasks, a user's tasks, a provider's earnings, a
 * node. On the thread of chain_view.h. */
#include "relayer/api.h"

#include "market/hex.h"
#include "relayer/app.h"
#include "relayer/guard.h"
#include "relayer/rest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_IDS 100 /* that the contract gives at once */

/* NULL with SP_OK: there is none. */
typedef sp_status (*asking)(call *c, chain_view *v, json_t **out, rpc_error *err);

static json_t *felt_json(felt a)
{
    char text[FELT_HEX];
    if (felt_is_zero(a)) return json_null();
    (void)felt_write_hex(text, a);
    return json_string(text);
}

static json_t *amount_json(u256 v)
{
    char text[U256_TEXT];
    u256_write_text(text, v);
    return json_string(text);
}

/* As everywhere else in the API: lower-case hexadecimal of the bytes. */
static json_t *digest_json(felt a, size_t bytes)
{
    uint8_t b[32];
    char hex[65];
    if (felt_is_zero(a) || escrow_bytes(b, bytes, a) != SP_OK) return json_null();
    hex_write(hex, b, bytes);
    return json_string(hex);
}

static json_t *time_json(uint64_t seconds)
{
    return seconds == 0 ? json_null() : json_integer((json_int_t)seconds);
}

static json_t *task_view(u256 id, const escrow_task *t, const escrow_task_ext *x, felt contract)
{
    static const char *const status[] = {"created", "assigned", "completed", "cancelled",
                                         "settled"};
    char cycles[24], used[24];
    (void)snprintf(cycles, sizeof cycles, "%" PRIu64, x->max_cycles);
    (void)snprintf(used, sizeof used, "%" PRIu64, x->cycles);
    const bool paid = x->status == ESCROW_COMPLETED;
    return json_pack(
        "{s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:i, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, "
        "s:o, s:o, s:o, s:o, s:o, s:o}",
        "contract", felt_json(contract), "task_id", amount_json(id), "status",
        (size_t)x->status < SP_COUNT(status) ? status[x->status] : "unknown", "creator",
        felt_json(t->creator), "provider", felt_json(x->provider), "token", felt_json(t->token),
        "amount", amount_json(t->amount), "required_tier", (int)t->required_tier, "task_hash",
        felt_json(t->task_hash), "program_id", digest_json(x->program_id, ESCROW_PROGRAM_BYTES),
        "input_commitment", digest_json(x->input_commitment, ESCROW_DIGEST_BYTES), "max_cycles",
        cycles, "created_at", time_json(x->created_at), "assigned_at", time_json(x->assigned_at),
        "assign_deadline", time_json(x->assign_deadline), "deadline", time_json(x->deadline),
        "settled_at", time_json(x->settled_at), "result_hash",
        digest_json(x->result_hash, ESCROW_DIGEST_BYTES), "cycles",
        paid ? json_string(used) : json_null(), "provider_payout",
        paid ? amount_json(x->split.provider_payout) : json_null(), "gas_subsidy",
        paid ? amount_json(x->split.gas_subsidy) : json_null(), "treasury_fee",
        paid ? amount_json(x->split.treasury_fee) : json_null(), "statement_hash",
        felt_json(x->statement_hash));
}

/* ---- what comes in ---- */

static bool bad(call *c, const char *what, const char *how)
{
    http_problem(&c->s, &c->q, 400, "validation_failed", "%s %s", what, how);
    return false;
}

static bool read_address(call *c, felt *out, const char *text, const char *what)
{
    if (strncmp(text, "0x", 2) == 0 && felt_read_hex(out, text, strlen(text)) == SP_OK &&
        !felt_is_zero(*out))
        return true;
    return bad(c, what, "must be an address: 0x and hex digits, below the field's prime");
}

static bool read_number(call *c, uint64_t *out, const char *name, uint64_t low, uint64_t high)
{
    const char *text = http_param(&c->q, name);
    if (text == NULL || (guard_parse_length(out, text) && *out >= low && *out <= high)) return true;
    char how[64];
    (void)snprintf(how, sizeof how, "must be %" PRIu64 " to %" PRIu64, low, high);
    return bad(c, name, how);
}

/* names: the parameters that the view takes, ended by NULL. */
static bool read_names(call *c, const char *const *names)
{
    for (size_t i = 0; i < c->q.n_params; i++) {
        const char *name = c->q.params[i].name;
        const char *const *known = names;
        while (*known != NULL && strcmp(*known, name) != 0) known++;
        if (*known == NULL) {
            http_problem(&c->s, &c->q, 400, "unknown_field", "this view takes no parameter %.40s",
                         name);
            return false;
        }
        if (http_param(&c->q, name) != c->q.params[i].value) return bad(c, *known, "comes twice");
    }
    return true;
}

static void unavailable(call *c, const char *why)
{
    http_add_header(&c->s, "Retry-After", "5");
    http_problem(&c->s, &c->q, 503, "starknet_unavailable", "%s", why);
}

/* From what is kept, or by asking. key: of this very question. */
static void answer(call *c, const char *key, asking ask)
{
    chain_view *v = &rest_of(c->a)->chain;
    json_t *j = NULL;
    rpc_error err;
    memset(&err, 0, sizeof err);
    if (c->a->set.rpc[0] == 0) {
        unavailable(c, "this relayer has no chain");
        return;
    }
    if (!chain_view_find(v, key, &j)) {
        if (!chain_view_may_ask(v, c->start_ns)) {
            unavailable(c, "no node of the chain answers");
            return;
        }
        const sp_status s = ask(c, v, &j, &err);
        if (s != SP_OK) {
            /* What the node refuses is an answer: it is there. */
            if (s != SP_ERR_REJECT) chain_view_failed(v);
            unavailable(c, s == SP_ERR_REJECT ? "the contract's view fails"
                                              : "no node of the chain answers");
            return;
        }
        chain_view_keep(v, key, j);
    }
    http_add_header(&c->s, "Cache-Control", "public, max-age=5");
    if (j != NULL)
        http_json(&c->s, 200, j);
    else
        http_problem(&c->s, &c->q, 404, "not_found", "the contract has no such task");
}

/* ---- the views ---- */

static sp_status ask_task(call *c, chain_view *v, json_t **out, rpc_error *err)
{
    escrow_task t;
    escrow_task_ext x;
    u256 id;
    SP_TRY(u256_read_text(&id, c->variable[0]));
    sp_status s = escrow_get_task(v->e.any, &t, v->contract, id, err);
    if (s == SP_ERR_REJECT && err->code == 0) return SP_OK;
    if (s == SP_OK) s = escrow_get_task_ext(v->e.any, &x, v->contract, id, err);
    if (s == SP_OK) *out = task_view(id, &t, &x, v->contract);
    return s;
}

void api_chain_task(call *c, db *d, core *k)
{
    static const char *const none[] = {NULL};
    char key[CHAIN_VIEW_KEY];
    u256 id;
    (void)d;
    (void)k;
    if (!read_names(c, none)) return;
    if (strspn(c->variable[0], "0123456789") != strlen(c->variable[0]) ||
        u256_read_text(&id, c->variable[0]) != SP_OK) {
        (void)bad(c, "the task's number", "must be decimal digits, below 2^256");
        return;
    }
    (void)snprintf(key, sizeof key, "task %s", c->variable[0]);
    answer(c, key, ask_task);
}

static sp_status ask_user(call *c, chain_view *v, json_t **out, rpc_error *err)
{
    u256 ids[MAX_IDS];
    uint64_t offset = 0, limit = MAX_IDS;
    felt user;
    (void)!read_number(c, &offset, "offset", 0, INT64_MAX);
    (void)!read_number(c, &limit, "limit", 1, MAX_IDS);
    size_t n = (size_t)limit;
    SP_TRY(felt_read_hex(&user, c->variable[0], strlen(c->variable[0])));
    SP_TRY(escrow_get_user_tasks(v->e.any, ids, &n, v->contract, user, offset, err));
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) (void)json_array_append_new(list, amount_json(ids[i]));
    *out = json_pack("{s:o, s:o, s:o, s:I, s:o}", "contract", felt_json(v->contract), "user",
                     felt_json(user), "items", list, "offset", (json_int_t)offset, "next_offset",
                     n == limit ? json_integer((json_int_t)(offset + n)) : json_null());
    return SP_OK;
}

void api_chain_user(call *c, db *d, core *k)
{
    static const char *const names[] = {"offset", "limit", NULL};
    char key[CHAIN_VIEW_KEY], hex[FELT_HEX];
    uint64_t offset = 0, limit = MAX_IDS;
    felt user;
    (void)d;
    (void)k;
    if (!read_names(c, names) || !read_address(c, &user, c->variable[0], "the user") ||
        !read_number(c, &offset, "offset", 0, INT64_MAX) ||
        !read_number(c, &limit, "limit", 1, MAX_IDS))
        return;
    (void)felt_write_hex(hex, user);
    (void)snprintf(key, sizeof key, "user %s %" PRIu64 " %" PRIu64, hex, offset, limit);
    answer(c, key, ask_user);
}

static const char *token_of(const call *c)
{
    const char *token = http_param(&c->q, "token");
    return token != NULL ? token : ESCROW_STRK;
}

static sp_status ask_earnings(call *c, chain_view *v, json_t **out, rpc_error *err)
{
    felt who, token;
    u256 sum;
    SP_TRY(felt_read_hex(&who, c->variable[0], strlen(c->variable[0])));
    SP_TRY(felt_read_hex(&token, token_of(c), strlen(token_of(c))));
    SP_TRY(escrow_get_user_earnings(v->e.any, &sum, v->contract, who, token, err));
    *out = json_pack("{s:o, s:o, s:o, s:o}", "contract", felt_json(v->contract), "provider",
                     felt_json(who), "token", felt_json(token), "earnings", amount_json(sum));
    return SP_OK;
}

void api_chain_earnings(call *c, db *d, core *k)
{
    static const char *const names[] = {"token", NULL};
    char key[CHAIN_VIEW_KEY], hex[FELT_HEX], token_hex[FELT_HEX];
    felt who, token;
    (void)d;
    (void)k;
    if (!read_names(c, names) || !read_address(c, &who, c->variable[0], "the provider") ||
        !read_address(c, &token, token_of(c), "token"))
        return;
    (void)felt_write_hex(hex, who);
    (void)felt_write_hex(token_hex, token);
    (void)snprintf(key, sizeof key, "earnings %s %s", hex, token_hex);
    answer(c, key, ask_earnings);
}

static sp_status ask_node(call *c, chain_view *v, json_t **out, rpc_error *err)
{
    static const char *const status[] = {"inactive", "active", "suspended"};
    felt who;
    escrow_node n;
    SP_TRY(felt_read_hex(&who, c->variable[0], strlen(c->variable[0])));
    SP_TRY(escrow_get_node_info(v->e.any, &n, v->contract, who, err));
    *out = json_pack("{s:o, s:o, s:s, s:i, s:i, s:o}", "contract", felt_json(v->contract),
                     "address", felt_json(who), "status",
                     (size_t)n.status < SP_COUNT(status) ? status[n.status] : "unknown", "tier",
                     (int)n.tier, "granted_tier", (int)n.granted_tier, "public_key",
                     felt_json(n.public_key));
    return SP_OK;
}

void api_chain_node(call *c, db *d, core *k)
{
    static const char *const none[] = {NULL};
    char key[CHAIN_VIEW_KEY], hex[FELT_HEX];
    felt who;
    (void)d;
    (void)k;
    if (!read_names(c, none) || !read_address(c, &who, c->variable[0], "the node")) return;
    (void)felt_write_hex(hex, who);
    (void)snprintf(key, sizeof key, "node %s", hex);
    answer(c, key, ask_node);
}
