/* harness.c - a job from payload to verified proof, for tests. */
#include "tests/e2e/harness.h"

#include "guest/host/jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char e2e_matrix[] = "{\"algorithm\":\"matrix_multiplication\",\"matrix_a\":[[1,2],[3,4]],"
                          "\"matrix_b\":[[5,6],[7,8]]}";

bool e2e_run_elf(e2e_case *c, const uint8_t *elf, size_t elf_bytes, const uint8_t *input,
                 uint32_t input_bytes, const uint8_t *hint, uint32_t hint_bytes,
                 enum machine_io_mode mode, const char *profile)
{
    vm_error err = {""};
    memset(c, 0, sizeof *c);
    c->mode = mode;
    c->p = params_by_name(profile);
    c->input = malloc(input_bytes + 1);
    if (!c->p || !c->input) return false;
    if (input_bytes) memcpy(c->input, input, input_bytes);
    c->input_bytes = input_bytes;
    sp_status st = vm_program_init(&c->program, elf, elf_bytes, mode, &err);
    vm_options o;
    memset(&o, 0, sizeof o);
    o.input = c->input;
    o.input_bytes = input_bytes;
    o.hint = hint;
    o.hint_bytes = hint_bytes;
    o.mode = mode;
    o.record = true;
    if (st == SP_OK) st = vm_run(&c->run, &c->program, &o, &err);
    (void)snprintf(c->text, sizeof c->text, "%s", err.text);
    return st == SP_OK;
}

bool e2e_run(e2e_case *c, const char *job, const char *json, enum machine_io_mode mode,
             const char *profile)
{
    const sp_job *j = sp_job_find(job);
    uint8_t *input = NULL;
    size_t n = 0;
    char err[256] = "";
    memset(c, 0, sizeof *c);
    if (!j || j->encode(json, strlen(json), &input, &n, err, sizeof err) != SP_OK) {
        (void)snprintf(c->text, sizeof c->text, "%s: %s", job, err);
        return false;
    }
    bool ok = e2e_run_elf(c, j->elf, j->elf_bytes, input, (uint32_t)n, NULL, 0, mode, profile);
    free(input);
    return ok;
}

bool e2e_prove(e2e_case *c, const char *backend_name, unsigned threads)
{
    prove_options o;
    prove_error e = {""};
    memset(&o, 0, sizeof o);
    o.p = c->p;
    o.be = backend_find(backend_name);
    o.threads = threads;
    if (!o.be) return false;
    sp_status st = prove_program_id(c->program_id, &c->program, c->mode, c->p, o.be, &e);
    if (st == SP_OK)
        st = prove(&c->proof, &c->proof_bytes, &c->program, &c->run, c->input, c->input_bytes,
                   c->mode, &o, NULL, &e);
    (void)snprintf(c->text, sizeof c->text, "%s", e.text);
    return st == SP_OK;
}

void e2e_expect(const e2e_case *c, verify_expect *e)
{
    memset(e, 0, sizeof *e);
    e->profile = (uint32_t)c->p->id;
    e->allow_unsound = true;
    e->program_id = c->program_id;
    e->has_io = true;
    e->input = c->input;
    e->input_bytes = c->input_bytes;
    e->output = c->run.output;
    e->output_bytes = c->run.output_bytes;
    e->exit_code = c->run.exit_code;
}

sp_status e2e_verify(const e2e_case *c, const uint8_t *proof, size_t n, verify_reason *why)
{
    verify_expect e;
    verify_scratch *s = malloc(sizeof *s);
    if (!s) return SP_ERR_NOMEM;
    e2e_expect(c, &e);
    sp_status st = verify(proof, n, &e, s, why);
    free(s);
    return st;
}

bool e2e_accepted(e2e_case *c, const char *backend_name, unsigned threads)
{
    verify_reason why;
    if (!e2e_prove(c, backend_name, threads)) {
        printf("  proving failed: %s\n", c->text);
        return false;
    }
    sp_status st = e2e_verify(c, c->proof, c->proof_bytes, &why);
    if (st != SP_OK)
        printf("  rejected: %s (%s) query %d layer %d tree %d field %s offset %zu\n", why.name,
               why.text, why.query, why.layer, why.tree, why.field ? why.field : "-", why.offset);
    return st == SP_OK;
}

void e2e_free(e2e_case *c)
{
    free(c->proof);
    free(c->input);
    vm_result_free(&c->run);
    vm_program_free(&c->program);
    memset(c, 0, sizeof *c);
}
