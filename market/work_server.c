/* work_server.c - a sandboxed child that serves one request after the other, replaced when it has
 * served enough, crashes, or takes too long. */
#include "market/work_child.h"
#include "market/work_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct work_server {
    work_server_options o;
    sandbox *box;
    int requests; /* our end of its descriptor 0 */
    unsigned served, started;
    char last_line[SANDBOX_LINE + 1];
};

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

sp_status work_server_new(work_server **s, const work_server_options *o)
{
    *s = NULL;
    if (!o->program || !o->dir || !o->memory || !o->max_requests) return SP_ERR_ARG;
    *s = calloc(1, sizeof **s);
    if (!*s) return SP_ERR_NOMEM;
    (*s)->o = *o;
    (*s)->requests = -1;
    return SP_OK;
}

static void stop(work_server *s)
{
    if (s->requests >= 0) (void)close(s->requests);
    s->requests = -1;
    sandbox_delete(s->box);
    s->box = NULL;
    s->served = 0;
}

void work_server_delete(work_server *s)
{
    if (s) stop(s);
    free(s);
}

unsigned work_server_started(const work_server *s) { return s->started; }

static void on_line(void *user, const char *line)
{
    work_server *s = user;
    strcpy(s->last_line, line); /* both of SANDBOX_LINE */
}

sp_status work_server_start(work_server *s, char why[SANDBOX_WHY])
{
    char n[16];
    const char *const argv[] = {s->o.program, "serve", n, NULL};
    sandbox_spec spec;
    int p[2];
    why[0] = 0;
    if (s->box) return SP_OK;
    if (pipe2(p, O_CLOEXEC)) {
        snprintf(why, SANDBOX_WHY, "no pipe can be made");
        return SP_ERR_IO;
    }
    snprintf(n, sizeof n, "%u", s->o.max_requests);
    work_child_spec(&spec, s->o.memory, s->o.threads ? s->o.threads : 1, 0, 0);
    spec.argv = argv;
    spec.dir = s->o.dir;
    spec.input = p[0];
    spec.result_bytes = (size_t)s->o.max_requests * WORK_RECORD_BYTES;
    spec.on_line = on_line;
    spec.line_user = s;
    s->last_line[0] = 0;
    const sp_status st = sandbox_start(&s->box, &spec, why);
    (void)close(p[0]);
    if (st != SP_OK || fcntl(p[1], F_SETFL, O_NONBLOCK)) {
        (void)close(p[1]);
        stop(s);
        return st != SP_OK ? st : SP_ERR_IO;
    }
    s->requests = p[1];
    s->started++;
    return SP_OK;
}

/* write() to a pipe whose reader is gone would send us SIGPIPE, whatever the rest of the process
 * does with that signal. */
static ssize_t write_quietly(int fd, const uint8_t *b, size_t n)
{
    static const struct timespec at_once = {0, 0};
    sigset_t pipe, old, pending;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    (void)sigpending(&pending);
    (void)pthread_sigmask(SIG_BLOCK, &pipe, &old);
    const ssize_t k = write(fd, b, n);
    const int error = errno;
    if (k < 0 && error == EPIPE && !sigismember(&pending, SIGPIPE))
        (void)sigtimedwait(&pipe, NULL, &at_once);
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = error;
    return k;
}

/* The next record, when all of it is there. */
static const uint8_t *next_record(const work_server *s)
{
    size_t n;
    const uint8_t *b = sandbox_output(s->box, &n);
    return n >= (s->served + 1) * (size_t)WORK_RECORD_BYTES
               ? b + s->served * (size_t)WORK_RECORD_BYTES
               : NULL;
}

#define LOOK_MS 100 /* between looks at whether a request is still wanted */

static bool is_cancelled(const work_server *s) { return s->o.cancelled && *s->o.cancelled; }

/* Sends, and waits for the answer. NULL: the child has ended, the time is over (*late), or nobody
 * wants the answer any more. */
static const uint8_t *exchange(work_server *s, const uint8_t *frame, size_t n, uint64_t deadline,
                               bool *late)
{
    size_t at = 0;
    const uint8_t *record = NULL;
    bool ended = false;
    while (!(record = next_record(s)) && !ended) {
        const uint64_t now = now_ms(), most = s->o.cancelled ? LOOK_MS : 1000;
        *late = now >= deadline;
        if (*late || is_cancelled(s)) return NULL;
        const uint64_t left = deadline - now;
        if (at < n) {
            const ssize_t k = write_quietly(s->requests, frame + at, n - at);
            if (k > 0) at += (size_t)k;
            if (k < 0 && errno != EAGAIN && errno != EINTR) at = n; /* it has ended: see how */
        }
        /* While the pipe is full, its being read is what to wait for. */
        if (at < n) {
            struct pollfd fd = {s->requests, POLLOUT, 0};
            (void)poll(&fd, 1, left < 100 ? (int)left : 100);
            ended = sandbox_step(s->box, 0);
        } else {
            ended = sandbox_step(s->box, (unsigned)(left < most ? left : most)); /* <= 1000 */
        }
    }
    return record ? record : next_record(s);
}

static void fail(work_result *r, enum work_code code, const char *text)
{
    memset(r, 0, sizeof *r);
    r->code = code;
    snprintf(r->detail, sizeof r->detail, "%s", text);
}

void work_call(work_server *s, const work_request *q, uint64_t wall_ms, work_result *r)
{
    char why[SANDBOX_WHY];
    work_request mine = *q;
    uint8_t *frame;
    size_t n;
    bool late = false;
    mine.memory = s->o.memory;
    if (work_frame_write(&frame, &n, &mine) != SP_OK) {
        fail(r, WORK_BAD_REQUEST, "the request is too large");
        return;
    }
    if (work_server_start(s, why) != SP_OK) {
        fail(r, WORK_WORKER_CRASHED, why);
        free(frame);
        return;
    }
    const uint8_t *record = exchange(s, frame, n, now_ms() + wall_ms, &late);
    free(frame);
    if (record && work_record_read(r, record) == SP_OK) {
        s->served++;
        if (s->served == s->o.max_requests) stop(s);
        return;
    }
    if (is_cancelled(s)) {
        fail(r, WORK_CANCELLED, "the worker was stopped on request");
    } else if (late) {
        fail(r, WORK_TIME_LIMIT, "the worker was stopped: out of time");
    } else if (record) {
        fail(r, WORK_WORKER_CRASHED, "the worker's answer is malformed");
    } else {
        work_child_ended(r, s->box, s->last_line);
        if (r->code == WORK_SUCCESS)
            fail(r, WORK_WORKER_CRASHED, "the worker ended without an answer");
    }
    stop(s);
}
