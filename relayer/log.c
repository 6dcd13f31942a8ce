/* log.c - see log.h. */
#include "relayer/log.h"

#include "relayer/queue.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define EVENTS 64u
#define LINE 2048

static const char *const names[] = {"debug", "info", "warn", "error"};

/* The only mutable state of the process beside what main holds: a log that everything may write to.
 */
static log_level lowest = LOG_INFO;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    const char *event;
    uint64_t second;
    unsigned n, left_out;
} seen[EVENTS];

void log_set_level(log_level l)
{
    (void)pthread_mutex_lock(&lock);
    lowest = l;
    (void)pthread_mutex_unlock(&lock);
}

bool log_level_of(log_level *l, const char *name)
{
    for (size_t i = 0; i < SP_COUNT(names); i++)
        if (strcmp(names[i], name) == 0) {
            *l = (log_level)i;
            return true;
        }
    return false;
}

/* What ends a line: the quotation mark of a value, the count of those left out, the brace. */
#define TAIL 48u

/* Whole or not. */
static size_t put(char *line, size_t n, size_t room, const char *s)
{
    const size_t len = strlen(s);
    if (n + len > room) return n;
    memcpy(line + n, s, len);
    return n + len;
}

/* As a JSON string, cut where the line is full; bytes beyond ASCII are replaced, as it cannot be
 * known whether they are UTF-8. */
static size_t put_string(char *line, size_t n, const char *s)
{
    n = put(line, n, LINE, "\"");
    for (; *s != 0; s++) {
        char escaped[8];
        const unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            (void)snprintf(escaped, sizeof escaped, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f)
            (void)snprintf(escaped, sizeof escaped, "\\u%04x", c < 0x80 ? c : 0xfffdu);
        else
            (void)snprintf(escaped, sizeof escaped, "%c", c);
        const size_t next = put(line, n, LINE - TAIL, escaped);
        if (next == n) break;
        n = next;
    }
    return put(line, n, LINE, "\"");
}

/* Under the lock. False: this one is not written. */
static bool admit(const char *event, unsigned *left_out)
{
    const uint64_t second = clock_ns() / 1000000000u;
    unsigned i = 0;
    *left_out = 0;
    while (i < EVENTS && seen[i].event != NULL && strcmp(seen[i].event, event) != 0) i++;
    if (i == EVENTS) return true;
    seen[i].event = event;
    if (seen[i].second != second) {
        *left_out = seen[i].left_out;
        seen[i].left_out = 0;
        seen[i].n = 0;
        seen[i].second = second;
    }
    if (seen[i].n++ < LOG_BURST) return true;
    seen[i].left_out++;
    return false;
}

void log_event(log_level l, const char *event, ...)
{
    char line[LINE], number[64];
    unsigned left_out = 0;
    (void)pthread_mutex_lock(&lock);
    if (l < lowest || !admit(event, &left_out)) {
        (void)pthread_mutex_unlock(&lock);
        return;
    }
    const int64_t ms = clock_ms();
    const time_t s = (time_t)(ms / 1000);
    struct tm t;
    (void)gmtime_r(&s, &t);
    size_t n = strftime(number, sizeof number, "%Y-%m-%dT%H:%M:%S", &t);
    (void)snprintf(number + n, sizeof number - n, ".%03dZ", (int)(ms % 1000));
    n = put(line, 0, LINE, "{\"ts\":");
    n = put_string(line, n, number);
    n = put(line, n, LINE, ",\"level\":");
    n = put_string(line, n, names[l]);
    n = put(line, n, LINE, ",\"event\":");
    n = put_string(line, n, event);
    va_list ap;
    va_start(ap, event);
    for (const char *name = va_arg(ap, const char *); name != NULL;
         name = va_arg(ap, const char *)) {
        const char *value = va_arg(ap, const char *);
        /* A pair that does not fit at all is left out; a value that does not fit is cut. */
        if (value == NULL || n + strlen(name) + 8 > LINE - TAIL) continue;
        n = put(line, n, LINE, ",");
        n = put_string(line, n, name);
        n = put(line, n, LINE, ":");
        n = put_string(line, n, value);
    }
    va_end(ap);
    if (left_out > 0) {
        (void)snprintf(number, sizeof number, ",\"left_out\":%u", left_out);
        n = put(line, n, LINE - 2, number);
    }
    memcpy(line + n, "}\n", 2);
    (void)fwrite(line, 1, n + 2, stderr);
    (void)pthread_mutex_unlock(&lock);
}
