/* collect.c - see collect.h. */
#include "relayer/collect.h"

#include "relayer/app.h"
#include "relayer/blob.h"
#include "relayer/keep.h"
#include "relayer/log.h"
#include "relayer/upload.h"
#include "relayer/task.h"
#include "relayer/wallet.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST 64       /* of a kind in a round */
#define ROUND_MS 1000 /* between two of them */
#define MOST_TRIES 128

/* ---- payloads ---- */

/* The message of a node's result without the bytes in it. */
static void strip_output(core *c, const char *task, int64_t n)
{
    json_t *m = NULL;
    db_rows *r = db_query(core_db(c), "SELECT result FROM attempt WHERE task_id = ? AND n = ?",
                          DB_T(task), DB_I(n));
    if (db_next(r) && !db_is_null(r, 0)) m = json_loads(db_text(r, 0), 0, NULL);
    db_end(r);
    if (json_object_del(json_object_get(m, "output"), "inline_b64") == 0) {
        char *text = json_dumps(m, JSON_COMPACT);
        if (text == NULL) core_fail(c);
        (void)db_run(core_db(c), "UPDATE attempt SET result = ? WHERE task_id = ? AND n = ?",
                     DB_T(text), DB_T(task), DB_I(n));
        free(text);
    }
    json_decref(m);
}

static void forget_task(core *c, void *arg)
{
    const char *task = arg;
    db *d = core_db(c);
    char input[BLOB_NAME] = "", program[BLOB_NAME] = "";
    int64_t n[MOST_TRIES];
    size_t k = 0;
    db_rows *r = db_query(d,
                          "SELECT input_sha256, program, input IS NULL AND input_bytes > 0 FROM"
                          " task WHERE id = ? AND forgotten_at IS NULL",
                          DB_T(task));
    const bool there = db_next(r);
    if (there && db_int(r, 2) != 0) (void)snprintf(input, sizeof input, "%s", db_text(r, 0));
    if (there && strlen(db_text(r, 1)) == BLOB_NAME - 1)
        (void)snprintf(program, sizeof program, "%s", db_text(r, 1));
    db_end(r);
    if (!there) return;
    keep_unref(c, input[0] != 0 ? input : NULL);
    keep_unref(c, program[0] != 0 ? program : NULL);
    r = db_query(d, "SELECT n FROM attempt WHERE task_id = ? AND result IS NOT NULL ORDER BY n",
                 DB_T(task));
    while (k < MOST_TRIES && db_next(r)) n[k++] = db_int(r, 0);
    db_end(r);
    for (size_t i = 0; i < k; i++) {
        keep_attempt_ended(c, task, n[i]);
        strip_output(c, task, n[i]);
    }
    (void)db_run(d, "UPDATE task SET input = NULL, output = NULL, forgotten_at = ? WHERE id = ?",
                 DB_I(core_now(c)), DB_T(task));
}

/* One state at a time: in one question every task between the two times, and of any other state,
 * would be looked at in each round. */
static void forget(core *c, task_state state, int64_t until_ms)
{
    char id[MOST][UUID_TEXT];
    size_t n = 0;
    db_rows *r =
        db_query(core_db(c),
                 "SELECT id FROM task WHERE forgotten_at IS NULL AND state = ? AND updated_at <= ?"
                 " AND NOT EXISTS (SELECT 1 FROM audit u WHERE u.task_id = task.id AND"
                 " (u.verdict IS NULL OR u.verdict = 'differs')) ORDER BY updated_at LIMIT 64",
                 DB_T(task_state_name(state)), DB_I(until_ms));
    while (n < MOST && db_next(r)) (void)snprintf(id[n++], UUID_TEXT, "%s", db_text(r, 0));
    db_end(r);
    for (size_t i = 0; i < n; i++)
        if (!core_part(c, forget_task, id[i]))
            log_event(LOG_ERROR, "task_left_alone", "what", "retention", "task_id", id[i], NULL);
}

void collect_payloads(core *c, int64_t now_ms)
{
    static const task_state over[] = {TASK_VERIFIED, TASK_CANCELLED, TASK_EXPIRED,
                                      TASK_FAILED,   TASK_REFUNDED,  TASK_SETTLED};
    const settings *s = &((const app *)core_user(c))->set;
    if (s->keep_payloads) return;
    for (size_t i = 0; i < SP_COUNT(over); i++) {
        const bool sooner = over[i] == TASK_SETTLED && s->settled_ms < s->retention_ms;
        forget(c, over[i], now_ms - (int64_t)(sooner ? s->settled_ms : s->retention_ms));
    }
}

/* ---- blobs ---- */

static size_t names(char (*name)[BLOB_NAME], db_rows *r)
{
    size_t n = 0;
    while (n < MOST && db_next(r)) (void)snprintf(name[n++], BLOB_NAME, "%s", db_text(r, 0));
    db_end(r);
    return n;
}

void collect_blobs(core *c, int64_t now_ms)
{
    const app *a = core_user(c);
    db *d = core_db(c);
    char name[MOST][BLOB_NAME];
    /* Those of the round before, which is committed: nobody can have referred to them since. */
    size_t n =
        names(name, db_query(d, "SELECT sha256 FROM blob WHERE refs = ? LIMIT 64", DB_I(-1)));
    for (size_t i = 0; i < n; i++) {
        blob_remove(a->blobs, name[i]);
        keep_gone(c, name[i]);
    }
    n = names(name, db_query(d,
                             "SELECT sha256 FROM blob WHERE refs = 0 AND touched_at <= ?"
                             " ORDER BY touched_at LIMIT 64",
                             DB_I(now_ms - (int64_t)a->set.unused_ms)));
    for (size_t i = 0; i < n; i++)
        (void)db_run(d, "UPDATE blob SET refs = -1 WHERE sha256 = ? AND refs = 0", DB_T(name[i]));
}

/* ---- files ---- */

static void look_at_file(core *c, int folder, const char *name, int64_t now_ms)
{
    const app *a = core_user(c);
    char sha256[BLOB_NAME];
    struct stat st;
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode) ||
        (int64_t)st.st_mtime * 1000 > now_ms - (int64_t)a->set.unused_ms)
        return;
    /* Of a blob, or NAME.XXXXXX of one that was being written. */
    (void)snprintf(sha256, sizeof sha256, "%.64s", name);
    if (!blob_is_name(sha256) || (name[64] != 0 && name[64] != '.')) return;
    if (name[64] == 0) {
        db_rows *r = db_query(core_db(c), "SELECT 1 FROM blob WHERE sha256 = ?", DB_T(sha256));
        const bool known = db_next(r);
        db_end(r);
        if (known) return;
    }
    (void)unlinkat(folder, name, 0);
    log_event(LOG_INFO, "file_removed", "name", name, NULL);
}

void collect_files(core *c, int64_t now_ms)
{
    app *a = core_user(c);
    char path[BLOB_PATH];
    (void)snprintf(path, sizeof path, "%.500s/%02x", a->blobs, a->collected_folder);
    a->collected_folder = (a->collected_folder + 1) % 256;
    DIR *dir = opendir(path);
    if (dir == NULL) return;
    for (const struct dirent *f = readdir(dir); f != NULL; f = readdir(dir))
        look_at_file(c, dirfd(dir), f->d_name, now_ms);
    (void)closedir(dir);
}

/* Uploads that were begun and left. */
static void collect_parts(core *c, int64_t now_ms)
{
    char dir[BLOB_PATH];
    (void)snprintf(dir, sizeof dir, "%.500s.parts", ((const app *)core_user(c))->blobs);
    upload_prune(dir, now_ms);
}

/* Answers that are not given again. */
static void collect_idem(core *c, int64_t now_ms)
{
    (void)db_run(core_db(c),
                 "DELETE FROM idem WHERE (key_id, path, name) IN (SELECT key_id, path, name FROM"
                 " idem WHERE expires_at <= ? ORDER BY expires_at LIMIT 256)",
                 DB_I(now_ms));
}

void collect_tick(core *c, int64_t now_ms)
{
    app *a = core_user(c);
    const uint64_t now_ns = clock_ns();
    if (now_ns < a->collect_next_ns || !instance_holds(a, "prune")) return;
    a->collect_next_ns = now_ns + ROUND_MS * UINT64_C(1000000);
    collect_idem(c, now_ms);
    collect_payloads(c, now_ms);
    collect_blobs(c, now_ms);
    collect_files(c, now_ms);
    collect_parts(c, now_ms);
    wallet_tick(c, now_ms);
}
