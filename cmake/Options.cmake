# One interface target with the language and warning flags that every target of ours uses.
option(SLUICE_WERROR "Warnings are errors" OFF)
set(SLUICE_SANITIZE "" CACHE STRING "Value for -fsanitize=, or empty")
option(SLUICE_FUZZ "Build the fuzz targets (needs clang)" OFF)

add_library(sluice_options INTERFACE)
target_include_directories(sluice_options INTERFACE
  ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
# -pthread: some libraries ask for it, and sources that share a precompiled header must agree.
target_compile_options(sluice_options INTERFACE -pthread
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  $<$<BOOL:${SLUICE_WERROR}>:-Werror>)
# GCC 12 invents -Wrestrict, -Wstringop and -Wmaybe-uninitialized findings inside std::string and
# coroutine frames at -O2 (GCC bugs 105329, 105562); they say nothing about our code.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(sluice_options INTERFACE -Wno-restrict -Wno-stringop-overflow
    -Wno-stringop-overread -Wno-array-bounds -Wno-maybe-uninitialized -Wno-dangling-pointer)
endif()
# GCC collects its garbage every few dozen MB, which is an eighth of the time of a source; none of
# ours needs the memory that this lets stand.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(--param=ggc-min-expand=400 --param=ggc-min-heapsize=600000)
endif()
if(SLUICE_SANITIZE)
  add_compile_options(-fsanitize=${SLUICE_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SLUICE_SANITIZE})
  if(SLUICE_SANITIZE MATCHES "thread")
    # GCC does not know Asio's fences under TSan; it says so for each, and -Werror must not stop it.
    target_compile_options(sluice_options INTERFACE -Wno-tsan)
  endif()
endif()

if(SLUICE_FUZZ)
  # Coverage feedback in everything; the fuzz targets add libFuzzer's main (tests/fuzz).
  add_compile_options(-fsanitize=fuzzer-no-link -Wno-deprecated-declarations)
endif()

# A faster linker and a compiler cache, where present.
find_program(SLUICE_CCACHE ccache)
if(SLUICE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The sloppiness is what ccache asks for before it caches anything with precompiled headers. By
  # the dependency file it need not preprocess what it does not have.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_DEPEND=1
    CCACHE_SLOPPINESS=pch_defines,time_macros ${SLUICE_CCACHE})
endif()
find_program(SLUICE_MOLD mold)
if(SLUICE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
