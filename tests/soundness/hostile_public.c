/* hostile_public.c - traces of a run that do not match what is claimed in public: windows, exit
 * code, mode, digest, cycles; and runs with other cycles than the program's. */
#include "tests/soundness/scene.h"
#include "tests/test.h"

static scene s;
static guest g;
static const uint8_t in77[4] = {77};

/* Copies the input word 77 to the output and exits with 3. */
static bool echo_scene(void)
{
    guest_start(&g, 0x2000);
    guest_li(&g, 12, MACHINE_INPUT_ADDR);
    guest_li(&g, 13, MACHINE_OUTPUT_ADDR);
    guest_i(&g, OP_addi, 6, 0, 4);
    guest_store(&g, OP_sw, 6, 13, 0);
    guest_i(&g, OP_lw, 5, 12, 4);
    guest_store(&g, OP_sw, 5, 13, 4);
    guest_i(&g, OP_addi, 9, 0, 3);
    guest_halt(&g);
    const scene_options o = {.input = in77, .input_bytes = 4};
    if (!scene_run(&s, &g, &o) || !scene_fill(&s, false)) return false;
    return scene_judge(&s).rule == NULL && s.run.exit_code == 3;
}

TEST(output_claimed_78)
{
    static const uint8_t out[4] = {78};
    CHECK(echo_scene());
    s.t.pub.output = out;
    CHECK(scene_unbalanced(&s, 4));
    scene_free(&s);
}

TEST(output_claimed_shorter_or_longer)
{
    static const uint8_t out[8] = {77};
    for (uint32_t n = 0; n <= 8; n++) {
        if (n == 4) continue;
        CHECK(echo_scene());
        s.t.pub.output = out;
        s.t.pub.output_bytes = n;
        /* The length word; and the word that is missing (its final time is T + 1) or too much. */
        CHECK(scene_unbalanced(&s, n == 0 || n > 4 ? 6 : 4));
        scene_free(&s);
    }
}

TEST(input_claimed_76)
{
    static const uint8_t in[4] = {76};
    CHECK(echo_scene());
    s.t.pub.input = in;
    CHECK(scene_unbalanced(&s, 2));
    scene_free(&s);
}

TEST(input_claimed_empty)
{
    CHECK(echo_scene());
    s.t.pub.input_bytes = 0;
    const scene_verdict v = scene_judge(&s);
    CHECK(v.rule && !strcmp(v.rule, "balance"));
    scene_free(&s);
}

TEST(exit_code_claimed_0)
{
    CHECK(echo_scene());
    s.t.pub.exit_code = 0;
    CHECK(scene_unbalanced(&s, 4));
    scene_free(&s);
}

TEST(cycles_claimed_one_more_or_less)
{
    for (int d = -1; d <= 1; d += 2) {
        CHECK(echo_scene());
        s.t.pub.cycles += (uint64_t)(int64_t)d;
        const scene_verdict v = scene_judge(&s);
        CHECK(v.rule && !strcmp(v.rule, "balance"));
        air_report report;
        CHECK(scene_check(&s, &report) == SP_ERR_UNSAT);
        scene_free(&s);
    }
}

TEST(entry_claimed_elsewhere)
{
    CHECK(echo_scene());
    s.t.pub.entry += 4;
    CHECK(scene_unbalanced(&s, 2));
    scene_free(&s);
}

/* A run in words mode, claimed as one in digest mode, and the other way round. */
TEST(other_mode_claimed)
{
    CHECK(echo_scene());
    s.t.pub.mode = MACHINE_IO_DIGEST;
    memcpy(s.t.pub.digest, s.run.reg + MACHINE_DIGEST_REG, sizeof s.t.pub.digest);
    const scene_verdict v = scene_judge(&s);
    CHECK(v.rule && !strcmp(v.rule, "balance"));
    scene_free(&s);

    guest_start(&g, 0x2000);
    guest_halt(&g);
    const scene_options o = {.mode = MACHINE_IO_DIGEST};
    CHECK(scene_run(&s, &g, &o) && scene_fill(&s, false) && !scene_judge(&s).rule);
    s.t.pub.mode = MACHINE_IO_WORDS;
    const scene_verdict d = scene_judge(&s);
    CHECK(d.rule && !strcmp(d.rule, "balance"));
    scene_free(&s);
}

TEST(digest_claimed_otherwise)
{
    guest_start(&g, 0x2000);
    for (unsigned k = 10; k < 18; k++) guest_li(&g, k, 0x12345678 * k);
    guest_halt(&g);
    const scene_options o = {.mode = MACHINE_IO_DIGEST};
    for (unsigned k = 0; k < AIR_DIGEST_WORDS; k++) {
        CHECK(scene_run(&s, &g, &o) && scene_fill(&s, false) && !scene_judge(&s).rule);
        s.t.pub.digest[k] ^= UINT32_C(1) << (31 - k);
        CHECK(scene_unbalanced(&s, 4));
        scene_free(&s);
    }
}

/* ---- the program reads 0 where the input is 77 ---- */

static bool input_read_as_0(void)
{
    if (!echo_scene()) return false;
    scene_own(&s, 1);
    vm_row *lw = scene_row(&s, OP_lw, 0), *sw = scene_row(&s, OP_sw, 1);
    lw->r = lw->m = lw->m_new = sw->p = sw->r = sw->m_new = s.run.reg[5] = 0;
    lw->dm = 4 * lw->cycle + 3 - 1; /* from time 0 */
    for (size_t i = 0; i < s.run.n_touched; i++) {
        vm_touched *t = &s.run.touched[i];
        if (t->word == MACHINE_INPUT_ADDR / 4 + 1 || t->word == MACHINE_OUTPUT_ADDR / 4 + 1)
            t->value = 0;
    }
    memset(s.run.output, 0, 4);
    return scene_fill(&s, false);
}

TEST(input_read_as_0)
{
    CHECK(input_read_as_0());
    CHECK(scene_unbalanced(&s, 2)); /* (a, 0, 0) read twice, (a, 1, 77) never */
    scene_free(&s);
}

/* The same with a second INITFIN row of the word, which gives (a, 0, 0) again and takes (a, 1, 77).
 */
TEST(input_word_with_two_sources)
{
    CHECK(input_read_as_0());
    const uint32_t word = MACHINE_INPUT_ADDR / 4 + 1;
    uint32_t cells[inf_n_columns];
    size_t row = 0;
    while (*scene_cell(&s, AIR_INITFIN, inf_wl, row) != (word & 0x3fff) ||
           *scene_cell(&s, AIR_INITFIN, inf_wh, row) != word >> 14)
        row++;
    /* Rows 1..row move up by one over row 0, a padding word; the copy has gap -1. */
    for (size_t r = 0; r < row; r++)
        for (unsigned c = 0; c < inf_n_columns; c++)
            *scene_cell(&s, AIR_INITFIN, c, r) = *scene_cell(&s, AIR_INITFIN, c, r + 1);
    for (unsigned c = 0; c < inf_n_columns; c++) cells[c] = *scene_cell(&s, AIR_INITFIN, c, row);
    scene_set(&s, AIR_INITFIN, inf_gl, 0, 1);
    cells[inf_gl] = M31_P - 1;
    cells[inf_gh] = 0;
    cells[inf_tf] = 1;
    cells[inf_lo] = 77;
    cells[inf_hi] = 0;
    for (unsigned c = 0; c < inf_n_columns; c++) scene_set(&s, AIR_INITFIN, c, row, cells[c]);
    CHECK(scene_rejected(&s, "range", OFF("range")));
    scene_free(&s);
}

/* The same by an IMAGE row: its addresses are preprocessed, so no trace can have it. With another
 * program table every rule holds: what stops it is program_id, which commits to the table. */
TEST(image_row_for_an_input_word_needs_another_program)
{
    CHECK(input_read_as_0());
    const size_t last = ((size_t)1 << s.p.image_log) - 1;
    scene_set(&s, AIR_IMAGE, img_tf, last, 1);
    scene_set(&s, AIR_IMAGE, img_lo, last, 77);
    CHECK(scene_unbalanced(&s, 4));
    s.p.pre[AIR_IMAGE][imgp_addr][last] = MACHINE_RAM + MACHINE_INPUT_ADDR / 4 + 1;
    const scene_verdict v = scene_judge(&s);
    CHECK(v.rule == NULL);
    scene_free(&s);
}

/* ---- the clock and the order of cycles ---- */

/* A REFRESH row on an address 63, as if the state were a cell: the clock would jump to 2^29 - 8. */
TEST(refresh_of_the_state)
{
    guest_start(&g, 0x2000);
    guest_word(&g, 0x000052b7); /* lui x5, 5 */
    guest_jal(&g, 0, MACHINE_HALT_PC);
    CHECK(scene_run(&s, &g, NULL));
    scene_own(&s, 4);
    const uint32_t late = (1u << 29) - 8;
    vm_row *jal = scene_row(&s, OP_jal, 0);
    CHECK_EQ(jal->cycle, 2);
    scene_refresh(&s, 63, late, GUEST_CODE / 4 + 1, late - 8 - 1);
    scene_refresh(&s, MACHINE_SINK, late + 1, 0, late + 1 - 1);
    jal->cycle = late / 4;
    jal->d3 = 0;
    s.run.reg_ts[32] = late + 2;
    /* witness_sizes counts the rows against the cycles: the claim is made afterwards. */
    CHECK(scene_fill(&s, false));
    s.t.pub.cycles = late / 4;
    for (unsigned row = 3, t = 0; t < 2;
         t++, row++) { /* x9 and the output length, to the new end */
        const uint32_t end = late + 4, gap = end - 1;
        scene_set(&s, AIR_REFRESH, rf_tl, row - 1, end & 0x3fff);
        scene_set(&s, AIR_REFRESH, rf_th, row - 1, end >> 14);
        scene_set(&s, AIR_REFRESH, rf_dl, row - 1, gap & 0x3fff);
        scene_set(&s, AIR_REFRESH, rf_dh, row - 1, gap >> 14);
    }
    scene_set(&s, AIR_IMAGE, img_tf, 9, (int64_t)late + 5);
    for (size_t row = 0; row < 32; row++)
        if (*scene_cell(&s, AIR_INITFIN, inf_tf, row) == 13)
            scene_set(&s, AIR_INITFIN, inf_tf, row, (int64_t)late + 5);
    /* The state at both times, and the address 63 at both times: nothing else is over. */
    CHECK(scene_unbalanced(&s, 4));
    scene_free(&s);
}

static bool loop_scene(void)
{
    guest_start(&g, 0x2000);
    guest_li(&g, 12, 0x40000);
    guest_i(&g, OP_addi, 6, 0, 20);
    const uint32_t top = guest_here(&g);
    guest_i(&g, OP_lw, 7, 12, 0);
    guest_i(&g, OP_addi, 7, 7, 3);
    guest_store(&g, OP_sw, 7, 12, 0);
    guest_i(&g, OP_addi, 6, 6, -1);
    guest_branch(&g, OP_bne, 6, 0, top);
    guest_halt(&g);
    return scene_run(&s, &g, NULL) && scene_fill(&s, false) && !scene_judge(&s).rule;
}

static bool is_unbalanced(void)
{
    const scene_verdict v = scene_judge(&s);
    air_report report;
    return v.rule && !strcmp(v.rule, "balance") && scene_check(&s, &report) == SP_ERR_UNSAT;
}

TEST(swapped_cycles)
{
    CHECK(loop_scene());
    uint32_t *a = scene_cell(&s, AIR_ALU, alu_ts, 10), *b = scene_cell(&s, AIR_ALU, alu_ts, 12);
    const uint32_t t = *a;
    *a = *b;
    *b = t;
    CHECK(is_unbalanced());
    scene_free(&s);
}

TEST(duplicated_cycle)
{
    CHECK(loop_scene());
    const size_t to = s.run.n_rows[VM_ALU];
    scene_grow(&s, AIR_ALU, 6);
    for (unsigned c = 0; c < alu_n_columns; c++)
        *scene_cell(&s, AIR_ALU, c, to) = *scene_cell(&s, AIR_ALU, c, 10);
    CHECK(is_unbalanced());
    scene_free(&s);
}

TEST(dropped_cycle)
{
    CHECK(loop_scene());
    for (unsigned c = 0; c < ls_n_columns; c++) *scene_cell(&s, AIR_LS, c, 4) = 0;
    CHECK(is_unbalanced());
    scene_free(&s);
}

/* The trace of a whole iteration less: its rows are dropped, and what follows is moved up in time.
 */
TEST(dropped_iteration)
{
    CHECK(loop_scene());
    scene_own(&s, 1);
    const uint32_t first = scene_row(&s, OP_lw, 5)->cycle;
    for (unsigned c = 0; c < VM_N_CHIPS; c++) {
        size_t n = 0;
        for (size_t i = 0; i < s.run.n_rows[c]; i++) {
            vm_row row = s.run.rows[c][i];
            if (row.cycle >= first && row.cycle < first + 5) continue;
            if (row.cycle >= first + 5) row.cycle -= 5;
            s.run.rows[c][n++] = row;
        }
        s.run.n_rows[c] = n;
    }
    s.run.n_cycles -= 5;
    for (unsigned r = 0; r < MACHINE_N_REGS; r++)
        if (s.run.reg_ts[r] > 4 * first) s.run.reg_ts[r] -= 20;
    for (size_t i = 0; i < s.run.n_touched; i++)
        if (s.run.touched[i].ts > 4 * first) s.run.touched[i].ts -= 20;
    CHECK(scene_fill(&s, false));
    /* x6, x7 and the word are one iteration off where it is missing: a write without a read and a
     * read without a write each. */
    CHECK(scene_unbalanced(&s, 6));
    scene_free(&s);
}

TEST(public_bounds)
{
    air_public pub = {.entry = GUEST_CODE, .cycles = 1};
    CHECK(air_public_check(&pub) == SP_OK);
    pub.cycles = MACHINE_MAX_CYCLES;
    CHECK(air_public_check(&pub) == SP_OK);
    CHECK(4 * (pub.cycles + 1) + 1 < 1u << 29);
    CHECK(4 * (pub.cycles + 2) + 1 >= 1u << 29);
    pub.cycles++;
    CHECK(air_public_check(&pub) == SP_ERR_LIMIT);
    pub.cycles = 0;
    CHECK(air_public_check(&pub) == SP_ERR_LIMIT);
    pub.cycles = UINT64_C(1) << 32 | 1;
    CHECK(air_public_check(&pub) == SP_ERR_LIMIT);
    pub.cycles = 1;
    pub.entry = 2;
    CHECK(air_public_check(&pub) == SP_ERR_LIMIT);
    pub.entry = 4 * MACHINE_RAM_WORDS;
    CHECK(air_public_check(&pub) == SP_ERR_LIMIT);
    pub.entry = GUEST_CODE;
    pub.input_bytes = MACHINE_INPUT_CAP;
    pub.output_bytes = MACHINE_OUTPUT_CAP;
    CHECK(air_public_check(&pub) == SP_OK);
    pub.input_bytes++;
    CHECK(air_public_check(&pub) == SP_ERR_LIMIT);
    pub.input_bytes--;
    pub.output_bytes++;
    CHECK(air_public_check(&pub) == SP_ERR_LIMIT);
    pub.mode = MACHINE_IO_DIGEST; /* where the lengths are in the digest */
    CHECK(air_public_check(&pub) == SP_OK);
    pub.mode = (enum machine_io_mode)2;
    CHECK(air_public_check(&pub) == SP_ERR_LIMIT);
    /* Both windows at their largest lie inside RAM, apart from each other and above any image. */
    CHECK(MACHINE_IMAGE_LIMIT <= MACHINE_INPUT_ADDR);
    CHECK(MACHINE_INPUT_ADDR + 4 * air_window_words(MACHINE_INPUT_CAP) <= MACHINE_OUTPUT_ADDR);
    CHECK(MACHINE_OUTPUT_ADDR / 4 + air_window_words(MACHINE_OUTPUT_CAP) <= MACHINE_RAM_WORDS);
}

/* The list of pairs, by hand, and the product over it. */
TEST(boundary_pairs_are_the_stated_ones)
{
    static const uint8_t in[5] = {1, 2, 3, 4, 5}, out[1] = {0xff};
    const air_public pub = {.entry = 0x1000,
                            .cycles = 9,
                            .exit_code = 0x70001,
                            .input = in,
                            .input_bytes = 5,
                            .output = out,
                            .output_bytes = 1};
    const uint32_t a = MACHINE_RAM + MACHINE_INPUT_ADDR / 4,
                   b = MACHINE_RAM + MACHINE_OUTPUT_ADDR / 4;
    const air_tuple want[7][2] = {
        {{true, 0x40, 40, 0, 0}, {true, 0x400, 4, 0, 0}},
        {{false, a, 0, 0, 0}, {false, a, 1, 5, 0}},
        {{false, a + 1, 0, 0, 0}, {false, a + 1, 1, 0x201, 0x403}},
        {{false, a + 2, 0, 0, 0}, {false, a + 2, 1, 5, 0}},
        {{false, b, 40, 1, 0}, {false, b, 41, 1, 0}},
        {{false, b + 1, 40, 0xff, 0}, {false, b + 1, 41, 0xff, 0}},
        {{false, 9, 40, 1, 7}, {false, 9, 41, 1, 7}},
    };
    air_challenges ch;
    ch.gamma = qm31_from4(m31_from_u32(test_rand()), m31_from_u32(test_rand()),
                          m31_from_u32(test_rand()), m31_from_u32(test_rand()));
    ch.z = qm31_zero();
    const qm31 alpha = qm31_from4(m31_from_u32(test_rand()), m31_from_u32(test_rand()),
                                  m31_from_u32(test_rand()), m31_from_u32(test_rand()));
    for (unsigned i = 0; i < 12; i++) ch.alpha[i] = qm31_pow(alpha, i);
    air_boundary it;
    air_tuple pair[2];
    qm31 product[2] = {qm31_one(), qm31_one()}, got[2];
    unsigned n = 0;
    air_boundary_start(&it, &pub);
    for (; air_boundary_next(&it, &pair[0], &pair[1]); n++) {
        CHECK(n < 7);
        for (unsigned k = 0; k < 2; k++) {
            const air_tuple *t = &want[n][k];
            CHECK(pair[k].state == t->state);
            CHECK_EQ(pair[k].addr, t->addr);
            CHECK_EQ(pair[k].ts, t->ts);
            CHECK_EQ(pair[k].lo, t->lo);
            CHECK_EQ(pair[k].hi, t->hi);
            /* gamma + addr + alpha ts + alpha^2 lo + alpha^3 hi; gamma + alpha^4 + alpha ts +
             * alpha^2 pc */
            const uint32_t v[5] = {t->state ? 0 : t->addr, t->ts, t->state ? t->addr : t->lo, t->hi,
                                   t->state};
            qm31 f = ch.gamma;
            for (unsigned i = 0; i < 5; i++)
                f = qm31_add(f, qm31_mul_m31(qm31_pow(alpha, i), m31_from_u32(v[i])));
            product[k] = qm31_mul(product[k], f);
        }
    }
    CHECK_EQ(n, 7);
    air_boundary_product(&got[0], &got[1], &pub, &ch);
    CHECK(qm31_eq(got[0], product[0]) && qm31_eq(got[1], product[1]));
}
