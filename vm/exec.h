/* exec.h - the state of a running guest and the two forms of the interpreter. */
#ifndef VM_EXEC_H
#define VM_EXEC_H

#include "vm/internal.h"
#include "vm/mem.h"

/* Why the interpreter came back. */
enum vm_stop {
    VM_STOP_CYCLE, /* cycle == stop: nothing executed yet at this cycle */
    VM_STOP_HALT,  /* jumped to MACHINE_HALT_PC */
    VM_STOP_NOMEM,
    /* traps; the instruction at index did not execute, except that VM_STOP_FETCH comes after the
     * jump at index */
    VM_STOP_ILLEGAL, /* no legal instruction at index */
    VM_STOP_FETCH,   /* jump to address, where nothing executable is */
    VM_STOP_JUMP_MISALIGNED,
    VM_STOP_JUMP_RANGE, /* jalr: rs1 + offset leaves 32 bits */
    VM_STOP_MISALIGNED, /* load or store at address */
    VM_STOP_RANGE,
    VM_STOP_HINT /* advice, but the hint is exhausted */
};

/* The words that advice reads: each part is its length in bytes, then its bytes as little-endian
 * words, the last one padded with zeros. */
struct vm_tape {
    const uint8_t *part[2];
    uint32_t part_bytes[2];
    unsigned n_parts, at; /* at: current part */
    bool started;         /* the length of the current part has been read */
    uint32_t pos;         /* next byte of it */
};

/* Rows of one chip: [array.base, next) are filled, [next, end) is room. */
struct vm_rows {
    struct vm_array array;
    vm_row *next, *end;
};

struct vm_exec {
    const vm_program *program;
    const vm_insn *code; /* vm_private.exec */
    vm_profile *profile;
    uint32_t index;       /* of the instruction to execute */
    uint64_t cycle, stop; /* cycle >= 1 is the number of that instruction */
    uint32_t low;         /* lowest accessible byte address */
    uint32_t address;     /* of the trap */
    bool failed;          /* out of memory while recording a refresh */
    uint32_t x[MACHINE_N_REGS];
    uint32_t ts[MACHINE_N_REGS]; /* times of last access, when recording */
    uint64_t n_op[VM_N_OPS];
    struct vm_tape tape;
    struct vm_rows rows[VM_N_CHIPS];
    struct vm_array refresh;
    size_t n_refresh;
    struct vm_mem mem;
};

/* Run until a stop; m->mem.timed must say which. */
enum vm_stop vm_exec_plain(struct vm_exec *m);
enum vm_stop vm_exec_record(struct vm_exec *m);

#endif
