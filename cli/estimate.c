/* estimate.c - `sprove estimate`: what a proof would take, without making it.
 *
 * Rows, sizes, memory, bytes and felts are exact: they follow from the run. Time is what a small
 * proof takes here, scaled by committed cells but for setup. The search for nonces is apart: how
 * many have to be tried is chance, so it counts with its mean at the speed of the small proof. Gas
 * is a model (cli/gas.h). */
#include "cli/commands.h"
#include "cli/describe.h"
#include "cli/gas.h"
#include "cli/load.h"
#include "core/bytes.h"
#ifdef SP_CLI_CHAIN
#include "cli/quote.h"
#endif

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CALIBRATION_CYCLES 100000u

/* Cells of the main, interaction and composition trees, extension included. */
static uint64_t cells(const proof_shape *s)
{
    uint64_t n = 0;
    for (unsigned t = TREE_MAIN; t < N_TREES; t++)
        for (unsigned i = 0; i < s->tree[t].n_columns; i++) n += UINT64_C(1) << s->tree[t].log[i];
    return n;
}

/* Nonces are the smallest that do: a nonce says how many were tried. */
typedef struct {
    const params *p;
    const uint8_t *proof;
    size_t offset;
    uint64_t tried, expected; /* <= 12 nonces of <= 2^32 on average: far below 2^64 */
} nonces;

static unsigned grind_bits(const params *p, enum proof_field f)
{
    switch (f) {
    case FIELD_LOOKUP_NONCE: return p->grind_lookup;
    case FIELD_OODS_NONCE: return p->grind_oods;
    case FIELD_DEEP_NONCE: return p->grind_deep;
    case FIELD_COMMIT_NONCE: return p->grind_commit;
    default: return p->grind_query;
    }
}

static sp_status add_nonce(void *user, enum proof_field f, enum proof_kind kind, unsigned i,
                           unsigned j, size_t count)
{
    nonces *n = user;
    (void)i;
    (void)j;
    if (kind == KIND_NONCE && count == 1) {
        n->tried += bytes_le32(n->proof + n->offset) +
                    ((uint64_t)bytes_le32(n->proof + n->offset + 4) << 32) + 1;
        n->expected += UINT64_C(1) << grind_bits(n->p, f);
    }
    n->offset += proof_kind_bytes(kind, count);
    return SP_OK;
}

/* The mean time of grinding, from the proof that was made. */
static int grind_ms(const proving *p, const task *t, const vm_result *r, uint64_t *ms)
{
    const bool words = t->mode == MACHINE_IO_WORDS;
    nonces n = {p->o.p, p->proof, 0, 0, 0};
    if (proof_walk(&p->plan.shape, t->mode, words ? (uint32_t)t->input_bytes : 0,
                   words ? r->output_bytes : 0, add_nonce, &n) != SP_OK ||
        n.offset != p->proof_bytes)
        return cli_fail(EXIT_UNSAT, "the proof made cannot be read; please report this");
    /* Below 2^64: expected < 2^29 (core/params.c), and 2^35 microseconds are hours. */
    const uint64_t us = p->stats.ns[PHASE_GRIND] / 1000;
    *ms = n.tried ? us * n.expected / n.tried / 1000 : 0;
    return 0;
}

typedef struct {
    uint64_t all, grind;
} estimated_ms;

static int estimate_ms(const cli_args *a, const prove_plan *plan, estimated_ms *ms)
{
    task t;
    vm_result r;
    proving p;
    memset(&t, 0, sizeof t);
    memset(&r, 0, sizeof r);
    int code = proving_init(&p, a);
    p.o.memory = 0; /* the question is about the other proof */
    if (!code) code = load_init(&t, CALIBRATION_CYCLES, &p.progress);
    if (!code) code = task_run(&t, &r, 0, true, NULL, &p.progress);
    if (!code) code = proving_plan(&p, &t, &r);
    if (!code) code = proving_prove(&p, &t, &r);
    if (!code) code = grind_ms(&p, &t, &r, &ms->grind);
    if (!code) {
        /* Setup is mostly the tables that every program has. */
        const uint64_t setup = p.stats.ns[PHASE_SETUP],
                       work = proving_ns(&p.stats) - p.stats.ns[PHASE_GRIND] - setup;
        /* Milliseconds by 2^16 cells: no product leaves 64 bits. */
        const uint64_t here = (cells(&p.plan.shape) >> 16) + 1,
                       there = (cells(&plan->shape) >> 16) + 1;
        ms->all = work / 1000000 * there / here + setup / 1000000 + ms->grind;
    }
    proving_free(&p);
    vm_result_free(&r);
    task_free(&t);
    return code;
}

static json_t *rows_json(const vm_result *r, const proof_shape *s)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < s->n_instances; i++) {
        const shape_instance *in = &s->instance[i];
        json_t *j = json_pack("{s:s,s:i}", "component", air_components[in->id].name, "log_size",
                              (int)in->log);
        if ((unsigned)in->id < VM_N_CHIPS)
            json_object_set_new(j, "rows_of_chip", json_integer((json_int_t)r->n_rows[in->id]));
        json_array_append_new(list, j);
    }
    return list;
}

/* The price that a relayer says, into the report or, when that is NULL, in print. */
static int price(const cli_args *a, const task *t, const vm_result *r, const proving *p, json_t *j)
{
#ifdef SP_CLI_CHAIN
    if (quote_wanted(a)) return quote(a, t, p->o.p->name, r->n_cycles, j);
#else
    (void)a, (void)t, (void)r, (void)p, (void)j;
#endif
    return 0;
}

static int report(const cli_args *a, const task *t, const vm_result *r, const proving *p,
                  estimated_ms ms)
{
    const prove_plan *plan = &p->plan;
    const uint64_t gas = gas_estimate(&plan->shape, plan->proof_felts);
    if (a->value[OPT_JSON]) {
        json_t *j = json_object();
        json_object_set_new(j, "profile", json_string(p->o.p->name));
        json_object_set_new(j, "cycles", json_integer((json_int_t)r->n_cycles));
        json_object_set_new(j, "exit_code", json_integer(r->exit_code));
        json_object_set_new(j, "instances", rows_json(r, &plan->shape));
        json_object_set_new(j, "cells", json_integer((json_int_t)plan->main_cells));
        json_object_set_new(j, "padded_cells", json_integer((json_int_t)plan->padded_cells));
        json_object_set_new(j, "memory_bytes", json_integer((json_int_t)plan->memory_bytes));
        json_object_set_new(j, "proof_bytes", json_integer((json_int_t)plan->proof_bytes));
        json_object_set_new(j, "proof_felts", json_integer((json_int_t)plan->proof_felts));
        json_object_set_new(j, "estimated_prove_ms", json_integer((json_int_t)ms.all));
        json_object_set_new(j, "estimated_grind_ms", json_integer((json_int_t)ms.grind));
        json_object_set_new(j, "modelled_l2_gas", json_integer((json_int_t)gas));
        const int code = price(a, t, r, p, j);
        if (code) json_decref(j);
        return code ? code : task_print_json(j);
    }
    printf("%-12s %" PRIu64 "\n%-12s %s\n%-12s %" PRIu64 " MiB\n%-12s %zu bytes, %zu felts\n",
           "cycles", r->n_cycles, "profile", p->o.p->name, "memory", plan->memory_bytes >> 20,
           "proof", plan->proof_bytes, plan->proof_felts);
    printf("%-12s about %" PRIu64 ".%" PRIu64 " s (estimate, from a small proof made just now), of "
           "which nonces\n%-12s take %" PRIu64 ".%" PRIu64
           " s on average and up to a few times that\n",
           "time", ms.all / 1000, ms.all % 1000 / 100, "", ms.grind / 1000, ms.grind % 1000 / 100);
    printf("%-12s about %" PRIu64 " million L2 gas (model, not measured)\n", "on chain",
           gas / 1000000);
    printf("\n%-10s %12s %10s\n", "table", "rows of chip", "size");
    for (unsigned i = 0; i < plan->shape.n_instances; i++) {
        const shape_instance *in = &plan->shape.instance[i];
        if ((unsigned)in->id < VM_N_CHIPS)
            printf("%-10s %12zu       2^%u\n", air_components[in->id].name, r->n_rows[in->id],
                   in->log);
        else
            printf("%-10s %12s       2^%u\n", air_components[in->id].name, "", in->log);
    }
    const int code = price(a, t, r, p, NULL);
    if (code) return code;
    return fflush(stdout) == EOF ? cli_fail(EXIT_IO, "cannot write to standard output") : 0;
}

int command_estimate(const cli_args *a)
{
    task t;
    vm_result r;
    proving p;
    estimated_ms ms = {0, 0};
    uint64_t max_cycles = MACHINE_MAX_CYCLES;
    memset(&t, 0, sizeof t);
    memset(&r, 0, sizeof r);
    int code = proving_init(&p, a);
    if (!code) code = cli_u64(a, OPT_MAX_CYCLES, 1, MACHINE_MAX_CYCLES, &max_cycles);
    if (!code) code = task_load_elf(&t, a->operand[0], task_mode(a));
    if (!code) code = task_read_input(&t, a);
    if (!code) code = task_run(&t, &r, max_cycles, true, NULL, &p.progress);
    if (!code) code = proving_plan(&p, &t, &r);
    if (!code) code = estimate_ms(a, &p.plan, &ms);
    if (!code) code = report(a, &t, &r, &p, ms);
    proving_free(&p);
    vm_result_free(&r);
    task_free(&t);
    return code;
}
