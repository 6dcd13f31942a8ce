/* verify.c - see verify.h. */
#include "relayer/verify.h"

#include "core/crash.h"
#include "market/base64.h"
#include "market/hex.h"
#include "market/work.h"
#include "relayer/app.h"
#include "relayer/blob.h"
#include "relayer/keep.h"
#include "relayer/log.h"
#include "relayer/meters.h"
#include "relayer/schema.h"
#include "relayer/settle.h"
#include "relayer/standing.h"
#include "relayer/task.h"
#include "relayer/uploader.h"
#include "starknet/escrow.h"

#include <inttypes.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_PROOF ((size_t)UPLOADER_LEASE_BLOB)
#define MAX_OUTPUT ((size_t)UPLOADER_LEASE_BLOB)
#define CHILD_MEMORY ((uint64_t)1 << 30)
#define MOST_FAILURES 10 /* of ours, at one result */

static const char started_again[] = "started again";

/* One result of a task: what was delivered, and what was found. */
typedef struct {
    int64_t attempt;
    char node[NODE_ID], proof[BLOB_NAME], output_sha256[BLOB_NAME];
    uint8_t context[28];
    uint8_t *output; /* inline; NULL: a blob */
    size_t output_bytes;
    int64_t proof_bytes, exec_ms, prove_ms;
    work_result result;
    uint8_t io_commitment[31];
    struct { /* what the node signed of it */
        bool any;
        uint8_t io_commitment[31];
        int64_t cycles, proof_bytes;
    } said;
} delivery;

typedef struct {
    job j;
    app *a;
    char task[UUID_TEXT];
    int64_t max_cycles;
    char profile[12], h_in[PROGRAM_DIGEST_HEX];
    uint8_t program_id[28];
    delivery one[SLOT_MOST];
    size_t n;
} verification;

static void verification_free(job *j)
{
    verification *v = (verification *)j;
    for (size_t i = 0; i < v->n; i++) free(v->one[i].output);
    free(v);
}

void verify_context_hex(char out[57], felt chain_id, const char *contract, const char *task_id,
                        const char *account)
{
    uint8_t context[ESCROW_CONTEXT_BYTES];
    felt at = felt_zero(), who = felt_zero();
    u256 id = {0, 0};
    (void)!felt_read_hex(&at, contract, strlen(contract));
    (void)!felt_read_hex(&who, account, strlen(account));
    (void)!u256_read_text(&id, task_id);
    escrow_context(context, chain_id, at, id, who);
    hex_write(out, context, sizeof context);
}

/* ---- a result comes in ---- */

const char *verify_accept(core *c, const char *task, int64_t attempt, const json_t *m)
{
    const json_t *output = json_object_get(m, "output"), *proof = json_object_get(m, "proof");
    const char *out = json_string_value(json_object_get(output, "sha256")),
               *prf = json_string_value(json_object_get(proof, "sha256")),
               *b64 = json_string_value(json_object_get(output, "inline_b64"));
    if (out == NULL || prf == NULL || !blob_is_name(out) || !blob_is_name(prf)) return "malformed";
    if (!keep_is_there(c, prf)) return "proof_not_uploaded";
    if (b64 == NULL && !keep_is_there(c, out)) return "output_not_uploaded";
    char *text = json_dumps(m, JSON_COMPACT);
    if (text == NULL) return "overloaded";
    (void)db_run(core_db(c),
                 "UPDATE attempt SET result = ?, lease_until = NULL, phase = 'verify', "
                 "progress_ppm = 1000000,"
                 /* work_until has the time in which a lost socket may come back besides */
                 " late = CASE WHEN work_until - ? < ? THEN 1 END"
                 " WHERE task_id = ? AND n = ?",
                 DB_T(text), DB_I(((const app *)core_user(c))->set.resume_grace_ms),
                 DB_I(core_now(c)), DB_T(task), DB_I(attempt));
    free(text);
    keep_delivered(c, task, attempt, prf, b64 == NULL ? out : NULL);
    return NULL;
}

/* ---- it is verified ---- */

static void fill(work_result *r, enum work_code code, const char *detail)
{
    r->code = code;
    (void)snprintf(r->detail, sizeof r->detail, "%s", detail);
}

/* What was signed is what an auditor will compare with the proof. NULL: it is the same. */
static const char *signed_otherwise(const delivery *p, size_t proof_bytes)
{
    if (!p->said.any) return NULL;
    if (memcmp(p->said.io_commitment, p->io_commitment, sizeof p->io_commitment) != 0)
        return "the proof has not the io_commitment that was signed";
    if (p->said.cycles < 0 || (uint64_t)p->said.cycles != p->result.cycles)
        return "the proof has not the cycles that were signed";
    if (p->said.proof_bytes < 0 || (size_t)p->said.proof_bytes != proof_bytes)
        return "the proof has not the size that was signed";
    return NULL;
}

static void run_check(const verification *v, delivery *p, work_server *child)
{
    char h_out[PROGRAM_DIGEST_HEX], hex[BLOB_NAME];
    uint8_t hash[32];
    size_t n;
    uint8_t *output = p->output, *read = NULL;
    if (output == NULL)
        output = read = blob_read(v->a->blobs, p->output_sha256, MAX_OUTPUT, &p->output_bytes);
    uint8_t *proof = blob_read(v->a->blobs, p->proof, MAX_PROOF, &n);
    if (proof == NULL || output == NULL) {
        fill(&p->result, WORK_WORKER_REFUSED, "the proof or the output cannot be read");
    } else {
        (void)SHA256(proof, n, hash);
        hex_write(hex, hash, sizeof hash);
        const bool whole = strcmp(hex, p->proof) == 0;
        (void)SHA256(output, p->output_bytes, hash);
        hex_write(hex, hash, sizeof hash);
        program_hash_io(h_out, output, p->output_bytes);
        program_io_commitment(p->io_commitment, v->h_in, h_out);
        work_request q;
        memset(&q, 0, sizeof q);
        q.kind = WORK_VERIFY;
        q.profile = v->profile;
        q.proof = proof;
        q.proof_bytes = n;
        q.has_io_commitment = true;
        q.memory = CHILD_MEMORY;
        memcpy(q.io_commitment, p->io_commitment, sizeof q.io_commitment);
        memcpy(q.program_id, v->program_id, sizeof q.program_id);
        memcpy(q.context, p->context, sizeof q.context);
        if (!whole) {
            /* Taken away, so that the next upload is stored and not taken for this. */
            blob_remove(v->a->blobs, p->proof);
            fill(&p->result, WORK_WORKER_REFUSED, "the file of the proof has other bytes");
        } else if (strcmp(hex, p->output_sha256) != 0 && read != NULL) {
            /* It was stored under its hash: what is wrong since is our disk's doing. */
            blob_remove(v->a->blobs, p->output_sha256);
            fill(&p->result, WORK_WORKER_REFUSED, "the file of the output has other bytes");
        } else if (strcmp(hex, p->output_sha256) != 0)
            fill(&p->result, WORK_PROOF_INVALID, "the output has not the hash that was signed");
        else
            work_call(child, &q, v->a->set.verify_ms, &p->result);
        if (p->result.code == WORK_SUCCESS && p->result.cycles > (uint64_t)v->max_cycles)
            fill(&p->result, WORK_PROOF_INVALID,
                 "the program took more cycles than the task allows");
        if (p->result.code == WORK_SUCCESS && signed_otherwise(p, n) != NULL)
            fill(&p->result, WORK_PROOF_INVALID, signed_otherwise(p, n));
    }
    p->proof_bytes = (int64_t)n;
    free(proof);
    free(read);
}

/* Whether another slot's proof holds for another result: of a machine that does the same every time
 * that cannot be, so it is ours to find out why. */
static bool disagrees(db *d, const char *task, const delivery *p, const char *io)
{
    db_rows *r = db_query(d,
                          "SELECT 1 FROM attempt WHERE task_id = ? AND outcome = 'verified' AND"
                          " (output_sha256 <> ? OR io_commitment <> ? OR cycles <> ?)",
                          DB_T(task), DB_T(p->output_sha256), DB_T(io), DB_I(p->result.cycles));
    const bool other = db_next(r);
    db_end(r);
    return other;
}

static bool is_late(db *d, const char *task, int64_t attempt)
{
    db_rows *r = db_query(d, "SELECT 1 FROM attempt WHERE task_id = ? AND n = ? AND late = 1",
                          DB_T(task), DB_I(attempt));
    const bool late = db_next(r);
    db_end(r);
    return late;
}

/* A proof holds: the attempt is over, well. False: it says something else than another that holds.
 */
static bool holds(core *c, const task_brief *t, const delivery *p)
{
    db *d = core_db(c);
    char io[63];
    hex_write(io, p->io_commitment, 31);
    if (disagrees(d, t->id, p, io)) {
        char number[24];
        (void)snprintf(number, sizeof number, "%" PRId64, p->attempt);
        log_event(LOG_ERROR, "results_disagree", "task_id", t->id, "attempt", number, "node_id",
                  p->node, NULL);
        (void)node_attempt_end(c, t->id, p->attempt, p->node, OUTCOME_DISAGREED,
                               failure_code_name(FAILURE_INTERNAL),
                               "another proof that holds says something else");
        return false;
    }
    (void)db_run(d,
                 "UPDATE attempt SET output_sha256 = ?, io_commitment = ?, cycles = ?"
                 " WHERE task_id = ? AND n = ?",
                 DB_T(p->output_sha256), DB_T(io), DB_I(p->result.cycles), DB_T(t->id),
                 DB_I(p->attempt));
    (void)node_attempt_end(c, t->id, p->attempt, p->node, OUTCOME_VERIFIED, NULL, NULL);
    if (is_late(d, t->id, p->attempt)) standing_add(c, p->node, REPUTATION_LATE, t->id, p->attempt);
    return true;
}

/* All slots hold and agree: this one's result is the task's. */
static void succeeded(core *c, task_brief *t, const delivery *p)
{
    char io[63];
    hex_write(io, p->io_commitment, 31);
    const bool is_inline = p->output != NULL && p->output_bytes <= SCHEMA_INLINE;
    (void)db_run(core_db(c),
                 "UPDATE task SET output_sha256 = ?, output_bytes = ?, output = ?, io_commitment = "
                 "?, proof_sha256 = ?,"
                 " proof_bytes = ?, cycles = ?, exec_ms = ?, prove_ms = ?, verified_at = ?, "
                 "verified_attempt = ?, trace_rows = ?, verifier_version = ?"
                 " WHERE id = ?",
                 DB_T(p->output_sha256), DB_I(p->output_bytes),
                 DB_B(is_inline ? p->output : NULL, p->output_bytes), DB_T(io), DB_T(p->proof),
                 DB_I(p->proof_bytes), DB_I(p->result.cycles), DB_I(p->exec_ms), DB_I(p->prove_ms),
                 DB_I(core_now(c)), DB_I(p->attempt), DB_I(p->result.trace_rows),
                 DB_T(SPROVE_VERSION), DB_T(t->id));
    standing_false_faults(c, t->id);
    audit_draw(c, t->id, p->attempt, p->node);
    if (!task_move(c, t->id, &t->version, TASK_VERIFYING, TASK_VERIFIED, "relayer", NULL))
        core_fail(c);
    if (t->on_chain) settle_verified(c, t->id);
}

/* How often this result could not be verified, the one that is being said included. A start does
 * not count: the relayer may end as often as it likes. */
static int64_t failures(db *d, const char *task)
{
    db_rows *r =
        db_query(d,
                 "SELECT count(*) FROM task_event WHERE task_id = ? AND from_state = 'verifying'"
                 " AND to_state = 'result_received' AND detail <> ? AND seq >"
                 " (SELECT max(seq) FROM task_event WHERE task_id = ? AND to_state = 'offered')",
                 DB_T(task), DB_T(started_again), DB_T(task));
    const int64_t n = db_next(r) ? db_int(r, 0) + 1 : 1;
    db_end(r);
    return n;
}

static void refused(core *c, const task_brief *t, const delivery *p)
{
    char number[24];
    (void)snprintf(number, sizeof number, "%" PRId64, p->attempt);
    log_event(LOG_WARN, "proof_invalid", "task_id", t->id, "attempt", number, "node_id", p->node,
              "err", p->result.detail, NULL);
    (void)node_attempt_end(c, t->id, p->attempt, p->node, OUTCOME_PROOF_INVALID,
                           failure_code_name(FAILURE_PROOF_INVALID), p->result.detail);
}

/* Ours, or the child's: it is tried again. True: not any more. */
static bool unverified(core *c, const task_brief *t, const delivery *p)
{
    char number[24];
    (void)snprintf(number, sizeof number, "%" PRId64, p->attempt);
    log_event(LOG_ERROR, "verify_failed", "task_id", t->id, "attempt", number, "node_id", p->node,
              "code", work_code_name[p->result.code], "err", p->result.detail, NULL);
    if (failures(core_db(c), t->id) < MOST_FAILURES) return false;
    (void)node_attempt_end(c, t->id, p->attempt, p->node, OUTCOME_INFRA,
                           failure_code_name(FAILURE_INTERNAL), p->result.detail);
    return true;
}

/* Whether these results are still this relayer's to judge: another may have been asked meanwhile,
 * or the task have gone through other attempts. */
static bool is_asked(core *c, const verification *v)
{
    const app *a = core_user(c);
    bool asked = true;
    for (size_t i = 0; asked && i < v->n; i++) {
        db_rows *r = db_query(core_db(c),
                              "SELECT 1 FROM attempt WHERE task_id = ? AND n = ?"
                              " AND outcome IS NULL AND verifier = ?",
                              DB_T(v->task), DB_I(v->one[i].attempt), DB_T(a->instance.id));
        asked = db_next(r);
        db_end(r);
    }
    return asked;
}

/* On the core's thread, with the verdict. */
static void verdict(job *j, void *with)
{
    verification *v = (verification *)j;
    core *c = with;
    task_brief t;
    const delivery *good = NULL, *again = NULL, *ours = NULL;
    bool bad = false;
    task_hold(c, v->task);
    if (!task_find(core_db(c), &t, v->task) || t.state != TASK_VERIFYING || !is_asked(c, v)) return;
    for (size_t i = 0; i < v->n; i++) {
        const delivery *p = &v->one[i];
        switch (p->result.code) {
        case WORK_SUCCESS:
            if (holds(c, &t, p))
                good = p;
            else
                ours = p;
            break;
        case WORK_PROOF_INVALID:
        case WORK_NONZERO_EXIT:
            refused(c, &t, p);
            bad = true;
            break;
        default:
            if (unverified(c, &t, p))
                ours = p;
            else
                again = p;
        }
    }
    if (bad)
        node_task_retry(c, t.id, FAILURE_PROOF_INVALID, "the proof does not hold");
    else if (ours != NULL)
        node_task_retry(c, t.id, FAILURE_INTERNAL,
                        ours->result.code == WORK_SUCCESS
                            ? "two proofs that hold say different things"
                            : ours->result.detail);
    else if (again != NULL) {
        if (!task_move(c, t.id, &t.version, TASK_VERIFYING, TASK_RESULT_RECEIVED, "relayer",
                       again->result.detail))
            core_fail(c);
    } else if (good != NULL) {
        succeeded(c, &t, good);
    }
}

/* On the loop's thread. A verdict that could not be written leaves its task as being verified: the
 * core looks for such. */
static void verdict_done(job *j)
{
    app *a = ((verification *)j)->a;
    if (j->failed) a->verify_again = true;
    a->verifying--;
    verification_free(j);
}

static void *verify_thread(void *arg)
{
    app *a = arg;
    const work_server_options o = {.program = a->worker,
                                   .dir = a->spool,
                                   .memory = CHILD_MEMORY,
                                   .threads = 1,
                                   .max_requests = WORK_SERVER_REQUESTS};
    work_server *child = NULL;
    if (work_server_new(&child, &o) != SP_OK) return NULL;
    for (;;) {
        job *j = queue_take(&a->verifies, 1, clock_ns() + 1000000000u);
        if (j != NULL) {
            verification *v = (verification *)j;
            for (size_t i = 0; i < v->n; i++) {
                const uint64_t start = clock_ns();
                run_check(v, &v->one[i], child);
                const enum work_code code = v->one[i].result.code;
                meters_time(meters_of(a), TIME_VERIFY,
                            code == WORK_SUCCESS         ? "valid"
                            : code == WORK_PROOF_INVALID ? "invalid"
                                                         : "failed",
                            "", clock_ns() - start);
            }
            SP_CRASH_POINT("after_verify");
            j->run = verdict;
            j->done = verdict_done;
            /* The core stops after these threads; a full queue is waited for. */
            while (!core_post(a->core, j)) {
                const struct timespec pause = {0, 1000000};
                if (a->stopping) {
                    verification_free(j);
                    break;
                }
                (void)nanosleep(&pause, NULL);
            }
        } else if (queue_is_over(&a->verifies)) {
            break;
        }
    }
    work_server_delete(child);
    return NULL;
}

sp_status verify_open(app *a, char *why)
{
    queue_init(&a->verifies, 1024);
    if (work_find_program(a->worker, sizeof a->worker) != SP_OK) {
        (void)snprintf(why, SETTINGS_WHY,
                       "sprove-worker is neither beside this program nor in ../libexec/sprove");
        return SP_ERR_IO;
    }
    for (uint64_t i = 0; i < a->set.verifiers && i < APP_MAX_READERS; i++) {
        if (pthread_create(&a->verifier[i], NULL, verify_thread, a) != 0) return SP_ERR_IO;
        a->n_verifiers++;
    }
    return SP_OK;
}

void verify_close(app *a)
{
    a->stopping = true;
    queue_close(&a->verifies);
    for (size_t i = 0; i < a->n_verifiers; i++) (void)pthread_join(a->verifier[i], NULL);
    a->n_verifiers = 0;
}

/* ---- what waits ---- */

static bool load_one(verification *v, const db_rows *r)
{
    char contract[68], chain_task[TASK_AMOUNT], account[68], context[57];
    json_t *m = json_loads(db_text(r, 2), 0, NULL);
    const json_t *output = json_object_get(m, "output"), *usage = json_object_get(m, "usage");
    const char *b64 = json_string_value(json_object_get(output, "inline_b64"));
    delivery *p = &v->one[v->n++];
    p->attempt = db_int(r, 0);
    (void)snprintf(p->node, sizeof p->node, "%s", db_text(r, 1));
    (void)snprintf(account, sizeof account, "%s", db_text(r, 3));
    (void)snprintf(v->profile, sizeof v->profile, "%s", db_text(r, 4));
    (void)snprintf(v->h_in, sizeof v->h_in, "%s", db_text(r, 6));
    v->max_cycles = db_int(r, 7);
    (void)snprintf(contract, sizeof contract, "%s", db_is_null(r, 8) ? "" : db_text(r, 8));
    (void)snprintf(chain_task, sizeof chain_task, "%s", db_is_null(r, 9) ? "" : db_text(r, 9));
    (void)snprintf(p->proof, sizeof p->proof, "%s",
                   json_string_value(json_object_get(json_object_get(m, "proof"), "sha256")));
    (void)snprintf(p->output_sha256, sizeof p->output_sha256, "%s",
                   json_string_value(json_object_get(output, "sha256")));
    p->exec_ms = json_integer_value(json_object_get(usage, "exec_ms"));
    p->prove_ms = json_integer_value(json_object_get(usage, "prove_ms"));
    bool ok = hex_read(v->program_id, 28, db_text(r, 5));
    p->said.any = json_object_get(m, "signature") != NULL;
    if (p->said.any) {
        const char *io = json_string_value(json_object_get(m, "io_commitment"));
        (void)(io != NULL && hex_read(p->said.io_commitment, sizeof p->said.io_commitment, io));
        p->said.cycles = json_integer_value(json_object_get(usage, "cycles"));
        p->said.proof_bytes =
            json_integer_value(json_object_get(json_object_get(m, "proof"), "size"));
    }
    if (b64 != NULL) {
        const size_t len = strlen(b64);
        p->output_bytes = len / 4 * 3 + 3;
        p->output = malloc(p->output_bytes);
        /* Not base64: an output with a wrong hash, which is the node's fault and found by the
         * check. */
        if (p->output != NULL && base64_read(p->output, &p->output_bytes, b64, len) != SP_OK)
            p->output_bytes = 0;
        ok = ok && p->output != NULL;
    }
    if (chain_task[0] != 0) {
        verify_context_hex(context, v->a->chain_id, contract, chain_task, account);
        (void)!hex_read(p->context, 28, context);
    }
    json_decref(m);
    return ok;
}

static bool load(verification *v, db *d, const char *task)
{
    bool ok = true;
    (void)snprintf(v->task, sizeof v->task, "%s", task);
    db_rows *r = db_query(
        d,
        "SELECT a.n, a.node_id, a.result, a.account, t.profile, t.program_id, t.input_commitment,"
        " t.max_cycles, t.chain_contract, t.chain_task_id FROM attempt a JOIN task t"
        " ON t.id = a.task_id WHERE a.task_id = ? AND a.result IS NOT NULL AND a.outcome IS NULL"
        " ORDER BY a.slot LIMIT 3",
        DB_T(task));
    while (ok && v->n < SLOT_MOST && db_next(r)) ok = load_one(v, r);
    db_end(r);
    return ok && v->n > 0;
}

#define MAX_WAITING 64
#define IN_FLIGHT 32 /* for each verifier: work until the next round (100 ms), at a few ms each */

typedef struct {
    char id[UUID_TEXT];
    int64_t version;
} waiting_task;

/* One that cannot be started holds up no other. */
static void start_one(core *c, void *arg)
{
    app *a = core_user(c);
    waiting_task *w = arg;
    if (!task_hold_if(c, w->id, w->version)) return; /* another relayer takes it */
    verification *v = calloc(1, sizeof *v);
    if (v != NULL) v->a = a;
    if (v == NULL || !load(v, core_db(c), w->id) ||
        !task_move(c, w->id, &w->version, TASK_RESULT_RECEIVED, TASK_VERIFYING, "relayer", NULL) ||
        db_run(core_db(c),
               "UPDATE attempt SET verifier = ? WHERE task_id = ? AND result IS NOT NULL"
               " AND outcome IS NULL",
               DB_T(a->instance.id), DB_T(w->id)) != (int64_t)v->n ||
        !queue_put(&a->verifies, &v->j)) {
        if (v != NULL) verification_free(&v->j);
        core_fail(c);
        return;
    }
    a->verifying++;
}

void verify_start_waiting(core *c)
{
    app *a = core_user(c);
    if (a->verify_again) {
        a->verify_again = false;
        verify_recover(c, a->instance.id);
    }
    waiting_task list[MAX_WAITING];
    size_t n = 0;
    db_rows *r = db_query_values(core_db(c),
                                 "SELECT id, version FROM task WHERE state = 'result_received' "
                                 "ORDER BY deadline LIMIT 64",
                                 NULL, 0);
    while (n < MAX_WAITING && db_next(r)) {
        (void)snprintf(list[n].id, sizeof list[n].id, "%s", db_text(r, 0));
        list[n++].version = db_int(r, 1);
    }
    db_end(r);
    for (size_t i = 0; i < n && a->verifying < IN_FLIGHT * a->n_verifiers; i++)
        if (!core_part(c, start_one, &list[i]) && !core_in_the_way(c))
            log_event(LOG_ERROR, "task_left_alone", "what", "verify", "task_id", list[i].id, NULL);
}

void verify_recover(core *c, const char *relayer)
{
    for (;;) {
        char id[UUID_TEXT] = "";
        int64_t version = 0;
        db_rows *r = db_query(
            core_db(c),
            "SELECT t.id, t.version FROM task t JOIN attempt a ON a.task_id = t.id"
            " AND a.outcome IS NULL AND a.verifier = ? WHERE t.state = 'verifying' LIMIT 1",
            DB_T(relayer));
        if (db_next(r)) {
            (void)snprintf(id, sizeof id, "%s", db_text(r, 0));
            version = db_int(r, 1);
        }
        db_end(r);
        if (id[0] == 0) return;
        if (!task_move(c, id, &version, TASK_VERIFYING, TASK_RESULT_RECEIVED, "relayer",
                       started_again))
            return;
    }
}
