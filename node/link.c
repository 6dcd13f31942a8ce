/* link.c - see link.h. */
#include "node/link.h"

#include <libwebsockets.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROTOCOL "sprove-node.v1"
#define QUEUE_BYTES ((size_t)4 << 20)
#define HANGUP_S 100
#define ATTEMPT_MS 15000

typedef struct message {
    struct message *next;
    size_t n;
    uint8_t at[]; /* LWS_PRE bytes, then n */
} message;

typedef struct {
    char url[200], host[128], address[160];
    int port;
    bool tls;
} place;

struct node_link {
    uv_loop_t *loop;
    struct lws_context *cx;
    struct lws *wsi; /* NULL: not connected, nor connecting */
    link_config c;
    link_events e;
    char path[256], node[80];
    place at[LINK_PLACES]; /* home first */
    bool may[LINK_PLACES]; /* be tried; home always */
    unsigned n_at, now;
    bool tls, open, stopping, last;
    bool failed; /* the attempt that is being begun has told its end already */
    uv_timer_t again;
    unsigned pause_ms, hold_ms;
    uint64_t tried_at_ms; /* uv_now of the last attempt */
    message *first, **end;
    size_t queued;
    char *in;
    size_t in_bytes, in_room;
    unsigned close_code; /* ours: 0 none */
    unsigned their_code;
    char reason[128];
};

static bool parse(place *l, const char *url)
{
    const char *p;
    memset(l, 0, sizeof *l);
    if (strncmp(url, "http://", 7) == 0 || strncmp(url, "ws://", 5) == 0) {
        p = strstr(url, "//") + 2;
        l->port = 80;
    } else if (strncmp(url, "https://", 8) == 0 || strncmp(url, "wss://", 6) == 0) {
        p = strstr(url, "//") + 2;
        l->port = 443;
        l->tls = true;
    } else {
        return false;
    }
    const size_t n = strcspn(p, ":/");
    if (n == 0 || n >= sizeof l->host) return false;
    memcpy(l->host, p, n);
    l->host[n] = 0;
    p += n;
    if (*p == ':') {
        char *end;
        const long port = strtol(p + 1, &end, 10);
        if (port < 1 || port > 65535) return false;
        l->port = (int)port;
        p = end;
    }
    if (*p != 0 && strcmp(p, "/") != 0) return false;
    const int all = (int)(p - url);
    if ((size_t)snprintf(l->url, sizeof l->url, "%.*s", all, url) >= sizeof l->url) return false;
    (void)snprintf(l->address, sizeof l->address, "%s:%d", l->host, l->port);
    return true;
}

static void drop_queue(node_link *l)
{
    while (l->first != NULL) {
        message *m = l->first;
        l->first = m->next;
        free(m);
    }
    l->end = &l->first;
    l->queued = 0;
    l->in_bytes = 0;
}

static void connect_now(uv_timer_t *t);
static void turn(node_link *l);

static void try_again(node_link *l)
{
    uint32_t r = 0;
    if (l->stopping || l->last) return;
    (void)!RAND_bytes((uint8_t *)&r, sizeof r);
    /* Full jitter: many nodes must not come back at one moment. At once only after a connection
     * that lasted: a relayer that drops each one is not asked without pause. */
    const unsigned low = l->c.min_ms, high = l->c.max_ms;
    const uint64_t now = uv_now(l->loop);
    const unsigned wait = l->hold_ms != 0               ? l->hold_ms + r % (l->hold_ms / 2 + 1)
                          : l->pause_ms != 0            ? r % l->pause_ms
                          : now - l->tried_at_ms >= low ? 0
                                                        : low;
    l->hold_ms = 0;
    l->pause_ms = l->pause_ms < low ? low : l->pause_ms > high / 2 ? high : 2 * l->pause_ms;
    (void)uv_timer_start(&l->again, connect_now, wait, 0);
}

static void ended(node_link *l, unsigned code, const char *reason)
{
    l->failed = true;
    const bool was = l->open;
    if (!was) turn(l);
    l->wsi = NULL;
    l->open = false;
    l->close_code = 0;
    drop_queue(l);
    if (l->stopping) return;
    if (was || reason != NULL) l->e.closed(l->e.user, code, reason != NULL ? reason : "");
    try_again(l);
}

static int received(node_link *l, const char *in, size_t n)
{
    if (l->in_bytes + n > l->c.max_message) return -1;
    if (l->in_bytes + n + 1 > l->in_room) {
        const size_t room = 2 * (l->in_bytes + n) + 1;
        char *more = realloc(l->in, room);
        if (more == NULL) return -1;
        l->in = more;
        l->in_room = room;
    }
    if (n > 0) memcpy(l->in + l->in_bytes, in, n);
    l->in_bytes += n;
    if (!lws_is_final_fragment(l->wsi) || lws_remaining_packet_payload(l->wsi) > 0) return 0;
    char *text = l->in;
    const size_t whole = l->in_bytes;
    if (text == NULL) return 0;
    text[whole] = 0;
    l->in = NULL;
    l->in_bytes = l->in_room = 0;
    l->e.message(l->e.user, text, whole);
    return 0;
}

static int writable(node_link *l)
{
    message *m = l->first;
    if (m != NULL) {
        l->first = m->next;
        if (l->first == NULL) l->end = &l->first;
        l->queued -= m->n;
        const bool ok = lws_write(l->wsi, m->at + LWS_PRE, m->n, LWS_WRITE_TEXT) >= (int)m->n;
        free(m);
        if (!ok) return -1;
    }
    if (l->first != NULL)
        lws_callback_on_writable(l->wsi);
    else if (l->close_code != 0)
        lws_set_timer_usecs(l->wsi,
                            1); /* a close frame goes out from there alone (libwebsockets 4.1.6) */
    return 0;
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t len)
{
    node_link *l = lws_context_user(lws_get_context(wsi));
    (void)user;
    if (l->wsi != NULL && wsi != l->wsi) return 0; /* an attempt that was given up */
    switch (reason) {
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        l->open = true;
        l->wsi = wsi;
        (void)uv_timer_stop(&l->again);
        l->their_code = 0;
        l->reason[0] = 0;
        l->e.opened(l->e.user);
        return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE: return received(l, in, len);
    case LWS_CALLBACK_CLIENT_WRITEABLE: return writable(l);
    case LWS_CALLBACK_TIMER:
        if (l->close_code == 0) return 0;
        lws_close_reason(wsi, (enum lws_close_status)l->close_code, (uint8_t *)l->reason,
                         strlen(l->reason));
        return -1;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        if (len >= 2) {
            l->their_code = (unsigned)((const uint8_t *)in)[0] << 8 | ((const uint8_t *)in)[1];
            (void)snprintf(l->reason, sizeof l->reason, "%.*s",
                           (int)(len - 2 < 120 ? len - 2 : 120), (const char *)in + 2);
        }
        return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        ended(l, 0, in != NULL ? in : "no connection");
        return 0;
    case LWS_CALLBACK_CLIENT_CLOSED: ended(l, l->their_code, l->reason); return 0;
    case LWS_CALLBACK_WSI_DESTROY:
        if (l->wsi == wsi) ended(l, 0, "the connection ended");
        return 0;
    default: return 0;
    }
}

static const struct lws_protocols protocols[] = {{PROTOCOL, callback, 0, 65536, 0, NULL, 0},
                                                 {NULL, NULL, 0, 0, 0, NULL, 0}};

static void connect_now(uv_timer_t *t)
{
    node_link *l = t->data;
    struct lws_client_connect_info i;
    if (l->stopping || l->last || l->open) return;
    /* An attempt that ended without a word from libwebsockets 4.1.6, or that still hangs, is given
     * up: a word from it that comes late is about another connection than ours. */
    l->wsi = NULL;
    (void)uv_timer_start(&l->again, connect_now, ATTEMPT_MS, 0);
    memset(&i, 0, sizeof i);
    l->failed = false;
    l->tried_at_ms = uv_now(l->loop);
    i.context = l->cx;
    const place *at = &l->at[l->now];
    i.address = at->host;
    i.port = at->port;
    i.path = l->path;
    i.host = at->address;
    i.origin = at->address;
    i.protocol = PROTOCOL;
    i.pwsi = &l->wsi;
    if (l->tls) i.ssl_connection = LCCSCF_USE_SSL;
    if (lws_client_connect_via_info(&i) != NULL || l->failed) return;
    try_again(l);
}

static void quiet(int level, const char *line)
{
    (void)level;
    (void)line;
}

sp_status link_new(node_link **out, uv_loop_t *loop, const link_config *c, const link_events *e,
                   char why[LINK_WHY])
{
    /* Only an answered ping counts as a sign of life. */
    static const lws_retry_bo_t policy = {.secs_since_valid_ping = HANGUP_S / 3,
                                          .secs_since_valid_hangup = HANGUP_S};
    node_link *l = calloc(1, sizeof *l);
    *out = NULL;
    if (l == NULL) return SP_ERR_NOMEM;
    l->loop = loop;
    l->c = *c;
    l->e = *e;
    l->end = &l->first;
    if (l->c.min_ms == 0) l->c.min_ms = 1000;
    if (l->c.max_ms == 0) l->c.max_ms = 60000;
    if (l->c.max_message == 0) l->c.max_message = (size_t)1 << 20;
    (void)snprintf(l->node, sizeof l->node, "%s", c->node_id);
    (void)snprintf(l->path, sizeof l->path, "/ws/node/%s", l->node);
    l->n_at = 1;
    l->may[0] = true;
    if (!parse(&l->at[0], c->url)) {
        (void)snprintf(why, LINK_WHY, "\"%.100s\" is not http://host:port or https://host:port",
                       c->url);
        free(l);
        return SP_ERR_ARG;
    }
    l->tls = l->at[0].tls;
    struct lws_context_creation_info i;
    void *loops[1] = {loop};
    memset(&i, 0, sizeof i);
    i.port = CONTEXT_PORT_NO_LISTEN;
    i.protocols = protocols;
    i.user = l;
    i.foreign_loops = loops;
    i.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_UV_NO_SIGSEGV_SIGFPE_SPIN;
    if (l->tls) i.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    if (l->tls && c->ca_file != NULL) {
        i.client_ssl_ca_filepath = c->ca_file;
        i.options |= LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS;
    }
    i.fd_limit_per_thread = 32;
    i.retry_and_idle_policy = &policy;
    i.connect_timeout_secs = 10;
    lws_set_log_level(0, quiet);
    l->cx = lws_create_context(&i);
    if (l->cx == NULL || uv_timer_init(loop, &l->again) != 0) {
        (void)snprintf(why, LINK_WHY,
                       "libwebsockets cannot be started (is libwebsockets-evlib-uv installed?)");
        free(l);
        return SP_ERR_IO;
    }
    l->again.data = l;
    (void)uv_timer_start(&l->again, connect_now, 0, 0);
    *out = l;
    return SP_OK;
}

bool link_send(node_link *l, const char *text, size_t n)
{
    if (!l->open || l->close_code != 0 || l->queued + n > QUEUE_BYTES) return false;
    message *m = malloc(sizeof *m + LWS_PRE + n);
    if (m == NULL) return false;
    m->next = NULL;
    m->n = n;
    memcpy(m->at + LWS_PRE, text, n);
    *l->end = m;
    l->end = &m->next;
    l->queued += n;
    lws_callback_on_writable(l->wsi);
    return true;
}

bool link_is_open(const node_link *l) { return l->open; }

bool link_know(node_link *l, const char *url)
{
    place p;
    if (!parse(&p, url) || p.tls != l->tls) return false;
    unsigned i = 0;
    while (i < l->n_at && strcmp(l->at[i].url, p.url) != 0) i++;
    if (i == LINK_PLACES) return false;
    if (i == l->n_at) l->at[l->n_at++] = p; /* it stays: others read its text */
    l->may[i] = true;
    return true;
}

void link_forget(node_link *l)
{
    for (unsigned i = 1; i < l->n_at; i++) l->may[i] = false;
}

/* The next place that may be tried; this one, where there is no other. */
static void turn(node_link *l)
{
    for (unsigned i = 1; i < l->n_at; i++) {
        const unsigned k = (l->now + i) % l->n_at;
        if (!l->may[k]) continue;
        l->now = k;
        return;
    }
}

void link_elsewhere(node_link *l)
{
    uint32_t r = 0;
    const unsigned here = l->now;
    (void)!RAND_bytes((uint8_t *)&r, sizeof r); /* not all nodes to one */
    for (r %= LINK_PLACES, r++; r > 0; r--) turn(l);
    if (l->now == here) turn(l);
}

const char *link_place(const node_link *l) { return l->at[l->now].url; }

bool link_is_home(const node_link *l) { return l->now == 0; }

void link_home(node_link *l)
{
    if (l->now != 0) l->may[l->now] = false;
    l->now = 0;
}

void link_pause(node_link *l, unsigned ms) { l->pause_ms = ms < l->c.max_ms ? ms : l->c.max_ms; }

void link_hold(node_link *l, unsigned ms) { l->hold_ms = ms; }

void link_drop(node_link *l, unsigned code, const char *reason)
{
    if (!l->open) return;
    l->close_code = code;
    (void)snprintf(l->reason, sizeof l->reason, "%s", reason);
    lws_callback_on_writable(l->wsi);
}

void link_end(node_link *l, unsigned code, const char *reason)
{
    l->last = true;
    link_drop(l, code, reason);
}

void link_stop(node_link *l)
{
    if (l->stopping) return;
    l->stopping = true;
    uv_close((uv_handle_t *)&l->again, NULL);
    lws_context_destroy(l->cx);
}

void link_delete(node_link *l)
{
    if (l == NULL) return;
    drop_queue(l);
    free(l->in);
    free(l);
}
