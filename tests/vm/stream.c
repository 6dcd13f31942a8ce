/* stream.c - random programs. */
#include "tests/vm/stream.h"

#define BASE_REG 8u

static uint32_t random_value(void)
{
    static const uint32_t edge[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x8000, 0xffff, 31};
    const uint32_t r = test_rand();
    return r % 4 == 0 ? edge[r / 4 % SP_COUNT(edge)] : r % 4 == 1 ? test_rand() % 64 : test_rand();
}

static unsigned any_reg(void) { return test_rand() % 32; }
static unsigned target_reg(void)
{
    const unsigned r = test_rand() % 32;
    return r == BASE_REG ? 0 : r;
}

static const uint8_t ops[] = {
    OP_lui,   OP_auipc, OP_jal,  OP_jalr, OP_beq,  OP_bne,  OP_blt,  OP_bge, OP_bltu, OP_bgeu,
    OP_lb,    OP_lh,    OP_lw,   OP_lbu,  OP_lhu,  OP_sb,   OP_sh,   OP_sw,  OP_addi, OP_slti,
    OP_sltiu, OP_xori,  OP_ori,  OP_andi, OP_slli, OP_srli, OP_srai, OP_add, OP_sub,  OP_sll,
    OP_slt,   OP_sltu,  OP_xor,  OP_srl,  OP_sra,  OP_or,   OP_and,  OP_mul, OP_mulh, OP_mulhsu,
    OP_mulhu, OP_div,   OP_divu, OP_rem,  OP_remu, OP_fence};

/* A jump waiting for its target. */
struct jump {
    uint32_t at, base; /* index of the word; index that the offset counts from */
    vm_insn insn;
};

static void one(struct guest *g, struct stream *s, struct jump *jumps, uint32_t *n_jumps)
{
    const enum vm_op op = (enum vm_op)ops[test_rand() % SP_COUNT(ops)];
    vm_insn i = {(uint8_t)op, 0, 0, 0, 0};
    s->n_op[op]++;
    switch ((int)op) {
    case OP_lui:
    case OP_auipc:
        guest_op(g, op, target_reg(), 0, 0, (int32_t)(test_rand() & 0xfffff000u));
        return;
    case OP_jal:
        i.rd = (uint8_t)target_reg();
        jumps[(*n_jumps)++] = (struct jump){g->n_code, g->n_code, i};
        guest_word(g, 0);
        return;
    case OP_jalr: { /* auipc x, 0; jalr y, offset(x), with any lowest bit */
        const unsigned x = 1 + test_rand() % 7;
        i.rd = (uint8_t)target_reg();
        i.rs1 = (uint8_t)x;
        i.imm = (int32_t)(test_rand() % 2);
        guest_op(g, OP_auipc, x, 0, 0, 0);
        jumps[(*n_jumps)++] = (struct jump){g->n_code, g->n_code - 1, i};
        guest_word(g, 0);
        return;
    }
    case OP_beq:
    case OP_bne:
    case OP_blt:
    case OP_bge:
    case OP_bltu:
    case OP_bgeu:
        i.rs1 = (uint8_t)any_reg();
        i.rs2 = (uint8_t)any_reg();
        jumps[(*n_jumps)++] = (struct jump){g->n_code, g->n_code, i};
        guest_word(g, 0);
        return;
    case OP_lb:
    case OP_lbu:
    case OP_lh:
    case OP_lhu:
    case OP_lw:
    case OP_sb:
    case OP_sh:
    case OP_sw: {
        const uint32_t size = op == OP_lw || op == OP_sw                   ? 4
                              : op == OP_lb || op == OP_lbu || op == OP_sb ? 1
                                                                           : 2;
        /* [-1024, STREAM_DUMP), and half of them close together, so that they meet */
        uint32_t at = test_rand() % (1024 + STREAM_DUMP);
        if (test_rand() % 2) at = at % 32 + 1008;
        guest_op(g, op, target_reg(), BASE_REG, any_reg(), (int32_t)(at - at % size) - 1024);
        return;
    }
    case OP_slli:
    case OP_srli:
    case OP_srai: guest_op(g, op, target_reg(), any_reg(), 0, (int32_t)(test_rand() % 32)); return;
    case OP_addi:
    case OP_slti:
    case OP_sltiu:
    case OP_xori:
    case OP_ori:
    case OP_andi:
        guest_op(g, op, target_reg(), any_reg(), 0, (int32_t)(test_rand() % 4096) - 2048);
        return;
    case OP_fence: guest_op(g, op, 0, 0, 0, 0); return;
    default: guest_op(g, op, target_reg(), any_reg(), any_reg(), 0); return;
    }
}

void stream_make(struct guest *g, struct stream *s, uint32_t n)
{
    struct jump *jumps = (struct jump *)calloc(n, sizeof *jumps);
    uint32_t *start = (uint32_t *)calloc(n + 1, sizeof *start); /* where each instruction begins */
    uint32_t n_jumps = 0, k = 0;
    if (!jumps || !start) abort();
    memset(s, 0, sizeof *s);
    for (unsigned r = 1; r < 32; r++) guest_li(g, r, r == BASE_REG ? STREAM_BASE : random_value());
    for (; k < n; k++) {
        start[k] = g->n_code;
        one(g, s, jumps, &n_jumps);
    }
    start[n] = g->n_code;
    for (uint32_t j = 0; j < n_jumps; j++) {
        vm_insn i = jumps[j].insn;
        for (k = 0; start[k] <= jumps[j].at; k++) {}
        k += test_rand() % 6; /* start[k] is the next instruction; skip up to five */
        if (k > n) k = n;
        i.imm += (int32_t)(4 * (start[k] - jumps[j].base));
        g->code[jumps[j].at] = vm_encode(i);
    }
    free(jumps);
    free(start);
}

static void dump(struct guest *g)
{
    for (unsigned r = 0; r < 32; r++)
        guest_op(g, OP_sw, 0, BASE_REG, r, STREAM_DUMP + 4 * (int32_t)r);
}

void stream_end_vm(struct guest *g)
{
    dump(g);
    guest_li(g, 5, GUEST_DATA);
    guest_li(g, 6, GUEST_DATA + STREAM_BUFFER_BYTES);
    guest_li(g, 7, MACHINE_OUTPUT_ADDR);
    guest_li(g, 9, STREAM_BUFFER_BYTES);
    guest_op(g, OP_sw, 0, 7, 9, 0);
    guest_op(g, OP_lw, 9, 5, 0, 0);
    guest_op(g, OP_sw, 0, 7, 9, 4);
    guest_op(g, OP_addi, 5, 5, 0, 4);
    guest_op(g, OP_addi, 7, 7, 0, 4);
    guest_op(g, OP_bne, 0, 5, 6, -16);
    guest_li(g, 9, 0);
    guest_halt(g);
}

void stream_end_linux(struct guest *g)
{
    const uint32_t ecall = 0x00000073;
    dump(g);
    guest_li(g, 10, 1);
    guest_li(g, 11, GUEST_DATA);
    guest_li(g, 12, STREAM_BUFFER_BYTES);
    guest_li(g, 17, 64); /* write */
    guest_word(g, ecall);
    guest_li(g, 10, 0);
    guest_li(g, 17, 94); /* exit_group */
    guest_word(g, ecall);
}
