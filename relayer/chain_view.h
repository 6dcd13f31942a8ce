/* chain_view.h - what the contract's views say, asked on behalf of anybody: a thread of its own
 * with its own endpoints, since a node may take long to answer, and answers that are kept for a
 * while.
 *
 * A request waits a bounded time, whatever the nodes do; after one in vain the next ones are told
 * so at once for a moment. */
#ifndef RELAYER_CHAIN_VIEW_H
#define RELAYER_CHAIN_VIEW_H

#include "relayer/endpoints.h"
#include "relayer/queue.h"

#include <jansson.h>
#include <pthread.h>

struct app;

#define CHAIN_VIEW_ROOM 256      /* requests that may wait */
#define CHAIN_VIEW_KEPT 256      /* answers */
#define CHAIN_VIEW_KEY 256       /* of one */
#define CHAIN_VIEW_FRESH_MS 5000 /* an answer is given for so long */
#define CHAIN_VIEW_WAIT_MS 5000  /* beyond that a request in the queue is not begun */

typedef struct chain_view {
    struct app *a;
    queue queue;
    pthread_t thread;
    bool running;
    char database[512];
    endpoints e; /* of the thread, with what follows */
    felt contract;
    uint64_t down_until_ns;
    struct {
        char key[CHAIN_VIEW_KEY]; /* "": free */
        uint64_t at_ns;
        json_t *answer; /* NULL: the contract has no such thing */
    } kept[CHAIN_VIEW_KEPT];
} chain_view;

/* The thread runs without chain.rpc, too: handlers then say that there is no chain. SP_ERR_IO,
 * SP_ERR_ARG, SP_ERR_NOMEM. */
SP_MUST_USE sp_status chain_view_open(chain_view *v, struct app *a, const char *database);
void chain_view_close(chain_view *v); /* zeroed or closed allowed */

/* On the thread. What is known of a key and fresh enough: *answer is then a reference of the
 * caller's, or NULL. */
SP_MUST_USE bool chain_view_find(chain_view *v, const char *key, json_t **answer);
/* Keeps an answer (a new reference of its own). */
void chain_view_keep(chain_view *v, const char *key, json_t *answer);
/* False: no node answered a moment ago, or the request has waited too long. */
SP_MUST_USE bool chain_view_may_ask(const chain_view *v, uint64_t start_ns);
void chain_view_failed(chain_view *v);

#endif
