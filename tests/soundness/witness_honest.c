/* witness_honest.c - the witness of honest runs satisfies every rule: random programs, edge
 * operands of every instruction, long idle registers, both io modes. */
#include "tests/soundness/randprog.h"
#include "tests/soundness/scene.h"
#include "tests/test.h"

static uint8_t bytes[16384];

static void random_bytes(void)
{
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)test_rand();
}

/* Runs g and has its trace judged; prints the rule that fails. */
static bool accepted(scene *s, const guest *g, const scene_options *o)
{
    if (!scene_run(s, g, o) || !scene_fill(s, false)) return false;
    const scene_verdict v = scene_judge(s);
    if (v.rule)
        printf("  %s row %" PRIu32 ": %s\n",
               v.id == AIR_N_COMPONENTS ? "-" : air_components[v.id].name, v.row, v.rule);
    /* The product's checker is slower, and tested by itself: one trace in three. */
    static unsigned calls;
    air_report report;
    if (v.rule || calls++ % 3) return v.rule == NULL;
    const sp_status st = scene_check(s, &report);
    if (st != SP_OK) printf("  checker: %s\n", report.text);
    return st == SP_OK;
}

TEST(random_programs_are_accepted)
{
    static scene s;
    static guest g;
    uint64_t n_op[VM_N_OPS] = {0};
    random_bytes();
    for (unsigned k = 0; k < 24; k++) {
        random_guest(&g, 260 + 40 * (k % 30));
        scene_options o = {.mode = k % 4 == 3 ? MACHINE_IO_DIGEST : MACHINE_IO_WORDS,
                           .input = bytes,
                           .input_bytes = test_rand() % 40,
                           .hint = bytes + 64,
                           .hint_bytes = sizeof bytes - 64,
                           .max_instances = 1 + k % 2};
        if (k == 0) o.input_bytes = 0;
        CHECK(accepted(&s, &g, &o));
        for (unsigned op = 0; op < VM_N_OPS; op++) n_op[op] += s.run.n_op[op];
        scene_free(&s);
    }
    for (unsigned op = 1; op < VM_N_OPS; op++) CHECK(n_op[op] > 0); /* nothing was left out */
}

/* One program per group, all operand pairs, also with the same register and x0 in each place. */
TEST(edge_operands_of_r_instructions)
{
    static scene s;
    static guest g;
    for (unsigned k = 0; k < SP_COUNT(ops_r); k++) {
        guest_start(&g, 0x8000);
        for (unsigned i = 0; i < 16; i++) {
            guest_li(&g, 5, edge_words[i]);
            guest_r(&g, ops_r[k], 7, 5, 5);
            guest_r(&g, ops_r[k], 7, 0, 5);
            guest_r(&g, ops_r[k], 7, 5, 0);
            guest_r(&g, ops_r[k], 0, 5, 7);
            for (unsigned j = 0; j < 16; j++) {
                guest_li(&g, 6, edge_words[j]);
                guest_r(&g, ops_r[k], 7, 5, 6);
            }
            guest_r(&g, ops_r[k], 6, 5, 6);
        }
        guest_halt(&g);
        CHECK(accepted(&s, &g, NULL));
        scene_free(&s);
    }
}

TEST(edge_operands_of_immediates_shifts_and_branches)
{
    static const int32_t imm[7] = {0, 1, -1, 2047, -2048, 255, -256};
    static scene s;
    static guest g;
    for (unsigned part = 0; part < 3; part++) {
        guest_start(&g, 0x8000);
        for (unsigned i = 0; i < 16; i++) {
            guest_li(&g, 5, edge_words[i]);
            for (unsigned k = 0; k < 6 && part == 0; k++)
                for (unsigned j = 0; j < 7; j++) guest_i(&g, ops_i[k], j == 6 ? 0 : 7, 5, imm[j]);
            for (unsigned k = 0; k < 3 && part == 1; k++)
                for (int32_t j = 0; j < 32; j++) guest_i(&g, ops_shift[k], j % 9 ? 7 : 0, 5, j);
            for (unsigned j = 0; j < 16 && part == 2; j++) {
                guest_li(&g, 6, edge_words[j]);
                for (unsigned k = 0; k < 6; k++)
                    guest_branch(&g, ops_branch[k], 5, 6, guest_here(&g) + 4 + 4 * (j % 2));
                guest_i(&g, OP_addi, 7, 7, 1);
            }
        }
        guest_halt(&g);
        CHECK(accepted(&s, &g, NULL));
        scene_free(&s);
    }
}

/* Every width at every offset, signed and unsigned, over words with all sign bits. */
TEST(loads_and_stores_at_every_offset)
{
    static const uint32_t words[5] = {0x80ff7f01, 0, 0xffffffff, 0x7f80017f, 0x00008000};
    static scene s;
    static guest g;
    guest_start(&g, 0x4000);
    for (unsigned k = 0; k < 5; k++) {
        guest_li(&g, 12, 0x20000 + 16 * k);
        guest_li(&g, 5, words[k]);
        guest_store(&g, OP_sw, 5, 12, 0);
        for (int32_t off = 0; off < 4; off++) {
            guest_i(&g, OP_lb, 7, 12, off);
            guest_i(&g, OP_lbu, 0, 12, off);
            guest_i(&g, OP_lbu, 12, 12, off - off); /* the base is overwritten */
            guest_li(&g, 12, 0x20000 + 16 * k);
            guest_store(&g, OP_sb, 5, 12, 4 + off);
            guest_store(&g, OP_sb, 0, 12, off);
            guest_store(&g, OP_sb, 12, 12, 8 + off);
            if (off % 2) continue;
            guest_i(&g, OP_lh, 7, 12, off);
            guest_i(&g, OP_lhu, 8, 12, 4 + off);
            guest_store(&g, OP_sh, 5, 12, 8 + off);
        }
        guest_i(&g, OP_lw, 0, 12, 8);
        guest_i(&g, OP_lw, 7, 12, 4);
    }
    guest_halt(&g);
    CHECK(accepted(&s, &g, NULL));
    scene_free(&s);
}

/* x7 and a RAM word idle for 20000 iterations; x7 and the sink need REFRESH rows, RAM does not. */
TEST(long_idle_cells_are_refreshed)
{
    static scene s;
    static guest g;
    guest_start(&g, 0x2000);
    guest_li(&g, 7, 77);
    guest_li(&g, 12, 0x40000);
    guest_store(&g, OP_sw, 7, 12, 0);
    guest_li(&g, 6, 20000);
    const uint32_t top = guest_here(&g);
    guest_i(&g, OP_addi, 6, 6, -1);
    guest_branch(&g, OP_bne, 6, 0, top);
    guest_r(&g, OP_add, 8, 7, 7);
    guest_i(&g, OP_lw, 9, 12, 0);
    guest_halt(&g);
    CHECK(accepted(&s, &g, NULL));
    CHECK(s.run.n_refresh > 0);
    CHECK_EQ(s.run.exit_code, 77);
    scene_free(&s);
}

/* Lengths around word borders, with nothing, something and everything read; outputs never written.
 */
TEST(windows_of_every_length)
{
    static scene s;
    static guest g;
    random_bytes();
    for (uint32_t n = 0; n < 10; n++)
        for (unsigned reads = 0; reads < 3; reads++) {
            guest_start(&g, 0x2000);
            guest_li(&g, 12, MACHINE_INPUT_ADDR);
            guest_li(&g, 13, MACHINE_OUTPUT_ADDR);
            for (uint32_t k = 0; k <= (n + 3) / 4 && reads; k++) {
                guest_i(&g, OP_lw, 5, 12, (int32_t)(4 * k));
                if (reads == 2) guest_store(&g, OP_sw, 5, 13, (int32_t)(4 * k));
            }
            guest_halt(&g);
            const scene_options o = {.input = bytes, .input_bytes = n};
            CHECK(accepted(&s, &g, &o));
            CHECK_EQ(s.run.output_bytes, reads == 2 ? n : 0);
            if (reads == 2) CHECK_BYTES(s.run.output, bytes, n);
            scene_free(&s);
        }
}

/* The program ends on its first cycle: everything else is untouched. */
TEST(shortest_run)
{
    static scene s;
    static guest g;
    guest_start(&g, 0x2000);
    guest_halt(&g);
    for (unsigned mode = 0; mode < 2; mode++) {
        const scene_options o = {.mode = (enum machine_io_mode)mode};
        CHECK(accepted(&s, &g, &o));
        CHECK_EQ(s.run.n_cycles, 1);
        scene_free(&s);
    }
}

/* The witness writes every cell that count does not: scene_fill poisons the memory before. */
TEST(cells_per_cycle_of_a_run)
{
    static scene s;
    static guest g;
    witness_cells c;
    random_guest(&g, 2000);
    random_bytes();
    const scene_options o = {.hint = bytes, .hint_bytes = sizeof bytes};
    CHECK(scene_run(&s, &g, &o) && scene_fill(&s, false));
    witness_count_cells(&c, &s.l);
    uint64_t active = 0;
    for (unsigned i = 0; i < s.t.n_inst; i++) {
        const air_instance *inst = &s.t.inst[i];
        const air_component *k = &air_components[inst->id];
        if (inst->id <= AIR_INITFIN)
            active += inst->n_active * (k->n_main + 4 * (k->n_prod + k->n_sum));
    }
    CHECK_EQ(c.active, active);
    CHECK(c.padded >= c.active && c.tables > 0);
    CHECK_EQ(witness_cells_per_cycle(&s.l), (100 * active + s.l.cycles / 2) / s.l.cycles);
    scene_free(&s);
}
