/* wait.h - calls that wait for a task to change: long polls (?wait=) and streams of events.
 *
 * On the loop's thread. A call is entered before its first read, so that no change can come between
 * the read and the entry; each change of its task makes it read again. It ends with an answer of
 * its handler, at its time, when its client has gone (a stream), or when the relayer drains. */
#ifndef RELAYER_WAIT_H
#define RELAYER_WAIT_H

#include "market/uuid.h"
#include "relayer/queue.h"

#include <uv.h>

struct app;
struct call;

#define WAIT_MOST 4096u      /* calls that wait at once */
#define WAIT_MOST_OF_KEY 256 /* of one API key */
#define WAIT_MOST_S 60       /* of a long poll */
#define WAIT_STREAM_MS (UINT64_C(3600) * 1000)
#define WAIT_LOOK_MS                                                              \
    1000 /* between two looks where other relayers change tasks, or 2 ms for each \
            that waits */
#define WAIT_ALIVE_MS 15000 /* between two signs of life of a silent stream */

/* In the call. */
typedef struct waiting {
    struct waiting *next, **link; /* with the same hash of task */
    struct call *c;
    bool on; /* waits; its neighbours change the links while a reader asks this */
    char task[UUID_TEXT];
    uint64_t until_ns, sign_ns, read_ns;
    bool stream, reading, woken, over, opened;
    /* Of the handler, on a reader's thread. */
    bool last;    /* must answer now */
    bool primed;  /* seen is set */
    int64_t seen; /* the version that the client knows, or the last event it has */
    char *text;   /* of a stream: what is new, malloc'ed */
    size_t n;
    bool ended; /* a stream: nothing will follow */
} waiting;

#define WAIT_BUCKETS 1024u
typedef struct {
    waiting *bucket[WAIT_BUCKETS];
    size_t n;
    uv_timer_t timer;
    bool draining;
} waits;

void waits_init(waits *w, uv_loop_t *loop, struct app *a);
void waits_drain(struct app *a);
/* Frees those that are left; no reader runs any more. */
void waits_close(struct app *a);

/* Enters a call of a route that may wait, when it asks to. False: c->s is the answer. */
SP_MUST_USE bool wait_enter(struct call *c);
bool wait_is_on(const struct call *c);
void wait_leave(struct call *c);
/* After a read: answers, waits on, or reads again. Takes the call over. */
void wait_after_read(struct call *c);
/* A task has changed. */
void wait_wake(struct app *a, const char *task);
void wait_wake_all(struct app *a);

#endif
