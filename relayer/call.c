/* call.c - see call.h: find the route, who asks, how often; parse; hand on; answer. */
#include "relayer/call.h"

#include "relayer/accept.h"
#include "relayer/app.h"
#include "relayer/cors.h"
#include "relayer/guard.h"
#include "relayer/log.h"
#include "relayer/rest.h"
#include "relayer/uploader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JSON_FLAGS (JSON_REJECT_DUPLICATES)

static bool matches(const char *pattern, const char *path,
                    char variable[CALL_VARIABLES][CALL_VARIABLE])
{
    size_t n = 0;
    while (*pattern != 0) {
        if (pattern[0] == '{' && pattern[1] == '}') {
            /* A segment, or a part of it up to what follows in the pattern (":batch"). */
            const char end = pattern[2] == 0 ? '/' : pattern[2];
            const size_t len = strcspn(path, end == '/' ? "/" : (const char[]){end, '/', 0});
            if (len == 0 || len >= CALL_VARIABLE || n == CALL_VARIABLES) return false;
            memcpy(variable[n], path, len);
            variable[n++][len] = 0;
            path += len;
            pattern += 2;
            continue;
        }
        if (*pattern++ != *path++) return false;
    }
    return *path == 0;
}

const route *route_find(http_method m, const char *path,
                        char variable[CALL_VARIABLES][CALL_VARIABLE], unsigned *allowed)
{
    size_t n;
    const route *list = route_list(&n);
    *allowed = 0;
    for (size_t i = 0; i < n; i++) {
        char found[CALL_VARIABLES][CALL_VARIABLE] = {{0}};
        if (!matches(list[i].path, path, found)) continue;
        *allowed |= 1u << list[i].method;
        if (list[i].method == HTTP_GET) *allowed |= 1u << HTTP_HEAD;
        if (list[i].method != m && !(m == HTTP_HEAD && list[i].method == HTTP_GET)) continue;
        memcpy(variable, found, sizeof found);
        return &list[i];
    }
    return NULL;
}

uint64_t call_max_body(app *a, const http_request *q)
{
    char variable[CALL_VARIABLES][CALL_VARIABLE];
    unsigned allowed;
    principal who;
    const route *r = route_find(q->method, q->path, variable, &allowed);
    const char *given = q->headers[HTTP_AUTHORIZATION];
    /* Where there is no route, or nobody to answer for it, a short body is read before the answer
     * says so. */
    if (r == NULL) return 4096;
    if (r->max_body > SERVER_MEMORY_BODY &&
        (given == NULL || (!uploader_says_lease(given) &&
                           (http_bearer(given) == NULL ||
                            keys_check(a->keys, &who, http_bearer(given), clock_ms()) != KEY_OK))))
        return SERVER_MEMORY_BODY;
    if (r->max_body > SERVER_MEMORY_BODY && uploader_says_lease(given))
        return UPLOADER_LEASE_BLOB < a->set.max_blob ? UPLOADER_LEASE_BLOB : a->set.max_blob;
    return r->max_body < a->set.max_blob ? r->max_body : a->set.max_blob;
}

void call_free(call *c)
{
    free(c->w.text);
    http_request_free(&c->q);
    http_response_free(&c->s);
    json_decref(c->body);
    if (c->prepared != NULL && c->r != NULL && c->r->drop != NULL) c->r->drop(c->prepared);
    free(c);
}

void call_count(const call *c) { app_count_reply(c->a, c); }

/* On the loop's thread. */
void call_answer(call *c)
{
    call_count(c);
    server_reply(c->a->server, c->handle, &c->s);
    call_free(c);
}

static void finished(job *j)
{
    call *c = (call *)j;
    if (wait_is_on(c)) {
        wait_after_read(c);
        return;
    }
    if (j->failed && c->s.status < 400) {
        http_response_free(&c->s);
        if (core_is_full(c->a->core))
            http_problem(&c->s, &c->q, 507, "storage_full",
                         "the disk is full; nothing of the request was done");
        else
            http_problem(&c->s, &c->q, 500, "internal",
                         "the request could not be carried out; nothing of it was done");
    }
    call_answer(c);
}

void call_overloaded(call *c)
{
    http_add_header(&c->s, "Retry-After", "1");
    http_problem(&c->s, &c->q, 503, "overloaded", "too many requests wait already");
    call_answer(c);
}

static void run_write(job *j, void *with)
{
    call *c = (call *)j;
    core *k = with;
    if (!c->ran) c->before_bytes = c->s.headers_bytes;
    if (c->ran) http_response_cut(&c->s, c->before_bytes);
    c->ran = true;
    c->r->handle(c, core_db(k), k);
    if (c->s.status >= 400) core_fail(k); /* what is refused leaves nothing behind */
}

static void prepared(job *j)
{
    call *c = (call *)j;
    c->preparing = false;
    if (c->cost > 1) quota_owe(&rest_of(c->a)->quota, c, c->cost - 1);
    if (c->s.status != CALL_NOT_ANSWERED) {
        call_answer(c);
        return;
    }
    j->run = run_write;
    j->done = finished;
    if (!core_post(c->a->core, j)) call_overloaded(c);
}

bool call_parse_body(call *c)
{
    json_error_t e;
    const char *type = c->q.headers[HTTP_CONTENT_TYPE];
    const size_t n = type == NULL ? 0 : strcspn(type, "; ");
    if (n != strlen("application/json") || strncmp(type, "application/json", n) != 0) {
        http_problem(&c->s, &c->q, 415, "unsupported_media_type",
                     "Content-Type must be application/json");
        return false;
    }
    if (!guard_json_depth((const char *)c->q.body, c->q.body_bytes)) {
        http_problem(&c->s, &c->q, 400, "malformed_json", "more than %d levels of nesting",
                     GUARD_JSON_DEPTH);
        return false;
    }
    c->body = json_loadb(c->q.body != NULL ? (const char *)c->q.body : "", c->q.body_bytes,
                         JSON_FLAGS, &e);
    if (c->body == NULL) {
        const enum json_error_code why = json_error_code(&e);
        http_problem(&c->s, &c->q, 400, "malformed_json", "line %d, column %d: %s", e.line,
                     e.column,
                     why == json_error_numeric_overflow
                         ? "this number is too large: write amounts of 2^63 and more as text"
                     : why == json_error_null_character ? "\\u0000 is not allowed"
                                                        : e.text);
        return false;
    }
    if (json_is_object(c->body)) return true;
    http_problem(&c->s, &c->q, 400, "validation_failed", "the body must be a JSON object");
    return false;
}

/* On a reader's thread. */
static void run_read(job *j, void *with)
{
    call *c = (call *)j;
    db *d = with;
    c->s.status = CALL_NOT_ANSWERED;
    if (c->r->json && !call_parse_body(c)) return;
    if (c->preparing) {
        if (c->r->prepare != NULL) c->r->prepare(c, d, NULL);
    } else {
        c->r->handle(c, d, NULL);
    }
    if (!db_ok(d)) {
        log_event(LOG_ERROR, "db_read", "err", db_why(d), "request_id", c->q.request_id, NULL);
        db_forgive(d);
        http_response_free(&c->s);
        http_problem(&c->s, &c->q, 503, "overloaded", "the database does not answer");
    }
}

static const char *method_name(unsigned m)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    return names[m];
}

/* The path is there; the method is none of its own. */
static void answer_method(call *c, unsigned allowed)
{
    char list[64] = "";
    for (unsigned m = 0; m <= HTTP_DELETE; m++)
        if (allowed & (1u << m))
            (void)snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
                           list[0] != 0 ? ", " : "", method_name(m));
    if (c->q.method == HTTP_OPTIONS && c->a->set.cors_origins[0] != 0) {
        cors_preflight(&c->s, list);
        return;
    }
    http_add_header(&c->s, "Allow", "%s", list);
    http_problem(&c->s, &c->q, 405, "method_not_allowed", "this path takes %s", list);
}

static bool authenticate(call *c)
{
    const char *given = c->q.headers[HTTP_AUTHORIZATION];
    if (given != NULL) {
        const char *key = http_bearer(given);
        key_verdict v =
            key != NULL ? keys_check(c->a->keys, &c->who, key, clock_ms()) : KEY_UNKNOWN;
        if (c->who.address[0] != 0 && !settings_now(&c->a->set.login_wallets)) {
            memset(&c->who, 0, sizeof c->who);
            v = KEY_EXPIRED;
        }
        if (v == KEY_OK) {
            if (c->r->scope == 0 || (c->who.scopes & (c->r->scope | SCOPE_ADMIN)) != 0) return true;
            http_problem(&c->s, &c->q, 403, "insufficient_scope", "this key has not the scope %s",
                         scope_name((scope)(c->r->scope & -c->r->scope)));
            return false;
        }
        /* One that was right once was not guessed. */
        if (key != NULL && v == KEY_UNKNOWN) quota_wrong_key(&rest_of(c->a)->quota, c);
        if (c->r->scope == 0) return true; /* public: a wrong key is no better than none */
        http_add_header(&c->s, "WWW-Authenticate", "Bearer");
        http_problem(&c->s, &c->q, 401, v == KEY_EXPIRED ? "expired_key" : "invalid_credentials",
                     v == KEY_EXPIRED ? "this API key or token has expired"
                     : v == KEY_ENDED ? "this token is not good any more, or not known yet"
                                      : "this API key is not known");
        return false;
    }
    if (c->r->scope == 0 || (c->r->scope & ROUTE_PUBLIC) != 0) return true;
    http_add_header(&c->s, "WWW-Authenticate", "Bearer");
    http_problem(&c->s, &c->q, 401, "missing_credentials", "send Authorization: Bearer <api-key>");
    return false;
}

/* What a route sends when it goes well. */
static bool takes_answer(call *c)
{
    static const struct {
        const char *end, *type;
    } others[] = {{"/proof", "application/octet-stream"},
                  {"/output", "application/octet-stream"},
                  {"/bundle", "application/x-tar"}};
    const char *path = c->r->path, *header = c->q.headers[HTTP_ACCEPT], *type = "application/json";
    const size_t n = strlen(path);
    if (strncmp(path, "/api/v1/", 8) != 0) return true;
    if (strncmp(path, "/api/v1/blobs/", 14) == 0 && c->r->method == HTTP_GET)
        type = "application/octet-stream";
    for (size_t i = 0; i < SP_COUNT(others); i++)
        if (n > strlen(others[i].end) &&
            strcmp(path + n - strlen(others[i].end), others[i].end) == 0)
            type = others[i].type;
    if (accept_allows(header, type) ||
        (c->r->kind == ROUTE_STREAM && accept_allows(header, "text/event-stream")))
        return true;
    http_problem(&c->s, &c->q, 406, "not_acceptable", "the answer would be %s", type);
    return false;
}

void call_begin(app *a, server_handle h, http_request *q)
{
    call *c = calloc(1, sizeof *c);
    unsigned allowed;
    if (c == NULL) {
        http_response r;
        http_response_init(&r);
        r.broken = true;
        server_reply(a->server, h, &r);
        http_request_free(q);
        return;
    }
    c->a = a;
    c->handle = h;
    c->q = *q;
    c->start_ns = clock_ns();
    http_response_init(&c->s);
    c->r = route_find(c->q.method, c->q.path, c->variable, &allowed);
    if (c->r == NULL) {
        if (allowed == 0)
            http_problem(&c->s, &c->q, 404, "not_found", "there is nothing at this path");
        else
            answer_method(c, allowed);
        call_answer(c);
        return;
    }
    quota *limits = &rest_of(a)->quota;
    if (!takes_answer(c) || !app_admit(a, c) || !quota_may_try(limits, c) || !authenticate(c) ||
        !quota_take(limits, c)) {
        call_answer(c);
        return;
    }
    if (c->r->kind == ROUTE_LOOP) {
        c->r->handle(c, NULL, NULL);
        call_answer(c);
        return;
    }
    if ((c->r->kind == ROUTE_WAIT || c->r->kind == ROUTE_STREAM) && !wait_enter(c)) {
        call_answer(c);
        return;
    }
    c->preparing =
        c->r->kind == ROUTE_WRITE || c->r->kind == ROUTE_EXECUTE_WRITE || c->r->kind == ROUTE_LOGIN;
    c->j.run = run_read;
    c->j.done = c->preparing ? prepared : finished;
    queue *to = c->r->kind == ROUTE_EXECUTE || c->r->kind == ROUTE_EXECUTE_WRITE
                    ? &rest_of(a)->executor.queue
                : c->r->kind == ROUTE_CHAIN ? &rest_of(a)->chain.queue
                : c->r->kind == ROUTE_LOGIN ? &rest_of(a)->logins.queue
                                            : &a->reads;
    if (queue_put(to, &c->j)) return;
    if (wait_is_on(c)) wait_leave(c);
    call_overloaded(c);
}
