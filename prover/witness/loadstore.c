/* loadstore.c - rows of the LS chip. */
#include "prover/witness/rows.h"

void witness_rows_ls(uint32_t (*o)[WITNESS_BLOCK], const vm_row *rows, const program_insn *insn,
                     size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const vm_row *w = &rows[i];
        const uint32_t *f = insn[w->insn].f;
        const uint32_t lb = f[1], lh = f[2], load = lb | lh | f[3], narrow_store = f[4] | f[5];
        const uint32_t sum = witness_lo(w->a) + (uint32_t)witness_imm(f[10]); /* modulo 2^32 */
        const uint32_t o0 = sum & 1, o1 = sum >> 1 & 1;
        const uint32_t half = witness_lo(w->m >> 16 * o1),
                       new_half = witness_lo(w->m_new >> 16 * o1);
        const uint32_t x =
            lb * ((half >> 8 * o0 & 0xff) << 8) + lh * half + narrow_store * new_half;
        const uint32_t y = load ? w->r : w->p;
        o[ls_e][i] = 1;
        o[ls_ts][i] = 4 * w->cycle;
        o[ls_lb][i] = lb;
        o[ls_lh][i] = lh;
        o[ls_lw][i] = f[3];
        o[ls_sb][i] = f[4];
        o[ls_sh][i] = f[5];
        o[ls_fs][i] = f[6];
        o[ls_pc][i] = f[7];
        o[ls_rx][i] = f[8];
        o[ls_rs1][i] = f[9];
        o[ls_imm][i] = f[10];
        o[ls_alo][i] = witness_lo(w->a);
        o[ls_ahi][i] = witness_hi(w->a);
        o[ls_q][i] = witness_lo(sum) >> 2;
        o[ls_o0][i] = o0;
        o[ls_o1][i] = o1;
        o[ls_mlo][i] = witness_lo(w->m);
        o[ls_mhi][i] = witness_hi(w->m);
        o[ls_nlo][i] = witness_lo(w->m_new);
        o[ls_nhi][i] = witness_hi(w->m_new);
        o[ls_s0][i] = w->p & 0xff;
        o[ls_s1][i] = w->p >> 8 & 0xff;
        o[ls_phi][i] = witness_hi(w->p);
        o[ls_ylo][i] = witness_lo(y);
        o[ls_yhi][i] = witness_hi(y);
        o[ls_h0][i] = half & 0xff;
        o[ls_h1][i] = half >> 8;
        o[ls_x][i] = x;
        o[ls_sg][i] = f[6] & x >> 15;
        o[ls_d1][i] = w->d1;
        o[ls_d3][i] = w->d3;
        o[ls_dml][i] = w->dm & 0x3fff;
        o[ls_dmh][i] = w->dm >> 14; /* < 2^15: times are below 2^29 */
    }
}
