# sluice_test(NAME <name> LABEL <label> SOURCES ... LIBRARIES ...)
# A Catch2 binary bin/test_<name>, run by ctest under <label>. Tests find files of the tree by
# SLUICE_SOURCE_DIR and the binaries by SLUICE_BIN_DIR.
function(sluice_test)
  cmake_parse_arguments(T "" "NAME;LABEL" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(test_${T_NAME} ${T_SOURCES})
  target_link_libraries(test_${T_NAME} PRIVATE ${T_LIBRARIES} Catch2::Catch2WithMain)
  target_compile_definitions(test_${T_NAME} PRIVATE
    SLUICE_SOURCE_DIR="${CMAKE_SOURCE_DIR}" SLUICE_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  add_test(NAME ${T_NAME} COMMAND test_${T_NAME})
  set_tests_properties(${T_NAME} PROPERTIES LABELS ${T_LABEL} TIMEOUT 300)
endfunction()
