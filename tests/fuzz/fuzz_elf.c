/* fuzz_elf.c - fuzz entry of the ELF loader, the line table reader and the interpreter. */
#include "tests/fuzz/fuzz.h"
#include "vm/run.h"

#include <stdlib.h>
#include <string.h>

static void require(bool ok)
{
    if (!ok) abort();
}

static void run(const vm_program *p, bool record)
{
    vm_options o = {0};
    vm_result r;
    vm_error err;
    o.max_cycles = 2000;
    o.record = record;
    o.profile = record ? NULL : vm_profile_new();
    const sp_status s = vm_run(&r, p, &o, &err);
    require(s == SP_OK || err.text[0] != 0);
    if (s == SP_OK) vm_result_free(&r);
    if (o.profile) {
        char *text;
        size_t n;
        if (vm_profile_write_folded(o.profile, p, &text, &n) == SP_OK) free(text);
        vm_profile_delete(o.profile);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int mode = 0; mode < 2; mode++) {
        vm_program p;
        vm_error err;
        const sp_status s = vm_program_init(&p, data, size, (enum machine_io_mode)mode, &err);
        if (s != SP_OK) {
            const vm_program zero = {0};
            require(err.text[0] != 0 && memcmp(&p, &zero, sizeof p) == 0);
            continue;
        }
        require(p.base % 4 == 0 && p.base >= MACHINE_BASE_MIN &&
                p.base + 4 * (uint64_t)p.n_image <= MACHINE_IMAGE_LIMIT);
        require((p.entry - p.code_base) / 4 < p.n_code &&
                p.code[(p.entry - p.code_base) / 4].op != OP_illegal);
        if (mode == MACHINE_IO_WORDS) {
            run(&p, false);
            run(&p, true);
        }
        vm_program_free(&p);
    }
    return 0;
}

/* li s1, 3; call f; jalr zero, 256(zero); f: sw s1, 0(sp) at a data address; ret */
static const uint8_t code[] = {0x93, 0x04, 0x30, 0x00, 0xef, 0x00, 0x80, 0x00,
                               0x67, 0x00, 0x00, 0x10, 0x37, 0x01, 0x02, 0x00,
                               0x23, 0x20, 0x91, 0x00, 0x67, 0x80, 0x00, 0x00};

static void put(uint8_t *b, uint32_t v, unsigned n)
{
    for (unsigned k = 0; k < n; k++) b[k] = (uint8_t)(v >> 8 * k);
}

/* A whole executable: header, two segments, symbols, a line table of version 3. */
size_t fuzz_seed(uint8_t *b, size_t cap)
{
    static const char strings[] = "\0main\0sprove_io_mode\0.symtab\0.strtab\0.debug_line";
    static const uint8_t line[] = {44, 0, 0, 0, 3, 0, 24, 0, 0, 0, 1,  1, 251, 14, 13, 0,
                                   1,  1, 1, 1, 0, 0, 0,  1, 0, 0, 1,  0, 'a', 0,  0,  0,
                                   0,  0, 0, 5, 2, 0, 0,  1, 0, 1, 75, 2, 8,   0,  1,  1};
    enum {
        CODE = 128,
        DATA = CODE + 24,
        SYM = DATA + 8,
        STR = SYM + 48,
        LINE = STR + 64,
        SHDR = LINE + 64,
        END = SHDR + 160
    };
    if (cap < END) return 0;
    memset(b, 0, END);
    memcpy(b, "\177ELF\1\1\1", 7);
    put(b + 16, 2, 2), put(b + 18, 243, 2), put(b + 20, 1, 4), put(b + 24, 0x10000, 4);
    put(b + 28, 52, 4), put(b + 32, SHDR, 4), put(b + 42, 32, 2), put(b + 44, 2, 2);
    put(b + 46, 40, 2), put(b + 48, 4, 2), put(b + 50, 2, 2);
    static const uint32_t segment[2][5] = {{CODE, 0x10000, 24, 24, 5}, {DATA, 0x20000, 8, 64, 6}};
    for (int k = 0; k < 2; k++) {
        uint8_t *h = b + 52 + 32 * k;
        put(h, 1, 4), put(h + 4, segment[k][0], 4), put(h + 8, segment[k][1], 4);
        put(h + 16, segment[k][2], 4), put(h + 20, segment[k][3], 4), put(h + 24, segment[k][4], 4);
    }
    memcpy(b + CODE, code, sizeof code);
    put(b + SYM + 16, 1, 4), put(b + SYM + 20, 0x10000, 4), put(b + SYM + 24, 12, 4);
    b[SYM + 28] = 0x12, b[SYM + 30] = 1;
    put(b + SYM + 32, 6, 4), put(b + SYM + 36, 0x20004, 4), put(b + SYM + 40, 4, 4);
    b[SYM + 44] = 0x11, b[SYM + 46] = 1;
    memcpy(b + STR, strings, sizeof strings);
    memcpy(b + LINE, line, sizeof line);
    /* name type offset size link entsize */
    static const uint32_t section[3][6] = {{21, 2, SYM, 48, 2, 16},
                                           {29, 3, STR, sizeof strings, 0, 0},
                                           {37, 1, LINE, sizeof line, 0, 0}};
    for (int k = 0; k < 3; k++) {
        uint8_t *h = b + SHDR + 40 * (k + 1);
        put(h, section[k][0], 4), put(h + 4, section[k][1], 4), put(h + 16, section[k][2], 4);
        put(h + 20, section[k][3], 4), put(h + 24, section[k][4], 4), put(h + 36, section[k][5], 4);
    }
    return END;
}

bool fuzz_seed_is_good(const uint8_t *data, size_t size)
{
    vm_program p;
    vm_result r;
    vm_error err;
    vm_options o = {0};
    const char *file = "";
    uint32_t line = 0;
    if (vm_program_init(&p, data, size, MACHINE_IO_DIGEST, &err) != SP_OK) return false;
    bool ok = p.n_symbols == 2 && p.io_mode_addr == 0x20004 &&
              vm_line_at(&p, 0x10000, &file, &line) && !strcmp(file, "a") && line == 1;
    o.mode = MACHINE_IO_DIGEST;
    ok = ok && vm_run(&r, &p, &o, &err) == SP_OK;
    if (ok) {
        ok = r.exit_code == 3 && r.n_cycles == 6;
        vm_result_free(&r);
    }
    vm_program_free(&p);
    return ok;
}
