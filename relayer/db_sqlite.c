/* db_sqlite.c - one file: WAL, and a commit is on the disk when it returns. */
#include "relayer/db_driver.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_MS 5000

typedef struct {
    sqlite3 *db;
    int code; /* of the last failure, extended */
} connection;

static bool note(connection *c, int code)
{
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return true;
    c->code = sqlite3_extended_errcode(c->db);
    return false;
}

static bool lite_exec(void *opaque, const char *sql)
{
    connection *c = opaque;
    return note(c, sqlite3_exec(c->db, sql, NULL, NULL, NULL));
}

static void lite_close(void *opaque)
{
    connection *c = opaque;
    (void)sqlite3_close(c->db);
    free(c);
}

static void *lite_open(const char *where, bool read_only, char *why)
{
    connection *c = calloc(1, sizeof *c);
    if (c == NULL) {
        (void)snprintf(why, DB_WHY, "out of memory");
        return NULL;
    }
    const int flags =
        (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
        SQLITE_OPEN_NOMUTEX;
    bool ok = sqlite3_open_v2(where, &c->db, flags, NULL) == SQLITE_OK;
    ok = ok && sqlite3_busy_timeout(c->db, BUSY_MS) == SQLITE_OK;
    ok =
        ok &&
        lite_exec(c, "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
                     "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY");
    ok = ok && (read_only || lite_exec(c, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                          "PRAGMA wal_autocheckpoint=4000"));
    /* A file of another kind is noticed at the first read. */
    ok = ok && lite_exec(c, "SELECT count(*) FROM sqlite_schema");
    if (ok) return c;
    (void)snprintf(why, DB_WHY, "%.160s: %.80s", where,
                   c->db != NULL ? sqlite3_errmsg(c->db) : "out of memory");
    lite_close(c);
    return NULL;
}

static void *lite_prepare(void *opaque, const char *sql, unsigned name)
{
    connection *c = opaque;
    sqlite3_stmt *s = NULL;
    (void)name;
    return note(c, sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL)) ? s
                                                                                            : NULL;
}

static void lite_finish(void *opaque, void *handle)
{
    (void)opaque;
    (void)sqlite3_finalize(handle);
}

static int bind(sqlite3_stmt *s, int at, const db_value *v)
{
    if (v->kind == DB_INTEGER) return sqlite3_bind_int64(s, at, v->i);
    if (v->kind == DB_NULL_VALUE || v->at == NULL) return sqlite3_bind_null(s, at);
    if (v->kind == DB_TEXT) return sqlite3_bind_text(s, at, v->at, -1, SQLITE_TRANSIENT);
    return sqlite3_bind_blob64(s, at, v->at, v->n, SQLITE_TRANSIENT);
}

static bool lite_start(void *opaque, void *handle, const db_value *v, size_t n)
{
    connection *c = opaque;
    if ((size_t)sqlite3_bind_parameter_count(handle) != n) {
        c->code = SQLITE_MISUSE;
        return false;
    }
    for (size_t i = 0; i < n; i++)
        if (!note(c, bind(handle, (int)i + 1, &v[i]))) return false;
    return true;
}

static int lite_step(void *opaque, void *handle)
{
    connection *c = opaque;
    const int code = sqlite3_step(handle);
    if (!note(c, code)) return -1;
    return code == SQLITE_ROW;
}

static int64_t lite_changes(void *opaque, void *handle)
{
    const connection *c = opaque;
    (void)handle;
    return sqlite3_changes64(c->db);
}

static void lite_stop(void *opaque, void *handle)
{
    (void)opaque;
    (void)sqlite3_reset(handle);
    (void)sqlite3_clear_bindings(handle);
}

static int64_t lite_int(void *handle, int column) { return sqlite3_column_int64(handle, column); }

static const char *lite_text(void *handle, int column)
{
    return (const char *)sqlite3_column_text(handle, column);
}

static const uint8_t *lite_bytes(void *handle, int column, size_t *n)
{
    const uint8_t *p = sqlite3_column_blob(handle, column);
    *n = (size_t)sqlite3_column_bytes(handle, column);
    if (p != NULL || sqlite3_column_type(handle, column) == SQLITE_NULL) return p;
    return (const uint8_t *)""; /* no bytes are not NULL */
}

static bool lite_is_null(void *handle, int column)
{
    return sqlite3_column_type(handle, column) == SQLITE_NULL;
}

/* After a refused sync the page cache may hold what the disk does not: only a new process may look
 * again. A full disk is reported before anything is acknowledged, and is not fatal. */
static void lite_why(void *opaque, char text[DB_WHY], bool *fatal, bool *full, bool *busy)
{
    *busy = false; /* there is one writer */
    const connection *c = opaque;
    const int kind = c->code & 0xff;
    (void)snprintf(text, DB_WHY, "%.200s (%d)",
                   c->code == SQLITE_MISUSE ? "wrong number of values" : sqlite3_errmsg(c->db),
                   c->code);
    *full = kind == SQLITE_FULL;
    *fatal = kind == SQLITE_IOERR || kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB;
}

const db_driver db_sqlite = {lite_open,  lite_close, lite_exec,    lite_prepare, lite_finish,
                             lite_start, lite_step,  lite_changes, lite_stop,    lite_int,
                             lite_text,  lite_bytes, lite_is_null, lite_why,     NULL};
