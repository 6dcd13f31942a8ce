/* load.c - bench_relayer_load: simulated nodes and clients against a running relayer. Each figure
 * is a JSON line on standard output. benches/relayer/README.md says what it measured. */
#include "fleet.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "market/hex.h"

#define MOST_THREADS 16u
#define MOST_PIDS 64u
#define SECOND UINT64_C(1000000000)
#define LATE_NS (30 * SECOND) /* an answer is waited for so long after the last request */

static const char usage[] =
    "usage: bench_relayer_load MODE --url http://ADDRESS:PORT [options]\n"
    "\n"
    "  nodes  connects --nodes N, holds them with heartbeats for --for S seconds or until "
    "SIGTERM;\n"
    "         --cuts K: then cuts all sockets K times and waits until all are back\n"
    "  post   posts tasks;  get  reads --path (or the tasks of --ids);  put  stores random blobs\n"
    "         of --bytes: --rate R a second for --for S seconds, or --count N; rate 0: as fast as\n"
    "         --connections C allow\n"
    "  lives  --count N tasks, of which --proofs DIR has results (of --profile, chain), posted at\n"
    "         --rate, done by --nodes N; waits --wait S seconds for the last\n"
    "\n"
    "  --key FILE (API key)  --ca FILE  --threads T  --heartbeat S  --in-flight N  --capacity N\n"
    "  --body FILE (of a post)  --ids FILE (post, lives: written)  --pid N (of the relayer: its\n"
    "  processor time, memory and descriptors are in each line)\n";

typedef struct {
    enum { MODE_NODES, MODE_POST, MODE_GET, MODE_PUT, MODE_LIVES } mode;
    target to;
    char key[256], headers[400];
    unsigned threads, connections, cuts, capacity;
    size_t nodes, in_flight, bytes;
    uint64_t count;
    double rate, seconds, heartbeat, wait;
    const char *path, *ids, *proofs, *profile;
    uint8_t *body;
    size_t body_bytes;
    pid_t pid;
    proofs made;
    char **id;
    size_t n_ids;
} options;

/* One thread's part of everything. */
typedef struct {
    const options *o;
    pthread_t thread;
    int epoll;
    fleet fleet;
    pool pool, uploads;
    uint64_t total, made, answered, wrong, lost; /* of requests */
    uint64_t period_ns, start_ns, end_ns;
    unsigned number;
    uint8_t *blob;
    histogram latency;
    unsigned status[600];
    FILE *ids;
    atomic_bool go, stop, over;
} worker;

static volatile sig_atomic_t asked_to_stop;

static void on_signal(int number)
{
    (void)number;
    asked_to_stop = 1;
}

/* ---- requests ---- */

static void on_answer(void *user, const request *q, int status, const char *body, size_t n)
{
    worker *w = user;
    const uint64_t now = now_ns();
    w->answered++;
    w->end_ns = now;
    histogram_add(&w->latency, now - q->due_ns);
    w->lost += status == 0;
    w->wrong += status < 200 || status > 299;
    w->status[status > 0 && status < 600 ? status : 0]++;
    if (w->o->mode == MODE_PUT) free(q->cookie);
    if (w->ids == NULL || status != 201) return;
    const char *id = memmem(body, n, "\"task_id\":\"", 11);
    if (id != NULL && (size_t)(body + n - id) > 47) fprintf(w->ids, "%.36s\n", id + 11);
}

static void on_upload(void *user, const request *q, int status, const char *body, size_t n)
{
    (void)body;
    (void)n;
    fleet_uploaded(&((worker *)user)->fleet, q, status);
}

static bool ask(worker *w, uint64_t due)
{
    const options *o = w->o;
    const uint64_t i = w->made++ * o->threads + w->number;
    char path[128];
    switch (o->mode) {
    case MODE_GET:
        if (o->n_ids == 0)
            return pool_ask(&w->pool, "GET", o->path, o->headers, NULL, 0, due, NULL);
        (void)snprintf(path, sizeof path, "/api/v1/tasks/%s", o->id[i * 7919 % o->n_ids]);
        return pool_ask(&w->pool, "GET", path, o->headers, NULL, 0, due, NULL);
    case MODE_PUT: {
        uint8_t *blob = malloc(o->bytes + 1), hash[32];
        char name[65];
        if (blob == NULL) return false;
        memcpy(blob, w->blob, o->bytes);
        memcpy(blob, &i, sizeof i); /* another one each time */
        (void)SHA256(blob, o->bytes, hash);
        hex_write(name, hash, 32);
        (void)snprintf(path, sizeof path, "/api/v1/blobs/%s", name);
        return pool_ask(&w->pool, "PUT", path, o->headers, blob, o->bytes, due, blob);
    }
    case MODE_LIVES: {
        const char *payload = o->made.v[i % o->made.n].payload;
        return pool_ask(&w->pool, "POST", "/api/v1/tasks", o->headers, (const uint8_t *)payload,
                        strlen(payload), due, NULL);
    }
    default:
        return pool_ask(&w->pool, "POST", "/api/v1/tasks", o->headers, o->body, o->body_bytes, due,
                        NULL);
    }
}

/* Makes the requests that are due; when it wants to be called again. */
static uint64_t requests(worker *w, uint64_t now)
{
    if (w->start_ns == 0) w->start_ns = now;
    if (w->period_ns == 0) { /* as fast as answers come */
        while (w->made < w->total && w->pool.waiting == 0 && w->pool.busy < w->pool.n)
            if (!ask(w, now_ns())) break;
        return now + SECOND / 100;
    }
    while (w->made < w->total && w->start_ns + w->made * w->period_ns <= now)
        if (!ask(w, w->start_ns + w->made * w->period_ns)) break;
    return w->made < w->total ? w->start_ns + w->made * w->period_ns : now + SECOND / 100;
}

static void *run(void *arg)
{
    worker *w = arg;
    struct epoll_event e[512];
    while (!w->stop) {
        uint64_t now = now_ns(), next = fleet_tick(&w->fleet, now);
        if (w->go && w->total > 0) {
            const uint64_t at = requests(w, now);
            if (at < next) next = at;
            if (w->answered == w->total) w->over = true;
            if (w->made == w->total && now > w->end_ns + LATE_NS && w->end_ns > 0) w->over = true;
        }
        now = now_ns();
        const uint64_t most = SECOND / 50;
        const uint64_t wait = next <= now ? 0 : next - now < most ? next - now : most;
        const struct timespec t = {0, (long)wait};
        const int n = epoll_pwait2(w->epoll, e, 512, &t, NULL);
        for (int i = 0; i < n; i++) {
            if (*(const int *)e[i].data.ptr == OWNER_NODE)
                fleet_event(e[i].data.ptr);
            else
                pool_event(e[i].data.ptr);
        }
    }
    return NULL;
}

/* ---- the relayer as a process ---- */

typedef struct {
    double cpu_s, children_s;
    long rss_kib, fds;
} usage_of;

/* Of a process, and of its children that have ended. */
static double stat_seconds(pid_t pid, double *ended)
{
    char path[64], text[1024];
    unsigned long user = 0, kernel = 0;
    long user_ended = 0, kernel_ended = 0;
    const double ticks = (double)sysconf(_SC_CLK_TCK);
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    *ended = 0;
    if (f == NULL) return 0;
    const size_t n = fread(text, 1, sizeof text - 1, f);
    (void)fclose(f);
    text[n] = 0;
    const char *after = strrchr(text, ')');
    if (after == NULL ||
        sscanf(after + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld", &user,
               &kernel, &user_ended, &kernel_ended) != 4)
        return 0;
    *ended = (double)(user_ended + kernel_ended) / ticks;
    return (double)(user + kernel) / ticks;
}

static long count_entries(const char *command, pid_t pid)
{
    char text[128];
    long n = 0;
    (void)snprintf(text, sizeof text, command, (int)pid);
    FILE *f = popen(text, "r");
    if (f == NULL) return 0;
    if (fscanf(f, "%ld", &n) != 1) n = 0;
    (void)pclose(f);
    return n;
}

static usage_of look(pid_t pid)
{
    usage_of u = {0, 0, 0, 0};
    double ended;
    if (pid <= 0) return u;
    u.cpu_s = stat_seconds(pid, &u.children_s);
    u.rss_kib = count_entries("awk '/^VmRSS/{print $2}' /proc/%d/status 2>&-", pid);
    u.fds = count_entries("ls /proc/%d/fd 2>&- | wc -l", pid);
    char text[64];
    (void)snprintf(text, sizeof text, "ps -o pid= --ppid %d", (int)pid);
    FILE *f = popen(text, "r");
    int child;
    while (f != NULL && fscanf(f, "%d", &child) == 1) u.children_s += stat_seconds(child, &ended);
    if (f != NULL) (void)pclose(f);
    return u;
}

static void print_process(const options *o, const usage_of *before, double seconds)
{
    const usage_of now = look(o->pid);
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

/* ---- modes ---- */

static worker workers[MOST_THREADS];

#define SUM(o, member)                                                             \
    (__extension__({                                                               \
        uint64_t sum_ = 0;                                                         \
        for (unsigned i_ = 0; i_ < (o)->threads; i_++) sum_ += workers[i_].member; \
        sum_;                                                                      \
    }))

static void nap(void)
{
    const struct timespec t = {0, 5000000};
    (void)nanosleep(&t, NULL);
}

static bool wait_up(const options *o, double seconds)
{
    const uint64_t until = now_ns() + (uint64_t)(seconds * 1e9);
    while (SUM(o, fleet.up) < o->nodes && now_ns() < until && !asked_to_stop) nap();
    return SUM(o, fleet.up) == o->nodes;
}

static void print_fleet(const options *o, const char *event, uint64_t since, const usage_of *before)
{
    histogram *h = calloc(1, sizeof *h);
    const double seconds = (double)(now_ns() - since) / 1e9;
    for (unsigned i = 0; h != NULL && i < o->threads; i++)
        histogram_merge(h, &workers[i].fleet.handshake);
    printf("{\"event\":\"%s\",\"nodes\":%zu,\"up\":%" PRIu64 ",\"refused\":%" PRIu64
           ",\"seconds\":%.2f",
           event, o->nodes, SUM(o, fleet.up), SUM(o, fleet.refused), seconds);
    if (h != NULL) print_times("handshake", h);
    free(h);
    print_process(o, before, seconds);
}

static int run_nodes(const options *o)
{
    usage_of before = look(o->pid);
    uint64_t since = now_ns();
    bool ok = wait_up(o, 300);
    print_fleet(o, "connected", since, &before);
    uint64_t lost = SUM(o, fleet.lost);
    before = look(o->pid);
    since = now_ns();
    const uint64_t begun = since, seq = SUM(o, fleet.beats);
    /* Whenever some are lost, all must come back; who kills the relayer reads how long it took. */
    while (!asked_to_stop && ok && (double)(now_ns() - begun) / 1e9 < o->seconds) {
        nap();
        if (SUM(o, fleet.lost) == lost) continue;
        const usage_of then = look(o->pid);
        const uint64_t from = now_ns();
        ok = wait_up(o, 300);
        print_fleet(o, "back", from, &then);
        lost = SUM(o, fleet.lost);
    }
    histogram *h = calloc(1, sizeof *h);
    for (unsigned i = 0; h != NULL && i < o->threads; i++)
        histogram_merge(h, &workers[i].fleet.beat);
    const double seconds = (double)(now_ns() - since) / 1e9;
    printf("{\"event\":\"held\",\"nodes\":%zu,\"up\":%" PRIu64
           ",\"seconds\":%.1f,\"beats\":%" PRIu64,
           o->nodes, SUM(o, fleet.up), seconds, SUM(o, fleet.beats) - seq);
    if (h != NULL) print_times("heartbeat", h);
    free(h);
    print_process(o, &before, seconds);
    for (unsigned k = 0; ok && k < o->cuts; k++) {
        before = look(o->pid);
        since = now_ns();
        lost = SUM(o, fleet.lost);
        for (unsigned i = 0; i < o->threads; i++) workers[i].fleet.cut = true;
        while (SUM(o, fleet.lost) < lost + o->nodes && !asked_to_stop) nap();
        ok = wait_up(o, 300);
        print_fleet(o, "cut", since, &before);
    }
    return ok ? 0 : 1;
}

static const char *mode_name(const options *o)
{
    static const char *const names[] = {"nodes", "post", "get", "put", "lives"};
    return names[o->mode];
}

static bool all_over(const options *o)
{
    for (unsigned i = 0; i < o->threads; i++)
        if (!workers[i].over) return false;
    return true;
}

static int run_requests(const options *o)
{
    const usage_of before = look(o->pid);
    histogram *h = calloc(1, sizeof *h);
    const uint64_t since = now_ns();
    for (unsigned i = 0; i < o->threads; i++) workers[i].go = true;
    while (!asked_to_stop && !all_over(o)) nap();
    uint64_t end = 0;
    for (unsigned i = 0; i < o->threads; i++) {
        if (workers[i].end_ns > end) end = workers[i].end_ns;
        if (h != NULL) histogram_merge(h, &workers[i].latency);
    }
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
    return wrong == 0 && answered == SUM(o, made) ? 0 : 1;
}

/* How many tasks are in a state where nothing follows: verified, or failed. */
static bool ended_tasks(const options *o, uint64_t *verified, uint64_t *failed)
{
    char text[8192] = "";
    wire w;
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    const uint64_t until = now_ns() + 5 * SECOND;
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

static int run_lives(const options *o)
{
    uint64_t verified0, failed0, verified = 0, failed = 0;
    if (!wait_up(o, 300) || !ended_tasks(o, &verified0, &failed0)) return 1;
    const usage_of before = look(o->pid);
    const uint64_t since = now_ns();
    const int code = run_requests(o);
    const uint64_t until = now_ns() + (uint64_t)(o->wait * 1e9);
    do {
        const struct timespec t = {0, 50000000};
        (void)nanosleep(&t, NULL);
        if (!ended_tasks(o, &verified, &failed)) return 1;
        verified -= verified0;
        failed -= failed0;
    } while (verified + failed < o->count && now_ns() < until && !asked_to_stop);
    const double seconds = (double)(now_ns() - since) / 1e9;
    printf("{\"event\":\"ended\",\"tasks\":%" PRIu64 ",\"verified\":%" PRIu64 ",\"failed\":%" PRIu64
           ",\"taken\":%" PRIu64 ",\"delivered\":%" PRIu64 ",\"rejected\":%" PRIu64
           ",\"proofs\":%zu,\"proof_bytes\":%zu,\"seconds\":%.2f,\"per_second\":%.1f",
           o->count, verified, failed, SUM(o, fleet.taken), SUM(o, fleet.delivered),
           SUM(o, fleet.rejected), o->made.n, o->made.v[0].proof_bytes, seconds,
           (double)verified / seconds);
    print_process(o, &before, seconds);
    return code == 0 && verified == o->count ? 0 : 1;
}

/* ---- setting up ---- */

static bool read_key(options *o, const char *path)
{
    FILE *f = fopen(path, "r");
    if (f == NULL) return false;
    const bool ok = fscanf(f, "%255s", o->key) == 1;
    (void)fclose(f);
    return ok;
}

static bool read_ids(options *o)
{
    char line[64];
    FILE *f = fopen(o->ids, "r");
    if (f == NULL) return false;
    while (fscanf(f, "%63s", line) == 1) {
        char **more = realloc(o->id, (o->n_ids + 1) * sizeof *more);
        if (more == NULL) break;
        o->id = more;
        o->id[o->n_ids] = strdup(line);
        if (o->id[o->n_ids] == NULL) break;
        o->n_ids++;
    }
    (void)fclose(f);
    return o->n_ids > 0;
}

static const char task[] =
    "{\"payload\":{\"algorithm\":\"matrix_multiplication\",\"matrix_a\":[[1,2],[3,4]],"
    "\"matrix_b\":[[5,6],[7,8]]},\"requirements\":{\"cpu_threads\":4,\"ram_gb\":8,"
    "\"gpu_required\":false,\"max_execution_time\":300},\"token_amount\":1000000000000000000,"
    "\"description\":\"Matrix multiplication task\"}";

/* The payloads of the proofs become whole bodies of POST /tasks. */
static bool wrap_payloads(options *o)
{
    for (size_t i = 0; i < o->made.n; i++) {
        char *body = malloc(strlen(o->made.v[i].payload) + 256);
        if (body == NULL) return false;
        (void)sprintf(body,
                      "{\"job\":{\"profile\":\"%.16s\"},\"requirements\":{\"cpu_threads\":4,"
                      "\"ram_gb\":8,\"max_execution_time\":300},"
                      "\"token_amount\":\"1000000000000000000\",\"payload\":%s}",
                      o->profile, o->made.v[i].payload);
        free(o->made.v[i].payload);
        o->made.v[i].payload = body;
    }
    return true;
}

static bool worker_init(worker *w, const options *o, unsigned number, FILE *ids)
{
    const size_t first = o->nodes * number / o->threads,
                 last = o->nodes * (number + 1) / o->threads;
    const uint64_t all = o->mode == MODE_NODES ? 0
                         : o->count > 0        ? o->count
                                               : (uint64_t)(o->rate * o->seconds);
    w->o = o;
    w->number = number;
    w->epoll = epoll_create1(EPOLL_CLOEXEC);
    w->ids = ids;
    w->total = all * (number + 1) / o->threads - all * number / o->threads;
    w->period_ns = o->rate > 0 ? (uint64_t)(1e9 * o->threads / o->rate) : 0;
    if (w->epoll < 0 || !fleet_init(&w->fleet, &o->to, w->epoll, first, last - first)) return false;
    w->fleet.most_in_flight = o->in_flight / o->threads + 1;
    w->fleet.interval_ns = (uint64_t)(o->heartbeat * 1e9);
    w->fleet.capacity = o->capacity;
    w->fleet.proofs = o->mode == MODE_LIVES ? &o->made : NULL;
    w->fleet.uploads = &w->uploads;
    const unsigned per_thread =
        o->connections / o->threads + (o->connections % o->threads > number);
    if (!pool_init(&w->pool, &o->to, w->epoll, o->mode == MODE_NODES ? 0 : per_thread) ||
        !pool_init(&w->uploads, &o->to, w->epoll, o->mode == MODE_LIVES ? per_thread : 0))
        return false;
    w->pool.answer = on_answer;
    w->uploads.answer = on_upload;
    w->pool.user = w->uploads.user = w;
    w->blob = malloc(o->bytes + 8);
    return w->blob != NULL && RAND_bytes(w->blob, (int)(o->bytes + 8)) == 1;
}

static bool read_options(options *o, int argc, char **argv, const char **ca, const char **url)
{
    enum {
        URL = 256,
        KEY,
        CA,
        THREADS,
        NODES,
        FOR,
        CUTS,
        HEARTBEAT,
        IN_FLIGHT,
        RATE,
        COUNT,
        CONNECTIONS,
        PATH,
        BODY,
        IDS,
        BYTES,
        PROOFS,
        PID,
        CAPACITY,
        PROFILE,
        WAIT
    };
    static const struct option list[] = {{"url", 1, NULL, URL},
                                         {"key", 1, NULL, KEY},
                                         {"ca", 1, NULL, CA},
                                         {"threads", 1, NULL, THREADS},
                                         {"nodes", 1, NULL, NODES},
                                         {"for", 1, NULL, FOR},
                                         {"cuts", 1, NULL, CUTS},
                                         {"heartbeat", 1, NULL, HEARTBEAT},
                                         {"in-flight", 1, NULL, IN_FLIGHT},
                                         {"rate", 1, NULL, RATE},
                                         {"count", 1, NULL, COUNT},
                                         {"connections", 1, NULL, CONNECTIONS},
                                         {"path", 1, NULL, PATH},
                                         {"body", 1, NULL, BODY},
                                         {"ids", 1, NULL, IDS},
                                         {"bytes", 1, NULL, BYTES},
                                         {"proofs", 1, NULL, PROOFS},
                                         {"pid", 1, NULL, PID},
                                         {"capacity", 1, NULL, CAPACITY},
                                         {"profile", 1, NULL, PROFILE},
                                         {"wait", 1, NULL, WAIT},
                                         {NULL, 0, NULL, 0}};
    static const char *const modes[] = {"nodes", "post", "get", "put", "lives"};
    size_t mode = 0;
    if (argc < 2) return false;
    while (mode < SP_COUNT(modes) && strcmp(argv[1], modes[mode]) != 0) mode++;
    if (mode == SP_COUNT(modes)) return false;
    o->mode = (int)mode;
    o->threads = 1;
    o->connections = 64;
    o->in_flight = 1000;
    o->heartbeat = 30;
    o->seconds = 10;
    o->bytes = 4096;
    o->capacity = 4;
    o->path = "/api/v1/version";
    o->profile = "chain";
    o->wait = 120;
    o->body = (uint8_t *)(uintptr_t)task;
    o->body_bytes = sizeof task - 1;
    int c;
    argc--;
    argv++;
    while ((c = getopt_long(argc, argv, "", list, NULL)) != -1) {
        switch (c) {
        case URL: *url = optarg; break;
        case KEY:
            if (!read_key(o, optarg)) return false;
            break;
        case CA: *ca = optarg; break;
        case THREADS: o->threads = (unsigned)strtoul(optarg, NULL, 10); break;
        case NODES: o->nodes = strtoul(optarg, NULL, 10); break;
        case FOR: o->seconds = strtod(optarg, NULL); break;
        case CUTS: o->cuts = (unsigned)strtoul(optarg, NULL, 10); break;
        case HEARTBEAT: o->heartbeat = strtod(optarg, NULL); break;
        case IN_FLIGHT: o->in_flight = strtoul(optarg, NULL, 10); break;
        case RATE: o->rate = strtod(optarg, NULL); break;
        case COUNT: o->count = strtoull(optarg, NULL, 10); break;
        case CONNECTIONS: o->connections = (unsigned)strtoul(optarg, NULL, 10); break;
        case PATH: o->path = optarg; break;
        case BODY: {
            FILE *f = fopen(optarg, "rb");
            o->body = malloc(1 << 20);
            if (f == NULL || o->body == NULL) return false;
            o->body_bytes = fread(o->body, 1, 1 << 20, f);
            (void)fclose(f);
            break;
        }
        case IDS: o->ids = optarg; break;
        case BYTES: o->bytes = strtoul(optarg, NULL, 10); break;
        case PROOFS: o->proofs = optarg; break;
        case PID: o->pid = (pid_t)strtol(optarg, NULL, 10); break;
        case PROFILE: o->profile = optarg; break;
        case WAIT: o->wait = strtod(optarg, NULL); break;
        case CAPACITY: o->capacity = (unsigned)strtoul(optarg, NULL, 10); break;
        default: return false;
        }
    }
    const bool no_end = o->mode != MODE_NODES && o->count == 0 && o->rate <= 0;
    return optind == argc && *url != NULL && o->threads >= 1 && o->threads <= MOST_THREADS &&
           o->connections >= o->threads && o->bytes >= 8 && o->bytes < 1 << 28 && !no_end;
}

int main(int argc, char **argv)
{
    static options o;
    const char *ca = NULL, *url = NULL;
    if (!read_options(&o, argc, argv, &ca, &url) || !target_read(&o.to, url, ca)) {
        (void)fputs(usage, stderr);
        return 2;
    }
    (void)snprintf(
        o.headers, sizeof o.headers, "%s%s%s%s", o.key[0] != 0 ? "Authorization: Bearer " : "",
        o.key, o.key[0] != 0 ? "\r\n" : "",
        o.mode == MODE_POST || o.mode == MODE_LIVES ? "Content-Type: application/json\r\n" : "");
    const bool writes_ids = o.ids != NULL && o.mode != MODE_GET;
    FILE *ids = writes_ids ? fopen(o.ids, "w") : NULL;
    if ((writes_ids && ids == NULL) || (o.ids != NULL && o.mode == MODE_GET && !read_ids(&o)) ||
        (o.mode == MODE_LIVES &&
         (o.proofs == NULL || !proofs_read(&o.made, o.proofs) || !wrap_payloads(&o)))) {
        (void)fputs("bench_relayer_load: --ids or --proofs cannot be read\n", stderr);
        return 2;
    }
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    (void)signal(SIGTERM, on_signal);
    (void)signal(SIGINT, on_signal);
    for (unsigned i = 0; i < o.threads; i++)
        if (!worker_init(&workers[i], &o, i, ids)) {
            (void)fputs("bench_relayer_load: out of memory\n", stderr);
            return 1;
        }
    for (unsigned i = 0; i < o.threads; i++)
        if (pthread_create(&workers[i].thread, NULL, run, &workers[i]) != 0) return 1;
    const int code = o.mode == MODE_NODES   ? run_nodes(&o)
                     : o.mode == MODE_LIVES ? run_lives(&o)
                                            : run_requests(&o);
    for (unsigned i = 0; i < o.threads; i++) {
        workers[i].stop = true;
        (void)pthread_join(workers[i].thread, NULL);
        fleet_free(&workers[i].fleet);
        pool_free(&workers[i].pool);
        pool_free(&workers[i].uploads);
        free(workers[i].blob);
        (void)close(workers[i].epoll);
    }
    if (ids != NULL) (void)fclose(ids);
    proofs_free(&o.made);
    return code;
}
