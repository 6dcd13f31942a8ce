/* wire.h - a connection that never waits: bytes in, bytes out, with or without TLS, by epoll. */
#ifndef BENCHES_RELAYER_WIRE_H
#define BENCHES_RELAYER_WIRE_H

#include "core/sp.h"

#include <netinet/in.h>
#include <openssl/ssl.h>

typedef struct {
    struct sockaddr_in at;
    char host[64]; /* as the Host header has it, with the port */
    SSL_CTX *tls;  /* NULL: plain */
} target;

/* http://ADDRESS:PORT or https://ADDRESS:PORT, ADDRESS in numbers; ca: whom to trust, or NULL for
 * anybody. */
SP_MUST_USE bool target_read(target *t, const char *url, const char *ca);

typedef struct {
    int fd; /* -1: closed */
    SSL *ssl;
    bool open; /* may send */
    uint8_t *in, *out;
    size_t in_bytes, in_room, out_bytes, out_room, out_at;
} wire;

/* owner is what epoll gives back. False: no connection can be begun. */
SP_MUST_USE bool wire_open(wire *w, const target *t, int epoll, void *owner);
/* Moves what can be moved; false: it has ended. What came in before stays readable. */
SP_MUST_USE bool wire_pump(wire *w);
/* False: it has ended. */
SP_MUST_USE bool wire_send(wire *w, const void *bytes, size_t n);
/* The first n bytes that came in are done with. */
void wire_take(wire *w, size_t n);
/* reset: the other side sees a reset, not an end, and no port stays taken. */
void wire_close(wire *w, bool reset);

#endif
