/* pool.h - HTTP requests over a number of connections that stay open, one at a time on each.
 *
 * A request that finds none free waits in line; its time counts from when it was due, so that a
 * server which stalls does not keep its own delays out of the figures. */
#ifndef BENCHES_RELAYER_POOL_H
#define BENCHES_RELAYER_POOL_H

#include "wire.h"

enum { OWNER_CONNECTION, OWNER_NODE }; /* the first member of what epoll gives back */

typedef struct request {
    struct request *next;
    uint64_t due_ns;
    const uint8_t *body; /* the caller's, until the answer */
    size_t body_bytes, head_bytes;
    void *cookie;
    char head[];
} request;

typedef struct connection {
    int owner;
    struct pool *pool;
    struct connection *next; /* of those that are free */
    wire w;
    request *q; /* under way */
} connection;

typedef struct pool {
    const target *to;
    int epoll;
    connection *c, *free_list;
    size_t n, waiting, busy;
    request *first, **end;
    /* status 0: the connection ended before the answer was whole. */
    void (*answer)(void *user, const request *q, int status, const char *body, size_t n);
    void *user;
} pool;

SP_MUST_USE bool pool_init(pool *p, const target *to, int epoll, size_t n);
void pool_free(pool *p);
/* What stands after the request line and Host, without Content-Length; method and path before. */
SP_MUST_USE bool pool_ask(pool *p, const char *method, const char *path, const char *headers,
                          const uint8_t *body, size_t n, uint64_t due_ns, void *cookie);
void pool_event(connection *c);
uint64_t now_ns(void);

#endif
