/* run.c - `sprove run`: runs a program, proves it, and writes output and proof together. */
#include "cli/commands.h"
#include "cli/describe.h"
#include "cli/prooffile.h"
#include "cli/proving.h"
#include "verifier/verify.h"
#ifdef SP_CLI_CHAIN
#include "cli/chain_prove.h"
#endif

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const cli_args *a;
    task t;
    vm_result r;
    proving p;
    file_outputs files;
    unsigned output, proof, felts, raw_input, raw_output; /* numbers of the files */
    char *text, *felts_text;
    size_t text_bytes, felts_bytes;
    uint8_t *output_copy;
    uint32_t output_bytes;
    uint64_t max_cycles, run_us;
    bool stdout_taken; /* by an output: then no report goes there */
    statement st;
    security_bits security;
} run_state;

static int open_outputs(run_state *s)
{
    const cli_args *a = s->a;
    task_keep_files(&s->t, &s->files, a);
    int code = file_open(&s->files, a->value[OPT_OUTPUT], &s->output);
    if (!code) code = file_open(&s->files, a->value[OPT_RAW_INPUT], &s->raw_input);
    if (!code) code = file_open(&s->files, a->value[OPT_RAW_OUTPUT], &s->raw_output);
    if (!code) code = file_open(&s->files, a->value[OPT_FELTS], &s->felts);
    if (!code) code = file_open(&s->files, a->value[OPT_PROOF], &s->proof);
    s->stdout_taken = file_uses_stdout(&s->files);
    if (!code && a->value[OPT_JSON] && s->stdout_taken)
        code = cli_fail(EXIT_USAGE, "--json and an output to - both want standard output");
    return code;
}

static int run_guest(run_state *s)
{
    const uint64_t start = clock_us();
    int code = task_run(&s->t, &s->r, s->max_cycles, true, NULL, &s->p.progress);
    s->run_us = clock_us() - start;
    if (code) return code;
    if (s->r.exit_code && !s->a->value[OPT_ALLOW_FAILURE]) return task_guest_failed(&s->r);
    /* What a failed guest wrote is no result of the job: its bytes are given as they are. */
    const sp_job *job = s->t.job;
    if (s->r.exit_code) s->t.job = NULL;
    code = task_decode(&s->t, s->r.output, s->r.output_bytes, &s->text, &s->text_bytes);
    s->t.job = job;
    if (code) return code;
    s->output_bytes = s->r.output_bytes;
    s->output_copy = malloc(s->output_bytes + 1u);
    if (!s->output_copy) return cli_fail(EXIT_LIMIT, "not enough memory for the output");
    if (s->output_bytes) memcpy(s->output_copy, s->r.output, s->output_bytes);
    return 0;
}

static int plan(run_state *s)
{
    proving_bound(&s->p);
    int code = proving_plan(&s->p, &s->t, &s->r);
    if (code) return code;
    const prove_plan *plan = &s->p.plan;
    if (s->p.o.p->id == PROFILE_CHAIN && plan->proof_felts > PROVING_MAX_CHAIN_FELTS)
        return cli_fail(
            EXIT_LIMIT, "the proof would have %zu felts; one transaction takes %u%s",
            plan->proof_felts, PROVING_MAX_CHAIN_FELTS,
            s->t.mode == MACHINE_IO_WORDS ? " (--io digest saves those of the public bytes)" : "");
    if (s->a->value[OPT_FELTS] && plan->proof_felts > PROOFFILE_MAX_FELTS / PROOFFILE_FELT_BYTES)
        return cli_fail(EXIT_LIMIT, "the proof would have %zu felts; --felts writes at most %zu",
                        plan->proof_felts, PROOFFILE_MAX_FELTS / PROOFFILE_FELT_BYTES);
    if (s->p.progress.mode == PROGRESS_BAR)
        fprintf(stderr,
                "%" PRIu64 " cycles; the proof takes %" PRIu64 " MiB of memory and %zu bytes\n",
                s->r.n_cycles, plan->memory_bytes >> 20, plan->proof_bytes);
    code = file_reserve(&s->files, s->proof, plan->proof_bytes);
    if (!code)
        code =
            file_reserve(&s->files, s->felts, (uint64_t)plan->proof_felts * PROOFFILE_FELT_BYTES);
    return code;
}

/* Nothing leaves that the verifier would not take. */
static int verify_own(run_state *s)
{
    verify_expect e;
    verify_reason why;
    verify_scratch *scratch = malloc(sizeof *scratch);
    int code = 0;
    memset(&e, 0, sizeof e);
    if (!scratch) return cli_fail(EXIT_LIMIT, "not enough memory to check the proof");
    uint32_t id[7];
    proof_error err;
    if (proof_read(&scratch->view, &scratch->shape, s->p.proof, s->p.proof_bytes, &err) != SP_OK) {
        free(scratch);
        return cli_fail(EXIT_UNSAT, "the proof made cannot be read; please report this");
    }
    memcpy(id, scratch->view.st.program_id, sizeof id);
    e.profile = (uint32_t)s->p.o.p->id;
    e.allow_unsound = true;
    e.program_id = id;
    e.context = s->p.o.context;
    e.has_io = true;
    e.input = s->t.input;
    e.input_bytes = (uint32_t)s->t.input_bytes;
    e.output = s->output_copy;
    e.output_bytes = s->output_bytes;
    e.exit_code = s->r.exit_code;
    if (verify(s->p.proof, s->p.proof_bytes, &e, scratch, &why) != SP_OK)
        code = cli_fail(EXIT_UNSAT, "the proof made does not verify (%s: %s); please report this",
                        why.name, why.text);
    s->st = scratch->view.st;
    sizes_security(&s->security, &scratch->shape, &scratch->view);
    free(scratch);
    return code;
}

static int report(const run_state *s)
{
    const uint64_t prove_ms = proving_ns(&s->p.stats) / 1000000;
    if (!s->a->value[OPT_JSON]) {
        if (s->stdout_taken) return 0;
        describe_statement(&s->st, &s->security);
        printf("%-14s %zu bytes, %zu felts\n%-14s %" PRIu64 ".%03" PRIu64 " s to run, %" PRIu64
               ".%03" PRIu64 " s to prove\n%-14s %" PRIu64 " MiB\n",
               "proof", s->p.proof_bytes, s->p.plan.proof_felts, "time", s->run_us / 1000000,
               s->run_us / 1000 % 1000, prove_ms / 1000, prove_ms % 1000, "memory",
               s->p.stats.peak_bytes >> 20);
        if (!s->p.o.p->sound) printf("this profile is UNSOUND: the proof proves nothing\n");
        return fflush(stdout) == EOF ? cli_fail(EXIT_IO, "cannot write to standard output") : 0;
    }
    json_t *j = describe_statement_json(&s->st);
    json_object_set_new(j, "program", json_string(s->t.name));
    json_object_set_new(j, "sound", json_boolean(s->p.o.p->sound));
    json_object_set_new(j, "bits", describe_security_json(&s->security));
    json_object_set_new(j, "input_bytes", json_integer((json_int_t)s->t.input_bytes));
    json_object_set_new(j, "output_bytes", json_integer(s->output_bytes));
    json_object_set_new(j, "proof_bytes", json_integer((json_int_t)s->p.proof_bytes));
    json_object_set_new(j, "proof_felts", json_integer((json_int_t)s->p.plan.proof_felts));
    json_object_set_new(j, "backend", json_string(s->p.o.be->name));
    json_object_set_new(j, "peak_bytes", json_integer((json_int_t)s->p.stats.peak_bytes));
    json_object_set_new(j, "run_ms", json_integer((json_int_t)(s->run_us / 1000)));
    json_object_set_new(j, "prove_ms", json_integer((json_int_t)prove_ms));
    json_object_set_new(j, "phases_ms", proving_phases(&s->p.stats));
    return task_print_json(j);
}

static int report_check(const run_state *s)
{
    if (s->a->value[OPT_JSON]) {
        json_t *j = json_object();
        json_object_set_new(j, "checked", json_true());
        json_object_set_new(j, "cycles", json_integer((json_int_t)s->r.n_cycles));
        json_object_set_new(j, "exit_code", json_integer(s->r.exit_code));
        return task_print_json(j);
    }
    if (s->stdout_taken) return 0;
    printf("%" PRIu64 " cycles: every row satisfies every constraint\n", s->r.n_cycles);
    return fflush(stdout) == EOF ? cli_fail(EXIT_IO, "cannot write to standard output") : 0;
}

static int write_files(run_state *s)
{
    int code = file_write(&s->files, s->output, s->text, s->text_bytes);
    if (!code) code = file_write(&s->files, s->raw_input, s->t.input, s->t.input_bytes);
    if (!code) code = file_write(&s->files, s->raw_output, s->output_copy, s->output_bytes);
    if (!code) code = file_write(&s->files, s->felts, s->felts_text, s->felts_bytes);
    if (!code) code = file_write(&s->files, s->proof, s->p.proof, s->p.proof_bytes);
    return code ? code : file_commit(&s->files);
}

static int run(run_state *s)
{
    const cli_args *a = s->a;
    const bool check = a->value[OPT_CHECK] != NULL;
    if (!check && !a->value[OPT_PROOF] && !a->value[OPT_FELTS])
        return cli_fail(EXIT_USAGE,
                        "run needs --proof (or --check); `sprove exec` runs without a proof");
    if (check && (a->value[OPT_PROOF] || a->value[OPT_FELTS]))
        return cli_fail(EXIT_USAGE, "--check makes no proof: leave --proof and --felts away");
    s->max_cycles = MACHINE_MAX_CYCLES;
    int code = proving_init(&s->p, a);
    if (!code) code = cli_u64(a, OPT_MAX_CYCLES, 1, MACHINE_MAX_CYCLES, &s->max_cycles);
    if (!code) code = task_load(&s->t, a->operand[0], task_mode(a));
    if (!code) code = task_read_input(&s->t, a);
#ifdef SP_CLI_CHAIN
    if (!code && a->value[OPT_TASK]) code = chain_for_task(a, &s->t, &s->p.o, &s->max_cycles);
#endif
    if (!code) code = open_outputs(s);
    if (!code) code = run_guest(s);
    if (code) return code;
    if (check) {
        code = proving_check(&s->p, &s->t, &s->r);
        if (!code) code = write_files(s);
        return code ? code : report_check(s);
    }
    code = plan(s);
    if (!code) code = proving_prove(&s->p, &s->t, &s->r);
    if (!code) code = verify_own(s);
    if (!code && a->value[OPT_FELTS])
        code = prooffile_felts(&s->felts_text, &s->felts_bytes, s->p.proof, s->p.proof_bytes);
    if (!code) code = write_files(s);
    return code ? code : report(s);
}

int command_run(const cli_args *a)
{
    run_state s;
    memset(&s, 0, sizeof s);
    s.a = a;
    const int code = run(&s);
    file_abandon(&s.files);
    proving_free(&s.p);
    vm_result_free(&s.r);
    task_free(&s.t);
    free(s.text);
    free(s.felts_text);
    free(s.output_copy);
    return code;
}
