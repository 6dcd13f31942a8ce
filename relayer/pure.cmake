# What the relayer decides, without sockets, database or clock: plain values in, plain values out.
if(TARGET sp_market)
  add_library(sp_relayer_pure STATIC cursor.c estimate.c fixed.c hist.c limit.c patience.c recent.c reputation.c score.c state.c tally.c)
  target_link_libraries(sp_relayer_pure PUBLIC sp_market sp_core PRIVATE OpenSSL::Crypto)
endif()
