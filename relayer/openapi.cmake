# docs/openapi.json is part of the program.
add_custom_command(OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/openapi_file.h
  COMMAND ${CMAKE_COMMAND} -DOUT=${CMAKE_CURRENT_BINARY_DIR}/openapi_file.h
    -DFILES=${CMAKE_SOURCE_DIR}/docs/openapi.json -P ${CMAKE_SOURCE_DIR}/tools/embed.cmake
  DEPENDS ${CMAKE_SOURCE_DIR}/docs/openapi.json ${CMAKE_SOURCE_DIR}/tools/embed.cmake VERBATIM)
target_sources(sp_relayer PRIVATE openapi.c ${CMAKE_CURRENT_BINARY_DIR}/openapi_file.h)
