/* audit.h - verified tasks that are run again, by chance or by hand: what a proof says must be what
 * the machine does.
 *
 * A row of `audit` is written in the unit that verifies a task (nothing waits for it). One thread
 * runs the program unproved in a sandboxed child and compares hash of the output, io commitment
 * and cycles. The report is signed by the auditor's key, auditor.key in the data folder. Where they
 * differ the nodes that proved it are banned, and the row, the task's payloads and the proof are
 * kept. An audit that was under way when its relayer ended is waiting again once that is known. */
#ifndef RELAYER_AUDIT_H
#define RELAYER_AUDIT_H

#include "market/digest.h"
#include "relayer/node.h"
#include "relayer/queue.h"
#include "relayer/task.h"

#include <pthread.h>

struct app;

typedef struct {
    queue queue;
    pthread_t thread;
    bool running;
    _Atomic size_t n; /* on their way */
    uint8_t salt[32];
    ecdsa_key key;
    felt pubkey;
} auditor;

#define AUDIT_TRIES 3 /* where it cannot be run */

/* The salt of the database, which the first start makes; the key; the thread. After verify_open:
 * the worker is found. why[SETTINGS_WHY]. */
SP_MUST_USE sp_status audit_open(struct app *a, db *d, char *why);
void audit_close(struct app *a); /* before the core stops */
void audit_free(struct app *a);

/* On the core's thread. A task was verified by this attempt: chance decides whether it is run
 * again. */
void audit_draw(core *c, const char *task, int64_t attempt, const char *node);
/* A node was banned for what it signed or proved: what else is kept of its last results, and was
 * not looked at, is run again. */
#define AUDIT_SUSPECTS 100
void audit_suspect(core *c, const char *node);
/* A new audit of a verified task, asked for by a key (NULL: drawn). False: no id can be made. */
SP_MUST_USE bool audit_add(core *c, char id[UUID_TEXT], const char *task, int64_t attempt,
                           const char *node, const char *asked_by);
/* Hands what waits to the thread. */
void audit_tick(core *c, int64_t now_ms);
/* What a relayer that has ended had under way waits again. */
void audit_take_over(core *c, const char *relayer);

/* auditor.key: 64 hex digits, for its owner alone; made where there is none. SP_ERR_IO,
 * SP_ERR_FORMAT: why[SETTINGS_WHY]. */
SP_MUST_USE sp_status audit_key_open(ecdsa_key *key, const char *folder, char *why);

#endif
