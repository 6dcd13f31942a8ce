/* md.air.h - mul, mulh, mulhsu, mulhu, div, divu, rem, remu: one signed identity modulo 2^64,
 *
 *     mul (dv = 0): (g, u) = X Y with Y = a,        div (dv = 1): a = X Y + g,
 *
 * X = rs2 and Y as bytes, with signs sx, sy (worth -2^32 each), a with sign sa, the remainder g
 * with sign sr. Division: Y is the quotient, and u = |X| - |g| - 1 >= 0 bounds the remainder,
 * unless z = 1: then X = 0, the quotient is 2^32 - 1 and g = a. sy is free in a division: -2^31 /
 * -1 needs the quotient +2^31. k1..k4 are the carries between limbs. A remainder that is not 0 has
 * the sign of a; one that is 0 cannot have sr = 1 against sa = 0, as |g| = 2^32 then leaves u below
 * 0. */
AIR_FN void md_constraints(air_cx *cx)
{
    MD_COLUMNS(AIR_MAIN)
    const fe one = fe_const(1), limb = fe_const(1u << 16), two = fe_const(2), four = fe_const(4);
    const fe mu = fe_sub(one, dv), sgn = fe_sub(mu, dv); /* 1: mul, -1: div */
    const fe xlo = air_join(X0, X1, 8), xhi = air_join(X2, X3, 8);
    const fe ylo = air_join(Y0, Y1, 8), yhi = air_join(Y2, Y3, 8);
    /* Byte n of X Y before carries: c0 + 256 c1 and so on are below 2^27. */
    const fe c0 = fe_mul(X0, Y0);
    const fe c1 = fe_add(fe_mul(X0, Y1), fe_mul(X1, Y0));
    const fe c2 = fe_add(fe_add(fe_mul(X0, Y2), fe_mul(X1, Y1)), fe_mul(X2, Y0));
    const fe c3 =
        fe_add(fe_add(fe_mul(X0, Y3), fe_mul(X1, Y2)), fe_add(fe_mul(X2, Y1), fe_mul(X3, Y0)));
    const fe c4 = fe_add(fe_add(fe_mul(X1, Y3), fe_mul(X2, Y2)), fe_mul(X3, Y1));
    const fe c5 = fe_add(fe_mul(X2, Y3), fe_mul(X3, Y2));
    const fe c6 = fe_mul(X3, Y3);
    /* Limbs 2 and 3 of a (div): 65535 sa each; of the remainder: 65535 sr each. */
    const fe ext = fe_mul(fe_mul(fe_const(65535), dv), fe_sub(sa, sr));
    /* |X| and |g|: (1 - 2 s) (value - 2^32 s) */
    const fe px = fe_sub(one, fe_mul(two, sx)), pr = fe_sub(one, fe_mul(two, sr));
    const fe carry = fe_sub(fe_add(w, sx), sr);
    const fe bound_lo =
        fe_add(fe_sub(fe_sub(fe_mul(px, xlo), fe_mul(pr, g0)), one), fe_mul(limb, carry));
    const fe bound_hi = fe_add(
        fe_sub(fe_add(fe_mul(px, xhi), fe_mul(limb, sx)), fe_add(fe_mul(pr, g1), fe_mul(limb, sr))),
        fe_sub(fe_mul(limb, z), carry));
    const fe s_g = fe_sub(fe_sub(one, su), sq);
    const fe sign_a = fe_sub(fe_add(ahi, fe_mul(fe_const(1u << 15), fa)), fe_mul(limb, sa));
    const fe sign_x = fe_sub(fe_add(xhi, fe_mul(fe_const(1u << 15), fx)), fe_mul(limb, sx));

    AIR_ENABLE(e);
    AIR_IDLE(e, d1);
    AIR_IDLE(e, d2);
    AIR_IDLE(e, d3);
    AIR_KEEP(e, rlo, plo);
    AIR_KEEP(e, rhi, phi);
    AIR_EQ(fe_add(fe_add(fe_mul(sgn, g0), fe_mul(dv, alo)), fe_mul(limb, k1)), air_join(c0, c1, 8),
           "bits 0..15 of the identity");
    AIR_EQ(fe_add(fe_add(fe_mul(sgn, g1), fe_mul(dv, ahi)), fe_mul(limb, k2)),
           fe_add(air_join(c2, c3, 8), k1), "bits 16..31 of the identity");
    AIR_EQ(fe_add(fe_add(fe_add(fe_mul(mu, u0), ext), fe_mul(limb, k3)),
                  fe_add(fe_mul(sx, ylo), fe_mul(sy, xlo))),
           fe_add(air_join(c4, c5, 8), k2), "bits 32..47 of the identity");
    AIR_EQ(fe_add(fe_add(fe_add(fe_mul(mu, u1), ext), fe_mul(limb, k4)),
                  fe_add(fe_mul(sx, yhi), fe_mul(sy, xhi))),
           fe_add(c6, k3), "bits 48..63 of the identity");
    AIR_ZERO(fe_mul(mu, fe_sub(ylo, alo)), "mul: the low limb of Y is not that of rs1");
    AIR_ZERO(fe_mul(mu, fe_sub(yhi, ahi)), "mul: the high limb of Y is not that of rs1");
    AIR_ZERO(fe_mul(mu, fe_sub(sy, sa)), "mul: the sign of Y is not that of rs1");
    AIR_ZERO(fe_mul(mu, sr), "mul: a remainder's sign");
    AIR_ZERO(fe_mul(mu, z), "mul: marked as a division by zero");
    AIR_ZERO(fe_mul(mu, w), "mul: a carry of the remainder's bound");
    AIR_BIT(sa);
    AIR_BIT(sx);
    AIR_BIT(sy);
    AIR_BIT(sr);
    AIR_BIT(z);
    AIR_ZERO(fe_mul(air_01(w), fe_sub(w, two)), "w is none of 0, 1, 2");
    AIR_ZERO(fe_mul(fe_mul(dv, fe_sub(sa, sr)), fe_add(g0, g1)),
             "div: a remainder that is not 0 and has not the dividend's sign");
    AIR_ZERO(fe_mul(dv, fe_sub(u0, bound_lo)), "div: u0 is not the low limb of |X| - |g| - 1");
    AIR_ZERO(fe_mul(dv, fe_sub(u1, bound_hi)), "div: u1 is not the high limb of |X| - |g| - 1");
    AIR_ZERO(fe_mul(z, fe_add(xlo, xhi)), "marked as a division by zero, and X is not 0");
    AIR_ZERO(fe_mul(z, fe_sub(fe_add(fe_add(Y0, Y1), fe_add(Y2, Y3)), fe_const(1020))),
             "the quotient of a division by zero is not 2^32 - 1");
    AIR_ZERO(fe_mul(z, sy), "the quotient of a division by zero is negative");
    AIR_EQ(rlo, fe_add(fe_add(fe_mul(s_g, g0), fe_mul(su, u0)), fe_mul(sq, ylo)),
           "rlo is not the low limb of the part asked for");
    AIR_EQ(rhi, fe_add(fe_add(fe_mul(s_g, g1), fe_mul(su, u1)), fe_mul(sq, yhi)),
           "rhi is not the high limb of the part asked for");
    AIR_MERGE3(d1_d2_d3, 16, d1, d2, d3, md_mg0, md_mg1);
    AIR_MERGE3(g0_g1_u0, 16, g0, g1, u0, md_mg2, md_mg3);
    AIR_MERGE3(k1_k2_k3, 14, k1, k2, fe_add(k3, four), md_mg4, md_mg5);
    AIR_MERGE2(u1_sign_a, 16, u1, 16, sign_a, md_mg6);
    AIR_MERGE2(sign_x_k4, 16, sign_x, 14, fe_add(k4, four), md_mg7);

    AIR_READ(rs1, ts, d1, e, alo, ahi);
    AIR_READ(rs2, fe_add(ts, one), d2, e, xlo, xhi);
    AIR_ACCESS(rd, fe_add(ts, two), d3, e, plo, phi, rlo, rhi);
    AIR_STATE(e, ts, pc, fe_add(pc, e));
    AIR_PAIRS_END();

    AIR_RANGE(d1_d2_d3);
    AIR_RANGE(g0_g1_u0);
    AIR_RANGE(k1_k2_k3);
    AIR_RANGE(u1_sign_a);
    AIR_RANGE(sign_x_k4);
    AIR_BYTES(fe_const(3), X0, X1, fe_const(0));
    AIR_BYTES(fe_const(3), Y0, Y1, fe_const(0));
    AIR_BYTES(fe_const(3), X2, X3, fe_const(0));
    AIR_BYTES(fe_const(3), Y2, Y3, fe_const(0));
    AIR_FETCH(e, 8, dv, su, sq, fa, fx, pc, rd, rs1, rs2);
    AIR_LOOKUPS_END();
}
