/* test_elf.c - the loader: what it accepts, and each reason to refuse. */
#include "tests/vm/guest.h"

static void put16(uint8_t *b, uint32_t v)
{
    b[0] = (uint8_t)v;
    b[1] = (uint8_t)(v >> 8);
}
static void put32(uint8_t *b, uint32_t v)
{
    put16(b, v & 0xffff);
    put16(b + 2, v >> 16);
}

/* li s1, 3; jalr zero, 256(zero); an illegal word; addi a0, a0, 1 */
static const uint8_t code[16] = {0x93, 0x04, 0x30, 0x00, 0x67, 0x00, 0x00, 0x10,
                                 0x00, 0x00, 0x00, 0x00, 0x13, 0x05, 0x15, 0x00};
static const uint8_t data[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

static const struct elf_segment segments[2] = {{0x10000, 5, 16, 16, code},
                                               {0x20000, 6, 9, 100, data}};
static const struct elf_symbol symbols[] = {{"main", 0x10000, 8, 0x12, 1},
                                            {"sprove_io_mode", 0x20004, 4, 0x11, 2},
                                            {"$x", 0x10000, 0, 0, 1},
                                            {"elsewhere", 0x10000, 4, 0x12, 0},
                                            {"loop", 0x10004, 0, 0x10, 1}};
static const struct elf_file good = {0x10000, segments, 2, symbols, 5, NULL, 0};

/* Loads a written file and frees it. */
static sp_status load(vm_program *p, const struct elf_file *f, enum machine_io_mode mode,
                      vm_error *err)
{
    struct elf_layout at;
    uint8_t *b = elf_write(f, &at);
    const sp_status s = vm_program_init(p, b, at.n_bytes, mode, err);
    free(b);
    return s;
}

static bool refused(const struct elf_file *f, const char *text)
{
    vm_program p;
    vm_error err;
    const sp_status s = load(&p, f, MACHINE_IO_WORDS, &err);
    const vm_program zero = {0};
    if (s == SP_OK) vm_program_free(&p);
    if (s != SP_ERR_FORMAT || !strstr(err.text, text))
        printf("%d: %s (not: %s)\n", (int)s, err.text, text);
    return s == SP_ERR_FORMAT && strstr(err.text, text) && !memcmp(&p, &zero, sizeof p);
}

TEST(a_good_elf_becomes_a_program)
{
    vm_program p;
    vm_error err;
    CHECK_EQ(load(&p, &good, MACHINE_IO_DIGEST, &err), SP_OK);
    CHECK_EQ(p.entry, 0x10000);
    CHECK_EQ(p.base, 0x10000);
    CHECK_EQ(p.n_image, (0x10000 + 12) / 4); /* nine bytes end in a padded word; no BSS */
    CHECK_EQ(p.image[0], 0x00300493);
    CHECK_EQ(p.image[4], 0);
    CHECK_EQ(p.image[0x4000], 0x04030201);
    CHECK_EQ(p.image[0x4001], MACHINE_IO_DIGEST); /* patched */
    CHECK_EQ(p.image[0x4002], 9);
    CHECK_EQ(p.io_mode_addr, 0x20004);
    CHECK_EQ(p.code_base, 0x10000);
    CHECK_EQ(p.n_code, 4);
    CHECK_EQ(p.code[0].op, OP_addi);
    CHECK_EQ(p.code[1].op, OP_jalr);
    CHECK_EQ(p.code[2].op, OP_illegal);
    CHECK_EQ(p.code[3].op, OP_addi);
    CHECK_EQ(p.n_symbols, 3);
    CHECK(!strcmp(vm_symbol_at(&p, 0x10000)->name, "main"));
    CHECK(!strcmp(vm_symbol_at(&p, 0x10004)->name, "main")); /* has a size, loop has none */
    CHECK(!strcmp(vm_symbol_at(&p, 0x10008)->name, "loop"));
    CHECK(!strcmp(vm_symbol_at(&p, 0x20007)->name, "sprove_io_mode"));
    CHECK(!vm_symbol_at(&p, 0x20008));
    CHECK(!vm_symbol_at(&p, 0xffff));
    vm_program_free(&p);
    vm_program_free(&p);
}

/* Bytes at an offset of the good file, replaced: each field that is checked, one by one. */
TEST(each_bad_header_field_is_refused)
{
    static const struct {
        uint32_t at, size, value;
        const char *text;
    } c[] = {
        {0, 4, 0x464c457e, "not an ELF file"},
        {4, 1, 2, "64-bit ELF"},
        {4, 1, 0, "ELF class 0"},
        {5, 1, 2, "big-endian"},
        {5, 1, 7, "data encoding 7"},
        {6, 1, 0, "version 0 in e_ident[6]"},
        {16, 2, 1, "relocatable"},
        {16, 2, 3, "position-independent"},
        {16, 2, 4, "type 4"},
        {18, 2, 62, "wrong machine: e_machine is 62"},
        {20, 4, 2, "version 2 in e_version"},
        {36, 4, 1, "RVC flag in e_flags): compile with -march=rv32im"},
        {36, 4, 2, "floating-point ABI"},
        {36, 4, 4, "floating-point ABI"},
        {42, 2, 56, "entries of 56 bytes"},
        {44, 2, 0, "no program headers"},
        {44, 2, 65, "65 program headers"},
        {28, 4, 0xfffffff0, "program headers at offset 4294967280"},
        {46, 2, 64, "section header entries of 64"},
        {32, 4, 0xfffffff0, "section headers at offset 4294967280"},
        {48, 2, 0xffff, "section headers at offset"},
        {24, 4, 0x10002, "entry address 0x10002 is misaligned"},
        {24, 4, 0x10008, "no legal instruction at the entry address 0x10008"},
        {24, 4, 0x10010, "entry address 0x10010 is not in an executable segment"},
        {24, 4, 0x20000, "entry address 0x20000 is not in an executable segment"},
        {24, 4, 0, "entry address 0x0 is not"},
        /* program header 0 at 52, 1 at 84: type offset vaddr paddr filesz memsz flags align */
        {52, 4, 3, "dynamically linked"},
        {52, 4, 0, "no executable segment"},
        {52 + 24, 4, 6, "no executable segment"},
        {52 + 4, 4, 0xffffffff, "segment 0 (file offset 4294967295"},
        {52 + 16, 4, 0xffffffff, "segment 0 (file offset"},
        {52 + 16, 4, 17, "more bytes in the file than in memory"},
        {52 + 20, 4, 0, "more bytes in the file than in memory"},
        {52 + 8, 4, 0x100, "covers the halt address"},
        {52 + 8, 4, 0xfc, "covers the halt address"},
        {52 + 8, 4, 0x0ffc, "below the lowest address 0x1000"},
        {52 + 8, 4, 0, "below the lowest address"},
        {52 + 8, 4, 0x0ffffff4, "segment 0 ends at 0x10000004, above the highest address"},
        {52 + 8, 4, 0xfffffff8, "ends at 0x100000008"},
        {52 + 20, 4, 0xffffffff, "inside the input window"},
        {84 + 20, 4, 0x1ffe0001, "segment 1 with its zeroed data ends at 0x20000001"},
        {52 + 20, 4, 0x10001, "overlaps"},
        {84 + 8, 4, 0x1000f, "segment 1 at 0x1000f overlaps the segment at 0x10000"},
        {84 + 8, 4, 0x0ffa0, "overlaps"}, /* by its BSS alone */
        {84 + 8, 4, 0x04020000, "is longer than 67108864 bytes"},
    };
    struct elf_layout at;
    uint8_t *b = elf_write(&good, &at);
    bool ok = true;
    for (size_t k = 0; k < SP_COUNT(c); k++) {
        vm_program p;
        vm_error err;
        uint8_t old[4];
        memcpy(old, b + c[k].at, 4);
        for (uint32_t j = 0; j < c[k].size; j++) b[c[k].at + j] = (uint8_t)(c[k].value >> 8 * j);
        const sp_status s = vm_program_init(&p, b, at.n_bytes, MACHINE_IO_WORDS, &err);
        if (s != SP_ERR_FORMAT || !strstr(err.text, c[k].text)) {
            printf("case %zu: %d %s (not: %s)\n", k, (int)s, err.text, c[k].text);
            ok = false;
        }
        if (s == SP_OK) vm_program_free(&p);
        memcpy(b + c[k].at, old, 4);
    }
    free(b);
    CHECK(ok);
}

TEST(each_bad_symbol_table_is_refused)
{
    struct elf_layout at;
    uint8_t *b = elf_write(&good, &at);
    /* section headers: 1 the symbol table, 2 its strings */
    const struct {
        uint32_t at, value;
        const char *text;
    } c[] = {
        {at.shoff + 40 + 36, 24, "entries are not 16 bytes"},
        {at.shoff + 40 + 20, 17, "entries are not 16 bytes"},
        {at.shoff + 40 + 16, 0xfffffff0, "symbol table reaches beyond"},
        {at.shoff + 40 + 20, 0xfffffff0, "symbol table reaches beyond"},
        {at.shoff + 40 + 24, 3, "names section 3 of 3"},
        {at.shoff + 40 + 24, 0, "string table is of another type"},
        {at.shoff + 80 + 16, 0xfffffff0, "string table reaches beyond"},
        {at.shoff + 80 + 20, 0, "string table is empty"},
        {at.shoff + 80 + 20, 3, "does not end with a zero byte"},
        {at.symtab + 16, at.strtab_bytes, "symbol 1: its name lies outside"},
        {at.symtab + 16, 0xffffffff, "symbol 1: its name lies outside"},
        {at.symtab + 32 + 4, 0x20002, "not an aligned object of 4 bytes"},
        {at.symtab + 32 + 8, 8, "not an aligned object of 4 bytes"},
        {at.symtab + 32 + 4, 0x20008, "not in the loaded bytes"}, /* one byte of it is loaded */
        {at.symtab + 32 + 4, 0x20040, "not in the loaded bytes"}, /* BSS */
        {at.symtab + 32 + 4, 0x30000, "not in the loaded bytes"},
        {at.symtab + 32 + 4, 0xfffffffc, "not in the loaded bytes"},
    };
    bool ok = true;
    for (size_t k = 0; k < SP_COUNT(c); k++) {
        vm_program p;
        vm_error err;
        uint8_t old[4];
        memcpy(old, b + c[k].at, 4);
        put32(b + c[k].at, c[k].value);
        const sp_status s = vm_program_init(&p, b, at.n_bytes, MACHINE_IO_WORDS, &err);
        if (s != SP_ERR_FORMAT || !strstr(err.text, c[k].text)) {
            printf("case %zu: %d %s (not: %s)\n", k, (int)s, err.text, c[k].text);
            ok = false;
        }
        if (s == SP_OK) vm_program_free(&p);
        memcpy(b + c[k].at, old, 4);
    }
    free(b);
    CHECK(ok);
    const struct elf_symbol twice[2] = {{"sprove_io_mode", 0x20004, 4, 0x11, 2},
                                        {"sprove_io_mode", 0x20000, 4, 0x11, 2}};
    struct elf_file f = good;
    f.symbols = twice;
    f.n_symbols = 2;
    CHECK(refused(&f, "defined twice"));
}

TEST(files_too_small_and_too_large_are_refused)
{
    vm_program p;
    vm_error err;
    CHECK_EQ(vm_program_init(&p, NULL, 0, MACHINE_IO_WORDS, &err), SP_ERR_FORMAT);
    CHECK(strstr(err.text, "empty"));
    const size_t n = (64u << 20) + 1;
    uint8_t *b = (uint8_t *)calloc(1, n);
    CHECK(b);
    CHECK_EQ(vm_program_init(&p, b, n, MACHINE_IO_WORDS, &err), SP_ERR_LIMIT);
    CHECK(strstr(err.text, "67108865 bytes"));
    CHECK_EQ(vm_program_init(&p, b, n - 1, MACHINE_IO_WORDS, &err), SP_ERR_FORMAT);
    CHECK_EQ(vm_program_init(&p, NULL, 4, MACHINE_IO_WORDS, &err), SP_ERR_ARG);
    CHECK_EQ(vm_program_init(&p, b, 4, (enum machine_io_mode)2, &err), SP_ERR_ARG);
    CHECK_EQ(vm_program_init(&p, b, 4, MACHINE_IO_WORDS, NULL), SP_ERR_FORMAT);
    free(b);
}

TEST(digest_mode_needs_the_symbol)
{
    vm_program p;
    vm_error err;
    struct elf_file f = good;
    f.n_symbols = 1;
    CHECK_EQ(load(&p, &f, MACHINE_IO_DIGEST, &err), SP_ERR_FORMAT);
    CHECK(strstr(err.text, "sprove_io_mode"));
    CHECK_EQ(load(&p, &f, MACHINE_IO_WORDS, &err), SP_OK);
    CHECK_EQ(p.io_mode_addr, 0);
    CHECK_EQ(p.image[0x4001], 0x08070605); /* untouched */
    vm_program_free(&p);
}

/* Without section headers there are no symbols, and nothing else changes. */
TEST(a_stripped_elf_loads)
{
    struct elf_layout at;
    vm_program p;
    vm_error err;
    uint8_t *b = elf_write(&good, &at);
    put32(b + 32, 0);
    put16(b + 48, 0);
    const sp_status s = vm_program_init(&p, b, at.symtab, MACHINE_IO_WORDS, &err);
    free(b);
    CHECK_EQ(s, SP_OK);
    CHECK_EQ(p.n_symbols, 0);
    CHECK_EQ(p.n_code, 4);
    vm_program_free(&p);
}

TEST(words_cut_by_a_segment_end_are_no_instructions)
{
    vm_program p;
    vm_error err;
    uint8_t bytes[24];
    for (int k = 0; k < 24; k++) bytes[k] = (uint8_t)(k % 4 == 0 ? 0x13 : 0); /* nops */
    /* bytes 2.. of the nops, from an odd address: the first whole word is at 0x11004 */
    const struct elf_segment s[3] = {{0x10000, 5, 16, 16, code},
                                     {0x11002, 5, 11, 11, bytes + 2},
                                     {0x1100d, 6, 3, 3, bytes + 13}};
    struct elf_file f = {0x10000, s, 3, NULL, 0, NULL, 0};
    CHECK_EQ(load(&p, &f, MACHINE_IO_WORDS, &err), SP_OK);
    CHECK_EQ(p.n_code, (0x1100c - 0x10000) / 4);
    CHECK_EQ(p.n_image, (0x11010 - 0x10000) / 4);
    CHECK_EQ(p.image[0x1000 / 4 + 3], 0x13);
    CHECK_EQ(p.code[0x1000 / 4].op, OP_illegal);
    CHECK_EQ(p.code[0x1000 / 4 + 1].op, OP_addi);
    CHECK_EQ(p.code[0x1000 / 4 + 2].op, OP_addi);
    vm_program_free(&p);
    /* Data that would decode is no code. */
    const struct elf_segment t[3] = {
        {0x10000, 5, 16, 16, code}, {0x10010, 4, 24, 24, bytes}, {0x10028, 5, 16, 16, code}};
    f.segments = t;
    CHECK_EQ(load(&p, &f, MACHINE_IO_WORDS, &err), SP_OK);
    CHECK_EQ(p.n_code, 14);
    for (uint32_t k = 4; k < 10; k++) CHECK_EQ(p.code[k].op, OP_illegal);
    CHECK_EQ(p.code[10].op, OP_addi);
    vm_program_free(&p);
    /* An executable segment without a whole word. */
    const struct elf_segment u[2] = {{0x10001, 5, 5, 5, code}, {0x20000, 6, 4, 4, data}};
    f.segments = u;
    f.n_segments = 2;
    CHECK(refused(&f, "no executable segment"));
    f.n_segments = 0;
    CHECK(refused(&f, "no program headers"));
    const struct elf_segment bss[1] = {{0x10000, 5, 0, 64, NULL}};
    f.segments = bss;
    f.n_segments = 1;
    CHECK(refused(&f, "no loadable bytes"));
}

TEST(the_highest_addresses_are_accepted)
{
    vm_program p;
    vm_error err;
    const struct elf_segment s[2] = {{0x0ff00000, 5, 16, 16, code},
                                     {0x0ffffff7, 6, 9, 0x10000009, data}};
    struct elf_file f = {0x0ff00000, s, 2, NULL, 0, NULL, 0};
    CHECK_EQ(load(&p, &f, MACHINE_IO_WORDS, &err), SP_OK);
    vm_program_free(&p);
    const struct elf_segment low[1] = {{0x1000, 5, 16, 16, code}};
    f.segments = low;
    f.n_segments = 1;
    f.entry = 0x1000;
    CHECK_EQ(load(&p, &f, MACHINE_IO_WORDS, &err), SP_OK);
    vm_program_free(&p);
}

/* Whatever is loaded can be run, and whatever is refused says so. */
static bool survives(const uint8_t *b, size_t n)
{
    vm_program p;
    vm_result r;
    vm_error err;
    vm_options o = {0};
    const sp_status s = vm_program_init(&p, b, n, MACHINE_IO_WORDS, &err);
    if (s != SP_OK) return err.text[0] != 0;
    o.max_cycles = 100;
    const sp_status t = vm_run(&r, &p, &o, &err);
    const bool ok = t == SP_OK || err.text[0] != 0;
    if (t == SP_OK) vm_result_free(&r);
    vm_program_free(&p);
    return ok;
}

TEST(every_truncation_is_survived)
{
    struct elf_layout at;
    uint8_t *b = elf_write(&good, &at);
    for (uint32_t n = 0; n <= at.n_bytes; n++) {
        uint8_t *cut = (uint8_t *)malloc(n ? n : 1); /* so that a sanitizer sees reads beyond it */
        memcpy(cut, b, n);
        CHECK(survives(cut, n));
        free(cut);
    }
    free(b);
}

TEST(random_damage_is_survived)
{
    struct elf_layout at;
    uint8_t *b = elf_write(&good, &at);
    uint8_t *c = (uint8_t *)malloc(at.n_bytes);
    const uint32_t spots[4] = {0, 52, at.symtab, at.shoff}, sizes[4] = {52, 64, 96, 120};
    for (int k = 0; k < 20000; k++) {
        memcpy(c, b, at.n_bytes);
        for (uint32_t j = 0; j <= test_rand() % 4; j++) {
            const uint32_t s = test_rand() % 4, i = spots[s] + test_rand() % sizes[s];
            static const uint8_t values[] = {0, 1, 2, 0x7f, 0x80, 0xff};
            c[i] = test_rand() % 2 ? (uint8_t)test_rand() : values[test_rand() % sizeof values];
        }
        CHECK(survives(c, at.n_bytes));
    }
    free(b);
    free(c);
}
