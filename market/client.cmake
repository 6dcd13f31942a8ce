# include/sprove_client.h: requests to a relayer, for the command line and for programs of others.
if(NOT TARGET sp_transfer OR NOT TARGET PkgConfig::SP_JANSSON)
  message(STATUS "the client library is left out: no libcurl (package libcurl4-openssl-dev) or no jansson")
  return()
endif()
add_library(sp_client STATIC client.c client_task.c client_text.c client_upload.c client_webhook.c)
target_link_libraries(sp_client PUBLIC sp_bundle sp_core PkgConfig::SP_JANSSON
  PRIVATE sp_transfer sp_market)

# One archive with what it needs but curl, jansson and libcrypto, in which only the functions of the
# header are visible.
set(parts sp_client sp_transfer sp_market sp_bundle)
add_custom_command(OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/libsprove-client.a
  COMMAND ${CMAKE_COMMAND} -E rm -f libsprove-client.a
  COMMAND ${CMAKE_LINKER} -r -o libsprove-client.o --whole-archive $<TARGET_FILE:sp_client>
    --no-whole-archive $<TARGET_FILE:sp_transfer> $<TARGET_FILE:sp_market> $<TARGET_FILE:sp_bundle>
  COMMAND ${CMAKE_OBJCOPY} --localize-hidden libsprove-client.o
  COMMAND ${CMAKE_AR} rcs libsprove-client.a libsprove-client.o
  WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} DEPENDS ${parts})
add_custom_target(libsprove-client ALL DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/libsprove-client.a)

include(GNUInstallDirs)
# By the place where it is found, so that an installed folder can be moved.
file(RELATIVE_PATH SP_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(sprove-client.pc.in ${CMAKE_CURRENT_BINARY_DIR}/sprove-client.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/sprove-client.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/libsprove-client.a DESTINATION ${CMAKE_INSTALL_LIBDIR}
  COMPONENT dev)
install(FILES ${CMAKE_SOURCE_DIR}/include/sprove_client.h
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sprove COMPONENT dev)
