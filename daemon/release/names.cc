#include "daemon/release/names.h"

#include <algorithm>

#include "base/types/ascii.h"

namespace sluice::release {
namespace {

constexpr std::size_t max_name = 128;

bool allowed(char c) {
  return is_ascii_letter(c) || is_digit(c) ||
         std::string_view("._:@/+-").find(c) != std::string_view::npos;
}

}  // namespace

Result<void> check_name(std::string_view field, std::string_view value) {
  if (value.empty()) return invalid_argument("\"" + std::string(field) + "\" is missing");
  if (value.size() > max_name || !std::all_of(value.begin(), value.end(), allowed)) {
    return invalid_argument("\"" + std::string(field) +
                            "\" must be 1 to 128 of the characters A-Z a-z 0-9 . _ : @ / + -");
  }
  return {};
}

}  // namespace sluice::release
