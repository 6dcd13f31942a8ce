/* backup_copy.c - the copies themselves: one database, the blobs it names, and what is old. */
#include "relayer/backup.h"

#include "market/folder.h"
#include "relayer/blob.h"
#include "relayer/db.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP_PAGES 256
#define BUSY_MS 5000
#define SUFFIX ".db"
#define PREFIX "relayer-"

static sp_status say(char why[BACKUP_WHY], sp_status s, const char *what, const char *path)
{
    (void)snprintf(why, BACKUP_WHY, "%.160s: %.80s", path, what);
    return s;
}

static sp_status say_sqlite(char why[BACKUP_WHY], sqlite3 *d, const char *path)
{
    const int kind = sqlite3_extended_errcode(d) & 0xff;
    return say(why, kind == SQLITE_FULL ? SP_ERR_LIMIT : SP_ERR_IO,
               d != NULL ? sqlite3_errmsg(d) : "out of memory", path);
}

static bool sync_file(const char *path, int flags)
{
    const int fd = open(path, flags | O_CLOEXEC);
    const bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) (void)close(fd);
    return ok;
}

static bool sync_parent(const char *path)
{
    char dir[BACKUP_PATH + 16];
    const char *slash = strrchr(path, '/');
    const size_t n = slash == NULL ? 0 : (size_t)(slash - path);
    if (n >= sizeof dir) return false;
    memcpy(dir, path, n);
    dir[n] = 0;
    return sync_file(slash == NULL ? "." : n == 0 ? "/" : dir, O_RDONLY | O_DIRECTORY);
}

/* "ok" is the only answer of a database that is whole. */
static bool is_whole(sqlite3 *d)
{
    sqlite3_stmt *s = NULL;
    const bool ok = sqlite3_prepare_v2(d, "PRAGMA quick_check(1)", -1, &s, NULL) == SQLITE_OK &&
                    sqlite3_step(s) == SQLITE_ROW &&
                    strcmp((const char *)sqlite3_column_text(s, 0), "ok") == 0;
    (void)sqlite3_finalize(s);
    return ok;
}

/* The read transaction of `source` holds one snapshot for all steps; without it each step would
 * begin a new one, and a relayer that writes would make the copy begin again for ever. */
static sp_status copy_pages(sqlite3 *to, sqlite3 *source, const char *path,
                            backup_progress progress, void *user, char why[BACKUP_WHY])
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", source, "main");
    if (b == NULL) return say_sqlite(why, to, path);
    int code = SQLITE_OK;
    bool goes_on = true;
    while (code == SQLITE_OK && goes_on) {
        code = sqlite3_backup_step(b, STEP_PAGES);
        const uint64_t total = (uint64_t)sqlite3_backup_pagecount(b);
        goes_on = progress == NULL ||
                  progress(user, total - (uint64_t)sqlite3_backup_remaining(b), total);
    }
    const int ended = sqlite3_backup_finish(b);
    if (!goes_on) return say(why, SP_ERR_LIMIT, "given up", path);
    if (code == SQLITE_DONE && ended == SQLITE_OK) return SP_OK;
    return say(why, (code & 0xff) == SQLITE_FULL ? SP_ERR_LIMIT : SP_ERR_IO, sqlite3_errstr(code),
               path);
}

sp_status backup_database(const char *from, const char *to, backup_progress progress, void *user,
                          char why[BACKUP_WHY])
{
    sqlite3 *source = NULL, *d = NULL;
    sp_status s = SP_ERR_IO;
    const int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || close(fd) != 0) return say(why, SP_ERR_IO, strerror(errno), to);
    if (sqlite3_open_v2(from, &source, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) !=
            SQLITE_OK ||
        sqlite3_busy_timeout(source, BUSY_MS) != SQLITE_OK ||
        sqlite3_exec(source, "BEGIN; SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL) !=
            SQLITE_OK) {
        s = say_sqlite(why, source, from);
        goto out;
    }
    /* No journal: nobody has the file until it is whole, and its one sync is ours. */
    if (sqlite3_open_v2(to, &d, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
        sqlite3_exec(d, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", NULL, NULL, NULL) !=
            SQLITE_OK) {
        s = say_sqlite(why, d, to);
        goto out;
    }
    s = copy_pages(d, source, to, progress, user, why);
    if (s != SP_OK) goto out;
    /* The copy is one file, and needs no log beside it to be read. */
    if (sqlite3_exec(d, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL) != SQLITE_OK)
        s = say_sqlite(why, d, to);
    else if (!is_whole(d))
        s = say(why, SP_ERR_IO, "the copy is not whole", to);
out:
    (void)sqlite3_close(source);
    if (sqlite3_close(d) != SQLITE_OK && s == SP_OK) s = say(why, SP_ERR_IO, "stays open", to);
    if (s == SP_OK && !sync_file(to, O_RDONLY)) s = say(why, SP_ERR_IO, strerror(errno), to);
    if (s != SP_OK) (void)unlink(to);
    return s;
}

sp_status backup_blobs(const char *database, const char *from, const char *to,
                       backup_progress progress, void *user, uint64_t *copied, uint64_t *missing,
                       char why[BACKUP_WHY])
{
    db *d;
    sp_status s = SP_OK;
    *copied = *missing = 0;
    if (!folder_make(to)) return say(why, SP_ERR_IO, strerror(errno), to);
    SP_TRY(db_open(&d, database, true, why));
    db_rows *r = db_query_values(d, "SELECT sha256, size FROM blob ORDER BY sha256", NULL, 0);
    while (s == SP_OK && db_next(r)) {
        char path[BLOB_PATH];
        struct stat st;
        uint64_t n;
        const char *name = db_text(r, 0);
        if (!blob_is_name(name)) continue;
        if (progress != NULL && !progress(user, 0, 0)) s = say(why, SP_ERR_LIMIT, "given up", to);
        blob_path(path, to, name);
        if (stat(path, &st) == 0 && st.st_size == db_int(r, 1)) continue;
        const int fd = blob_open(from, name, &n);
        if (fd < 0) {
            ++*missing;
            continue;
        }
        const sp_status put = s == SP_OK ? blob_put(to, name, NULL, fd, n) : s;
        (void)close(fd);
        /* A blob whose bytes have gone bad is as good as none: the others are still worth having.
         */
        if (put == SP_ERR_REJECT)
            ++*missing;
        else if (put == SP_OK)
            ++*copied;
        else if (s == SP_OK)
            s = say(why, put, put == SP_ERR_LIMIT ? "the disk is full" : "cannot be written", path);
    }
    db_end(r);
    if (s == SP_OK && !db_ok(d)) s = say(why, SP_ERR_IO, db_why(d), database);
    db_close(d);
    return s;
}

/* ---- what is old ---- */

static int is_backup(const struct dirent *e)
{
    const size_t n = strlen(e->d_name), suffix = strlen(SUFFIX);
    return n > suffix && strncmp(e->d_name, PREFIX, strlen(PREFIX)) == 0 &&
           strcmp(e->d_name + n - suffix, SUFFIX) == 0;
}

static bool names_it(db *const *list, size_t n, const char *blob)
{
    for (size_t i = n; i-- > 0;) { /* the newest first: it has most */
        db_rows *r = db_query(list[i], "SELECT 1 FROM blob WHERE sha256 = ?", DB_T(blob));
        const bool found = db_next(r) || !db_ok(list[i]); /* in doubt it stays */
        db_end(r);
        if (found) return true;
    }
    return false;
}

static void prune_blobs(const char *dir, db *const *list, size_t n)
{
    char path[BACKUP_PATH + 16];
    (void)snprintf(path, sizeof path, "%.500s/blobs", dir);
    DIR *all = opendir(path);
    for (struct dirent *e = all == NULL ? NULL : readdir(all); e != NULL; e = readdir(all)) {
        char folder[BACKUP_PATH + 32];
        if (strlen(e->d_name) != 2 || e->d_name[0] == '.') continue;
        (void)snprintf(folder, sizeof folder, "%s/%.2s", path, e->d_name);
        DIR *some = opendir(folder);
        for (struct dirent *f = some == NULL ? NULL : readdir(some); f != NULL; f = readdir(some)) {
            char file[2 * BACKUP_PATH];
            if (f->d_name[0] == '.' || (blob_is_name(f->d_name) && names_it(list, n, f->d_name)))
                continue;
            (void)snprintf(file, sizeof file, "%s/%.200s", folder, f->d_name);
            (void)unlink(file);
        }
        if (some != NULL) (void)closedir(some);
    }
    if (all != NULL) (void)closedir(all);
}

void backup_prune(const char *dir, uint64_t keep)
{
    struct dirent **found = NULL;
    const int n =
        scandir(dir, &found, is_backup, alphasort); /* names are times: the oldest first */
    const size_t all = n > 0 ? (size_t)n : 0, gone = all > keep ? all - (size_t)keep : 0;
    db **left = calloc(all + 1, sizeof(db *));
    size_t n_left = 0;
    bool readable = left != NULL;
    for (size_t i = 0; i < all; i++) {
        char path[2 * BACKUP_PATH], why[DB_WHY];
        (void)snprintf(path, sizeof path, "%.500s/%.255s", dir, found[i]->d_name);
        if (i < gone)
            (void)unlink(path);
        else if (readable && gone > 0)
            readable = db_open(&left[n_left], path, true, why) == SP_OK && ++n_left > 0;
        free(found[i]);
    }
    if (gone > 0 && readable) prune_blobs(dir, left, n_left);
    for (size_t i = 0; i < n_left; i++) db_close(left[i]);
    free(left);
    free(found);
}

/* ---- back ---- */

static bool is_there(const char *path, const char *suffix)
{
    char name[BACKUP_PATH + 32];
    struct stat st;
    (void)snprintf(name, sizeof name, "%.500s%s", path, suffix);
    return lstat(name, &st) == 0;
}

sp_status backup_restore(const char *file, const char *database, const char *blobs,
                         uint64_t *copied, uint64_t *missing, char why[BACKUP_WHY])
{
    char part[BACKUP_PATH + 32], from[BACKUP_PATH + 32];
    *copied = *missing = 0;
    /* A log of another life beside it would be played into the restored file. */
    if (is_there(database, "") || is_there(database, "-wal") || is_there(database, "-shm") ||
        is_there(database, "-journal"))
        return say(why, SP_ERR_REJECT,
                   "a database is there: move it, its -wal and its -shm away first", database);
    const char *slash = strrchr(file, '/');
    const int n = slash == NULL
                      ? snprintf(from, sizeof from, "blobs")
                      : snprintf(from, sizeof from, "%.*s/blobs", (int)(slash - file), file);
    if (n < 0 || (size_t)n >= sizeof from || strlen(database) > 500)
        return say(why, SP_ERR_FORMAT, "the path is too long", file);
    (void)snprintf(part, sizeof part, "%s.restoring", database);
    (void)unlink(part);
    SP_TRY(backup_database(file, part, NULL, NULL, why));
    sp_status s = backup_blobs(part, from, blobs, NULL, NULL, copied, missing, why);
    if (s == SP_OK && rename(part, database) != 0)
        s = say(why, SP_ERR_IO, strerror(errno), database);
    if (s == SP_OK && !sync_parent(database)) s = say(why, SP_ERR_IO, strerror(errno), database);
    if (s != SP_OK) (void)unlink(part);
    return s;
}
