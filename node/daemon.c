/* daemon.c - see daemon.h. */
#include "node/daemon.h"

#include "core/crash.h"
#include "guest/host/jobs.h"
#include "market/amount.h"
#include "market/digest.h"
#include "market/folder.h"
#include "market/hex.h"
#include "market/limits.h"
#include "market/notify.h"
#include "market/transfer.h"
#include "node/admission.h"
#include "node/claim.h"
#include "node/control.h"
#include "node/diary.h"
#include "node/hardware.h"
#include "node/journal.h"
#include "node/link.h"
#include "node/selfbench.h"
#include "node/task.h"
#include "node/ticket.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BENCH_AGE_S (7 * 24 * 3600)
#define ASSUMED_CYCLES 1000000u /* of a task of which nobody has said how many it takes */
#define MARGIN_MS 5000
#define PROGRESS_MS 1000
#define UNTOLD_BEATS 2
#define CLAIM_PAUSE_MS 5000 /* after the first failure; it doubles */
#define KEPT_S (24 * 3600)  /* of what is done, in the journal */

typedef struct {
    node_options o;
    uv_loop_t loop;
    node_link *link;
    journal *journal;
    ecdsa_key key;
    felt pubkey, chain_id, relayer_id, relayer_pubkey, nonce;
    char id[FELT_HEX], worker[NODE_TEXT], work[NODE_TEXT], results[NODE_TEXT];
    hardware machine;
    selfbench bench;
    node_task_context ctx;
    node_task *tasks;
    uv_async_t changed;
    uv_timer_t beat, look, drain;
    uv_signal_t on_term, on_int;
    uint64_t heartbeat_ms, seq, messages;
    bool registered, stopping, handles;
    int lock_fd, code;
    notify manager;
    uint64_t alive_at; /* when it was told last, in ms */
    unsigned looks;
    diary diary;
    /* For who asks: */
    control *control;
    bool draining;                                /* on request: nothing is taken */
    node_task *leaving;                           /* given up, their threads not ended yet */
    int64_t started_at, connected_at, offered_at; /* ms; 0: not (yet) */
    char node_state[24], declined[24];            /* as the relayer said; the last reason */
    uint64_t taken, refused, finished, accepted, claimed;
} node;

/* ---- talking to people ---- */

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* For intervals: nobody sets this clock. */
static int64_t clock_now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Names and values in pairs. */
static __attribute__((sentinel)) void say(node *n, const char *event, ...)
{
    va_list pairs;
    va_start(pairs, event);
    diary_say(&n->diary, event, pairs);
    va_end(pairs);
}

static int complain(const char *what, const char *why)
{
    (void)fprintf(stderr, "sprove-node: %s%s%s\n", what, why[0] != 0 ? ": " : "", why);
    return 1;
}

/* ---- messages out ---- */

/* Takes the reference. */
static bool post(node *n, json_t *m)
{
    char id[24];
    (void)snprintf(id, sizeof id, "n%" PRIu64, ++n->messages);
    if (m != NULL) {
        (void)json_object_set_new(m, "id", json_string(id));
        if (json_object_get(m, "ts") == NULL)
            (void)json_object_set_new(m, "ts", json_integer(now_ms()));
    }
    char *text = m == NULL ? NULL : json_dumps(m, JSON_COMPACT);
    json_decref(m);
    const bool ok = text != NULL && link_send(n->link, text, strlen(text));
    free(text);
    return ok;
}

static json_t *signature_json(const digest_signature *sig)
{
    char r[FELT_HEX], s[FELT_HEX];
    (void)felt_write_hex(r, sig->r);
    (void)felt_write_hex(s, sig->s);
    return json_pack("[s, s]", r, s);
}

static json_t *fence(const node_task *t)
{
    return json_pack("{s:s, s:I, s:s}", "task_id", t->id, "attempt", (json_int_t)t->attempt,
                     "lease_token", t->token);
}

static json_t *message(const char *type, const node_task *t)
{
    json_t *m = fence(t);
    (void)json_object_set_new(m, "message_type", json_string(type));
    return m;
}

static void send_register(node *n)
{
    digest_register d = {
        .chain_id = n->chain_id, .relayer_id = n->relayer_id, .session_nonce = n->nonce};
    digest_signature sig;
    felt z;
    char key[FELT_HEX], nonce[FELT_HEX];
    d.node_id = digest_node_id(n->pubkey);
    d.ts_ms = (uint64_t)now_ms();
    while (digest_of_register(&z, &d) != SP_OK) d.ts_ms++; /* one in 2^55 */
    if (digest_sign(&sig, &n->key, z) != SP_OK) return;
    (void)felt_write_hex(key, n->pubkey);
    (void)felt_write_hex(nonce, n->nonce);
    const params *p = params_by_name("balanced");
    json_t *m = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:{s:s}, s:s, s:{s:s, s:s}, s:{s:i}, s:o}",
        "message_type", "register", "node_id", n->id, "node_pubkey", key, "protocol", "1.0",
        "session_nonce", nonce, "ts", (json_int_t)d.ts_ms, "specs", hardware_specs(&n->machine),
        "bench", selfbench_json(&n->bench, p), "software", "sprove", SPROVE_VERSION, "region",
        n->o.region, "price", "base_fri", n->o.price_base, "per_mcycle_fri", n->o.price_mcycle,
        "capacity", "max_concurrent", (int)n->o.max_concurrent, "signature", signature_json(&sig));
    if (m != NULL && n->o.address[0] != 0)
        (void)json_object_set_new(m, "address", json_string(n->o.address));
    (void)post(n, m);
}

static void send_result(node *n, node_task *t)
{
    json_t *m = message("task_result", t);
    (void)json_object_update(m, t->result);
    t->untold_beats = 0;
    t->said = n->messages + 1;
    (void)post(n, m); /* sent again after the next connection until it is acknowledged */
}

static void send_progress(node *n, node_task *t, const char *phase, uint32_t ppm, uint64_t eta_ms)
{
    json_t *m = message("task_progress", t);
    (void)json_object_set_new(m, "phase", json_string(phase));
    (void)json_object_set_new(m, "progress_ppm", json_integer(ppm));
    if (eta_ms != 0) (void)json_object_set_new(m, "eta_ms", json_integer((json_int_t)eta_ms));
    t->said = n->messages + 1;
    (void)post(n, m);
}

/* The relayer remembers what it was told last: it is told after each start. */
static void send_draining(node *n)
{
    (void)post(n, json_pack("{s:s, s:b}", "message_type", "node_update", "draining", n->draining));
}

static void send_ack(node *n, const node_task *t, bool accept, const char *reason)
{
    digest_ack d = {.chain_id = n->chain_id, .attempt = (uint32_t)t->attempt, .accept = accept};
    digest_signature sig;
    felt z;
    json_t *m = message("task_ack", t);
    (void)json_object_set_new(m, "accept", json_boolean(accept));
    if (reason != NULL) (void)json_object_set_new(m, "reason", json_string(reason));
    d.ts_ms = (uint64_t)now_ms();
    (void)json_object_set_new(m, "ts", json_integer((json_int_t)d.ts_ms));
    if (uuid_read(&d.task, t->id, strlen(t->id)) == SP_OK &&
        hex_read(d.lease_token, DIGEST_TOKEN, t->token) && digest_of_ack(&z, &d) == SP_OK &&
        digest_sign(&sig, &n->key, z) == SP_OK)
        (void)json_object_set_new(m, "signature", signature_json(&sig));
    (void)post(n, m);
}

/* The load of the last minute, in parts of a million of all processors. */
static json_int_t load_ppm(const node *n)
{
    char text[64];
    unsigned whole = 0, hundredths = 0;
    const int fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
    const ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0) (void)close(fd);
    if (got <= 0) return 0;
    text[got] = 0;
    if (sscanf(text, "%6u.%2u", &whole, &hundredths) != 2) return 0;
    const uint64_t ppm = ((uint64_t)whole * 100 + hundredths) * 10000 / n->machine.threads;
    return ppm > 1000000 ? 1000000 : (json_int_t)ppm;
}

static void send_heartbeat(uv_timer_t *timer)
{
    node *n = timer->data;
    json_t *running = json_array();
    if (!n->registered) {
        json_decref(running);
        return;
    }
    for (node_task *t = n->tasks; t != NULL; t = t->next) {
        char phase[NODE_TASK_PHASE];
        uint32_t ppm;
        uint64_t eta_ms;
        if (t->claiming) continue;
        (void)node_task_look(t, phase, &ppm, &eta_ms);
        /* No answer for this long: the result, or its answer, was lost on the way. */
        if (t->joined && ++t->untold_beats > UNTOLD_BEATS) send_result(n, t);
        json_t *e = fence(t);
        (void)json_object_set_new(e, "phase", json_string(phase));
        (void)json_object_set_new(e, "progress_ppm", json_integer(ppm));
        if (eta_ms != 0) (void)json_object_set_new(e, "eta_ms", json_integer((json_int_t)eta_ms));
        (void)json_array_append_new(running, e);
    }
    const uint64_t used = n->machine.memory_total - limits_memory_available("");
    const json_int_t mem = n->machine.memory_total == 0
                               ? 0
                               : (json_int_t)(used * 1000 / (n->machine.memory_total / 1000 + 1));
    const json_int_t cpu = load_ppm(n);
    (void)post(n,
               json_pack("{s:s, s:I, s:I, s:I, s:o}", "message_type", "heartbeat", "seq",
                         (json_int_t)++n->seq, "cpu_ppm", cpu, "mem_ppm", mem, "running", running));
}

static bool in_data(const node *n, char out[NODE_TEXT], const char *name);
static void claim(node *n, node_task *t);

/* ---- tasks ---- */

static node_task *find(node *n, const json_t *m)
{
    const char *id = json_string_value(json_object_get(m, "task_id"));
    const json_int_t attempt = json_integer_value(json_object_get(m, "attempt"));
    node_task *t = n->tasks;
    while (t != NULL && (id == NULL || strcmp(t->id, id) != 0 || t->attempt != attempt))
        t = t->next;
    return t;
}

/* No room: it is said, and the work goes on. What the disk refused otherwise ends the process, as
 * what it has may be other than what was read back. */
static void journal_failed(node *n, const node_task *t)
{
    const bool broken = journal_is_broken(n->journal);
    say(n, broken ? "journal_broken" : "journal_failed", "task_id", t->id, NULL);
    if (broken) _exit(NODE_EXIT_DISK);
}

/* A row that cannot be marked is taken up again after a restart, and given up then. */
static void note_done(node *n, const node_task *t)
{
    if (!journal_set(n->journal, t->id, t->attempt, JOURNAL_DONE)) journal_failed(n, t);
}

/* The threads that have ended since are joined. */
static void bury(node *n)
{
    char phase[NODE_TASK_PHASE];
    uint32_t ppm;
    uint64_t eta_ms;
    for (node_task **p = &n->leaving; *p != NULL;) {
        node_task *t = *p;
        if (t->started && !node_task_look(t, phase, &ppm, &eta_ms)) {
            p = &t->next;
        } else {
            *p = t->next;
            node_task_delete(t, true);
        }
    }
}

/* Not ours any more: its thread is asked to stop, and the loop does not wait for it. */
static void retire(node *n, node_task *t)
{
    node_task **p = &n->tasks;
    while (*p != t) p = &(*p)->next;
    *p = t->next;
    node_task_cancel(t);
    t->next = n->leaving;
    n->leaving = t;
    bury(n);
}

static size_t count(const node *n)
{
    size_t k = 0;
    for (const node_task *t = n->tasks; t != NULL; t = t->next) k += !t->claiming;
    return k;
}

static uint64_t work_ms(const node *n, const node_task *t)
{
    const json_t *j = json_object_get(t->assignment, "job");
    const char *max = json_string_value(json_object_get(j, "max_cycles"));
    const char *profile = json_string_value(json_object_get(j, "profile"));
    const params *p = profile == NULL ? NULL : params_by_name(profile);
    uint64_t cycles = max == NULL ? ASSUMED_CYCLES : strtoull(max, NULL, 10);
    if (cycles > ASSUMED_CYCLES) cycles = ASSUMED_CYCLES;
    if (p == NULL || n->bench.exec_cycles == 0)
        return 0; /* not measured: the deadline alone decides */
    return selfbench_exec_ms(&n->bench, cycles) +
           selfbench_prove_ms(&n->bench, p, selfbench_rows(cycles));
}

/* Why a task is not taken, or NULL. */
static const char *refusal(node *n, const node_task *t)
{
    admission_task taken[64];
    size_t k = 0;
    const json_t *j = json_object_get(t->assignment, "job");
    const char *program = json_string_value(json_object_get(j, "program"));
    if (n->stopping || n->draining) return "draining";
    if (count(n) >= n->o.max_concurrent) return "busy";
    if (program == NULL || sp_job_find(program) == NULL) return "unsupported";
    if (json_object_get(t->assignment, "chain") != NULL) {
        if (n->o.address[0] == 0 || n->o.keystore[0] == 0) return "unsupported";
        const char *bad =
            ticket_check(t->assignment, n->chain_id, digest_node_id(n->pubkey), n->relayer_pubkey);
        if (bad != NULL) {
            say(n, "ticket_refused", "task_id", t->id, "reason", bad, NULL);
            return "unsupported";
        }
    }
    if (n->machine.disk_free != 0 && n->machine.disk_free < (uint64_t)1 << 28) return "disk";
    for (const node_task *o = n->tasks; o != NULL && k < SP_COUNT(taken); o = o->next) {
        taken[k].work_ms = work_ms(n, o);
        taken[k++].deadline_ms = (uint64_t)o->deadline_ms;
    }
    const admission_task more = {work_ms(n, t), (uint64_t)t->deadline_ms};
    if (!admission_decide(taken, k, more, (uint64_t)now_ms(), MARGIN_MS, ADMISSION_EDF).accept)
        return "deadline";
    return NULL;
}

static void on_assignment(node *n, json_t *m)
{
    node_task *t;
    n->offered_at = now_ms();
    if (find(n, m) != NULL) { /* told again: it is taken already */
        send_ack(n, find(n, m), true, NULL);
        json_decref(m);
        return;
    }
    if (node_task_new(&t, &n->ctx, m) != SP_OK) {
        say(n, "assignment_malformed", NULL);
        return;
    }
    t->owner = n;
    const char *no = refusal(n, t);
    char *text = json_dumps(t->assignment, JSON_COMPACT);
    /* The promise is on the disk before it is made. */
    if (no == NULL &&
        (text == NULL || !journal_put(n->journal, t->id, t->attempt, JOURNAL_TAKEN, text, NULL)))
        no = "disk";
    if (no != NULL && strcmp(no, "disk") == 0) journal_failed(n, t);
    free(text);
    SP_CRASH_POINT("before_ack");
    send_ack(n, t, no == NULL, no);
    if (no != NULL) {
        say(n, "task_declined", "task_id", t->id, "reason", no, NULL);
        (void)snprintf(n->declined, sizeof n->declined, "%s", no);
        n->refused++;
        node_task_delete(t, true);
        return;
    }
    t->next = n->tasks;
    n->tasks = t;
    n->taken++;
    say(n, "task_taken", "task_id", t->id, NULL);
    if (node_task_start(t) == SP_OK) {
        send_progress(n, t, "fetch", 0, 0); /* the relayer sees at once that the work has begun */
    } else {
        t->finished = true;
        t->result = json_pack("{s:s, s:{s:s, s:s}}", "status", "failure", "error", "code",
                              "worker_crashed", "detail", "no thread can be started");
        (void)uv_async_send(&n->changed);
    }
}

/* A finished task: its result is signed, written down, and sent until it is acknowledged. */
static void deliver(node *n, node_task *t)
{
    if (t->result == NULL)
        t->result = json_pack("{s:s, s:{s:s, s:s}}", "status", "failure", "error", "code", "infra",
                              "detail", "out of memory");
    const char *status = json_string_value(json_object_get(t->result, "status"));
    if (status != NULL && strcmp(status, "success") == 0 &&
        json_object_get(t->result, "signature") == NULL &&
        node_task_sign(t->result, t, n->chain_id, &n->key) != SP_OK)
        say(n, "cannot_sign", "task_id", t->id, NULL);
    char *assignment = json_dumps(t->assignment, JSON_COMPACT),
         *result = json_dumps(t->result, JSON_COMPACT);
    if (assignment == NULL || result == NULL ||
        !journal_put(n->journal, t->id, t->attempt, JOURNAL_RESULT, assignment, result))
        journal_failed(n, t);
    SP_CRASH_POINT("before_result");
    free(assignment);
    free(result);
    const json_t *error = json_object_get(t->result, "error");
    n->finished++;
    say(n, "task_finished", "task_id", t->id, "status", status, "code",
        json_string_value(json_object_get(error, "code")), "detail",
        json_string_value(json_object_get(error, "detail")), NULL);
    if (n->registered) send_result(n, t);
}

static void on_changed(uv_async_t *a)
{
    node *n = a->data;
    bury(n);
    /* What a stop has cancelled is no result: it stays in the journal as taken. */
    for (node_task *t = n->tasks; !n->stopping && t != NULL; t = t->next) {
        char phase[NODE_TASK_PHASE];
        uint32_t ppm;
        uint64_t eta_ms;
        if (t->joined || !node_task_look(t, phase, &ppm, &eta_ms)) continue;
        t->joined = true;
        deliver(n, t);
    }
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
                   n->registered ? "registered" : "not connected", count(n));
    (void)notify_say(&n->manager, text);
}

static void on_look(uv_timer_t *timer)
{
    node *n = timer->data;
    tell_alive(n);
    for (node_task *t = n->tasks, *next; !n->stopping && t != NULL; t = next) {
        next = t->next;
        if (t->claiming) claim(n, t);
    }
    for (node_task *t = n->tasks; n->registered && t != NULL; t = t->next) {
        char phase[NODE_TASK_PHASE];
        uint32_t ppm;
        uint64_t eta_ms;
        if (!node_task_look(t, phase, &ppm, &eta_ms)) send_progress(n, t, phase, ppm, eta_ms);
    }
}

static void give_up(node *n, node_task *t)
{
    note_done(n, t);
    retire(n, t);
}

static void claim_ended(void *user, int code, const char *tx, const char *why)
{
    node_task *t = user;
    node *n = t->owner;
    char number[16];
    t->claim_runs = false;
    if (n->stopping) return;
    (void)snprintf(number, sizeof number, "%d", code);
    if (code == 0) {
        n->claimed++;
        say(n, "claimed", "task_id", t->id, "tx", tx, NULL);
        json_t *m = message("claim_submitted", t);
        (void)json_object_set_new(m, "tx_hash", json_string(tx));
        (void)post(n, m);
        give_up(n, t);
        return;
    }
    say(n, "claim_failed", "task_id", t->id, "code", number, "reason", why, NULL);
    const unsigned tries = t->claim_tries < 6 ? t->claim_tries : 6;
    t->claim_tries++;
    const int64_t pause = (int64_t)CLAIM_PAUSE_MS << tries;
    t->claim_at_ms = clock_now_ms() + pause;
    if (now_ms() + pause >= t->deadline_ms) {
        say(n, "claim_given_up", "task_id", t->id, NULL);
        give_up(n, t);
    }
}

static void claim(node *n, node_task *t)
{
    char path[NODE_TEXT + 80], state[NODE_TEXT], why[CLAIM_WHY] = "";
    const json_t *chain = json_object_get(t->assignment, "chain");
    if (t->claim_runs || clock_now_ms() < t->claim_at_ms || !in_data(n, state, "claims")) return;
    node_task_path(path, sizeof path, t, "proof");
    const claim_spec s = {.sprove = n->o.sprove,
                          .proof = path,
                          .task = json_string_value(json_object_get(chain, "task_id")),
                          .contract = json_string_value(json_object_get(chain, "contract")),
                          .rpc = n->o.rpc,
                          .deployment = n->o.deployment,
                          .network = n->o.network,
                          .account = n->o.address,
                          .keystore = n->o.keystore,
                          .password_file = n->o.password_file,
                          .state = state};
    t->claim_runs = true;
    if (claim_start(&n->loop, &s, claim_ended, t, why) != SP_OK) claim_ended(t, 127, "", why);
}

static void on_result_ack(node *n, const json_t *m)
{
    node_task *t = find(n, m);
    if (t == NULL || !t->joined) return;
    const bool accepted = json_is_true(json_object_get(m, "accepted"));
    const char *reason = json_string_value(json_object_get(m, "reason"));
    SP_CRASH_POINT("after_result_ack");
    say(n, accepted ? "result_accepted" : "result_refused", "task_id", t->id, "reason", reason,
        NULL);
    const char *status = json_string_value(json_object_get(t->result, "status"));
    n->accepted += accepted;
    const bool good = accepted && status != NULL && strcmp(status, "success") == 0;
    if (!good || json_object_get(t->assignment, "chain") == NULL) {
        give_up(n, t);
        return;
    }
    if (t->claiming) return;
    t->claiming = true;
    if (!journal_set(n->journal, t->id, t->attempt, JOURNAL_CLAIM)) journal_failed(n, t);
    claim(n, t);
}

static void on_cancel(node *n, const json_t *m)
{
    node_task *t = find(n, m);
    if (t == NULL || t->claiming) return; /* the contract alone decides about a claim */
    say(n, "task_cancelled", "task_id", t->id, "reason",
        json_string_value(json_object_get(m, "reason")), NULL);
    give_up(n, t);
}

/* stale_lease: the relayer does not count this task as ours. */
static void on_error(node *n, const json_t *m)
{
    const char *code = json_string_value(json_object_get(m, "code")),
               *re = json_string_value(json_object_get(m, "re"));
    char id[24];
    say(n, "relayer_error", "code", code, "detail", json_string_value(json_object_get(m, "detail")),
        NULL);
    if (code == NULL || strcmp(code, "stale_lease") != 0 || re == NULL) return;
    for (node_task *t = n->tasks; t != NULL; t = t->next) {
        (void)snprintf(id, sizeof id, "n%" PRIu64, t->said);
        if (t->claiming || strcmp(id, re) != 0) continue;
        say(n, "lease_gone", "task_id", t->id, NULL);
        node_task_cancel(t);
        give_up(n, t);
        return;
    }
}

/* ---- messages in ---- */

static bool get_felt(felt *out, const json_t *m, const char *name)
{
    const json_t *v = json_object_get(m, name);
    return json_is_string(v) &&
           felt_read_hex(out, json_string_value(v), json_string_length(v)) == SP_OK;
}

static void on_hello(node *n, const json_t *m)
{
    const json_int_t beat = json_integer_value(json_object_get(m, "heartbeat_ms"));
    if (!get_felt(&n->chain_id, m, "chain_id") || !get_felt(&n->relayer_id, m, "relayer_id") ||
        !get_felt(&n->relayer_pubkey, m, "relayer_pubkey") ||
        !felt_eq(digest_relayer_id(n->relayer_pubkey), n->relayer_id) ||
        !get_felt(&n->nonce, m, "session_nonce")) {
        say(n, "hello_malformed", NULL);
        link_drop(n->link, 1008, "hello malformed");
        return;
    }
    n->heartbeat_ms = beat >= 100 && beat <= 3600000 ? (uint64_t)beat : 30000;
    send_register(n);
}

static void on_registered(node *n, const json_t *m)
{
    const char *state = json_string_value(json_object_get(m, "node_state"));
    n->registered = true;
    (void)snprintf(n->node_state, sizeof n->node_state, "%.23s", state != NULL ? state : "");
    link_pause(n->link, 0);
    send_draining(n);
    say(n, "registered", "node_id", n->id, "state", state, NULL);
    /* What the relayer does not count as ours any more is given up; what is finished is told. */
    const json_t *leases = json_object_get(m, "leases");
    for (node_task *t = n->tasks, *next; t != NULL; t = next) {
        next = t->next;
        if (t->claiming) continue;
        bool still = t->joined; /* a result is always told: the relayer answers what became of it */
        for (size_t i = 0; i < json_array_size(leases) && !still; i++) {
            const json_t *e = json_array_get(leases, i);
            const char *id = json_string_value(json_object_get(e, "task_id"));
            still = id != NULL && strcmp(id, t->id) == 0 &&
                    json_integer_value(json_object_get(e, "attempt")) == t->attempt;
        }
        if (!still) {
            say(n, "lease_gone", "task_id", t->id, NULL);
            give_up(n, t);
        } else if (t->joined) {
            send_result(n, t);
        } else if (!t->started && node_task_start(t) != SP_OK) {
            say(n, "no_thread", NULL);
        }
    }
    (void)uv_timer_start(&n->beat, send_heartbeat, 0, n->heartbeat_ms);
}

static void on_message(void *user, char *text, size_t len)
{
    node *n = user;
    json_t *m = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    const char *type = json_string_value(json_object_get(m, "message_type"));
    free(text);
    if (type == NULL) {
        json_decref(m);
        return;
    }
    if (strcmp(type, "hello") == 0)
        on_hello(n, m);
    else if (strcmp(type, "registered") == 0)
        on_registered(n, m);
    else if (strcmp(type, "task_assignment") == 0)
        on_assignment(n, json_incref(m));
    else if (strcmp(type, "result_ack") == 0)
        on_result_ack(n, m);
    else if (strcmp(type, "task_cancel") == 0 || strcmp(type, "lease_revoked") == 0)
        on_cancel(n, m);
    else if (strcmp(type, "goaway") == 0)
        link_pause(n->link, (unsigned)json_integer_value(json_object_get(m, "reconnect_after_ms")));
    else if (strcmp(type, "error") == 0)
        on_error(n, m);
    json_decref(m);
}

static void on_opened(void *user)
{
    node *n = user;
    n->connected_at = now_ms();
    say(n, "connected", "relayer", n->o.relayer, NULL);
}

static void on_closed(void *user, unsigned code, const char *reason)
{
    node *n = user;
    char number[16];
    (void)snprintf(number, sizeof number, "%u", code);
    n->registered = false;
    (void)uv_timer_stop(&n->beat);
    say(n, "disconnected", "code", number, "reason", reason, NULL);
    if (code == 4403) { /* banned: coming back would not help */
        n->code = 1;
        (void)uv_kill(getpid(), SIGTERM);
    }
}

/* ---- questions ---- */

static json_t *time_json(int64_t ms) { return ms == 0 ? json_null() : json_integer(ms); }

static json_t *task_json(node_task *t)
{
    char phase[NODE_TASK_PHASE];
    uint32_t ppm;
    uint64_t eta_ms;
    const json_t *j = json_object_get(t->assignment, "job");
    const bool finished = node_task_look(t, phase, &ppm, &eta_ms);
    return json_pack(
        "{s:s, s:I, s:s?, s:s, s:I, s:o, s:I, s:b}", "task_id", t->id, "attempt",
        (json_int_t)t->attempt, "program", json_string_value(json_object_get(j, "program")),
        "phase", finished ? "deliver" : phase, "progress_ppm", (json_int_t)ppm, "eta_ms",
        time_json((int64_t)eta_ms), "deadline", (json_int_t)t->deadline_ms, "finished", finished);
}

static json_t *claim_json(const node_task *t)
{
    const json_t *chain = json_object_get(t->assignment, "chain");
    return json_pack("{s:s, s:s?, s:i, s:b, s:I}", "task_id", t->id, "chain_task_id",
                     json_string_value(json_object_get(chain, "task_id")), "tries",
                     (int)t->claim_tries, "running", t->claim_runs, "deadline",
                     (json_int_t)t->deadline_ms);
}

static json_t *status_json(node *n)
{
    json_t *running = json_array(), *claims = json_array();
    hardware now;
    hardware_read(&now, "", n->o.data);
    for (node_task *t = n->tasks; t != NULL; t = t->next)
        (void)json_array_append_new(t->claiming ? claims : running,
                                    t->claiming ? claim_json(t) : task_json(t));
    json_t *j =
        json_pack("{s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:s, s:I, s:o, s:o, s:s}", "node_id", n->id,
                  "version", SPROVE_VERSION, "relayer", n->o.relayer, "connected",
                  link_is_open(n->link), "registered", n->registered, "draining", n->draining,
                  "stopping", n->stopping, "node_state", n->node_state, "started_at",
                  (json_int_t)n->started_at, "connected_at", time_json(n->connected_at),
                  "last_offer_at", time_json(n->offered_at), "last_declined", n->declined);
    json_t *more = json_pack(
        "{s:s, s:s, s:{s:s, s:s}, s:i, s:b, s:b, s:I, s:I, s:{s:I, s:I, s:I, s:I, s:I}, s:o, s:o, "
        "s:o}",
        "region", n->o.region, "address", n->o.address, "price", "base_fri", n->o.price_base,
        "per_mcycle_fri", n->o.price_mcycle, "max_concurrent", (int)n->o.max_concurrent, "measured",
        n->bench.rows != 0, "can_claim", n->o.address[0] != 0 && n->o.keystore[0] != 0, "disk_free",
        (json_int_t)now.disk_free, "memory_available", (json_int_t)now.memory_available, "counts",
        "taken", (json_int_t)n->taken, "declined", (json_int_t)n->refused, "finished",
        (json_int_t)n->finished, "accepted", (json_int_t)n->accepted, "claimed",
        (json_int_t)n->claimed, "running", running, "claims", claims, "last_failure",
        n->diary.last_failure != NULL ? json_incref(n->diary.last_failure) : json_null());
    if (j != NULL && more != NULL) (void)json_object_update(j, more);
    json_decref(more);
    return j;
}

/* {"command": "status"} or {"command": "drain", "on": bool}; both are answered with the status. */
static json_t *on_question(void *user, const json_t *q)
{
    node *n = user;
    const char *command = json_string_value(json_object_get(q, "command"));
    const json_t *on = json_object_get(q, "on");
    if (command != NULL && strcmp(command, "drain") == 0 && json_is_boolean(on)) {
        n->draining = json_is_true(on);
        say(n, n->draining ? "drain" : "drain_off", NULL);
        if (n->registered) send_draining(n);
    } else if (command == NULL || strcmp(command, "status") != 0) {
        return NULL;
    }
    return status_json(n);
}

/* ---- beginning and end ---- */

static bool resume(void *user, const char *task, int64_t attempt, enum journal_state s,
                   const char *assignment, const char *result)
{
    node *n = user;
    node_task *t;
    (void)attempt;
    if (node_task_new(&t, &n->ctx, json_loads(assignment, 0, NULL)) != SP_OK) {
        say(n, "journal_row_malformed", "task_id", task, NULL);
        return true;
    }
    t->owner = n;
    t->claiming = s == JOURNAL_CLAIM;
    if (s != JOURNAL_TAKEN && result != NULL) {
        t->result = json_loads(result, 0, NULL);
        t->finished = t->joined = true;
    }
    t->next = n->tasks;
    n->tasks = t;
    return true;
}

static bool in_data(const node *n, char out[NODE_TEXT], const char *name)
{
    const int k = snprintf(out, NODE_TEXT, "%s/%s", n->o.data, name);
    return k > 0 && k < NODE_TEXT;
}

/* For its owner alone, and on the disk when this returns: whole, or not there at all. */
static bool write_whole(const char *path, const char *folder, const char *text, size_t n)
{
    char part[NODE_TEXT + 8];
    (void)snprintf(part, sizeof part, "%s.new", path);
    (void)unlink(part);
    const int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;
    if (fd >= 0) ok = close(fd) == 0 && ok;
    ok = ok && rename(part, path) == 0;
    if (!ok) (void)unlink(part);
    const int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ok = ok && dir >= 0 && fsync(dir) == 0;
    if (dir >= 0) (void)close(dir);
    return ok;
}

/* node.key: 64 hex digits, for its owner alone; made at the first start. */
static sp_status read_key(node *n, char *why)
{
    char path[NODE_TEXT], text[80] = "";
    uint8_t be[32];
    struct stat st;
    if (!in_data(n, path, "node.key")) return SP_ERR_ARG;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        SP_TRY(ecdsa_key_new(&n->key));
        ecdsa_key_write(be, &n->key);
        hex_write(text, be, 32);
        text[64] = '\n';
        const bool ok = write_whole(path, n->o.data, text, 65);
        (void)snprintf(why, 256, "%.200s cannot be written", path);
        return ok ? SP_OK : SP_ERR_IO;
    }
    const ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    const bool private = fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 077) == 0;
    if (fd >= 0) (void)close(fd);
    (void)snprintf(why, 256,
                   private ? "%.200s is no node key"
                           : "%.200s must be readable by its owner alone (chmod 600)",
                   path);
    if (!private) return SP_ERR_IO;
    if (got == 65 && text[64] == '\n') text[64] = 0;
    return hex_read(be, 32, text) && ecdsa_key_read(&n->key, be) == SP_OK ? SP_OK : SP_ERR_FORMAT;
}

static void measure(node *n)
{
    char path[NODE_TEXT], why[SELFBENCH_WHY] = "";
    const unsigned threads = n->o.threads != 0 ? n->o.threads : n->machine.threads;
    if (n->o.no_bench || !in_data(n, path, "bench.json")) return;
    if (selfbench_read(&n->bench, path) == SP_OK &&
        selfbench_holds(&n->bench, n->machine.cpu_model, threads, false, (int64_t)time(NULL),
                        BENCH_AGE_S))
        return;
    say(n, "measuring", NULL);
    const selfbench_options o = {.program = n->worker,
                                 .dir = n->work,
                                 .cpu_model = n->machine.cpu_model,
                                 .threads = threads,
                                 .date = (int64_t)time(NULL)};
    if (selfbench_run(&n->bench, &o, why) != SP_OK)
        say(n, "not_measured", "reason", why, NULL);
    else if (selfbench_write(&n->bench, path) != SP_OK)
        say(n, "bench_not_kept", NULL);
}

static int open_node(node *n, const node_options *o)
{
    char path[NODE_TEXT], why[512] = "";
    memset(n, 0, sizeof *n);
    n->o = *o;
    n->lock_fd = -1;
    n->diary.fd = -1;
    n->started_at = now_ms();
    (void)umask(077); /* what the node keeps is its owner's */
    if (transfer_init() != SP_OK) return complain("out of memory", "");
    if (!in_data(n, n->work, "work") || !in_data(n, n->results, "results") ||
        !folder_make(n->work) || !folder_make(n->results))
        return complain(o->data, "the data folder cannot be made");
    if (!in_data(n, path, "lock")) return 1;
    n->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (n->lock_fd < 0 || flock(n->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return complain(o->data, "another node uses this folder");
    if (!diary_open(&n->diary, o->log_file, o->quiet))
        return complain(o->log_file, "the log cannot be written to");
    if (work_find_program(n->worker, sizeof n->worker) != SP_OK)
        return complain("sprove-worker is neither beside this program nor in ../libexec/sprove",
                        "");
    (void)sandbox_sweep(n->work);
    if (read_key(n, why) != SP_OK) return complain(why, "");
    ecdsa_public(&n->pubkey, &n->key);
    (void)felt_write_hex(n->id, digest_node_id(n->pubkey));
    hardware_read(&n->machine, "", n->o.data);
    (void)hardware_ask_gpus(&n->machine, n->work);
    measure(n);
    if (!in_data(n, path, "node.db") || journal_open(&n->journal, path, why) != SP_OK)
        return complain(why, "");
    journal_prune(n->journal, (int64_t)time(NULL) - KEPT_S);
    n->ctx = (node_task_context){.relayer = n->o.relayer,
                                 .worker = n->worker,
                                 .dir = n->work,
                                 .results = n->results,
                                 .threads = n->o.threads != 0 ? n->o.threads : n->machine.threads,
                                 .memory = n->o.memory,
                                 .user = n,
                                 .changed = changed};
    if (n->ctx.memory == 0)
        n->ctx.memory = n->machine.memory_available / 4 * 3 / n->o.max_concurrent;
    if (uv_loop_init(&n->loop) != 0) return complain("out of memory", "");
    (void)uv_async_init(&n->loop, &n->changed, on_changed);
    n->changed.data = n;
    journal_each(n->journal, resume, n);
    if (journal_is_broken(n->journal)) return complain(path, "cannot be read");
    /* Without it the node works as well; it cannot be asked. */
    if (control_new(&n->control, &n->loop, o->data, on_question, n, why) != SP_OK)
        say(n, "control_failed", "reason", why, NULL);
    const link_config c = {.url = n->o.relayer, .node_id = n->id};
    const link_events e = {
        .user = n, .opened = on_opened, .message = on_message, .closed = on_closed};
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
    say(n, "stopping", NULL);
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
    say(&n, "stopped", NULL);
    diary_close(&n.diary);
    return n.code;
}
