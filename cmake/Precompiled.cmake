# Precompiled standard headers, for debug and sanitizer builds: two thirds of what a small source
# costs is reading them again (docs/decisions/0005). Release builds go without, so a source that
# forgets an include does not stay unnoticed.
option(SLUICE_PCH "Precompile the standard headers" OFF)

set(sluice_pch_headers
  <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <functional> <map> <memory>
  <mutex> <optional> <set> <span> <sstream> <string> <string_view> <thread> <unordered_map>
  <utility> <variant> <vector> <boost/system/result.hpp>)

# One header for all libraries. Its owner must define no more than every user does, or GCC does
# not take the header.
if(SLUICE_PCH)
  file(WRITE ${CMAKE_BINARY_DIR}/generated/pch.cc "// The owner of the libraries' header.\n")
  add_library(sluice_pch STATIC ${CMAKE_BINARY_DIR}/generated/pch.cc)
  target_link_libraries(sluice_pch PRIVATE sluice_options Boost::headers Threads::Threads)
  target_precompile_headers(sluice_pch PRIVATE ${sluice_pch_headers})
endif()

function(sluice_precompile target)
  if(SLUICE_PCH)
    target_precompile_headers(${target} REUSE_FROM sluice_pch)
  endif()
endfunction()
