/* hostile_memory.c - traces that read what nobody wrote: values out of range, time that runs
 * backwards, padding rows that carry values, doubled or wrapped addresses. Each is consistent but
 * for the one rule that rejects it. */
#include "tests/soundness/scene.h"
#include "tests/test.h"

static scene s;
static guest g;

/* A value as what the cells hold: the record is edited so that the add reads 123 from x9, which
 * nobody ever writes. x9 keeps its chain: 0 from start to end. */
static bool read_forged_x9(vm_row **add)
{
    guest_start(&g, 0x2000);
    guest_i(&g, OP_addi, 5, 0, 1);
    guest_r(&g, OP_add, 8, 9, 5);
    guest_halt(&g);
    if (!scene_run(&s, &g, NULL)) return false;
    scene_own(&s, 16);
    *add = scene_row(&s, OP_add, 0);
    (*add)->a = 123;
    (*add)->r = s.run.reg[8] = 124;
    s.run.reg_ts[9] = 0;
    return true;
}

TEST(forged_read_from_the_future)
{
    vm_row *add;
    CHECK(read_forged_x9(&add));
    /* 131071 slots later a REFRESH row holds the value; gap -131072 takes the read there. A range
     * check of v + 2^17 k in one cell would accept this gap. */
    const uint32_t ts = 4 * add->cycle, later = ts - 1 + 131072;
    scene_refresh(&s, 9, later, 123, later - ts - 1);
    CHECK(scene_fill(&s, false));
    scene_set(&s, AIR_ALU, alu_d1, scene_row_index(&s, add), -131072);
    CHECK(scene_rejected(&s, "range", OFF("range")));
    scene_free(&s);
}

TEST(forged_product)
{
    guest_start(&g, 0x2000);
    guest_i(&g, OP_addi, 5, 0, 3);
    guest_i(&g, OP_addi, 6, 0, 5);
    guest_r(&g, OP_mul, 7, 5, 6);
    guest_halt(&g);
    CHECK(scene_run(&s, &g, NULL) && scene_fill(&s, false));
    const size_t k1 = *scene_cell(&s, AIR_MULDIV, md_k1, 0),
                 g1 = *scene_cell(&s, AIR_MULDIV, md_g1, 0);
    scene_set(&s, AIR_MULDIV, md_g0, 0, 15 - 131072);
    scene_set(&s, AIR_MULDIV, md_rlo, 0, 15 - 131072);
    scene_set(&s, AIR_MULDIV, md_k1, 0, (int64_t)k1 + 2);
    scene_set(&s, AIR_MULDIV, md_g1, 0, (int64_t)g1 + 2);
    scene_set(&s, AIR_MULDIV, md_rhi, 0, (int64_t)g1 + 2);
    scene_set_reg(&s, 7, 15 - 131072, 2);
    CHECK(scene_rejected(&s, "range", OFF("range")));
    scene_free(&s);
}

TEST(forged_shift_by_zero)
{
    guest_start(&g, 0x2000);
    guest_i(&g, OP_addi, 5, 0, 7);
    guest_i(&g, OP_slli, 6, 5, 0);
    guest_halt(&g);
    CHECK(scene_run(&s, &g, NULL) && scene_fill(&s, false));
    /* 2^16 2^17 = 4 modulo P */
    scene_set(&s, AIR_SH, sh_x1, 0, 131072);
    scene_set(&s, AIR_SH, sh_x0, 0, 7 - 4);
    scene_set(&s, AIR_SH, sh_rlo, 0, 3);
    scene_set(&s, AIR_SH, sh_rhi, 0, 131072);
    scene_set_reg(&s, 6, 3, 131072);
    CHECK(scene_rejected(&s, "range", OFF("range")));
    scene_free(&s);
}

/* Two REFRESH rows close a loop around one read: up to 2^30 - 49153, and by a gap of 2^30 + 49151
 * to time 0. Times below 2^29 (th has 15 bits) make that impossible. */
TEST(refresh_time_loop)
{
    vm_row *add;
    CHECK(read_forged_x9(&add));
    const uint32_t ts = 4 * add->cycle, top = (1u << 30) - 49153;
    scene_refresh(&s, 9, top, 123, top - ts - 1);
    scene_refresh(&s, 9, 0, 123, 0);
    CHECK(scene_fill(&s, false));
    scene_set(&s, AIR_REFRESH, rf_dl, 1, 65535);
    scene_set(&s, AIR_REFRESH, rf_dh, 1, 65535);
    CHECK(scene_rejected(&s, "range", OFF("range")));
    scene_free(&s);
}

/* 32769 padding rows, each letting up to 65535 slots pass, carry a value once around the field. */
TEST(ring_of_padding_rows)
{
    vm_row *add;
    CHECK(read_forged_x9(&add) && scene_fill(&s, false));
    const size_t first = s.run.n_rows[VM_ALU];
    scene_grow(&s, AIR_ALU, 16);
    uint32_t t = 4 * add->cycle; /* the value stands at (x9, t) and is needed at t - 1 - d1 */
    uint32_t left = M31_P - 1 - add->d1;
    size_t n = 0;
    for (; left; n++) {
        const uint32_t step = left < 65535 ? left : 65535, row = (uint32_t)(first + n);
        left -= step;
        t = m31_add(m31_from_reduced(t), m31_from_reduced(step)).v;
        scene_set(&s, AIR_ALU, alu_rs2, row, 9);
        scene_set(&s, AIR_ALU, alu_ts, row, (int64_t)t - 1);
        scene_set(&s, AIR_ALU, alu_blo, row, 123);
        scene_set(&s, AIR_ALU, alu_rlo, row, 123);
        scene_set(&s, AIR_ALU, alu_plo, row, 123);
        scene_set(&s, AIR_ALU, alu_d2, row, step);
    }
    CHECK_EQ(n, 32769);
    CHECK(scene_rejected(&s, "a padding row lets time pass: d2",
                         OFF("a padding row lets time pass: d2")));
    scene_free(&s);
}

/* A padding row that rewrites x5 from 77 to 78 in the slot in which it was written. */
TEST(padding_row_that_writes)
{
    guest_start(&g, 0x2000);
    guest_i(&g, OP_addi, 5, 0, 77);
    guest_r(&g, OP_add, 8, 5, 0);
    guest_halt(&g);
    CHECK(scene_run(&s, &g, NULL));
    scene_own(&s, 1);
    vm_row *add = scene_row(&s, OP_add, 0), *li = scene_row(&s, OP_addi, 0);
    add->a = add->r = s.run.reg[5] = s.run.reg[8] = 78;
    CHECK(scene_fill(&s, false));
    const size_t row = s.run.n_rows[VM_ALU];
    scene_set(&s, AIR_ALU, alu_ts, row, 4 * li->cycle);
    scene_set(&s, AIR_ALU, alu_rd, row, 5);
    scene_set(&s, AIR_ALU, alu_alo, row, 78); /* read from x0 and written back: cancels itself */
    scene_set(&s, AIR_ALU, alu_rlo, row, 78);
    scene_set(&s, AIR_ALU, alu_plo, row, 77);
    CHECK(scene_rejected(&s, "a padding row changes plo", OFF("a padding row changes plo")));
    scene_free(&s);
}

/* A load that returns what the word held before the last store. */
TEST(stale_load)
{
    guest_start(&g, 0x2000);
    guest_li(&g, 12, 0x40000);
    guest_i(&g, OP_addi, 5, 0, 1);
    guest_store(&g, OP_sw, 5, 12, 0);
    guest_i(&g, OP_addi, 5, 5, 1);
    guest_store(&g, OP_sw, 5, 12, 0);
    guest_i(&g, OP_lw, 6, 12, 0);
    guest_halt(&g);
    CHECK(scene_run(&s, &g, NULL));
    scene_own(&s, 1);
    vm_row *lw = scene_row(&s, OP_lw, 0), *sw = scene_row(&s, OP_sw, 0);
    CHECK(lw->r == 2);
    lw->r = lw->m = lw->m_new = s.run.reg[6] = 1;
    CHECK(scene_fill(&s, false));
    CHECK(scene_unbalanced(&s, 4));           /* read of 1, write of 1, write of 2, final value 2 */
    lw->dm = 4 * (lw->cycle - sw->cycle) - 1; /* from the first store, whose value is read twice */
    CHECK(scene_fill(&s, false));
    CHECK(scene_unbalanced(&s, 4));
    scene_free(&s);
}

/* lw -4(x0): the address wraps to the tuple address 2^15 - 1, which is no cell. */
TEST(load_below_zero)
{
    guest_start(&g, 0x2000);
    guest_i(&g, OP_addi, 12, 0, 4);
    guest_i(&g, OP_lw, 5, 12, -4 + 0x7fc); /* 0x7fc: also below the image, the record is edited */
    guest_halt(&g);
    vm_program vm;
    CHECK(guest_load(&vm, &g, MACHINE_IO_WORDS));
    const vm_options o = {.record = true};
    vm_result r;
    vm_error err;
    CHECK(vm_run(&r, &vm, &o, &err) == SP_ERR_TRAP); /* no honest run goes there */
    vm_program_free(&vm);

    /* advice gives the base at run time: then the base is made 0. */
    static const uint8_t hint[4] = {0};
    guest_start(&g, 0x2000);
    guest_advice(&g, 12); /* length of the hint: 4 */
    guest_i(&g, OP_slli, 12, 12, 18);
    guest_i(&g, OP_lw, 5, 12, -4);
    guest_halt(&g);
    const scene_options so = {.hint = hint, .hint_bytes = 4};
    CHECK(scene_run(&s, &g, &so));
    scene_own(&s, 1);
    scene_row(&s, OP_advice, 0)->r = 0;
    vm_row *sl = scene_row(&s, OP_slli, 0);
    sl->a = sl->p = sl->r = 0;
    scene_row(&s, OP_lw, 0)->a = s.run.reg[12] = 0;
    CHECK(scene_fill(&s, false));
    CHECK(scene_judge(&s).row == 4); /* the word that was read honestly is over too */
    CHECK(scene_unbalanced(&s, 4));
    scene_free(&s);
}

/* ---- INITFIN ---- */

/* Rows: input length, output length and one RAM word are touched, above them the padding. */
static bool initfin_scene(void)
{
    guest_start(&g, 0x2000);
    guest_li(&g, 12, 0x40000);
    guest_i(&g, OP_lw, 5, 12, 0);
    guest_halt(&g);
    if (!scene_run(&s, &g, NULL) || !scene_fill(&s, false)) return false;
    const scene_verdict v = scene_judge(&s);
    return !v.rule && scene_instance(&s, AIR_INITFIN, 0)->log == 5;
}

static uint32_t word_of(size_t row)
{
    return *scene_cell(&s, AIR_INITFIN, inf_wl, row) +
           (*scene_cell(&s, AIR_INITFIN, inf_wh, row) << 14);
}

/* Word w (a field element) in a row that follows word `before`: the limbs that satisfy the order.
 */
static void place_word(size_t row, int64_t w, int64_t before)
{
    const uint32_t word = m31_from_i64(w).v, gap = m31_from_i64(w - before - 1).v;
    scene_set(&s, AIR_INITFIN, inf_wl, row, word & 0x3fff);
    scene_set(&s, AIR_INITFIN, inf_wh, row, word >> 14);
    scene_set(&s, AIR_INITFIN, inf_gl, row, gap & 0x3fff);
    scene_set(&s, AIR_INITFIN, inf_gh, row, gap >> 14);
}

TEST(initfin_same_word_twice)
{
    CHECK(initfin_scene());
    const uint32_t w = word_of(4);
    place_word(5, w, w); /* gap -1 */
    place_word(6, word_of(6), w);
    CHECK(scene_rejected(&s, "range", OFF("range")));
    scene_free(&s);
}

TEST(initfin_order_starts_again)
{
    CHECK(initfin_scene());
    const uint32_t back = word_of(4);
    place_word(6, back, word_of(5)); /* gap -2 */
    place_word(7, word_of(7), back);
    CHECK(scene_rejected(&s, "range", OFF("range")));
    scene_free(&s);
}

/* Eight steps of legal size lead once around the field, over words that are none. */
TEST(initfin_order_wraps)
{
    CHECK(initfin_scene());
    const int64_t w3 = word_of(3), w7 = word_of(7);
    int64_t before = w7;
    for (size_t row = 8; row < 16; row++) {
        int64_t w = row < 15 ? before + (1 << 28) : w3 + (int64_t)M31_P;
        place_word(row, w, before);
        CHECK(*scene_cell(&s, AIR_INITFIN, inf_gh, row) < 1u << 14); /* the steps are legal */
        before = w;
    }
    before = w3;
    for (size_t row = 16; row < 32; row++) {
        const uint32_t touched = word_of(row);
        const bool real = *scene_cell(&s, AIR_INITFIN, inf_tf, row) != 0;
        const int64_t w = real ? touched : before + 1;
        place_word(row, w, before);
        before = w;
    }
    CHECK(scene_rejected(&s, "range", OFF("range")));
    scene_free(&s);
}

TEST(initfin_register)
{
    CHECK(initfin_scene());
    const uint32_t next = word_of(1);
    place_word(0, 9 - (int64_t)MACHINE_RAM, (int64_t)s.p.image_end - MACHINE_RAM);
    place_word(1, next, 9 - (int64_t)MACHINE_RAM);
    CHECK(scene_rejected(&s, "range", OFF("range")));
    scene_free(&s);
}

/* The order rule itself, with cells in range; row 0 is not compared with the last row. */
TEST(initfin_order_is_checked_on_every_row)
{
    static const char rule[] = "the address is not the one before plus 1 + gl + 2^14 gh";
    for (size_t row = 0; row < 32; row++) {
        CHECK(initfin_scene());
        const uint32_t gl = *scene_cell(&s, AIR_INITFIN, inf_gl, row);
        scene_set(&s, AIR_INITFIN, inf_gl, row, gl ? gl - 1 : 1);
        CHECK(scene_rejected(&s, rule, OFF(rule)));
        scene_free(&s);
    }
}

/* A word of the image gets a second start, 0. */
TEST(initfin_image_word)
{
    CHECK(initfin_scene());
    const uint32_t next = word_of(1), end = s.p.image_end - MACHINE_RAM;
    place_word(0, end, end); /* gap -1 */
    place_word(1, next, end);
    CHECK(scene_rejected(&s, "range", OFF("range")));
    scene_free(&s);
}
