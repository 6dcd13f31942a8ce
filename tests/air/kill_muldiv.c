/* kill_muldiv.c - hostile rows of MULDIV, by constraint number. */
#include "tests/air/kill.h"
#include "tests/test.h"

/* dv, su, sq and operands; signs and quotient set by the caller, who then fills. */
static void md(row *r, uint32_t dv, uint32_t a, uint32_t x, uint32_t y)
{
    kill_real(r, AIR_MULDIV);
    r->main[md_dv] = dv;
    r->main[md_sq] = dv;
    row_set_word(r, md_alo, md_ahi, a);
    row_set_bytes(r, md_X0, x);
    row_set_bytes(r, md_Y0, y);
}

static bool kill_md_identity(row *r, uint32_t k)
{
    uint32_t *m = r->main;
    md(r, 0, 5, 7, 5);
    m[md_su] = k >= 8; /* mulhu */
    row_fill_md(r);
    switch (k) {
    case 6:
        m[md_g0] += 1;
        m[md_rlo] += 1;
        break; /* 5 * 7 = 36 */
    case 7:
        m[md_g1] += 1;
        m[md_rhi] += 1;
        break;
    case 8:
        m[md_u0] += 1;
        m[md_rlo] += 1;
        break;
    case 9:
        m[md_u1] += 1;
        m[md_rhi] += 1;
        break;
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
        m[md_sa] = 2 * KILL_HALF;
        m[md_k3] = m[md_k4] = 1;
        break;
    case 17: /* Y = 0: the sign of X does not matter to the product */
        md(r, 0, 0, 0x00050000, 0);
        row_fill_md(r);
        m[md_sx] = KILL_HALF;
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
        m[md_sr] = 2 * KILL_HALF;
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
        m[md_z] = 10 * KILL_HALF;
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
        m[md_w] = KILL_HALF;
        m[md_u0] = 7 - 5 - 1 + 1;
        m[md_u1] = 0x4000;
        break;
    case 22: /* -7 / 2 = -4 remainder 1 */
        md(r, 1, (uint32_t)-7, 2, (uint32_t)-4);
        m[md_fa] = m[md_fx] = m[md_sa] = m[md_sy] = 1;
        row_fill_md(r);
        break;
    case 23:
        md(r, 1, 5, 7, 0);
        row_fill_md(r);
        m[md_u0] += 1;
        break;
    case 24:
        md(r, 1, 5, 7, 0);
        row_fill_md(r);
        m[md_u1] += 1;
        break;
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
    case 28:
        md(r, 1, 9, 2, 4);
        row_fill_md(r);
        m[md_rlo] += 1;
        break;
    default:
        md(r, 1, 9, 2, 4);
        row_fill_md(r);
        m[md_rhi] += 1;
        break;
    }
    return true;
}
bool kill_muldiv(row *r, uint32_t k)
{
    static const uint8_t pad[] = {0, md_d1, md_d2, md_d3, md_plo, md_phi};
    uint32_t *m = r->main;
    if (k >= 1 && k <= 5) {
        kill_pad5(r, AIR_MULDIV, pad[k]);
        return true;
    }
    if (k >= 6 && k <= 11) return kill_md_identity(r, k);
    if (k >= 16 && k <= 20) return kill_md_bits(r, k);
    if (k >= 21 && k <= 29) return kill_md_division(r, k);
    switch (k) {
    case 0:
        md(r, 0, 0, 0, 0);
        row_fill_md(r);
        m[md_e] = 2;
        break;
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
    case 15:
        md(r, 0, 5, 7, 5);
        row_fill_md(r);
        m[md_w] = 1;
        break;
    default: return false;
    }
    return true;
}
