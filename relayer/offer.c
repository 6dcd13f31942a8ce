/* offer.c - see offer.h. */
#include "relayer/offer.h"

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

/* The attempt's row, and what its node is told. */
static void offer_slot(core *c, demand *q, const pool *p, const score_result *best, unsigned pick,
                       size_t slot)
{
    app *a = core_user(c);
    const settings *t = &a->set;
    node_session *s = p->session[best->pick[pick].node];
    const int64_t now = core_now(c), n = ++q->attempts;
    const int64_t offer_until = now + (int64_t)t->offer_ms,
                  start_by = now + (int64_t)t->start_by_ms;
    uint8_t random[TOKEN];
    char token[2 * TOKEN + 1], assignment[UUID_TEXT + 24], price[U256_TEXT];
    if (RAND_bytes(random, sizeof random) != 1) {
        core_fail(c);
        return;
    }
    hex_write(token, random, sizeof random);
    (void)snprintf(assignment, sizeof assignment, "%s.%lld", q->id, (long long)n);
    u256_write_text(price, best->pick[pick].price);
    json_t *list = candidates(p, best);
    char *list_text = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    (void)db_run(
        core_db(c),
        "INSERT INTO attempt(task_id, n, slot, node_id, account, session, lease_token, offered_at,"
        " offer_until, start_by, lease_until, progress_ppm, candidates)"
        " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)",
        DB_T(q->id), DB_I(n), DB_I(slot), DB_T(s->id), DB_T(s->address), DB_T(s->session),
        DB_T(token), DB_I(now), DB_I(offer_until), DB_I(start_by), DB_I(offer_until),
        DB_T(list_text));
    free(list_text);
    /* Another relayer may just be offering a slot of it. */
    if (db_run(core_db(c), "UPDATE task SET attempts = ? WHERE id = ? AND attempts = ?", DB_I(n),
               DB_T(q->id), DB_I(n - 1)) != 1) {
        core_fail(c);
        return;
    }
    standing_took(c, s);
    const bool is_inline = q->input_bytes <= SCHEMA_INLINE;
    char *input = is_inline ? inline_input(c, q) : NULL;
    if (is_inline && input == NULL) input = strdup(""); /* no bytes may be stored as NULL */
    json_t *m =
        json_pack("{s:s, s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:o, s:s, s:s}", "message_type",
                  "task_assignment", "assignment_id", assignment, "task_id", q->id, "attempt",
                  (json_int_t)n, "lease_token", token, "offer_until", (json_int_t)offer_until,
                  "lease_until", (json_int_t)(now + (int64_t)t->lease_ms), "deadline",
                  (json_int_t)q->deadline, "start_by", (json_int_t)start_by, "job",
                  job_json(q, s, a->chain_id, input), "price", price, "upload_token", token);
    free(input);
    json_t *need = json_loads(q->requirements, 0, NULL);
    if (m != NULL && need != NULL) (void)json_object_set(m, "requirements", need);
    json_decref(need);
    if (m != NULL && q->chain_task_id[0] != 0) {
        const ticket_facts f = {.chain_id = a->chain_id,
                                .contract = q->chain_contract,
                                .task = q->id,
                                .node = s->id,
                                .program_id = q->program_id,
                                .input_sha256 = q->input_sha256,
                                .profile = q->profile,
                                .io = q->io_mode,
                                .attempt = n,
                                .max_cycles = q->max_cycles,
                                .price = best->pick[pick].price,
                                .lease_until_ms = now + (int64_t)t->lease_ms};
        json_t *ticket = ticket_make(&a->me, &f);
        if (ticket == NULL) core_fail(c);
        (void)json_object_set_new(m, "ticket", ticket);
        (void)json_object_set_new(
            m, "chain",
            /* assign_by: until then the relayer tries to have the node assigned. */
            json_pack("{s:s, s:s, s:b, s:I}", "contract", q->chain_contract, "task_id",
                      q->chain_task_id, "assign", t->account[0] != 0, "assign_by",
                      (json_int_t)(now + (int64_t)t->assign_ms + ASSIGN_GRACE_MS)));
    }
    node_send(c, s, m);
    p->node[best->pick[pick].node] = s->node;
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
