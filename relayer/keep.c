/* keep.c - see keep.h. */
#include "relayer/keep.h"

#include "relayer/app.h"
#include "relayer/blob.h"
#include "relayer/usage.h"

#include <stdio.h>
#include <unistd.h>

static bool has_file(core *c, const char *name)
{
    uint64_t n;
    const int fd = blob_open(((const app *)core_user(c))->blobs, name, &n);
    if (fd >= 0) (void)close(fd);
    return fd >= 0;
}

bool keep_is_there(core *c, const char *name)
{
    db_rows *r =
        db_query(core_db(c), "SELECT 1 FROM blob WHERE sha256 = ? AND refs >= 0", DB_T(name));
    const bool there = db_next(r);
    db_end(r);
    return there;
}

bool keep_size(db *d, uint64_t *bytes, const char *name)
{
    db_rows *r = db_query(d, "SELECT size FROM blob WHERE sha256 = ?", DB_T(name));
    const bool there = db_next(r);
    *bytes = there ? (uint64_t)db_int(r, 0) : 0;
    db_end(r);
    return there;
}

bool keep_uploaded(core *c, const char *name, uint64_t bytes, keep_for who, bool *made)
{
    db *d = core_db(c);
    const db_value attempt = who.task_id == NULL ? (db_value)DB_NULL : (db_value)DB_I(who.attempt);
    *made = false;
    /* The file may have been there when it was put, and have been removed since. */
    if (!has_file(c, name)) return false;
    *made = db_run(d,
                   "INSERT INTO blob(sha256, size, refs, touched_at, key_id, task_id, attempt)"
                   " VALUES(?, ?, 0, ?, ?, ?, ?) ON CONFLICT(sha256) DO NOTHING",
                   DB_T(name), DB_I(bytes), DB_I(core_now(c)), DB_T(who.key_id), DB_T(who.task_id),
                   attempt) == 1;
    if (*made) usage_stored(c, who.key_id, (int64_t)bytes);
    return *made || db_run(d, "UPDATE blob SET touched_at = ? WHERE sha256 = ? AND refs >= 0",
                           DB_I(core_now(c)), DB_T(name)) == 1;
}

void keep_ref(core *c, const char *name)
{
    if (db_run(core_db(c), "UPDATE blob SET refs = refs + 1 WHERE sha256 = ? AND refs >= 0",
               DB_T(name)) != 1)
        core_fail(c);
}

void keep_gone(core *c, const char *name)
{
    char key_id[KEY_ID] = "";
    int64_t bytes = 0;
    db_rows *r = db_query(
        core_db(c), "SELECT key_id, size FROM blob WHERE sha256 = ? AND refs = -1", DB_T(name));
    const bool there = db_next(r);
    if (there) {
        (void)snprintf(key_id, sizeof key_id, "%s", db_text(r, 0));
        bytes = db_int(r, 1);
    }
    db_end(r);
    if (there &&
        db_run(core_db(c), "DELETE FROM blob WHERE sha256 = ? AND refs = -1", DB_T(name)) == 1)
        usage_stored(c, key_id, -bytes);
}

void keep_new(core *c, const char *name, uint64_t bytes, const char *key_id)
{
    bool made;
    if (keep_uploaded(c, name, bytes, (keep_for){key_id, NULL, 0}, &made))
        keep_ref(c, name);
    else
        core_fail(c);
}

void keep_unref(core *c, const char *name)
{
    if (name != NULL)
        (void)db_run(
            core_db(c),
            "UPDATE blob SET refs = refs - 1, touched_at = ? WHERE sha256 = ? AND refs > 0",
            DB_I(core_now(c)), DB_T(name));
}

void keep_delivered(core *c, const char *task, int64_t attempt, const char *proof,
                    const char *output)
{
    keep_ref(c, proof);
    if (output != NULL) keep_ref(c, output);
    (void)db_run(core_db(c),
                 "UPDATE attempt SET proof_blob = ?, output_blob = ? WHERE task_id = ? AND n = ?",
                 DB_T(proof), DB_T(output), DB_T(task), DB_I(attempt));
}

void keep_attempt_ended(core *c, const char *task, int64_t attempt)
{
    char name[2][BLOB_NAME] = {"", ""};
    db_rows *r = db_query(core_db(c),
                          "SELECT proof_blob, output_blob FROM attempt WHERE task_id = ? AND n = ?",
                          DB_T(task), DB_I(attempt));
    if (db_next(r))
        for (int i = 0; i < 2; i++)
            if (!db_is_null(r, i)) (void)snprintf(name[i], BLOB_NAME, "%s", db_text(r, i));
    db_end(r);
    if (name[0][0] == 0 && name[1][0] == 0) return;
    for (int i = 0; i < 2; i++) keep_unref(c, name[i][0] != 0 ? name[i] : NULL);
    (void)db_run(core_db(c),
                 "UPDATE attempt SET proof_blob = NULL, output_blob = NULL"
                 " WHERE task_id = ? AND n = ?",
                 DB_T(task), DB_I(attempt));
}
