# Work in children: requests and results as bytes, jobs and proofs, servers.
if(TARGET sp_work)
  sp_test(work_tests LABELS e2e relayer SOURCES worked.c work_run.c work_server.c ../vm/guest.c ../vm/record.c
    LIBS sp_work sprove_api sp_jobs sp_vm OpenSSL::Crypto)
  target_compile_definitions(work_tests PRIVATE _GNU_SOURCE
    SP_TEST_WORKER="$<TARGET_FILE:sprove-worker>")
  add_dependencies(work_tests sprove-worker)
  set_tests_properties(work_tests PROPERTIES TIMEOUT 1200)
endif()
