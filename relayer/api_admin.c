/* api_admin.c - administration: backups, drain, reload, tasks put in the queue again. */
#include "relayer/admin.h"
#include "relayer/api.h"
#include "relayer/app.h"
#include "relayer/backup.h"
#include "relayer/check.h"
#include "relayer/log.h"
#include "relayer/node_ban.h"
#include "relayer/reload.h"
#include "relayer/task.h"
#include "relayer/watch.h"

#include <inttypes.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_REASON 200

void admin_note(core *k, const char *key_id, const char *action, const char *detail)
{
    app *a = core_user(k);
    uint8_t random[UUID_RANDOM];
    char text[UUID_TEXT];
    uuid id;
    if (RAND_bytes(random, sizeof random) != 1 ||
        uuid_next(&a->ids, &id, (uint64_t)core_now(k), random) != SP_OK) {
        core_fail(k);
        return;
    }
    uuid_write(text, id);
    (void)db_run(core_db(k),
                 "INSERT INTO admin_action(id, at, key_id, action, detail) VALUES(?, ?, ?, ?, ?)",
                 DB_T(text), DB_I(core_now(k)), DB_T(key_id), DB_T(action), DB_T(detail));
}

/* ---- backups ---- */

static bool has_backups(call *c)
{
    if (c->a->backup != NULL) return true;
    http_problem(&c->s, &c->q, 501, "not_implemented",
                 "the database is on PostgreSQL: back it up with its own tools (pg_dump, "
                 "pg_basebackup, pgBackRest), and copy the blobs");
    return false;
}

static json_t *view_json(const backup_view *v)
{
    static const char *const names[] = {"none", "running", "done", "failed"};
    return json_pack("{s:s, s:s, s:I, s:I, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:s?, s:s?}",
                     "state", names[v->state], "dir", v->dir, "every_ms", (json_int_t)v->every_ms,
                     "keep", (json_int_t)v->keep, "started_at", api_time_json(v->started_ms),
                     "ended_at", api_time_json(v->ended_ms), "last_good_at",
                     api_time_json(v->good_ms), "pages", (json_int_t)v->pages, "pages_total",
                     (json_int_t)v->pages_total, "bytes", (json_int_t)v->bytes, "blobs_copied",
                     (json_int_t)v->blobs_copied, "blobs_missing", (json_int_t)v->blobs_missing,
                     "file", v->file[0] != 0 ? v->file : NULL, "error",
                     v->why[0] != 0 ? v->why : NULL);
}

typedef struct {
    job j;
    backup *b;
} asking;

static void ask(job *j)
{
    if (!j->failed) (void)!backup_ask(((asking *)j)->b);
    free(j);
}

void api_admin_backup(call *c, db *d, core *k)
{
    (void)d;
    if (!has_backups(c)) return;
    backup_view v = backup_look(c->a->backup);
    if (v.state == BACKUP_RUNNING) {
        http_problem(&c->s, &c->q, 409, "conflict_state", "a backup is under way");
        return;
    }
    asking *m = calloc(1, sizeof *m);
    if (m == NULL) {
        http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
        return;
    }
    m->j.done = ask;
    m->b = c->a->backup;
    core_emit(k, &m->j);
    admin_note(k, c->who.id, "backup", v.dir);
    http_add_header(&c->s, "Location", "/api/v1/admin/backup");
    http_json(&c->s, 202, json_pack("{s:s, s:s}", "state", "running", "dir", v.dir));
}

void api_admin_backup_show(call *c, db *d, core *k)
{
    (void)d;
    (void)k;
    if (!has_backups(c)) return;
    const backup_view v = backup_look(c->a->backup);
    http_json(&c->s, 200, view_json(&v));
}

/* ---- drain ---- */

/* Where no body is sent, the route's usual meaning; else a JSON object. */
void api_admin_optional(call *c, db *d, core *k)
{
    (void)d;
    (void)k;
    if (c->q.body_bytes > 0)
        (void)!call_parse_body(c);
    else
        c->body = json_object();
}

/* False: c is answered. */
static bool is_good(call *c, check *m)
{
    const bool ok = check_ok(m);
    if (!ok) api_refuse_fields(c, m);
    check_free(m);
    return ok;
}

typedef struct {
    job j;
    app *a;
    bool held;
} holding;

static void hold(job *j)
{
    const holding *h = (const holding *)j;
    if (!j->failed) {
        h->a->held = h->held;
        log_event(LOG_INFO, h->held ? "held" : "released", NULL);
    }
    free(j);
}

void api_admin_drain(call *c, db *d, core *k)
{
    static const char *const names[] = {"draining", NULL};
    check m;
    (void)d;
    check_init(&m);
    check_known(&m, c->body, "", names);
    const bool held = check_bool(&m, c->body, "", "draining", true);
    if (!is_good(c, &m)) return;
    holding *h = calloc(1, sizeof *h);
    if (h == NULL) {
        http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
        return;
    }
    h->j.done = hold;
    h->a = c->a;
    h->held = held;
    core_emit(k, &h->j);
    admin_note(k, c->who.id, held ? "drain" : "undrain", NULL);
    http_json(&c->s, 200, json_pack("{s:b}", "draining", held));
}

bool api_takes_tasks(call *c)
{
    if (!c->a->held) return true;
    http_add_header(&c->s, "Retry-After", "60");
    http_problem(&c->s, &c->q, 503, "draining", "this relayer takes no new tasks now");
    return false;
}

/* ---- the chain's events, again ---- */

#define MAX_BLOCK (INT64_C(1) << 53)

void api_admin_rescan(call *c, db *d, core *k)
{
    static const char *const names[] = {"from_block", NULL};
    char from[24];
    check m;
    check_init(&m);
    check_known(&m, c->body, "", names);
    if (json_object_get(c->body, "from_block") == NULL)
        check_error(&m, "/from_block", "missing", "is required");
    const int64_t block = check_int(&m, c->body, "", "from_block", 0, MAX_BLOCK, 0);
    if (!is_good(c, &m)) return;
    if (c->a->watch == NULL) {
        http_problem(&c->s, &c->q, 409, "conflict_state", "this relayer has no chain");
        return;
    }
    (void)snprintf(from, sizeof from, "%" PRId64, block);
    (void)db_run(d,
                 "INSERT INTO meta(name, value) VALUES(?, ?)"
                 " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
                 DB_T(WATCH_RESCAN), DB_T(from));
    /* What accounts there have signed may be nothing here. */
    (void)db_run(d, "UPDATE node SET payee_due = ? WHERE payee_proof IS NOT NULL",
                 DB_I(core_now(k)));
    admin_note(k, c->who.id, "rescan", from);
    http_json(&c->s, 202, json_pack("{s:I}", "from_block", (json_int_t)block));
}

/* ---- reload ---- */

/* On a reader's thread: the file is read before anything is written down. */
void api_admin_reload_prepare(call *c, db *d, core *k)
{
    char why[SETTINGS_WHY];
    (void)d;
    (void)k;
    settings *next = calloc(1, sizeof *next);
    if (next == NULL) {
        http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
        return;
    }
    c->prepared = next;
    if (reload_read(c->a->reload, next, why) != SP_OK)
        http_problem(&c->s, &c->q, 422, "validation_failed", "%s", why);
}

typedef struct {
    job j;
    reload *r;
    settings next;
} reloading;

static void reload_now(job *j)
{
    if (!j->failed) reload_apply(((reloading *)j)->r, &((reloading *)j)->next);
    free(j);
}

void api_admin_reload(call *c, db *d, core *k)
{
    (void)d;
    json_t *changes = reload_changes(c->a->reload, c->prepared);
    char *detail = changes == NULL ? NULL : json_dumps(changes, JSON_COMPACT);
    reloading *r = detail == NULL ? NULL : calloc(1, sizeof *r);
    if (r == NULL) {
        json_decref(changes);
        free(detail);
        http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
        return;
    }
    r->j.done = reload_now;
    r->r = c->a->reload;
    memcpy(&r->next, c->prepared, sizeof r->next);
    core_emit(k, &r->j);
    admin_note(k, c->who.id, "reload", detail);
    free(detail);
    http_json(&c->s, 200, changes);
}

/* ---- tasks ---- */

static bool begin_again(call *c, core *k, task_brief *t, int64_t deadline)
{
    if (t->on_chain) {
        http_problem(&c->s, &c->q, 409, "conflict_state",
                     "a task with an escrow ends with it: make a new one");
        return false;
    }
    if (deadline == 0) deadline = t->deadline;
    if (deadline <= core_now(k) || deadline > core_now(k) + TASK_MAX_DEADLINE_MS) {
        check m;
        check_init(&m);
        check_error(&m, "/deadline", "out_of_range",
                    "must be in the future, within a year: the task's own has passed");
        (void)is_good(c, &m);
        return false;
    }
    if (task_again(k, t, deadline, c->who.id)) return true;
    http_problem(&c->s, &c->q, 409, "conflict_state", "the task has changed meanwhile");
    return false;
}

void api_admin_requeue(call *c, db *d, core *k)
{
    static const char *const names[] = {"deadline", "reason", NULL};
    task_brief t;
    check m;
    if (!task_find(d, &t, c->variable[0])) {
        api_no_such_task(c);
        return;
    }
    check_init(&m);
    check_known(&m, c->body, "", names);
    const int64_t deadline = check_time(&m, c->body, "", "deadline");
    const char *reason = check_text(&m, c->body, "", "reason", MAX_REASON, false);
    if (deadline != 0 && !task_may_retry(t.state))
        check_error(&m, "/deadline", "conflict", "is of a task that has failed or expired");
    if (!is_good(c, &m)) return;
    const char *why = reason != NULL ? reason : "put in the queue again by an administrator";
    if (task_may_retry(t.state)) {
        if (!begin_again(c, k, &t, deadline)) return;
    } else if (!node_task_requeue(k, t.id, why)) {
        http_problem(&c->s, &c->q, 409, "conflict_state",
                     "a task that is %s cannot be put in the queue", task_state_name(t.state));
        return;
    }
    char detail[MAX_REASON + UUID_TEXT + 4];
    (void)snprintf(detail, sizeof detail, "%s%s%s", t.id, reason != NULL ? ": " : "",
                   reason != NULL ? reason : "");
    admin_note(k, c->who.id, "requeue", detail);
    if (!task_find(d, &t, c->variable[0])) {
        api_no_such_task(c);
        return;
    }
    http_json(&c->s, 202,
              json_pack("{s:s, s:I, s:s, s:s}", "task_id", t.id, "version", (json_int_t)t.version,
                        "state", task_state_name(t.state), "status", task_state_name(t.state)));
}

/* ---- nodes ---- */

static void no_such_node(call *c)
{
    http_problem(&c->s, &c->q, 404, "not_found", "there is no node of this id");
}

static void answer_ban(call *c, core *k, const char *action, int64_t until, const char *reason)
{
    char detail[MAX_REASON + 2 * CHECK_TIME + NODE_ID], at[CHECK_TIME] = "";
    if (until > 0) time_write(at, until);
    (void)snprintf(detail, sizeof detail, "%s%s%s%s%s", c->variable[0], at[0] != 0 ? " until " : "",
                   at, reason != NULL ? ": " : "", reason != NULL ? reason : "");
    admin_note(k, c->who.id, action, detail);
}

void api_admin_ban(call *c, db *d, core *k)
{
    static const char *const names[] = {"until", "reason", NULL};
    check m;
    (void)d;
    const json_t *given = json_object_get(c->body, "until");
    const bool lifts = json_is_null(given);
    check_init(&m);
    check_known(&m, c->body, "", names);
    const int64_t until = lifts ? 0 : check_time(&m, c->body, "", "until");
    const char *reason = check_text(&m, c->body, "", "reason", MAX_REASON, false);
    if (until != 0 && until <= core_now(k))
        check_error(&m, "/until", "out_of_range", "must be in the future");
    if (!is_good(c, &m)) return;
    if (!(lifts ? node_unban(k, c->variable[0]) : node_ban(k, c->variable[0], until, reason))) {
        no_such_node(c);
        return;
    }
    answer_ban(c, k, lifts ? "unban" : "ban", until, reason);
    char at[CHECK_TIME] = "";
    if (until > 0) time_write(at, until);
    http_json(&c->s, 200,
              json_pack("{s:s, s:b, s:s?, s:s?}", "node_id", c->variable[0], "banned", !lifts,
                        "until", until > 0 ? at : NULL, "reason", reason));
}

void api_admin_unban(call *c, db *d, core *k)
{
    (void)d;
    if (!node_unban(k, c->variable[0])) {
        no_such_node(c);
        return;
    }
    answer_ban(c, k, "unban", 0, NULL);
    c->s.status = 204;
}
