/* api_admin.c - administration: backups. */
#include "relayer/admin.h"
#include "relayer/api.h"
#include "relayer/app.h"
#include "relayer/backup.h"
#include "relayer/check.h"

#include <openssl/rand.h>
#include <stdlib.h>

void admin_note(core *k, const char *key_id, const char *action, const char *detail)
{
    app *a = core_user(k);
    uint8_t random[UUID_RANDOM];
    char text[UUID_TEXT];
    uuid id;
    if (RAND_bytes(random, sizeof random) != 1 ||
        uuid_next(&a->ids, &id, (uint64_t)core_now(k), random) != SP_OK) {
        core_fail(k);
        return;
    }
    uuid_write(text, id);
    (void)db_run(core_db(k),
                 "INSERT INTO admin_action(id, at, key_id, action, detail) VALUES(?, ?, ?, ?, ?)",
                 DB_T(text), DB_I(core_now(k)), DB_T(key_id), DB_T(action), DB_T(detail));
}

/* ---- backups ---- */

static bool has_backups(call *c)
{
    if (c->a->backup != NULL) return true;
    http_problem(&c->s, &c->q, 501, "not_implemented",
                 "the database is on PostgreSQL: back it up with its own tools (pg_dump, "
                 "pg_basebackup, pgBackRest), and copy the blobs");
    return false;
}

static json_t *time_json(int64_t ms)
{
    char text[CHECK_TIME];
    if (ms == 0) return json_null();
    time_write(text, ms);
    return json_string(text);
}

static json_t *view_json(const backup_view *v)
{
    static const char *const names[] = {"none", "running", "done", "failed"};
    return json_pack("{s:s, s:s, s:I, s:I, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:s?, s:s?}",
                     "state", names[v->state], "dir", v->dir, "every_ms", (json_int_t)v->every_ms,
                     "keep", (json_int_t)v->keep, "started_at", time_json(v->started_ms),
                     "ended_at", time_json(v->ended_ms), "last_good_at", time_json(v->good_ms),
                     "pages", (json_int_t)v->pages, "pages_total", (json_int_t)v->pages_total,
                     "bytes", (json_int_t)v->bytes, "blobs_copied", (json_int_t)v->blobs_copied,
                     "blobs_missing", (json_int_t)v->blobs_missing, "file",
                     v->file[0] != 0 ? v->file : NULL, "error", v->why[0] != 0 ? v->why : NULL);
}

typedef struct {
    job j;
    backup *b;
} asking;

static void ask(job *j)
{
    if (!j->failed) (void)!backup_ask(((asking *)j)->b);
    free(j);
}

void api_admin_backup(call *c, db *d, core *k)
{
    (void)d;
    if (!has_backups(c)) return;
    backup_view v = backup_look(c->a->backup);
    if (v.state == BACKUP_RUNNING) {
        http_problem(&c->s, &c->q, 409, "conflict_state", "a backup is under way");
        return;
    }
    asking *m = calloc(1, sizeof *m);
    if (m == NULL) {
        http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
        return;
    }
    m->j.done = ask;
    m->b = c->a->backup;
    core_emit(k, &m->j);
    admin_note(k, c->who.id, "backup", v.dir);
    http_add_header(&c->s, "Location", "/api/v1/admin/backup");
    http_json(&c->s, 202, json_pack("{s:s, s:s}", "state", "running", "dir", v.dir));
}

void api_admin_backup_show(call *c, db *d, core *k)
{
    (void)d;
    (void)k;
    if (!has_backups(c)) return;
    const backup_view v = backup_look(c->a->backup);
    http_json(&c->s, 200, view_json(&v));
}
