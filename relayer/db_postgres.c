/* db_postgres.c - a server shared by several relayers. */
#include "relayer/db_driver.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_VALUES 64
#define INT_TEXT 24
#define MAX_BYTES 8 /* columns of bytes in a row */

typedef struct {
    PGconn *pg;
    char why[DB_WHY];
    bool fatal, full, busy;
} connection;

typedef struct {
    char name[16];
    PGresult *result;
    int row;
    unsigned char *bytes[MAX_BYTES]; /* of this row */
    unsigned n_bytes;
} statement;

/* The first line of what the server said. */
static void note(connection *c, const PGresult *r, const char *said)
{
    const char *code = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    c->full = code != NULL && strcmp(code, "53100") == 0; /* disk_full */
    (void)snprintf(c->why, sizeof c->why, "%.*s", (int)strcspn(said, "\n"), said);
    /* serialization_failure, deadlock_detected, lock_not_available */
    c->busy = code != NULL && (strcmp(code, "40001") == 0 || strcmp(code, "40P01") == 0 ||
                               strcmp(code, "55P03") == 0);
    c->fatal = PQstatus(c->pg) != CONNECTION_OK;
}

static bool is_good(connection *c, const PGresult *r)
{
    const ExecStatusType s = PQresultStatus(r);
    if (s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK) return true;
    note(c, r, r != NULL ? PQresultErrorMessage(r) : PQerrorMessage(c->pg));
    return false;
}

static bool pg_exec(void *opaque, const char *sql)
{
    connection *c = opaque;
    /* What SQLite calls by another name. */
    PGresult *r = PQexec(c->pg, strcmp(sql, "BEGIN IMMEDIATE") == 0 ? "BEGIN" : sql);
    bool ok = is_good(c, r);
    /* After an error in the transaction the server answers COMMIT by undoing it, and calls that
     * done. */
    if (ok && strcmp(sql, "COMMIT") == 0 && strcmp(PQcmdStatus(r), "COMMIT") != 0) {
        note(c, NULL, "the transaction had failed and was undone");
        ok = false;
    }
    PQclear(r);
    return ok;
}

static void pg_close(void *opaque)
{
    connection *c = opaque;
    PQfinish(c->pg);
    free(c);
}

static void no_notice(void *arg, const char *message)
{
    (void)arg;
    (void)message;
}

static void *pg_open(const char *where, bool read_only, char *why)
{
    connection *c = calloc(1, sizeof *c);
    if (c == NULL) {
        (void)snprintf(why, DB_WHY, "out of memory");
        return NULL;
    }
    /* A server that cannot be reached is noticed; what the URL says of it holds. */
    static const char *const names[] = {"keepalives_idle", "keepalives_interval",
                                        "tcp_user_timeout", "dbname", NULL};
    const char *const values[] = {"10", "5", "20000", where, NULL};
    c->pg = PQconnectdbParams(names, values, 1);
    bool ok = PQstatus(c->pg) == CONNECTION_OK;
    if (!ok) note(c, NULL, PQerrorMessage(c->pg));
    if (ok) (void)PQsetNoticeProcessor(c->pg, no_notice, NULL);
    ok = ok && pg_exec(c, read_only ? "SET default_transaction_read_only=on"
                                    : "SET synchronous_commit=on");
    if (ok) return c;
    /* The text of libpq may repeat the URL's host, never its password. */
    (void)snprintf(why, DB_WHY, "PostgreSQL: %.200s", c->why);
    pg_close(c);
    return NULL;
}

/* `?` becomes $1, $2, ...: no statement of ours has a question mark for anything else. What is for
 * this server alone (DB_PG, DB_LOCK) stands in a comment, and comes out of it. */
static char *numbered(const char *sql)
{
    size_t marks = 0;
    for (const char *p = sql; *p != 0; p++) marks += *p == '?';
    const size_t room = strlen(sql) + 3 * marks + 1;
    char *out = malloc(room);
    if (out == NULL) return NULL;
    size_t n = 0;
    unsigned at = 0;
    for (const char *p = sql; *p != 0; p++) {
        if (*p == '?')
            n += (size_t)snprintf(out + n, room - n, "$%u", ++at);
        else if (strncmp(p, "/*PG ", 5) == 0)
            p += 3;
        else if (p[0] == '*' && p[1] == '/')
            p++;
        else
            out[n++] = *p;
    }
    out[n] = 0;
    return out;
}

static void *pg_prepare(void *opaque, const char *sql, unsigned name)
{
    connection *c = opaque;
    statement *s = calloc(1, sizeof *s);
    char *text = numbered(sql);
    bool ok = s != NULL && text != NULL;
    if (ok) {
        (void)snprintf(s->name, sizeof s->name, "s%u", name);
        PGresult *r = PQprepare(c->pg, s->name, text, 0, NULL);
        ok = is_good(c, r);
        PQclear(r);
    } else {
        note(c, NULL, "out of memory");
    }
    free(text);
    if (ok) return s;
    free(s);
    return NULL;
}

static void drop_bytes(statement *s)
{
    while (s->n_bytes > 0) PQfreemem(s->bytes[--s->n_bytes]);
}

static void pg_stop(void *opaque, void *handle)
{
    statement *s = handle;
    (void)opaque;
    PQclear(s->result);
    s->result = NULL;
    drop_bytes(s);
}

static void pg_finish(void *opaque, void *handle)
{
    connection *c = opaque;
    const statement *s = handle;
    char sql[32];
    (void)snprintf(sql, sizeof sql, "DEALLOCATE %s", s->name);
    PQclear(PQexec(c->pg, sql));
    pg_stop(opaque, handle);
    free(handle);
}

static bool pg_start(void *opaque, void *handle, const db_value *v, size_t n)
{
    connection *c = opaque;
    statement *s = handle;
    const char *at[MAX_VALUES];
    int length[MAX_VALUES], format[MAX_VALUES];
    char ints[MAX_VALUES][INT_TEXT];
    if (n > MAX_VALUES) {
        note(c, NULL, "too many values");
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        at[i] = v[i].kind == DB_NULL_VALUE ? NULL : v[i].at;
        length[i] = (int)v[i].n;
        format[i] = v[i].kind == DB_BYTES;
        if (v[i].kind == DB_INTEGER) {
            (void)snprintf(ints[i], INT_TEXT, "%" PRId64, v[i].i);
            at[i] = ints[i];
        }
    }
    s->result = PQexecPrepared(c->pg, s->name, (int)n, at, length, format, 0);
    s->row = -1;
    return is_good(c, s->result);
}

static int pg_step(void *opaque, void *handle)
{
    statement *s = handle;
    (void)opaque;
    drop_bytes(s);
    s->row++;
    return s->row < PQntuples(s->result);
}

static int64_t pg_changes(void *opaque, void *handle)
{
    const statement *s = handle;
    (void)opaque;
    return strtoll(PQcmdTuples(s->result), NULL, 10);
}

static bool pg_is_null(void *handle, int column)
{
    const statement *s = handle;
    return PQgetisnull(s->result, s->row, column) != 0;
}

static const char *pg_text(void *handle, int column)
{
    const statement *s = handle;
    return pg_is_null(handle, column) ? NULL : PQgetvalue(s->result, s->row, column);
}

static int64_t pg_int(void *handle, int column)
{
    const char *t = pg_text(handle, column);
    if (t == NULL) return 0;
    return t[0] == 't' ? 1 : strtoll(t, NULL, 10); /* true, which SQLite calls 1 */
}

static const uint8_t *pg_bytes(void *handle, int column, size_t *n)
{
    statement *s = handle;
    const char *t = pg_text(handle, column);
    *n = 0;
    if (t == NULL || s->n_bytes == MAX_BYTES) return NULL;
    unsigned char *bytes = PQunescapeBytea((const unsigned char *)t, n);
    if (bytes != NULL) s->bytes[s->n_bytes++] = bytes;
    return bytes;
}

static void pg_why(void *opaque, char text[DB_WHY], bool *fatal, bool *full, bool *busy)
{
    const connection *c = opaque;
    (void)snprintf(text, DB_WHY, "%s", c->why);
    *fatal = c->fatal;
    *full = c->full;
    *busy = c->busy;
}

static bool pg_hear(void *opaque, int wake_fd, int ms, void (*said)(void *user, const char *text),
                    void *user)
{
    connection *c = opaque;
    struct pollfd p[2] = {{PQsocket(c->pg), POLLIN, 0}, {wake_fd, POLLIN, 0}};
    uint64_t n;
    (void)poll(p, 2, ms);
    while (p[1].revents != 0 && read(wake_fd, &n, sizeof n) == sizeof n) continue;
    bool ok = PQconsumeInput(c->pg) == 1 && PQstatus(c->pg) == CONNECTION_OK;
    for (PGnotify *m = PQnotifies(c->pg); m != NULL; m = PQnotifies(c->pg)) {
        if (m->be_pid != PQbackendPID(c->pg)) said(user, m->extra);
        PQfreemem(m);
    }
    if (!ok) note(c, NULL, PQerrorMessage(c->pg));
    return ok;
}

const db_driver db_postgres = {pg_open,  pg_close, pg_exec,    pg_prepare, pg_finish,
                               pg_start, pg_step,  pg_changes, pg_stop,    pg_int,
                               pg_text,  pg_bytes, pg_is_null, pg_why,     pg_hear};
