/* metrics.c - see metrics.h. */
#include "relayer/metrics.h"

#include "relayer/app.h"
#include "relayer/log.h"
#include "relayer/rest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ROUTES 128
#define USUAL "127.0.0.1:9464" /* the default of server.metrics */
#define CLASSES 6              /* of status codes: 0 others, 1xx to 5xx */
#define MAX_HEAD 4096          /* bytes of a request */
#define MAX_CLIENTS 16         /* at once */
#define TIMEOUT_MS 10000       /* for a request and its answer */

struct metrics {
    app *a;
    uv_tcp_t listener;
    struct client *client[MAX_CLIENTS]; /* NULL: free */
    bool stopping;
    uint64_t answered[MAX_ROUTES + 1][CLASSES]; /* the last route: none */
    uint64_t spent_ns[MAX_ROUTES + 1];
};

typedef struct client {
    uv_tcp_t tcp;
    uv_timer_t timer;
    uv_write_t write;
    metrics *m;
    char head[MAX_HEAD + 1];
    size_t n;
    char *answer;
    unsigned open; /* handles */
    bool closing;
} client;

void metrics_count(metrics *m, const call *c)
{
    size_t n;
    if (m == NULL) return;
    const route *list = route_list(&n);
    const size_t i =
        c->r == NULL || (size_t)(c->r - list) >= MAX_ROUTES ? MAX_ROUTES : (size_t)(c->r - list);
    const int class = c->s.status / 100;
    m->answered[i][class < CLASSES ? class : 0]++;
    m->spent_ns[i] += clock_ns() - c->start_ns;
}

/* ---- the text ---- */

static void head(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP sprove_%s %s\n# TYPE sprove_%s %s\n", name, help, name, type);
}

static void one(FILE *out, const char *name, const char *type, const char *help, uint64_t v)
{
    head(out, name, type, help);
    fprintf(out, "sprove_%s %" PRIu64 "\n", name, v);
}

/* Nanoseconds as seconds, without floating point. */
static void seconds(FILE *out, uint64_t ns)
{
    fprintf(out, "%" PRIu64 ".%09" PRIu64 "\n", ns / 1000000000u, ns % 1000000000u);
}

static const char *method(http_method m)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OTHER"};
    return names[m];
}

static void write_http(FILE *out, const metrics *m)
{
    size_t n;
    const route *list = route_list(&n);
    head(out, "http_requests_total", "counter", "answers, by route, method and class of status");
    for (size_t i = 0; i <= MAX_ROUTES; i++)
        for (unsigned k = 0; k < CLASSES; k++)
            if (m->answered[i][k] > 0)
                fprintf(out,
                        "sprove_http_requests_total{route=\"%s\",method=\"%s\",code=\"%uxx\"} "
                        "%" PRIu64 "\n",
                        i < n ? list[i].path : "none", i < n ? method(list[i].method) : "none", k,
                        m->answered[i][k]);
    head(out, "http_request_seconds_total", "counter", "time from request to answer, by route");
    for (size_t i = 0; i <= MAX_ROUTES; i++) {
        if (m->spent_ns[i] == 0) continue;
        fprintf(out, "sprove_http_request_seconds_total{route=\"%s\",method=\"%s\"} ",
                i < n ? list[i].path : "none", i < n ? method(list[i].method) : "none");
        seconds(out, m->spent_ns[i]);
    }
}

static void write_tasks(FILE *out, const stats_view *v)
{
    head(out, "tasks", "gauge", "tasks, by state");
    for (unsigned s = 0; s < TASK_STATES; s++)
        fprintf(out, "sprove_tasks{state=\"%s\"} %" PRIu64 "\n", task_state_name((task_state)s),
                v->tasks[s]);
    head(out, "task_transitions_total", "counter", "changes of state since the start");
    for (unsigned from = 0; from <= TASK_STATES; from++)
        for (unsigned to = 0; to < TASK_STATES; to++)
            if (v->moved[from][to] > 0)
                fprintf(out, "sprove_task_transitions_total{from=\"%s\",to=\"%s\"} %" PRIu64 "\n",
                        from < TASK_STATES ? task_state_name((task_state)from) : "",
                        task_state_name((task_state)to), v->moved[from][to]);
}

/* NULL: out of memory. */
static char *text_of(metrics *m, size_t *n)
{
    app *a = m->a;
    char *text = NULL;
    FILE *out = open_memstream(&text, n);
    if (out == NULL) return NULL;
    const server_counts s = server_count(a->server);
    const core_counts k = core_count(a->core);
    const stats_view v = stats_look(&rest_of(a)->stats, clock_ms());
    head(out, "build_info", "gauge", "always 1");
    fprintf(out, "sprove_build_info{version=\"%s\"} 1\n", SPROVE_VERSION);
    one(out, "uptime_seconds", "gauge", "since the start",
        (clock_ns() - a->start_ns) / 1000000000u);
    write_http(out, m);
    one(out, "http_inflight", "gauge", "requests that are not answered", s.http_now);
    one(out, "http_refused_total", "counter", "requests refused before a handler saw them",
        s.refused);
    one(out, "http_waiting", "gauge", "long polls and streams", rest_of(a)->waits.n);
    one(out, "ws_sessions", "gauge", "sockets of nodes", s.ws_now);
    one(out, "ws_messages_total", "counter", "messages of nodes", s.ws_messages);
    one(out, "ws_outq_bytes", "gauge", "bytes that wait for nodes", s.ws_queued_bytes);
    write_tasks(out, &v);
    one(out, "verify_queue", "gauge", "results that are not verified yet",
        v.tasks[TASK_RESULT_RECEIVED] + v.tasks[TASK_VERIFYING]);
    one(out, "db_commits_total", "counter", "transactions of the writing thread", k.commits);
    one(out, "db_jobs_total", "counter", "jobs in them", k.jobs);
    one(out, "db_jobs_failed_total", "counter", "jobs that were undone", k.failed);
    one(out, "db_queue", "gauge", "jobs that wait for the writing thread", k.queued);
    head(out, "db_commit_seconds_total", "counter", "time in transactions");
    fputs("sprove_db_commit_seconds_total ", out);
    seconds(out, k.commit_ns_sum);
    const bool ok = !ferror(out);
    if (fclose(out) == 0 && ok) return text;
    free(text);
    return NULL;
}

/* ---- the listener ---- */

static void client_closed(uv_handle_t *h)
{
    client *c = h->data;
    if (--c->open > 0) return;
    free(c->answer);
    free(c);
}

static void client_end(client *c)
{
    if (c->closing) return;
    c->closing = true;
    for (size_t i = 0; i < MAX_CLIENTS; i++)
        if (c->m->client[i] == c) c->m->client[i] = NULL;
    uv_close((uv_handle_t *)&c->tcp, client_closed);
    uv_close((uv_handle_t *)&c->timer, client_closed);
}

static void on_written(uv_write_t *w, int status)
{
    (void)status;
    client_end(w->data);
}

static void answer(client *c)
{
    const bool good =
        strncmp(c->head, "GET /metrics ", 13) == 0 || strncmp(c->head, "GET /metrics?", 13) == 0;
    size_t n = 0;
    char *text = good ? text_of(c->m, &n) : NULL;
    const size_t room = n + 256;
    c->answer = malloc(room);
    if (c->answer == NULL || (good && text == NULL)) {
        free(text);
        client_end(c);
        return;
    }
    const int at = snprintf(c->answer, room,
                            "HTTP/1.1 %s\r\nContent-Type: text/plain; version=0.0.4\r\n"
                            "Content-Length: %zu\r\nConnection: close\r\n\r\n",
                            good ? "200 OK" : "404 Not Found", n);
    if (n > 0) memcpy(c->answer + at, text, n);
    free(text);
    const uv_buf_t b = uv_buf_init(c->answer, (unsigned)((size_t)at + n));
    c->write.data = c;
    (void)uv_read_stop((uv_stream_t *)&c->tcp);
    if (uv_write(&c->write, (uv_stream_t *)&c->tcp, &b, 1, on_written) != 0) client_end(c);
}

static void on_alloc(uv_handle_t *h, size_t wanted, uv_buf_t *b)
{
    client *c = h->data;
    (void)wanted;
    *b = uv_buf_init(c->head + c->n, (unsigned)(MAX_HEAD - c->n));
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
    client *c = s->data;
    (void)b;
    if (n < 0) {
        client_end(c);
        return;
    }
    c->n += (size_t)n;
    c->head[c->n] = 0;
    if (strstr(c->head, "\r\n\r\n") != NULL)
        answer(c);
    else if (c->n == MAX_HEAD)
        client_end(c);
}

static void on_timeout(uv_timer_t *t) { client_end(t->data); }

static void on_connection(uv_stream_t *s, int status)
{
    metrics *m = s->data;
    client *c = status != 0 ? NULL : calloc(1, sizeof *c);
    if (c == NULL) return;
    c->m = m;
    size_t place = 0;
    while (place < MAX_CLIENTS && m->client[place] != NULL) place++;
    (void)uv_tcp_init(s->loop, &c->tcp);
    (void)uv_timer_init(s->loop, &c->timer);
    c->tcp.data = c->timer.data = c;
    c->open = 2;
    if (uv_accept(s, (uv_stream_t *)&c->tcp) != 0 || place == MAX_CLIENTS || m->stopping ||
        uv_timer_start(&c->timer, on_timeout, TIMEOUT_MS, 0) != 0 ||
        uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) != 0)
        client_end(c);
    else
        m->client[place] = c;
}

static void listener_closed(uv_handle_t *h) { (void)h; }

sp_status metrics_open(metrics **out, app *a, char *why)
{
    char address[64];
    unsigned number;
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at;
    *out = NULL;
    if (a->set.metrics[0] == 0) return SP_OK;
    if (!settings_address(address, sizeof address, &number, a->set.metrics) ||
        (uv_ip4_addr(address, (int)number, &at.v4) != 0 &&
         uv_ip6_addr(address, (int)number, &at.v6) != 0)) {
        (void)snprintf(why, SETTINGS_WHY, "server.metrics is no address:port");
        return SP_ERR_ARG;
    }
    metrics *m = calloc(1, sizeof *m);
    if (m == NULL) return SP_ERR_NOMEM;
    m->a = a;
    m->listener.data = m;
    (void)uv_tcp_init(&a->loop, &m->listener);
    *out = m;
    if (uv_tcp_bind(&m->listener, &at.any, 0) == 0 &&
        uv_listen((uv_stream_t *)&m->listener, MAX_CLIENTS, on_connection) == 0)
        return SP_OK;
    if (strcmp(a->set.metrics, USUAL) ==
        0) { /* nobody asked for it: a second relayer starts, too */
        log_event(LOG_WARN, "no_metrics", "address", a->set.metrics, NULL);
        return SP_OK;
    }
    (void)snprintf(why, SETTINGS_WHY, "server.metrics: cannot listen on %.80s", a->set.metrics);
    return SP_ERR_IO;
}

void metrics_stop(metrics *m)
{
    if (m == NULL || m->stopping) return;
    m->stopping = true;
    uv_close((uv_handle_t *)&m->listener, listener_closed);
    for (size_t i = 0; i < MAX_CLIENTS; i++)
        if (m->client[i] != NULL) client_end(m->client[i]);
}

void metrics_free(metrics *m) { free(m); }
