/* progress.c - see progress.h. The remaining time is what the work done so far took, times what is
 * left of it: an estimate, and shown as one. */
#include "cli/progress.h"

#include "cli/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BAR_INTERVAL_MS 100
#define JSON_INTERVAL_MS 250
#define PLAIN_INTERVAL_MS 10000
#define BAR_CELLS (PROGRESS_BAR_TEXT - 3)

uint64_t clock_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t clock_ms(void) { return clock_us() / 1000; }

void progress_init(progress *p, const cli_args *a)
{
    const char *mode = a->value[OPT_PROGRESS];
    memset(p, 0, sizeof *p);
    p->start_ms = clock_ms();
    if (!mode || strcmp(mode, "auto") == 0)
        p->mode = isatty(STDERR_FILENO) ? PROGRESS_BAR : PROGRESS_NONE;
    else if (strcmp(mode, "bar") == 0)
        p->mode = PROGRESS_BAR;
    else if (strcmp(mode, "plain") == 0)
        p->mode = PROGRESS_PLAIN;
    else if (strcmp(mode, "json") == 0)
        p->mode = PROGRESS_JSON;
}

/* Whether enough time has passed, or something new is to be shown. */
static bool due(progress *p, const char *phase, uint64_t now)
{
    const uint64_t interval = p->mode == PROGRESS_BAR     ? BAR_INTERVAL_MS
                              : p->mode == PROGRESS_PLAIN ? PLAIN_INTERVAL_MS
                                                          : JSON_INTERVAL_MS;
    if (p->phase == phase && now - p->last_ms < interval) return false;
    if (p->phase != phase) p->phase_start_ms = now;
    p->phase = phase;
    p->last_ms = now;
    return true;
}

bool progress_cycles(progress *p, uint64_t cycles)
{
    static const char phase[] = "run";
    const uint64_t now = clock_ms();
    if (p->mode != PROGRESS_NONE && due(p, phase, now)) {
        if (p->mode == PROGRESS_BAR || p->mode == PROGRESS_PLAIN)
            fprintf(stderr, "%srunning the guest: %" PRIu64 " million cycles%s",
                    p->mode == PROGRESS_BAR ? "\r\033[K" : "", cycles / 1000000,
                    p->mode == PROGRESS_BAR ? "" : "\n");
        else
            fprintf(stderr,
                    "{\"phase\":\"run\",\"cycles\":%" PRIu64 ",\"elapsed_ms\":%" PRIu64 "}\n",
                    cycles, now - p->start_ms);
        p->drawn = true;
    }
    return !signals_stopped();
}

bool progress_work(progress *p, const char *phase, uint64_t done, uint64_t total)
{
    const uint64_t now = clock_ms();
    if (p->start_ms == 0 || p->mode == PROGRESS_NONE || total == 0) return !signals_stopped();
    if (done > total) done = total;
    /* The clock of the estimate starts with the work, not with the guest's run. */
    if (p->phase == NULL || strcmp(p->phase, "run") == 0) p->start_ms = now;
    if (!due(p, phase, now) && (done != total || p->mode == PROGRESS_PLAIN))
        return !signals_stopped();
    const uint64_t elapsed = now - p->start_ms;
    const unsigned permille = (unsigned)(done * 1000 / total);
    const uint64_t left = done ? elapsed * (total - done) / done : 0;
    p->drawn = true;
    if (p->mode == PROGRESS_JSON) {
        fprintf(stderr, "{\"phase\":\"%s\",\"percent\":%u.%u,\"elapsed_ms\":%" PRIu64, phase,
                permille / 10, permille % 10, elapsed);
        if (permille >= 20) fprintf(stderr, ",\"eta_ms\":%" PRIu64, left);
        fprintf(stderr, "}\n");
        return !signals_stopped();
    }
    if (p->mode == PROGRESS_PLAIN) {
        fprintf(stderr, "%3u %%  %s", permille / 10, phase);
    } else {
        char bar[PROGRESS_BAR_TEXT];
        progress_bar(bar, permille);
        fprintf(stderr, "\r\033[K%s %3u %%  %-18s", bar, permille / 10, phase);
    }
    if (permille >= 20 && left) /* before that the guess is too wild to show */
        fprintf(stderr, "%s  about %" PRIu64 " s left", p->mode == PROGRESS_PLAIN ? "," : "",
                (left + 999) / 1000);
    if (p->mode == PROGRESS_PLAIN) fputc('\n', stderr);
    return !signals_stopped();
}

void progress_bar(char *text, unsigned permille)
{
    const unsigned full = permille * BAR_CELLS / 1000;
    text[0] = '[';
    for (unsigned i = 0; i < BAR_CELLS; i++) text[i + 1] = i < full ? '#' : '.';
    memcpy(text + BAR_CELLS + 1, "]", 2);
}

void progress_end(progress *p)
{
    if (p->drawn && p->mode == PROGRESS_BAR) fputs("\r\033[K", stderr);
    p->drawn = false;
}
