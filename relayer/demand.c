/* demand.c - see demand.h. */
#include "relayer/demand.h"

#include "core/machine.h"
#include "core/params.h"
#include "market/amount.h"
#include "relayer/app.h"
#include "relayer/node_payee.h"
#include "relayer/patience.h"
#include "relayer/urgency.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_KEYS 16
#define HEAD_TASKS 4

#define DEMAND_SELECT                                                                     \
    "SELECT id, version, deadline, attempts, max_attempts, max_cycles, profile, io_mode," \
    " program, program_id, input_commitment, input_sha256, input_bytes, amount,"          \
    " requirements, chain_contract, chain_task_id, priority, created_at, redundancy,"     \
    " key_id, work_cycles, work_rows, refusals, others_at"                                \
    " FROM task WHERE "
#define QUEUED_SELECT DEMAND_SELECT "state = 'queued' AND next_run_at <= ? AND "

static void read_queued(demand *q, const db_rows *r)
{
    memset(q, 0, sizeof *q);
    db_copy(q->id, sizeof q->id, r, 0);
    q->version = db_int(r, 1);
    q->deadline = db_int(r, 2);
    q->attempts = db_int(r, 3);
    q->max_attempts = db_int(r, 4);
    q->max_cycles = db_int(r, 5);
    db_copy(q->profile, sizeof q->profile, r, 6);
    db_copy(q->io_mode, sizeof q->io_mode, r, 7);
    db_copy(q->program, sizeof q->program, r, 8);
    db_copy(q->program_id, sizeof q->program_id, r, 9);
    db_copy(q->input_commitment, sizeof q->input_commitment, r, 10);
    db_copy(q->input_sha256, sizeof q->input_sha256, r, 11);
    q->input_bytes = db_int(r, 12);
    db_copy(q->amount, sizeof q->amount, r, 13);
    q->requirements = strdup(db_text(r, 14));
    db_copy(q->chain_contract, sizeof q->chain_contract, r, 15);
    db_copy(q->chain_task_id, sizeof q->chain_task_id, r, 16);
    q->priority = db_int(r, 17);
    q->created_at = db_int(r, 18);
    q->redundancy = db_int(r, 19);
    db_copy(q->key, sizeof q->key, r, 20);
    q->work_cycles = db_int(r, 21);
    q->work_rows = db_int(r, 22);
    q->refusals = db_int(r, 23);
    q->others_at = db_int(r, 24);
}

bool demand_find(core *c, demand *q, const char *task)
{
    db_rows *r = db_query(core_db(c), DEMAND_SELECT "id = ?", DB_T(task));
    const bool found = db_next(r);
    if (found) read_queued(q, r);
    db_end(r);
    return found;
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

static bool has(const demand *list, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].id, id) == 0) return true;
    return false;
}

/* The first of one demander: of those that come first in the queue, and of those with the earliest
 * deadlines. */
static size_t read_turn(core *c, demand out[HEAD_TASKS], const char *key, int64_t now)
{
    demand all[2 * HEAD_TASKS];
    size_t n = read_rows(all, 0, HEAD_TASKS,
                         db_query(core_db(c),
                                  QUEUED_SELECT "key_id = ? ORDER BY priority DESC, created_at, id"
                                                " LIMIT 4",
                                  DB_I(now), DB_T(key)));
    const size_t first = n;
    n = read_rows(all, n, SP_COUNT(all),
                  db_query(core_db(c),
                           QUEUED_SELECT "key_id = ? AND deadline <= ? ORDER BY deadline, id"
                                         " LIMIT 4",
                           DB_I(now), DB_T(key), DB_I(now + URGENCY_SOON_MS)));
    size_t k = first;
    for (size_t i = first; i < n; i++) {
        if (has(all, first, all[i].id))
            demand_free(&all[i]);
        else
            all[k++] = all[i];
    }
    urgency_order(all, k, now);
    for (size_t i = 0; i < k; i++) {
        if (i < HEAD_TASKS)
            out[i] = all[i];
        else
            demand_free(&all[i]);
    }
    return k < HEAD_TASKS ? k : HEAD_TASKS;
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
        n += read_turn(c, list + n, key, now);
        many = many || k > 0;
    }
    memcpy(after, first, sizeof first); /* the next round begins with the one behind it */
    if (many) return n;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (urgency_of(list[i].deadline, now) == URGENCY_LATER)
            demand_free(&list[i]);
        else
            list[kept++] = list[i];
    }
    return kept;
}

size_t demand_hurried(core *c, demand *list, size_t most, int64_t now)
{
    demand q;
    size_t n = 0;
    db_rows *r = db_query(core_db(c),
                          QUEUED_SELECT "deadline > ? AND deadline <= ? ORDER BY deadline, id"
                                        " LIMIT 64",
                          DB_I(now), DB_I(now), DB_I(now + URGENCY_HURRY_MS));
    while (n < most && db_next(r)) {
        read_queued(&q, r);
        bool same = false;
        for (size_t i = 0; i < n && !same; i++) same = strcmp(list[i].key, q.key) == 0;
        if (same)
            demand_free(&q);
        else
            list[n++] = q;
    }
    db_end(r);
    return n;
}

/* Who had this task and is not asked again: never after a fault, and for a while, longer each time,
 * where it was busy, or did not hear, or the fault was ours, or it says that the program's is - or
 * a task would wait in vain where there are few nodes. The faults come first, then the last of the
 * others: how many there are in an hour the waits of the task bound. */
static void read_tried(core *c, demand *q)
{
    q->wary = q->refusals >= PATIENCE_FREE;
    if (q->attempts == 0) return;
    const app *a = core_user(c);
    const int64_t now = core_now(c), first = (int64_t)a->set.heartbeat_timeout_ms,
                  left = q->deadline - now;
    db_rows *r = db_query(
        core_db(c),
        "SELECT node_id, count(*), max(ended_at), max(CASE WHEN outcome NOT IN ('declined',"
        " 'offer_timeout', 'infra', 'infra_failed', 'task_fault') THEN 1 ELSE 0 END),"
        " max(CASE WHEN acked_at IS NOT NULL AND spared IS NULL AND outcome <> 'verified' THEN 1"
        " ELSE 0 END)"
        " FROM attempt WHERE task_id = ? AND outcome IS NOT NULL"
        " GROUP BY node_id HAVING max(ended_at) > ? OR max(CASE WHEN outcome NOT IN ('declined',"
        " 'offer_timeout', 'infra', 'infra_failed', 'task_fault') THEN 1 ELSE 0 END) = 1"
        " ORDER BY 4 DESC, 3 DESC LIMIT 128",
        DB_T(q->id), DB_I(now - patience_most_ms(left, first)));
    while (q->n_tried < SP_COUNT(q->tried) && db_next(r)) {
        q->wary = q->wary || db_int(r, 4) != 0;
        if (db_int(r, 3) != 0 ||
            db_int(r, 2) + patience_of_pair_ms(db_int(r, 1), left, first) > now)
            node_id_bytes(q->tried[q->n_tried++], db_text(r, 0));
    }
    db_end(r);
}

/* Which slots wait for a node, and whose accounts have the others: results of one owner would say
 * the same thing once. */
static void read_slots(core *c, demand *q)
{
    const app *a = core_user(c);
    task_brief t = {.redundancy = q->redundancy};
    memcpy(t.id, q->id, sizeof t.id);
    slots_read(core_db(c), &q->slot, &t);
    if (q->redundancy == 1) return;
    db_rows *r = db_query(core_db(c),
                          "SELECT t.account, t.node_id, t.proven, " PAYEE_COLUMNS
                          " FROM attempt t JOIN node n ON n.id = t.node_id WHERE t.task_id = ?"
                          " AND (t.outcome IS NULL OR t.outcome = 'verified') LIMIT 3",
                          DB_T(q->id));
    while (q->n_busy < 2 * SLOT_MOST && db_next(r)) {
        /* As it was when it was asked, and as it is now: it may have named its account since. */
        const bool proven = payee_read(r, 3, core_now(c)).proven;
        payee_owner(q->busy[q->n_busy++], a, db_text(r, 0), db_text(r, 1), db_int(r, 2) != 0);
        payee_owner(q->busy[q->n_busy++], a, db_text(r, 3), db_text(r, 1), proven);
    }
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

uint64_t demand_cycles(int64_t max_cycles)
{
    return (uint64_t)(max_cycles < DEMAND_USUAL_CYCLES ? max_cycles : DEMAND_USUAL_CYCLES);
}

uint64_t demand_rows(const char *profile, uint64_t cycles)
{
    uint64_t rows;
    const params *p = params_by_name(profile);
    return p != NULL && estimate_rows(&rows, cycles, ESTIMATE_TABLE_ROWS,
                                      estimate_rows_per_1000(p->max_instances)) == SP_OK
               ? rows
               : 1u << 20;
}

/* What was run, by a relayer or a node, is known. Else a node is paid for what the task may take at
 * the most, for it may take it all; how long it works is not judged by that. Where there is neither
 * a limit nor an escrow it is taken to be of usual size, or as large as its demander has said. */
static void read_work(score_task *t, const demand *q)
{
    const int64_t usual = DEMAND_USUAL_CYCLES;
    if (q->work_rows > 0) {
        t->cycles = (uint64_t)q->work_cycles;
        t->rows = t->paid_rows = (uint64_t)q->work_rows;
        return;
    }
    t->cycles = demand_cycles(q->max_cycles);
    t->rows = demand_rows(q->profile, t->cycles);
    const bool limited = q->chain_task_id[0] != 0 || q->max_cycles < (int64_t)MACHINE_MAX_CYCLES;
    const int64_t most = limited ? q->max_cycles : q->work_cycles > usual ? q->work_cycles : usual;
    t->paid_rows = demand_rows(q->profile, (uint64_t)most);
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
        lists->regions[t->n_regions++] = node_region(json_string_value(name));
    t->regions = lists->regions;
    /* Where it is to run is where it is wanted: the first of these stands for its demander. */
    const char *home = json_string_value(json_array_get(json_object_get(need, "regions"), 0));
    if (home != NULL) node_regions(&t->region, &t->continent, home);
    t->allow = read_ids(lists->allow, json_object_get(need, "node_allow"));
    t->deny = read_ids(lists->deny, json_object_get(need, "node_deny"));
    t->tried.v = q->tried[0];
    t->tried.n = q->n_tried;
    t->busy.v = q->busy[0];
    t->busy.n = q->n_busy;
    t->on_chain = q->chain_task_id[0] != 0;
    t->features = t->on_chain ? NODE_HAS_ACCOUNT : 0;
    t->account_proven = t->on_chain && payee_required(core_user(c));
    t->redundancy = (unsigned)q->redundancy;
    t->deadline_ms = (uint64_t)q->deadline;
    t->strict_deadline = json_is_true(json_object_get(need, "strict_deadline")) ||
                         urgency_of(q->deadline, core_now(c)) == URGENCY_HURRY;
    t->wary = q->wary;
    t->proven_only = q->refusals >= PATIENCE_FREE && q->others_at > core_now(c);
    t->safety_ms = DEMAND_SAFETY_MS;
    t->claim_margin_ms = t->on_chain ? DEMAND_CLAIM_MS : 0;
    read_work(t, q);
    t->fetch_bytes = (uint64_t)q->input_bytes;
    /* What a provider gets of it is what pays for the work; the gas subsidy is for the claim. */
    u256 amount = {0, 0};
    (void)!amount_read(&amount, q->amount, strlen(q->amount));
    t->price_limit = escrow_split_of(amount).provider_payout;
    const char *dearest = json_string_value(json_object_get(need, "max_price_per_mcycle"));
    t->mcycle_limited = dearest != NULL;
    if (dearest != NULL && amount_read(&t->mcycle_limit, dearest, strlen(dearest)) != SP_OK)
        t->mcycle_limit = amount_from_u64(0);
}

bool demand_escrow(core *c, uint32_t *tier, const demand *q)
{
    db_rows *r = db_query(core_db(c),
                          "SELECT required_tier FROM settlement WHERE task_id = ?"
                          " AND look_at IS NULL",
                          DB_T(q->id));
    const bool there = db_next(r);
    if (there) *tier = db_int(r, 0) > 1 ? (uint32_t)db_int(r, 0) : 1;
    db_end(r);
    return there;
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
    if (db_next(r)) db_copy(account, sizeof account, r, 0);
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
