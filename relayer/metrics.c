/* metrics.c - see metrics.h. */
#include "relayer/metrics.h"

#include "relayer/app.h"
#include "relayer/log.h"
#include "relayer/metrics_text.h"
#include "relayer/rest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USUAL "127.0.0.1:9464" /* the default of server.metrics */
#define MAX_HEAD 4096          /* bytes of a request */
#define MAX_CLIENTS 16         /* at once */
#define TIMEOUT_MS 10000       /* for a request and its answer */

struct metrics {
    app *a;
    uv_tcp_t listener;
    struct client *client[MAX_CLIENTS]; /* NULL: free */
    bool stopping;
    metrics_http http;
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
    const size_t i = c->r == NULL || (size_t)(c->r - list) >= METRICS_ROUTES
                         ? METRICS_ROUTES
                         : (size_t)(c->r - list);
    const int class = c->s.status / 100;
    m->http.answered[i][class < METRICS_CLASSES ? class : 0]++;
    hist_add(&m->http.took[i], HIST_FAST, clock_ns() - c->start_ns);
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
    char *text = good ? metrics_text(c->m->a, &c->m->http, &n) : NULL;
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
