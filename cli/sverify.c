/* sverify.c - the entry of sverify: checks a proof against what it is said to prove. */
#include "cli/sverify.h"

#include "cli/commands.h"
#include "cli/describe.h"
#include "cli/help.h"
#include "cli/prooffile.h"
#include "core/bytes.h"
#include "prover/prove.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_options(const cli_args *a)
{
    static const uint8_t told[] = {OPT_PROGRAM,       OPT_INPUT,         OPT_DATA,
                                   OPT_OUTPUT,        OPT_RAW_INPUT,     OPT_RAW_OUTPUT,
                                   OPT_IO_COMMITMENT, OPT_ALLOW_UNSOUND, OPT_ALLOW_FAILURE};
    if (a->value[OPT_BUNDLE]) {
        if (a->n_operands) return cli_fail(VERIFY_USAGE, "--bundle stands for PROOF: give one");
        for (unsigned i = 0; i < SP_COUNT(told); i++)
            if (a->value[told[i]])
                return cli_fail(VERIFY_USAGE, "--%s: a bundle says it itself",
                                cli_options[told[i]].name);
        return 0;
    }
    if (!a->n_operands)
        return cli_fail(VERIFY_USAGE, "sverify needs PROOF or --bundle F; see --help");
    const bool io = a->value[OPT_IO_COMMITMENT] != NULL;
    const int input = !!a->value[OPT_INPUT] + !!a->value[OPT_DATA] + !!a->value[OPT_RAW_INPUT];
    const int output = !!a->value[OPT_OUTPUT] + !!a->value[OPT_RAW_OUTPUT];
    static const uint8_t file[] = {OPT_INPUT, OPT_DATA, OPT_RAW_INPUT, OPT_OUTPUT, OPT_RAW_OUTPUT};
    unsigned standard = strcmp(a->operand[0], "-") == 0;
    for (unsigned i = 0; i < SP_COUNT(file); i++)
        standard += a->value[file[i]] && strcmp(a->value[file[i]], "-") == 0;
    if (standard > 1) return cli_fail(VERIFY_USAGE, "only one file can be standard input (-)");
    if (!a->value[OPT_PROGRAM] == !a->value[OPT_PROGRAM_ID])
        return cli_fail(VERIFY_USAGE, "name the program by one of --program and --program-id");
    if (io && (input || output))
        return cli_fail(VERIFY_USAGE,
                        "--io-commitment stands for --input and --output: give one or the "
                        "others");
    if (input > 1 || output > 1)
        return cli_fail(VERIFY_USAGE, "name the input once, and the output once");
    if (!io && (!output || (!input && !a->value[OPT_PROGRAM])))
        return cli_fail(VERIFY_USAGE,
                        "name what was read and written by --input and --output, or by "
                        "--io-commitment");
    return 0;
}

static int hex_options(sverify *s)
{
    const cli_args *a = s->a;
    uint8_t id[28], context[28], io[32] = {0};
    if (cli_hex(a, OPT_CONTEXT, context, 28) || cli_hex(a, OPT_IO_COMMITMENT, io, 31) ||
        cli_hex(a, OPT_PROGRAM_ID, id, 28))
        return VERIFY_USAGE;
    if (a->value[OPT_CONTEXT]) bytes_read_words(s->context, context, 7);
    if (a->value[OPT_IO_COMMITMENT]) bytes_read_words(s->io, io, 8);
    if (a->value[OPT_PROGRAM_ID]) bytes_read_words(s->id, id, 7);
    return 0;
}

/* The id of --program under the profile asked for and the io mode that the proof states; both modes
 * bind the same input and output. */
static int program_id(sverify *s)
{
    const cli_args *a = s->a;
    if (a->value[OPT_PROGRAM_ID]) return 0;
    prove_error err = {""};
    const enum machine_io_mode mode = (enum machine_io_mode)s->scratch->view.st.io_mode;
    if (task_load(&s->t, a->value[OPT_PROGRAM], mode)) return VERIFY_USAGE;
    if (prove_program_id(s->id, &s->t.program, mode, params_by_id(s->e.profile),
                         backend_find("auto"), &err) != SP_OK)
        return cli_fail(VERIFY_USAGE, "%s: %s", s->t.name, err.text);
    return 0;
}

/* Equal JSON values, whatever their spacing; *same is the answer. */
static int same_json(const char *path, const file_bytes *given, const char *decoded, bool *same)
{
    json_error_t err;
    json_t *a = json_loadb((const char *)given->at, given->n, JSON_REJECT_DUPLICATES, &err);
    if (!a)
        return cli_fail(VERIFY_USAGE, "%s: not JSON: line %d, column %d: %s", path, err.line,
                        err.column, err.text);
    json_t *b = json_loads(decoded, 0, NULL);
    *same = b && json_equal(a, b);
    json_decref(a);
    json_decref(b);
    return 0;
}

static int input_bytes(sverify *s)
{
    const cli_args *a = s->a;
    const char *raw = a->value[OPT_RAW_INPUT];
    if (s->t.name && !raw) {
        if (task_read_input(&s->t, a)) return VERIFY_USAGE;
        s->e.input = s->t.input;
        s->e.input_bytes = (uint32_t)s->t.input_bytes; /* <= TASK_MAX_INPUT */
        return 0;
    }
    if (a->value[OPT_DATA]) return cli_fail(VERIFY_USAGE, "--data needs --program");
    if (file_read(&s->input, raw ? raw : a->value[OPT_INPUT], "the input", TASK_MAX_INPUT))
        return VERIFY_USAGE;
    s->e.input = s->input.at;
    s->e.input_bytes = (uint32_t)s->input.n; /* <= TASK_MAX_INPUT */
    return 0;
}

/* The output of a job is given as JSON: what the proof carries (words mode) is decoded and
 * compared, and these bytes are then what the verifier checks. */
static int job_output(sverify *s, bool *differs)
{
    const proof_view *v = &s->scratch->view;
    const char *path = s->a->value[OPT_OUTPUT];
    char *text;
    size_t n;
    if (v->st.io_mode != MACHINE_IO_WORDS)
        return cli_fail(VERIFY_USAGE,
                        "%s binds a hash of the output, made with --io digest: give its "
                        "bytes by --raw-output",
                        s->path);
    s->e.output = v->at[FIELD_OUTPUT];
    s->e.output_bytes = v->output_bytes;
    if (task_decode(&s->t, s->e.output, s->e.output_bytes, &text, &n)) {
        *differs = true; /* no run of the job writes this */
        return 0;
    }
    bool same = false;
    const int code = same_json(path, &s->output, text, &same);
    free(text);
    *differs = !same;
    return code;
}

static int public_bytes(sverify *s, bool *differs)
{
    const cli_args *a = s->a;
    const char *raw = a->value[OPT_RAW_OUTPUT], *path = raw ? raw : a->value[OPT_OUTPUT];
    if (a->value[OPT_IO_COMMITMENT]) return 0;
    int code = input_bytes(s);
    if (code) return code;
    s->e.has_io = true;
    const bool json = s->t.job && !raw && s->scratch->view.st.exit_code == 0;
    if (file_read(&s->output, path, "the output", json ? TASK_MAX_PAYLOAD : MACHINE_OUTPUT_CAP))
        return VERIFY_USAGE;
    if (json) return job_output(s, differs);
    s->e.output = s->output.at;
    s->e.output_bytes = (uint32_t)s->output.n; /* <= MACHINE_OUTPUT_CAP */
    return 0;
}

static void add_place(json_t *j, const char *name, int value)
{
    if (value >= 0) json_object_set_new(j, name, json_integer(value));
}

int sverify_answer(const sverify *s, int code)
{
    const verify_reason *why = &s->why;
    const proof_view *v = s->known ? &s->scratch->view : NULL;
    const bool json = s->a->value[OPT_JSON] != NULL;
    security_bits bits;
    if (s->known) sizes_security(&bits, &s->scratch->shape, v);
    if (!json) {
        if (code == VERIFY_ACCEPTED) {
            printf("accepted\n");
            if (s->by) printf("%s", s->by);
            describe_statement(&v->st, &bits);
            if (!s->scratch->shape.p->sound)
                printf("the profile is UNSOUND: this proof proves nothing\n");
            printf("%-14s %" PRIu64 ".%03" PRIu64 " ms\n", "verified in", s->us / 1000,
                   s->us % 1000);
        } else {
            printf("%s: %s: %s", code == VERIFY_REJECTED ? "rejected" : "malformed", why->name,
                   why->text);
            if (why->query >= 0) printf(", query %d", why->query);
            if (why->tree >= 0) printf(", tree %d", why->tree);
            if (why->layer >= 0) printf(", layer %d", why->layer);
            if (why->field) printf(" (%s, byte %zu)", why->field, why->offset);
            printf("\n");
        }
        return fflush(stdout) == EOF ? cli_fail(VERIFY_USAGE, "cannot write to standard output")
                                     : code;
    }
    json_t *j = json_object();
    json_object_set_new(j, "accepted", json_boolean(code == VERIFY_ACCEPTED));
    if (s->bundle_json) json_object_set(j, "bundle", s->bundle_json);
    if (s->known) {
        json_object_set_new(j, "statement", describe_statement_json(&v->st));
        json_object_set_new(j, "profile", json_string(s->scratch->shape.p->name));
        json_object_set_new(j, "sound", json_boolean(s->scratch->shape.p->sound));
        json_object_set_new(j, "bits", describe_security_json(&bits));
    }
    json_object_set_new(j, "time_ms", json_real((double)s->us / 1000));
    if (code != VERIFY_ACCEPTED) {
        json_t *r = json_object();
        json_object_set_new(r, "check", json_string(why->name));
        json_object_set_new(r, "text", json_string(why->text));
        add_place(r, "query", why->query);
        add_place(r, "tree", why->tree);
        add_place(r, "layer", why->layer);
        if (why->field) {
            json_object_set_new(r, "field", json_string(why->field));
            json_object_set_new(r, "offset", json_integer((json_int_t)why->offset));
        }
        json_object_set_new(j, "rejection", r);
    }
    return task_print_json(j) ? VERIFY_USAGE : code;
}

int sverify_refuse(sverify *s, int code, const char *name, const char *text)
{
    s->why.name = name;
    s->why.text = text;
    s->why.query = s->why.tree = s->why.layer = -1;
    return sverify_answer(s, code);
}

int sverify_form(sverify *s)
{
    proof_error err = {NULL, 0, NULL};
    s->scratch = malloc(sizeof *s->scratch);
    if (!s->scratch) return cli_fail(VERIFY_USAGE, "not enough memory");
    /* The io mode and the public bytes are needed before the question can be put. */
    const sp_status form =
        proof_read(&s->scratch->view, &s->scratch->shape, s->proof.at, s->proof.n, &err);
    s->known = form == SP_OK;
    if (s->known) return 0;
    s->why.field = err.field;
    s->why.offset = err.offset;
    return form == SP_ERR_REJECT ? sverify_refuse(s, VERIFY_REJECTED, "sizes", err.text)
                                 : sverify_refuse(s, VERIFY_MALFORMED, "form", err.text);
}

int sverify_proof(sverify *s)
{
    const uint64_t start = clock_us();
    const sp_status r = verify(s->proof.at, s->proof.n, &s->e, s->scratch, &s->why);
    s->us = clock_us() - start;
    if (r == SP_OK) return VERIFY_ACCEPTED;
    if (r == SP_ERR_FORMAT) return sverify_answer(s, VERIFY_MALFORMED);
    if (r == SP_ERR_ARG) return cli_fail(VERIFY_USAGE, "the question is incomplete");
    if (s->why.check == CHECK_EXIT_CODE)
        s->why.text = "the program ended with a nonzero exit code (--allow-failure takes it)";
    return sverify_answer(s, VERIFY_REJECTED);
}

static int check(sverify *s)
{
    const char *profile = s->a->value[OPT_PROFILE];
    s->e.profile = (uint32_t)params_by_name(profile ? profile : "balanced")->id;
    s->e.allow_unsound = s->a->value[OPT_ALLOW_UNSOUND] != NULL;
    s->e.any_exit_code = s->a->value[OPT_ALLOW_FAILURE] != NULL; /* else 0 */
    s->e.program_id = s->id;
    s->e.context = s->context;
    if (s->a->value[OPT_IO_COMMITMENT]) s->e.io_commitment = s->io;
    char text[FILE_WHY];
    int code = prooffile_read(&s->proof, s->path, NULL, text);
    if (code == EXIT_FORMAT) return sverify_refuse(s, VERIFY_MALFORMED, "form", text);
    if (code)
        return cli_fail(VERIFY_USAGE, "%s: %s", strcmp(s->path, "-") ? s->path : "standard input",
                        text);
    code = sverify_form(s);
    if (code) return code;
    bool differs = false;
    code = program_id(s);
    if (!code) code = public_bytes(s, &differs);
    if (code) return code;
    code = sverify_proof(s);
    if (code) return code;
    if (differs) return sverify_refuse(s, VERIFY_REJECTED, "expected io", "proves another output");
    return sverify_answer(s, VERIFY_ACCEPTED);
}

int main(int argc, char **argv)
{
    cli_args a;
    sverify s;
    memset(&s, 0, sizeof s);
    cli_set_name("sverify");
    files_init();
    if (cli_parse(&a, &sverify_command, argv + 1, argc - 1)) return VERIFY_USAGE;
    if (a.value[OPT_HELP]) {
        help_command(&sverify_command, "");
        return fflush(stdout) == EOF ? VERIFY_USAGE : 0;
    }
    s.a = &a;
    s.path = a.value[OPT_BUNDLE] ? a.value[OPT_BUNDLE] : a.operand[0];
    files_guard(VERIFY_USAGE);
    int code = check_options(&a);
    if (!code) code = hex_options(&s);
    if (!code) code = a.value[OPT_BUNDLE] ? sverify_bundle(&s) : check(&s);
    free(s.bundle.at);
    free(s.by);
    json_decref(s.bundle_json);
    free(s.proof.at);
    free(s.input.at);
    free(s.output.at);
    free(s.scratch);
    task_free(&s.t);
    files_guard(0);
    return code;
}
