/* api_blob.c - bytes by their hash: uploads of nodes and demanders, downloads with ranges. */
#include "relayer/api.h"

#include "market/hex.h"
#include "relayer/app.h"
#include "relayer/blob.h"
#include "relayer/check.h"
#include "relayer/guard.h"
#include "relayer/keep.h"
#include "relayer/task.h"
#include "relayer/upload.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEASE "Lease "
#define TOKEN 32

/* "Lease TASK ATTEMPT TOKEN" of an attempt that is under way; offered is enough, since the upload
 * may overtake the acknowledgement. It reads the input and the program of its task, and nothing
 * else. */
static bool has_lease(const call *c, db *d, bool reads)
{
    const char *given = c->q.headers[HTTP_AUTHORIZATION];
    char task[UUID_TEXT], token[TOKEN + 1];
    unsigned long attempt;
    int end = 0;
    if (given == NULL || strncmp(given, LEASE, strlen(LEASE)) != 0 ||
        sscanf(given + strlen(LEASE), "%36[0-9a-f-] %9lu %32[0-9a-f]%n", task, &attempt, token,
               &end) != 3 ||
        given[strlen(LEASE) + (size_t)end] != 0)
        return false;
    db_rows *r =
        db_query(d,
                 "SELECT a.lease_token, t.input_sha256, t.program FROM attempt a JOIN task t"
                 " ON t.id = a.task_id WHERE a.task_id = ? AND a.n = ? AND a.outcome IS"
                 " NULL",
                 DB_T(task), DB_I(attempt));
    const bool ok = db_next(r) && strlen(db_text(r, 0)) == TOKEN && strlen(token) == TOKEN &&
                    CRYPTO_memcmp(db_text(r, 0), token, TOKEN) == 0 &&
                    (!reads || strcmp(db_text(r, 1), c->variable[0]) == 0 ||
                     strcmp(db_text(r, 2), c->variable[0]) == 0);
    db_end(r);
    return ok;
}

static bool may(call *c, db *d, scope s)
{
    if ((c->who.scopes & ((uint32_t)s | SCOPE_ADMIN)) != 0 ||
        has_lease(c, d, s == SCOPE_BLOBS_READ))
        return true;
    http_add_header(&c->s, "WWW-Authenticate", "Bearer");
    http_problem(&c->s, &c->q, 401, "missing_credentials",
                 "send an API key with the scope %s, or the lease of an attempt", scope_name(s));
    return false;
}

/* Who uploads: a key, or an attempt. */
static void owner_of(char out[UPLOAD_OWNER], const call *c)
{
    char task[UUID_TEXT] = "";
    unsigned long attempt = 0;
    const char *given = c->q.headers[HTTP_AUTHORIZATION];
    if (c->who.id[0] != 0)
        (void)snprintf(out, UPLOAD_OWNER, "%s", c->who.id);
    else if (given != NULL && strncmp(given, LEASE, strlen(LEASE)) == 0 &&
             sscanf(given + strlen(LEASE), "%36[0-9a-f-] %9lu", task, &attempt) == 2)
        (void)snprintf(out, UPLOAD_OWNER, "%s.%lu", task, attempt);
    else
        out[0] = 0;
}

static void refuse_bytes(call *c, sp_status s)
{
    if (s == SP_ERR_REJECT)
        http_problem(&c->s, &c->q, 422, "validation_failed",
                     "the bytes that came have another SHA-256");
    else if (s == SP_ERR_LIMIT)
        http_problem(&c->s, &c->q, 507, "storage_full", "the disk is full");
    else if (s == SP_ERR_NOMEM)
        http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
    else
        http_problem(&c->s, &c->q, 507, "storage_full", "the disk refuses the blob");
}

/* A part of a blob: answered here, unless it is the last. */
static void put_part(call *c, const char *name, const char *range)
{
    char owner[UPLOAD_OWNER], dir[SETTINGS_TEXT + 16];
    upload_part part;
    uint64_t offset;
    owner_of(owner, c);
    (void)snprintf(dir, sizeof dir, "%s.parts", c->a->blobs);
    if (!upload_part_read(&part, range)) {
        http_problem(&c->s, &c->q, 400, "validation_failed",
                     "Content-Range must be \"bytes FIRST-LAST/TOTAL\"");
        return;
    }
    if (part.total > c->a->set.max_blob) {
        http_problem(&c->s, &c->q, 413, "body_too_large", "a blob has at most %" PRIu64 " bytes",
                     c->a->set.max_blob);
        return;
    }
    upload_prune(dir, clock_ms());
    sp_status s =
        upload_append(&offset, dir, owner, name, &part, c->q.body, c->q.body_fd, c->q.body_bytes);
    if (s == SP_ERR_ARG) {
        http_add_header(&c->s, "Upload-Offset", "%" PRIu64, offset);
        http_problem(&c->s, &c->q, 409, "conflict_state",
                     "%" PRIu64 " bytes are there: the part does not begin after them, or has not "
                     "the length that it says",
                     offset);
    } else if (s == SP_ERR_REJECT) {
        http_add_header(&c->s, "Retry-After", "1");
        http_problem(&c->s, &c->q, 409, "conflict_state",
                     "another part of this upload is being written");
    } else if (s != SP_OK) {
        refuse_bytes(c, s);
    } else if (offset < part.total) {
        http_add_header(&c->s, "Upload-Offset", "%" PRIu64, offset);
        http_json(&c->s, 202,
                  json_pack("{s:s, s:I}", "sha256", name, "offset", (json_int_t)offset));
    } else if ((s = upload_finish(dir, c->a->blobs, owner, name)) != SP_OK) {
        refuse_bytes(c, s);
    }
}

/* RFC 9530: what a client says of the bytes that it sends. False: c is answered. */
static bool digest_holds(call *c, const char *name, bool whole)
{
    const char *given = c->q.headers[HTTP_CONTENT_DIGEST];
    uint8_t said[32];
    char hex[BLOB_NAME];
    if (given == NULL) return true;
    if (!upload_digest_read(said, given)) {
        http_problem(&c->s, &c->q, 400, "validation_failed",
                     "Content-Digest must have sha-256=:BASE64:");
        return false;
    }
    hex_write(hex, said, sizeof said);
    if (!whole || strcmp(hex, name) == 0) return true; /* a part is checked with the whole */
    http_problem(&c->s, &c->q, 422, "validation_failed",
                 "Content-Digest and the name of the blob differ");
    return false;
}

/* On a reader's thread: the bytes go to the disk before the row says that they are there. */
void api_blob_put_prepare(call *c, db *d, core *k)
{
    const char *name = c->variable[0], *range = c->q.headers[HTTP_CONTENT_RANGE];
    (void)k;
    if (!blob_is_name(name)) {
        http_problem(&c->s, &c->q, 400, "validation_failed",
                     "a blob is named by 64 lower-case hex digits");
        return;
    }
    if (!may(c, d, SCOPE_BLOBS_WRITE) || !digest_holds(c, name, range == NULL)) return;
    if (range != NULL) {
        put_part(c, name, range);
        return;
    }
    const sp_status s = blob_put(c->a->blobs, name, c->q.body, c->q.body_fd, c->q.body_bytes);
    if (s != SP_OK) refuse_bytes(c, s);
}

void api_blob_put(call *c, db *d, core *k)
{
    upload_part part;
    bool made;
    const char *range = c->q.headers[HTTP_CONTENT_RANGE];
    const uint64_t size =
        range != NULL && upload_part_read(&part, range) ? part.total : c->q.body_bytes;
    (void)d;
    if (!keep_uploaded(k, c->variable[0], size, &made)) {
        http_add_header(&c->s, "Retry-After", "1");
        http_problem(&c->s, &c->q, 503, "overloaded", "this blob is just being removed: try again");
        return;
    }
    http_add_header(&c->s, "ETag", "\"%s\"", c->variable[0]);
    http_json(&c->s, made ? 201 : 200,
              json_pack("{s:s, s:I}", "sha256", c->variable[0], "size", (json_int_t)size));
}

int api_range_read(const char *text, uint64_t size, uint64_t *from, uint64_t *n)
{
    char first[24], last[24];
    uint64_t a, b;
    if (text == NULL || strncmp(text, "bytes=", 6) != 0 || strchr(text, ',') != NULL) return 0;
    const char *dash = strchr(text + 6, '-');
    if (dash == NULL || (size_t)(dash - text - 6) >= sizeof first ||
        strlen(dash + 1) >= sizeof last)
        return 0;
    memcpy(first, text + 6, (size_t)(dash - text - 6));
    first[dash - text - 6] = 0;
    (void)snprintf(last, sizeof last, "%s", dash + 1);
    const bool has_first = guard_parse_length(&a, first), has_last = guard_parse_length(&b, last);
    if ((!has_first && first[0] != 0) || (!has_last && last[0] != 0) || (!has_first && !has_last))
        return 0;
    if (!has_first) { /* the last b bytes */
        if (b == 0 || size == 0) return -1;
        *n = b < size ? b : size;
        *from = size - *n;
        return 1;
    }
    if (has_last && b < a) return 0;
    if (a >= size) return -1;
    *from = a;
    *n = has_last && b < size - 1 ? b - a + 1 : size - a;
    return 1;
}

static void send_blob(call *c, const char *name)
{
    uint64_t size, from = 0, n;
    char etag[BLOB_NAME + 3];
    const int fd = blob_open(c->a->blobs, name, &size);
    if (fd < 0) {
        http_problem(&c->s, &c->q, 404, "not_found", "there is no such blob here (any more)");
        return;
    }
    n = size;
    (void)snprintf(etag, sizeof etag, "\"%s\"", name);
    http_add_header(&c->s, "ETag", "%s", etag);
    http_add_header(&c->s, "Accept-Ranges", "bytes");
    uint8_t hash[32];
    char digest[UPLOAD_DIGEST];
    if (hex_read(hash, sizeof hash, name)) {
        upload_digest_write(digest, hash);
        http_add_header(&c->s, "Repr-Digest", "%s", digest);
    }
    http_add_header(&c->s, "Cache-Control", "private, max-age=31536000, immutable");
    const char *match = c->q.headers[HTTP_IF_NONE_MATCH];
    const int range = api_range_read(c->q.headers[HTTP_RANGE], size, &from, &n);
    if (match != NULL && strcmp(match, etag) == 0) {
        (void)close(fd);
        c->s.status = 304;
        return;
    }
    if (range < 0) {
        (void)close(fd);
        http_add_header(&c->s, "Content-Range", "bytes */%" PRIu64, size);
        http_problem(&c->s, &c->q, 416, "range_not_satisfiable", "the blob has %" PRIu64 " bytes",
                     size);
        return;
    }
    if (range > 0)
        http_add_header(&c->s, "Content-Range", "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, from,
                        from + n - 1, size);
    c->s.status = range > 0 ? 206 : 200;
    c->s.content_type = "application/octet-stream";
    c->s.file = fd;
    c->s.file_offset = from;
    c->s.file_bytes = n;
}

void api_blob_get(call *c, db *d, core *k)
{
    (void)k;
    if (!may(c, d, SCOPE_BLOBS_READ)) return;
    send_blob(c, c->variable[0]);
    if (c->s.status == 404 && blob_is_name(c->variable[0])) { /* how much of it came so far */
        char owner[UPLOAD_OWNER], dir[SETTINGS_TEXT + 16];
        owner_of(owner, c);
        (void)snprintf(dir, sizeof dir, "%s.parts", c->a->blobs);
        http_add_header(&c->s, "Upload-Offset", "%" PRIu64,
                        upload_offset(dir, owner, c->variable[0]));
    }
}

/* The columns of a task's result that belong to the caller; false: c is answered. */
static db_rows *result_row(call *c, db *d)
{
    db_rows *r = db_query(d,
                          "SELECT key_id, visibility, state, proof_sha256, output_sha256, output, "
                          "output_bytes, program,"
                          " verified_at, forgotten_at FROM task WHERE id = ?",
                          DB_T(c->variable[0]));
    if (!db_next(r) || !api_may_see(c, db_text(r, 0), db_text(r, 1))) {
        api_no_such_task(c);
    } else if (db_is_null(r, 8)) {
        http_problem(&c->s, &c->q, 409, "conflict_state",
                     "the task is %s: it has no verified result", db_text(r, 2));
    } else {
        return r;
    }
    db_end(r);
    return NULL;
}

/* True: c is answered, since what it asks for is no longer kept. */
static bool is_gone(call *c, const db_rows *r)
{
    if (db_is_null(r, 9)) return false;
    http_problem(&c->s, &c->q, 410, "gone", "the payloads of this task are no longer kept");
    return true;
}

void api_task_proof(call *c, db *d, core *k)
{
    (void)k;
    db_rows *r = result_row(c, d);
    if (r == NULL) return;
    if (!is_gone(c, r)) send_blob(c, db_text(r, 3));
    db_end(r);
}

void api_task_output(call *c, db *d, core *k)
{
    (void)k;
    db_rows *r = result_row(c, d);
    if (r == NULL) return;
    if (is_gone(c, r)) {
        (void)0;
    } else if (db_is_null(r, 5) && db_int(r, 6) > 0) {
        send_blob(c, db_text(r, 4));
    } else {
        size_t n;
        const uint8_t *bytes = db_bytes(r, 5, &n);
        c->s.body = malloc(n + 1);
        c->s.broken = c->s.body == NULL;
        if (c->s.body != NULL && n > 0) memcpy(c->s.body, bytes, n);
        c->s.body_bytes = n;
        c->s.status = 200;
        c->s.content_type = "application/octet-stream";
    }
    db_end(r);
}

/* Everything of the result at once; the output of a built-in job also as JSON. */
void api_task_result(call *c, db *d, core *k)
{
    (void)k;
    db_rows *r = result_row(c, d);
    if (r == NULL) return;
    db_rows *t = db_query(d, TASK_SELECT "WHERE t.id = ?", DB_T(c->variable[0]));
    json_t *j = db_next(t) ? task_json(d, t, false) : NULL;
    db_end(t);
    json_t *result = json_incref(json_object_get(j, "result"));
    json_t *out = json_object();
    (void)json_object_set_new(out, "task_id", json_string(c->variable[0]));
    (void)json_object_set(out, "state", json_object_get(j, "state"));
    (void)json_object_update(out, result);
    json_decref(result);
    json_decref(j);
    if (!db_is_null(r, 9)) { /* hashes and signature stay */
        char at[CHECK_TIME];
        time_write(at, db_int(r, 9));
        (void)json_object_set_new(out, "forgotten_at", json_string(at));
    }
    const sp_job *program = sp_job_find(db_text(r, 7));
    size_t n;
    const uint8_t *bytes = db_bytes(r, 5, &n);
    char *text = NULL, err[160];
    if (program != NULL && bytes != NULL &&
        program->decode(bytes, n, &text, err, sizeof err) == SP_OK)
        (void)json_object_set_new(out, "output", json_loads(text, JSON_DECODE_ANY, NULL));
    free(text);
    /* The node's signed message is what a dispute needs. */
    db_rows *a =
        db_query(d,
                 "SELECT a.n, a.node_id, a.result FROM attempt a JOIN task t ON t.id = a.task_id"
                 " AND t.verified_attempt = a.n WHERE a.task_id = ?",
                 DB_T(c->variable[0]));
    if (db_next(a)) {
        json_t *m = json_loads(db_text(a, 2), 0, NULL);
        json_t *signature = json_incref(json_object_get(m, "signature"));
        (void)json_object_set_new(out, "signed",
                                  json_pack("{s:s, s:I, s:o?}", "node_id", db_text(a, 1), "attempt",
                                            (json_int_t)db_int(a, 0), "signature", signature));
        json_decref(m);
    }
    db_end(a);
    db_end(r);
    http_json(&c->s, 200, out);
}
