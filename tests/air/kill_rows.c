/* kill_rows.c - hostile rows of every component but MULDIV, by constraint number. */
#include "tests/air/kill.h"
#include "tests/test.h"

void kill_real(row *r, enum air_component_id id)
{
    row_padding(r, id);
    r->main[0] = 1; /* e is the first column of every chip */
}
/* (1-e) gap and (1-e)(now - old): a padding row where the cell `c` is 5. e: a row that counts
 * twice, with gap 0, writing what was there. */
void kill_pad5(row *r, enum air_component_id id, unsigned c)
{
    row_padding(r, id);
    r->main[c] = 5;
}

/* Real rows with chosen ROM fields and operands. */
static void alu(row *r, uint32_t s, uint32_t a, uint32_t b)
{
    kill_real(r, AIR_ALU);
    r->main[alu_s] = s;
    row_set_word(r, alu_alo, alu_ahi, a);
    row_set_word(r, alu_blo, alu_bhi, b);
    row_fill_alu(r);
}
static void cmp(row *r, uint32_t f, uint32_t a, uint32_t b)
{
    kill_real(r, AIR_CMP);
    r->main[cmp_f] = f;
    r->main[cmp_pcT] = 7;
    r->main[cmp_pcF] = 9;
    row_set_word(r, cmp_alo, cmp_ahi, a);
    row_set_word(r, cmp_blo, cmp_bhi, b);
    row_fill_cmp(r);
}
static void sh(row *r, uint32_t sra, uint32_t a, uint32_t right, uint32_t amount)
{
    kill_real(r, AIR_SH);
    r->main[sh_sra] = sra;
    r->main[sh_ilo] = amount + (right << 16);
    r->main[sh_sg] = sra & a >> 31;
    row_set_word(r, sh_alo, sh_ahi, a);
    row_fill_sh(r, right, amount);
}
static void cst(row *r, uint32_t v)
{
    kill_real(r, AIR_CONST);
    row_set_word(r, cst_clo, cst_chi, v);
    row_set_word(r, cst_vlo, cst_vhi, v);
}
/* A load (flag ls_lb, ls_lh, ls_lw) of the word m at byte offset o of address 0. */
static void load(row *r, unsigned flag, uint32_t fs, uint32_t o, uint32_t m)
{
    uint32_t *c = r->main;
    kill_real(r, AIR_LS);
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
static bool kill_alu(row *r, uint32_t k)
{
    static const uint8_t pad[] = {0, alu_d1, alu_d2, alu_d3, alu_plo, alu_phi};
    if (k >= 1 && k <= 5) {
        kill_pad5(r, AIR_ALU, pad[k]);
        return true;
    }
    switch (k) {
    case 0:
        kill_real(r, AIR_ALU);
        r->main[alu_e] = 2;
        break;
    case 6: /* rlo one more, and the "carry" -2^-16 = -2^15 taken from rhi */
        alu(r, 0, 0xC0000000, 5);
        r->main[alu_rlo] += 1;
        r->main[alu_rhi] -= KILL_HALF;
        break;
    case 7:
        alu(r, 0, 1, 2);
        r->main[alu_rhi] = 1;
        break;
    case 8:
        alu(r, 1, 0xC0000005, 2);
        r->main[alu_rlo] += 1;
        r->main[alu_rhi] -= KILL_HALF;
        break;
    case 9:
        alu(r, 1, 5, 2);
        r->main[alu_rhi] = 1;
        break;
    default: return false;
    }
    return true;
}

static bool kill_cmp(row *r, uint32_t k)
{
    static const uint8_t pad[] = {0, cmp_d1, cmp_d2, cmp_d3, cmp_plo, cmp_phi};
    uint32_t *m = r->main;
    if (k >= 1 && k <= 5) {
        kill_pad5(r, AIR_CMP, pad[k]);
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
        m[cmp_ca] = KILL_HALF;
        row_fill_cmp(r);
        break;
    case 8:
        cmp(r, 0, 0x00030000, 0x00030000);
        m[cmp_cb] = KILL_HALF;
        row_fill_cmp(r);
        break;
    case 9: /* D0 one more, the borrow taken from D1 */
        cmp(r, 0, 0xC0000005, 5);
        m[cmp_k] = KILL_HALF;
        break;
    case 10:
        cmp(r, 0, 0x00050000, 0x00030000);
        m[cmp_lt] = m[cmp_x] = KILL_HALF;
        m[cmp_pcn] = row_fe(9 - 2 * (int64_t)KILL_HALF);
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
    case 13:
        cmp(r, 0, 5, 7);
        m[cmp_pcn] = 123;
        break;
    default: return false;
    }
    return true;
}

static bool kill_bit(row *r, uint32_t k)
{
    static const uint8_t pad[] = {0, bit_d1, bit_d2, bit_d3, bit_plo, bit_phi};
    if (k > 5) return false;
    if (k == 0) {
        kill_real(r, AIR_BIT);
        r->main[bit_e] = 2;
    } else {
        kill_pad5(r, AIR_BIT, pad[k]);
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
    case 0:
        sh(r, 0, 0, 0, 8);
        m[sh_e] = 2;
        break;
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
        m[sh_sg] = KILL_HALF;
        row_fill_sh(r, 1, 8);
        break;
    case 9: /* shifts by 9 where 8 is asked for */
        sh(r, 0, 0x12345678, 1, 9);
        m[sh_ilo] = 8 + (1u << 16);
        break;
    case 10:
        sh(r, 0, 0x12345678, 1, 8);
        m[sh_rlo] += 1;
        break;
    case 11:
        sh(r, 0, 0x12345678, 1, 8);
        m[sh_rhi] += 1;
        break;
    default: return false;
    }
    return true;
}

static bool kill_jalr(row *r, uint32_t k)
{
    static const uint8_t pad[] = {0, jalr_d1, jalr_d3, jalr_plo, jalr_phi};
    uint32_t *m = r->main;
    if (k >= 1 && k <= 4) {
        kill_pad5(r, AIR_JALR, pad[k]);
        return true;
    }
    switch (k) {
    case 0:
        kill_real(r, AIR_JALR);
        m[jalr_e] = 2;
        break; /* jumps to itself, to 0 */
    case 5:
        row_padding(r, AIR_JALR);
        m[jalr_alo] = 12;
        m[jalr_q] = 3;
        break;
    case 6:
        kill_real(r, AIR_JALR);
        m[jalr_q] = 3;
        break;
    case 7: /* to 2, as 4 * 0 + 2 */
        kill_real(r, AIR_JALR);
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
    case 0:
        cst(r, 0);
        m[cst_e] = 2;
        break;
    case 1: kill_pad5(r, AIR_CONST, cst_d3); break;
    case 2: kill_pad5(r, AIR_CONST, cst_plo); break;
    case 3: kill_pad5(r, AIR_CONST, cst_phi); break;
    case 4: kill_pad5(r, AIR_CONST, cst_pcn); break;
    case 5:
        cst(r, 5);
        m[cst_vlo] = 6;
        break;
    case 6:
        cst(r, 5);
        m[cst_vhi] = 6;
        break;
    default: return false;
    }
    return true;
}

static bool kill_ls(row *r, uint32_t k)
{
    static const uint8_t pad[] = {0, ls_d1, ls_d3, ls_dml, ls_dmh};
    uint32_t *m = r->main;
    if (k >= 1 && k <= 4) {
        kill_pad5(r, AIR_LS, pad[k]);
        return true;
    }
    switch (k) {
    case 0:
        load(r, ls_lw, 0, 0, 0);
        m[ls_e] = 2;
        break;
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
    case 9:
        load(r, ls_lw, 0, 0, 5);
        m[ls_q] = 3;
        break; /* loads from 12 instead of 0 */
    case 10:   /* lb from offset 2 as o0 = 2: byte 2 h1 - h0 */
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
    case 12:
        load(r, ls_lh, 0, 0, 7);
        m[ls_alo] = m[ls_o0] = 1;
        break;
    case 13: load(r, ls_lw, 0, 2, 0x00050007); break;
    case 14:
        load(r, ls_lh, 0, 0, 7);
        m[ls_h0] = m[ls_x] = m[ls_ylo] = 8;
        break;
    case 15: /* lh with a "sign" that takes 1 from x + 2^15 */
        load(r, ls_lh, 1, 0, 7);
        m[ls_sg] = KILL_HALF;
        m[ls_yhi] = row_fe(65535 * (int64_t)KILL_HALF);
        break;
    case 16:
        load(r, ls_lh, 0, 0, 7);
        m[ls_x] = m[ls_ylo] = 9;
        break;
    case 17:
        load(r, ls_lw, 0, 0, 7);
        m[ls_ylo] = 8;
        break;
    case 18:
        load(r, ls_lw, 0, 0, 7);
        m[ls_yhi] = 8;
        break;
    case 19:
        load(r, ls_lw, 0, 0, 7);
        m[ls_nlo] = 8;
        break;
    case 20:
        load(r, ls_lw, 0, 0, 7);
        m[ls_nhi] = 8;
        break;
    default: return false;
    }
    return true;
}

static bool kill_rf(row *r, uint32_t k)
{
    switch (k) {
    case 0:
        kill_real(r, AIR_REFRESH);
        r->main[rf_e] = 2;
        break;
    case 1: kill_pad5(r, AIR_REFRESH, rf_dl); break;
    case 2: kill_pad5(r, AIR_REFRESH, rf_dh); break;
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

bool kill_row(row *r, enum air_component_id id, uint32_t k)
{
    switch (id) {
    case AIR_ALU: return kill_alu(r, k);
    case AIR_CMP: return kill_cmp(r, k);
    case AIR_BIT: return kill_bit(r, k);
    case AIR_SH: return kill_sh(r, k);
    case AIR_JALR: return kill_jalr(r, k);
    case AIR_CONST: return kill_cst(r, k);
    case AIR_LS: return kill_ls(r, k);
    case AIR_MULDIV: return kill_muldiv(r, k);
    case AIR_REFRESH: return kill_rf(r, k);
    case AIR_INITFIN: return kill_inf(r, k);
    default: return false;
    }
}
