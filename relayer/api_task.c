/* api_task.c - tasks: create, show, cancel, history. */
#include "relayer/api.h"

#include "market/hex.h"
#include "relayer/app.h"
#include "relayer/node.h"
#include "relayer/check.h"
#include "relayer/hook.h"
#include "relayer/task.h"

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

/* On a reader's thread: everything that needs no database. */
void api_task_create_prepare(call *c, db *d, core *k)
{
    task_refusal why;
    uint8_t hash[SHA256_DIGEST_LENGTH];
    (void)d;
    (void)k;
    const char *key = c->q.headers[HTTP_IDEMPOTENCY_KEY];
    if (key != NULL && !is_idempotency_key(key)) {
        http_problem(&c->s, &c->q, 400, "bad_idempotency_key",
                     "Idempotency-Key must be 1 to 128 visible ASCII characters");
        return;
    }
    creation *m = calloc(1, sizeof *m);
    if (m == NULL) {
        http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
        return;
    }
    if (!task_parse(&m->t, c->body, clock_ms(), (int64_t)c->a->set.max_attempts, &why)) {
        json_t *more = why.errors == NULL ? NULL : json_pack("{s:o}", "errors", why.errors);
        http_problem_with(&c->s, &c->q, why.status, why.code, more, why.detail);
        free(m);
        return;
    }
    (void)SHA256(c->q.body, c->q.body_bytes, hash);
    hex_write(m->fingerprint, hash, sizeof hash);
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
static bool replayed(call *c, db *d, const creation *m, const char *key)
{
    db_rows *r = db_query(d,
                          "SELECT fingerprint, status, location, body FROM idem"
                          " WHERE key_id = ? AND path = ? AND name = ?",
                          DB_T(c->who.id), DB_T(c->r->path), DB_T(key));
    const bool found = db_next(r);
    if (found && strcmp(db_text(r, 0), m->fingerprint) != 0) {
        http_problem(&c->s, &c->q, 422, "idempotency_key_reused",
                     "this Idempotency-Key came before with another body");
    } else if (found) {
        http_add_header(&c->s, "Idempotency-Replayed", "true");
        http_add_header(&c->s, "Location", "%s", db_text(r, 2));
        http_json(&c->s, (int)db_int(r, 1), json_loads(db_text(r, 3), 0, NULL));
    }
    db_end(r);
    return found;
}

static bool may_open_one_more(call *c, db *d)
{
    db_rows *r = db_query(d, "SELECT open_tasks FROM quota WHERE key_id = ?", DB_T(c->who.id));
    const bool ok = !db_next(r) || (uint64_t)db_int(r, 0) < c->a->set.open_tasks;
    db_end(r);
    return ok;
}

void api_task_create(call *c, db *d, core *k)
{
    creation *m = c->prepared;
    const char *key = c->q.headers[HTTP_IDEMPOTENCY_KEY];
    uint8_t random[UUID_RANDOM];
    uuid id;
    if (key != NULL && replayed(c, d, m, key)) return;
    if (!may_open_one_more(c, d)) {
        http_add_header(&c->s, "Retry-After", "60");
        http_problem(&c->s, &c->q, 429, "quota_exceeded",
                     "this key has as many open tasks as it may have");
        return;
    }
    if (RAND_bytes(random, sizeof random) != 1 ||
        uuid_next(&c->a->ids, &id, (uint64_t)core_now(k), random) != SP_OK) {
        http_problem(&c->s, &c->q, 500, "internal", "no id can be made");
        return;
    }
    uuid_write(m->t.id, id);
    char secret[WEBHOOK_SECRET_TEXT], why[HOOK_REASON];
    if (!hook_task_accept(k, &m->t, secret, why)) {
        http_problem(&c->s, &c->q, 422, "validation_failed", "%s", why);
        return;
    }
    task_insert(k, &m->t);
    const bool on_chain = m->t.chain_task_id[0] != 0;
    const char *state = task_state_name(on_chain ? TASK_CREATED : TASK_QUEUED);
    char deadline[CHECK_TIME], location[64 + UUID_TEXT];
    time_write(deadline, m->t.deadline);
    (void)snprintf(location, sizeof location, "/api/v1/tasks/%s", m->t.id);
    json_t *j = json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:{s:s}}", "task_id", m->t.id, "version",
                          on_chain ? 1 : 3, "state", state, "status", state, "deadline", deadline,
                          "token_amount", m->t.amount, "links", "self", location);
    if (secret[0] != 0) /* shown this once */
        (void)json_object_set_new(j, "callback", json_pack("{s:s}", "secret", secret));
    http_add_header(&c->s, "Location", "%s", location);
    http_json(&c->s, 201, j);
    if (key != NULL && !c->s.broken)
        (void)db_run(
            d,
            "INSERT INTO idem(key_id, path, name, fingerprint, status, location, body, expires_at)"
            " VALUES(?, ?, ?, ?, 201, ?, ?, ?)",
            DB_T(c->who.id), DB_T(c->r->path), DB_T(key), DB_T(m->fingerprint), DB_T(location),
            DB_T((const char *)c->s.body), DB_I(core_now(k) + IDEM_KEPT_MS));
}

bool api_is_admin(const call *c) { return (c->who.scopes & SCOPE_ADMIN) != 0; }

void api_no_such_task(call *c)
{
    http_problem(&c->s, &c->q, 404, "not_found",
                 "there is no task of this id that this key may see");
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
    if (!db_next(r) || (!api_is_admin(c) && strcmp(db_text(r, 38), c->who.id) != 0 &&
                        strcmp(db_text(r, 20), "public") != 0)) {
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
    if (!task_find(d, &t, c->variable[0]) ||
        (!api_is_admin(c) && strcmp(t.key_id, c->who.id) != 0)) {
        api_no_such_task(c);
        return;
    }
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
