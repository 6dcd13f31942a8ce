/* sh.air.h - sll, srl, sra and their immediate forms.
 *
 * Both limbs of a are cut at bit m: alo = x0 + 2^m x1, ahi = y0 + 2^m y1, with Q = 2^(16-m). A left
 * shift by l < 16 has m = 16 - l, Q = 2^l; a right shift by l has m = l. One of four flags says
 * which: L0 left by l, L1 left by 16 + l, R0 right by l, R1 = 1 - L0 - L1 - R0 right by 16 + l.
 * They come with m and Q from the SHAMT rows (operation 9) of the program table, chosen by dsh =
 * amount + 2^16 direction; the instruction puts the direction into ilo. */
AIR_FN void sh_constraints(air_cx *cx)
{
    SH_COLUMNS(AIR_MAIN)
    const fe one = fe_const(1), limb = fe_const(1u << 16);
    const fe R1 = fe_sub(fe_sub(fe_sub(one, L0), L1), R0);
    const fe fill = fe_mul(sg, fe_sub(limb, Q)); /* the sign bits that enter a limb from above */
    const fe left_lo = fe_mul(Q, x0), left_hi = fe_add(fe_mul(Q, y0), x1);
    const fe right_lo = fe_add(x1, fe_mul(Q, y0)), right_hi = fe_add(y1, fill);
    const fe sign = fe_sub(fe_add(ahi, fe_mul(fe_const(1u << 15), sra)), fe_mul(limb, sg));
    const fe m_rest = fe_sub(fe_const(16), m);

    AIR_ENABLE(e);
    AIR_IDLE(e, d1);
    AIR_IDLE(e, d2);
    AIR_IDLE(e, d3);
    AIR_KEEP(e, rlo, plo);
    AIR_KEEP(e, rhi, phi);
    AIR_EQ(fe_mul(Q, fe_sub(alo, x0)), fe_mul(limb, x1), "x0 + 2^m x1 is not alo");
    AIR_EQ(fe_mul(Q, fe_sub(ahi, y0)), fe_mul(limb, y1), "y0 + 2^m y1 is not ahi");
    AIR_BIT(sg);
    AIR_EQ(fe_add(blo, ilo), fe_add(dsh, fe_mul(fe_const(32), g)),
           "dsh + 32 g is not the amount given");
    AIR_EQ(rlo, fe_add(fe_add(fe_mul(L0, left_lo), fe_mul(R0, right_lo)), fe_mul(R1, right_hi)),
           "rlo is not the low limb of the shifted value");
    AIR_EQ(rhi,
           fe_add(fe_add(fe_mul(L0, left_hi), fe_mul(L1, left_lo)),
                  fe_add(fe_mul(R0, right_hi), fe_mul(fe_mul(R1, fe_const(65535)), sg))),
           "rhi is not the high limb of the shifted value");
    AIR_MERGE3(d1_d2_d3, 16, d1, d2, d3, sh_mg0, sh_mg1);
    AIR_MERGE2(sign_g, 16, sign, 11, g, sh_mg2);

    AIR_READ(rs1, ts, d1, e, alo, ahi);
    AIR_READ(rs2, fe_add(ts, one), d2, e, blo, bhi);
    AIR_ACCESS(rd, fe_add(ts, fe_const(2)), d3, e, plo, phi, rlo, rhi);
    AIR_STATE(e, ts, pc, fe_add(pc, e));
    AIR_PAIRS_END();

    AIR_RANGE(d1_d2_d3);
    AIR_RANGE(sign_g);
    AIR_RCV(m, x0);
    AIR_RCV(m, y0);
    AIR_RCV(m_rest, x1);
    AIR_RCV(m_rest, y1);
    AIR_FETCH(e, 9, dsh, m, Q, L0, L1, R0);
    AIR_FETCH(e, 4, sra, pc, rd, rs1, rs2, ilo);
    AIR_LOOKUPS_END();
}
