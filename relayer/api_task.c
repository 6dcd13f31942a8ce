/* api_task.c - tasks: create, show, cancel, history. */
#include "relayer/api.h"

#include "market/hex.h"
#include "relayer/app.h"
#include "relayer/node.h"
#include "relayer/check.h"
#include "relayer/quote.h"
#include "relayer/rest.h"
#include "relayer/task.h"
#include "relayer/watch.h"

#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDEM_MAX 128
#define IDEM_KEPT_MS (INT64_C(24) * 3600000)

typedef struct {
    task_new t;
    char fingerprint[65];
} creation;

static bool is_idempotency_key(const char *s)
{
    const size_t n = strlen(s);
    if (n < 1 || n > IDEM_MAX) return false;
    for (; *s != 0; s++)
        if (*s < 0x21 || *s > 0x7e) return false;
    return true;
}

bool api_idem_check(call *c, bool required)
{
    const char *key = c->q.headers[HTTP_IDEMPOTENCY_KEY];
    if (key == NULL ? !required : is_idempotency_key(key)) return true;
    http_problem(&c->s, &c->q, 400, "bad_idempotency_key",
                 "Idempotency-Key must be %s1 to 128 visible ASCII characters",
                 key == NULL ? "there, " : "");
    return false;
}

bool api_chain_takes(const call *c, const task_new *t, task_refusal *why)
{
    const bool wrong = watch_terms(c->a) == WATCH_TERMS_WRONG;
    if (t->chain_task_id[0] == 0 || !wrong) return true;
    memset(why, 0, sizeof *why);
    why->status = 503;
    why->code = "contract_mismatch";
    (void)snprintf(why->detail, sizeof why->detail,
                   "tasks with an escrow are not taken now: the contract is not one for this "
                   "relayer (see /health)");
    return false;
}

/* On a reader's thread: everything that needs no database. */
void api_task_create_prepare(call *c, db *d, core *k)
{
    task_refusal why;
    (void)d;
    (void)k;
    if (!api_takes_tasks(c) || !api_idem_check(c, false)) return;
    creation *m = calloc(1, sizeof *m);
    if (m == NULL) {
        http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
        return;
    }
    const task_asker who = {d, c->who.id};
    bool good = task_parse(&m->t, c->body, &who, clock_ms(), (int64_t)c->a->set.max_attempts, &why);
    if (good && !quote_take(&m->t, clock_ms(), rest_cursor_secret(c->a), &why)) {
        task_new_free(&m->t);
        good = false;
    }
    if (!good) {
        json_t *more = why.errors == NULL ? NULL : json_pack("{s:o}", "errors", why.errors);
        http_problem_with(&c->s, &c->q, why.status, why.code, more, why.detail);
        free(m);
        return;
    }
    if (!api_chain_takes(c, &m->t, &why)) {
        http_problem(&c->s, &c->q, why.status, why.code, "%s", why.detail);
        api_task_create_drop(m);
        return;
    }
    if (task_keep_input(&m->t, c->a->blobs) != SP_OK) {
        http_problem(&c->s, &c->q, 507, "storage_full", "the input cannot be stored");
        api_task_create_drop(m);
        return;
    }
    api_idem_fingerprint(m->fingerprint, c);
    memcpy(m->t.key_id, c->who.id, KEY_ID);
    c->prepared = m;
}

void api_task_create_drop(void *prepared)
{
    creation *m = prepared;
    task_new_free(&m->t);
    free(m);
}

/* True: a request with this key was answered before, and c is answered. */
bool api_idem_replayed(call *c, db *d, const char *fingerprint, const char *key)
{
    db_rows *r = db_query(d,
                          "SELECT fingerprint, status, location, body FROM idem"
                          " WHERE key_id = ? AND path = ? AND name = ?",
                          DB_T(c->who.id), DB_T(c->r->path), DB_T(key));
    const bool found = db_next(r);
    if (found && strcmp(db_text(r, 0), fingerprint) != 0) {
        http_problem(&c->s, &c->q, 422, "idempotency_key_reused",
                     "this Idempotency-Key came before with another body");
    } else if (found) {
        http_add_header(&c->s, "Idempotency-Replayed", "true");
        if (!db_is_null(r, 2)) http_add_header(&c->s, "Location", "%s", db_text(r, 2));
        http_json(&c->s, (int)db_int(r, 1), json_loads(db_text(r, 3), 0, NULL));
    }
    db_end(r);
    return found;
}

/* Keeps the answer c->s. */
void api_idem_store(call *c, db *d, core *k, const char *fingerprint, const char *key,
                    const char *location)
{
    if (key == NULL || c->s.broken) return;
    const int64_t n = db_run(
        d,
        "INSERT INTO idem(key_id, path, name, fingerprint, status, location, body, expires_at)"
        " VALUES(?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        DB_T(c->who.id), DB_T(c->r->path), DB_T(key), DB_T(fingerprint), DB_I(c->s.status),
        DB_T(location), DB_T((const char *)c->s.body), DB_I(core_now(k) + IDEM_KEPT_MS));
    if (n == 0) core_again(k); /* another relayer was asked the same at this moment: its answer */
}

void api_idem_fingerprint(char out[65], const call *c)
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    (void)SHA256(c->q.body, c->q.body_bytes, hash);
    hex_write(out, hash, sizeof hash);
}

bool api_may_open(call *c, db *d)
{
    db_rows *r = db_query(d, "SELECT open_tasks FROM quota WHERE key_id = ?", DB_T(c->who.id));
    const bool ok = !db_next(r) || (uint64_t)db_int(r, 0) < settings_now(&c->a->set.open_tasks);
    db_end(r);
    return ok;
}

json_t *api_task_insert(call *c, core *k, task_new *t, char why[HOOK_REASON])
{
    char secret[WEBHOOK_SECRET_TEXT];
    uint8_t random[UUID_RANDOM];
    uuid id;
    why[0] = 0;
    if (RAND_bytes(random, sizeof random) != 1 ||
        uuid_next(&c->a->ids, &id, (uint64_t)core_now(k), random) != SP_OK)
        return NULL;
    uuid_write(t->id, id);
    if (!hook_task_accept(k, t, secret, why)) return NULL;
    task_insert(k, t);
    const bool on_chain = t->chain_task_id[0] != 0;
    const char *state = task_state_name(on_chain ? TASK_CREATED : TASK_QUEUED);
    char deadline[CHECK_TIME], location[API_LOCATION];
    time_write(deadline, t->deadline);
    (void)snprintf(location, sizeof location, "/api/v1/tasks/%s", t->id);
    json_t *j = json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:{s:s}}", "task_id", t->id, "version",
                          on_chain ? 1 : 3, "state", state, "status", state, "deadline", deadline,
                          "token_amount", t->amount, "links", "self", location);
    if (j != NULL && secret[0] != 0) /* shown this once */
        (void)json_object_set_new(j, "callback", json_pack("{s:s}", "secret", secret));
    return j;
}

void api_task_create(call *c, db *d, core *k)
{
    creation *m = c->prepared;
    const char *key = c->q.headers[HTTP_IDEMPOTENCY_KEY];
    if (key != NULL && api_idem_replayed(c, d, m->fingerprint, key)) return;
    if (!api_may_open(c, d)) {
        http_add_header(&c->s, "Retry-After", "60");
        http_problem(&c->s, &c->q, 429, "quota_exceeded",
                     "this key has as many open tasks as it may have");
        return;
    }
    if (task_has_twin(d, &m->t)) {
        http_problem(&c->s, &c->q, 409, "already_exists", "another task has this escrow");
        return;
    }
    char why[HOOK_REASON];
    json_t *j = api_task_insert(c, k, &m->t, why);
    if (j == NULL) {
        if (why[0] != 0)
            http_problem(&c->s, &c->q, 422, "validation_failed", "%s", why);
        else
            http_problem(&c->s, &c->q, 500, "internal", "no id can be made");
        return;
    }
    char location[API_LOCATION];
    (void)snprintf(location, sizeof location, "/api/v1/tasks/%s", m->t.id);
    http_add_header(&c->s, "Location", "%s", location);
    http_json(&c->s, 201, j);
    api_idem_store(c, d, k, m->fingerprint, key, location);
}

bool api_is_admin(const call *c) { return (c->who.scopes & SCOPE_ADMIN) != 0; }

void api_no_such_task(call *c)
{
    http_problem(&c->s, &c->q, 404, "not_found",
                 "there is no task of this id that this key may see");
}

bool api_may_see(const call *c, const char *key_id, const char *visibility)
{
    return api_is_admin(c) || strcmp(key_id, c->who.id) == 0 || strcmp(visibility, "public") == 0;
}

bool api_own_task(call *c, db *d, task_brief *t)
{
    if (task_find(d, t, c->variable[0]) && (api_is_admin(c) || strcmp(t->key_id, c->who.id) == 0))
        return true;
    api_no_such_task(c);
    return false;
}

/* Whether the call goes on waiting: the task is still as the client knows it (If-None-Match), or as
 * it was at first, and more may become of it. */
static bool waits_on(call *c, int64_t version, const char *state, bool on_chain)
{
    long long known;
    task_state s;
    int end = 0;
    if (!wait_is_on(c) || c->w.last) return false;
    if (!c->w.primed) {
        const char *given = c->q.headers[HTTP_IF_NONE_MATCH];
        const bool said = given != NULL && sscanf(given, "\"v%19lld\"%n", &known, &end) == 1 &&
                          end > 0 && given[end] == 0;
        c->w.seen = said ? known : version;
        c->w.primed = true;
    }
    return version == c->w.seen && task_state_read(&s, state) && !task_is_final(s, on_chain);
}

void api_task_show(call *c, db *d, core *k)
{
    (void)k;
    db_rows *r = db_query(d, TASK_SELECT "WHERE t.id = ?", DB_T(c->variable[0]));
    if (!db_next(r) || !api_may_see(c, db_text(r, 38), db_text(r, 20))) {
        api_no_such_task(c);
    } else if (!waits_on(c, db_int(r, 1), db_text(r, 2), !db_is_null(r, 22))) {
        char etag[32];
        const char *given = c->q.headers[HTTP_IF_NONE_MATCH];
        (void)snprintf(etag, sizeof etag, "\"v%lld\"", (long long)db_int(r, 1));
        http_add_header(&c->s, "ETag", "%s", etag);
        if (given != NULL && strcmp(given, etag) == 0)
            c->s.status = 304;
        else
            http_json(&c->s, 200, task_json(d, r, true));
    }
    db_end(r);
}

void api_task_cancel(call *c, db *d, core *k)
{
    task_brief t;
    task_hold(k, c->variable[0]);
    if (!api_own_task(c, d, &t)) return;
    const char *match = c->q.headers[HTTP_IF_MATCH];
    char etag[32];
    (void)snprintf(etag, sizeof etag, "\"v%lld\"", (long long)t.version);
    if (match != NULL && strcmp(match, "*") != 0 && strcmp(match, etag) != 0) {
        http_problem(&c->s, &c->q, 412, "precondition_failed", "the task has changed: it is %s now",
                     etag);
        return;
    }
    if (t.state != TASK_CANCELLED) {
        if (!task_may_become(t.state, TASK_CANCELLED, t.on_chain)) {
            http_problem(&c->s, &c->q, 409, "conflict_state",
                         "a task that is %s cannot be cancelled", task_state_name(t.state));
            return;
        }
        task_set_failure(k, t.id, FAILURE_CANCELLED, "cancelled by its demander");
        if (!task_move(k, t.id, &t.version, t.state, TASK_CANCELLED, c->who.id, NULL)) {
            http_problem(&c->s, &c->q, 409, "conflict_state", "the task has changed meanwhile");
            return;
        }
        node_task_ended(k, t.id, OUTCOME_CANCELLED);
    }
    http_json(
        &c->s, 202,
        json_pack("{s:s, s:s, s:s}", "task_id", t.id, "state", "cancelled", "status", "cancelled"));
}

/* A task that has failed or expired begins a new life. */
void api_task_retry(call *c, db *d, core *k)
{
    static const char *const names[] = {"deadline", NULL};
    task_brief t;
    check m;
    task_hold(k, c->variable[0]);
    if (!api_own_task(c, d, &t)) return;
    if (!api_takes_tasks(c)) return;
    check_init(&m);
    check_known(&m, c->body, "", names);
    const int64_t deadline = check_time(&m, c->body, "", "deadline");
    if (check_ok(&m) && (deadline <= core_now(k) || deadline > core_now(k) + TASK_MAX_DEADLINE_MS))
        check_error(&m, "/deadline", "out_of_range", "must be there, in the future, within a year");
    if (!check_ok(&m)) {
        http_problem_with(&c->s, &c->q, 400, m.code, json_pack("{s:O}", "errors", m.errors),
                          "the request has fields that are missing, unknown or wrong");
    } else if (!task_may_retry(t.state) || t.on_chain) {
        http_problem(&c->s, &c->q, 409, "conflict_state",
                     t.on_chain ? "a task with an escrow ends with it: make a new one"
                                : "a task that is %s cannot be tried again",
                     task_state_name(t.state));
    } else if (t.forgotten) {
        http_problem(&c->s, &c->q, 410, "gone", "its input is no longer kept: make a new one");
    } else if (!api_may_open(c, d)) {
        http_add_header(&c->s, "Retry-After", "60");
        http_problem(&c->s, &c->q, 429, "quota_exceeded",
                     "this key has as many open tasks as it may have");
    } else if (!task_again(k, &t, deadline, c->who.id)) {
        http_problem(&c->s, &c->q, 409, "conflict_state", "the task has changed meanwhile");
    } else {
        http_json(&c->s, 202,
                  json_pack("{s:s, s:I, s:s, s:s}", "task_id", t.id, "version",
                            (json_int_t)t.version, "state", "queued", "status", "queued"));
    }
    check_free(&m);
}
