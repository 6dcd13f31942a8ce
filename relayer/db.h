/* db.h - SQL over SQLite or PostgreSQL: the same statements, and values of three kinds.
 *
 * Statements are text with `?` for each value, in the part of SQL that both know (ON CONFLICT,
 * RETURNING); they are prepared once and kept. A value is a 64-bit integer, a text in UTF-8, or
 * bytes; each may be NULL. One db is used by one thread. An error is remembered in the db (db_why)
 * until db_forgive; statements after it do nothing and fail, so that a caller may check once, at
 * the end of a unit of work. */
#ifndef RELAYER_DB_H
#define RELAYER_DB_H

#include "core/sp.h"

typedef struct db db;
typedef struct db_rows db_rows;

#define DB_WHY 256

/* where: the path of a file, or postgresql://... A file is created unless read_only; SP_ERR_IO,
 * with a sentence in why[DB_WHY], when it cannot be opened or is not a database. */
SP_MUST_USE sp_status db_open(db **out, const char *where, bool read_only, char *why);
void db_close(db *d); /* NULL allowed; rows are to be ended before */
bool db_is_postgres(const char *where);

/* Whether other processes may write to it. */
bool db_is_shared(const db *d);

typedef struct {
    enum { DB_NULL_VALUE, DB_INTEGER, DB_TEXT, DB_BYTES } kind;
    int64_t i;
    const void *at;
    size_t n;
} db_value;

#define DB_I(v)                           \
    {                                     \
        DB_INTEGER, (int64_t)(v), NULL, 0 \
    }
#define DB_T(s)            \
    {                      \
        DB_TEXT, 0, (s), 0 \
    } /* a NULL pointer is NULL, here and below */
#define DB_B(p, len)            \
    {                           \
        DB_BYTES, 0, (p), (len) \
    }
#define DB_NULL                   \
    {                             \
        DB_NULL_VALUE, 0, NULL, 0 \
    }

/* At the end of a query of which what follows depends: nobody else changes these rows until the end
 * of the transaction, and they are as the last commit has them. Where there is one writer (SQLite)
 * that is so anyway. DB_SKIP_LOCKED: rows that somebody else holds are left out. */
#define DB_PG(sql) " /*PG " sql "*/"
#define DB_LOCK DB_PG("FOR UPDATE")
#define DB_SKIP_LOCKED DB_PG("FOR UPDATE SKIP LOCKED")

/* Runs a statement that gives no rows: how many rows it changed, or -1. The macros take one value
 * or more. */
#define db_run(d, sql, ...)                                    \
    db_run_values((d), (sql), (const db_value[]){__VA_ARGS__}, \
                  sizeof((const db_value[]){__VA_ARGS__}) / sizeof(db_value))
int64_t db_run_values(db *d, const char *sql, const db_value *v, size_t n);
/* One or more statements without values. */
bool db_exec(db *d, const char *sql);
/* One that is run again and again: where the database is a file it is prepared once. */
bool db_command(db *d, const char *sql);

/* Rows, one after the other. Texts and bytes hold until the next db_next or db_end. Never NULL:
 * where the statement failed there are no rows. To be ended. */
#define db_query(d, sql, ...)                                    \
    db_query_values((d), (sql), (const db_value[]){__VA_ARGS__}, \
                    sizeof((const db_value[]){__VA_ARGS__}) / sizeof(db_value))
db_rows *db_query_values(db *d, const char *sql, const db_value *v, size_t n);
bool db_next(db_rows *r);                          /* false at the end, and on errors */
int64_t db_int(const db_rows *r, int column);      /* NULL is 0 */
const char *db_text(const db_rows *r, int column); /* NULL is NULL */
/* As much of a text as fits, ended by 0; of NULL nothing. */
void db_copy(char *out, size_t room, const db_rows *r, int column);
const uint8_t *db_bytes(const db_rows *r, int column, size_t *n);
bool db_is_null(const db_rows *r, int column);
void db_end(db_rows *r);

/* After LISTEN on this connection: waits until another connection says something (NOTIFY), wake_fd
 * (an eventfd, which is emptied) is written to, or the time is over; said is called for each
 * message. False: the connection is lost, or this database has no such thing. */
SP_MUST_USE bool db_hear(db *d, int wake_fd, int ms, void (*said)(void *user, const char *text),
                         void *user);

/* Whether nothing failed since it was opened or forgiven. */
bool db_ok(const db *d);
const char *db_why(const db *d);
void db_forgive(db *d);
/* True when the failure means that nothing written may be relied upon any more (the disk refused a
 * write or a sync): the process must end and start again from what is on the disk. */
bool db_is_fatal(const db *d);
/* True when there was no room for what was to be written. */
bool db_is_full(const db *d);
/* True when another writer was in the way (it holds what was wanted, for too long or in a circle):
 * the same again may succeed. */
bool db_is_busy(const db *d);

#endif
