/* db.c - prepared statements kept by their text, and the first error remembered. */
#include "relayer/db.h"

#include "relayer/db_driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 256u
#define PLACES 256u

struct db_rows {
    db *d;
    db_statement *s; /* NULL: it failed */
    bool own;        /* the statement is this one's alone */
    bool over;       /* another step would begin anew */
};

struct db {
    const db_driver *driver;
    void *c;
    db_statement *kept[BUCKETS];
    db_statement *last_of[PLACES]; /* by where in memory its text was */
    unsigned n_prepared;
    bool failed, fatal, full, busy;
    char why[DB_WHY];
};

bool db_is_postgres(const char *where)
{
    return strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0;
}

sp_status db_open(db **out, const char *where, bool read_only, char *why)
{
    db *d = calloc(1, sizeof *d);
    *out = NULL;
    if (d == NULL) return SP_ERR_NOMEM;
    d->driver = &db_sqlite;
    if (db_is_postgres(where)) {
#ifdef SP_POSTGRES
        d->driver = &db_postgres;
#else
        (void)snprintf(why, DB_WHY, "this relayer was built without PostgreSQL (libpq)");
        free(d);
        return SP_ERR_IO;
#endif
    }
    d->c = d->driver->open(where, read_only, why);
    if (d->c == NULL) {
        free(d);
        return SP_ERR_IO;
    }
    *out = d;
    return SP_OK;
}

static void statement_delete(db *d, db_statement *s)
{
    d->driver->finish(d->c, s->handle);
    free(s->sql);
    free(s);
}

void db_close(db *d)
{
    if (d == NULL) return;
    for (unsigned b = 0; b < BUCKETS; b++)
        while (d->kept[b] != NULL) {
            db_statement *s = d->kept[b];
            d->kept[b] = s->next;
            statement_delete(d, s);
        }
    d->driver->close(d->c);
    free(d);
}

static void fail(db *d)
{
    d->failed = true;
    d->driver->why(d->c, d->why, &d->fatal, &d->full, &d->busy);
}

bool db_exec(db *d, const char *sql)
{
    if (d->failed) return false;
    if (!d->driver->exec(d->c, sql)) fail(d);
    return !d->failed;
}

bool db_command(db *d, const char *sql)
{
    if (db_is_shared(d)) return db_exec(d, sql);
    return db_run_values(d, sql, NULL, 0) >= 0;
}

static unsigned bucket(const char *sql)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (; *sql != 0; sql++) h = (h ^ (uint8_t)*sql) * 16777619u;
    return h % BUCKETS;
}

static db_statement *statement_new(db *d, const char *sql)
{
    db_statement *s = calloc(1, sizeof *s);
    if (s == NULL) return NULL;
    s->sql = strdup(sql);
    s->handle = s->sql == NULL ? NULL : d->driver->prepare(d->c, sql, d->n_prepared++);
    if (s->handle == NULL) {
        free(s->sql);
        free(s);
        return NULL;
    }
    return s;
}

/* A statement of this text that is not open. */
static db_statement *statement(db *d, const char *sql, bool *own)
{
    /* Most texts are constants, which stay where they are; looked at they are in any case. */
    db_statement **last = &d->last_of[(uintptr_t)sql / 8 % PLACES];
    *own = false;
    if (*last != NULL && !(*last)->open && strcmp((*last)->sql, sql) == 0) return *last;
    const unsigned b = bucket(sql);
    db_statement *s = d->kept[b];
    while (s != NULL && strcmp(s->sql, sql) != 0) s = s->next;
    *own = s != NULL && s->open;
    if (s != NULL) *last = s;
    if (s != NULL && !s->open) return s;
    s = statement_new(d, sql);
    if (s != NULL && !*own) {
        s->next = d->kept[b];
        d->kept[b] = s;
    }
    return s;
}

static void release(db *d, db_statement *s, bool own)
{
    d->driver->stop(d->c, s->handle);
    s->open = false;
    if (own) statement_delete(d, s);
}

int64_t db_run_values(db *d, const char *sql, const db_value *v, size_t n)
{
    if (d->failed) return -1;
    bool own = false;
    db_statement *s = statement(d, sql, &own);
    if (s == NULL) {
        fail(d);
        return -1;
    }
    int64_t changed = -1;
    int step = d->driver->start(d->c, s->handle, v, n) ? 1 : -1;
    while (step == 1) step = d->driver->step(d->c, s->handle);
    if (step < 0)
        fail(d);
    else
        changed = d->driver->changes(d->c, s->handle);
    release(d, s, own);
    return changed;
}

db_rows *db_query_values(db *d, const char *sql, const db_value *v, size_t n)
{
    static db_rows none; /* of no database: has no rows, and is never freed */
    db_rows *r = d->failed ? NULL : calloc(1, sizeof *r);
    if (r == NULL) {
        if (!d->failed) {
            d->failed = true;
            (void)snprintf(d->why, sizeof d->why, "out of memory");
        }
        return &none;
    }
    r->d = d;
    r->s = statement(d, sql, &r->own);
    if (r->s == NULL) {
        fail(d);
        return r;
    }
    r->s->open = true;
    if (!d->driver->start(d->c, r->s->handle, v, n)) {
        fail(d);
        release(d, r->s, r->own);
        r->s = NULL;
    }
    return r;
}

bool db_next(db_rows *r)
{
    if (r->s == NULL || r->over) return false;
    const int step = r->d->driver->step(r->d->c, r->s->handle);
    if (step < 0) fail(r->d);
    r->over = step != 1;
    return step == 1;
}

int64_t db_int(const db_rows *r, int column) { return r->d->driver->get_int(r->s->handle, column); }

const char *db_text(const db_rows *r, int column)
{
    return r->d->driver->get_text(r->s->handle, column);
}

void db_copy(char *out, size_t room, const db_rows *r, int column)
{
    const char *text = db_text(r, column);
    (void)snprintf(out, room, "%s", text != NULL ? text : "");
}

const uint8_t *db_bytes(const db_rows *r, int column, size_t *n)
{
    return r->d->driver->get_bytes(r->s->handle, column, n);
}

bool db_is_null(const db_rows *r, int column)
{
    return r->d->driver->is_null(r->s->handle, column);
}

void db_end(db_rows *r)
{
    if (r->d == NULL) return;
    if (r->s != NULL) release(r->d, r->s, r->own);
    free(r);
}

bool db_hear(db *d, int wake_fd, int ms, void (*said)(void *user, const char *text), void *user)
{
    if (d->failed || d->driver->hear == NULL) return false;
    if (!d->driver->hear(d->c, wake_fd, ms, said, user)) fail(d);
    return !d->failed;
}

bool db_is_shared(const db *d) { return d->driver != &db_sqlite; }

bool db_ok(const db *d) { return !d->failed; }

const char *db_why(const db *d) { return d->failed ? d->why : ""; }

void db_forgive(db *d) { d->failed = d->fatal = d->full = d->busy = false; }

bool db_is_fatal(const db *d) { return d->fatal; }

bool db_is_full(const db *d) { return d->full; }

bool db_is_busy(const db *d) { return d->busy; }
