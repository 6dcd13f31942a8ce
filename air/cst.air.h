/* cst.air.h - lui, auipc, jal, fence, advice: a register gets a value known from the program, or
 * (advice, f = 1) any 32-bit value of the prover's choice. */
AIR_FN void cst_constraints(air_cx *cx)
{
    CST_COLUMNS(AIR_MAIN)
    const fe fixed = fe_sub(fe_const(1), f);

    AIR_ENABLE(e);
    AIR_IDLE(e, d3);
    AIR_KEEP(e, vlo, plo);
    AIR_KEEP(e, vhi, phi);
    AIR_KEEP(e, pcn, pc);
    AIR_ZERO(fe_mul(fixed, fe_sub(vlo, clo)), "vlo is not the constant");
    AIR_ZERO(fe_mul(fixed, fe_sub(vhi, chi)), "vhi is not the constant");
    AIR_MERGE3(d3_vlo_vhi, 16, d3, vlo, vhi, cst_mg0, cst_mg1);

    AIR_ACCESS(rd, fe_add(ts, fe_const(2)), d3, e, plo, phi, vlo, vhi);
    AIR_STATE(e, ts, pc, pcn);
    AIR_PAIRS_END();

    AIR_RANGE(d3_vlo_vhi);
    AIR_FETCH(e, 6, f, pc, rd, clo, chi, pcn);
    AIR_LOOKUPS_END();
}
