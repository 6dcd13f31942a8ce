/* api_task.c - tasks: create, show, cancel, history. */
#include "relayer/api.h"

#include "market/hex.h"
#include "relayer/app.h"
#include "relayer/node.h"
#include "relayer/check.h"
#include "relayer/intake.h"
#include "relayer/keep.h"
#include "relayer/possible.h"
#include "relayer/quote.h"
#include "relayer/rest.h"
#include "relayer/task.h"
#include "relayer/usage.h"
#include "relayer/waiting.h"
#include "relayer/watch.h"

#include <inttypes.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDEM_MAX 128
#define READ_OF_ONE (4u << 20) /* bytes to hash that count as one post more */
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

/* 422, with the place of what is wrong; false, for its caller. */
static bool refuse_chain(task_refusal *why, const char *pointer, const char *code,
                         const char *detail)
{
    memset(why, 0, sizeof *why);
    why->status = 422;
    why->code = "escrow_not_served";
    (void)snprintf(why->detail, sizeof why->detail, "%s", detail);
    why->errors = check_one(pointer, code, detail);
    return false;
}

bool api_chain_takes(const call *c, task_new *t, task_refusal *why)
{
    char contract[FELT_HEX];
    felt ours;
    const settings *s = &c->a->set;
    if (t->chain_task_id[0] == 0) return true;
    /* Nobody would ever look for the escrow. */
    if (s->rpc[0] == 0 || felt_read_hex(&ours, s->contract, strlen(s->contract)) != SP_OK)
        return refuse_chain(why, "/chain", "no_chain",
                            "this relayer has no chain: it takes no tasks with an escrow");
    (void)felt_write_hex(contract, ours);
    if (t->chain_contract[0] == 0)
        (void)snprintf(t->chain_contract, sizeof t->chain_contract, "%s", contract);
    if (strcmp(t->chain_contract, contract) != 0) {
        char detail[sizeof why->detail];
        (void)snprintf(detail, sizeof detail, "this relayer's contract is %s", contract);
        return refuse_chain(why, "/chain/contract", "other_contract", detail);
    }
    if (watch_terms(c->a) != WATCH_TERMS_WRONG) return true;
    memset(why, 0, sizeof *why);
    why->status = 503;
    why->code = "contract_mismatch";
    (void)snprintf(why->detail, sizeof why->detail,
                   "tasks with an escrow are not taken now: the contract is not one for this "
                   "relayer (see /health)");
    return false;
}

task_asker api_asker(const call *c, db *d)
{
    const bool reads = (c->who.scopes & ((uint32_t)SCOPE_BLOBS_READ | SCOPE_ADMIN)) != 0;
    return (task_asker){d, c->who.id, reads ? c->a->blobs : NULL, false, 0};
}

unsigned api_cost_of(const task_asker *who) { return (unsigned)(who->read_bytes / READ_OF_ONE); }

bool api_task_owner(const call *c, task_new *t, task_refusal *why)
{
    memcpy(t->key_id, c->who.id, KEY_ID);
    if (c->who.address[0] == 0) return true;
    if (t->creator[0] == 0) (void)snprintf(t->creator, sizeof t->creator, "%s", c->who.address);
    if (strcmp(t->creator, c->who.address) == 0) return true;
    memset(why, 0, sizeof *why);
    why->status = 422;
    why->code = "not_owner";
    (void)snprintf(why->detail, sizeof why->detail, "creator: the account that has logged in is %s",
                   c->who.address);
    why->errors = check_one("/creator", "not_owner", why->detail);
    return false;
}

/* On a reader's thread: everything that needs only to be read. */
void api_task_create_prepare(call *c, db *d, core *k)
{
    task_refusal why;
    char fingerprint[65];
    (void)k;
    /* Before anything that the time may have changed. */
    api_idem_fingerprint(fingerprint, c);
    if (!api_idem_check(c, false) || api_idem_replayed(c, d, fingerprint) || !api_takes_tasks(c) ||
        !intake_has_room(c, c->q.body_bytes))
        return;
    creation *m = calloc(1, sizeof *m);
    if (m == NULL) {
        http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
        return;
    }
    task_asker who = api_asker(c, d);
    bool good = task_parse(&m->t, c->body, &who, clock_ms(), (int64_t)c->a->set.max_attempts, &why);
    c->cost = 1 + api_cost_of(&who);
    if (good && (!quote_take(&m->t, clock_ms(), rest_cursor_secret(c->a), &why) ||
                 !api_chain_takes(c, &m->t, &why) || !api_task_owner(c, &m->t, &why))) {
        task_new_free(&m->t);
        good = false;
    }
    if (!good) {
        json_t *more = why.errors == NULL ? NULL : json_pack("{s:o}", "errors", why.errors);
        http_problem_with(&c->s, &c->q, why.status, why.code, more, why.detail);
        free(m);
        return;
    }
    if (task_keep_input(&m->t, c->a->blobs) != SP_OK) {
        http_problem(&c->s, &c->q, 507, "storage_full", "the input cannot be stored");
        api_task_create_drop(m);
        return;
    }
    memcpy(m->fingerprint, fingerprint, sizeof m->fingerprint);
    m->t.too_late = !possible_in_time(d, &m->t, clock_ms());
    c->prepared = m;
}

void api_task_create_drop(void *prepared)
{
    creation *m = prepared;
    task_new_free(&m->t);
    free(m);
}

/* True: a request with this key was answered before, and c is answered. */
bool api_idem_replayed(call *c, db *d, const char *fingerprint)
{
    const char *key = c->q.headers[HTTP_IDEMPOTENCY_KEY];
    if (key == NULL) return false;
    db_rows *r = db_query(d,
                          "SELECT fingerprint, status, location, body FROM idem"
                          " WHERE key_id = ? AND path = ? AND name = ? AND expires_at > ?",
                          DB_T(c->who.id), DB_T(c->r->path), DB_T(key), DB_I(clock_ms()));
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
    (void)db_run(d,
                 "DELETE FROM idem WHERE key_id = ? AND path = ? AND name = ? AND expires_at <= ?",
                 DB_T(c->who.id), DB_T(c->r->path), DB_T(key), DB_I(clock_ms()));
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

bool api_may_open(const call *c, db *d, core *k, const char *amount, const char **why,
                  uint64_t *retry_s)
{
    usage_now u;
    u256 v = amount_from_u64(0);
    if (amount != NULL && amount_read(&v, amount, strlen(amount)) != SP_OK) core_fail(k);
    usage_look(&u, d, c->a, c->who.id, core_now(k));
    const bool ok = usage_may_open(&u, amount != NULL ? USAGE_NEW : USAGE_AGAIN, v, why);
    *retry_s = usage_retry_s(&u, core_now(k));
    return ok;
}

/* The same, and otherwise c is answered. */
static bool may_open(call *c, db *d, core *k, const char *amount)
{
    const char *why;
    uint64_t retry_s;
    if (api_may_open(c, d, k, amount, &why, &retry_s)) return true;
    http_add_header(&c->s, "Retry-After", "%" PRIu64, retry_s);
    http_problem(&c->s, &c->q, 429, "quota_exceeded", "%s", why);
    return false;
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
    if (t->named_blob && t->input == NULL && !keep_is_there(k, t->input_sha256)) {
        (void)snprintf(why, HOOK_REASON, "job.input: the blob is no longer here");
        return NULL;
    }
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
    if (api_idem_replayed(c, d, m->fingerprint)) return;
    if (!may_open(c, d, k, m->t.amount)) return;
    if (!task_may_wait(d, &m->t, settings_now(&c->a->set.unseen_escrows))) {
        http_add_header(&c->s, "Retry-After", "60");
        http_problem(&c->s, &c->q, 429, "quota_exceeded", API_UNSEEN);
        return;
    }
    if (m->t.too_late) {
        api_refuse_one(c, "/deadline", "deadline_impossible", POSSIBLE_TOO_LATE);
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
            api_refuse_one(c, api_callback_at(&m->t, true), "validation_failed", why);
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
    if (c->who.id[0] == 0) { /* whether there is one is nobody's business */
        http_add_header(&c->s, "WWW-Authenticate", "Bearer");
        http_problem(&c->s, &c->q, 401, "missing_credentials",
                     "send Authorization: Bearer <api-key>: this is no public task");
        return;
    }
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
        if (http_etag_among(given, etag, true)) {
            c->s.status = 304;
        } else {
            json_t *j = task_json(d, r, true);
            task_state s;
            if (task_state_read(&s, db_text(r, 2)) && s == TASK_QUEUED)
                (void)json_object_set_new(j, "waiting", waiting_json(c->a->waits, c->variable[0]));
            http_json(&c->s, 200, j);
        }
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
    if (match != NULL && !http_etag_among(match, etag, false)) {
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
        api_refuse_fields(c, &m);
    } else if (!task_may_retry(t.state) || t.on_chain) {
        http_problem(&c->s, &c->q, 409, "conflict_state",
                     t.on_chain ? "a task with an escrow ends with it: make a new one"
                                : "a task that is %s cannot be tried again",
                     task_state_name(t.state));
    } else if (t.forgotten) {
        http_problem(&c->s, &c->q, 410, "gone", "its input is no longer kept: make a new one");
    } else if (!may_open(c, d, k, NULL)) {
        (void)0; /* answered */
    } else if (!task_again(k, &t, deadline, c->who.id)) {
        http_problem(&c->s, &c->q, 409, "conflict_state", "the task has changed meanwhile");
    } else {
        http_json(&c->s, 202,
                  json_pack("{s:s, s:I, s:s, s:s}", "task_id", t.id, "version",
                            (json_int_t)t.version, "state", "queued", "status", "queued"));
    }
    check_free(&m);
}
