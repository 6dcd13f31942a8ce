/* audit.c - see audit.h. */
#include "relayer/audit.h"

#include "market/hex.h"
#include "market/work.h"
#include "relayer/app.h"
#include "relayer/blob.h"
#include "relayer/log.h"
#include "relayer/node_ban.h"
#include "relayer/standing.h"

#include <inttypes.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST 4 /* with the thread */
#define CHILD_MEMORY ((uint64_t)1 << 30)
#define STEP_MS 100 /* between looks at whether the relayer stops */
#define AGAIN_MS 5000

typedef enum { AGREES, DIFFERS, INCONCLUSIVE, AGAIN } audit_verdict;

typedef struct {
    job j;
    app *a;
    char id[UUID_TEXT], task[UUID_TEXT], program[65];
    char input_sha256[TASK_SHA256], output_sha256[TASK_SHA256], proof_sha256[TASK_SHA256],
        io_commitment[PROGRAM_DIGEST_HEX];
    int64_t attempt, cycles, max_cycles, tries;
    bool digest, forgotten;
    uint8_t *input; /* NULL: a blob */
    size_t input_bytes;
    /* the report */
    audit_verdict verdict;
    json_t *found;
    char detail[320];
    uint64_t ts_ms;
    digest_signature signature;
} audit;

static const char *const verdict_name[] = {"agrees", "differs", "inconclusive"};

static void audit_delete(job *j)
{
    audit *t = (audit *)j;
    free(t->input);
    json_decref(t->found);
    free(t);
}

/* ---- running it again ---- */

static void say(audit *t, audit_verdict verdict, const char *detail)
{
    t->verdict = verdict;
    (void)snprintf(t->detail, sizeof t->detail, "%s", detail);
}

static bool is_hash(const char *hex, const uint8_t *bytes, size_t n)
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    char text[TASK_SHA256];
    (void)SHA256(bytes, n, hash);
    hex_write(text, hash, sizeof hash);
    return strcmp(text, hex) == 0;
}

static void compare(audit *t, const work_result *r)
{
    char output[TASK_SHA256], io[PROGRAM_DIGEST_HEX], cycles[24];
    hex_write(output, r->output_sha256, sizeof r->output_sha256);
    hex_write(io, r->io_commitment, sizeof r->io_commitment);
    (void)snprintf(cycles, sizeof cycles, "%" PRIu64, r->cycles);
    t->found = json_pack("{s:s, s:s, s:s}", "output_sha256", output, "io_commitment", io, "cycles",
                         cycles);
    if (strcmp(output, t->output_sha256) != 0)
        say(t, DIFFERS, "the program's output is another");
    else if (strcmp(io, t->io_commitment) != 0)
        say(t, DIFFERS, "the io commitment is another");
    else if (r->cycles != (uint64_t)t->cycles)
        say(t, DIFFERS, "the program takes another number of cycles");
    else
        say(t, AGREES, "");
}

static void judge(audit *t, const work_result *r)
{
    if (r->code == WORK_SUCCESS) {
        compare(t, r);
    } else if (strcmp(work_code_class(r->code), "task_fault") == 0) {
        t->found = json_pack("{s:s}", "code", work_code_name[r->code]);
        say(t, DIFFERS, r->detail);
    } else {
        say(t, r->code == WORK_TIME_LIMIT || r->code == WORK_MEMORY_LIMIT ? INCONCLUSIVE : AGAIN,
            r->detail);
    }
}

/* A program of a stranger's has a child to itself: one that took it over would lie about the others
 * that follow in it. */
static void execute_alone(audit *t, const work_request *q)
{
    app *a = t->a;
    char why[SANDBOX_WHY] = "";
    work_job *w = NULL;
    const work_options o = {
        .program = a->worker, .dir = a->spool, .wall_ms = a->set.audit_ms, .grace_ms = 1000};
    if (work_start(&w, q, &o, why) != SP_OK) {
        say(t, AGAIN, why);
        return;
    }
    for (bool told = false; !work_step(w, STEP_MS);) {
        if (!a->stopping || told) continue;
        work_cancel(w);
        told = true;
    }
    judge(t, work_done(w));
    work_delete(w);
}

/* The built-in jobs are ours: they share a child, whose start takes longer than most of them. */
static void execute(audit *t, const work_request *q, work_server *child)
{
    work_result r;
    if (q->job == NULL || child == NULL) {
        execute_alone(t, q);
        return;
    }
    work_call(child, q, t->a->set.audit_ms, &r);
    judge(t, &r);
}

static void run_again(audit *t, work_server *child)
{
    work_request q;
    uint8_t *elf = NULL, *read = NULL;
    memset(&q, 0, sizeof q);
    q.kind = WORK_EXECUTE;
    q.digest = t->digest;
    q.max_cycles = (uint64_t)t->max_cycles;
    q.memory = CHILD_MEMORY;
    q.input = t->input;
    q.input_bytes = t->input_bytes;
    if (t->input == NULL)
        q.input = read = blob_read(t->a->blobs, t->input_sha256, WORK_MAX_INPUT, &q.input_bytes);
    if (strlen(t->program) == BLOB_NAME - 1)
        q.elf = elf = blob_read(t->a->blobs, t->program, WORK_MAX_FRAME / 2, &q.elf_bytes);
    else
        q.job = t->program;
    if (t->forgotten)
        say(t, INCONCLUSIVE, "the task's payloads are no longer kept");
    else if (q.input == NULL || !is_hash(t->input_sha256, q.input, q.input_bytes))
        say(t, INCONCLUSIVE, "the stored input cannot be read, or is damaged");
    else if (q.job == NULL && (elf == NULL || !is_hash(t->program, elf, q.elf_bytes)))
        say(t, INCONCLUSIVE, "the stored program cannot be read, or is damaged");
    else
        execute(t, &q, child);
    free(elf);
    free(read);
}

static void sign(audit *t)
{
    const auditor *me = &t->a->auditor;
    digest_audit d = {.chain_id = t->a->chain_id,
                      .attempt = (uint32_t)t->attempt,
                      .verdict = t->verdict == AGREES ? DIGEST_AGREES : DIGEST_DIFFERS,
                      .ts_ms = (uint64_t)clock_ms()};
    felt z;
    if (uuid_read(&d.task, t->task, strlen(t->task)) != SP_OK ||
        !hex_read(d.proof, sizeof d.proof, t->proof_sha256)) {
        say(t, INCONCLUSIVE, "the task's row is damaged");
        return;
    }
    while (digest_of_audit(&z, &d) != SP_OK) d.ts_ms++; /* once in 2^55 */
    t->ts_ms = d.ts_ms;
    if (digest_sign(&t->signature, &me->key, z) != SP_OK) say(t, AGAIN, "it cannot be signed");
}

/* ---- what follows ---- */

/* Everybody whose proof of this task held; each once, however often it is looked at. */
static void punish(core *c, const audit *t)
{
    struct {
        char node[NODE_ID];
        int64_t n;
    } who[SLOT_MOST];
    size_t k = 0;
    db_rows *r = db_query(core_db(c),
                          "SELECT a.node_id, a.n FROM attempt a WHERE a.task_id = ? AND a.outcome ="
                          " 'verified' AND NOT EXISTS (SELECT 1 FROM reputation_event e WHERE"
                          " e.node_id = a.node_id AND e.kind = 'audit_failed' AND e.task_id ="
                          " a.task_id AND e.attempt = a.n) AND NOT EXISTS (SELECT 1 FROM audit u"
                          " WHERE u.task_id = a.task_id AND u.verdict = 'differs' AND u.id <> ?)"
                          " ORDER BY a.n LIMIT 3",
                          DB_T(t->task), DB_T(t->id));
    for (; k < SLOT_MOST && db_next(r); k++) {
        (void)snprintf(who[k].node, sizeof who[k].node, "%s", db_text(r, 0));
        who[k].n = db_int(r, 1);
    }
    db_end(r);
    for (size_t i = 0; i < k; i++) {
        log_event(LOG_ERROR, "audit_differs", "task_id", t->task, "node", who[i].node, "err",
                  t->detail, NULL);
        standing_add(c, who[i].node, REPUTATION_AUDIT_FAILED, t->task, who[i].n);
        node_give_to_others(c, who[i].node);
    }
}

static void report(job *j, void *with)
{
    audit *t = (audit *)j;
    core *c = with;
    db *d = core_db(c);
    if (t->verdict == AGAIN && t->tries + 1 < AUDIT_TRIES) {
        (void)db_run(d,
                     "UPDATE audit SET state = 'waiting', tries = tries + 1, next_at = ? WHERE"
                     " id = ? AND state = 'running'",
                     DB_I(core_now(c) + AGAIN_MS), DB_T(t->id));
        return;
    }
    if (t->verdict == AGAIN) t->verdict = INCONCLUSIVE;
    char key[FELT_HEX], sig_r[FELT_HEX], sig_s[FELT_HEX];
    const bool is_signed = t->verdict != INCONCLUSIVE;
    (void)felt_write_hex(key, t->a->auditor.pubkey);
    (void)felt_write_hex(sig_r, t->signature.r);
    (void)felt_write_hex(sig_s, t->signature.s);
    json_t *detail = json_pack("{s:s, s:O?}", "text", t->detail, "found", t->found);
    char *text = detail == NULL ? NULL : json_dumps(detail, JSON_COMPACT);
    json_decref(detail);
    const int64_t n =
        db_run(d,
               "UPDATE audit SET state = 'done', verdict = ?, detail = ?, sig_r = ?, sig_s = ?,"
               " auditor = ?, ended_at = ? WHERE id = ? AND state = 'running'",
               DB_T(verdict_name[t->verdict]), DB_T(text), DB_T(is_signed ? sig_r : NULL),
               DB_T(is_signed ? sig_s : NULL), DB_T(is_signed ? key : NULL),
               DB_I(is_signed ? (int64_t)t->ts_ms : core_now(c)), DB_T(t->id));
    free(text);
    if (n == 1 && t->verdict == DIFFERS) punish(c, t);
    if (n == 1 && t->verdict == INCONCLUSIVE)
        log_event(LOG_WARN, "audit_inconclusive", "task_id", t->task, "err", t->detail, NULL);
}

/* On the core's thread: what could not be written is tried again. */
static void wait_again(job *j, void *with)
{
    (void)db_run(core_db(with), "UPDATE audit SET state = 'waiting' WHERE id = ?",
                 DB_T(((audit *)j)->id));
}

/* On the loop's thread. */
static void reported(job *j)
{
    app *a = ((audit *)j)->a;
    if (j->failed && j->run != wait_again) {
        j->failed = false;
        j->run = wait_again;
        if (core_post(a->core, j)) return;
    }
    a->auditor.n--;
    audit_delete(j);
}

static void *audit_thread(void *arg)
{
    app *a = arg;
    const work_server_options o = {.program = a->worker,
                                   .dir = a->spool,
                                   .memory = CHILD_MEMORY,
                                   .threads = 1,
                                   .max_requests = WORK_SERVER_REQUESTS,
                                   .cancelled = &a->stopping};
    work_server *child = NULL; /* without one, each has a child to itself */
    (void)!work_server_new(&child, &o);
    for (;;) {
        job *j = queue_take(&a->auditor.queue, 1, clock_ns() + 1000000000u);
        if (j == NULL) {
            if (queue_is_over(&a->auditor.queue)) break;
            continue;
        }
        audit *t = (audit *)j;
        if (!a->stopping) run_again(t, child);
        if (!a->stopping && (t->verdict == AGREES || t->verdict == DIFFERS)) sign(t);
        j->run = report;
        j->done = reported;
        /* What was cut short is not reported: it waits again after the next start. */
        bool posted = false;
        while (!a->stopping && !(posted = core_post(a->core, j))) {
            const struct timespec pause = {0, 1000000};
            (void)nanosleep(&pause, NULL);
        }
        if (!posted) audit_delete(j);
    }
    work_server_delete(child);
    return NULL;
}

/* ---- rows ---- */

bool audit_add(core *c, char id[UUID_TEXT], const char *task, int64_t attempt, const char *node,
               const char *asked_by)
{
    uint8_t random[UUID_RANDOM];
    uuid u;
    app *a = core_user(c);
    if (RAND_bytes(random, sizeof random) != 1 ||
        uuid_next(&a->ids, &u, (uint64_t)core_now(c), random) != SP_OK)
        return false;
    uuid_write(id, u);
    (void)db_run(core_db(c),
                 "INSERT INTO audit(id, task_id, attempt, node_id, state, asked_by, tries, next_at,"
                 " created_at) VALUES(?, ?, ?, ?, 'waiting', ?, 0, ?, ?)",
                 DB_T(id), DB_T(task), DB_I(attempt), DB_T(node), DB_T(asked_by), DB_I(core_now(c)),
                 DB_I(core_now(c)));
    return true;
}

void audit_draw(core *c, const char *task, int64_t attempt, const char *node)
{
    const app *a = core_user(c);
    char id[UUID_TEXT];
    uint64_t clean = 0;
    uuid u;
    if (a->set.audit_ppm == 0 || uuid_read(&u, task, strlen(task)) != SP_OK) return;
    /* This result counts already. */
    db_rows *r = db_query(core_db(c), "SELECT clean FROM node WHERE id = ?", DB_T(node));
    if (db_next(r) && db_int(r, 0) > 0) clean = (uint64_t)db_int(r, 0) - 1;
    db_end(r);
    if (audit_picks(a->auditor.salt, u, audit_rate_ppm(clean, (uint32_t)a->set.audit_ppm)) &&
        !audit_add(c, id, task, attempt, node, NULL))
        core_fail(c);
}

void audit_suspect(core *c, const char *node)
{
    struct {
        char task[UUID_TEXT];
        int64_t n;
    } *list = NULL;
    size_t k = 0;
    char id[UUID_TEXT];
    if (((const app *)core_user(c))->set.audit_ppm == 0) return;
    list = calloc(AUDIT_SUSPECTS, sizeof *list);
    if (list == NULL) {
        core_fail(c);
        return;
    }
    db_rows *r = db_query(core_db(c),
                          "SELECT a.task_id, a.n FROM attempt a JOIN task t ON t.id = a.task_id"
                          " WHERE a.node_id = ? AND a.outcome = 'verified' AND t.verified_at IS NOT"
                          " NULL AND t.forgotten_at IS NULL AND NOT EXISTS (SELECT 1 FROM audit u"
                          " WHERE u.task_id = a.task_id) ORDER BY a.offered_at DESC LIMIT ?",
                          DB_T(node), DB_I(AUDIT_SUSPECTS));
    for (; k < AUDIT_SUSPECTS && db_next(r); k++) {
        db_copy(list[k].task, sizeof list[k].task, r, 0);
        list[k].n = db_int(r, 1);
    }
    db_end(r);
    for (size_t i = 0; i < k; i++)
        if (!audit_add(c, id, list[i].task, list[i].n, node, NULL)) core_fail(c);
    free(list);
}

static audit *load(core *c, const char *id)
{
    audit *t = calloc(1, sizeof *t);
    if (t == NULL) return NULL;
    db_rows *r = db_query(
        core_db(c),
        "SELECT u.task_id, u.attempt, u.tries, t.program, t.io_mode, t.max_cycles, t.input_sha256,"
        " t.input_bytes, t.input, t.output_sha256, t.io_commitment, t.cycles, t.proof_sha256,"
        " t.forgotten_at FROM audit u JOIN task t ON t.id = u.task_id WHERE u.id = ?",
        DB_T(id));
    bool ok = db_next(r);
    if (ok) {
        size_t n = 0;
        t->a = core_user(c);
        (void)snprintf(t->id, sizeof t->id, "%s", id);
        db_copy(t->task, sizeof t->task, r, 0);
        t->attempt = db_int(r, 1);
        t->tries = db_int(r, 2);
        db_copy(t->program, sizeof t->program, r, 3);
        t->digest = strcmp(db_text(r, 4), "digest") == 0;
        t->max_cycles = db_int(r, 5);
        db_copy(t->input_sha256, sizeof t->input_sha256, r, 6);
        const uint8_t *input = db_bytes(r, 8, &n);
        if (!db_is_null(r, 8) || db_int(r, 7) == 0) {
            t->input = malloc(n + 1);
            ok = t->input != NULL;
            if (ok && n > 0) memcpy(t->input, input, n);
            t->input_bytes = n;
        }
        db_copy(t->output_sha256, sizeof t->output_sha256, r, 9);
        db_copy(t->io_commitment, sizeof t->io_commitment, r, 10);
        t->cycles = db_int(r, 11);
        db_copy(t->proof_sha256, sizeof t->proof_sha256, r, 12);
        t->forgotten = !db_is_null(r, 13);
    }
    db_end(r);
    if (ok) return t;
    audit_delete(&t->j);
    return NULL;
}

static void start_one(core *c, void *id)
{
    app *a = core_user(c);
    audit *t = load(c, id);
    if (t == NULL ||
        db_run(core_db(c),
               "UPDATE audit SET state = 'running', instance = ? WHERE id = ? AND"
               " state = 'waiting'",
               DB_T(a->instance.id), DB_T(id)) != 1 ||
        !queue_put(&a->auditor.queue, &t->j)) {
        if (t != NULL) audit_delete(&t->j);
        core_fail(c);
        return;
    }
    a->auditor.n++;
}

void audit_tick(core *c, int64_t now_ms)
{
    app *a = core_user(c);
    char id[MOST][UUID_TEXT];
    size_t n = 0;
    if (a->auditor.n >= MOST) return;
    db_rows *r = db_query(core_db(c),
                          "SELECT id FROM audit WHERE state = 'waiting' AND next_at <= ?"
                          " ORDER BY created_at, id LIMIT 4",
                          DB_I(now_ms));
    while (n < MOST && db_next(r)) db_copy(id[n++], UUID_TEXT, r, 0);
    db_end(r);
    for (size_t i = 0; i < n && a->auditor.n < MOST; i++)
        if (!core_part(c, start_one, id[i]))
            (void)db_run(core_db(c), "UPDATE audit SET next_at = ? WHERE id = ?",
                         DB_I(now_ms + AGAIN_MS), DB_T(id[i]));
}

void audit_take_over(core *c, const char *relayer)
{
    (void)db_run(core_db(c),
                 "UPDATE audit SET state = 'waiting' WHERE state = 'running' AND instance = ?",
                 DB_T(relayer));
}

/* ---- start and end ---- */

static sp_status load_salt(uint8_t salt[32], db *d)
{
    uint8_t random[32];
    char hex[65];
    if (RAND_bytes(random, sizeof random) != 1) return SP_ERR_IO;
    hex_write(hex, random, sizeof random);
    (void)db_run(d,
                 "INSERT INTO meta(name, value) VALUES('audit_salt', ?)"
                 " ON CONFLICT(name) DO NOTHING",
                 DB_T(hex));
    db_rows *r = db_query_values(d, "SELECT value FROM meta WHERE name = 'audit_salt'", NULL, 0);
    const bool ok = db_next(r) && strlen(db_text(r, 0)) == 64 && hex_read(salt, 32, db_text(r, 0));
    db_end(r);
    return ok && db_ok(d) ? SP_OK : SP_ERR_IO;
}

sp_status audit_open(app *a, db *d, char *why)
{
    auditor *me = &a->auditor;
    SP_TRY(audit_key_open(&me->key, a->set.data, why));
    ecdsa_public(&me->pubkey, &me->key);
    if (load_salt(me->salt, d) != SP_OK) {
        (void)snprintf(why, SETTINGS_WHY, "the salt of audits cannot be stored");
        return SP_ERR_IO;
    }
    queue_init(&me->queue, MOST + 1);
    if (pthread_create(&me->thread, NULL, audit_thread, a) != 0) return SP_ERR_IO;
    me->running = true;
    return SP_OK;
}

void audit_close(app *a)
{
    if (!a->auditor.running) return;
    a->stopping = true;
    queue_close(&a->auditor.queue);
    (void)pthread_join(a->auditor.thread, NULL);
    a->auditor.running = false;
}

void audit_free(app *a) { ecdsa_key_wipe(&a->auditor.key); }
