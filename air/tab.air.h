/* tab.air.h - TABLES: the range table (k, v), v < 2^k, k <= 16, and the byte table (op, a, b, r),
 * side by side; each row taken back as often as its multiplicity says. Preprocessed. */
AIR_FN void tab_constraints(air_cx *cx)
{
    TAB_COLUMNS(AIR_MAIN)
    TAB_PRE_COLUMNS(AIR_PRE)
    const fe zero = fe_const(0);
    const fe t[4] = {bop, ba, bb, br};
    air_rc(cx, air_times_of(fe_sub(zero, mrc)), rk, rv);
    air_bytes(cx, air_times_of(fe_sub(zero, mbit)), t);
    AIR_LOOKUPS_END();
}
