/* rom.air.h - ROM: the rows of the program (and of the shift amounts) that a chip may fetch, each
 * taken back as often as `mult` says. The fields are preprocessed. */
AIR_FN void rom_constraints(air_cx *cx)
{
    ROM_COLUMNS(AIR_MAIN)
    ROM_PRE_COLUMNS(AIR_PRE)
    const fe t[AIR_ROM_FIELDS] = {f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10};
    air_rom(cx, air_times_of(fe_sub(fe_const(0), mult)), t, AIR_ROM_FIELDS);
    AIR_LOOKUPS_END();
}
