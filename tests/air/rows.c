/* rows.c - honest single rows, and the oracle. */
#include "tests/air/rows.h"
#include "tests/test.h"

uint32_t row_fe(int64_t v) { return m31_from_i64(v).v; }
uint32_t row_half(int64_t v)
{
    return m31_mul(m31_from_i64(v), m31_from_reduced(UINT32_C(1) << 15)).v;
}

const air_graph *row_graph(enum air_component_id id)
{
    static air_graph graph[AIR_N_COMPONENTS];
    if (graph[id].n_nodes == 0 && !air_record(&graph[id], id)) abort();
    return &graph[id];
}

/* ---- small helpers ---- */

uint32_t row_word(const row *r, unsigned lo, unsigned hi)
{
    return r->main[lo] | r->main[hi] << 16;
}
void row_set_word(row *r, unsigned lo, unsigned hi, uint32_t v)
{
    r->main[lo] = v & 0xffff;
    r->main[hi] = v >> 16;
}
void row_set_bytes(row *r, unsigned first, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++) r->main[first + i] = v >> (8 * i) & 0xff;
}
static uint32_t bytes_of(const row *r, unsigned first)
{
    uint32_t v = 0;
    for (unsigned i = 0; i < 4; i++) v |= r->main[first + i] << (8 * i);
    return v;
}
static uint32_t below(uint32_t n) { return test_rand() % n; }
static uint32_t operand(void)
{
    static const uint32_t edge[] = {
        0,          1,          2,          3,          0x7fff,     0x8000, 0xffff, 0x10000,
        0x7fffffff, 0x80000000, 0xffffffff, 0xffff0000, 0x80000001, 0xff,   0x100,  0xfffffffe};
    return below(2) ? edge[below(SP_COUNT(edge))] : test_rand();
}
static uint32_t imm12(void)
{
    static const int32_t edge[] = {-2048, 2047, -1, 0, 1};
    const int32_t v = below(3) ? (int32_t)below(4096) - 2048 : edge[below(SP_COUNT(edge))];
    return (uint32_t)v;
}
static uint32_t reg(void) { return below(32); }
static uint32_t written(void)
{
    const uint32_t rd = below(32);
    return rd ? rd : MACHINE_SINK;
}
/* The cells that every instruction chip has, by column numbers; NONE: not there. */
#define NONE 255
static void common(row *r, unsigned e, unsigned ts, unsigned pc, unsigned rd, unsigned plo,
                   unsigned phi, unsigned d1, unsigned d2, unsigned d3)
{
    r->main[e] = 1;
    r->main[ts] = 4 * (1 + below((1u << 27) - 2));
    r->main[pc] = below(1u << 26);
    if (rd != NONE) r->main[rd] = written();
    row_set_word(r, plo, phi, test_rand());
    if (d1 != NONE) r->main[d1] = below(1u << 16);
    if (d2 != NONE) r->main[d2] = below(1u << 16);
    r->main[d3] = below(1u << 16);
}

/* ---- fillers ---- */

/* Result and nothing else: from s, a, b, i. */
void row_fill_alu(row *r)
{
    const uint32_t a = row_word(r, alu_alo, alu_ahi), b = row_word(r, alu_blo, alu_bhi);
    const uint32_t i = row_word(r, alu_ilo, alu_ihi);
    row_set_word(r, alu_rlo, alu_rhi, r->main[alu_s] ? a - b : a + b + i);
}

/* Everything from u, f, a, b, i, pcT, pcF, ca, cb: A and B are what ca and cb make them. */
void row_fill_cmp(row *r)
{
    uint32_t *m = r->main;
    const int64_t p = M31_P, flip = (int64_t)m[cmp_u] << 15;
    const int64_t A = row_fe((int64_t)m[cmp_ahi] + flip - (((int64_t)m[cmp_ca] << 16) % p));
    const int64_t B =
        row_fe((int64_t)m[cmp_bhi] + m[cmp_ihi] + flip - (((int64_t)m[cmp_cb] << 16) % p));
    const int64_t lo = (int64_t)m[cmp_alo] - m[cmp_blo] - m[cmp_ilo];
    m[cmp_k] = lo < 0;
    const int64_t d0 = lo + 65536 * (int64_t)m[cmp_k], hi = A - B - m[cmp_k];
    m[cmp_lt] = hi < 0;
    const int64_t q = d0 + hi + 65536 * (int64_t)m[cmp_lt];
    m[cmp_w] = m[cmp_f] ? m31_inv(m31_from_i64(q)).v : 0;
    m[cmp_x] = m[cmp_f] ? q != 0 : m[cmp_lt];
    m[cmp_pcn] = m[cmp_x] ? m[cmp_pcT] : m[cmp_pcF];
}
static void cmp_carries(row *r)
{
    uint32_t *m = r->main;
    m[cmp_ca] = (m[cmp_ahi] + (m[cmp_u] << 15)) >> 16;
    m[cmp_cb] = (m[cmp_bhi] + m[cmp_ihi] + (m[cmp_u] << 15)) >> 16;
}

/* Everything from a, b, ilo, sra, sg for this amount. */
void row_fill_sh(row *r, uint32_t right, uint32_t amount)
{
    uint32_t *m = r->main;
    const uint32_t l = amount & 15, big = amount >> 4;
    m[sh_dsh] = amount + (right << 16);
    m[sh_m] = right ? l : 16 - l;
    m[sh_Q] = UINT32_C(1) << (16 - m[sh_m]);
    m[sh_L0] = !right && !big;
    m[sh_L1] = !right && big;
    m[sh_R0] = right && !big;
    m[sh_x0] = m[sh_alo] & ((UINT32_C(1) << m[sh_m]) - 1);
    m[sh_x1] = m[sh_alo] >> m[sh_m];
    m[sh_y0] = m[sh_ahi] & ((UINT32_C(1) << m[sh_m]) - 1);
    m[sh_y1] = m[sh_ahi] >> m[sh_m];
    m[sh_g] = (uint32_t)((m[sh_blo] + m[sh_ilo] - m[sh_dsh]) / 32);
    const m31 fill = m31_mul(m31_from_reduced(m[sh_sg]), m31_from_reduced(65536 - m[sh_Q]));
    const int64_t Q = m[sh_Q],
                  ones = m31_mul(m31_from_reduced(m[sh_sg]), m31_from_reduced(65535)).v;
    if (m[sh_L0]) {
        m[sh_rlo] = row_fe(Q * m[sh_x0]);
        m[sh_rhi] = row_fe(Q * m[sh_y0] + m[sh_x1]);
    } else if (m[sh_L1]) {
        m[sh_rlo] = 0;
        m[sh_rhi] = row_fe(Q * m[sh_x0]);
    } else if (m[sh_R0]) {
        m[sh_rlo] = row_fe(m[sh_x1] + Q * m[sh_y0]);
        m[sh_rhi] = row_fe((int64_t)m[sh_y1] + fill.v);
    } else {
        m[sh_rlo] = row_fe((int64_t)m[sh_y1] + fill.v);
        m[sh_rhi] = row_fe(ones);
    }
}

static int64_t limb(uint64_t v, unsigned i) { return (int64_t)(v >> (16 * i) & 0xffff); }

void row_fill_md(row *r)
{
    uint32_t *m = r->main;
    const uint64_t X = bytes_of(r, md_X0), Y = bytes_of(r, md_Y0);
    const uint64_t a = row_word(r, md_alo, md_ahi);
    const int64_t sa = m[md_sa], sx = m[md_sx], sy = m[md_sy], sr = m[md_sr];
    const uint64_t product = X * Y - ((uint64_t)sx * Y << 32) - ((uint64_t)sy * X << 32);
    uint64_t rem = 0, left = product;
    if (m[md_dv]) {
        left = a - ((uint64_t)sa << 32);
        rem = (left - product) & 0xffffffff;
        m[md_g0] = rem & 0xffff;
        m[md_g1] = (uint32_t)(rem >> 16);
        rem -= (uint64_t)sr << 32;
        const int64_t px = 1 - 2 * sx, pr = 1 - 2 * sr, carry = (int64_t)m[md_w] + sx - sr;
        m[md_u0] = row_fe(px * limb(X, 0) - pr * m[md_g0] - 1 + 65536 * carry);
        m[md_u1] = row_fe(px * limb(X, 1) + 65536 * sx - pr * m[md_g1] - 65536 * sr - carry +
                          65536 * (int64_t)m[md_z]);
    } else {
        m[md_g0] = product & 0xffff;
        m[md_g1] = product >> 16 & 0xffff;
        m[md_u0] = product >> 32 & 0xffff;
        m[md_u1] = (uint32_t)(product >> 48);
    }
    /* Sums of the bytes' products, by limb; remainders in, left side out. */
    int64_t c[7] = {0}, k = 0;
    for (unsigned i = 0; i < 4; i++)
        for (unsigned j = 0; j < 4; j++) c[i + j] += (int64_t)m[md_X0 + i] * m[md_Y0 + j];
    for (unsigned i = 0; i < 4; i++) {
        int64_t sum = c[2 * i] + (i < 3 ? 256 * c[2 * i + 1] : 0) + k - limb(left, i);
        if (m[md_dv]) sum += limb(rem, i);
        if (i == 2) sum -= sx * limb(Y, 0) + sy * limb(X, 0);
        if (i == 3) sum -= sx * limb(Y, 1) + sy * limb(X, 1);
        k = sum / 65536; /* exact when the identity holds */
        m[md_k1 + i] = row_fe(k);
    }
    const unsigned from = m[md_su] ? md_u0 : md_g0;
    m[md_rlo] = m[md_sq] ? m[md_Y0] + 256 * m[md_Y1] : m[from];
    m[md_rhi] = m[md_sq] ? m[md_Y2] + 256 * m[md_Y3] : m[from + 1];
}

/* ---- honest rows ---- */

static void honest_alu(row *r)
{
    uint32_t *m = r->main;
    common(r, alu_e, alu_ts, alu_pc, alu_rd, alu_plo, alu_phi, alu_d1, alu_d2, alu_d3);
    const bool imm = below(3) == 0;
    m[alu_s] = !imm && below(2);
    m[alu_rs1] = reg();
    m[alu_rs2] = imm ? 0 : reg();
    row_set_word(r, alu_ilo, alu_ihi, imm ? imm12() : 0);
    row_set_word(r, alu_alo, alu_ahi, operand());
    row_set_word(r, alu_blo, alu_bhi, imm ? 0 : operand());
    row_fill_alu(r);
}
static void honest_cmp(row *r)
{
    uint32_t *m = r->main;
    common(r, cmp_e, cmp_ts, cmp_pc, cmp_rd, cmp_plo, cmp_phi, cmp_d1, cmp_d2, cmp_d3);
    const uint32_t kind = below(3), to = below(1u << 26), next = m[cmp_pc] + 1, a = operand();
    m[cmp_u] = below(2);
    m[cmp_rs1] = reg();
    m[cmp_rs2] = kind == 1 ? 0 : reg();
    m[cmp_pcT] = m[cmp_pcF] = next;
    row_set_word(r, cmp_alo, cmp_ahi, a);
    if (kind == 1)
        row_set_word(r, cmp_ilo, cmp_ihi, imm12());
    else
        row_set_word(r, cmp_blo, cmp_bhi, below(3) ? operand() : a);
    if (kind == 2) { /* a branch */
        m[cmp_f] = below(2);
        if (m[cmp_f]) m[cmp_u] = 0;
        m[cmp_rd] = MACHINE_SINK;
        m[below(2) ? cmp_pcT : cmp_pcF] = to;
    }
    cmp_carries(r);
    row_fill_cmp(r);
}
static void honest_bit(row *r)
{
    uint32_t *m = r->main;
    common(r, bit_e, bit_ts, bit_pc, bit_rd, bit_plo, bit_phi, bit_d1, bit_d2, bit_d3);
    const bool imm = below(2);
    const uint32_t a = operand(), i = imm ? imm12() : 0, b = imm ? 0 : operand(), c = b | i;
    m[bit_op] = below(3);
    m[bit_rs1] = reg();
    m[bit_rs2] = imm ? 0 : reg();
    for (unsigned j = 0; j < 3; j++) m[bit_i0 + j] = i >> (8 * j) & 0xff;
    row_set_bytes(r, bit_a0, a);
    row_set_bytes(r, bit_b0, b);
    row_set_bytes(r, bit_r0, m[bit_op] == 0 ? (a & c) : m[bit_op] == 1 ? (a | c) : (a ^ c));
}
static void honest_sh(row *r)
{
    uint32_t *m = r->main;
    common(r, sh_e, sh_ts, sh_pc, sh_rd, sh_plo, sh_phi, sh_d1, sh_d2, sh_d3);
    const bool imm = below(2);
    const uint32_t right = below(2), b = imm ? 0 : operand(), i = imm ? below(32) : 0;
    m[sh_sra] = right && below(2);
    m[sh_rs1] = reg();
    m[sh_rs2] = imm ? 0 : reg();
    m[sh_ilo] = i + (right << 16);
    row_set_word(r, sh_alo, sh_ahi, operand());
    row_set_word(r, sh_blo, sh_bhi, b);
    m[sh_sg] = m[sh_sra] & m[sh_ahi] >> 15;
    row_fill_sh(r, right, (b + i) & 31);
}
static void honest_jalr(row *r)
{
    uint32_t *m = r->main;
    common(r, jalr_e, jalr_ts, jalr_pc, jalr_rd, jalr_plo, jalr_phi, jalr_d1, NONE, jalr_d3);
    const int32_t imm = (int32_t)imm12();
    const uint32_t target = (below(1u << 26) << 2 | below(2)) + 4096, a = target - (uint32_t)imm;
    m[jalr_rs1] = reg();
    m[jalr_imm] = row_fe(imm);
    row_set_word(r, jalr_llo, jalr_lhi, below(4) ? 4 * (m[jalr_pc] + 1) : 0);
    row_set_word(r, jalr_alo, jalr_ahi, a);
    m[jalr_b0] = target & 1;
    m[jalr_q] = target >> 2 & 0x3fff;
}
static void honest_cst(row *r)
{
    uint32_t *m = r->main;
    common(r, cst_e, cst_ts, cst_pc, cst_rd, cst_plo, cst_phi, NONE, NONE, cst_d3);
    const uint32_t v = operand();
    m[cst_f] = below(3) == 0;
    row_set_word(r, cst_vlo, cst_vhi, v);
    if (!m[cst_f]) row_set_word(r, cst_clo, cst_chi, v);
    m[cst_pcn] = below(2) ? m[cst_pc] + 1 : below(1u << 26);
}
static void honest_ls(row *r)
{
    uint32_t *m = r->main;
    common(r, ls_e, ls_ts, ls_pc, ls_rx, ls_mlo, ls_mhi, ls_d1, NONE, ls_d3);
    const uint32_t kind = below(6), size = kind % 3 == 0 ? 1 : kind % 3 == 1 ? 2 : 4;
    const bool load = kind < 3;
    const uint32_t addr = below(1u << 30) / size * size, off = addr & 3;
    const uint32_t mask = size == 4 ? UINT32_MAX : (1u << (8 * size)) - 1;
    int32_t imm = (int32_t)imm12();
    if ((int64_t)addr - imm < 0) imm = 0;
    const uint32_t a = addr - (uint32_t)imm, old = operand(), mem = operand();
    const uint32_t field = mem >> (8 * off) & mask;
    uint32_t y = old, after = mem;
    if (!load) m[ls_rx] = reg();
    m[ls_rs1] = reg();
    m[ls_imm] = row_fe(imm);
    if (size < 4 || load) m[load ? ls_lb + kind : ls_sb + (kind - 3)] = 1;
    m[ls_fs] = load && size < 4 && below(2);
    row_set_word(r, ls_alo, ls_ahi, a);
    m[ls_q] = addr >> 2 & 0x3fff;
    m[ls_o0] = off & 1;
    m[ls_o1] = off >> 1;
    row_set_word(r, ls_mlo, ls_mhi, mem);
    m[ls_s0] = old & 0xff;
    m[ls_s1] = old >> 8 & 0xff;
    m[ls_phi] = old >> 16;
    if (load) {
        y = field;
        if (m[ls_fs] && y > mask / 2) y |= ~mask;
    } else {
        after = (mem & ~(mask << (8 * off))) | (old & mask) << (8 * off);
    }
    row_set_word(r, ls_ylo, ls_yhi, y);
    row_set_word(r, ls_nlo, ls_nhi, after);
    const uint32_t half = mem >> (16 * (off >> 1)) & 0xffff;
    m[ls_h0] = half & 0xff;
    m[ls_h1] = half >> 8;
    m[ls_x] = size == 4 ? 0
              : load    ? (size == 1 ? 256 * field : field)
                        : after >> (16 * (off >> 1)) & 0xffff;
    m[ls_sg] = m[ls_fs] & m[ls_x] >> 15;
    m[ls_dml] = below(1u << 14);
    m[ls_dmh] = below(1u << 15);
}
static void honest_md(row *r)
{
    /* dv, su, sq, fa, fx */
    static const uint8_t op[8][5] = {{0, 0, 0, 0, 0}, {0, 1, 0, 1, 1}, {0, 1, 0, 1, 0},
                                     {0, 1, 0, 0, 0}, {1, 0, 1, 1, 1}, {1, 0, 1, 0, 0},
                                     {1, 0, 0, 1, 1}, {1, 0, 0, 0, 0}};
    uint32_t *m = r->main;
    common(r, md_e, md_ts, md_pc, md_rd, md_plo, md_phi, md_d1, md_d2, md_d3);
    const uint8_t *f = op[below(8)];
    const uint32_t a = operand(), b = operand();
    for (unsigned i = 0; i < 5; i++) m[md_dv + i] = f[i];
    m[md_rs1] = reg();
    m[md_rs2] = reg();
    row_set_word(r, md_alo, md_ahi, a);
    row_set_bytes(r, md_X0, b);
    m[md_sa] = m[md_fa] & a >> 31;
    m[md_sx] = m[md_fx] & b >> 31;
    if (!m[md_dv]) {
        row_set_bytes(r, md_Y0, a);
        m[md_sy] = m[md_sa];
    } else {
        const int64_t sa = (int64_t)a - ((int64_t)m[md_sa] << 32);
        const int64_t sb = (int64_t)b - ((int64_t)m[md_sx] << 32);
        const int64_t quotient = sb ? sa / sb : -1, rem = sb ? sa % sb : sa;
        row_set_bytes(r, md_Y0, (uint32_t)quotient);
        m[md_z] = sb == 0;
        m[md_sy] = sb != 0 && quotient < 0;
        m[md_sr] = rem < 0;
        /* |X| - |g| - 1 = u: the carry of its limbs, less what the signs bring in */
        const int64_t low = (1 - 2 * (int64_t)m[md_sx]) * (b & 0xffff) -
                            (1 - 2 * (int64_t)m[md_sr]) * ((uint32_t)rem & 0xffff) - 1;
        const int64_t need = low >= 0 ? -(low >> 16) : (-low + 65535) >> 16;
        m[md_w] = (uint32_t)(need - m[md_sx] + m[md_sr]);
    }
    row_fill_md(r);
}
static void honest_rf(row *r)
{
    uint32_t *m = r->main;
    m[rf_e] = 1;
    m[rf_addr] = below(2) ? reg() : MACHINE_RAM + below(MACHINE_RAM_WORDS);
    m[rf_tl] = below(1u << 14);
    m[rf_th] = below(1u << 15);
    row_set_word(r, rf_vlo, rf_vhi, operand());
    m[rf_dl] = below(1u << 14);
    m[rf_dh] = below(1u << 15);
}
static void honest_inf(row *r)
{
    uint32_t *m = r->main;
    const uint32_t from = below(1u << 27), step = 1 + below(1u << 20), to = from + step;
    r->is_first = below(2);
    r->image_end = MACHINE_RAM + (r->is_first ? from : test_rand() % 1000);
    const uint32_t last = r->is_first ? below(1u << 28) : from; /* row 0 follows the last row */
    r->before[infb_wl] = last & 0x3fff;
    r->before[infb_wh] = last >> 14;
    m[inf_wl] = to & 0x3fff;
    m[inf_wh] = to >> 14;
    m[inf_gl] = (step - 1) & 0x3fff;
    m[inf_gh] = (step - 1) >> 14;
    m[inf_tf] = below(1u << 29);
    row_set_word(r, inf_lo, inf_hi, operand());
}

static void start(row *r, enum air_component_id id)
{
    memset(r, 0, sizeof *r);
    r->g = row_graph(id);
}
void row_padding(row *r, enum air_component_id id)
{
    start(r, id);
    if (id == AIR_INITFIN) honest_inf(r);
    row_merge(r);
}
void row_honest(row *r, enum air_component_id id)
{
    start(r, id);
    switch (id) {
    case AIR_ALU: honest_alu(r); break;
    case AIR_CMP: honest_cmp(r); break;
    case AIR_BIT: honest_bit(r); break;
    case AIR_SH: honest_sh(r); break;
    case AIR_JALR: honest_jalr(r); break;
    case AIR_CONST: honest_cst(r); break;
    case AIR_LS: honest_ls(r); break;
    case AIR_MULDIV: honest_md(r); break;
    case AIR_REFRESH: honest_rf(r); break;
    case AIR_INITFIN: honest_inf(r); break;
    default: break;
    }
    row_merge(r);
}

/* ---- the oracle ---- */

static void values(m31 v[AIR_MAX_NODES], const row *r)
{
    static const uint32_t no_pre[AIR_ROM_FIELDS];
    const air_row x = {no_pre, r->main, r->before, r->is_first, r->image_end};
    air_graph_eval_row(v, r->g, &x);
}
/* The lookups of merge i: the first is number merge_first(g, i). */
static unsigned merge_first(const air_graph *g, unsigned i)
{
    unsigned n = 0;
    for (unsigned j = 0; j < i; j++) n += g->merge[j].n;
    return n;
}
void row_merge(row *r)
{
    m31 v[AIR_MAX_NODES];
    const air_graph *g = r->g;
    values(v, r);
    for (unsigned i = 0; i < g->n_merges; i++) {
        const air_lookup_node *l = &g->lookup[merge_first(g, i)];
        const m31 x = v[l[0].t[0]], y = v[l[1].t[0]];
        m31 product = m31_mul(x, y);
        if (g->merge[i].n == 3) {
            const m31 z = v[l[2].t[0]];
            r->main[g->merge[i].c] = m31_add(product, m31_add(m31_mul(x, z), m31_mul(y, z))).v;
            product = m31_mul(product, z);
        }
        r->main[g->merge[i].d] = product.v;
    }
}

void row_rom_of(row_rom *rom, const row *r)
{
    m31 v[AIR_MAX_NODES];
    memset(rom, 0, sizeof *rom);
    values(v, r);
    for (unsigned i = 0; i < r->g->n_lookups; i++) {
        const air_lookup_node *l = &r->g->lookup[i];
        if (l->relation != AIR_REL_ROM || v[l->t[0]].v == 9) continue;
        for (unsigned j = 0; j < l->n; j++) rom->fetch[j] = v[l->t[j]].v;
        rom->any = true;
    }
}
/* (9, amount + 2^16 right, m, Q, L0, L1, R0) */
static bool in_shamt(const uint32_t t[AIR_ROM_FIELDS])
{
    const uint32_t right = t[1] >> 16, amount = t[1] & 0xffff, l = amount & 15;
    if (right > 1 || amount > 31 || t[2] != (right ? l : 16 - l)) return false;
    return t[3] == UINT32_C(1) << (16 - t[2]) && t[4] == (!right && amount < 16) &&
           t[5] == (!right && amount >= 16) && t[6] == (right && amount < 16);
}
static bool in_table(enum air_relation id, const uint32_t t[AIR_ROM_FIELDS], const row_rom *rom)
{
    if (id == AIR_REL_RC) return t[1] <= AIR_MAX_RC && t[0] >> t[1] == 0;
    if (id == AIR_REL_BIT) {
        const uint32_t op = t[0], a = t[1], b = t[2];
        if (op > 3 || a > 255 || b > 255) return false;
        return t[3] == (op == 0 ? (a & b) : op == 1 ? (a | b) : op == 2 ? (a ^ b) : 0);
    }
    if (t[0] == 9) return in_shamt(t);
    return rom->any && memcmp(t, rom->fetch, sizeof rom->fetch) == 0;
}
const char *row_broken(const row *r, const row_rom *rom, uint32_t without)
{
    static const char *const table_name[] = {"", "range table", "byte table", "program table"};
    m31 v[AIR_MAX_NODES];
    const air_graph *g = r->g;
    values(v, r);
    for (uint32_t i = 0; i < g->n_constraints; i++)
        if (i != without && g->constraint[i].kind <= AIR_KIND_MERGE && v[g->constraint[i].node].v)
            return g->constraint[i].text;
    for (uint32_t i = 0; i < g->n_lookups; i++) {
        const air_lookup_node *l = &g->lookup[i];
        uint32_t t[AIR_ROM_FIELDS] = {0};
        for (uint32_t j = 0; j < l->n; j++) t[j] = v[l->t[j]].v;
        if (v[l->times].v && !in_table(l->relation, t, rom)) return table_name[l->relation];
    }
    return NULL;
}

/* Is there a way to write sum, pairs (n = 3) and product as those of n values below 2^k? */
static bool splits(unsigned n, uint32_t k, m31 sum, m31 pairs, m31 product)
{
    for (uint32_t a = 0; a >> k == 0; a++) {
        const m31 x = m31_from_reduced(a), rest = m31_sub(sum, x);
        if (n == 2) {
            if (rest.v >> k == 0 && m31_mul(x, rest).v == product.v) return true;
            continue;
        }
        /* b + c = rest, b c = pairs - a rest, a b c = product */
        const m31 bc = m31_sub(pairs, m31_mul(x, rest));
        if (m31_mul(x, bc).v != product.v) continue;
        for (uint32_t b = 0; b >> k == 0; b++) {
            const m31 c = m31_sub(rest, m31_from_reduced(b));
            if (c.v >> k == 0 && m31_mul(m31_from_reduced(b), c).v == bc.v) return true;
        }
    }
    return false;
}
bool row_merged_in_range(const row *r, uint32_t without)
{
    m31 v[AIR_MAX_NODES];
    const air_graph *g = r->g;
    values(v, r);
    for (unsigned i = 0; i < g->n_merges; i++) {
        const air_merge_node *m = &g->merge[i];
        const air_lookup_node *l = &g->lookup[merge_first(g, i)];
        if (without < m->constraint || without + 1 >= m->constraint + m->n) continue;
        m31 sum = m31_add(v[l[0].t[0]], v[l[1].t[0]]);
        if (m->n == 3) sum = m31_add(sum, v[l[2].t[0]]);
        return splits(m->n, v[l[0].t[1]].v, sum, m31_from_reduced(r->main[m->c]),
                      m31_from_reduced(r->main[m->d]));
    }
    return false;
}

static uint64_t tuple_hash(bool state, const m31 v[AIR_MAX_NODES], const uint32_t t[4])
{
    uint64_t h = state ? 0x1234567 : 0;
    for (unsigned i = 0; i < 4; i++) {
        h = (h ^ v[t[i]].v) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 29;
    }
    return h * UINT64_C(0xD6E8FEB86659FD93) ^ h >> 32;
}
uint64_t row_effect(const row *r)
{
    m31 v[AIR_MAX_NODES];
    uint64_t sum = 0; /* a multiset hash: what cancels within the row drops out */
    values(v, r);
    for (uint32_t i = 0; i < r->g->n_pairs; i++) {
        sum += tuple_hash(r->g->pair[i].state, v, r->g->pair[i].w);
        sum -= tuple_hash(r->g->pair[i].state, v, r->g->pair[i].r);
    }
    return sum;
}
