/* estimate.c - `sprove estimate`: what a proof would take, without making it.
 *
 * Rows, sizes, memory, bytes and felts are exact: they follow from the run. Time is what a small
 * proof takes here, scaled by committed cells, grinding apart; gas is a model (cli/gas.h). */
#include "cli/commands.h"
#include "cli/describe.h"
#include "cli/gas.h"
#include "cli/load.h"

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

static int estimate_ms(const cli_args *a, const prove_plan *plan, uint64_t *ms)
{
    task t;
    vm_result r;
    proving p;
    memset(&t, 0, sizeof t);
    memset(&r, 0, sizeof r);
    int code = proving_init(&p, a);
    if (!code) code = load_init(&t, CALIBRATION_CYCLES, &p.progress);
    if (!code) code = task_run(&t, &r, 0, true, NULL, &p.progress);
    if (!code) code = proving_plan(&p, &t, &r);
    if (!code) code = proving_prove(&p, &t, &r);
    if (!code) {
        const uint64_t grind = p.stats.ns[PHASE_GRIND], work = proving_ns(&p.stats) - grind;
        /* Milliseconds by 2^16 cells: no product leaves 64 bits. */
        const uint64_t here = (cells(&p.plan.shape) >> 16) + 1,
                       there = (cells(&plan->shape) >> 16) + 1;
        *ms = work / 1000000 * there / here + grind / 1000000;
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

static int report(const cli_args *a, const vm_result *r, const proving *p, uint64_t ms)
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
        json_object_set_new(j, "estimated_prove_ms", json_integer((json_int_t)ms));
        json_object_set_new(j, "modelled_l2_gas", json_integer((json_int_t)gas));
        return task_print_json(j);
    }
    printf("%-12s %" PRIu64 "\n%-12s %s\n%-12s %" PRIu64 " MiB\n%-12s %zu bytes, %zu felts\n",
           "cycles", r->n_cycles, "profile", p->o.p->name, "memory", plan->memory_bytes >> 20,
           "proof", plan->proof_bytes, plan->proof_felts);
    printf("%-12s about %" PRIu64 ".%" PRIu64 " s (estimate, from a small proof made just now)\n",
           "time", ms / 1000, ms % 1000 / 100);
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
    return fflush(stdout) == EOF ? cli_fail(EXIT_IO, "cannot write to standard output") : 0;
}

int command_estimate(const cli_args *a)
{
    task t;
    vm_result r;
    proving p;
    uint64_t ms = 0, max_cycles = MACHINE_MAX_CYCLES;
    memset(&t, 0, sizeof t);
    memset(&r, 0, sizeof r);
    int code = proving_init(&p, a);
    if (!code) code = cli_u64(a, OPT_MAX_CYCLES, 1, MACHINE_MAX_CYCLES, &max_cycles);
    if (!code) code = task_load(&t, a->operand[0], task_mode(a));
    if (!code) code = task_read_input(&t, a);
    if (!code) code = task_run(&t, &r, max_cycles, true, NULL, &p.progress);
    if (!code) code = proving_plan(&p, &t, &r);
    if (!code) code = estimate_ms(a, &p.plan, &ms);
    if (!code) code = report(a, &r, &p, ms);
    proving_free(&p);
    vm_result_free(&r);
    task_free(&t);
    return code;
}
