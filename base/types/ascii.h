// Classes of ASCII characters, without a locale.
#pragma once

namespace sluice {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace sluice
