/* muldiv.c - rows of the MULDIV chip.
 *
 * One signed identity modulo 2^64: mul has X Y = (g, u) with Y = rs1; div has X Y + g = rs1 with
 * the quotient Y and the remainder g, and u = |rs2| - |g| - 1 shows that the remainder is small. X
 * = rs2. k1..k4 are the carries of the identity in 16-bit limbs. */
#include "prover/witness/rows.h"

/* The cells that depend on more than one operand. */
struct muldiv {
    uint32_t y, g;  /* Y; low product or remainder */
    int32_t u0, u1; /* limbs of u */
    uint32_t sy, sr, w, z;
    uint64_t left, rem; /* the two other terms of the identity, modulo 2^64 */
};

static void multiply(struct muldiv *m, uint32_t a, uint32_t b, uint32_t sa, uint32_t sx)
{
    const uint64_t x = b - ((uint64_t)sx << 32), y = a - ((uint64_t)sa << 32);
    m->left = x * y;
    m->rem = 0;
    m->y = a;
    m->g = (uint32_t)m->left;
    m->u0 = (int32_t)(m->left >> 32 & 0xffff);
    m->u1 = (int32_t)(m->left >> 48);
    m->sy = sa;
    m->sr = m->w = m->z = 0;
}

static void divide(struct muldiv *m, uint32_t a, uint32_t b, uint32_t sa, uint32_t sx)
{
    const int64_t dividend = (int64_t)a - ((int64_t)sa << 32);
    const int64_t divisor = (int64_t)b - ((int64_t)sx << 32);
    const int64_t quotient = b ? dividend / divisor : -1;
    const int64_t rem = b ? dividend % divisor : dividend;
    m->z = b == 0;
    m->y = (uint32_t)quotient;
    m->g = (uint32_t)rem;
    m->sy = quotient < 0 && b;
    m->sr = rem < 0;
    m->left = (uint64_t)dividend;
    m->rem = (uint64_t)rem;
    const int32_t fb = sx ? -1 : 1, fr = m->sr ? -1 : 1;
    const int32_t e0 = fb * (int32_t)(b & 0xffff) - fr * (int32_t)(m->g & 0xffff) - 1;
    const int32_t borrow = -(e0 >> 16); /* 0, 1 or 2 in w after the signs */
    m->w = (uint32_t)(borrow - (int32_t)sx + (int32_t)m->sr);
    m->u0 = e0 & 0xffff;
    m->u1 = fb * (int32_t)(b >> 16) + (int32_t)(sx << 16) - fr * (int32_t)(m->g >> 16) -
            (int32_t)(m->sr << 16) - borrow + (int32_t)(m->z << 16);
}

static int32_t limb(uint64_t v, unsigned j) { return (int32_t)(v >> 16 * j & 0xffff); }

void witness_rows_muldiv(uint32_t (*o)[WITNESS_BLOCK], const vm_row *rows, const program_insn *insn,
                         size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const vm_row *w = &rows[i];
        const uint32_t *f = insn[w->insn].f;
        const uint32_t sa = f[4] & w->a >> 31, sx = f[5] & w->b >> 31;
        struct muldiv m;
        if (f[1])
            divide(&m, w->a, w->b, sa, sx);
        else
            multiply(&m, w->a, w->b, sa, sx);

        int32_t x[4], y[4], c[7] = {0}; /* byte convolution: c[j] <= 4 * 255^2 < 2^18 */
        for (unsigned j = 0; j < 4; j++) {
            x[j] = (int32_t)(w->b >> 8 * j & 0xff);
            y[j] = (int32_t)(m.y >> 8 * j & 0xff);
        }
        for (unsigned j = 0; j < 4; j++)
            for (unsigned k = 0; k < 4; k++) c[j + k] += x[j] * y[k];
        const int32_t ylo = (int32_t)(m.y & 0xffff), yhi = (int32_t)(m.y >> 16);
        const int32_t xlo = (int32_t)(w->b & 0xffff), xhi = (int32_t)(w->b >> 16);
        const int32_t isx = (int32_t)sx, isy = (int32_t)m.sy;
        /* Every sum is a multiple of 2^16 below 2^27 in absolute value. */
        const int32_t k1 = (c[0] + 256 * c[1] + limb(m.rem, 0) - limb(m.left, 0)) / 65536;
        const int32_t k2 = (c[2] + 256 * c[3] + limb(m.rem, 1) + k1 - limb(m.left, 1)) / 65536;
        const int32_t k3 =
            (c[4] + 256 * c[5] + limb(m.rem, 2) + k2 - isx * ylo - isy * xlo - limb(m.left, 2)) /
            65536;
        const int32_t k4 =
            (c[6] + limb(m.rem, 3) + k3 - isx * yhi - isy * xhi - limb(m.left, 3)) / 65536;

        o[md_e][i] = 1;
        o[md_ts][i] = 4 * w->cycle;
        o[md_dv][i] = f[1];
        o[md_su][i] = f[2];
        o[md_sq][i] = f[3];
        o[md_fa][i] = f[4];
        o[md_fx][i] = f[5];
        o[md_pc][i] = f[6];
        o[md_rd][i] = f[7];
        o[md_rs1][i] = f[8];
        o[md_rs2][i] = f[9];
        o[md_alo][i] = witness_lo(w->a);
        o[md_ahi][i] = witness_hi(w->a);
        for (unsigned j = 0; j < 4; j++) {
            o[md_X0 + j][i] = (uint32_t)x[j];
            o[md_Y0 + j][i] = (uint32_t)y[j];
        }
        o[md_g0][i] = witness_lo(m.g);
        o[md_g1][i] = witness_hi(m.g);
        o[md_u0][i] = witness_signed(m.u0);
        o[md_u1][i] = witness_signed(m.u1);
        o[md_k1][i] = witness_signed(k1);
        o[md_k2][i] = witness_signed(k2);
        o[md_k3][i] = witness_signed(k3);
        o[md_k4][i] = witness_signed(k4);
        o[md_sa][i] = sa;
        o[md_sx][i] = sx;
        o[md_sy][i] = m.sy;
        o[md_sr][i] = m.sr;
        o[md_w][i] = m.w;
        o[md_z][i] = m.z;
        o[md_rlo][i] = witness_lo(w->r);
        o[md_rhi][i] = witness_hi(w->r);
        o[md_plo][i] = witness_lo(w->p);
        o[md_phi][i] = witness_hi(w->p);
        o[md_d1][i] = w->d1;
        o[md_d2][i] = w->d2;
        o[md_d3][i] = w->d3;
    }
}
