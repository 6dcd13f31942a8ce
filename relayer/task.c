/* task.c - see task.h. */
#include "relayer/task.h"

#include "core/params.h"
#include "relayer/app.h"
#include "relayer/blob.h"
#include "relayer/check.h"
#include "relayer/estimate.h"
#include "relayer/hook.h"
#include "relayer/keep.h"
#include "relayer/own_program.h"
#include "relayer/refusal.h"
#include "relayer/rest.h"
#include "relayer/schema.h"
#include "relayer/usage.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_event(core *c, const char *id, int64_t seq, const char *actor, const char *from,
                      const char *to, const char *detail)
{
    (void)db_run(core_db(c),
                 "INSERT INTO task_event(task_id, seq, at, actor, from_state, to_state, detail)"
                 " VALUES(?, ?, ?, ?, ?, ?, ?)",
                 DB_T(id), DB_I(seq), DB_I(core_now(c)), DB_T(actor), DB_T(from), DB_T(to),
                 DB_T(detail));
}

sp_status task_keep_input(task_new *t, const char *blobs)
{
    if (t->input_bytes <= SCHEMA_INLINE) return SP_OK;
    if (t->input == NULL) return SP_OK;
    if (!t->named_blob) SP_TRY(blob_put(blobs, t->input_sha256, t->input, -1, t->input_bytes));
    free(t->input);
    t->input = NULL;
    return SP_OK;
}

bool task_has_twin(db *d, const task_new *t)
{
    if (t->chain_task_id[0] == 0) return false;
    db_rows *r = db_query(d,
                          "SELECT 1 FROM task WHERE chain_contract = ? AND chain_task_id = ?"
                          " AND (" SCHEMA_OWNS " OR (state = 'created' AND key_id = ?))",
                          DB_T(t->chain_contract), DB_T(t->chain_task_id), DB_T(t->key_id));
    const bool found = db_next(r);
    db_end(r);
    return found;
}

bool task_may_wait(db *d, const task_new *t, uint64_t most)
{
    if (t->chain_task_id[0] == 0) return true;
    db_rows *r = db_query(d, "SELECT count(*) FROM task WHERE key_id = ? AND state = 'created'",
                          DB_T(t->key_id));
    const bool ok = db_next(r) && (uint64_t)db_int(r, 0) < most;
    db_end(r);
    return ok;
}

/* What the same run took before: the machine is deterministic. */
static void known_work(db *d, const task_new *t, int64_t *cycles, int64_t *rows)
{
    const params *p = params_by_name(t->profile);
    uint64_t n;
    *cycles = t->work_cycles;
    *rows = t->work_rows;
    if (*rows != 0 || p == NULL) return;
    db_rows *r = db_query(d,
                          "SELECT cycles FROM task WHERE input_commitment = ? AND program_id = ?"
                          " AND cycles IS NOT NULL LIMIT 1",
                          DB_T(t->input_commitment), DB_T(t->program_id));
    if (db_next(r) && estimate_rows(&n, (uint64_t)db_int(r, 0), ESTIMATE_TABLE_ROWS,
                                    estimate_rows_per_1000(p->max_instances)) == SP_OK) {
        *cycles = db_int(r, 0);
        *rows = (int64_t)n;
    }
    db_end(r);
}

void task_insert(core *c, const task_new *t)
{
    db *d = core_db(c);
    const int64_t now = core_now(c);
    const bool on_chain = t->chain_task_id[0] != 0;
    const task_state state = on_chain ? TASK_CREATED : TASK_QUEUED;
    const char *actor = t->key_id;
    const bool is_inline = t->input_bytes <= SCHEMA_INLINE;
    int64_t cycles, rows;
    known_work(d, t, &cycles, &rows);
    (void)db_run(
        d,
        "INSERT INTO task(id, version, state, key_id, creator, created_at, updated_at, deadline, "
        "priority,"
        " attempts, max_attempts, redundancy, next_run_at, refusals, others_at, program, "
        "program_id,"
        " input_commitment, input_sha256, input_bytes, input, max_cycles, profile, io_mode, amount,"
        " requirements, description, metadata, visibility, work_cycles, work_rows)"
        " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, "
        "?, ?, ?)",
        DB_T(t->id), DB_I(on_chain ? 1 : 3), DB_T(task_state_name(state)), DB_T(t->key_id),
        DB_T(t->creator[0] != 0 ? t->creator : NULL), DB_I(now), DB_I(now), DB_I(t->deadline),
        DB_I(t->priority), DB_I(t->max_attempts), DB_I(t->redundancy), DB_I(now), DB_T(t->program),
        DB_T(t->program_id), DB_T(t->input_commitment), DB_T(t->input_sha256), DB_I(t->input_bytes),
        DB_B(is_inline ? t->input : NULL, t->input_bytes), DB_I(t->max_cycles), DB_T(t->profile),
        DB_T(t->io_mode), DB_T(t->amount), DB_T(t->requirements), DB_T(t->description),
        DB_T(t->metadata), DB_T(t->visibility), DB_I(cycles), DB_I(rows));
    if (!is_inline) keep_new(c, t->input_sha256, t->input_bytes, t->key_id);
    if (own_program_is(t->program)) keep_ref(c, t->program);
    if (t->callback_url != NULL || t->webhook_id != NULL)
        (void)db_run(
            d, "UPDATE task SET callback_url = ?, callback_events = ?, webhook_id = ? WHERE id = ?",
            DB_T(t->callback_url), DB_T(t->callback_events), DB_T(t->webhook_id), DB_T(t->id));
    if (on_chain) {
        (void)db_run(d,
                     "UPDATE task SET chain_contract = ?, chain_task_id = ?, chain_create_tx = ? "
                     "WHERE id = ?",
                     DB_T(t->chain_contract), DB_T(t->chain_task_id), DB_T(t->chain_create_tx),
                     DB_T(t->id));
        (void)db_run(d,
                     "INSERT INTO settlement(task_id, state, updated_at, look_at)"
                     " VALUES(?, ?, ?, ?)",
                     DB_T(t->id), DB_T(settlement_state_name(SETTLEMENT_PENDING)), DB_I(now),
                     DB_I(now));
    }
    usage_task_made(c, t->key_id, t->amount);
    rest_task_moved(c, t->id, TASK_STATES, state);
    add_event(c, t->id, 1, actor, NULL, task_state_name(TASK_CREATED), NULL);
    if (on_chain) return;
    add_event(c, t->id, 2, "relayer", task_state_name(TASK_CREATED), task_state_name(TASK_FUNDED),
              "no escrow");
    add_event(c, t->id, 3, "relayer", task_state_name(TASK_FUNDED), task_state_name(TASK_QUEUED),
              NULL);
}

bool task_find(db *d, task_brief *t, const char *id)
{
    memset(t, 0, sizeof *t);
    db_rows *r = db_query(d,
                          "SELECT id, key_id, version, attempts, deadline, state, chain_task_id,"
                          " max_attempts, redundancy, forgotten_at FROM task"
                          " WHERE id = ?",
                          DB_T(id));
    const bool found = db_next(r) && task_state_read(&t->state, db_text(r, 5));
    if (found) {
        (void)snprintf(t->id, sizeof t->id, "%s", db_text(r, 0));
        (void)snprintf(t->key_id, sizeof t->key_id, "%s", db_text(r, 1));
        t->version = db_int(r, 2);
        t->attempts = db_int(r, 3);
        t->deadline = db_int(r, 4);
        t->on_chain = !db_is_null(r, 6);
        t->max_attempts = db_int(r, 7);
        t->redundancy = db_int(r, 8);
        t->forgotten = !db_is_null(r, 9);
    }
    db_end(r);
    return found;
}

void task_hold(core *c, const char *id)
{
    if (((const app *)core_user(c))->instance.shared)
        db_end(db_query(core_db(c), "SELECT id FROM task WHERE id = ?" DB_LOCK, DB_T(id)));
}

bool task_hold_if(core *c, const char *id, int64_t version)
{
    db_rows *r =
        db_query(core_db(c), "SELECT id FROM task WHERE id = ? AND version = ?" DB_SKIP_LOCKED,
                 DB_T(id), DB_I(version));
    const bool ours = db_next(r);
    db_end(r);
    return ours;
}

bool task_move(core *c, const char *id, int64_t *version, task_state from, task_state to,
               const char *actor, const char *detail)
{
    db *d = core_db(c);
    db_rows *r = db_query(d,
                          "SELECT chain_task_id, callback_url IS NOT NULL OR webhook_id IS NOT "
                          "NULL FROM task WHERE id = ?",
                          DB_T(id));
    const bool found = db_next(r), on_chain = found && !db_is_null(r, 0),
               callback = found && db_int(r, 1) != 0;
    db_end(r);
    if (!task_may_become(from, to, on_chain)) {
        core_fail(c);
        return false;
    }
    const int64_t n = db_run(d,
                             "UPDATE task SET state = ?, version = version + 1, updated_at = ?"
                             " WHERE id = ? AND version = ? AND state = ?",
                             DB_T(task_state_name(to)), DB_I(core_now(c)), DB_T(id), DB_I(*version),
                             DB_T(task_state_name(from)));
    if (n != 1) return false;
    *version += 1;
    rest_task_moved(c, id, from, to);
    add_event(c, id, *version, actor, task_state_name(from), task_state_name(to), detail);
    if (on_chain && from == TASK_CREATED)
        (void)db_run(d, "UPDATE settlement SET look_at = NULL WHERE task_id = ?", DB_T(id));
    if (task_is_final(to, on_chain))
        (void)db_run(d,
                     "UPDATE quota SET open_tasks = open_tasks - 1"
                     " WHERE key_id = (SELECT key_id FROM task WHERE id = ?)",
                     DB_T(id));
    if (callback) hook_task_moved(c, id, to);
    return true;
}

bool task_again(core *c, task_brief *t, int64_t deadline, const char *actor)
{
    db *d = core_db(c);
    const task_state from = t->state;
    if (!task_may_retry(from) || t->on_chain) {
        core_fail(c);
        return false;
    }
    /* Attempts are numbered on. */
    const int64_t n = db_run(
        d,
        "UPDATE task SET state = ?, version = version + 1, updated_at = ?, deadline = ?,"
        " next_run_at = ?, refusals = 0, others_at = 0, max_attempts = ? + ? * redundancy,"
        " failure_code = NULL, failure_detail = NULL"
        " WHERE id = ? AND version = ? AND state = ?",
        DB_T(task_state_name(TASK_QUEUED)), DB_I(core_now(c)), DB_I(deadline), DB_I(core_now(c)),
        DB_I(refusal_tries(d, t->id, false)), DB_I(((const app *)core_user(c))->set.max_attempts),
        DB_T(t->id), DB_I(t->version), DB_T(task_state_name(from)));
    if (n != 1) return false;
    t->version++;
    t->state = TASK_QUEUED;
    add_event(c, t->id, t->version, actor, task_state_name(from), task_state_name(TASK_QUEUED),
              "tried again");
    rest_task_moved(c, t->id, from, TASK_QUEUED);
    usage_task_open(c, t->key_id, 1);
    return true;
}

void task_set_failure(core *c, const char *id, failure_code code, const char *detail)
{
    (void)db_run(core_db(c), "UPDATE task SET failure_code = ?, failure_detail = ? WHERE id = ?",
                 DB_T(failure_code_name(code)), DB_T(detail), DB_T(id));
}

/* ---- as the API shows it ---- */

static void put_text(json_t *j, const char *name, const char *value)
{
    (void)json_object_set_new(j, name, value != NULL ? json_string(value) : json_null());
}

static void put_number(json_t *j, const char *name, const db_rows *r, int column)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRId64, db_int(r, column));
    put_text(j, name, db_is_null(r, column) ? NULL : text);
}

static void put_time(json_t *j, const char *name, const db_rows *r, int column)
{
    char text[CHECK_TIME];
    time_write(text, db_int(r, column));
    put_text(j, name, db_is_null(r, column) ? NULL : text);
}

static void put_json(json_t *j, const char *name, const char *text)
{
    json_t *v = text == NULL ? json_null() : json_loads(text, JSON_DECODE_ANY, NULL);
    (void)json_object_set_new(j, name, v != NULL ? v : json_null());
}

/* The attempt that is under way or was the last. work: the job, which is told what tickets say of
 * it. */
static json_t *assignment(db *d, const char *id, json_t *work)
{
    json_t *j = NULL;
    db_rows *r =
        db_query(d,
                 "SELECT n, node_id, offered_at, lease_until, phase, progress_ppm, eta_ms, outcome,"
                 " candidates, job_commitment FROM attempt WHERE task_id = ?"
                 " ORDER BY n DESC LIMIT 1",
                 DB_T(id));
    if (db_next(r)) {
        j = json_object();
        (void)json_object_set_new(j, "attempt", json_integer(db_int(r, 0)));
        put_text(j, "node_id", db_text(r, 1));
        put_time(j, "assigned_at", r, 2);
        put_time(j, "lease_until", r, 3);
        put_text(j, "phase", db_text(r, 4));
        (void)json_object_set_new(j, "progress_ppm", json_integer(db_int(r, 5)));
        put_number(j, "eta_ms", r, 6);
        put_text(j, "outcome", db_text(r, 7));
        put_json(j, "candidates", db_text(r, 8));
        if (!db_is_null(r, 9)) put_text(work, "job_commitment", db_text(r, 9));
    }
    db_end(r);
    return j != NULL ? j : json_null();
}

/* Of a task with several slots: the attempt in each that is under way or holds, or was the last. */
static json_t *slot_list(db *d, const char *id)
{
    json_t *list = json_array();
    db_rows *r = db_query(
        d,
        "SELECT slot, n, node_id, acked_at, started_at, result, outcome, progress_ppm FROM attempt "
        "a"
        " WHERE task_id = ? AND n = (SELECT max(n) FROM attempt b WHERE b.task_id = a.task_id"
        " AND b.slot = a.slot) ORDER BY slot",
        DB_T(id));
    while (db_next(r)) {
        const attempt_state s = !db_is_null(r, 6)   ? ATTEMPT_ENDED
                                : !db_is_null(r, 5) ? ATTEMPT_DELIVERED
                                : !db_is_null(r, 4) ? ATTEMPT_RUNNING
                                : !db_is_null(r, 3) ? ATTEMPT_LEASED
                                                    : ATTEMPT_OFFERED;
        json_t *j =
            json_pack("{s:I, s:I, s:s, s:s, s:I}", "slot", (json_int_t)db_int(r, 0), "attempt",
                      (json_int_t)db_int(r, 1), "node_id", db_text(r, 2), "state",
                      attempt_state_name(s), "progress_ppm", (json_int_t)db_int(r, 7));
        put_text(j, "outcome", db_text(r, 6));
        (void)json_array_append_new(list, j);
    }
    db_end(r);
    return list;
}

static json_t *settlement(db *d, const char *id)
{
    json_t *j = NULL;
    db_rows *r =
        db_query(d,
                 "SELECT state, provider, assign_tx, claim_tx, finality, payout, subsidy, treasury,"
                 " actual_fee, reason, reported_tx, assigned_to, assigned_until FROM settlement "
                 "WHERE task_id = ?",
                 DB_T(id));
    static const char *const names[] = {
        "state",       "provider",     "assign_tx",  "claim_tx", "finality",    "provider_payout",
        "gas_subsidy", "treasury_fee", "actual_fee", "reason",   "reported_tx", "assigned_to"};
    const int n = (int)SP_COUNT(names);
    if (db_next(r)) {
        j = json_object();
        for (int i = 0; i < n; i++) put_text(j, names[i], db_text(r, i));
        (void)json_object_set_new(j, "assigned_until", /* seconds of the chain */
                                  db_is_null(r, n) ? json_null() : json_integer(db_int(r, n)));
    }
    db_end(r);
    return j != NULL ? j : json_null();
}

static json_t *result(const db_rows *r)
{
    if (db_is_null(r, 32)) return json_null();
    json_t *j = json_object(), *usage = json_object();
    put_text(j, "status", "success");
    put_text(j, "output_sha256", db_text(r, 24));
    put_number(j, "output_bytes", r, 25);
    put_text(j, "io_commitment", db_text(r, 26));
    put_text(j, "proof_sha256", db_text(r, 27));
    put_number(j, "proof_bytes", r, 28);
    put_number(usage, "cycles", r, 29);
    put_number(usage, "trace_rows", r, 39);
    put_number(usage, "exec_ms", r, 30);
    put_number(usage, "prove_ms", r, 31);
    (void)json_object_set_new(j, "usage", usage);
    put_time(j, "verified_at", r, 32);
    put_text(j, "verifier_version", db_text(r, 40));
    return j;
}

static json_t *failure(const db_rows *r)
{
    failure_code code;
    if (db_is_null(r, 33) || !failure_code_read(&code, db_text(r, 33))) return json_null();
    json_t *j = json_object();
    put_text(j, "code", db_text(r, 33));
    put_text(j, "class", fault_class_name(failure_class(code)));
    (void)json_object_set_new(j, "retryable", json_boolean(failure_retryable(code)));
    put_text(j, "detail", db_text(r, 34));
    return j;
}

/* How each attempt at a task that has failed ended; of many those that a node took, and the last
 * ones. */
static json_t *ended_attempts(db *d, const char *id)
{
    json_t *list = json_array();
    db_rows *r = db_query(d,
                          "SELECT n, node_id, ended_at, outcome, failure_code, failure_detail FROM"
                          " (SELECT * FROM attempt WHERE task_id = ? AND outcome IS NOT NULL"
                          " ORDER BY CASE WHEN acked_at IS NULL THEN 1 ELSE 0 END, n DESC"
                          " LIMIT 100) AS ended ORDER BY n",
                          DB_T(id));
    while (db_next(r)) {
        json_t *j = json_object();
        (void)json_object_set_new(j, "attempt", json_integer(db_int(r, 0)));
        put_text(j, "node_id", db_text(r, 1));
        put_time(j, "ended_at", r, 2);
        put_text(j, "outcome", db_text(r, 3));
        put_text(j, "code", db_text(r, 4));
        put_text(j, "detail", db_text(r, 5));
        (void)json_array_append_new(list, j);
    }
    db_end(r);
    return list;
}

static json_t *links(const char *id)
{
    static const char *const names[] = {"self", "events", "result", "proof", "output", "bundle"};
    json_t *j = json_object();
    for (size_t i = 0; i < SP_COUNT(names); i++) {
        char url[128];
        (void)snprintf(url, sizeof url, "/api/v1/tasks/%s%s%s", id, i == 0 ? "" : "/",
                       i == 0 ? "" : names[i]);
        put_text(j, names[i], url);
    }
    return j;
}

json_t *task_json(db *d, const db_rows *r, bool whole)
{
    json_t *j = json_object(), *work = json_object();
    const char *id = db_text(r, 0);
    put_text(j, "task_id", id);
    (void)json_object_set_new(j, "version", json_integer(db_int(r, 1)));
    put_text(j, "state", db_text(r, 2));
    put_text(j, "status", db_text(r, 2));
    (void)json_object_set_new(j, "attempt", json_integer(db_int(r, 3)));
    put_time(j, "created_at", r, 4);
    put_time(j, "updated_at", r, 5);
    put_time(j, "deadline", r, 6);
    put_text(j, "creator", db_text(r, 7));
    put_text(j, "description", db_text(r, 8));
    put_text(j, "token_amount", db_text(r, 18));
    put_text(j, "visibility", db_text(r, 20));
    (void)json_object_set_new(j, "priority", json_integer(db_int(r, 35)));
    (void)json_object_set_new(j, "redundancy", json_integer(db_int(r, 36)));
    (void)json_object_set_new(j, "max_attempts", json_integer(db_int(r, 37)));
    put_text(work, "program", db_text(r, 10));
    put_text(work, "program_id", db_text(r, 11));
    put_text(work, "input_commitment", db_text(r, 12));
    put_text(work, "input_sha256", db_text(r, 13));
    put_number(work, "input_bytes", r, 14);
    put_number(work, "max_cycles", r, 15);
    put_text(work, "profile", db_text(r, 16));
    put_text(work, "io", db_text(r, 17));
    (void)json_object_set_new(j, "job", work);
    if (whole) {
        put_json(j, "requirements", db_text(r, 9));
        put_json(j, "metadata", db_text(r, 19));
        (void)json_object_set_new(j, "tries", json_integer(refusal_tries(d, id, false)));
        (void)json_object_set_new(j, "assignment", assignment(d, id, work));
        if (db_int(r, 36) > 1) (void)json_object_set_new(j, "slots", slot_list(d, id));
        if (!db_is_null(r, 22)) {
            json_t *s = settlement(d, id);
            if (json_is_object(s)) {
                put_text(s, "contract", db_text(r, 21));
                put_text(s, "chain_task_id", db_text(r, 22));
                put_text(s, "create_tx", db_text(r, 23));
                put_text(s, "amount", db_text(r, 18));
            }
            (void)json_object_set_new(j, "settlement", s);
        }
    }
    (void)json_object_set_new(j, "result", result(r));
    json_t *why = failure(r);
    if (whole && json_is_object(why))
        (void)json_object_set_new(why, "attempts", ended_attempts(d, id));
    (void)json_object_set_new(j, "failure", why);
    (void)json_object_set_new(j, "links", links(id));
    return j;
}
