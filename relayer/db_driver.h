/* db_driver.h - what db.c asks of a database. */
#ifndef RELAYER_DB_DRIVER_H
#define RELAYER_DB_DRIVER_H

#include "relayer/db.h"

/* A prepared statement, kept by the db; at most one run of it is open. */
typedef struct db_statement {
    struct db_statement *next; /* with the same hash */
    char *sql;
    void *handle;
    bool open;
} db_statement;

typedef struct db_driver {
    void *(*open)(const char *where, bool read_only, char *why);
    void (*close)(void *c);
    bool (*exec)(void *c, const char *sql);
    /* NULL on failure. name is unique in this connection. */
    void *(*prepare)(void *c, const char *sql, unsigned name);
    void (*finish)(void *c, void *handle);
    /* start binds; step: 1 a row, 0 the end, -1 a failure; the values of a row by column. */
    bool (*start)(void *c, void *handle, const db_value *v, size_t n);
    int (*step)(void *c, void *handle);
    int64_t (*changes)(void *c, void *handle);
    void (*stop)(void *c, void *handle);
    int64_t (*get_int)(void *handle, int column);
    const char *(*get_text)(void *handle, int column);
    const uint8_t *(*get_bytes)(void *handle, int column, size_t *n);
    bool (*is_null)(void *handle, int column);
    /* The last failure, in words; *fatal as db_is_fatal, *full and *busy as
     * db_is_full and db_is_busy. */
    void (*why)(void *c, char text[DB_WHY], bool *fatal, bool *full, bool *busy);
    /* db_hear; NULL: not here. */
    bool (*hear)(void *c, int wake_fd, int ms, void (*said)(void *user, const char *text),
                 void *user);
} db_driver;

extern const db_driver db_sqlite;
#ifdef SP_POSTGRES
extern const db_driver db_postgres;
#endif

#endif
