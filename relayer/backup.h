/* backup.h - copies of a running relayer's database and blobs, whole and on the disk.
 *
 * A backup is a file relayer-TIME.db in a folder of its own, one snapshot of the database, checked
 * by SQLite and self-contained; beside it stands blobs/, with every blob that one of the backups
 * names. A file has its name only when all of that is on the disk. Everything happens on a thread
 * and connections of its own: nothing waits for it. */
#ifndef RELAYER_BACKUP_H
#define RELAYER_BACKUP_H

#include "core/sp.h"

#include <stdio.h>

#define BACKUP_PATH 512
#define BACKUP_WHY 256

struct app;
typedef struct backup backup;

/* Of the copies in a->set.backup_dir, or where that is empty in the data folder, those beyond
 * backup.keep are removed, oldest first. Every backup.every where backup.dir is set. A database on
 * PostgreSQL gives *out NULL. SP_ERR_NOMEM, SP_ERR_IO. */
SP_MUST_USE sp_status backup_open(backup **out, struct app *a, const char *database);
/* One that is under way is given up. NULL allowed. */
void backup_close(backup *b);

/* From any thread. False: one is under way, or asked for. */
SP_MUST_USE bool backup_ask(backup *b);

typedef struct {
    enum { BACKUP_NONE, BACKUP_RUNNING, BACKUP_DONE, BACKUP_FAILED } state; /* of the last one */
    char dir[BACKUP_PATH];
    char file[BACKUP_PATH];                /* BACKUP_DONE */
    char why[BACKUP_WHY];                  /* BACKUP_FAILED */
    int64_t started_ms, ended_ms, good_ms; /* good_ms: when the last good one began; 0: none */
    uint64_t pages, pages_total, bytes, blobs_copied, blobs_missing, every_ms, keep;
} backup_view;
backup_view backup_look(backup *b); /* from any thread */

/* ---- what it does, for the thread, --restore and tests ---- */

/* Called now and then; false gives up (SP_ERR_LIMIT). */
typedef bool (*backup_progress)(void *user, uint64_t pages, uint64_t pages_total);
/* One snapshot of the SQLite database `from`, which may be in use, as the file `to`, which must not
 * be there; its bytes are on the disk, and its name once the caller has synced the folder. On
 * failure nothing is left. SP_ERR_IO, SP_ERR_LIMIT: why. */
SP_MUST_USE sp_status backup_database(const char *from, const char *to, backup_progress progress,
                                      void *user, char why[BACKUP_WHY]);
/* The blobs that the database names, from one folder into another, which is made; what is there
 * stays. *missing: those that are not in `from` either. */
SP_MUST_USE sp_status backup_blobs(const char *database, const char *from, const char *to,
                                   backup_progress progress, void *user, uint64_t *copied,
                                   uint64_t *missing, char why[BACKUP_WHY]);
/* Removes the backups beyond the newest `keep`, then the blobs that none of the others names. */
void backup_prune(const char *dir, uint64_t keep);

/* Puts a backup (the path of its .db) where a relayer's database and blobs are: neither database
 * nor log of one may be there. SP_ERR_IO, SP_ERR_FORMAT, SP_ERR_REJECT: why; nothing was put. */
SP_MUST_USE sp_status backup_restore(const char *file, const char *database, const char *blobs,
                                     uint64_t *copied, uint64_t *missing, char why[BACKUP_WHY]);

#endif
