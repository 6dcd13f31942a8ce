/* kill.c - for each constraint a row that it alone rejects: with the constraint left out, every other
 * constraint and every table accepts the row. A constraint without such a row fails the test, by its
 * text. */
#include "tests/air/mask.h"
#include "tests/air/rows.h"
#include "tests/test.h"

#define HALF (1u << 15) /* 2^-16 */

/* Real rows with chosen ROM fields and operands, all else 0, to start from. */
static void real(row *r, enum air_component_id id)
{
    row_padding(r, id);
    r->main[0] = 1; /* e is the first column of every chip */
}
static void alu(row *r, uint32_t s, uint32_t a, uint32_t b)
{
    real(r, AIR_ALU);
    r->main[alu_s] = s;
    row_set_word(r, alu_alo, alu_ahi, a);
    row_set_word(r, alu_blo, alu_bhi, b);
    row_fill_alu(r);
}
static void cmp(row *r, uint32_t f, uint32_t a, uint32_t b)
{
    real(r, AIR_CMP);
    r->main[cmp_f] = f;
    r->main[cmp_pcT] = 7;
    r->main[cmp_pcF] = 9;
    row_set_word(r, cmp_alo, cmp_ahi, a);
    row_set_word(r, cmp_blo, cmp_bhi, b);
    row_fill_cmp(r);
}
static void sh(row *r, uint32_t sra, uint32_t a, uint32_t right, uint32_t amount)
{
    real(r, AIR_SH);
    r->main[sh_sra] = sra;
    r->main[sh_ilo] = amount + (right << 16);
    r->main[sh_sg] = sra & a >> 31;
    row_set_word(r, sh_alo, sh_ahi, a);
    row_fill_sh(r, right, amount);
}
static void cst(row *r, uint32_t v)
{
    real(r, AIR_CONST);
    row_set_word(r, cst_clo, cst_chi, v);
    row_set_word(r, cst_vlo, cst_vhi, v);
}
/* A load (flag ls_lb, ls_lh, ls_lw) of the word m at byte offset o of address 0. */
static void load(row *r, unsigned flag, uint32_t fs, uint32_t o, uint32_t m)
{
    uint32_t *c = r->main;
    real(r, AIR_LS);
    c[flag] = 1;
    c[ls_fs] = fs;
    c[ls_alo] = o;
    c[ls_o0] = o & 1;
    c[ls_o1] = o >> 1;
    row_set_word(r, ls_mlo, ls_mhi, m);
    row_set_word(r, ls_nlo, ls_nhi, m);
    const uint32_t half = c[ls_o1] ? m >> 16 : m & 0xffff;
    c[ls_h0] = half & 0xff;
    c[ls_h1] = half >> 8;
    if (flag == ls_lw) row_set_word(r, ls_ylo, ls_yhi, m);
    if (flag == ls_lh) c[ls_x] = c[ls_ylo] = half;
    if (flag == ls_lb) c[ls_x] = 256 * (c[ls_ylo] = o & 1 ? half >> 8 : half & 0xff);
}
/* dv, su, sq and operands; signs and quotient set by the caller, who then fills. */
static void md(row *r, uint32_t dv, uint32_t a, uint32_t x, uint32_t y)
{
    real(r, AIR_MULDIV);
    r->main[md_dv] = dv;
    r->main[md_sq] = dv;
    row_set_word(r, md_alo, md_ahi, a);
    row_set_bytes(r, md_X0, x);
    row_set_bytes(r, md_Y0, y);
}

/* ---- hostile rows, by constraint number ---- */

/* (1-e) gap and (1-e)(now - old): a padding row where the cell `c` is 5. e: a row that counts twice,
 * with gap 0, writing what was there. */
static void pad5(row *r, enum air_component_id id, unsigned c)
{
    row_padding(r, id);
    r->main[c] = 5;
}

static bool kill_alu(row *r, uint32_t k)
{
    static const uint8_t pad[] = {0, alu_d1, alu_d2, alu_d3, alu_plo, alu_phi};
    if (k >= 1 && k <= 5) {
        pad5(r, AIR_ALU, pad[k]);
        return true;
    }
    switch (k) {
    case 0: real(r, AIR_ALU); r->main[alu_e] = 2; break;
    case 6: /* rlo one more, and the "carry" -2^-16 = -2^15 taken from rhi */
        alu(r, 0, 0xC0000000, 5);
        r->main[alu_rlo] += 1;
        r->main[alu_rhi] -= HALF;
        break;
    case 7: alu(r, 0, 1, 2); r->main[alu_rhi] = 1; break;
    case 8:
        alu(r, 1, 0xC0000005, 2);
        r->main[alu_rlo] += 1;
        r->main[alu_rhi] -= HALF;
        break;
    case 9: alu(r, 1, 5, 2); r->main[alu_rhi] = 1; break;
    default: return false;
    }
    return true;
}

static bool kill_cmp(row *r, uint32_t k)
{
    static const uint8_t pad[] = {0, cmp_d1, cmp_d2, cmp_d3, cmp_plo, cmp_phi};
    uint32_t *m = r->main;
    if (k >= 1 && k <= 5) {
        pad5(r, AIR_CMP, pad[k]);
        return true;
    }
    switch (k) {
    case 0: /* jumps to itself */
        cmp(r, 0, 5, 5);
        m[cmp_e] = 2;
        m[cmp_pc] = m[cmp_pcn];
        break;
    case 6:
        row_padding(r, AIR_CMP);
        m[cmp_pcF] = m[cmp_pcn] = 5;
        break;
    case 7: /* 3 < 3, by one taken from A = ahi - 2^16 ca */
        cmp(r, 0, 0x00030000, 0x00030000);
        m[cmp_ca] = HALF;
        row_fill_cmp(r);
        break;
    case 8:
        cmp(r, 0, 0x00030000, 0x00030000);
        m[cmp_cb] = HALF;
        row_fill_cmp(r);
        break;
    case 9: /* D0 one more, the borrow taken from D1 */
        cmp(r, 0, 0xC0000005, 5);
        m[cmp_k] = HALF;
        break;
    case 10:
        cmp(r, 0, 0x00050000, 0x00030000);
        m[cmp_lt] = m[cmp_x] = HALF;
        m[cmp_pcn] = row_fe(9 - 2 * (int64_t)HALF);
        break;
    case 11:
        cmp(r, 0, 5, 7);
        m[cmp_x] = 0;
        m[cmp_pcn] = m[cmp_pcF];
        break;
    case 12: /* beq of 5 and 7 sees no difference */
        cmp(r, 1, 5, 7);
        m[cmp_w] = m[cmp_x] = 0;
        m[cmp_pcn] = m[cmp_pcF];
        break;
    case 13: cmp(r, 0, 5, 7); m[cmp_pcn] = 123; break;
    default: return false;
    }
    return true;
}

static bool kill_bit(row *r, uint32_t k)
{
    static const uint8_t pad[] = {0, bit_d1, bit_d2, bit_d3, bit_plo, bit_phi};
    if (k > 5) return false;
    if (k == 0) {
        real(r, AIR_BIT);
        r->main[bit_e] = 2;
    } else {
        pad5(r, AIR_BIT, pad[k]);
    }
    return true;
}

static bool kill_sh(row *r, uint32_t k)
{
    static const uint8_t pad[] = {0, sh_d1, sh_d2, sh_d3, sh_plo, sh_phi};
    uint32_t *m = r->main;
    if (k >= 1 && k <= 5) {
        row_padding(r, AIR_SH);
        m[pad[k]] = 5;
        return true;
    }
    switch (k) {
    case 0: sh(r, 0, 0, 0, 8); m[sh_e] = 2; break;
    case 6: /* srli by 8 of another low limb */
        sh(r, 0, 0x12345678, 1, 8);
        m[sh_alo] = 0x9999;
        break;
    case 7:
        sh(r, 0, 0x12345678, 1, 8);
        m[sh_ahi] = 0x1999;
        break;
    case 8: /* srai with a "sign" that only takes 1 from ahi + 2^15 */
        sh(r, 1, 0x12345678, 1, 8);
        m[sh_sg] = HALF;
        row_fill_sh(r, 1, 8);
        break;
    case 9: /* shifts by 9 where 8 is asked for */
        sh(r, 0, 0x12345678, 1, 9);
        m[sh_ilo] = 8 + (1u << 16);
        break;
    case 10: sh(r, 0, 0x12345678, 1, 8); m[sh_rlo] += 1; break;
    case 11: sh(r, 0, 0x12345678, 1, 8); m[sh_rhi] += 1; break;
    default: return false;
    }
    return true;
}

static bool kill_jalr(row *r, uint32_t k)
{
    static const uint8_t pad[] = {0, jalr_d1, jalr_d3, jalr_plo, jalr_phi};
    uint32_t *m = r->main;
    if (k >= 1 && k <= 4) {
        pad5(r, AIR_JALR, pad[k]);
        return true;
    }
    switch (k) {
    case 0: real(r, AIR_JALR); m[jalr_e] = 2; break; /* jumps to itself, to 0 */
    case 5:
        row_padding(r, AIR_JALR);
        m[jalr_alo] = 12;
        m[jalr_q] = 3;
        break;
    case 6: real(r, AIR_JALR); m[jalr_q] = 3; break;
    case 7: /* to 2, as 4 * 0 + 2 */
        real(r, AIR_JALR);
        m[jalr_alo] = m[jalr_b0] = 2;
        break;
    default: return false;
    }
    return true;
}

static bool kill_cst(row *r, uint32_t k)
{
    uint32_t *m = r->main;
    switch (k) {
    case 0: cst(r, 0); m[cst_e] = 2; break;
    case 1: pad5(r, AIR_CONST, cst_d3); break;
    case 2: pad5(r, AIR_CONST, cst_plo); break;
    case 3: pad5(r, AIR_CONST, cst_phi); break;
    case 4: pad5(r, AIR_CONST, cst_pcn); break;
    case 5: cst(r, 5); m[cst_vlo] = 6; break;
    case 6: cst(r, 5); m[cst_vhi] = 6; break;
    default: return false;
    }
    return true;
}

static bool kill_ls(row *r, uint32_t k)
{
    static const uint8_t pad[] = {0, ls_d1, ls_d3, ls_dml, ls_dmh};
    uint32_t *m = r->main;
    if (k >= 1 && k <= 4) {
        pad5(r, AIR_LS, pad[k]);
        return true;
    }
    switch (k) {
    case 0: load(r, ls_lw, 0, 0, 0); m[ls_e] = 2; break;
    case 5: /* on padding rows the flags are free: a "load" of a word into rx; lw = 1, sw = -1 */
        row_padding(r, AIR_LS);
        m[ls_lw] = 1;
        m[ls_mlo] = m[ls_nlo] = m[ls_ylo] = m[ls_h0] = 7;
        break;
    case 6:
        row_padding(r, AIR_LS);
        m[ls_lw] = 1;
        m[ls_mhi] = m[ls_nhi] = m[ls_yhi] = 7;
        break;
    case 7: /* no flag: the word becomes 0 */
        row_padding(r, AIR_LS);
        m[ls_mlo] = m[ls_h0] = 7;
        break;
    case 8:
        row_padding(r, AIR_LS);
        m[ls_mhi] = 7;
        break;
    case 9: load(r, ls_lw, 0, 0, 5); m[ls_q] = 3; break; /* loads from 12 instead of 0 */
    case 10: /* lb from offset 2 as o0 = 2: byte 2 h1 - h0 */
        load(r, ls_lb, 0, 0, 0x0500);
        m[ls_alo] = m[ls_o0] = 2;
        m[ls_ylo] = 10;
        m[ls_x] = 2560;
        break;
    case 11: /* lh from offset 4 as 2 o1 = 4: half 2 mhi - mlo */
        load(r, ls_lh, 0, 0, 0x00050000);
        m[ls_alo] = 4;
        m[ls_o1] = 2;
        m[ls_h0] = m[ls_x] = m[ls_ylo] = 10;
        break;
    case 12: load(r, ls_lh, 0, 0, 7); m[ls_alo] = m[ls_o0] = 1; break;
    case 13: load(r, ls_lw, 0, 2, 0x00050007); break;
    case 14: load(r, ls_lh, 0, 0, 7); m[ls_h0] = m[ls_x] = m[ls_ylo] = 8; break;
    case 15: /* lh with a "sign" that takes 1 from x + 2^15 */
        load(r, ls_lh, 1, 0, 7);
        m[ls_sg] = HALF;
        m[ls_yhi] = row_fe(65535 * (int64_t)HALF);
        break;
    case 16: load(r, ls_lh, 0, 0, 7); m[ls_x] = m[ls_ylo] = 9; break;
    case 17: load(r, ls_lw, 0, 0, 7); m[ls_ylo] = 8; break;
    case 18: load(r, ls_lw, 0, 0, 7); m[ls_yhi] = 8; break;
    case 19: load(r, ls_lw, 0, 0, 7); m[ls_nlo] = 8; break;
    case 20: load(r, ls_lw, 0, 0, 7); m[ls_nhi] = 8; break;
    default: return false;
    }
    return true;
}

static bool kill_md_identity(row *r, uint32_t k)
{
    uint32_t *m = r->main;
    md(r, 0, 5, 7, 5);
    m[md_su] = k >= 8; /* mulhu */
    row_fill_md(r);
    switch (k) {
    case 6: m[md_g0] += 1; m[md_rlo] += 1; break; /* 5 * 7 = 36 */
    case 7: m[md_g1] += 1; m[md_rhi] += 1; break;
    case 8: m[md_u0] += 1; m[md_rlo] += 1; break;
    case 9: m[md_u1] += 1; m[md_rhi] += 1; break;
    case 10: m[md_alo] += 1; break; /* 6 * 7 = 35 */
    default: m[md_ahi] += 1; break;
    }
    return true;
}
static bool kill_md_bits(row *r, uint32_t k)
{
    uint32_t *m = r->main;
    switch (k) {
    case 16: /* sa = 2^16: sign check and both high limbs of a shifted by 2 and 2 (2^15 - 1) */
        md(r, 1, 1u << 24, 1u << 24, (1u << 24) + 513);
        m[md_w] = 1;
        row_fill_md(r);
        m[md_sa] = 2 * HALF;
        m[md_k3] = m[md_k4] = 1;
        break;
    case 17: /* Y = 0: the sign of X does not matter to the product */
        md(r, 0, 0, 0x00050000, 0);
        row_fill_md(r);
        m[md_sx] = HALF;
        break;
    case 18: /* sy X = 2^32 sy in limb 3, taken back by k4 = -1 */
        md(r, 1, 0x00070000, 0x00010000, 7);
        m[md_w] = 1;
        row_fill_md(r);
        m[md_k4] = row_fe(-1);
        m[md_sy] = 65536;
        break;
    case 19: { /* a = X Y with limbs 2 and 3 off by 2 (2^15 - 1) each */
        const uint64_t X = 0x18000, off = UINT64_C(65539) << 32;
        const uint64_t q = (off - 0xC0000000) / X, a = off - X * q;
        md(r, 1, (uint32_t)a, (uint32_t)X, (uint32_t)((UINT64_C(1) << 32) - q));
        m[md_fa] = m[md_fx] = m[md_sa] = m[md_sy] = 1;
        row_fill_md(r);
        m[md_sr] = 2 * HALF;
        m[md_g0] = m[md_g1] = 0;
        m[md_u0] = (uint32_t)(X & 0xffff) - 1 - 2;
        m[md_u1] = 1 + 2 * 32767;
        /* limbs 2 and 3: h0 = X_lo - 3 with k3 = -2, h1 = 0 with k4 = -2 */
        m[md_k3] = m[md_k4] = row_fe(-2);
        break;
    }
    default: /* z = 10 2^15: the bound's high limb gets 10 */
        md(r, 1, 0x00030005, 0, UINT32_MAX);
        m[md_w] = 1;
        row_fill_md(r);
        m[md_z] = 10 * HALF;
        m[md_u1] = 10 - 3 - 1;
        break;
    }
    return true;
}
static bool kill_md_division(row *r, uint32_t k)
{
    uint32_t *m = r->main;
    switch (k) {
    case 21: /* w = 2^15: u0 gets 1, u1 loses 2^15 */
        md(r, 1, 5, 0xC0000007, 0);
        row_fill_md(r);
        m[md_w] = HALF;
        m[md_u0] = 7 - 5 - 1 + 1;
        m[md_u1] = 0x4000;
        break;
    case 22: /* -7 / 2 = -4 remainder 1 */
        md(r, 1, (uint32_t)-7, 2, (uint32_t)-4);
        m[md_fa] = m[md_fx] = m[md_sa] = m[md_sy] = 1;
        row_fill_md(r);
        break;
    case 23: md(r, 1, 5, 7, 0); row_fill_md(r); m[md_u0] += 1; break;
    case 24: md(r, 1, 5, 7, 0); row_fill_md(r); m[md_u1] += 1; break;
    case 25: /* 0 / -1 = -1 remainder -1, as if by zero */
        md(r, 1, 0, UINT32_MAX, UINT32_MAX);
        m[md_fa] = m[md_fx] = m[md_sx] = m[md_z] = m[md_w] = 1;
        row_fill_md(r);
        break;
    case 26: /* 9 / 0 = 5 */
        md(r, 1, 9, 0, 5);
        m[md_z] = m[md_w] = 1;
        row_fill_md(r);
        break;
    case 27:
        md(r, 1, 9, 0, UINT32_MAX);
        m[md_z] = m[md_w] = m[md_sy] = 1;
        row_fill_md(r);
        break;
    case 28: md(r, 1, 9, 2, 4); row_fill_md(r); m[md_rlo] += 1; break;
    default: md(r, 1, 9, 2, 4); row_fill_md(r); m[md_rhi] += 1; break;
    }
    return true;
}
static bool kill_md(row *r, uint32_t k)
{
    static const uint8_t pad[] = {0, md_d1, md_d2, md_d3, md_plo, md_phi};
    uint32_t *m = r->main;
    if (k >= 1 && k <= 5) {
        pad5(r, AIR_MULDIV, pad[k]);
        return true;
    }
    if (k >= 6 && k <= 11) return kill_md_identity(r, k);
    if (k >= 16 && k <= 20) return kill_md_bits(r, k);
    if (k >= 21 && k <= 29) return kill_md_division(r, k);
    switch (k) {
    case 0: md(r, 0, 0, 0, 0); row_fill_md(r); m[md_e] = 2; break;
    case 12: /* mulhu of 5 as -2^32 + 5 */
        md(r, 0, 5, 7, 5);
        m[md_su] = m[md_sy] = 1;
        row_fill_md(r);
        break;
    case 13: /* a negative a, and a "remainder" */
        md(r, 0, UINT32_MAX, 7, UINT32_MAX);
        m[md_su] = m[md_fa] = m[md_sa] = m[md_sy] = 1;
        row_fill_md(r);
        m[md_sr] = 1;
        break;
    case 14:
        md(r, 0, UINT32_MAX, 0, UINT32_MAX);
        row_fill_md(r);
        m[md_z] = 1;
        break;
    case 15: md(r, 0, 5, 7, 5); row_fill_md(r); m[md_w] = 1; break;
    default: return false;
    }
    return true;
}

static bool kill_rf(row *r, uint32_t k)
{
    switch (k) {
    case 0: real(r, AIR_REFRESH); r->main[rf_e] = 2; break;
    case 1: pad5(r, AIR_REFRESH, rf_dl); break;
    case 2: pad5(r, AIR_REFRESH, rf_dh); break;
    default: return false;
    }
    return true;
}
static bool kill_inf(row *r, uint32_t k)
{
    row_honest(r, AIR_INITFIN);
    r->main[inf_wl] ^= 1; /* the same word again, or one between */
    return k == 0;
}

/* ---- the tests ---- */

static bool hostile_row(row *r, enum air_component_id id, uint32_t k)
{
    switch (id) {
    case AIR_ALU: return kill_alu(r, k);
    case AIR_CMP: return kill_cmp(r, k);
    case AIR_BIT: return kill_bit(r, k);
    case AIR_SH: return kill_sh(r, k);
    case AIR_JALR: return kill_jalr(r, k);
    case AIR_CONST: return kill_cst(r, k);
    case AIR_LS: return kill_ls(r, k);
    case AIR_MULDIV: return kill_md(r, k);
    case AIR_REFRESH: return kill_rf(r, k);
    case AIR_INITFIN: return kill_inf(r, k);
    default: return false;
    }
}

TEST(each_own_constraint_has_a_row_that_it_alone_rejects)
{
    unsigned n = 0;
    for (int c = 0; c < AIR_N_COMPONENTS; c++) {
        const air_graph *g = row_graph((enum air_component_id)c);
        for (uint32_t k = 0; k < g->n_constraints; k++) {
            row r;
            row_rom rom;
            if (g->constraint[k].kind != AIR_KIND_OWN) continue;
            const bool have = hostile_row(&r, (enum air_component_id)c, k);
            const char *broken = "", *all = NULL;
            if (have) {
                row_merge(&r);
                row_rom_of(&rom, &r); /* the instruction exists; or e = 0 and none is fetched */
                broken = row_broken(&r, &rom, k);
                all = row_broken(&r, &rom, ROW_ALL);
            }
            if (broken || !all) {
                printf("  %s %u: %s: %s%s\n", air_components[c].name, k, g->constraint[k].text,
                       !have ? "no row" : broken ? "also rejected by: " : "not rejected",
                       broken && have ? broken : "");
                test_failed = 1;
            }
            n++;
        }
    }
    printf("  %u constraints\n", n);
}

/* A merge column that is not the product of its values: here, off by one. */
TEST(each_merge_constraint_has_a_row_that_it_alone_rejects)
{
    unsigned n = 0;
    for (int c = 0; c < AIR_N_COMPONENTS; c++) {
        const air_graph *g = row_graph((enum air_component_id)c);
        for (unsigned i = 0; i < g->n_merges; i++)
            for (unsigned j = 0; j + 1 < g->merge[i].n; j++) {
                row r;
                row_rom rom;
                row_honest(&r, (enum air_component_id)c);
                row_rom_of(&rom, &r);
                const unsigned column = g->merge[i].n == 3 && j == 0 ? g->merge[i].c : g->merge[i].d;
                const uint32_t k = g->merge[i].constraint + j;
                r.main[column] = row_fe((int64_t)r.main[column] + 1);
                CHECK(!row_broken(&r, &rom, k));
                CHECK(row_broken(&r, &rom, ROW_ALL) == g->constraint[k].text);
                n++;
            }
    }
    printf("  %u constraints\n", n);
}

/* What a merge constraint is for: without it, range checks of one width can be passed by values out
 * of range, since only the sum and the merge columns enter the fraction. x, y, z with the sum, and
 * (by the column left alone) the product or the pairs, of values in range: */
static bool hide(row *r, const unsigned v[3], unsigned n, bool first, const air_merge_node *merge)
{
    const m31 p[3] = {m31_from_reduced(3), m31_from_reduced(5), m31_from_reduced(n == 3 ? 9 : 0)};
    const m31 sum = m31_add(p[0], m31_add(p[1], p[2])), product = m31_mul(m31_mul(p[0], p[1]), p[2]);
    const m31 pairs = m31_add(m31_mul(p[0], p[1]), m31_mul(p[2], m31_add(p[0], p[1])));
    r->main[merge->c] = n == 3 ? pairs.v : m31_mul(p[0], p[1]).v;
    if (n == 3) r->main[merge->d] = product.v;
    for (uint32_t out = 1u << 20; out < (1u << 20) + 100; out++) {
        const m31 x = m31_from_reduced(out), rest = m31_sub(sum, x);
        if (n == 2) { /* any y does */
            r->main[v[0]] = x.v;
            r->main[v[1]] = rest.v;
            return true;
        }
        /* y + z = rest and, when the pairs' column lies, x y z = product, else the pairs are right:
         * y z = pairs - x rest. Roots of t^2 - rest t + yz. */
        const m31 yz = first ? m31_mul(product, m31_inv(x)) : m31_sub(pairs, m31_mul(x, rest));
        const m31 four = m31_from_reduced(4), two = m31_from_reduced(2);
        const m31 disc = m31_sub(m31_mul(rest, rest), m31_mul(four, yz));
        const m31 root = m31_pow(disc, (M31_P + 1) / 4);
        if (m31_mul(root, root).v != disc.v) continue;
        r->main[v[0]] = x.v;
        r->main[v[1]] = m31_mul(m31_add(rest, root), m31_inv(two)).v;
        r->main[v[2]] = m31_mul(m31_sub(rest, root), m31_inv(two)).v;
        return true;
    }
    return false;
}

/* Groups of cells that are tied to nothing else in their row: gaps. A forged gap reads the future. */
static const struct {
    enum air_component_id id;
    unsigned merge, n;
    unsigned cell[3];
} gaps[] = {
    {AIR_ALU, 0, 2, {alu_d1, alu_d2}},
    {AIR_CMP, 0, 3, {cmp_d1, cmp_d2, cmp_d3}},
    {AIR_BIT, 0, 3, {bit_d1, bit_d2, bit_d3}},
    {AIR_SH, 0, 3, {sh_d1, sh_d2, sh_d3}},
    {AIR_LS, 0, 2, {ls_d1, ls_d3}},
    {AIR_LS, 1, 2, {ls_dml, ls_dmh}},
    {AIR_MULDIV, 0, 3, {md_d1, md_d2, md_d3}},
    {AIR_REFRESH, 1, 2, {rf_dl, rf_dh}},
};

TEST(without_a_merge_constraint_gaps_out_of_range_have_a_fraction_in_range)
{
    for (size_t i = 0; i < SP_COUNT(gaps); i++)
        for (unsigned j = 0; j + 1 < gaps[i].n; j++) {
            row r;
            row_rom rom;
            const air_graph *g = row_graph(gaps[i].id);
            const air_merge_node *m = &g->merge[gaps[i].merge];
            row_honest(&r, gaps[i].id);
            row_rom_of(&rom, &r);
            CHECK(m->n == gaps[i].n);
            CHECK(hide(&r, gaps[i].cell, m->n, j == 0, m));
            const uint32_t k = m->constraint + j;
            CHECK(row_merged_in_range(&r, k));
            CHECK(row_broken(&r, &rom, ROW_ALL) == g->constraint[k].text);
            /* Out of range it is: the values themselves are in no table. */
            const char *values_alone = row_broken(&r, &rom, k);
            CHECK(values_alone && strcmp(values_alone, "range table") == 0);
        }
}
