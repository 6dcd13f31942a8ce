/* compute.c - rows of the chips without memory: ALU, CMP, BIT, SH, JALR, CONST. */
#include "prover/witness/rows.h"

void witness_rows_alu(uint32_t (*o)[WITNESS_BLOCK], const vm_row *rows, const program_insn *insn,
                      size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const vm_row *w = &rows[i];
        const uint32_t *f = insn[w->insn].f;
        o[alu_e][i] = 1;
        o[alu_ts][i] = 4 * w->cycle;
        o[alu_s][i] = f[1];
        o[alu_pc][i] = f[2];
        o[alu_rd][i] = f[3];
        o[alu_rs1][i] = f[4];
        o[alu_rs2][i] = f[5];
        o[alu_ilo][i] = f[6];
        o[alu_ihi][i] = f[7];
        o[alu_alo][i] = witness_lo(w->a);
        o[alu_ahi][i] = witness_hi(w->a);
        o[alu_blo][i] = witness_lo(w->b);
        o[alu_bhi][i] = witness_hi(w->b);
        o[alu_rlo][i] = witness_lo(w->r);
        o[alu_rhi][i] = witness_hi(w->r);
        o[alu_plo][i] = witness_lo(w->p);
        o[alu_phi][i] = witness_hi(w->p);
        o[alu_d1][i] = w->d1;
        o[alu_d2][i] = w->d2;
        o[alu_d3][i] = w->d3;
    }
}

/* v[i] = 1 / v[i] for nonzero v[i], by one inversion. */
static void invert(uint32_t *v, size_t n)
{
    m31 before[WITNESS_BLOCK], all = m31_one();
    for (size_t i = 0; i < n; i++) {
        before[i] = all;
        if (v[i]) all = m31_mul(all, m31_from_reduced(v[i]));
    }
    all = m31_inv(all);
    for (size_t i = n; i-- > 0;)
        if (v[i]) {
            const m31 x = m31_from_reduced(v[i]);
            v[i] = m31_mul(all, before[i]).v;
            all = m31_mul(all, x);
        }
}

void witness_rows_cmp(uint32_t (*o)[WITNESS_BLOCK], const vm_row *rows, const program_insn *insn,
                      size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const vm_row *w = &rows[i];
        const uint32_t *f = insn[w->insn].f;
        /* One of the register and the immediate is zero. */
        const uint32_t u = f[1], c = w->b + (f[7] | f[8] << 16);
        const uint32_t ah = witness_hi(w->a) + (u << 15), ch = witness_hi(c) + (u << 15);
        const uint32_t k = witness_lo(w->a) < witness_lo(c);
        const uint32_t lt = witness_lo(ah) < witness_lo(ch) + k;
        const uint32_t d0 = witness_lo(w->a - c),
                       d1 = witness_lo((ah & 0xffff) - (ch & 0xffff) - k);
        const uint32_t x = f[2] ? w->a != c : lt;
        o[cmp_e][i] = 1;
        o[cmp_ts][i] = 4 * w->cycle;
        o[cmp_u][i] = u;
        o[cmp_f][i] = f[2];
        o[cmp_pc][i] = f[3];
        o[cmp_rd][i] = f[4];
        o[cmp_rs1][i] = f[5];
        o[cmp_rs2][i] = f[6];
        o[cmp_ilo][i] = f[7];
        o[cmp_ihi][i] = f[8];
        o[cmp_pcT][i] = f[9];
        o[cmp_pcF][i] = f[10];
        o[cmp_alo][i] = witness_lo(w->a);
        o[cmp_ahi][i] = witness_hi(w->a);
        o[cmp_blo][i] = witness_lo(w->b);
        o[cmp_bhi][i] = witness_hi(w->b);
        o[cmp_plo][i] = witness_lo(w->p);
        o[cmp_phi][i] = witness_hi(w->p);
        o[cmp_d1][i] = w->d1;
        o[cmp_d2][i] = w->d2;
        o[cmp_d3][i] = w->d3;
        o[cmp_ca][i] = ah >> 16;
        o[cmp_cb][i] = ch >> 16;
        o[cmp_k][i] = k;
        o[cmp_lt][i] = lt;
        o[cmp_x][i] = x;
        o[cmp_w][i] = f[2] ? d0 + d1 : 0; /* zero when equal */
        o[cmp_pcn][i] = x ? f[9] : f[10];
    }
    invert(o[cmp_w], n);
}

void witness_rows_bit(uint32_t (*o)[WITNESS_BLOCK], const vm_row *rows, const program_insn *insn,
                      size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const vm_row *w = &rows[i];
        const uint32_t *f = insn[w->insn].f;
        o[bit_e][i] = 1;
        o[bit_ts][i] = 4 * w->cycle;
        o[bit_op][i] = f[1];
        o[bit_pc][i] = f[2];
        o[bit_rd][i] = f[3];
        o[bit_rs1][i] = f[4];
        o[bit_rs2][i] = f[5];
        o[bit_i0][i] = f[6];
        o[bit_i1][i] = f[7];
        o[bit_i2][i] = f[8];
        for (unsigned j = 0; j < 4; j++) {
            o[bit_a0 + j][i] = w->a >> 8 * j & 0xff;
            o[bit_b0 + j][i] = w->b >> 8 * j & 0xff;
            o[bit_r0 + j][i] = w->r >> 8 * j & 0xff;
        }
        o[bit_plo][i] = witness_lo(w->p);
        o[bit_phi][i] = witness_hi(w->p);
        o[bit_d1][i] = w->d1;
        o[bit_d2][i] = w->d2;
        o[bit_d3][i] = w->d3;
    }
}

void witness_rows_sh(uint32_t (*o)[WITNESS_BLOCK], const vm_row *rows, const program_insn *insn,
                     size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const vm_row *w = &rows[i];
        const uint32_t *f = insn[w->insn].f;
        const uint32_t right = f[6] >> 16, total = witness_lo(w->b) + witness_lo(f[6]);
        const uint32_t amount = total & 31, big = amount >> 4, l = amount & 15;
        const uint32_t m = right ? l : 16 - l, mask = (UINT32_C(1) << m) - 1;
        const uint32_t alo = witness_lo(w->a), ahi = witness_hi(w->a);
        o[sh_e][i] = 1;
        o[sh_ts][i] = 4 * w->cycle;
        o[sh_sra][i] = f[1];
        o[sh_pc][i] = f[2];
        o[sh_rd][i] = f[3];
        o[sh_rs1][i] = f[4];
        o[sh_rs2][i] = f[5];
        o[sh_ilo][i] = f[6];
        o[sh_dsh][i] = amount + (right << 16);
        o[sh_g][i] = total >> 5;
        o[sh_m][i] = m;
        o[sh_Q][i] = UINT32_C(1) << (16 - m);
        o[sh_L0][i] = (right | big) == 0;
        o[sh_L1][i] = (right ^ 1) & big;
        o[sh_R0][i] = right & (big ^ 1);
        o[sh_alo][i] = alo;
        o[sh_ahi][i] = ahi;
        o[sh_blo][i] = witness_lo(w->b);
        o[sh_bhi][i] = witness_hi(w->b);
        o[sh_x0][i] = alo & mask;
        o[sh_x1][i] = alo >> m;
        o[sh_y0][i] = ahi & mask;
        o[sh_y1][i] = ahi >> m;
        o[sh_sg][i] = f[1] & w->a >> 31;
        o[sh_rlo][i] = witness_lo(w->r);
        o[sh_rhi][i] = witness_hi(w->r);
        o[sh_plo][i] = witness_lo(w->p);
        o[sh_phi][i] = witness_hi(w->p);
        o[sh_d1][i] = w->d1;
        o[sh_d2][i] = w->d2;
        o[sh_d3][i] = w->d3;
    }
}

void witness_rows_jalr(uint32_t (*o)[WITNESS_BLOCK], const vm_row *rows, const program_insn *insn,
                       size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const vm_row *w = &rows[i];
        const uint32_t *f = insn[w->insn].f;
        const uint32_t sum = witness_lo(w->a) + (uint32_t)witness_imm(f[4]); /* modulo 2^32 */
        o[jalr_e][i] = 1;
        o[jalr_ts][i] = 4 * w->cycle;
        o[jalr_pc][i] = f[1];
        o[jalr_rd][i] = f[2];
        o[jalr_rs1][i] = f[3];
        o[jalr_imm][i] = f[4];
        o[jalr_llo][i] = f[5];
        o[jalr_lhi][i] = f[6];
        o[jalr_alo][i] = witness_lo(w->a);
        o[jalr_ahi][i] = witness_hi(w->a);
        o[jalr_plo][i] = witness_lo(w->p);
        o[jalr_phi][i] = witness_hi(w->p);
        o[jalr_d1][i] = w->d1;
        o[jalr_d3][i] = w->d3;
        o[jalr_q][i] = witness_lo(sum) >> 2;
        o[jalr_b0][i] = sum & 1;
    }
}

void witness_rows_const(uint32_t (*o)[WITNESS_BLOCK], const vm_row *rows, const program_insn *insn,
                        size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const vm_row *w = &rows[i];
        const uint32_t *f = insn[w->insn].f;
        o[cst_e][i] = 1;
        o[cst_ts][i] = 4 * w->cycle;
        o[cst_f][i] = f[1];
        o[cst_pc][i] = f[2];
        o[cst_rd][i] = f[3];
        o[cst_clo][i] = f[4];
        o[cst_chi][i] = f[5];
        o[cst_pcn][i] = f[6];
        o[cst_vlo][i] = witness_lo(w->r);
        o[cst_vhi][i] = witness_hi(w->r);
        o[cst_plo][i] = witness_lo(w->p);
        o[cst_phi][i] = witness_hi(w->p);
        o[cst_d3][i] = w->d3;
    }
}
