/* demand.c - see demand.h. */
#include "relayer/demand.h"

#include "market/amount.h"
#include "relayer/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAFETY_MS 2000
#define HEAD_KEYS 16
#define HEAD_TASKS 4

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

static void read_queued(demand *q, const db_rows *r)
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

static size_t read_rows(demand *list, size_t n, size_t most, db_rows *r)
{
    while (n < most && db_next(r)) read_queued(&list[n++], r);
    db_end(r);
    return n;
}

size_t demand_queue(core *c, demand *list, size_t most, const dispatch_mark *m, bool top,
                    int64_t now)
{
    static const char all[] = QUEUED_SELECT "priority < ? ORDER BY priority DESC, created_at, id"
                                            " LIMIT 256";
    size_t n = 0;
    if (!top)
        n = read_rows(list, 0, most,
                      db_query(core_db(c),
                               QUEUED_SELECT "priority = ? AND (created_at, id) > (?, ?)"
                                             " ORDER BY created_at, id LIMIT 256",
                               DB_I(now), DB_I(m->priority), DB_I(m->created_at), DB_T(m->id)));
    if (n < most)
        n = read_rows(list, n, most,
                      db_query(core_db(c), all, DB_I(now), DB_I(top ? INT64_MAX : m->priority)));
    return n;
}

static bool next_key(core *c, char key[KEY_ID], const char *after)
{
    db_rows *r = db_query(core_db(c),
                          "SELECT key_id FROM task WHERE state = 'queued' AND key_id > ?"
                          " ORDER BY key_id LIMIT 1",
                          DB_T(after));
    const bool found = db_next(r);
    if (found) (void)snprintf(key, KEY_ID, "%s", db_text(r, 0));
    db_end(r);
    return found;
}

size_t demand_heads(core *c, demand *list, size_t most, char after[KEY_ID], int64_t now)
{
    char key[KEY_ID], last[KEY_ID], first[KEY_ID] = "";
    bool many = false;
    size_t n = 0;
    memcpy(last, after, sizeof last);
    for (size_t k = 0; k < HEAD_KEYS && n + HEAD_TASKS <= most; k++) {
        if (!next_key(c, key, last) && (last[0] == 0 || !next_key(c, key, ""))) break;
        if (strcmp(key, first) == 0) break; /* all had their turn */
        if (k == 0) memcpy(first, key, sizeof first);
        memcpy(last, key, sizeof key);
        n = read_rows(list, n, most,
                      db_query(core_db(c),
                               QUEUED_SELECT "key_id = ? ORDER BY priority DESC, created_at, id"
                                             " LIMIT 4",
                               DB_I(now), DB_T(key)));
        many = many || k > 0;
    }
    memcpy(after, first, sizeof first); /* the next round begins with the one behind it */
    if (many) return n;
    while (n > 0) demand_free(&list[--n]);
    return 0;
}

/* Who had this task and is not asked again: never after a fault, and for a while where it was busy,
 * or did not hear, or the fault was ours - or a task would wait in vain where there are few nodes.
 */
static void read_tried(core *c, demand *q)
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
static void read_slots(core *c, demand *q)
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

static score_ids read_ids(uint8_t out[DEMAND_NAMED][SCORE_ID], const json_t *list)
{
    size_t i;
    json_t *id;
    score_ids ids = {out[0], 0};
    json_array_foreach((json_t *)(uintptr_t)list, i, id) if (ids.n < DEMAND_NAMED)
        node_id_bytes(out[ids.n++], json_string_value(id));
    return ids;
}

static void read_needs(core *c, score_task *t, demand_lists *lists, const demand *q,
                       const json_t *need)
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
    json_array_foreach(json_object_get(need, "regions"), i, name) if (t->n_regions < DEMAND_NAMED)
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

bool demand_bound(core *c, score_task *t, demand_lists *lists, const demand *q, const pool *p,
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
    for (size_t i = 0; i < p->n && n < DEMAND_NAMED; i++) {
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

void demand_put_off(core *c, const demand *q, int64_t ms)
{
    (void)db_run(core_db(c), "UPDATE task SET next_run_at = ? WHERE id = ?", DB_I(core_now(c) + ms),
                 DB_T(q->id));
}

void demand_read(core *c, score_task *t, demand_lists *lists, demand *q)
{
    json_t *need = json_loads(q->requirements, 0, NULL);
    read_tried(c, q);
    read_slots(c, q);
    read_needs(c, t, lists, q, need);
    json_decref(need);
}

void demand_free(demand *q) { free(q->requirements); }
