/* server.c - see server.h: one connection at a time, each closed after its answer. */
#include "tests/starknet/server.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void send_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
        if (k <= 0) return;
        p += k;
        n -= (size_t)k;
    }
}

/* Header and body; false when the client went away. */
static bool read_request(server *s, int fd)
{
    static char text[1 << 16];
    size_t n = 0, body = 0, want = 0;
    while (n + 1 < sizeof text && (!body || n < body + want)) {
        ssize_t k = recv(fd, text + n, sizeof text - 1 - n, 0);
        if (k <= 0) return false;
        n += (size_t)k;
        text[n] = 0;
        char *end = strstr(text, "\r\n\r\n"), *length = strstr(text, "Content-Length: ");
        if (end && length) {
            body = (size_t)(end + 4 - text);
            want = strtoul(length + 16, NULL, 10);
        }
    }
    snprintf(s->request, sizeof s->request, "%s", text + body);
    return true;
}

static void answer(server *s, int fd)
{
    char head[200], text[4096];
    if (s->flood) {
        snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        send_all(fd, head, strlen(head));
        memset(text, ' ', sizeof text);
        for (size_t sent = 0; sent < s->flood; sent += sizeof text) send_all(fd, text, sizeof text);
        return;
    }
    unsigned at = s->n_requests - 1;
    if (at >= SERVER_REPLIES) at = SERVER_REPLIES - 1;
    while (at && !s->replies[at]) at--;
    const char *id = strstr(s->request, "\"id\":");
    size_t n = 0;
    for (const char *p = s->replies[at]; p && *p && n + 30 < sizeof text; p++) {
        if (*p == '$' && id)
            n += (size_t)sprintf(text + n, "%lu", strtoul(id + 5, NULL, 10));
        else
            text[n++] = *p;
    }
    snprintf(head, sizeof head,
             "HTTP/1.1 %d X\r\nContent-Length: %zu\r\nLocation: /\r\nConnection: close\r\n\r\n",
             s->status, n);
    send_all(fd, head, strlen(head));
    send_all(fd, text, n);
}

static void *serve(void *user)
{
    server *s = user;
    for (;;) {
        int fd = accept(s->socket, NULL, NULL);
        if (fd < 0) return NULL;
        if (read_request(s, fd)) {
            s->n_requests++;
            if (s->silent) {
                char c; /* until the client gives up */
                while (recv(fd, &c, 1, 0) > 0) {}
            } else if (s->status || s->flood) {
                answer(s, fd);
            }
        }
        close(fd);
    }
}

bool server_start(server *s)
{
    struct sockaddr_in a;
    socklen_t n = sizeof a;
    memset(&a, 0, sizeof a);
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (s->socket < 0 || bind(s->socket, (const struct sockaddr *)&a, n) || listen(s->socket, 8) ||
        getsockname(s->socket, (struct sockaddr *)&a, &n))
        return false;
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%u", (unsigned)ntohs(a.sin_port));
    return pthread_create(&s->thread, NULL, serve, s) == 0;
}

void server_stop(server *s)
{
    shutdown(s->socket, SHUT_RDWR); /* ends accept */
    pthread_join(s->thread, NULL);
    close(s->socket);
}
