# What makes services of the programs: units, example settings, alerts, documents. A unit names the programs where this
# installation puts them, so it is written when the prefix is known.
include(GNUInstallDirs)
set(SP_UNIT_DIR lib/systemd/system CACHE STRING "where units are installed, under the prefix")
foreach(program relayer node)
  if(NOT TARGET sprove-${program})
    continue()
  endif()
  install(CODE "
    set(SP_BIN \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
    set(SP_DOC \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DOCDIR}\")
    set(SP_UNIT \"\${CMAKE_INSTALL_PREFIX}/${SP_UNIT_DIR}/sprove-${program}.service\")
    configure_file(\"${CMAKE_CURRENT_LIST_DIR}/systemd/sprove-${program}.service.in\" \"\$ENV{DESTDIR}\${SP_UNIT}\" @ONLY)
    message(STATUS \"Installing: \$ENV{DESTDIR}\${SP_UNIT}\")
    list(APPEND CMAKE_INSTALL_MANIFEST_FILES \"\${SP_UNIT}\")" COMPONENT ${program})
endforeach()
if(TARGET sprove-relayer)
  install(FILES ${CMAKE_SOURCE_DIR}/docs/man/sprove-relayer.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT relayer)
  # The page of the settings is the table of docs/operations.md.
  install(CODE "
    set(SP_PAGE \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_MANDIR}/man5/sprove-relayer.ini.5\")
    file(MAKE_DIRECTORY \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_MANDIR}/man5\")
    execute_process(COMMAND awk -f \"${CMAKE_CURRENT_LIST_DIR}/settings_man.awk\" \"${CMAKE_SOURCE_DIR}/docs/operations.md\"
      OUTPUT_FILE \"\$ENV{DESTDIR}\${SP_PAGE}\" RESULT_VARIABLE failed)
    if(failed)
      message(FATAL_ERROR \"sprove-relayer.ini.5 was not made: \${failed}\")
    endif()
    message(STATUS \"Installing: \$ENV{DESTDIR}\${SP_PAGE}\")
    list(APPEND CMAKE_INSTALL_MANIFEST_FILES \"\${SP_PAGE}\")" COMPONENT relayer)
  install(FILES ${CMAKE_CURRENT_LIST_DIR}/relayer.ini
    ${CMAKE_CURRENT_LIST_DIR}/prometheus/alerts.yml ${CMAKE_CURRENT_LIST_DIR}/prometheus/grafana.json
    DESTINATION ${CMAKE_INSTALL_DATADIR}/sprove COMPONENT relayer)
endif()
if(TARGET sprove-node)
  install(FILES ${CMAKE_SOURCE_DIR}/docs/man/sprove-node.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT node)
  install(FILES ${CMAKE_CURRENT_LIST_DIR}/node.env DESTINATION ${CMAKE_INSTALL_DATADIR}/sprove COMPONENT node)
endif()
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT sprove FILES_MATCHING PATTERN "*.md"
  PATTERN man EXCLUDE)
