/* app.c - opening, running and draining the relayer. */
#include "relayer/app.h"

#include "relayer/dispatch.h"
#include "relayer/log.h"
#include "relayer/verify.h"

#include "starknet/selector.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TICK_MS 200
#define QUEUE_ROOM 5000

bool app_admit(app *a, call *c)
{
    if (!a->draining || c->q.method == HTTP_GET || c->q.method == HTTP_HEAD) return true;
    http_add_header(&c->s, "Retry-After", "5");
    http_problem(&c->s, &c->q, 503, "draining", "this relayer is being stopped");
    return false;
}

void app_count_reply(app *a, const call *c)
{
    (void)a;
    char status[16], ms[32];
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

static void tick(core *c, void *user, int64_t now_ms)
{
    app *a = user;
    if (!a->recovered) dispatch_recover(c, now_ms);
    a->recovered = true;
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

/* Makes a folder and those above it, for its owner alone. */
static bool make_folder(const char *path)
{
    char part[SETTINGS_TEXT];
    const size_t n = strlen(path);
    if (n >= sizeof part) return false;
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != 0) continue;
        memcpy(part, path, i);
        part[i] = 0;
        if (mkdir(part, 0700) != 0 && errno != EEXIST) return false;
    }
    return true;
}

static bool in_data(const app *a, char *out, size_t room, const char *name)
{
    const int n = snprintf(out, room, "%s/%s", a->set.data, name);
    return n > 0 && (size_t)n < room;
}

/* The first start makes an administrator's key and writes it to a file that only its owner can
 * read. */
static void first_key(job *j, void *with)
{
    app *a = core_user(with);
    db *d = core_db(with);
    (void)j;
    db_rows *r = db_query_values(d, "SELECT count(*) FROM api_key", NULL, 0);
    const bool some = db_next(r) && db_int(r, 0) > 0;
    db_end(r);
    char text[KEY_TEXT], path[SETTINGS_TEXT];
    principal made;
    if (!some) {
        FILE *f = NULL;
        if (!in_data(a, path, sizeof path, "admin.key") ||
            keys_create(d, text, &made, "first administrator", SCOPE_ADMIN | SCOPE_DEMANDER,
                        core_now(with), 0) != SP_OK) {
            core_fail(with);
            return;
        }
        (void)unlink(path);
        const mode_t mask = umask(077);
        f = fopen(path, "wx");
        (void)umask(mask);
        if (f == NULL || fprintf(f, "%s\n", text) < 0 || fflush(f) != 0 || fsync(fileno(f)) != 0)
            core_fail(with);
        if (f != NULL) (void)fclose(f);
        log_event(LOG_INFO, "admin_key", "path", path, NULL);
    }
    if (keys_load(a->keys, d) != SP_OK) core_fail(with);
}

static void first_key_done(job *j)
{
    if (j->failed) fatal(NULL, "the first API key cannot be stored");
}

static uint64_t on_max_body(void *user, const http_request *q)
{
    return call_max_body(user, q);
}

static void on_request(void *user, server_handle h, http_request *q) { call_begin(user, h, q); }

static void on_ws_open(void *user, server_handle h, const char *node, const char *peer)
{
    node_on_open(user, h, node, peer);
}

static void on_ws_message(void *user, server_handle h, char *text, size_t n)
{
    node_on_message(user, h, text, n);
}

static void on_ws_close(void *user, server_handle h) { node_on_close(user, h); }

/* Weights and chain as the settings give them. */
static sp_status set_rules(app *a, char *why)
{
    const settings *s = &a->set;
    const uint64_t weights[SCORE_FACTORS] = {s->weight_spec,  s->weight_history, s->weight_reputation,
                                             s->weight_price, s->weight_load,    s->weight_geo};
    score_rules_init(&a->rules);
    for (size_t i = 0; i < SCORE_FACTORS; i++) a->rules.weight[i] = (uint32_t)weights[i];
    a->rules.exploration_ppm = (uint32_t)s->exploration_ppm;
    a->relayer_id = felt_one();
    if (s->chain_id[0] == 0 || shortstring_read(&a->chain_id, s->chain_id) == SP_OK) return SP_OK;
    (void)snprintf(why, SETTINGS_WHY, "chain.chain_id is no short string");
    return SP_ERR_FORMAT;
}

sp_status app_open(app *a, const settings *s, char *why)
{
    static job key_job;
    char database[SETTINGS_TEXT];
    memset(a, 0, sizeof *a);
    a->set = *s;
    a->start_ns = clock_ns();
    if (!in_data(a, a->spool, sizeof a->spool, "spool") ||
        !in_data(a, database, sizeof database, "relayer.db") ||
        !in_data(a, a->blobs, sizeof a->blobs, "blobs") || !make_folder(a->spool) ||
        !make_folder(a->blobs)) {
        (void)snprintf(why, SETTINGS_WHY, "%.200s: the data folder cannot be made", s->data);
        return SP_ERR_IO;
    }
    if (s->database[0] != 0) (void)snprintf(database, sizeof database, "%s", s->database);
    if (uv_loop_init(&a->loop) != 0 || port_init(&a->port, &a->loop) != SP_OK) return SP_ERR_NOMEM;
    SP_TRY(keys_new(&a->keys));
    SP_TRY(nodes_new(&a->nodes));
    SP_TRY(set_rules(a, why));
    const core_config core_settings = {.database = database,
                                       .group_max = (unsigned)s->group_max,
                                       .group_ms = (unsigned)s->group_ms,
                                       .queue_room = QUEUE_ROOM,
                                       .tick_ms = TICK_MS,
                                       .user = a,
                                       .tick = tick,
                                       .fatal = fatal};
    SP_TRY(core_new(&a->core, &core_settings, &a->port, why));
    key_job.run = first_key;
    key_job.done = first_key_done;
    if (!core_post(a->core, &key_job)) return SP_ERR_NOMEM;
    SP_TRY(verify_open(a, why));
    SP_TRY(core_start(a->core));
    SP_TRY(start_readers(a, database, why));

    unsigned wanted = 0;
    if (!settings_address(a->address, sizeof a->address, &wanted, s->listen)) return SP_ERR_ARG;
    const server_config c = {.address = a->address,
                             .port = wanted,
                             .fallback_port = s->port_fallback ? wanted + 1 : 0,
                             .tls_cert = s->tls_cert[0] != 0 ? a->set.tls_cert : NULL,
                             .tls_key = s->tls_key[0] != 0 ? a->set.tls_key : NULL,
                             .spool = a->spool,
                             .max_connections = (unsigned)s->max_connections,
                             .max_message = s->max_message,
                             .hangup_s = (unsigned)(s->heartbeat_timeout_ms / 1000)};
    const server_events e = {.user = a,
                             .max_body = on_max_body,
                             .request = on_request,
                             .ws_open = on_ws_open,
                             .ws_message = on_ws_message,
                             .ws_close = on_ws_close};
    SP_TRY(server_new(&a->server, &a->loop, &c, &e, why));
    char number[16];
    (void)snprintf(number, sizeof number, "%u", server_port(a->server));
    log_event(server_port(a->server) == wanted ? LOG_INFO : LOG_WARN, "listening", "address",
              a->address, "port", number, NULL);
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
    server_stop(a->server);
}

/* What was begun is answered, then the threads end, then the loop. */
static void drain_tick(uv_timer_t *t)
{
    app *a = t->data;
    const uint64_t waited_ms = (clock_ns() - a->drain_start_ns) / 1000000u;
    const server_counts n = server_count(a->server);
    if ((n.http_now > 0 || n.ws_now > 0) && waited_ms < a->set.shutdown_ms / 4) return;
    queue_close(&a->reads);
    for (size_t i = 0; i < a->n_readers; i++) (void)pthread_join(a->reader[i], NULL);
    a->n_readers = 0;
    verify_close(a);
    core_stop(a->core);
    close_handles(a);
}

static void on_signal(uv_signal_t *s, int number)
{
    app *a = s->data;
    (void)number;
    if (a->draining) _exit(1); /* the second one */
    a->draining = true;
    a->drain_start_ns = clock_ns();
    log_event(LOG_INFO, "draining", NULL);
    server_drain(a->server);
    (void)uv_timer_start(&a->on_drain, drain_tick, 0, 20);
}

int app_run(app *a)
{
    (void)uv_signal_init(&a->loop, &a->on_term);
    (void)uv_signal_init(&a->loop, &a->on_int);
    (void)uv_timer_init(&a->loop, &a->on_drain);
    a->on_term.data = a->on_int.data = a->on_drain.data = a;
    a->handles_open = true;
    (void)uv_signal_start(&a->on_term, on_signal, SIGTERM);
    (void)uv_signal_start(&a->on_int, on_signal, SIGINT);
    (void)uv_run(&a->loop, UV_RUN_DEFAULT);
    log_event(LOG_INFO, "stopped", NULL);
    return a->exit_code;
}

void app_close(app *a)
{
    queue_close(&a->reads);
    for (size_t i = 0; i < a->n_readers; i++) (void)pthread_join(a->reader[i], NULL);
    verify_close(a);
    core_free(a->core);
    nodes_delete(a->nodes);
    if (a->server != NULL) {
        server_free(a->server);
        (void)uv_run(&a->loop, UV_RUN_NOWAIT);
    }
    keys_delete(a->keys);
    (void)uv_loop_close(&a->loop);
}
