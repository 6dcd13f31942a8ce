/* alu.air.h - add, sub, addi: r = a + (b + i) or a - b modulo 2^32, in 16-bit limbs.
 *
 * One of b, i is zero: register forms have i = 0, addi reads x0. r is range-checked, so each carry
 * is determined, and needs no column. */
AIR_FN void alu_constraints(air_cx *cx)
{
    ALU_COLUMNS(AIR_MAIN)
    const fe one = fe_const(1), inv = fe_const(AIR_INV_2_16);
    const fe b_lo = fe_add(blo, ilo), b_hi = fe_add(bhi, ihi);
    /* carries, were the operation an addition; borrows, were it a subtraction */
    const fe k = fe_mul(inv, fe_sub(fe_add(alo, b_lo), rlo));
    const fe h = fe_mul(inv, fe_sub(fe_add(fe_add(ahi, b_hi), k), rhi));
    const fe k_sub = fe_mul(inv, fe_sub(fe_sub(alo, b_lo), rlo));
    const fe h_sub = fe_mul(inv, fe_sub(fe_add(fe_sub(ahi, b_hi), k_sub), rhi));

    AIR_ENABLE(e);
    AIR_IDLE(e, d1);
    AIR_IDLE(e, d2);
    AIR_IDLE(e, d3);
    AIR_KEEP(e, rlo, plo);
    AIR_KEEP(e, rhi, phi);
    AIR_ZERO(fe_mul(fe_sub(one, s), air_01(k)), "add: rlo is neither the low sum nor 2^16 less");
    AIR_ZERO(fe_mul(fe_sub(one, s), air_01(h)), "add: rhi is neither the high sum nor 2^16 less");
    AIR_ZERO(fe_mul(s, air_m01(k_sub)), "sub: rlo is neither the low difference nor 2^16 more");
    AIR_ZERO(fe_mul(s, air_m01(h_sub)), "sub: rhi is neither the high difference nor 2^16 more");
    AIR_MERGE2(d1_d2, 16, d1, 16, d2, alu_mg0);
    AIR_MERGE2(d3_rlo, 16, d3, 16, rlo, alu_mg1);

    AIR_READ(rs1, ts, d1, e, alo, ahi);
    AIR_READ(rs2, fe_add(ts, one), d2, e, blo, bhi);
    AIR_ACCESS(rd, fe_add(ts, fe_const(2)), d3, e, plo, phi, rlo, rhi);
    AIR_STATE(e, ts, pc, fe_add(pc, e));
    AIR_PAIRS_END();

    AIR_RANGE(d1_d2);
    AIR_RANGE(d3_rlo);
    AIR_RC(16, rhi);
    AIR_FETCH(e, 1, s, pc, rd, rs1, rs2, ilo, ihi);
    AIR_LOOKUPS_END();
}
