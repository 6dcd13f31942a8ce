/* queue.h - a bounded queue of jobs between threads, and a pool of threads that take from one. */
#ifndef RELAYER_QUEUE_H
#define RELAYER_QUEUE_H

#include "core/sp.h"

#include <pthread.h>

/* To be embedded; belongs to whoever holds it. */
typedef struct job {
    struct job *next;
    /* On the thread that takes it. `with` is what that thread owns: the core, or a reader's
     * database. */
    void (*run)(struct job *j, void *with);
    /* Afterwards, on the loop that it came from (see port.h); frees it. */
    void (*done)(struct job *j);
    bool failed; /* what run did was rolled back: the answer of run is void */
} job;

typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t some;
    job *head, **tail;
    size_t n, room;
    bool closed;
} queue;

void queue_init(queue *q, size_t room);
void queue_free(queue *q); /* empty by now */
/* False when it is full or closed: nothing was taken over. */
SP_MUST_USE bool queue_put(queue *q, job *j);
/* Also when it is full: for what must not be left out, and of which there is a bound elsewhere. */
SP_MUST_USE bool queue_put_beyond(queue *q, job *j);
/* Up to most jobs as a list, in order; waits until there is one, until_ns (CLOCK_MONOTONIC) has
 * come (NULL then), or the queue is closed. */
job *queue_take(queue *q, size_t most, uint64_t until_ns);
bool queue_is_closed(queue *q);
/* Closed and empty: nothing will come any more. */
bool queue_is_over(queue *q);
size_t queue_length(queue *q);
/* Takes no more; what is in it is still handed out. */
void queue_close(queue *q);

uint64_t clock_ns(void); /* monotonic: for intervals */
int64_t clock_ms(void);  /* wall clock, milliseconds since 1970: for what is stored */

#endif
