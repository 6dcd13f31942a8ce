/* fsck.c - see fsck.h. One function for each kind of row; the rows are streamed. */
#include "relayer/fsck.h"

#include "market/hex.h"
#include "relayer/blob.h"
#include "relayer/reputation.h"
#include "relayer/schema.h"
#include "relayer/state.h"

#include <inttypes.h>
#include <openssl/sha.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEY 96

typedef struct {
    db *d;
    const char *blobs;
    FILE *out;
    uint64_t violations;
} fsck;

static void violation(fsck *f, const char *table, const char *key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static void violation(fsck *f, const char *table, const char *key, const char *format, ...)
{
    va_list list;
    f->violations++;
    fprintf(f->out, "%s %s: ", table, key);
    va_start(list, format);
    (void)vfprintf(f->out, format, list);
    va_end(list);
    (void)fputc('\n', f->out);
}

static db_rows *all(const fsck *f, const char *sql) { return db_query_values(f->d, sql, NULL, 0); }

static const char *text(const db_rows *r, int column)
{
    const char *t = db_text(r, column);
    return t != NULL ? t : "";
}

/* A rule that SQL can say: each row is a key, and what is wrong with it. */
static void rule(fsck *f, const char *table, const char *sql)
{
    db_rows *r = all(f, sql);
    while (db_next(r)) violation(f, table, text(r, 0), "%s", text(r, 1));
    db_end(r);
}

/* ---- events ---- */

typedef struct {
    char id[KEY], state[24];
    int64_t seq, offers;
    bool on_chain;
} history;

static void event(fsck *f, history *h, const db_rows *r)
{
    char key[KEY + 24];
    task_state from = TASK_STATES, to = TASK_STATES;
    const char *name = text(r, 3);
    (void)snprintf(key, sizeof key, "%s.%" PRId64, h->id, db_int(r, 1));
    if (db_int(r, 1) != h->seq + 1)
        violation(f, "task_event", key, "follows %" PRId64 ": the numbers have a gap", h->seq);
    h->seq = db_int(r, 1);
    if (strcmp(text(r, 2), h->state) != 0)
        violation(f, "task_event", key, "from %s, but the task was %s", text(r, 2),
                  h->state[0] != 0 ? h->state : "not there");
    if (!task_state_read(&to, name))
        violation(f, "task_event", key, "to %s: there is no such state", name);
    else if (h->state[0] == 0 ? to != TASK_CREATED
                              : !task_state_read(&from, h->state) ||
                                    (!task_may_become(from, to, h->on_chain) &&
                                     !(task_may_retry(from) && to == TASK_QUEUED)))
        violation(f, "task_event", key, "from %s to %s is not allowed",
                  h->state[0] != 0 ? h->state : "nothing", name);
    h->offers += to == TASK_OFFERED;
    (void)snprintf(h->state, sizeof h->state, "%s", name);
}

/* The history of a task against its row: columns 4 state, 5 version, 6 attempts. */
static void check_tasks(fsck *f)
{
    history h;
    int64_t version = 0, attempts = 0;
    char state[24] = "";
    memset(&h, 0, sizeof h);
    db_rows *r = all(f, "SELECT t.id, e.seq, e.from_state, e.to_state, t.state, t.version,"
                        " t.attempts, t.chain_task_id FROM task t LEFT JOIN task_event e"
                        " ON e.task_id = t.id ORDER BY t.id, e.seq");
    for (bool more = true; more;) {
        more = db_next(r);
        if (!more || strcmp(h.id, text(r, 0)) != 0) {
            if (h.id[0] != 0) {
                task_state s;
                if (strcmp(h.state, state) != 0)
                    violation(f, "task", h.id, "is %s, its events end with %s", state, h.state);
                if (!task_state_read(&s, state))
                    violation(f, "task", h.id, "there is no state %s", state);
                if (h.seq != version)
                    violation(f, "task", h.id, "has version %" PRId64 " and %" PRId64 " events",
                              version, h.seq);
                if (h.offers != attempts)
                    violation(f, "task", h.id,
                              "has %" PRId64 " attempts and was offered %" PRId64 " times",
                              attempts, h.offers);
            }
            if (!more) break;
            memset(&h, 0, sizeof h);
            (void)snprintf(h.id, sizeof h.id, "%s", text(r, 0));
            (void)snprintf(state, sizeof state, "%s", text(r, 4));
            version = db_int(r, 5);
            attempts = db_int(r, 6);
            h.on_chain = !db_is_null(r, 7);
        }
        if (!db_is_null(r, 1)) event(f, &h, r);
    }
    db_end(r);
    rule(f, "task_event",
         "SELECT e.task_id, 'an event of no task' FROM task_event e"
         " LEFT JOIN task t ON t.id = e.task_id WHERE t.id IS NULL");
    rule(f, "task",
         "SELECT id, 'has failed, but not why' FROM task"
         " WHERE state IN ('failed', 'expired') AND failure_code IS NULL");
}

/* ---- attempts ---- */

static void check_attempt_row(fsck *f, const char *key, const db_rows *r)
{
    attempt_outcome o;
    const char *name = db_text(r, 2);
    if (name != NULL && !attempt_outcome_read(&o, name))
        violation(f, "attempt", key, "there is no outcome %s", name);
    if ((name == NULL) != db_is_null(r, 3))
        violation(f, "attempt", key, "has an outcome without an end, or an end without one");
    if (name != NULL && !db_is_null(r, 4)) violation(f, "attempt", key, "is over and has a lease");
    if (name == NULL && db_is_null(r, 4) == db_is_null(r, 5))
        violation(f, "attempt", key, "is open and has not either a lease or a result");
}

/* Which attempt a task in this state has open: none, or one that is so far. */
static bool fits(const char *state, bool acked, bool result)
{
    if (strcmp(state, "offered") == 0) return !acked && !result;
    if (strcmp(state, "leased") == 0 || strcmp(state, "running") == 0) return acked && !result;
    if (strcmp(state, "result_received") == 0 || strcmp(state, "verifying") == 0) return result;
    return false;
}

static void check_attempts(fsck *f)
{
    char id[KEY] = "", key[KEY + 24];
    int64_t n = 0;
    db_rows *r = all(f, "SELECT a.task_id, a.n, a.outcome, a.ended_at, a.lease_until, a.result,"
                        " a.acked_at, t.state FROM attempt a JOIN task t ON t.id = a.task_id"
                        " ORDER BY a.task_id, a.n");
    while (db_next(r)) {
        if (strcmp(id, text(r, 0)) != 0) n = 0;
        (void)snprintf(id, sizeof id, "%s", text(r, 0));
        (void)snprintf(key, sizeof key, "%s.%" PRId64, id, db_int(r, 1));
        if (db_int(r, 1) != n + 1)
            violation(f, "attempt", key, "follows %" PRId64 ": the numbers have a gap", n);
        n = db_int(r, 1);
        check_attempt_row(f, key, r);
        if (db_is_null(r, 2) && !fits(text(r, 7), !db_is_null(r, 6), !db_is_null(r, 5)))
            violation(f, "attempt", key, "is open and %s, but its task is %s",
                      !db_is_null(r, 5)   ? "delivered"
                      : !db_is_null(r, 6) ? "accepted"
                                          : "offered",
                      text(r, 7));
    }
    db_end(r);
    rule(f, "attempt",
         "SELECT task_id, 'more than one is open' FROM attempt WHERE outcome IS NULL"
         " GROUP BY task_id, slot HAVING count(*) > 1");
    rule(f, "attempt",
         "SELECT a.task_id, 'an attempt at no task' FROM attempt a LEFT JOIN task t"
         " ON t.id = a.task_id WHERE t.id IS NULL");
    rule(f, "task",
         "SELECT t.id, 'has an attempt under way, but none is open' FROM task t"
         " LEFT JOIN attempt a ON a.task_id = t.id AND a.outcome IS NULL WHERE a.n IS NULL AND"
         " t.state IN ('offered', 'leased', 'running', 'result_received', 'verifying')");
    rule(f, "task",
         "SELECT id, 'has another number of attempts' FROM task t"
         " WHERE attempts <> (SELECT count(*) FROM attempt a WHERE a.task_id = t.id)");
}

/* ---- blobs ---- */

static bool has_hash(const char *name, const uint8_t *bytes, size_t n)
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    char hex[BLOB_NAME];
    (void)SHA256(bytes, n, hash);
    hex_write(hex, hash, sizeof hash);
    return strcmp(hex, name) == 0;
}

static void check_file(fsck *f, const char *name, int64_t size)
{
    uint64_t there;
    size_t n;
    const int fd = blob_open(f->blobs, name, &there);
    if (fd < 0) {
        violation(f, "blob", name, "its file is not there");
        return;
    }
    (void)close(fd);
    if (there != (uint64_t)size) {
        violation(f, "blob", name, "its file has %" PRIu64 " bytes, not %" PRId64, there, size);
        return;
    }
    uint8_t *bytes = blob_read(f->blobs, name, SIZE_MAX - 1, &n);
    if (bytes == NULL)
        violation(f, "blob", name, "its file cannot be read");
    else if (!has_hash(name, bytes, n))
        violation(f, "blob", name, "its file has another SHA-256");
    free(bytes);
}

static void check_inline(fsck *f, const char *what, const db_rows *r, int bytes, int64_t size,
                         const char *sha256)
{
    static const uint8_t none[1];
    size_t n = 0;
    const uint8_t *b = db_bytes(r, bytes, &n);
    if (n != (uint64_t)size || !has_hash(sha256, n > 0 ? b : none, n))
        violation(f, "task", text(r, 0), "its %s has another length or SHA-256", what);
}

static void check_results(fsck *f)
{
    db_rows *r = all(f, "SELECT sha256, size FROM blob");
    while (db_next(r)) check_file(f, text(r, 0), db_int(r, 1));
    db_end(r);
    rule(f, "task",
         "SELECT t.id, 'is ' || t.state || ', but no attempt is verified' FROM task t"
         " LEFT JOIN attempt a ON a.task_id = t.id AND a.n = t.verified_attempt"
         " AND a.outcome = 'verified' WHERE a.n IS NULL"
         " AND t.state IN ('verified', 'settling', 'settled')");
    rule(f, "task",
         "SELECT t.id, 'its proof is no blob of its length that is kept' FROM task t"
         " LEFT JOIN blob b ON b.sha256 = t.proof_sha256 AND b.size = t.proof_bytes AND b.refs > 0"
         " WHERE b.sha256 IS NULL AND t.state IN ('verified', 'settling', 'settled')");
    rule(f, "task",
         "SELECT t.id, 'its output is neither in its row nor a blob that is kept' FROM task t"
         " LEFT JOIN blob b ON b.sha256 = t.output_sha256 AND b.size = t.output_bytes"
         " AND b.refs > 0 WHERE b.sha256 IS NULL AND t.output IS NULL AND t.output_bytes > 0");
    rule(f, "task",
         "SELECT t.id, 'its input is neither in its row nor a blob that is kept' FROM task t"
         " LEFT JOIN blob b ON b.sha256 = t.input_sha256 AND b.size = t.input_bytes"
         " AND b.refs > 0"
         " WHERE b.sha256 IS NULL AND t.input IS NULL AND t.input_bytes > 0");
    rule(f, "blob",
         "SELECT b.sha256, 'fewer refs than tasks that name it' FROM blob b JOIN"
         " (SELECT proof_sha256 AS name, count(*) AS n FROM task WHERE proof_sha256 IS NOT NULL"
         "  GROUP BY proof_sha256) p ON p.name = b.sha256 WHERE b.refs < p.n");
    r = all(f, "SELECT id, input_bytes, input_sha256, input, output_bytes, output_sha256, output"
               " FROM task WHERE input IS NOT NULL OR output IS NOT NULL");
    while (db_next(r)) {
        if (!db_is_null(r, 3)) check_inline(f, "input", r, 3, db_int(r, 1), text(r, 2));
        if (!db_is_null(r, 6)) check_inline(f, "output", r, 6, db_int(r, 4), text(r, 5));
    }
    db_end(r);
}

/* ---- counters ---- */

static void check_quota(fsck *f, const char *key, int64_t open)
{
    int64_t said = 0;
    db_rows *r = db_query(f->d, "SELECT open_tasks FROM quota WHERE key_id = ?", DB_T(key));
    if (db_next(r)) said = db_int(r, 0);
    db_end(r);
    if (said != open)
        violation(f, "quota", key, "says %" PRId64 " open tasks, there are %" PRId64, said, open);
}

static void check_quotas(fsck *f)
{
    char key[KEY] = "";
    int64_t open = 0;
    db_rows *r = all(f, "SELECT key_id, state, chain_task_id FROM task ORDER BY key_id");
    for (bool more = true; more;) {
        task_state s;
        more = db_next(r);
        if (!more || strcmp(key, text(r, 0)) != 0) {
            if (key[0] != 0) check_quota(f, key, open);
            if (!more) break;
            (void)snprintf(key, sizeof key, "%s", text(r, 0));
            open = 0;
        }
        open += task_state_read(&s, text(r, 1)) && !task_is_final(s, !db_is_null(r, 2));
    }
    db_end(r);
    rule(f, "quota",
         "SELECT key_id, 'says open tasks, there are none' FROM quota WHERE open_tasks <> 0"
         " AND key_id NOT IN (SELECT key_id FROM task)");
}

typedef struct {
    reputation rep;
    success_rate tries;
    uint64_t clean;
    int64_t seq;
} standing;

/* Columns from 1 on: seq, at, kind. */
static void fold(fsck *f, standing *s, const char *node, const db_rows *r)
{
    reputation_kind kind;
    char key[KEY + 24];
    (void)snprintf(key, sizeof key, "%s.%" PRId64, node, db_int(r, 1));
    if (db_int(r, 1) != s->seq + 1)
        violation(f, "reputation_event", key, "follows %" PRId64 ": the numbers have a gap",
                  s->seq);
    s->seq = db_int(r, 1);
    if (!reputation_kind_read(&kind, text(r, 3))) {
        violation(f, "reputation_event", key, "there is no kind %s", text(r, 3));
        return;
    }
    const uint64_t at = (uint64_t)db_int(r, 2);
    const bool good = kind == REPUTATION_VERIFIED;
    reputation_add(&s->rep, kind, at);
    if (kind == REPUTATION_LATE) return; /* stands beside verified */
    success_rate_add(&s->tries, good, at);
    s->clean = good ? s->clean + 1 : 0;
}

static void check_standing(fsck *f, const char *node, const standing *s)
{
    db_rows *r = db_query(f->d,
                          "SELECT rep_good, rep_bad, rep_at, tries_good, tries_all, tries_at,"
                          " clean FROM node WHERE id = ?",
                          DB_T(node));
    if (!db_next(r))
        violation(f, "reputation_event", node, "an event of no node");
    else if ((uint64_t)db_int(r, 0) != s->rep.good || (uint64_t)db_int(r, 1) != s->rep.bad ||
             (uint64_t)db_int(r, 2) != s->rep.at_ms)
        violation(f, "node", node, "its reputation is not the sum of its events");
    else if ((uint64_t)db_int(r, 3) != s->tries.good || (uint64_t)db_int(r, 4) != s->tries.all ||
             (uint64_t)db_int(r, 5) != s->tries.at_ms || (uint64_t)db_int(r, 6) != s->clean)
        violation(f, "node", node, "its tries are not the sum of its events");
    db_end(r);
}

static void check_reputation(fsck *f)
{
    standing s;
    char node[KEY] = "";
    memset(&s, 0, sizeof s);
    db_rows *r = all(f, "SELECT node_id, seq, at, kind FROM reputation_event"
                        " ORDER BY node_id, seq");
    for (bool more = true; more;) {
        more = db_next(r);
        if (!more || strcmp(node, text(r, 0)) != 0) {
            if (node[0] != 0) check_standing(f, node, &s);
            if (!more) break;
            memset(&s, 0, sizeof s);
            (void)snprintf(node, sizeof node, "%s", text(r, 0));
        }
        fold(f, &s, node, r);
    }
    db_end(r);
    rule(f, "node",
         "SELECT id, 'has a reputation without events' FROM node WHERE (rep_good <> 0 OR"
         " rep_bad <> 0 OR tries_all <> 0 OR clean <> 0)"
         " AND id NOT IN (SELECT node_id FROM reputation_event)");
}

/* Each attempt's end counts once for its node, as reputation_of_outcome says. */
static void check_ends(fsck *f)
{
    for (unsigned o = 0; o < OUTCOMES; o++) {
        reputation_kind kind;
        const char *outcome = attempt_outcome_name((attempt_outcome)o);
        if (!reputation_of_outcome(&kind, (attempt_outcome)o)) continue;
        db_rows *r = db_query(f->d,
                              "SELECT a.task_id, a.n, count(e.seq) FROM attempt a"
                              " LEFT JOIN reputation_event e ON e.node_id = a.node_id"
                              " AND e.task_id = a.task_id AND e.attempt = a.n AND e.kind = ?"
                              " WHERE a.outcome = ? GROUP BY a.task_id, a.n"
                              " HAVING count(e.seq) <> 1",
                              DB_T(reputation_kind_name(kind)), DB_T(outcome));
        while (db_next(r)) {
            char key[KEY];
            (void)snprintf(key, sizeof key, "%s.%" PRId64, text(r, 0), db_int(r, 1));
            violation(f, "attempt", key, "ended %s and counts %" PRId64 " times for its node",
                      outcome, db_int(r, 2));
        }
        db_end(r);
    }
    db_rows *r = all(f, "SELECT e.node_id, e.seq, e.kind, a.outcome FROM reputation_event e"
                        " LEFT JOIN attempt a ON a.task_id = e.task_id AND a.n = e.attempt"
                        " AND a.node_id = e.node_id"
                        " WHERE e.kind NOT IN ('late', 'audit_failed')");
    while (db_next(r)) {
        attempt_outcome o;
        reputation_kind kind;
        char key[KEY + 24];
        (void)snprintf(key, sizeof key, "%s.%" PRId64, text(r, 0), db_int(r, 1));
        if (!attempt_outcome_read(&o, text(r, 3)) || !reputation_of_outcome(&kind, o) ||
            strcmp(reputation_kind_name(kind), text(r, 2)) != 0)
            violation(f, "reputation_event", key, "%s, but no attempt of the node ended so",
                      text(r, 2));
    }
    db_end(r);
}

/* ---- the rest ---- */

static void check_others(fsck *f)
{
    rule(f, "idem",
         "SELECT i.name, 'its task is not there' FROM idem i LEFT JOIN task t"
         " ON '/api/v1/tasks/' || t.id = i.location AND t.key_id = i.key_id"
         " WHERE i.path = '/api/v1/tasks' AND i.status = 201 AND t.id IS NULL");
    rule(f, "idem",
         "SELECT min(name), 'its task belongs to another key, too' FROM idem"
         " WHERE path = '/api/v1/tasks' AND status = 201 GROUP BY location HAVING count(*) > 1");
    rule(f, "settlement",
         "SELECT t.id, 'is on a chain and has none' FROM task t LEFT JOIN settlement s"
         " ON s.task_id = t.id WHERE t.chain_task_id IS NOT NULL AND s.task_id IS NULL");
    rule(f, "webhook_outbox",
         "SELECT id, 'is neither done nor waiting' FROM webhook_outbox"
         " WHERE done_at IS NULL AND next_try_at IS NULL");
    rule(f, "webhook_outbox",
         "SELECT id, 'is done and waiting' FROM webhook_outbox"
         " WHERE done_at IS NOT NULL AND next_try_at IS NOT NULL");
}

/* What SQLite can say of its own file. */
static void check_sqlite(fsck *f)
{
    db_rows *r = all(f, "PRAGMA integrity_check");
    while (db_next(r)) {
        char line[200];
        if (strcmp(text(r, 0), "ok") == 0) continue;
        (void)snprintf(line, sizeof line, "%s", text(r, 0));
        for (char *p = line; *p != 0; p++)
            if (*p == '\n') *p = ' ';
        violation(f, "database", "file", "%s", line);
    }
    db_end(r);
}

static bool is_our_version(fsck *f)
{
    db_rows *r = all(f, "SELECT value FROM meta WHERE name = 'schema_version'");
    const bool ok = db_next(r) && strtoll(text(r, 0), NULL, 10) == SCHEMA_VERSION;
    db_end(r);
    return ok;
}

sp_status fsck_run(uint64_t *violations, const char *database, const char *blobs, FILE *out,
                   char *why)
{
    const bool postgres = db_is_postgres(database);
    fsck f = {.blobs = blobs, .out = out};
    *violations = 0;
    SP_TRY(db_open(&f.d, database, true, why));
    sp_status s = SP_ERR_IO;
    if (db_exec(f.d, postgres ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN")) {
        if (is_our_version(&f)) {
            if (!postgres) check_sqlite(&f);
            check_tasks(&f);
            check_attempts(&f);
            check_results(&f);
            check_quotas(&f);
            check_reputation(&f);
            check_ends(&f);
            check_others(&f);
            (void)db_exec(f.d, "COMMIT");
            s = db_ok(f.d) ? SP_OK : SP_ERR_IO;
        } else if (db_ok(f.d)) {
            (void)snprintf(why, DB_WHY, "the database is not of version %d", SCHEMA_VERSION);
            s = SP_ERR_FORMAT;
        }
    }
    if (!db_ok(f.d)) (void)snprintf(why, DB_WHY, "%s", db_why(f.d));
    db_close(f.d);
    *violations = f.violations;
    return s;
}
