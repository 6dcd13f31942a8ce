/* internal.h - what the files of vm/ share with each other. */
#ifndef VM_INTERNAL_H
#define VM_INTERNAL_H

#include "vm/run.h"

#define VM_FILE_MAX (64u << 20)  /* bytes of an ELF file */
#define VM_IMAGE_MAX (64u << 20) /* bytes from the first to the last byte of the image */

/* One address of the line table and where it comes from; rows are sorted by addr. */
struct vm_line {
    uint32_t addr;
    uint32_t file; /* index into files; VM_NO_FILE: the sequence ended here */
    uint32_t line;
    uint32_t order; /* position in the section: of rows at one address the last one holds */
};
#define VM_NO_FILE UINT32_MAX

/* The line table of an ELF. */
struct vm_lines {
    struct vm_line *rows;
    size_t n_rows;
    char **files;
    size_t n_files;
};

/* Views of the debug sections; absent ones are NULL with length 0. */
struct vm_debug {
    const uint8_t *line, *line_str, *str;
    size_t line_bytes, line_str_bytes, str_bytes;
};

/* The instructions in the form that runs: rd is the sink where the instruction writes no register,
 * the immediate of auipc is its result, that of jal and branches counts words. One OP_illegal is
 * appended. */
void vm_prepare(vm_insn *exec, const vm_program *p);

/* What hangs on vm_program.opaque. */
struct vm_private {
    vm_insn *exec; /* n_code + 1 instructions in the form the interpreter runs (vm_prepare) */
    char *names;   /* the bytes that symbol names point into */
    struct vm_lines lines;
};

/* Reads what it can of .debug_line; leaves an empty table when that is nothing. */
void vm_lines_init(struct vm_lines *t, const struct vm_debug *d);
void vm_lines_free(struct vm_lines *t);

/* Writes the message and returns the status. */
__attribute__((format(printf, 3, 4))) sp_status vm_fail(vm_error *err, sp_status s, const char *fmt,
                                                        ...);

/* Calls and returns, as the interpreter sees them. Frames are found again by return address. */
void vm_profile_start(vm_profile *f, const vm_program *p);
void vm_profile_call(vm_profile *f, const vm_program *p, uint32_t target, uint32_t ret,
                     uint64_t cycles);
void vm_profile_return(vm_profile *f, const vm_program *p, uint32_t target, uint64_t cycles);
void vm_profile_jump(vm_profile *f, const vm_program *p, uint32_t target, uint64_t cycles);
void vm_profile_stop(vm_profile *f, uint64_t cycles);
bool vm_profile_failed(const vm_profile *f);

#endif
