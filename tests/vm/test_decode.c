/* test_decode.c - words to instructions, to text, and back. */
#include "tests/vm/guest.h"

#define PC 0x40000000u /* of every golden word */

/* Words as GNU as assembles them, and their text in our notation. */
static const struct {
    uint32_t word;
    const char *text;
} golden[] = {
    {0x12345537, "lui a0, 0x12345"},
    {0xffffffb7, "lui t6, 0xfffff"},
    {0x80000197, "auipc gp, 0x80000"},
    {0x001000ef, "jal ra, 0x40000800"},
    {0x8000006f, "jal zero, 0x3ff00000"},
    {0x7fdff7ef, "jal a5, 0x400ffffc"},
    {0x800280e7, "jalr ra, -2048(t0)"},
    {0x7ff08067, "jalr zero, 2047(ra)"},
    {0x7eb50ee3, "beq a0, a1, 0x40000ffc"},
    {0x80941063, "bne s0, s1, 0x3ffff000"},
    {0x01de4863, "blt t3, t4, 0x40000010"},
    {0xfed65ee3, "bge a2, a3, 0x3ffffffc"},
    {0x01bd60e3, "bltu s10, s11, 0x40000800"},
    {0x801072e3, "bgeu zero, ra, 0x3ffff804"},
    {0xfff10503, "lb a0, -1(sp)"},
    {0x00219583, "lh a1, 2(gp)"},
    {0x7ff22603, "lw a2, 2047(tp)"},
    {0x8002c683, "lbu a3, -2048(t0)"},
    {0x00005703, "lhu a4, 0(zero)"},
    {0xfea10fa3, "sb a0, -1(sp)"},
    {0x02b19123, "sh a1, 34(gp)"},
    {0x81f8a023, "sw t6, -2048(a7)"},
    {0x80050513, "addi a0, a0, -2048"},
    {0x7ff3a313, "slti t1, t2, 2047"},
    {0xfff9b913, "sltiu s2, s3, -1"},
    {0x555aca13, "xori s4, s5, 1365"},
    {0xaaabeb13, "ori s6, s7, -1366"},
    {0x0ffcfc13, "andi s8, s9, 255"},
    {0x01f59513, "slli a0, a1, 31"},
    {0x0016d613, "srli a2, a3, 1"},
    {0x4107d713, "srai a4, a5, 16"},
    {0x00c58533, "add a0, a1, a2"},
    {0x407302b3, "sub t0, t1, t2"},
    {0x01249433, "sll s0, s1, s2"},
    {0x015a29b3, "slt s3, s4, s5"},
    {0x018bbb33, "sltu s6, s7, s8"},
    {0x01bd4cb3, "xor s9, s10, s11"},
    {0x01eede33, "srl t3, t4, t5"},
    {0x41185fb3, "sra t6, a6, a7"},
    {0x003160b3, "or ra, sp, gp"},
    {0x00a07233, "and tp, zero, a0"},
    {0x02c58533, "mul a0, a1, a2"},
    {0x02f716b3, "mulh a3, a4, a5"},
    {0x0324a433, "mulhsu s0, s1, s2"},
    {0x035a39b3, "mulhu s3, s4, s5"},
    {0x027342b3, "div t0, t1, t2"},
    {0x03eede33, "divu t3, t4, t5"},
    {0x0368e833, "rem a6, a7, s6"},
    {0x039c7bb3, "remu s7, s8, s9"},
    {0x0ff0000f, "fence"},
    {0x0000050b, "advice a0"},
};

TEST(golden_words_decode_to_their_text)
{
    for (size_t k = 0; k < SP_COUNT(golden); k++) {
        char text[64];
        const vm_insn i = vm_decode(golden[k].word);
        vm_disassemble(text, sizeof text, &i, PC);
        if (strcmp(text, golden[k].text))
            printf("%08x: %s, not %s\n", golden[k].word, text, golden[k].text);
        CHECK(!strcmp(text, golden[k].text));
    }
}

TEST(golden_words_encode_again)
{
    bool seen[VM_N_OPS] = {false};
    for (size_t k = 0; k < SP_COUNT(golden); k++) {
        const vm_insn i = vm_decode(golden[k].word);
        CHECK_EQ(vm_encode(i), golden[k].word);
        seen[i.op] = true;
    }
    for (unsigned op = 1; op < VM_N_OPS; op++) CHECK(seen[op]);
    CHECK(!seen[OP_illegal]);
}

static bool legal(uint32_t w) { return vm_decode(w).op != OP_illegal; }

TEST(words_outside_the_machine_are_illegal)
{
    static const uint32_t words[] = {0x00000000,
                                     0xffffffff,
                                     0x00000073 /* ecall */,
                                     0x00100073 /* ebreak */,
                                     0xc0002573 /* rdcycle */,
                                     0x30200073 /* mret */,
                                     0x10500073 /* wfi */,
                                     0x30529073 /* csrrw */,
                                     0x0000100f /* fence.i */,
                                     0x0000200f,
                                     0x0000701f,
                                     0x00001067 /* jalr funct3 1 */,
                                     0x00002063,
                                     0x00003063 /* branch funct3 2, 3 */,
                                     0x00003003,
                                     0x00006003,
                                     0x00007003 /* loads */,
                                     0x00003023,
                                     0x00007023 /* stores */,
                                     0x02001013,
                                     0x40001013,
                                     0x02005013,
                                     0x60005013,
                                     0x42005013 /* shift immediates */,
                                     0x40001033,
                                     0x40002033,
                                     0x40004033,
                                     0x40006033,
                                     0x40007033,
                                     0x20000033,
                                     0x60000033,
                                     0x02000033 | 0x40000000,
                                     0x04000033 /* register forms */,
                                     0x0000002f /* amo */,
                                     0x00000007 /* flw */,
                                     0x00000053 /* fadd */,
                                     0x0000003b /* addw */,
                                     0x0000001b /* addiw */,
                                     0x00000057,
                                     0x0000002b,
                                     0x0000005b,
                                     0x0000007b,
                                     0x0000100b,
                                     0x0000800b,
                                     0x0010000b,
                                     0x8000000b,
                                     0x0000700b /* custom-0 */,
                                     0x00000001,
                                     0x00004501 /* compressed */,
                                     0x0000001f,
                                     0x0000003f,
                                     0x0000007f,
                                     0x00000163 /* beq to pc + 2 */,
                                     0x0020006f /* jal to pc + 2 */};
    for (size_t k = 0; k < SP_COUNT(words); k++) {
        const vm_insn i = vm_decode(words[k]);
        if (i.op) printf("%08x decodes to %s\n", words[k], vm_op_name[i.op]);
        CHECK(i.op == OP_illegal && i.rd == 0 && i.rs1 == 0 && i.rs2 == 0 && i.imm == 0);
    }
    CHECK(legal(0x0000050b)); /* advice a0 */
    CHECK(legal(0xffff8f8f)); /* fence with every operand bit */
}

/* Of opcode, funct3 and funct7 with zero operands, exactly these many words are legal. */
TEST(legal_words_are_exactly_the_listed_ones)
{
    unsigned n[128] = {0};
    for (uint32_t op = 0; op < 128; op++)
        for (uint32_t f3 = 0; f3 < 8; f3++)
            for (uint32_t f7 = 0; f7 < 128; f7++) n[op] += legal(op | f3 << 12 | f7 << 25);
    for (uint32_t op = 0; op < 128; op++) {
        unsigned want = 0;
        switch (op) {
        case 0x37:
        case 0x17: want = 1024; break;
        /* jal: bits 31:25 and 14:12 are immediate bits other than bit 1 */
        case 0x6f: want = 1024; break;
        case 0x67: want = 128; break;
        case 0x63: want = 6 * 128; break; /* bits 31:25 are immediate bits above bit 1 */
        case 0x03: want = 5 * 128; break;
        case 0x23: want = 3 * 128; break;
        case 0x13: want = 6 * 128 + 3; break;
        case 0x33: want = 18; break;
        case 0x0f: want = 128; break;
        case 0x0b: want = 1; break;
        default: break;
        }
        CHECK_EQ(n[op], want);
    }
}

static int32_t random_imm(enum vm_op op, uint32_t r)
{
    switch ((int)op) {
    case OP_lui:
    case OP_auipc: return (int32_t)(r & 0xfffff000u);
    case OP_jal: return (int32_t)(r % 0x200000u & ~3u) - 0x100000;
    case OP_beq:
    case OP_bne:
    case OP_blt:
    case OP_bge:
    case OP_bltu:
    case OP_bgeu: return (int32_t)(r % 0x2000u & ~3u) - 0x1000;
    case OP_slli:
    case OP_srli:
    case OP_srai: return (int32_t)(r % 32);
    default: return (int32_t)(r % 0x1000u) - 0x800;
    }
}

static bool same(vm_insn a, vm_insn b)
{
    return a.op == b.op && a.rd == b.rd && a.rs1 == b.rs1 && a.rs2 == b.rs2 && a.imm == b.imm;
}

TEST(every_instruction_survives_encode_and_decode)
{
    for (unsigned op = 1; op < VM_N_OPS; op++)
        for (int k = 0; k < 20000; k++) {
            /* the operands that the format has, taken from a decoded word of the same shape */
            vm_insn shape = vm_decode(vm_encode((vm_insn){(uint8_t)op, 31, 31, 31, 4}));
            vm_insn i = {(uint8_t)op, shape.rd ? (uint8_t)(test_rand() % 32) : 0,
                         shape.rs1 ? (uint8_t)(test_rand() % 32) : 0,
                         shape.rs2 ? (uint8_t)(test_rand() % 32) : 0, 0};
            if (shape.imm || op == OP_lui || op == OP_auipc)
                i.imm = random_imm((enum vm_op)op, test_rand());
            const vm_insn back = vm_decode(vm_encode(i));
            CHECK(same(i, back));
        }
}

TEST(random_words_that_decode_encode_to_themselves)
{
    unsigned n = 0;
    for (int k = 0; k < 2000000; k++) {
        const uint32_t w = test_rand() | (k % 2 ? 3 : 0);
        const vm_insn i = vm_decode(w);
        if (i.op == OP_illegal) continue;
        n++;
        CHECK(i.rd < 32 && i.rs1 < 32 && i.rs2 < 32);
        if (i.op == OP_fence)
            CHECK(same(vm_decode(vm_encode(i)), i)); /* its operands are dropped */
        else
            CHECK_EQ(vm_encode(i), w);
    }
    CHECK(n > 10000);
}

TEST(disassembly_is_bounded)
{
    for (int k = 0; k < 100000; k++) {
        char text[8];
        memset(text, 'x', sizeof text);
        const vm_insn i = vm_decode(test_rand() | 3);
        CHECK(vm_disassemble(text, 4, &i, 0) > 0);
        CHECK(memchr(text, 0, 4) && text[4] == 'x');
    }
    const vm_insn wild = {255, 255, 255, 255, -1};
    char text[64];
    CHECK(vm_disassemble(text, sizeof text, &wild, 0) > 0);
}
