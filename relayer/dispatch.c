/* dispatch.c - see dispatch.h. */
#include "relayer/dispatch.h"

#include "core/machine.h"
#include "market/amount.h"
#include "market/base64.h"
#include "market/hex.h"
#include "relayer/app.h"
#include "relayer/collect.h"
#include "relayer/jump.h"
#include "relayer/log.h"
#include "relayer/own_program.h"
#include "relayer/meters.h"
#include "relayer/schema.h"
#include "relayer/slot.h"
#include "relayer/standing.h"
#include "relayer/task.h"
#include "relayer/ticket.h"
#include "relayer/verify.h"
#include "relayer/watch.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DUE 256                    /* of one kind in one round */
#define MAX_PICKS 128                  /* tasks that are offered in one round */
#define MAX_LOOKED 256                 /* tasks that are looked at */
#define MAX_LOOK_NS UINT64_C(25000000) /* for so long: others wait for the core, too */
#define AGAIN_MS 1000  /* a task that nobody could take is looked at again after this */
#define WINDOW 256     /* nodes that are compared for a task, where enough of them may take it */
#define MAX_EXPIRED 64 /* of one state in one round */
#define SAFETY_MS 2000
#define ASSIGN_GRACE_MS 60000
#define TOKEN 16

/* ---- time that has passed ---- */

typedef struct {
    char task[UUID_TEXT], node[NODE_ID];
    int64_t attempt;
    bool acked;
} due;

/* One task that cannot be handled must not keep the others waiting: each is a part of its own, and
 * one that failed is left alone for a while. */
#define LEFT_ALONE_MS 60000

static void left_alone(const char *what, const char *task)
{
    log_event(LOG_ERROR, "task_left_alone", "what", what, "task_id", task, NULL);
}

static bool is_open(core *c, const due *e)
{
    db_rows *r = db_query(core_db(c),
                          "SELECT 1 FROM attempt WHERE task_id = ? AND n = ? AND outcome IS NULL"
                          " AND lease_until <= ?",
                          DB_T(e->task), DB_I(e->attempt), DB_I(core_now(c)));
    const bool open = db_next(r);
    db_end(r);
    return open;
}

static void end_one(core *c, void *arg)
{
    const due *e = arg;
    task_hold(c, e->task);
    if (!is_open(c, e)) return; /* another relayer has heard of it meanwhile */
    /* Another slot of its task, in the same round, may have ended it with the task. */
    if (!node_attempt_end(c, e->task, e->attempt, e->node,
                          e->acked ? OUTCOME_LEASE_EXPIRED : OUTCOME_OFFER_TIMEOUT, NULL, NULL))
        return;
    node_task_retry(c, e->task, e->acked ? FAILURE_LEASE_EXPIRED : FAILURE_NO_ELIGIBLE_NODE,
                    e->acked ? "the node stopped answering" : "no node took it");
}

static void end_due(core *c, int64_t now)
{
    const app *a = core_user(c);
    due *list = calloc(MAX_DUE, sizeof *list);
    size_t n = 0;
    if (list == NULL) return;
    db_rows *r =
        db_query(core_db(c),
                 "SELECT t.task_id, t.n, t.node_id, t.acked_at FROM attempt t"
                 " LEFT JOIN node n ON n.id = t.node_id WHERE t.outcome IS NULL"
                 " AND t.lease_until <= ? AND (n.instance = ? OR (n.instance IS NULL AND ? = 1))"
                 " ORDER BY t.lease_until LIMIT 256",
                 DB_I(now), DB_T(a->instance.id), DB_I(instance_holds(a, "timers")));
    while (n < MAX_DUE && db_next(r)) {
        (void)snprintf(list[n].task, sizeof list[n].task, "%s", db_text(r, 0));
        list[n].attempt = db_int(r, 1);
        (void)snprintf(list[n].node, sizeof list[n].node, "%s", db_text(r, 2));
        list[n++].acked = !db_is_null(r, 3);
    }
    db_end(r);
    for (size_t i = 0; i < n; i++) {
        if (core_part(c, end_one, &list[i]) || core_in_the_way(c)) continue;
        left_alone("lease", list[i].task);
        (void)db_run(core_db(c), "UPDATE attempt SET lease_until = ? WHERE task_id = ? AND n = ?",
                     DB_I(now + LEFT_ALONE_MS), DB_T(list[i].task), DB_I(list[i].attempt));
    }
    free(list);
}

typedef struct {
    const char *id;
    int64_t version;
    task_state state;
} expiry;

static void expire_one(core *c, void *arg)
{
    expiry *e = arg;
    if (!task_hold_if(c, e->id, e->version)) return;
    node_task_ended(c, e->id, OUTCOME_EXPIRED);
    task_set_failure(c, e->id, FAILURE_DEADLINE, "the deadline has passed");
    if (!task_move(c, e->id, &e->version, e->state, TASK_EXPIRED, "relayer", "deadline"))
        core_fail(c);
}

static void expire(core *c, int64_t now)
{
    static const task_state states[] = {TASK_CREATED, TASK_FUNDED, TASK_QUEUED,
                                        TASK_OFFERED, TASK_LEASED, TASK_RUNNING};
    for (size_t k = 0; k < SP_COUNT(states); k++) {
        char ids[MAX_EXPIRED][UUID_TEXT];
        int64_t versions[MAX_EXPIRED];
        size_t n = 0;
        db_rows *r = db_query(
            core_db(c), "SELECT id, version FROM task WHERE state = ? AND deadline <= ? LIMIT 64",
            DB_T(task_state_name(states[k])), DB_I(now));
        while (n < MAX_EXPIRED && db_next(r)) {
            (void)snprintf(ids[n], UUID_TEXT, "%s", db_text(r, 0));
            versions[n++] = db_int(r, 1);
        }
        db_end(r);
        for (size_t i = 0; i < n; i++) {
            expiry e = {ids[i], versions[i], states[k]};
            if (!core_part(c, expire_one, &e) && !core_in_the_way(c))
                left_alone("deadline", ids[i]);
        }
    }
}

/* ---- who does it ---- */

typedef struct {
    score_node *node;
    node_session **session;
    score_candidate *room;
    size_t n;
} pool;

static bool pool_init(pool *p, app *a, int64_t now)
{
    const size_t n = nodes_count(a->nodes);
    const int64_t clock = node_clock();
    size_t at = 0;
    p->n = 0;
    p->node = calloc(n + 1, sizeof *p->node);
    p->session = calloc(n + 1, sizeof *p->session);
    p->room = calloc(n + 1, sizeof *p->room);
    if (p->node == NULL || p->session == NULL || p->room == NULL) return false;
    for (node_session *s = nodes_each(a->nodes, &at); s != NULL && p->n < n;
         s = nodes_each(a->nodes, &at)) {
        if (!s->registered) continue;
        if (clock - s->seen_ms > (int64_t)a->set.heartbeat_timeout_ms) continue;
        allowance_renew(&s->quota, now);
        s->node.quota_left = s->quota.left;
        if (s->node.running >= s->node.capacity) continue; /* most, when there is much to do */
        p->session[p->n] = s;
        p->node[p->n++] = s->node;
    }
    return true;
}

static void pool_free(pool *p)
{
    free(p->node);
    free(p->session);
    free(p->room);
}

typedef struct {
    char id[UUID_TEXT], profile[12], io_mode[8], program[65], program_id[PROGRAM_ID_HEX],
        input_commitment[PROGRAM_DIGEST_HEX], input_sha256[TASK_SHA256], amount[TASK_AMOUNT],
        chain_contract[FELT_HEX], chain_task_id[TASK_AMOUNT];
    char *requirements;
    int64_t version, deadline, attempts, max_attempts, max_cycles, input_bytes;
    int64_t priority, created_at, redundancy;
    slots slot;
    uint8_t tried[32][SCORE_ID], busy[SLOT_MOST][SCORE_ID];
    size_t n_tried, n_busy;
} queued;

static void copy(char *out, size_t room, const char *text)
{
    (void)snprintf(out, room, "%s", text != NULL ? text : "");
}

#define QUEUED_SELECT                                                                     \
    "SELECT id, version, deadline, attempts, max_attempts, max_cycles, profile, io_mode," \
    " program, program_id, input_commitment, input_sha256, input_bytes, amount,"          \
    " requirements, chain_contract, chain_task_id, priority, created_at, redundancy"      \
    " FROM task"                                                                          \
    " WHERE state = 'queued' AND next_run_at <= ? AND "

static void read_queued(queued *q, const db_rows *r)
{
    memset(q, 0, sizeof *q);
    copy(q->id, sizeof q->id, db_text(r, 0));
    q->version = db_int(r, 1);
    q->deadline = db_int(r, 2);
    q->attempts = db_int(r, 3);
    q->max_attempts = db_int(r, 4);
    q->max_cycles = db_int(r, 5);
    copy(q->profile, sizeof q->profile, db_text(r, 6));
    copy(q->io_mode, sizeof q->io_mode, db_text(r, 7));
    copy(q->program, sizeof q->program, db_text(r, 8));
    copy(q->program_id, sizeof q->program_id, db_text(r, 9));
    copy(q->input_commitment, sizeof q->input_commitment, db_text(r, 10));
    copy(q->input_sha256, sizeof q->input_sha256, db_text(r, 11));
    q->input_bytes = db_int(r, 12);
    copy(q->amount, sizeof q->amount, db_text(r, 13));
    q->requirements = strdup(db_text(r, 14));
    copy(q->chain_contract, sizeof q->chain_contract, db_text(r, 15));
    copy(q->chain_task_id, sizeof q->chain_task_id, db_text(r, 16));
    q->priority = db_int(r, 17);
    q->created_at = db_int(r, 18);
    q->redundancy = db_int(r, 19);
}

/* Who had this task and is not asked again: never after a fault, and for a while where it was busy,
 * or did not hear, or the fault was ours - or a task would wait in vain where there are few nodes.
 */
static void read_tried(core *c, queued *q)
{
    if (q->attempts == 0) return;
    const app *a = core_user(c);
    const int64_t again = core_now(c) - (int64_t)a->set.heartbeat_timeout_ms;
    db_rows *r = db_query(core_db(c),
                          "SELECT DISTINCT node_id FROM attempt WHERE task_id = ? AND (ended_at > ?"
                          " OR outcome NOT IN ('declined', 'offer_timeout', 'infra')) LIMIT 32",
                          DB_T(q->id), DB_I(again));
    while (q->n_tried < SP_COUNT(q->tried) && db_next(r))
        node_id_bytes(q->tried[q->n_tried++], db_text(r, 0));
    db_end(r);
}

/* Which slots wait for a node, and whose accounts have the others: results of one owner would say
 * the same thing once. */
static void read_slots(core *c, queued *q)
{
    task_brief t = {.redundancy = q->redundancy};
    memcpy(t.id, q->id, sizeof t.id);
    slots_read(core_db(c), &q->slot, &t);
    if (q->redundancy == 1) return;
    db_rows *r = db_query(core_db(c),
                          "SELECT account, node_id FROM attempt WHERE task_id = ?"
                          " AND (outcome IS NULL OR outcome = 'verified') LIMIT 3",
                          DB_T(q->id));
    while (q->n_busy < SLOT_MOST && db_next(r))
        node_account(q->busy[q->n_busy++], db_text(r, 0), db_text(r, 1));
    db_end(r);
}

#define MAX_NAMED 100 /* of a list in the requirements: task_parse.c takes no more */

/* Where the lists of a score_task stand. */
typedef struct {
    uint16_t regions[MAX_NAMED];
    uint8_t allow[MAX_NAMED][SCORE_ID], deny[MAX_NAMED][SCORE_ID], bound[MAX_NAMED][SCORE_ID];
} named;

static score_ids read_ids(uint8_t out[MAX_NAMED][SCORE_ID], const json_t *list)
{
    size_t i;
    json_t *id;
    score_ids ids = {out[0], 0};
    json_array_foreach((json_t *)(uintptr_t)list, i, id) if (ids.n < MAX_NAMED)
        node_id_bytes(out[ids.n++], json_string_value(id));
    return ids;
}

static void read_demand(core *c, score_task *t, named *lists, const queued *q, const json_t *need)
{
    memset(t, 0, sizeof *t);
    (void)!uuid_read(&t->id, q->id, strlen(q->id));
    t->cpu_threads = (uint32_t)json_integer_value(json_object_get(need, "cpu_threads"));
    t->ram_gb = (uint32_t)json_integer_value(json_object_get(need, "ram_gb"));
    t->disk_gb = (uint32_t)json_integer_value(json_object_get(need, "disk_gb"));
    t->gpu_vram_gb = (uint32_t)json_integer_value(json_object_get(need, "gpu_vram_gb"));
    t->gpu_required = json_is_true(json_object_get(need, "gpu_required"));
    t->min_reputation_ppm = (uint32_t)json_integer_value(json_object_get(need, "min_reputation"));
    t->max_execution_ms =
        (uint64_t)json_integer_value(json_object_get(need, "max_execution_time")) * 1000;
    size_t i;
    json_t *name;
    json_array_foreach(json_object_get(need, "regions"), i, name) if (t->n_regions < MAX_NAMED)
        lists->regions[t->n_regions++] = node_region(c, json_string_value(name));
    t->regions = lists->regions;
    t->allow = read_ids(lists->allow, json_object_get(need, "node_allow"));
    t->deny = read_ids(lists->deny, json_object_get(need, "node_deny"));
    t->tried.v = q->tried[0];
    t->tried.n = q->n_tried;
    t->busy.v = q->busy[0];
    t->busy.n = q->n_busy;
    t->on_chain = q->chain_task_id[0] != 0;
    t->features = t->on_chain ? NODE_HAS_ACCOUNT : 0;
    t->redundancy = (unsigned)q->redundancy;
    t->deadline_ms = (uint64_t)q->deadline;
    t->safety_ms = SAFETY_MS;
    t->claim_margin_ms = t->on_chain ? 60000 : 0;
    /* Until a task has run nobody knows its cycles: it is taken to be small, and the lease bounds
     * the rest. */
    t->cycles = (uint64_t)(q->max_cycles < 100000 ? q->max_cycles : 100000);
    if (estimate_rows(&t->rows, t->cycles, ESTIMATE_ROWS_PER_1000) != SP_OK) t->rows = 1u << 20;
    t->fetch_bytes = (uint64_t)q->input_bytes;
    (void)!amount_read(&t->price_limit, q->amount, strlen(q->amount));
    const char *dearest = json_string_value(json_object_get(need, "max_price_per_mcycle"));
    t->mcycle_limited = dearest != NULL;
    if (dearest != NULL && amount_read(&t->mcycle_limit, dearest, strlen(dearest)) != SP_OK)
        t->mcycle_limit = amount_from_u64(0);
}

/* A demander who has assigned the task on the chain has chosen: while that binds, only nodes with
 * this account are asked, as no other would be paid. False: there is none. What the relayer itself
 * has assigned does not bind it: it is assigned anew when its time is over. */
static bool keep_bound(core *c, score_task *t, named *lists, const queued *q, const pool *p,
                       int64_t now)
{
    char account[FELT_HEX] = "";
    db_rows *r =
        db_query(core_db(c),
                 "SELECT assigned_to FROM settlement s WHERE task_id = ? AND assigned_to"
                 " IS NOT NULL AND assigned_until >= ? AND NOT EXISTS (SELECT 1 FROM"
                 " chain_outbox o WHERE o.task_id = s.task_id AND o.tx_hash = s.assign_tx)",
                 DB_T(q->id), DB_I(now / 1000));
    if (db_next(r)) copy(account, sizeof account, db_text(r, 0));
    db_end(r);
    if (account[0] == 0) return true;
    size_t n = 0;
    for (size_t i = 0; i < p->n && n < MAX_NAMED; i++) {
        if (strcmp(p->session[i]->address, account) != 0) continue;
        bool allowed = t->allow.n == 0;
        for (size_t k = 0; k < t->allow.n && !allowed; k++)
            allowed = memcmp(lists->allow[k], p->node[i].id, SCORE_ID) == 0;
        if (allowed) memcpy(lists->bound[n++], p->node[i].id, SCORE_ID);
    }
    t->allow.v = lists->bound[0];
    t->allow.n = n;
    return n > 0;
}

static json_t *candidates(const pool *p, const score_result *best)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < best->n; i++)
        (void)json_array_append_new(list, json_pack("{s:s, s:i}", "node_id",
                                                    p->session[best->pick[i].node]->id, "score_ppm",
                                                    (int)best->pick[i].score));
    return list;
}

static json_t *job_json(const queued *q, const node_session *s, felt chain_id, const char *input)
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

static char *inline_input(core *c, const queued *q)
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

static void put_off(core *c, const queued *q, int64_t ms)
{
    (void)db_run(core_db(c), "UPDATE task SET next_run_at = ? WHERE id = ?", DB_I(core_now(c) + ms),
                 DB_T(q->id));
}

/* The attempt's row, and what its node is told. */
static void offer_slot(core *c, queued *q, const pool *p, const score_result *best, unsigned pick,
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
static void offer(core *c, queued *q, const pool *p, const score_result *best)
{
    task_brief t;
    unsigned pick = 0;
    for (size_t i = 0; i < q->slot.n && pick < best->n; i++)
        if (q->slot.at[i] == ATTEMPT_STATES) offer_slot(c, q, p, best, pick++, i);
    if (pick < slots_empty(&q->slot)) put_off(c, q, 1000);
    if (task_find(core_db(c), &t, q->id) && t.state == TASK_QUEUED)
        slots_follow(c, &t, "relayer", p->session[best->pick[0].node]->id);
    else
        core_fail(c);
}

typedef struct {
    queued *q;
    const pool *p;
    const score_result *best;
    bool taken; /* another relayer offers it */
    bool gone;  /* the session that was chosen is no longer its node's */
} offering;

static void offer_one(core *c, void *arg)
{
    offering *o = arg;
    node_session *s = o->p->session[o->best->pick[0].node];
    o->taken = !task_hold_if(c, o->q->id, o->q->version);
    if (o->taken) return;
    o->gone = !node_is_ours(c, s);
    if (o->gone) return;
    offer(c, o->q, o->p, o->best);
}

/* How much each node has under way, again from the rows: what was undone may have been counted. */
static void recount(core *c)
{
    app *a = core_user(c);
    size_t at = 0;
    if (!a->recount) return;
    a->recount = false;
    for (node_session *s = nodes_each(a->nodes, &at); s != NULL; s = nodes_each(a->nodes, &at))
        s->node.running = 0;
    db_rows *r = db_query_values(
        core_db(c), "SELECT node_id, count(*) FROM attempt WHERE outcome IS NULL GROUP BY node_id",
        NULL, 0);
    while (db_next(r)) {
        node_session *s = nodes_find(a->nodes, db_text(r, 0));
        if (s != NULL) s->node.running = (uint32_t)db_int(r, 1);
    }
    db_end(r);
}

static size_t read_rows(queued *list, size_t n, db_rows *r)
{
    while (n < MAX_LOOKED && db_next(r)) read_queued(&list[n++], r);
    db_end(r);
    return n;
}

/* What is to be looked at in this round: the beginning of the queue, or what follows the mark. */
static size_t read_queue(core *c, queued *list, const dispatch_mark *m, bool top, int64_t now)
{
    static const char all[] = QUEUED_SELECT "priority < ? ORDER BY priority DESC, created_at, id"
                                            " LIMIT 256";
    size_t n = 0;
    if (!top)
        n = read_rows(list, 0,
                      db_query(core_db(c),
                               QUEUED_SELECT "priority = ? AND (created_at, id) > (?, ?)"
                                             " ORDER BY created_at, id LIMIT 256",
                               DB_I(now), DB_I(m->priority), DB_I(m->created_at), DB_T(m->id)));
    if (n < MAX_LOOKED)
        n = read_rows(list, n,
                      db_query(core_db(c), all, DB_I(now), DB_I(top ? INT64_MAX : m->priority)));
    return n;
}

/* The best of some nodes, from a place that chance decides; of all where these are too few. So a
 * choice among thousands costs no more than one among hundreds. */
static bool pick(score_result *best, const score_task *t, const app *a, const pool *p, int64_t now)
{
    uint32_t draw[2];
    if (RAND_bytes((uint8_t *)draw, sizeof draw) != 1) return false;
    const uint32_t explore = draw[0] % 1000000;
    if (p->n > 2 * WINDOW) {
        const size_t from = draw[1] % (p->n - WINDOW + 1);
        score_pick_nodes(best, t, &a->rules, p->node + from, WINDOW, p->room, (uint64_t)now,
                         explore);
        for (unsigned i = 0; i < best->n; i++) best->pick[i].node += from;
        if (best->n == SCORE_TOP) return true;
    }
    score_pick_nodes(best, t, &a->rules, p->node, p->n, p->room, (uint64_t)now, explore);
    return true;
}

/* WAITS: for another relayer, or behind one. */
typedef enum { PLACED, NOT_NOW, WAITS, BROKEN } placing;

static placing place(core *c, queued *q, const pool *p, int64_t now)
{
    named lists;
    score_task t;
    score_result best;
    const bool on_chain = q->chain_task_id[0] != 0;
    if (on_chain && watch_terms(core_user(c)) == WATCH_TERMS_WRONG) return NOT_NOW;
    json_t *need = json_loads(q->requirements, 0, NULL);
    read_tried(c, q);
    read_slots(c, q);
    read_demand(c, &t, &lists, q, need);
    json_decref(need);
    if (on_chain && !keep_bound(c, &t, &lists, q, p, now)) return NOT_NOW;
    if (!pick(&best, &t, core_user(c), p, now)) return NOT_NOW;
    meters_time(meters_of(core_user(c)), SIZE_CANDIDATES, "all", "", best.count[0]);
    if (best.n == 0) return NOT_NOW;
    offering o = {q, p, &best, false, false};
    if (!core_part(c, offer_one, &o)) return core_in_the_way(c) ? WAITS : BROKEN;
    if (o.gone) node_close(c, p->session[best.pick[0].node], 4409, "session replaced");
    return o.gone || o.taken ? WAITS : PLACED;
}

static void find_nodes(core *c, int64_t now)
{
    app *a = core_user(c);
    dispatch_mark *m = &a->mark;
    const bool top = !m->deep || !m->left || node_clock() - m->top_ms >= AGAIN_MS;
    const uint64_t until = clock_ns() + MAX_LOOK_NS;
    pool p = {NULL, NULL, NULL, 0};
    size_t offered = 0, i = 0;
    if (a->held || nodes_count(a->nodes) == 0) return;
    queued *list = calloc(MAX_LOOKED, sizeof *list);
    if (list == NULL) return;
    const size_t n = read_queue(c, list, m, top, now);
    if (top) {
        m->top_ms = node_clock();
        m->left = false;
    }
    recount(c);
    const uint64_t start = clock_ns();
    if (n > 0 && pool_init(&p, a, now) && p.n > 0)
        for (; i < n && offered < MAX_PICKS && clock_ns() < until; i++) {
            const placing what = place(c, &list[i], &p, now);
            offered += what == PLACED;
            m->left = m->left || what == NOT_NOW;
            if (what == BROKEN) {
                left_alone("offer", list[i].id);
                put_off(c, &list[i], LEFT_ALONE_MS);
            }
        }
    if (i > 0 && (!top || !m->deep || m->done)) {
        m->deep = true;
        m->done = i == n && n < MAX_LOOKED;
        m->priority = list[i - 1].priority;
        m->created_at = list[i - 1].created_at;
        (void)snprintf(m->id, sizeof m->id, "%s", list[i - 1].id);
    } else if (!top && n == 0) {
        m->done = true;
    }
    if (!m->left) m->deep = false;
    if (i > 0) meters_time(meters_of(a), TIME_SCHED, "all", "", clock_ns() - start);
    for (size_t k = 0; k < n; k++) free(list[k].requirements);
    pool_free(&p);
    free(list);
}

/* Nodes that do not register, or have fallen silent. */
static void hang_up(core *c)
{
    app *a = core_user(c);
    const int64_t now = node_clock();
    size_t at = 0;
    if (now - a->hung_up_ms < 1000) return;
    a->hung_up_ms = now;
    for (node_session *s = nodes_each(a->nodes, &at); s != NULL; s = nodes_each(a->nodes, &at)) {
        if (!s->registered && now - s->opened_ms > 10000)
            node_close(c, s, 4401, "not registered in time");
        else if (s->registered && now - s->seen_ms > (int64_t)a->set.heartbeat_timeout_ms)
            node_close(c, s, 4408, "no heartbeat");
    }
}

void dispatch_tick(core *c, int64_t now)
{
    node_read_mail(c);
    end_due(c, now);
    if (instance_holds(core_user(c), "timers")) expire(c, now);
    find_nodes(c, now);
    verify_start_waiting(c);
    audit_tick(c, now);
    collect_tick(c, now);
    hang_up(c);
}

void dispatch_take_over(core *c, const char *relayer, int64_t now)
{
    const app *a = core_user(c);
    const int64_t grace = now + (int64_t)a->set.resume_grace_ms;
    (void)db_run(core_db(c),
                 "UPDATE attempt SET lease_until = ? WHERE outcome IS NULL AND lease_until < ?"
                 " AND node_id IN (SELECT id FROM node WHERE instance = ?)",
                 DB_I(grace), DB_I(grace), DB_T(relayer));
    (void)db_run(core_db(c), "UPDATE node SET connected = 0, instance = NULL WHERE instance = ?",
                 DB_T(relayer));
    (void)db_run(core_db(c), "DELETE FROM mail WHERE instance = ?", DB_T(relayer));
    jump_clamp(c, now);
    verify_recover(c, relayer);
    audit_take_over(c, relayer);
}
