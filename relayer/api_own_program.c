/* api_own_program.c - programs of one's own: POST takes an ELF, DELETE lets it go.
 *
 * The bytes come from anybody: they are read by a sandboxed child alone (execute.h), which says the
 * program's id under every profile and io mode. */
#include "relayer/api.h"

#include "core/params.h"
#include "market/base64.h"
#include "market/hex.h"
#include "relayer/app.h"
#include "relayer/blob.h"
#include "relayer/intake.h"
#include "relayer/check.h"
#include "relayer/keep.h"
#include "relayer/own_program.h"
#include "relayer/rest.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NAME 64
#define MAX_VERSION 32
#define MAX_SUMMARY 1000
#define CHILD_MEMORY ((uint64_t)1 << 30)
#define IDENTIFY_MS 60000 /* for one id: two seconds of one core for the profile chain */

typedef struct {
    char sha256[OWN_PROGRAM_SHA256], *ids;
    size_t n;
    int64_t table_rows;
} registration;

void api_own_program_drop(void *prepared)
{
    registration *m = prepared;
    free(m->ids);
    free(m);
}

static bool is_name(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    return name[0] != 0 && strspn(name, allowed) == strlen(name);
}

/* Fields of the body; false: c is answered. */
static bool check_body(call *c)
{
    static const char *const names[] = {"name",    "version",    "summary",
                                        "elf_b64", "elf_sha256", NULL};
    check m;
    check_init(&m);
    check_known(&m, c->body, "", names);
    const char *name = check_text(&m, c->body, "", "name", MAX_NAME - 1, true);
    const char *version = check_text(&m, c->body, "", "version", MAX_VERSION - 1, true);
    (void)check_text(&m, c->body, "", "summary", MAX_SUMMARY, false);
    const char *b64 = check_text(&m, c->body, "", "elf_b64", SIZE_MAX, false);
    const char *sha256 = check_hex(&m, c->body, "", "elf_sha256", OWN_PROGRAM_SHA256 - 1, false);
    if (name != NULL && (!is_name(name) || blob_is_name(name)))
        check_error(&m, "/name", "wrong_form", "must be letters, digits, '-', '_' and '.'");
    if (name != NULL && sp_job_find(name) != NULL)
        check_error(&m, "/name", "conflict", "is the name of a built-in program");
    if (version != NULL && !is_name(version))
        check_error(&m, "/version", "wrong_form", "must be letters, digits, '-', '_' and '.'");
    if (check_ok(&m) && (b64 == NULL) == (sha256 == NULL))
        check_error(&m, "", "missing", "needs either elf_b64 or elf_sha256, that of a blob");
    const bool ok = check_ok(&m);
    if (!ok) api_refuse_fields(c, &m);
    check_free(&m);
    return ok;
}

/* The ELF; NULL: c is answered. */
static uint8_t *take_elf(call *c, size_t *n)
{
    const char *b64 = json_string_value(json_object_get(c->body, "elf_b64"));
    uint8_t *elf;
    /* To name a blob is to read it, as with inputs (task_parse.c). */
    if (b64 == NULL && (c->who.scopes & (SCOPE_BLOBS_READ | SCOPE_ADMIN)) == 0) {
        http_problem(&c->s, &c->q, 403, "insufficient_scope",
                     "elf_sha256 needs the scope blobs:read, too");
        return NULL;
    }
    if (b64 == NULL) {
        elf = blob_read(c->a->blobs, json_string_value(json_object_get(c->body, "elf_sha256")),
                        OWN_PROGRAM_MOST_BYTES, n);
        if (elf == NULL)
            http_problem(&c->s, &c->q, 422, "validation_failed",
                         "elf_sha256: there is no such blob here, or it is longer than 8 MiB");
        return elf;
    }
    const size_t len = strlen(b64);
    *n = len / 4 * 3 + 3;
    elf = malloc(*n);
    if (elf != NULL && base64_read(elf, n, b64, len) == SP_OK) return elf;
    if (elf == NULL)
        http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
    else
        http_problem(&c->s, &c->q, 400, "validation_failed",
                     "elf_b64 must be base64 (RFC 4648) with padding");
    free(elf);
    return NULL;
}

/* Its id under each profile that is sound, and each io mode, and the rows of its tables, as the
 * child says; NULL: c is answered. */
static json_t *identify(call *c, const uint8_t *elf, size_t n, int64_t *table_rows)
{
    static const char *const profiles[] = {"fast", "balanced", "proven", "chain"};
    json_t *all = json_object();
    for (size_t i = 0; i < SP_COUNT(profiles); i++) {
        json_t *ids = json_object();
        (void)json_object_set_new(all, profiles[i], ids);
        for (int digest = 0; digest < 2; digest++) {
            char id[PROGRAM_ID_HEX];
            work_request q;
            work_result r;
            memset(&q, 0, sizeof q);
            q.kind = WORK_IDENTIFY;
            q.elf = elf;
            q.elf_bytes = n;
            q.digest = digest != 0;
            q.profile = profiles[i];
            q.memory = CHILD_MEMORY;
            execute_run(&rest_of(c->a)->executor, &q, IDENTIFY_MS, &r);
            if (r.code != WORK_SUCCESS) {
                const bool theirs = strcmp(work_code_class(r.code), "task_fault") == 0 ||
                                    r.code == WORK_TIME_LIMIT || r.code == WORK_MEMORY_LIMIT;
                http_problem(&c->s, &c->q, theirs ? 422 : 503,
                             theirs ? "program_invalid" : "overloaded", "this is no program: %s",
                             r.detail);
                json_decref(all);
                return NULL;
            }
            *table_rows = (int64_t)(r.trace_rows & INT64_MAX);
            hex_write(id, r.program_id, sizeof r.program_id);
            (void)json_object_set_new(ids, digest != 0 ? "digest" : "words", json_string(id));
        }
    }
    return all;
}

/* The same bytes have the same ids, whoever registered them. */
static char *known_ids(db *d, const char *sha256, int64_t *table_rows)
{
    char *ids = NULL;
    db_rows *r =
        db_query(d, "SELECT ids, table_rows FROM program WHERE sha256 = ? LIMIT 1", DB_T(sha256));
    if (db_next(r)) {
        ids = strdup(db_text(r, 0));
        *table_rows = db_int(r, 1);
    }
    db_end(r);
    return ids;
}

/* On the executor's thread. */
void api_own_program_prepare(call *c, db *d, core *k)
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    size_t n = 0;
    (void)k;
    if (!check_body(c)) return;
    if (!intake_has_room(c, c->q.body_bytes)) return;
    registration *m = calloc(1, sizeof *m);
    uint8_t *elf = m == NULL ? NULL : take_elf(c, &n);
    if (m == NULL) http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
    if (elf != NULL) {
        (void)SHA256(elf, n, hash);
        hex_write(m->sha256, hash, sizeof hash);
        m->n = n;
        m->ids = known_ids(d, m->sha256, &m->table_rows);
        if (m->ids == NULL) {
            json_t *ids = identify(c, elf, n, &m->table_rows);
            if (ids != NULL) m->ids = json_dumps(ids, JSON_COMPACT);
            json_decref(ids);
        }
        if (c->s.status == CALL_NOT_ANSWERED &&
            (m->ids == NULL || blob_put(c->a->blobs, m->sha256, elf, -1, n) != SP_OK))
            http_problem(&c->s, &c->q, 507, "storage_full", "the program cannot be stored");
    }
    free(elf);
    if (c->s.status == CALL_NOT_ANSWERED)
        c->prepared = m;
    else if (m != NULL)
        api_own_program_drop(m);
}

static void answer(call *c, db *d, int status, const char *sha256)
{
    json_t *list = own_program_list(d, c->who.id, sha256);
    http_add_header(&c->s, "Location", "/api/v1/programs/%s", sha256);
    http_json(&c->s, status, json_incref(json_array_get(list, 0)));
    json_decref(list);
}

void api_own_program_create(call *c, db *d, core *k)
{
    const registration *m = c->prepared;
    const char *name = json_string_value(json_object_get(c->body, "name"));
    const char *version = json_string_value(json_object_get(c->body, "version"));
    const char *summary = json_string_value(json_object_get(c->body, "summary"));
    bool same = false, other = false;
    int64_t n = 0;
    db_rows *r = db_query(d,
                          "SELECT sha256, name, version FROM program WHERE key_id = ? AND"
                          " (sha256 = ? OR (name = ? AND version = ?))",
                          DB_T(c->who.id), DB_T(m->sha256), DB_T(name), DB_T(version));
    while (db_next(r)) {
        const bool this_one = strcmp(db_text(r, 0), m->sha256) == 0 &&
                              strcmp(db_text(r, 1), name) == 0 &&
                              strcmp(db_text(r, 2), version) == 0;
        same = same || this_one;
        other = other || !this_one;
    }
    db_end(r);
    r = db_query(d, "SELECT count(*) FROM program WHERE key_id = ?", DB_T(c->who.id));
    if (db_next(r)) n = db_int(r, 0);
    db_end(r);
    if (other) {
        http_problem(&c->s, &c->q, 409, "already_exists",
                     "this key has another program of this name and version, or this program under "
                     "another name or version");
    } else if (same) {
        answer(c, d, 200, m->sha256);
    } else if (n >= OWN_PROGRAM_PER_KEY) {
        http_problem(&c->s, &c->q, 429, "quota_exceeded",
                     "this key has as many programs as it may have");
    } else {
        keep_new(k, m->sha256, m->n, c->who.id);
        (void)db_run(d,
                     "INSERT INTO program(key_id, sha256, name, version, elf_bytes,"
                     " table_rows, ids, description, created_at)"
                     " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     DB_T(c->who.id), DB_T(m->sha256), DB_T(name), DB_T(version), DB_I(m->n),
                     DB_I(m->table_rows), DB_T(m->ids), DB_T(summary != NULL ? summary : ""),
                     DB_I(core_now(k)));
        answer(c, d, 201, m->sha256);
    }
}

/* Tasks that name it keep it until their payloads are forgotten. */
void api_own_program_delete(call *c, db *d, core *k)
{
    if (db_run(d, "DELETE FROM program WHERE key_id = ? AND sha256 = ?", DB_T(c->who.id),
               DB_T(c->variable[0])) != 1) {
        http_problem(&c->s, &c->q, 404, "not_found", "this key has no program of this SHA-256");
        return;
    }
    keep_unref(k, c->variable[0]);
    c->s.status = 204;
}
