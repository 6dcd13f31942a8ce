/* img.air.h - IMAGE: a register or a word of the program's image starts with its preprocessed value
 * at time 0 and ends as (tf, lo, hi). The rows are fixed by the program; none is padding. */
AIR_FN void img_constraints(air_cx *cx)
{
    IMG_COLUMNS(AIR_MAIN)
    air_cell r, w;
    r.addr = w.addr = air_pre(cx, imgp_addr);
    r.ts = tf;
    r.lo = lo;
    r.hi = hi;
    w.ts = fe_const(0);
    w.lo = air_pre(cx, imgp_lo);
    w.hi = air_pre(cx, imgp_hi);
    air_cells(cx, r, w);
    AIR_PAIRS_END();
}
