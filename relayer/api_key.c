/* api_key.c - API keys: made, listed, revoked; and who one is. */
#include "relayer/api.h"

#include "relayer/app.h"
#include "relayer/check.h"
#include "relayer/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is in memory follows the table ---- */

typedef struct {
    job j;
    app *a;
} reload;

static void reload_free(job *j) { free(j); }

static void run_reload(job *j, void *with)
{
    reload *r = (reload *)j;
    if (keys_load(r->a->keys, core_db(with)) != SP_OK) core_fail(with);
}

/* The change was undone, and is still in memory: read again what there is. */
static void after_change(job *j)
{
    const bool undone = j->failed;
    j->failed = false;
    j->run = run_reload;
    j->done = reload_free;
    if (!undone || !core_post(((reload *)j)->a->core, j)) free(j);
}

/* Within the unit that changed the table: the key is known before its owner is told. */
static bool load_changed(call *c, db *d, core *k)
{
    reload *r = calloc(1, sizeof *r);
    if (r != NULL) {
        r->j.done = after_change;
        r->a = c->a;
        core_emit(k, &r->j);
        instance_keys_changed(k);
        if (keys_load(c->a->keys, d) == SP_OK) return true;
    }
    http_problem(&c->s, &c->q, 503, "overloaded", "the keys cannot be read");
    return false;
}

/* ---- */

static json_t *scopes_json(uint32_t scopes)
{
    json_t *list = json_array();
    for (uint32_t s = 1; s <= SCOPE_ADMIN; s <<= 1)
        if (scopes & s) (void)json_array_append_new(list, json_string(scope_name((scope)s)));
    return list;
}

static uint32_t read_scopes(check *k, const json_t *list)
{
    uint32_t all = 0;
    size_t i;
    json_t *v;
    if (!json_is_array(list) || json_array_size(list) == 0) {
        check_error(k, "/scopes", "missing", "must be an array of scopes, at least one");
        return 0;
    }
    json_array_foreach((json_t *)(uintptr_t)list, i, v)
    {
        scope s;
        if (json_is_string(v) && scope_of(&s, json_string_value(v)))
            all |= (uint32_t)s;
        else
            check_error(k, "/scopes", "unknown_value", "there is no such scope");
    }
    return all;
}

void api_key_create(call *c, db *d, core *k)
{
    static const char *const names[] = {"name", "scopes", "expires_at", NULL};
    check m;
    char text[KEY_TEXT], expiry[CHECK_TIME] = "";
    principal made;
    check_init(&m);
    check_known(&m, c->body, "", names);
    const char *name = check_text(&m, c->body, "", "name", KEY_NAME - 1, true);
    const uint32_t scopes = read_scopes(&m, json_object_get(c->body, "scopes"));
    const int64_t expires = check_time(&m, c->body, "", "expires_at");
    if (expires != 0 && expires <= core_now(k))
        check_error(&m, "/expires_at", "out_of_range", "must be in the future");
    if (!check_ok(&m)) {
        http_problem_with(&c->s, &c->q, 400, m.code, json_pack("{s:O}", "errors", m.errors),
                          "the request has fields that are missing, unknown or wrong");
        check_free(&m);
        return;
    }
    check_free(&m);
    if (keys_create(d, text, &made, name, scopes, core_now(k), expires) != SP_OK) {
        http_problem(&c->s, &c->q, 503, "overloaded", "the key cannot be stored");
        return;
    }
    if (!load_changed(c, d, k)) return;
    if (expires != 0) time_write(expiry, expires);
    http_add_header(&c->s, "Location", "/api/v1/api-keys/%s", made.id);
    http_json(&c->s, 201,
              json_pack("{s:s, s:s, s:s, s:o, s:s?}", "id", made.id, "key", text, "name", name,
                        "scopes", scopes_json(scopes), "expires_at", expires != 0 ? expiry : NULL));
}

static json_t *key_json(db *d, const db_rows *r)
{
    char at[CHECK_TIME], expiry[CHECK_TIME] = "";
    json_t *list = json_array();
    const char *text = db_text(r, 2);
    (void)d;
    time_write(at, db_int(r, 3));
    if (!db_is_null(r, 4)) time_write(expiry, db_int(r, 4));
    for (size_t n; *text != 0; text += n + strspn(text + n, " ")) {
        n = strcspn(text, " ");
        (void)json_array_append_new(list, json_stringn(text, n));
    }
    return json_pack("{s:s, s:s, s:o, s:s, s:s?}", "id", db_text(r, 0), "name", db_text(r, 1),
                     "scopes", list, "created_at", at, "expires_at",
                     db_is_null(r, 4) ? NULL : expiry);
}

void api_key_list(call *c, db *d, core *k)
{
    static const char *const names[] = {NULL};
    page p;
    page_query q = {.n = 0};
    (void)k;
    if (!page_read(&p, c, names)) return;
    page_add(&q, "SELECT id, name, scopes, created_at, expires_at FROM api_key"
                 " WHERE revoked_at IS NULL");
    page_add_order(&q, &p, "created_at", "id");
    page_serve(&p, c, d, &q, 3, 0, key_json, NULL);
}

void api_key_revoke(call *c, db *d, core *k)
{
    const char *id = c->variable[0];
    bool found = false, left = false;
    const int64_t n =
        db_run(d, "UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
               DB_I(core_now(k)), DB_T(id));
    found = n == 1;
    db_rows *r = db_query(d,
                          "SELECT count(*) FROM api_key WHERE revoked_at IS NULL AND scopes LIKE"
                          " '%admin' AND (expires_at IS NULL OR expires_at > ?)",
                          DB_I(core_now(k)));
    left = db_next(r) && db_int(r, 0) > 0;
    db_end(r);
    if (!found)
        http_problem(&c->s, &c->q, 404, "not_found", "there is no key of this id");
    else if (!left)
        http_problem(&c->s, &c->q, 409, "conflict_state",
                     "this is the last key of an administrator");
    else if (load_changed(c, d, k))
        c->s.status = 204;
}

void api_me(call *c, db *d, core *k)
{
    char name[KEY_NAME] = "", expiry[CHECK_TIME] = "";
    (void)k;
    if (c->who.id[0] == 0) {
        http_add_header(&c->s, "WWW-Authenticate", "Bearer");
        http_problem(&c->s, &c->q, 401, "missing_credentials",
                     "send Authorization: Bearer <api-key>");
        return;
    }
    db_rows *r = db_query(d, "SELECT name FROM api_key WHERE id = ?", DB_T(c->who.id));
    if (db_next(r)) (void)snprintf(name, sizeof name, "%s", db_text(r, 0));
    db_end(r);
    if (c->who.expires_at != 0) time_write(expiry, c->who.expires_at);
    http_json(&c->s, 200,
              json_pack("{s:s, s:s, s:o, s:s?}", "id", c->who.id, "name", name, "scopes",
                        scopes_json(c->who.scopes), "expires_at",
                        c->who.expires_at != 0 ? expiry : NULL));
}

static json_t *rate(uint64_t per_second, uint64_t burst)
{
    return json_pack("{s:I, s:I}", "per_second", (json_int_t)per_second, "burst",
                     (json_int_t)burst);
}

void api_me_usage(call *c, db *d, core *k)
{
    const settings *s = &c->a->set;
    int64_t open = 0;
    (void)k;
    if (c->who.id[0] == 0) {
        api_me(c, d, k);
        return;
    }
    db_rows *r = db_query(d, "SELECT open_tasks FROM quota WHERE key_id = ?", DB_T(c->who.id));
    if (db_next(r)) open = db_int(r, 0);
    db_end(r);
    http_json(&c->s, 200,
              json_pack("{s:{s:I, s:I}, s:{s:o, s:o}}", "open_tasks", "used", (json_int_t)open,
                        "limit", (json_int_t)settings_now(&s->open_tasks), "rates", "post",
                        rate(settings_now(&s->post_rate), settings_now(&s->post_burst)), "read",
                        rate(settings_now(&s->read_rate), settings_now(&s->read_burst))));
}
