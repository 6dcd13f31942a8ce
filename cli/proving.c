/* proving.c - see proving.h. */
#include "cli/proving.h"

#include "core/bytes.h"
#include "market/limits.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool on_progress(void *user, enum prove_phase phase, uint64_t done, uint64_t total)
{
    return progress_work(user, prove_phase_name[phase], done, total);
}

int proving_init(proving *p, const cli_args *a)
{
    const char *backend_name = a->value[OPT_BACKEND], *profile = a->value[OPT_PROFILE];
    uint64_t threads = 0;
    uint8_t context[28] = {0};
    memset(p, 0, sizeof *p);
    progress_init(&p->progress, a);
    p->o.p = params_by_name(profile ? profile : "balanced");
    p->o.be = backend_find(backend_name ? backend_name : "auto");
    if (!p->o.be)
        return cli_fail(EXIT_USAGE, "--backend %s: this processor does not run it", backend_name);
    int code = cli_u64(a, OPT_THREADS, 1, 1024, &threads);
    if (!code) code = cli_gib(a, OPT_MEMORY, &p->o.memory);
    if (!code) code = cli_hex(a, OPT_CONTEXT, context, sizeof context);
    p->o.threads = (unsigned)threads; /* <= 1024 */
    bytes_read_words(p->o.context, context, 7);
    p->o.progress = on_progress;
    p->o.user = &p->progress;
    return code;
}

/* The library's sentence, or one of ours. */
static int failed(const proving *p, sp_status s, const prove_error *e)
{
    (void)p;
    if (s == SP_ERR_CANCEL) return cli_fail(EXIT_INTERRUPTED, "interrupted; nothing was written");
    const int code = s == SP_ERR_ARG ? EXIT_UNSAT : cli_code(s);
    return cli_fail(code, "%s", e->text[0] ? e->text : "proving failed");
}

void proving_bound(proving *p)
{
    if (p->o.memory) return;
    p->o.memory = limits_memory_available("");
    p->bounded = p->o.memory != 0;
}

int proving_plan(proving *p, const task *t, const vm_result *r)
{
    prove_error e = {""};
    const sp_status s =
        prove_plan_init(&p->plan, &t->program, r, (uint32_t)t->input_bytes, t->mode, &p->o, &e);
    if (s != SP_OK) return failed(p, s, &e);
    if (p->bounded && p->plan.memory_bytes > p->o.memory)
        return cli_fail(EXIT_LIMIT,
                        "the proof needs %" PRIu64 " MiB of memory, and the system has %" PRIu64
                        " MiB free now (--memory G allows what you say)",
                        (p->plan.memory_bytes >> 20) + 1, p->o.memory >> 20);
    return 0;
}

static void *nothing(void *unused) { return unused; }

/* The threads' runtime gives up, and the process with it, where the system refuses a thread. It is
 * asked before. */
static int try_threads(unsigned n)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (n == 0) n = processors > 1 && processors < 1024 ? (unsigned)processors : 1;
    pthread_t *t = malloc(n * sizeof *t);
    unsigned made = 0;
    if (!t) return cli_fail(EXIT_LIMIT, "not enough memory for %u threads", n);
    while (made + 1 < n && pthread_create(&t[made], NULL, nothing, NULL) == 0) made++;
    for (unsigned i = 0; i < made; i++) pthread_join(t[i], NULL);
    free(t);
    return made + 1 == n
               ? 0
               : cli_fail(EXIT_LIMIT, "the system gives %u threads, not %u (--threads takes fewer)",
                          made + 1, n);
}

int proving_prove(proving *p, const task *t, vm_result *r)
{
    prove_error e = {""};
    const int code = try_threads(p->o.threads);
    if (code) return code;
    const sp_status s = prove(&p->proof, &p->proof_bytes, &t->program, r, t->input,
                              (uint32_t)t->input_bytes, t->mode, &p->o, &p->stats, &e);
    progress_end(&p->progress);
    return s == SP_OK ? 0 : failed(p, s, &e);
}

int proving_check(proving *p, const task *t, const vm_result *r)
{
    prove_error e = {""};
    const sp_status s =
        prove_check(&t->program, r, t->input, (uint32_t)t->input_bytes, t->mode, &p->o, &e);
    progress_end(&p->progress);
    return s == SP_OK ? 0 : failed(p, s, &e);
}

void proving_free(proving *p)
{
    free(p->proof);
    p->proof = NULL;
}

json_t *proving_phases(const prove_stats *s)
{
    json_t *j = json_object();
    for (unsigned i = 0; i < N_PROVE_PHASES; i++)
        json_object_set_new(j, prove_phase_name[i], json_integer((json_int_t)(s->ns[i] / 1000000)));
    return j;
}

uint64_t proving_ns(const prove_stats *s)
{
    uint64_t ns = 0;
    for (unsigned i = 0; i < N_PROVE_PHASES; i++) ns += s->ns[i];
    return ns;
}
