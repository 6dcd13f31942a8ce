/* queue.c - see queue.h. */
#include "relayer/queue.h"

#include <time.h>

void queue_init(queue *q, size_t room)
{
    pthread_condattr_t attr;
    *q = (queue){.room = room};
    q->tail = &q->head;
    (void)pthread_mutex_init(&q->lock, NULL);
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&q->some, &attr);
    (void)pthread_condattr_destroy(&attr);
}

void queue_free(queue *q)
{
    (void)pthread_cond_destroy(&q->some);
    (void)pthread_mutex_destroy(&q->lock);
}

static bool put(queue *q, job *j, bool beyond)
{
    (void)pthread_mutex_lock(&q->lock);
    const bool ok = !q->closed && (beyond || q->n < q->room);
    if (ok) {
        j->next = NULL;
        *q->tail = j;
        q->tail = &j->next;
        q->n++;
        (void)pthread_cond_signal(&q->some);
    }
    (void)pthread_mutex_unlock(&q->lock);
    return ok;
}

bool queue_put(queue *q, job *j) { return put(q, j, false); }

bool queue_put_beyond(queue *q, job *j) { return put(q, j, true); }

job *queue_take(queue *q, size_t most, uint64_t until_ns)
{
    const struct timespec until = {(time_t)(until_ns / 1000000000u),
                                   (long)(until_ns % 1000000000u)};
    (void)pthread_mutex_lock(&q->lock);
    while (q->n == 0 && !q->closed)
        if (pthread_cond_timedwait(&q->some, &q->lock, &until) != 0) break;
    job *first = q->head, **end = &first;
    size_t n = 0;
    while (*end != NULL && n < most) {
        end = &(*end)->next;
        n++;
    }
    if (n > 0) {
        q->head = *end;
        if (q->head == NULL) q->tail = &q->head;
        *end = NULL;
        q->n -= n;
    }
    (void)pthread_mutex_unlock(&q->lock);
    return first;
}

bool queue_is_closed(queue *q)
{
    (void)pthread_mutex_lock(&q->lock);
    const bool closed = q->closed;
    (void)pthread_mutex_unlock(&q->lock);
    return closed;
}

bool queue_is_over(queue *q)
{
    (void)pthread_mutex_lock(&q->lock);
    const bool over = q->closed && q->n == 0;
    (void)pthread_mutex_unlock(&q->lock);
    return over;
}

size_t queue_length(queue *q)
{
    (void)pthread_mutex_lock(&q->lock);
    const size_t n = q->n;
    (void)pthread_mutex_unlock(&q->lock);
    return n;
}

void queue_close(queue *q)
{
    (void)pthread_mutex_lock(&q->lock);
    q->closed = true;
    (void)pthread_cond_broadcast(&q->some);
    (void)pthread_mutex_unlock(&q->lock);
}

uint64_t clock_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

int64_t clock_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
