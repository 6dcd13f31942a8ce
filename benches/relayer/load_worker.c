/* load_worker.c - a thread of the load generator: its nodes, and its requests when they are due. */
#include "load.h"

#include "market/hex.h"

#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define LATE_NS (30 * LOAD_SECOND) /* an answer is waited for so long after the last request */

static void on_answer(void *user, const request *q, int status, const char *body, size_t n)
{
    load_worker *w = user;
    const uint64_t now = now_ns();
    w->answered++;
    w->end_ns = now;
    histogram_add(&w->latency, now - q->due_ns);
    w->lost += status == 0;
    w->wrong += status < 200 || status > 299;
    w->status[status > 0 && status < 600 ? status : 0]++;
    if (w->o->mode == MODE_PUT) free(q->cookie);
    if (w->ids == NULL || status != 201) return;
    const char *id = memmem(body, n, "\"task_id\":\"", 11);
    if (id != NULL && (size_t)(body + n - id) > 47) fprintf(w->ids, "%.36s\n", id + 11);
}

static void on_upload(void *user, const request *q, int status, const char *body, size_t n)
{
    (void)body;
    (void)n;
    fleet_uploaded(&((load_worker *)user)->fleet, q, status);
}

static bool ask(load_worker *w, uint64_t due)
{
    const load_options *o = w->o;
    const uint64_t i = w->made++ * o->threads + w->number;
    char path[128];
    switch (o->mode) {
    case MODE_GET:
        if (o->n_ids == 0)
            return pool_ask(&w->pool, "GET", o->path, o->headers, NULL, 0, due, NULL);
        (void)snprintf(path, sizeof path, "/api/v1/tasks/%s", o->id[i * 7919 % o->n_ids]);
        return pool_ask(&w->pool, "GET", path, o->headers, NULL, 0, due, NULL);
    case MODE_PUT: {
        uint8_t *blob = malloc(o->bytes + 1), hash[32];
        char name[65];
        if (blob == NULL) return false;
        memcpy(blob, w->blob, o->bytes);
        memcpy(blob, &i, sizeof i); /* another one each time */
        (void)SHA256(blob, o->bytes, hash);
        hex_write(name, hash, 32);
        (void)snprintf(path, sizeof path, "/api/v1/blobs/%s", name);
        return pool_ask(&w->pool, "PUT", path, o->headers, blob, o->bytes, due, blob);
    }
    case MODE_LIVES: {
        const char *payload = o->made.v[i % o->made.n].payload;
        return pool_ask(&w->pool, "POST", "/api/v1/tasks", o->headers, (const uint8_t *)payload,
                        strlen(payload), due, NULL);
    }
    default:
        return pool_ask(&w->pool, "POST", "/api/v1/tasks", o->headers, o->body, o->body_bytes, due,
                        NULL);
    }
}

/* Makes the requests that are due; when it wants to be called again. */
static uint64_t requests(load_worker *w, uint64_t now)
{
    if (w->start_ns == 0) w->start_ns = now;
    if (w->period_ns == 0) { /* as fast as answers come */
        while (w->made < w->total && w->pool.waiting == 0 && w->pool.busy < w->pool.n)
            if (!ask(w, now_ns())) break;
        return now + LOAD_SECOND / 100;
    }
    while (w->made < w->total && w->start_ns + w->made * w->period_ns <= now)
        if (!ask(w, w->start_ns + w->made * w->period_ns)) break;
    return w->made < w->total ? w->start_ns + w->made * w->period_ns : now + LOAD_SECOND / 100;
}

void *load_worker_run(void *arg)
{
    load_worker *w = arg;
    struct epoll_event e[512];
    (void)pthread_mutex_lock(&w->lock);
    while (!w->stop) {
        uint64_t now = now_ns(), next = fleet_tick(&w->fleet, now);
        if (w->go && w->total > 0) {
            const uint64_t at = requests(w, now);
            if (at < next) next = at;
            if (w->answered == w->total) w->over = true;
            if (w->made == w->total && now > w->end_ns + LATE_NS && w->end_ns > 0) w->over = true;
        }
        now = now_ns();
        const uint64_t most = LOAD_SECOND / 50;
        const uint64_t wait = next <= now ? 0 : next - now < most ? next - now : most;
        const struct timespec t = {0, (long)wait};
        (void)pthread_mutex_unlock(&w->lock);
        const int n = epoll_pwait2(w->epoll, e, 512, &t, NULL);
        (void)pthread_mutex_lock(&w->lock);
        for (int i = 0; i < n; i++) {
            if (*(const int *)e[i].data.ptr == OWNER_NODE)
                fleet_event(e[i].data.ptr);
            else
                pool_event(e[i].data.ptr);
        }
    }
    (void)pthread_mutex_unlock(&w->lock);
    return NULL;
}

bool load_worker_init(load_worker *w, const load_options *o, unsigned number, FILE *ids)
{
    const size_t first = o->nodes * number / o->threads,
                 last = o->nodes * (number + 1) / o->threads;
    const uint64_t all = o->mode == MODE_NODES ? 0
                         : o->count > 0        ? o->count
                                               : (uint64_t)(o->rate * o->seconds);
    w->o = o;
    w->number = number;
    (void)pthread_mutex_init(&w->lock, NULL);
    w->epoll = epoll_create1(EPOLL_CLOEXEC);
    w->ids = ids;
    w->total = all * (number + 1) / o->threads - all * number / o->threads;
    w->period_ns = o->rate > 0 ? (uint64_t)(1e9 * o->threads / o->rate) : 0;
    if (w->epoll < 0 || !fleet_init(&w->fleet, &o->to, w->epoll, o->first + first, last - first))
        return false;
    w->fleet.most_in_flight = o->in_flight / o->threads + 1;
    w->fleet.interval_ns = (uint64_t)(o->heartbeat * 1e9);
    w->fleet.capacity = o->capacity;
    w->fleet.proofs = o->mode == MODE_LIVES ? &o->made : NULL;
    w->fleet.uploads = &w->uploads;
    const unsigned per_thread =
        o->connections / o->threads + (o->connections % o->threads > number);
    if (!pool_init(&w->pool, &o->to, w->epoll, o->mode == MODE_NODES ? 0 : per_thread) ||
        !pool_init(&w->uploads, &o->to, w->epoll, o->mode == MODE_LIVES ? per_thread : 0))
        return false;
    w->pool.answer = on_answer;
    w->uploads.answer = on_upload;
    w->pool.user = w->uploads.user = w;
    w->blob = malloc(o->bytes + 8);
    return w->blob != NULL && RAND_bytes(w->blob, (int)(o->bytes + 8)) == 1;
}

void load_worker_free(load_worker *w)
{
    fleet_free(&w->fleet);
    pool_free(&w->pool);
    pool_free(&w->uploads);
    free(w->blob);
    (void)close(w->epoll);
}
