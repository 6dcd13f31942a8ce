/* folders.c - see folders.h. */
#include "relayer/folders.h"

#include "market/hex.h"
#include "relayer/blob.h"
#include "relayer/queue.h"
#include "relayer/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define LOCK_WAIT_MS 2000 /* one that is just being killed lets go */
#define MARK 33           /* 16 bytes as hex */

sp_status folders_lock(const char *path, const char *what, char *why)
{
    const struct timespec pause = {0, 20000000};
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const uint64_t end = clock_ns() + LOCK_WAIT_MS * UINT64_C(1000000);
    while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EINTR && (errno != EWOULDBLOCK || clock_ns() > end)) {
            (void)snprintf(why, SETTINGS_WHY,
                           "%.200s: another relayer uses this %s (several share one PostgreSQL "
                           "database, each with a data folder of its own)",
                           path, what);
            (void)close(fd);
            return SP_ERR_IO;
        }
        (void)nanosleep(&pause, NULL);
    }
    if (fd >= 0) return SP_OK; /* it stays open: the lock ends with the process */
    (void)snprintf(why, SETTINGS_WHY, "%.200s: %.80s", path, strerror(errno));
    return SP_ERR_IO;
}

/* ---- whose blobs these are ---- */

/* *is_new: nobody has started with this database before. */
static bool database_id(char id[MARK], bool *is_new, db *d)
{
    uint8_t random[16];
    if (RAND_bytes(random, sizeof random) != 1) return false;
    hex_write(id, random, sizeof random);
    *is_new = db_run(d,
                     "INSERT INTO meta(name, value) VALUES('database_id', ?)"
                     " ON CONFLICT(name) DO NOTHING",
                     DB_T(id)) == 1;
    db_rows *r = db_query_values(d, "SELECT value FROM meta WHERE name = 'database_id'", NULL, 0);
    const bool ok = db_next(r) && strlen(db_text(r, 0)) == MARK - 1;
    if (ok) memcpy(id, db_text(r, 0), MARK);
    db_end(r);
    return ok;
}

/* 1: it is there; 0: there is none; -1: it cannot be read. */
static int read_mark(char id[MARK], const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT ? 0 : -1;
    memset(id, 0, MARK);
    const ssize_t n = read(fd, id, MARK - 1);
    (void)close(fd);
    return n == MARK - 1 ? 1 : -1;
}

/* Whole or not at all; whoever is first. */
static bool write_mark(const char *path, const char *id)
{
    char part[BLOB_PATH + 32];
    (void)snprintf(part, sizeof part, "%.600s.%ld", path, (long)getpid());
    const int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    bool ok = write(fd, id, MARK - 1) == MARK - 1 && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    ok = ok && (link(part, path) == 0 || errno == EEXIST);
    (void)unlink(part);
    return ok;
}

/* The database knows a blob, and it is here. */
static bool has_its_blobs(const char *blobs, db *d)
{
    uint64_t n;
    bool ok = false;
    db_rows *r = db_query_values(d, "SELECT sha256 FROM blob WHERE refs > 0 LIMIT 1", NULL, 0);
    if (db_next(r)) {
        const int fd = blob_open(blobs, db_text(r, 0), &n);
        ok = fd >= 0;
        if (ok) (void)close(fd);
    }
    db_end(r);
    return ok;
}

sp_status folders_mark(const char *blobs, db *d, bool shared, bool own, char *why)
{
    char path[BLOB_PATH], ours[MARK], there[MARK];
    bool is_new;
    (void)snprintf(path, sizeof path, "%.600s/.database", blobs);
    if (!database_id(ours, &is_new, d)) {
        (void)snprintf(why, SETTINGS_WHY, "the database has no id: %.200s", db_why(d));
        return SP_ERR_IO;
    }
    int found = read_mark(there, path);
    if (found == 0 && shared && !is_new && !has_its_blobs(blobs, d)) {
        (void)snprintf(why, SETTINGS_WHY,
                       "%.120s: not the folder of blobs that the relayers of this database share "
                       "(storage.blobs); one that is begun anew has %s in the file .database",
                       blobs, ours);
        return SP_ERR_FORMAT;
    }
    if (found == 1 && own && !shared && strcmp(there, ours) != 0)
        found = unlink(path) == 0 ? 0 : -1;
    if (found == 0 && write_mark(path, ours)) found = read_mark(there, path);
    if (found == 1 && strcmp(there, ours) == 0) return SP_OK;
    (void)snprintf(why, SETTINGS_WHY,
                   found == 1 ? "%.180s: these are the blobs of another database"
                              : "%.180s: the folder of blobs cannot be marked as this database's",
                   blobs);
    return found == 1 ? SP_ERR_FORMAT : SP_ERR_IO;
}
