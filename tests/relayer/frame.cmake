# The frame of the relayer: database, writing thread, guard, settings, keys, log, and the process.
if(NOT TARGET sp_relayer)
  return()
endif()
find_package(Python3 COMPONENTS Interpreter)

sp_test(relayer_db_tests LABELS unit relayer SOURCES db.c place.c standing_sum.c LIBS sp_relayer)
if(SP_PC_LIBPQ_FOUND)
  add_test(NAME relayer_db_postgres COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/postgres.sh
    $<TARGET_FILE:relayer_db_tests>)
  set_tests_properties(relayer_db_postgres PROPERTIES SKIP_RETURN_CODE 77 LABELS "unit;relayer")
endif()

sp_test(relayer_frame_tests LABELS unit relayer SOURCES challenge.c guard.c hook.c http.c keys.c
  log.c place.c programs.c queue.c quote.c settings.c LIBS sp_relayer)
target_compile_definitions(relayer_frame_tests PRIVATE _DEFAULT_SOURCE)

sp_test(relayer_core_tests LABELS unit relayer SOURCES core.c disk.c place.c LIBS sp_relayer)
target_compile_definitions(relayer_core_tests PRIVATE _GNU_SOURCE)
set_target_properties(relayer_core_tests PROPERTIES ENABLE_EXPORTS ON) # disk.c, seen by libraries
if(SP_PC_LIBPQ_FOUND)
  add_test(NAME relayer_core_postgres COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/postgres.sh
    $<TARGET_FILE:relayer_core_tests>)
  set_tests_properties(relayer_core_postgres PROPERTIES SKIP_RETURN_CODE 77 LABELS "unit;relayer")
endif()

sp_test(relayer_backup_tests LABELS unit relayer SOURCES backup.c disk.c place.c LIBS sp_relayer)
target_compile_definitions(relayer_backup_tests PRIVATE _GNU_SOURCE)
set_target_properties(relayer_backup_tests PROPERTIES ENABLE_EXPORTS ON)

# Whole processes, over sockets.
if(Python3_FOUND AND TARGET sprove-relayer AND TARGET sprove-worker)
  foreach(name http ws process limits)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/test_${name}.py)
      add_test(NAME relayer_${name} COMMAND ${Python3_EXECUTABLE}
        ${CMAKE_CURRENT_SOURCE_DIR}/test_${name}.py)
      set_tests_properties(relayer_${name} PROPERTIES LABELS relayer ENVIRONMENT
        "PYTHONDONTWRITEBYTECODE=1;SPROVE_RELAYER=$<TARGET_FILE:sprove-relayer>;SPROVE_WORKER=$<TARGET_FILE:sprove-worker>")
      if(SP_SANITIZE)
        set_property(TEST relayer_${name} APPEND PROPERTY ENVIRONMENT
          "SPROVE_SLOW=4;SPROVE_SANITIZED=${SP_SANITIZE}")
      endif()
    endif()
  endforeach()
endif()
