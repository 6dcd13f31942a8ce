/* test_lines.c - source lines of DWARF 2 to 5, and the cycle profile. */
#include "tests/vm/guest.h"

struct bytes {
    uint8_t b[1024];
    uint32_t n;
};

static void u8(struct bytes *x, uint32_t v) { x->b[x->n++] = (uint8_t)v; }
static void u16(struct bytes *x, uint32_t v)
{
    u8(x, v & 255);
    u8(x, v >> 8);
}
static void u32(struct bytes *x, uint32_t v)
{
    u16(x, v & 0xffff);
    u16(x, v >> 16);
}
static void text(struct bytes *x, const char *s)
{
    do u8(x, (uint8_t)*s);
    while (*s++);
}
static void patch32(struct bytes *x, uint32_t at, uint32_t v)
{
    for (int k = 0; k < 4; k++) x->b[at + (uint32_t)k] = (uint8_t)(v >> 8 * k);
}

static const uint8_t lengths[12] = {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1};

/* Rows: 0x10000 a.c:10, 0x10004 a.c:12 then a.c:9, 0x10008 b.c:300, end at 0x10010. */
static void program(struct bytes *x, uint32_t file_base)
{
    u8(x, 0), u8(x, 5), u8(x, 2), u32(x, 0x10000); /* set_address */
    if (file_base == 0) u8(x, 4), u8(x, 0);        /* set_file: the first */
    u8(x, 3), u8(x, 9);                            /* advance_line */
    u8(x, 1);                                      /* copy */
    u8(x, 13 + 14 * 4 + 2 + 5);                    /* special: address + 4, line + 2 */
    u8(x, 3), u8(x, 0x7d);                         /* line - 3 */
    u8(x, 1);
    u8(x, 2), u8(x, 4);               /* advance_pc */
    u8(x, 4), u8(x, file_base + 1);   /* set_file: the second */
    u8(x, 3), u8(x, 0xa3), u8(x, 2);  /* line + 291 */
    u8(x, 10);                        /* set_prologue_end */
    u8(x, 12), u8(x, 0x85), u8(x, 1); /* set_isa */
    u8(x, 1);
    u8(x, 0), u8(x, 3), u8(x, 0x80), u16(x, 7); /* an unknown extended operation */
    u8(x, 9), u16(x, 8);                        /* fixed_advance_pc */
    u8(x, 0), u8(x, 1), u8(x, 1);               /* end_sequence */
}

static void unit(struct bytes *x, unsigned version)
{
    const uint32_t start = x->n;
    u32(x, 0);
    u16(x, version);
    if (version == 5) u8(x, 4), u8(x, 0);
    const uint32_t header = x->n;
    u32(x, 0);
    u8(x, 1); /* minimum length */
    if (version >= 4) u8(x, 1);
    u8(x, 1), u8(x, 256 - 5), u8(x, 14), u8(x, 13);
    for (int k = 0; k < 12; k++) u8(x, lengths[k]);
    if (version < 5) {
        text(x, "src"), u8(x, 0);
        text(x, "a.c"), u8(x, 1), u8(x, 0), u8(x, 0);
        text(x, "/abs/b.c"), u8(x, 0), u8(x, 0), u8(x, 0);
        u8(x, 0);
    } else {
        u8(x, 1), u8(x, 1), u8(x, 0x1f); /* directories: line_strp */
        u8(x, 2), u32(x, 0), u32(x, 5);
        u8(x, 3), u8(x, 1), u8(x, 0x08), u8(x, 2), u8(x, 0x0b), u8(x, 5), u8(x, 0x1e);
        u8(x, 2);
        text(x, "a.c"), u8(x, 1);
        for (int k = 0; k < 16; k++) u8(x, 0xee);
        text(x, "/abs/b.c"), u8(x, 0);
        for (int k = 0; k < 16; k++) u8(x, 0xee);
    }
    patch32(x, header, x->n - header - 4);
    program(x, version == 5 ? 0 : 1);
    patch32(x, start, x->n - start - 4);
}

static const uint8_t code[16] = {0x13, 0, 0, 0, 0x13, 0, 0, 0, 0x67, 0, 0, 0x10, 0x13, 0, 0, 0};

static sp_status load(vm_program *p, const struct bytes *line)
{
    static const uint8_t dirs[] = "/top\0src";
    const struct elf_segment s = {0x10000, 5, 16, 16, code};
    const struct elf_extra x[2] = {{".debug_line", line->b, line->n},
                                   {".debug_line_str", dirs, sizeof dirs}};
    const struct elf_file f = {0x10000, &s, 1, NULL, 0, x, 2};
    struct elf_layout at;
    vm_error err;
    uint8_t *b = elf_write(&f, &at);
    const sp_status st = vm_program_init(p, b, at.n_bytes, MACHINE_IO_WORDS, &err);
    free(b);
    return st;
}

static bool line_is(const vm_program *p, uint32_t addr, const char *file, uint32_t line)
{
    const char *f = "none";
    uint32_t n = 0;
    const bool found = vm_line_at(p, addr, &f, &n);
    if (!file) return !found;
    if (!found || strcmp(f, file) || n != line)
        printf("0x%x: %s:%u, not %s:%u\n", addr, f, n, file, line);
    return found && !strcmp(f, file) && n == line;
}

TEST(lines_of_dwarf_2_to_5)
{
    for (unsigned version = 2; version <= 5; version++) {
        struct bytes x = {{0}, 0};
        vm_program p;
        unit(&x, version);
        CHECK_EQ(load(&p, &x), SP_OK);
        CHECK(line_is(&p, 0x10000, "src/a.c", 10));
        CHECK(line_is(&p, 0x10003, "src/a.c", 10));
        CHECK(line_is(&p, 0x10004, "src/a.c", 9)); /* the last row at an address holds */
        CHECK(line_is(&p, 0x10008, "/abs/b.c", 300));
        CHECK(line_is(&p, 0x1000c, "/abs/b.c", 300));
        CHECK(line_is(&p, 0x10010, NULL, 0));
        CHECK(line_is(&p, 0xfffc, NULL, 0));
        vm_program_free(&p);
    }
}

TEST(a_bad_unit_costs_its_own_lines_only)
{
    struct bytes x = {{0}, 0};
    vm_program p;
    u32(&x, 6), u16(&x, 9), u32(&x, 0); /* version 9 */
    unit(&x, 3);
    const uint32_t second = x.n;
    unit(&x, 5);
    x.b[second + 4] = 1; /* version 1 */
    CHECK_EQ(load(&p, &x), SP_OK);
    CHECK(line_is(&p, 0x10008, "/abs/b.c", 300));
    vm_program_free(&p);
}

TEST(damaged_line_tables_are_survived)
{
    for (unsigned version = 2; version <= 5; version++) {
        struct bytes x = {{0}, 0};
        vm_program p;
        unit(&x, version);
        for (uint32_t n = 0; n < x.n; n++) { /* truncated */
            struct bytes cut = x;
            cut.n = n;
            CHECK_EQ(load(&p, &cut), SP_OK);
            vm_program_free(&p);
        }
        for (int k = 0; k < 3000; k++) {
            struct bytes bad = x;
            const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};
            for (uint32_t j = 0; j <= test_rand() % 3; j++)
                bad.b[test_rand() % x.n] =
                    test_rand() % 2 ? (uint8_t)test_rand() : values[test_rand() % 5];
            CHECK_EQ(load(&p, &bad), SP_OK);
            const char *f;
            uint32_t n;
            for (uint32_t a = 0x10000; a < 0x10010; a += 4) (void)vm_line_at(&p, a, &f, &n);
            vm_program_free(&p);
        }
    }
}

TEST(a_trap_names_its_line)
{
    struct bytes x = {{0}, 0};
    vm_program p;
    vm_result r;
    vm_error err;
    vm_options o = {0};
    unit(&x, 5);
    o.max_cycles = 1;
    CHECK_EQ(load(&p, &x), SP_OK);
    CHECK_EQ(vm_run(&r, &p, &o, &err), SP_ERR_TRAP);
    CHECK(strstr(err.text, "src/a.c:9"));
    vm_program_free(&p);
}

/* main calls f twice and g once, f tail-calls h the second time; g never returns properly. */
TEST(profile_counts_by_call_stack)
{
    struct guest g = {0};
    enum { MAIN = 0, F = 8, H = 12, G = 14 };
    const uint32_t a = GUEST_CODE;
    guest_op(&g, OP_jal, 1, 0, 0, 4 * (F - 0)); /* 0 main: call f */
    guest_op(&g, OP_addi, 6, 0, 0, 1);          /* 1 */
    guest_op(&g, OP_jal, 1, 0, 0, 4 * (F - 2)); /* 2: call f, which goes on in h */
    guest_op(&g, OP_jal, 1, 0, 0, 4 * (G - 3)); /* 3: call g */
    guest_op(&g, OP_addi, 9, 0, 0, 0);          /* 4 */
    guest_halt(&g);                             /* 5 */
    guest_word(&g, 0);
    guest_word(&g, 0);
    guest_op(&g, OP_bne, 0, 6, 0, 8);            /* 8 f */
    guest_op(&g, OP_jalr, 0, 1, 0, 0);           /* 9: return */
    guest_op(&g, OP_jal, 0, 0, 0, 4 * (H - 10)); /* 10: tail call */
    guest_word(&g, 0);
    guest_op(&g, OP_addi, 7, 0, 0, 0); /* 12 h */
    guest_op(&g, OP_jalr, 0, 1, 0, 0); /* 13 */
    guest_op(&g, OP_jal, 5, 0, 0,
             4 * (F - 14)); /* 14 g: millicode call of f, which returns to main */
    CHECK_EQ(g.n_code, 15);
    const struct elf_symbol y[4] = {{"main", a, 32, 0x12, 1},
                                    {"f;x", a + 4 * F, 16, 0x12, 1},
                                    {"h", a + 4 * H, 8, 0x12, 1},
                                    {"g", a + 4 * G, 4, 0x12, 1}};
    uint8_t bytes[60];
    for (uint32_t k = 0; k < 60; k++) bytes[k] = (uint8_t)(g.code[k / 4] >> 8 * (k % 4));
    const struct elf_segment s = {a, 5, 60, 60, bytes};
    const struct elf_file f = {a, &s, 1, y, 4, NULL, 0};
    struct elf_layout at;
    vm_program p;
    vm_result r;
    vm_error err;
    vm_options o = {0};
    uint8_t *b = elf_write(&f, &at);
    CHECK_EQ(vm_program_init(&p, b, at.n_bytes, MACHINE_IO_WORDS, &err), SP_OK);
    free(b);
    o.profile = vm_profile_new();
    CHECK(o.profile);
    for (int k = 0; k < 2; k++) { /* a profile can be used again */
        char *folded;
        size_t n;
        CHECK_EQ(vm_run(&r, &p, &o, &err), SP_OK);
        CHECK_EQ(vm_profile_write_folded(o.profile, &p, &folded, &n), SP_OK);
        CHECK_EQ(n, strlen(folded));
        /* cycles: main 6; f 2; f then h 2 + 2; g 1; f under g 2, h under g 2 and back to main */
        const char *want = "main 6\nmain;f_x 4\nmain;h 2\nmain;g 1\nmain;g;f_x 2\nmain;g;h 2\n";
        if (strcmp(folded, want)) printf("%s", folded);
        CHECK(!strcmp(folded, want));
        CHECK_EQ(r.n_cycles, 17);
        free(folded);
        vm_result_free(&r);
    }
    vm_profile_delete(o.profile);
    vm_profile_delete(NULL);
    vm_program_free(&p);
    guest_free(&g);
}

/* Endless recursion must not cost more memory than the bound. */
TEST(profile_of_endless_recursion_is_bounded)
{
    struct guest g = {0};
    vm_program p;
    vm_result r;
    vm_error err;
    vm_options o = {0};
    char *folded;
    size_t n;
    guest_op(&g, OP_jal, 1, 0, 0, 0);
    CHECK(guest_load(&p, &g, MACHINE_IO_WORDS));
    o.max_cycles = 300000;
    o.profile = vm_profile_new();
    CHECK_EQ(vm_run(&r, &p, &o, &err), SP_ERR_TRAP);
    CHECK_EQ(vm_profile_write_folded(o.profile, &p, &folded, &n), SP_OK);
    free(folded);
    vm_profile_delete(o.profile);
    vm_program_free(&p);
    guest_free(&g);
}
