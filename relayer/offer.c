/* offer.c - see offer.h. */
#include "relayer/offer.h"

#include "market/amount.h"
#include "market/base64.h"
#include "market/hex.h"
#include "relayer/app.h"
#include "relayer/own_program.h"
#include "relayer/schema.h"
#include "relayer/standing.h"
#include "relayer/ticket.h"
#include "relayer/verify.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASSIGN_GRACE_MS 60000
#define TOKEN 16

static json_t *candidates(const pool *p, const score_result *best)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < best->n; i++)
        (void)json_array_append_new(list, json_pack("{s:s, s:i}", "node_id",
                                                    p->session[best->pick[i].node]->id, "score_ppm",
                                                    (int)best->pick[i].score));
    return list;
}

static json_t *job_json(const demand *q, const node_session *s, felt chain_id, const char *input)
{
    char context[57];
    memset(context, '0', 56);
    context[56] = 0;
    json_t *j =
        json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:s}", "program", q->program, "program_id",
                  q->program_id, "input_commitment", q->input_commitment, "input_sha256",
                  q->input_sha256, "input_bytes", (json_int_t)q->input_bytes, "profile", q->profile,
                  "io", q->io_mode, "vm", "rv32im-v1");
    if (own_program_is(q->program)) {
        char url[96];
        (void)snprintf(url, sizeof url, "/api/v1/blobs/%s", q->program);
        (void)json_object_set_new(j, "program_url", json_string(url));
    }
    char cycles[24];
    (void)snprintf(cycles, sizeof cycles, "%lld", (long long)q->max_cycles);
    (void)json_object_set_new(j, "max_cycles", json_string(cycles));
    if (input != NULL)
        (void)json_object_set_new(j, "inline_input_b64", json_string(input));
    else {
        char url[96];
        (void)snprintf(url, sizeof url, "/api/v1/blobs/%s", q->input_sha256);
        (void)json_object_set_new(j, "input_url", json_string(url));
    }
    if (q->chain_task_id[0] != 0)
        verify_context_hex(context, chain_id, q->chain_contract, q->chain_task_id, s->address);
    (void)json_object_set_new(j, "context", json_string(context));
    return j;
}

static char *inline_input(core *c, const demand *q)
{
    char *text = NULL;
    size_t n;
    db_rows *r = db_query(core_db(c), "SELECT input FROM task WHERE id = ?", DB_T(q->id));
    if (db_next(r) && !db_is_null(r, 0)) {
        const uint8_t *bytes = db_bytes(r, 0, &n);
        text = malloc(BASE64_TEXT(n));
        if (text != NULL) (void)base64_write(text, bytes, n);
    }
    db_end(r);
    return text;
}

/* Until when the relayer tries to have the node assigned. What it had assigned to a node that was
 * lost ends first, and that may be later (max_execution_time). */
static int64_t assign_by(core *c, const demand *q, const char *address, int64_t now)
{
    const app *a = core_user(c);
    int64_t until = now + (int64_t)a->set.assign_ms;
    db_rows *r = db_query(core_db(c),
                          "SELECT assigned_until FROM settlement WHERE task_id = ? AND assigned_to"
                          " <> ? AND assigned_until IS NOT NULL",
                          DB_T(q->id), DB_T(address));
    if (db_next(r) && db_int(r, 0) > until / 1000) until = db_int(r, 0) * 1000;
    db_end(r);
    return until + ASSIGN_GRACE_MS;
}

/* What a node is told of an attempt, now or again. */
typedef struct {
    int64_t n, offer_until, start_by, lease_until;
    const char *token;
    u256 price;
} offered;

/* The escrow of the task: the relayer's ticket for it, and where it is. */
static void add_chain(core *c, json_t *m, const demand *q, const node_session *s, const offered *o)
{
    const app *a = core_user(c);
    const ticket_facts f = {.chain_id = a->chain_id,
                            .contract = q->chain_contract,
                            .task = q->id,
                            .node = s->id,
                            .program_id = q->program_id,
                            .input_sha256 = q->input_sha256,
                            .profile = q->profile,
                            .io = q->io_mode,
                            .attempt = o->n,
                            .max_cycles = q->max_cycles,
                            .price = o->price,
                            .lease_until_ms = o->lease_until};
    json_t *ticket = ticket_make(&a->me, &f);
    if (ticket == NULL) core_fail(c);
    (void)db_run(core_db(c), "UPDATE attempt SET job_commitment = ? WHERE task_id = ? AND n = ?",
                 DB_T(json_string_value(json_object_get(ticket, "job_commitment"))), DB_T(q->id),
                 DB_I(o->n));
    (void)json_object_set_new(m, "ticket", ticket);
    (void)json_object_set_new(m, "chain",
                              json_pack("{s:s, s:s, s:b, s:I}", "contract", q->chain_contract,
                                        "task_id", q->chain_task_id, "assign",
                                        a->set.account[0] != 0, "assign_by",
                                        (json_int_t)assign_by(c, q, s->address, core_now(c))));
}

/* Of a run that was measured, by which it is priced (read_work of demand.c). */
static json_t *work_json(const demand *q)
{
    char cycles[24], rows[24];
    (void)snprintf(cycles, sizeof cycles, "%lld", (long long)q->work_cycles);
    (void)snprintf(rows, sizeof rows, "%lld", (long long)q->work_rows);
    return json_pack("{s:s, s:s}", "cycles", cycles, "rows", rows);
}

static void tell(core *c, const demand *q, const node_session *s, const offered *o)
{
    const app *a = core_user(c);
    char assignment[UUID_TEXT + 24], price[U256_TEXT];
    (void)snprintf(assignment, sizeof assignment, "%s.%lld", q->id, (long long)o->n);
    u256_write_text(price, o->price);
    const bool is_inline = q->input_bytes <= SCHEMA_INLINE;
    char *input = is_inline ? inline_input(c, q) : NULL;
    if (is_inline && input == NULL) input = strdup(""); /* no bytes may be stored as NULL */
    json_t *m =
        json_pack("{s:s, s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:o, s:s, s:s}", "message_type",
                  "task_assignment", "assignment_id", assignment, "task_id", q->id, "attempt",
                  (json_int_t)o->n, "lease_token", o->token, "offer_until",
                  (json_int_t)o->offer_until, "lease_until", (json_int_t)o->lease_until, "deadline",
                  (json_int_t)q->deadline, "start_by", (json_int_t)o->start_by, "job",
                  job_json(q, s, a->chain_id, input), "price", price, "upload_token", o->token);
    free(input);
    json_t *need = json_loads(q->requirements, 0, NULL);
    if (m != NULL && need != NULL) (void)json_object_set(m, "requirements", need);
    json_decref(need);
    if (m != NULL && q->work_rows > 0) (void)json_object_set_new(m, "work", work_json(q));
    if (m != NULL && q->chain_task_id[0] != 0) add_chain(c, m, q, s, o);
    node_send(c, s, m);
}

/* The attempt's row, and what its node is told. */
static void offer_slot(core *c, demand *q, const pool *p, const score_result *best, unsigned pick,
                       size_t slot)
{
    app *a = core_user(c);
    const settings *t = &a->set;
    node_session *s = p->session[best->pick[pick].node];
    const int64_t now = core_now(c), n = ++q->attempts;
    const int64_t asked = now + (int64_t)t->offer_ms,
                  offer_until = asked < q->deadline ? asked : q->deadline,
                  start_by = now + (int64_t)t->start_by_ms;
    uint8_t random[TOKEN];
    char token[2 * TOKEN + 1], price[U256_TEXT];
    if (RAND_bytes(random, sizeof random) != 1) {
        core_fail(c);
        return;
    }
    hex_write(token, random, sizeof random);
    u256_write_text(price, best->pick[pick].price);
    json_t *list = candidates(p, best);
    char *list_text = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    standing_took(c, s);
    (void)db_run(core_db(c),
                 "INSERT INTO attempt(task_id, n, slot, node_id, account, proven, session,"
                 " lease_token, offered_at, offer_until, start_by, lease_until,"
                 " progress_ppm, candidates, quota_day, price)"
                 " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)",
                 DB_T(q->id), DB_I(n), DB_I(slot), DB_T(s->id), DB_T(s->address),
                 DB_I(s->node.account_proven), DB_T(s->session), DB_T(token), DB_I(now),
                 DB_I(offer_until), DB_I(start_by), DB_I(offer_until), DB_T(list_text),
                 DB_I(s->quota.day), DB_T(price));
    free(list_text);
    /* Another relayer may just be offering a slot of it. */
    if (db_run(core_db(c), "UPDATE task SET attempts = ? WHERE id = ? AND attempts = ?", DB_I(n),
               DB_T(q->id), DB_I(n - 1)) != 1) {
        core_fail(c);
        return;
    }
    const offered o = {n,     offer_until,           start_by, now + (int64_t)t->lease_ms,
                       token, best->pick[pick].price};
    tell(c, q, s, &o);
    p->node[best->pick[pick].node] = s->node;
}

void offer_again(core *c, const node_session *s, const char *task, int64_t n)
{
    demand q;
    char token[2 * TOKEN + 1] = "";
    offered o = {.n = n, .token = token};
    if (!demand_find(c, &q, task)) return;
    db_rows *r = db_query(core_db(c),
                          "SELECT offer_until, start_by, lease_until, acked_at, lease_token, price"
                          " FROM attempt WHERE task_id = ? AND n = ? AND node_id = ?"
                          " AND outcome IS NULL AND result IS NULL",
                          DB_T(task), DB_I(n), DB_T(s->id));
    bool found = db_next(r);
    if (found) {
        const char *price = db_text(r, 5);
        o.offer_until = db_int(r, 0);
        o.start_by = db_int(r, 1);
        o.lease_until = db_is_null(r, 3)
                            ? core_now(c) + (int64_t)((const app *)core_user(c))->set.lease_ms
                            : db_int(r, 2);
        db_copy(token, sizeof token, r, 4);
        found = price != NULL && amount_read(&o.price, price, strlen(price)) == SP_OK;
    }
    db_end(r);
    if (found) tell(c, &q, s, &o);
    demand_free(&q);
}

/* Each empty slot gets one of the best, as far as they go: with fewer nodes than slots the task
 * stays in the queue while the others work. */
static void offer(core *c, demand *q, const pool *p, const score_result *best)
{
    task_brief t;
    unsigned pick = 0;
    for (size_t i = 0; i < q->slot.n && pick < best->n; i++)
        if (q->slot.at[i] == ATTEMPT_STATES) offer_slot(c, q, p, best, pick++, i);
    if (pick < slots_empty(&q->slot)) demand_put_off(c, q, 1000);
    if (task_find(core_db(c), &t, q->id) && t.state == TASK_QUEUED)
        slots_follow(c, &t, "relayer", p->session[best->pick[0].node]->id);
    else
        core_fail(c);
}

void offer_one(core *c, void *arg)
{
    offering *o = arg;
    node_session *s = o->p->session[o->best->pick[0].node];
    o->taken = !task_hold_if(c, o->q->id, o->q->version);
    if (o->taken) return;
    o->gone = !node_is_ours(c, s);
    if (o->gone) return;
    offer(c, o->q, o->p, o->best);
}
