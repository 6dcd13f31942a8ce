/* backup.c - the thread that makes backups: when, under which name, and what became of the last. */
#include "relayer/backup.h"

#include "market/folder.h"
#include "relayer/app.h"
#include "relayer/check.h"
#include "relayer/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MS UINT64_C(1000000)

struct backup {
    app *a;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t change;
    bool asked, stop;
    uint64_t next_ns; /* 0: only when asked */
    backup_view v;
    char database[BACKUP_PATH];
};

/* A part of a backup that a crash has left, or the youngest whole one. */
static int64_t look_around(const char *dir)
{
    int64_t newest = 0;
    DIR *all = opendir(dir);
    for (struct dirent *e = all == NULL ? NULL : readdir(all); e != NULL; e = readdir(all)) {
        char path[2 * BACKUP_PATH];
        struct stat st;
        const size_t n = strlen(e->d_name);
        (void)snprintf(path, sizeof path, "%.500s/%.255s", dir, e->d_name);
        if (strncmp(e->d_name, "relayer-", 8) != 0 || n < 8 + 3) continue;
        if (strstr(e->d_name, ".part") != NULL)
            (void)unlink(path);
        else if (strcmp(e->d_name + n - 3, ".db") == 0 && stat(path, &st) == 0 &&
                 (int64_t)st.st_mtime * 1000 > newest)
            newest = (int64_t)st.st_mtime * 1000;
    }
    if (all != NULL) (void)closedir(all);
    return newest;
}

static bool progress(void *user, uint64_t pages, uint64_t total)
{
    backup *b = user;
    (void)pthread_mutex_lock(&b->lock);
    if (total > 0) {
        b->v.pages = pages;
        b->v.pages_total = total;
    }
    const bool goes_on = !b->stop;
    (void)pthread_mutex_unlock(&b->lock);
    return goes_on;
}

/* All of it: the file has its name last. */
static sp_status make(backup *b, char file[BACKUP_PATH], uint64_t *copied, uint64_t *missing,
                      char why[BACKUP_WHY])
{
    char part[BACKUP_PATH + 16], blobs[BACKUP_PATH + 16], at[CHECK_TIME];
    const char *dir = b->v.dir; /* never changes */
    if (!folder_make(dir)) {
        (void)snprintf(why, BACKUP_WHY, "%.200s: the folder cannot be made", dir);
        return SP_ERR_IO;
    }
    time_write(at, clock_ms());
    /* 2026-11-21T12:00:00.000Z without its colons, which some systems do not take in names. */
    (void)snprintf(file, BACKUP_PATH, "%.400s/relayer-%.13s%.2s%.2s%s.db", dir, at, at + 14,
                   at + 17, at + 19);
    (void)snprintf(part, sizeof part, "%s.part", file);
    (void)snprintf(blobs, sizeof blobs, "%.400s/blobs", dir);
    SP_TRY(backup_database(b->database, part, progress, b, why));
    sp_status s = backup_blobs(part, b->a->blobs, blobs, progress, b, copied, missing, why);
    const int fd = s == SP_OK ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (s == SP_OK && (fd < 0 || rename(part, file) != 0 || fsync(fd) != 0)) {
        (void)snprintf(why, BACKUP_WHY, "%.200s: %.40s", file, strerror(errno));
        s = SP_ERR_IO;
    }
    if (fd >= 0) (void)close(fd);
    if (s != SP_OK)
        (void)unlink(part);
    else
        backup_prune(dir, b->a->set.backup_keep);
    return s;
}

static void run_one(backup *b)
{
    char file[BACKUP_PATH] = "", why[BACKUP_WHY] = "", number[24], gone[24];
    uint64_t copied = 0, missing = 0;
    struct stat st;
    const int64_t start = clock_ms();
    const sp_status s = make(b, file, &copied, &missing, why);
    const bool known = s == SP_OK && stat(file, &st) == 0;
    (void)snprintf(number, sizeof number, "%" PRIu64, known ? (uint64_t)st.st_size : 0);
    (void)snprintf(gone, sizeof gone, "%" PRIu64, missing);
    (void)pthread_mutex_lock(&b->lock);
    const bool given_up = b->stop;
    b->v.state = s == SP_OK ? BACKUP_DONE : BACKUP_FAILED;
    (void)snprintf(b->v.file, sizeof b->v.file, "%s", s == SP_OK ? file : "");
    (void)snprintf(b->v.why, sizeof b->v.why, "%s", why);
    b->v.bytes = known ? (uint64_t)st.st_size : 0;
    b->v.blobs_copied = copied;
    b->v.blobs_missing = missing;
    b->v.ended_ms = clock_ms();
    if (s == SP_OK) b->v.good_ms = start;
    (void)pthread_mutex_unlock(&b->lock);
    if (s == SP_OK)
        log_event(missing > 0 ? LOG_WARN : LOG_INFO, "backup", "file", file, "bytes", number,
                  "blobs_missing", gone, NULL);
    else if (!given_up)
        log_event(LOG_ERROR, "backup_failed", "err", why, NULL);
}

static void *run(void *arg)
{
    backup *b = arg;
    (void)pthread_mutex_lock(&b->lock);
    while (!b->stop) {
        const uint64_t now = clock_ns();
        if (!b->asked && (b->next_ns == 0 || now < b->next_ns)) {
            const uint64_t until = b->next_ns != 0 ? b->next_ns : now + 3600000u * MS;
            const struct timespec t = {.tv_sec = (time_t)(until / 1000000000u),
                                       .tv_nsec = (long)(until % 1000000000u)};
            (void)pthread_cond_timedwait(&b->change, &b->lock, &t);
            continue;
        }
        b->v.state = BACKUP_RUNNING;
        b->v.started_ms = clock_ms();
        b->v.ended_ms = 0;
        b->v.pages = b->v.pages_total = 0;
        if (b->v.every_ms > 0) b->next_ns = now + b->v.every_ms * MS;
        (void)pthread_mutex_unlock(&b->lock);
        run_one(b);
        (void)pthread_mutex_lock(&b->lock);
        b->asked = false;
    }
    (void)pthread_mutex_unlock(&b->lock);
    return NULL;
}

sp_status backup_open(backup **out, app *a, const char *database)
{
    const settings *s = &a->set;
    *out = NULL;
    if (db_is_postgres(database)) return SP_OK;
    backup *b = calloc(1, sizeof *b);
    if (b == NULL) return SP_ERR_NOMEM;
    b->a = a;
    (void)snprintf(b->database, sizeof b->database, "%s", database);
    (void)snprintf(b->v.dir, sizeof b->v.dir, "%.400s%s",
                   s->backup_dir[0] != 0 ? s->backup_dir : s->data,
                   s->backup_dir[0] != 0 ? "" : "/backups");
    b->v.keep = s->backup_keep;
    if (s->backup_dir[0] != 0) b->v.every_ms = s->backup_every_ms;
    /* A relayer that is started often still makes them in time. */
    const int64_t newest = look_around(b->v.dir), age = clock_ms() - newest;
    if (b->v.every_ms > 0)
        b->next_ns = clock_ns() + (newest > 0 && age >= 0 && (uint64_t)age < b->v.every_ms
                                       ? (b->v.every_ms - (uint64_t)age) * MS
                                       : 0);
    b->v.good_ms = newest;
    pthread_condattr_t attr;
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&b->change, &attr);
    (void)pthread_condattr_destroy(&attr);
    (void)pthread_mutex_init(&b->lock, NULL);
    if (pthread_create(&b->thread, NULL, run, b) != 0) {
        (void)pthread_cond_destroy(&b->change);
        (void)pthread_mutex_destroy(&b->lock);
        free(b);
        return SP_ERR_IO;
    }
    *out = b;
    return SP_OK;
}

void backup_close(backup *b)
{
    if (b == NULL) return;
    (void)pthread_mutex_lock(&b->lock);
    b->stop = true;
    (void)pthread_cond_signal(&b->change);
    (void)pthread_mutex_unlock(&b->lock);
    (void)pthread_join(b->thread, NULL);
    (void)pthread_cond_destroy(&b->change);
    (void)pthread_mutex_destroy(&b->lock);
    free(b);
}

bool backup_ask(backup *b)
{
    (void)pthread_mutex_lock(&b->lock);
    const bool free_now = !b->asked && b->v.state != BACKUP_RUNNING;
    if (free_now) b->asked = true;
    (void)pthread_cond_signal(&b->change);
    (void)pthread_mutex_unlock(&b->lock);
    return free_now;
}

backup_view backup_look(backup *b)
{
    (void)pthread_mutex_lock(&b->lock);
    backup_view v = b->v;
    if (b->asked) v.state = BACKUP_RUNNING;
    (void)pthread_mutex_unlock(&b->lock);
    return v;
}
