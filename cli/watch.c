/* watch.c - see watch.h. */
#include "cli/watch.h"

#include "cli/amount.h"
#include "cli/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define LONG_POLL_S 20
#define LIVE_POLL_S 1 /* while progress is to be seen */
#define PLAIN_MS 10000

void watch_free(watched *w)
{
    json_decref(w->whole);
    memset(w, 0, sizeof *w);
}

/* RFC 3339 in UTC, with parts of a second or without; 0: it is not that. */
static uint64_t seconds_of(char *text)
{
    uint64_t s = 0;
    char *point = strchr(text, '.');
    if (point) memcpy(point, "Z", 2);
    return amount_date(&s, text) ? s : 0;
}

static void take(watched *w, json_t *j)
{
    char deadline[40];
    const json_t *a = json_object_get(j, "assignment"), *f = json_object_get(j, "failure");
    watch_free(w);
    w->whole = j;
    relay_text(w->state, sizeof w->state, j, "state");
    relay_text(w->phase, sizeof w->phase, a, "phase");
    relay_text(w->node, sizeof w->node, a, "node_id");
    relay_text(w->outcome, sizeof w->outcome, a, "outcome");
    relay_text(w->failure, sizeof w->failure, f, "code");
    relay_text(w->fault, sizeof w->fault, f, "class");
    relay_text(w->detail, sizeof w->detail, f, "detail");
    relay_text(deadline, sizeof deadline, j, "deadline");
    w->retryable = json_is_true(json_object_get(f, "retryable"));
    w->deadline_s = seconds_of(deadline);
    (void)relay_number(&w->version, j, "version");
    (void)relay_number(&w->attempt, j, "attempt");
    (void)relay_number(&w->ppm, a, "progress_ppm");
    if (w->ppm > 1000000) w->ppm = 1000000;
    w->has_eta = relay_number(&w->eta_ms, a, "eta_ms");
}

enum watch_end watch_end_of(const watched *w)
{
    static const char *const with[] = {"verified", "settling", "settled"}, *const without[] = {
                                                                               "failed", "expired",
                                                                               "cancelled",
                                                                               "refunded"};
    for (size_t i = 0; i < SP_COUNT(with); i++)
        if (!strcmp(w->state, with[i])) return WATCH_RESULT;
    for (size_t i = 0; i < SP_COUNT(without); i++)
        if (!strcmp(w->state, without[i])) return WATCH_NOTHING;
    return WATCH_UNDER_WAY;
}

/* wait_s: until it is of another version than known. *same: it was not. */
static int look(relay *r, watched *w, const char *task, unsigned wait_s, bool *same)
{
    char path[80], tag[40];
    relay_answer a;
    if (wait_s)
        snprintf(path, sizeof path, "/tasks/%s?wait=%u", task, wait_s);
    else
        snprintf(path, sizeof path, "/tasks/%s", task);
    snprintf(tag, sizeof tag, "\"v%" PRIu64 "\"", w->version);
    const relay_request q = {
        .method = "GET", .path = path, .wait_s = wait_s, .if_none_match = wait_s ? tag : NULL};
    const int code = relay_call(r, &a, &q);
    *same = !code && a.status == 304;
    if (!code && a.json) take(w, a.json);
    return code;
}

int watch_look(relay *r, watched *w, const char *task)
{
    bool same;
    memset(w, 0, sizeof *w);
    return look(r, w, task, 0, &same);
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
    fprintf(stderr, "}\n");
}

/* What was shown last. */
typedef struct {
    char state[32], phase[32];
    uint64_t ppm, attempt, at_ms;
} shown;

static void show(progress *p, shown *last, const watched *w, const char *task)
{
    const bool step = strcmp(last->state, w->state) || strcmp(last->phase, w->phase) ||
                      last->attempt != w->attempt;
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
    last->ppm = w->ppm;
    last->attempt = w->attempt;
    last->at_ms = now;
}

int watch_task(relay *r, watched *w, const char *task, progress *p)
{
    shown last;
    bool same = false;
    memset(&last, 0, sizeof last);
    memset(w, 0, sizeof *w);
    int code = look(r, w, task, 0, &same);
    while (!code) {
        show(p, &last, w, task);
        if (watch_end_of(w) != WATCH_UNDER_WAY) break;
        const uint64_t now = (uint64_t)time(NULL);
        if (w->deadline_s && now > w->deadline_s + r->patience_ms / 1000) {
            progress_end(p);
            return cli_fail(EXIT_IO, "the deadline is over, and the relayer still says %s",
                            w->state);
        }
        const bool live = !strcmp(w->state, "running") || !strcmp(w->state, "leased");
        const uint64_t start = clock_ms();
        code = look(r, w, task, live ? LIVE_POLL_S : LONG_POLL_S, &same);
        /* Progress changes no version. A relayer that does not wait is not asked without pause. */
        if (!code && clock_ms() - start < 200) relay_pause(same ? 1000 : 100);
        if (!code && same && live) code = look(r, w, task, 0, &same);
        if (!code && signals_stopped()) code = EXIT_INTERRUPTED;
    }
    progress_end(p);
    return code;
}

int watch_failed(const watched *w, const char *task)
{
    const int code = !strcmp(w->fault, "task_fault") ? EXIT_GUEST : EXIT_CHAIN;
    return cli_fail(code, "task %s: %s%s%s%s%s%s", task, w->state, *w->failure ? ": " : "",
                    w->failure, *w->detail ? ": " : "", w->detail,
                    w->retryable ? " (it may succeed if it is submitted again)" : "");
}
