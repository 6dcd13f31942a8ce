/* call.h - one request on its way through the relayer, and the table of what it may ask for. */
#ifndef RELAYER_CALL_H
#define RELAYER_CALL_H

#include "relayer/core.h"
#include "relayer/http.h"
#include "relayer/keys.h"
#include "relayer/server.h"
#include "relayer/wait.h"

typedef struct app app;
typedef struct route route;

#define ROUTE_PUBLIC (UINT32_C(1) << 31) /* the handler shows only what anybody may see, then */
#define CALL_VARIABLES 3
#define CALL_VARIABLE 129

typedef struct call {
    job j; /* first: a job is a call */
    app *a;
    server_handle handle;
    const route *r;
    http_request q;
    http_response s;
    char variable[CALL_VARIABLES][CALL_VARIABLE]; /* of the path, in order */
    principal who;                                /* id "" without a key */
    json_t *body;                                 /* parsed, for routes that take JSON */
    void *prepared;                               /* of the route's prepare; freed by drop */
    bool preparing;
    unsigned cost;       /* requests that this one stands for, said by prepare; 0: one */
    bool ran;            /* by the core: should it run again, the answer is begun anew */
    size_t before_bytes; /* of the headers, before that */
    uint64_t start_ns;
    waiting w; /* of a route that may wait */
} call;

/* The database that reads go to; on the core's thread, k is the core, else NULL. */
typedef void (*call_handler)(call *c, db *d, core *k);

typedef enum {
    ROUTE_LOOP, /* answered at once, on the loop's thread: must not wait for anything */
    ROUTE_READ, /* by a reader */
    /* As ROUTE_READ; the variable is a task. With ?wait= (WAIT) or as a stream of events (STREAM)
     * the handler may leave the status at CALL_NOT_ANSWERED while wait_is_on and not w.last: it is
     * called again when the task has changed. */
    ROUTE_WAIT,
    ROUTE_STREAM,
    ROUTE_CHAIN,         /* as ROUTE_READ, by the thread that asks the chain (chain_view.h) */
    ROUTE_EXECUTE,       /* as ROUTE_READ, by the executor (execute.h) */
    ROUTE_EXECUTE_WRITE, /* prepared by the executor, then as ROUTE_WRITE */
    ROUTE_LOGIN,         /* prepared by the thread that asks accounts, then as ROUTE_WRITE */
    ROUTE_WRITE          /* by the core */
} route_kind;

struct route {
    http_method method;
    const char *path; /* {} stands for one segment, which becomes a variable */
    uint32_t scope;   /* that a key needs one of; 0: public; ROUTE_PUBLIC: or no key at all */
    route_kind kind;
    bool json;         /* takes a JSON object as its body */
    uint64_t max_body; /* bytes; 0: none */
    call_handler
        prepare; /* on a reader's thread, before a ROUTE_WRITE; may answer (status below) */
    call_handler handle;
    void (*drop)(void *prepared);
};

/* prepare: not answered yet. */
#define CALL_NOT_ANSWERED 0

const route *route_list(size_t *n);
/* NULL with *allowed == 0: no such path; NULL else: the path takes other methods (bits of
 * http_method). */
const route *route_find(http_method m, const char *path,
                        char variable[CALL_VARIABLES][CALL_VARIABLE], unsigned *allowed);

/* Ends of a call, for wait.c: the answer c->s, 503, nothing. */
void call_answer(call *c);
void call_overloaded(call *c);
void call_free(call *c);
void call_count(const call *c);
/* c->body from the body; for handlers whose route has not `json`. False: c is answered. */
SP_MUST_USE bool call_parse_body(call *c);

/* Takes over q. On the loop's thread. */
void call_begin(app *a, server_handle h, http_request *q);
uint64_t call_max_body(app *a, const http_request *q);

#endif
