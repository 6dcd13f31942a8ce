/* bit.air.h - and, or, xor and their immediate forms, byte by byte through the byte table.
 *
 * The table is asked about b + i, one of which is zero: immediate forms read x0, whose value 0 =
 * b0 + 256 b1 with both b0 + i0 and b1 + i1 bytes forces b0 = b1 = 0. Bytes 2 and 3 of a
 * sign-extended immediate are equal. */
AIR_FN void bit_constraints(air_cx *cx)
{
    BIT_COLUMNS(AIR_MAIN)
    const fe one = fe_const(1);
    const fe r_lo = air_join(r0, r1, 8), r_hi = air_join(r2, r3, 8);

    AIR_ENABLE(e);
    AIR_IDLE(e, d1);
    AIR_IDLE(e, d2);
    AIR_IDLE(e, d3);
    AIR_KEEP(e, r_lo, plo);
    AIR_KEEP(e, r_hi, phi);
    AIR_MERGE3(d1_d2_d3, 16, d1, d2, d3, bit_mg0, bit_mg1);

    AIR_READ(rs1, ts, d1, e, air_join(a0, a1, 8), air_join(a2, a3, 8));
    AIR_READ(rs2, fe_add(ts, one), d2, e, air_join(b0, b1, 8), air_join(b2, b3, 8));
    AIR_ACCESS(rd, fe_add(ts, fe_const(2)), d3, e, plo, phi, r_lo, r_hi);
    AIR_STATE(e, ts, pc, fe_add(pc, e));
    AIR_PAIRS_END();

    AIR_RANGE(d1_d2_d3);
    AIR_BYTES(op, a0, fe_add(b0, i0), r0);
    AIR_BYTES(op, a1, fe_add(b1, i1), r1);
    AIR_BYTES(op, a2, fe_add(b2, i2), r2);
    AIR_BYTES(op, a3, fe_add(b3, i2), r3);
    AIR_FETCH(e, 3, op, pc, rd, rs1, rs2, i0, i1, i2);
    AIR_LOOKUPS_END();
}
