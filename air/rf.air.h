/* rf.air.h - REFRESH: an idle cell is read and written back, so that the next access has a gap
 * below 2^16; also brings a public cell to the time at which the verifier reads it.
 *
 * The new time is below 2^29. With gaps below 2^30 + 2^16 no chain of accesses can run backwards
 * through the modulus (docs/air.md, "Time"). */
AIR_FN void rf_constraints(air_cx *cx)
{
    RF_COLUMNS(AIR_MAIN)
    AIR_ENABLE(e);
    AIR_IDLE(e, dl);
    AIR_IDLE(e, dh);
    AIR_MERGE2(tl_th, 14, tl, 15, th, rf_mg0);
    AIR_MERGE2(dl_dh, 16, dl, 16, dh, rf_mg1);

    AIR_READ(addr, air_join(tl, th, 14), air_join(dl, dh, 14), e, vlo, vhi);
    AIR_PAIRS_END();

    AIR_RANGE(tl_th);
    AIR_RANGE(dl_dh);
    AIR_LOOKUPS_END();
}
