# What operators see: the page, the service manager, what is installed.
find_package(Python3 COMPONENTS Interpreter)
if(NOT TARGET sprove-relayer OR NOT TARGET sprove-node OR NOT Python3_FOUND)
  return()
endif()
foreach(name dashboard service packaging man metrics secrets drill)
  set(more)
  if(name STREQUAL packaging OR name STREQUAL man OR name STREQUAL metrics)
    set(more ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR})
  endif()
  add_test(NAME relayer_ops_${name} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/test_${name}.py
    $<TARGET_FILE:sprove-relayer> $<TARGET_FILE:sprove-node> ${more})
  set_tests_properties(relayer_ops_${name} PROPERTIES LABELS relayer TIMEOUT 300 SKIP_RETURN_CODE 77
    ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
endforeach()
set_property(TEST relayer_ops_packaging APPEND PROPERTY LABELS install)

foreach(part process browser)
  add_test(NAME relayer_cors_${part} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/test_cors.py
    $<TARGET_FILE:sprove-relayer> $<$<STREQUAL:${part},browser>:--browser>)
  set_tests_properties(relayer_cors_${part} PROPERTIES LABELS relayer TIMEOUT 300 SKIP_RETURN_CODE 77
    ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
endforeach()

# Packages of a sanitized build would need the sanitizers' libraries.
if(NOT SP_SANITIZE)
  add_test(NAME relayer_ops_deb COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/test_deb.py ${CMAKE_BINARY_DIR}
    ${CMAKE_SOURCE_DIR})
  add_test(NAME relayer_ops_systemd COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/test_systemd.py ${CMAKE_BINARY_DIR})
  set_tests_properties(relayer_ops_deb relayer_ops_systemd PROPERTIES LABELS "relayer;install" TIMEOUT 600 SKIP_RETURN_CODE 77
    ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
endif()

add_test(NAME relayer_ops_settings COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/test_settings_doc.py
  $<TARGET_FILE:sprove-relayer> ${CMAKE_SOURCE_DIR})
set_tests_properties(relayer_ops_settings PROPERTIES LABELS relayer ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)

# A CA of its own, a node over wss.
add_test(NAME relayer_tls COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/test_tls.py
  $<TARGET_FILE:sprove-relayer> $<TARGET_FILE:sprove-node>)
set_tests_properties(relayer_tls PROPERTIES LABELS relayer TIMEOUT 300 SKIP_RETURN_CODE 77
  ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
