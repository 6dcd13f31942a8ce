/* exec.c - the interpreter: one text, compiled once plain and once recording. */
#include "vm/exec.h"

#include <stdlib.h>

#define LIKELY(c) __builtin_expect(!!(c), 1)
#define UNLIKELY(c) __builtin_expect(!!(c), 0)

/* A register gap above this needs a refresh: gaps are range-checked to 16 bits. */
#define GAP_MAX 0xffffu

void vm_prepare(vm_insn *exec, const vm_program *p)
{
    for (uint32_t k = 0; k < p->n_code; k++) {
        vm_insn i = p->code[k];
        switch (i.op) {
        case OP_auipc: i.imm = (int32_t)(p->code_base + 4 * k + (uint32_t)i.imm); break;
        case OP_jal:
        case OP_beq:
        case OP_bne:
        case OP_blt:
        case OP_bge:
        case OP_bltu:
        case OP_bgeu: i.imm = i.imm / 4; break; /* exact: vm_decode refuses other targets */
        default: break;
        }
        if (i.rd == 0) i.rd = MACHINE_SINK;
        exec[k] = i;
    }
    exec[p->n_code] = (vm_insn){OP_illegal, 0, 0, 0, 0};
}

static bool tape_read(struct vm_tape *t, uint32_t *word)
{
    for (; t->at < t->n_parts; t->at++, t->started = false, t->pos = 0) {
        const uint32_t n = t->part_bytes[t->at];
        if (!t->started) {
            t->started = true;
            *word = n;
            return true;
        }
        if (t->pos < n) {
            const uint8_t *b = t->part[t->at] + t->pos;
            const uint32_t left = n - t->pos < 4 ? n - t->pos : 4;
            *word = 0;
            for (uint32_t k = 0; k < left; k++) *word |= (uint32_t)b[k] << 8 * k;
            t->pos += left;
            return true;
        }
    }
    return false;
}

/* Makes room for one more row-> */
static __attribute__((noinline)) bool grow_rows(struct vm_rows *r)
{
    const size_t n = r->next ? (size_t)(r->next - (vm_row *)r->array.base) : 0;
    if (!vm_array_grow(&r->array, (n + 1) * sizeof(vm_row))) return false;
    r->next = (vm_row *)r->array.base + n;
    r->end = (vm_row *)r->array.base + r->array.committed / sizeof(vm_row);
    return true;
}

/* Records that reg, idle with its present value for d + 1 slots, is touched at time t - 1. */
static __attribute__((noinline)) void record_refresh(struct vm_exec *m, unsigned reg, uint32_t t,
                                                     uint32_t d)
{
    if (!vm_array_grow(&m->refresh, (m->n_refresh + 1) * sizeof(vm_refresh))) {
        m->failed = true;
        return;
    }
    vm_refresh *f = (vm_refresh *)m->refresh.base + m->n_refresh++;
    f->addr = reg;
    f->ts = t - 1;
    f->value = m->x[reg];
    f->gap = d - 1;
}

/* The gap of an access to reg at time t, refreshing it first when the gap is too long. */
static inline __attribute__((always_inline)) uint16_t touch(struct vm_exec *m, unsigned reg,
                                                            uint32_t t)
{
    uint32_t d = t - m->ts[reg] - 1;
    if (UNLIKELY(d > GAP_MAX)) {
        record_refresh(m, reg, t, d);
        d = 0;
    }
    m->ts[reg] = t;
    return (uint16_t)d;
}

static uint32_t mulh(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)((int64_t)(int32_t)a * (int32_t)b) >> 32);
}
static uint32_t mulhsu(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)((int64_t)(int32_t)a * (int64_t)b) >> 32);
}
static uint32_t mulhu(uint32_t a, uint32_t b) { return (uint32_t)((uint64_t)a * b >> 32); }

/* Division by zero and the one overflow have the results that RISC-V names. */
static uint32_t div_signed(uint32_t a, uint32_t b)
{
    if (b == 0) return UINT32_MAX;
    if (a == 0x80000000u && b == UINT32_MAX) return a;
    return (uint32_t)((int32_t)a / (int32_t)b);
}
static uint32_t rem_signed(uint32_t a, uint32_t b)
{
    if (b == 0) return a;
    if (a == 0x80000000u && b == UINT32_MAX) return 0;
    return (uint32_t)((int32_t)a % (int32_t)b);
}
static uint32_t div_unsigned(uint32_t a, uint32_t b) { return b == 0 ? UINT32_MAX : a / b; }
static uint32_t rem_unsigned(uint32_t a, uint32_t b) { return b == 0 ? a : a % b; }

/* Leaves with the present instruction not executed; its row, if begun, is never looked at. */
#define STOP(why)       \
    do {                \
        result = (why); \
        goto leave;     \
    } while (0)
#define TRAP(why, addr)      \
    do {                     \
        m->address = (addr); \
        STOP(why);           \
    } while (0)

/* The row of this cycle in its chip. What the other macros do not set is zero. */
#define BEGIN(chip)                                                               \
    vm_row *row = NULL;                                                           \
    if (record) {                                                                 \
        struct vm_rows *rs = &m->rows[chip];                                      \
        if (UNLIKELY(rs->next == rs->end) && !grow_rows(rs)) STOP(VM_STOP_NOMEM); \
        row = rs->next++;                                                         \
        row->cycle = (uint32_t)cycle;                                             \
        row->insn = i;                                                            \
        row->pad = 0;                                                             \
    }
#define NO_RAM \
    if (record) row->m = row->m_new = row->dm = 0;
/* Reads of rs1 and rs2 in their slots. An absent rs2 reads x0. */
#define RS1                                \
    const uint32_t a = m->x[in->rs1];      \
    if (record) {                          \
        row->a = a;                        \
        row->d1 = touch(m, in->rs1, time); \
    }
#define NO_RS1       \
    if (record) {    \
        row->a = 0;  \
        row->d1 = 0; \
    }
#define RS2                                    \
    const uint32_t b = m->x[in->rs2];          \
    if (record) {                              \
        row->b = b;                            \
        row->d2 = touch(m, in->rs2, time + 1); \
    }
#define NO_RS2       \
    if (record) {    \
        row->b = 0;  \
        row->d2 = 0; \
    }
/* The write of a register or the sink in its slot. */
#define WRITE(value)                              \
    do {                                          \
        const uint32_t r_ = (value);              \
        if (record) {                             \
            row->p = m->x[in->rd];                \
            row->r = r_;                          \
            row->d3 = touch(m, in->rd, time + 2); \
        }                                         \
        m->x[in->rd] = r_;                        \
    } while (0)
#define IMM ((uint32_t)in->imm)

/* op rd, rs1, rs2 and op rd, rs1, imm: both read two registers. */
#define BINARY(op, chip, value)                       \
    case OP_##op: {                                   \
        BEGIN(VM_##chip) NO_RAM RS1 RS2 WRITE(value); \
        break;                                        \
    }
#define IMMEDIATE(op, chip, value)               \
    case OP_##op: {                              \
        BEGIN(VM_##chip) NO_RAM RS1 RS2(void) b; \
        WRITE(value);                            \
        break;                                   \
    }
/* x is what goes to the sink. */
#define BRANCH(op, x, taken)                               \
    case OP_##op: {                                        \
        BEGIN(VM_CMP) NO_RAM RS1 RS2 WRITE((x) ? 1u : 0u); \
        if (taken) {                                       \
            next = i + IMM;                                \
            if (UNLIKELY(next >= n_code)) goto outside;    \
        }                                                  \
        break;                                             \
    }

/* The byte address of a load or store of n bytes and its page. base >= MACHINE_BASE_MIN > 2^11, so
 * that an address that wraps around 2^32 is out of range too. */
#define ADDRESS(n)                                                                            \
    const uint32_t addr = a + IMM;                                                            \
    if (UNLIKELY(addr - m->low >= 4 * MACHINE_RAM_WORDS - m->low)) TRAP(VM_STOP_RANGE, addr); \
    if (UNLIKELY(addr & ((n)-1))) TRAP(VM_STOP_MISALIGNED, addr);                             \
    const unsigned shift = 8 * (addr & 3);                                                    \
    void *page = m->mem.page[addr / (4 * VM_PAGE_WORDS)];                                     \
    if (UNLIKELY(!page) && !(page = vm_mem_page(&m->mem, addr / 4))) STOP(VM_STOP_NOMEM);     \
    const uint32_t at = addr / 4 % VM_PAGE_WORDS;                                             \
    (void)shift;                                                                              \
    const uint32_t word = record ? ((struct vm_cell *)page)[at].value : ((uint32_t *)page)[at]

#define RAM_ROW(new_word)                                     \
    if (record) {                                             \
        struct vm_cell *cell = &((struct vm_cell *)page)[at]; \
        row->m = word;                                        \
        row->m_new = (new_word);                              \
        row->dm = time + 3 - cell->ts - 1;                    \
        cell->ts = time + 3;                                  \
    }

#define LOAD(op, n, value)                  \
    case OP_##op: {                         \
        BEGIN(VM_LS) NO_RS2 RS1 ADDRESS(n); \
        WRITE(value);                       \
        RAM_ROW(word)                       \
        break;                              \
    }
#define STORE(op, n, mask)                                             \
    case OP_##op: {                                                    \
        BEGIN(VM_LS) NO_RS2 RS1 ADDRESS(n);                            \
        const uint32_t s = m->x[in->rs2];                              \
        const uint32_t keep = ~((uint32_t)(mask) << shift);            \
        const uint32_t stored = (word & keep) | (s & (mask)) << shift; \
        if (record) {                                                  \
            row->p = row->r = s;                                       \
            row->d3 = touch(m, in->rs2, time + 2);                     \
        }                                                              \
        RAM_ROW(stored)                                                \
        if (record)                                                    \
            ((struct vm_cell *)page)[at].value = stored;               \
        else                                                           \
            ((uint32_t *)page)[at] = stored;                           \
        break;                                                         \
    }

static inline __attribute__((always_inline)) enum vm_stop exec(struct vm_exec *m, const bool record)
{
    const vm_insn *const code = m->code;
    const uint32_t n_code = m->program->n_code, code_base = m->program->code_base;
    const uint64_t stop = m->stop;
    uint64_t cycle = m->cycle;
    uint32_t i = m->index, next;
    enum vm_stop result;
    for (;; i = next, cycle++) {
        if (UNLIKELY(cycle == stop)) STOP(VM_STOP_CYCLE);
        const vm_insn *const in = &code[i];
        const uint32_t time = 4 * (uint32_t)cycle; /* < 2^29 when recording; else unused */
        next = i + 1;                              /* <= n_code, where OP_illegal stands */
        m->n_op[in->op]++;
        switch (in->op) {
            BINARY(add, ALU, a + b)
            BINARY(sub, ALU, a - b)
            IMMEDIATE(addi, ALU, a + IMM)

            BINARY(slt, CMP, (int32_t)a < (int32_t)b)
            BINARY(sltu, CMP, a < b)
            IMMEDIATE(slti, CMP, (int32_t)a < in->imm)
            IMMEDIATE(sltiu, CMP, a < IMM)
            BRANCH(beq, a != b, a == b)
            BRANCH(bne, a != b, a != b)
            BRANCH(blt, (int32_t)a < (int32_t)b, (int32_t)a < (int32_t)b)
            BRANCH(bge, (int32_t)a < (int32_t)b, (int32_t)a >= (int32_t)b)
            BRANCH(bltu, a < b, a < b)
            BRANCH(bgeu, a < b, a >= b)

            BINARY(and, BIT, a & b)
            BINARY(or, BIT, a | b)
            BINARY(xor, BIT, a ^ b)
            IMMEDIATE(andi, BIT, a & IMM)
            IMMEDIATE(ori, BIT, a | IMM)
            IMMEDIATE(xori, BIT, a ^ IMM)

            BINARY(sll, SH, a << (b & 31))
            BINARY(srl, SH, a >> (b & 31))
            BINARY(sra, SH, (uint32_t)((int32_t)a >> (b & 31)))
            IMMEDIATE(slli, SH, a << IMM)
            IMMEDIATE(srli, SH, a >> IMM)
            IMMEDIATE(srai, SH, (uint32_t)((int32_t)a >> IMM))

            BINARY(mul, MULDIV, a * b)
            BINARY(mulh, MULDIV, mulh(a, b))
            BINARY(mulhsu, MULDIV, mulhsu(a, b))
            BINARY(mulhu, MULDIV, mulhu(a, b))
            BINARY(div, MULDIV, div_signed(a, b))
            BINARY(divu, MULDIV, div_unsigned(a, b))
            BINARY(rem, MULDIV, rem_signed(a, b))
            BINARY(remu, MULDIV, rem_unsigned(a, b))

            LOAD(lw, 4u, word)
            LOAD(lh, 2u, (uint32_t)(int32_t)(int16_t)(word >> shift))
            LOAD(lb, 1u, (uint32_t)(int32_t)(int8_t)(word >> shift))
            LOAD(lhu, 2u, word >> shift & 0xffffu)
            LOAD(lbu, 1u, word >> shift & 0xffu)
            STORE(sw, 4u, 0xffffffffu)
            STORE(sh, 2u, 0xffffu)
            STORE(sb, 1u, 0xffu)

        case OP_lui:
        case OP_auipc: { /* vm_prepare left the result in imm */
            BEGIN(VM_CONST)
            NO_RS1 NO_RS2 NO_RAM WRITE(IMM);
            break;
        }
        case OP_fence: {
            BEGIN(VM_CONST)
            NO_RS1 NO_RS2 NO_RAM WRITE(0);
            break;
        }
        case OP_advice: {
            BEGIN(VM_CONST)
            NO_RS1 NO_RS2 NO_RAM uint32_t word;
            if (!tape_read(&m->tape, &word)) STOP(VM_STOP_HINT);
            WRITE(word);
            break;
        }
        case OP_jal: {
            BEGIN(VM_CONST)
            NO_RS1 NO_RS2 NO_RAM const uint32_t link = code_base + 4 * next;
            WRITE(in->rd == MACHINE_SINK ? 0 : link);
            next = i + IMM;
            if (!record && UNLIKELY(m->profile != NULL)) {
                if (in->rd == 1 || in->rd == 5)
                    vm_profile_call(m->profile, m->program, code_base + 4 * next, link, cycle);
                else
                    vm_profile_jump(m->profile, m->program, code_base + 4 * next, cycle);
            }
            if (UNLIKELY(next >= n_code)) goto outside;
            break;
        }
        case OP_jalr: {
            BEGIN(VM_JALR)
            NO_RS2 NO_RAM RS1 const uint32_t link = code_base + 4 * next, target = (a + IMM) & ~1u;
            /* The proof computes the target without wrap-around. */
            if (UNLIKELY((uint64_t)((int64_t)a + in->imm) >> 32)) TRAP(VM_STOP_JUMP_RANGE, target);
            if (UNLIKELY(target & 2)) TRAP(VM_STOP_JUMP_MISALIGNED, target);
            WRITE(in->rd == MACHINE_SINK ? 0 : link);
            next = (target - code_base) / 4;
            if (!record && UNLIKELY(m->profile != NULL)) {
                if (in->rd == 1 || in->rd == 5)
                    vm_profile_call(m->profile, m->program, target, link, cycle);
                else if (in->rs1 == 1 || in->rs1 == 5)
                    vm_profile_return(m->profile, m->program, target, cycle);
                else
                    vm_profile_jump(m->profile, m->program, target, cycle);
            }
            if (UNLIKELY(next >= n_code)) {
                m->address = target;
                cycle++;
                STOP(target == MACHINE_HALT_PC ? VM_STOP_HALT : VM_STOP_FETCH);
            }
            break;
        }
        case OP_illegal: m->n_op[OP_illegal]--; STOP(VM_STOP_ILLEGAL);
        default: STOP(VM_STOP_ILLEGAL); /* vm_decode makes no other operations */
        }
        continue;
    outside: /* a direct jump left the code; the arithmetic is modulo 2^32 */
        m->address = code_base + 4 * next;
        cycle++;
        STOP(m->address == MACHINE_HALT_PC ? VM_STOP_HALT : VM_STOP_FETCH);
    }
leave:
    m->index = i;
    m->cycle = cycle;
    return result;
}

enum vm_stop vm_exec_plain(struct vm_exec *m) { return exec(m, false); }
enum vm_stop vm_exec_record(struct vm_exec *m) { return exec(m, true); }
