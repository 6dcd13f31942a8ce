/* run.h - loading and running a guest, and the record of a run that the prover turns into rows.
 *
 * The machine is RV32IM plus one custom-0 instruction (advice). docs/vm.md is its specification. */
#ifndef VM_RUN_H
#define VM_RUN_H

#include "core/machine.h"
#include "core/sp.h"

enum vm_op {
    OP_illegal = 0,
#define INSN(name, format, opcode, funct3, funct7, chip) OP_##name,
#include "core/isa.def"
#undef INSN
    VM_N_OPS
};

/* The chips (AIR components) of instructions, in the order of the protocol. */
enum vm_chip { VM_ALU, VM_CMP, VM_BIT, VM_SH, VM_JALR, VM_CONST, VM_LS, VM_MULDIV, VM_N_CHIPS };

typedef struct {
    uint8_t op;           /* enum vm_op */
    uint8_t rd, rs1, rs2; /* 0..31; 0 where the format has none */
    int32_t imm;          /* sign-extended; U: the upper 20 bits in place; shifts: 0..31 */
} vm_insn;

extern const char *const vm_op_name[VM_N_OPS];
extern const uint8_t vm_op_chip[VM_N_OPS]; /* enum vm_chip; 0 for OP_illegal */

/* OP_illegal and zero operands for every word that is not an instruction of the machine. */
vm_insn vm_decode(uint32_t word);
/* The word that decodes to i; i must be a result of vm_decode other than OP_illegal. */
uint32_t vm_encode(vm_insn i);
/* Writes assembler text for the instruction at byte address pc; returns the length as snprintf
 * does. */
int vm_disassemble(char *text, size_t text_bytes, const vm_insn *i, uint32_t pc);

typedef struct {
    uint32_t addr, size;
    const char *name;
} vm_symbol;

/* A loaded program. Immutable after loading; shared by threads. */
typedef struct {
    uint32_t entry;             /* byte address, a legal instruction */
    uint32_t base;              /* byte address of image[0]; multiple of 4, >= MACHINE_BASE_MIN */
    uint32_t n_image;           /* words of the image: all PT_LOAD bytes (not BSS), gaps zero */
    uint32_t *image;            /* little-endian words */
    uint32_t code_base, n_code; /* executable range, by words */
    vm_insn *code;              /* n_code entries, OP_illegal where nothing legal stands */
    uint32_t io_mode_addr;      /* byte address of the image word that tells the guest its io mode
                                   (symbol sprove_io_mode), or 0: the program works in words only */
    vm_symbol *symbols;         /* sorted by addr */
    uint32_t n_symbols;
    void *opaque; /* line table and what else vm/ keeps */
} vm_program;

/* Where and why loading or running failed; text is one sentence for people. */
typedef struct {
    char text[320];
} vm_error;

/* Reads an ELF32 little-endian RISC-V executable. Every offset and size is checked. The io mode is
 * stored into the image word at io_mode_addr. Errors: SP_ERR_FORMAT, SP_ERR_LIMIT, SP_ERR_NOMEM. */
SP_MUST_USE sp_status vm_program_init(vm_program *p, const uint8_t *elf, size_t elf_bytes,
                                      enum machine_io_mode mode, vm_error *err);
void vm_program_free(vm_program *p);

/* The function or object that addr lies in, else the label before it in code, or NULL. */
const vm_symbol *vm_symbol_at(const vm_program *p, uint32_t addr);
/* Source line of the instruction at addr, when the ELF carries DWARF line information for it. The
 * name lives as long as the program. */
bool vm_line_at(const vm_program *p, uint32_t addr, const char **file, uint32_t *line);

/* One executed instruction. Values are before the instruction unless said otherwise. An instruction
 * without rs2 (in a chip that has one) reads x0; one without rd writes the sink. */
typedef struct {
    uint32_t cycle;    /* c >= 1 */
    uint32_t insn;     /* index into program->code */
    uint32_t a, b;     /* rs1, rs2 (stores: b is unused, the stored register is in p) */
    uint32_t p;        /* old value of the written register or sink; stores: value of rs2 */
    uint32_t r;        /* new value of it; branches write 1 to the sink when (beq, bne) rs1 != rs2,
                          (blt...) rs1 < rs2, else 0; jal, jalr, fence with rd = 0 write 0; every
                          other instruction writes its result to the sink when rd = 0 */
    uint32_t m, m_new; /* loads and stores: the RAM word before and after */
    uint32_t dm;       /* loads and stores: (4c + 3) - time of the word's last access - 1 */
    uint16_t d1, d2, d3; /* gaps of rs1, rs2, rd: slot time - time of last access - 1 */
    uint16_t pad;
} vm_row;

/* A register that idled for more than 2^16 slots was touched once in between, at time ts. */
typedef struct {
    uint32_t addr; /* register 0..32 */
    uint32_t ts;   /* new time; the read that follows has gap 0 */
    uint32_t value;
    uint32_t gap; /* ts - time of last access - 1 */
} vm_refresh;

/* Final state of a RAM word that was accessed, or is a public input or output word (words mode). */
typedef struct {
    uint32_t word; /* address / 4 */
    uint32_t ts; /* time of the last access; 1: an input word, 0: an output word, nobody touched */
    uint32_t value;
} vm_touched;

typedef struct {
    uint64_t n_cycles;  /* executed instructions */
    uint32_t exit_code; /* x9 at halt */
    uint8_t *output;    /* the output window's bytes */
    uint32_t output_bytes;
    uint32_t reg[MACHINE_N_REGS];    /* final values; reg[32] is the sink */
    uint32_t reg_ts[MACHINE_N_REGS]; /* times of last access (recording only) */
    uint64_t n_op[VM_N_OPS];         /* histogram */
    /* recording only: */
    vm_row *rows[VM_N_CHIPS]; /* by chip, in time order */
    size_t n_rows[VM_N_CHIPS];
    vm_refresh *refresh;
    size_t n_refresh;
    vm_touched *touched; /* sorted by word */
    size_t n_touched;
    void *opaque;
} vm_result;

typedef struct vm_profile vm_profile; /* cycle counts by call stack */
vm_profile *vm_profile_new(void);     /* NULL: out of memory */
void vm_profile_delete(vm_profile *f);
/* Folded stacks: a line "outer;inner;innermost cycles" for each call stack that spent cycles, in
 * the order of first calls. The text is the caller's, to be freed. SP_ERR_LIMIT: it is too long. */
SP_MUST_USE sp_status vm_profile_write_folded(const vm_profile *f, const vm_program *p, char **text,
                                              size_t *text_len);

typedef struct {
    const uint8_t *input; /* public input bytes */
    uint32_t input_bytes;
    const uint8_t *hint; /* private bytes */
    uint32_t hint_bytes;
    enum machine_io_mode mode;
    uint64_t max_cycles; /* 0: MACHINE_MAX_CYCLES when recording, else unlimited */
    bool record;
    vm_profile *profile; /* or NULL; not with record */
    /* Called every few million cycles; false stops the run with SP_ERR_CANCEL. May be NULL. */
    bool (*progress)(void *user, uint64_t cycles);
    void *user;
} vm_options;

/* Runs to the halt address. SP_ERR_TRAP: err names pc, instruction, symbol and line and the cycle;
 * a nonzero exit code is not an error here. On failure r is zeroed. */
SP_MUST_USE sp_status vm_run(vm_result *r, const vm_program *p, const vm_options *o, vm_error *err);
void vm_result_free(vm_result *r);
/* Gives back the row arrays of all chips (the largest part); rows[] and n_rows[] become empty. */
void vm_result_free_rows(vm_result *r);

#endif
