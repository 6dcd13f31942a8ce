/* test_run.c - traps, advice, input and output, limits, profile. */
#include "tests/vm/guest.h"

/* Runs both ways and frees the guest. True when it fails with this status and all texts (split at
 * '|') are in the message. */
static bool fails(struct guest *g, const vm_options *o, sp_status want, const char *texts)
{
    vm_result r;
    vm_error err;
    const sp_status s = guest_run(&r, g, o, &err);
    guest_free(g);
    if (s == SP_OK) vm_result_free(&r);
    char all[256];
    bool ok = s == want;
    snprintf(all, sizeof all, "%s", texts);
    for (char *t = strtok(all, "|"); t; t = strtok(NULL, "|")) ok = ok && strstr(err.text, t);
    const vm_result zero = {0};
    ok = ok && memcmp(&r, &zero, sizeof r) == 0;
    if (!ok) printf("status %d: %s\n", (int)s, err.text);
    return ok;
}

static const vm_options none = {0};

TEST(illegal_instructions_trap)
{
    static const uint32_t words[] = {0x00000000, 0x00000073, 0x00100073,
                                     0xc0002573, 0x0000100f, 0xffffffff};
    for (size_t k = 0; k < SP_COUNT(words); k++) {
        struct guest g = {0};
        char want[64];
        snprintf(want, sizeof want, "illegal instruction|0x%08x|cycle 2:|start+0x4|pc 0x00010004",
                 words[k]);
        guest_op(&g, OP_addi, 5, 0, 0, 1);
        guest_word(&g, words[k]);
        CHECK(fails(&g, &none, SP_ERR_TRAP, want));
    }
}

TEST(running_past_the_code_traps)
{
    struct guest g = {0};
    guest_op(&g, OP_addi, 5, 0, 0, 1);
    CHECK(fails(&g, &none, SP_ERR_TRAP, "past the end of the code|pc 0x00010004|cycle 2:"));
}

TEST(jumps_to_nowhere_trap)
{
    static const struct {
        uint32_t target;
        int32_t offset;
        const char *text;
    } c[] = {
        {0, 0, "jump to 0x00000000, where there is no code|jalr|cycle 3:|pc 0x00010008|start+0x8"},
        {0xff, 0, "jump to 0x000000fe|misaligned"},
        {0x102, 0, "jump to the misaligned address 0x00000102"},
        {GUEST_CODE - 4, 0, "jump to 0x0000fffc"},
        {GUEST_DATA, 0, "jump to 0x00200000"},
        {0x40000000, 0, "jump to 0x40000000"},
        {0xfffffffc, 0, "jump to 0xfffffffc"},
        {GUEST_CODE + 2, 0, "misaligned address 0x00010002"},
        {0xfffff901, 0x7ff, "wraps around"}, /* 0x100 modulo 2^32: not a halt */
        {0x10, -0x20, "wraps around"},
        {0xffffffff, 1, "wraps around"},
    };
    for (size_t k = 0; k < SP_COUNT(c); k++) {
        struct guest g = {0};
        char want[128];
        if (k == 1)
            snprintf(want, sizeof want, "%s", "0x000000fe");
        else
            snprintf(want, sizeof want, "%s", c[k].text);
        guest_li(&g, 5, c[k].target);
        guest_op(&g, OP_jalr, 1, 5, 0, c[k].offset);
        CHECK(fails(&g, &none, SP_ERR_TRAP, want));
    }
    struct guest g = {0};
    guest_op(&g, OP_jal, 1, 0, 0, -4);
    CHECK(fails(&g, &none, SP_ERR_TRAP, "jump to 0x0000fffc|jal ra, 0xfffc|cycle 1:"));
    guest_op(&g, OP_beq, 0, 0, 0, 0xffc);
    CHECK(fails(&g, &none, SP_ERR_TRAP, "jump to 0x00010ffc|beq zero, zero, 0x10ffc"));
    guest_op(&g, OP_bne, 0, 0, 0, 0xffc); /* not taken: the target does not matter */
    CHECK(fails(&g, &none, SP_ERR_TRAP, "past the end"));
}

/* A direct jump or branch to the halt address halts too: 0x10000 - 0x100 is in reach of jal. */
TEST(jal_to_the_halt_address_halts)
{
    struct guest g = {0};
    vm_result r;
    vm_error err;
    guest_op(&g, OP_addi, 9, 0, 0, 42);
    guest_op(&g, OP_jal, 0, 0, 0, (int32_t)MACHINE_HALT_PC - (int32_t)GUEST_CODE - 4);
    CHECK_EQ(guest_run(&r, &g, &none, &err), SP_OK);
    CHECK_EQ(r.exit_code, 42);
    CHECK_EQ(r.n_cycles, 2);
    vm_result_free(&r);
    guest_free(&g);
}

TEST(bad_addresses_trap)
{
    static const struct {
        uint8_t op;
        uint32_t addr;
        int32_t offset;
        const char *text;
    } c[] = {
        {OP_lw, GUEST_DATA + 1, 0, "misaligned access to address 0x00200001|lw a0, 0(t0)"},
        {OP_lw, GUEST_DATA, 2, "misaligned access to address 0x00200002"},
        {OP_lh, GUEST_DATA, 1, "misaligned"},
        {OP_lhu, GUEST_DATA, 3, "misaligned"},
        {OP_sw, GUEST_DATA, 1, "misaligned|sw a0, 1(t0)"},
        {OP_sw, GUEST_DATA, 2, "misaligned"},
        {OP_sh, GUEST_DATA, 3, "misaligned"},
        {OP_lw, GUEST_CODE, -4, "access to address 0x0000fffc outside 0x00010000..0x3fffffff"},
        {OP_lb, GUEST_CODE, -1, "access to address 0x0000ffff"},
        {OP_sb, GUEST_CODE, -1, "access to address 0x0000ffff"},
        {OP_sb, 0x3fffffff, 1, "access to address 0x40000000"},
        {OP_lw, 0x40000000, 0, "access to address 0x40000000"},
        {OP_lw, 0x80000000, 0, "access to address 0x80000000"},
        {OP_lw, 0xfffffffc, 0, "access to address 0xfffffffc"},
        {OP_lw, 0, -4, "access to address 0xfffffffc"},
        {OP_lw, 0xffffff9c, 100, "access to address 0x00000000"},
        {OP_sw, 0xfffffffc, 2044, "access to address 0x000007f8"},
        {OP_lw, 0, 0, "access to address 0x00000000"},
    };
    for (size_t k = 0; k < SP_COUNT(c); k++) {
        struct guest g = {0};
        char want[160];
        snprintf(want, sizeof want, "%s|cycle 3:|pc 0x00010008", c[k].text);
        guest_li(&g, 5, c[k].addr);
        guest_op(&g, (enum vm_op)c[k].op, 10, 5, 10, c[k].offset);
        CHECK(fails(&g, &none, SP_ERR_TRAP, want));
    }
}

TEST(first_and_last_byte_of_memory_are_accessible)
{
    struct guest g = {0};
    vm_result r;
    vm_error err;
    guest_li(&g, 5, 0x3fffffff);
    guest_op(&g, OP_addi, 6, 0, 0, 77);
    guest_op(&g, OP_sb, 0, 5, 6, 0);
    guest_op(&g, OP_lbu, 9, 5, 0, 0);
    guest_li(&g, 5, GUEST_CODE);
    guest_op(&g, OP_lw, 7, 5, 0, 0);
    guest_halt(&g);
    CHECK_EQ(guest_run(&r, &g, &none, &err), SP_OK);
    CHECK_EQ(r.exit_code, 77);
    CHECK_EQ(r.reg[7], g.code[0]);
    vm_result_free(&r);
    guest_free(&g);
}

/* Appends: output length := n bytes; exit. Data words are stored by the caller. */
static void finish(struct guest *g, uint32_t n)
{
    guest_li(g, 28, MACHINE_OUTPUT_ADDR);
    guest_li(g, 29, n);
    guest_op(g, OP_sw, 0, 28, 29, 0);
    guest_halt(g);
}

/* Reads n words of advice into the output. */
static void advice_guest(struct guest *g, uint32_t n)
{
    guest_li(g, 28, MACHINE_OUTPUT_ADDR);
    for (uint32_t k = 0; k < n; k++) {
        guest_op(g, OP_advice, 5 + k % 3, 0, 0, 0);
        guest_op(g, OP_sw, 0, 28, 5 + k % 3, (int32_t)(4 * k + 4));
    }
    finish(g, 4 * n);
}

static bool advice_gives(const vm_options *o, const uint32_t *want, uint32_t n)
{
    struct guest g = {0};
    const uint8_t zero[4] = {0};
    vm_result r;
    vm_error err;
    g.data = zero;
    g.data_bytes = 4;
    g.io_mode = true;
    advice_guest(&g, n);
    if (guest_run(&r, &g, o, &err) != SP_OK) {
        printf("%s\n", err.text);
        guest_free(&g);
        return false;
    }
    bool ok = r.output_bytes == 4 * n;
    for (uint32_t k = 0; ok && k < 4 * n; k++)
        ok = r.output[k] == (uint8_t)(want[k / 4] >> 8 * (k % 4));
    vm_result_free(&r);
    guest_free(&g);
    /* and one more word does not exist */
    g.data = zero;
    g.data_bytes = 4;
    g.io_mode = true;
    advice_guest(&g, n + 1);
    return ok && fails(&g, o, SP_ERR_TRAP, "hint exhausted|advice");
}

TEST(advice_reads_the_hint_tape)
{
    const uint8_t hint[] = {1, 2, 3, 4, 5, 6, 7}, input[] = {9, 8, 7, 6, 5};
    const uint32_t words[] = {7, 0x04030201, 0x00070605};
    vm_options o = {0};
    o.hint = hint;
    o.hint_bytes = 7;
    CHECK(advice_gives(&o, words, 3));
    o.hint_bytes = 4;
    const uint32_t four[] = {4, 0x04030201};
    CHECK(advice_gives(&o, four, 2));
    o.hint_bytes = 0;
    o.hint = NULL;
    const uint32_t empty[] = {0};
    CHECK(advice_gives(&o, empty, 1));

    o.mode = MACHINE_IO_DIGEST;
    o.hint = hint;
    o.hint_bytes = 7;
    o.input = input;
    o.input_bytes = 5;
    const uint32_t both[] = {5, 0x06070809, 5, 7, 0x04030201, 0x00070605};
    CHECK(advice_gives(&o, both, 6));
    o.input_bytes = 0;
    o.hint_bytes = 1;
    const uint32_t second[] = {0, 1, 1};
    CHECK(advice_gives(&o, second, 3));
}

/* Copies the input window's word k to the output. */
static void echo_guest(struct guest *g, uint32_t n_words, uint32_t n_bytes)
{
    guest_li(g, 27, MACHINE_INPUT_ADDR);
    guest_li(g, 28, MACHINE_OUTPUT_ADDR);
    for (uint32_t k = 0; k < n_words; k++) {
        guest_op(g, OP_lw, 5, 27, 0, (int32_t)(4 * k));
        guest_op(g, OP_sw, 0, 28, 5, (int32_t)(4 * k + 4));
    }
    finish(g, n_bytes);
}

TEST(input_window_holds_length_and_padded_bytes)
{
    const uint8_t input[] = {10, 20, 30, 40, 50};
    vm_options o = {0};
    for (uint32_t n = 0; n <= 5; n++) {
        struct guest g = {0};
        vm_result r;
        vm_error err;
        uint8_t want[16] = {0};
        o.input = n ? input : NULL;
        o.input_bytes = n;
        want[0] = (uint8_t)n;
        memcpy(want + 4, input, n);
        echo_guest(&g, 4, 16);
        CHECK_EQ(guest_run(&r, &g, &o, &err), SP_OK);
        CHECK_EQ(r.output_bytes, 16);
        CHECK_BYTES(r.output, want, 16);
        vm_result_free(&r);
        guest_free(&g);
    }
}

TEST(input_is_not_in_memory_in_digest_mode)
{
    const uint8_t input[] = {10, 20, 30, 40, 50}, zero[16] = {0};
    vm_options o = {0};
    struct guest g = {0};
    vm_result r;
    vm_error err;
    g.data = zero;
    g.data_bytes = 4;
    g.io_mode = true;
    o.mode = MACHINE_IO_DIGEST;
    o.input = input;
    o.input_bytes = 5;
    echo_guest(&g, 4, 16);
    CHECK_EQ(guest_run(&r, &g, &o, &err), SP_OK);
    CHECK_BYTES(r.output, zero, 16);
    vm_result_free(&r);
    guest_free(&g);
}

TEST(the_program_sees_its_io_mode)
{
    for (int mode = 0; mode < 2; mode++) {
        const uint8_t data[8] = {0x55, 0x55, 0x55, 0x55, 1, 2, 3, 4};
        struct guest g = {0};
        vm_options o = {0};
        vm_result r;
        vm_error err;
        g.data = data;
        g.data_bytes = 8;
        g.io_mode = true;
        o.mode = (enum machine_io_mode)mode;
        guest_li(&g, 5, GUEST_DATA);
        guest_op(&g, OP_lw, 9, 5, 0, 0);
        guest_op(&g, OP_lw, 10, 5, 0, 4);
        guest_halt(&g);
        CHECK_EQ(guest_run(&r, &g, &o, &err), SP_OK);
        CHECK_EQ(r.exit_code, mode);
        CHECK_EQ(r.reg[10], 0x04030201);
        vm_result_free(&r);
        guest_free(&g);
    }
}

TEST(wrong_arguments_are_refused)
{
    const uint8_t byte = 0;
    struct guest g = {0};
    vm_program p;
    vm_result r;
    vm_error err;
    guest_halt(&g);
    CHECK(guest_load(&p, &g, MACHINE_IO_WORDS));
    vm_options o = {0};
    o.mode = MACHINE_IO_DIGEST;
    CHECK_EQ(vm_run(&r, &p, &o, &err), SP_ERR_ARG);
    CHECK(strstr(err.text, "io mode"));
    o.mode = MACHINE_IO_WORDS;
    o.input = &byte;
    o.input_bytes = MACHINE_INPUT_CAP + 1;
    CHECK_EQ(vm_run(&r, &p, &o, &err), SP_ERR_LIMIT);
    CHECK(strstr(err.text, "67108865"));
    o.input = NULL;
    o.input_bytes = 1;
    CHECK_EQ(vm_run(&r, &p, &o, &err), SP_ERR_ARG);
    o.input_bytes = 0;
    o.record = true;
    o.profile = vm_profile_new();
    CHECK_EQ(vm_run(&r, &p, &o, &err), SP_ERR_ARG);
    vm_profile_delete(o.profile);
    vm_program_free(&p);
    guest_free(&g);
}

TEST(largest_input_is_accepted)
{
    struct guest g = {0};
    vm_program p;
    vm_result r;
    vm_error err;
    vm_options o = {0};
    uint8_t *input = (uint8_t *)calloc(1, MACHINE_INPUT_CAP);
    CHECK(input);
    input[MACHINE_INPUT_CAP - 1] = 200;
    guest_li(&g, 5, MACHINE_INPUT_ADDR + MACHINE_INPUT_CAP);
    guest_op(&g, OP_lbu, 9, 5, 0, 3);
    guest_halt(&g);
    o.input = input;
    o.input_bytes = MACHINE_INPUT_CAP;
    CHECK(guest_load(&p, &g, MACHINE_IO_WORDS));
    CHECK_EQ(vm_run(&r, &p, &o, &err), SP_OK);
    CHECK_EQ(r.exit_code, 200);
    vm_result_free(&r);
    vm_program_free(&p);
    guest_free(&g);
    free(input);
}

TEST(output_length_is_limited)
{
    struct guest g = {0};
    finish(&g, MACHINE_OUTPUT_CAP + 1);
    CHECK(fails(&g, &none, SP_ERR_LIMIT, "output length 67108865"));
    finish(&g, 0xffffffff);
    CHECK(fails(&g, &none, SP_ERR_LIMIT, "output length 4294967295"));
    vm_result r;
    vm_error err;
    vm_program p;
    finish(&g, MACHINE_OUTPUT_CAP);
    CHECK(guest_load(&p, &g, MACHINE_IO_WORDS));
    CHECK_EQ(vm_run(&r, &p, &none, &err), SP_OK);
    CHECK_EQ(r.output_bytes, MACHINE_OUTPUT_CAP);
    vm_result_free(&r);
    vm_program_free(&p);
    guest_free(&g);
}

TEST(output_padding_must_be_zero_in_words_mode)
{
    const uint8_t zero[4] = {0};
    for (uint32_t n = 1; n <= 4; n++)
        for (uint32_t at = 0; at < 4; at++)
            for (int mode = 0; mode < 2; mode++) {
                struct guest g = {0};
                vm_options o = {0};
                o.mode = (enum machine_io_mode)mode;
                g.data = zero;
                g.data_bytes = 4;
                g.io_mode = true;
                guest_li(&g, 28, MACHINE_OUTPUT_ADDR);
                guest_op(&g, OP_addi, 5, 0, 0, 1);
                guest_op(&g, OP_sb, 0, 28, 5, 4 + (int32_t)at);
                finish(&g, n);
                if (at >= n && mode == MACHINE_IO_WORDS) {
                    CHECK(fails(&g, &o, SP_ERR_TRAP, "output padding"));
                } else {
                    vm_result r;
                    vm_error err;
                    CHECK_EQ(guest_run(&r, &g, &o, &err), SP_OK);
                    CHECK_EQ(r.output_bytes, n);
                    vm_result_free(&r);
                    guest_free(&g);
                }
            }
}

TEST(memory_is_zero_and_so_are_registers_at_the_start)
{
    struct guest g = {0};
    vm_result r;
    vm_error err;
    guest_op(&g, OP_addi, 31, 31, 0, 0);
    for (unsigned k = 1; k < 32; k++) guest_op(&g, OP_or, 9, 9, k, 0);
    guest_li(&g, 5, 0x38000000);
    guest_op(&g, OP_lw, 6, 5, 0, 0);
    guest_op(&g, OP_or, 9, 9, 6, 0);
    guest_halt(&g);
    CHECK_EQ(guest_run(&r, &g, &none, &err), SP_OK);
    CHECK_EQ(r.exit_code, 0);
    CHECK_EQ(r.output_bytes, 0);
    vm_result_free(&r);
    guest_free(&g);
}

TEST(stores_to_code_change_memory_and_not_the_program)
{
    struct guest g = {0};
    vm_result r;
    vm_error err;
    guest_li(&g, 5, GUEST_CODE);
    guest_li(&g, 6, 0x00100073);         /* ebreak */
    guest_op(&g, OP_sw, 0, 5, 6, 4 * 6); /* over the addi below */
    guest_op(&g, OP_lw, 7, 5, 0, 4 * 6);
    guest_op(&g, OP_addi, 9, 9, 0, 5); /* index 6 */
    guest_halt(&g);
    CHECK_EQ(guest_run(&r, &g, &none, &err), SP_OK);
    CHECK_EQ(r.exit_code, 5);
    CHECK_EQ(r.reg[7], 0x00100073);
    vm_result_free(&r);
    guest_free(&g);
}

static bool tick(void *user, uint64_t cycles)
{
    uint64_t *left = (uint64_t *)user;
    (void)cycles;
    return (*left)-- > 1;
}

TEST(cycle_limit_and_progress)
{
    struct guest g = {0};
    vm_options o = {0};
    guest_op(&g, OP_jal, 0, 0, 0, 0);
    o.max_cycles = 1000;
    CHECK(fails(&g, &o, SP_ERR_TRAP, "cycle limit|1000 cycles|0x00010000|start"));
    /* Exactly enough is enough. */
    for (uint64_t n = 3; n <= 4; n++) {
        guest_op(&g, OP_addi, 5, 0, 0, 1);
        guest_op(&g, OP_addi, 5, 0, 0, 1);
        guest_op(&g, OP_addi, 5, 0, 0, 1);
        guest_halt(&g);
        o.max_cycles = n;
        if (n == 3) {
            CHECK(fails(&g, &o, SP_ERR_TRAP, "cycle limit|3 cycles"));
        } else {
            vm_result r;
            vm_error err;
            CHECK_EQ(guest_run(&r, &g, &o, &err), SP_OK);
            CHECK_EQ(r.n_cycles, 4);
            vm_result_free(&r);
            guest_free(&g);
        }
    }
    uint64_t calls = 3;
    vm_program p;
    vm_result r;
    vm_error err;
    guest_op(&g, OP_jal, 0, 0, 0, 0);
    CHECK(guest_load(&p, &g, MACHINE_IO_WORDS));
    o.max_cycles = 0;
    o.progress = tick;
    o.user = &calls;
    CHECK_EQ(vm_run(&r, &p, &o, &err), SP_ERR_CANCEL);
    CHECK_EQ(calls, 0);
    vm_program_free(&p);
    guest_free(&g);
}

TEST(equal_runs_give_equal_records)
{
    struct guest g = {0};
    vm_result a, b;
    vm_error err;
    guest_li(&g, 5, 0x30000000);
    guest_op(&g, OP_addi, 6, 0, 0, 200);
    guest_op(&g, OP_sw, 0, 5, 6, 0);
    guest_op(&g, OP_lhu, 7, 5, 0, 2);
    guest_op(&g, OP_mul, 8, 6, 6, 0);
    guest_op(&g, OP_addi, 5, 5, 0, 4);
    guest_op(&g, OP_addi, 6, 6, 0, -1);
    guest_op(&g, OP_bne, 0, 6, 0, -20);
    guest_halt(&g);
    CHECK_EQ(guest_run(&a, &g, &none, &err), SP_OK);
    CHECK_EQ(guest_run(&b, &g, &none, &err), SP_OK);
    for (unsigned c = 0; c < VM_N_CHIPS; c++) {
        CHECK_EQ(a.n_rows[c], b.n_rows[c]);
        if (a.n_rows[c]) CHECK_BYTES(a.rows[c], b.rows[c], a.n_rows[c] * sizeof(vm_row));
    }
    CHECK_EQ(a.n_touched, b.n_touched);
    CHECK_BYTES(a.touched, b.touched, a.n_touched * sizeof(vm_touched));
    vm_result_free(&a);
    vm_result_free(&a); /* a freed result may be freed again */
    vm_result_free(&b);
    guest_free(&g);
}
