/* record.c - checks a record of a run against the rules of the machine, by replaying it. */
#include "tests/vm/guest.h"
#include "tests/vm/reference.h"

/* Words of RAM that the replay has seen. Open addressing; word 0 is below every image. */
struct ram_word {
    uint32_t word, value, ts;
    bool seen_in_list;
};
struct ram {
    struct ram_word *slot;
    size_t n, cap;
};

struct replay {
    const vm_program *p;
    const vm_options *o;
    const vm_result *r;
    uint32_t reg[MACHINE_N_REGS], ts[MACHINE_N_REGS];
    struct ram ram;
    size_t next_row[VM_N_CHIPS], next_refresh;
    uint64_t n_op[VM_N_OPS];
    uint32_t tape_at; /* words of advice read */
    const char *wrong;
};

static struct ram_word *ram_find(struct ram *m, uint32_t word)
{
    if (2 * m->n >= m->cap) {
        struct ram old = *m;
        m->cap = old.cap ? 2 * old.cap : 1024;
        m->n = 0;
        m->slot = (struct ram_word *)calloc(m->cap, sizeof *m->slot);
        if (!m->slot) abort();
        for (size_t k = 0; k < old.cap; k++)
            if (old.slot[k].word) *ram_find(m, old.slot[k].word) = old.slot[k];
        free(old.slot);
    }
    size_t k = (word * (size_t)2654435761u >> 7) % m->cap;
    while (m->slot[k].word && m->slot[k].word != word) k = (k + 1) % m->cap;
    if (!m->slot[k].word) {
        m->slot[k].word = word;
        m->n++;
    }
    return &m->slot[k];
}

/* The cell, with its initial value when it is new. */
static struct ram_word *ram_get(struct replay *s, uint32_t word)
{
    const size_t n = s->ram.n;
    struct ram_word *w = ram_find(&s->ram, word);
    if (s->ram.n != n) {
        const uint32_t base = s->p->base / 4;
        w->value = word >= base && word - base < s->p->n_image ? s->p->image[word - base] : 0;
    }
    return w;
}

static void expect(struct replay *s, bool ok, const char *what)
{
    if (!ok && !s->wrong) s->wrong = what;
}

/* An access to a register: the gap it must have, and the refresh before it when the gap is long. */
static void access_reg(struct replay *s, unsigned reg, uint32_t t, uint32_t value, uint32_t gap,
                       const char *what)
{
    uint32_t d = t - s->ts[reg] - 1;
    expect(s, s->ts[reg] < t, "time of a register does not grow");
    if (d > 65535) {
        const vm_refresh *f = &s->r->refresh[s->next_refresh];
        if (s->next_refresh >= s->r->n_refresh) {
            expect(s, false, "a refresh is missing");
            return;
        }
        s->next_refresh++;
        expect(s, f->addr == reg && f->ts == t - 1 && f->value == s->reg[reg] && f->gap == d - 1,
               "a refresh is wrong");
        d = 0;
    }
    expect(s, s->reg[reg] == value && d == gap, what);
    s->ts[reg] = t;
}

static uint32_t tape_word(const vm_options *o, uint32_t at, bool *end)
{
    const uint8_t *part[2] = {o->input, o->hint};
    const uint32_t n[2] = {o->input_bytes, o->hint_bytes};
    *end = false;
    for (unsigned k = o->mode == MACHINE_IO_DIGEST ? 0 : 1; k < 2; k++) {
        const uint32_t words = 1 + (n[k] + 3) / 4;
        if (at >= words) {
            at -= words;
            continue;
        }
        if (at == 0) return n[k];
        uint32_t w = 0;
        for (uint32_t j = 0; j < 4; j++)
            if (4 * (at - 1) + j < n[k]) w += (uint32_t)part[k][4 * (at - 1) + j] << 8 * j;
        return w;
    }
    *end = true;
    return 0;
}

/* Checks one row and moves the state on; returns the next pc. */
static uint32_t step(struct replay *s, const vm_row *w, enum vm_chip chip, uint32_t pc)
{
    const vm_insn i = s->p->code[w->insn];
    const uint32_t t = 4 * w->cycle, imm = (uint32_t)i.imm, link = pc + 4;
    const unsigned dest = i.rd ? i.rd : MACHINE_SINK;
    const bool store = i.op == OP_sb || i.op == OP_sh || i.op == OP_sw, ls = chip == VM_LS;
    uint32_t result = 0, next = link;
    bool end;
    if (chip != VM_CONST)
        access_reg(s, i.rs1, t, w->a, w->d1, "rs1 is wrong");
    else
        expect(s, w->a == 0 && w->d1 == 0, "unused rs1 is not zero");
    if (chip != VM_CONST && chip != VM_JALR && !ls)
        access_reg(s, i.rs2, t + 1, w->b, w->d2, "rs2 is wrong");
    else
        expect(s, w->b == 0 && w->d2 == 0, "unused rs2 is not zero");

    switch ((int)i.op) {
    case OP_lui: result = imm; break;
    case OP_auipc: result = ref_cut((int64_t)pc + i.imm); break;
    case OP_fence: break;
    case OP_advice:
        result = tape_word(s->o, s->tape_at++, &end);
        expect(s, !end, "advice beyond the end of the tape");
        break;
    case OP_jal:
        result = i.rd ? link : 0;
        next = ref_cut((int64_t)pc + i.imm);
        break;
    case OP_jalr:
        result = i.rd ? link : 0;
        next = ref_cut((int64_t)w->a + i.imm);
        next -= next % 2;
        break;
    case OP_beq:
    case OP_bne:
        result = w->a != w->b;
        if (ref_taken(i.op, w->a, w->b)) next = ref_cut((int64_t)pc + i.imm);
        break;
    case OP_blt:
    case OP_bge:
        result = ref_signed(w->a) < ref_signed(w->b);
        if (ref_taken(i.op, w->a, w->b)) next = ref_cut((int64_t)pc + i.imm);
        break;
    case OP_bltu:
    case OP_bgeu:
        result = w->a < w->b;
        if (ref_taken(i.op, w->a, w->b)) next = ref_cut((int64_t)pc + i.imm);
        break;
    case OP_addi:
    case OP_slti:
    case OP_sltiu:
    case OP_andi:
    case OP_ori:
    case OP_xori:
    case OP_slli:
    case OP_srli:
    case OP_srai:
        expect(s, i.rs2 == 0 && w->b == 0, "an immediate instruction reads x0 as rs2");
        result = ref_compute((enum vm_op)i.op, w->a, imm);
        break;
    default:
        if (!ls) result = ref_compute((enum vm_op)i.op, w->a, w->b);
    }
    const uint32_t addr = ref_cut((int64_t)w->a + i.imm);
    struct ram_word *cell = ls ? ram_get(s, addr / 4) : NULL;
    if (ls) result = store ? w->p : ref_load((enum vm_op)i.op, cell->value, addr);
    access_reg(s, store ? i.rs2 : dest, t + 2, w->p, w->d3, "rd is wrong");
    s->reg[store ? i.rs2 : dest] = result;
    expect(s, w->r == result, "result is wrong");
    if (ls) {
        const uint32_t after =
            store ? ref_store((enum vm_op)i.op, cell->value, addr, w->p) : cell->value;
        expect(s,
               cell->ts < t + 3 && w->m == cell->value && w->m_new == after &&
                   w->dm == t + 3 - cell->ts - 1,
               "RAM access is wrong");
        cell->value = after;
        cell->ts = t + 3;
    } else {
        expect(s, w->m == 0 && w->m_new == 0 && w->dm == 0, "unused RAM fields are not zero");
    }
    expect(s, w->pad == 0, "padding is not zero");
    return next;
}

static void check_final(struct replay *s)
{
    const vm_result *r = s->r;
    for (unsigned k = 0; k < VM_N_CHIPS; k++)
        expect(s, s->next_row[k] == r->n_rows[k], "rows are left over");
    expect(s, s->next_refresh == r->n_refresh, "refreshes are left over");
    expect(s, !memcmp(s->n_op, r->n_op, sizeof s->n_op), "the histogram is wrong");
    expect(s, !memcmp(s->reg, r->reg, sizeof s->reg), "final registers are wrong");
    expect(s, !memcmp(s->ts, r->reg_ts, sizeof s->ts), "final register times are wrong");
    expect(s, r->exit_code == s->reg[MACHINE_EXIT_REG], "exit code is wrong");
    if (s->o->mode == MACHINE_IO_WORDS)
        for (uint32_t k = 0; k < 1 + (r->output_bytes + 3) / 4; k++) {
            const uint32_t word = MACHINE_OUTPUT_ADDR / 4 + k;
            uint32_t v = 0;
            if (k == 0)
                v = r->output_bytes;
            else
                for (uint32_t j = 0; j < 4; j++)
                    if (4 * (k - 1) + j < r->output_bytes)
                        v |= (uint32_t)r->output[4 * (k - 1) + j] << 8 * j;
            expect(s, ram_get(s, word)->value == v, "output differs from memory");
        }
    for (size_t k = 0; k < r->n_touched; k++) {
        const vm_touched *x = &r->touched[k];
        expect(s, k == 0 || r->touched[k - 1].word < x->word, "touched list is not sorted");
        struct ram_word *w = ram_get(s, x->word);
        expect(s, w->value == x->value && w->ts == x->ts, "touched word is wrong");
        w->seen_in_list = true;
    }
    expect(s, s->ram.n == r->n_touched, "touched list has another length");
    for (size_t k = 0; k < s->ram.cap; k++)
        expect(s, !s->ram.slot[k].word || s->ram.slot[k].seen_in_list,
               "touched list is incomplete");
}

const char *record_check(const vm_program *p, const vm_options *o, const vm_result *r)
{
    struct replay s;
    memset(&s, 0, sizeof s);
    s.p = p;
    s.o = o;
    s.r = r;
    if (o->mode == MACHINE_IO_WORDS)
        for (uint32_t k = 0; k < 1 + (o->input_bytes + 3) / 4; k++) {
            struct ram_word *w = ram_get(&s, MACHINE_INPUT_ADDR / 4 + k);
            w->ts = 1;
            w->value = 0;
            if (k == 0)
                w->value = o->input_bytes;
            else
                for (uint32_t j = 0; j < 4; j++)
                    if (4 * (k - 1) + j < o->input_bytes)
                        w->value |= (uint32_t)o->input[4 * (k - 1) + j] << 8 * j;
        }
    uint32_t pc = p->entry;
    for (uint64_t c = 1; c <= r->n_cycles && !s.wrong; c++) {
        unsigned chip = 0;
        while (chip < VM_N_CHIPS &&
               !(s.next_row[chip] < r->n_rows[chip] && r->rows[chip][s.next_row[chip]].cycle == c))
            chip++;
        if (chip == VM_N_CHIPS) {
            expect(&s, false, "a cycle has no row");
            break;
        }
        const vm_row *w = &r->rows[chip][s.next_row[chip]++];
        if (w->insn >= p->n_code || p->code_base + 4 * w->insn != pc ||
            p->code[w->insn].op == OP_illegal || vm_op_chip[p->code[w->insn].op] != chip) {
            expect(&s, false, "a row has the wrong instruction or chip");
            break;
        }
        s.n_op[p->code[w->insn].op]++;
        pc = step(&s, w, (enum vm_chip)chip, pc);
    }
    expect(&s, pc == MACHINE_HALT_PC, "the run does not end at the halt address");
    if (!s.wrong) check_final(&s);
    free(s.ram.slot);
    return s.wrong;
}
