/* api_blob_put.c - bytes by their hash: uploads of nodes and demanders, whole or in parts. */
#include "relayer/api.h"

#include "market/hex.h"
#include "relayer/app.h"
#include "relayer/blob.h"
#include "relayer/intake.h"
#include "relayer/keep.h"
#include "relayer/upload.h"
#include "relayer/uploader.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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
static void put_part(call *c, db *d, const uploader *u, const char *name, const char *range)
{
    char dir[SETTINGS_TEXT + 16];
    const char *owner = u->owner;
    upload_part part;
    upload_begun begun;
    uint64_t offset;
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
    upload_look(&begun, dir, owner, name);
    if (begun.n >= UPLOADER_PARTS) {
        http_add_header(&c->s, "Retry-After", "60");
        http_problem(&c->s, &c->q, 429, "quota_exceeded",
                     "%d uploads are begun and not finished: finish one of them", UPLOADER_PARTS);
        return;
    }
    if (!uploader_may_store(c, d, u, name, part.total, begun.bytes)) return;
    /* The last part makes a second copy for a while. */
    if (!intake_has_room(c, part.last + 1 == part.total ? part.total + c->q.body_bytes
                                                        : c->q.body_bytes))
        return;
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
    uploader u;
    (void)k;
    if (!blob_is_name(name)) {
        http_problem(&c->s, &c->q, 400, "validation_failed",
                     "a blob is named by 64 lower-case hex digits");
        return;
    }
    if (!uploader_of(c, d, SCOPE_BLOBS_WRITE, &u) || !digest_holds(c, name, range == NULL)) return;
    if (range != NULL) {
        put_part(c, d, &u, name, range);
        return;
    }
    if (!uploader_may_store(c, d, &u, name, c->q.body_bytes, 0) ||
        !intake_has_room(c, c->q.body_bytes))
        return;
    const sp_status s = blob_put(c->a->blobs, name, c->q.body, c->q.body_fd, c->q.body_bytes);
    if (s != SP_OK) refuse_bytes(c, s);
}

void api_blob_put(call *c, db *d, core *k)
{
    upload_part part;
    uploader u;
    bool made;
    const char *range = c->q.headers[HTTP_CONTENT_RANGE];
    const uint64_t size =
        range != NULL && upload_part_read(&part, range) ? part.total : c->q.body_bytes;
    /* Again: what others have stored meanwhile counts, and a lease may be over. */
    if (!uploader_of(c, d, SCOPE_BLOBS_WRITE, &u) ||
        !uploader_may_store(c, d, &u, c->variable[0], size, 0))
        return;
    if (!keep_uploaded(k, c->variable[0], size, uploader_keeps(&u), &made)) {
        http_add_header(&c->s, "Retry-After", "1");
        http_problem(&c->s, &c->q, 503, "overloaded", "this blob is just being removed: try again");
        return;
    }
    http_add_header(&c->s, "ETag", "\"%s\"", c->variable[0]);
    http_json(&c->s, made ? 201 : 200,
              json_pack("{s:s, s:I}", "sha256", c->variable[0], "size", (json_int_t)size));
}
