/* program.h - the preprocessed side of a program: ROM, IMAGE and TABLES columns, and the decoded
 * fields of every instruction.
 *
 * Row r of a table stands at position r; the order of table rows has no meaning.
 * - ROM: rows 0..63 are SHAMT (row 32 right + amount), then one row per legal instruction in
 * address order, then zero rows up to 2^rom_log.
 * - IMAGE: rows 0..32 are the registers, then the image words from base, then zero words up to
 *   2^image_log rows; image_end is the tuple address of the last row.
 * - TABLES: the range row of v < 2^k is 2^k - 1 + v, the rows from 2^17 - 1 on repeat (0, 0); the
 *   byte row of (op, a, b) is op 2^16 + a 2^8 + b. */
#ifndef PROVER_PROGRAM_H
#define PROVER_PROGRAM_H

#include "air/components.h"
#include "vm/run.h"

#define PROGRAM_MIN_LOG 8 /* of ROM and IMAGE: above every cap height after extension */
#define PROGRAM_SHAMT_ROWS 64u

/* Field 0 of a ROM row: the chips in the order of enum vm_chip, from 1; then SHAMT. */
enum program_rom_op { PROGRAM_ROM_CHIP0 = 1, PROGRAM_ROM_SHAMT = VM_N_CHIPS + 1 };

/* An instruction as the ROM has it. f[0] = 0: not legal, and it has no row. */
typedef struct {
    uint32_t f[AIR_ROM_FIELDS];
    uint32_t rom_row; /* position in the ROM table */
} program_insn;

typedef struct {
    uint32_t entry;              /* byte address */
    uint32_t image_end;          /* tuple address of the last image word */
    uint32_t base_word, n_words; /* RAM words of IMAGE, extension included */
    enum machine_io_mode mode;
    unsigned rom_log, image_log;
    uint32_t n_code, n_legal;
    uint32_t code_word;                              /* word address of insn[0] */
    program_insn *insn;                              /* as vm_program.code */
    uint32_t *pre[AIR_N_COMPONENTS][AIR_ROM_FIELDS]; /* IMAGE, ROM, TABLES; else NULL */
} program;

SP_FN uint32_t program_range_row(uint32_t k, uint32_t v) { return (UINT32_C(1) << k) - 1 + v; }
SP_FN uint32_t program_byte_row(uint32_t op, uint32_t a, uint32_t b)
{
    return op << 16 | a << 8 | b;
}
/* Row of the shift amount s < 32 to the left (right = 0) or to the right (right = 1). */
SP_FN uint32_t program_shamt_row(uint32_t right, uint32_t s) { return right << 5 | s; }

/* The ROM row of one legal instruction at the byte address pc. rd = 0 becomes the sink. A target
 * outside the address space, or between two words, becomes a field element that is no pc of a ROM
 * row and not the halt address. */
void program_decode(uint32_t f[AIR_ROM_FIELDS], const vm_insn *i, uint32_t pc);

/* Builds p; nothing of vm is kept. mode is the one the program was loaded with. Refused with
 * SP_ERR_FORMAT or SP_ERR_LIMIT and a sentence: an image or code outside its bounds, code at the
 * halt address, an entry that is no legal instruction, operands out of range, a mode that the image
 * does not carry. On failure p is zeroed. */
SP_MUST_USE sp_status program_setup(program *p, const vm_program *vm, enum machine_io_mode mode,
                                    vm_error *err);
void program_free(program *p);

/* Preprocessed columns of a component; NULL when it has none. */
const uint32_t *const *program_columns(const program *p, enum air_component_id id);

#endif
