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
    list(APPEND CMAKE_INSTALL_MANIFEST_FILES \"\${SP_UNIT}\")")
endforeach()
if(TARGET sprove-relayer)
  install(FILES ${CMAKE_CURRENT_LIST_DIR}/relayer.ini ${CMAKE_CURRENT_LIST_DIR}/node.env
    ${CMAKE_CURRENT_LIST_DIR}/prometheus/alerts.yml ${CMAKE_CURRENT_LIST_DIR}/prometheus/grafana.json
    DESTINATION ${CMAKE_INSTALL_DATADIR}/sprove)
endif()
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md"
  PATTERN man EXCLUDE)
