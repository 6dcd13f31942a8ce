/* hostile_prover.c - proofs with cheats, and their judges. */
#include "tests/soundness/hostile_prover.h"

#include "core/bytes.h"
#include "prover/count.h"

/* Another one for tests/cairo, where the same cheats are proved under the chain's profile. */
#ifndef HOSTILE_PROFILE
#define HOSTILE_PROFILE "bench"
#endif

bool hostile_covered[N_VERIFY_CHECKS];

static void start(hostile *h)
{
    memset(h, 0, sizeof *h);
    guest_start(&h->g, 0x2000);
    bytes_put_le32(h->input, HOSTILE_INPUT);
    h->input_bytes = 4;
    h->hint[0] = 3;
}

static bool run(hostile *h, enum machine_io_mode mode, uint32_t hint_bytes)
{
    h->p = params_by_name(HOSTILE_PROFILE);
    const scene_options o = {.mode = mode,
                             .input = h->input,
                             .input_bytes = h->input_bytes,
                             .hint = (const uint8_t *)h->hint,
                             .hint_bytes = hint_bytes};
    if (!scene_run(&h->s, &h->g, &o)) return false;
    h->output_bytes = h->s.run.output_bytes;
    if (h->output_bytes > sizeof h->output) return false;
    if (h->output_bytes) memcpy(h->output, h->s.run.output, h->output_bytes);
    return true;
}

bool hostile_run(hostile *h) { return run(h, MACHINE_IO_WORDS, 4); }

bool hostile_words(hostile *h)
{
    guest *g = &h->g;
    start(h);
    g->data[1] = 5;
    g->n_data = 4;
    guest_li(g, 5, MACHINE_INPUT_ADDR);
    guest_i(g, OP_lw, 6, 5, 4);
    guest_advice(g, 7); /* hint length */
    guest_advice(g, 7);
    guest_r(g, OP_add, 8, 6, 7);
    guest_li(g, 10, 0x2000);
    guest_i(g, OP_lw, 11, 10, 4);
    guest_r(g, OP_mul, 12, 8, 11);
    guest_r(g, OP_sub, 13, 12, 6);
    guest_branch(g, OP_beq, 13, 0, guest_here(g) + 8); /* not taken */
    guest_store(g, OP_sw, 12, 10, 0x400);
    guest_i(g, OP_lw, 16, 10, 0x400);
    guest_i(g, OP_addi, 0, 16, 1); /* to the sink */
    guest_r(g, OP_xor, 17, 16, 13);
    guest_i(g, OP_srli, 18, 16, 3);
    guest_li(g, 14, MACHINE_OUTPUT_ADDR);
    guest_i(g, OP_addi, 15, 0, 4);
    guest_store(g, OP_sw, 15, 14, 0);
    guest_store(g, OP_sw, 16, 14, 4);
    guest_i(g, OP_addi, 9, 0, 0);
    guest_halt(g);
    return hostile_run(h) && h->output_bytes == 4 &&
           bytes_le32(h->output) == (HOSTILE_INPUT + h->hint[0]) * 5;
}

bool hostile_digest(hostile *h)
{
    uint32_t h_in[8], h_out[8];
    start(h);
    for (unsigned k = 0; k < 3; k++) guest_advice(&h->g, 5); /* length, input, length */
    for (unsigned k = 0; k < AIR_DIGEST_WORDS; k++) guest_advice(&h->g, MACHINE_DIGEST_REG + k);
    guest_halt(&h->g);
    statement_hash_io(h_in, h->input, h->input_bytes);
    statement_hash_io(h_out, NULL, 0);
    statement_io_digest(h->hint, h_in, h_out);
    return run(h, MACHINE_IO_DIGEST, 4 * AIR_DIGEST_WORDS);
}

bool hostile_fill(hostile *h)
{
    h->trace = true;
    return scene_fill(&h->s, false);
}

static void copy_sizes(hostile *h, prover *pv)
{
    const air_instance *before = NULL;
    for (unsigned k = 0; k < h->s.t.n_inst; k++) {
        const air_instance *in = &h->s.t.inst[k];
        const unsigned second = before && before->id == in->id;
        pv->layout.log[air_component_slot(in->id) + second] = (uint8_t)in->log;
        before = in;
    }
}

static void copy_trace(hostile *h, prover *pv)
{
    if (h->s.t.n_inst != pv->trace.n_inst) abort();
    for (unsigned k = 0; k < pv->trace.n_inst; k++) {
        const air_instance *from = &h->s.t.inst[k], *to = &pv->trace.inst[k];
        if (from->id != to->id || from->log != to->log) abort();
        for (unsigned c = 0; c < air_components[to->id].n_main; c++)
            memcpy(to->main[c], from->main[c], sizeof(uint32_t) << to->log);
    }
    /* A value in no table is not counted: the lookups then do not balance. */
    if (!h->counted) (void)!count_trace(&pv->trace, &pv->prog);
}

static void on_step(void *user, prover *pv, enum prove_step step, unsigned i)
{
    hostile *h = user;
    if (step == STEP_SIZES && h->trace) copy_sizes(h, pv);
    if (step == STEP_STATEMENT) {
        if (h->trace) copy_trace(h, pv);
        memcpy(h->program_id, pv->st.program_id, sizeof h->program_id);
    }
    if (h->step) h->step(h, pv, step, i);
}

static bool on_grind(void *user, prover *pv, unsigned bits, uint64_t *nonce)
{
    hostile *h = user;
    if (++h->n_grinds != h->idle_nonce) return false;
    for (*nonce = 0; channel_grind_check(&pv->ch, *nonce, bits);) ++*nonce;
    return true;
}

bool hostile_prove(hostile *h)
{
    prove_options o;
    prove_error err;
    const prove_hook hook = {on_step, on_grind, h};
    memset(&o, 0, sizeof o);
    o.p = h->p;
    o.be = backend_find("auto");
    o.threads = 1; /* tests run side by side */
    memcpy(o.context, h->context, sizeof o.context);
    const sp_status st =
        prove_hooked(&h->proof, &h->proof_bytes, &h->s.vm, &h->s.run, h->input, h->input_bytes,
                     h->s.o.mode, &o, NULL, &err, &hook);
    if (st != SP_OK) {
        printf("  no proof: %s\n", err.text);
        return false;
    }
    h->e.profile = (uint32_t)h->p->id;
    h->e.allow_unsound = true;
    h->e.program_id = h->program_id;
    h->e.context = h->context;
    h->e.has_io = true;
    h->e.input = h->input;
    h->e.input_bytes = h->input_bytes;
    h->e.output = h->output;
    h->e.output_bytes = h->output_bytes;
    h->e.exit_code = bytes_le32(hostile_field(h, FIELD_NUMBERS)); /* as stated */
    return true;
}

void hostile_free(hostile *h)
{
    free(h->proof);
    free(h->keep);
    scene_free(&h->s);
    memset(h, 0, sizeof *h);
}

typedef struct {
    hostile_span *out;
    unsigned n;
    size_t at;
} span_cursor;

static sp_status add_span(void *user, enum proof_field f, enum proof_kind kind, unsigned i,
                          unsigned j, size_t count)
{
    span_cursor *c = user;
    const size_t bytes = proof_kind_bytes(kind, count);
    (void)i, (void)j;
    if (c->n == HOSTILE_MAX_SPANS) return SP_ERR_LIMIT;
    c->out[c->n++] = (hostile_span){f, kind, c->at, bytes};
    c->at += bytes;
    return SP_OK;
}

unsigned hostile_spans(hostile_span *out, proof_shape *shape, const uint8_t *proof, size_t n)
{
    proof_view v;
    proof_error err;
    span_cursor c = {out, 0, 0};
    if (proof_read(&v, shape, proof, n, &err) != SP_OK ||
        proof_walk(shape, v.st.io_mode, v.input_bytes, v.output_bytes, add_span, &c) != SP_OK)
        return 0;
    return c.at == n ? c.n : 0;
}

uint8_t *hostile_field(hostile *h, enum proof_field f)
{
    proof_view v;
    static proof_shape s;
    proof_error err;
    if (proof_read(&v, &s, h->proof, h->proof_bytes, &err) != SP_OK || !v.at[f]) abort();
    return h->proof + (v.at[f] - v.bytes);
}

void hostile_add(uint8_t *b, uint32_t d) { bytes_put_le32(b, bytes_le32(b) + d); }

uint32_t *hostile_cell(prover *pv, enum air_component_id id, unsigned column, size_t position)
{
    for (unsigned k = 0; k < pv->trace.n_inst; k++)
        if (pv->trace.inst[k].id == id) return &pv->trace.inst[k].main[column][position];
    abort();
}

static const char *said(sp_status st, const verify_reason *why)
{
    return st == SP_OK ? "accepted" : why->name ? why->name : "bad arguments";
}

bool hostile_judged(hostile *h, enum verify_check check, bool alone)
{
    static verify_scratch scratch;
    verify_reason why;
    const sp_status want = check == CHECK_FORM ? SP_ERR_FORMAT : SP_ERR_REJECT;
    h->e.skip = 0;
    sp_status st = verify(h->proof, h->proof_bytes, &h->e, &scratch, &h->why);
    if (st != want || h->why.check != check) {
        printf("  verifier: %s (%s), check %d expected\n", said(st, &h->why),
               h->why.text ? h->why.text : "", (int)check);
        return false;
    }
    st = verify_skip(h->proof, h->proof_bytes, &h->e, &scratch, &why);
    if (st != want || why.check != check) {
        printf("  the other build: %s (%s)\n", said(st, &why), why.text ? why.text : "");
        return false;
    }
    if (!alone) return true;
    h->e.skip = 1 + (unsigned)check;
    st = verify_skip(h->proof, h->proof_bytes, &h->e, &scratch, &why);
    if (st != SP_OK)
        printf("  without the check: %s (%s)\n", said(st, &why), why.text ? why.text : "");
    return st == SP_OK;
}
