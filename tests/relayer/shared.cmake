# Several relayers on one PostgreSQL.
find_package(Python3 COMPONENTS Interpreter)
if(TARGET sprove-relayer AND TARGET sprove AND Python3_FOUND AND SP_PC_LIBPQ_FOUND)
  add_test(NAME relayer_shared_process COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/postgres.sh ${Python3_EXECUTABLE}
    ${CMAKE_CURRENT_SOURCE_DIR}/test_shared.py $<TARGET_FILE:sprove-relayer> $<TARGET_FILE:sprove>)
  set_tests_properties(relayer_shared_process PROPERTIES LABELS relayer TIMEOUT 600 SKIP_RETURN_CODE 77
    ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
  add_test(NAME relayer_escrow_shared_process COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/postgres.sh ${Python3_EXECUTABLE}
    ${CMAKE_CURRENT_SOURCE_DIR}/test_escrow_payee.py $<TARGET_FILE:sprove-relayer> $<TARGET_FILE:sprove> test_tier)
  set_tests_properties(relayer_escrow_shared_process PROPERTIES LABELS relayer TIMEOUT 300 SKIP_RETURN_CODE 77
    ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
  add_test(NAME relayer_rows_shared_process COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/postgres.sh ${Python3_EXECUTABLE}
    ${CMAKE_CURRENT_SOURCE_DIR}/test_rows_shared.py $<TARGET_FILE:sprove-relayer> $<TARGET_FILE:sprove>)
  set_tests_properties(relayer_rows_shared_process PROPERTIES LABELS relayer TIMEOUT 300 SKIP_RETURN_CODE 77
    ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
endif()
