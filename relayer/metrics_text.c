/* metrics_text.c - see metrics_text.h. */
#include "relayer/metrics_text.h"

#include "relayer/api.h"
#include "relayer/app.h"
#include "relayer/rest.h"
#include "relayer/sender.h"
#include "relayer/watch.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

static void head(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP sprove_%s %s\n# TYPE sprove_%s %s\n", name, help, name, type);
}

static void one(FILE *out, const char *name, const char *type, const char *help, uint64_t v)
{
    head(out, name, type, help);
    fprintf(out, "sprove_%s %" PRIu64 "\n", name, v);
}

static const char *method(http_method m)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OTHER"};
    return names[m];
}

static void write_http(FILE *out, const metrics_http *m)
{
    size_t n;
    const route *list = route_list(&n);
    head(out, "http_requests_total", "counter", "answers, by route, method and class of status");
    for (size_t i = 0; i <= METRICS_ROUTES; i++)
        for (unsigned k = 0; k < METRICS_CLASSES; k++)
            if (m->answered[i][k] > 0)
                fprintf(out,
                        "sprove_http_requests_total{route=\"%s\",method=\"%s\",code=\"%uxx\"} "
                        "%" PRIu64 "\n",
                        i < n ? list[i].path : "none", i < n ? method(list[i].method) : "none", k,
                        m->answered[i][k]);
    head(out, "http_request_seconds", "histogram", "time from request to answer, by route");
    for (size_t i = 0; i <= METRICS_ROUTES; i++) {
        char labels[128];
        if (hist_total(&m->took[i]) == 0) continue;
        (void)snprintf(labels, sizeof labels, "route=\"%s\",method=\"%s\"",
                       i < n ? list[i].path : "none", i < n ? method(list[i].method) : "none");
        hist_write(out, "http_request_seconds", labels, &m->took[i], HIST_FAST);
    }
}

static void write_tasks(FILE *out, stats *s)
{
    static const char *const names[SPANS] = {[SPAN_QUEUE] = "task_queue_seconds",
                                             [SPAN_PROVE] = "task_prove_seconds",
                                             [SPAN_SETTLE] = "task_settle_seconds"};
    static const char *const help[SPANS] = {[SPAN_QUEUE] = "from the queue to a node",
                                            [SPAN_PROVE] = "from a node's yes to its result",
                                            [SPAN_SETTLE] = "from a verified proof to the payment"};
    const stats_view v = stats_look(s, clock_ms());
    head(out, "tasks", "gauge", "tasks, by state");
    for (unsigned k = 0; k < TASK_STATES; k++)
        fprintf(out, "sprove_tasks{state=\"%s\"} %" PRIu64 "\n", task_state_name((task_state)k),
                v.tasks[k]);
    head(out, "task_transitions_total", "counter", "changes of state since the start");
    for (unsigned from = 0; from <= TASK_STATES; from++)
        for (unsigned to = 0; to < TASK_STATES; to++)
            if (v.moved[from][to] > 0)
                fprintf(out, "sprove_task_transitions_total{from=\"%s\",to=\"%s\"} %" PRIu64 "\n",
                        from < TASK_STATES ? task_state_name((task_state)from) : "",
                        task_state_name((task_state)to), v.moved[from][to]);
    for (unsigned k = 0; k < SPANS; k++) {
        const hist h = stats_hist(s, (stats_span)k);
        head(out, names[k], "histogram", help[k]);
        hist_write(out, names[k], "", &h, HIST_SLOW);
    }
    one(out, "leases_active", "gauge", "tasks that a node works on",
        v.tasks[TASK_LEASED] + v.tasks[TASK_RUNNING]);
    one(out, "verify_queue", "gauge", "results that are not verified yet",
        v.tasks[TASK_RESULT_RECEIVED] + v.tasks[TASK_VERIFYING]);
    one(out, "nodes", "gauge", "nodes that ever registered", v.nodes);
    one(out, "nodes_active", "gauge", "nodes that are connected and not banned", v.nodes_active);
    one(out, "nodes_proven", "gauge", "nodes that are connected and whose account has signed",
        v.nodes_proven);
    one(out, "blobs", "gauge", "blobs that are kept", v.blobs);
    one(out, "blob_bytes", "gauge", "their bytes", v.blob_bytes);
}

static void write_db(FILE *out, app *a)
{
    const core_counts k = core_count(a->core);
    one(out, "db_commits_total", "counter", "transactions of the writing thread", k.commits);
    one(out, "db_jobs_total", "counter", "jobs in them", k.jobs);
    one(out, "db_jobs_failed_total", "counter", "jobs that were undone", k.failed);
    one(out, "db_queue", "gauge", "jobs that wait for the writing thread", k.queued);
    head(out, "db_commit_seconds", "histogram", "transactions that had jobs");
    hist_write(out, "db_commit_seconds", "", &k.commit, HIST_FAST);
    head(out, "db_batch_size", "histogram", "jobs in such a transaction");
    hist_write(out, "db_batch_size", "", &k.batch, HIST_SIZES);
    const int64_t wal = api_wal_bytes(a);
    if (wal >= 0) one(out, "db_wal_bytes", "gauge", "bytes of the database's log", (uint64_t)wal);
}

static void write_chain(FILE *out, app *a)
{
    const watch_health h = watch_look(a);
    one(out, "chain_configured", "gauge", "1: chain.rpc is set", h.configured);
    one(out, "chain_ok", "gauge", "1: the last round of the chain's watcher succeeded",
        h.configured && h.ok);
    one(out, "chain_head_block", "gauge", "the block up to which events were read", h.block);
    const sender_health own = sender_look(a);
    one(out, "chain_sender_held", "gauge", "1: the relayer's own account cannot send", own.held);
    one(out, "chain_tx_in_flight", "gauge", "signed, and not known to be executed", own.in_flight);
    head(out, "chain_nonce", "gauge", "the nonce that the relayer signed last");
    if (own.nonce >= 0) fprintf(out, "sprove_chain_nonce %" PRId64 "\n", own.nonce);
}

/* Names as every program has them. */
static void write_process(FILE *out)
{
    struct rusage u;
    struct rlimit files = {0, 0};
    uint64_t pages = 0, open_files = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f != NULL) {
        if (fscanf(f, "%*u %" SCNu64, &pages) != 1) pages = 0;
        (void)fclose(f);
    }
    DIR *d = opendir("/proc/self/fd");
    while (d != NULL && readdir(d) != NULL) open_files++;
    if (d != NULL) (void)closedir(d);
    (void)getrlimit(RLIMIT_NOFILE, &files);
    fprintf(out,
            "# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes %" PRIu64
            "\n# TYPE process_open_fds gauge\nprocess_open_fds %" PRIu64
            "\n# TYPE process_max_fds gauge\nprocess_max_fds %" PRIu64 "\n",
            pages * (uint64_t)sysconf(_SC_PAGESIZE), open_files > 3 ? open_files - 3 : 0,
            (uint64_t)files.rlim_cur); /* less ., .. and the folder itself */
    if (getrusage(RUSAGE_SELF, &u) == 0)
        fprintf(out,
                "# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total %ld.%06ld\n",
                (long)(u.ru_utime.tv_sec + u.ru_stime.tv_sec +
                       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000000),
                (long)((u.ru_utime.tv_usec + u.ru_stime.tv_usec) % 1000000));
}

typedef struct {
    job j;
    app *a;
} recount;

static void run_recount(job *j, void *with)
{
    (void)stats_look_with_nodes(&rest_of(((recount *)j)->a)->stats, with, clock_ms());
}

static void recount_done(job *j) { free(j); }

static void ask_database(app *a)
{
    recount *r = calloc(1, sizeof *r);
    if (r == NULL) return;
    r->j.run = run_recount;
    r->j.done = recount_done;
    r->a = a;
    if (!queue_put(&a->reads, &r->j)) free(r);
}

char *metrics_text(app *a, const metrics_http *http, size_t *n)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, n);
    if (out == NULL) return NULL;
    const server_counts s = server_count(a->server);
    struct statvfs disk;
    ask_database(a);
    head(out, "build_info", "gauge", "always 1");
    fprintf(out, "sprove_build_info{version=\"%s\"} 1\n", SPROVE_VERSION);
    one(out, "uptime_seconds", "gauge", "since the start",
        (clock_ns() - a->start_ns) / 1000000000u);
    one(out, "draining", "gauge", "1: it is being stopped", a->draining);
    write_http(out, http);
    one(out, "http_inflight", "gauge", "requests that are not answered", s.http_now);
    one(out, "http_waiting", "gauge", "long polls and streams", rest_of(a)->waits.n);
    one(out, "ws_sessions", "gauge", "sockets of nodes", s.ws_now);
    one(out, "ws_outq_bytes", "gauge", "bytes that wait for nodes", s.ws_queued_bytes);
    write_tasks(out, &rest_of(a)->stats);
    write_db(out, a);
    meters_write(&rest_of(a)->meters, out);
    write_chain(out, a);
    if (statvfs(a->blobs, &disk) == 0)
        one(out, "storage_free_bytes", "gauge", "of the disk of the blobs",
            (uint64_t)disk.f_bavail * disk.f_frsize);
    one(out, "storage_min_free_bytes", "gauge", "storage.min_free: below it the relayer is down",
        a->set.min_free);
    write_process(out);
    const bool ok = !ferror(out);
    if (fclose(out) == 0 && ok) return text;
    free(text);
    return NULL;
}
