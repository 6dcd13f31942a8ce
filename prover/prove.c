/* prove.c - the order of the protocol (docs/protocol.md 5); mirror of verifier/verify.c. */
#include "prover/prove.h"

#include "prover/check.h"
#include "prover/count.h"
#include "prover/cpu/parallel.h"
#include "prover/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *const prove_phase_name[N_PROVE_PHASES] = {
#define PROVE_X(id, text) text,
    PROVE_PHASES(PROVE_X)
#undef PROVE_X
};

static sp_status error(prove_error *e, sp_status st, const char *text)
{
    (void)snprintf(e->text, sizeof e->text, "%s", text);
    return st;
}

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

static sp_status report(prover *pv)
{
    const prove_options *o = pv->o;
    if (o->progress && !o->progress(o->user, pv->phase, pv->done, pv->total))
        return error(pv->err, SP_ERR_CANCEL, "cancelled");
    return SP_OK;
}

sp_status prover_phase(prover *pv, enum prove_phase phase)
{
    const uint64_t t = now();
    if (pv->phase_start) pv->stats->ns[pv->phase] += t - pv->phase_start;
    pv->phase_start = t;
    pv->phase = phase;
    return report(pv);
}

sp_status prover_work(prover *pv, uint64_t units)
{
    pv->done += units;
    if (pv->done > pv->total) pv->done = pv->total;
    return report(pv);
}

void prover_step(prover *pv, enum prove_step step, unsigned i)
{
    if (pv->hook) pv->hook->step(pv->hook->user, pv, step, i);
}

/* A hash takes about as long as four units of the other work. */
static uint64_t grind_work(unsigned bits) { return bits ? UINT64_C(4) << bits : 0; }

uint64_t prover_grind(prover *pv, unsigned bits)
{
    uint64_t nonce = 0;
    if (bits == 0) return 0;
    if (!pv->hook || !pv->hook->grind || !pv->hook->grind(pv->hook->user, pv, bits, &nonce))
        nonce = pv->be->grind(pv->ch.state, bits);
    channel_mix_nonce(&pv->ch, nonce);
    pv->done += grind_work(bits);
    return nonce;
}

/* ---- sizes and memory ---- */

void prover_set_trace_logs(prover *pv)
{
    const proof_shape *s = &pv->shape;
    for (unsigned t = 0; t < N_TREES; t++)
        for (unsigned i = 0; i < s->tree[t].n_columns; i++)
            pv->trace_log[t][i] = (uint8_t)(s->tree[t].log[i] - pv->pa->log_blowup);
}

static void carve_tree(prover *pv, arena *a, unsigned tree, bool trace)
{
    const shape_tree *t = &pv->shape.tree[tree];
    for (unsigned i = 0; i < t->n_columns; i++) {
        if (trace) arena_columns(a, &pv->trace_col[tree][i], 1, pv->trace_log[tree][i]);
        if (!pv->stream) arena_columns(a, &pv->lde[tree][i], 1, t->log[i]);
    }
    merkle_tree_carve(&pv->tree[tree], a, t->top, pv->pa->cap_log);
}

/* What commit_tree needs for a while when columns are streamed. */
static void carve_streaming(prover *pv, arena *a, unsigned tree)
{
    const shape_tree *t = &pv->shape.tree[tree];
    for (unsigned i = 0; i < t->n_columns && pv->stream; i++) {
        arena_columns(a, &pv->coeff[tree][i], 1, pv->trace_log[tree][i]);
        arena_columns(a, &pv->lde[tree][i], 1, pv->trace_log[tree][i]);
    }
}

/* Bytes of the columns of one instance on its constraint domain, at most. */
static size_t largest_instance(const prover *pv)
{
    uint32_t *unused[SHAPE_MAX_INSTANCE_COLUMNS];
    size_t largest = 0;
    for (unsigned i = 0; i < pv->shape.n_instances; i++) {
        const shape_instance *in = &pv->shape.instance[i];
        const air_component *c = in->c;
        arena a;
        arena_count(&a);
        arena_columns(&a, unused, c->n_pre + c->n_main + 4 * (c->n_prod + c->n_sum), in->log + 1);
        if (a.peak > largest) largest = a.peak;
    }
    return largest;
}

void prover_carve(prover *pv, arena *a)
{
    const proof_shape *s = &pv->shape;
    const unsigned n_max = s->n_max;
    pv->main_pointers = arena_take(a, SHAPE_MAX_COLUMNS * sizeof *pv->main_pointers);
    for (unsigned t = 0; t < N_TREES; t++) carve_tree(pv, a, t, t != TREE_PROGRAM);

    /* From here on in turn: each tree's commitment (streamed), ... */
    const size_t mark = arena_mark(a);
    for (unsigned t = 0; t < N_TREES; t++) {
        carve_streaming(pv, a, t);
        arena_release(a, mark);
    }

    /* ... the composition before the commitment of its own tree, ... */
    unsigned second = 0; /* largest size but one */
    bool used[31] = {false};
    for (unsigned i = 0; i < s->n_instances; i++) used[s->instance[i].log] = true;
    for (unsigned n = 0; n <= n_max; n++) {
        if (!used[n]) continue;
        if (n < n_max) second = n;
        arena_columns(a, &pv->is_first[n], 1, n + 1);
        arena_columns(a, pv->acc[n].v, 4, n + 1);
    }
    if (pv->stream) pv->scratch = arena_part(a, largest_instance(pv));
    arena_release(a, mark);

    /* ... openings and FRI. */
    arena_columns(a, pv->num.v, 4, s->top);
    arena_columns(a, pv->small[0].v, 4, n_max);
    arena_columns(a, pv->small[1].v, 4, second + pv->pa->log_blowup);
    arena_columns(a, pv->oods_weight.v, 4, n_max);
    if (pv->stream) pv->opened = arena_words(a, (size_t)pv->pa->n_queries * s->n_at);
    for (unsigned l = 0; l <= s->n_layers; l++)
        arena_columns(a, pv->layer[l].v, 4, shape_layer_log(s, l));
    for (unsigned l = 0; l < s->n_layers; l++)
        merkle_tree_carve(&pv->layer_tree[l], a, shape_layer_top(s, l), shape_layer_cap(s, l));
}

/* Bytes of the proof. Columns are streamed where the extended ones are many times the trace, or where
 * the memory limit asks for it, at the price of extending those that constraints read a second time. */
static uint64_t plan_memory(prover *pv)
{
    arena kept, streamed;
    pv->stream = false;
    arena_count(&kept);
    prover_carve(pv, &kept);
    pv->stream = true;
    arena_count(&streamed);
    prover_carve(pv, &streamed);
    if (pv->pa->log_blowup > 1) return streamed.peak;
    pv->stream = pv->o->memory && kept.peak > pv->o->memory && streamed.peak < kept.peak;
    return pv->stream ? streamed.peak : kept.peak;
}

static uint64_t total_work(const prover *pv)
{
    const proof_shape *s = &pv->shape;
    uint64_t w[N_TREES] = {0}, all = 0;
    for (unsigned t = 0; t < N_TREES; t++) {
        for (unsigned i = 0; i < s->tree[t].n_columns; i++) w[t] += UINT64_C(1) << pv->trace_log[t][i];
        all += 4 * w[t]; /* extend, commit, sample, combine */
    }
    all += w[TREE_MAIN] + 2 * w[TREE_INTERACTION]; /* interaction; constraints */
    for (unsigned i = 0; i < s->n_before; i++)
        all += UINT64_C(2) << pv->trace_log[s->before_tree[i]][s->before_column[i]];
    for (unsigned l = 0; l < s->n_layers; l++)
        all += (UINT64_C(4) << shape_layer_log(s, l)) + grind_work(pv->pa->grind_commit);
    return all + grind_work(pv->pa->grind_lookup) + grind_work(pv->pa->grind_oods) +
           grind_work(pv->pa->grind_deep) + grind_work(pv->pa->grind_query);
}

static sp_status setup(prover *pv, const vm_program *p, enum machine_io_mode mode)
{
    vm_error ve;
    sp_status st = program_setup(&pv->prog, p, mode, &ve);
    if (st != SP_OK) return error(pv->err, st, ve.text);
    pv->ph.entry = pv->prog.entry;
    pv->ph.image_end = pv->prog.image_end;
    pv->ph.rom_log = pv->prog.rom_log;
    pv->ph.image_log = pv->prog.image_log;
    pv->ph.io_mode = (uint32_t)mode;
    return SP_OK;
}

static sp_status sizes(prover *pv, const vm_result *run)
{
    vm_error ve;
    const char *why = NULL;
    sp_status st = witness_sizes(&pv->layout, &pv->prog, run, params_min_log(pv->pa),
                                 pv->pa->max_instances, &ve);
    if (st != SP_OK) return error(pv->err, st, ve.text);
    prover_step(pv, STEP_SIZES, 0);
    if (shape_init(&pv->shape, pv->pa, pv->layout.log, &why) != SP_OK) {
        unsigned slot = 0;
        for (unsigned i = 0; i < AIR_N_SLOTS; i++)
            if (pv->layout.log[i] > pv->layout.log[slot]) slot = i;
        const enum air_component_id id = air_slot_component(slot);
        (void)snprintf(pv->err->text, sizeof pv->err->text,
                       "%" PRIu64 " cycles do not fit one proof of profile %s (%s; %s has 2^%u rows%s, "
                       "limit 2^%u)",
                       run->n_cycles, pv->pa->name, why, air_components[id].name,
                       (unsigned)pv->layout.log[slot],
                       id == AIR_INITFIN ? ", one for each word of memory that is touched or public" : "",
                       pv->pa->max_trace_log);
        return SP_ERR_LIMIT;
    }
    prover_set_trace_logs(pv);
    pv->total = total_work(pv);
    return SP_OK;
}

/* A prover for the options; the caller frees it with prover_delete. */
static prover *prover_new(const prove_options *o, prove_stats *stats, prove_error *e)
{
    prover *pv = calloc(1, sizeof *pv);
    if (!pv) return NULL;
    pv->o = o;
    pv->be = o->be;
    pv->pa = o->p;
    pv->stats = stats;
    pv->err = e;
    parallel_set_threads(o->threads);
    return pv;
}

static void prover_delete(prover *pv)
{
    if (!pv) return;
    program_free(&pv->prog);
    arena_free(&pv->mem);
    free(pv);
}

sp_status prove_plan_init(prove_plan *plan, const vm_program *p, const vm_result *run,
                          uint32_t input_bytes, enum machine_io_mode mode, const prove_options *o,
                          prove_error *e)
{
    prove_stats stats = {{0}, 0};
    memset(plan, 0, sizeof *plan);
    prover *pv = prover_new(o, &stats, e);
    if (!pv) return error(e, SP_ERR_NOMEM, "out of memory");
    sp_status st = setup(pv, p, mode);
    if (st == SP_OK) st = sizes(pv, run);
    if (st == SP_OK) {
        const bool words = mode == MACHINE_IO_WORDS;
        const uint32_t in = words ? input_bytes : 0, out = words ? run->output_bytes : 0;
        witness_cells cells;
        witness_count_cells(&cells, &pv->layout);
        plan->shape = pv->shape;
        plan->program = pv->ph;
        plan->memory_bytes = plan_memory(pv);
        plan->proof_bytes = proof_bytes(&pv->shape, (uint32_t)mode, in, out);
        plan->proof_felts = proof_felts(&pv->shape, (uint32_t)mode, in, out);
        plan->main_cells = cells.active;
        plan->padded_cells = cells.padded;
    }
    prover_delete(pv);
    return st;
}

/* ---- the statement ---- */

/* Fills the statement but the program id. */
static void fill_statement(prover *pv, const vm_result *run, const uint8_t *input,
                           uint32_t input_bytes, enum machine_io_mode mode)
{
    statement *st = &pv->st;
    st->profile = (uint32_t)pv->pa->id;
    memcpy(st->context, pv->o->context, sizeof st->context);
    st->exit_code = run->exit_code;
    st->cycles = run->n_cycles;
    st->io_mode = (uint32_t)mode;
    statement_hash_io(st->h_in, input, input_bytes);
    statement_hash_io(st->h_out, run->output, run->output_bytes);
    statement_io_commitment(st->io_commitment, st->h_in, st->h_out);
    memcpy(st->log_size, pv->layout.log, sizeof st->log_size);
}

static void program_trace_columns(prover *pv)
{
    for (unsigned i = 0; i < pv->shape.n_instances; i++) {
        const shape_instance *in = &pv->shape.instance[i];
        for (unsigned k = 0; k < in->c->n_pre; k++)
            pv->trace_col[TREE_PROGRAM][in->pre + k] = pv->prog.pre[in->id][k];
    }
}

/* Extends and commits the program's columns; the program id. */
static sp_status commit_program(prover *pv)
{
    program_trace_columns(pv);
    SP_TRY(commit_tree(pv, TREE_PROGRAM, false));
    statement_program_id(pv->st.program_id, (uint32_t)pv->pa->id, &pv->ph, pv->cap[TREE_PROGRAM],
                         (size_t)1 << pv->pa->cap_log);
    return SP_OK;
}

static void carve_program(prover *pv, arena *a)
{
    carve_tree(pv, a, TREE_PROGRAM, false);
    carve_streaming(pv, a, TREE_PROGRAM);
}

sp_status prove_program_id(uint32_t id[7], const vm_program *p, enum machine_io_mode mode,
                           const params *pa, const backend *be, prove_error *e)
{
    const prove_options o = {.p = pa, .be = be};
    prove_stats stats = {{0}, 0};
    prover *pv = prover_new(&o, &stats, e);
    if (!pv) return error(e, SP_ERR_NOMEM, "out of memory");
    sp_status st = setup(pv, p, mode);
    if (st == SP_OK) {
        /* The tables' sizes alone decide: no chip is present, INITFIN has any legal size. */
        const char *why = NULL;
        uint8_t log[AIR_N_SLOTS] = {0};
        arena a;
        log[air_component_slot(AIR_INITFIN)] = (uint8_t)params_min_log(pa);
        log[air_component_slot(AIR_IMAGE)] = (uint8_t)pv->prog.image_log;
        log[air_component_slot(AIR_ROM)] = (uint8_t)pv->prog.rom_log;
        log[air_component_slot(AIR_TABLES)] = AIR_TABLES_LOG;
        if (shape_init(&pv->shape, pa, log, &why) != SP_OK) st = error(e, SP_ERR_LIMIT, why);
        prover_set_trace_logs(pv);
        pv->stream = pa->log_blowup > 1;
        arena_count(&a);
        carve_program(pv, &a);
        if (st == SP_OK && arena_init(&pv->mem, a.peak) != SP_OK)
            st = error(e, SP_ERR_NOMEM, "not enough memory for the program tree");
    }
    if (st == SP_OK) {
        carve_program(pv, &pv->mem);
        pv->total = UINT64_MAX;
        st = commit_program(pv);
        memcpy(id, pv->st.program_id, sizeof pv->st.program_id);
    }
    prover_delete(pv);
    return st;
}

/* ---- the witness ---- */

/* Main columns in the arena (staggered), filled and counted. */
static sp_status fill_main(prover *pv, const vm_result *run)
{
    witness_bind(&pv->trace, &pv->layout, &pv->prog, &pv->pub, pv->main_pointers,
                 (uint32_t *)(void *)pv->mem.base);
    for (unsigned i = 0; i < pv->shape.n_instances; i++) {
        const shape_instance *in = &pv->shape.instance[i];
        for (unsigned k = 0; k < in->c->n_main; k++)
            pv->trace.inst[i].main[k] = pv->trace_col[TREE_MAIN][in->main + k];
    }
    SP_TRY(witness_fill(&pv->trace, &pv->prog, run));
    return count_trace(&pv->trace, &pv->prog);
}

/* ---- proving ---- */

static sp_status take_memory(prover *pv)
{
    const uint64_t bytes = plan_memory(pv), mib = (bytes >> 20) + 1;
    if (pv->o->memory && bytes > pv->o->memory) {
        (void)snprintf(pv->err->text, sizeof pv->err->text,
                       "the proof needs %" PRIu64 " MiB of memory, the limit is %" PRIu64 " MiB", mib,
                       pv->o->memory >> 20);
        return SP_ERR_NOMEM;
    }
    if (arena_init(&pv->mem, bytes) != SP_OK) {
        (void)snprintf(pv->err->text, sizeof pv->err->text,
                       "the system does not give the %" PRIu64 " MiB that the proof needs", mib);
        return SP_ERR_NOMEM;
    }
    prover_carve(pv, &pv->mem);
    pv->stats->peak_bytes = bytes;
    return SP_OK;
}

static sp_status run_protocol(prover *pv, vm_result *run, uint8_t **proof, size_t *proof_bytes)
{
    const params *pa = pv->pa;
    SP_TRY(commit_program(pv));
    SP_TRY(prover_phase(pv, PHASE_WITNESS));
    sp_status st = fill_main(pv, run);
    if (st != SP_OK && !pv->hook)
        return error(pv->err, st, "the run and its public facts disagree");
    if (!pv->hook) vm_result_free_rows(run);
    prover_step(pv, STEP_STATEMENT, 0);

    channel_init(&pv->ch);
    statement_mix(&pv->ch, &pv->st);
    SP_TRY(prover_phase(pv, PHASE_MAIN_COMMIT));
    SP_TRY(commit_tree(pv, TREE_MAIN, true));
    pv->nonce_lookup = prover_grind(pv, pa->grind_lookup);
    air_challenges_draw(&pv->air, &pv->ch);

    SP_TRY(prover_phase(pv, PHASE_INTERACTION));
    SP_TRY(interaction_fill(pv));
    SP_TRY(prover_phase(pv, PHASE_INTERACTION_COMMIT));
    SP_TRY(commit_tree(pv, TREE_INTERACTION, true));

    SP_TRY(prover_phase(pv, PHASE_COMPOSITION));
    pv->rho = channel_draw_felt(&pv->ch);
    SP_TRY(composition_fill(pv));
    SP_TRY(commit_tree(pv, TREE_COMPOSITION, true));

    SP_TRY(prover_phase(pv, PHASE_GRIND));
    pv->nonce_oods = prover_grind(pv, pa->grind_oods);
    SP_TRY(prover_phase(pv, PHASE_OODS));
    SP_TRY(opening_samples(pv));
    SP_TRY(prover_phase(pv, PHASE_GRIND));
    pv->nonce_deep = prover_grind(pv, pa->grind_deep);
    SP_TRY(prover_phase(pv, PHASE_QUOTIENT));
    SP_TRY(opening_quotient(pv));
    SP_TRY(prover_phase(pv, PHASE_FRI));
    SP_TRY(fri_prove(pv));
    SP_TRY(prover_phase(pv, PHASE_OPEN));
    SP_TRY(opening_values(pv));
    st = proof_write(pv, proof, proof_bytes);
    if (st != SP_OK) return error(pv->err, st, "out of memory for the proof");
    pv->done = pv->total;
    st = prover_phase(pv, PHASE_OPEN);
    if (st != SP_OK) {
        free(*proof);
        *proof = NULL;
    }
    return st;
}

sp_status prove(uint8_t **proof, size_t *proof_bytes, const vm_program *p, vm_result *run,
                const uint8_t *input, uint32_t input_bytes, enum machine_io_mode mode,
                const prove_options *o, prove_stats *stats, prove_error *e)
{
    return prove_hooked(proof, proof_bytes, p, run, input, input_bytes, mode, o, stats, e, NULL);
}

sp_status prove_hooked(uint8_t **proof, size_t *proof_bytes, const vm_program *p, vm_result *run,
                       const uint8_t *input, uint32_t input_bytes, enum machine_io_mode mode,
                       const prove_options *o, prove_stats *stats, prove_error *e,
                       const prove_hook *hook)
{
    prove_stats unused;
    if (!stats) stats = &unused;
    memset(stats, 0, sizeof *stats);
    memset(e, 0, sizeof *e);
    *proof = NULL;
    *proof_bytes = 0;
    prover *pv = prover_new(o, stats, e);
    if (!pv) return error(e, SP_ERR_NOMEM, "out of memory");
    pv->hook = hook;
    sp_status st = prover_phase(pv, PHASE_SETUP);
    if (st == SP_OK) st = setup(pv, p, mode);
    if (st == SP_OK) prover_step(pv, STEP_SETUP, 0);
    if (st == SP_OK) st = sizes(pv, run);
    if (st == SP_OK) {
        witness_public(&pv->pub, &pv->prog, run, input, input_bytes);
        fill_statement(pv, run, input, input_bytes, mode);
        st = take_memory(pv);
    }
    if (st == SP_OK) st = run_protocol(pv, run, proof, proof_bytes);
    prover_delete(pv);
    return st;
}

/* ---- checking instead of proving ---- */

sp_status prove_check(const vm_program *p, const vm_result *run, const uint8_t *input,
                      uint32_t input_bytes, enum machine_io_mode mode, const prove_options *o,
                      prove_error *e)
{
    prove_stats stats;
    memset(&stats, 0, sizeof stats);
    memset(e, 0, sizeof *e);
    prover *pv = prover_new(o, &stats, e);
    if (!pv) return error(e, SP_ERR_NOMEM, "out of memory");
    sp_status st = setup(pv, p, mode);
    if (st == SP_OK) st = sizes(pv, run);
    if (st == SP_OK) {
        arena a;
        witness_public(&pv->pub, &pv->prog, run, input, input_bytes);
        /* Main columns only. */
        for (int pass = 0; pass < 2 && st == SP_OK; pass++) {
            arena *m = pass ? &pv->mem : &a;
            if (!pass) arena_count(&a);
            else if (arena_init(m, a.peak) != SP_OK) st = SP_ERR_NOMEM;
            if (st != SP_OK) break;
            pv->main_pointers = arena_take(m, SHAPE_MAX_COLUMNS * sizeof *pv->main_pointers);
            for (unsigned i = 0; i < pv->shape.tree[TREE_MAIN].n_columns; i++)
                arena_columns(m, &pv->trace_col[TREE_MAIN][i], 1, pv->trace_log[TREE_MAIN][i]);
        }
        if (st != SP_OK) st = error(e, st, "not enough memory for the trace");
    }
    if (st == SP_OK) {
        st = fill_main(pv, run);
        if (st != SP_OK) st = error(e, st, "the run and its public facts disagree");
    }
    if (st == SP_OK) {
        air_report *r = calloc(1, sizeof *r);
        st = r ? air_check(&pv->trace, r) : SP_ERR_NOMEM;
        if (st != SP_OK)
            (void)snprintf(e->text, sizeof e->text, "%.340s",
                           st == SP_ERR_UNSAT ? r->text : "out of memory for the check");
        free(r);
    }
    prover_delete(pv);
    return st;
}
