/* hostile_program.c - traces that execute something else than the program: other operations,
 * operands or targets than the ROM's, misaligned accesses, writes to x0, other results. */
#include "tests/soundness/scene.h"
#include "tests/test.h"

static scene s;
static guest g;

/* x8 = x7 + 5 with x7 = 1000 by addi, executed as the ALU row of something else. */
static bool addi_as(int64_t flag, uint32_t imm, uint32_t result, const char *rule)
{
    guest_start(&g, 0x2000);
    guest_i(&g, OP_addi, 7, 0, 1000);
    guest_i(&g, OP_addi, 8, 7, 5);
    guest_halt(&g);
    if (!scene_run(&s, &g, NULL) || !scene_fill(&s, false)) return false;
    scene_set(&s, AIR_ALU, alu_s, 1, flag);
    scene_set(&s, AIR_ALU, alu_ilo, 1, imm);
    scene_set(&s, AIR_ALU, alu_rlo, 1, result);
    scene_set_reg(&s, 8, result, 0);
    const bool ok = scene_rejected(&s, rule, OFF(rule));
    scene_free(&s);
    return ok;
}

TEST(addi_with_flag_2) { CHECK(addi_as(2, 0, 1000, "rom")); }
TEST(addi_with_flag_3) { CHECK(addi_as(3, 0, 1000, "rom")); }
TEST(addi_with_flag_minus_1) { CHECK(addi_as(-1, 0, 1000, "rom")); }
TEST(addi_without_immediate) { CHECK(addi_as(0, 0, 1000, "rom")); }
TEST(addi_as_subtraction) { CHECK(addi_as(1, 5, 995, "rom")); }
TEST(addi_with_another_immediate) { CHECK(addi_as(0, 6, 1006, "rom")); }

/* Operation numbers of other chips are no rows of this one: an ALU row for the pc of an xori. */
TEST(instruction_of_another_chip)
{
    guest_start(&g, 0x2000);
    guest_i(&g, OP_addi, 7, 0, 3);
    guest_i(&g, OP_xori, 8, 7, 5);
    guest_halt(&g);
    CHECK(scene_run(&s, &g, NULL));
    scene_own(&s, 4);
    /* The record has an addi at the pc of the xori: 3 + 5 instead of 3 ^ 5. */
    vm_row *x = scene_row(&s, OP_xori, 0);
    s.run.rows[VM_ALU][s.run.n_rows[VM_ALU]++] = *x;
    s.run.n_rows[VM_BIT] = 0;
    vm_row *add = &s.run.rows[VM_ALU][1];
    add->r = s.run.reg[8] = 8;
    CHECK(scene_fill(&s, false));
    scene_set(&s, AIR_ALU, alu_pc, 1, GUEST_CODE / 4 + 1);
    scene_set(&s, AIR_ALU, alu_rd, 1, 8);
    scene_set(&s, AIR_ALU, alu_rs1, 1, 7);
    scene_set(&s, AIR_ALU, alu_rs2, 1, 0);
    scene_set(&s, AIR_ALU, alu_s, 1, 0);
    scene_set(&s, AIR_ALU, alu_ilo, 1, 5);
    scene_set(&s, AIR_ALU, alu_ihi, 1, 0);
    CHECK(scene_rejected(&s, "rom", OFF("rom")));
    scene_free(&s);
}

/* A row that no instruction stands behind: the all-zero padding of the ROM has operation 0. */
TEST(padding_of_the_rom_is_not_fetched)
{
    guest_start(&g, 0x2000);
    guest_halt(&g);
    CHECK(scene_run(&s, &g, NULL) && scene_fill(&s, false));
    const air_instance *jalr = scene_instance(&s, AIR_JALR, 0);
    for (unsigned c = 0; c < jalr_n_columns; c++) scene_set(&s, AIR_JALR, c, 1, 0);
    scene_set(&s, AIR_JALR, jalr_e, 1, 1);
    CHECK(jalr->log == 5);
    CHECK(scene_rejected(&s, "rom", NULL));
    scene_free(&s);
}

/* addi x0, x0, 5 writes the sink. Here it writes x0, and jal then finds the sink untouched. */
TEST(write_to_x0)
{
    guest_start(&g, 0x2000);
    guest_i(&g, OP_addi, 0, 0, 5);
    guest_jal(&g, 0, MACHINE_HALT_PC);
    CHECK(scene_run(&s, &g, NULL));
    scene_own(&s, 1);
    vm_row *addi = scene_row(&s, OP_addi, 0), *jal = scene_row(&s, OP_jal, 0);
    addi->p = 0;
    addi->d3 = 0; /* x0 was read one slot before */
    jal->p = 0;
    jal->d3 = (uint16_t)(4 * jal->cycle + 2 - 1);
    s.run.reg[0] = 5;
    s.run.reg_ts[0] = 4 * addi->cycle + 2;
    CHECK(scene_fill(&s, false));
    scene_set(&s, AIR_ALU, alu_rd, 0, 0);
    CHECK(scene_rejected(&s, "rom", OFF("rom")));
    scene_free(&s);
}

/* ---- jumps ---- */

/* A padding CONST row that moves the state over an instruction. */
TEST(padding_row_that_jumps)
{
    guest_start(&g, 0x2000);
    guest_word(&g, 0x000052b7); /* lui x5, 5 */
    guest_i(&g, OP_addi, 8, 0, 1);
    guest_jal(&g, 0, MACHINE_HALT_PC);
    CHECK(scene_run(&s, &g, NULL));
    scene_own(&s, 1);
    vm_row *jal = scene_row(&s, OP_jal, 0);
    jal->cycle = 2;
    jal->d3 = 4 * 2 + 2 - 1; /* the sink's first access */
    s.run.n_rows[VM_ALU] = 0;
    s.run.n_cycles = 2;
    s.run.reg[8] = s.run.reg_ts[8] = s.run.reg_ts[0] = 0;
    s.run.reg_ts[32] = 4 * 2 + 2;
    CHECK(scene_fill(&s, false));
    scene_set(&s, AIR_CONST, cst_ts, 2, 8);
    scene_set(&s, AIR_CONST, cst_pc, 2, GUEST_CODE / 4 + 1);
    scene_set(&s, AIR_CONST, cst_pcn, 2, GUEST_CODE / 4 + 2);
    CHECK(scene_rejected(&s, "a padding row changes pc", OFF("a padding row changes pc")));
    scene_free(&s);
}

/* A branch that is not taken, as if its condition held: the wrong outcome, or only the wrong pc. */
static bool branch_scene(void)
{
    guest_start(&g, 0x2000);
    guest_i(&g, OP_addi, 5, 0, 1);
    guest_branch(&g, OP_beq, 5, 0, guest_here(&g) + 8);
    guest_i(&g, OP_addi, 8, 0, 1);
    guest_jal(&g, 0, MACHINE_HALT_PC);
    if (!scene_run(&s, &g, NULL)) return false;
    scene_own(&s, 1);
    vm_row *jal = scene_row(&s, OP_jal, 0), *beq = scene_row(&s, OP_beq, 0);
    jal->cycle = 3;
    jal->p = 1;
    jal->d3 = 3;
    s.run.n_rows[VM_ALU] = 1;
    s.run.n_cycles = 3;
    s.run.reg[8] = s.run.reg_ts[8] = 0;
    s.run.reg_ts[0] = 4 * beq->cycle + 1;
    s.run.reg_ts[32] = 4 * 3 + 2;
    return scene_fill(&s, false);
}

TEST(branch_to_the_other_target)
{
    static const char rule[] = "the next pc is not the one that x selects";
    CHECK(branch_scene());
    scene_set(&s, AIR_CMP, cmp_pcn, 0, GUEST_CODE / 4 + 3);
    CHECK(scene_rejected(&s, rule, OFF(rule)));
    scene_free(&s);
}

TEST(branch_with_the_other_outcome)
{
    static const char rule[] = "x is 0 though the operands differ (f = 1)";
    CHECK(branch_scene());
    /* x = 0: equal. The sink gets 0 too. */
    scene_set(&s, AIR_CMP, cmp_pcn, 0, GUEST_CODE / 4 + 3);
    scene_set(&s, AIR_CMP, cmp_x, 0, 0);
    scene_set(&s, AIR_CMP, cmp_w, 0, 0);
    const size_t jal = 0; /* the only CONST row */
    scene_set(&s, AIR_CONST, cst_plo, jal, 0);
    CHECK(scene_rejected(&s, rule, OFF(rule)));
    scene_free(&s);
}

/* jalr to another instruction than rs1 + imm. */
TEST(jalr_to_another_target)
{
    guest_start(&g, 0x2000);
    guest_i(&g, OP_addi, 5, 0, 0x404);
    guest_i(&g, OP_slli, 5, 5, 2);
    guest_i(&g, OP_jalr, 1, 5, 0);
    guest_i(&g, OP_addi, 8, 0, 1);
    guest_halt(&g); /* at 0x1010 */
    CHECK(scene_run(&s, &g, NULL) && scene_fill(&s, false));
    const uint32_t q = *scene_cell(&s, AIR_JALR, jalr_q, 0);
    CHECK_EQ(q, 0x1010 / 4);
    scene_set(&s, AIR_JALR, jalr_q, 0, q - 1);
    CHECK(scene_rejected(&s, "4 q + b0 differs from alo + imm by more than a carry", NULL));
    scene_free(&s);
}

/* An odd multiple of 2 is no target: no q, b0 fit. */
TEST(jalr_to_a_misaligned_target)
{
    static const uint8_t hint[4] = {0};
    guest_start(&g, 0x2000);
    guest_advice(&g, 5); /* 4 */
    guest_i(&g, OP_slli, 5, 5, 10);
    guest_i(&g, OP_jalr, 0, 5, 12);
    guest_halt(&g); /* at 0x100c */
    const scene_options o = {.hint = hint, .hint_bytes = 4};
    CHECK(scene_run(&s, &g, &o));
    CHECK(scene_fill(&s, false));
    /* rs1 = 0x1000 + 2; every choice of q near, and b0. */
    scene_set(&s, AIR_JALR, jalr_alo, 0, 0x1002);
    for (int64_t q = 0x400; q < 0x408; q++)
        for (int64_t b0 = 0; b0 < 3; b0++) {
            scene_set(&s, AIR_JALR, jalr_q, 0, q);
            scene_set(&s, AIR_JALR, jalr_b0, 0, b0);
            const scene_verdict v = scene_judge(&s);
            CHECK(v.rule && v.id == AIR_JALR && v.row == 0);
        }
    scene_free(&s);
}

/* ---- misaligned loads and stores ---- */

#define ODD "a half word or word at an odd address"
#define HALF "a word at an address that is no multiple of 4"

/* An access of a word that holds 0x11223344, whose base is off by `off`: advice gives the base, and
 * the record is edited. */
static bool misaligned(enum vm_op op, uint32_t off, const char *rule)
{
    static const uint8_t hint[4] = {0};
    guest_start(&g, 0x2000);
    guest_advice(&g, 12);
    guest_li(&g, 6, 0x11223344);
    guest_i(&g, OP_slli, 13, 12, 16); /* 0x40000 */
    guest_store(&g, OP_sw, 6, 13, 0);
    guest_i(&g, OP_addi, 12, 12, -4);
    guest_r(&g, OP_add, 13, 13, 12);
    if (op == OP_sw || op == OP_sh)
        guest_store(&g, op, 6, 13, 0);
    else
        guest_i(&g, op, 7, 13, 0);
    guest_halt(&g);
    const scene_options o = {.hint = hint, .hint_bytes = 4};
    if (!scene_run(&s, &g, &o)) return false;
    scene_own(&s, 1);
    /* x12 = 4 from the tape; minus 4 plus off. */
    vm_row *row = scene_row(&s, OP_addi, 1); /* the first is li's */
    row->a = 4 + off;
    row->p = 4 + off;
    row->r = off;
    scene_row(&s, OP_advice, 0)->r = 4 + off;
    vm_row *sl = scene_row(&s, OP_slli, 0);
    sl->a = 4 + off;
    sl->r = (4 + off) << 16;
    /* sw uses x13 = (4 + off) << 16: another aligned word. */
    vm_row *add = scene_row(&s, OP_add, 0);
    add->a = add->p = sl->r;
    add->b = off;
    add->r = sl->r + off;
    scene_row(&s, OP_sw, 0)->a = sl->r;
    vm_row *last = op == OP_sw ? scene_row(&s, OP_sw, 1) : scene_row(&s, op, 0);
    last->a = sl->r + off;
    s.run.reg[12] = off;
    s.run.reg[13] = sl->r + off;
    for (size_t i = 0; i < s.run.n_touched; i++)
        if (s.run.touched[i].word == 0x40000 / 4) s.run.touched[i].word = sl->r / 4;
    if (!scene_fill(&s, false)) return false;
    const bool ok = scene_rejected(&s, rule, OFF(ODD, HALF)) && (scene_free(&s), true);
    return ok;
}

TEST(misaligned_lw_2) { CHECK(misaligned(OP_lw, 2, HALF)); }
TEST(misaligned_lw_1) { CHECK(misaligned(OP_lw, 1, ODD)); }
TEST(misaligned_lh_1) { CHECK(misaligned(OP_lh, 1, ODD)); }
TEST(misaligned_lhu_1) { CHECK(misaligned(OP_lhu, 1, ODD)); }
TEST(misaligned_sw_2) { CHECK(misaligned(OP_sw, 2, HALF)); }
TEST(misaligned_sw_1) { CHECK(misaligned(OP_sw, 1, ODD)); }
TEST(misaligned_sh_1) { CHECK(misaligned(OP_sh, 1, ODD)); }
