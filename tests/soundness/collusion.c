/* collusion.c - cells that change together: whatever row is accepted must do what its instruction
 * does, from the values that it reads. The instruction's meaning is stated here once more, in plain
 * arithmetic. */
#include "tests/soundness/randprog.h"
#include "tests/soundness/rowsim.h"
#include "tests/soundness/scene.h"
#include "tests/test.h"

static scene s;
static guest g;
static uint8_t hint[8192];

/* What an instruction does; read values in, everything else out. */
typedef struct {
    uint32_t a, b, m; /* rs1, rs2 (stores too), RAM word */
    uint32_t rd, m_new, next;
    bool trap;
} effect;

static uint32_t upper(int64_t v) { return (uint32_t)((uint64_t)v >> 32); }

static uint32_t shifted(const vm_insn *i, uint32_t a, uint32_t n)
{
    if (i->op == OP_sll || i->op == OP_slli) return a << n;
    if (i->op == OP_srl || i->op == OP_srli || !(a >> 31)) return a >> n;
    return ~(~a >> n);
}

static uint32_t muldiv(enum vm_op op, uint32_t a, uint32_t b)
{
    const int64_t sa = (int32_t)a, sb = (int32_t)b;
    switch (op) {
    case OP_mul: return a * b;
    case OP_mulh: return upper(sa * sb);
    case OP_mulhsu: return upper(sa * (int64_t)b);
    case OP_mulhu: return (uint32_t)((uint64_t)a * b >> 32);
    case OP_div: return b ? (uint32_t)(sa / sb) : UINT32_MAX;
    case OP_divu: return b ? a / b : UINT32_MAX;
    case OP_rem: return b ? (uint32_t)(sa % sb) : a;
    default: return b ? a % b : a;
    }
}

static void access(effect *x, const vm_insn *i)
{
    const int64_t addr = (int64_t)x->a + i->imm;
    const bool w = i->op == OP_lw || i->op == OP_sw;
    const bool h = i->op == OP_lh || i->op == OP_lhu || i->op == OP_sh;
    const unsigned shift = 8 * (unsigned)(addr & 3);
    const uint32_t mask = w ? UINT32_MAX : h ? 0xffff : 0xff;
    x->trap = addr < 0 || addr >= 4 * (int64_t)MACHINE_RAM_WORDS || (w && (addr & 3)) ||
              (h && (addr & 1));
    x->m_new = x->m;
    if (i->op == OP_sw || i->op == OP_sh || i->op == OP_sb) {
        x->m_new = (x->m & ~(mask << shift)) | (x->b & mask) << shift;
        x->rd = x->b;
        return;
    }
    x->rd = x->m >> shift & mask;
    if ((i->op == OP_lh || i->op == OP_lb) && x->rd > mask / 2) x->rd |= ~mask;
}

static void execute(effect *x, const vm_insn *i, uint32_t pc)
{
    const uint32_t imm = (uint32_t)i->imm;
    const bool lt = (int32_t)x->a < (int32_t)x->b, ltu = x->a < x->b;
    x->next = pc + 4;
    x->trap = false;
    switch (i->op) {
    case OP_add: x->rd = x->a + x->b; break;
    case OP_sub: x->rd = x->a - x->b; break;
    case OP_addi: x->rd = x->a + imm; break;
    case OP_slt: x->rd = lt; break;
    case OP_sltu: x->rd = ltu; break;
    case OP_slti: x->rd = (int32_t)x->a < i->imm; break;
    case OP_sltiu: x->rd = x->a < imm; break;
    case OP_beq: x->rd = x->a != x->b, x->next = x->a == x->b ? pc + imm : pc + 4; break;
    case OP_bne: x->rd = x->a != x->b, x->next = x->a != x->b ? pc + imm : pc + 4; break;
    case OP_blt: x->rd = lt, x->next = lt ? pc + imm : pc + 4; break;
    case OP_bge: x->rd = lt, x->next = !lt ? pc + imm : pc + 4; break;
    case OP_bltu: x->rd = ltu, x->next = ltu ? pc + imm : pc + 4; break;
    case OP_bgeu: x->rd = ltu, x->next = !ltu ? pc + imm : pc + 4; break;
    case OP_and: x->rd = x->a & x->b; break;
    case OP_or: x->rd = x->a | x->b; break;
    case OP_xor: x->rd = x->a ^ x->b; break;
    case OP_andi: x->rd = x->a & imm; break;
    case OP_ori: x->rd = x->a | imm; break;
    case OP_xori: x->rd = x->a ^ imm; break;
    case OP_sll:
    case OP_srl:
    case OP_sra: x->rd = shifted(i, x->a, x->b & 31); break;
    case OP_slli:
    case OP_srli:
    case OP_srai: x->rd = shifted(i, x->a, imm); break;
    case OP_lui: x->rd = imm; break;
    case OP_auipc: x->rd = pc + imm; break;
    case OP_fence: x->rd = 0; break;
    case OP_jal: x->rd = i->rd ? pc + 4 : 0, x->next = pc + imm; break;
    case OP_jalr: {
        const int64_t to = (int64_t)x->a + i->imm;
        x->rd = i->rd ? pc + 4 : 0;
        x->next = (uint32_t)to & ~1u;
        x->trap = (to & 2) || to < 0 || to >> 32;
        break;
    }
    default:
        if (vm_op_chip[i->op] == VM_LS)
            access(x, i);
        else
            x->rd = muldiv((enum vm_op)i->op, x->a, x->b);
        break;
    }
}

static bool is_word(const air_tuple *t) { return t->lo <= 0xffff && t->hi <= 0xffff; }
static uint32_t word(const air_tuple *t) { return t->lo | t->hi << 16; }
static uint32_t minus(uint32_t a, uint32_t b)
{
    return m31_sub(m31_from_reduced(a), m31_from_reduced(b)).v;
}

/* An access of register reg at time ts: what is wrong with it, or NULL. */
static const char *bad_access(const rowsim *r, unsigned k, uint32_t addr, uint32_t ts,
                              uint32_t max_gap)
{
    const uint32_t gap = minus(r->w[k].ts, r->r[k].ts);
    if (r->r[k].state || r->r[k].addr != addr || r->w[k].addr != addr) return "address";
    if (r->w[k].ts != ts % M31_P) return "time of an access"; /* ts + 3 < 2^32 */
    if (gap < 1 || gap > max_gap) return "gap";
    return NULL;
}

/* The accepted row of a chip does what the program says, or NULL is not returned. */
static const char *wrong_effect(const rowsim *r, enum air_component_id id)
{
    const air_tuple *state = &r->r[r->n_pairs - 1], *after = &r->w[r->n_pairs - 1];
    const uint32_t pc = 4 * state->addr, k = state->addr - s.vm.code_base / 4, ts = state->ts;
    if (!state->state || k >= s.vm.n_code || s.vm.code[k].op == OP_illegal) return "pc";
    const vm_insn *i = &s.vm.code[k];
    if (vm_op_chip[i->op] != id) return "chip";
    if (minus(after->ts, ts) != 4) return "clock";
    const bool store = i->op == OP_sb || i->op == OP_sh || i->op == OP_sw;
    const bool branch = i->op >= OP_beq && i->op <= OP_bgeu;
    const uint32_t rd = branch ? MACHINE_SINK : store ? i->rs2 : i->rd ? i->rd : MACHINE_SINK;
    const char *bad = NULL;
    effect x = {0};
    unsigned n = 0;
    /* Inputs that are no pair of 16-bit limbs cannot have been written by any row. */
    for (unsigned j = 0; j + 1 < r->n_pairs; j++)
        if (!is_word(&r->r[j])) return NULL;
    if (id != AIR_CONST) {
        x.a = word(&r->r[n]);
        if (r->w[n].lo != r->r[n].lo || r->w[n].hi != r->r[n].hi) return "rs1 changed";
        bad = bad_access(r, n++, i->rs1, ts, 1 << 16);
        if (bad) return bad;
    }
    if (id != AIR_CONST && id != AIR_JALR && id != AIR_LS) {
        x.b = word(&r->r[n]);
        if (r->w[n].lo != r->r[n].lo || r->w[n].hi != r->r[n].hi) return "rs2 changed";
        bad = bad_access(r, n++, i->rs2, ts + 1, 1 << 16);
        if (bad) return bad;
        /* I forms read x0, which nothing writes. */
        if (i->rs2 == 0 && x.b != 0) return NULL;
    }
    const unsigned at_rd = n++;
    bad = bad_access(r, at_rd, rd, ts + 2, 1 << 16);
    if (bad) return bad;
    if (store) x.b = word(&r->r[at_rd]);
    if (id == AIR_LS) x.m = word(&r->r[n]);
    execute(&x, i, pc);
    if (i->op == OP_advice) {
        if (!is_word(&r->w[at_rd])) return "advice out of range";
        x.rd = word(&r->w[at_rd]);
    }
    if (id == AIR_LS) {
        const uint32_t cell = MACHINE_RAM + (x.a + (uint32_t)i->imm) / 4;
        /* An address that is none must be no cell's; it is then never balanced. */
        if (x.trap &&
            (r->w[n].addr < MACHINE_N_REGS ||
             (r->w[n].addr >= MACHINE_RAM && r->w[n].addr < MACHINE_RAM + MACHINE_RAM_WORDS)))
            return "a trap reaches a cell";
        if (x.trap) return NULL;
        bad = bad_access(r, n, cell, ts + 3, (1u << 30) + (1u << 16));
        if (bad) return bad;
        if (!is_word(&r->w[n]) || word(&r->w[n]) != x.m_new) return "RAM word";
    }
    if (!is_word(&r->w[at_rd]) || word(&r->w[at_rd]) != x.rd) return "result";
    if (x.trap) return after->addr < MACHINE_RAM_WORDS ? "a trap goes on" : NULL;
    /* Targets outside the address space are no pc. */
    if (x.next % 4 == 0 && x.next / 4 < MACHINE_RAM_WORDS && after->addr != x.next / 4)
        return "next pc";
    return NULL;
}

/* Rows that are no instruction: what they read, they leave. */
static const char *wrong_idle(const rowsim *r)
{
    for (unsigned k = 0; k < r->n_pairs; k++)
        if (memcmp(&r->r[k], &r->w[k], sizeof r->r[k])) return "a padding row has an effect";
    return NULL;
}

static const char *wrong_refresh(const rowsim *r)
{
    const uint32_t gap = minus(r->w[0].ts, r->r[0].ts);
    if (r->r[0].addr != r->w[0].addr || r->r[0].lo != r->w[0].lo || r->r[0].hi != r->w[0].hi)
        return "a REFRESH changes a cell";
    if (r->w[0].ts >= 1u << 29) return "a REFRESH after the end of time";
    if (gap < 1 || gap > (1u << 30) + (1u << 16)) return "a REFRESH goes back in time";
    return NULL;
}

static const char *wrong(const rowsim *r, enum air_component_id id, const uint32_t *cells)
{
    if (cells[0] == 0) return wrong_idle(r); /* column 0 is e */
    return id == AIR_REFRESH ? wrong_refresh(r) : wrong_effect(r, id);
}

/* ---- the search ---- */

static uint64_t n_tried, n_accepted;

static uint32_t change(uint32_t v)
{
    static const int64_t delta[16] = {1,       -1,         2,          -2,      4,       256,
                                      -256,    1 << 14,    -(1 << 14), 1 << 15, 1 << 16, -(1 << 16),
                                      1 << 17, -(1 << 17), 65535,      -65535};
    const uint32_t k = test_rand() % 24;
    if (k < 16) return m31_from_i64((int64_t)v + delta[k]).v;
    if (k < 18) return minus(1, v); /* a bit flips */
    if (k < 20) return m31_from_i64((int64_t)v * (k == 18 ? 2 : -1)).v;
    if (k < 22) return test_rand() & 0xffff;
    return m31_from_u32(test_rand()).v;
}

/* Changes two cells (or one) of a row in many ways; the rules `off` are not there. What an accepted
 * row does wrong, or NULL. */
static const char *search_row(enum air_component_id id, const uint32_t *honest, unsigned n_cols,
                              unsigned tries, const char *const *off)
{
    static char text[160];
    uint32_t cells[64];
    rowsim r = {.main = cells, .image_end = s.p.image_end};
    for (unsigned a = 0; a < n_cols; a++)
        for (unsigned b = 0; b <= a; b++)
            for (unsigned t = 0; t < tries; t++) {
                memcpy(cells, honest, sizeof cells);
                cells[a] = change(cells[a]);
                if (b < a) cells[b] = change(cells[b]);
                rowsim_merge(cells, id);
                n_tried++;
                if (rowsim_verdict(&r, id, &s.p, s.vm.code_base, off)) continue;
                n_accepted++;
                const char *why = wrong(&r, id, cells);
                if (!why) continue;
                snprintf(text, sizeof text, "%s, columns %s and %s: %s", air_components[id].name,
                         air_components[id].main_names[a], air_components[id].main_names[b], why);
                return text;
            }
    return NULL;
}

static void load_row(uint32_t *cells, const air_instance *inst, size_t at)
{
    memset(cells, 0, 64 * sizeof *cells);
    for (unsigned c = 0; c < air_components[inst->id].n_main; c++) cells[c] = inst->main[c][at];
}

static unsigned n_free_columns(enum air_component_id id)
{
    unsigned n = 0;
    while (n < air_components[id].n_main && strncmp(air_components[id].main_names[n], "mg", 2)) n++;
    return n;
}

static bool random_scene(void)
{
    for (size_t i = 0; i < sizeof hint; i++) hint[i] = (uint8_t)test_rand();
    random_guest(&g, 2600);
    const scene_options o = {.hint = hint, .hint_bytes = sizeof hint};
    return scene_run(&s, &g, &o) && scene_fill(&s, false) && !scene_judge(&s).rule;
}

/* The meaning above agrees with the machine: it is no weaker than the checks that rely on it. */
TEST(honest_rows_do_what_their_instructions_say)
{
    CHECK(random_scene());
    uint32_t cells[64];
    rowsim r = {.main = cells};
    for (unsigned i = 0; i < s.t.n_inst && s.t.inst[i].id <= AIR_REFRESH; i++)
        for (size_t at = 0; at < (size_t)1 << s.t.inst[i].log; at++) {
            load_row(cells, &s.t.inst[i], at);
            CHECK(!rowsim_verdict(&r, s.t.inst[i].id, &s.p, s.vm.code_base, NULL));
            const char *why = wrong(&r, s.t.inst[i].id, cells);
            if (why) printf("  %s row %zu: %s\n", air_components[s.t.inst[i].id].name, at, why);
            CHECK(!why);
        }
    scene_free(&s);
}

static bool nothing(const char *found)
{
    if (found) printf("  %s\n", found);
    return !found;
}

/* One row of every operation, every pair of cells; then padding rows. */
TEST(two_cells_cannot_collude)
{
    CHECK(random_scene());
    n_tried = n_accepted = 0;
    for (unsigned op = 1; op < VM_N_OPS; op++) {
        const enum air_component_id id = (enum air_component_id)vm_op_chip[op];
        uint32_t cells[64];
        if (s.run.n_op[op] == 0) continue;
        const vm_row *row = scene_row(&s, (enum vm_op)op, test_rand() % s.run.n_op[op]);
        load_row(cells, scene_instance(&s, id, 0), scene_row_index(&s, row));
        CHECK(nothing(search_row(id, cells, n_free_columns(id), 16, NULL)));
    }
    for (unsigned id = 0; id <= AIR_REFRESH; id++) {
        const air_instance *inst = scene_instance(&s, (enum air_component_id)id, 0);
        uint32_t cells[64] = {0};
        const unsigned n = n_free_columns((enum air_component_id)id);
        CHECK(nothing(search_row((enum air_component_id)id, cells, n, 40, NULL)));
        if (id != AIR_REFRESH) continue;
        load_row(cells, inst, 0);
        CHECK(nothing(search_row(AIR_REFRESH, cells, n, 400, NULL)));
    }
    printf("  %" PRIu64 " rows tried, %" PRIu64
           " accepted, all with the effect of their instruction\n",
           n_tried, n_accepted);
    CHECK(n_accepted > 1000);
    scene_free(&s);
}

/* The search is not blind: with one rule left out it finds a row with another effect. */
TEST(the_search_finds_what_a_missing_rule_allows)
{
    static const struct {
        enum vm_op op; /* OP_illegal: the padding row of the ALU */
        const char *rule;
    } missing[] = {
        {OP_add, "range"},
        {OP_addi, "rom"},
        {OP_add, "add: rlo is neither the low sum nor 2^16 less"},
        {OP_sub, "sub: rhi is neither the high difference nor 2^16 more"},
        {OP_sltu, "x is not lt (f = 0), not (D0 + D1) w (f = 1)"},
        {OP_bne, "the next pc is not the one that x selects"},
        {OP_xor, "bytes"},
        {OP_sra, "rlo is not the low limb of the shifted value"},
        {OP_sll, "shamt"},
        {OP_jalr, "4 q + b0 differs from alo + imm by more than a carry"},
        {OP_lui, "vlo is not the constant"},
        {OP_lw, "nlo is not the low limb stored (store), is not kept (load)"},
        {OP_lh, "a half word or word at an odd address"},
        {OP_sb, "x is not the part loaded or stored"},
        {OP_illegal, "a padding row lets time pass: d2"},
        {OP_illegal, "a padding row changes plo"},
    };
    unsigned blind = 0;
    CHECK(random_scene());
    for (size_t i = 0; i < SP_COUNT(missing); i++) {
        const enum vm_op op = missing[i].op;
        const enum air_component_id id = (enum air_component_id)vm_op_chip[op];
        const char *found = NULL;
        /* Some rows show it, some do not: a jump over nothing, a shift by 0. */
        for (unsigned t = 0; t < 20 && !found; t++) {
            uint32_t cells[64] = {0};
            if (op != OP_illegal) {
                const vm_row *row = scene_row(&s, op, test_rand() % s.run.n_op[op]);
                load_row(cells, scene_instance(&s, id, 0), scene_row_index(&s, row));
            }
            found = search_row(id, cells, n_free_columns(id), 60, OFF(missing[i].rule));
        }
        if (!found) {
            printf("  blind for: %s\n", missing[i].rule);
            blind++;
        }
    }
    CHECK_EQ(blind, 0);
    scene_free(&s);
}

/* Divisions have the most freedom: quotients, remainders, signs, carries that no table fixes. Other
 * quotients with everything that follows from them; only the true result may pass. */
TEST(divisions_have_one_result)
{
    uint64_t other = 0, same = 0;
    guest_start(&g, 0x8000);
    for (unsigned k = 0; k < 16; k++) {
        guest_li(&g, 5, k < 15 ? edge_words[k] : random_word());
        for (unsigned j = 0; j < 16; j++) {
            guest_li(&g, 6, j < 15 ? edge_words[j] : random_word());
            for (unsigned op = 14; op < 18; op++) guest_r(&g, ops_r[op], 7, 5, 6);
        }
    }
    guest_halt(&g);
    CHECK(scene_run(&s, &g, NULL) && scene_fill(&s, false) && !scene_judge(&s).rule);
    const air_instance *inst = scene_instance(&s, AIR_MULDIV, 0);
    for (size_t at = 0; at < s.run.n_rows[VM_MULDIV]; at++) {
        const vm_row *row = &s.run.rows[VM_MULDIV][at];
        uint32_t honest[64], cells[64];
        load_row(honest, inst, at);
        const uint32_t y0 =
            honest[md_Y0] | honest[md_Y1] << 8 | honest[md_Y2] << 16 | honest[md_Y3] << 24;
        const uint32_t ys[7] = {y0, y0 + 1, y0 - 1, y0 ^ 0x80000000u, 0u - y0, 0, UINT32_MAX};
        rowsim r = {.main = cells};
        const uint32_t sa = honest[md_sa], sx = honest[md_sx];
        /* 7 quotients, and 3 * 2^3 choices of w, sy, sr, z */
        for (unsigned t = 0; t < 7 * 24; t++) {
            const uint32_t y = ys[t % 7], sy = t / 7 & 1, sr = t / 14 & 1, z = t / 28 & 1,
                           w = t / 56;
            const uint64_t dividend = row->a - ((uint64_t)sa << 32),
                           x = row->b - ((uint64_t)sx << 32);
            const uint32_t rem = (uint32_t)(dividend - x * (y - ((uint64_t)sy << 32)));
            const uint64_t left = row->a | (sa ? ~UINT64_C(0) << 32 : 0),
                           rm = rem | (sr ? ~UINT64_C(0) << 32 : 0);
            const int64_t fb = sx ? -1 : 1, fr = sr ? -1 : 1, v = (int64_t)w + sx - sr;
            int64_t k = 0, c[8] = {0};
            memcpy(cells, honest, sizeof cells);
            for (unsigned i = 0; i < 4; i++) {
                cells[md_Y0 + i] = y >> 8 * i & 0xff;
                for (unsigned j = 0; j < 4; j++)
                    c[i + j] += (int64_t)(row->b >> 8 * i & 0xff) * (y >> 8 * j & 0xff);
            }
            cells[md_g0] = rem & 0xffff;
            cells[md_g1] = rem >> 16;
            const int64_t u0 = fb * (row->b & 0xffff) - fr * (rem & 0xffff) - 1 + 65536 * v;
            const int64_t u1 = fb * (row->b >> 16) + 65536 * (int64_t)sx - fr * (rem >> 16) -
                               65536 * (int64_t)sr - v + 65536 * (int64_t)z;
            cells[md_u0] = m31_from_i64(u0).v;
            cells[md_u1] = m31_from_i64(u1).v;
            for (unsigned i = 0; i < 4; i++) {
                int64_t sum = c[2 * i] + 256 * c[2 * i + 1] + (int64_t)(rm >> 16 * i & 0xffff) + k -
                              (int64_t)(left >> 16 * i & 0xffff);
                if (i >= 2)
                    sum -= (int64_t)sx * (y >> 16 * (i - 2) & 0xffff) +
                           (int64_t)sy * (row->b >> 16 * (i - 2) & 0xffff);
                k = sum >> 16;
                cells[md_k1 + i] = m31_from_i64(k).v;
            }
            cells[md_sy] = sy;
            cells[md_sr] = sr;
            cells[md_z] = z;
            cells[md_w] = w;
            const uint32_t result = cells[md_sq] ? y : rem;
            cells[md_rlo] = result & 0xffff;
            cells[md_rhi] = result >> 16;
            rowsim_merge(cells, AIR_MULDIV);
            if (rowsim_verdict(&r, AIR_MULDIV, &s.p, s.vm.code_base, NULL)) continue;
            CHECK_EQ(result, row->r);
            if (memcmp(cells, honest, sizeof cells))
                other++;
            else
                same++;
        }
    }
    CHECK(same >= s.run.n_rows[VM_MULDIV]); /* the honest choice is among those tried */
    printf("  %" PRIu64 " other witnesses, all with the true result\n", other);
    scene_free(&s);
}

/* e = 0, gaps 0, everything else any field element: what is read and what is left differ by nothing
 * but what some constraint forces to be 0. */
TEST(padding_rows_leave_everything)
{
    for (unsigned id = 0; id <= AIR_REFRESH; id++)
        for (unsigned t = 0; t < 200; t++) {
            static const char keep[] = "a padding row changes ";
            uint32_t cells[64];
            rowsim r = {.main = cells};
            for (unsigned c = 0; c < air_components[id].n_main; c++) {
                const char *name = air_components[id].main_names[c];
                const bool zero = !strcmp(name, "e") || (name[0] == 'd' && name[1] &&
                                                         strcmp(name, "dsh") && strcmp(name, "dv"));
                cells[c] = zero ? 0 : m31_from_u32(test_rand()).v;
            }
            rowsim_run(&r, (enum air_component_id)id);
            for (unsigned k = 0; k < r.n_pairs; k++) {
                const uint32_t *was = &r.r[k].addr, *now = &r.w[k].addr;
                for (unsigned j = 0; j < 4; j++) {
                    bool ok = was[j] == now[j];
                    for (unsigned i = 0; i < r.n_constraints && !ok; i++)
                        ok = !strncmp(r.text[i], keep, sizeof keep - 1) &&
                             r.value[i] == minus(now[j], was[j]);
                    CHECK(ok);
                }
            }
        }
}
