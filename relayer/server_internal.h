/* server_internal.h - the state that server*.c share. */
#ifndef RELAYER_SERVER_INTERNAL_H
#define RELAYER_SERVER_INTERNAL_H

#include "relayer/peers.h"
#include "relayer/server.h"

#include <libwebsockets.h>

typedef struct {
    uint32_t generation;
    uint32_t next_free;
    struct lws *wsi; /* NULL: free */
    void *state;     /* an exchange or a socket */
    bool is_ws;
} slot;

struct server {
    uv_loop_t *loop;
    server_config c;
    server_events e;
    struct lws_context *cx;
    void *tls; /* SSL_CTX of the context; NULL: plain */
    unsigned port;
    slot *slots;
    uint32_t n_slots, first_free; /* index + 1; 0: none */
    server_counts counts;
    bool draining, stopped;
    uint64_t ids;                             /* of requests */
    struct ws_socket *sockets, **sockets_end; /* all, those first that answered longest ago */
    peers peers;
    uv_timer_t *alive; /* looks at them once a second */
};

/* 0 when all max_connections are taken. */
server_handle server_slot_take(server *s, struct lws *wsi, void *state, bool is_ws);
void server_slot_release(server *s, server_handle h);
/* NULL when it has gone or is of the other kind. */
void *server_slot_find(const server *s, server_handle h, bool is_ws);
server *server_of(struct lws *wsi);

/* Pings who was silent, and hangs up on who answers none. libwebsockets 4.1.6 would do so with a
 * timer for each socket in one sorted list, which every timer of every request then walks along. */
void server_ws_alive(server *s);

/* Sockets of one address (server.c). A new one may come in at all; it is counted from then on; it
 * is one too many, and its requests are refused. */
bool server_peer_may_come(server *s, int fd);
void server_peer_came(server *s, struct lws *wsi);
void server_peer_left(server *s, struct lws *wsi);
bool server_peer_too_many(const server *s, struct lws *wsi);
/* The address that a handshake is from; 0: its socket is counted already, it came by no proxy. */
size_t server_forwarded(const server *s, struct lws *wsi, uint8_t address[16]);

/* The SSL_CTX, when libwebsockets has made it. */
void server_tls_made(server *s, void *tls);

/* The callbacks of the two protocols. */
int server_http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                         size_t len);
int server_ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                       size_t len);
/* Whether a connection may become a WebSocket: 0, or -1 to end it. A new connection has the default
 * protocol, which is that of the nodes; so both callbacks are asked. libwebsockets 4.1.6 hands over
 * the value of the header in memory that it may have freed: the header is read again. */
int server_confirm_upgrade(struct lws *wsi);
#define SERVER_HTTP_PSS sizeof(void *)
#define SERVER_WS_PSS sizeof(void *)

/* A header as text, or NULL when it is absent or longer than the room. */
const char *server_header(struct lws *wsi, char *room, size_t n, enum lws_token_indexes token);

#endif
