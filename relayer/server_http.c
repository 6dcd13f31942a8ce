/* server_http.c - one HTTP transaction after the other on a connection.
 *
 * While an answer is awaited nothing is read: bytes after the body would make libwebsockets 4.1.6
 * report the body's end again and again. It also reports no writability while reading is off, so
 * that reading is on again while the answer is sent; a client that sends on and does not read is
 * cut off then (MAX_REPEATS). What the guard refuses is answered at once and the connection closed.
 */
#include "relayer/server_internal.h"

#include "relayer/cors.h"
#include "relayer/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK ((size_t)32 << 10)
#define STREAM_QUEUE ((size_t)256 << 10)

#define MAX_REPEATS 64u /* of the body's end, while an answer is sent */

typedef enum { READING, WAITING, SENDING, STREAMING, OVER } phase;

typedef struct {
    server *s;
    struct lws *wsi;
    server_handle handle;
    phase phase;
    bool head_only; /* HEAD */
    bool close;
    bool counted; /* in counts.http_now */
    uint64_t expected, got;
    size_t held; /* in counts.body_bytes */
    unsigned repeats;
    http_request q;
    http_response r;
    bool head_sent;
    uint64_t body_since_ms;
    uint64_t send_until_ms; /* the whole answer must have gone by then */
    uint64_t sent;          /* of the body */
    uint8_t *queue;         /* of a stream: LWS_PRE bytes, then what waits */
    size_t queued;
    bool stream_ended;
} exchange;

static const struct {
    http_header header;
    enum lws_token_indexes token;
} known[] = {{HTTP_AUTHORIZATION, WSI_TOKEN_HTTP_AUTHORIZATION},
             {HTTP_CONTENT_TYPE, WSI_TOKEN_HTTP_CONTENT_TYPE},
             {HTTP_CONTENT_RANGE, WSI_TOKEN_HTTP_CONTENT_RANGE},
             {HTTP_IF_MATCH, WSI_TOKEN_HTTP_IF_MATCH},
             {HTTP_IF_NONE_MATCH, WSI_TOKEN_HTTP_IF_NONE_MATCH},
             {HTTP_ACCEPT, WSI_TOKEN_HTTP_ACCEPT},
             {HTTP_RANGE, WSI_TOKEN_HTTP_RANGE},
             {HTTP_ORIGIN, WSI_TOKEN_ORIGIN},
             {HTTP_X_FORWARDED_FOR, WSI_TOKEN_X_FORWARDED_FOR}};

static const struct {
    http_header header;
    const char *name; /* lower case, with the colon */
} custom[] = {{HTTP_CONTENT_DIGEST, "content-digest:"},
              {HTTP_IDEMPOTENCY_KEY, "idempotency-key:"},
              {HTTP_LAST_EVENT_ID, "last-event-id:"},
              {HTTP_X_REQUEST_ID, "x-request-id:"}};

static http_method method_of(struct lws *wsi)
{
    static const struct {
        enum lws_token_indexes token;
        http_method method;
    } methods[] = {{WSI_TOKEN_GET_URI, HTTP_GET},        {WSI_TOKEN_HEAD_URI, HTTP_HEAD},
                   {WSI_TOKEN_POST_URI, HTTP_POST},      {WSI_TOKEN_PUT_URI, HTTP_PUT},
                   {WSI_TOKEN_PATCH_URI, HTTP_PATCH},    {WSI_TOKEN_DELETE_URI, HTTP_DELETE},
                   {WSI_TOKEN_OPTIONS_URI, HTTP_OPTIONS}};
    for (size_t i = 0; i < SP_COUNT(methods); i++)
        if (lws_hdr_total_length(wsi, methods[i].token) > 0) return methods[i].method;
    return HTTP_OTHER;
}

/* False: a header that we know is too long, or memory ran out. */
static bool read_headers(exchange *x)
{
    char room[HTTP_MAX_HEADER];
    for (size_t i = 0; i < SP_COUNT(known); i++) {
        if (lws_hdr_total_length(x->wsi, known[i].token) <= 0) continue;
        const char *v = server_header(x->wsi, room, sizeof room, known[i].token);
        if (v == NULL) return false;
        x->q.headers[known[i].header] = strdup(v);
        if (x->q.headers[known[i].header] == NULL) return false;
    }
    for (size_t i = 0; i < SP_COUNT(custom); i++) {
        const int n = (int)strlen(custom[i].name);
        const int len = lws_hdr_custom_length(x->wsi, custom[i].name, n);
        if (len < 0) continue;
        if ((size_t)len >= sizeof room ||
            lws_hdr_custom_copy(x->wsi, room, sizeof room, custom[i].name, n) < 0)
            return false;
        x->q.headers[custom[i].header] = strdup(room);
        if (x->q.headers[custom[i].header] == NULL) return false;
    }
    return true;
}

static bool read_params(exchange *x)
{
    char room[HTTP_MAX_HEADER];
    for (int i = 0;; i++) {
        const int n = lws_hdr_copy_fragment(x->wsi, room, sizeof room, WSI_TOKEN_HTTP_URI_ARGS, i);
        if (n < 0) return lws_hdr_fragment_length(x->wsi, WSI_TOKEN_HTTP_URI_ARGS, i) <= 0;
        if (n == 0 && lws_hdr_fragment_length(x->wsi, WSI_TOKEN_HTTP_URI_ARGS, i) == 0) return true;
        if (x->q.n_params == HTTP_MAX_PARAMS || memchr(room, 0, (size_t)n) != NULL) return false;
        char *pair = strdup(room);
        if (pair == NULL) return false;
        char *equals = strchr(pair, '=');
        if (equals != NULL) *equals = 0;
        x->q.params[x->q.n_params].name = pair;
        x->q.params[x->q.n_params++].value = equals != NULL ? equals + 1 : pair + strlen(pair);
    }
}

static bool is_text(const exchange *x)
{
    if (!guard_is_text(x->q.path)) return false;
    for (size_t i = 0; i < x->q.n_params; i++)
        if (!guard_is_text(x->q.params[i].name) || !guard_is_text(x->q.params[i].value))
            return false;
    return true;
}

static void set_request_id(exchange *x)
{
    const char *given = x->q.headers[HTTP_X_REQUEST_ID];
    if (given != NULL && guard_is_request_id(given))
        (void)snprintf(x->q.request_id, sizeof x->q.request_id, "%s", given);
    else
        (void)snprintf(x->q.request_id, sizeof x->q.request_id, "%016" PRIx64,
                       ++x->s->ids ^ ((uint64_t)lws_now_usecs() << 20));
}

static void let_go(exchange *x)
{
    x->s->counts.body_bytes -= x->held;
    x->held = 0;
}

static void exchange_free(exchange *x)
{
    let_go(x);
    if (x->counted) x->s->counts.http_now--;
    server_slot_release(x->s, x->handle);
    http_request_free(&x->q);
    http_response_free(&x->r);
    free(x->queue);
    free(x);
}

static uint64_t body_length(const exchange *x)
{
    return x->r.file >= 0 ? x->r.file_bytes : x->r.body_bytes;
}

/* A part of the body after `at` bytes of the buffer; false when the file cannot be read. */
static bool append_body(exchange *x, uint8_t *to, size_t room, size_t *n)
{
    const uint64_t left = body_length(x) - x->sent;
    *n = left < room ? (size_t)left : room;
    if (x->r.file < 0) {
        if (*n > 0) memcpy(to, x->r.body + x->sent, *n);
    } else if (*n > 0) {
        const ssize_t got = pread(x->r.file, to, *n, (off_t)(x->r.file_offset + x->sent));
        if (got <= 0) return false;
        *n = (size_t)got;
    }
    x->sent += *n;
    return true;
}

static size_t write_head(const exchange *x, char *to, size_t room)
{
    const http_response *r = &x->r;
    int n = snprintf(to, room, "HTTP/1.1 %d %s\r\nX-Request-Id: %s\r\n", r->status,
                     http_reason(r->status), x->q.request_id);
    if (r->headers == NULL || strstr(r->headers, "Cache-Control:") == NULL)
        n += snprintf(to + n, room - (size_t)n, "Cache-Control: no-store\r\n");
    n += snprintf(to + n, room - (size_t)n, "X-Content-Type-Options: nosniff\r\n");
    if (r->content_type != NULL)
        n += snprintf(to + n, room - (size_t)n, "Content-Type: %s\r\n", r->content_type);
    if (!r->stream && r->status != 204 && r->status != 304)
        n += snprintf(to + n, room - (size_t)n, "Content-Length: %" PRIu64 "\r\n", body_length(x));
    if (x->close) n += snprintf(to + n, room - (size_t)n, "Connection: close\r\n");
    n += snprintf(to + n, room - (size_t)n, "%s\r\n", r->headers != NULL ? r->headers : "");
    return (size_t)n;
}

/* The transaction is over: the connection is closed (-1) or reads the next request. */
static int finish(exchange *x)
{
    struct lws *wsi = x->wsi;
    const bool closing = x->close;
    exchange **pss = lws_wsi_user(wsi);
    if (pss != NULL) *pss = NULL;
    exchange_free(x);
    lws_set_timer_usecs(wsi, LWS_SET_TIMER_USEC_CANCEL);
    if (closing) return -1;
    return lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* Room for the head of any response: ours are below 1 KiB, and headers_bytes. */
static int send_more(exchange *x)
{
    const size_t head_room = x->head_sent ? 0 : x->r.headers_bytes + 1024;
    uint8_t *buffer = malloc(LWS_PRE + head_room + CHUNK);
    if (buffer == NULL) return -1;
    uint8_t *at = buffer + LWS_PRE;
    size_t n = x->head_sent ? 0 : write_head(x, (char *)at, head_room);
    size_t part = 0;
    bool ok = true;
    const bool no_body = x->head_only || x->r.status == 204 || x->r.status == 304;
    if (!x->r.stream && !no_body) ok = append_body(x, at + n, CHUNK, &part);
    n += part;
    const bool last = x->r.stream ? false : no_body || x->sent == body_length(x);
    x->head_sent = true;
    ok = ok && lws_write(x->wsi, at, n, last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) >= (int)n;
    free(buffer);
    if (!ok) return -1;
    if (last) return finish(x);
    const uint64_t now = uv_now(x->s->loop);
    if (!x->r.stream && now >= x->send_until_ms) return -1;
    const uint64_t left = x->r.stream ? x->s->c.send_ms : x->send_until_ms - now;
    lws_set_timer_usecs(x->wsi,
                        (lws_usec_t)(left < x->s->c.send_ms ? left : x->s->c.send_ms) * 1000);
    if (x->r.stream) {
        x->phase = STREAMING;
        if (x->queued == 0 && !x->stream_ended) return 0;
    }
    lws_callback_on_writable(x->wsi);
    return 0;
}

static int stream_more(exchange *x)
{
    if (x->queued > 0) {
        const size_t n = x->queued;
        x->queued = 0;
        if (lws_write(x->wsi, x->queue + LWS_PRE, n, LWS_WRITE_HTTP) < (int)n) return -1;
    }
    if (!x->stream_ended) return 0;
    x->close = true; /* a stream has no length: its end is the connection's */
    return finish(x);
}

static void start_sending(exchange *x)
{
    if (x->r.broken) {
        http_response_free(&x->r);
        http_problem(&x->r, &x->q, 500, "internal", "out of memory");
    }
    cors_answer(&x->r, x->s->c.cors, x->q.headers[HTTP_ORIGIN]);
    x->close = x->close || x->r.close || x->s->draining || x->r.stream;
    x->phase = SENDING;
    x->send_until_ms =
        uv_now(x->s->loop) + x->s->c.send_ms + body_length(x) * 1000 / x->s->c.min_rate;
    lws_set_timer_usecs(x->wsi, (lws_usec_t)x->s->c.send_ms * 1000);
    (void)lws_rx_flow_control(x->wsi, 1);
}

/* From within a callback at the head: x->r is the answer, and the connection closes. */
static int refused(exchange *x, const char *code)
{
    x->s->counts.refused++;
    if (x->s->e.refused != NULL) x->s->e.refused(x->s->e.user, code);
    x->close = true;
    start_sending(x);
    (void)send_more(x);
    return -1;
}

static int refuse(exchange *x, int status, const char *code, const char *detail)
{
    http_problem(&x->r, &x->q, status, code, "%s", detail);
    return refused(x, code);
}

static int submit(exchange *x)
{
    http_request q = x->q;
    x->phase = WAITING;
    let_go(x);
    /* What an answer needs of the request stays. */
    memset(&x->q, 0, sizeof x->q);
    x->q.body_fd = -1;
    x->q.method = q.method;
    memcpy(x->q.path, q.path, sizeof q.path);
    memcpy(x->q.request_id, q.request_id, sizeof q.request_id);
    x->q.headers[HTTP_ORIGIN] = q.headers[HTTP_ORIGIN];
    q.headers[HTTP_ORIGIN] = NULL;
    (void)lws_rx_flow_control(x->wsi, 0);
    lws_set_timer_usecs(x->wsi, (lws_usec_t)x->s->c.reply_ms * 1000);
    x->s->e.request(x->s->e.user, x->handle, &q);
    return 0;
}

static bool make_spool(exchange *x)
{
    char path[HTTP_MAX_PATH];
    const int n = snprintf(path, sizeof path, "%s/upload.XXXXXX", x->s->c.spool);
    if (n < 0 || (size_t)n >= sizeof path) return false;
    x->q.body_fd = mkstemp(path);
    if (x->q.body_fd >= 0) (void)unlink(path);
    return x->q.body_fd >= 0;
}

static int begin(struct lws *wsi, exchange **pss, const char *path, size_t path_bytes)
{
    server *s = server_of(wsi);
    exchange *x = calloc(1, sizeof *x);
    if (*pss != NULL) exchange_free(*pss);
    *pss = x;
    if (x == NULL) return -1;
    x->s = s;
    x->wsi = wsi;
    x->q.body_fd = -1;
    http_response_init(&x->r);
    x->handle = server_slot_take(s, wsi, x, false);
    x->counted = true;
    s->counts.http_now++;
    s->counts.requests++;
    lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
    (void)lws_get_peer_simple(wsi, x->q.peer, sizeof x->q.peer);
    x->q.method = method_of(wsi);
    x->head_only = x->q.method == HTTP_HEAD;
    const bool fits = path_bytes < sizeof x->q.path && memchr(path, 0, path_bytes) == NULL;
    if (fits) memcpy(x->q.path, path, path_bytes);
    const bool whole = read_headers(x) && read_params(x);
    set_request_id(x);
    char version[16];
    if (x->handle == 0) return refuse(x, 503, "overloaded", "too many connections");
    if (server_peer_too_many(s, wsi))
        return refuse(x, 429, "rate_limited", "too many connections come from this address");
    /* A line's end that is encoded in the path ends the line for libwebsockets 4.1.6, and what
     * follows would be headers; the version is missing then. */
    const char *http = server_header(wsi, version, sizeof version, WSI_TOKEN_HTTP);
    if (http == NULL)
        return refuse(x, 400, "validation_failed", "the request line has no HTTP version");
    if (strcmp(http, "HTTP/1.1") != 0 && strcmp(http, "HTTP/1.0") != 0)
        return refuse(x, 505, "not_implemented", "only HTTP/1.1 and HTTP/1.0 are known");
    if (!fits || !whole)
        return refuse(x, 400, "validation_failed", "the request line or a header is too long");
    if (!is_text(x))
        return refuse(x, 400, "validation_failed", "the path or a parameter is no UTF-8 text");

    char length[32], coding[64], expect[64];
    const guard_head head = {
        .method = x->q.method,
        .content_length =
            lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) >= (int)sizeof length
                ? "too long"
                : server_header(wsi, length, sizeof length, WSI_TOKEN_HTTP_CONTENT_LENGTH),
        .transfer_encoding =
            lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) >= (int)sizeof coding
                ? "too long"
                : server_header(wsi, coding, sizeof coding, WSI_TOKEN_HTTP_TRANSFER_ENCODING),
        .expect = server_header(wsi, expect, sizeof expect, WSI_TOKEN_HTTP_EXPECT),
        .http_1_1 = strcmp(http, "HTTP/1.1") == 0,
        .has_host = lws_hdr_total_length(wsi, WSI_TOKEN_HOST) > 0,
        .max_body = s->e.max_body(s->e.user, &x->q),
    };
    const guard_verdict v = guard_check(&head, &x->expected);
    if (v.status != 0) return refuse(x, v.status, v.code, v.detail);
    if (!head.http_1_1) x->close = true;
    if (x->expected == 0) return submit(x);

    if (x->expected > SERVER_MEMORY_BODY) {
        if (s->e.long_body != NULL && !s->e.long_body(s->e.user, &x->q, &x->r, x->expected))
            return refused(x, x->r.status == 429 ? "rate_limited" : "storage_full");
        if (!make_spool(x)) return refuse(x, 507, "storage_full", "a long body cannot be stored");
    } else {
        if (s->counts.body_bytes + x->expected <= SERVER_BODY_BYTES)
            x->q.body = malloc((size_t)x->expected + 1);
        if (x->q.body == NULL) return refuse(x, 503, "overloaded", "out of memory");
        x->held = (size_t)x->expected;
        s->counts.body_bytes += x->held;
    }
    if (head.expect != NULL && head.http_1_1) {
        uint8_t room[LWS_PRE + 32];
        const int n = snprintf((char *)room + LWS_PRE, 32, "HTTP/1.1 100 Continue\r\n\r\n");
        if (lws_write(wsi, room + LWS_PRE, (size_t)n, LWS_WRITE_HTTP) < n) return -1;
    }
    x->body_since_ms = uv_now(s->loop);
    lws_set_timer_usecs(wsi, (lws_usec_t)s->c.body_ms * 1000);
    return 0;
}

/* A body has body_ms, and what min_rate gives what has come of it: what is only announced gains no
 * time. True: it may go on. */
static bool body_may_last(exchange *x)
{
    const uint64_t now = uv_now(x->s->loop);
    const uint64_t until = x->body_since_ms + x->s->c.body_ms + x->got * 1000 / x->s->c.min_rate;
    if (now >= until) return false;
    lws_set_timer_usecs(x->wsi, (lws_usec_t)(until - now) * 1000);
    return true;
}

/* When a request with a body came behind another one in the same packet, libwebsockets 4.1.6 takes
 * the beginning of its head for its body. A body as short as this cannot be told from a right one;
 * it is one that no handler takes, and the connection ends by MAX_REPEATS. */
#define SHORT_HEAD 12u

static bool is_own_head(const exchange *x, const uint8_t *in, size_t n)
{
    static const char *const names[] = {
        [HTTP_POST] = "POST ", [HTTP_PUT] = "PUT ", [HTTP_PATCH] = "PATCH "};
    char head[HTTP_MAX_PATH + 8];
    const int all = snprintf(head, sizeof head, "%s%s", names[x->q.method], x->q.path);
    return n >= SHORT_HEAD && memcmp(head, in, n < (size_t)all ? n : (size_t)all) == 0;
}

static int body(exchange *x, const uint8_t *in, size_t n)
{
    if (x->phase != READING || n > x->expected - x->got) return x->phase == READING ? -1 : 0;
    if (n == 0) return 0;
    if (x->got == 0 && is_own_head(x, in, n))
        return refuse(x, 400, "validation_failed",
                      "a request with a body must wait for the answer to the one before it");
    if (x->q.body != NULL) {
        memcpy(x->q.body + x->got, in, n);
    } else {
        size_t at = 0;
        while (at < n) {
            const ssize_t w = write(x->q.body_fd, in + at, n - at);
            if (w < 0 && errno == EINTR) continue;
            if (w <= 0) return refuse(x, 507, "storage_full", "a long body cannot be stored");
            at += (size_t)w;
        }
    }
    x->got += n;
    x->q.body_bytes = (size_t)x->got;
    return 0;
}

static int on_timer(exchange *x)
{
    switch (x->phase) {
    case READING:
        if (body_may_last(x)) return 0;
        return refuse(x, 408, "request_timeout", "the body came too slowly");
    case WAITING:
        http_problem(&x->r, &x->q, 503, "overloaded", "no answer was made in time");
        x->close = true;
        start_sending(x);
        lws_callback_on_writable(x->wsi);
        return 0;
    case STREAMING: return x->queued > 0 || x->stream_ended ? -1 : 0; /* it takes nothing */
    default: return -1;
    }
}

int server_http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                         size_t len)
{
    exchange **pss = user;
    exchange *x = pss != NULL ? *pss : NULL;
    switch (reason) {
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE: return server_confirm_upgrade(wsi);
    case LWS_CALLBACK_HTTP: return begin(wsi, pss, in, len);
    case LWS_CALLBACK_HTTP_BODY: return x == NULL ? -1 : body(x, in, len);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        if (x == NULL) return 0;
        if (x->phase != READING) return ++x->repeats > MAX_REPEATS ? -1 : 0;
        if (x->got != x->expected) return -1;
        if (x->q.body != NULL) x->q.body[x->got] = 0;
        return submit(x);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        if (x == NULL) return 0;
        if (x->phase == SENDING) return send_more(x);
        return x->phase == STREAMING ? stream_more(x) : 0;
    case LWS_CALLBACK_TIMER: return x == NULL ? 0 : on_timer(x);
    case LWS_CALLBACK_CLOSED_HTTP:
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
        if (x != NULL) exchange_free(x);
        if (pss != NULL) *pss = NULL;
        return 0;
    case LWS_CALLBACK_RAW_ADOPT: /* CONNECT, and what is no HTTP */
    case LWS_CALLBACK_RAW_RX:
    case LWS_CALLBACK_ESTABLISHED: return -1;
    case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS:
        server_tls_made(server_of(wsi), user);
        return 0;
    case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
        return server_peer_may_come(server_of(wsi), (int)(intptr_t)in) ? 0 : -1;
    case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
        server_peer_came(server_of(wsi), wsi);
        return 0;
    case LWS_CALLBACK_WSI_DESTROY: server_peer_left(server_of(wsi), wsi); return 0;
    default: return 0;
    }
}

void server_reply(server *s, server_handle h, http_response *r)
{
    exchange *x = server_slot_find(s, h, false);
    if (x == NULL || x->phase != WAITING) {
        http_response_free(r);
        return;
    }
    x->r = *r;
    http_response_init(r);
    start_sending(x);
    lws_callback_on_writable(x->wsi);
}

void server_hold(server *s, server_handle h)
{
    exchange *x = server_slot_find(s, h, false);
    if (x == NULL || x->phase != WAITING) return;
    x->close = true; /* without its head libwebsockets 4.1.6 does not get to the next request */
    (void)lws_http_headers_detach(x->wsi);
}

bool server_stream(server *s, server_handle h, const char *text, size_t n)
{
    exchange *x = server_slot_find(s, h, false);
    if (x == NULL || x->stream_ended || !x->r.stream) return false;
    const bool fits = x->queued + n <= STREAM_QUEUE;
    if (fits && x->queue == NULL) x->queue = malloc(LWS_PRE + STREAM_QUEUE);
    if (!fits || x->queue == NULL) {
        x->stream_ended = true;
        lws_callback_on_writable(x->wsi);
        return false;
    }
    /* From when on the client is slow. A timer that is cancelled is due at once in libwebsockets
     * 4.1.6; so it is left to run. */
    if (x->phase == STREAMING && x->queued == 0)
        lws_set_timer_usecs(x->wsi, (lws_usec_t)s->c.send_ms * 1000);
    memcpy(x->queue + LWS_PRE + x->queued, text, n);
    x->queued += n;
    if (x->phase == STREAMING) lws_callback_on_writable(x->wsi);
    return true;
}

void server_stream_end(server *s, server_handle h)
{
    exchange *x = server_slot_find(s, h, false);
    if (x == NULL) return;
    x->stream_ended = true;
    if (x->phase == STREAMING) lws_set_timer_usecs(x->wsi, (lws_usec_t)s->c.send_ms * 1000);
    lws_callback_on_writable(x->wsi);
}
