/* ls.air.h - lb, lh, lw, lbu, lhu, sb, sh, sw.
 *
 * The address a + imm = o0 + 2 o1 + 4 q + 2^16 (ahi + k), q < 2^14; k is -1, 0 or 1, as imm is
 * signed. RAM word q + 2^14 (ahi + k) holds m before, n after. Register rx is accessed once: a load
 * writes y over its old value s, a store reads s and writes it back (y = s). One of lb lh lw sb sh
 * is set, or none on a row e = 1: then it is sw. h0 + 256 h1 is the half word of m that o1 selects;
 * x is 256 times the byte (lb), the half word (lh), or the half word to be stored (sb, sh). */
AIR_FN void ls_constraints(air_cx *cx)
{
    LS_COLUMNS(AIR_MAIN)
    const fe one = fe_const(1), c256 = fe_const(256), limb = fe_const(1u << 16);
    const fe ld = fe_add(fe_add(lb, lh), lw), bh = fe_add(sb, sh);
    const fe sw = fe_sub(fe_sub(e, ld), bh);
    const fe s = air_join(s0, s1, 8), h = air_join(h0, h1, 8);
    const fe off = air_join(o0, o1, 1);
    const fe low = fe_sub(fe_sub(fe_add(alo, imm), fe_mul(fe_const(4), q)), off);
    const fe k = fe_mul(fe_const(AIR_INV_2_16), low);
    const fe addr = fe_add(fe_const(MACHINE_RAM), air_join(q, fe_add(ahi, k), 14));
    /* sb: the half word with byte o0 replaced by s0 */
    const fe sb_half = fe_add(
        air_join(s0, h1, 8), fe_mul(o0, fe_sub(fe_add(h0, fe_mul(c256, s0)), air_join(s0, h1, 8))));
    const fe sign = fe_sub(fe_add(x, fe_mul(fe_const(1u << 15), fs)), fe_mul(limb, sg));
    const fe lb_lo = fe_add(fe_mul(fe_const(AIR_INV_2_8), x), fe_mul(fe_const(65280), sg));
    const fe st = fe_add(sw, bh);

    AIR_ENABLE(e);
    AIR_IDLE(e, d1);
    AIR_IDLE(e, d3);
    AIR_IDLE(e, dml);
    AIR_IDLE(e, dmh);
    AIR_KEEP(e, ylo, s);
    AIR_KEEP(e, yhi, phi);
    AIR_KEEP(e, nlo, mlo);
    AIR_KEEP(e, nhi, mhi);
    AIR_ZERO(air_m011(k), "the address differs from alo + imm by more than a carry");
    AIR_BIT(o0);
    AIR_BIT(o1);
    AIR_ZERO(fe_mul(fe_sub(fe_sub(one, lb), sb), o0), "a half word or word at an odd address");
    AIR_ZERO(fe_mul(fe_add(lw, sw), o1), "a word at an address that is no multiple of 4");
    AIR_EQ(h, air_select(o1, mlo, mhi), "h0, h1 are not the half word addressed");
    AIR_BIT(sg);
    AIR_EQ(x,
           fe_add(fe_add(fe_mul(fe_mul(lb, c256), air_select(o0, h0, h1)), fe_mul(lh, h)),
                  fe_add(fe_mul(sb, sb_half), fe_mul(sh, s))),
           "x is not the part loaded or stored");
    AIR_EQ(ylo,
           fe_add(fe_add(fe_mul(lw, mlo), fe_mul(lb, lb_lo)), fe_add(fe_mul(lh, x), fe_mul(st, s))),
           "ylo is not the low limb loaded (load), is not kept (store)");
    AIR_EQ(yhi, fe_add(fe_add(fe_mul(lw, mhi), fe_mul(fe_const(65535), sg)), fe_mul(st, phi)),
           "yhi is not the high limb loaded (load), is not kept (store)");
    AIR_EQ(nlo, fe_add(fe_add(fe_mul(sw, s), fe_mul(bh, air_select(o1, x, mlo))), fe_mul(ld, mlo)),
           "nlo is not the low limb stored (store), is not kept (load)");
    AIR_EQ(nhi,
           fe_add(fe_add(fe_mul(sw, phi), fe_mul(bh, air_select(o1, mhi, x))), fe_mul(ld, mhi)),
           "nhi is not the high limb stored (store), is not kept (load)");
    AIR_MERGE2(d1_d3, 16, d1, 16, d3, ls_mg0);
    AIR_MERGE2(dml_dmh, 16, dml, 16, dmh, ls_mg1);
    AIR_MERGE2(sign_q, 16, sign, 14, q, ls_mg2);

    AIR_READ(rs1, ts, d1, e, alo, ahi);
    AIR_ACCESS(rx, fe_add(ts, fe_const(2)), d3, e, s, phi, ylo, yhi);
    AIR_ACCESS(addr, fe_add(ts, fe_const(3)), air_join(dml, dmh, 14), e, mlo, mhi, nlo, nhi);
    AIR_STATE(e, ts, pc, fe_add(pc, e));
    AIR_PAIRS_END();

    AIR_RANGE(d1_d3);
    AIR_RANGE(dml_dmh);
    AIR_RANGE(sign_q);
    AIR_BYTES(fe_const(3), h0, h1, fe_const(0));
    AIR_BYTES(fe_const(3), s0, s1, fe_const(0));
    AIR_FETCH(e, 7, lb, lh, lw, sb, sh, fs, pc, rx, rs1, imm);
    AIR_LOOKUPS_END();
}
