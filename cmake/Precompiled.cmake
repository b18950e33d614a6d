# Precompiled standard headers, for debug builds only: two thirds of what a small source costs is
# reading them again (docs/decisions/0005). Release builds go without, so a source that forgets an
# include does not stay unnoticed.
option(SLUICE_PCH "Precompile the standard headers" OFF)

set(sluice_pch_headers
  <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <functional> <map> <memory>
  <mutex> <optional> <set> <span> <sstream> <string> <string_view> <thread> <unordered_map>
  <utility> <variant> <vector> <boost/system/result.hpp>)

function(sluice_precompile target)
  if(SLUICE_PCH)
    target_precompile_headers(${target} PRIVATE ${sluice_pch_headers} ${ARGN})
  endif()
endfunction()
