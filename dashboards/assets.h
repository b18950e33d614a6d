// The web UI's files as they lie in the binary.
//
// Each is kept compressed only (gzip -9): nearly every browser takes it so, and who does not gets
// it inflated on the fly. The bytes live as long as the program; all functions are pure.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace sluice::dashboards {

struct Asset {
  std::string_view path;          // "/index.html", "/assets/index-<hash>.js"
  std::string_view content_type;
  std::string_view etag;          // quoted, of the inflated bytes
  std::size_t size;               // inflated
  std::string_view gzip;
};

std::span<const Asset> assets();
const Asset* find_asset(std::string_view path);  // nullptr if there is none

}  // namespace sluice::dashboards
