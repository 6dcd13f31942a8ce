/* api_webhook.c - endpoints for callbacks: register, show, rotate, test, delete; what was sent. */
#include "relayer/api.h"

#include "relayer/app.h"
#include "relayer/check.h"
#include "relayer/hook.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 50
#define PAGE_MOST 200

#define ENDPOINT_SELECT                                                                      \
    "SELECT w.id, w.url, w.events, w.legacy_header, w.disabled_at, w.failures, w.old_until," \
    " w.created_at, w.key_id FROM webhook w "

static void put_time(json_t *j, const char *name, const db_rows *r, int column)
{
    char text[CHECK_TIME];
    time_write(text, db_int(r, column));
    (void)json_object_set_new(j, name, db_is_null(r, column) ? json_null() : json_string(text));
}

/* A row of ENDPOINT_SELECT; secrets are never shown again. */
static json_t *endpoint_json(const db_rows *r, int64_t now_ms)
{
    const char *url = db_text(r, 1);
    json_t *j =
        json_pack("{s:s, s:s?, s:b, s:I}", "id", db_text(r, 0), "url", url[0] != 0 ? url : NULL,
                  "legacy_header", (int)(db_int(r, 3) != 0), "failures", (json_int_t)db_int(r, 5));
    if (j == NULL) return NULL;
    (void)json_object_set_new(j, "for", json_string(url[0] != 0 ? "webhook_id" : "callback_url"));
    (void)json_object_set_new(j, "events", json_loads(db_text(r, 2), 0, NULL));
    put_time(j, "disabled_at", r, 4);
    put_time(j, "created_at", r, 7);
    if (db_int(r, 6) > now_ms) put_time(j, "old_secret_until", r, 6);
    return j;
}

static bool may_see(const call *c, const char *key_id)
{
    return (c->who.scopes & SCOPE_ADMIN) != 0 || strcmp(key_id, c->who.id) == 0;
}

/* The endpoint that the path names. False: there is none for this key, and c is answered. */
static bool find(call *c, db *d, char url[HOOK_URL + 1])
{
    db_rows *r = db_query(d, ENDPOINT_SELECT "WHERE w.id = ?", DB_T(c->variable[0]));
    const bool found = db_next(r) && may_see(c, db_text(r, 8));
    if (found) (void)snprintf(url, HOOK_URL + 1, "%s", db_text(r, 1));
    db_end(r);
    if (!found)
        http_problem(&c->s, &c->q, 404, "not_found",
                     "there is no webhook of this id that this key may see");
    return found;
}

static bool has_room(call *c, db *d)
{
    db_rows *r = db_query(d, "SELECT count(*) FROM webhook WHERE key_id = ?", DB_T(c->who.id));
    const bool room = db_next(r) && db_int(r, 0) < HOOK_PER_KEY;
    db_end(r);
    if (!room)
        http_problem(&c->s, &c->q, 429, "quota_exceeded", "a key has at most %d webhooks",
                     HOOK_PER_KEY);
    return room;
}

static void make(call *c, core *k, const char *url, const char *events, bool legacy_header)
{
    char id[HOOK_ID], secret[WEBHOOK_SECRET_TEXT], location[64 + HOOK_ID];
    if (!hook_endpoint_add(k, id, secret, c->who.id, url, events, legacy_header)) {
        http_problem(&c->s, &c->q, 500, "internal", "the webhook cannot be stored");
        return;
    }
    (void)snprintf(location, sizeof location, "/api/v1/webhooks/%s", id);
    json_t *j =
        json_pack("{s:s, s:s, s:b, s:o, s:s}", "id", id, "url", url, "legacy_header",
                  (int)legacy_header, "events", json_loads(events, 0, NULL), "secret", secret);
    OPENSSL_cleanse(secret, sizeof secret);
    http_add_header(&c->s, "Location", "%s", location);
    http_json(&c->s, 201, j);
}

void api_webhook_create(call *c, db *d, core *k)
{
    static const char *const names[] = {"url", "events", "legacy_header", NULL};
    check e;
    char origin[HOOK_ORIGIN];
    check_init(&e);
    check_known(&e, c->body, "", names);
    const char *url = check_text(&e, c->body, "", "url", HOOK_URL, true);
    const bool legacy_header = check_bool(&e, c->body, "", "legacy_header", false);
    const json_t *events = json_object_get(c->body, "events");
    const char *wrong =
        url == NULL ? NULL : hook_url_check(origin, url, c->a->set.allow_private_callbacks != 0);
    if (wrong != NULL) check_error(&e, "/url", "not_allowed", "%s", wrong);
    wrong = events == NULL ? NULL : hook_events_check(events);
    if (wrong != NULL) check_error(&e, "/events", "unknown_value", "%s", wrong);
    if (!check_ok(&e)) {
        api_refuse_fields(c, &e);
    } else if (has_room(c, d)) {
        char *text =
            events == NULL ? strdup(HOOK_DEFAULT_EVENTS) : json_dumps(events, JSON_COMPACT);
        if (text == NULL)
            http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
        else
            make(c, k, url, text, legacy_header);
        free(text);
    }
    check_free(&e);
}

void api_webhook_list(call *c, db *d, core *k)
{
    json_t *items = json_array();
    (void)k;
    db_rows *r = db_query(d, ENDPOINT_SELECT "WHERE w.key_id = ? ORDER BY w.id", DB_T(c->who.id));
    while (db_next(r)) (void)json_array_append_new(items, endpoint_json(r, clock_ms()));
    db_end(r);
    http_json(&c->s, 200,
              json_pack("{s:o, s:n, s:b}", "items", items, "next_cursor", "has_more", 0));
}

void api_webhook_show(call *c, db *d, core *k)
{
    char url[HOOK_URL + 1];
    (void)k;
    if (!find(c, d, url)) return;
    db_rows *r = db_query(d, ENDPOINT_SELECT "WHERE w.id = ?", DB_T(c->variable[0]));
    if (db_next(r)) http_json(&c->s, 200, endpoint_json(r, clock_ms()));
    db_end(r);
}

void api_webhook_delete(call *c, db *d, core *k)
{
    char url[HOOK_URL + 1];
    if (!find(c, d, url)) return;
    (void)db_run(d, "DELETE FROM webhook WHERE id = ?", DB_T(c->variable[0]));
    (void)db_run(d,
                 "UPDATE webhook_outbox SET next_try_at = NULL, done_at = ?, reason = ?"
                 " WHERE webhook_id = ? AND next_try_at IS NOT NULL",
                 DB_I(core_now(k)), DB_T("the webhook was deleted"), DB_T(c->variable[0]));
    c->s.status = 204;
}

void api_webhook_rotate(call *c, db *d, core *k)
{
    char url[HOOK_URL + 1], secret[WEBHOOK_SECRET_TEXT], until[CHECK_TIME];
    int64_t old_until;
    if (!find(c, d, url)) return;
    if (!hook_endpoint_rotate(k, secret, &old_until, c->variable[0])) {
        http_problem(&c->s, &c->q, 500, "internal", "the secret cannot be stored");
        return;
    }
    time_write(until, old_until);
    json_t *j = json_pack("{s:s, s:s, s:s}", "id", c->variable[0], "secret", secret,
                          "old_secret_until", until);
    OPENSSL_cleanse(secret, sizeof secret);
    http_json(&c->s, 200, j);
}

static void accepted(call *c, const char *id)
{
    http_json(&c->s, 202, json_pack("{s:s, s:s}", "id", id, "state", "pending"));
}

void api_webhook_test(call *c, db *d, core *k)
{
    char url[HOOK_URL + 1], id[HOOK_ID];
    if (!find(c, d, url)) return;
    if (url[0] == 0) {
        http_problem(&c->s, &c->q, 409, "conflict_state",
                     "this webhook has no URL: it stands for the callback URLs of tasks");
        return;
    }
    if (hook_message_add(k, id, c->variable[0], NULL, "webhook.test",
                         json_pack("{s:s}", "webhook_id", c->variable[0])))
        accepted(c, id);
    else
        http_problem(&c->s, &c->q, 500, "internal", "the message cannot be stored");
}

static json_t *delivery_json(const db_rows *r)
{
    json_t *j = json_object();
    const bool pending = !db_is_null(r, 5);
    (void)json_object_set_new(j, "id", json_string(db_text(r, 0)));
    (void)json_object_set_new(j, "state",
                              json_string(pending                   ? "pending"
                                          : db_int(r, 7) / 100 == 2 ? "delivered"
                                                                    : "failed"));
    (void)json_object_set_new(j, "type", json_string(db_text(r, 1)));
    (void)json_object_set_new(j, "task_id",
                              db_is_null(r, 2) ? json_null() : json_string(db_text(r, 2)));
    put_time(j, "created_at", r, 3);
    (void)json_object_set_new(j, "tries", json_integer(db_int(r, 4)));
    put_time(j, "next_try_at", r, 5);
    put_time(j, "done_at", r, 6);
    (void)json_object_set_new(j, "status",
                              db_is_null(r, 7) ? json_null() : json_integer(db_int(r, 7)));
    (void)json_object_set_new(j, "reason",
                              db_is_null(r, 8) ? json_null() : json_string(db_text(r, 8)));
    return j;
}

/* Newest first; ids sort by time, and the one before which a page begins is its cursor. */
void api_webhook_deliveries(call *c, db *d, core *k)
{
    char url[HOOK_URL + 1], last[HOOK_ID] = "";
    const char *before = http_param(&c->q, "cursor"), *wanted = http_param(&c->q, "limit");
    long limit = PAGE;
    char *end = NULL;
    (void)k;
    if (wanted != NULL) limit = strtol(wanted, &end, 10);
    if (limit < 1 || limit > PAGE_MOST || (end != NULL && (end == wanted || *end != 0))) {
        http_problem(&c->s, &c->q, 400, "validation_failed", "limit must be 1 to %d", PAGE_MOST);
        return;
    }
    if (before != NULL && (strncmp(before, "msg_", 4) != 0 || strlen(before) != HOOK_ID - 1)) {
        http_problem(&c->s, &c->q, 400, "bad_cursor", "cursor is none of this list");
        return;
    }
    if (!find(c, d, url)) return;
    json_t *items = json_array();
    bool more = false;
    db_rows *r =
        db_query(d,
                 "SELECT id, type, task_id, created_at, tries, next_try_at, done_at, status, reason"
                 " FROM webhook_outbox WHERE webhook_id = ? AND id < ? ORDER BY id DESC LIMIT ?",
                 DB_T(c->variable[0]), DB_T(before != NULL ? before : "n"), DB_I(limit + 1));
    while (!more && db_next(r)) {
        more = json_array_size(items) == (size_t)limit;
        if (more) break;
        (void)snprintf(last, sizeof last, "%s", db_text(r, 0));
        (void)json_array_append_new(items, delivery_json(r));
    }
    db_end(r);
    http_json(&c->s, 200,
              json_pack("{s:o, s:s?, s:b}", "items", items, "next_cursor", more ? last : NULL,
                        "has_more", (int)more));
}

/* With the same id and body; the tries begin again. */
void api_webhook_redeliver(call *c, db *d, core *k)
{
    char url[HOOK_URL + 1];
    if (!find(c, d, url)) return;
    db_rows *r = db_query(d, "SELECT disabled_at FROM webhook WHERE id = ?", DB_T(c->variable[0]));
    const bool disabled = db_next(r) && !db_is_null(r, 0);
    db_end(r);
    r = db_query(d, "SELECT next_try_at FROM webhook_outbox WHERE webhook_id = ? AND id = ?",
                 DB_T(c->variable[0]), DB_T(c->variable[1]));
    const bool found = db_next(r), pending = found && !db_is_null(r, 0);
    db_end(r);
    if (!found) {
        http_problem(&c->s, &c->q, 404, "not_found", "this webhook has no such message");
    } else if (disabled) {
        http_problem(&c->s, &c->q, 409, "conflict_state",
                     "the webhook is disabled; a test that is answered with 2xx enables it");
    } else {
        if (!pending)
            (void)db_run(d,
                         "UPDATE webhook_outbox SET tries = 0, next_try_at = ?, done_at = NULL,"
                         " status = NULL, reason = NULL WHERE id = ?",
                         DB_I(core_now(k)), DB_T(c->variable[1]));
        accepted(c, c->variable[1]);
    }
}
