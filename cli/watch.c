/* watch.c - see watch.h. */
#include "cli/watch.h"

#include "cli/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PLAIN_MS 10000

void watch_free(watched *w)
{
    json_decref(w->whole);
    memset(w, 0, sizeof *w);
}

/* Why it has no node, in words: the first three reasons. */
static void take_waiting(watched *w, const json_t *waiting)
{
    const json_t *reasons = json_object_get(waiting, "reasons");
    uint64_t nodes = 0, count;
    unsigned shown = 0;
    const char *name;
    json_t *value;
    if (strcmp(w->state, "queued") != 0 || !client_number(&nodes, waiting, "nodes")) return;
    if (nodes == 0) {
        snprintf(w->waits, sizeof w->waits, "no node is there");
        return;
    }
    size_t at =
        (size_t)snprintf(w->waits, sizeof w->waits, "none of %" PRIu64 " nodes may have it", nodes);
    json_object_foreach((json_t *)(uintptr_t)reasons, name, value)
    {
        if (shown == 3) break;
        /* A relayer's word goes to a terminal. */
        if (strlen(name) > 16 || strspn(name, "abcdefghijklmnopqrstuvwxyz_") != strlen(name) ||
            !client_number(&count, reasons, name))
            continue;
        at += (size_t)snprintf(w->waits + at, sizeof w->waits - at, "%s%s %" PRIu64,
                               shown++ == 0 ? ": " : ", ", name, count);
    }
}

static void take(watched *w, json_t *j)
{
    const json_t *a = json_object_get(j, "assignment"), *f = json_object_get(j, "failure");
    watch_free(w);
    w->whole = j;
    client_text(w->state, sizeof w->state, j, "state");
    client_text(w->phase, sizeof w->phase, a, "phase");
    client_text(w->node, sizeof w->node, a, "node_id");
    client_text(w->outcome, sizeof w->outcome, a, "outcome");
    client_text(w->failure, sizeof w->failure, f, "code");
    client_text(w->fault, sizeof w->fault, f, "class");
    client_text(w->detail, sizeof w->detail, f, "detail");
    w->retryable = json_is_true(json_object_get(f, "retryable"));
    (void)client_number(&w->attempt, j, "attempt");
    (void)client_number(&w->ppm, a, "progress_ppm");
    if (w->ppm > 1000000) w->ppm = 1000000;
    w->has_eta = client_number(&w->eta_ms, a, "eta_ms");
    take_waiting(w, json_object_get(j, "waiting"));
}

enum sp_task_end watch_end_of(const watched *w) { return sp_client_task_end(w->state); }

int watch_look(relay *r, watched *w, const char *task)
{
    sp_bytes text;
    memset(w, 0, sizeof *w);
    const int code = relay_code(r, sp_client_task(r->c, &text, task, r->why));
    if (!code) take(w, json_loadb((const char *)text.at, text.n, 0, NULL));
    sp_client_free(&text);
    return code;
}

static void show_people(const progress *p, const watched *w)
{
    const unsigned permille = (unsigned)(w->ppm / 1000);
    const bool running = !strcmp(w->state, "running"), bar = p->mode == PROGRESS_BAR;
    char cells[PROGRESS_BAR_TEXT];
    progress_bar(cells, permille);
    if (bar) fputs("\r\033[K", stderr);
    if (running && bar)
        fprintf(stderr, "%s %3u %%  %-10s", cells, permille / 10, w->phase);
    else if (running)
        fprintf(stderr, "running: %s %u %%", w->phase, permille / 10);
    else
        fprintf(stderr, "%s", *w->state ? w->state : "?");
    if (*w->waits) fprintf(stderr, " (%s)", w->waits);
    if (w->attempt > 1) fprintf(stderr, ", attempt %" PRIu64, w->attempt);
    if (running && w->has_eta && w->eta_ms)
        fprintf(stderr, ", about %" PRIu64 " s left", (w->eta_ms + 999) / 1000);
    if (!bar) fputc('\n', stderr);
}

static void show_json(const progress *p, const watched *w, const char *task)
{
    fprintf(stderr, "{\"task_id\":\"%s\",\"state\":", task);
    json_t *s = json_string(w->state), *ph = json_string(w->phase);
    (void)json_dumpf(s, stderr, JSON_ENCODE_ANY);
    fprintf(stderr, ",\"attempt\":%" PRIu64 ",\"phase\":", w->attempt);
    (void)json_dumpf(ph, stderr, JSON_ENCODE_ANY);
    json_decref(s);
    json_decref(ph);
    fprintf(stderr, ",\"percent\":%" PRIu64 ".%" PRIu64 ",\"elapsed_ms\":%" PRIu64, w->ppm / 10000,
            w->ppm / 1000 % 10, clock_ms() - p->start_ms);
    if (w->has_eta) fprintf(stderr, ",\"eta_ms\":%" PRIu64, w->eta_ms);
    if (*w->waits) {
        json_t *waits = json_string(w->waits);
        fputs(",\"waiting\":", stderr);
        (void)json_dumpf(waits, stderr, JSON_ENCODE_ANY);
        json_decref(waits);
    }
    fprintf(stderr, "}\n");
}

/* What was shown last. */
typedef struct {
    char state[32], phase[32], waits[200];
    uint64_t ppm, attempt, at_ms;
} shown;

static void show(progress *p, shown *last, const watched *w, const char *task)
{
    const bool step = strcmp(last->state, w->state) || strcmp(last->phase, w->phase) ||
                      strcmp(last->waits, w->waits) || last->attempt != w->attempt;
    const uint64_t now = clock_ms();
    if (p->mode == PROGRESS_NONE) return;
    if (!step && last->ppm == w->ppm) return;
    if (!step && p->mode == PROGRESS_PLAIN && now - last->at_ms < PLAIN_MS) return;
    if (p->mode == PROGRESS_JSON)
        show_json(p, w, task);
    else
        show_people(p, w);
    p->drawn = p->mode == PROGRESS_BAR;
    snprintf(last->state, sizeof last->state, "%s", w->state);
    snprintf(last->phase, sizeof last->phase, "%s", w->phase);
    snprintf(last->waits, sizeof last->waits, "%s", w->waits);
    last->ppm = w->ppm;
    last->attempt = w->attempt;
    last->at_ms = now;
}

typedef struct {
    progress *p;
    shown last;
    watched *w;
    const char *task;
} watch;

static void look(void *user, const char *json)
{
    watch *t = user;
    take(t->w, json_loads(json, 0, NULL));
    show(t->p, &t->last, t->w, t->task);
}

int watch_task(relay *r, watched *w, const char *task, progress *p)
{
    watch t = {.p = p, .w = w, .task = task};
    sp_bytes text;
    memset(w, 0, sizeof *w);
    const sp_status s = sp_client_wait(r->c, &text, task, look, &t, r->why);
    sp_client_free(&text); /* w has it */
    progress_end(p);
    return relay_code(r, s);
}

int watch_failed(const watched *w, const char *task)
{
    const int code = !strcmp(w->fault, "task_fault") ? EXIT_GUEST : EXIT_CHAIN;
    return cli_fail(code, "task %s: %s%s%s%s%s%s", task, w->state, *w->failure ? ": " : "",
                    w->failure, *w->detail ? ": " : "", w->detail,
                    w->retryable ? " (it may succeed if it is submitted again)" : "");
}
