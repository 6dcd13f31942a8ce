/* cmp.air.h - slt, sltu, slti, sltiu and the six branches: x = outcome, pcn = x ? pcT : pcF.
 *
 * B = b + i. With u = 1 both high limbs get 2^15 added and lose bit 16 (ca, cb): this maps signed
 * order to unsigned order. D0, D1 are the limbs of the difference, k and lt their borrows; all four
 * of A, B, D0, D1 are range-checked, which determines ca, cb, k and lt. D0 + D1 < 2^17 is zero only
 * if the operands are equal. Branches write x to the sink; set instructions have pcT = pcF. */
AIR_FN void cmp_constraints(air_cx *cx)
{
    CMP_COLUMNS(AIR_MAIN)
    const fe zero = fe_const(0), one = fe_const(1), limb = fe_const(1u << 16);
    const fe flip = fe_mul(fe_const(1u << 15), u);
    const fe A = fe_sub(fe_add(ahi, flip), fe_mul(limb, ca));
    const fe B = fe_sub(fe_add(fe_add(bhi, ihi), flip), fe_mul(limb, cb));
    const fe D0 = fe_add(fe_sub(alo, fe_add(blo, ilo)), fe_mul(limb, k));
    const fe D1 = fe_add(fe_sub(fe_sub(A, B), k), fe_mul(limb, lt));
    const fe q = fe_add(D0, D1);

    AIR_ENABLE(e);
    AIR_IDLE(e, d1);
    AIR_IDLE(e, d2);
    AIR_IDLE(e, d3);
    AIR_KEEP(e, x, plo);
    AIR_KEEP(e, zero, phi);
    AIR_KEEP(e, pcn, pc);
    AIR_BIT(ca);
    AIR_BIT(cb);
    AIR_BIT(k);
    AIR_BIT(lt);
    AIR_EQ(x, fe_add(lt, fe_mul(f, fe_sub(fe_mul(q, w), lt))),
           "x is not lt (f = 0), not (D0 + D1) w (f = 1)");
    AIR_ZERO(fe_mul(fe_mul(f, q), fe_sub(one, x)), "x is 0 though the operands differ (f = 1)");
    AIR_EQ(pcn, air_select(x, pcF, pcT), "the next pc is not the one that x selects");
    AIR_MERGE3(d1_d2_d3, 16, d1, d2, d3, cmp_mg0, cmp_mg1);
    AIR_MERGE2(A_B, 16, A, 16, B, cmp_mg2);
    AIR_MERGE2(D0_D1, 16, D0, 16, D1, cmp_mg3);

    AIR_READ(rs1, ts, d1, e, alo, ahi);
    AIR_READ(rs2, fe_add(ts, one), d2, e, blo, bhi);
    AIR_ACCESS(rd, fe_add(ts, fe_const(2)), d3, e, plo, phi, x, zero);
    AIR_STATE(e, ts, pc, pcn);
    AIR_PAIRS_END();

    AIR_RANGE(d1_d2_d3);
    AIR_RANGE(A_B);
    AIR_RANGE(D0_D1);
    AIR_FETCH(e, 2, u, f, pc, rd, rs1, rs2, ilo, ihi, pcT, pcF);
    AIR_LOOKUPS_END();
}
