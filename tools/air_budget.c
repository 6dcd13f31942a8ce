/* air_budget.c - prints what the constraints cost against their limits: columns of all trees,
 * degree, and committed cells per cycle on the built-in jobs. Fails when one is exceeded; ctest
 * runs it. */
#include "air/record.h"
#include "guest/host/jobs.h"
#include "prover/witness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMPOSITION_COLUMNS 8
#define MAX_COLUMNS 500
#define MAX_DEGREE 3
#define MAX_CELLS 5400u /* hundredths of a cell (main and interaction, in M31) per cycle */

static bool static_budgets(air_graph *g)
{
    unsigned columns = COMPOSITION_COLUMNS, degree = 0;
    for (int c = 0; c < AIR_N_COMPONENTS; c++) {
        const air_component *k = &air_components[c];
        if (!air_record(g, (enum air_component_id)c)) return false;
        columns += k->n_pre + k->n_main + 4 * (g->n_prod + g->n_sum);
        if (air_graph_degree(g) > degree) degree = air_graph_degree(g);
    }
    printf("columns of all trees: %u of %d\ndegree of a constraint: %u of %d\n", columns,
           MAX_COLUMNS, degree, MAX_DEGREE);
    return columns <= MAX_COLUMNS && degree <= MAX_DEGREE;
}

/* The rows of a run in main and interaction columns, without the fixed tables and without padding;
 * then what is left out. */
static bool print_cells(const char *job, const witness_layout *l)
{
    witness_cells c;
    witness_count_cells(&c, l);
    const uint32_t cells = witness_cells_per_cycle(l);
    printf("  %-22s %9" PRIu64 "  %3" PRIu32 ".%02" PRIu32 "  %7" PRIu64 "  %7" PRIu64 "\n", job,
           l->cycles, cells / 100, cells % 100, c.padded / l->cycles, c.tables / l->cycles);
    return cells <= MAX_CELLS;
}

/* Runs a job on its example. */
static bool job_budget(const sp_job *job)
{
    vm_program vm;
    vm_result run;
    program p;
    witness_layout l;
    vm_error err = {""};
    uint8_t *input;
    size_t input_bytes;
    bool ran = false, within = false;
    if (job->encode(job->example, strlen(job->example), &input, &input_bytes, err.text,
                    sizeof err.text) != SP_OK)
        goto no_input;
    if (vm_program_init(&vm, job->elf, job->elf_bytes, MACHINE_IO_WORDS, &err) != SP_OK) goto no_vm;
    const vm_options o = {.input = input, .input_bytes = (uint32_t)input_bytes, .record = true};
    if (vm_run(&run, &vm, &o, &err) != SP_OK) goto no_run;
    if (program_setup(&p, &vm, MACHINE_IO_WORDS, &err) != SP_OK) goto no_program;
    const params *pa = params_by_name("balanced");
    ran = witness_sizes(&l, &p, &run, params_min_log(pa), pa->max_instances, &err) == SP_OK;
    if (ran) within = print_cells(job->name, &l);
    program_free(&p);
no_program:
    vm_result_free(&run);
no_run:
    vm_program_free(&vm);
no_vm:
    free(input);
no_input:
    if (!ran) fprintf(stderr, "air_budget: %s: %s\n", job->name, err.text);
    return within;
}

int main(void)
{
    air_graph *g = malloc(sizeof *g);
    if (!g) return 1;
    size_t n;
    const sp_job *jobs = sp_job_list(&n);
    bool within = static_budgets(g);
    free(g);
    printf("cells a cycle: %u.%02u at most\n  %-22s %9s  %6s  %7s  %7s\n", MAX_CELLS / 100,
           MAX_CELLS % 100, "job", "cycles", "active", "padded", "tables");
    for (size_t i = 0; i < n; i++)
        if (!job_budget(&jobs[i])) within = false;
    if (!within) fprintf(stderr, "air_budget: over the budget\n");
    return within ? 0 : 1;
}
