/* api_key.c - API keys: made, listed, revoked; and who one is. */
#include "relayer/api.h"

#include "relayer/app.h"
#include "relayer/check.h"
#include "relayer/page.h"
#include "relayer/usage.h"
#include "relayer/wallet.h"

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

bool api_keys_changed(call *c, db *d, core *k)
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

json_t *api_scopes_json(uint32_t scopes)
{
    json_t *list = json_array();
    for (uint32_t s = 1; s <= SCOPE_ADMIN; s <<= 1)
        if (scopes & s) (void)json_array_append_new(list, json_string(scope_name((scope)s)));
    return list;
}

static void unknown_scope(check *k, size_t i)
{
    char pointer[32], names[SCOPES_TEXT];
    (void)snprintf(pointer, sizeof pointer, "/scopes/%zu", i);
    scopes_write(names, SCOPE_DEMANDER | SCOPE_AUDITS | SCOPE_ADMIN);
    check_error(k, pointer, "unknown_value", "there is no such scope: these are %s", names);
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
            unknown_scope(k, i);
    }
    return all;
}

static bool set_quota(db *d, const char *id, const char *quota)
{
    return db_run(d, "UPDATE api_key SET quota = ? WHERE id = ? AND revoked_at IS NULL",
                  DB_T(quota), DB_T(id)) == 1;
}

/* Its own limits: those given, and none where they are null. */
void api_key_patch(call *c, db *d, core *k)
{
    static const char *const names[] = {"quota", NULL};
    check m;
    (void)k;
    check_init(&m);
    check_known(&m, c->body, "", names);
    if (json_object_get(c->body, "quota") == NULL)
        check_error(&m, "/quota", "missing", "must be an object, or null");
    char *quota = usage_own_read(&m, c->body);
    if (!check_ok(&m))
        api_refuse_fields(c, &m);
    else if (!set_quota(d, c->variable[0], quota))
        http_problem(&c->s, &c->q, 404, "not_found", "there is no key of this id");
    else
        http_json(&c->s, 200,
                  json_pack("{s:s, s:o}", "id", c->variable[0], "quota", usage_own_json(quota)));
    free(quota);
    check_free(&m);
}

/* What is asked for. False: answered. */
typedef struct {
    const char *name;
    char address[FELT_HEX]; /* "": a key with a secret */
    uint32_t scopes;
    int64_t expires;
    char *quota; /* NULL: none of its own; to be freed */
} asked;

static bool read_asked(call *c, core *k, asked *q)
{
    static const char *const names[] = {"name", "scopes", "expires_at", "address", "quota", NULL};
    check m;
    check_init(&m);
    check_known(&m, c->body, "", names);
    q->name = check_text(&m, c->body, "", "name", KEY_NAME - 1, true);
    q->scopes = read_scopes(&m, json_object_get(c->body, "scopes"));
    q->expires = check_time(&m, c->body, "", "expires_at");
    q->address[0] = 0;
    if (check_felt(&m, q->address, c->body, "", "address", false) && strcmp(q->address, "0x0") == 0)
        check_error(&m, "/address", "out_of_range", "must not be 0");
    if (q->address[0] != 0 && (q->scopes & SCOPE_ADMIN) != 0)
        check_error(&m, "/scopes", "out_of_range", "an account cannot be an administrator");
    if (q->expires != 0 && q->expires <= core_now(k))
        check_error(&m, "/expires_at", "out_of_range", "must be in the future");
    q->quota = usage_own_read(&m, c->body);
    const bool good = check_ok(&m);
    if (!good) api_refuse_fields(c, &m);
    check_free(&m);
    if (!good) free(q->quota);
    return good;
}

void api_key_create(call *c, db *d, core *k)
{
    char text[KEY_TEXT] = "";
    principal made;
    wallet w;
    asked q;
    if (!read_asked(c, k, &q)) return;
    const bool is_account = q.address[0] != 0;
    const sp_status s = is_account
                            ? wallet_list(k, &w, q.address, q.name, q.scopes, q.expires)
                            : keys_create(d, text, &made, q.name, q.scopes, core_now(k), q.expires);
    const bool stored =
        s == SP_OK && (q.quota == NULL || set_quota(d, is_account ? w.id : made.id, q.quota));
    free(q.quota);
    if (!stored) {
        http_problem(&c->s, &c->q, 503, "overloaded", "the key cannot be stored");
        return;
    }
    const char *id = is_account ? w.id : made.id;
    if (!api_keys_changed(c, d, k)) return;
    http_add_header(&c->s, "Location", "/api/v1/api-keys/%s", id);
    http_json(&c->s, 201,
              json_pack("{s:s, s:s?, s:s, s:o, s:o, s:s?}", "id", id, "key",
                        is_account ? NULL : text, "name", q.name, "scopes",
                        api_scopes_json(q.scopes), "expires_at", api_time_json(q.expires),
                        "address", is_account ? q.address : NULL));
}

static json_t *key_json(db *d, const db_rows *r)
{
    (void)d;
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:s?, s:o, s:o}", "id", db_text(r, 0), "name",
                     db_text(r, 1), "scopes", api_scopes_json(scopes_read(db_text(r, 2), NULL)),
                     "created_at", api_time_json(db_int(r, 3)), "expires_at",
                     api_time_json(db_int(r, 4)), "address", db_text(r, 5), "login_at",
                     api_time_json(db_int(r, 6)), "quota", usage_own_json(db_text(r, 7)));
}

void api_key_list(call *c, db *d, core *k)
{
    static const char *const names[] = {NULL};
    page p;
    page_query q = {.n = 0};
    (void)k;
    if (!page_read(&p, c, names)) return;
    page_add(
        &q, "SELECT id, name, scopes, created_at, expires_at, address, login_at, quota FROM api_key"
            " WHERE revoked_at IS NULL");
    page_add_order(&q, &p, "created_at", "id");
    page_serve(&p, c, d, &q, 3, 0, key_json, NULL);
}

void api_key_revoke(call *c, db *d, core *k)
{
    const char *id = c->variable[0];
    bool found = false, left = false;
    const int64_t n =
        db_run(d,
               "UPDATE api_key SET revoked_at = ?, generation = generation + 1 WHERE id = ?"
               " AND revoked_at IS NULL",
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
    else if (api_keys_changed(c, d, k))
        c->s.status = 204;
}

/* What is said of the key that came: there may be none, or one that is not good (any more). */
static void no_key(call *c)
{
    const bool none = c->q.headers[HTTP_AUTHORIZATION] == NULL;
    http_add_header(&c->s, "WWW-Authenticate", "Bearer");
    http_problem(&c->s, &c->q, 401, none ? "missing_credentials" : "invalid_credentials", "%s",
                 none ? "send Authorization: Bearer <api-key>"
                      : "this API key or token is not known, or not good any more");
}

void api_me(call *c, db *d, core *k)
{
    char name[KEY_NAME] = "";
    (void)k;
    if (c->who.id[0] == 0) {
        no_key(c);
        return;
    }
    db_rows *r = db_query(d, "SELECT name FROM api_key WHERE id = ?", DB_T(c->who.id));
    if (db_next(r)) (void)snprintf(name, sizeof name, "%s", db_text(r, 0));
    db_end(r);
    http_json(&c->s, 200,
              json_pack("{s:s, s:s, s:o, s:o, s:s?}", "id", c->who.id, "name", name, "scopes",
                        api_scopes_json(c->who.scopes), "expires_at",
                        api_time_json(c->who.expires_at), "address",
                        c->who.address[0] != 0 ? c->who.address : NULL));
}

static json_t *rate(uint64_t per_second, uint64_t burst)
{
    return json_pack("{s:I, s:I}", "per_second", (json_int_t)per_second, "burst",
                     (json_int_t)burst);
}

void api_me_usage(call *c, db *d, core *k)
{
    const settings *s = &c->a->set;
    usage_now u;
    (void)k;
    if (c->who.id[0] == 0) {
        api_me(c, d, k);
        return;
    }
    usage_look(&u, d, c->a, c->who.id, clock_ms());
    json_t *j = usage_json(&u);
    (void)json_object_set_new(
        j, "rates",
        json_pack("{s:o, s:o, s:I, s:I}", "post",
                  rate(settings_now(&s->post_rate), settings_now(&s->post_burst)), "read",
                  rate(settings_now(&s->read_rate), settings_now(&s->read_burst)), "uploads",
                  (json_int_t)settings_now(&s->uploads), "upload_bytes_per_hour",
                  (json_int_t)settings_now(&s->upload_bytes)));
    http_json(&c->s, 200, j);
}
