/* journal.c - see journal.h. */
#include "node/journal.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct journal {
    sqlite3 *db;
    bool broken;
};

static const char *const schema =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF;"
    "PRAGMA temp_store=MEMORY;"
    "CREATE TABLE IF NOT EXISTS job(task TEXT NOT NULL, attempt INTEGER NOT NULL, state INTEGER "
    "NOT NULL,"
    " assignment TEXT NOT NULL, result TEXT, at INTEGER NOT NULL, PRIMARY KEY(task, attempt)) "
    "STRICT;"
    "CREATE INDEX IF NOT EXISTS job_done ON job(at) WHERE state = 3;";

sp_status journal_open(journal **out, const char *path, char why[JOURNAL_WHY])
{
    journal *j = calloc(1, sizeof *j);
    *out = NULL;
    if (j == NULL) return SP_ERR_NOMEM;
    if (sqlite3_open_v2(path, &j->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX,
                        NULL) == SQLITE_OK &&
        sqlite3_busy_timeout(j->db, 5000) == SQLITE_OK &&
        sqlite3_exec(j->db, schema, NULL, NULL, NULL) == SQLITE_OK) {
        *out = j;
        return SP_OK;
    }
    (void)snprintf(why, JOURNAL_WHY, "%.160s: %.80s", path,
                   j->db != NULL ? sqlite3_errmsg(j->db) : "out of memory");
    journal_close(j);
    return SP_ERR_IO;
}

void journal_close(journal *j)
{
    if (j == NULL) return;
    (void)sqlite3_close(j->db);
    free(j);
}

/* After a refused sync the page cache may hold what the disk does not: only a new process may look
 * again. A full disk is told in time, and is not that. */
static void look(journal *j, int code)
{
    const int kind = code & 0xff;
    if (kind == SQLITE_IOERR || kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB) j->broken = true;
}

static bool run(journal *j, sqlite3_stmt *s)
{
    const int code = s == NULL ? SQLITE_ERROR : sqlite3_step(s);
    look(j, code);
    (void)sqlite3_finalize(s);
    return code == SQLITE_DONE;
}

bool journal_is_broken(const journal *j) { return j->broken; }

static sqlite3_stmt *prepare(journal *j, const char *sql)
{
    sqlite3_stmt *s = NULL;
    const int code = sqlite3_prepare_v2(j->db, sql, -1, &s, NULL);
    look(j, code);
    return code == SQLITE_OK ? s : NULL;
}

bool journal_put(journal *j, const char *task, int64_t attempt, enum journal_state state,
                 const char *assignment, const char *result)
{
    sqlite3_stmt *s = prepare(
        j, "INSERT INTO job(task, attempt, state, assignment, result, at) VALUES(?1, ?2, ?3, ?4,"
           " ?5, ?6) ON CONFLICT(task, attempt) DO UPDATE SET state = excluded.state,"
           " result = excluded.result, at = excluded.at");
    if (s == NULL) return false;
    (void)sqlite3_bind_text(s, 1, task, -1, SQLITE_TRANSIENT);
    (void)sqlite3_bind_int64(s, 2, attempt);
    (void)sqlite3_bind_int(s, 3, (int)state);
    (void)sqlite3_bind_text(s, 4, assignment, -1, SQLITE_TRANSIENT);
    (void)sqlite3_bind_text(s, 5, result, -1, SQLITE_TRANSIENT);
    (void)sqlite3_bind_int64(s, 6, (int64_t)time(NULL));
    return run(j, s);
}

bool journal_set(journal *j, const char *task, int64_t attempt, enum journal_state state)
{
    sqlite3_stmt *s = prepare(j, "UPDATE job SET state = ?3 WHERE task = ?1 AND attempt = ?2");
    if (s == NULL) return false;
    (void)sqlite3_bind_text(s, 1, task, -1, SQLITE_TRANSIENT);
    (void)sqlite3_bind_int64(s, 2, attempt);
    (void)sqlite3_bind_int(s, 3, (int)state);
    return run(j, s);
}

void journal_each(journal *j,
                  bool (*each)(void *user, const char *task, int64_t attempt, enum journal_state s,
                               const char *assignment, const char *result),
                  void *user)
{
    sqlite3_stmt *s = prepare(j, "SELECT task, attempt, state, assignment, result FROM job WHERE "
                                 "state <> 3 ORDER BY at, task");
    int code = SQLITE_ERROR;
    while (s != NULL && (code = sqlite3_step(s)) == SQLITE_ROW)
        if (!each(user, (const char *)sqlite3_column_text(s, 0), sqlite3_column_int64(s, 1),
                  (enum journal_state)sqlite3_column_int(s, 2),
                  (const char *)sqlite3_column_text(s, 3), (const char *)sqlite3_column_text(s, 4)))
            break;
    look(j, code);
    (void)sqlite3_finalize(s);
}

void journal_prune(journal *j, int64_t before_s)
{
    sqlite3_stmt *s = prepare(j, "DELETE FROM job WHERE rowid IN (SELECT rowid FROM job"
                                 " WHERE state = 3 AND at < ?1 ORDER BY at LIMIT 1000)");
    if (s == NULL) return;
    (void)sqlite3_bind_int64(s, 1, before_s);
    (void)run(j, s);
}
