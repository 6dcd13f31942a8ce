/* logup.air.h - the lookup argument (docs/protocol.md 6): denominators, merged range checks, and
 * how fractions share sum columns.
 *
 * Tuple t of relation id has the denominator z - id alpha^11 - sum_i alpha^i t_i; a tuple shorter
 * than the table's is padded by zeros. An evaluator adds to product.air.h: cx->sum (air_open_sum,
 * zeroed), air_z(cx), ef_sub_fe, ef_mul_fixed (ef_mul of what is the same on all rows), and
 * air_sum_column(cx, k, s, last): column k adds the one or two fractions of s to the column before
 * it. */

AIR_FN void air_sum_column(air_cx *cx, unsigned k, const air_open_sum *s, bool last);

/* num * x, x - num */
AIR_FN ef air_num_mul(const air_num *num, ef x)
{
    return num->kind == AIR_NUM_ONE  ? x
           : num->kind == AIR_NUM_FE ? ef_mul_fe(x, num->f)
                                     : ef_mul(x, num->e);
}
AIR_FN ef air_num_from(ef x, const air_num *num)
{
    return num->kind == AIR_NUM_EF ? ef_sub(x, num->e) : ef_sub_fe(x, num->f);
}

AIR_FN void air_close_sum(air_cx *cx, bool last)
{
    const air_open_sum s = cx->sum;
    air_sum_column(cx, s.k, &s, last);
    cx->sum.k++;
    cx->sum.n_open = 0;
}
AIR_FN void air_fraction(air_cx *cx, air_num num, ef den)
{
    if (cx->sum.n_open == 2) air_close_sum(cx, false);
    cx->sum.num[cx->sum.n_open] = num;
    cx->sum.den[cx->sum.n_open] = den;
    cx->sum.n_open++;
}
AIR_FN air_num air_num_times(air_times n, ef unused)
{
    air_num num;
    num.kind = n.one ? AIR_NUM_ONE : AIR_NUM_FE;
    num.f = n.f;
    num.e = unused;
    return num;
}

/* z - id alpha^11 */
AIR_FN ef air_relation_z(air_cx *cx, unsigned id)
{
    return ef_sub(air_z(cx), ef_mul_fe(air_alpha(cx, 11), fe_const(id)));
}
/* The same less alpha k: a range check of v to k bits has the denominator z_k - v. */
AIR_FN ef air_range_z(air_cx *cx, unsigned k)
{
    return ef_sub(air_relation_z(cx, AIR_REL_RC), ef_mul_fe(air_alpha(cx, 1), fe_const(k)));
}
/* t[0] + alpha t[1] + ... + alpha^(len-1) t[len-1], taken from z - id alpha^11 */
AIR_FN void air_lookup(air_cx *cx, air_times n, unsigned id, const fe *t, unsigned len)
{
    const ef den = ef_sub_fe(ef_sub(air_relation_z(cx, id), air_dot(cx, 1, t + 1, len - 1)), t[0]);
    air_note_lookup(cx, id, n, t, len);
    air_fraction(cx, air_num_times(n, den), den);
}
AIR_FN void air_rc(air_cx *cx, air_times n, fe k, fe v)
{
    const fe t[2] = {v, k};
    air_lookup(cx, n, AIR_REL_RC, t, 2);
}
AIR_FN void air_bytes(air_cx *cx, air_times n, const fe t[4])
{
    air_lookup(cx, n, AIR_REL_BIT, t, 4);
}
AIR_FN void air_rom(air_cx *cx, air_times n, const fe *t, unsigned len)
{
    air_lookup(cx, n, AIR_REL_ROM, t, len);
}
/* Two checks x, y:  (za - x)(zb - y) = za zb - za y - zb x + c and the numerator za + zb - x - y.
 * Three with one k: z^3 - z^2 (x + y + w) + z c - d and its derivative 3 z^2 - 2 z (x + y + w) + c.
 * Both are linear in the row's columns. */
AIR_FN void air_range(air_cx *cx, const air_merged *m)
{
    const ef za = air_range_z(cx, m->k[0]), zb = air_range_z(cx, m->k[1]);
    const ef zz = ef_mul_fixed(za, zb);
    const fe s = fe_add(m->v[0], m->v[1]);
    air_num num;
    ef den;
    num.kind = AIR_NUM_EF;
    num.f = s;
    if (m->n == 2) {
        num.e = ef_sub_fe(ef_add(za, zb), s);
        den =
            ef_sub(zz, m->k[0] == m->k[1] ? ef_mul_fe(za, s)
                                          : ef_add(ef_mul_fe(za, m->v[1]), ef_mul_fe(zb, m->v[0])));
        den = ef_add_fe(den, m->c);
    } else {
        const fe t = fe_add(s, m->v[2]);
        const ef zt = ef_mul_fe(za, t);
        num.e = ef_add_fe(ef_sub(ef_mul_fe(zz, fe_const(3)), ef_add(zt, zt)), m->c);
        den = ef_add(ef_sub(ef_mul_fixed(zz, za), ef_mul_fe(zz, t)), ef_mul_fe(za, m->c));
        den = ef_sub_fe(den, m->d);
    }
    for (unsigned i = 0; i < m->n; i++) {
        const fe t[2] = {m->v[i], fe_const(m->k[i])};
        air_note_lookup(cx, AIR_REL_RC, air_once(), t, 2);
        (void)t;
    }
    air_fraction(cx, num, den);
}
