/* jalr.air.h - jalr: jumps to (a + imm) with bit 0 cleared; bit 1 must be 0.
 *
 * a + imm = b0 + 4 q + 2^16 (ahi + k) with q < 2^14: there is no bit 1 to hold, so a target that is
 * not a multiple of 4 cannot be proved. imm is signed, so k is -1, 0 or 1. The next fetch bounds
 * the target: only instructions of the program have rows. The link value comes from the program
 * table. */
AIR_FN void jalr_constraints(air_cx *cx)
{
    JALR_COLUMNS(AIR_MAIN)
    const fe low = fe_sub(fe_sub(fe_add(alo, imm), fe_mul(fe_const(4), q)), b0);
    const fe k = fe_mul(fe_const(AIR_INV_2_16), low);
    const fe pcn = air_join(q, fe_add(ahi, k), 14);

    AIR_ENABLE(e);
    AIR_IDLE(e, d1);
    AIR_IDLE(e, d3);
    AIR_KEEP(e, llo, plo);
    AIR_KEEP(e, lhi, phi);
    AIR_KEEP(e, pcn, pc);
    AIR_ZERO(air_m011(k), "4 q + b0 differs from alo + imm by more than a carry");
    AIR_BIT(b0);

    AIR_READ(rs1, ts, d1, e, alo, ahi);
    AIR_ACCESS(rd, fe_add(ts, fe_const(2)), d3, e, plo, phi, llo, lhi);
    AIR_STATE(e, ts, pc, pcn);
    AIR_PAIRS_END();

    AIR_RC(16, d1);
    AIR_RC(16, d3);
    AIR_RC(14, q);
    AIR_FETCH(e, 5, pc, rd, rs1, imm, llo, lhi);
    AIR_LOOKUPS_END();
}
