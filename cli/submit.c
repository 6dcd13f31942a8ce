/* submit.c - `sprove submit`: a task for a relayer, and with --wait its result, checked here. */
#include "cli/commands.h"
#include "cli/receive.h"
#include "cli/send.h"
#include "cli/submit_body.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const cli_args *a;
    task t;
    relay at;
    record r;
    receipt f;
    watched w;
    send_names names;
    char *body;
    char callback_secret[160];
    char state[32], deadline[40];
} submission;

/* Without one the library makes one for this call, so that a lost answer makes no second task. */
static int check_key(const submission *s)
{
    const char *given = s->a->value[OPT_IDEMPOTENCY_KEY];
    if (!given) return 0;
    bool good = strlen(given) <= 128;
    for (const char *p = given; *p; p++) good &= *p > 32 && *p < 127;
    if (!good)
        return cli_fail(EXIT_USAGE, "--idempotency-key: must be 1 to 128 visible characters");
    if (s->a->value[OPT_DURATION])
        return cli_fail(EXIT_USAGE, "--duration makes another task each time: give --deadline "
                                    "with --idempotency-key");
    return 0;
}

static int post(submission *s)
{
    sp_bytes answer;
    char id[SP_TASK_ID];
    const int code =
        relay_code(&s->at, sp_client_submit(s->at.c, id, &answer, s->body,
                                            s->a->value[OPT_IDEMPOTENCY_KEY], s->at.why));
    if (code == EXIT_INTERRUPTED)
        return cli_fail(code,
                        "interrupted; the task may have been taken: `sprove tasks` lists them");
    if (code) return code;
    json_t *j = json_loadb((const char *)answer.at, answer.n, 0, NULL);
    client_text(s->state, sizeof s->state, j, "state");
    client_text(s->deadline, sizeof s->deadline, j, "deadline");
    client_text(s->callback_secret, sizeof s->callback_secret, json_object_get(j, "callback"),
                "secret");
    json_decref(j);
    sp_client_free(&answer);
    snprintf(s->r.task, sizeof s->r.task, "%s", id);
    snprintf(s->r.relayer, sizeof s->r.relayer, "%s", s->at.url);
    if (!record_write(&s->r))
        (void)cli_fail(0,
                       "warning: what task %s is cannot be kept; `sprove fetch` will need "
                       "--program and --input",
                       s->r.task);
    return 0;
}

static int report(const submission *s)
{
    if (s->a->value[OPT_JSON]) {
        json_t *j = json_pack("{s:s, s:s, s:s, s:s}", "task_id", s->r.task, "state", s->state,
                              "deadline", s->deadline, "relayer", s->at.url);
        if (j && s->callback_secret[0])
            json_object_set_new(j, "callback_secret", json_string(s->callback_secret));
        return task_print_json(j);
    }
    printf("%s\n", s->r.task);
    if (s->callback_secret[0]) fprintf(stderr, "callback secret: %s\n", s->callback_secret);
    return fflush(stdout) == EOF ? cli_fail(EXIT_IO, "cannot write to standard output") : 0;
}

static int await(submission *s)
{
    progress p;
    progress_init(&p, s->a);
    const char *mode = s->a->value[OPT_PROGRESS];
    if (p.mode == PROGRESS_NONE && (!mode || strcmp(mode, "auto") == 0)) p.mode = PROGRESS_PLAIN;
    if (p.mode != PROGRESS_NONE && p.mode != PROGRESS_JSON) fprintf(stderr, "task %s\n", s->r.task);
    if (s->callback_secret[0]) fprintf(stderr, "callback secret: %s\n", s->callback_secret);
    int code = watch_task(&s->at, &s->w, s->r.task, &p);
    if (!code && watch_end_of(&s->w) == SP_TASK_NOTHING) return watch_failed(&s->w, s->r.task);
    if (!code) code = receive(&s->f, &s->at, &s->r, s->a, &s->w);
    if (code == EXIT_INTERRUPTED)
        return cli_fail(code,
                        "interrupted; the task goes on: `sprove fetch %s --wait --output F` "
                        "fetches its result, `sprove cancel %s` ends it",
                        s->r.task, s->r.task);
    if (code == EXIT_IO || code == EXIT_LIMIT)
        fprintf(stderr,
                "%s: the task goes on: `sprove fetch %s --wait --output F` fetches its result\n",
                cli_name(), s->r.task);
    return code;
}

static int send(submission *s)
{
    progress p;
    progress_init(&p, s->a);
    const int code = send_all(&s->at, &s->names, &s->t, &p);
    if (code == EXIT_INTERRUPTED)
        return cli_fail(code, "interrupted; nothing was submitted; what was sent is not sent again "
                              "within a day");
    return code;
}

static int submit(submission *s)
{
    const cli_args *a = s->a;
    const bool wait = a->value[OPT_AWAIT] != NULL;
    const char *profile = a->value[OPT_PROFILE];
    if (!wait && (a->value[OPT_OUTPUT] || a->value[OPT_PROOF] || a->value[OPT_RAW_OUTPUT] ||
                  a->value[OPT_FELTS]))
        return cli_fail(EXIT_USAGE, "files are written with --wait; without it, by `sprove fetch`");
    if (!profile) profile = a->value[OPT_TASK] ? "chain" : "balanced";
    const params *p = params_by_name(profile);
    if (!p->sound)
        return cli_fail(EXIT_USAGE, "the profile %s proves nothing; no relayer takes it", profile);
    int code = relay_init(&s->at, a, NULL, wait ? 300 : 10, true);
    if (!code) code = check_key(s);
    if (!code) code = task_load_elf(&s->t, a->operand[0], task_mode(a));
    if (!code) code = task_read_input(&s->t, a);
    if (!code) code = record_fill(&s->r, &s->t, p, a->value[OPT_TASK] != NULL);
    if (!code) send_name(&s->names, &s->t);
    if (!code) code = submit_body(&s->body, a, &s->t, p, &s->names);
    if (!code && wait) code = receive_open(&s->f, a, &s->t);
    if (!code) code = send(s);
    if (!code) code = post(s);
    if (code) return code;
    return wait ? await(s) : report(s);
}

int command_submit(const cli_args *a)
{
    submission s;
    memset(&s, 0, sizeof s);
    s.a = a;
    const int code = submit(&s);
    receive_close(&s.f);
    watch_free(&s.w);
    relay_free(&s.at);
    task_free(&s.t);
    free(s.body);
    return code;
}
