/* hook_store.c - endpoints and messages in the database, and what is due. */
#include "relayer/hook.h"

#include "relayer/app.h"
#include "relayer/check.h"
#include "relayer/log.h"
#include "relayer/task.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_EVENTS 20u
#define DUE 128
#define PRUNE_EVERY_MS INT64_C(600000)
#define PRUNE_MOST 1000
#define PRUNE_MORE_MS INT64_C(1000)

/* The pauses between tries in units of the first, which is 5 s: 5 s, 30 s, 2 m, 10 m, 1 h, 6 h,
 * 24 h. */
static const int64_t pauses[] = {1, 6, 24, 120, 720, 4320, 17280};
#define TRIES ((int64_t)SP_COUNT(pauses) + 1)

const char *hook_events_check(const json_t *events)
{
    size_t i;
    json_t *v;
    task_state state;
    if (!json_is_array(events) || json_array_size(events) < 1 ||
        json_array_size(events) > MOST_EVENTS)
        return "must be an array of 1 to 20 names";
    json_array_foreach((json_t *)(uintptr_t)events, i, v)
    {
        const char *name = json_string_value(v);
        if (name == NULL || strncmp(name, "task.", 5) != 0 || !task_state_read(&state, name + 5))
            return "must be names such as task.verified";
    }
    return NULL;
}

static bool is_wanted(const char *events, const char *type)
{
    bool found = false;
    size_t i;
    json_t *v, *list = events == NULL ? NULL : json_loads(events, 0, NULL);
    json_array_foreach(list, i, v) found = found || strcmp(json_string_value(v), type) == 0;
    json_decref(list);
    return found;
}

static bool new_id(core *c, char out[HOOK_ID], const char *prefix)
{
    app *a = core_user(c);
    uint8_t random[UUID_RANDOM];
    char text[UUID_TEXT];
    uuid id;
    if (RAND_bytes(random, sizeof random) != 1 ||
        uuid_next(&a->ids, &id, (uint64_t)core_now(c), random) != SP_OK) {
        core_fail(c);
        return false;
    }
    uuid_write(text, id);
    (void)snprintf(out, HOOK_ID, "%s%s", prefix, text);
    return true;
}

static bool new_secret(core *c, char out[WEBHOOK_SECRET_TEXT])
{
    webhook_secret s;
    memset(&s, 0, sizeof s);
    s.n = WEBHOOK_SECRET_OURS;
    const bool ok =
        RAND_bytes(s.key, WEBHOOK_SECRET_OURS) == 1 && webhook_secret_write(out, &s) == SP_OK;
    OPENSSL_cleanse(&s, sizeof s);
    if (!ok) core_fail(c);
    return ok;
}

bool hook_endpoint_add(core *c, char id[HOOK_ID], char secret[WEBHOOK_SECRET_TEXT],
                       const char *key_id, const char *url, const char *events, bool legacy_header)
{
    if (!new_id(c, id, "wh_") || !new_secret(c, secret)) return false;
    const int64_t n =
        db_run(core_db(c),
               "INSERT INTO webhook(id, key_id, url, events, secret, legacy_header, failures,"
               " created_at) VALUES(?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING",
               DB_T(id), DB_T(key_id), DB_T(url), DB_T(events), DB_T(secret), DB_I(legacy_header),
               DB_I(core_now(c)));
    if (n == 0) core_again(c); /* another relayer made the key's row at this moment */
    return n == 1;
}

bool hook_endpoint_rotate(core *c, char secret[WEBHOOK_SECRET_TEXT], int64_t *old_until,
                          const char *id)
{
    *old_until = core_now(c) + HOOK_OLD_SECRET_MS;
    return new_secret(c, secret) &&
           db_run(core_db(c),
                  "UPDATE webhook SET old_secret = secret, old_until = ?, secret = ? WHERE id = ?",
                  DB_I(*old_until), DB_T(secret), DB_T(id)) == 1;
}

static bool endpoint_of_key(db *d, char id[HOOK_ID], const char *key_id)
{
    db_rows *r = db_query(d, "SELECT id FROM webhook WHERE key_id = ? AND url = ''", DB_T(key_id));
    const bool found = db_next(r);
    (void)snprintf(id, HOOK_ID, "%.*s", HOOK_ID - 1, found ? db_text(r, 0) : "");
    db_end(r);
    return found;
}

bool hook_endpoint_of_key(core *c, char id[HOOK_ID], char secret[WEBHOOK_SECRET_TEXT],
                          const char *key_id)
{
    const app *a = core_user(c);
    secret[0] = 0;
    return endpoint_of_key(core_db(c), id, key_id) ||
           hook_endpoint_add(c, id, secret, key_id, "", HOOK_DEFAULT_EVENTS,
                             a->set.hook_legacy_header != 0);
}

bool hook_endpoint_usable(db *d, const char *id, const char *key_id)
{
    db_rows *r = db_query(d,
                          "SELECT 1 FROM webhook WHERE id = ? AND key_id = ? AND url <> ''"
                          " AND disabled_at IS NULL",
                          DB_T(id), DB_T(key_id));
    const bool usable = db_next(r);
    db_end(r);
    return usable;
}

bool hook_task_accept(core *c, const task_new *t, char secret[WEBHOOK_SECRET_TEXT],
                      char why[HOOK_REASON])
{
    const app *a = core_user(c);
    char origin[HOOK_ORIGIN], id[HOOK_ID];
    secret[0] = why[0] = 0;
    if (t->webhook_id != NULL && !hook_endpoint_usable(core_db(c), t->webhook_id, t->key_id)) {
        (void)snprintf(why, HOOK_REASON, "%s",
                       "callback.webhook_id is no webhook of this key that is in service");
        return false;
    }
    if (t->callback_url == NULL) return true;
    const char *wrong =
        hook_url_check(origin, t->callback_url, a->set.allow_private_callbacks != 0);
    if (wrong != NULL) (void)snprintf(why, HOOK_REASON, "callback.url %s", wrong);
    return wrong == NULL && hook_endpoint_of_key(c, id, secret, t->key_id);
}

/* ---- messages ---- */

bool hook_message_add(core *c, char id[HOOK_ID], const char *webhook_id, const char *task_id,
                      const char *type, json_t *data)
{
    char at[CHECK_TIME];
    if (!new_id(c, id, "msg_")) {
        json_decref(data);
        return false;
    }
    time_write(at, core_now(c));
    json_t *body =
        json_pack("{s:s, s:s, s:s, s:o}", "id", id, "type", type, "created_at", at, "data", data);
    char *text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT);
    json_decref(body);
    if (text == NULL) {
        core_fail(c);
        return false;
    }
    const int64_t n =
        db_run(core_db(c),
               "INSERT INTO webhook_outbox(id, webhook_id, task_id, type, body, created_at, tries,"
               " next_try_at) VALUES(?, ?, ?, ?, ?, ?, 0, ?)",
               DB_T(id), DB_T(webhook_id), DB_T(task_id), DB_T(type), DB_T(text), DB_I(core_now(c)),
               DB_I(core_now(c)));
    free(text);
    return n == 1;
}

/* The endpoint that is to hear of this; false: none. */
static bool wanted_by(db *d, char id[HOOK_ID], const char *task_id, const char *type)
{
    /* A task that names an URL of its own goes with the row of its key that has none. */
    db_rows *r =
        db_query(d,
                 "SELECT w.id, COALESCE(t.callback_events, w.events) FROM task t JOIN webhook w"
                 " ON (t.webhook_id IS NOT NULL AND w.id = t.webhook_id)"
                 " OR (t.webhook_id IS NULL AND w.key_id = t.key_id AND w.url = '')"
                 " WHERE t.id = ? AND w.disabled_at IS NULL",
                 DB_T(task_id));
    const bool wanted = db_next(r) && is_wanted(db_text(r, 1), type);
    (void)snprintf(id, HOOK_ID, "%.*s", HOOK_ID - 1, wanted ? db_text(r, 0) : "");
    db_end(r);
    return wanted;
}

void hook_task_moved(core *c, const char *task_id, task_state to)
{
    db *d = core_db(c);
    char type[40], webhook_id[HOOK_ID], id[HOOK_ID];
    json_t *data = NULL;
    (void)snprintf(type, sizeof type, "task.%s", task_state_name(to));
    if (!wanted_by(d, webhook_id, task_id, type)) return;
    db_rows *r = db_query(d, TASK_SELECT "WHERE t.id = ?", DB_T(task_id));
    if (db_next(r)) data = task_json(d, r, true);
    db_end(r);
    if (data == NULL) {
        core_fail(c);
        return;
    }
    (void)json_object_del(data, "requirements");
    (void)json_object_del(data, "assignment");
    if (!hook_message_add(c, id, webhook_id, task_id, type, data)) core_fail(c);
}

/* ---- what is due ---- */

static void end_row(db *d, const char *id, int64_t now_ms, const char *reason)
{
    (void)db_run(d,
                 "UPDATE webhook_outbox SET next_try_at = NULL, done_at = ?, reason = ?"
                 " WHERE id = ? AND next_try_at IS NOT NULL",
                 DB_I(now_ms), DB_T(reason), DB_T(id));
}

static bool set_secrets(hook_delivery *v, const db_rows *r, int64_t now_ms)
{
    const char *secret = db_text(r, 6), *old = db_text(r, 7);
    if (webhook_secret_read(&v->secrets[0], secret, strlen(secret)) != SP_OK) return false;
    v->n_secrets = 1;
    if (old != NULL && db_int(r, 8) > now_ms &&
        webhook_secret_read(&v->secrets[1], old, strlen(old)) == SP_OK)
        v->n_secrets = 2;
    return true;
}

/* A row of the query below; NULL: out of memory. reason: why it cannot be sent at all, else "". */
static hook_delivery *delivery_of(app *a, const db_rows *r, int64_t now_ms)
{
    hook_delivery *v = calloc(1, sizeof *v);
    char origin[HOOK_ORIGIN] = "";
    if (v == NULL) return NULL;
    v->a = a;
    (void)snprintf(v->id, sizeof v->id, "%s", db_text(r, 0));
    (void)snprintf(v->webhook_id, sizeof v->webhook_id, "%s", db_text(r, 1));
    (void)snprintf(v->task_id, sizeof v->task_id, "%s", db_is_null(r, 2) ? "" : db_text(r, 2));
    (void)snprintf(v->type, sizeof v->type, "%s", db_text(r, 3));
    v->tries = db_int(r, 4);
    const char *url = db_text(r, 5), *wrong = NULL;
    const bool gone = url == NULL;
    if (!gone) (void)snprintf(v->key_id, sizeof v->key_id, "%s", db_text(r, 13));
    if (!gone && url[0] == 0) url = db_text(r, 11);
    if (gone)
        wrong = "the webhook was deleted";
    else if (!db_is_null(r, 9) && strcmp(v->type, "webhook.test") != 0)
        wrong = "the webhook is disabled";
    else if (url == NULL)
        wrong = "its task names no URL any more";
    else if (!set_secrets(v, r, now_ms))
        wrong = "the webhook has no secret";
    else
        wrong = hook_url_check(origin, url, a->set.allow_private_callbacks != 0);
    (void)snprintf(v->reason, sizeof v->reason, "%s", wrong != NULL ? wrong : "");
    if (wrong != NULL) return v;
    (void)snprintf(v->url, sizeof v->url, "%s", url);
    (void)snprintf(v->endpoint, sizeof v->endpoint, "%s %s", v->webhook_id, origin);
    v->legacy_header = db_int(r, 10) != 0;
    v->body = strdup(db_text(r, 12));
    v->body_bytes = v->body == NULL ? 0 : strlen(v->body);
    if (v->body != NULL) return v;
    hook_delivery_free(v);
    return NULL;
}

static void start_or_put_off(core *c, hook_delivery *v, int64_t now_ms)
{
    app *a = core_user(c);
    int64_t again = 0;
    if (v->reason[0] != 0) {
        end_row(core_db(c), v->id, now_ms, v->reason);
        hook_delivery_free(v);
    } else if (hook_admit(a->hooks, v, now_ms, &again)) {
        hook_send(a->hooks, v);
    } else {
        /* Behind the others that are due, which may go to endpoints that answer. */
        (void)db_run(core_db(c), "UPDATE webhook_outbox SET next_try_at = ? WHERE id = ?",
                     DB_I(again), DB_T(v->id));
        hook_delivery_free(v);
    }
}

/* Old messages go; ids sort by their time. Whether there may be more of them. */
static bool prune(core *c, int64_t now_ms)
{
    const app *a = core_user(c);
    const int64_t before = now_ms - (int64_t)a->set.retention_ms;
    char id[32];
    if (before < 0) return false;
    (void)snprintf(id, sizeof id, "msg_%08" PRIx32 "-%04" PRIx32, (uint32_t)(before >> 16),
                   (uint32_t)(before & 0xffff));
    return db_run(core_db(c),
                  "DELETE FROM webhook_outbox WHERE id IN (SELECT id FROM webhook_outbox"
                  " WHERE id < ? AND next_try_at IS NULL ORDER BY id LIMIT ?)",
                  DB_T(id), DB_I(PRUNE_MOST)) == PRUNE_MOST;
}

void hook_tick(core *c, int64_t now_ms)
{
    app *a = core_user(c);
    hook_delivery *due[DUE];
    size_t n = 0;
    if (a->hooks == NULL || !instance_holds(a, "callbacks") || hook_is_full(a->hooks)) return;
    if (now_ms >= a->hooks_prune_ms) {
        a->hooks_prune_ms = now_ms + (prune(c, now_ms) ? PRUNE_MORE_MS : PRUNE_EVERY_MS);
    }
    db_rows *r = db_query(
        core_db(c),
        "SELECT o.id, o.webhook_id, o.task_id, o.type, o.tries, w.url, w.secret, w.old_secret,"
        " w.old_until, w.disabled_at, w.legacy_header, t.callback_url, o.body,"
        " w.key_id"
        " FROM webhook_outbox o LEFT JOIN webhook w ON w.id = o.webhook_id"
        " LEFT JOIN task t ON t.id = o.task_id"
        " WHERE o.next_try_at <= ? ORDER BY o.next_try_at LIMIT ?",
        DB_I(now_ms), DB_I(DUE));
    while (n < DUE && db_next(r)) {
        if (hook_is_sending(a->hooks, db_text(r, 0))) continue;
        due[n] = delivery_of(a, r, now_ms);
        if (due[n] == NULL) break;
        n++;
    }
    db_end(r);
    for (size_t i = 0; i < n; i++) start_or_put_off(c, due[i], now_ms);
}

/* ---- what came of it ---- */

static int64_t next_try(const app *a, int64_t tries, int64_t now_ms)
{
    uint32_t random = 0;
    const int64_t pause = pauses[tries - 1] * (int64_t)a->set.hook_retry_ms;
    (void)RAND_bytes((uint8_t *)&random, sizeof random);          /* 0 will do */
    return now_ms + pause * (int64_t)(800 + random % 401) / 1000; /* 20 % more or less */
}

static void acknowledged(core *c, const hook_delivery *v)
{
    db *d = core_db(c);
    (void)db_run(d,
                 "UPDATE webhook_outbox SET tries = tries + 1, next_try_at = NULL, done_at = ?,"
                 " status = ?, reason = NULL WHERE id = ?",
                 DB_I(core_now(c)), DB_I(v->status), DB_T(v->id));
    (void)db_run(d, "UPDATE webhook SET failures = 0 WHERE id = ? AND failures > 0",
                 DB_T(v->webhook_id));
    if (strcmp(v->type, "webhook.test") == 0)
        (void)db_run(d, "UPDATE webhook SET disabled_at = NULL WHERE id = ?", DB_T(v->webhook_id));
}

/* 410: nothing more is to be sent there. */
static void disabled(core *c, const hook_delivery *v)
{
    static const char reason[] = "the receiver wants no more (410)";
    db *d = core_db(c);
    const int64_t now = core_now(c);
    if (db_run(d, "UPDATE webhook SET disabled_at = ? WHERE id = ? AND url <> ''", DB_I(now),
               DB_T(v->webhook_id)) == 1) {
        (void)db_run(d,
                     "UPDATE webhook_outbox SET next_try_at = NULL, done_at = ?, reason = ?"
                     " WHERE webhook_id = ? AND next_try_at IS NOT NULL",
                     DB_I(now), DB_T(reason), DB_T(v->webhook_id));
    } else {
        (void)db_run(d, "UPDATE task SET callback_events = '[]' WHERE id = ?", DB_T(v->task_id));
        (void)db_run(d,
                     "UPDATE webhook_outbox SET next_try_at = NULL, done_at = ?, reason = ?"
                     " WHERE webhook_id = ? AND task_id = ? AND next_try_at IS NOT NULL",
                     DB_I(now), DB_T(reason), DB_T(v->webhook_id), DB_T(v->task_id));
    }
    (void)db_run(d, "UPDATE webhook_outbox SET tries = tries + 1, status = 410 WHERE id = ?",
                 DB_T(v->id));
}

static void failed(core *c, const hook_delivery *v)
{
    db *d = core_db(c);
    const int64_t now = core_now(c), tries = v->tries + 1;
    const bool last = tries >= TRIES;
    const db_value nothing = DB_NULL, at = DB_I(last ? now : next_try(core_user(c), tries, now));
    const db_value status = v->status == 0 ? nothing : (db_value)DB_I(v->status);
    const db_value values[] = {DB_I(tries), last ? nothing : at, last ? at : nothing,
                               status,      DB_T(v->reason),     DB_T(v->id)};
    /* Not where it was ended meanwhile: its webhook deleted or disabled. */
    (void)db_run_values(d,
                        "UPDATE webhook_outbox SET tries = ?, next_try_at = ?, done_at = ?,"
                        " status = ?, reason = ? WHERE id = ? AND next_try_at IS NOT NULL",
                        values, SP_COUNT(values));
    (void)db_run(d, "UPDATE webhook SET failures = failures + 1 WHERE id = ?", DB_T(v->webhook_id));
}

void hook_note(job *j, void *with)
{
    const hook_delivery *v = (const hook_delivery *)j;
    core *c = with;
    char status[24], tries[24];
    (void)snprintf(status, sizeof status, "%" PRId64, v->status);
    (void)snprintf(tries, sizeof tries, "%" PRId64, v->tries + 1);
    log_event(v->status / 100 == 2 ? LOG_INFO : LOG_WARN, "callback", "message", v->id, "webhook",
              v->webhook_id, "task_id", v->task_id[0] != 0 ? v->task_id : NULL, "type", v->type,
              "status", status, "tries", tries, "err", v->reason[0] != 0 ? v->reason : NULL, NULL);
    if (v->status / 100 == 2)
        acknowledged(c, v);
    else if (v->status == 410)
        disabled(c, v);
    else
        failed(c, v);
}
