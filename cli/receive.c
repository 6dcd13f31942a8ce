/* receive.c - see receive.h. */
#include "cli/receive.h"

#include "air/statement.h"
#include "cli/describe.h"
#include "cli/prooffile.h"
#include "verifier/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int receive_open(receipt *f, const cli_args *a, const task *t)
{
    memset(f, 0, sizeof *f);
    if (t) task_keep_files(t, &f->files, a);
    int code = file_open(&f->files, a->value[OPT_OUTPUT], &f->output);
    if (!code) code = file_open(&f->files, a->value[OPT_RAW_OUTPUT], &f->raw_output);
    if (!code) code = file_open(&f->files, a->value[OPT_FELTS], &f->felts);
    if (!code) code = file_open(&f->files, a->value[OPT_PROOF], &f->proof);
    f->stdout_taken = file_uses_stdout(&f->files);
    if (!code && a->value[OPT_JSON] && f->stdout_taken)
        code = cli_fail(EXIT_USAGE, "--json and an output to - both want standard output");
    return code;
}

void receive_close(receipt *f) { file_abandon(&f->files); }

/* Whether the proof says that the recorded program, on the recorded input, wrote this output. */
static int check(const record *r, verify_scratch *s, const sp_bytes *proof, const sp_bytes *output)
{
    verify_expect e;
    verify_reason why;
    proof_error err = {NULL, 0, NULL};
    uint32_t h_out[8], io[8], context[7];
    memset(&e, 0, sizeof e);
    if (proof_read(&s->view, &s->shape, proof->at, proof->n, &err) != SP_OK)
        return cli_fail(EXIT_FORMAT, "what the relayer gave is no proof: %s", err.text);
    statement_hash_io(h_out, output->at, (uint32_t)output->n); /* <= MACHINE_OUTPUT_CAP */
    statement_io_commitment(io, r->h_in, h_out);
    memcpy(context, s->view.st.context, sizeof context);
    e.profile = (uint32_t)r->p->id;
    e.program_id = r->id;
    e.io_commitment = io;
    if (r->on_chain) e.context = context;
    const sp_status v = verify(proof->at, proof->n, &e, s, &why);
    if (v == SP_OK) return 0;
    return cli_fail(EXIT_FORMAT,
                    "the proof that the relayer gave does not prove this task (%s: %s); nothing "
                    "was written, and the relayer or its node is at fault",
                    why.name, why.text);
}

static int report(const receipt *f, const cli_args *a, const record *r, const watched *w,
                  const verify_scratch *s, size_t proof_bytes, size_t output_bytes)
{
    security_bits bits;
    uint64_t prove_ms = 0;
    char settlement[32];
    const json_t *result = json_object_get(w->whole, "result"),
                 *usage = json_object_get(result, "usage");
    (void)client_number(&prove_ms, usage, "prove_ms");
    client_text(settlement, sizeof settlement, json_object_get(w->whole, "settlement"), "state");
    sizes_security(&bits, &s->shape, &s->view);
    if (a->value[OPT_JSON]) {
        json_t *j = describe_statement_json(&s->view.st);
        json_object_set_new(j, "task_id", json_string(r->task));
        json_object_set_new(j, "state", json_string(w->state));
        json_object_set_new(j, "accepted", json_true());
        json_object_set_new(j, "program", json_string(r->program));
        json_object_set_new(j, "profile", json_string(r->p->name));
        json_object_set_new(j, "bits", describe_security_json(&bits));
        json_object_set_new(j, "output_bytes", json_integer((json_int_t)output_bytes));
        json_object_set_new(j, "proof_bytes", json_integer((json_int_t)proof_bytes));
        json_object_set_new(j, "node_id", json_string(w->node));
        json_object_set_new(j, "attempt", json_integer((json_int_t)w->attempt));
        json_object_set_new(j, "prove_ms", json_integer((json_int_t)prove_ms));
        return task_print_json(j);
    }
    if (f->stdout_taken) return 0;
    printf("%-14s %s\n%-14s %s%s%s\n", "task", r->task, "state", w->state,
           *settlement ? ", settlement " : "", settlement);
    describe_statement(&s->view.st, &bits);
    printf("%-14s %zu bytes, checked here\n%-14s %s, attempt %" PRIu64 ", %" PRIu64 ".%03" PRIu64
           " s to prove\n",
           "proof", proof_bytes, "node", w->node, w->attempt, prove_ms / 1000, prove_ms % 1000);
    return fflush(stdout) == EOF ? cli_fail(EXIT_IO, "cannot write to standard output") : 0;
}

static int write_files(receipt *f, const record *r, const cli_args *a, const sp_bytes *proof,
                       const sp_bytes *output, char **text, char **felts)
{
    task t;
    size_t n = 0, felts_bytes = 0;
    memset(&t, 0, sizeof t);
    t.name = r->program;
    t.job = r->is_job ? sp_job_find(r->program) : NULL;
    if (r->is_job && !t.job)
        return cli_fail(EXIT_FORMAT, "this sprove has no job %s to read the output with",
                        r->program);
    int code = task_decode(&t, output->at, output->n, text, &n);
    if (!code && a->value[OPT_FELTS])
        code = prooffile_felts(felts, &felts_bytes, proof->at, proof->n);
    if (!code) code = file_write(&f->files, f->output, *text, n);
    if (!code) code = file_write(&f->files, f->raw_output, output->at, output->n);
    if (!code) code = file_write(&f->files, f->felts, *felts, felts_bytes);
    if (!code) code = file_write(&f->files, f->proof, proof->at, proof->n);
    return code ? code : file_commit(&f->files);
}

int receive(receipt *f, relay *at, const record *r, const cli_args *a, const watched *w)
{
    sp_bytes proof, output;
    char *text = NULL, *felts = NULL;
    memset(&proof, 0, sizeof proof);
    verify_scratch *s = malloc(sizeof *s);
    if (!s) return cli_fail(EXIT_LIMIT, "not enough memory to check the proof");
    int code = relay_code(at, sp_client_output(at->c, &output, r->task, at->why));
    if (!code) code = relay_code(at, sp_client_proof(at->c, &proof, r->task, at->why));
    if (!code) code = check(r, s, &proof, &output);
    if (!code) code = write_files(f, r, a, &proof, &output, &text, &felts);
    if (!code) code = report(f, a, r, w, s, proof.n, output.n);
    sp_client_free(&proof);
    sp_client_free(&output);
    free(text);
    free(felts);
    free(s);
    return code;
}
