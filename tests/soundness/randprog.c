/* randprog.c - random guests. */
#include "tests/soundness/randprog.h"

#include "tests/test.h"

const uint32_t edge_words[16] = {
    0,          1,          2,          3,          0x7fff,     0x8000, 0xffff, 0x10000,
    0x7fffffff, 0x80000000, 0xffffffff, 0xffff0000, 0x80000001, 0xff,   0x100,  0xfffffffe};
const enum vm_op ops_r[18] = {OP_add,    OP_sub,   OP_slt, OP_sltu, OP_and, OP_or,
                              OP_xor,    OP_sll,   OP_srl, OP_sra,  OP_mul, OP_mulh,
                              OP_mulhsu, OP_mulhu, OP_div, OP_divu, OP_rem, OP_remu};
const enum vm_op ops_i[6] = {OP_addi, OP_slti, OP_sltiu, OP_andi, OP_ori, OP_xori};
const enum vm_op ops_shift[3] = {OP_slli, OP_srli, OP_srai};
const enum vm_op ops_branch[6] = {OP_beq, OP_bne, OP_blt, OP_bge, OP_bltu, OP_bgeu};
const enum vm_op ops_load[5] = {OP_lb, OP_lh, OP_lw, OP_lbu, OP_lhu};
const enum vm_op ops_store[3] = {OP_sb, OP_sh, OP_sw};

static uint32_t below(uint32_t n) { return test_rand() % n; }

uint32_t random_word(void) { return below(2) ? edge_words[below(16)] : test_rand(); }

static unsigned source(void) { return below(12); }
static unsigned target(void) { return below(12); }

static int32_t random_imm(void)
{
    static const int32_t edge[5] = {-2048, 2047, -1, 1, 0};
    return below(2) ? edge[below(5)] : (int32_t)below(4096) - 2048;
}

/* Two instructions that a jump before them may skip, wholly or half. */
static void filler(guest *g) { guest_li(g, 1 + below(11), random_word()); }

static void jump(guest *g)
{
    switch (below(3)) {
    case 0: guest_jal(g, below(2) ? 0 : target(), guest_here(g) + 4 + 4 * below(3)); break;
    case 1: {
        const unsigned a = source(), b = below(3) ? source() : a;
        guest_branch(g, ops_branch[below(6)], a, b, guest_here(g) + 4 + 4 * below(3));
        break;
    }
    default: {
        static const int32_t imm[5] = {0, 4, -8, 100, -4};
        const int32_t i = imm[below(5)];
        const uint32_t to = guest_here(g) + 12 + 4 * below(3);
        guest_li(g, 13, to - (uint32_t)i + below(2)); /* bit 0 is dropped */
        guest_i(g, OP_jalr, below(2) ? 0 : target(), 13, i);
        break;
    }
    }
    filler(g);
}

static void memory(guest *g)
{
    static const uint32_t areas[8] = {
        GUEST_CODE + 0x900, MACHINE_INPUT_ADDR, MACHINE_OUTPUT_ADDR + 4,
        0x10000000,         0x3ffff000,         0x0ffffff0,
        0x12345000,         0x01000000};
    const bool store = below(2);
    const enum vm_op op = store ? ops_store[below(3)] : ops_load[below(5)];
    const uint32_t align = op == OP_lw || op == OP_sw                   ? 4
                           : op == OP_lb || op == OP_lbu || op == OP_sb ? 1
                                                                        : 2;
    const uint32_t area = below(5) ? areas[below(8)] : g->data_addr + 4;
    const bool window = area == MACHINE_INPUT_ADDR || area == MACHINE_OUTPUT_ADDR + 4;
    const uint32_t addr = area + align * below(16 / align);
    /* Offsets of both signs, and bases on both sides of a carry. */
    const int32_t imm = window ? 0 : random_imm();
    guest_li(g, 12, addr - (uint32_t)imm);
    if (store)
        guest_store(g, op, source(), 12, imm);
    else
        guest_i(g, op, target(), 12, imm);
}

static void compute(guest *g)
{
    const unsigned a = source(), b = below(10) ? source() : a;
    switch (below(8)) {
    case 0:
        guest_i(g, ops_shift[below(3)], target(), a, (int32_t)(below(3) ? below(32) : 16));
        break;
    case 1:
    case 2: guest_i(g, ops_i[below(6)], target(), a, random_imm()); break;
    case 3: guest_advice(g, target()); break;
    case 4:
        if (below(4) == 0)
            guest_word(g, 0x0ff0000f); /* fence */
        else
            guest_word(g, (random_word() & 0xfffff000u) | target() << 7 | (below(2) ? 0x37 : 0x17));
        break;
    default: guest_r(g, ops_r[below(18)], target(), a, b); break;
    }
}

void random_guest(guest *g, unsigned n)
{
    guest_start(g, 0x4000);
    g->n_data = 1 + below(60);
    for (uint32_t i = 1; i < g->n_data; i++) g->data[i] = random_word();
    while (g->n_code < n) {
        const uint32_t what = below(16);
        if (what < 6)
            filler(g);
        else if (what < 8)
            jump(g);
        else if (what < 11)
            memory(g);
        else
            compute(g);
    }
    guest_li(g, 12, MACHINE_OUTPUT_ADDR);
    guest_li(g, 8, 4 * below(6));
    guest_store(g, OP_sw, 8, 12, 0);
    if (below(2))
        guest_halt(g);
    else
        guest_jal(g, below(2) ? 0 : target(), MACHINE_HALT_PC);
}
