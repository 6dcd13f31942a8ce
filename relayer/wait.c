/* wait.c - see wait.h. */
#include "relayer/wait.h"

#include "relayer/app.h"
#include "relayer/guard.h"
#include "relayer/rest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TICK_MS 200

static waits *waits_of(app *a) { return &rest_of(a)->waits; }

static unsigned bucket_of(const char *task)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (; *task != 0; task++) h = (h ^ (uint8_t)*task) * 16777619u;
    return h % WAIT_BUCKETS;
}

static void leave(waiting *t)
{
    waits *w = waits_of(t->c->a);
    *t->link = t->next;
    if (t->next != NULL) t->next->link = t->link;
    t->link = NULL;
    t->on = false;
    if (--w->n == 0) (void)uv_timer_stop(&w->timer);
}

static void end(call *c)
{
    if (c->w.opened) server_stream_end(c->a->server, c->handle);
    leave(&c->w);
    call_free(c);
}

/* Whoever began to wait may have lost its key meanwhile. */
static bool is_known_still(const call *c)
{
    principal who;
    const char *key = http_bearer(c->q.headers[HTTP_AUTHORIZATION]);
    return c->who.id[0] == 0 ||
           (key != NULL && keys_check(c->a->keys, &who, key, clock_ms()) == KEY_OK);
}

static void read_again(call *c)
{
    if (!is_known_still(c)) {
        if (c->w.opened) {
            end(c);
            return;
        }
        leave(&c->w);
        http_problem(&c->s, &c->q, 401, "invalid_credentials",
                     "this API key is not known any more");
        call_answer(c);
        return;
    }
    c->w.reading = true;
    c->w.woken = false;
    c->w.read_ns = clock_ns();
    c->w.last = c->w.over;
    if (queue_put(&c->a->reads, &c->j)) return;
    c->w.reading = false;
    if (c->w.opened) {
        end(c); /* the client comes back with the last event that it has */
        return;
    }
    leave(&c->w);
    call_overloaded(c);
}

/* Other relayers may have changed what is waited for. */
static uint64_t look_ns(const waits *w)
{
    return UINT64_C(1000000) * (w->n > WAIT_LOOK_MS / 2 ? 2 * w->n : WAIT_LOOK_MS);
}

static void look_at(call *c, uint64_t now)
{
    waiting *t = &c->w;
    waits *w = waits_of(c->a);
    if (!t->over) t->over = w->draining || now >= t->until_ns;
    if (t->reading) return;
    if (t->over) {
        if (t->stream)
            end(c);
        else
            read_again(c);
    } else if (c->a->instance.shared && now - t->read_ns >= look_ns(w)) {
        read_again(c);
    } else if (t->stream && now - t->sign_ns >= WAIT_ALIVE_MS * UINT64_C(1000000)) {
        t->sign_ns = now;
        if (!server_stream(c->a->server, c->handle, ":\n\n", 3)) end(c);
    }
}

static void look(app *a)
{
    waits *w = waits_of(a);
    const uint64_t now = clock_ns();
    for (unsigned b = 0; b < WAIT_BUCKETS && w->n > 0; b++)
        for (waiting *t = w->bucket[b], *next; t != NULL; t = next) {
            next = t->next;
            look_at(t->c, now);
        }
}

static void on_timer(uv_timer_t *t) { look(t->data); }

void waits_init(waits *w, uv_loop_t *loop, app *a)
{
    (void)uv_timer_init(loop, &w->timer);
    w->timer.data = a;
}

void waits_drain(app *a)
{
    waits_of(a)->draining = true;
    look(a);
}

void waits_close(app *a)
{
    waits *w = waits_of(a);
    for (unsigned b = 0; b < WAIT_BUCKETS; b++)
        while (w->bucket[b] != NULL) {
            call *c = w->bucket[b]->c;
            leave(&c->w);
            call_free(c);
        }
}

static size_t count_of_key(const waits *w, const char *key)
{
    size_t n = 0;
    for (unsigned b = 0; b < WAIT_BUCKETS; b++)
        for (const waiting *t = w->bucket[b]; t != NULL; t = t->next)
            n += strcmp(t->c->who.id, key) == 0;
    return n;
}

bool wait_enter(call *c)
{
    waits *w = waits_of(c->a);
    waiting *t = &c->w;
    uint64_t seconds = 0;
    const char *accept = c->q.headers[HTTP_ACCEPT], *text = http_param(&c->q, "wait");
    t->stream = c->r->kind == ROUTE_STREAM && c->q.method == HTTP_GET && accept != NULL &&
                strstr(accept, "text/event-stream") != NULL;
    if (text != NULL && (!guard_parse_length(&seconds, text) || seconds > WAIT_MOST_S)) {
        http_problem(&c->s, &c->q, 400, "validation_failed", "the parameter wait must be 0 to 60");
        return false;
    }
    if (seconds > 0 && c->who.id[0] == 0) {
        http_add_header(&c->s, "WWW-Authenticate", "Bearer");
        http_problem(&c->s, &c->q, 401, "missing_credentials",
                     "to wait for a task needs an API key");
        return false;
    }
    if ((seconds == 0 && !t->stream) || strlen(c->variable[0]) >= sizeof t->task) return true;
    if (w->n >= WAIT_MOST || count_of_key(w, c->who.id) >= WAIT_MOST_OF_KEY) {
        http_add_header(&c->s, "Retry-After", "5");
        http_problem(&c->s, &c->q, 503, "overloaded", "too many calls wait already");
        return false;
    }
    (void)snprintf(t->task, sizeof t->task, "%.36s", c->variable[0]);
    const uint64_t now = clock_ns();
    t->c = c;
    t->on = true;
    t->until_ns = now + UINT64_C(1000000) * (t->stream ? WAIT_STREAM_MS : 1000 * seconds);
    t->sign_ns = t->read_ns = now;
    t->reading = true;
    server_hold(c->a->server, c->handle);
    t->over = t->last = w->draining;
    t->link = &w->bucket[bucket_of(t->task)];
    t->next = *t->link;
    if (t->next != NULL) t->next->link = &t->next;
    *t->link = t;
    if (w->n++ == 0) (void)uv_timer_start(&w->timer, on_timer, TICK_MS, TICK_MS);
    return true;
}

bool wait_is_on(const call *c) { return c->w.on; }

void wait_leave(call *c) { leave(&c->w); }

static void after_stream(call *c)
{
    waiting *t = &c->w;
    if (!t->opened && c->s.status != 200) {
        leave(t);
        call_answer(c);
        return;
    }
    bool ok = c->s.status == 200 || c->s.status == CALL_NOT_ANSWERED;
    if (!t->opened && ok) {
        t->opened = true;
        call_count(c);
        server_reply(c->a->server, c->handle, &c->s);
    }
    http_response_free(&c->s);
    if (ok && t->n > 0) {
        ok = server_stream(c->a->server, c->handle, t->text, t->n);
        t->sign_ns = clock_ns();
    }
    free(t->text);
    t->text = NULL;
    t->n = 0;
    if (!ok || t->ended || t->over)
        end(c);
    else if (t->woken)
        read_again(c);
}

void wait_after_read(call *c)
{
    waiting *t = &c->w;
    t->reading = false;
    if (t->stream) {
        after_stream(c);
    } else if (c->s.status != CALL_NOT_ANSWERED) {
        leave(t);
        call_answer(c);
    } else if (t->woken || t->over) {
        read_again(c);
    }
}

void wait_wake(app *a, const char *task)
{
    waits *w = waits_of(a);
    for (waiting *t = w->bucket[bucket_of(task)], *next; t != NULL; t = next) {
        next = t->next;
        if (strcmp(t->task, task) != 0) continue;
        t->woken = true;
        if (!t->reading) read_again(t->c);
    }
}

void wait_wake_all(app *a)
{
    waits *w = waits_of(a);
    for (unsigned b = 0; b < WAIT_BUCKETS; b++)
        for (waiting *t = w->bucket[b], *next; t != NULL; t = next) {
            next = t->next;
            t->woken = true;
            if (!t->reading) read_again(t->c);
        }
}
