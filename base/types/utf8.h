// UTF-8 as the Unicode standard has it (table 3-7): no overlong forms, no surrogates.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

bool valid_utf8(std::string_view text);

// Writes `code` (below 0x110000), at most four bytes, and returns the end.
char* write_code_point(char* out, std::uint32_t code);
void append_code_point(std::string& out, std::uint32_t code);

// A name of a metric or label as Prometheus 3 takes it: anything valid that is not empty.
inline bool valid_utf8_name(std::string_view name) {
  return !name.empty() && valid_utf8(name);
}

// U__my_2e_name for my.name: how names travel where only [a-zA-Z0-9_] may stand, as in URLs.
// Names that need no escape are themselves. (Prometheus, "values" escaping scheme.)
std::string unescape_name(std::string_view escaped);
// The same names with each foreign character as one underscore, for readers that know only those.
std::string underscored_name(std::string_view name);

}  // namespace sluice
