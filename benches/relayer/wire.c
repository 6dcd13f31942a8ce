/* wire.c - see wire.h. */
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

bool target_read(target *t, const char *url, const char *ca)
{
    char address[64];
    unsigned port;
    const bool tls = strncmp(url, "https://", 8) == 0;
    memset(t, 0, sizeof *t);
    if ((!tls && strncmp(url, "http://", 7) != 0) ||
        sscanf(strstr(url, "//") + 2, "%63[0-9.]:%5u", address, &port) != 2)
        return false;
    t->at.sin_family = AF_INET;
    t->at.sin_port = htons((uint16_t)port);
    (void)snprintf(t->host, sizeof t->host, "%.50s:%u", address, port);
    if (inet_pton(AF_INET, address, &t->at.sin_addr) != 1) return false;
    if (!tls) return true;
    t->tls = SSL_CTX_new(TLS_client_method());
    if (t->tls == NULL) return false;
    (void)SSL_CTX_set_mode(t->tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (ca == NULL) return true;
    SSL_CTX_set_verify(t->tls, SSL_VERIFY_PEER, NULL);
    return SSL_CTX_load_verify_locations(t->tls, ca, NULL) == 1;
}

bool wire_open(wire *w, const target *t, int epoll, void *owner)
{
    const int one = 1;
    memset(w, 0, sizeof *w);
    w->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (w->fd < 0) return false;
    (void)setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = owner};
    bool ok =
        connect(w->fd, (const struct sockaddr *)&t->at, sizeof t->at) == 0 || errno == EINPROGRESS;
    if (ok && t->tls != NULL) {
        w->ssl = SSL_new(t->tls);
        ok = w->ssl != NULL && SSL_set_fd(w->ssl, w->fd) == 1;
        if (ok) SSL_set_connect_state(w->ssl);
    }
    ok = ok && epoll_ctl(epoll, EPOLL_CTL_ADD, w->fd, &e) == 0;
    if (!ok) wire_close(w, false);
    return ok;
}

void wire_close(wire *w, bool reset)
{
    if (w->fd >= 0) {
        const struct linger now = {1, 0};
        if (reset) (void)setsockopt(w->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        if (w->ssl != NULL) SSL_free(w->ssl);
        (void)close(w->fd);
    }
    free(w->in);
    free(w->out);
    memset(w, 0, sizeof *w);
    w->fd = -1;
}

static bool room(uint8_t **p, size_t *have, size_t need)
{
    if (need <= *have) return true;
    const size_t more = need < 1024 ? 1024 : 2 * need;
    uint8_t *q = realloc(*p, more);
    if (q == NULL) return false;
    *p = q;
    *have = more;
    return true;
}

/* Above 0: bytes; 0: nothing can be moved now; below: it has ended. */
static ssize_t move(wire *w, bool out, void *at, size_t n)
{
    if (w->ssl != NULL) {
        const int r = out ? SSL_write(w->ssl, at, (int)n) : SSL_read(w->ssl, at, (int)n);
        if (r > 0) return r;
        const int e = SSL_get_error(w->ssl, r);
        return e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE ? 0 : -1;
    }
    const ssize_t r = out ? send(w->fd, at, n, MSG_NOSIGNAL) : recv(w->fd, at, n, 0);
    if (r > 0) return r;
    return r < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN) ? 0 : -1;
}

static bool flush(wire *w)
{
    while (w->out_at < w->out_bytes) {
        const ssize_t n = move(w, true, w->out + w->out_at, w->out_bytes - w->out_at);
        if (n < 0) return false;
        if (n == 0) return true;
        w->out_at += (size_t)n;
    }
    w->out_at = w->out_bytes = 0;
    if (w->out_room > 4096) { /* ten thousand of them */
        free(w->out);
        w->out = NULL;
        w->out_room = 0;
    }
    return true;
}

bool wire_pump(wire *w)
{
    if (w->fd < 0) return false;
    if (!w->open) {
        int wrong = 0;
        socklen_t n = sizeof wrong;
        struct sockaddr_in peer;
        socklen_t peer_bytes = sizeof peer;
        if (getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &wrong, &n) != 0 || wrong != 0) return false;
        if (getpeername(w->fd, (struct sockaddr *)&peer, &peer_bytes) != 0) return true;
        if (w->ssl != NULL) {
            const int r = SSL_do_handshake(w->ssl);
            const int e = r == 1 ? SSL_ERROR_NONE : SSL_get_error(w->ssl, r);
            if (e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE) return true;
            if (e != SSL_ERROR_NONE) return false;
        }
        w->open = true;
    }
    if (!flush(w)) return false;
    for (;;) {
        if (!room(&w->in, &w->in_room, w->in_bytes + 512)) return false;
        const ssize_t n = move(w, false, w->in + w->in_bytes, w->in_room - w->in_bytes);
        if (n < 0) return false;
        if (n == 0) break;
        w->in_bytes += (size_t)n;
    }
    return flush(w); /* a TLS write may have waited for a read */
}

bool wire_send(wire *w, const void *bytes, size_t n)
{
    if (w->fd < 0 || !room(&w->out, &w->out_room, w->out_bytes + n)) return false;
    memcpy(w->out + w->out_bytes, bytes, n);
    w->out_bytes += n;
    return !w->open || flush(w);
}

void wire_take(wire *w, size_t n)
{
    w->in_bytes -= n;
    if (w->in_bytes > 0) {
        memmove(w->in, w->in + n, w->in_bytes);
    } else if (w->in_room > 0) {
        free(w->in);
        w->in = NULL;
        w->in_room = 0;
    }
}
