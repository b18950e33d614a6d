// What this binary is; set by CMake.
#pragma once

#include <string_view>

namespace sluice::server {

std::string_view build_version();   // "0.1.0"
std::string_view build_revision();  // git commit or "unknown"

}  // namespace sluice::server
