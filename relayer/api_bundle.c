/* api_bundle.c - GET /tasks/{}/bundle: everything that an auditor checks a result with, in one
 * archive. */
#include "relayer/api.h"

#include "market/bundle.h"
#include "relayer/app.h"
#include "relayer/blob.h"
#include "relayer/contradiction.h"
#include "relayer/intake.h"
#include "relayer/keep.h"
#include "relayer/own_program.h"
#include "relayer/tar.h"
#include "relayer/verify.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST ((size_t)1 << 30) /* of one file in it */
#define AT_ONCE 4              /* archives that are being sent to one key */
#define SMALL_PARTS (1u << 20) /* bytes for what is said of the task, and around the parts */

typedef struct {
    int fd;
    int64_t time_s;
    sp_status s;
} archive;

/* ---- archives that are being sent: each is a file until it has gone ---- */

typedef struct asked {
    http_hold base; /* first */
    struct asked *next, **at;
    char key[KEY_ID];
} asked;
static asked *all_asked;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void release(http_hold *base)
{
    asked *h = (asked *)base;
    (void)pthread_mutex_lock(&lock);
    *h->at = h->next;
    if (h->next != NULL) h->next->at = h->at;
    (void)pthread_mutex_unlock(&lock);
    free(h);
}

/* False: c is answered. */
static bool may_ask(call *c)
{
    unsigned n = 0;
    asked *h = calloc(1, sizeof *h);
    if (h == NULL) {
        http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
        return false;
    }
    h->base.release = release;
    memcpy(h->key, c->who.id, sizeof h->key);
    (void)pthread_mutex_lock(&lock);
    for (const asked *o = all_asked; o != NULL; o = o->next) n += strcmp(o->key, h->key) == 0;
    if (n < AT_ONCE) {
        h->next = all_asked;
        h->at = &all_asked;
        if (h->next != NULL) h->next->at = &h->next;
        all_asked = h;
    }
    (void)pthread_mutex_unlock(&lock);
    if (n < AT_ONCE) {
        c->s.hold = &h->base;
        return true;
    }
    free(h);
    http_add_header(&c->s, "Retry-After", "1");
    http_problem(&c->s, &c->q, 429, "rate_limited",
                 "%d archives are being sent to this key already", AT_ONCE);
    return false;
}

/* ---- the archive ---- */

static void add(archive *a, const char *name, const void *bytes, size_t n)
{
    if (a->s == SP_OK) a->s = bytes == NULL ? SP_ERR_IO : tar_add(a->fd, name, bytes, n, a->time_s);
}

static void add_json(archive *a, const char *name, json_t *j)
{
    char *text = j == NULL ? NULL : json_dumps(j, JSON_INDENT(1));
    json_decref(j);
    add(a, name, text, text != NULL ? strlen(text) : 0);
    free(text);
}

static void add_blob(const app *of, archive *a, const char *name, const char *sha256)
{
    size_t n = 0;
    uint8_t *bytes = blob_read(of->blobs, sha256, MOST, &n);
    add(a, name, bytes, n);
    free(bytes);
}

/* From the row, where it is short, else the blob. */
static void add_payload(const app *of, archive *a, const char *name, const db_rows *r, int column,
                        int64_t length, const char *sha256)
{
    size_t n;
    const uint8_t *bytes = db_bytes(r, column, &n);
    if (!db_is_null(r, column) || length == 0)
        add(a, name, n > 0 ? (const void *)bytes : "", n);
    else
        add_blob(of, a, name, sha256);
}

/* What the node signed, and by which key: the members of the digest RESULT. */
static json_t *signed_result(db *d, const char *task, felt chain_id)
{
    static const char *const names[] = {"status", "output",        "proof",
                                        "usage",  "io_commitment", "signature"};
    json_t *j = NULL;
    db_rows *r = db_query(d,
                          "SELECT a.n, a.node_id, a.account, a.result, n.pubkey FROM attempt a"
                          " JOIN node n ON n.id = a.node_id JOIN task t ON t.id = a.task_id"
                          " WHERE a.task_id = ? AND a.n = t.verified_attempt",
                          DB_T(task));
    if (db_next(r)) {
        char chain[FELT_HEX];
        (void)felt_write_hex(chain, chain_id);
        j = json_pack("{s:s, s:I, s:s, s:s, s:s}", "chain_id", chain, "attempt",
                      (json_int_t)db_int(r, 0), "node_id", db_text(r, 1), "account", db_text(r, 2),
                      "node_pubkey", db_text(r, 4));
        json_t *m = db_is_null(r, 3) ? NULL : json_loads(db_text(r, 3), 0, NULL);
        for (size_t i = 0; i < SP_COUNT(names); i++) {
            json_t *v = json_object_get(m, names[i]);
            if (v != NULL) (void)json_object_set(j, names[i], v);
        }
        /* The bytes stand beside it. */
        (void)json_object_del(json_object_get(j, "output"), "inline_b64");
        json_decref(m);
    }
    db_end(r);
    return j;
}

/* What to ask sverify, in the folder that the archive is unpacked in. */
static void add_question(archive *a, const db_rows *r, felt chain_id, const json_t *by)
{
    char context[57], text[BUNDLE_QUESTION_MAX];
    memset(context, '0', 56);
    context[56] = 0;
    if (!db_is_null(r, 12))
        verify_context_hex(context, chain_id, db_text(r, 11), db_text(r, 12),
                           json_string_value(json_object_get(by, "account")));
    bundle_question(text, db_text(r, 9), context);
    add(a, bundle_name[BUNDLE_QUESTION], text, strlen(text));
}

#define SELECT                                                                                  \
    "SELECT key_id, visibility, state, verified_at, forgotten_at, program, input, input_bytes," \
    " input_sha256, profile, output, chain_contract, chain_task_id, output_bytes,"              \
    " output_sha256, proof_sha256 FROM task WHERE id = ?"

static void pack(call *c, db *d, const db_rows *r)
{
    const char *id = c->variable[0];
    char path[SETTINGS_TEXT + 16];
    uint64_t proof;
    (void)keep_size(d, &proof, db_text(r, 15));
    if (!may_ask(c) || !intake_has_room(c, (uint64_t)db_int(r, 7) + (uint64_t)db_int(r, 13) +
                                               proof + OWN_PROGRAM_MOST_BYTES + SMALL_PARTS))
        return;
    (void)snprintf(path, sizeof path, "%s/bundle.XXXXXX", c->a->spool);
    archive a = {mkstemp(path), db_int(r, 3) / 1000, SP_OK};
    if (a.fd < 0) {
        http_problem(&c->s, &c->q, 507, "storage_full", "the archive cannot be stored");
        return;
    }
    (void)unlink(path);
    db_rows *t = db_query(d, TASK_SELECT "WHERE t.id = ?", DB_T(id));
    add_json(&a, bundle_name[BUNDLE_TASK], db_next(t) ? task_json(d, t, true) : NULL);
    db_end(t);
    json_t *by = signed_result(d, id, c->a->chain_id);
    add_question(&a, r, c->a->chain_id, by);
    add_json(&a, bundle_name[BUNDLE_SIGNED], by);
    add_json(&a, bundle_name[BUNDLE_CONTRADICTIONS], contradictions_of_task(d, id));
    const sp_job *built_in = sp_job_find(db_text(r, 5));
    if (own_program_is(db_text(r, 5)))
        add_blob(c->a, &a, bundle_name[BUNDLE_PROGRAM], db_text(r, 5));
    else
        add(&a, bundle_name[BUNDLE_PROGRAM], built_in != NULL ? built_in->elf : NULL,
            built_in != NULL ? built_in->elf_bytes : 0);
    add_payload(c->a, &a, bundle_name[BUNDLE_INPUT], r, 6, db_int(r, 7), db_text(r, 8));
    add_payload(c->a, &a, bundle_name[BUNDLE_OUTPUT], r, 10, db_int(r, 13), db_text(r, 14));
    add_blob(c->a, &a, bundle_name[BUNDLE_PROOF], db_text(r, 15));
    if (a.s == SP_OK) a.s = tar_end(a.fd);
    const off_t end = a.s == SP_OK ? lseek(a.fd, 0, SEEK_END) : -1;
    if (end < 0) {
        (void)close(a.fd);
        if (a.s == SP_ERR_LIMIT)
            http_problem(&c->s, &c->q, 507, "storage_full", "the archive cannot be stored");
        else
            http_problem(&c->s, &c->q, 500, "internal", "a part of it cannot be read");
        return;
    }
    http_add_header(&c->s, "Content-Disposition", "attachment; filename=\"%s.tar\"", id);
    c->s.status = 200;
    c->s.content_type = "application/x-tar";
    c->s.file = a.fd;
    c->s.file_offset = 0;
    c->s.file_bytes = (uint64_t)end;
}

void api_task_bundle(call *c, db *d, core *k)
{
    (void)k;
    db_rows *r = db_query(d, SELECT, DB_T(c->variable[0]));
    if (!db_next(r) ||
        ((c->who.scopes & SCOPE_AUDITS) == 0 && !api_may_see(c, db_text(r, 0), db_text(r, 1))))
        api_no_such_task(c);
    else if (db_is_null(r, 3))
        http_problem(&c->s, &c->q, 409, "conflict_state",
                     "the task is %s: it has no verified result", db_text(r, 2));
    else if (!db_is_null(r, 4))
        http_problem(&c->s, &c->q, 410, "gone", "the payloads of this task are no longer kept");
    else
        pack(c, d, r);
    db_end(r);
}
