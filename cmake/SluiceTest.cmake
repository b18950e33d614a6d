# All Catch2 binaries share one precompiled header; they are compiled with the same flags.
if(SLUICE_PCH)
  file(WRITE ${CMAKE_BINARY_DIR}/generated/test_pch.cc "// The owner of the tests' header.\n")
  add_library(sluice_test_pch STATIC ${CMAKE_BINARY_DIR}/generated/test_pch.cc)
  target_link_libraries(sluice_test_pch PRIVATE sluice::base Catch2::Catch2WithMain)
  target_precompile_headers(sluice_test_pch PRIVATE ${sluice_pch_headers}
    <catch2/catch_test_macros.hpp>)
endif()

# What a test may take before it counts as hanging; sanitizers make everything several times slower.
set(sluice_test_timeout 300)
if(SLUICE_SANITIZE)
  set(sluice_test_timeout 1800)
endif()

# sluice_test(NAME <name> LABEL <label> SOURCES ... LIBRARIES ...)
# A Catch2 binary bin/test_<name>, run by ctest under <label>. Tests find files of the tree by
# SLUICE_SOURCE_DIR and the binaries by SLUICE_BIN_DIR.
function(sluice_test)
  cmake_parse_arguments(T "" "NAME;LABEL" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(test_${T_NAME} ${T_SOURCES})
  target_link_libraries(test_${T_NAME} PRIVATE ${T_LIBRARIES} Catch2::Catch2WithMain)
  target_compile_definitions(test_${T_NAME} PRIVATE
    SLUICE_SOURCE_DIR="${CMAKE_SOURCE_DIR}" SLUICE_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  if(SLUICE_PCH)
    target_precompile_headers(test_${T_NAME} REUSE_FROM sluice_test_pch)
  endif()
  add_test(NAME ${T_NAME} COMMAND test_${T_NAME})
  set_tests_properties(${T_NAME} PROPERTIES LABELS ${T_LABEL} TIMEOUT ${sluice_test_timeout})
endfunction()

# sluice_python_test(NAME <name> LABEL <label> SCRIPT <file>
#                    [ARGUMENTS ...] [TIMEOUT <seconds>] [SERIAL])
# A Python 3 script (standard library only) of this folder, run by ctest. It finds the binaries by
# the environment's SLUICE_BIN_DIR and, from anywhere, what lies in tests/e2e by PYTHONPATH.
function(sluice_python_test)
  cmake_parse_arguments(T "SERIAL" "NAME;LABEL;SCRIPT;TIMEOUT" "ARGUMENTS" ${ARGN})
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT ${sluice_test_timeout})
  endif()
  set(environment SLUICE_BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}
    PYTHONPATH=${CMAKE_SOURCE_DIR}/tests/e2e PYTHONDONTWRITEBYTECODE=1)
  add_test(NAME ${T_NAME}
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/${T_SCRIPT} ${T_ARGUMENTS})
  set_tests_properties(${T_NAME} PROPERTIES LABELS ${T_LABEL} TIMEOUT ${T_TIMEOUT}
    RUN_SERIAL ${T_SERIAL} ENVIRONMENT "${environment}")
endfunction()
