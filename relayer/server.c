/* server.c - the context of libwebsockets, and handles of connections. */
#include "relayer/server_internal.h"

#include "relayer/guard.h"
#include "relayer/quota.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER_BYTES 8192
#define KEEPALIVE_S 30 /* between two */
#define SERVICE_BYTES (64u << 10)

server *server_of(struct lws *wsi) { return lws_context_user(lws_get_context(wsi)); }

server_handle server_slot_take(server *s, struct lws *wsi, void *state, bool is_ws)
{
    if (s->first_free == 0) return 0;
    const uint32_t i = s->first_free - 1;
    slot *t = &s->slots[i];
    s->first_free = t->next_free;
    t->generation++;
    t->wsi = wsi;
    t->state = state;
    t->is_ws = is_ws;
    return (uint64_t)t->generation << 32 | (i + 1);
}

static slot *slot_of(const server *s, server_handle h)
{
    const uint32_t i = (uint32_t)h;
    if (i == 0 || i > s->n_slots) return NULL;
    slot *t = &s->slots[i - 1];
    return t->wsi != NULL && t->generation == (uint32_t)(h >> 32) ? t : NULL;
}

void server_slot_release(server *s, server_handle h)
{
    slot *t = slot_of(s, h);
    if (t == NULL) return;
    t->wsi = NULL;
    t->state = NULL;
    t->next_free = s->first_free;
    s->first_free = (uint32_t)h;
}

void *server_slot_find(const server *s, server_handle h, bool is_ws)
{
    const slot *t = slot_of(s, h);
    return t != NULL && t->is_ws == is_ws ? t->state : NULL;
}

const char *server_header(struct lws *wsi, char *room, size_t n, enum lws_token_indexes token)
{
    const int len = lws_hdr_total_length(wsi, token);
    if (len <= 0 || (size_t)len >= n) return NULL;
    return lws_hdr_copy(wsi, room, (int)n, token) < 0 ? NULL : room;
}

/* ---- sockets of one address ---- */

/* Beyond per_ip there are a few more, so that it can be said to them why they are refused. */
#define PEER_MARGIN 16u

static size_t address_of(int fd, uint8_t out[16])
{
    struct sockaddr_storage at;
    socklen_t n = sizeof at;
    if (getpeername(fd, (struct sockaddr *)&at, &n) != 0) return 0;
    if (at.ss_family == AF_INET) {
        memcpy(out, &((const struct sockaddr_in *)&at)->sin_addr, 4);
        return 4;
    }
    if (at.ss_family != AF_INET6) return 0;
    memcpy(out, &((const struct sockaddr_in6 *)&at)->sin6_addr, 16);
    return 16;
}

static bool is_proxy(const server *s, const uint8_t *address, size_t n)
{
    return n > 0 && s->c.proxies != NULL && quota_is_listed(s->c.proxies, address, n);
}

bool server_peer_may_come(server *s, int fd)
{
    uint8_t address[16];
    const size_t n = address_of(fd, address);
    if (s->c.per_ip == 0 || n == 0 || is_proxy(s, address, n)) return true;
    const bool may = peers_count(&s->peers, address, n) < s->c.per_ip + PEER_MARGIN;
    s->counts.refused += !may;
    return may;
}

void server_peer_came(server *s, struct lws *wsi)
{
    uint8_t address[16];
    const size_t n = address_of(lws_get_socket_fd(wsi), address);
    if (n == 0 || is_proxy(s, address, n) || lws_get_opaque_user_data(wsi) != NULL) return;
    lws_set_opaque_user_data(wsi, peers_take(&s->peers, address, n));
}

void server_peer_left(server *s, struct lws *wsi)
{
    peers_release(&s->peers, lws_get_opaque_user_data(wsi));
    lws_set_opaque_user_data(wsi, NULL);
}

bool server_peer_too_many(const server *s, struct lws *wsi)
{
    const peer_sockets *one = lws_get_opaque_user_data(wsi);
    return s->c.per_ip != 0 && one != NULL && one->sockets > s->c.per_ip;
}

size_t server_forwarded(const server *s, struct lws *wsi, uint8_t address[16])
{
    char peer_text[HTTP_PEER], forwarded[256];
    if (lws_get_opaque_user_data(wsi) != NULL) return 0;
    (void)lws_get_peer_simple(wsi, peer_text, sizeof peer_text);
    return quota_address(address, peer_text,
                         server_header(wsi, forwarded, sizeof forwarded, WSI_TOKEN_X_FORWARDED_FOR),
                         s->c.proxies != NULL ? s->c.proxies : "");
}

/* Whether the port can be listened on; libwebsockets would only say that the host could not be
 * made. */
static bool is_port_free(const char *address, unsigned port)
{
    struct sockaddr_storage at;
    socklen_t n = 0;
    memset(&at, 0, sizeof at);
    struct sockaddr_in *v4 = (struct sockaddr_in *)&at;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&at;
    if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        n = sizeof *v4;
    } else if (inet_pton(AF_INET6, address, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        n = sizeof *v6;
    } else {
        return false;
    }
    const int fd = socket(at.ss_family, SOCK_STREAM, 0);
    if (fd < 0) return false;
    const int one = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    const bool is_free = bind(fd, (const struct sockaddr *)&at, n) == 0 && listen(fd, 1) == 0;
    (void)close(fd);
    return is_free;
}

static const struct lws_protocols protocols[] = {
    {"http", server_http_callback, SERVER_HTTP_PSS, 0, 0, NULL, 0},
    {GUARD_WS_PROTOCOL, server_ws_callback, SERVER_WS_PSS, 4096, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0}};

/* A handshake that names no protocol is a node's. */
static const struct lws_protocol_vhost_options pvo_default = {NULL, NULL, "default", "1"};
static const struct lws_protocol_vhost_options pvo = {NULL, &pvo_default, GUARD_WS_PROTOCOL, ""};

static void quiet(int level, const char *line)
{
    (void)level;
    (void)line;
}

static sp_status open_context(server *s, char *why)
{
    const server_config *c = &s->c;
    static const lws_retry_bo_t no_pings; /* server_ws_alive does it */
    void *loops[1] = {s->loop};
    struct lws_context_creation_info i;
    memset(&i, 0, sizeof i);
    i.port = (int)s->port;
    i.iface =
        strcmp(c->address, "0.0.0.0") == 0 || strcmp(c->address, "::") == 0 ? NULL : c->address;
    i.protocols = protocols;
    i.pvo = &pvo;
    i.user = s;
    i.foreign_loops = loops;
    i.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_VALIDATE_UTF8 |
                LWS_SERVER_OPTION_UV_NO_SIGSEGV_SIGFPE_SPIN;
    if (strchr(c->address, ':') == NULL) i.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
    i.timeout_secs = c->head_s;
    i.timeout_secs_ah_idle = c->head_s;
    i.keepalive_timeout = KEEPALIVE_S;
    i.max_http_header_data = HEADER_BYTES;
    /* Made when a head begins to come, and released with it: fewer than connections would let slow
     * ones keep all others waiting. */
    i.max_http_header_pool =
        (unsigned short)(c->max_connections < UINT16_MAX ? c->max_connections : UINT16_MAX);
    i.fd_limit_per_thread = c->max_connections + 64;
    i.pt_serv_buf_size = SERVICE_BYTES;
    i.retry_and_idle_policy = &no_pings;
    i.alpn = "http/1.1";
    if (c->tls_cert != NULL) {
        i.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        i.ssl_cert_filepath = c->tls_cert;
        i.ssl_private_key_filepath = c->tls_key;
        i.ssl_options_set = SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
    }
    lws_set_log_level(0, quiet);
    s->cx = lws_create_context(&i);
    /* Without its certificate libwebsockets makes a context that listens to nobody. */
    if (s->cx != NULL && !is_port_free(c->address, s->port)) return SP_OK;
    (void)snprintf(why, 256,
                   c->tls_cert != NULL
                       ? "cannot listen on %.80s:%u, or its certificate or key cannot be read"
                       : "cannot listen on %.80s:%u (or libwebsockets-evlib-uv is missing)",
                   c->address, s->port);
    return SP_ERR_IO;
}

static void once_a_second(uv_timer_t *t) { server_ws_alive(t->data); }

static void forget(uv_handle_t *h) { free(h); }

static sp_status start_timer(server *s)
{
    s->alive = calloc(1, sizeof *s->alive);
    if (s->alive == NULL) return SP_ERR_NOMEM;
    (void)uv_timer_init(s->loop, s->alive);
    s->alive->data = s;
    (void)uv_timer_start(s->alive, once_a_second, 1000, 1000);
    return SP_OK;
}

/* Ten thousand idle connections: what is only needed while bytes move is given back (34 KiB each),
 * and no sessions are kept, which a client resumes by its own ticket. */
void server_tls_made(server *s, void *tls)
{
    s->tls = tls;
    (void)SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
    (void)SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
}

sp_status server_reload_tls(server *s, char *why)
{
    STACK_OF(X509) *chain = NULL;
    if (s->tls == NULL) return SP_ERR_ARG;
    SSL_CTX *next = SSL_CTX_new(TLS_server_method());
    const bool ok = next != NULL && SSL_CTX_use_certificate_chain_file(next, s->c.tls_cert) == 1 &&
                    SSL_CTX_use_PrivateKey_file(next, s->c.tls_key, SSL_FILETYPE_PEM) == 1 &&
                    SSL_CTX_check_private_key(next) == 1 &&
                    SSL_CTX_get0_chain_certs(next, &chain) == 1 &&
                    SSL_CTX_use_cert_and_key(s->tls, SSL_CTX_get0_certificate(next),
                                             SSL_CTX_get0_privatekey(next), chain, 1) == 1;
    SSL_CTX_free(next);
    if (ok) return SP_OK;
    (void)snprintf(why, 256, "%.80s, %.80s: no certificate and key that belong together",
                   s->c.tls_cert, s->c.tls_key);
    return SP_ERR_FORMAT;
}

sp_status server_new(server **out, uv_loop_t *loop, const server_config *c, const server_events *e,
                     char *why)
{
    *out = NULL;
    server *s = calloc(1, sizeof *s);
    if (s != NULL) s->slots = calloc(c->max_connections, sizeof *s->slots);
    if (s == NULL || s->slots == NULL) {
        free(s);
        return SP_ERR_NOMEM;
    }
    s->loop = loop;
    s->c = *c;
    s->e = *e;
    if (s->c.head_s == 0) s->c.head_s = 10;
    if (s->c.send_ms == 0) s->c.send_ms = 30000;
    if (s->c.body_ms == 0) s->c.body_ms = 10000;
    if (s->c.reply_ms == 0) s->c.reply_ms = 90000;
    if (s->c.hangup_s == 0) s->c.hangup_s = 95;
    if (s->c.min_rate == 0) s->c.min_rate = 10000;
    sp_status status = peers_init(&s->peers, s->c.upgrade_rate > 0 ? s->c.upgrade_rate : 1,
                                  s->c.node_ms > 0 ? s->c.node_ms : 1);
    if (status != SP_OK) {
        free(s->slots);
        free(s);
        return status;
    }
    s->n_slots = c->max_connections;
    for (uint32_t i = 0; i < s->n_slots; i++)
        s->slots[i].next_free = i + 1 < s->n_slots ? i + 2 : 0;
    s->first_free = 1;
    s->sockets_end = &s->sockets;
    s->port = c->port;
    if (!is_port_free(c->address, s->port) && c->fallback_port != 0) s->port = c->fallback_port;
    status = SP_ERR_IO;
    if (!is_port_free(c->address, s->port))
        (void)snprintf(why, 256, "%.80s:%u is in use, or no address of this machine", c->address,
                       s->port);
    else
        status = open_context(s, why);
    if (status == SP_OK) status = start_timer(s);
    if (status == SP_OK) {
        *out = s;
        return SP_OK;
    }
    peers_free(&s->peers);
    free(s->slots);
    free(s);
    return status;
}

unsigned server_port(const server *s) { return s->port; }

server_counts server_count(const server *s) { return s->counts; }

void server_drain(server *s) { s->draining = true; }

void server_stop(server *s)
{
    if (s->stopped) return;
    s->stopped = true;
    uv_close((uv_handle_t *)s->alive, forget);
    lws_context_destroy(s->cx);
}

void server_free(server *s)
{
    if (s == NULL) return;
    if (!s->stopped) server_stop(s);
    peers_free(&s->peers);
    free(s->slots);
    free(s);
}
