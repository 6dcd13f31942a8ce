/* db.c - SQL over either database: the same tests, run on a file and on a server. */
#include "relayer/db.h"

#include "relayer/schema.h"
#include "tests/relayer/place.h"
#include "tests/test.h"

#include <sys/stat.h>
#include <unistd.h>

/* CHECK returns from the test; what it leaves is in /tmp of a run that failed. */
static place here;
static db *d;
static char why[DB_WHY];

#define OPEN()                                                \
    do {                                                      \
        CHECK(place_make(&here, false));                      \
        CHECK_EQ(db_open(&d, here.where, false, why), SP_OK); \
    } while (0)
#define CLOSE()              \
    do {                     \
        db_close(d);         \
        place_remove(&here); \
    } while (0)

static const char *types(const char *sql, char room[512])
{
    const char *bytes = here.postgres ? "BYTEA" : "BLOB";
    const char *integer = here.postgres ? "BIGINT" : "INTEGER";
    size_t n = 0;
    for (; *sql != 0 && n < 500; sql++) {
        if (*sql == '@') {
            sql++;
            n += (size_t)snprintf(room + n, 512 - n, "%s", *sql == 'B' ? bytes : integer);
        } else {
            room[n++] = *sql;
        }
    }
    room[n] = 0;
    return room;
}

static bool make_table(void)
{
    char room[512];
    return db_exec(d, types("CREATE TABLE t(id @I PRIMARY KEY, i @I, s TEXT, b @B)", room));
}

static int64_t number(const char *sql)
{
    int64_t v = -1;
    db_rows *r = db_query_values(d, sql, NULL, 0);
    if (db_next(r)) v = db_int(r, 0);
    db_end(r);
    return v;
}

TEST(integers_come_back)
{
    static const int64_t values[] = {0, 1, -1, INT32_MAX, INT64_C(1) << 53, INT64_MAX, INT64_MIN};
    OPEN();
    CHECK(make_table());
    for (size_t i = 0; i < SP_COUNT(values); i++)
        CHECK_EQ(db_run(d, "INSERT INTO t(id, i) VALUES(?, ?)", DB_I(i), DB_I(values[i])), 1);
    db_rows *r = db_query_values(d, "SELECT i, id FROM t ORDER BY id", NULL, 0);
    for (size_t i = 0; i < SP_COUNT(values); i++) {
        CHECK(db_next(r));
        CHECK(db_int(r, 0) == values[i]);
        CHECK_EQ(db_int(r, 1), i);
        CHECK(!db_is_null(r, 0));
    }
    CHECK(!db_next(r));
    db_end(r);
    r = db_query(d, "SELECT count(*) FROM t WHERE i = ?", DB_I(INT64_MIN));
    CHECK(db_next(r));
    CHECK_EQ(db_int(r, 0), 1);
    db_end(r);
    CHECK(db_ok(d));
    CLOSE();
}

TEST(texts_come_back)
{
    static const char *const values[] = {
        "",         "a", "it's", "\"; DROP TABLE t; --", "?", "$1", "\xc3\xa9\xf0\x9f\xa6\x80",
        "a\nb\tc\\"};
    OPEN();
    CHECK(make_table());
    for (size_t i = 0; i < SP_COUNT(values); i++)
        CHECK_EQ(db_run(d, "INSERT INTO t(id, s) VALUES(?, ?)", DB_I(i), DB_T(values[i])), 1);
    for (size_t i = 0; i < SP_COUNT(values); i++) {
        db_rows *r = db_query(d, "SELECT s FROM t WHERE s = ?", DB_T(values[i]));
        CHECK(db_next(r));
        CHECK(!db_is_null(r, 0));
        CHECK(strcmp(db_text(r, 0), values[i]) == 0);
        CHECK(!db_next(r));
        db_end(r);
    }
    CLOSE();
}

TEST(bytes_come_back)
{
    static uint8_t all[256], large[1 << 20];
    size_t n;
    for (size_t i = 0; i < sizeof all; i++) all[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof large; i++) large[i] = (uint8_t)test_rand();
    const struct {
        const uint8_t *at;
        size_t n;
    } values[] = {{all, 0}, {all, 1}, {all, sizeof all}, {large, sizeof large}};
    OPEN();
    CHECK(make_table());
    for (size_t i = 0; i < SP_COUNT(values); i++)
        CHECK_EQ(db_run(d, "INSERT INTO t(id, b) VALUES(?, ?)", DB_I(i),
                        DB_B(values[i].at, values[i].n)),
                 1);
    db_rows *r = db_query_values(d, "SELECT b FROM t ORDER BY id", NULL, 0);
    for (size_t i = 0; i < SP_COUNT(values); i++) {
        CHECK(db_next(r));
        const uint8_t *b = db_bytes(r, 0, &n);
        CHECK(b != NULL); /* no bytes are not NULL */
        CHECK_EQ(n, values[i].n);
        CHECK_BYTES(b, values[i].at, n);
        CHECK(!db_is_null(r, 0));
    }
    db_end(r);
    CLOSE();
}

TEST(nulls_come_back)
{
    OPEN();
    CHECK(make_table());
    CHECK_EQ(db_run(d, "INSERT INTO t(id, i, s, b) VALUES(?, ?, ?, ?)", DB_I(1), DB_NULL,
                    DB_T(NULL), DB_B(NULL, 0)),
             1);
    db_rows *r = db_query_values(d, "SELECT i, s, b FROM t", NULL, 0);
    size_t n = 99;
    CHECK(db_next(r));
    for (int c = 0; c < 3; c++) CHECK(db_is_null(r, c));
    CHECK_EQ(db_int(r, 0), 0);
    CHECK(db_text(r, 1) == NULL);
    CHECK(db_bytes(r, 2, &n) == NULL);
    CHECK_EQ(n, 0);
    db_end(r);
    CLOSE();
}

TEST(truth_is_one_or_zero)
{
    OPEN();
    CHECK(make_table());
    CHECK_EQ(number("SELECT count(*) = 0 FROM t"), 1);
    CHECK_EQ(number("SELECT count(*) = 1 FROM t"), 0);
    CLOSE();
}

TEST(run_says_how_many_rows_changed)
{
    OPEN();
    CHECK(make_table());
    for (int i = 0; i < 5; i++)
        CHECK_EQ(db_run(d, "INSERT INTO t(id, i) VALUES(?, ?)", DB_I(i), DB_I(i)), 1);
    CHECK_EQ(db_run(d, "UPDATE t SET i = 0 WHERE id < ?", DB_I(3)), 3);
    CHECK_EQ(db_run(d, "UPDATE t SET i = 0 WHERE id = ?", DB_I(99)), 0);
    CHECK_EQ(db_run(d, "INSERT INTO t(id) VALUES(?) ON CONFLICT DO NOTHING", DB_I(1)), 0);
    CHECK_EQ(
        db_run(d, "INSERT INTO t(id, i) VALUES(?, 7) ON CONFLICT(id) DO UPDATE SET i = 8", DB_I(1)),
        1);
    CHECK_EQ(number("SELECT i FROM t WHERE id = 1"), 8);
    CHECK_EQ(db_run_values(d, "DELETE FROM t", NULL, 0), 5);
    CLOSE();
}

TEST(returning_gives_rows_and_writes)
{
    OPEN();
    CHECK(make_table());
    db_rows *r = db_query(d, "INSERT INTO t(id, i) VALUES(?, 5) RETURNING id, i", DB_I(3));
    CHECK(db_next(r));
    CHECK_EQ(db_int(r, 0), 3);
    CHECK_EQ(db_int(r, 1), 5);
    CHECK(!db_next(r));
    db_end(r);
    CHECK_EQ(number("SELECT count(*) FROM t"), 1);
    CLOSE();
}

TEST(rows_of_the_same_statement_nest)
{
    static const char sql[] = "SELECT id FROM t WHERE id >= ? ORDER BY id";
    int64_t seen = 0;
    OPEN();
    CHECK(make_table());
    for (int i = 0; i < 4; i++) CHECK_EQ(db_run(d, "INSERT INTO t(id) VALUES(?)", DB_I(i)), 1);
    db_rows *a = db_query(d, sql, DB_I(0));
    for (int64_t i = 0; i < 4; i++) {
        CHECK(db_next(a));
        CHECK_EQ(db_int(a, 0), i);
        db_rows *b = db_query(d, sql, DB_I(i));
        for (int64_t j = i; j < 4; j++) {
            CHECK(db_next(b));
            CHECK_EQ(db_int(b, 0), j);
            db_rows *c = db_query(d, sql, DB_I(3));
            CHECK(db_next(c));
            CHECK_EQ(db_int(c, 0), 3);
            db_end(c);
            seen++;
        }
        CHECK(!db_next(b));
        db_end(b);
        CHECK_EQ(db_int(a, 0), i); /* still the row of the outer one */
    }
    CHECK(!db_next(a));
    db_end(a);
    CHECK_EQ(seen, 10);
    CHECK(db_ok(d));
    CLOSE();
}

TEST(rows_that_ended_do_not_begin_again)
{
    OPEN();
    CHECK(make_table());
    CHECK_EQ(db_run(d, "INSERT INTO t(id) VALUES(?)", DB_I(1)), 1);
    db_rows *r = db_query_values(d, "SELECT id FROM t", NULL, 0);
    CHECK(db_next(r));
    for (int i = 0; i < 3; i++) CHECK(!db_next(r));
    db_end(r);
    CLOSE();
}

TEST(many_statements_are_kept)
{
    char sql[64];
    OPEN();
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 1000; i++) {
            (void)snprintf(sql, sizeof sql, "SELECT %d", i);
            CHECK_EQ(number(sql), i);
        }
    CLOSE();
}

TEST(the_first_error_is_remembered_until_forgiven)
{
    OPEN();
    CHECK(make_table());
    CHECK_EQ(db_run(d, "INSERT INTO t(id) VALUES(?)", DB_I(1)), 1);
    CHECK(db_ok(d));
    CHECK(db_why(d)[0] == 0);
    CHECK_EQ(db_run(d, "INSERT INTO t(id) VALUES(?)", DB_I(1)), -1); /* a key that is there */
    CHECK(!db_ok(d));
    CHECK(!db_is_fatal(d));
    char first[DB_WHY];
    (void)snprintf(first, sizeof first, "%s", db_why(d));
    CHECK(first[0] != 0);
    CHECK_EQ(db_run(d, "INSERT INTO t(id) VALUES(?)", DB_I(2)), -1);
    CHECK(!db_exec(d, "INSERT INTO t(id) VALUES(3)"));
    db_rows *r = db_query_values(d, "SELECT nothing FROM nowhere", NULL, 0);
    CHECK(!db_next(r));
    db_end(r);
    CHECK(strcmp(db_why(d), first) == 0);
    db_forgive(d);
    CHECK(db_ok(d));
    CHECK_EQ(number("SELECT count(*) FROM t"), 1);
    CLOSE();
}

TEST(bad_statements_fail)
{
    static const char *const bad[] = {"SELEC 1", "SELECT x FROM missing", "", "INSERT INTO t"};
    OPEN();
    for (size_t i = 0; i < SP_COUNT(bad); i++) {
        if (bad[i][0] != 0) {
            CHECK(!db_exec(d, bad[i]));
            CHECK(db_why(d)[0] != 0);
            db_forgive(d);
        }
        db_rows *r = db_query_values(d, bad[i], NULL, 0);
        CHECK(!db_next(r));
        db_end(r);
        db_forgive(d);
    }
    CHECK_EQ(number("SELECT 1"), 1);
    CLOSE();
}

TEST(a_wrong_number_of_values_fails)
{
    OPEN();
    CHECK(make_table());
    CHECK_EQ(db_run_values(d, "INSERT INTO t(id) VALUES(?)", NULL, 0), -1);
    CHECK(!db_ok(d));
    CHECK(!db_is_fatal(d));
    db_forgive(d);
    CHECK_EQ(db_run(d, "INSERT INTO t(id) VALUES(?)", DB_I(1), DB_I(2)), -1);
    db_forgive(d);
    db_rows *r = db_query(d, "SELECT id FROM t", DB_I(1));
    CHECK(!db_next(r));
    CHECK(!db_ok(d));
    db_end(r);
    db_forgive(d);
    CHECK_EQ(db_run(d, "INSERT INTO t(id) VALUES(?)", DB_I(1)), 1);
    CHECK_EQ(number("SELECT count(*) FROM t"), 1);
    CLOSE();
}

/* A task's row has some 50 columns. */
TEST(sixty_values_in_one_statement)
{
    static char sql[2048];
    db_value v[60];
    size_t at = (size_t)snprintf(sql, sizeof sql, "SELECT 0");
    OPEN();
    for (size_t n = 1; n <= SP_COUNT(v); n++) {
        v[n - 1] = (db_value)DB_I((int64_t)1 << (n - 1));
        at += (size_t)snprintf(sql + at, sizeof sql - at, " + CAST(? AS BIGINT)");
        db_rows *r = db_query_values(d, sql, v, n);
        CHECK(db_next(r));
        CHECK(db_int(r, 0) == (int64_t)((UINT64_C(1) << n) - 1));
        db_end(r);
    }
    CLOSE();
}

TEST(a_reader_reads_and_does_not_write)
{
    db *reader;
    OPEN();
    CHECK(make_table());
    CHECK_EQ(db_open(&reader, here.where, true, why), SP_OK);
    CHECK(db_exec(d, "BEGIN IMMEDIATE"));
    CHECK_EQ(db_run(d, "INSERT INTO t(id) VALUES(?)", DB_I(1)), 1);
    db_rows *r = db_query_values(reader, "SELECT count(*) FROM t", NULL, 0);
    CHECK(db_next(r));
    CHECK_EQ(db_int(r, 0), 0); /* before the commit */
    db_end(r);
    CHECK(db_exec(d, "COMMIT"));
    r = db_query_values(reader, "SELECT count(*) FROM t", NULL, 0);
    CHECK(db_next(r));
    CHECK_EQ(db_int(r, 0), 1);
    db_end(r);
    CHECK_EQ(db_run(reader, "INSERT INTO t(id) VALUES(?)", DB_I(2)), -1);
    CHECK(!db_is_fatal(reader));
    db_forgive(reader);
    CHECK(!db_exec(reader, "DROP TABLE t"));
    db_forgive(reader);
    r = db_query_values(reader, "SELECT count(*) FROM t", NULL, 0);
    CHECK(db_next(r));
    CHECK_EQ(db_int(r, 0), 1);
    db_end(r);
    db_close(reader);
    CLOSE();
}

TEST(savepoints_and_transactions_undo)
{
    OPEN();
    CHECK(make_table());
    CHECK(db_exec(d, "BEGIN IMMEDIATE"));
    CHECK_EQ(db_run(d, "INSERT INTO t(id) VALUES(?)", DB_I(1)), 1);
    CHECK(db_exec(d, "SAVEPOINT unit"));
    CHECK_EQ(db_run(d, "INSERT INTO t(id) VALUES(?)", DB_I(2)), 1);
    CHECK_EQ(db_run(d, "INSERT INTO t(id) VALUES(?)", DB_I(1)), -1);
    db_forgive(d);
    CHECK(db_exec(d, "ROLLBACK TO unit"));
    CHECK(db_exec(d, "RELEASE unit"));
    CHECK_EQ(db_run(d, "INSERT INTO t(id) VALUES(?)", DB_I(3)), 1);
    CHECK(db_exec(d, "COMMIT"));
    CHECK_EQ(number("SELECT sum(id) FROM t"), 4);
    CHECK(db_exec(d, "BEGIN IMMEDIATE"));
    CHECK_EQ(db_run_values(d, "DELETE FROM t", NULL, 0), 2);
    CHECK(db_exec(d, "ROLLBACK"));
    CHECK_EQ(number("SELECT sum(id) FROM t"), 4);
    CLOSE();
}

/* PostgreSQL undoes a transaction that had an error, and answers its COMMIT as if it were done. */
TEST(a_commit_that_undid_is_a_failure)
{
    OPEN();
    CHECK(make_table());
    CHECK(db_exec(d, "BEGIN IMMEDIATE"));
    CHECK_EQ(db_run(d, "INSERT INTO t(id) VALUES(?)", DB_I(1)), 1);
    CHECK(!db_exec(d, "SELECT x FROM missing"));
    db_forgive(d);
    const bool committed = db_exec(d, "COMMIT");
    CHECK_EQ(committed, !here.postgres);
    db_forgive(d);
    CHECK_EQ(number("SELECT count(*) FROM t"), committed ? 1 : 0);
    CLOSE();
}

TEST(the_schema_is_applied_once)
{
    OPEN();
    CHECK_EQ(schema_apply(d, here.postgres, why), SP_OK);
    CHECK_EQ(db_run(d, "INSERT INTO meta(name, value) VALUES('kept', ?)", DB_T("yes")), 1);
    CHECK_EQ(schema_apply(d, here.postgres, why), SP_OK);
    CHECK_EQ(number("SELECT count(*) FROM meta WHERE name = 'kept'"), 1);
    db_rows *r =
        db_query_values(d, "SELECT value FROM meta WHERE name = 'schema_version'", NULL, 0);
    CHECK(db_next(r));
    CHECK_EQ(strtoll(db_text(r, 0), NULL, 10), SCHEMA_VERSION);
    db_end(r);
    CHECK_EQ(number("SELECT count(*) FROM task"), 0);
    CHECK(db_ok(d));
    CLOSE();
}

TEST(a_schema_that_is_not_ours_is_refused)
{
    static const char *const versions[] = {"1000000", "-1"};
    OPEN();
    CHECK_EQ(schema_apply(d, here.postgres, why), SP_OK);
    for (size_t i = 0; i < SP_COUNT(versions); i++) {
        CHECK_EQ(
            db_run(d, "UPDATE meta SET value = ? WHERE name = 'schema_version'", DB_T(versions[i])),
            1);
        why[0] = 0;
        CHECK_EQ(schema_apply(d, here.postgres, why), SP_ERR_FORMAT);
        CHECK(strstr(why, versions[i]) != NULL);
        CHECK(db_ok(d));
        CHECK_EQ(number("SELECT count(*) FROM meta"), 1);
    }
    CLOSE();
}

TEST(a_schema_is_applied_whole_or_not)
{
    OPEN();
    CHECK(db_exec(d, "CREATE TABLE settlement(x TEXT)")); /* in the way */
    CHECK_EQ(schema_apply(d, here.postgres, why), SP_ERR_IO);
    CHECK(strstr(why, "settlement") != NULL);
    CHECK(db_ok(d));
    CHECK(!db_exec(d, "SELECT count(*) FROM task"));
    db_forgive(d);
    CHECK(db_exec(d, "DROP TABLE settlement"));
    CHECK_EQ(schema_apply(d, here.postgres, why), SP_OK);
    CLOSE();
}

TEST(what_is_no_database_is_refused)
{
    char path[128];
    static char text[8192];
    place other;
    memset(text, 'x', sizeof text);
    CHECK(place_make(&other, true));
    FILE *f = fopen(other.where, "w");
    CHECK(f != NULL);
    CHECK_EQ(fwrite(text, 1, sizeof text, f), sizeof text);
    CHECK_EQ(fclose(f), 0);
    for (int read_only = 0; read_only < 2; read_only++) {
        why[0] = 0;
        CHECK_EQ(db_open(&d, other.where, read_only, why), SP_ERR_IO);
        CHECK(d == NULL);
        CHECK(strstr(why, other.where) != NULL);
    }
    CHECK_EQ(db_open(&d, other.folder, false, why), SP_ERR_IO); /* a folder */
    (void)snprintf(path, sizeof path, "%s/no/such.db", other.folder);
    CHECK_EQ(db_open(&d, path, false, why), SP_ERR_IO);
    (void)snprintf(path, sizeof path, "%s/b.db", other.folder);
    CHECK_EQ(db_open(&d, path, true, why), SP_ERR_IO); /* a reader makes no file */
    CHECK(access(path, F_OK) != 0);
    place_remove(&other);
}

TEST(a_server_that_is_not_there_is_named_without_its_password)
{
    why[0] = 0;
    const sp_status s =
        db_open(&d, "postgresql://someone:geheim@127.0.0.1:1/none?connect_timeout=2", false, why);
    CHECK_EQ(s, SP_ERR_IO);
    CHECK(why[0] != 0);
    CHECK(strstr(why, "geheim") == NULL);
}

TEST(a_lost_server_is_fatal)
{
    db *other;
    OPEN();
    if (!here.postgres) {
        CLOSE();
        SKIP("no SPROVE_TEST_DATABASE");
    }
    CHECK_EQ(db_open(&other, here.where, false, why), SP_OK);
    CHECK(db_exec(other, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                         " WHERE pid <> pg_backend_pid() AND datname = current_database()"));
    CHECK(!db_exec(d, "BEGIN IMMEDIATE"));
    CHECK(db_is_fatal(d));
    db_close(other);
    CLOSE();
}
