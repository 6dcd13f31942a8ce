/* elf.c - ELF32 RISC-V executables to programs. Nothing in the file is trusted. */
#include "vm/internal.h"

#include <stdlib.h>
#include <string.h>

/* The parts of the ELF format that are read: ELF32, little endian. */
#define EHDR_BYTES 52u
#define PHDR_BYTES 32u
#define SHDR_BYTES 40u
#define SYM_BYTES 16u
#define EM_RISCV 243u
#define EF_RVC 1u
#define EF_FLOAT_ABI 6u
#define PT_LOAD 1u
#define PT_INTERP 3u
#define PF_X 1u
#define SHT_SYMTAB 2u
#define SHT_STRTAB 3u
#define SHT_NOBITS 8u
#define SHF_COMPRESSED 0x800u
#define SHN_ABS 0xfff1u
#define MAX_PHDRS 64u
#define IO_MODE_SYMBOL "sprove_io_mode"

struct segment {
    uint32_t offset, addr, filesz, memsz;
    bool executable;
};

struct section {
    uint32_t name, type, flags, offset, size, link, entsize;
};

struct elf {
    const uint8_t *bytes;
    size_t n;
    vm_error *err;
    uint32_t entry, phoff, shoff;
    uint32_t n_phdrs, n_shdrs, shstrndx;
    struct segment segment[MAX_PHDRS];
    uint32_t n_segments;
};

static uint32_t get16(const uint8_t *b) { return (uint32_t)b[0] | (uint32_t)b[1] << 8; }
static uint32_t get32(const uint8_t *b) { return get16(b) | get16(b + 2) << 16; }
/* [offset, offset + size) lies in the file; 64-bit sums of 32-bit numbers do not wrap. */
static bool inside(const struct elf *e, uint64_t offset, uint64_t size)
{
    return offset + size <= e->n;
}

#define BAD(...) return vm_fail(e->err, SP_ERR_FORMAT, __VA_ARGS__)

static sp_status read_header(struct elf *e)
{
    const uint8_t *b = e->bytes;
    if (e->n < 4 || memcmp(b, "\177ELF", 4) != 0)
        BAD("not an ELF file: it does not begin with the bytes 7f 45 4c 46");
    if (e->n < 16) BAD("ELF header truncated: %zu bytes of 16 in e_ident", e->n);
    if (b[4] == 2)
        BAD("64-bit ELF: a 32-bit RISC-V executable is needed (-march=rv32im -mabi=ilp32)");
    if (b[4] != 1) BAD("ELF class %u in e_ident[4]: a 32-bit executable (1) is needed", b[4]);
    if (b[5] == 2) BAD("big-endian ELF: a little-endian executable is needed");
    if (b[5] != 1) BAD("ELF data encoding %u in e_ident[5]: little endian (1) is needed", b[5]);
    if (b[6] != 1) BAD("ELF version %u in e_ident[6]: 1 is needed", b[6]);
    if (e->n < EHDR_BYTES) BAD("ELF header truncated: %zu bytes of %u", e->n, EHDR_BYTES);
    const uint32_t type = get16(b + 16), machine = get16(b + 18), version = get32(b + 20),
                   flags = get32(b + 36);
    if (machine != EM_RISCV)
        BAD("wrong machine: e_machine is %u, RISC-V (%u) is needed", (unsigned)machine, EM_RISCV);
    if (type == 1) BAD("relocatable object file: link it to an executable first");
    if (type == 3)
        BAD("shared object or position-independent executable: link with -static -no-pie");
    if (type != 2) BAD("ELF type %u in e_type: an executable (2) is needed", (unsigned)type);
    if (version != 1) BAD("ELF version %u in e_version: 1 is needed", (unsigned)version);
    if (flags & EF_RVC)
        BAD("compressed instructions (the RVC flag in e_flags): compile with -march=rv32im");
    if (flags & EF_FLOAT_ABI)
        BAD("floating-point ABI (e_flags 0x%x): compile with -march=rv32im -mabi=ilp32",
            (unsigned)flags);
    e->entry = get32(b + 24);
    e->phoff = get32(b + 28);
    e->shoff = get32(b + 32);
    e->n_phdrs = get16(b + 44);
    e->n_shdrs = get16(b + 48);
    e->shstrndx = get16(b + 50);
    if (e->n_phdrs == 0) BAD("no program headers: nothing to load");
    if (e->n_phdrs > MAX_PHDRS)
        BAD("%u program headers: at most %u are accepted", (unsigned)e->n_phdrs, MAX_PHDRS);
    if (get16(b + 42) != PHDR_BYTES)
        BAD("program header entries of %u bytes: %u is needed", (unsigned)get16(b + 42),
            PHDR_BYTES);
    if (!inside(e, e->phoff, (uint64_t)PHDR_BYTES * e->n_phdrs))
        BAD("program headers at offset %u reach beyond the end of the file (%zu bytes)",
            (unsigned)e->phoff, e->n);
    if (e->shoff == 0) e->n_shdrs = 0;
    if (e->n_shdrs) {
        if (get16(b + 46) != SHDR_BYTES)
            BAD("section header entries of %u bytes: %u is needed", (unsigned)get16(b + 46),
                SHDR_BYTES);
        if (!inside(e, e->shoff, (uint64_t)SHDR_BYTES * e->n_shdrs))
            BAD("section headers at offset %u reach beyond the end of the file (%zu bytes)",
                (unsigned)e->shoff, e->n);
    }
    return SP_OK;
}

static sp_status read_segments(struct elf *e)
{
    for (uint32_t k = 0; k < e->n_phdrs; k++) {
        const uint8_t *h = e->bytes + e->phoff + PHDR_BYTES * k;
        struct segment s = {get32(h + 4), get32(h + 8), get32(h + 16), get32(h + 20),
                            (get32(h + 24) & PF_X) != 0};
        const uint32_t type = get32(h);
        if (type == PT_INTERP) BAD("dynamically linked executable: link with -static");
        if (type != PT_LOAD || s.memsz == 0) {
            if (type == PT_LOAD && s.filesz)
                BAD("segment %u has more bytes in the file than in memory", (unsigned)k);
            continue;
        }
        if (!inside(e, s.offset, s.filesz))
            BAD("segment %u (file offset %u, %u bytes) reaches beyond the end of the file (%zu "
                "bytes)",
                (unsigned)k, (unsigned)s.offset, (unsigned)s.filesz, e->n);
        if (s.filesz > s.memsz)
            BAD("segment %u has more bytes in the file than in memory", (unsigned)k);
        const uint64_t end = (uint64_t)s.addr + s.memsz;
        if (s.addr < MACHINE_HALT_PC + 4 && end > MACHINE_HALT_PC)
            BAD("segment %u at 0x%x covers the halt address 0x%x", (unsigned)k, (unsigned)s.addr,
                MACHINE_HALT_PC);
        if (s.addr < MACHINE_BASE_MIN)
            BAD("segment %u begins at 0x%x, below the lowest address 0x%x: use the guest's linker "
                "script",
                (unsigned)k, (unsigned)s.addr, MACHINE_BASE_MIN);
        if ((uint64_t)s.addr + s.filesz > MACHINE_IMAGE_LIMIT)
            BAD("segment %u ends at 0x%llx, above the highest address 0x%x", (unsigned)k,
                (unsigned long long)s.addr + s.filesz, MACHINE_IMAGE_LIMIT);
        if (end > MACHINE_INPUT_ADDR)
            BAD("segment %u with its zeroed data ends at 0x%llx, inside the input window at 0x%x",
                (unsigned)k, (unsigned long long)end, MACHINE_INPUT_ADDR);
        for (uint32_t j = 0; j < e->n_segments; j++) {
            const struct segment *o = &e->segment[j];
            if (s.addr < o->addr + o->memsz && o->addr < s.addr + s.memsz)
                BAD("segment %u at 0x%x overlaps the segment at 0x%x", (unsigned)k,
                    (unsigned)s.addr, (unsigned)o->addr);
        }
        e->segment[e->n_segments++] = s;
    }
    return SP_OK;
}

/* Words of a segment that lie wholly in its file bytes: [*first, *last), as byte addresses. */
static void whole_words(const struct segment *s, uint32_t *first, uint32_t *last)
{
    *first = (s->addr + 3) & ~3u;
    *last = (s->addr + s->filesz) & ~3u;
    if (*last < *first) *last = *first;
}

static sp_status build_image(struct elf *e, vm_program *p)
{
    uint32_t low = UINT32_MAX, high = 0, code_low = UINT32_MAX, code_high = 0;
    for (uint32_t k = 0; k < e->n_segments; k++) {
        const struct segment *s = &e->segment[k];
        uint32_t first, last;
        if (s->filesz == 0) continue;
        if (s->addr < low) low = s->addr;
        if (s->addr + s->filesz > high) high = s->addr + s->filesz;
        whole_words(s, &first, &last);
        if (!s->executable || first == last) continue;
        if (first < code_low) code_low = first;
        if (last > code_high) code_high = last;
    }
    if (high == 0) BAD("no loadable bytes: no PT_LOAD segment has any");
    if (code_high == 0) BAD("no executable segment");
    p->base = low & ~3u;
    if (high - p->base > VM_IMAGE_MAX)
        BAD("the image from 0x%x to 0x%x is longer than %u bytes", (unsigned)low, (unsigned)high,
            VM_IMAGE_MAX);
    p->n_image = (high - p->base + 3) / 4;
    p->image = (uint32_t *)calloc(p->n_image, sizeof *p->image);
    p->code_base = code_low;
    p->n_code = (code_high - code_low) / 4;
    p->code = (vm_insn *)calloc(p->n_code, sizeof *p->code);
    if (!p->image || !p->code)
        return vm_fail(e->err, SP_ERR_NOMEM, "out of memory for the program");
    for (uint32_t k = 0; k < e->n_segments; k++) {
        const struct segment *s = &e->segment[k];
        for (uint32_t j = 0; j < s->filesz; j++) {
            const uint32_t at = s->addr - p->base + j;
            p->image[at / 4] |= (uint32_t)e->bytes[s->offset + j] << 8 * (at % 4);
        }
    }
    return SP_OK;
}

/* After the image is final: the io mode is patched before. */
static void decode_code(const struct elf *e, vm_program *p)
{
    for (uint32_t k = 0; k < e->n_segments; k++) {
        const struct segment *s = &e->segment[k];
        uint32_t first, last;
        whole_words(s, &first, &last);
        if (!s->executable) continue;
        for (uint32_t a = first; a < last; a += 4)
            p->code[(a - p->code_base) / 4] = vm_decode(p->image[(a - p->base) / 4]);
    }
}

static struct section get_section(const struct elf *e, uint32_t k)
{
    const uint8_t *h = e->bytes + e->shoff + SHDR_BYTES * k;
    struct section s = {get32(h),      get32(h + 4),  get32(h + 8), get32(h + 16),
                        get32(h + 20), get32(h + 24), get32(h + 36)};
    return s;
}

static int by_address(const void *x, const void *y)
{
    const vm_symbol *a = (const vm_symbol *)x, *b = (const vm_symbol *)y;
    if (a->addr != b->addr) return a->addr < b->addr ? -1 : 1;
    if (a->size != b->size) return a->size < b->size ? -1 : 1;
    return strcmp(a->name, b->name);
}

static sp_status take_io_mode(struct elf *e, vm_program *p, uint32_t addr, uint32_t size)
{
    if (size != 4 || addr % 4 != 0)
        BAD("symbol " IO_MODE_SYMBOL " is not an aligned object of 4 bytes (0x%x, %u bytes)",
            (unsigned)addr, (unsigned)size);
    for (uint32_t k = 0; k < e->n_segments; k++) {
        const struct segment *s = &e->segment[k];
        if (addr < s->addr || addr - s->addr + 4 > s->filesz) continue;
        if (p->io_mode_addr && p->io_mode_addr != addr)
            BAD("symbol " IO_MODE_SYMBOL " is defined twice");
        p->io_mode_addr = addr;
        return SP_OK;
    }
    BAD("symbol " IO_MODE_SYMBOL " at 0x%x is not in the loaded bytes: give it an initial value",
        (unsigned)addr);
}

static sp_status read_symbols(struct elf *e, vm_program *p, struct vm_private *v)
{
    struct section tab = {0}, str;
    for (uint32_t k = 0; k < e->n_shdrs && tab.type != SHT_SYMTAB; k++) tab = get_section(e, k);
    if (tab.type != SHT_SYMTAB) return SP_OK; /* stripped */
    if (tab.entsize != SYM_BYTES || tab.size % SYM_BYTES != 0)
        BAD("symbol table entries are not %u bytes each", SYM_BYTES);
    if (!inside(e, tab.offset, tab.size)) BAD("symbol table reaches beyond the end of the file");
    if (tab.link >= e->n_shdrs)
        BAD("symbol table names section %u of %u", (unsigned)tab.link, (unsigned)e->n_shdrs);
    str = get_section(e, tab.link);
    if (str.type != SHT_STRTAB) BAD("the symbol table's string table is of another type");
    if (!inside(e, str.offset, str.size)) BAD("string table reaches beyond the end of the file");
    if (str.size == 0) BAD("string table is empty");
    if (e->bytes[str.offset + str.size - 1] != 0) BAD("string table does not end with a zero byte");

    const uint32_t n = tab.size / SYM_BYTES;
    v->names = (char *)malloc(str.size);
    p->symbols = (vm_symbol *)malloc((n ? n : 1) * sizeof *p->symbols);
    if (!v->names || !p->symbols)
        return vm_fail(e->err, SP_ERR_NOMEM, "out of memory for the symbols");
    memcpy(v->names, e->bytes + str.offset, str.size);
    for (uint32_t k = 0; k < n; k++) {
        const uint8_t *b = e->bytes + tab.offset + SYM_BYTES * k;
        const uint32_t name = get32(b), type = b[12] & 15u, shndx = get16(b + 14);
        if (name >= str.size) BAD("symbol %u: its name lies outside the string table", (unsigned)k);
        vm_symbol s = {get32(b + 4), get32(b + 8), v->names + name};
        /* Untyped, object and function symbols that are defined; "$x" and the like mark ranges. */
        if (type > 2 || shndx == 0 || shndx == SHN_ABS || !s.name[0] || s.name[0] == '$') continue;
        if (!strcmp(s.name, IO_MODE_SYMBOL)) SP_TRY(take_io_mode(e, p, s.addr, s.size));
        p->symbols[p->n_symbols++] = s;
    }
    if (p->n_symbols) qsort(p->symbols, p->n_symbols, sizeof *p->symbols, by_address);
    return SP_OK;
}

/* Bytes of the section called name, when present, uncompressed and inside the file. */
static const uint8_t *find_section(const struct elf *e, const char *name, size_t *n)
{
    *n = 0;
    if (e->shstrndx >= e->n_shdrs) return NULL;
    const struct section str = get_section(e, e->shstrndx);
    if (str.type != SHT_STRTAB || !inside(e, str.offset, str.size)) return NULL;
    for (uint32_t k = 0; k < e->n_shdrs; k++) {
        const struct section s = get_section(e, k);
        const size_t len = strlen(name) + 1;
        if (s.name > str.size || str.size - s.name < len) continue;
        if (memcmp(e->bytes + str.offset + s.name, name, len) != 0) continue;
        if (s.type == SHT_NOBITS || (s.flags & SHF_COMPRESSED) || !inside(e, s.offset, s.size))
            return NULL;
        *n = s.size;
        return e->bytes + s.offset;
    }
    return NULL;
}

static void read_lines(const struct elf *e, struct vm_private *v)
{
    struct vm_debug d;
    d.line = find_section(e, ".debug_line", &d.line_bytes);
    d.line_str = find_section(e, ".debug_line_str", &d.line_str_bytes);
    d.str = find_section(e, ".debug_str", &d.str_bytes);
    vm_lines_init(&v->lines, &d);
}

static sp_status load(struct elf *e, vm_program *p, enum machine_io_mode mode)
{
    struct vm_private *v = (struct vm_private *)calloc(1, sizeof *v);
    if (!v) return vm_fail(e->err, SP_ERR_NOMEM, "out of memory for the program");
    p->opaque = v;
    SP_TRY(read_header(e));
    SP_TRY(read_segments(e));
    SP_TRY(build_image(e, p));
    SP_TRY(read_symbols(e, p, v));
    if (p->io_mode_addr)
        p->image[(p->io_mode_addr - p->base) / 4] = (uint32_t)mode;
    else if (mode != MACHINE_IO_WORDS)
        BAD("the program has no symbol " IO_MODE_SYMBOL " and works in io mode words only");
    decode_code(e, p);
    p->entry = e->entry;
    if (p->entry % 4 != 0) BAD("the entry address 0x%x is misaligned", (unsigned)p->entry);
    const uint32_t k = (p->entry - p->code_base) / 4; /* large when below code_base */
    if (k >= p->n_code)
        BAD("the entry address 0x%x is not in an executable segment", (unsigned)p->entry);
    if (p->code[k].op == OP_illegal)
        BAD("no legal instruction at the entry address 0x%x", (unsigned)p->entry);
    v->exec = (vm_insn *)malloc(((size_t)p->n_code + 1) * sizeof *v->exec);
    if (!v->exec) return vm_fail(e->err, SP_ERR_NOMEM, "out of memory for the program");
    vm_prepare(v->exec, p);
    read_lines(e, v);
    return SP_OK;
}

sp_status vm_program_init(vm_program *p, const uint8_t *elf, size_t elf_bytes,
                          enum machine_io_mode mode, vm_error *err)
{
    memset(p, 0, sizeof *p);
    if (err) err->text[0] = 0;
    if ((!elf && elf_bytes) || (mode != MACHINE_IO_WORDS && mode != MACHINE_IO_DIGEST))
        return vm_fail(err, SP_ERR_ARG, "vm_program_init: wrong arguments");
    if (elf_bytes == 0) return vm_fail(err, SP_ERR_FORMAT, "not an ELF file: it is empty");
    if (elf_bytes > VM_FILE_MAX)
        return vm_fail(err, SP_ERR_LIMIT, "ELF file of %zu bytes: at most %u bytes are accepted",
                       elf_bytes, VM_FILE_MAX);
    struct elf *e = (struct elf *)calloc(1, sizeof *e);
    if (!e) return vm_fail(err, SP_ERR_NOMEM, "out of memory for the program");
    e->bytes = elf;
    e->n = elf_bytes;
    e->err = err;
    const sp_status s = load(e, p, mode);
    free(e);
    if (s != SP_OK) vm_program_free(p);
    return s;
}

void vm_program_free(vm_program *p)
{
    struct vm_private *v = (struct vm_private *)p->opaque;
    if (v) {
        free(v->exec);
        free(v->names);
        vm_lines_free(&v->lines);
        free(v);
    }
    free(p->image);
    free(p->code);
    free(p->symbols);
    memset(p, 0, sizeof *p);
}
