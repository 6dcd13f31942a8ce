/* app.c - opening, running and draining the relayer. */
#include "relayer/app.h"

#include "market/folder.h"

#include "relayer/admin_key.h"
#include "relayer/backup.h"
#include "relayer/dispatch.h"
#include "relayer/folders.h"
#include "relayer/hint.h"
#include "relayer/hook.h"
#include "relayer/jump.h"
#include "relayer/intake.h"
#include "relayer/log.h"
#include "relayer/payee_ask.h"
#include "relayer/reload.h"
#include "relayer/rest.h"
#include "relayer/sender.h"
#include "relayer/service.h"
#include "relayer/verify.h"
#include "relayer/waiting.h"
#include "relayer/watch.h"

#include "starknet/selector.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TICK_MS 100
#define QUEUE_ROOM 5000

bool app_admit(app *a, call *c)
{
    rest_begin(a);
    if (!a->draining || c->q.method == HTTP_GET || c->q.method == HTTP_HEAD) return true;
    http_add_header(&c->s, "Retry-After", "5");
    http_problem(&c->s, &c->q, 503, "draining", "this relayer is being stopped");
    return false;
}

void app_count_reply(app *a, const call *c)
{
    char status[16], ms[32];
    metrics_count(a->rest->metrics, c);
    const char *why = c->s.status == 401   ? "credentials"
                      : c->s.status == 403 ? "not_allowed"
                      : c->s.status == 429 ? "rate_limited"
                      : c->s.status == 503 ? "unavailable"
                                           : NULL;
    if (why != NULL) meters_count(&a->rest->meters, COUNT_REJECTED, why);
    (void)snprintf(status, sizeof status, "%d", c->s.status);
    (void)snprintf(ms, sizeof ms, "%" PRIu64, (clock_ns() - c->start_ns) / 1000000u);
    log_event(LOG_DEBUG, "http", "request_id", c->q.request_id, "path",
              c->r != NULL ? c->r->path : NULL, "status", status, "dur_ms", ms, NULL);
}

static void fatal(void *user, const char *why)
{
    (void)user;
    log_event(LOG_ERROR, "db_fatal", "err", why, NULL);
    _exit(70); /* no handler, no flush: the disk is what counts */
}

static void jumped(core *c, void *user, int64_t by_ms)
{
    (void)user;
    jump_heed(c, by_ms);
}

static void tick(core *c, void *user, int64_t now_ms)
{
    app *a = user;
    if (reload_is_due(a->reload)) reload_rules(a);
    if (!a->stopping) hook_tick(c, now_ms); /* first: see there */
    instance_tick(c, now_ms);
    if (!a->stopping) dispatch_tick(c, now_ms);
}

typedef struct {
    app *a;
    db *d;
} reader;

static void *read_thread(void *arg)
{
    reader *r = arg;
    for (;;) {
        job *j = queue_take(&r->a->reads, 1, clock_ns() + 1000000000u);
        if (j != NULL) {
            j->run(j, r->d);
            port_post(&r->a->port, j);
        } else if (queue_is_over(&r->a->reads)) {
            break;
        }
    }
    db_close(r->d);
    free(r);
    return NULL;
}

static sp_status start_readers(app *a, const char *database, char *why)
{
    queue_init(&a->reads, QUEUE_ROOM);
    for (uint64_t i = 0; i < a->set.readers; i++) {
        reader *r = calloc(1, sizeof *r);
        if (r == NULL) return SP_ERR_NOMEM;
        r->a = a;
        sp_status s = db_open(&r->d, database, true, why);
        if (s == SP_OK && pthread_create(&a->reader[a->n_readers], NULL, read_thread, r) != 0)
            s = SP_ERR_IO;
        if (s != SP_OK) {
            db_close(r->d);
            free(r);
            return s;
        }
        a->n_readers++;
    }
    return SP_OK;
}

static bool in_data(const app *a, char *out, size_t room, const char *name)
{
    const int n = snprintf(out, room, "%s/%s", a->set.data, name);
    return n > 0 && (size_t)n < room;
}

/* The first start makes an administrator's key and writes it to a file. Before the core's thread
 * runs, and before anybody may ask: a known key is known to the first request. */
static sp_status load_keys(app *a, char *why)
{
    db *d = core_db(a->core);
    char path[SETTINGS_TEXT];
    bool made = false;
    if (!in_data(a, path, sizeof path, "admin.key")) return SP_ERR_ARG;
    if (admin_key_make(d, a->set.data, true, &made, why) == SP_OK &&
        keys_load(a->keys, d) == SP_OK) {
        if (made) log_event(LOG_INFO, "admin_key", "path", path, NULL);
        return SP_OK;
    }
    if (why[0] == 0) (void)snprintf(why, SETTINGS_WHY, "the API keys: %.200s", db_why(d));
    return SP_ERR_IO;
}

static bool on_long_body(void *user, http_request *q, http_response *r, uint64_t bytes)
{
    return intake_begin(user, q, r, bytes);
}

static uint64_t on_max_body(void *user, const http_request *q) { return call_max_body(user, q); }

static void on_request(void *user, server_handle h, http_request *q) { call_begin(user, h, q); }

static void on_ws_open(void *user, server_handle h, const char *node, const char *peer)
{
    node_on_open(user, h, node, peer);
}

static void on_ws_message(void *user, server_handle h, char *text, size_t n, int64_t rtt_us)
{
    node_on_message(user, h, text, n, rtt_us);
}

static void on_ws_close(void *user, server_handle h) { node_on_close(user, h); }

static void on_refused(void *user, const char *code)
{
    meters_count(&((app *)user)->rest->meters, COUNT_REJECTED, code);
}

static void on_ws_ended(void *user, unsigned code)
{
    char text[16];
    static const unsigned known[] = {1000, 1001, 1002, 1003, 1006, 1007, 1008, 1009, 1011, 1012,
                                     1013, 4400, 4401, 4403, 4408, 4409, 4426, 4429, 4500};
    size_t i = 0;
    while (i < SP_COUNT(known) && known[i] != code) i++;
    (void)snprintf(text, sizeof text, "%u", code);
    meters_count(&((app *)user)->rest->meters, COUNT_WS_CLOSED,
                 i < SP_COUNT(known) ? text : "other");
}

/* Weights and chain as the settings give them. */
static sp_status set_rules(app *a, char *why)
{
    const settings *s = &a->set;
    reload_rules(a);
    if (s->chain_id[0] == 0 || shortstring_read(&a->chain_id, s->chain_id) == SP_OK) return SP_OK;
    (void)snprintf(why, SETTINGS_WHY, "chain.chain_id is no short string");
    return SP_ERR_FORMAT;
}

/* Makes them, and keeps others out of them. */
static sp_status open_folders(app *a, char database[SETTINGS_TEXT], char *why)
{
    const settings *s = &a->set;
    char lock[SETTINGS_TEXT + 8];
    if (!in_data(a, a->spool, sizeof a->spool, "spool") ||
        !in_data(a, database, SETTINGS_TEXT, "relayer.db") ||
        !in_data(a, a->blobs, sizeof a->blobs, "blobs") || !folder_make(a->spool)) {
        (void)snprintf(why, SETTINGS_WHY, "%.200s: the data folder cannot be made", s->data);
        return SP_ERR_IO;
    }
    if (s->blobs[0] != 0) (void)snprintf(a->blobs, sizeof a->blobs, "%s", s->blobs);
    if (!folder_make(a->blobs)) {
        (void)snprintf(why, SETTINGS_WHY, "%.200s: the folder of blobs cannot be made", a->blobs);
        return SP_ERR_IO;
    }
    (void)snprintf(lock, sizeof lock, "%s/lock", s->data);
    SP_TRY(folders_lock(lock, "data folder", why));
    if (s->database[0] == 0) return SP_OK;
    (void)snprintf(database, SETTINGS_TEXT, "%s", s->database);
    if (db_is_postgres(database)) return SP_OK;
    (void)snprintf(lock, sizeof lock, "%s.lock", database);
    return folders_lock(lock, "database", why);
}

sp_status app_open(app *a, const settings *s, const settings_source *source, char *why)
{
    char database[SETTINGS_TEXT];
    memset(a, 0, sizeof *a);
    a->set = *s;
    a->start_ns = clock_ns();
    SP_TRY(open_folders(a, database, why));
    if (uv_loop_init(&a->loop) != 0 || port_init(&a->port, &a->loop) != SP_OK) return SP_ERR_NOMEM;
    SP_TRY(keys_new(&a->keys));
    SP_TRY(nodes_new(&a->nodes));
    a->waits = waiting_new();
    if (a->waits == NULL) return SP_ERR_NOMEM;
    SP_TRY(reload_open(&a->reload, a, source));
    SP_TRY(set_rules(a, why));
    const core_config core_settings = {.database = database,
                                       .group_max = (unsigned)s->group_max,
                                       .group_ms = (unsigned)s->group_ms,
                                       .queue_room = QUEUE_ROOM,
                                       .tick_ms = TICK_MS,
                                       .user = a,
                                       .tick = tick,
                                       .fence = instance_fence,
                                       .fatal = fatal,
                                       .jumped = jumped};
    SP_TRY(core_new(&a->core, &core_settings, &a->port, why));
    SP_TRY(load_keys(a, why));
    SP_TRY(rest_open(a, core_db(a->core)));
    if (identity_open(&a->me, core_db(a->core)) != SP_OK) {
        (void)snprintf(why, SETTINGS_WHY, "the relayer's key cannot be read from the database");
        return SP_ERR_IO;
    }
    SP_TRY(
        folders_mark(a->blobs, core_db(a->core), db_is_postgres(database), s->blobs[0] == 0, why));
    SP_TRY(instance_open(a, database, why));
    SP_TRY(verify_open(a, why));
    SP_TRY(audit_open(a, core_db(a->core), why));
    SP_TRY(hook_open(a, why));
    SP_TRY(core_start(a->core));
    SP_TRY(start_readers(a, database, why));
    SP_TRY(rest_start(a, database, why));
    bool mismatch;
    const sp_status watched = watch_open(a, database, why, &mismatch);
    if (mismatch) a->exit_code = APP_MISMATCH;
    SP_TRY(watched);
    SP_TRY(sender_open(a, database, why));
    SP_TRY(payee_ask_open(a, database, why));
    SP_TRY(hint_open(a, database));
    SP_TRY(backup_open(&a->backup, a, database));

    unsigned wanted = 0;
    if (!settings_address(a->address, sizeof a->address, &wanted, s->listen)) return SP_ERR_ARG;
    const server_config c = {.address = a->address,
                             .port = wanted,
                             .fallback_port = s->port_fallback && !s->listen_given ? wanted + 1 : 0,
                             .tls_cert = s->tls_cert[0] != 0 ? a->set.tls_cert : NULL,
                             .tls_key = s->tls_key[0] != 0 ? a->set.tls_key : NULL,
                             .spool = a->spool,
                             .max_connections = (unsigned)s->max_connections,
                             .per_ip = (unsigned)s->per_ip,
                             .upgrade_rate = (unsigned)s->upgrade_rate,
                             .node_ms = s->reconnect_ms,
                             .proxies = a->set.trusted_proxies,
                             .cors = a->set.cors_origins,
                             .min_rate = (unsigned)s->min_rate,
                             .max_message = s->max_message,
                             .message_rate = s->message_rate,
                             .message_burst = s->message_burst,
                             .head_s = (unsigned)((s->head_ms + 999) / 1000),
                             .body_ms = (unsigned)s->body_ms,
                             .send_ms = (unsigned)s->send_ms,
                             .hangup_s = (unsigned)(s->heartbeat_timeout_ms / 1000)};
    const server_events e = {.user = a,
                             .max_body = on_max_body,
                             .long_body = on_long_body,
                             .request = on_request,
                             .ws_open = on_ws_open,
                             .ws_message = on_ws_message,
                             .ws_close = on_ws_close,
                             .refused = on_refused,
                             .ws_ended = on_ws_ended};
    SP_TRY(server_new(&a->server, &a->loop, &c, &e, why));
    a->wanted_port = wanted;
    return SP_OK;
}

static void close_handles(app *a)
{
    if (!a->handles_open) return;
    a->handles_open = false;
    uv_close((uv_handle_t *)&a->on_term, NULL);
    uv_close((uv_handle_t *)&a->on_int, NULL);
    uv_close((uv_handle_t *)&a->on_drain, NULL);
    port_close(&a->port);
    reload_stop(a->reload);
    rest_stop(a);
    service_stop(a->service);
    server_stop(a->server);
}

/* Every thread but the loop's and the core's; a second time it does nothing. */
static void stop_workers(app *a)
{
    queue_close(&a->reads);
    for (size_t i = 0; i < a->n_readers; i++) (void)pthread_join(a->reader[i], NULL);
    a->n_readers = 0;
    rest_join(a);
    backup_close(a->backup);
    a->backup = NULL;
    sender_close(a);
    payee_ask_close(a);
    watch_close(a);
    hint_close(a);
    hook_close(a);
    audit_close(a);
    verify_close(a);
}

/* What was begun is answered, then the threads end, then the loop. */
static void drain_tick(uv_timer_t *t)
{
    app *a = t->data;
    const uint64_t waited_ms = (clock_ns() - a->drain_start_ns) / 1000000u;
    const server_counts n = server_count(a->server);
    if ((n.http_now > 0 || n.ws_now > 0) && waited_ms < a->set.shutdown_ms / 4) return;
    stop_workers(a);
    core_stop(a->core);
    close_handles(a);
}

static void end_at_once(int number)
{
    (void)number;
    _exit(1);
}

static void on_signal(uv_signal_t *s, int number)
{
    app *a = s->data;
    (void)number;
    if (a->draining) return;
    a->draining = true;
    /* From now on a second signal ends the process, and so does the deadline, even where the loop
     * waits for a thread. */
    (void)uv_signal_stop(&a->on_term);
    (void)uv_signal_stop(&a->on_int);
    (void)signal(SIGTERM, end_at_once);
    (void)signal(SIGINT, end_at_once);
    (void)signal(SIGALRM, end_at_once);
    (void)alarm((unsigned)((a->set.shutdown_ms + 999) / 1000));
    a->drain_start_ns = clock_ns();
    log_event(LOG_INFO, "draining", NULL);
    service_stopping(a->service, a->set.shutdown_ms);
    server_drain(a->server);
    node_on_drain(a);
    rest_drain(a);
    (void)uv_timer_start(&a->on_drain, drain_tick, 0, 20);
}

int app_run(app *a)
{
    (void)uv_signal_init(&a->loop, &a->on_term);
    (void)uv_signal_init(&a->loop, &a->on_int);
    (void)uv_timer_init(&a->loop, &a->on_drain);
    a->on_term.data = a->on_int.data = a->on_drain.data = a;
    reload_start(a->reload);
    a->handles_open = true;
    (void)uv_signal_start(&a->on_term, on_signal, SIGTERM);
    (void)uv_signal_start(&a->on_int, on_signal, SIGINT);
    a->service = service_start(a);
    /* Who reads this may send a signal. */
    char number[16];
    (void)snprintf(number, sizeof number, "%u", server_port(a->server));
    log_event(server_port(a->server) == a->wanted_port ? LOG_INFO : LOG_WARN, "listening",
              "address", a->address, "port", number, NULL);
    (void)uv_run(&a->loop, UV_RUN_DEFAULT);
    log_event(LOG_INFO, "stopped", NULL);
    return a->exit_code;
}

void app_close(app *a)
{
    stop_workers(a);
    core_free(a->core);
    hook_free(a);
    nodes_delete(a->nodes);
    waiting_free(a->waits);
    if (a->server != NULL) {
        server_free(a->server);
        (void)uv_run(&a->loop, UV_RUN_NOWAIT);
    }
    rest_free(a);
    audit_free(a);
    reload_free(a->reload);
    identity_wipe(&a->me);
    service_free(a->service);
    sender_free(a);
    watch_free(a);
    keys_delete(a->keys);
    (void)uv_loop_close(&a->loop);
}
