# The page at / is part of the program.
set(SP_DASHBOARD)
foreach(name index.html dashboard.css dashboard.js dashboard.svg)
  list(APPEND SP_DASHBOARD ${CMAKE_CURRENT_SOURCE_DIR}/dashboard/${name})
endforeach()
add_custom_command(OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/dashboard_files.h
  COMMAND ${CMAKE_COMMAND} -DOUT=${CMAKE_CURRENT_BINARY_DIR}/dashboard_files.h "-DFILES=${SP_DASHBOARD}"
    -P ${CMAKE_SOURCE_DIR}/tools/embed.cmake
  DEPENDS ${SP_DASHBOARD} ${CMAKE_SOURCE_DIR}/tools/embed.cmake VERBATIM)
target_sources(sp_relayer PRIVATE dashboard.c ${CMAKE_CURRENT_BINARY_DIR}/dashboard_files.h)
target_include_directories(sp_relayer PRIVATE ${CMAKE_BINARY_DIR})
