/* app.h - what the parts of a running relayer share. */
#ifndef RELAYER_APP_H
#define RELAYER_APP_H

#include "market/uuid.h"
#include "relayer/audit.h"
#include "relayer/call.h"
#include "relayer/dispatch.h"
#include "relayer/identity.h"
#include "relayer/instance.h"
#include "relayer/node.h"
#include "relayer/rows.h"
#include "relayer/settings.h"

#define APP_MAX_READERS 64
#define APP_MISMATCH 3 /* exit code: the contract is not one for this program */
#define APP_REGION 17  /* characters of a region, with the zero byte */

struct app {
    settings set;
    uv_loop_t loop;
    server *server;
    core *core;
    port port;
    keys *keys;
    queue reads;
    pthread_t reader[APP_MAX_READERS];
    size_t n_readers;
    queue verifies;
    pthread_t verifier[APP_MAX_READERS];
    size_t n_verifiers;
    _Atomic size_t verifying;
    _Atomic bool verify_again;
    _Atomic bool stopping;
    char worker[SETTINGS_TEXT], blobs[SETTINGS_TEXT];
    struct watch *watch;           /* NULL: no chain */
    struct sender *sender;         /* the same */
    struct payee_ask *payees;      /* the same */
    _Atomic unsigned payees_asked; /* whose answers are not written yet */
    struct hook_sender *hooks;
    struct service *service;
    struct reload *reload;
    _Atomic bool held;      /* by an administrator: no new tasks, no offers */
    struct backup *backup;  /* NULL: the database is not ours to copy */
    int64_t hooks_prune_ms; /* of the core's thread */
    score_rules rules;
    struct task_waits *waits; /* why tasks have no node: waiting.h */
    int64_t hung_up_ms;       /* node_clock */
    dispatch_mark mark;
    uint64_t start_ns;
    unsigned wanted_port;
    char address[64], spool[SETTINGS_TEXT];
    uv_signal_t on_term, on_int;
    uv_timer_t on_drain;
    uint64_t drain_start_ns;
    nodes *nodes; /* of the core's thread, with what follows */
    identity me;
    auditor auditor;
    uint64_t collect_next_ns; /* of the core's thread: collect.h */
    unsigned collected_folder;
    uint64_t wallets_next_ns; /* wallet.h */
    rows_place rows;
    felt chain_id;
    uuid_source ids;
    instance instance;
    struct hint *hint;     /* NULL: one relayer */
    _Atomic bool draining; /* told to stop: no new work, no offers */
    bool handles_open;
    struct rest *rest; /* of the loop's thread */
    int exit_code;
};

/* Limits of rate and load; false: c is answered. */
bool app_admit(app *a, call *c);
void app_count_reply(app *a, const call *c);

/* Opens everything under the data folder and listens; why[SETTINGS_WHY] says what went wrong, and
 * where. source: where s is from, to be read again (reload.h); stays the caller's. */
SP_MUST_USE sp_status app_open(app *a, const settings *s, const settings_source *source, char *why);
/* Runs until it is told to stop by SIGTERM or SIGINT. 0, or 1 when the drain took too long. */
int app_run(app *a);
void app_close(app *a);

#endif
