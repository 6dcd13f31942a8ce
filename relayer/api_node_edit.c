/* api_node_edit.c - what an administrator changes of a node, and what a node has earned. */
#include "relayer/admin.h"
#include "relayer/api.h"
#include "relayer/app.h"
#include "relayer/check.h"
#include "relayer/node.h"

#include "market/amount.h"
#include "starknet/calldata.h"

#include <stdio.h>
#include <string.h>

static void no_such_node(call *c)
{
    http_problem(&c->s, &c->q, 404, "not_found", "there is no node of this id");
}

typedef struct {
    char base[U256_TEXT], mcycle[U256_TEXT], region[APP_REGION];
    int64_t capacity, version;
    bool draining;
} terms;

static bool find(terms *t, db *d, const char *id)
{
    memset(t, 0, sizeof *t);
    db_rows *r = db_query(d,
                          "SELECT price_base, price_mcycle, region, max_concurrent, draining,"
                          " version FROM node WHERE id = ?" DB_LOCK,
                          DB_T(id));
    const bool found = db_next(r);
    if (found) {
        (void)snprintf(t->base, sizeof t->base, "%s", db_text(r, 0));
        (void)snprintf(t->mcycle, sizeof t->mcycle, "%s", db_text(r, 1));
        (void)snprintf(t->region, sizeof t->region, "%s", db_text(r, 2));
        t->capacity = db_int(r, 3);
        t->draining = db_int(r, 4) != 0;
        t->version = db_int(r, 5);
    }
    db_end(r);
    return found;
}

/* False: c is answered. */
static bool read_terms(call *c, terms *t)
{
    static const char *const names[] = {"price", "capacity", "region", "draining", NULL};
    static const char *const prices[] = {"base_fri", "per_mcycle_fri", NULL};
    static const char *const capacities[] = {"max_concurrent", NULL};
    check m;
    u256 v;
    check_init(&m);
    check_known(&m, c->body, "", names);
    const json_t *price = check_object(&m, c->body, "", "price", false);
    const json_t *capacity = check_object(&m, c->body, "", "capacity", false);
    if (price != NULL) {
        check_known(&m, price, "/price", prices);
        if (check_amount(&m, &v, price, "/price", "base_fri", false)) u256_write_text(t->base, v);
        if (check_amount(&m, &v, price, "/price", "per_mcycle_fri", false))
            u256_write_text(t->mcycle, v);
    }
    if (capacity != NULL) {
        check_known(&m, capacity, "/capacity", capacities);
        t->capacity = check_int(&m, capacity, "/capacity", "max_concurrent", 1, 1024, t->capacity);
    }
    const char *region = check_text(&m, c->body, "", "region", APP_REGION - 1, false);
    if (region != NULL) (void)snprintf(t->region, sizeof t->region, "%s", region);
    t->draining = check_bool(&m, c->body, "", "draining", t->draining);
    const bool ok = check_ok(&m);
    if (!ok) api_refuse_fields(c, &m);
    check_free(&m);
    return ok;
}

void api_node_patch(call *c, db *d, core *k)
{
    const char *id = c->variable[0], *match = c->q.headers[HTTP_IF_MATCH];
    char etag[32];
    terms t;
    if (!find(&t, d, id)) {
        no_such_node(c);
        return;
    }
    (void)snprintf(etag, sizeof etag, "\"v%lld\"", (long long)t.version);
    if (match != NULL && !http_etag_among(match, etag, false)) {
        http_problem(&c->s, &c->q, 412, "precondition_failed", "the node has changed: it is %s now",
                     etag);
        return;
    }
    if (!read_terms(c, &t)) return;
    (void)db_run(d,
                 "UPDATE node SET price_base = ?, price_mcycle = ?, region = ?, max_concurrent = ?,"
                 " draining = ?, version = version + 1 WHERE id = ?",
                 DB_T(t.base), DB_T(t.mcycle), DB_T(t.region), DB_I(t.capacity), DB_I(t.draining),
                 DB_T(id));
    node_changed(k, id);
    admin_note(k, c->who.id, "node", id);
    api_node_show(c, d, k);
}

/* ---- earnings ---- */

static json_t *amount_json(u256 v)
{
    char text[U256_TEXT];
    u256_write_text(text, v);
    return json_string(text);
}

static bool add(u256 *sum, const char *text)
{
    u256 v;
    return text == NULL ||
           (amount_read(&v, text, strlen(text)) == SP_OK && amount_add(sum, *sum, v) == SP_OK);
}

#define OF_NODE                                                                         \
    " FROM attempt a JOIN task t ON t.id = a.task_id AND t.verified_attempt = a.n JOIN" \
    " settlement s ON s.task_id = t.id WHERE a.node_id = ?"

/* Of tasks with an escrow whose proof by this node holds: what the contract has paid, and the
 * escrows that it still holds. */
void api_node_earnings(call *c, db *d, core *k)
{
    u256 payout = amount_from_u64(0), subsidy = payout, all = payout, escrowed = payout;
    json_int_t paid = 0, open = 0;
    bool ok = true;
    (void)k;
    db_rows *r = db_query(d, "SELECT 1 FROM node WHERE id = ?", DB_T(c->variable[0]));
    const bool found = db_next(r);
    db_end(r);
    if (!found) {
        no_such_node(c);
        return;
    }
    /* Tasks that are there, and the sum of those whose rows are gone (past.h). */
    r = db_query(d,
                 "SELECT t.state, s.payout, s.subsidy, t.amount, 1" OF_NODE " UNION ALL SELECT"
                 " 'settled', payout, subsidy, '0', tasks FROM earning_past WHERE node_id = ?",
                 DB_T(c->variable[0]), DB_T(c->variable[0]));
    while (ok && db_next(r)) {
        if (strcmp(db_text(r, 0), "settled") == 0) {
            ok = add(&payout, db_text(r, 1)) && add(&subsidy, db_text(r, 2)) &&
                 add(&all, db_text(r, 1)) && add(&all, db_text(r, 2));
            paid += (json_int_t)db_int(r, 4);
        } else if (strcmp(db_text(r, 0), "refunded") != 0) {
            ok = add(&escrowed, db_text(r, 3));
            open++;
        }
    }
    db_end(r);
    if (!ok) {
        http_problem(&c->s, &c->q, 500, "internal", "the amounts do not add up");
        return;
    }
    http_json(&c->s, 200,
              json_pack("{s:s, s:{s:I, s:o, s:o, s:o}, s:{s:I, s:o}}", "node_id", c->variable[0],
                        "settled", "tasks", paid, "provider_payout", amount_json(payout),
                        "gas_subsidy", amount_json(subsidy), "total", amount_json(all), "pending",
                        "tasks", open, "escrowed", amount_json(escrowed)));
}
