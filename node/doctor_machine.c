/* doctor_machine.c - the machine's part of the doctor. */
#include "node/doctor_parts.h"

#include "guest/host/jobs.h"
#include "market/folder.h"
#include "market/work.h"
#include "node/control.h"
#include "node/hardware.h"
#include "node/selfbench.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MIB ((uint64_t)1 << 20)
#define LEAST_DISK (256 * MIB) /* the daemon declines below it */
#define GOOD_DISK (2048 * MIB)
#define LEAST_MEMORY (512 * MIB)
#define GOOD_MEMORY (4096 * MIB)
#define PROOF_MS 120000

static void check_folder(visit *v)
{
    struct stat st;
    (void)snprintf(v->work, sizeof v->work, "%s/work", v->o->data);
    if (!folder_make(v->work)) {
        visit_say(v, VERDICT_FAIL, "data folder", "name another by --data, or give it to this user",
                  "%s cannot be made: %s", v->o->data, strerror(errno));
    } else if (access(v->work, W_OK) != 0 || stat(v->o->data, &st) != 0) {
        visit_say(v, VERDICT_FAIL, "data folder", "it must belong to the user that runs the node",
                  "%s cannot be written to", v->o->data);
    } else if ((st.st_mode & 077) != 0) {
        visit_say(v, VERDICT_WARN, "data folder", "chmod 700 it", "%s is open to other users",
                  v->o->data);
    } else {
        visit_say(v, VERDICT_OK, "data folder", "", "%s", v->o->data);
    }
}

static void check_key(visit *v)
{
    char path[NODE_TEXT + 16];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/node.key", v->o->data);
    if (stat(path, &st) != 0)
        visit_say(v, VERDICT_OK, "node key", "", "none yet: the first start makes one");
    else if ((st.st_mode & 077) != 0)
        visit_say(v, VERDICT_FAIL, "node key",
                  "chmod 600 it; it may be known to others: a new node "
                  "starts with a new folder",
                  "%s is open to other users", path);
    else if (access(path, R_OK) != 0)
        visit_say(v, VERDICT_FAIL, "node key", "it must belong to the user that runs the node",
                  "%s cannot be read", path);
    else
        visit_say(v, VERDICT_OK, "node key", "", "%s", path);
}

/* Whether the relayer knows that the account is this node's, as it told the node that runs. */
static void check_account(visit *v, const json_t *account)
{
    const char *state = json_string_value(json_object_get(account, "state")),
               *code = json_string_value(json_object_get(account, "code")),
               *detail = json_string_value(json_object_get(account, "detail"));
    if (state == NULL || state[0] == 0) return; /* no node runs, no account, or no chain */
    if (strcmp(state, "proven") == 0)
        visit_say(v, VERDICT_OK, "account proof", "", "the account has signed for this node");
    else
        visit_say(v,
                  json_is_true(json_object_get(account, "required")) ? VERDICT_FAIL : VERDICT_WARN,
                  "account proof",
                  code != NULL && strcmp(code, "missing") == 0
                      ? "--keystore, --password-file: `sprove node logs` says more"
                      : "",
                  "%s", detail != NULL ? detail : state);
}

static void check_running(visit *v)
{
    char why[CONTROL_WHY];
    json_t *q = json_pack("{s:s}", "command", "status"), *s = control_ask(v->o->data, q, why);
    const json_t *last = json_object_get(s, "last_failure");
    const char *event = json_string_value(json_object_get(last, "event"));
    if (s == NULL)
        visit_say(v, VERDICT_OK, "running", "", "%s", why);
    else if (!json_is_true(json_object_get(s, "registered")))
        visit_say(v, VERDICT_WARN, "running", "`sprove node logs` says why",
                  "a node runs here, and is not registered with its relayer%s%s",
                  event != NULL ? "; last failure: " : "", event != NULL ? event : "");
    else
        visit_say(v, VERDICT_OK, "running", "", "a node runs here and is registered");
    check_account(v, json_object_get(s, "account"));
    json_decref(q);
    json_decref(s);
}

static void say_sandbox(visit *v, unsigned has)
{
    static const struct {
        unsigned bit;
        const char *name;
    } layers[] = {{SANDBOX_HAS_SECCOMP, "seccomp"},
                  {SANDBOX_HAS_LANDLOCK, "landlock"},
                  {SANDBOX_HAS_NETWORK_NS, "network namespace"},
                  {SANDBOX_HAS_USER_NS, "user namespace"},
                  {SANDBOX_HAS_USER, "user nobody"}};
    char there[160] = "", missing[160] = "";
    for (size_t i = 0; i < SP_COUNT(layers); i++) {
        char *out = has & layers[i].bit ? there : missing;
        if (layers[i].bit == SANDBOX_HAS_USER && !(has & layers[i].bit))
            continue; /* only of root */
        const size_t n = strlen(out);
        (void)snprintf(out + n, 160 - n, "%s%s", n > 0 ? ", " : "", layers[i].name);
    }
    if (!(has & SANDBOX_HAS_SECCOMP))
        visit_say(v, VERDICT_FAIL, "sandbox",
                  "build with libseccomp, on a kernel that has it (docs/sandbox.md)",
                  "system calls of the work are not confined; in force: %s",
                  there[0] != 0 ? there : "nothing");
    else if (missing[0] != 0)
        visit_say(v, VERDICT_WARN, "sandbox",
                  "docs/sandbox.md says what each layer stops and needs",
                  "in force: %s; this kernel does not give: %s", there, missing);
    else
        visit_say(v, VERDICT_OK, "sandbox", "", "in force: %s", there);
}

/* A proof of a few thousand cycles, as a task is proved. */
static void check_proof(visit *v, const hardware *h)
{
    static const char payload[] = "{\"algorithm\":\"mixed\",\"rounds\":100}";
    char why[SANDBOX_WHY] = "", err[200] = "";
    uint8_t *input = NULL;
    work_job *w = NULL;
    work_request q;
    memset(&q, 0, sizeof q);
    if (work_find_program(v->worker, sizeof v->worker) != SP_OK) {
        visit_say(v, VERDICT_FAIL, "worker", "install it with this program",
                  "sprove-worker is neither beside this program nor in ../libexec/sprove");
        return;
    }
    (void)sandbox_sweep(v->work);
    q.kind = WORK_PROVE;
    q.job = "mixed";
    q.profile = "proven"; /* has the fewest nonces to look for */
    q.threads = v->o->threads != 0 ? v->o->threads : h->threads;
    q.memory = v->o->memory != 0 ? v->o->memory : 2048 * MIB;
    const work_options o = {.program = v->worker, .dir = v->work, .wall_ms = PROOF_MS};
    if (sp_job_find("mixed")->encode(payload, strlen(payload), &input, &q.input_bytes, err,
                                     sizeof err) != SP_OK)
        return;
    q.input = input;
    if (work_start(&w, &q, &o, why) != SP_OK) {
        visit_say(v, VERDICT_FAIL, "sandbox", "docs/sandbox.md", "no child can be started: %s",
                  why);
        free(input);
        return;
    }
    free(input);
    while (!work_step(w, 1000)) {}
    const work_result *r = work_done(w);
    say_sandbox(v, sandbox_applied(work_sandbox(w)));
    if (r->code == WORK_SUCCESS)
        visit_say(v, VERDICT_OK, "proof", "",
                  "%llu cycles proved and verified in %llu.%03llu s, %llu MiB",
                  (unsigned long long)r->cycles, (unsigned long long)(r->prove_us / 1000000),
                  (unsigned long long)(r->prove_us / 1000 % 1000),
                  (unsigned long long)(r->peak_bytes >> 20));
    else
        visit_say(v, VERDICT_FAIL, "proof", "without it no task can be done here", "%s: %s",
                  work_code_name[r->code], r->detail);
    work_delete(w);
}

static void check_resources(visit *v, const hardware *h)
{
    const uint64_t one =
        v->o->memory != 0 ? v->o->memory : h->memory_available / 4 * 3 / v->o->max_concurrent;
    const unsigned long long mib = (unsigned long long)(one >> 20),
                             disk = (unsigned long long)(h->disk_free >> 20);
    visit_say(v, h->avx2 ? VERDICT_OK : VERDICT_WARN, "processor",
              h->avx2 ? "" : "proofs take several times as long without AVX2", "%s, %u threads%s%s",
              h->cpu_model, h->threads, h->avx2 ? ", AVX2" : "", h->avx512 ? ", AVX-512" : "");
    if (v->o->memory > h->memory_total && h->memory_total != 0)
        visit_say(v, VERDICT_FAIL, "memory", "lower --memory",
                  "--memory is %llu MiB, the machine has %llu", mib,
                  (unsigned long long)(h->memory_total >> 20));
    else
        visit_say(v,
                  one < LEAST_MEMORY  ? VERDICT_FAIL
                  : one < GOOD_MEMORY ? VERDICT_WARN
                                      : VERDICT_OK,
                  "memory",
                  one < GOOD_MEMORY ? "larger tasks fail; lower --max-concurrent, or free some"
                                    : "",
                  "%llu MiB for a proof, %u at a time", mib, v->o->max_concurrent);
    visit_say(v,
              h->disk_free < LEAST_DISK  ? VERDICT_FAIL
              : h->disk_free < GOOD_DISK ? VERDICT_WARN
                                         : VERDICT_OK,
              "disk",
              h->disk_free < GOOD_DISK ? "make room: below 256 MiB every offer is declined" : "",
              "%llu MiB free", disk);
}

static void check_gpus(visit *v, hardware *h)
{
    static const char *const by[] = {"", "NVIDIA's library", "nvidia-smi"};
    const enum hardware_gpu_source source = hardware_ask_gpus(h, v->work, NULL);
    if (source == HARDWARE_GPU_NONE)
        visit_say(v, VERDICT_OK, "graphics", "",
                  "no graphics processor that NVIDIA's library or nvidia-smi tells of; none is "
                  "needed");
    else if (h->n_gpus == 0)
        visit_say(v, VERDICT_OK, "graphics", "",
                  "no graphics processor that %s tells of; none is needed", by[source]);
    for (unsigned i = 0; i < h->n_gpus; i++) {
        const hardware_gpu *g = &h->gpu[i];
        char use[32] = "";
        if (g->use_percent != HARDWARE_NOT_SAID)
            (void)snprintf(use, sizeof use, ", %u %% busy", g->use_percent);
        visit_say(v, VERDICT_OK, "graphics", "",
                  "%s, %u MiB of which %u are in use%s, compute capability %s, driver %s (%s)",
                  g->name, g->vram_mib, g->used_mib, use, g->compute[0] ? g->compute : "unknown",
                  g->driver[0] ? g->driver : "unknown", by[source]);
    }
}

static void check_speed(visit *v, const hardware *h)
{
    char path[NODE_TEXT + 16];
    selfbench b;
    (void)snprintf(path, sizeof path, "%s/bench.json", v->o->data);
    const sp_status s = selfbench_read(&b, path);
    const unsigned threads = v->o->threads != 0 ? v->o->threads : h->threads;
    if (s == SP_ERR_IO)
        visit_say(v, v->o->no_bench ? VERDICT_WARN : VERDICT_OK, "speed",
                  v->o->no_bench ? "without a measurement others are asked first" : "",
                  "not measured yet: a start without --no-bench does");
    else if (s != SP_OK)
        visit_say(v, VERDICT_WARN, "speed", "remove the file", "%s is not as it was written", path);
    else if (!selfbench_holds(&b, h->cpu_model, threads, false, (int64_t)time(NULL), INT64_MAX))
        visit_say(v, VERDICT_OK, "speed", "",
                  "measured on another machine or version; the next start measures again");
    else
        visit_say(v, VERDICT_OK, "speed", "", "%llu million cycles and %llu thousand rows a second",
                  (unsigned long long)(b.exec_cycles / 1000000),
                  (unsigned long long)(b.rows / 1000));
}

void doctor_machine(visit *v)
{
    hardware h;
    check_folder(v);
    check_key(v);
    check_running(v);
    hardware_read(&h, "", v->o->data);
    check_resources(v, &h);
    check_speed(v, &h);
    if (access(v->work, W_OK) != 0) return;
    check_gpus(v, &h);
    check_proof(v, &h);
}
