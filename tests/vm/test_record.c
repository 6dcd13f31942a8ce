/* test_record.c - the record where gaps are long, where nothing is touched, and of random code. */
#include "tests/vm/guest.h"
#include "tests/vm/stream.h"

static const vm_options none = {0};

/* Reads x5 and x6, then n nops, then reads them again in swapped slots. */
static void idle_guest(struct guest *g, uint32_t n, bool swap)
{
    guest_op(g, OP_add, 7, 5, 6, 0);
    for (uint32_t k = 0; k < n; k++) guest_op(g, OP_addi, 28, 29, 0, 0);
    guest_op(g, OP_add, 7, swap ? 6 : 5, swap ? 5 : 6, 0);
    guest_halt(g);
}

static size_t refreshes_of(const vm_result *r, uint32_t reg)
{
    size_t n = 0;
    for (size_t k = 0; k < r->n_refresh; k++) n += r->refresh[k].addr == reg;
    return n;
}

TEST(a_refresh_appears_exactly_above_the_longest_gap)
{
    /* 16384 cycles apart, same slot: d = 4 * 16384 - 1 = 65535; one slot more needs a refresh. */
    static const struct {
        uint32_t nops;
        bool swap;
        size_t x5, x6, x7;
    } c[] = {{16382, false, 0, 0, 0}, {16383, false, 0, 0, 0}, {16384, false, 1, 1, 1},
             {16383, true, 1, 0, 0},  {16382, true, 0, 0, 0},  {50000, true, 1, 1, 1}};
    for (size_t k = 0; k < SP_COUNT(c); k++) {
        struct guest g = {0};
        vm_result r;
        vm_error err;
        idle_guest(&g, c[k].nops, c[k].swap);
        CHECK_EQ(guest_run(&r, &g, &none, &err), SP_OK);
        CHECK_EQ(refreshes_of(&r, 5), c[k].x5);
        CHECK_EQ(refreshes_of(&r, 6), c[k].x6);
        CHECK_EQ(refreshes_of(&r, 7), c[k].x7);
        if (c[k].nops == 50000) {
            const vm_refresh *f = NULL;
            for (size_t j = 0; j < r.n_refresh; j++)
                if (r.refresh[j].addr == 6) f = &r.refresh[j];
            /* x6: read at slot 1 of cycle 1, then at slot 0 of cycle 50002 */
            CHECK_EQ(f->ts, 4u * 50002 - 1);
            CHECK_EQ(f->gap, 4u * 50002 - 1 - 5 - 1);
            const vm_row *last = &r.rows[VM_ALU][r.n_rows[VM_ALU] - 1];
            CHECK(last->d1 == 0 && last->d3 == 0);
        }
        vm_result_free(&r);
        guest_free(&g);
    }
}

TEST(long_loops_are_consistent)
{
    struct guest g = {0};
    vm_result r;
    vm_error err;
    guest_li(&g, 5, 0x30000000);
    guest_li(&g, 6, 100000);
    guest_li(&g, 20, 0xabcdef01); /* idle throughout */
    guest_op(&g, OP_addi, 6, 6, 0, -1);
    guest_op(&g, OP_sw, 0, 5, 6, 0);
    guest_op(&g, OP_bne, 0, 6, 0, -8);
    guest_op(&g, OP_add, 9, 20, 20, 0);
    guest_halt(&g);
    CHECK_EQ(guest_run(&r, &g, &none, &err), SP_OK);
    CHECK_EQ(r.n_cycles, 7 + 300000 + 2 - 1);
    CHECK_EQ(refreshes_of(&r, 20), 1);
    CHECK_EQ(r.exit_code, 0x579bde02);
    vm_result_free(&r);
    guest_free(&g);
}

static const vm_touched *find(const vm_result *r, uint32_t word)
{
    for (size_t k = 0; k < r->n_touched; k++)
        if (r->touched[k].word == word) return &r->touched[k];
    return NULL;
}

TEST(public_words_are_touched_even_when_nobody_reads_them)
{
    const uint8_t input[] = {1, 2, 3, 4, 5}, zero[4] = {0};
    for (int mode = 0; mode < 2; mode++) {
        struct guest g = {0};
        vm_options o = {0};
        vm_result r;
        vm_error err;
        o.mode = (enum machine_io_mode)mode;
        o.input = input;
        o.input_bytes = 5;
        g.data = zero;
        g.data_bytes = 4;
        g.io_mode = true;
        guest_li(&g, 28, MACHINE_OUTPUT_ADDR);
        guest_op(&g, OP_addi, 5, 0, 0, 9);
        guest_op(&g, OP_sw, 0, 28, 5, 0); /* nine bytes of output, never written */
        guest_halt(&g);
        CHECK_EQ(guest_run(&r, &g, &o, &err), SP_OK);
        CHECK_EQ(r.output_bytes, 9);
        if (mode == MACHINE_IO_DIGEST) {
            CHECK_EQ(r.n_touched, 1);
        } else {
            CHECK_EQ(r.n_touched, 3 + 4);
            const vm_touched *w = find(&r, MACHINE_INPUT_ADDR / 4 + 2);
            CHECK(w && w->ts == 1 && w->value == 5);
            w = find(&r, MACHINE_OUTPUT_ADDR / 4 + 3);
            CHECK(w && w->ts == 0 && w->value == 0);
            w = find(&r, MACHINE_OUTPUT_ADDR / 4);
            CHECK(w && w->ts == 4 * 4 + 3 && w->value == 9);
        }
        vm_result_free(&r);
        guest_free(&g);
    }
    /* Without any output, word 0 of the window is still there. */
    struct guest g = {0};
    vm_result r;
    vm_error err;
    guest_halt(&g);
    CHECK_EQ(guest_run(&r, &g, &none, &err), SP_OK);
    CHECK_EQ(r.n_touched, 2);
    CHECK(find(&r, MACHINE_INPUT_ADDR / 4) && find(&r, MACHINE_INPUT_ADDR / 4)->ts == 1);
    CHECK(find(&r, MACHINE_OUTPUT_ADDR / 4) && find(&r, MACHINE_OUTPUT_ADDR / 4)->ts == 0);
    vm_result_free(&r);
    guest_free(&g);
}

TEST(reads_of_public_words_start_from_time_one)
{
    struct guest g = {0};
    vm_result r;
    vm_error err;
    guest_li(&g, 5, MACHINE_INPUT_ADDR);
    guest_op(&g, OP_lw, 6, 5, 0, 0);
    guest_op(&g, OP_lw, 6, 5, 0, 4);
    guest_halt(&g);
    CHECK_EQ(guest_run(&r, &g, &none, &err), SP_OK);
    CHECK_EQ(r.rows[VM_LS][0].dm, 4 * 3 + 3 - 1 - 1);
    CHECK_EQ(r.rows[VM_LS][1].dm, 4 * 4 + 3 - 0 - 1);
    vm_result_free(&r);
    guest_free(&g);
}

TEST(random_streams_have_consistent_records)
{
    for (int k = 0; k < 100; k++) {
        struct guest g = {0};
        struct stream s;
        vm_result r;
        vm_error err;
        stream_make(&g, &s, 400);
        stream_end_vm(&g);
        uint8_t data[STREAM_BUFFER_BYTES];
        for (size_t j = 0; j < sizeof data; j++) data[j] = (uint8_t)test_rand();
        g.data = data;
        g.data_bytes = sizeof data;
        const sp_status st = guest_run(&r, &g, &none, &err);
        if (st != SP_OK) printf("%s\n", err.text);
        CHECK_EQ(st, SP_OK);
        CHECK_EQ(r.output_bytes, STREAM_BUFFER_BYTES);
        vm_result_free(&r);
        guest_free(&g);
    }
}

TEST(recording_stops_at_the_largest_time)
{
    CHECK(4 * ((uint64_t)MACHINE_MAX_CYCLES + 1) + 1 < (1u << 29));
    CHECK(4 * ((uint64_t)MACHINE_MAX_CYCLES + 2) + 1 >= (1u << 29));
}
