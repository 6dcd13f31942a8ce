/* decode.c - machine words to instructions and back, by the table core/isa.def. */
#include "vm/run.h"

enum format {
    FORMAT_R,
    FORMAT_I,
    FORMAT_SHI,
    FORMAT_LD,
    FORMAT_S,
    FORMAT_B,
    FORMAT_U,
    FORMAT_J,
    FORMAT_F,
    FORMAT_A
};

struct shape {
    uint8_t format, opcode, funct3, funct7;
};

static const struct shape shapes[VM_N_OPS] = {
    {0, 0, 0, 0},
#define INSN(name, format, opcode, funct3, funct7, chip) {FORMAT_##format, opcode, funct3, funct7},
#include "core/isa.def"
#undef INSN
};

const char *const vm_op_name[VM_N_OPS] = {
    "illegal",
#define INSN(name, format, opcode, funct3, funct7, chip) #name,
#include "core/isa.def"
#undef INSN
};

const uint8_t vm_op_chip[VM_N_OPS] = {
    0,
#define INSN(name, format, opcode, funct3, funct7, chip) VM_##chip,
#include "core/isa.def"
#undef INSN
};

/* Bits hi..lo of w. */
static uint32_t bits(uint32_t w, unsigned hi, unsigned lo)
{
    return w >> lo & (UINT32_MAX >> (31 - (hi - lo)));
}

/* v with bit n - 1 as its sign. */
static int32_t sign_extend(uint32_t v, unsigned n)
{
    uint32_t s = 1u << (n - 1);
    return (int32_t)((v ^ s) - s);
}

static bool matches(const struct shape *s, uint32_t w)
{
    if (bits(w, 6, 0) != s->opcode) return false;
    if (s->format == FORMAT_U || s->format == FORMAT_J) return true;
    if (bits(w, 14, 12) != s->funct3) return false;
    if (s->format == FORMAT_R || s->format == FORMAT_SHI) return bits(w, 31, 25) == s->funct7;
    if (s->format == FORMAT_A) return bits(w, 31, 15) == 0;
    return true;
}

vm_insn vm_decode(uint32_t w)
{
    const uint8_t rd = (uint8_t)bits(w, 11, 7), rs1 = (uint8_t)bits(w, 19, 15),
                  rs2 = (uint8_t)bits(w, 24, 20);
    vm_insn i = {OP_illegal, 0, 0, 0, 0};
    unsigned op = 1;
    while (op < VM_N_OPS && !matches(&shapes[op], w)) op++;
    if (op == VM_N_OPS) return i;
    switch ((enum format)shapes[op].format) {
    case FORMAT_R:
        i.rd = rd;
        i.rs1 = rs1;
        i.rs2 = rs2;
        break;
    case FORMAT_I:
    case FORMAT_LD:
        i.rd = rd;
        i.rs1 = rs1;
        i.imm = sign_extend(bits(w, 31, 20), 12);
        break;
    case FORMAT_SHI:
        i.rd = rd;
        i.rs1 = rs1;
        i.imm = rs2;
        break;
    case FORMAT_S:
        i.rs1 = rs1;
        i.rs2 = rs2;
        i.imm = sign_extend(bits(w, 31, 25) << 5 | rd, 12);
        break;
    case FORMAT_B:
        i.rs1 = rs1;
        i.rs2 = rs2;
        i.imm = sign_extend(bits(w, 31, 31) << 12 | bits(w, 7, 7) << 11 | bits(w, 30, 25) << 5 |
                                bits(w, 11, 8) << 1,
                            13);
        break;
    case FORMAT_U:
        i.rd = rd;
        i.imm = (int32_t)(w & 0xfffff000u);
        break;
    case FORMAT_J:
        i.rd = rd;
        i.imm = sign_extend(bits(w, 31, 31) << 20 | bits(w, 19, 12) << 12 | bits(w, 20, 20) << 11 |
                                bits(w, 30, 21) << 1,
                            21);
        break;
    case FORMAT_F: break; /* operands and hints are ignored */
    case FORMAT_A: i.rd = rd; break;
    }
    /* A target between two words can never be fetched. Such a word is no instruction, so that the
     * program table of a proof holds whole-word targets only. */
    if ((shapes[op].format == FORMAT_B || shapes[op].format == FORMAT_J) && (i.imm & 2) != 0)
        return (vm_insn){OP_illegal, 0, 0, 0, 0};
    i.op = (uint8_t)op;
    return i;
}

uint32_t vm_encode(vm_insn i)
{
    const struct shape *s = &shapes[i.op];
    const uint32_t rd = (uint32_t)i.rd << 7, rs1 = (uint32_t)i.rs1 << 15,
                   rs2 = (uint32_t)i.rs2 << 20, imm = (uint32_t)i.imm;
    const uint32_t w = s->opcode | (uint32_t)s->funct3 << 12;
    switch ((enum format)s->format) {
    case FORMAT_R: return w | rd | rs1 | rs2 | (uint32_t)s->funct7 << 25;
    case FORMAT_I:
    case FORMAT_LD: return w | rd | rs1 | imm << 20;
    case FORMAT_SHI: return w | rd | rs1 | bits(imm, 4, 0) << 20 | (uint32_t)s->funct7 << 25;
    case FORMAT_S: return w | rs1 | rs2 | bits(imm, 11, 5) << 25 | bits(imm, 4, 0) << 7;
    case FORMAT_B:
        return w | rs1 | rs2 | bits(imm, 12, 12) << 31 | bits(imm, 10, 5) << 25 |
               bits(imm, 4, 1) << 8 | bits(imm, 11, 11) << 7;
    case FORMAT_U: return w | rd | (imm & 0xfffff000u);
    case FORMAT_J:
        return w | rd | bits(imm, 20, 20) << 31 | bits(imm, 10, 1) << 21 | bits(imm, 11, 11) << 20 |
               bits(imm, 19, 12) << 12;
    case FORMAT_F: return w | 0x0ff00000u; /* fence iorw, iorw */
    case FORMAT_A: return w | rd;
    }
    return 0;
}
