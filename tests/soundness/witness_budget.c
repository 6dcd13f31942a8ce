/* witness_budget.c - committed cells per cycle of the built-in jobs: at most 54, over active rows.
 */
#include "guest/host/jobs.h"
#include "prover/witness.h"
#include "tests/test.h"

#define BUDGET 5400u /* hundredths of a cell (main and interaction, in M31) per cycle */

static bool within_budget(const sp_job *job)
{
    vm_program vm;
    vm_result run;
    program p;
    witness_layout l;
    witness_cells c;
    vm_error err;
    char text[320];
    uint8_t *input;
    size_t input_bytes;
    bool ok = false;
    if (job->encode(job->example, strlen(job->example), &input, &input_bytes, text, sizeof text) !=
        SP_OK)
        return printf("  %s\n", text), false;
    if (vm_program_init(&vm, job->elf, job->elf_bytes, MACHINE_IO_WORDS, &err) != SP_OK) goto no_vm;
    const vm_options o = {.input = input, .input_bytes = (uint32_t)input_bytes, .record = true};
    if (vm_run(&run, &vm, &o, &err) != SP_OK) goto no_run;
    if (program_setup(&p, &vm, MACHINE_IO_WORDS, &err) != SP_OK) goto no_program;
    if (witness_sizes(&l, &p, &run, 7, 2, &err) != SP_OK) goto no_sizes;
    witness_count_cells(&c, &l);
    const uint32_t cells = witness_cells_per_cycle(&l);
    const uint64_t padded = c.padded / l.cycles, tables = c.tables / l.cycles;
    printf("  %-22s %9" PRIu64 " cycles: %" PRIu32 ".%02" PRIu32 " cells a cycle, %" PRIu64
           " padded, %" PRIu64 " of tables\n",
           job->name, l.cycles, cells / 100, cells % 100, padded, tables);
    ok = cells <= BUDGET;
no_sizes:
    program_free(&p);
no_program:
    vm_result_free(&run);
no_run:
    vm_program_free(&vm);
no_vm:
    free(input);
    return ok;
}

TEST(jobs_stay_within_the_cell_budget)
{
    size_t n;
    const sp_job *jobs = sp_job_list(&n);
    if (n == 0) SKIP("no RISC-V compiler, no jobs");
    for (size_t i = 0; i < n; i++) CHECK(within_budget(&jobs[i]));
}
