/* work_child.c - see work_child.h. */
#include "market/work_child.h"

#include "vm/run.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MIB ((uint64_t)1 << 20)
/* Addresses that the C library reserves for a thread's heap and stack. */
#define THREAD_ADDRESS (192 * MIB)
#define BASE_ADDRESS (1024 * MIB) /* program, libraries, alignment to huge pages */

/* The machine reserves room for the most rows that a run may have (vm/mem.h), for each chip, and
 * for refreshes of registers. Reserved is not used: RLIMIT_DATA counts what is. */
static uint64_t reserved(uint64_t max_cycles)
{
    const uint64_t n =
        max_cycles && max_cycles < MACHINE_MAX_CYCLES ? max_cycles : MACHINE_MAX_CYCLES;
    return VM_N_CHIPS * n * sizeof(vm_row) + (n / 16384 + 1) * MACHINE_N_REGS * sizeof(vm_refresh);
}

void work_child_spec(sandbox_spec *spec, uint64_t memory, unsigned threads, uint64_t max_cycles,
                     uint64_t wall_ms)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (threads == 0) threads = processors > 0 && processors < 1024 ? (unsigned)processors : 1024;
    memset(spec, 0, sizeof *spec);
    spec->level = SANDBOX_EXEC; /* it goes on to SANDBOX_COMPUTE by itself */
    spec->input = -1;
    spec->memory = memory;
    spec->address = memory + reserved(max_cycles) + threads * THREAD_ADDRESS + BASE_ADDRESS;
    /* A thread that has ended is counted until the kernel has tidied it up: room for a few rounds.
     */
    spec->processes = 4 * threads + 16;
    spec->open_files = 32;
    spec->wall_ms = wall_ms;
    /* Holds also while the parent is stopped and watches no clock. */
    if (wall_ms) spec->cpu_s = (wall_ms / 1000 + 1) * threads;
}

void work_child_ended(work_result *r, const sandbox *s, const char *last_line)
{
    const enum sandbox_end end = sandbox_ended(s);
    static const uint8_t codes[N_SANDBOX_ENDS] = {
        [SANDBOX_RUNNING] = WORK_WORKER_CRASHED,  [SANDBOX_DONE] = WORK_SUCCESS,
        [SANDBOX_NONZERO] = WORK_WORKER_CRASHED,  [SANDBOX_SIGNAL] = WORK_WORKER_CRASHED,
        [SANDBOX_DEADLINE] = WORK_TIME_LIMIT,     [SANDBOX_MEMORY] = WORK_MEMORY_LIMIT,
        [SANDBOX_REFUSED] = WORK_WORKER_REFUSED,  [SANDBOX_DISK] = WORK_DISK_LIMIT,
        [SANDBOX_OVERFLOW] = WORK_WORKER_CRASHED, [SANDBOX_CANCELLED] = WORK_CANCELLED};
    memset(r, 0, sizeof *r);
    r->code = (enum work_code)codes[end];
    if (r->code == WORK_SUCCESS) return;
    const int code = sandbox_code(s);
    if (end == SANDBOX_NONZERO || end == SANDBOX_SIGNAL || (end == SANDBOX_REFUSED && code >= 0))
        snprintf(r->detail, sizeof r->detail, "the worker %s: %d%s%s", sandbox_end_words[end], code,
                 last_line[0] ? "; it said: " : "", last_line);
    else
        snprintf(r->detail, sizeof r->detail, "the worker %s", sandbox_end_words[end]);
}
