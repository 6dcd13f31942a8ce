/* guest.c - an assembler of single instructions and a writer of minimal ELF files. */
#include "tests/soundness/guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void guest_start(guest *g, uint32_t data_addr)
{
    memset(g, 0, sizeof *g);
    g->data_addr = data_addr;
    g->n_data = 1;
    g->entry = GUEST_CODE;
}

uint32_t guest_here(const guest *g) { return GUEST_CODE + 4 * g->n_code; }

void guest_word(guest *g, uint32_t word)
{
    if (g->n_code == GUEST_MAX_CODE) abort();
    g->code[g->n_code++] = word;
}

static void emit(guest *g, enum vm_op op, unsigned rd, unsigned rs1, unsigned rs2, int32_t imm)
{
    const vm_insn i = {(uint8_t)op, (uint8_t)rd, (uint8_t)rs1, (uint8_t)rs2, imm};
    const uint32_t w = vm_encode(i);
    const vm_insn back = vm_decode(w);
    if (back.op != i.op || back.rd != i.rd || back.rs1 != i.rs1 || back.rs2 != i.rs2 ||
        back.imm != i.imm)
        abort(); /* the test asked for an instruction that does not exist */
    guest_word(g, w);
}

void guest_r(guest *g, enum vm_op op, unsigned rd, unsigned rs1, unsigned rs2)
{
    emit(g, op, rd, rs1, rs2, 0);
}
void guest_i(guest *g, enum vm_op op, unsigned rd, unsigned rs1, int32_t imm)
{
    emit(g, op, rd, rs1, 0, imm);
}
void guest_store(guest *g, enum vm_op op, unsigned rs2, unsigned rs1, int32_t imm)
{
    emit(g, op, 0, rs1, rs2, imm);
}
void guest_branch(guest *g, enum vm_op op, unsigned rs1, unsigned rs2, uint32_t target)
{
    emit(g, op, 0, rs1, rs2, (int32_t)(target - guest_here(g)));
}
void guest_jal(guest *g, unsigned rd, uint32_t target)
{
    emit(g, OP_jal, rd, 0, 0, (int32_t)(target - guest_here(g)));
}
void guest_advice(guest *g, unsigned rd) { emit(g, OP_advice, rd, 0, 0, 0); }

void guest_li(guest *g, unsigned rd, uint32_t value)
{
    const uint32_t upper = (value + 0x800) & 0xfffff000u;
    emit(g, OP_lui, rd, 0, 0, (int32_t)upper);
    emit(g, OP_addi, rd, rd, 0, (int32_t)(value - upper));
}

void guest_halt(guest *g) { guest_i(g, OP_jalr, 0, 0, MACHINE_HALT_PC); }

static void put16(uint8_t *b, uint32_t v)
{
    b[0] = (uint8_t)v;
    b[1] = (uint8_t)(v >> 8);
}
static void put32(uint8_t *b, uint32_t v)
{
    put16(b, v);
    put16(b + 2, v >> 16);
}

static void put_segment(uint8_t *h, uint32_t offset, uint32_t addr, uint32_t bytes, uint32_t flags)
{
    put32(h, 1); /* PT_LOAD */
    put32(h + 4, offset);
    put32(h + 8, addr);
    put32(h + 12, addr);
    put32(h + 16, bytes);
    put32(h + 20, bytes);
    put32(h + 24, flags);
    put32(h + 28, 4);
}

static void put_section(uint8_t *h, uint32_t type, uint32_t offset, uint32_t size, uint32_t link,
                        uint32_t entsize)
{
    put32(h + 4, type);
    put32(h + 16, offset);
    put32(h + 20, size);
    put32(h + 24, link);
    put32(h + 36, entsize);
}

/* Header, two segments, symbol table with sprove_io_mode, string table, section headers. */
static size_t write_elf(uint8_t *b, const guest *g)
{
    static const char names[] = "\0sprove_io_mode";
    const uint32_t code = 52 + 2 * 32, data = code + 4 * g->n_code, sym = data + 4 * g->n_data;
    const uint32_t str = sym + 2 * 16, sections = str + 16, end = sections + 3 * 40;
    static const uint8_t ident[8] = {0x7f, 'E', 'L', 'F', 1, 1, 1, 0};
    memset(b, 0, end);
    memcpy(b, ident, sizeof ident);
    put16(b + 16, 2);   /* ET_EXEC */
    put16(b + 18, 243); /* EM_RISCV */
    put32(b + 20, 1);
    put32(b + 24, g->entry);
    put32(b + 28, 52);
    put32(b + 32, sections);
    put16(b + 40, 52);
    put16(b + 42, 32);
    put16(b + 44, 2);
    put16(b + 46, 40);
    put16(b + 48, 3);
    put_segment(b + 52, code, GUEST_CODE, 4 * g->n_code, 5);
    put_segment(b + 84, data, g->data_addr, 4 * g->n_data, 6);
    for (uint32_t i = 0; i < g->n_code; i++) put32(b + code + 4 * i, g->code[i]);
    for (uint32_t i = 0; i < g->n_data; i++) put32(b + data + 4 * i, g->data[i]);
    put32(b + sym + 16, 1); /* symbol 1: name, value, size, global object, section */
    put32(b + sym + 20, g->data_addr);
    put32(b + sym + 24, 4);
    b[sym + 28] = 0x11;
    put16(b + sym + 30, 1);
    memcpy(b + str, names, sizeof names);
    put_section(b + sections + 40, 2, sym, 32, 2, 16);
    put_section(b + sections + 80, 3, str, sizeof names, 0, 0);
    return end;
}

bool guest_load(vm_program *p, const guest *g, enum machine_io_mode mode)
{
    uint8_t *b = malloc(4 * (GUEST_MAX_CODE + GUEST_MAX_DATA) + 1024);
    vm_error err;
    if (!b) return false;
    const sp_status s = vm_program_init(p, b, write_elf(b, g), mode, &err);
    free(b);
    if (s != SP_OK) printf("  guest does not load: %s\n", err.text);
    return s == SP_OK;
}
