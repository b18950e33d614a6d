// UUIDs in lower case: 8-4-4-4-12 hexadecimal digits, stored as 16 bytes.
#include <algorithm>

#include "daemon/storage/columns/form_codec.h"

namespace sluice::storage {

namespace {

constexpr std::size_t uuid_length = 36;
constexpr std::array<std::size_t, 4> uuid_dashes = {8, 13, 18, 23};
constexpr std::array<std::size_t, 5> uuid_groups = {8, 4, 4, 4, 12};

}  // namespace

char* render_uuid(const char* value, char* out) {
  for (const std::size_t digits : uuid_groups) {
    out = render_fixed_hex(value, digits, false, out);
    value += digits / 2;
    *out++ = '-';
  }
  return out - 1;
}

bool parse_uuid(std::string_view text, char* value) {
  if (text.size() != uuid_length) return false;
  for (const std::size_t dash : uuid_dashes)
    if (text[dash] != '-') return false;
  for (const std::size_t digits : uuid_groups) {
    if (!parse_fixed_hex(text.substr(0, digits), false, value)) return false;
    value += digits / 2;
    text.remove_prefix(std::min(text.size(), digits + 1));
  }
  return true;
}

}  // namespace sluice::storage
