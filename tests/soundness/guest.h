/* guest.h - small guest programs, assembled in the test and loaded as ELF files. */
#ifndef TESTS_SOUNDNESS_GUEST_H
#define TESTS_SOUNDNESS_GUEST_H

#include "vm/run.h"

#define GUEST_CODE 0x1000u /* address of the first instruction, and entry */
#define GUEST_MAX_CODE 8192u
#define GUEST_MAX_DATA 256u

typedef struct {
    uint32_t code[GUEST_MAX_CODE];
    uint32_t n_code;
    uint32_t data[GUEST_MAX_DATA]; /* data[0] is sprove_io_mode */
    uint32_t n_data;
    uint32_t data_addr; /* chosen by guest_start: where data[0] stands */
    uint32_t entry;     /* byte address */
} guest;

/* An empty program whose data begins at data_addr (a multiple of 4, above the code to come). */
void guest_start(guest *g, uint32_t data_addr);
/* Address of the next instruction. */
uint32_t guest_here(const guest *g);
void guest_word(guest *g, uint32_t word);
void guest_r(guest *g, enum vm_op op, unsigned rd, unsigned rs1, unsigned rs2);
/* Immediates, shifts, loads, jalr. */
void guest_i(guest *g, enum vm_op op, unsigned rd, unsigned rs1, int32_t imm);
void guest_store(guest *g, enum vm_op op, unsigned rs2, unsigned rs1, int32_t imm);
/* Target by address. */
void guest_branch(guest *g, enum vm_op op, unsigned rs1, unsigned rs2, uint32_t target);
void guest_jal(guest *g, unsigned rd, uint32_t target);
void guest_advice(guest *g, unsigned rd);
/* lui, addi: always two instructions. */
void guest_li(guest *g, unsigned rd, uint32_t value);
/* jalr x0, 0x100(x0) */
void guest_halt(guest *g);

/* Writes the ELF file and loads it; false, with a message printed, when that fails. */
bool guest_load(vm_program *p, const guest *g, enum machine_io_mode mode);

#endif
