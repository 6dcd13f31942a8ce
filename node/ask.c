/* ask.c - see ask.h. */
#include "node/ask.h"

#include "market/transfer.h"
#include "node/control.h"
#include "node/eligible.h"
#include "node/journal.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STEP_NS 250000000L

static const char *text(const json_t *j, const char *name)
{
    const char *v = json_string_value(json_object_get(j, name));
    return v != NULL ? v : "";
}

static json_int_t number(const json_t *j, const char *name)
{
    return json_integer_value(json_object_get(j, name));
}

static bool is(const json_t *j, const char *name) { return json_is_true(json_object_get(j, name)); }

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void time_write(char out[24], json_int_t ms)
{
    const time_t s = (time_t)(ms / 1000);
    struct tm t;
    (void)snprintf(out, 24, "-");
    if (ms != 0 && gmtime_r(&s, &t) != NULL) (void)strftime(out, 24, "%Y-%m-%dT%H:%M:%SZ", &t);
}

/* Printed for people: control characters of names that came from elsewhere are not. */
static void line(const char *name, const char *value)
{
    (void)printf("%-14s ", name);
    for (; *value != 0; value++)
        (void)putchar((unsigned char)*value >= 32 && *value != 127 ? *value : '?');
    (void)putchar('\n');
}

static int dump(json_t *j)
{
    char *s = json_dumps(j, JSON_COMPACT | JSON_PRESERVE_ORDER);
    const bool ok = s != NULL && puts(s) >= 0 && fflush(stdout) == 0;
    free(s);
    json_decref(j);
    return ok ? 0 : 1;
}

static json_t *ask(const node_options *o, const char *command, const json_t *on,
                   char why[CONTROL_WHY])
{
    json_t *q = json_pack("{s:s}", "command", command);
    if (on != NULL) (void)json_object_set(q, "on", (json_t *)(uintptr_t)on);
    json_t *s = control_ask(o->data, q, why);
    json_decref(q);
    return s;
}

/* ---- status ---- */

static bool add_row(void *user, const char *task, int64_t attempt, enum journal_state s,
                    const char *assignment, const char *result)
{
    static const char *const names[] = {"taken", "result", "claim", "done"};
    (void)assignment, (void)result;
    if (s == JOURNAL_PAID) return true; /* nothing is owed */
    (void)json_array_append_new(user, json_pack("{s:s, s:I, s:s}", "task_id", task, "attempt",
                                                (json_int_t)attempt, "state", names[s]));
    return true;
}

/* Of a node that does not run, its journal says what it has promised. */
static json_t *journal_json(const node_options *o)
{
    char path[NODE_TEXT + 16], why[JOURNAL_WHY];
    journal *j = NULL;
    json_t *list = json_array();
    (void)snprintf(path, sizeof path, "%s/node.db", o->data);
    if (access(path, F_OK) == 0 && journal_open(&j, path, why) == SP_OK) {
        journal_each(j, add_row, list);
        journal_close(j);
    }
    return list;
}

static int stopped(const node_options *o, const ask_options *a, const char *why)
{
    json_t *list = journal_json(o), *e;
    size_t i;
    if (a->json) {
        (void)dump(json_pack("{s:b, s:s, s:o}", "running", 0, "reason", why, "journal", list));
        return 1;
    }
    line("state", why);
    json_array_foreach(list, i, e)
    {
        char row[120];
        (void)snprintf(row, sizeof row, "%.40s, attempt %lld, %s", text(e, "task_id"),
                       (long long)number(e, "attempt"), text(e, "state"));
        line(i == 0 ? "in its journal" : "", row);
    }
    json_decref(list);
    return fflush(stdout) == 0 ? 1 : 1;
}

static void print_tasks(const json_t *s)
{
    size_t i;
    json_t *e;
    char row[240], at[24];
    json_array_foreach(json_object_get(s, "running"), i, e)
    {
        const json_int_t eta = number(e, "eta_ms");
        time_write(at, number(e, "deadline"));
        int n = snprintf(row, sizeof row, "%.40s, attempt %lld, %.30s, %.16s %lld %%",
                         text(e, "task_id"), (long long)number(e, "attempt"), text(e, "program"),
                         text(e, "phase"), (long long)(number(e, "progress_ppm") / 10000));
        if (eta > 0 && n > 0 && (size_t)n < sizeof row)
            n += snprintf(row + n, sizeof row - (size_t)n, ", about %lld s left",
                          (long long)((eta + 999) / 1000));
        if (n > 0 && (size_t)n < sizeof row)
            (void)snprintf(row + n, sizeof row - (size_t)n, ", due %s", at);
        line(i == 0 ? "working on" : "", row);
    }
    json_array_foreach(json_object_get(s, "claims"), i, e)
    {
        time_write(at, number(e, "deadline"));
        (void)snprintf(row, sizeof row, "%.40s, on chain %.30s, tried %lld times%s, due %s",
                       text(e, "task_id"), text(e, "chain_task_id"), (long long)number(e, "tries"),
                       is(e, "running") ? ", being sent" : "", at);
        line(i == 0 ? "to claim" : "", row);
    }
}

static bool is_proven(const json_t *account)
{
    return strcmp(text(account, "state"), "proven") == 0;
}

static void print_status(const json_t *s, const json_t *reasons, const char *not_asked)
{
    char row[300], at[24];
    const json_t *counts = json_object_get(s, "counts"), *last = json_object_get(s, "last_failure");
    size_t i;
    json_t *e;
    line("node", text(s, "node_id"));
    (void)snprintf(row, sizeof row, "%s%s%s%s",
                   is(s, "stopping")     ? "stopping"
                   : is(s, "registered") ? "registered"
                   : is(s, "connected")  ? "connected"
                                         : "not connected",
                   text(s, "node_state")[0] != 0 ? ", " : "", text(s, "node_state"),
                   is(s, "draining") ? ", takes nothing" : "");
    line("state", row);
    line("relayer", text(s, "relayer"));
    const json_t *account = json_object_get(s, "account");
    if (text(account, "state")[0] != 0) {
        time_write(at, number(account, "expires_at"));
        (void)snprintf(row, sizeof row, "%.70s, %s%s%.150s", text(s, "address"),
                       text(account, "state"), is_proven(account) ? " until " : ": ",
                       is_proven(account) ? at : text(account, "detail"));
        line("account", row);
    }
    time_write(at, number(s, "started_at"));
    line("started", at);
    time_write(at, number(s, "last_offer_at"));
    line("last offer", at);
    (void)snprintf(row, sizeof row,
                   "%lld taken, %lld declined, %lld finished, %lld accepted, %lld claimed",
                   (long long)number(counts, "taken"), (long long)number(counts, "declined"),
                   (long long)number(counts, "finished"), (long long)number(counts, "accepted"),
                   (long long)number(counts, "claimed"));
    line("tasks", row);
    print_tasks(s);
    if (json_is_object(last)) {
        (void)snprintf(row, sizeof row, "%.30s %.40s: %.60s %.120s", text(last, "ts"),
                       text(last, "event"), text(last, "code"),
                       text(last, "reason")[0] != 0 ? text(last, "reason") : text(last, "detail"));
        line("last failure", row);
    }
    json_array_foreach(reasons, i, e) line(i == 0 ? "work" : "", text(e, "text"));
    if (json_array_size(reasons) == 0) line("work", "nothing stands in its way");
    if (not_asked[0] != 0) line("", not_asked);
}

int ask_status(const node_options *o, const ask_options *a)
{
    char why[CONTROL_WHY], not_asked[ELIGIBLE_WHY] = "";
    json_t *s = ask(o, "status", NULL, why);
    if (s == NULL) return stopped(o, a, why);
    json_t *view = transfer_init() == SP_OK
                       ? eligible_ask(o, text(s, "node_id"), a->api_key_file, not_asked)
                       : NULL;
    json_t *reasons = eligible_reasons(s, view, now_ms());
    int code = 0;
    if (a->json) {
        (void)json_object_set_new(s, "running_here", json_true());
        (void)json_object_set(s, "eligibility", reasons);
        (void)json_object_set_new(s, "at_relayer", view != NULL ? json_incref(view) : json_null());
        code = dump(json_incref(s));
    } else {
        print_status(s, reasons, not_asked);
        code = fflush(stdout) == 0 ? 0 : 1;
    }
    json_decref(reasons);
    json_decref(view);
    json_decref(s);
    return code;
}

/* ---- drain ---- */

static volatile sig_atomic_t interrupted;
static void on_signal(int s)
{
    (void)s;
    interrupted = 1;
}

static void catch_signals(void)
{
    struct sigaction a;
    memset(&a, 0, sizeof a);
    a.sa_handler = on_signal; /* and system calls end */
    (void)sigaction(SIGINT, &a, NULL);
    (void)sigaction(SIGTERM, &a, NULL);
}

static void step(void)
{
    const struct timespec t = {0, STEP_NS};
    (void)nanosleep(&t, NULL);
}

static size_t left(const json_t *s)
{
    return json_array_size(json_object_get(s, "running")) +
           json_array_size(json_object_get(s, "claims"));
}

int ask_drain(const node_options *o, const ask_options *a)
{
    char why[CONTROL_WHY];
    json_t *s = ask(o, "drain", a->off ? json_false() : json_true(), why);
    catch_signals();
    while (s != NULL && a->wait && !a->off && left(s) > 0 && !interrupted) {
        step();
        json_decref(s);
        s = ask(o, "status", NULL, why);
    }
    if (s == NULL) {
        (void)fprintf(stderr, "sprove-node: %s\n", why);
        return 1;
    }
    const size_t n = left(s);
    json_t *report = json_pack("{s:b, s:I}", "draining", is(s, "draining"), "left", (json_int_t)n);
    json_decref(s);
    if (interrupted) {
        json_decref(report);
        return 130;
    }
    if (a->json) return dump(report);
    json_decref(report);
    if (a->off)
        (void)printf("it takes tasks again\n");
    else if (n == 0)
        (void)printf("it takes nothing more, and nothing is left\n");
    else
        (void)printf("it takes nothing more; %zu are left (--wait waits for them)\n", n);
    return fflush(stdout) == 0 ? 0 : 1;
}

/* ---- logs ---- */

/* Where the last `lines` lines begin. */
static off_t tail(int fd, off_t end, unsigned lines)
{
    char block[4096];
    off_t at = end;
    unsigned seen = 0;
    while (at > 0) {
        const size_t n = at < (off_t)sizeof block ? (size_t)at : sizeof block;
        if (pread(fd, block, n, at - (off_t)n) != (ssize_t)n) return at;
        for (size_t i = n; i > 0; i--)
            if (block[i - 1] == '\n' && at - (off_t)(n - i) != end && ++seen == lines)
                return at - (off_t)(n - i);
        at -= (off_t)n;
    }
    return 0;
}

static bool copy(int fd, off_t *at)
{
    char block[8192];
    ssize_t n;
    while ((n = pread(fd, block, sizeof block, *at)) > 0) {
        if (fwrite(block, 1, (size_t)n, stdout) != (size_t)n) return false;
        *at += n;
    }
    return n == 0 && fflush(stdout) == 0;
}

int ask_logs(const node_options *o, const ask_options *a)
{
    struct stat st, now;
    int fd = open(o->log_file, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        (void)fprintf(stderr, "sprove-node: there is no log %s\n", o->log_file);
        if (fd >= 0) (void)close(fd);
        return 1;
    }
    off_t at = a->lines == 0 ? st.st_size : tail(fd, st.st_size, a->lines);
    bool ok = copy(fd, &at);
    catch_signals();
    while (ok && a->follow && !interrupted) {
        step();
        ok = copy(fd, &at);
        /* The file began anew. */
        if (ok && stat(o->log_file, &now) == 0 &&
            (now.st_ino != st.st_ino || now.st_dev != st.st_dev)) {
            const int next = open(o->log_file, O_RDONLY | O_CLOEXEC);
            if (next < 0) continue;
            (void)close(fd);
            fd = next;
            st = now;
            at = 0;
        }
    }
    (void)close(fd);
    return ok ? 0 : 1;
}
