/* inf.air.h - INITFIN: a RAM word above the image starts as 0 at time 0 and ends as (tf, lo, hi).
 *
 * Addresses strictly increase from row to row, the first one from the end of the image, so that no
 * word starts twice. There are no padding rows: a word that nobody touched cancels itself. The
 * final tuple needs no range checks: it must have been written by somebody. */
AIR_FN void inf_constraints(air_cx *cx)
{
    INF_COLUMNS(AIR_MAIN)
    const fe zero = fe_const(0);
    const fe word = air_join(wl, wh, 14);
    const fe word_before = air_join(air_before(cx, infb_wl), air_before(cx, infb_wh), 14);
    const fe step = fe_add(air_join(gl, gh, 14), fe_const(1));
    const fe ram = fe_const(MACHINE_RAM);
    /* On row 0 the cyclic predecessor, the last row, gives way to the end of the image. */
    const fe from =
        fe_add(fe_add(ram, word_before),
               fe_mul(air_is_first(cx), fe_sub(air_image_end(cx), fe_add(ram, word_before))));
    air_cell r, w;
    r.addr = w.addr = fe_add(ram, word);
    r.ts = tf;
    r.lo = lo;
    r.hi = hi;
    w.ts = w.lo = w.hi = zero;

    AIR_EQ(r.addr, fe_add(from, step), "the address is not the one before plus 1 + gl + 2^14 gh");
    AIR_MERGE2(wl_wh, 14, wl, 14, wh, inf_mg0);
    AIR_MERGE2(gl_gh, 14, gl, 14, gh, inf_mg1);

    air_cells(cx, r, w);
    AIR_PAIRS_END();

    AIR_RANGE(wl_wh);
    AIR_RANGE(gl_gh);
    AIR_LOOKUPS_END();
}
