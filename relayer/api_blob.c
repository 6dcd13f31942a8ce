/* api_blob.c - bytes by their hash: downloads with ranges, and what a task has as a result. */
#include "relayer/api.h"

#include "market/hex.h"
#include "relayer/app.h"
#include "relayer/blob.h"
#include "relayer/check.h"
#include "relayer/guard.h"
#include "relayer/task.h"
#include "relayer/upload.h"
#include "relayer/uploader.h"

#include <inttypes.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Of a longer part no digest is computed. */
#define DIGEST_MOST ((uint64_t)1 << 20)

/* A content of the hash `name` (hex), in a file or in memory. The file is taken over. */
typedef struct {
    int fd; /* -1: in memory */
    const uint8_t *bytes;
    uint64_t size;
} content;

/* RFC 9530: of what is sent now. A part has one of its own. */
static void add_content_digest(call *c, const content *v, uint64_t from, uint64_t n,
                               const uint8_t hash[32])
{
    uint8_t part[32], *room = NULL;
    char digest[UPLOAD_DIGEST];
    const uint8_t *at = v->bytes + (v->fd < 0 ? from : 0);
    if (n < v->size) {
        if (n > DIGEST_MOST) return;
        if (v->fd >= 0) {
            at = room = malloc((size_t)n + 1);
            if (room == NULL || pread(v->fd, room, (size_t)n, (off_t)from) != (ssize_t)n) {
                free(room);
                return;
            }
        }
        (void)SHA256(at, (size_t)n, part);
        free(room);
        hash = part;
    }
    upload_digest_write(digest, hash);
    http_add_header(&c->s, "Content-Digest", "%s", digest);
}

static void send_content(call *c, const char *name, content v)
{
    uint64_t from = 0, n = v.size;
    uint8_t hash[32] = {0};
    char etag[BLOB_NAME + 3], digest[UPLOAD_DIGEST];
    (void)snprintf(etag, sizeof etag, "\"%s\"", name);
    http_add_header(&c->s, "ETag", "%s", etag);
    http_add_header(&c->s, "Accept-Ranges", "bytes");
    if (hex_read(hash, sizeof hash, name)) {
        upload_digest_write(digest, hash);
        http_add_header(&c->s, "Repr-Digest", "%s", digest);
    }
    http_add_header(&c->s, "Cache-Control", "private, max-age=31536000, immutable");
    const char *match = c->q.headers[HTTP_IF_NONE_MATCH];
    const int range = api_range_read(c->q.headers[HTTP_RANGE], v.size, &from, &n);
    if (http_etag_among(match, etag, true)) {
        c->s.status = 304;
    } else if (range < 0) {
        http_add_header(&c->s, "Content-Range", "bytes */%" PRIu64, v.size);
        http_problem(&c->s, &c->q, 416, "range_not_satisfiable", "there are %" PRIu64 " bytes",
                     v.size);
    } else {
        if (range > 0)
            http_add_header(&c->s, "Content-Range", "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, from,
                            from + n - 1, v.size);
        add_content_digest(c, &v, from, n, hash);
        c->s.status = range > 0 ? 206 : 200;
        c->s.content_type = "application/octet-stream";
        if (v.fd >= 0) {
            c->s.file = v.fd;
            c->s.file_offset = from;
            c->s.file_bytes = n;
            return;
        }
        c->s.body = malloc((size_t)n + 1);
        c->s.broken = c->s.body == NULL;
        if (c->s.body != NULL && n > 0) memcpy(c->s.body, v.bytes + from, (size_t)n);
        c->s.body_bytes = (size_t)n;
    }
    if (v.fd >= 0) (void)close(v.fd);
}

static void send_blob(call *c, const char *name)
{
    content v = {-1, NULL, 0};
    v.fd = blob_open(c->a->blobs, name, &v.size);
    if (v.fd >= 0)
        send_content(c, name, v);
    else
        http_problem(&c->s, &c->q, 404, "not_found", "there is no such blob here (any more)");
}

void api_blob_get(call *c, db *d, core *k)
{
    uploader u;
    (void)k;
    if (!uploader_of(c, d, SCOPE_BLOBS_READ, &u)) return;
    send_blob(c, c->variable[0]);
    if (c->s.status == 404 && blob_is_name(c->variable[0])) { /* how much of it came so far */
        char dir[SETTINGS_TEXT + 16];
        (void)snprintf(dir, sizeof dir, "%s.parts", c->a->blobs);
        http_add_header(&c->s, "Upload-Offset", "%" PRIu64,
                        upload_offset(dir, u.owner, c->variable[0]));
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
        static const uint8_t none[1];
        size_t n = 0;
        const uint8_t *bytes = db_bytes(r, 5, &n);
        send_content(c, db_text(r, 4), (content){-1, n > 0 ? bytes : none, n});
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
