/* test_insn.c - each instruction on edge operands against reference.h, in every register form. */
#include "tests/vm/guest.h"
#include "tests/vm/reference.h"

static const uint32_t edge[16] = {
    0,      1,       2,          3,          0x1f,       0x20,       0x7fff,     0x8000,
    0xffff, 0x10000, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff, 0x12345678};

/* Appends the stores that put n words from a cursor in x31 into the output window. */
static void begin_output(struct guest *g) { guest_li(g, 31, MACHINE_OUTPUT_ADDR + 4); }
static void output_reg(struct guest *g, unsigned reg)
{
    guest_op(g, OP_sw, 0, 31, reg, 0);
    guest_op(g, OP_addi, 31, 31, 0, 4);
}
static void end_output(struct guest *g)
{
    guest_li(g, 30, MACHINE_OUTPUT_ADDR);
    guest_op(g, OP_sub, 31, 31, 30, 0);
    guest_op(g, OP_addi, 31, 31, 0, -4);
    guest_op(g, OP_sw, 0, 30, 31, 0);
    guest_li(g, 9, 0);
    guest_halt(g);
}

/* Runs and compares the output with the expected words; frees the guest. */
static bool outputs(struct guest *g, const uint32_t *want, size_t n, const char *name)
{
    vm_result r;
    vm_error err;
    vm_options o = {0};
    end_output(g);
    const sp_status s = guest_run(&r, g, &o, &err);
    guest_free(g);
    if (s != SP_OK) {
        printf("%s: %s\n", name, err.text);
        return false;
    }
    bool ok = r.output_bytes == 4 * n;
    for (size_t k = 0; ok && k < n; k++) {
        const uint8_t *b = r.output + 4 * k;
        const uint32_t got =
            b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
        if (got != want[k]) printf("%s: word %zu is %08x, not %08x\n", name, k, got, want[k]);
        ok = got == want[k];
    }
    vm_result_free(&r);
    return ok;
}

static const uint8_t register_ops[] = {OP_add,    OP_sub,   OP_sll, OP_slt,  OP_sltu, OP_xor,
                                       OP_srl,    OP_sra,   OP_or,  OP_and,  OP_mul,  OP_mulh,
                                       OP_mulhsu, OP_mulhu, OP_div, OP_divu, OP_rem,  OP_remu};

TEST(register_instructions_on_all_edge_pairs)
{
    static uint32_t want[4 * 256];
    for (size_t o = 0; o < SP_COUNT(register_ops); o++) {
        const enum vm_op op = (enum vm_op)register_ops[o];
        struct guest g = {0};
        size_t n = 0;
        begin_output(&g);
        for (int x = 0; x < 256; x++) {
            const uint32_t a = edge[x / 16], b = edge[x % 16];
            static const struct {
                uint8_t rd, rs1, rs2;
            } form[3] = {{7, 5, 6}, {5, 5, 6}, {6, 5, 6}};
            for (int f = 0; f < 3; f++) {
                guest_li(&g, 5, a);
                guest_li(&g, 6, b);
                guest_op(&g, op, form[f].rd, form[f].rs1, form[f].rs2, 0);
                output_reg(&g, form[f].rd);
                want[n++] = ref_compute(op, a, b);
            }
        }
        CHECK(outputs(&g, want, n, vm_op_name[op]));
    }
}

TEST(register_instructions_with_equal_and_zero_registers)
{
    static uint32_t want[8 * 16];
    for (size_t o = 0; o < SP_COUNT(register_ops); o++) {
        const enum vm_op op = (enum vm_op)register_ops[o];
        struct guest g = {0};
        size_t n = 0;
        begin_output(&g);
        for (int x = 0; x < 16; x++) {
            const uint32_t a = edge[x];
            guest_li(&g, 5, a);
            guest_op(&g, op, 7, 5, 5, 0); /* rs1 = rs2 */
            output_reg(&g, 7);
            want[n++] = ref_compute(op, a, a);
            guest_op(&g, op, 7, 0, 5, 0); /* x0 as operand */
            output_reg(&g, 7);
            want[n++] = ref_compute(op, 0, a);
            guest_op(&g, op, 7, 5, 0, 0);
            output_reg(&g, 7);
            want[n++] = ref_compute(op, a, 0);
            guest_op(&g, op, 0, 5, 5, 0); /* x0 as target keeps 0 */
            output_reg(&g, 0);
            want[n++] = 0;
            guest_op(&g, op, 5, 5, 5, 0); /* all three equal */
            output_reg(&g, 5);
            want[n++] = ref_compute(op, a, a);
        }
        CHECK(outputs(&g, want, n, vm_op_name[op]));
    }
}

TEST(immediate_instructions_on_all_edge_pairs)
{
    static const int32_t imm12[16] = {0,   1,    2,    3,    7,  31, 32,    255,
                                      256, 1023, 1024, 2047, -1, -2, -2047, -2048};
    static const int32_t shift[16] = {0, 1, 2, 3, 7, 8, 14, 15, 16, 17, 23, 24, 29, 30, 31, 5};
    static const uint8_t ops[] = {OP_addi, OP_slti, OP_sltiu, OP_xori, OP_ori,
                                  OP_andi, OP_slli, OP_srli,  OP_srai};
    static uint32_t want[3 * 256];
    for (size_t o = 0; o < SP_COUNT(ops); o++) {
        const enum vm_op op = (enum vm_op)ops[o];
        const bool shifts = op == OP_slli || op == OP_srli || op == OP_srai;
        struct guest g = {0};
        size_t n = 0;
        begin_output(&g);
        for (int x = 0; x < 256; x++) {
            const uint32_t a = edge[x / 16];
            const int32_t c = shifts ? shift[x % 16] : imm12[x % 16];
            guest_li(&g, 5, a);
            guest_op(&g, op, 7, 5, 0, c);
            output_reg(&g, 7);
            want[n++] = ref_compute(op, a, (uint32_t)c);
            guest_op(&g, op, 0, 5, 0, c);
            output_reg(&g, 0);
            want[n++] = 0;
            guest_op(&g, op, 5, 5, 0, c);
            output_reg(&g, 5);
            want[n++] = ref_compute(op, a, (uint32_t)c);
        }
        CHECK(outputs(&g, want, n, vm_op_name[op]));
    }
}

TEST(branches_on_all_edge_pairs)
{
    static const uint8_t ops[] = {OP_beq, OP_bne, OP_blt, OP_bge, OP_bltu, OP_bgeu};
    static uint32_t want[2 * 256];
    for (size_t o = 0; o < SP_COUNT(ops); o++) {
        const enum vm_op op = (enum vm_op)ops[o];
        struct guest g = {0};
        size_t n = 0;
        begin_output(&g);
        for (int x = 0; x < 256; x++) {
            const uint32_t a = edge[x / 16], b = edge[x % 16];
            guest_li(&g, 5, a);
            guest_li(&g, 6, b);
            guest_op(&g, OP_addi, 7, 0, 0, 1); /* taken */
            guest_op(&g, op, 0, 5, 6, 8);
            guest_op(&g, OP_addi, 7, 0, 0, 0);
            output_reg(&g, 7);
            want[n++] = ref_taken(op, a, b);
            /* backwards: 10 cleared when the branch comes back */
            guest_op(&g, OP_addi, 7, 0, 0, 10);
            guest_op(&g, OP_jal, 0, 0, 0, 12);
            guest_op(&g, OP_addi, 7, 0, 0, 20);
            guest_op(&g, OP_jal, 0, 0, 0, 8);
            guest_op(&g, op, 0, 5, 6, -8);
            output_reg(&g, 7);
            want[n++] = ref_taken(op, a, b) ? 20 : 10;
        }
        CHECK(outputs(&g, want, n, vm_op_name[op]));
    }
}

TEST(loads_at_all_offsets)
{
    static const uint8_t ops[] = {OP_lb, OP_lbu, OP_lh, OP_lhu, OP_lw};
    static const uint32_t words[] = {0x00000000, 0x80818283, 0x7f7e7d7c, 0xff00ff00,
                                     0x00ff00ff, 0x8000ffff, 0xffff7fff};
    static uint32_t want[512];
    struct guest g = {0};
    uint8_t data[4 * SP_COUNT(words)];
    size_t n = 0;
    for (size_t k = 0; k < sizeof data; k++) data[k] = (uint8_t)(words[k / 4] >> 8 * (k % 4));
    g.data = data;
    g.data_bytes = sizeof data;
    begin_output(&g);
    for (size_t o = 0; o < SP_COUNT(ops); o++) {
        const uint32_t size = ops[o] == OP_lw ? 4 : ops[o] == OP_lh || ops[o] == OP_lhu ? 2 : 1;
        for (uint32_t at = 0; at < sizeof data; at += size)
            for (int form = 0; form < 3; form++) { /* offsets zero, positive, negative */
                const int32_t imm = form == 0 ? 0 : form == 1 ? 2047 : -2048;
                guest_li(&g, 5, GUEST_DATA + at - (uint32_t)imm);
                guest_op(&g, (enum vm_op)ops[o], form == 2 ? 5 : 7, 5, 0, imm);
                output_reg(&g, form == 2 ? 5 : 7);
                want[n++] = ref_load((enum vm_op)ops[o], words[at / 4], at);
                CHECK(n <= SP_COUNT(want));
            }
    }
    guest_li(&g, 5, GUEST_DATA);
    guest_op(&g, OP_lw, 0, 5, 0, 4); /* x0 as target */
    output_reg(&g, 0);
    want[n++] = 0;
    CHECK(outputs(&g, want, n, "loads"));
}

TEST(stores_at_all_offsets)
{
    static const uint8_t ops[] = {OP_sb, OP_sh, OP_sw};
    static const uint32_t before[] = {0, 0xffffffff, 0x12345678},
                          value[] = {0, 0xffffffff, 0x89abcdef, 0x80};
    static uint32_t want[1024];
    struct guest g = {0};
    size_t n = 0;
    begin_output(&g);
    for (size_t o = 0; o < SP_COUNT(ops); o++)
        for (uint32_t at = 0; at < 4; at += ops[o] == OP_sw ? 4 : ops[o] == OP_sh ? 2 : 1)
            for (size_t x = 0; x < SP_COUNT(before) * SP_COUNT(value); x++) {
                const uint32_t m = before[x / SP_COUNT(value)], v = value[x % SP_COUNT(value)];
                guest_li(&g, 5, 0x30000000);
                guest_li(&g, 6, m);
                guest_op(&g, OP_sw, 0, 5, 6, -4); /* both neighbours stay as they are */
                guest_op(&g, OP_sw, 0, 5, 6, 0);
                guest_op(&g, OP_sw, 0, 5, 6, 4);
                guest_li(&g, 6, v);
                guest_op(&g, (enum vm_op)ops[o], 0, 5, 6, (int32_t)at);
                for (int32_t d = -4; d <= 4; d += 4) {
                    guest_op(&g, OP_lw, 7, 5, 0, d);
                    output_reg(&g, 7);
                    want[n++] = d ? m : ref_store((enum vm_op)ops[o], m, at, v);
                }
                CHECK(n + 3 <= SP_COUNT(want));
            }
    /* the stored register is the base */
    guest_li(&g, 5, 0x30000100);
    guest_op(&g, OP_sw, 0, 5, 5, -0x100);
    guest_op(&g, OP_lw, 7, 5, 0, -0x100);
    output_reg(&g, 7);
    want[n++] = 0x30000100;
    CHECK(outputs(&g, want, n, "stores"));
}

TEST(upper_immediates_and_links)
{
    struct guest g = {0};
    uint32_t want[64];
    size_t n = 0;
    begin_output(&g);
    for (int x = 0; x < 16; x++) {
        guest_op(&g, OP_lui, 7, 0, 0, (int32_t)(edge[x] << 12));
        output_reg(&g, 7);
        want[n++] = edge[x] << 12;
        want[n++] = GUEST_CODE + 4 * g.n_code + (edge[x] << 12);
        guest_op(&g, OP_auipc, 7, 0, 0, (int32_t)(edge[x] << 12));
        output_reg(&g, 7);
    }
    /* jal: link and target; with rd = 0 no link */
    want[n++] = GUEST_CODE + 4 * g.n_code + 4;
    guest_op(&g, OP_jal, 1, 0, 0, 8);
    guest_word(&g, 0); /* jumped over */
    output_reg(&g, 1);
    guest_op(&g, OP_jal, 0, 0, 0, 8);
    guest_word(&g, 0);
    output_reg(&g, 0);
    want[n++] = 0;
    /* jalr: the lowest bit is dropped; rd = rs1 reads before it writes; negative offset */
    for (int form = 0; form < 4; form++) {
        const unsigned rd = form == 0 ? 1 : form == 1 ? 5 : form == 2 ? 0 : 6;
        const int32_t imm = form == 3 ? -2048 : 2047 - form;
        const uint32_t target = GUEST_CODE + 4 * (g.n_code + 4) + (form == 3 ? 0 : 1);
        guest_li(&g, 5, target - (uint32_t)imm);
        want[n++] = rd ? GUEST_CODE + 4 * (g.n_code + 1) : 0;
        guest_op(&g, OP_jalr, rd, 5, 0, imm);
        guest_word(&g, 0);
        output_reg(&g, rd);
    }
    guest_op(&g, OP_fence, 0, 0, 0, 0);
    guest_word(&g, 0xffff8f8f);
    output_reg(&g, 31);
    want[n] = MACHINE_OUTPUT_ADDR + 4 + 4 * (uint32_t)n;
    n++;
    CHECK(outputs(&g, want, n, "upper immediates"));
}

/* Division identities on random operands: what a = q b + r and its signs demand. */
TEST(random_operands_against_the_reference)
{
    static uint32_t want[SP_COUNT(register_ops) * 200];
    struct guest g = {0};
    size_t n = 0;
    begin_output(&g);
    for (int k = 0; k < 200; k++) {
        const uint32_t a = test_rand() >> test_rand() % 32, b = test_rand() >> test_rand() % 32;
        guest_li(&g, 5, a);
        guest_li(&g, 6, b);
        for (size_t o = 0; o < SP_COUNT(register_ops); o++) {
            guest_op(&g, (enum vm_op)register_ops[o], 7, 5, 6, 0);
            output_reg(&g, 7);
            want[n++] = ref_compute((enum vm_op)register_ops[o], a, b);
        }
    }
    CHECK(outputs(&g, want, n, "random"));
}

TEST(the_reference_agrees_with_known_values)
{
    CHECK_EQ(ref_compute(OP_mulh, 0x80000000, 0x80000000), 0x40000000);
    CHECK_EQ(ref_compute(OP_mulh, 0xffffffff, 0xffffffff), 0);
    CHECK_EQ(ref_compute(OP_mulhsu, 0xffffffff, 0xffffffff), 0xffffffff);
    CHECK_EQ(ref_compute(OP_mulhsu, 0x80000000, 0xffffffff), 0x80000000);
    CHECK_EQ(ref_compute(OP_mulhu, 0xffffffff, 0xffffffff), 0xfffffffe);
    CHECK_EQ(ref_compute(OP_div, 0x80000000, 0xffffffff), 0x80000000);
    CHECK_EQ(ref_compute(OP_rem, 0x80000000, 0xffffffff), 0);
    CHECK_EQ(ref_compute(OP_div, 7, 0), 0xffffffff);
    CHECK_EQ(ref_compute(OP_rem, 0xfffffff9, 0), 0xfffffff9);
    CHECK_EQ(ref_compute(OP_div, 0xfffffff9, 2), 0xfffffffd);
    CHECK_EQ(ref_compute(OP_rem, 0xfffffff9, 2), 0xffffffff);
    CHECK_EQ(ref_compute(OP_divu, 0xfffffff9, 0), 0xffffffff);
    CHECK_EQ(ref_compute(OP_remu, 0xfffffff9, 0), 0xfffffff9);
    CHECK_EQ(ref_compute(OP_sra, 0x80000000, 31), 0xffffffff);
    CHECK_EQ(ref_compute(OP_sll, 1, 33), 2);
}
