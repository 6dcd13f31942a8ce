/* fsck.c - see fsck.h. One function for each kind of row; the rows are streamed. */
#include "relayer/fsck_parts.h"

#include "relayer/schema.h"
#include "relayer/state.h"
#include "relayer/usage.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void fsck_violation(fsck *f, const char *table, const char *key, const char *format, ...)
{
    va_list list;
    f->violations++;
    fprintf(f->out, "%s %s: ", table, key);
    va_start(list, format);
    (void)vfprintf(f->out, format, list);
    va_end(list);
    (void)fputc('\n', f->out);
}

db_rows *fsck_all(const fsck *f, const char *sql) { return db_query_values(f->d, sql, NULL, 0); }

const char *fsck_text(const db_rows *r, int column)
{
    const char *t = db_text(r, column);
    return t != NULL ? t : "";
}

/* A rule that SQL can say: each row is a key, and what is wrong with it. */
void fsck_rule(fsck *f, const char *table, const char *sql)
{
    db_rows *r = fsck_all(f, sql);
    while (db_next(r)) fsck_violation(f, table, fsck_text(r, 0), "%s", fsck_text(r, 1));
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
    const char *name = fsck_text(r, 3);
    (void)snprintf(key, sizeof key, "%s.%" PRId64, h->id, db_int(r, 1));
    if (db_int(r, 1) != h->seq + 1)
        fsck_violation(f, "task_event", key, "follows %" PRId64 ": the numbers have a gap", h->seq);
    h->seq = db_int(r, 1);
    if (strcmp(fsck_text(r, 2), h->state) != 0)
        fsck_violation(f, "task_event", key, "from %s, but the task was %s", fsck_text(r, 2),
                       h->state[0] != 0 ? h->state : "not there");
    if (!task_state_read(&to, name))
        fsck_violation(f, "task_event", key, "to %s: there is no such state", name);
    else if (h->state[0] == 0 ? to != TASK_CREATED
                              : !task_state_read(&from, h->state) ||
                                    (!task_may_become(from, to, h->on_chain) &&
                                     !(task_may_retry(from) && to == TASK_QUEUED)))
        fsck_violation(f, "task_event", key, "from %s to %s is not allowed",
                       h->state[0] != 0 ? h->state : "nothing", name);
    h->offers += to == TASK_OFFERED;
    (void)snprintf(h->state, sizeof h->state, "%s", name);
}

/* The history of a task against its row: columns 4 state, 5 version, 6 attempts. */
static void check_tasks(fsck *f)
{
    history h;
    int64_t version = 0, attempts = 0, redundancy = 1;
    char state[24] = "";
    memset(&h, 0, sizeof h);
    db_rows *r =
        fsck_all(f, "SELECT t.id, e.seq, e.from_state, e.to_state, t.state, t.version,"
                    " t.attempts, t.chain_task_id, t.redundancy FROM task t LEFT JOIN task_event e"
                    " ON e.task_id = t.id ORDER BY t.id, e.seq");
    for (bool more = true; more;) {
        more = db_next(r);
        if (!more || strcmp(h.id, fsck_text(r, 0)) != 0) {
            if (h.id[0] != 0) {
                task_state s;
                if (strcmp(h.state, state) != 0)
                    fsck_violation(f, "task", h.id, "is %s, its events end with %s", state,
                                   h.state);
                if (!task_state_read(&s, state))
                    fsck_violation(f, "task", h.id, "there is no state %s", state);
                if (h.seq != version)
                    fsck_violation(f, "task", h.id,
                                   "has version %" PRId64 " and %" PRId64 " events", version,
                                   h.seq);
                /* With several slots one event may stand for several offers. */
                if (redundancy == 1 ? h.offers != attempts : h.offers > attempts)
                    fsck_violation(f, "task", h.id,
                                   "has %" PRId64 " attempts and was offered %" PRId64 " times",
                                   attempts, h.offers);
            }
            if (!more) break;
            memset(&h, 0, sizeof h);
            (void)snprintf(h.id, sizeof h.id, "%s", fsck_text(r, 0));
            (void)snprintf(state, sizeof state, "%s", fsck_text(r, 4));
            version = db_int(r, 5);
            attempts = db_int(r, 6);
            h.on_chain = !db_is_null(r, 7);
            redundancy = db_int(r, 8);
        }
        if (!db_is_null(r, 1)) event(f, &h, r);
    }
    db_end(r);
    fsck_rule(f, "task_event",
              "SELECT e.task_id, 'an event of no task' FROM task_event e"
              " LEFT JOIN task t ON t.id = e.task_id WHERE t.id IS NULL");
    fsck_rule(f, "task",
              "SELECT id, 'has failed, but not why' FROM task"
              " WHERE state IN ('failed', 'expired') AND failure_code IS NULL");
}

/* ---- attempts ---- */

static void check_attempt_row(fsck *f, const char *key, const db_rows *r)
{
    attempt_outcome o;
    const char *name = db_text(r, 2);
    if (name != NULL && !attempt_outcome_read(&o, name))
        fsck_violation(f, "attempt", key, "there is no outcome %s", name);
    if ((name == NULL) != db_is_null(r, 3))
        fsck_violation(f, "attempt", key, "has an outcome without an end, or an end without one");
    if (name != NULL && !db_is_null(r, 4))
        fsck_violation(f, "attempt", key, "is over and has a lease");
    if (name == NULL && db_is_null(r, 4) == db_is_null(r, 5))
        fsck_violation(f, "attempt", key, "is open and has not either a lease or a result");
}

/* Which attempt a task in this state has open: none, or one that is so far. */
static bool fits(const char *state, bool acked, bool result)
{
    if (strcmp(state, "offered") == 0) return !acked && !result;
    if (strcmp(state, "leased") == 0 || strcmp(state, "running") == 0) return acked && !result;
    if (strcmp(state, "result_received") == 0 || strcmp(state, "verifying") == 0) return result;
    return false;
}

/* A task with several slots, and where they are. */
typedef struct {
    char id[KEY], state[24];
    int64_t redundancy;
    attempt_state at[SLOT_MOST];
    bool open;
} side_by_side;

static void check_slots(fsck *f, const side_by_side *t)
{
    task_state s;
    if (t->redundancy < 2 || t->redundancy > SLOT_MOST || !task_state_read(&s, t->state)) return;
    const task_state slowest = task_state_of(t->at, (size_t)t->redundancy);
    if (s == TASK_VERIFYING) s = TASK_RESULT_RECEIVED;
    if (s >= TASK_QUEUED && s <= TASK_RESULT_RECEIVED ? s != slowest : t->open)
        fsck_violation(f, "task", t->id, "is %s, but its slots are as far as %s", t->state,
                       task_state_name(slowest));
}

static void note_slot(fsck *f, side_by_side *t, const char *key, const db_rows *r)
{
    const int64_t slot = db_int(r, 8);
    const bool open = db_is_null(r, 2);
    if (slot < 0 || slot >= db_int(r, 9))
        fsck_violation(f, "attempt", key, "is in slot %" PRId64 " of %" PRId64, slot, db_int(r, 9));
    else if (slot < SLOT_MOST && (open || strcmp(fsck_text(r, 2), "verified") == 0))
        t->at[slot] = !open                ? ATTEMPT_ENDED
                      : !db_is_null(r, 5)  ? ATTEMPT_DELIVERED
                      : !db_is_null(r, 10) ? ATTEMPT_RUNNING
                      : !db_is_null(r, 6)  ? ATTEMPT_LEASED
                                           : ATTEMPT_OFFERED;
    t->open = t->open || open;
}

static void check_attempts(fsck *f)
{
    side_by_side t;
    char id[KEY] = "", key[KEY + 24];
    int64_t n = 0;
    memset(&t, 0, sizeof t);
    db_rows *r =
        fsck_all(f, "SELECT a.task_id, a.n, a.outcome, a.ended_at, a.lease_until, a.result,"
                    " a.acked_at, t.state, a.slot, t.redundancy, a.started_at FROM attempt a JOIN "
                    "task t ON t.id = a.task_id"
                    " ORDER BY a.task_id, a.n");
    while (db_next(r)) {
        if (strcmp(id, fsck_text(r, 0)) != 0) {
            check_slots(f, &t);
            n = 0;
            memset(&t, 0, sizeof t);
            (void)snprintf(t.id, sizeof t.id, "%s", fsck_text(r, 0));
            (void)snprintf(t.state, sizeof t.state, "%s", fsck_text(r, 7));
            t.redundancy = db_int(r, 9);
            for (unsigned i = 0; i < SLOT_MOST; i++) t.at[i] = ATTEMPT_STATES;
        }
        (void)snprintf(id, sizeof id, "%s", fsck_text(r, 0));
        (void)snprintf(key, sizeof key, "%s.%" PRId64, id, db_int(r, 1));
        if (db_int(r, 1) != n + 1)
            fsck_violation(f, "attempt", key, "follows %" PRId64 ": the numbers have a gap", n);
        n = db_int(r, 1);
        check_attempt_row(f, key, r);
        note_slot(f, &t, key, r);
        if (db_is_null(r, 2) && t.redundancy == 1 &&
            !fits(fsck_text(r, 7), !db_is_null(r, 6), !db_is_null(r, 5)))
            fsck_violation(f, "attempt", key, "is open and %s, but its task is %s",
                           !db_is_null(r, 5)   ? "delivered"
                           : !db_is_null(r, 6) ? "accepted"
                                               : "offered",
                           fsck_text(r, 7));
    }
    check_slots(f, &t);
    db_end(r);
    fsck_rule(f, "attempt",
              "SELECT task_id, 'more than one is open' FROM attempt WHERE outcome IS NULL"
              " GROUP BY task_id, slot HAVING count(*) > 1");
    fsck_rule(
        f, "attempt",
        "SELECT task_id, 'two slots are of one account' FROM attempt WHERE outcome IS NULL OR"
        " outcome = 'verified' GROUP BY task_id,"
        " CASE WHEN account = '' THEN node_id ELSE account END HAVING count(DISTINCT slot) > 1");
    fsck_rule(
        f, "attempt",
        "SELECT a.task_id, 'has a lease beyond the deadline' FROM attempt a JOIN task t ON t.id ="
        " a.task_id WHERE a.outcome IS NULL AND a.lease_until > t.deadline");
    fsck_rule(f, "attempt",
              "SELECT a.task_id, 'an attempt at no task' FROM attempt a LEFT JOIN task t"
              " ON t.id = a.task_id WHERE t.id IS NULL");
    fsck_rule(f, "task",
              "SELECT t.id, 'has an attempt under way, but none is open' FROM task t"
              " LEFT JOIN attempt a ON a.task_id = t.id AND a.outcome IS NULL WHERE a.n IS NULL AND"
              " t.state IN ('offered', 'leased', 'running', 'result_received', 'verifying')");
    fsck_rule(f, "task",
              "SELECT id, 'has had more tries than it may have' FROM task t WHERE max_attempts <"
              " (SELECT count(*) FROM attempt a WHERE a.task_id = t.id AND a.acked_at IS NOT NULL"
              " AND a.spared IS NULL)");
    fsck_rule(f, "task",
              "SELECT id, 'has more refusals than refused offers' FROM task t WHERE refusals >"
              " (SELECT count(*) FROM attempt a WHERE a.task_id = t.id AND a.outcome IS NOT NULL"
              " AND (a.acked_at IS NULL OR a.spared = 1))");
    fsck_rule(f, "attempt",
              "SELECT task_id, 'is spared, but was neither taken back nor a fault of the program'"
              " FROM attempt WHERE spared IS NOT NULL AND (outcome IS NULL OR outcome NOT IN"
              " ('infra', 'task_fault'))");
    fsck_rule(f, "task",
              "SELECT id, 'has another number of attempts' FROM task t"
              " WHERE attempts <> (SELECT count(*) FROM attempt a WHERE a.task_id = t.id)");
}

/* ---- counters ---- */

/* What a key has as its rows give it. */
typedef struct {
    int64_t open, day, day_tasks;
    u256 day_spend;
} used;

static void quota_begin(fsck *f, used *u, const char *key)
{
    memset(u, 0, sizeof *u);
    u->day = -1;
    db_rows *r = db_query(f->d, "SELECT day FROM quota WHERE key_id = ?", DB_T(key));
    if (db_next(r) && !db_is_null(r, 0)) u->day = db_int(r, 0);
    db_end(r);
}

/* A day of which tasks may be gone. */
static bool is_past(const fsck *f, int64_t day) { return day * USAGE_DAY_MS <= f->gone_until; }

static void check_quota(fsck *f, const char *key, const used *u)
{
    int64_t open = 0, tasks = 0;
    char spend[U256_TEXT], said[U256_TEXT] = "0";
    db_rows *r = db_query(
        f->d, "SELECT open_tasks, day_tasks, day_spend FROM quota WHERE key_id = ?", DB_T(key));
    if (db_next(r)) {
        open = db_int(r, 0);
        tasks = db_int(r, 1);
        if (!db_is_null(r, 2)) (void)snprintf(said, sizeof said, "%s", db_text(r, 2));
    }
    db_end(r);
    u256_write_text(spend, u->day_spend);
    if (open != u->open)
        fsck_violation(f, "quota", key, "says %" PRId64 " open tasks, there are %" PRId64, open,
                       u->open);
    if (u->day >= 0 && is_past(f, u->day)) return;
    if (tasks != u->day_tasks)
        fsck_violation(f, "quota", key, "says %" PRId64 " tasks of its day, there are %" PRId64,
                       tasks, u->day_tasks);
    if (strcmp(said, spend) != 0)
        fsck_violation(f, "quota", key, "says that %s was spent on its day, it was %s", said,
                       spend);
}

/* Bytes that are stored. */
static void check_stored(fsck *f)
{
    db_rows *r = fsck_all(
        f, "SELECT b.key_id, sum(b.size), max(coalesce(q.stored_bytes, 0)) FROM blob b LEFT JOIN"
           " quota q ON q.key_id = b.key_id GROUP BY b.key_id"
           " HAVING sum(b.size) <> max(coalesce(q.stored_bytes, 0))");
    while (db_next(r))
        fsck_violation(f, "quota", fsck_text(r, 0),
                       "says %" PRId64 " stored bytes, there are %" PRId64, db_int(r, 2),
                       db_int(r, 1));
    db_end(r);
    fsck_rule(f, "quota",
              "SELECT key_id, 'says stored bytes, there are none' FROM quota WHERE stored_bytes <>"
              " 0 AND key_id NOT IN (SELECT key_id FROM blob)");
}

static void check_quotas(fsck *f)
{
    char key[KEY] = "";
    used u;
    quota_begin(f, &u, key);
    db_rows *r = fsck_all(f, "SELECT key_id, state, chain_task_id, created_at, amount FROM task"
                             " ORDER BY key_id");
    for (bool more = true; more;) {
        task_state s;
        more = db_next(r);
        if (!more || strcmp(key, fsck_text(r, 0)) != 0) {
            if (key[0] != 0) check_quota(f, key, &u);
            if (!more) break;
            (void)snprintf(key, sizeof key, "%s", fsck_text(r, 0));
            quota_begin(f, &u, key);
        }
        u.open += task_state_read(&s, fsck_text(r, 1)) && !task_is_final(s, !db_is_null(r, 2));
        if (db_int(r, 3) / USAGE_DAY_MS != u.day || is_past(f, u.day)) continue;
        u256 amount;
        const char *text = fsck_text(r, 4);
        u.day_tasks++;
        if (amount_read(&amount, text, strlen(text)) == SP_OK)
            u.day_spend = amount_add_capped(u.day_spend, amount);
        else
            fsck_violation(f, "task", key, "an amount of this key cannot be read");
    }
    db_end(r);
    check_stored(f);
    fsck_rule(f, "quota",
              "SELECT key_id, 'says open tasks, there are none' FROM quota WHERE open_tasks <> 0"
              " AND key_id NOT IN (SELECT key_id FROM task)");
}

/* ---- the rest ---- */

static void check_others(fsck *f)
{
    fsck_rule(f, "idem",
              "SELECT i.name, 'its task is not there' FROM idem i LEFT JOIN task t"
              " ON '/api/v1/tasks/' || t.id = i.location AND t.key_id = i.key_id"
              " WHERE i.path = '/api/v1/tasks' AND i.status = 201 AND t.id IS NULL");
    fsck_rule(
        f, "idem",
        "SELECT min(name), 'its task belongs to another key, too' FROM idem"
        " WHERE path = '/api/v1/tasks' AND status = 201 GROUP BY location HAVING count(*) > 1");
    fsck_rule(f, "settlement",
              "SELECT t.id, 'is on a chain and has none' FROM task t LEFT JOIN settlement s"
              " ON s.task_id = t.id WHERE t.chain_task_id IS NOT NULL AND s.task_id IS NULL");
    /* I8 */
    fsck_rule(
        f, "settlement",
        "SELECT min(s.task_id), 'its escrow was paid to another task, too' FROM settlement s"
        " JOIN task t ON t.id = s.task_id WHERE s.state = 'settled' AND t.chain_task_id IS NOT NULL"
        " GROUP BY t.chain_contract, t.chain_task_id HAVING count(*) > 1");
    fsck_rule(f, "settlement",
              "SELECT s.task_id, 'waits for its escrow, and is not pending' FROM settlement s"
              " WHERE s.look_at IS NOT NULL AND s.state <> 'pending'");
    fsck_rule(f, "settlement",
              "SELECT t.id, 'waits for its escrow, and nobody looks' FROM task t JOIN settlement s"
              " ON s.task_id = t.id WHERE t.state = 'created' AND s.look_at IS NULL");
    fsck_rule(f, "webhook_outbox",
              "SELECT id, 'is neither done nor waiting' FROM webhook_outbox"
              " WHERE done_at IS NULL AND next_try_at IS NULL");
    fsck_rule(f, "webhook_outbox",
              "SELECT id, 'is done and waiting' FROM webhook_outbox"
              " WHERE done_at IS NOT NULL AND next_try_at IS NOT NULL");
}

/* What SQLite can say of its own file. */
static void check_sqlite(fsck *f)
{
    db_rows *r = fsck_all(f, "PRAGMA integrity_check");
    while (db_next(r)) {
        char line[200];
        if (strcmp(fsck_text(r, 0), "ok") == 0) continue;
        (void)snprintf(line, sizeof line, "%s", fsck_text(r, 0));
        for (char *p = line; *p != 0; p++)
            if (*p == '\n') *p = ' ';
        fsck_violation(f, "database", "file", "%s", line);
    }
    db_end(r);
}

static bool is_our_version(fsck *f)
{
    db_rows *r = fsck_all(f, "SELECT value FROM meta WHERE name = 'schema_version'");
    const bool ok = db_next(r) && strtoll(fsck_text(r, 0), NULL, 10) == SCHEMA_VERSION;
    db_end(r);
    return ok;
}

static int64_t gone_until(fsck *f)
{
    int64_t until = 0;
    db_rows *r = fsck_all(f, "SELECT value FROM meta WHERE name = 'rows_gone_until'");
    if (db_next(r)) until = strtoll(fsck_text(r, 0), NULL, 10) + USAGE_DAY_MS;
    db_end(r);
    return until;
}

sp_status fsck_run(uint64_t *violations, const char *database, const char *blobs,
                   const fsck_proofs *proofs, FILE *out, char *why)
{
    const bool postgres = db_is_postgres(database);
    fsck f = {.blobs = blobs, .proofs = proofs, .out = out};
    *violations = 0;
    SP_TRY(db_open(&f.d, database, true, why));
    sp_status s = SP_ERR_IO;
    if (db_exec(f.d, postgres ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN")) {
        if (is_our_version(&f)) {
            f.gone_until = gone_until(&f);
            if (!postgres) check_sqlite(&f);
            check_tasks(&f);
            check_attempts(&f);
            fsck_blobs(&f);
            check_quotas(&f);
            fsck_standing(&f);
            fsck_outbox(&f);
            fsck_paid(&f);
            fsck_past(&f);
            check_others(&f);
            s = proofs == NULL ? SP_OK : fsck_check_proofs(&f);
            if (s != SP_OK) (void)snprintf(why, DB_WHY, "no sprove-worker can be started");
            (void)db_exec(f.d, "COMMIT");
            if (!db_ok(f.d)) s = SP_ERR_IO;
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
