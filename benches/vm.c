/* vm.c - speed of the interpreter, plain and recording, on a mixed loop built in memory.
 *
 * bench_vm [--json] [--cycles N] [--samples N]. The first recording of a process touches memory for
 * the first time; the samples are printed apart as minimum, median and maximum. */
#include "vm/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CODE 0x10000u
#define MAX_CODE 64u
#define MAX_SAMPLES 64u

static uint32_t code[MAX_CODE];
static uint32_t n_code;

static void op(enum vm_op o, unsigned rd, unsigned rs1, unsigned rs2, int32_t imm)
{
    const vm_insn i = {(uint8_t)o, (uint8_t)rd, (uint8_t)rs1, (uint8_t)rs2, imm};
    code[n_code++] = vm_encode(i);
}

/* One round of 20 instructions: 5 loads and stores, 8 additions and logic, 2 shifts, 1 product,
 * 3 comparisons and branches, one call and return, over 64 KiB of memory. Runs without end. */
static void build(void)
{
    op(OP_lui, 5, 0, 0, 0x30000000);
    op(OP_lui, 13, 0, 0, 0x10000); /* mask of 64 KiB */
    op(OP_addi, 13, 13, 0, -4);
    op(OP_addi, 6, 0, 0, 1);
    const uint32_t loop = n_code;
    op(OP_and, 7, 12, 13, 0);
    op(OP_add, 7, 7, 5, 0);
    op(OP_lw, 8, 7, 0, 0);
    op(OP_mul, 6, 6, 8, 0);
    op(OP_addi, 6, 6, 0, 77);
    op(OP_srli, 9, 6, 0, 7);
    op(OP_xor, 6, 6, 9, 0);
    op(OP_sw, 0, 7, 6, 0);
    op(OP_lbu, 10, 7, 0, 1);
    op(OP_sltiu, 11, 10, 0, 128);
    op(OP_beq, 0, 11, 0, 8); /* skips one at random */
    op(OP_add, 14, 14, 10, 0);
    op(OP_slli, 15, 10, 0, 3);
    op(OP_add, 16, 15, 14, 0);
    op(OP_sh, 0, 7, 16, 0);
    op(OP_lw, 17, 5, 0, 16);
    op(OP_jal, 1, 0, 0, 12);
    op(OP_addi, 12, 12, 0, 4);
    op(OP_bne, 0, 5, 0, 4 * ((int32_t)loop - (int32_t)n_code));
    op(OP_or, 18, 17, 16, 0); /* the called function */
    op(OP_jalr, 0, 1, 0, 0);
}

static void put(uint8_t *b, uint32_t v, unsigned n)
{
    for (unsigned k = 0; k < n; k++) b[k] = (uint8_t)(v >> 8 * k);
}

static sp_status load(vm_program *p, vm_error *err)
{
    uint8_t elf[84 + 4 * MAX_CODE] = {0};
    const uint32_t bytes = 4 * n_code;
    memcpy(elf, "\177ELF\1\1\1", 7);
    put(elf + 16, 2, 2);
    put(elf + 18, 243, 2);
    put(elf + 20, 1, 4);
    put(elf + 24, CODE, 4);
    put(elf + 28, 52, 4);
    put(elf + 42, 32, 2);
    put(elf + 44, 1, 2);
    put(elf + 52, 1, 4);
    put(elf + 56, 84, 4);
    put(elf + 60, CODE, 4);
    put(elf + 68, bytes, 4);
    put(elf + 72, bytes, 4);
    put(elf + 76, 5, 4);
    for (uint32_t k = 0; k < n_code; k++) put(elf + 84 + 4 * k, code[k], 4);
    return vm_program_init(p, elf, 84 + bytes, MACHINE_IO_WORDS, err);
}

static int compare(const void *x, const void *y)
{
    const double a = *(const double *)x, b = *(const double *)y;
    return a < b ? -1 : a > b;
}

static bool go_on(void *user, uint64_t cycles)
{
    (void)user;
    (void)cycles;
    return true;
}

/* Million instructions per second of each sample, sorted. */
static bool measure(const vm_program *p, bool record, uint64_t cycles, double *mips, unsigned n)
{
    for (unsigned k = 0; k < n; k++) {
        struct timespec a, b;
        vm_options o = {0};
        vm_result r;
        vm_error err;
        o.record = record;
        o.max_cycles = cycles;
        o.progress = go_on;
        clock_gettime(CLOCK_MONOTONIC, &a);
        const sp_status s = vm_run(&r, p, &o, &err); /* ends at the cycle limit */
        clock_gettime(CLOCK_MONOTONIC, &b);
        if (s != SP_ERR_TRAP || !strstr(err.text, "cycle limit")) {
            fprintf(stderr, "bench_vm: %s\n", err.text);
            return false;
        }
        mips[k] = (double)cycles / 1e6 /
                  ((double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec));
    }
    qsort(mips, n, sizeof *mips, compare);
    return true;
}

int main(int argc, char **argv)
{
    uint64_t cycles = 20000000;
    unsigned samples = 5;
    bool json = false;
    for (int k = 1; k < argc; k++) {
        if (!strcmp(argv[k], "--json"))
            json = true;
        else if (!strcmp(argv[k], "--cycles") && k + 1 < argc)
            cycles = strtoull(argv[++k], NULL, 0);
        else if (!strcmp(argv[k], "--samples") && k + 1 < argc)
            samples = (unsigned)strtoul(argv[++k], NULL, 0);
        else
            samples = 0;
    }
    if (samples == 0 || samples > MAX_SAMPLES || cycles == 0 || cycles > MACHINE_MAX_CYCLES) {
        fprintf(stderr, "usage: bench_vm [--json] [--cycles N] [--samples N]\n");
        return 2;
    }
    vm_program p;
    vm_error err;
    build();
    if (load(&p, &err) != SP_OK) {
        fprintf(stderr, "bench_vm: %s\n", err.text);
        return 1;
    }
    static const char *const name[2] = {"plain", "record"};
    for (int record = 0; record < 2; record++) {
        double m[MAX_SAMPLES];
        if (!measure(&p, record == 1, cycles, m, samples)) return 1;
        const double median = m[samples / 2];
        if (json)
            printf("{\"bench\":\"vm\",\"form\":\"%s\",\"cycles\":%llu,\"samples\":%u,"
                   "\"mips\":{\"min\":%.1f,\"median\":%.1f,\"max\":%.1f}}\n",
                   name[record], (unsigned long long)cycles, samples, m[0], median, m[samples - 1]);
        else
            printf("vm %-6s %8.1f MIPS (median of %u; min %.1f, max %.1f)\n", name[record], median,
                   samples, m[0], m[samples - 1]);
    }
    vm_program_free(&p);
    return 0;
}
