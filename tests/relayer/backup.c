/* backup.c - a copy of a database that is written to, and a disk that refuses. */
#include "relayer/backup.h"

#include "tests/relayer/disk.h"
#include "tests/relayer/place.h"
#include "tests/test.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROWS 300 /* of 16 KiB: more pages than one step copies */

static place here;
static db *d;
static char why[BACKUP_WHY], copy[600];

static bool fill(void)
{
    bool ok = place_make(&here, true) && db_open(&d, here.where, false, why) == SP_OK &&
              db_exec(d, "CREATE TABLE t(id INTEGER PRIMARY KEY, b BLOB); BEGIN");
    for (int i = 0; ok && i < ROWS; i++)
        ok = db_run(d, "INSERT INTO t(b) VALUES(zeroblob(?))", DB_I(16384)) == 1;
    (void)snprintf(copy, sizeof copy, "%s.copy", here.where);
    (void)unlink(copy);
    return ok && db_exec(d, "COMMIT");
}

static void clear(void)
{
    db_close(d);
    (void)unlink(copy);
    place_remove(&here);
}

static int64_t rows_of(const char *path)
{
    db *c;
    int64_t n = -1;
    if (db_open(&c, path, true, why) != SP_OK) return -1;
    db_rows *r = db_query_values(c, "SELECT count(*) FROM t", NULL, 0);
    if (db_next(r)) n = db_int(r, 0);
    db_end(r);
    db_close(c);
    return n;
}

static bool is_there(const char *suffix)
{
    char path[700];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s%s", copy, suffix);
    return stat(path, &st) == 0;
}

/* Writes between any two steps; gives up where the copy never ends. */
static bool write_one(void *user, uint64_t pages, uint64_t total)
{
    int *calls = user;
    (void)pages;
    (void)total;
    return db_run(d, "INSERT INTO t(b) VALUES(zeroblob(?))", DB_I(16384)) == 1 && ++*calls < 1000;
}

TEST(a_copy_is_one_snapshot_while_others_write)
{
    int calls = 0;
    CHECK(fill());
    CHECK_EQ(backup_database(here.where, copy, write_one, &calls, why), SP_OK);
    CHECK(calls > 2);
    CHECK_EQ(rows_of(copy), ROWS);
    CHECK_EQ(rows_of(here.where), ROWS + calls);
    CHECK(!is_there("-wal") && !is_there("-shm") && !is_there("-journal"));
    clear();
}

static bool give_up(void *user, uint64_t pages, uint64_t total)
{
    (void)user;
    return pages >= total;
}

TEST(a_copy_that_is_given_up_leaves_nothing)
{
    CHECK(fill());
    CHECK_EQ(backup_database(here.where, copy, give_up, NULL, why), SP_ERR_LIMIT);
    CHECK(!is_there(""));
    clear();
}

TEST(nothing_is_written_over)
{
    CHECK(fill());
    FILE *f = fopen(copy, "w");
    CHECK(f != NULL && fputs("mine", f) >= 0 && fclose(f) == 0);
    CHECK_EQ(backup_database(here.where, copy, NULL, NULL, why), SP_ERR_IO);
    struct stat st;
    CHECK(stat(copy, &st) == 0);
    CHECK_EQ(st.st_size, 4);
    clear();
}

/* The only sync of a copy is the one at its end. */
TEST(a_copy_that_is_not_synced_is_none)
{
    CHECK(fill());
    disk_fail_syncs(EIO);
    const sp_status s = backup_database(here.where, copy, NULL, NULL, why);
    disk_fail_syncs(0);
    CHECK_EQ(s, SP_ERR_IO);
    CHECK(!is_there(""));
    clear();
}

TEST(a_full_disk_is_told)
{
    CHECK(fill());
    disk_fail_writes(ENOSPC, 20);
    const sp_status s = backup_database(here.where, copy, NULL, NULL, why);
    disk_fail_writes(0, 0);
    CHECK_EQ(s, SP_ERR_LIMIT);
    CHECK(!is_there(""));
    clear();
}

TEST(what_is_no_database_is_not_copied)
{
    CHECK(fill());
    char other[700];
    (void)snprintf(other, sizeof other, "%s.other", here.where);
    FILE *f = fopen(other, "w");
    CHECK(f != NULL &&
          fputs("this is no database, and long enough to be told so by a header of "
                "one hundred bytes or more, I hope",
                f) >= 0 &&
          fclose(f) == 0);
    CHECK_EQ(backup_database(other, copy, NULL, NULL, why), SP_ERR_IO);
    CHECK(!is_there(""));
    (void)unlink(other);
    clear();
}
