/* pool.c - see pool.h. */
#include "pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

uint64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

bool pool_init(pool *p, const target *to, int epoll, size_t n)
{
    memset(p, 0, sizeof *p);
    p->to = to;
    p->epoll = epoll;
    p->end = &p->first;
    p->n = n;
    p->c = calloc(n > 0 ? n : 1, sizeof *p->c);
    for (size_t i = 0; p->c != NULL && i < n; i++) {
        p->c[i].owner = OWNER_CONNECTION;
        p->c[i].pool = p;
        p->c[i].w.fd = -1;
        p->c[i].next = p->free_list;
        p->free_list = &p->c[i];
    }
    return p->c != NULL;
}

void pool_free(pool *p)
{
    for (size_t i = 0; i < p->n; i++) {
        wire_close(&p->c[i].w, false);
        free(p->c[i].q);
    }
    while (p->first != NULL) {
        request *q = p->first;
        p->first = q->next;
        free(q);
    }
    free(p->c);
    memset(p, 0, sizeof *p);
}

static void done(connection *c, int status, const char *body, size_t n)
{
    pool *p = c->pool;
    request *q = c->q;
    c->q = NULL;
    p->busy--;
    c->next = p->free_list;
    p->free_list = c;
    p->answer(p->user, q, status, body, n);
    free(q);
}

static bool send_request(connection *c)
{
    const request *q = c->q;
    return wire_send(&c->w, q->head, q->head_bytes) &&
           (q->body_bytes == 0 || wire_send(&c->w, q->body, q->body_bytes));
}

static void start_waiting(pool *p)
{
    while (p->first != NULL && p->free_list != NULL) {
        connection *c = p->free_list;
        request *q = p->first;
        p->first = q->next;
        if (p->first == NULL) p->end = &p->first;
        p->waiting--;
        p->free_list = c->next;
        p->busy++;
        c->q = q;
        bool ok = c->w.fd >= 0 && send_request(c);
        if (!ok) { /* the server may have closed an idle connection: once more, on a new one */
            wire_close(&c->w, false);
            ok = wire_open(&c->w, p->to, p->epoll, c) && send_request(c);
        }
        if (!ok) {
            wire_close(&c->w, false);
            done(c, 0, "", 0);
        }
    }
}

bool pool_ask(pool *p, const char *method, const char *path, const char *headers,
              const uint8_t *body, size_t n, uint64_t due_ns, void *cookie)
{
    const size_t room = strlen(path) + strlen(headers) + 256;
    request *q = malloc(sizeof *q + room);
    if (q == NULL) return false;
    int head = snprintf(q->head, room, "%s %s HTTP/1.1\r\nHost: %s\r\n%s", method, path,
                        p->to->host, headers);
    head += strcmp(method, "GET") == 0
                ? snprintf(q->head + head, room - (size_t)head, "\r\n")
                : snprintf(q->head + head, room - (size_t)head, "Content-Length: %zu\r\n\r\n", n);
    q->next = NULL;
    q->due_ns = due_ns;
    q->body = body;
    q->body_bytes = n;
    q->head_bytes = (size_t)head;
    q->cookie = cookie;
    *p->end = q;
    p->end = &q->next;
    p->waiting++;
    start_waiting(p);
    return true;
}

/* The length of a whole answer at the start of n bytes, 0 while it is not whole. */
static size_t whole(const char *in, size_t n, int *status, const char **body, size_t *body_bytes,
                    bool *last)
{
    const char *end = memmem(in, n, "\r\n\r\n", 4);
    if (end == NULL) return 0;
    const size_t head = (size_t)(end - in) + 4;
    *status = n > 12 ? atoi(in + 9) : 0;
    *body_bytes = 0;
    *last = false;
    for (const char *p = memchr(in, '\n', head); p != NULL && p + 1 < end;
         p = memchr(p + 1, '\n', (size_t)(end - p - 1))) {
        if (strncasecmp(p + 1, "content-length:", 15) == 0) *body_bytes = strtoul(p + 16, NULL, 10);
        if (strncasecmp(p + 1, "connection: close", 17) == 0) *last = true;
    }
    if (*status == 100) *body_bytes = 0;
    *body = in + head;
    return n >= head + *body_bytes ? head + *body_bytes : 0;
}

void pool_event(connection *c)
{
    const bool alive = wire_pump(&c->w);
    int status;
    const char *body;
    size_t body_bytes;
    bool last = false;
    const size_t n = c->w.in_bytes == 0 ? 0
                                        : whole((const char *)c->w.in, c->w.in_bytes, &status,
                                                &body, &body_bytes, &last);
    if (n > 0 && c->q != NULL) {
        /* The answer is looked at before the connection goes on: its bytes stay where they are. */
        uint8_t *in = c->w.in;
        c->w.in = NULL;
        c->w.in_bytes = c->w.in_room = 0;
        if (!alive || last) wire_close(&c->w, false);
        done(c, status, body, body_bytes);
        free(in);
    } else if (!alive) {
        wire_close(&c->w, false);
        if (c->q != NULL) done(c, 0, "", 0);
    }
    start_waiting(c->pool);
}
