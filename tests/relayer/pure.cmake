# The decisions of the relayer, one module at a time.
if(TARGET sp_relayer_pure)
  sp_test(relayer_pure_tests LABELS unit relayer SOURCES cursor.c estimate.c fixed.c limit.c
    hist.c patience.c reputation.c score.c state.c tally.c
    LIBS sp_relayer_pure OpenSSL::Crypto)
  find_package(Python3 COMPONENTS Interpreter)
  if(Python3_FOUND)
    add_test(NAME relayer_vectors
      COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/vectors.py)
    set_tests_properties(relayer_vectors PROPERTIES LABELS "unit;relayer"
      ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
  endif()
endif()
