# The sandbox, as whoever runs the tests, and as nobody where that is root.
if(TARGET sp_sandbox)
  find_package(Threads REQUIRED)
  sp_test(sandbox_tests LABELS unit relayer SOURCES sandbox.c sandbox_attacks.c
    sandboxed.c LIBS sp_sandbox Threads::Threads)
  target_compile_definitions(sandbox_tests PRIVATE _GNU_SOURCE)
  find_program(SP_SETPRIV setpriv)
  if(SP_SETPRIV)
    add_test(NAME sandbox_unprivileged COMMAND sh -c
      "if [ $(id -u) != 0 ]; then echo '  skipped: not root'; exit 77; fi; cp $0 /tmp/sandbox_tests.$$ && chmod 755 /tmp/sandbox_tests.$$ && ${SP_SETPRIV} --reuid 65533 --regid 65533 --clear-groups /tmp/sandbox_tests.$$; rc=$?; rm -f /tmp/sandbox_tests.$$; exit $rc"
      $<TARGET_FILE:sandbox_tests>)
    set_tests_properties(sandbox_unprivileged PROPERTIES SKIP_RETURN_CODE 77
      LABELS "unit;relayer")
  endif()
endif()
