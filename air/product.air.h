/* product.air.h - the memory and state argument (docs/protocol.md 6): fingerprints, and how pairs
 * share product columns.
 *
 * An evaluator adds to air.h: cx->pair (air_open_pair of air/open.air.h, zeroed), air_gamma,
 * air_alpha(cx, i), air_dot(cx, i, v, n) = sum_j alpha^(i+j) v[j], ef_add ef_sub ef_mul ef_mul_fe
 * ef_add_fe, and air_product_column(cx, k, r, w): column k multiplies the one before it by r / w.
 */

AIR_FN void air_product_column(air_cx *cx, unsigned k, ef r, ef w);

/* F(addr, ts, lo, hi) = gamma + addr + alpha ts + alpha^2 lo + alpha^3 hi */
AIR_FN ef air_cell_print(air_cx *cx, air_cell c)
{
    const fe v[3] = {c.ts, c.lo, c.hi};
    return ef_add_fe(ef_add(air_gamma(cx), air_dot(cx, 1, v, 3)), c.addr);
}
/* F_state(ts, pc) = gamma + alpha^4 + alpha ts + alpha^2 pc: no memory tuple has this form, so no
 * access can move the clock or the pc. */
AIR_FN ef air_state_print(air_cx *cx, fe ts, fe pc)
{
    const fe v[2] = {ts, pc};
    return ef_add(ef_add(air_gamma(cx), air_alpha(cx, 4)), air_dot(cx, 1, v, 2));
}
AIR_FN void air_pair(air_cx *cx, ef r, ef w)
{
    if (cx->pair.n_open == 2) {
        air_product_column(cx, cx->pair.k++, cx->pair.r, cx->pair.w);
        cx->pair.n_open = 0;
    }
    cx->pair.r = cx->pair.n_open ? ef_mul(cx->pair.r, r) : r;
    cx->pair.w = cx->pair.n_open ? ef_mul(cx->pair.w, w) : w;
    cx->pair.n_open++;
}
AIR_FN void air_cells(air_cx *cx, air_cell r, air_cell w)
{
    const ef fr = air_cell_print(cx, r), fw = air_cell_print(cx, w);
    air_note_cells(cx, r, w);
    air_pair(cx, fr, fw);
}
AIR_FN void air_states(air_cx *cx, fe ts, fe pc, fe ts_new, fe pc_new)
{
    const ef fr = air_state_print(cx, ts, pc), fw = air_state_print(cx, ts_new, pc_new);
    air_note_states(cx, ts, pc, ts_new, pc_new);
    air_pair(cx, fr, fw);
}
