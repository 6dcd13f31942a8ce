/* daemon.c - the beginning, the loop and the end of the node; see daemon.h and parts.h. */
#include "node/parts.h"

#include "market/folder.h"
#include "market/transfer.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BENCH_AGE_S (7 * 24 * 3600)
#define PROGRESS_MS 1000

int64_t node_now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* For intervals: nobody sets this clock. */
int64_t node_clock_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Names and values in pairs. */
void node_say(node *n, const char *event, ...)
{
    va_list pairs;
    va_start(pairs, event);
    diary_say(&n->diary, event, pairs);
    va_end(pairs);
}

bool node_path(const node *n, char out[NODE_TEXT], const char *name)
{
    const int k = snprintf(out, NODE_TEXT, "%s/%s", n->o.data, name);
    return k > 0 && k < NODE_TEXT;
}

static int complain(const char *what, const char *why)
{
    (void)fprintf(stderr, "sprove-node: %s%s%s\n", what, why[0] != 0 ? ": " : "", why);
    return 1;
}

static void changed(void *user)
{
    node *n = user;
    (void)uv_async_send(&n->changed);
}

/* To the service manager, once a second at most. */
static void tell_alive(node *n)
{
    char text[160];
    if (n->manager.fd < 0 || n->stopping) return;
    const uint64_t now = uv_now(&n->loop);
    if (n->looks++ > 0 && now < n->alive_at + n->manager.watchdog_ms / 3) return;
    n->alive_at = now;
    (void)snprintf(text, sizeof text, "%s%sSTATUS=%s, %zu tasks", n->looks == 1 ? "READY=1\n" : "",
                   n->manager.watchdog_ms > 0 ? "WATCHDOG=1\n" : "",
                   n->registered ? "registered" : "not connected", duty_count(n));
    (void)notify_say(&n->manager, text);
}

static void on_look(uv_timer_t *timer)
{
    node *n = timer->data;
    tell_alive(n);
    for (node_task *t = n->tasks, *next; !n->stopping && t != NULL; t = next) {
        next = t->next;
        if (t->claiming) pay_claim(n, t);
    }
    for (node_task *t = n->paid, *next; !n->stopping && t != NULL; t = next) {
        next = t->next;
        pay_claim(n, t);
    }
    for (node_task *t = n->tasks; n->registered && t != NULL; t = t->next) {
        char phase[NODE_TASK_PHASE];
        uint32_t ppm;
        uint64_t eta_ms;
        if (!t->unwanted && !node_task_look(t, phase, &ppm, &eta_ms))
            talk_progress(n, t, phase, ppm, eta_ms);
    }
}

static void measure(node *n)
{
    char path[NODE_TEXT], why[SELFBENCH_WHY] = "";
    const unsigned threads = n->o.threads != 0 ? n->o.threads : n->machine.threads;
    const bool chain = n->o.address[0] != 0; /* contracts take proofs of this profile alone */
    if (n->o.no_bench || !node_path(n, path, "bench.json")) return;
    if (selfbench_read(&n->bench, path) == SP_OK &&
        selfbench_holds(&n->bench, n->machine.cpu_model, threads, chain, (int64_t)time(NULL),
                        BENCH_AGE_S))
        return;
    node_say(n, "measuring", NULL);
    const selfbench_options o = {.program = n->worker,
                                 .dir = n->work,
                                 .cpu_model = n->machine.cpu_model,
                                 .threads = threads,
                                 .chain = chain,
                                 .date = (int64_t)time(NULL)};
    if (selfbench_run(&n->bench, &o, why) != SP_OK)
        node_say(n, "not_measured", "reason", why, NULL);
    else if (selfbench_write(&n->bench, path) != SP_OK)
        node_say(n, "bench_not_kept", NULL);
}

static int open_node(node *n, const node_options *o)
{
    char path[NODE_TEXT], why[512] = "";
    memset(n, 0, sizeof *n);
    n->o = *o;
    n->lock_fd = -1;
    n->diary.fd = -1;
    n->started_at = node_now_ms();
    (void)umask(077); /* what the node keeps is its owner's */
    if (transfer_init() != SP_OK) return complain("out of memory", "");
    if (n->o.ca_file[0] != 0 && access(n->o.ca_file, R_OK) != 0)
        return complain(n->o.ca_file, "the file of certificates cannot be read");
    if (!escrow_token(&n->token, o, why)) return complain(o->deployment, why);
    const account_key_files account = node_account_files(o);
    if (o->keystore[0] != 0 && account_key_check(&account, why) != SP_OK) return complain(why, "");
    if (!node_path(n, n->work, "work") || !node_path(n, n->results, "results") ||
        !node_path(n, n->programs, "programs") || !folder_make(n->work) ||
        !folder_make(n->results) || !folder_make(n->programs))
        return complain(o->data, "the data folder cannot be made");
    if (!node_path(n, path, "lock")) return 1;
    n->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (n->lock_fd < 0 || flock(n->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return complain(o->data, "another node uses this folder");
    if (!diary_open(&n->diary, o->log_file, o->quiet))
        return complain(o->log_file, "the log cannot be written to");
    if (work_find_program(n->worker, sizeof n->worker) != SP_OK)
        return complain("sprove-worker is neither beside this program nor in ../libexec/sprove",
                        "");
    (void)sandbox_sweep(n->work);
    if (key_file_read(&n->key, n->o.data, why) != SP_OK) return complain(why, "");
    ecdsa_public(&n->pubkey, &n->key);
    (void)felt_write_hex(n->id, digest_node_id(n->pubkey));
    hardware_read(&n->machine, "", n->o.data);
    (void)hardware_ask_gpus(&n->machine, n->work, NULL);
    measure(n);
    if (!node_path(n, path, "node.db") || journal_open(&n->journal, path, why) != SP_OK)
        return complain(why, "");
    journal_prune(n->journal, (int64_t)time(NULL) - NODE_KEPT_S);
    n->ctx = (node_task_context){.relayer = n->o.relayer,
                                 .ca_file = n->o.ca_file[0] != 0 ? n->o.ca_file : NULL,
                                 .worker = n->worker,
                                 .dir = n->work,
                                 .programs = n->programs,
                                 .results = n->results,
                                 .threads = n->o.threads != 0 ? n->o.threads : n->machine.threads,
                                 .memory = n->o.memory,
                                 .user = n,
                                 .changed = changed};
    if (n->ctx.memory == 0)
        n->ctx.memory = n->machine.memory_available / 4 * 3 / n->o.max_concurrent;
    if (uv_loop_init(&n->loop) != 0) return complain("out of memory", "");
    (void)uv_async_init(&n->loop, &n->changed, duty_changed);
    n->changed.data = n;
    journal_each(n->journal, duty_resume, n);
    if (journal_is_broken(n->journal)) return complain(path, "cannot be read");
    /* Without it the node works as well; it cannot be asked. */
    if (control_new(&n->control, &n->loop, o->data, report_question, n, why) != SP_OK)
        node_say(n, "control_failed", "reason", why, NULL);
    const link_config c = {.url = n->o.relayer, .ca_file = n->ctx.ca_file, .node_id = n->id};
    const link_events e = {
        .user = n, .opened = talk_opened, .message = talk_heard, .closed = talk_closed};
    if (link_new(&n->link, &n->loop, &c, &e, why) != SP_OK) return complain(why, "");
    return 0;
}

static void close_handles(node *n)
{
    if (!n->handles) return;
    n->handles = false;
    uv_handle_t *const list[] = {(uv_handle_t *)&n->beat,   (uv_handle_t *)&n->look,
                                 (uv_handle_t *)&n->drain,  (uv_handle_t *)&n->on_term,
                                 (uv_handle_t *)&n->on_int, (uv_handle_t *)&n->changed};
    for (size_t i = 0; i < SP_COUNT(list); i++) uv_close(list[i], NULL);
    control_stop(n->control);
    link_stop(n->link);
}

static void on_drain(uv_timer_t *t)
{
    node *n = t->data;
    if (!link_is_open(n->link)) close_handles(n);
}

/* Tasks under way stay in the journal: they are begun again after the next start, if their lease
 * allows. */
static void on_signal(uv_signal_t *s, int number)
{
    node *n = s->data;
    (void)number;
    if (n->stopping) _exit(1);
    n->stopping = true;
    node_say(n, "stopping", NULL);
    (void)notify_say(&n->manager, "STOPPING=1\nSTATUS=stopping");
    for (node_task *t = n->tasks; t != NULL; t = t->next) node_task_cancel(t);
    link_end(n->link, 1001, "node stops");
    (void)uv_timer_start(&n->drain, on_drain, 0, 50);
}

void node_options_init(node_options *o)
{
    memset(o, 0, sizeof *o);
    const char *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME"),
               *url = getenv("RELAYER_API_URL");
    (void)snprintf(o->relayer, sizeof o->relayer, "%s",
                   url != NULL ? url : "http://127.0.0.1:8000");
    if (xdg != NULL && xdg[0] == '/')
        (void)snprintf(o->data, sizeof o->data, "%s/sprove/node", xdg);
    else
        (void)snprintf(o->data, sizeof o->data, "%s/.local/share/sprove/node",
                       home != NULL ? home : "");
    /* The program sprove stands beside this one, installed or in a build folder. */
    char self[NODE_TEXT];
    const ssize_t k = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash = NULL;
    if (k > 0) {
        self[k] = 0;
        slash = strrchr(self, '/');
    }
    if (slash != NULL) {
        *slash = 0;
        (void)snprintf(o->sprove, sizeof o->sprove, "%.480s/sprove", self);
        if (access(o->sprove, X_OK) != 0)
            (void)snprintf(o->sprove, sizeof o->sprove, "%.480s/../cli/sprove", self);
    }
    (void)snprintf(o->price_base, sizeof o->price_base, "0");
    (void)snprintf(o->price_mcycle, sizeof o->price_mcycle, "0");
    o->max_concurrent = 1;
}

account_key_files node_account_files(const node_options *o)
{
    return (account_key_files){.keystore = o->keystore,
                               .keystore_setting = "--keystore",
                               .password = o->password_file,
                               .password_setting = "--password-file"};
}

int node_run(const node_options *o)
{
    static node n;
    const int code = open_node(&n, o);
    if (code != 0) return code;
    uv_timer_t *const timers[] = {&n.beat, &n.look, &n.drain};
    for (size_t i = 0; i < SP_COUNT(timers); i++) {
        (void)uv_timer_init(&n.loop, timers[i]);
        timers[i]->data = &n;
    }
    (void)uv_signal_init(&n.loop, &n.on_term);
    (void)uv_signal_init(&n.loop, &n.on_int);
    n.on_term.data = n.on_int.data = &n;
    (void)uv_signal_start(&n.on_term, on_signal, SIGTERM);
    (void)uv_signal_start(&n.on_int, on_signal, SIGINT);
    notify_open(&n.manager, getenv("NOTIFY_SOCKET"), getenv("WATCHDOG_USEC"),
                getenv("WATCHDOG_PID"));
    (void)uv_timer_start(&n.look, on_look, 0, PROGRESS_MS);
    n.handles = true;
    (void)uv_run(&n.loop, UV_RUN_DEFAULT);
    for (node_task *t = n.tasks, *next; t != NULL; t = next) {
        next = t->next;
        node_task_delete(t, false);
    }
    for (node_task *t = n.offers, *next; t != NULL; t = next) {
        next = t->next;
        node_task_delete(t, true);
    }
    for (node_task *t = n.paid, *next; t != NULL; t = next) {
        next = t->next;
        node_task_delete(t, false);
    }
    for (node_task *t = n.leaving, *next; t != NULL; t = next) {
        next = t->next;
        node_task_delete(t, true);
    }
    link_delete(n.link);
    control_delete(n.control);
    (void)uv_run(&n.loop, UV_RUN_NOWAIT);
    journal_close(n.journal);
    ecdsa_key_wipe(&n.key);
    notify_close(&n.manager);
    node_say(&n, "stopped", NULL);
    diary_close(&n.diary);
    return n.code;
}
