// contains(): is `needle` somewhere in `text`? memmem, which the C library vectorises; the
// innermost loop of a log search.
#pragma once

#include <cstring>
#include <string_view>

namespace sluice::query {

inline bool contains(std::string_view text, std::string_view needle) {
  return ::memmem(text.data(), text.size(), needle.data(), needle.size()) != nullptr;
}

}  // namespace sluice::query
