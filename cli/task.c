/* task.c - see task.h. */
#include "cli/task.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum machine_io_mode task_mode(const cli_args *a)
{
    const char *io = a->value[OPT_IO];
    return io && strcmp(io, "digest") == 0 ? MACHINE_IO_DIGEST : MACHINE_IO_WORDS;
}

static bool is_path(const char *name)
{
    const size_t n = strlen(name);
    return strchr(name, '/') || (n > 4 && strcmp(name + n - 4, ".elf") == 0);
}

/* A name that is no file and no job: is it nearly one? */
static int no_such_program(const char *name)
{
    size_t n;
    const sp_job *jobs = sp_job_list(&n);
    const char *names[64];
    if (n > 64) n = 64;
    for (size_t i = 0; i < n; i++) names[i] = jobs[i].name;
    const char *near = cli_nearest(name, names, n);
    return cli_fail(EXIT_IO, "%s: neither a job nor a file%s%s%s", name,
                    near ? "; did you mean the job " : "; `sprove jobs` lists the jobs",
                    near ? near : "", near ? "?" : "");
}

int task_load(task *t, const char *name, enum machine_io_mode mode)
{
    const int code = task_load_elf(t, name, mode);
    free(t->elf.at);
    memset(&t->elf, 0, sizeof t->elf);
    return code;
}

int task_load_elf(task *t, const char *name, enum machine_io_mode mode)
{
    vm_error err;
    memset(t, 0, sizeof *t);
    t->name = name;
    t->mode = mode;
    t->job = is_path(name) ? NULL : sp_job_find(name);
    const uint8_t *bytes = t->job ? t->job->elf : NULL;
    size_t n = t->job ? t->job->elf_bytes : 0;
    if (!t->job) {
        if (!is_path(name)) {
            FILE *there = fopen(name, "rb");
            if (!there) return no_such_program(name);
            fclose(there);
        }
        const int code = file_read(&t->elf, name, "the program", TASK_MAX_ELF);
        if (code) return code;
        bytes = t->elf.at;
        n = t->elf.n;
    }
    const sp_status s = vm_program_init(&t->program, bytes, n, mode, &err);
    if (s != SP_OK) return cli_fail(cli_code(s), "%s: %s", name, err.text);
    return 0;
}

int task_encode(task *t, const file_bytes *b, bool data, const char *path)
{
    char err[320] = "";
    sp_status s;
    if (!t->job) {
        t->input = malloc(b->n + 1);
        if (!t->input) return cli_fail(EXIT_LIMIT, "not enough memory for the input");
        memcpy(t->input, b->at, b->n);
        t->input_bytes = b->n;
        return 0;
    }
    if (data)
        s = t->job->encode_raw(b->at, b->n, &t->input, &t->input_bytes, err, sizeof err);
    else
        s = t->job->encode((const char *)b->at, b->n, &t->input, &t->input_bytes, err, sizeof err);
    if (s != SP_OK)
        return cli_fail(cli_code(s), "%s: %s", path, err[0] ? err : "cannot be encoded");
    if (t->input_bytes > TASK_MAX_INPUT)
        return cli_fail(EXIT_LIMIT, "%s: encodes to %zu bytes; the limit of a public input is %u",
                        path, t->input_bytes, TASK_MAX_INPUT);
    return 0;
}

int task_read_input(task *t, const cli_args *a)
{
    const char *input = a->value[OPT_INPUT], *data = a->value[OPT_DATA];
    const char *hint = a->value[OPT_HINT], *path = data ? data : input;
    file_bytes b = {NULL, 0};
    int code;
    if (data && input) return cli_fail(EXIT_USAGE, "--input and --data exclude each other");
    if (data && (!t->job || !t->job->encode_raw))
        return cli_fail(EXIT_USAGE, "--data: %s takes its input by --input", t->name);
    if (!path && t->job)
        return cli_fail(EXIT_USAGE,
                        "the job %s needs --input; `sprove jobs %s --example` prints a "
                        "payload",
                        t->name, t->name);
    if (path && hint && strcmp(path, "-") == 0 && strcmp(hint, "-") == 0)
        return cli_fail(EXIT_USAGE, "input and hint cannot both be standard input");
    if (path) {
        code =
            file_read(&b, path, "the input", t->job && !data ? TASK_MAX_PAYLOAD : TASK_MAX_INPUT);
        if (code == 0) code = task_encode(t, &b, data != NULL, path);
        free(b.at);
        if (code) return code;
    }
    if (hint) return file_read(&t->hint, hint, "the hint", TASK_MAX_HINT);
    return 0;
}

void task_keep_files(const task *t, file_outputs *f, const cli_args *a)
{
    if (!t->job) file_keep(f, t->name);
    file_keep(f, a->value[OPT_INPUT]);
    file_keep(f, a->value[OPT_DATA]);
    file_keep(f, a->value[OPT_HINT]);
}

static bool on_cycles(void *user, uint64_t cycles) { return progress_cycles(user, cycles); }

int task_run(task *t, vm_result *r, uint64_t max_cycles, bool record, vm_profile *profile,
             progress *p)
{
    vm_options o;
    vm_error err;
    memset(&o, 0, sizeof o);
    o.input = t->input;
    o.input_bytes = (uint32_t)t->input_bytes; /* <= TASK_MAX_INPUT */
    o.hint = t->hint.at;
    o.hint_bytes = (uint32_t)t->hint.n; /* <= TASK_MAX_HINT */
    o.mode = t->mode;
    o.max_cycles = max_cycles;
    o.record = record;
    o.profile = profile;
    o.progress = on_cycles;
    o.user = p;
    const sp_status s = vm_run(r, &t->program, &o, &err);
    progress_end(p);
    if (s == SP_ERR_CANCEL) return cli_fail(EXIT_INTERRUPTED, "interrupted; nothing was written");
    if (s != SP_OK) return cli_fail(cli_code(s), "%s: %s", t->name, err.text);
    return 0;
}

int task_guest_failed(const vm_result *r)
{
    if (r->exit_code != MACHINE_EXIT_PANIC)
        return cli_fail(EXIT_GUEST, "the guest ended with exit code %" PRIu32, r->exit_code);
    /* The message is the guest's: only what a terminal can take is shown. */
    char text[201];
    size_t n = r->output_bytes < sizeof text - 1 ? r->output_bytes : sizeof text - 1;
    for (size_t i = 0; i < n; i++) {
        const uint8_t c = r->output[i];
        text[i] = c >= 32 && c < 127 ? (char)c : '?';
    }
    text[n] = 0;
    return cli_fail(EXIT_GUEST, "the guest panicked (exit code %u): %s", MACHINE_EXIT_PANIC,
                    n ? text : "no message");
}

int task_decode(const task *t, const uint8_t *output, size_t output_bytes, char **text, size_t *n)
{
    char err[320] = "";
    *text = NULL;
    *n = 0;
    if (!t->job) {
        *text = malloc(output_bytes + 1);
        if (!*text) return cli_fail(EXIT_LIMIT, "not enough memory for the output");
        if (output_bytes) memcpy(*text, output, output_bytes);
        (*text)[output_bytes] = 0;
        *n = output_bytes;
        return 0;
    }
    const sp_status s = t->job->decode(output, output_bytes, text, err, sizeof err);
    if (s != SP_OK)
        return cli_fail(cli_code(s), "%s: the output cannot be decoded: %s", t->name, err);
    *n = strlen(*text);
    char *line = realloc(*text, *n + 2);
    if (!line) {
        free(*text);
        *text = NULL;
        return cli_fail(EXIT_LIMIT, "not enough memory for the output");
    }
    line[(*n)++] = '\n';
    line[*n] = 0;
    *text = line;
    return 0;
}

void task_free(task *t)
{
    vm_program_free(&t->program);
    free(t->input);
    free(t->hint.at);
    free(t->elf.at);
    memset(t, 0, sizeof *t);
}

int task_print_json(json_t *j)
{
    if (!j) return cli_fail(EXIT_LIMIT, "not enough memory for the report");
    const int bad =
        json_dumpf(j, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(9));
    json_decref(j);
    if (bad || putchar('\n') == EOF || fflush(stdout) == EOF)
        return cli_fail(EXIT_IO, "cannot write to standard output");
    return 0;
}
