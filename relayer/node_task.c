/* node_task.c - what nodes say about tasks, and how attempts end. */
#include "relayer/node.h"

#include "relayer/app.h"
#include "relayer/assign.h"
#include "relayer/check.h"
#include "relayer/keep.h"
#include "relayer/log.h"
#include "relayer/overtime.h"
#include "relayer/patience.h"
#include "relayer/refusal.h"
#include "relayer/slot.h"
#include "relayer/standing.h"
#include "relayer/task.h"
#include "relayer/uptime.h"
#include "relayer/verify.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_HEX 33
#define MAX_RUNNING 1024
#define UPTIME_COUNT_MS 3600000 /* of a session that lasts */
#define RETRY_MS 1000           /* doubles */
#define RETRY_MOST_MS 64000
#define PROGRESS_STEP 10000 /* parts of a million that are worth a row */

/* The attempt that a message speaks of, fenced. */
typedef struct {
    task_brief task;
    int64_t n, start_by, work_until, lease_until; /* work_until 0: the deadline alone */
    int64_t progress_ppm;
    bool acked, started, has_result;
    char outcome[24], phase[17];
} attempt_row;

static bool same_token(const char *stored, const char *given)
{
    return given != NULL && strlen(given) == TOKEN_HEX - 1 && strlen(stored) == TOKEN_HEX - 1 &&
           CRYPTO_memcmp(stored, given, TOKEN_HEX - 1) == 0;
}

/* False: it is not this node's with this token; nothing may change. */
static bool find_attempt(core *c, const node_session *s, attempt_row *t, const json_t *m)
{
    const char *task = json_string_value(json_object_get(m, "task_id"));
    const char *token = json_string_value(json_object_get(m, "lease_token"));
    const json_t *n = json_object_get(m, "attempt");
    memset(t, 0, sizeof *t);
    if (task == NULL || !json_is_integer(n)) return false;
    t->n = json_integer_value(n);
    task_hold(c, task);
    db_rows *r =
        db_query(core_db(c),
                 "SELECT lease_token, acked_at, started_at, start_by, lease_until, outcome, result,"
                 " work_until, phase, progress_ppm"
                 " FROM attempt WHERE task_id = ? AND n = ? AND node_id = ?",
                 DB_T(task), DB_I(t->n), DB_T(s->id));
    const bool found = db_next(r) && same_token(db_text(r, 0), token);
    if (found) {
        t->acked = !db_is_null(r, 1);
        t->started = !db_is_null(r, 2);
        t->start_by = db_int(r, 3);
        t->lease_until = db_int(r, 4);
        (void)snprintf(t->outcome, sizeof t->outcome, "%s",
                       db_text(r, 5) != NULL ? db_text(r, 5) : "");
        t->has_result = !db_is_null(r, 6);
        t->work_until = db_int(r, 7);
        (void)snprintf(t->phase, sizeof t->phase, "%s", db_text(r, 8) != NULL ? db_text(r, 8) : "");
        t->progress_ppm = db_int(r, 9);
    }
    db_end(r);
    return found && task_find(core_db(c), &t->task, task);
}

static void stale(core *c, const node_session *s, const char *re)
{
    node_error(c, s, re, "stale_lease", false, "this attempt is not, or no longer, this node's");
}

/* outcome: NULL while it goes on. */
static void log_attempt(core *c, log_level l, const char *event, const char *task, int64_t attempt,
                        const char *node, const char *outcome)
{
    char number[24];
    const app *a = core_user(c);
    const node_session *s = nodes_find(a->nodes, node);
    (void)snprintf(number, sizeof number, "%" PRId64, attempt);
    log_event(l, event, "task_id", task, "attempt", number, "node_id", node, "session_id",
              s != NULL ? s->session : NULL, "outcome", outcome, NULL);
}

/* ---- ends ---- */

bool node_attempt_end(core *c, const char *task, int64_t attempt, const char *node,
                      attempt_outcome outcome, const char *failure, const char *detail)
{
    db *d = core_db(c);
    app *a = core_user(c);
    const int64_t now = core_now(c);
    const int64_t n =
        db_run(d,
               "UPDATE attempt SET outcome = ?, ended_at = ?, lease_until = NULL, failure_code = ?,"
               " failure_detail = ? WHERE task_id = ? AND n = ? AND outcome IS NULL",
               DB_T(attempt_outcome_name(outcome)), DB_I(now), DB_T(failure), DB_T(detail),
               DB_T(task), DB_I(attempt));
    if (n != 1) return false;
    /* What the relayer takes from a node that holds it is rare, and asked for. */
    const bool taken_away = outcome == OUTCOME_LEASE_EXPIRED || outcome == OUTCOME_NODE_LOST ||
                            outcome == OUTCOME_TIME_LIMIT || outcome == OUTCOME_INFRA;
    log_attempt(c, taken_away ? LOG_INFO : LOG_DEBUG, "attempt_ended", task, attempt, node,
                attempt_outcome_name(outcome));
    node_count_ended(c, outcome);
    node_session *s = nodes_find(a->nodes, node);
    if (s != NULL) {
        node_keep_in_step(c, s);
        if (s->node.running > 0) s->node.running--;
    }
    /* A proof that does not hold is kept, as evidence; of others only what holds. */
    if (outcome != OUTCOME_VERIFIED && outcome != OUTCOME_PROOF_INVALID)
        keep_attempt_ended(c, task, attempt);
    if (outcome == OUTCOME_DECLINED || outcome == OUTCOME_CANCELLED || outcome == OUTCOME_INFRA ||
        attempt_fault(outcome) == FAULT_EXPIRED)
        standing_give_back(c, node, task, attempt);
    reputation_kind kind;
    if (reputation_of_outcome(&kind, outcome))
        standing_add(c, node, kind, task, attempt);
    else if (s == NULL)
        node_changed(c, node);
    return true;
}

void node_task_ended(core *c, const char *task, attempt_outcome outcome)
{
    struct {
        char node[NODE_ID];
        int64_t n;
        bool delivered;
    } open[SLOT_MOST];
    size_t k = 0;
    db_rows *r = db_query(core_db(c),
                          "SELECT n, node_id, result IS NOT NULL FROM attempt WHERE task_id = ? AND"
                          " outcome IS NULL ORDER BY n LIMIT 3",
                          DB_T(task));
    for (; k < SLOT_MOST && db_next(r); k++) {
        open[k].n = db_int(r, 0);
        (void)snprintf(open[k].node, sizeof open[k].node, "%s", db_text(r, 1));
        open[k].delivered = db_int(r, 2) != 0;
    }
    db_end(r);
    for (size_t i = 0; i < k; i++) {
        /* What was delivered in time is not late: it is not needed. */
        const attempt_outcome how =
            outcome == OUTCOME_EXPIRED && open[i].delivered ? OUTCOME_CANCELLED : outcome;
        (void)node_attempt_end(c, task, open[i].n, open[i].node, how, NULL, NULL);
        node_tell(c, open[i].node,
                  json_pack("{s:s, s:s, s:I, s:s}", "message_type", "task_cancel", "task_id", task,
                            "attempt", (json_int_t)open[i].n, "reason", attempt_outcome_name(how)));
    }
}

static void fail_task(core *c, task_brief *t, failure_code why, const char *actor,
                      const char *detail)
{
    node_task_ended(c, t->id, OUTCOME_CANCELLED);
    task_set_failure(c, t->id, why, detail);
    /* What was offered or delivered fails in the queue, where attempts are used up. */
    if (!task_may_become(t->state, TASK_FAILED, t->on_chain)) {
        if (!task_move(c, t->id, &t->version, t->state, TASK_QUEUED, actor, detail)) {
            core_fail(c);
            return;
        }
        t->state = TASK_QUEUED;
    }
    if (!task_move(c, t->id, &t->version, t->state, TASK_FAILED, actor, detail)) core_fail(c);
}

static void retry(core *c, const char *task, failure_code why, bool retryable, const char *detail)
{
    task_brief t;
    slots s;
    if (!task_find(core_db(c), &t, task)) return;
    slots_read(core_db(c), &s, &t);
    if (t.max_attempts - refusal_tries(core_db(c), t.id, true) < (int64_t)slots_empty(&s) ||
        !retryable) {
        fail_task(c, &t, why, "relayer", detail);
        return;
    }
    const int64_t each = refusal_tries(core_db(c), t.id, false) / (int64_t)s.n; /* about */
    const int64_t wait =
        why == FAILURE_NO_ELIGIBLE_NODE ? 0 : patience_ms(each, RETRY_MS, RETRY_MOST_MS);
    (void)db_run(core_db(c), "UPDATE task SET next_run_at = ? WHERE id = ?",
                 DB_I(core_now(c) + wait), DB_T(task));
    slots_follow(c, &t, "relayer", detail);
}

void node_task_retry(core *c, const char *task, failure_code why, const char *detail)
{
    retry(c, task, why, failure_retryable(why), detail);
}

void node_task_refused(core *c, const char *task, const char *node, bool declined,
                       const char *detail)
{
    refusal_note(c, task, node, declined);
    node_task_retry(c, task, FAILURE_NO_ELIGIBLE_NODE, detail);
}

/* ---- messages ---- */

/* When the work has to be delivered: max_execution_time from now, and the grace in which a socket
 * that was lost may come back. 0: the demander set no such time. */
static int64_t work_end(core *c, const char *task, int64_t now)
{
    db_rows *r = db_query(core_db(c), "SELECT requirements FROM task WHERE id = ?", DB_T(task));
    const int64_t most = db_next(r) ? overtime_limit_ms(db_text(r, 0)) : 0;
    db_end(r);
    if (most <= 0) return 0;
    return now + most + (int64_t)((const app *)core_user(c))->set.resume_grace_ms;
}

/* A lease ends with the deadline, and with the time that the work may take. */
static int64_t bounded(int64_t until, const attempt_row *t)
{
    if (t->work_until != 0 && until > t->work_until) until = t->work_until;
    return until < t->task.deadline ? until : t->task.deadline;
}

/* What its key signed is kept with the attempt. False: it is not signed, which is a fault of the
 * node; its attempt has ended. */
static bool take_signature(core *c, node_session *s, const attempt_row *t, const json_t *m,
                           const char *re)
{
    static const char detail[] = "the node did not sign its answer to the offer";
    char *ack = node_signed_ack(c, s, t->task.id, t->n, m);
    if (ack != NULL) {
        (void)db_run(core_db(c), "UPDATE attempt SET ack = ? WHERE task_id = ? AND n = ?",
                     DB_T(ack), DB_T(t->task.id), DB_I(t->n));
        free(ack);
        return true;
    }
    node_error(c, s, re, "invalid_signature", false,
               "the task_ack is not signed by this node's key: accept, lease_token and ts are");
    (void)node_attempt_end(c, t->task.id, t->n, s->id, OUTCOME_ABORTED, NULL, detail);
    node_task_refused(c, t->task.id, s->id, false, detail);
    return false;
}

/* Its task may be behind it: another slot of it waits for a node. */
static bool is_live(const attempt_row *t)
{
    return t->outcome[0] == 0 && t->acked && !t->has_result && t->task.state >= TASK_QUEUED &&
           t->task.state <= TASK_RUNNING;
}

static void give_up(core *c, const node_session *s, const attempt_row *t)
{
    if (!is_live(t)) return; /* its result may be here already */
    (void)node_attempt_end(c, t->task.id, t->n, s->id, OUTCOME_ABORTED, NULL,
                           "given up by the node");
    node_task_retry(c, t->task.id, FAILURE_NODE_LOST, "given up by the node");
}

void node_ack(core *c, node_session *s, const json_t *m, const char *re)
{
    app *a = core_user(c);
    attempt_row t;
    if (!find_attempt(c, s, &t, m) || t.outcome[0] != 0) {
        stale(c, s, re);
        return;
    }
    const bool accept = json_is_true(json_object_get(m, "accept"));
    if (t.acked && !accept) { /* told again, after it had lost what it took */
        give_up(c, s, &t);
        return;
    }
    if (t.acked) return; /* said again */
    if (s->node.is_signed && !take_signature(c, s, &t, m, re)) return;
    if (!accept) {
        const char *reason = json_string_value(json_object_get(m, "reason"));
        char detail[64];
        (void)snprintf(detail, sizeof detail, "declined: %.40s",
                       reason != NULL ? reason : "no reason given");
        (void)node_attempt_end(c, t.task.id, t.n, s->id, OUTCOME_DECLINED, NULL, detail);
        node_task_refused(c, t.task.id, s->id, true, detail);
        return;
    }
    const int64_t now = core_now(c);
    int64_t until = now + (int64_t)a->set.lease_ms;
    if (until > t.start_by) until = t.start_by;
    t.work_until = work_end(c, t.task.id, now);
    const db_value none = DB_NULL, end = DB_I(t.work_until);
    const db_value values[] = {DB_I(now), DB_I(bounded(until, &t)), t.work_until == 0 ? none : end,
                               DB_T(t.task.id), DB_I(t.n)};
    (void)db_run_values(core_db(c),
                        "UPDATE attempt SET acked_at = ?, lease_until = ?, work_until = ?"
                        " WHERE task_id = ? AND n = ?",
                        values, SP_COUNT(values));
    log_attempt(c, LOG_DEBUG, "attempt_taken", t.task.id, t.n, s->id, NULL);
    refusal_over(c, t.task.id, s->id);
    slots_follow(c, &t.task, s->id, NULL);
    assign_want(c, t.task.id, t.n);
}

/* The lease goes on; the first sign of work makes the task running. */
static int64_t renew(core *c, const node_session *s, attempt_row *t, const json_t *m)
{
    const app *a = core_user(c);
    const int64_t now = core_now(c), whole = now + (int64_t)a->set.lease_ms,
                  until = bounded(whole, t);
    const char *phase = json_string_value(json_object_get(m, "phase"));
    int64_t ppm = json_integer_value(json_object_get(m, "progress_ppm"));
    if (ppm < 0 || ppm > 1000000) ppm = 0;
    if (phase != NULL &&
        (strlen(phase) > 16 || strspn(phase, "abcdefghijklmnopqrstuvwxyz_") != strlen(phase)))
        phase = NULL;
    /* Thousands of nodes say every second or so that they go on: a row is written when there is
     * something new in it, half of the lease has gone, or no later end will come. */
    const int64_t step = ppm > t->progress_ppm ? ppm - t->progress_ppm : t->progress_ppm - ppm;
    if (t->started && step < PROGRESS_STEP && (phase == NULL || strcmp(phase, t->phase) == 0) &&
        until - t->lease_until < (int64_t)a->set.lease_ms / 2 &&
        (until == whole || until <= t->lease_until))
        return t->lease_until;
    const int64_t eta = json_integer_value(json_object_get(m, "eta_ms"));
    (void)db_run(core_db(c),
                 "UPDATE attempt SET lease_until = ?, started_at = coalesce(started_at, ?), phase "
                 "= coalesce(?, phase),"
                 " progress_ppm = ?, eta_ms = ? WHERE task_id = ? AND n = ?",
                 DB_I(until), DB_I(now), DB_T(phase), DB_I(ppm), DB_I(eta), DB_T(t->task.id),
                 DB_I(t->n));
    if (!t->started) slots_follow(c, &t->task, s->id, NULL);
    return until;
}

void node_progress(core *c, node_session *s, const json_t *m, const char *re)
{
    attempt_row t;
    if (!find_attempt(c, s, &t, m) || t.outcome[0] != 0)
        stale(c, s, re);
    else if (is_live(&t))
        (void)renew(c, s, &t, m);
}

/* Attempts that a heartbeat has named. */
typedef struct {
    uuid task[MAX_RUNNING];
    int64_t attempt[MAX_RUNNING];
    size_t n;
} named_list;

/* Whether an entry names an attempt that none before it did; each costs statements of the one
 * thread that writes. */
static bool is_first(named_list *l, const json_t *entry)
{
    const char *task = json_string_value(json_object_get(entry, "task_id"));
    const int64_t n = json_integer_value(json_object_get(entry, "attempt"));
    uuid id;
    if (task == NULL || uuid_read(&id, task, strlen(task)) != SP_OK) return false;
    for (size_t i = 0; i < l->n; i++)
        if (l->attempt[i] == n && memcmp(&l->task[i], &id, sizeof id) == 0) return false;
    l->task[l->n] = id;
    l->attempt[l->n++] = n;
    return true;
}

void node_heartbeat(core *c, node_session *s, const json_t *m, const char *re)
{
    const app *a = core_user(c);
    const json_t *running = json_object_get(m, "running");
    vitals v;
    char why[100];
    if (!vitals_read(&v, m, why)) {
        node_error(c, s, re, "malformed", false, why);
        return;
    }
    v.at_ms = core_now(c);
    v.rtt_us = s->rtt_us;
    vitals_put(nodes_vitals(a->nodes), s->id, s->handle, &v);
    s->node.rtt_ms = s->rtt_us < 0 ? SCORE_NO_RTT : (uint32_t)(s->rtt_us / 1000);
    if (v.disk_free_gb != VITALS_UNKNOWN)
        s->node.disk_gb =
            (uint32_t)v.disk_free_gb < s->disk_gb ? (uint32_t)v.disk_free_gb : s->disk_gb;
    if (node_clock() - s->counted_ms > UPTIME_COUNT_MS) {
        s->node.uptime_ppm = uptime_ppm(core_db(c), s->id, core_now(c));
        s->counted_ms = node_clock();
    }
    json_t *leases = json_array(), *entry;
    named_list seen;
    size_t i;
    /* What it has, and what was taken from it and it may not know of. */
    const size_t some = (size_t)s->node.running + NODE_MOST_AGAIN,
                 most = some < MAX_RUNNING ? some : MAX_RUNNING;
    seen.n = 0;
    json_array_foreach((json_t *)(uintptr_t)running, i, entry)
    {
        attempt_row t;
        if (seen.n == most) break;
        if (!is_first(&seen, entry) || !find_attempt(c, s, &t, entry)) continue;
        if (is_live(&t))
            (void)json_array_append_new(leases, json_pack("{s:s, s:I, s:I}", "task_id", t.task.id,
                                                          "attempt", (json_int_t)t.n, "lease_until",
                                                          (json_int_t)renew(c, s, &t, entry)));
        else if (t.outcome[0] != 0)
            node_send(c, s,
                      json_pack("{s:s, s:s, s:I, s:s}", "message_type", "lease_revoked", "task_id",
                                t.task.id, "attempt", (json_int_t)t.n, "reason", t.outcome));
    }
    const json_int_t seq = json_integer_value(json_object_get(m, "seq"));
    node_send(c, s,
              json_pack("{s:s, s:s?, s:I, s:I, s:o, s:[]}", "message_type", "heartbeat_ack", "re",
                        re, "seq", seq, "server_time", (json_int_t)core_now(c), "leases", leases,
                        "commands"));
}

static void answer(core *c, const node_session *s, const char *re, const attempt_row *t,
                   bool accepted, bool again, const char *reason)
{
    task_brief now;
    const char *state = task_find(core_db(c), &now, t->task.id) ? task_state_name(now.state) : NULL;
    node_send(c, s,
              json_pack("{s:s, s:s?, s:s, s:I, s:b, s:b, s:s?, s:s?}", "message_type", "result_ack",
                        "re", re, "task_id", t->task.id, "attempt", (json_int_t)t->n, "accepted",
                        accepted, "duplicate", again, "state", state, "reason", reason));
}

static void keep_signature(core *c, const attempt_row *t, const json_t *m)
{
    char *text = json_dumps(json_object_get(m, "signature"), JSON_COMPACT);
    if (text == NULL) core_fail(c);
    (void)db_run(core_db(c), "UPDATE attempt SET signed = ? WHERE task_id = ? AND n = ?",
                 DB_T(text), DB_T(t->task.id), DB_I(t->n));
    free(text);
}

static void failed(core *c, node_session *s, const json_t *m, const char *re, attempt_row *t)
{
    const json_t *error = json_object_get(m, "error");
    const char *name = json_string_value(json_object_get(error, "code")),
               *detail = json_string_value(json_object_get(error, "detail"));
    failure_code code = FAILURE_INTERNAL;
    char text[200];
    const bool known = name != NULL && failure_code_read(&code, name);
    if (known || name == NULL)
        (void)snprintf(text, sizeof text, "%.190s",
                       detail != NULL ? detail : failure_code_name(code));
    else
        (void)snprintf(text, sizeof text, "%.40s: %.140s", name, detail != NULL ? detail : "");
    /* Codes that are not known here are of the node's machine, and it says their class. */
    const char *class = json_string_value(json_object_get(error, "class"));
    const fault_class fault = known ? failure_class(code)
                              : class != NULL && strcmp(class, fault_class_name(FAULT_INFRA)) == 0
                                  ? FAULT_INFRA
                                  : FAULT_NODE;
    const bool task_fault = fault == FAULT_TASK;
    const attempt_outcome outcome =
        task_fault               ? OUTCOME_TASK_FAULT
        : fault == FAULT_EXPIRED ? overtime_said(c, t->task.id, t->n, s->id)
        : fault == FAULT_INFRA && standing_may_fail(c, s->id) ? OUTCOME_INFRA_FAILED
                                                              : OUTCOME_ABORTED;
    (void)node_attempt_end(c, t->task.id, t->n, s->id, outcome, failure_code_name(code), text);
    if (s->node.is_signed) keep_signature(c, t, m);
    answer(c, s, re, t, true, false, NULL);
    if (!task_fault) {
        node_task_retry(c, t->task.id, code, text);
        return;
    }
    /* A fault of the program is believed when two nodes say the same - or, without redundancy, one
     * that was asked again because in all that time there was no other (read_tried in demand.c). */
    int64_t nodes_said = 0, said = 0;
    db_rows *r = db_query(core_db(c),
                          "SELECT count(DISTINCT node_id), count(*) FROM attempt WHERE task_id = ?"
                          " AND outcome = 'task_fault' AND failure_code = ?",
                          DB_T(t->task.id), DB_T(failure_code_name(code)));
    if (db_next(r)) {
        nodes_said = db_int(r, 0);
        said = db_int(r, 1);
    }
    db_end(r);
    task_brief now;
    if (!task_find(core_db(c), &now, t->task.id)) return;
    if (nodes_said >= 2 || (said >= 2 && now.redundancy == 1)) {
        fail_task(c, &now, code, s->id, text);
        return;
    }
    /* Who is to confirm it costs the demander no try. */
    if (said == 1) refusal_spare(c, t->task.id, t->n);
    retry(c, t->task.id, code, true, text);
}

/* The node has let go of an attempt: of one that was taken from it, or by itself. */
void node_cancelled(core *c, node_session *s, const json_t *m, const char *re)
{
    attempt_row t;
    if (!find_attempt(c, s, &t, m)) {
        stale(c, s, re);
        return;
    }
    if (t.outcome[0] != 0)
        (void)db_run(core_db(c),
                     "UPDATE attempt SET released_at = ? WHERE task_id = ? AND n = ?"
                     " AND released_at IS NULL",
                     DB_I(core_now(c)), DB_T(t.task.id), DB_I(t.n));
    give_up(c, s, &t);
}

/* The node's word that it claims. Shown as its word and nothing more: what the contract paid is
 * read from the chain. */
void node_claim(core *c, node_session *s, const json_t *m, const char *re)
{
    attempt_row t;
    felt tx;
    char hash[FELT_HEX];
    const char *given = json_string_value(json_object_get(m, "tx_hash"));
    if (!find_attempt(c, s, &t, m) || strcmp(t.outcome, "verified") != 0 || !t.task.on_chain) {
        stale(c, s, re);
        return;
    }
    if (given == NULL || felt_read_hex(&tx, given, strlen(given)) != SP_OK) {
        node_error(c, s, re, "malformed", false, "tx_hash is no felt");
        return;
    }
    (void)felt_write_hex(hash, tx);
    (void)db_run(core_db(c), "UPDATE settlement SET reported_tx = ? WHERE task_id = ?", DB_T(hash),
                 DB_T(t.task.id));
}

void node_result(core *c, node_session *s, const json_t *m, const char *re)
{
    attempt_row t;
    if (!find_attempt(c, s, &t, m)) {
        stale(c, s, re);
        return;
    }
    if (t.has_result || t.outcome[0] != 0) {
        if (t.has_result && s->node.is_signed) node_contradicts(c, s, t.task.id, t.n, m);
        const bool good = t.has_result && (t.outcome[0] == 0 || strcmp(t.outcome, "verified") == 0);
        answer(c, s, re, &t, good, true, t.outcome[0] != 0 ? t.outcome : NULL);
        return;
    }
    const char *status = json_string_value(json_object_get(m, "status"));
    if (!is_live(&t) || status == NULL) {
        stale(c, s, re);
        return;
    }
    if (s->node.is_signed && !node_signed_result(c, s, t.task.id, t.n, m)) {
        node_error(c, s, re, "invalid_signature", false,
                   "the result is not signed by this node's key");
        return;
    }
    if (strcmp(status, "success") != 0) {
        failed(c, s, m, re, &t);
        return;
    }
    const char *bad = verify_accept(c, t.task.id, t.n, m);
    if (bad != NULL) {
        answer(c, s, re, &t, false, false, bad);
        return;
    }
    slots_follow(c, &t.task, s->id, NULL);
    answer(c, s, re, &t, true, false, NULL);
}
