/* program.c - decoding of a program into its ROM, and its preprocessed columns. */
#include "prover/program.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PC_FIELDS_END MACHINE_RAM_WORDS /* every pc of a ROM row is below */

static uint32_t lo16(uint32_t v) { return v & 0xffff; }
static uint32_t hi16(uint32_t v) { return v >> 16; }
static uint32_t written(uint32_t rd) { return rd ? rd : MACHINE_SINK; }
static uint32_t signed_field(int32_t v) { return m31_from_i64(v).v; }

/* (pc + offset) / 4 in the field: the word address when that is one, else a value above every pc.
 */
static uint32_t target(uint32_t pc, int32_t offset)
{
    const m31 quarter = m31_from_reduced(UINT32_C(1) << (M31_BITS - 2)); /* 4 * 2^29 = 1 */
    return m31_mul(m31_from_i64((int64_t)pc + offset), quarter).v;
}

static void decode_cmp(uint32_t *f, const vm_insn *i, uint32_t pc)
{
    const bool branch = i->op >= OP_beq && i->op <= OP_bgeu;
    const uint32_t next = pc / 4 + 1, to = branch ? target(pc, i->imm) : next;
    const uint32_t imm = branch ? 0 : (uint32_t)i->imm;
    /* x = 1 means unequal or less. */
    const bool when_one = i->op == OP_bne || i->op == OP_blt || i->op == OP_bltu;
    f[1] = i->op == OP_blt || i->op == OP_bge || i->op == OP_slt || i->op == OP_slti;
    f[2] = i->op == OP_beq || i->op == OP_bne;
    f[3] = pc / 4;
    f[4] = branch ? MACHINE_SINK : written(i->rd);
    f[5] = i->rs1;
    f[6] = i->rs2;
    f[7] = lo16(imm);
    f[8] = hi16(imm);
    f[9] = when_one ? to : next;
    f[10] = when_one ? next : to;
}

static void decode_bit(uint32_t *f, const vm_insn *i, uint32_t pc)
{
    const bool is_or = i->op == OP_or || i->op == OP_ori;
    const bool is_xor = i->op == OP_xor || i->op == OP_xori;
    const uint32_t imm = (uint32_t)i->imm;
    f[1] = is_xor ? 2 : is_or;
    f[2] = pc / 4;
    f[3] = written(i->rd);
    f[4] = i->rs1;
    f[5] = i->rs2;
    f[6] = imm & 0xff;
    f[7] = imm >> 8 & 0xff;
    f[8] = imm >> 16 & 0xff; /* and byte 3: the immediate is sign-extended from 12 bits */
}

static void decode_const(uint32_t *f, const vm_insn *i, uint32_t pc)
{
    uint32_t c = 0;
    if (i->op == OP_lui) c = (uint32_t)i->imm;
    if (i->op == OP_auipc) c = pc + (uint32_t)i->imm;
    if (i->op == OP_jal && i->rd) c = pc + 4;
    f[1] = i->op == OP_advice;
    f[2] = pc / 4;
    f[3] = written(i->rd);
    f[4] = lo16(c);
    f[5] = hi16(c);
    f[6] = i->op == OP_jal ? target(pc, i->imm) : pc / 4 + 1;
}

static void decode_ls(uint32_t *f, const vm_insn *i, uint32_t pc)
{
    const bool store = i->op == OP_sb || i->op == OP_sh || i->op == OP_sw;
    f[1] = i->op == OP_lb || i->op == OP_lbu;
    f[2] = i->op == OP_lh || i->op == OP_lhu;
    f[3] = i->op == OP_lw;
    f[4] = i->op == OP_sb;
    f[5] = i->op == OP_sh;
    f[6] = i->op == OP_lb || i->op == OP_lh;
    f[7] = pc / 4;
    f[8] = store ? i->rs2 : written(i->rd);
    f[9] = i->rs1;
    f[10] = signed_field(i->imm);
}

static void decode_muldiv(uint32_t *f, const vm_insn *i, uint32_t pc)
{
    const bool dv = i->op == OP_div || i->op == OP_divu || i->op == OP_rem || i->op == OP_remu;
    f[1] = dv;
    f[2] = i->op == OP_mulh || i->op == OP_mulhsu || i->op == OP_mulhu;
    f[3] = i->op == OP_div || i->op == OP_divu;
    f[4] = i->op == OP_mulh || i->op == OP_mulhsu || i->op == OP_div || i->op == OP_rem;
    f[5] = i->op == OP_mulh || i->op == OP_div || i->op == OP_rem;
    f[6] = pc / 4;
    f[7] = written(i->rd);
    f[8] = i->rs1;
    f[9] = i->rs2;
}

void program_decode(uint32_t f[AIR_ROM_FIELDS], const vm_insn *i, uint32_t pc)
{
    const uint32_t imm = (uint32_t)i->imm;
    memset(f, 0, AIR_ROM_FIELDS * sizeof *f);
    f[0] = PROGRAM_ROM_CHIP0 + vm_op_chip[i->op];
    switch (vm_op_chip[i->op]) {
    case VM_ALU:
        f[1] = i->op == OP_sub;
        f[2] = pc / 4;
        f[3] = written(i->rd);
        f[4] = i->rs1;
        f[5] = i->rs2;
        f[6] = lo16(imm);
        f[7] = hi16(imm);
        break;
    case VM_CMP: decode_cmp(f, i, pc); break;
    case VM_BIT: decode_bit(f, i, pc); break;
    case VM_SH:
        f[1] = i->op == OP_sra || i->op == OP_srai;
        f[2] = pc / 4;
        f[3] = written(i->rd);
        f[4] = i->rs1;
        f[5] = i->rs2;
        f[6] = imm + (i->op == OP_sll || i->op == OP_slli ? 0 : UINT32_C(1) << 16);
        break;
    case VM_JALR:
        f[1] = pc / 4;
        f[2] = written(i->rd);
        f[3] = i->rs1;
        f[4] = signed_field(i->imm);
        f[5] = i->rd ? lo16(pc + 4) : 0;
        f[6] = i->rd ? hi16(pc + 4) : 0;
        break;
    case VM_CONST: decode_const(f, i, pc); break;
    case VM_LS: decode_ls(f, i, pc); break;
    default: decode_muldiv(f, i, pc); break;
    }
}

static __attribute__((format(printf, 3, 4))) sp_status refuse(vm_error *err, sp_status s,
                                                              const char *fmt, ...)
{
    va_list ap;
    if (!err) return s;
    va_start(ap, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    return s;
}

static unsigned log_for(uint64_t n)
{
    unsigned k = PROGRAM_MIN_LOG;
    while (UINT64_C(1) << k < n) k++;
    return k;
}

static sp_status check_bounds(const vm_program *vm, enum machine_io_mode mode, vm_error *err)
{
    const uint32_t limit = MACHINE_IMAGE_LIMIT / 4;
    if (vm->base % 4 || vm->base < MACHINE_BASE_MIN || vm->base / 4 >= limit ||
        vm->n_image > limit - vm->base / 4)
        return refuse(err, SP_ERR_LIMIT, "the image lies outside 0x%x..0x%x", MACHINE_BASE_MIN,
                      MACHINE_IMAGE_LIMIT);
    if (vm->code_base % 4 || vm->code_base / 4 >= PC_FIELDS_END ||
        vm->n_code > PC_FIELDS_END - vm->code_base / 4)
        return refuse(err, SP_ERR_LIMIT, "the code lies outside the address space");
    if (MACHINE_HALT_PC >= vm->code_base && (MACHINE_HALT_PC - vm->code_base) / 4 < vm->n_code)
        return refuse(err, SP_ERR_FORMAT, "code covers the halt address 0x%x", MACHINE_HALT_PC);
    if (vm->io_mode_addr == 0) {
        if (mode != MACHINE_IO_WORDS)
            return refuse(err, SP_ERR_FORMAT, "the program has no io mode word: words mode only");
        return SP_OK;
    }
    const uint32_t at = (vm->io_mode_addr - vm->base) / 4;
    if (vm->io_mode_addr % 4 || vm->io_mode_addr < vm->base || at >= vm->n_image)
        return refuse(err, SP_ERR_FORMAT, "the io mode word lies outside the image");
    if (vm->image[at] != (uint32_t)mode)
        return refuse(err, SP_ERR_FORMAT, "the program was loaded for another io mode");
    return SP_OK;
}

static sp_status decode_all(program *p, const vm_program *vm, vm_error *err)
{
    p->n_code = vm->n_code;
    p->code_word = vm->code_base / 4;
    p->insn = calloc(vm->n_code ? vm->n_code : 1, sizeof *p->insn);
    if (!p->insn) return refuse(err, SP_ERR_NOMEM, "out of memory");
    for (uint32_t k = 0; k < vm->n_code; k++) {
        const vm_insn *i = &vm->code[k];
        const uint32_t pc = vm->code_base + 4 * k;
        if (i->op == OP_illegal) continue;
        if (i->op >= VM_N_OPS || i->rd > 31 || i->rs1 > 31 || i->rs2 > 31)
            return refuse(err, SP_ERR_FORMAT, "malformed instruction at 0x%x", pc);
        uint32_t *f = p->insn[k].f;
        program_decode(f, i, pc);
        p->insn[k].rom_row = PROGRAM_SHAMT_ROWS + p->n_legal++;
        for (unsigned j = 0; j < AIR_ROM_FIELDS; j++)
            if (f[j] >= M31_P)
                return refuse(err, SP_ERR_FORMAT, "malformed instruction at 0x%x", pc);
    }
    const uint32_t at = (vm->entry - vm->code_base) / 4;
    if (vm->entry % 4 || vm->entry < vm->code_base || at >= vm->n_code || p->insn[at].f[0] == 0)
        return refuse(err, SP_ERR_FORMAT, "the entry 0x%x is no legal instruction", vm->entry);
    return SP_OK;
}

static bool make_columns(program *p, enum air_component_id id, unsigned n, unsigned log)
{
    for (unsigned c = 0; c < n; c++) {
        p->pre[id][c] = aligned_alloc(64, sizeof(uint32_t) << log);
        if (!p->pre[id][c]) return false;
        memset(p->pre[id][c], 0, sizeof(uint32_t) << log);
    }
    return true;
}

/* SHAMT: (9, amount + 2^16 right, m, Q = 2^(16-m), L0, L1, R0), see air/columns.h. */
static void shamt_row(uint32_t f[AIR_ROM_FIELDS], uint32_t right, uint32_t amount)
{
    const uint32_t l = amount & 15, big = amount >> 4;
    memset(f, 0, AIR_ROM_FIELDS * sizeof *f);
    f[0] = PROGRAM_ROM_SHAMT;
    f[1] = amount + (right << 16);
    f[2] = right ? l : 16 - l;
    f[3] = UINT32_C(1) << (16 - f[2]);
    f[4] = !right && !big;
    f[5] = !right && big;
    f[6] = right && !big;
}

static void fill_rom(program *p)
{
    uint32_t f[AIR_ROM_FIELDS], *const *col = p->pre[AIR_ROM];
    for (uint32_t r = 0; r < PROGRAM_SHAMT_ROWS; r++) {
        shamt_row(f, r >> 5, r & 31);
        for (unsigned j = 0; j < AIR_ROM_FIELDS; j++) col[j][r] = f[j];
    }
    for (uint32_t k = 0; k < p->n_code; k++)
        if (p->insn[k].f[0])
            for (unsigned j = 0; j < AIR_ROM_FIELDS; j++)
                col[j][p->insn[k].rom_row] = p->insn[k].f[j];
}

static void fill_image(program *p, const vm_program *vm)
{
    uint32_t *const *col = p->pre[AIR_IMAGE];
    for (uint32_t r = 0; r < MACHINE_N_REGS; r++) col[imgp_addr][r] = r;
    for (uint32_t i = 0; i < p->n_words; i++) {
        const uint32_t word = i < vm->n_image ? vm->image[i] : 0, r = MACHINE_N_REGS + i;
        col[imgp_addr][r] = MACHINE_RAM + p->base_word + i;
        col[imgp_lo][r] = lo16(word);
        col[imgp_hi][r] = hi16(word);
    }
}

static void fill_tables(program *p)
{
    uint32_t *const *col = p->pre[AIR_TABLES];
    for (uint32_t k = 0; k <= AIR_MAX_RC; k++)
        for (uint32_t v = 0; v < UINT32_C(1) << k; v++) {
            col[tabp_rk][program_range_row(k, v)] = k;
            col[tabp_rv][program_range_row(k, v)] = v;
        }
    for (uint32_t r = 0; r < UINT32_C(1) << AIR_TABLES_LOG; r++) {
        const uint32_t op = r >> 16, a = r >> 8 & 0xff, b = r & 0xff;
        col[tabp_bop][r] = op;
        col[tabp_ba][r] = a;
        col[tabp_bb][r] = b;
        col[tabp_br][r] = op == 0 ? (a & b) : op == 1 ? (a | b) : op == 2 ? (a ^ b) : 0;
    }
}

static sp_status setup(program *p, const vm_program *vm, enum machine_io_mode mode, vm_error *err)
{
    SP_TRY(check_bounds(vm, mode, err));
    SP_TRY(decode_all(p, vm, err));
    p->entry = vm->entry;
    p->mode = mode;
    p->rom_log = log_for((uint64_t)PROGRAM_SHAMT_ROWS + p->n_legal);
    p->image_log = log_for((uint64_t)MACHINE_N_REGS + vm->n_image);
    p->base_word = vm->base / 4;
    p->n_words = (UINT32_C(1) << p->image_log) - MACHINE_N_REGS;
    if (p->base_word + p->n_words > MACHINE_IMAGE_LIMIT / 4)
        return refuse(err, SP_ERR_LIMIT, "the image of %u words ends above 0x%x when filled up",
                      vm->n_image, MACHINE_IMAGE_LIMIT);
    p->image_end = MACHINE_RAM + p->base_word + p->n_words - 1;
    if (!make_columns(p, AIR_ROM, AIR_ROM_FIELDS, p->rom_log) ||
        !make_columns(p, AIR_IMAGE, imgp_n_columns, p->image_log) ||
        !make_columns(p, AIR_TABLES, tabp_n_columns, AIR_TABLES_LOG))
        return refuse(err, SP_ERR_NOMEM, "out of memory");
    fill_rom(p);
    fill_image(p, vm);
    fill_tables(p);
    return SP_OK;
}

sp_status program_setup(program *p, const vm_program *vm, enum machine_io_mode mode, vm_error *err)
{
    memset(p, 0, sizeof *p);
    const sp_status s = setup(p, vm, mode, err);
    if (s != SP_OK) program_free(p);
    return s;
}

void program_free(program *p)
{
    for (unsigned id = 0; id < AIR_N_COMPONENTS; id++)
        for (unsigned c = 0; c < AIR_ROM_FIELDS; c++) free(p->pre[id][c]);
    free(p->insn);
    memset(p, 0, sizeof *p);
}

const uint32_t *const *program_columns(const program *p, enum air_component_id id)
{
    return p->pre[id][0] ? (const uint32_t *const *)p->pre[id] : NULL;
}
