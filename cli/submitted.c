/* submitted.c - `sprove status`, `fetch`, `cancel` and `tasks`: tasks that a relayer has. */
#include "cli/commands.h"
#include "cli/receive.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PATIENCE_S 10
#define WAITING_S 300
#define PAGE 50
#define BUNDLE_MOST ((size_t)256 << 20) /* sverify reads at most 220 MiB */

/* The relayer that the record names is asked, unless another is named. */
static int begin(relay *at, record *r, bool *known, char id[UUID_TEXT], const cli_args *a,
                 unsigned patience_s)
{
    memset(at, 0, sizeof *at);
    const int code = relay_task_id(id, a->operand[0]);
    if (code) return code;
    *known = record_read(r, id);
    return relay_init(at, a, *known ? r->relayer : NULL, patience_s, true);
}

static void line(const char *name, const char *value)
{
    if (*value) printf("%-14s %s\n", name, value);
}

static int print_status(const watched *w, const char *id)
{
    char text[200], program[80];
    const json_t *result = json_object_get(w->whole, "result"),
                 *settlement = json_object_get(w->whole, "settlement");
    client_text(program, sizeof program, json_object_get(w->whole, "job"), "program");
    line("task", id);
    line("state", w->state);
    line("waiting", w->waits);
    line("program", program);
    if (*w->node) {
        snprintf(text, sizeof text, "%s, attempt %" PRIu64 "%s%s", w->node, w->attempt,
                 *w->outcome ? ", " : "", w->outcome);
        line("node", text);
    }
    if (*w->phase && watch_end_of(w) == SP_TASK_UNDER_WAY) {
        snprintf(text, sizeof text, "%s, %" PRIu64 " %%", w->phase, w->ppm / 10000);
        if (w->has_eta && w->eta_ms)
            snprintf(text + strlen(text), sizeof text - strlen(text), ", about %" PRIu64 " s left",
                     (w->eta_ms + 999) / 1000);
        line("progress", text);
    }
    client_text(text, sizeof text, w->whole, "created_at");
    line("created", text);
    client_text(text, sizeof text, w->whole, "deadline");
    line("deadline", text);
    client_text(text, sizeof text, result, "verified_at");
    line("verified", text);
    client_text(text, sizeof text, json_object_get(result, "usage"), "cycles");
    line("cycles", text);
    client_text(text, sizeof text, settlement, "state");
    line("settlement", text);
    client_text(text, sizeof text, settlement, "provider_payout");
    line("paid", text);
    line("failure", w->failure);
    line("", w->detail);
    return fflush(stdout) == EOF ? cli_fail(EXIT_IO, "cannot write to standard output") : 0;
}

int command_status(const cli_args *a)
{
    relay at;
    record r;
    watched w;
    bool known;
    char id[UUID_TEXT];
    memset(&w, 0, sizeof w);
    int code = begin(&at, &r, &known, id, a, PATIENCE_S);
    if (!code) code = watch_look(&at, &w, id);
    if (code == EXIT_INTERRUPTED) (void)cli_fail(code, "interrupted");
    if (!code && !w.whole) code = cli_fail(EXIT_IO, "the relayer's answer is no task");
    if (!code) {
        if (a->value[OPT_JSON])
            code = task_print_json(json_incref(w.whole));
        else
            code = print_status(&w, id);
    }
    watch_free(&w);
    relay_free(&at);
    return code;
}

/* What must have been proved, as the options say; else as it was submitted here. */
static int expectation(record *r, bool known, const char *id, const cli_args *a, task *t)
{
    const char *program = a->value[OPT_PROGRAM], *profile = a->value[OPT_PROFILE];
    if (!program) {
        if (a->value[OPT_INPUT] || a->value[OPT_DATA] || profile)
            return cli_fail(EXIT_USAGE, "--input, --data and --profile go with --program");
        if (!known)
            return cli_fail(
                EXIT_USAGE,
                "task %s was not submitted from here: say by --program and --input what "
                "must have been proved",
                id);
        return 0;
    }
    const params *p = params_by_name(profile ? profile : known ? r->p->name : "balanced");
    if (!p->sound) return cli_fail(EXIT_USAGE, "the profile %s proves nothing", p->name);
    int code = task_load(t, program, known && !a->value[OPT_IO] ? r->mode : task_mode(a));
    if (!code) code = task_read_input(t, a);
    if (!code) code = record_fill(r, t, p, p->id == PROFILE_CHAIN);
    if (!code) snprintf(r->task, sizeof r->task, "%s", id);
    return code;
}

/* The state of a task with a result, awaited with --wait. */
static int result_is_there(relay *at, watched *w, const char *id, const cli_args *a)
{
    progress p;
    progress_init(&p, a);
    const char *mode = a->value[OPT_PROGRESS];
    if (p.mode == PROGRESS_NONE && (!mode || strcmp(mode, "auto") == 0)) p.mode = PROGRESS_PLAIN;
    const int code = a->value[OPT_AWAIT] ? watch_task(at, w, id, &p) : watch_look(at, w, id);
    if (!code && watch_end_of(w) == SP_TASK_NOTHING) return watch_failed(w, id);
    if (!code && watch_end_of(w) == SP_TASK_UNDER_WAY)
        return cli_fail(EXIT_CHAIN, "task %s has no result yet, it is %s; --wait waits for it", id,
                        *w->state ? w->state : "?");
    return code;
}

/* Everything that the result is checked with, unchecked: who has the archive checks it by
 * `sverify --bundle`, now or in years. */
static int fetch_bundle(relay *at, const char *id, const cli_args *a)
{
    static const uint8_t others[] = {OPT_OUTPUT, OPT_RAW_OUTPUT, OPT_PROOF, OPT_FELTS,  OPT_PROGRAM,
                                     OPT_INPUT,  OPT_DATA,       OPT_IO,    OPT_PROFILE};
    file_outputs files;
    sp_client_answer answer;
    watched w;
    unsigned index;
    char path[64];
    for (unsigned i = 0; i < SP_COUNT(others); i++)
        if (a->value[others[i]])
            return cli_fail(EXIT_USAGE, "--%s does not go with --bundle, which holds all of it",
                            cli_options[others[i]].name);
    memset(&files, 0, sizeof files);
    memset(&answer, 0, sizeof answer);
    memset(&w, 0, sizeof w);
    snprintf(path, sizeof path, "/tasks/%s/bundle", id);
    int code = file_open(&files, a->value[OPT_BUNDLE], &index);
    const bool taken = file_uses_stdout(&files);
    if (!code && a->value[OPT_JSON] && taken)
        code = cli_fail(EXIT_USAGE, "--json and an output to - both want standard output");
    if (!code) code = result_is_there(at, &w, id, a);
    const sp_client_request q = {.method = "GET", .path = path, .most = BUNDLE_MOST, .bytes = true};
    if (!code) code = relay_code(at, sp_client_call(at->c, &answer, &q, at->why));
    if (!code && (answer.status != 200 || !answer.body.n))
        code = cli_fail(EXIT_FORMAT, "the relayer's answer is no archive");
    const size_t n = answer.body.n;
    if (!code) code = file_write(&files, index, answer.body.at, n);
    if (!code) code = file_commit(&files);
    if (!code && a->value[OPT_JSON])
        code = task_print_json(json_pack("{s:s, s:s, s:I}", "task_id", id, "state", w.state,
                                         "bundle_bytes", (json_int_t)n));
    else if (!code && !taken)
        code = printf("%-14s %s\n%-14s %zu bytes, not checked: sverify --bundle %s\n", "task", id,
                      "bundle", n, a->value[OPT_BUNDLE]) < 0 ||
                       fflush(stdout) == EOF
                   ? cli_fail(EXIT_IO, "cannot write to standard output")
                   : 0;
    if (code == EXIT_INTERRUPTED) (void)cli_fail(code, "interrupted; the task goes on");
    file_abandon(&files);
    sp_client_answer_free(&answer);
    watch_free(&w);
    return code;
}

static int fetch(relay *at, record *r, bool known, const char *id, const cli_args *a, task *t,
                 receipt *f)
{
    watched w;
    memset(&w, 0, sizeof w);
    int code = expectation(r, known, id, a, t);
    if (!code) code = receive_open(f, a, t->name ? t : NULL);
    if (code) return code;
    code = result_is_there(at, &w, id, a);
    if (!code) code = receive(f, at, r, a, &w);
    if (code == EXIT_INTERRUPTED) (void)cli_fail(code, "interrupted; the task goes on");
    watch_free(&w);
    return code;
}

int command_fetch(const cli_args *a)
{
    relay at;
    record r;
    receipt f;
    task t;
    bool known;
    char id[UUID_TEXT];
    memset(&f, 0, sizeof f);
    memset(&t, 0, sizeof t);
    int code = begin(&at, &r, &known, id, a, a->value[OPT_AWAIT] ? WAITING_S : PATIENCE_S);
    if (!code)
        code =
            a->value[OPT_BUNDLE] ? fetch_bundle(&at, id, a) : fetch(&at, &r, known, id, a, &t, &f);
    receive_close(&f);
    task_free(&t);
    relay_free(&at);
    return code;
}

int command_cancel(const cli_args *a)
{
    relay at;
    record r;
    sp_bytes answer = {NULL, 0};
    bool known;
    char id[UUID_TEXT], state[32];
    int code = begin(&at, &r, &known, id, a, PATIENCE_S);
    if (!code) code = relay_code(&at, sp_client_cancel(at.c, &answer, id, at.why));
    json_t *j = code ? NULL : json_loadb((const char *)answer.at, answer.n, 0, NULL);
    if (code == EXIT_INTERRUPTED) (void)cli_fail(code, "interrupted; it may be cancelled");
    if (!code && a->value[OPT_JSON]) {
        code = task_print_json(json_incref(j));
    } else if (!code) {
        client_text(state, sizeof state, j, "state");
        printf("%s\n", state);
        if (fflush(stdout) == EOF) code = cli_fail(EXIT_IO, "cannot write to standard output");
    }
    json_decref(j);
    sp_client_free(&answer);
    relay_free(&at);
    return code;
}

static void print_task(const json_t *j)
{
    char id[40], state[20], program[40], created[40];
    client_text(id, sizeof id, j, "task_id");
    client_text(state, sizeof state, j, "state");
    client_text(program, sizeof program, json_object_get(j, "job"), "program");
    client_text(created, sizeof created, j, "created_at");
    printf("%-36s  %-15s  %-24.24s  %s\n", id, state, created, program);
}

int command_tasks(const cli_args *a)
{
    relay at;
    uint64_t limit = 20, got = 0;
    char path[700], cursor[400] = "";
    const char *state = a->value[OPT_STATE];
    json_t *all = json_array();
    int code = cli_u64(a, OPT_LIMIT, 1, 10000, &limit);
    memset(&at, 0, sizeof at);
    if (!code && state && strspn(state, "abcdefghijklmnopqrstuvwxyz_") != strlen(state))
        code = cli_fail(EXIT_USAGE, "--state %s: is no state of a task", state);
    if (!code) code = relay_init(&at, a, NULL, PATIENCE_S, true);
    for (bool more = true; !code && more && got < limit;) {
        json_t *answer;
        snprintf(path, sizeof path, "/tasks?order=desc&limit=%u%s%.40s%s%s",
                 (unsigned)(limit - got < PAGE ? limit - got : PAGE), state ? "&state=" : "",
                 state ? state : "", *cursor ? "&cursor=" : "", cursor);
        code = relay_json(&at, &answer, "GET", path, NULL);
        if (code == EXIT_INTERRUPTED) (void)cli_fail(code, "interrupted");
        if (code) break;
        const json_t *items = json_object_get(answer, "items");
        for (size_t i = 0; i < json_array_size(items) && got < limit; i++, got++) {
            if (a->value[OPT_JSON])
                json_array_append(all, json_array_get(items, i));
            else
                print_task(json_array_get(items, i));
        }
        client_text(cursor, sizeof cursor, answer, "next_cursor");
        more = json_array_size(items) > 0 && *cursor &&
               strspn(cursor, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") ==
                   strlen(cursor);
        json_decref(answer);
    }
    if (!code && a->value[OPT_JSON])
        code = task_print_json(json_pack("{s:O}", "items", all));
    else if (!code && fflush(stdout) == EOF)
        code = cli_fail(EXIT_IO, "cannot write to standard output");
    json_decref(all);
    relay_free(&at);
    return code;
}
