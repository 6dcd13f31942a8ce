/* rest.h - what the API keeps beside the database: calls that wait, counts, and the secret of
 * cursors. Where nothing else is said it belongs to the loop's thread. */
#ifndef RELAYER_REST_H
#define RELAYER_REST_H

#include "relayer/account_ask.h"
#include "relayer/chain_view.h"
#include "relayer/core.h"
#include "relayer/cursor.h"
#include "relayer/execute.h"
#include "relayer/intake.h"
#include "relayer/keys.h"
#include "relayer/meters.h"
#include "relayer/metrics.h"
#include "relayer/quota.h"
#include "relayer/state.h"
#include "relayer/stats.h"
#include "relayer/wait.h"

typedef struct rest {
    uint8_t cursor_secret[CURSOR_SECRET];
    waits waits;
    quota quota;
    intake intake;
    executor executor;
    chain_view chain;
    chain_view logins;           /* its thread asks accounts whether they signed */
    account_chains login_chains; /* of that thread */
    uint8_t login_secret[KEY_SECRET];
    metrics *metrics; /* NULL: nobody listens */
    stats stats;      /* any thread; so the next one */
    meters meters;
    _Atomic size_t sessions; /* of nodes, when a request came last */
} rest;

struct app;
rest *rest_of(struct app *a);

/* With the core's database, before its thread runs. SP_ERR_IO, SP_ERR_NOMEM. */
SP_MUST_USE sp_status rest_open(struct app *a, db *d);
/* The executor, once the worker is found, and the listener of metrics. SP_ERR_IO, SP_ERR_ARG:
 * why[SETTINGS_WHY]. */
SP_MUST_USE sp_status rest_start(struct app *a, const char *database, char *why);
/* The relayer begins to drain: nothing waits any more. */
void rest_drain(struct app *a);
/* The executor ends; before the port. */
void rest_join(struct app *a);
/* Within the loop, after the threads and the port. */
void rest_stop(struct app *a);
void rest_free(struct app *a);

/* Before each request. */
void rest_begin(struct app *a);

/* Any thread: it never changes. */
const uint8_t *rest_cursor_secret(const struct app *a);

/* On the core's thread: a task was made (from is TASK_STATES) or has changed its state. What
 * follows from it happens after the commit. */
void rest_task_moved(core *c, const char *task, task_state from, task_state to);

#endif
