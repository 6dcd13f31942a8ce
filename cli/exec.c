/* exec.c - `sprove exec`: runs a program without proving it. */
#include "cli/commands.h"
#include "cli/task.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int report(const task *t, const vm_result *r, uint64_t us, bool json, const char *text)
{
    const uint64_t khz = us ? r->n_cycles * 1000 / us : 0; /* cycles per millisecond */
    if (!json) {
        fprintf(stderr,
                "cycles     %" PRIu64 "\nexit code  %" PRIu32 "\noutput     %" PRIu32 " bytes\n",
                r->n_cycles, r->exit_code, r->output_bytes);
        if (us >= 10000 && r->n_cycles >= 1000000) /* less says nothing of speed */
            fprintf(stderr, "speed      %" PRIu64 ".%" PRIu64 " MIPS\n", khz / 1000,
                    khz % 1000 / 100);
        return 0;
    }
    json_t *j = json_object();
    json_object_set_new(j, "program", json_string(t->name));
    json_object_set_new(j, "cycles", json_integer((json_int_t)r->n_cycles));
    json_object_set_new(j, "exit_code", json_integer(r->exit_code));
    json_object_set_new(j, "input_bytes", json_integer((json_int_t)t->input_bytes));
    json_object_set_new(j, "output_bytes", json_integer(r->output_bytes));
    json_object_set_new(j, "time_us", json_integer((json_int_t)us));
    if (t->job && text) json_object_set_new(j, "output", json_loads(text, JSON_DECODE_ANY, NULL));
    return task_print_json(j);
}

int command_exec(const cli_args *a)
{
    task t;
    vm_result r;
    progress p;
    file_outputs files;
    unsigned out, raw_in, raw_out, stacks;
    uint64_t max_cycles = 0;
    vm_profile *profile = NULL;
    char *text = NULL, *folded = NULL;
    size_t text_bytes = 0, folded_bytes = 0;
    const bool json = a->value[OPT_JSON] != NULL;
    memset(&t, 0, sizeof t);
    memset(&r, 0, sizeof r);
    memset(&files, 0, sizeof files);
    int code = cli_u64(a, OPT_MAX_CYCLES, 1, UINT64_MAX, &max_cycles);
    if (!code) code = task_load(&t, a->operand[0], task_mode(a));
    if (!code) code = task_read_input(&t, a);
    /* Without --output and --json the output is what is printed. */
    const char *output = a->value[OPT_OUTPUT] ? a->value[OPT_OUTPUT] : json ? NULL : "-";
    if (!code) task_keep_files(&t, &files, a);
    if (!code) code = file_open(&files, output, &out);
    if (!code) code = file_open(&files, a->value[OPT_RAW_INPUT], &raw_in);
    if (!code) code = file_open(&files, a->value[OPT_RAW_OUTPUT], &raw_out);
    if (!code) code = file_open(&files, a->value[OPT_STACKS], &stacks);
    if (!code && json && file_uses_stdout(&files))
        code = cli_fail(EXIT_USAGE, "--json and an output to - both want standard output");
    if (code) goto out;
    if (a->value[OPT_STACKS] && !(profile = vm_profile_new())) {
        code = cli_fail(EXIT_LIMIT, "not enough memory for the profile");
        goto out;
    }

    progress_init(&p, a);
    const uint64_t start = clock_us();
    code = task_run(&t, &r, max_cycles, false, profile, &p);
    const uint64_t us = clock_us() - start;
    if (code) goto out;
    if (r.exit_code && !a->value[OPT_ALLOW_FAILURE]) {
        code = task_guest_failed(&r);
        goto out;
    }
    /* What a failed guest wrote is no result of the job: its bytes are given as they are. */
    const sp_job *job = t.job;
    if (r.exit_code) t.job = NULL;
    code = task_decode(&t, r.output, r.output_bytes, &text, &text_bytes);
    if (!code && profile &&
        vm_profile_write_folded(profile, &t.program, &folded, &folded_bytes) != SP_OK)
        code = cli_fail(EXIT_LIMIT, "not enough memory for the profile");
    if (!code) code = file_write(&files, out, text, text_bytes);
    if (!code) code = file_write(&files, raw_in, t.input, t.input_bytes);
    if (!code) code = file_write(&files, raw_out, r.output, r.output_bytes);
    if (!code) code = file_write(&files, stacks, folded, folded_bytes);
    if (!code) code = file_commit(&files);
    if (!code) code = report(&t, &r, us, json, text);
    t.job = job;
out:
    file_abandon(&files);
    vm_profile_delete(profile);
    vm_result_free(&r);
    task_free(&t);
    free(text);
    free(folded);
    return code;
}
