/* guest.h - small guests for tests: an assembler of single instructions, an ELF writer, a checked
 * run. */
#ifndef TESTS_VM_GUEST_H
#define TESTS_VM_GUEST_H

#include "tests/test.h"
#include "vm/run.h"

#define GUEST_CODE 0x10000u  /* address of the code */
#define GUEST_DATA 0x200000u /* address of the data segment */

struct guest {
    uint32_t *code;
    uint32_t n_code, cap;
    const uint8_t *data; /* loaded at GUEST_DATA */
    uint32_t data_bytes, data_memsz;
    bool io_mode; /* the first data word is sprove_io_mode */
};

void guest_free(struct guest *g);
void guest_word(struct guest *g, uint32_t word);
void guest_op(struct guest *g, enum vm_op op, unsigned rd, unsigned rs1, unsigned rs2, int32_t imm);
/* rd = value, in two instructions always. */
void guest_li(struct guest *g, unsigned rd, uint32_t value);
/* Jump to the halt address. */
void guest_halt(struct guest *g);

/* Pieces of an ELF file. */
struct elf_segment {
    uint32_t addr, flags, filesz, memsz;
    const uint8_t *bytes;
};
struct elf_symbol {
    const char *name;
    uint32_t addr, size;
    uint8_t info;
    uint16_t section;
};
struct elf_extra { /* a section by name */
    const char *name;
    const uint8_t *bytes;
    uint32_t n_bytes;
};
struct elf_file {
    uint32_t entry;
    const struct elf_segment *segments;
    uint32_t n_segments;
    const struct elf_symbol *symbols;
    uint32_t n_symbols;
    const struct elf_extra *extras;
    uint32_t n_extras;
};
/* Where things are in the written file. */
struct elf_layout {
    uint32_t phoff, shoff, symtab, strtab, strtab_bytes, n_bytes;
};
/* The file's bytes, to be freed. Layout: header, program headers, segment bytes, symbol and string
 * tables, extras, section headers. */
uint8_t *elf_write(const struct elf_file *f, struct elf_layout *at);

/* The guest as an ELF; free the bytes. */
uint8_t *guest_elf(const struct guest *g, size_t *n_bytes);
/* Loads a guest; false and a printed message on failure. */
bool guest_load(vm_program *p, const struct guest *g, enum machine_io_mode mode);

/* Runs plain and recording, compares both and checks the record (record.c). The result is the
 * recording's; NULL error text on success. The status of both runs must agree. */
sp_status guest_run(vm_result *r, const struct guest *g, const vm_options *o, vm_error *err);

/* Replays a record: each value and gap follows from the writes before, each refresh is needed, the
 * final state is complete. Returns NULL, or what is wrong. */
const char *record_check(const vm_program *p, const vm_options *o, const vm_result *r);

#endif
