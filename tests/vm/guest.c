/* guest.c - small guests for tests. */
#include "tests/vm/guest.h"

void guest_free(struct guest *g)
{
    free(g->code);
    memset(g, 0, sizeof *g);
}

void guest_word(struct guest *g, uint32_t word)
{
    if (g->n_code == g->cap) {
        g->cap = g->cap ? 2 * g->cap : 256;
        g->code = (uint32_t *)realloc(g->code, g->cap * sizeof *g->code);
        if (!g->code) abort();
    }
    g->code[g->n_code++] = word;
}

void guest_op(struct guest *g, enum vm_op op, unsigned rd, unsigned rs1, unsigned rs2, int32_t imm)
{
    vm_insn i = {(uint8_t)op, (uint8_t)rd, (uint8_t)rs1, (uint8_t)rs2, imm};
    guest_word(g, vm_encode(i));
}

void guest_li(struct guest *g, unsigned rd, uint32_t value)
{
    const uint32_t low = value & 0xfff, high = value - (low >= 0x800 ? low - 0x1000 : low);
    guest_op(g, OP_lui, rd, 0, 0, (int32_t)high);
    guest_op(g, OP_addi, rd, rd, 0, low >= 0x800 ? (int32_t)low - 0x1000 : (int32_t)low);
}

void guest_halt(struct guest *g) { guest_op(g, OP_jalr, 0, 0, 0, MACHINE_HALT_PC); }

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

static void put_section(uint8_t *h, uint32_t name, uint32_t type, uint32_t offset, uint32_t size,
                        uint32_t link, uint32_t entsize)
{
    put32(h, name);
    put32(h + 4, type);
    put32(h + 16, offset);
    put32(h + 20, size);
    put32(h + 24, link);
    put32(h + 36, entsize);
}

/* The file offset from n on that is congruent to addr modulo a page, as mmap wants it. */
static uint32_t placed(uint32_t n, uint32_t addr) { return n + ((addr - n) & 4095u); }

uint8_t *elf_write(const struct elf_file *f, struct elf_layout *at)
{
    static const char fixed[] = "\0.symtab\0.strtab"; /* begin of the string table */
    uint32_t strings = sizeof fixed, n = 52 + 32 * f->n_segments;
    at->phoff = 52;
    for (uint32_t k = 0; k < f->n_segments; k++)
        n = placed(n, f->segments[k].addr) + f->segments[k].filesz;
    for (uint32_t k = 0; k < f->n_symbols; k++) strings += (uint32_t)strlen(f->symbols[k].name) + 1;
    for (uint32_t k = 0; k < f->n_extras; k++) strings += (uint32_t)strlen(f->extras[k].name) + 1;
    at->symtab = n;
    n += 16 * (f->n_symbols + 1);
    at->strtab = n;
    at->strtab_bytes = strings;
    n += strings;
    for (uint32_t k = 0; k < f->n_extras; k++) n += f->extras[k].n_bytes;
    at->shoff = n;
    n += 40 * (3 + f->n_extras);
    at->n_bytes = n;

    uint8_t *b = (uint8_t *)calloc(1, n);
    if (!b) abort();
    memcpy(b, "\177ELF\1\1\1", 7);
    put16(b + 16, 2);
    put16(b + 18, 243);
    put32(b + 20, 1);
    put32(b + 24, f->entry);
    put32(b + 28, at->phoff);
    put32(b + 32, at->shoff);
    put16(b + 40, 52);
    put16(b + 42, 32);
    put16(b + 44, f->n_segments);
    put16(b + 46, 40);
    put16(b + 48, 3 + f->n_extras);
    put16(b + 50, 2);
    uint32_t pos = 52 + 32 * f->n_segments;
    for (uint32_t k = 0; k < f->n_segments; k++) {
        const struct elf_segment *s = &f->segments[k];
        uint8_t *h = b + at->phoff + 32 * k;
        pos = placed(pos, s->addr);
        put32(h, 1);
        put32(h + 4, pos);
        put32(h + 8, s->addr);
        put32(h + 12, s->addr);
        put32(h + 16, s->filesz);
        put32(h + 20, s->memsz);
        put32(h + 24, s->flags);
        put32(h + 28, 4);
        if (s->filesz) memcpy(b + pos, s->bytes, s->filesz);
        pos += s->filesz;
    }
    uint8_t *str = b + at->strtab;
    uint32_t name = sizeof fixed;
    memcpy(str, fixed, sizeof fixed);
    for (uint32_t k = 0; k < f->n_symbols; k++) {
        const struct elf_symbol *s = &f->symbols[k];
        uint8_t *e = b + at->symtab + 16 * (k + 1);
        put32(e, name);
        put32(e + 4, s->addr);
        put32(e + 8, s->size);
        e[12] = s->info;
        put16(e + 14, s->section);
        strcpy((char *)str + name, s->name);
        name += (uint32_t)strlen(s->name) + 1;
    }
    put_section(b + at->shoff + 40, 1, 2, at->symtab, 16 * (f->n_symbols + 1), 2, 16);
    put_section(b + at->shoff + 80, 9, 3, at->strtab, strings, 0, 0);
    pos = at->strtab + strings;
    for (uint32_t k = 0; k < f->n_extras; k++) {
        const struct elf_extra *x = &f->extras[k];
        put_section(b + at->shoff + 40 * (3 + k), name, 1, pos, x->n_bytes, 0, 0);
        strcpy((char *)str + name, x->name);
        name += (uint32_t)strlen(x->name) + 1;
        if (x->n_bytes) memcpy(b + pos, x->bytes, x->n_bytes);
        pos += x->n_bytes;
    }
    return b;
}

uint8_t *guest_elf(const struct guest *g, size_t *n_bytes)
{
    uint8_t *code = (uint8_t *)malloc(4 * (size_t)g->n_code + 1);
    if (!code) abort();
    for (uint32_t k = 0; k < g->n_code; k++) put32(code + 4 * k, g->code[k]);
    const uint32_t memsz = g->data_memsz > g->data_bytes ? g->data_memsz : g->data_bytes;
    struct elf_segment s[2] = {{GUEST_CODE, 5, 4 * g->n_code, 4 * g->n_code, code},
                               {GUEST_DATA, 6, g->data_bytes, memsz, g->data}};
    struct elf_symbol y[2] = {{"start", GUEST_CODE, 4 * g->n_code, 0x12, 1},
                              {"sprove_io_mode", GUEST_DATA, 4, 0x11, 1}};
    struct elf_file f = {GUEST_CODE, s, memsz ? 2u : 1u, y, g->io_mode ? 2u : 1u, NULL, 0};
    struct elf_layout at;
    uint8_t *b = elf_write(&f, &at);
    free(code);
    *n_bytes = at.n_bytes;
    return b;
}

bool guest_load(vm_program *p, const struct guest *g, enum machine_io_mode mode)
{
    size_t n;
    vm_error err;
    uint8_t *b = guest_elf(g, &n);
    const sp_status s = vm_program_init(p, b, n, mode, &err);
    free(b);
    if (s != SP_OK) printf("  guest_load: %s\n", err.text);
    return s == SP_OK;
}

sp_status guest_run(vm_result *r, const struct guest *g, const vm_options *o, vm_error *err)
{
    vm_program p;
    vm_result plain;
    vm_error err2;
    vm_options opt = *o;
    memset(r, 0, sizeof *r);
    if (!guest_load(&p, g, o->mode)) {
        snprintf(err->text, sizeof err->text, "guest_load failed");
        return SP_ERR_ARG;
    }
    opt.record = false;
    const sp_status s1 = vm_run(&plain, &p, &opt, &err2);
    opt.record = true;
    const sp_status s2 = vm_run(r, &p, &opt, err);
    const char *wrong = NULL;
    if (s1 != s2 || strcmp(err->text, err2.text) != 0)
        wrong = "plain and recording runs end differently";
    else if (s2 == SP_OK) {
        if (plain.n_cycles != r->n_cycles || plain.exit_code != r->exit_code ||
            plain.output_bytes != r->output_bytes ||
            memcmp(plain.output, r->output, r->output_bytes) != 0 ||
            memcmp(plain.reg, r->reg, sizeof r->reg) != 0 ||
            memcmp(plain.n_op, r->n_op, sizeof r->n_op) != 0)
            wrong = "plain and recording runs differ";
        else
            wrong = record_check(&p, &opt, r);
    }
    if (s1 == SP_OK) vm_result_free(&plain);
    vm_program_free(&p);
    if (wrong) {
        printf("  guest_run: %s (plain: %s; recording: %s)\n", wrong, err2.text, err->text);
        vm_result_free(r);
        test_failed = 1;
        return SP_ERR_UNSAT;
    }
    return s2;
}
