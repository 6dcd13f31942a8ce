/* api.c - include/sprove.h over the libraries. */
#include "include/sprove.h"

#include "cli/sizes.h"
#include "core/blake2s.h"
#include "core/bytes.h"
#include "guest/host/jobs.h"
#include "prover/prove.h"
#include "verifier/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sp_program {
    vm_program vm;
    const sp_job *job; /* NULL: an ELF */
    enum machine_io_mode mode;
};

static sp_status say(sp_status s, char *why, const char *text)
{
    if (why) snprintf(why, SP_WHY, "%s", text);
    return s;
}

void sp_free(sp_bytes *b)
{
    free(b->at);
    b->at = NULL;
    b->n = 0;
}

const char *sp_version(void) { return SPROVE_VERSION; }

static sp_status load(sp_program **out, const uint8_t *elf, size_t n, enum sp_io io,
                      const sp_job *job, char *why)
{
    vm_error err = {""};
    sp_program *p = calloc(1, sizeof *p);
    *out = NULL;
    if (!p) return say(SP_ERR_NOMEM, why, "not enough memory for the program");
    p->job = job;
    p->mode = io == SP_IO_DIGEST ? MACHINE_IO_DIGEST : MACHINE_IO_WORDS;
    const sp_status s = vm_program_init(&p->vm, elf, n, p->mode, &err);
    if (s != SP_OK) {
        free(p);
        return say(s, why, err.text);
    }
    *out = p;
    return SP_OK;
}

sp_status sp_program_load(sp_program **p, const uint8_t *elf, size_t n, enum sp_io io, char *why)
{
    return load(p, elf, n, io, NULL, why);
}

sp_status sp_program_job(sp_program **p, const char *job, enum sp_io io, char *why)
{
    const sp_job *j = sp_job_find(job);
    *p = NULL;
    if (!j) return say(SP_ERR_ARG, why, "there is no job of that name");
    return load(p, j->elf, j->elf_bytes, io, j, why);
}

void sp_program_delete(sp_program *p)
{
    if (p) vm_program_free(&p->vm);
    free(p);
}

sp_status sp_program_id(uint8_t id[28], const sp_program *p, const char *profile, char *why)
{
    uint32_t words[7];
    prove_error err = {""};
    const params *pa = params_by_name(profile);
    if (!pa) return say(SP_ERR_ARG, why, "there is no profile of that name");
    const sp_status s = prove_program_id(words, &p->vm, p->mode, pa, backend_find("auto"), &err);
    if (s != SP_OK) return say(s, why, err.text);
    for (unsigned i = 0; i < 7; i++) bytes_put_le32(id + 4 * i, words[i]);
    return SP_OK;
}

sp_status sp_encode(sp_bytes *input, const sp_program *p, const char *json, size_t n, char *why)
{
    char text[SP_WHY] = "";
    memset(input, 0, sizeof *input);
    if (!p->job) return say(SP_ERR_ARG, why, "the program is no job: its input is bytes");
    const sp_status s = p->job->encode(json, n, &input->at, &input->n, text, sizeof text);
    return s == SP_OK ? SP_OK : say(s, why, text);
}

sp_status sp_decode(sp_bytes *json, const sp_program *p, const uint8_t *output, size_t n, char *why)
{
    char err[SP_WHY] = "", *text = NULL;
    memset(json, 0, sizeof *json);
    if (!p->job) return say(SP_ERR_ARG, why, "the program is no job: its output is bytes");
    const sp_status s = p->job->decode(output, n, &text, err, sizeof err);
    if (s != SP_OK) return say(s, why, err);
    json->at = (uint8_t *)text;
    json->n = strlen(text);
    return SP_OK;
}

sp_options sp_options_default(void)
{
    sp_options o;
    memset(&o, 0, sizeof o);
    o.profile = "balanced";
    o.backend = "auto";
    return o;
}

static sp_status run(vm_result *r, const sp_program *p, const uint8_t *input, size_t n,
                     const sp_options *o, bool record, char *why)
{
    vm_options v;
    vm_error err = {""};
    memset(&v, 0, sizeof v);
    if (n > MACHINE_INPUT_CAP || o->hint_bytes > UINT32_MAX)
        return say(SP_ERR_LIMIT, why, "the input is longer than 64 MiB, or the hint than 4 GiB");
    v.input = input;
    v.input_bytes = (uint32_t)n; /* <= MACHINE_INPUT_CAP */
    v.hint = o->hint;
    v.hint_bytes = (uint32_t)o->hint_bytes; /* <= UINT32_MAX */
    v.mode = p->mode;
    v.max_cycles = o->max_cycles;
    v.record = record;
    const sp_status s = vm_run(r, &p->vm, &v, &err);
    return s == SP_OK ? SP_OK : say(s, why, err.text);
}

/* The output and what is known of a run. */
static sp_status keep(sp_bytes *output, sp_run_info *info, const vm_result *r, const uint8_t *input,
                      size_t n, char *why)
{
    output->at = malloc((size_t)r->output_bytes + 1);
    if (!output->at) return say(SP_ERR_NOMEM, why, "not enough memory for the output");
    if (r->output_bytes) memcpy(output->at, r->output, r->output_bytes);
    output->n = r->output_bytes;
    if (info) {
        info->cycles = r->n_cycles;
        info->exit_code = r->exit_code;
        uint32_t h_in[8], h_out[8], io[8];
        uint8_t bytes[32];
        statement_hash_io(h_in, input, (uint32_t)n); /* <= MACHINE_INPUT_CAP */
        statement_hash_io(h_out, r->output, r->output_bytes);
        statement_io_commitment(io, h_in, h_out);
        blake2s_to_bytes(bytes, io);
        memcpy(info->io_commitment, bytes, sizeof info->io_commitment);
    }
    return SP_OK;
}

sp_status sp_run(sp_bytes *output, sp_run_info *info, const sp_program *p, const uint8_t *input,
                 size_t n, const sp_options *o, char *why)
{
    vm_result r;
    memset(output, 0, sizeof *output);
    SP_TRY(run(&r, p, input, n, o, false, why));
    const sp_status s = keep(output, info, &r, input, n, why);
    vm_result_free(&r);
    return s;
}

static bool on_progress(void *user, enum prove_phase phase, uint64_t done, uint64_t total)
{
    const sp_options *o = user;
    return o->progress(o->user, prove_phase_name[phase], done, total);
}

sp_status sp_prove(sp_bytes *proof, sp_bytes *output, sp_run_info *info, const sp_program *p,
                   const uint8_t *input, size_t n, const sp_options *o, char *why)
{
    vm_result r;
    prove_options po;
    prove_stats stats;
    prove_error err = {""};
    sp_options copy = *o;
    memset(proof, 0, sizeof *proof);
    memset(output, 0, sizeof *output);
    memset(&po, 0, sizeof po);
    po.p = params_by_name(o->profile);
    po.be = backend_find(o->backend);
    if (!po.p || !po.be)
        return say(SP_ERR_ARG, why, "no such profile, or a backend that does not run here");
    po.threads = o->threads;
    po.memory = o->memory;
    bytes_read_words(po.context, o->context, 7);
    if (o->progress) {
        po.progress = on_progress;
        po.user = &copy;
    }
    SP_TRY(run(&r, p, input, n, o, true, why));
    sp_status s = keep(output, info, &r, input, n, why);
    if (s == SP_OK) {
        s = prove(&proof->at, &proof->n, &p->vm, &r, input, (uint32_t)n, p->mode, &po, &stats,
                  &err);
        if (s != SP_OK) {
            say(s, why, err.text);
            sp_free(output);
            if (info) memset(info, 0, sizeof *info);
        }
    }
    vm_result_free(&r);
    return s;
}

sp_status sp_verify(sp_verified *info, const uint8_t *proof, size_t n, const sp_expect *e,
                    char *why)
{
    uint32_t id[7], context[7], io[8] = {0};
    verify_expect v;
    verify_reason reason;
    const params *pa = params_by_name(e->profile ? e->profile : "balanced");
    memset(&v, 0, sizeof v);
    if (info) memset(info, 0, sizeof *info);
    if (!pa || !e->program_id || e->input_bytes > UINT32_MAX || e->output_bytes > UINT32_MAX)
        return say(SP_ERR_ARG, why, "the question lacks a program id or names no profile");
    verify_scratch *scratch = malloc(sizeof *scratch);
    if (!scratch) return say(SP_ERR_NOMEM, why, "not enough memory to verify");
    bytes_read_words(id, e->program_id, 7);
    v.profile = (uint32_t)pa->id;
    v.allow_unsound = e->allow_unsound;
    v.program_id = id;
    if (e->context) {
        bytes_read_words(context, e->context, 7);
        v.context = context;
    }
    if (e->io_commitment) {
        uint8_t padded[32] = {0};
        memcpy(padded, e->io_commitment, 31);
        bytes_read_words(io, padded, 8);
        v.io_commitment = io;
    }
    v.exit_code = e->exit_code;
    if (!e->io_commitment || e->input || e->output) {
        v.has_io = true;
        v.input = e->input;
        v.input_bytes = (uint32_t)e->input_bytes; /* <= UINT32_MAX */
        v.output = e->output;
        v.output_bytes = (uint32_t)e->output_bytes; /* <= UINT32_MAX */
    }
    sp_status s = verify(proof, n, &v, scratch, &reason);
    if (s != SP_OK) {
        if (why) snprintf(why, SP_WHY, "%s: %s", reason.name, reason.text);
    } else if (info) {
        security_bits bits;
        sizes_security(&bits, &scratch->shape, &scratch->view);
        info->cycles = scratch->view.st.cycles;
        info->legacy = bits.legacy;
        info->udr = bits.udr;
        info->jbr = bits.jbr;
    }
    free(scratch);
    return s;
}
