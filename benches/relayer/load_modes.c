/* load_modes.c - holds nodes, makes requests, waits for whole lives of tasks, and prints what came
 * of it: a JSON line for each figure. */
#include "load.h"
#include "process.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define SUM(o, member)                                                             \
    (__extension__({                                                               \
        uint64_t sum_ = 0;                                                         \
        for (unsigned i_ = 0; i_ < (o)->threads; i_++) sum_ += workers[i_].member; \
        sum_;                                                                      \
    }))

/* Adds a member of each worker to *sum. */
#define MERGE(o, sum, member)                                             \
    do                                                                    \
        for (unsigned i_ = 0; (sum) != NULL && i_ < (o)->threads; i_++) { \
            (void)pthread_mutex_lock(&workers[i_].lock);                  \
            histogram_merge(sum, &workers[i_].member);                    \
            (void)pthread_mutex_unlock(&workers[i_].lock);                \
        }                                                                 \
    while (0)

static void print_process(const load_options *o, const process_use *before, double seconds)
{
    const process_use now = process_look(o->pid);
    if (o->pid > 0 && now.cpu_s >= before->cpu_s) /* else it was killed meanwhile */
        printf(",\"relayer_cores\":%.3f,\"verifier_cores\":%.3f,\"rss_kib\":%ld,\"fds\":%ld",
               (now.cpu_s - before->cpu_s) / seconds,
               (now.children_s - before->children_s) / seconds, now.rss_kib, now.fds);
    double load = 0;
    FILE *f = fopen("/proc/loadavg", "r");
    if (f != NULL && fscanf(f, "%lf", &load) != 1) load = 0;
    if (f != NULL) (void)fclose(f);
    printf(",\"load\":%.2f}\n", load);
    (void)fflush(stdout);
}

static void print_times(const char *name, const histogram *h)
{
    printf(",\"%s\":{\"n\":%" PRIu64 ",\"mean_ms\":%.3f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
           "\"max_ms\":%.3f}",
           name, h->n, h->n > 0 ? (double)h->sum / (double)h->n / 1e6 : 0,
           (double)histogram_at(h, 0.5) / 1e6, (double)histogram_at(h, 0.99) / 1e6,
           (double)h->max / 1e6);
}

static void nap(void)
{
    const struct timespec t = {0, 5000000};
    (void)nanosleep(&t, NULL);
}

static bool wait_up(const load_options *o, load_worker *workers, double seconds)
{
    const uint64_t until = now_ns() + (uint64_t)(seconds * 1e9);
    while (SUM(o, fleet.up) < o->nodes && now_ns() < until && !load_asked_to_stop) nap();
    return SUM(o, fleet.up) == o->nodes;
}

static void print_fleet(const load_options *o, load_worker *workers, const char *event,
                        uint64_t since, const process_use *before)
{
    histogram *h = calloc(1, sizeof *h);
    const double seconds = (double)(now_ns() - since) / 1e9;
    MERGE(o, h, fleet.handshake);
    printf("{\"event\":\"%s\",\"nodes\":%zu,\"up\":%" PRIu64 ",\"refused\":%" PRIu64
           ",\"seconds\":%.2f",
           event, o->nodes, SUM(o, fleet.up), SUM(o, fleet.refused), seconds);
    if (h != NULL) print_times("handshake", h);
    free(h);
    print_process(o, before, seconds);
}

int load_nodes(const load_options *o, load_worker *workers)
{
    process_use before = process_look(o->pid);
    uint64_t since = now_ns();
    bool ok = wait_up(o, workers, 300);
    print_fleet(o, workers, "connected", since, &before);
    uint64_t lost = SUM(o, fleet.lost);
    before = process_look(o->pid);
    since = now_ns();
    const uint64_t begun = since, seq = SUM(o, fleet.beats);
    /* Whenever some are lost, all must come back; who kills the relayer reads how long it took. */
    while (!load_asked_to_stop && ok && (double)(now_ns() - begun) / 1e9 < o->seconds) {
        nap();
        if (SUM(o, fleet.lost) == lost) continue;
        const process_use then = process_look(o->pid);
        const uint64_t from = now_ns();
        ok = wait_up(o, workers, 300);
        print_fleet(o, workers, "back", from, &then);
        lost = SUM(o, fleet.lost);
    }
    histogram *h = calloc(1, sizeof *h);
    MERGE(o, h, fleet.beat);
    const double seconds = (double)(now_ns() - since) / 1e9;
    printf("{\"event\":\"held\",\"nodes\":%zu,\"up\":%" PRIu64
           ",\"seconds\":%.1f,\"beats\":%" PRIu64,
           o->nodes, SUM(o, fleet.up), seconds, SUM(o, fleet.beats) - seq);
    if (h != NULL) print_times("heartbeat", h);
    free(h);
    print_process(o, &before, seconds);
    for (unsigned k = 0; ok && k < o->cuts; k++) {
        before = process_look(o->pid);
        since = now_ns();
        lost = SUM(o, fleet.lost);
        for (unsigned i = 0; i < o->threads; i++) workers[i].fleet.cut = true;
        while (SUM(o, fleet.lost) < lost + o->nodes && !load_asked_to_stop) nap();
        ok = wait_up(o, workers, 300);
        print_fleet(o, workers, "cut", since, &before);
    }
    return ok ? 0 : 1;
}

static const char *mode_name(const load_options *o)
{
    static const char *const names[] = {"nodes", "post", "get", "put", "lives"};
    return names[o->mode];
}

static bool all_over(const load_options *o, const load_worker *workers)
{
    for (unsigned i = 0; i < o->threads; i++)
        if (!workers[i].over) return false;
    return true;
}

int load_requests(const load_options *o, load_worker *workers)
{
    const process_use before = process_look(o->pid);
    histogram *h = calloc(1, sizeof *h);
    const uint64_t since = now_ns();
    for (unsigned i = 0; i < o->threads; i++) workers[i].go = true;
    while (!load_asked_to_stop && !all_over(o, workers)) nap();
    uint64_t end = 0;
    MERGE(o, h, latency);
    for (unsigned i = 0; i < o->threads; i++) (void)pthread_mutex_lock(&workers[i].lock);
    for (unsigned i = 0; i < o->threads; i++)
        if (workers[i].end_ns > end) end = workers[i].end_ns;
    const double seconds = end > since ? (double)(end - since) / 1e9 : 1e-9;
    const uint64_t answered = SUM(o, answered), wrong = SUM(o, wrong);
    printf("{\"event\":\"%s\",\"rate\":%.0f,\"connections\":%u,\"requests\":%" PRIu64
           ",\"good\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"seconds\":%.2f,\"per_second\":%.0f,"
           "\"status\":{",
           mode_name(o), o->rate, o->connections, SUM(o, made), answered - wrong, SUM(o, lost),
           seconds, (double)(answered - wrong) / seconds);
    bool any = false;
    for (unsigned k = 1; k < 600; k++) {
        const uint64_t n = SUM(o, status[k]);
        if (n > 0) printf("%s\"%u\":%" PRIu64, any ? "," : "", k, n);
        any = any || n > 0;
    }
    printf("}");
    if (h != NULL) print_times("latency", h);
    free(h);
    print_process(o, &before, seconds);
    const bool good = wrong == 0 && answered == SUM(o, made);
    for (unsigned i = 0; i < o->threads; i++) (void)pthread_mutex_unlock(&workers[i].lock);
    return good ? 0 : 1;
}

/* How many tasks are in a state where nothing follows: verified, or failed. */
static bool ended_tasks(const load_options *o, uint64_t *verified, uint64_t *failed)
{
    char text[8192] = "";
    wire w;
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    const uint64_t until = now_ns() + 5 * LOAD_SECOND;
    int n = snprintf(text, sizeof text,
                     "GET /api/v1/stats HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n",
                     o->to.host, o->headers);
    bool whole = false;
    *verified = *failed = 0;
    if (epoll >= 0 && wire_open(&w, &o->to, epoll, &w)) {
        (void)!wire_send(&w, text, (size_t)n);
        while (!whole && now_ns() < until) {
            struct epoll_event e;
            (void)epoll_wait(epoll, &e, 1, 20);
            const bool alive = wire_pump(&w);
            if (w.in_bytes + 1 < sizeof text && w.in_bytes > 0) {
                memcpy(text, w.in, w.in_bytes);
                text[w.in_bytes] = 0;
                whole = strstr(text, "\"verified\":") != NULL && strstr(text, "\r\n\r\n") != NULL &&
                        text[w.in_bytes - 1] == '}';
            }
            if (!alive) break;
        }
        wire_close(&w, false);
    }
    if (epoll >= 0) (void)close(epoll);
    const char *tasks = whole ? strstr(text, "\"tasks\":") : NULL;
    const char *v = tasks == NULL ? NULL : strstr(tasks, "\"verified\":"),
               *f = tasks == NULL ? NULL : strstr(tasks, "\"failed\":");
    if (v == NULL || f == NULL) return false;
    *verified = strtoull(v + 11, NULL, 10);
    *failed = strtoull(f + 9, NULL, 10);
    return true;
}

int load_lives(const load_options *o, load_worker *workers)
{
    uint64_t verified0, failed0, verified = 0, failed = 0;
    if (!wait_up(o, workers, 300) || !ended_tasks(o, &verified0, &failed0)) return 1;
    const uint64_t wanted = o->until > verified0 ? o->until - verified0 : o->count;
    const process_use before = process_look(o->pid);
    const uint64_t since = now_ns();
    const int code = load_requests(o, workers);
    const uint64_t until = now_ns() + (uint64_t)(o->wait * 1e9);
    do {
        const struct timespec t = {0, 50000000};
        (void)nanosleep(&t, NULL);
        if (!ended_tasks(o, &verified, &failed)) return 1;
        verified -= verified0;
        failed -= failed0;
    } while (verified + failed < wanted && now_ns() < until && !load_asked_to_stop);
    const double seconds = (double)(now_ns() - since) / 1e9;
    printf("{\"event\":\"ended\",\"tasks\":%" PRIu64 ",\"verified\":%" PRIu64 ",\"failed\":%" PRIu64
           ",\"taken\":%" PRIu64 ",\"delivered\":%" PRIu64 ",\"rejected\":%" PRIu64
           ",\"proofs\":%zu,\"proof_bytes\":%zu,\"seconds\":%.2f,\"per_second\":%.1f",
           o->count, verified, failed, SUM(o, fleet.taken), SUM(o, fleet.delivered),
           SUM(o, fleet.rejected), o->made.n, o->made.v[0].proof_bytes, seconds,
           (double)verified / seconds);
    print_process(o, &before, seconds);
    return code == 0 && verified == wanted ? 0 : 1;
}
