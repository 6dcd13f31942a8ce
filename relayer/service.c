/* service.c - see service.h. */
#include "relayer/service.h"

#include "market/notify.h"
#include "relayer/app.h"
#include "relayer/log.h"
#include "relayer/rest.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define LOOK_MS 1000u
#define READY_LOOK_MS 20u /* who waits for it waits no longer than it takes */

struct service {
    app *a;
    notify to;
    uv_timer_t timer;
    uv_signal_t on_usr1;
    uint64_t commits, due_ms; /* of the last sign of life */
    uint64_t every_ms;        /* once it is ready */
    bool ready, verbose, stopped;
};

static void say_status(const service *s, const char *more)
{
    char text[200];
    const stats_view v = stats_look(&rest_of(s->a)->stats, clock_ms());
    (void)snprintf(text, sizeof text,
                   "%sSTATUS=%zu nodes connected, %" PRIu64 " tasks queued, %" PRIu64
                   " with a node",
                   more, server_count(s->a->server).ws_now, v.tasks[TASK_QUEUED],
                   v.tasks[TASK_OFFERED] + v.tasks[TASK_LEASED] + v.tasks[TASK_RUNNING]);
    (void)notify_say(&s->to, text);
}

static void look(uv_timer_t *t)
{
    service *s = t->data;
    const uint64_t commits = core_count(s->a->core).commits, now = clock_ns() / 1000000u;
    if (commits == s->commits) return; /* the writing thread has not moved: no sign of life */
    if (!s->ready) {
        s->ready = true;
        uv_timer_set_repeat(t, s->every_ms);
        say_status(s, "READY=1\n");
    }
    if (now < s->due_ms) return;
    s->commits = commits;
    s->due_ms = now + s->to.watchdog_ms / 3;
    say_status(s, s->to.watchdog_ms > 0 ? "WATCHDOG=1\n" : "");
}

static void on_usr1(uv_signal_t *u, int number)
{
    service *s = u->data;
    log_level usual = LOG_INFO;
    (void)number;
    (void)log_level_of(&usual, s->a->set.log_level);
    s->verbose = !s->verbose;
    const log_level now = s->verbose ? LOG_DEBUG : usual;
    log_set_level(LOG_INFO); /* said at any level but those above */
    log_event(LOG_WARN, "log_level", "now", s->verbose ? "debug" : s->a->set.log_level, NULL);
    log_set_level(now);
}

service *service_start(app *a)
{
    service *s = calloc(1, sizeof *s);
    if (s == NULL) return NULL;
    s->a = a;
    notify_open(&s->to, getenv("NOTIFY_SOCKET"), getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"));
    (void)uv_timer_init(&a->loop, &s->timer);
    (void)uv_signal_init(&a->loop, &s->on_usr1);
    s->timer.data = s->on_usr1.data = s;
    (void)uv_signal_start(&s->on_usr1, on_usr1, SIGUSR1);
    const uint64_t third = s->to.watchdog_ms / 3;
    s->every_ms = third > 0 && third < LOOK_MS ? third : LOOK_MS;
    if (s->to.fd >= 0) (void)uv_timer_start(&s->timer, look, 1, READY_LOOK_MS);
    return s;
}

void service_stopping(service *s, uint64_t within_ms)
{
    char text[100];
    if (s == NULL) return;
    (void)uv_timer_stop(&s->timer);
    /* The loop waits for threads now: no sign of life comes until the deadline. */
    (void)snprintf(text, sizeof text, "STOPPING=1\nSTATUS=draining\nWATCHDOG_USEC=%" PRIu64,
                   (within_ms + 15000) * 1000);
    (void)notify_say(&s->to, text);
}

void service_stop(service *s)
{
    if (s == NULL || s->stopped) return;
    s->stopped = true;
    uv_close((uv_handle_t *)&s->timer, NULL);
    uv_close((uv_handle_t *)&s->on_usr1, NULL);
}

void service_free(service *s)
{
    if (s == NULL) return;
    notify_close(&s->to);
    free(s);
}
