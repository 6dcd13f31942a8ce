/* node_task.c - what nodes say about tasks, and how attempts end. */
#include "relayer/node.h"

#include "market/digest.h"
#include "market/hex.h"
#include "relayer/app.h"
#include "relayer/check.h"
#include "relayer/log.h"
#include "relayer/task.h"
#include "relayer/verify.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_HEX 33
#define MAX_RUNNING 1024

/* The attempt that a message speaks of, fenced. */
typedef struct {
    task_brief task;
    int64_t n, start_by, lease_until;
    bool acked, started, has_result;
    char outcome[24];
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
    db_rows *r =
        db_query(core_db(c),
                 "SELECT lease_token, acked_at, started_at, start_by, lease_until, outcome, result"
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
    }
    db_end(r);
    return found && task_find(core_db(c), &t->task, task);
}

static void stale(core *c, const node_session *s, const char *re)
{
    node_error(c, s, re, "stale_lease", false, "this attempt is not, or no longer, this node's");
}

/* ---- ends ---- */

void node_attempt_end(core *c, const char *task, int64_t attempt, const char *node,
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
    if (n != 1) return;
    node_session *s = nodes_find(a->nodes, node);
    if (s != NULL) {
        node_keep_in_step(c, s);
        if (s->node.running > 0) s->node.running--;
    }
    reputation_kind kind;
    if (!reputation_of_outcome(&kind, outcome)) {
        if (s == NULL) node_changed(c, node);
        return;
    }

    reputation rep = {0, 0, 0};
    success_rate tries = {0, 0, 0};
    int64_t clean = 0, seq = 1, quota = 1, quota_max = 1;
    db_rows *r = db_query(
        d,
        "SELECT rep_good, rep_bad, rep_at, tries_good, tries_all, tries_at, clean, quota_left,"
        " quota_max FROM node WHERE id = ?" DB_LOCK,
        DB_T(node));
    if (db_next(r)) {
        rep = (reputation){(uint64_t)db_int(r, 0), (uint64_t)db_int(r, 1), (uint64_t)db_int(r, 2)};
        tries =
            (success_rate){(uint64_t)db_int(r, 3), (uint64_t)db_int(r, 4), (uint64_t)db_int(r, 5)};
        clean = db_int(r, 6);
        quota = db_int(r, 7);
        quota_max = db_int(r, 8);
    }
    db_end(r);
    r = db_query(d, "SELECT max(seq) FROM reputation_event WHERE node_id = ?", DB_T(node));
    if (db_next(r)) seq = db_int(r, 0) + 1;
    db_end(r);
    const bool good = outcome == OUTCOME_VERIFIED;
    reputation_add(&rep, kind, (uint64_t)now);
    success_rate_add(&tries, good, (uint64_t)now);
    clean = good ? clean + 1 : 0;
    const uint32_t left =
        reputation_quota((uint32_t)(quota > 0 ? quota : 1), !good, (uint32_t)quota_max);
    const uint64_t pause = reputation_pause_ms(kind);
    const int64_t until = pause == 0 || pause == UINT64_MAX ? 0 : now + (int64_t)pause;
    (void)db_run(d,
                 "INSERT INTO reputation_event(node_id, seq, at, kind, task_id, attempt) VALUES(?, "
                 "?, ?, ?, ?, ?)",
                 DB_T(node), DB_I(seq), DB_I(now), DB_T(reputation_kind_name(kind)), DB_T(task),
                 DB_I(attempt));
    (void)db_run(
        d,
        "UPDATE node SET rep_good = ?, rep_bad = ?, rep_at = ?, tries_good = ?, tries_all "
        "= ?, tries_at = ?,"
        " clean = ?, quota_left = ?,"
        /* Nothing that a node does lifts a ban or shortens a pause. */
        " state = CASE WHEN state = 'banned' THEN state ELSE ? END,"
        " ban_until = CASE WHEN ? = 1 THEN NULL ELSE ban_until END,"
        " banned_until = CASE WHEN coalesce(banned_until, 0) > ? THEN banned_until ELSE ? END,"
        " version = version + 1 WHERE id = ?",
        DB_I(rep.good), DB_I(rep.bad), DB_I(rep.at_ms), DB_I(tries.good), DB_I(tries.all),
        DB_I(tries.at_ms), DB_I(clean), DB_I(left),
        DB_T(pause == UINT64_MAX ? "banned"
             : clean >= 10       ? "active"
                                 : "probation"),
        DB_I(pause == UINT64_MAX), DB_I(until), DB_I(until), DB_T(node));
    if (s == NULL) {
        node_changed(c, node);
        return;
    }
    s->rep = rep;
    s->tries = tries;
    s->clean = (uint64_t)clean;
    s->node.quota_left = left;
    s->node.banned = s->node.banned || pause == UINT64_MAX;
    if ((uint64_t)until > s->node.paused_until_ms) s->node.paused_until_ms = (uint64_t)until;
    s->node.reputation_ppm = reputation_ppm(&rep, (uint64_t)now);
    s->node.success_ppm = success_rate_ppm(&tries, (uint64_t)now);
    if (s->node.is_signed) s->node.probation = clean < 10;
    if (s->node.banned) node_close(c, s, 4403, "banned");
}

void node_task_ended(core *c, const char *task, attempt_outcome outcome)
{
    char node[NODE_ID] = "";
    int64_t n = 0;
    db_rows *r =
        db_query(core_db(c), "SELECT n, node_id FROM attempt WHERE task_id = ? AND outcome IS NULL",
                 DB_T(task));
    if (db_next(r)) {
        n = db_int(r, 0);
        (void)snprintf(node, sizeof node, "%s", db_text(r, 1));
    }
    db_end(r);
    if (n == 0) return;
    node_attempt_end(c, task, n, node, outcome, NULL, NULL);
    node_tell(c, node,
              json_pack("{s:s, s:s, s:I, s:s}", "message_type", "task_cancel", "task_id", task,
                        "attempt", (json_int_t)n, "reason", attempt_outcome_name(outcome)));
}

void node_task_retry(core *c, const char *task, failure_code why, const char *detail)
{
    db *d = core_db(c);
    task_brief t;
    int64_t max = 0;
    if (!task_find(d, &t, task)) return;
    db_rows *r = db_query(d, "SELECT max_attempts FROM task WHERE id = ?", DB_T(task));
    if (db_next(r)) max = db_int(r, 0);
    db_end(r);
    if (t.attempts >= max || !failure_retryable(why)) {
        task_set_failure(c, task, why, detail);
        /* What was offered or delivered fails in the queue, where attempts are used up. */
        if (!task_may_become(t.state, TASK_FAILED, t.on_chain)) {
            if (!task_move(c, task, &t.version, t.state, TASK_QUEUED, "relayer", detail)) {
                core_fail(c);
                return;
            }
            t.state = TASK_QUEUED;
        }
        if (!task_move(c, task, &t.version, t.state, TASK_FAILED, "relayer", detail)) core_fail(c);
        return;
    }
    const int64_t wait =
        why == FAILURE_NO_ELIGIBLE_NODE ? 0 : INT64_C(1000) << (t.attempts < 6 ? t.attempts : 6);
    (void)db_run(d, "UPDATE task SET next_run_at = ? WHERE id = ?", DB_I(core_now(c) + wait),
                 DB_T(task));
    if (!task_move(c, task, &t.version, t.state, TASK_QUEUED, "relayer", detail)) core_fail(c);
}

/* ---- messages ---- */

void node_ack(core *c, node_session *s, const json_t *m, const char *re)
{
    app *a = core_user(c);
    attempt_row t;
    if (!find_attempt(c, s, &t, m) || t.outcome[0] != 0) {
        stale(c, s, re);
        return;
    }
    if (t.acked) return; /* said again */
    const bool accept = json_is_true(json_object_get(m, "accept"));
    if (!accept) {
        const char *reason = json_string_value(json_object_get(m, "reason"));
        char detail[64];
        (void)snprintf(detail, sizeof detail, "declined: %.40s",
                       reason != NULL ? reason : "no reason given");
        node_attempt_end(c, t.task.id, t.n, s->id, OUTCOME_DECLINED, NULL, detail);
        node_task_retry(c, t.task.id, FAILURE_NO_ELIGIBLE_NODE, detail);
        return;
    }
    const int64_t now = core_now(c);
    int64_t until = now + (int64_t)a->set.lease_ms;
    if (until > t.start_by) until = t.start_by;
    (void)db_run(core_db(c),
                 "UPDATE attempt SET acked_at = ?, lease_until = ? WHERE task_id = ? AND n = ?",
                 DB_I(now), DB_I(until), DB_T(t.task.id), DB_I(t.n));
    if (!task_move(c, t.task.id, &t.task.version, TASK_OFFERED, TASK_LEASED, s->id, NULL))
        core_fail(c);
}

/* The lease goes on; the first sign of work makes the task running. */
static int64_t renew(core *c, const node_session *s, attempt_row *t, const json_t *m)
{
    const app *a = core_user(c);
    const int64_t now = core_now(c), until = now + (int64_t)a->set.lease_ms;
    const char *phase = json_string_value(json_object_get(m, "phase"));
    int64_t ppm = json_integer_value(json_object_get(m, "progress_ppm"));
    if (ppm < 0 || ppm > 1000000) ppm = 0;
    if (phase != NULL &&
        (strlen(phase) > 16 || strspn(phase, "abcdefghijklmnopqrstuvwxyz_") != strlen(phase)))
        phase = NULL;
    const int64_t eta = json_integer_value(json_object_get(m, "eta_ms"));
    (void)db_run(core_db(c),
                 "UPDATE attempt SET lease_until = ?, started_at = coalesce(started_at, ?), phase "
                 "= coalesce(?, phase),"
                 " progress_ppm = ?, eta_ms = ? WHERE task_id = ? AND n = ?",
                 DB_I(until), DB_I(now), DB_T(phase), DB_I(ppm), DB_I(eta), DB_T(t->task.id),
                 DB_I(t->n));
    if (t->task.state == TASK_LEASED &&
        !task_move(c, t->task.id, &t->task.version, TASK_LEASED, TASK_RUNNING, s->id, NULL))
        core_fail(c);
    return until;
}

static bool is_live(const attempt_row *t)
{
    return t->outcome[0] == 0 && t->acked && !t->has_result &&
           (t->task.state == TASK_LEASED || t->task.state == TASK_RUNNING);
}

void node_progress(core *c, node_session *s, const json_t *m, const char *re)
{
    attempt_row t;
    if (!find_attempt(c, s, &t, m) || t.outcome[0] != 0)
        stale(c, s, re);
    else if (is_live(&t))
        (void)renew(c, s, &t, m);
}

void node_heartbeat(core *c, node_session *s, const json_t *m, const char *re)
{
    const json_t *running = json_object_get(m, "running");
    json_t *leases = json_array(), *entry;
    size_t i;
    json_array_foreach((json_t *)(uintptr_t)running, i, entry)
    {
        attempt_row t;
        if (i == MAX_RUNNING) break;
        if (!find_attempt(c, s, &t, entry)) continue;
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

/* The signed digest of what came out; false: it is not this node's signature. */
static bool is_signed_result(core *c, const node_session *s, const attempt_row *t, const json_t *m)
{
    const app *a = core_user(c);
    digest_result d = {
        .chain_id = a->chain_id, .attempt = (uint32_t)t->n, .status = DIGEST_SUCCESS};
    digest_signature sig;
    felt z;
    const json_t *pair = json_object_get(m, "signature"), *output = json_object_get(m, "output"),
                 *proof = json_object_get(m, "proof"), *usage = json_object_get(m, "usage");
    const char *r = json_string_value(json_array_get(pair, 0)),
               *v = json_string_value(json_array_get(pair, 1));
    const char *out = json_string_value(json_object_get(output, "sha256")),
               *prf = json_string_value(json_object_get(proof, "sha256")),
               *io = json_string_value(json_object_get(m, "io_commitment"));
    if (r == NULL || v == NULL || felt_read_hex(&sig.r, r, strlen(r)) != SP_OK ||
        felt_read_hex(&sig.s, v, strlen(v)) != SP_OK)
        return false;
    uint8_t io_bytes[32] = {0};
    if (out == NULL || prf == NULL || io == NULL || !hex_read(d.output, 32, out) ||
        !hex_read(d.proof, 32, prf) || !hex_read(io_bytes, 31, io))
        return false;
    /* As docs/chain.md 1: the integer of the bytes, little endian. */
    uint8_t be[32];
    for (size_t i = 0; i < 32; i++) be[i] = io_bytes[31 - i];
    if (felt_read(&d.io_commitment, be) != SP_OK) return false;
    db_rows *row = db_query(core_db(c), "SELECT input_sha256, program_id FROM task WHERE id = ?",
                            DB_T(t->task.id));
    bool ok = db_next(row) && hex_read(d.input, 32, db_text(row, 0)) &&
              hex_read(d.program, 28, db_text(row, 1));
    db_end(row);
    ok = ok && uuid_read(&d.task, t->task.id, strlen(t->task.id)) == SP_OK;
    d.proof_bytes = (uint64_t)json_integer_value(json_object_get(proof, "size"));
    d.cycles = (uint64_t)json_integer_value(json_object_get(usage, "cycles"));
    return ok && digest_of_result(&z, &d) == SP_OK && digest_verify(s->pubkey, z, &sig) == SP_OK;
}

static void failed(core *c, node_session *s, const json_t *m, const char *re, attempt_row *t)
{
    const json_t *error = json_object_get(m, "error");
    const char *name = json_string_value(json_object_get(error, "code")),
               *detail = json_string_value(json_object_get(error, "detail"));
    failure_code code = FAILURE_INTERNAL;
    char text[200];
    if (name == NULL || !failure_code_read(&code, name)) code = FAILURE_INTERNAL;
    (void)snprintf(text, sizeof text, "%.190s", detail != NULL ? detail : failure_code_name(code));
    const bool task_fault = failure_class(code) == FAULT_TASK;
    node_attempt_end(c, t->task.id, t->n, s->id, task_fault ? OUTCOME_TASK_FAULT : OUTCOME_ABORTED,
                     failure_code_name(code), text);
    /* A fault of the program is believed when two nodes say the same. */
    int64_t said = 0;
    db_rows *r = db_query(
        core_db(c),
        "SELECT count(DISTINCT node_id) FROM attempt WHERE task_id = ? AND failure_code = ?",
        DB_T(t->task.id), DB_T(failure_code_name(code)));
    if (db_next(r)) said = db_int(r, 0);
    db_end(r);
    answer(c, s, re, t, true, false, NULL);
    if (task_fault && said >= 2) {
        task_set_failure(c, t->task.id, code, text);
        if (!task_move(c, t->task.id, &t->task.version, t->task.state, TASK_FAILED, s->id,
                       failure_code_name(code)))
            core_fail(c);
        return;
    }
    node_task_retry(c, t->task.id, task_fault ? FAILURE_NODE_LOST : code, text);
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
        const bool good = t.has_result && (t.outcome[0] == 0 || strcmp(t.outcome, "verified") == 0);
        answer(c, s, re, &t, good, true, t.outcome[0] != 0 ? t.outcome : NULL);
        return;
    }
    const char *status = json_string_value(json_object_get(m, "status"));
    if (!is_live(&t) || status == NULL) {
        stale(c, s, re);
        return;
    }
    if (strcmp(status, "success") != 0) {
        failed(c, s, m, re, &t);
        return;
    }
    if (s->node.is_signed && !is_signed_result(c, s, &t, m)) {
        node_error(c, s, re, "invalid_signature", false,
                   "the result is not signed by this node's key");
        return;
    }
    const char *bad = verify_accept(c, t.task.id, t.n, m);
    if (bad != NULL) {
        answer(c, s, re, &t, false, false, bad);
        return;
    }
    if (!task_move(c, t.task.id, &t.task.version, t.task.state, TASK_RESULT_RECEIVED, s->id,
                   NULL)) {
        core_fail(c);
        return;
    }
    answer(c, s, re, &t, true, false, NULL);
}
