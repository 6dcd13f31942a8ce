# Work in sandboxed children; docs/work.md. The program has the prover, its parents do not.
if(TARGET sp_sandbox AND TARGET OpenSSL::Crypto)
  add_library(sp_work_wire STATIC work_wire.c)
  target_compile_definitions(sp_work_wire PRIVATE SPROVE_VERSION="${PROJECT_VERSION}")
  target_link_libraries(sp_work_wire PUBLIC sp_core)

  add_library(sp_work STATIC work.c work_child.c work_server.c)
  target_compile_definitions(sp_work PRIVATE _GNU_SOURCE)
  target_link_libraries(sp_work PUBLIC sp_work_wire sp_sandbox PRIVATE OpenSSL::Crypto)

  add_executable(sprove-worker worker.c work_run.c sha256.c)
  target_link_libraries(sprove-worker PRIVATE sp_work_wire sp_sandbox sp_jobs sp_prover sp_verifier
    sp_vm)
  include(GNUInstallDirs)
  install(TARGETS sprove-worker DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/sprove COMPONENT sprove)
endif()
