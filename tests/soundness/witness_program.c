/* witness_program.c - ROM, IMAGE and TABLES of a program, what set-up refuses, and instance sizes.
 */
#include "tests/soundness/randprog.h"
#include "tests/soundness/scene.h"
#include "tests/test.h"

static bool setup_of(program *p, const guest *g, enum machine_io_mode mode)
{
    vm_program vm;
    vm_error err;
    if (!guest_load(&vm, g, mode)) return false;
    const sp_status s = program_setup(p, &vm, mode, &err);
    vm_program_free(&vm);
    if (s != SP_OK) printf("  %s\n", err.text);
    return s == SP_OK;
}

TEST(range_table_has_every_pair_once)
{
    static program p;
    static guest g;
    guest_start(&g, 0x2000);
    guest_halt(&g);
    CHECK(setup_of(&p, &g, MACHINE_IO_WORDS));
    const uint32_t *const *col = program_columns(&p, AIR_TABLES);
    static uint8_t seen[17][1 << 16];
    memset(seen, 0, sizeof seen);
    uint32_t zero = 0, n = 1u << AIR_TABLES_LOG;
    for (uint32_t r = 0; r < n; r++) {
        const uint32_t k = col[tabp_rk][r], v = col[tabp_rv][r];
        CHECK(k <= 16 && v < 1u << k);
        if (k == 0)
            zero++;
        else
            CHECK(seen[k][v]++ == 0);
    }
    CHECK_EQ(zero, n - ((1u << 17) - 2));
    for (uint32_t k = 1; k <= 16; k++)
        for (uint32_t v = 0; v < 1u << k; v++) {
            CHECK(seen[k][v]);
            CHECK(col[tabp_rk][program_range_row(k, v)] == k &&
                  col[tabp_rv][program_range_row(k, v)] == v);
        }
    program_free(&p);
}

TEST(byte_table_has_every_operation_once)
{
    static program p;
    static guest g;
    guest_start(&g, 0x2000);
    guest_halt(&g);
    CHECK(setup_of(&p, &g, MACHINE_IO_WORDS));
    const uint32_t *const *col = program_columns(&p, AIR_TABLES);
    static uint8_t seen[1 << 18];
    memset(seen, 0, sizeof seen);
    for (uint32_t r = 0; r < 1u << AIR_TABLES_LOG; r++) {
        const uint32_t op = col[tabp_bop][r], a = col[tabp_ba][r], b = col[tabp_bb][r];
        CHECK(op < 4 && a < 256 && b < 256);
        CHECK(seen[op << 16 | a << 8 | b]++ == 0);
        CHECK_EQ(program_byte_row(op, a, b), r);
        const uint32_t want[4] = {a & b, a | b, a ^ b, 0};
        CHECK_EQ(col[tabp_br][r], want[op]);
    }
    program_free(&p);
}

/* The ROM rows that no instruction makes: SHAMT by its meaning, the rest all zero. */
TEST(rom_has_shamt_instructions_and_zero_rows)
{
    static program p;
    static guest g;
    random_guest(&g, 400);
    guest_word(&g, 0); /* illegal: no row */
    CHECK(setup_of(&p, &g, MACHINE_IO_WORDS));
    const uint32_t *const *col = program_columns(&p, AIR_ROM);
    for (uint32_t right = 0; right < 2; right++)
        for (uint32_t s = 0; s < 32; s++) {
            const uint32_t r = program_shamt_row(right, s);
            const uint32_t m = col[2][r], q = col[3][r], l0 = col[4][r], l1 = col[5][r];
            const uint32_t r0 = col[6][r], r1 = 1 - l0 - l1 - r0;
            CHECK_EQ(col[0][r], 9);
            CHECK_EQ(col[1][r], s + 65536 * right);
            CHECK(l0 + l1 + r0 + r1 == 1 && l0 < 2 && l1 < 2 && r0 < 2);
            CHECK_EQ(q << m, 65536);
            CHECK_EQ(l0 + l1, !right);
            CHECK_EQ(right ? m : 16 - m, s & 15);
            CHECK_EQ(l1 + r1, s >> 4);
        }
    CHECK_EQ(p.n_code, g.n_code);
    CHECK_EQ(p.n_legal, g.n_code - 1);
    CHECK_EQ(p.insn[p.n_code - 1].f[0], 0);
    for (uint32_t r = 64; r < 1u << p.rom_log; r++)
        for (unsigned j = 0; j < AIR_ROM_FIELDS; j++) {
            if (r - 64 >= p.n_legal)
                CHECK_EQ(col[j][r], 0);
            else
                CHECK_EQ(col[j][r], p.insn[r - 64].f[j]);
        }
    for (uint32_t k = 0; k < p.n_legal; k++) CHECK_EQ(p.insn[k].rom_row, 64 + k);
    program_free(&p);
}

static void fields(uint32_t f[AIR_ROM_FIELDS], enum vm_op op, unsigned rd, unsigned rs1,
                   unsigned rs2, int32_t imm)
{
    const vm_insn i = {(uint8_t)op, (uint8_t)rd, (uint8_t)rs1, (uint8_t)rs2, imm};
    program_decode(f, &i, 0x1234);
}
#define CHECK_FIELDS(op, rd, rs1, rs2, imm, ...)                               \
    do {                                                                       \
        const uint32_t want[AIR_ROM_FIELDS] = {__VA_ARGS__};                   \
        uint32_t f[AIR_ROM_FIELDS];                                            \
        fields(f, op, rd, rs1, rs2, imm);                                      \
        for (unsigned j = 0; j < AIR_ROM_FIELDS; j++) CHECK_EQ(f[j], want[j]); \
    } while (0)

#define PC (0x1234u / 4)
#define NEG(x) (M31_P - (x))

TEST(instructions_decode_to_their_rom_fields)
{
    CHECK_FIELDS(OP_add, 7, 5, 6, 0, 1, 0, PC, 7, 5, 6, 0, 0);
    CHECK_FIELDS(OP_sub, 0, 5, 6, 0, 1, 1, PC, 32, 5, 6, 0, 0);
    CHECK_FIELDS(OP_addi, 7, 5, 0, -2, 1, 0, PC, 7, 5, 0, 0xfffe, 0xffff);
    CHECK_FIELDS(OP_slt, 7, 5, 6, 0, 2, 1, 0, PC, 7, 5, 6, 0, 0, PC + 1, PC + 1);
    CHECK_FIELDS(OP_sltiu, 0, 5, 0, 2047, 2, 0, 0, PC, 32, 5, 0, 2047, 0, PC + 1, PC + 1);
    CHECK_FIELDS(OP_slti, 1, 5, 0, -1, 2, 1, 0, PC, 1, 5, 0, 0xffff, 0xffff, PC + 1, PC + 1);
    CHECK_FIELDS(OP_beq, 0, 5, 6, 16, 2, 0, 1, PC, 32, 5, 6, 0, 0, PC + 1, PC + 4);
    CHECK_FIELDS(OP_bne, 0, 5, 6, 16, 2, 0, 1, PC, 32, 5, 6, 0, 0, PC + 4, PC + 1);
    CHECK_FIELDS(OP_blt, 0, 5, 6, -8, 2, 1, 0, PC, 32, 5, 6, 0, 0, PC - 2, PC + 1);
    CHECK_FIELDS(OP_bge, 0, 5, 6, -8, 2, 1, 0, PC, 32, 5, 6, 0, 0, PC + 1, PC - 2);
    CHECK_FIELDS(OP_bltu, 0, 5, 6, 4, 2, 0, 0, PC, 32, 5, 6, 0, 0, PC + 1, PC + 1);
    CHECK_FIELDS(OP_bgeu, 0, 5, 6, 8, 2, 0, 0, PC, 32, 5, 6, 0, 0, PC + 1, PC + 2);
    CHECK_FIELDS(OP_and, 7, 5, 6, 0, 3, 0, PC, 7, 5, 6, 0, 0, 0);
    CHECK_FIELDS(OP_ori, 7, 5, 0, -256, 3, 1, PC, 7, 5, 0, 0, 255, 255);
    CHECK_FIELDS(OP_xori, 7, 5, 0, 0x345, 3, 2, PC, 7, 5, 0, 0x45, 3, 0);
    CHECK_FIELDS(OP_sll, 7, 5, 6, 0, 4, 0, PC, 7, 5, 6, 0);
    CHECK_FIELDS(OP_srai, 7, 5, 0, 31, 4, 1, PC, 7, 5, 0, 65536 + 31);
    CHECK_FIELDS(OP_srl, 7, 5, 6, 0, 4, 0, PC, 7, 5, 6, 65536);
    CHECK_FIELDS(OP_jalr, 1, 5, 0, -4, 5, PC, 1, 5, NEG(4), 0x1238, 0);
    CHECK_FIELDS(OP_jalr, 0, 5, 0, 4, 5, PC, 32, 5, 4, 0, 0);
    CHECK_FIELDS(OP_lui, 7, 0, 0, (int32_t)0x80001000, 6, 0, PC, 7, 0x1000, 0x8000, PC + 1);
    CHECK_FIELDS(OP_auipc, 7, 0, 0, 0x2000, 6, 0, PC, 7, 0x3234, 0, PC + 1);
    CHECK_FIELDS(OP_jal, 1, 0, 0, 8, 6, 0, PC, 1, 0x1238, 0, PC + 2);
    CHECK_FIELDS(OP_jal, 0, 0, 0, 8, 6, 0, PC, 32, 0, 0, PC + 2);
    CHECK_FIELDS(OP_fence, 0, 0, 0, 0, 6, 0, PC, 32, 0, 0, PC + 1);
    CHECK_FIELDS(OP_advice, 7, 0, 0, 0, 6, 1, PC, 7, 0, 0, PC + 1);
    CHECK_FIELDS(OP_lb, 0, 5, 0, -1, 7, 1, 0, 0, 0, 0, 1, PC, 32, 5, NEG(1));
    CHECK_FIELDS(OP_lhu, 7, 5, 0, 2, 7, 0, 1, 0, 0, 0, 0, PC, 7, 5, 2);
    CHECK_FIELDS(OP_lw, 7, 5, 0, 2, 7, 0, 0, 1, 0, 0, 0, PC, 7, 5, 2);
    CHECK_FIELDS(OP_sb, 0, 5, 6, 2, 7, 0, 0, 0, 1, 0, 0, PC, 6, 5, 2);
    CHECK_FIELDS(OP_sh, 0, 5, 0, 2, 7, 0, 0, 0, 0, 1, 0, PC, 0, 5, 2);
    CHECK_FIELDS(OP_sw, 0, 5, 6, -2048, 7, 0, 0, 0, 0, 0, 0, PC, 6, 5, NEG(2048));
    CHECK_FIELDS(OP_mul, 7, 5, 6, 0, 8, 0, 0, 0, 0, 0, PC, 7, 5, 6);
    CHECK_FIELDS(OP_mulh, 7, 5, 6, 0, 8, 0, 1, 0, 1, 1, PC, 7, 5, 6);
    CHECK_FIELDS(OP_mulhsu, 7, 5, 6, 0, 8, 0, 1, 0, 1, 0, PC, 7, 5, 6);
    CHECK_FIELDS(OP_mulhu, 7, 5, 6, 0, 8, 0, 1, 0, 0, 0, PC, 7, 5, 6);
    CHECK_FIELDS(OP_div, 7, 5, 6, 0, 8, 1, 0, 1, 1, 1, PC, 7, 5, 6);
    CHECK_FIELDS(OP_divu, 7, 5, 6, 0, 8, 1, 0, 1, 0, 0, PC, 7, 5, 6);
    CHECK_FIELDS(OP_rem, 7, 5, 6, 0, 8, 1, 0, 0, 1, 1, PC, 7, 5, 6);
    CHECK_FIELDS(OP_remu, 0, 5, 6, 0, 8, 1, 0, 0, 0, 0, PC, 32, 5, 6);
}

/* A target before 0 or between two words can be no pc and no halt address. */
TEST(targets_outside_become_unfetchable)
{
    uint32_t f[AIR_ROM_FIELDS];
    fields(f, OP_jal, 0, 0, 0, -0x2000); /* vm_decode gives such a target only at low addresses */
    CHECK_EQ(f[6], M31_P - (0x2000 - 0x1234) / 4);
    for (int32_t k = -6; k < 0x1000; k += 4) {
        fields(f, OP_beq, 0, 1, 2, k);
        CHECK(f[10] >= MACHINE_RAM_WORDS);
    }
}

TEST(image_is_registers_then_words_then_zeros)
{
    static program p;
    static guest g;
    for (uint32_t extra = 0; extra < 3; extra++) {
        guest_start(&g, 0x1000 + 4 * 222);
        guest_halt(&g);
        g.n_data = 1 + extra; /* image of 223, 224, 225 words: 256 rows hold 223 */
        g.data[1] = 0xdeadbeef;
        CHECK(setup_of(&p, &g, MACHINE_IO_WORDS));
        const uint32_t *const *col = program_columns(&p, AIR_IMAGE), n = 1u << p.image_log;
        CHECK_EQ(n, extra ? 512 : 256);
        CHECK_EQ(p.image_end, MACHINE_RAM + 0x400 + n - 33 - 1);
        CHECK_EQ(col[imgp_addr][n - 1], p.image_end);
        for (uint32_t r = 0; r < n; r++) {
            const uint32_t i = r - 33;
            const uint32_t word = r < 33              ? 0
                                  : i == 0            ? g.code[0]
                                  : extra && i == 223 ? 0xdeadbeef
                                                      : 0;
            CHECK_EQ(col[imgp_addr][r], r < 33 ? r : MACHINE_RAM + 0x400 + i);
            CHECK_EQ(col[imgp_lo][r] | col[imgp_hi][r] << 16, word);
        }
        program_free(&p);
    }
}

/* Each refusal starts from a program that is accepted. */
TEST(setup_refuses_malformed_programs)
{
    static program p;
    static guest g;
    vm_program vm;
    vm_error err;
    guest_start(&g, 0x2000);
    guest_i(&g, OP_addi, 5, 0, 1);
    guest_halt(&g);
    CHECK(guest_load(&vm, &g, MACHINE_IO_WORDS));
#define ACCEPTED (program_setup(&p, &vm, MACHINE_IO_WORDS, &err) == SP_OK && (program_free(&p), 1))
#define REFUSED(change, sentence)                                       \
    do {                                                                \
        const vm_program keep = vm;                                     \
        const vm_insn insn = vm.code[0];                                \
        CHECK(ACCEPTED);                                                \
        change;                                                         \
        CHECK(program_setup(&p, &vm, MACHINE_IO_WORDS, &err) != SP_OK); \
        CHECK(strstr(err.text, sentence));                              \
        CHECK(p.insn == NULL && p.pre[AIR_ROM][0] == NULL);             \
        vm = keep;                                                      \
        vm.code[0] = insn;                                              \
    } while (0)
    REFUSED(vm.code_base = MACHINE_HALT_PC, "halt address");
    REFUSED(vm.code_base = MACHINE_HALT_PC - 4, "halt address");
    REFUSED(vm.code_base = 4 * MACHINE_RAM_WORDS - 4, "address space");
    REFUSED(vm.code_base = 2, "address space");
    REFUSED(vm.entry += 8, "entry");
    REFUSED(vm.entry += 2, "entry");
    REFUSED(vm.entry -= 4, "entry");
    REFUSED(vm.code[0].op = OP_illegal, "entry");
    REFUSED(vm.code[0].op = VM_N_OPS, "malformed");
    REFUSED(vm.code[0].rd = 32, "malformed");
    REFUSED(vm.code[0].rs1 = 33, "malformed");
    REFUSED(vm.code[0].rs2 = 32, "malformed");
    REFUSED(vm.base = MACHINE_BASE_MIN - 4, "image");
    REFUSED(vm.base += 2, "image");
    REFUSED(vm.base = MACHINE_IMAGE_LIMIT - 4 * vm.n_image + 4, "image");
    REFUSED(vm.n_image = MACHINE_IMAGE_LIMIT / 4, "image");
    /* The image itself ends below the limit, filled up it does not. */
    REFUSED((vm.io_mode_addr = 0, vm.base = MACHINE_IMAGE_LIMIT - 4 * vm.n_image), "filled up");
    REFUSED(vm.io_mode_addr = vm.base - 4, "io mode");
    REFUSED(vm.io_mode_addr = vm.base + 4 * vm.n_image, "io mode");
    REFUSED(vm.io_mode_addr = vm.base, "another io mode");
    CHECK(ACCEPTED);
    CHECK(program_setup(&p, &vm, MACHINE_IO_DIGEST, &err) != SP_OK);
    vm.io_mode_addr = 0;
    CHECK(ACCEPTED);
    CHECK(program_setup(&p, &vm, MACHINE_IO_DIGEST, &err) != SP_OK);
    vm_program_free(&vm);
}

/* n rows of one chip, the rest as in a real run. */
TEST(sizes_are_the_cheapest_allowed)
{
    static scene s;
    static guest g;
    guest_start(&g, 0x2000);
    guest_halt(&g);
    CHECK(scene_run(&s, &g, NULL));
    static const size_t edge[] = {
        1,    31,    32,    33,    4095,  4096,  4097,     8192,           8193,    8224,
        8225, 12288, 12289, 16383, 16384, 16385, 1u << 20, (1u << 20) + 1, 3u << 20};
    const unsigned slot = air_component_slot(AIR_ALU);
    for (size_t i = 0; i < SP_COUNT(edge) + 40; i++) {
        const size_t n = i < SP_COUNT(edge) ? edge[i] : 1 + test_rand() % (1u << 21);
        vm_error err;
        s.run.n_rows[VM_ALU] = n;
        s.run.n_cycles = n + 1;
        CHECK(witness_sizes(&s.l, &s.p, &s.run, 5, 1, &err) == SP_OK);
        CHECK_EQ(s.l.log[slot + 1], 0);
        CHECK_EQ(s.l.n_active[slot], n);
        CHECK((size_t)1 << s.l.log[slot] >= n);
        CHECK(s.l.log[slot] == 5 || (size_t)1 << (s.l.log[slot] - 1) < n);
        const unsigned single = s.l.log[slot];
        CHECK(witness_sizes(&s.l, &s.p, &s.run, 5, 2, &err) == SP_OK);
        size_t total = 0, active = 0;
        for (unsigned k = 0; k < 2; k++) {
            if (s.l.log[slot + k]) total += (size_t)1 << s.l.log[slot + k];
            active += s.l.n_active[slot + k];
            CHECK(s.l.log[slot + k] == 0 || s.l.n_active[slot + k] <= (size_t)1
                                                                          << s.l.log[slot + k]);
        }
        CHECK_EQ(active, n);
        CHECK(s.l.log[slot] >= s.l.log[slot + 1]);
        size_t best = (size_t)1 << single;
        if (single > WITNESS_SPLIT_LOG)
            for (unsigned a = 5; a <= single; a++)
                for (unsigned b = 5; b <= a; b++)
                    if (((size_t)1 << a) + ((size_t)1 << b) >= n &&
                        ((size_t)1 << a) + ((size_t)1 << b) < best)
                        best = ((size_t)1 << a) + ((size_t)1 << b);
        CHECK_EQ(total, best);
    }
    scene_free(&s);
}

TEST(witness_refuses_runs_that_cannot_be_proved)
{
    static scene s;
    static guest g;
    vm_error err;
    guest_start(&g, 0x2000);
    guest_li(&g, 12, 0x40000);
    guest_store(&g, OP_sw, 12, 12, 0);
    guest_halt(&g);
    CHECK(scene_run(&s, &g, NULL));
    const vm_result run = s.run;
#define SIZES witness_sizes(&s.l, &s.p, &s.run, 5, 1, &err)
    CHECK(SIZES == SP_OK);
    s.run.n_rows[VM_CONST]--; /* rows and cycles differ: not (wholly) recorded */
    CHECK(SIZES == SP_ERR_ARG);
    s.run = run;
    s.run.n_rows[VM_ALU] += MACHINE_MAX_CYCLES;
    s.run.n_cycles += MACHINE_MAX_CYCLES;
    CHECK(SIZES == SP_ERR_LIMIT);
    s.run = run;
    s.run.output_bytes = 4; /* a word that the record does not have */
    CHECK(SIZES == SP_ERR_ARG);
    s.run = run;
    s.p.base_word = run.touched[0].word + 1;
    CHECK(SIZES == SP_ERR_LIMIT);
    s.p.base_word = GUEST_CODE / 4;
    CHECK(SIZES == SP_OK);
    scene_free(&s);
}

/* The public facts that a trace is filled for are those of the run. */
TEST(witness_refuses_public_facts_of_another_run)
{
    static const uint8_t other[4] = {1};
    static scene s;
    static guest g;
    guest_start(&g, 0x2000);
    guest_li(&g, 12, MACHINE_OUTPUT_ADDR);
    guest_i(&g, OP_addi, 5, 0, 4);
    guest_store(&g, OP_sw, 5, 12, 0);
    guest_halt(&g);
    CHECK(scene_run(&s, &g, NULL) && scene_fill(&s, false));
    const air_public pub = s.t.pub;
#define FILL witness_fill(&s.t, &s.p, &s.run)
    CHECK(FILL == SP_OK);
    s.t.pub.output = other;
    CHECK(FILL == SP_ERR_UNSAT);
    s.t.pub = pub;
    s.t.pub.output_bytes = 3;
    CHECK(FILL == SP_ERR_UNSAT);
    s.t.pub = pub;
    s.t.pub.exit_code ^= 1;
    CHECK(FILL == SP_ERR_UNSAT);
    s.t.pub = pub;
    s.t.pub.cycles++;
    CHECK(FILL == SP_ERR_UNSAT);
    s.t.pub = pub;
    s.t.pub.entry += 4;
    CHECK(FILL == SP_ERR_UNSAT);
    s.t.pub = pub;
    s.t.pub.mode = MACHINE_IO_DIGEST;
    CHECK(FILL == SP_ERR_UNSAT);
    scene_free(&s);
}
