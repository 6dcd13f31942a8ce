/* api_callback.c - POST /tasks/{}/callback: a demander says where this task's callbacks go, or a
 * node that keeps no WebSocket delivers its result. The body's message_type tells which. */
#include "relayer/api.h"

#include "relayer/app.h"
#include "relayer/check.h"
#include "relayer/node.h"

#include <stdlib.h>
#include <string.h>

static void unauthorized(call *c, const char *text)
{
    http_add_header(&c->s, "WWW-Authenticate", "Bearer");
    http_problem(&c->s, &c->q, 401, "missing_credentials", "%s", text);
}

/* ---- a demander ---- */

static void answer_registered(call *c, const task_new *t, const char *secret)
{
    json_t *cb = json_pack(
        "{s:s?, s:s?, s:o}", "url", t->callback_url, "webhook_id", t->webhook_id, "events",
        json_loads(t->callback_events != NULL ? t->callback_events : HOOK_DEFAULT_EVENTS, 0, NULL));
    if (cb != NULL && secret[0] != 0) /* shown this once */
        (void)json_object_set_new(cb, "secret", json_string(secret));
    http_json(&c->s, 200, json_pack("{s:s, s:o}", "task_id", c->variable[0], "callback", cb));
}

static void place(call *c, db *d, core *k)
{
    char secret[WEBHOOK_SECRET_TEXT], why[HOOK_REASON];
    task_brief now;
    task_new t;
    check e;
    if (c->who.id[0] == 0) {
        unauthorized(c, "send an API key with the scope tasks:write");
        return;
    }
    if ((c->who.scopes & (SCOPE_TASKS_WRITE | SCOPE_ADMIN)) == 0) {
        http_problem(&c->s, &c->q, 403, "insufficient_scope",
                     "this key has not the scope tasks:write");
        return;
    }
    task_hold(k, c->variable[0]);
    if (!api_own_task(c, d, &now)) return;
    memset(&t, 0, sizeof t);
    /* The endpoint is the demander's, whoever writes it down for them. */
    memcpy(t.key_id, now.key_id, sizeof t.key_id);
    check_init(&e);
    task_parse_callback(&e, &t, c->body, "");
    if (!check_ok(&e)) {
        api_refuse_fields(c, &e);
    } else if (task_is_final(now.state, now.on_chain)) {
        http_problem(&c->s, &c->q, 409, "conflict_state",
                     "a task that is %s has nothing more to say", task_state_name(now.state));
    } else if (!hook_task_accept(k, &t, secret, why)) {
        if (why[0] != 0)
            api_refuse_one(c, api_callback_at(&t, false), "validation_failed", why);
        else
            http_problem(&c->s, &c->q, 500, "internal", "the callback cannot be stored");
    } else {
        (void)db_run(
            d, "UPDATE task SET callback_url = ?, callback_events = ?, webhook_id = ? WHERE id = ?",
            DB_T(t.callback_url), DB_T(t.callback_events), DB_T(t.webhook_id), DB_T(now.id));
        answer_registered(c, &t, secret);
    }
    check_free(&e);
    task_new_free(&t);
}

/* ---- a node ---- */

/* The node that holds this attempt, as if it had a session. False: there is none. */
static bool find_node(db *d, node_session *s, const char *task, const json_t *attempt)
{
    memset(s, 0, sizeof *s);
    db_rows *r = db_query(d,
                          "SELECT n.id, n.pubkey FROM attempt a JOIN node n ON n.id = a.node_id"
                          " WHERE a.task_id = ? AND a.n = ?",
                          DB_T(task), DB_I(json_integer_value(attempt)));
    const bool found = db_next(r);
    if (found) {
        (void)snprintf(s->id, sizeof s->id, "%s", db_text(r, 0));
        s->node.is_signed =
            felt_read_hex(&s->key.pubkey, db_text(r, 1), strlen(db_text(r, 1))) == SP_OK &&
            !felt_is_zero(s->key.pubkey);
    }
    db_end(r);
    return found;
}

static void deliver(call *c, db *d, core *k)
{
    node_session s;
    json_t *said = NULL;
    const char *type = json_string_value(json_object_get(c->body, "message_type")),
               *task = json_string_value(json_object_get(c->body, "task_id"));
    if (type == NULL || strcmp(type, "task_result") != 0) {
        http_problem(&c->s, &c->q, 400, "validation_failed",
                     "message_type is not task_result, the only one that may come this way");
        return;
    }
    if (task == NULL || strcmp(task, c->variable[0]) != 0) {
        http_problem(&c->s, &c->q, 400, "validation_failed",
                     "task_id is missing, or not the task of the path");
        return;
    }
    if (!find_node(d, &s, task, json_object_get(c->body, "attempt"))) {
        http_problem(&c->s, &c->q, 409, "stale_lease", "there is no such attempt");
        return;
    }
    if (!s.node.is_signed && c->a->set.require_node_signature) {
        unauthorized(c, "results of nodes without a key are not taken");
        return;
    }
    s.said = &said;
    node_result(k, &s, c->body, json_string_value(json_object_get(c->body, "id")));
    const char *code = json_string_value(json_object_get(said, "code"));
    if (said == NULL) {
        http_problem(&c->s, &c->q, 500, "internal", "the result could not be taken");
    } else if (code != NULL) {
        http_problem(&c->s, &c->q, strcmp(code, "stale_lease") == 0 ? 409 : 422, code, "%s",
                     json_string_value(json_object_get(said, "detail")));
    } else if (!json_is_true(json_object_get(said, "accepted"))) {
        const char *reason = json_string_value(json_object_get(said, "reason"));
        http_problem(&c->s, &c->q, 409, "conflict_state", "the result is not taken: %s",
                     reason != NULL ? reason : "the attempt is over");
    } else {
        http_json(&c->s, json_is_true(json_object_get(said, "duplicate")) ? 200 : 202,
                  json_incref(said));
    }
    json_decref(said);
}

void api_task_callback(call *c, db *d, core *k)
{
    if (json_object_get(c->body, "message_type") != NULL)
        deliver(c, d, k);
    else
        place(c, d, k);
}
