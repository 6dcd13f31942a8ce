/* disassemble.c - instructions as assembler text, for error messages. */
#include "vm/run.h"

#include <stdio.h>

enum format {
    FORMAT_NONE,
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

static const uint8_t formats[VM_N_OPS] = {
    FORMAT_NONE,
#define INSN(name, format, opcode, funct3, funct7, chip) FORMAT_##format,
#include "core/isa.def"
#undef INSN
};

static const char reg[32][5] = {"zero", "ra", "sp",  "gp",  "tp", "t0", "t1", "t2",
                                "s0",   "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                "a6",   "a7", "s2",  "s3",  "s4", "s5", "s6", "s7",
                                "s8",   "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

int vm_disassemble(char *text, size_t text_bytes, const vm_insn *i, uint32_t pc)
{
    const char *name = i->op < VM_N_OPS ? vm_op_name[i->op] : "illegal";
    const char *rd = reg[i->rd & 31], *rs1 = reg[i->rs1 & 31], *rs2 = reg[i->rs2 & 31];
    const uint32_t target = pc + (uint32_t)i->imm;
    switch (i->op < VM_N_OPS ? (enum format)formats[i->op] : FORMAT_NONE) {
    case FORMAT_R: return snprintf(text, text_bytes, "%s %s, %s, %s", name, rd, rs1, rs2);
    case FORMAT_I:
        if (i->op == OP_jalr) break;
        return snprintf(text, text_bytes, "%s %s, %s, %d", name, rd, rs1, (int)i->imm);
    case FORMAT_SHI: return snprintf(text, text_bytes, "%s %s, %s, %d", name, rd, rs1, (int)i->imm);
    case FORMAT_LD: break;
    case FORMAT_S: return snprintf(text, text_bytes, "%s %s, %d(%s)", name, rs2, (int)i->imm, rs1);
    case FORMAT_B:
        return snprintf(text, text_bytes, "%s %s, %s, 0x%x", name, rs1, rs2, (unsigned)target);
    case FORMAT_U:
        return snprintf(text, text_bytes, "%s %s, 0x%x", name, rd, (unsigned)i->imm >> 12);
    case FORMAT_J: return snprintf(text, text_bytes, "%s %s, 0x%x", name, rd, (unsigned)target);
    case FORMAT_F:
    case FORMAT_NONE: return snprintf(text, text_bytes, "%s", name);
    case FORMAT_A: return snprintf(text, text_bytes, "%s %s", name, rd);
    }
    return snprintf(text, text_bytes, "%s %s, %d(%s)", name, rd, (int)i->imm, rs1);
}
