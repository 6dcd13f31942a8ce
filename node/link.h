/* link.h - the WebSocket to the relayer: connected again whenever it ends, with growing, random
 * pauses. On one loop. */
#ifndef NODE_LINK_H
#define NODE_LINK_H

#include "core/sp.h"

#include <uv.h>

typedef struct node_link node_link;

typedef struct {
    void *user;
    void (*opened)(void *user);
    void (*message)(void *user, char *text,
                    size_t n); /* whole, n bytes and a zero byte; to be freed */
    /* reason: of the close frame, or why no connection came about. */
    void (*closed)(void *user, unsigned code, const char *reason);
} link_events;

typedef struct {
    const char *url;     /* http://host:port or https://host:port, as the relayer's API: home */
    const char *ca_file; /* whom https trusts, in PEM; NULL: the system's */
    const char *node_id;
    unsigned min_ms, max_ms; /* pauses: 1000 and 60000 when 0 */
    size_t max_message;      /* 0: 1 MiB */
} link_config;

#define LINK_WHY 200
/* Tries to connect at once. SP_ERR_ARG: not such a URL. */
SP_MUST_USE sp_status link_new(node_link **out, uv_loop_t *loop, const link_config *c,
                               const link_events *e, char why[LINK_WHY]);
/* Queues a text; false: not connected. */
bool link_send(node_link *l, const char *text, size_t n);
bool link_is_open(const node_link *l);
/* The next connection within this. */
void link_pause(node_link *l, unsigned ms);
/* The next connection not before this, nor after one and a half times this. */
void link_hold(node_link *l, unsigned ms);
#define LINK_PLACES 8
/* A further address at which the relayer is. False: not such a URL, not of home's scheme, or more
 * than LINK_PLACES with home since the start. */
SP_MUST_USE bool link_know(node_link *l, const char *url);
/* Of all places but home: none is tried any more, until it is made known again. */
void link_forget(node_link *l);
/* The next connection goes to another place than this one, if one is known. After an attempt that
 * fails it is the next one's turn anyway. */
void link_elsewhere(node_link *l);
/* Where it is connected, or tries to, without a slash at its end; the text lives as long as the
 * link. */
const char *link_place(const node_link *l);
bool link_is_home(const node_link *l);
/* This place is not tried any more, if it is not home; the next connection goes home. */
void link_home(node_link *l);
/* Closes the connection; the relayer is told the code. It is opened again. */
void link_drop(node_link *l, unsigned code, const char *reason);
/* The same, but it stays closed. */
void link_end(node_link *l, unsigned code, const char *reason);
/* Ends it all, within the loop; link_delete after the loop. */
void link_stop(node_link *l);
void link_delete(node_link *l);

#endif
