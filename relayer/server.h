/* server.h - HTTP/1.1 and WebSockets by libwebsockets on a libuv loop.
 *
 * Everything here happens on the loop's thread; other threads hand jobs to it (port.h). A
 * connection is named by a handle that is never used twice, so that an answer which comes after its
 * client has gone does nothing. */
#ifndef RELAYER_SERVER_H
#define RELAYER_SERVER_H

#include "relayer/http.h"

#include <uv.h>

typedef struct server server;
typedef uint64_t server_handle; /* 0: none */

typedef struct {
    void *user;
    /* How long a body may be here, in bytes; above SERVER_MEMORY_BODY it comes in an unlinked file.
     */
    uint64_t (*max_body)(void *user, const http_request *q); /* method, path, headers */
    /* Before a longer body than that: false, and the answer, where it may not come. NULL: it may.
     */
    bool (*long_body)(void *user, http_request *q, http_response *r, uint64_t bytes);
    /* A whole request, which is taken over. The answer is one server_reply, now or later. */
    void (*request)(void *user, server_handle h, http_request *q);
    /* A node's socket: its messages are whole, in UTF-8, n bytes and a zero byte; to be freed. */
    void (*ws_open)(void *user, server_handle h, const char *node, const char *peer);
    void (*ws_message)(void *user, server_handle h, char *text, size_t n, int64_t rtt_us);
    void (*ws_close)(void *user, server_handle h);
    /* For statistics; NULL allowed: a request that was refused here, with the code of its answer; a
     * node's socket that is closed, with our close code, or the peer's, or 1006. */
    void (*refused)(void *user, const char *code);
    void (*ws_ended)(void *user, unsigned code);
} server_events;

#define SERVER_MEMORY_BODY ((size_t)256 << 10)
/* What all that is coming in may take together. */
#define SERVER_BODY_BYTES ((size_t)256 << 20)
#define SERVER_WS_COMING_BYTES ((size_t)128 << 20)

typedef struct {
    const char *address; /* "127.0.0.1", "0.0.0.0", "::" */
    unsigned port;
    unsigned fallback_port;         /* taken when port is in use; 0: none */
    const char *tls_cert, *tls_key; /* NULL: plain */
    const char *spool;              /* a folder for long bodies */
    unsigned max_connections;
    unsigned per_ip;       /* sockets of one address; 0: any number */
    unsigned upgrade_rate; /* handshakes of nodes from one address in a minute; 0: any number */
    uint64_t node_ms;      /* how often one node may connect from one address; 0: any number */
    const char *proxies;   /* addresses, with commas, whose X-Forwarded-For counts; NULL: none */
    const char *cors;      /* cors.h; NULL: none */
    unsigned min_rate;     /* bytes a second that a body must come or go at least; 0: 10000 */
    size_t max_message;    /* bytes of a node's message */
    /* Messages of one socket in a second, and at once; 0: any number. */
    uint64_t message_rate, message_burst;
    unsigned head_s;   /* the head of a request has this long; 0: 10 */
    unsigned send_ms;  /* a client that takes nothing for so long is cut off, and one that takes
                        * an answer more slowly than min_rate after so long; 0: 30000 */
    unsigned body_ms;  /* a body has this long, and what min_rate gives what came of it; 0: 10000 */
    unsigned reply_ms; /* a handler has this long; 0: 90000 */
    unsigned hangup_s; /* a WebSocket peer that answers no ping for so long is gone; 0: 95 */
} server_config;

/* SP_ERR_IO, with a sentence in why[256]: the address cannot be listened on. */
SP_MUST_USE sp_status server_new(server **out, uv_loop_t *loop, const server_config *c,
                                 const server_events *e, char *why);
unsigned server_port(const server *s);

/* The certificate and its key are read again; connections made from now on see them. SP_ERR_FORMAT,
 * with a sentence in why[256]: they cannot be read or do not belong together, and what was in use
 * stays. SP_ERR_ARG: this server speaks no TLS. */
SP_MUST_USE sp_status server_reload_tls(server *s, char *why);

/* Takes over what r holds. Nothing happens when the client has gone. */
void server_reply(server *s, server_handle h, http_response *r);
/* The answer will take long: the memory of the request's head, of which there is little, goes to
 * others. The connection closes after the answer. */
void server_hold(server *s, server_handle h);
/* More of a response whose stream is set. False: the client has gone, or reads too slowly (it is
 * cut off). */
bool server_stream(server *s, server_handle h, const char *text, size_t n);
void server_stream_end(server *s, server_handle h);

/* Queues a message for a node. False: it has gone, or more than SERVER_WS_QUEUE messages wait (it
 * is cut off). */
bool server_send(server *s, server_handle h, const char *text, size_t n);
/* Closes after what is queued. reason: at most 123 bytes. */
void server_close(server *s, server_handle h, unsigned code, const char *reason);
#define SERVER_WS_QUEUE 64
#define SERVER_WS_QUEUE_BYTES ((size_t)256 << 10)

typedef struct {
    uint64_t requests, refused, ws_opened, ws_messages;
    size_t ws_now, http_now, ws_queued_bytes;
    size_t ws_coming_bytes, body_bytes; /* of messages and bodies that are not whole yet */
} server_counts;
server_counts server_count(const server *s);

/* From now on no new connection stays open: every answer closes, and WebSocket handshakes are
 * refused. */
void server_drain(server *s);
/* To be called within the loop; the loop then ends by itself, after which server_free releases s.
 */
void server_stop(server *s);
void server_free(server *s);

#endif
