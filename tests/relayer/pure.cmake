# The decisions of the relayer, one module at a time.
if(TARGET sp_relayer_pure)
  sp_test(relayer_pure_tests LABELS unit relayer SOURCES state.c LIBS sp_relayer_pure)
endif()
