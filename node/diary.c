/* diary.c - see diary.h. */
#include "node/diary.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Events that somebody should look at. */
static const char *const failures[] = {
    "account_not_signed", "account_refused", "assignment_malformed",  "banned",
    "bench_not_kept",     "cannot_sign",     "claim_failed",          "claim_given_up",
    "control_failed",     "disconnected",    "hello_malformed",       "journal_broken",
    "journal_failed",     "key_in_use",      "journal_row_malformed", "no_thread",
    "not_measured",       "other_release",   "relayer_error",         "result_refused",
    "ticket_refused"};

static bool is_failure(const char *event, const json_t *j)
{
    for (size_t i = 0; i < SP_COUNT(failures); i++)
        if (strcmp(event, failures[i]) == 0) return true;
    const char *status = json_string_value(json_object_get(j, "status"));
    return strcmp(event, "task_finished") == 0 && status != NULL && strcmp(status, "success") != 0;
}

static bool open_file(diary *d)
{
    struct stat st;
    d->fd = open(d->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (d->fd < 0) return false;
    d->bytes = fstat(d->fd, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
    return true;
}

bool diary_open(diary *d, const char *path, bool quiet)
{
    memset(d, 0, sizeof *d);
    d->quiet = quiet;
    d->fd = -1;
    if (path[0] == 0) return true;
    const int n = snprintf(d->path, sizeof d->path, "%s", path);
    return n > 0 && (size_t)n < sizeof d->path && open_file(d);
}

void diary_close(diary *d)
{
    if (d->fd >= 0) (void)close(d->fd);
    json_decref(d->last_failure);
    memset(d, 0, sizeof *d);
    d->fd = -1;
}

/* A line that the disk does not take is lost: the work goes on. */
static void append(diary *d, const char *text, size_t n)
{
    if (d->bytes > 0 && d->bytes + n > DIARY_MOST) {
        char old[DIARY_PATH + 4];
        (void)snprintf(old, sizeof old, "%s.1", d->path);
        (void)close(d->fd);
        (void)rename(d->path, old);
        if (!open_file(d)) return;
    }
    if (write(d->fd, text, n) == (ssize_t)n) d->bytes += n;
}

static void time_text(char out[40])
{
    struct timespec now;
    struct tm t;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &t);
    const size_t k = strftime(out, 40, "%Y-%m-%dT%H:%M:%S", &t);
    (void)snprintf(out + k, 40 - k, ".%03dZ", (int)(now.tv_nsec / 1000000));
}

void diary_say(diary *d, const char *event, va_list pairs)
{
    char at[40];
    time_text(at);
    json_t *j = json_pack("{s:s, s:s, s:s}", "ts", at, "level", "info", "event", event);
    for (const char *name = va_arg(pairs, const char *); name != NULL;
         name = va_arg(pairs, const char *)) {
        const char *value = va_arg(pairs, const char *);
        json_t *v = value == NULL ? NULL : json_string(value);
        if (v != NULL) (void)json_object_set_new(j, name, v);
    }
    if (is_failure(event, j)) {
        (void)json_object_set_new(j, "level", json_string("warn"));
        json_decref(d->last_failure);
        d->last_failure = json_incref(j);
    }
    char *text = j == NULL ? NULL : json_dumps(j, JSON_COMPACT | JSON_ENSURE_ASCII);
    const size_t n = text == NULL ? 0 : strlen(text);
    if (text != NULL) text[n] = '\n'; /* over the zero byte: written by length */
    if (text != NULL && !d->quiet) (void)fwrite(text, 1, n + 1, stderr);
    if (text != NULL && d->fd >= 0) append(d, text, n + 1);
    free(text);
    json_decref(j);
}
