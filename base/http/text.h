// ASCII helpers for header values: HTTP's whitespace and case, without a locale.
#pragma once

#include <string>
#include <string_view>

#include "base/types/ascii.h"

namespace sluice::http {

inline std::string_view trim(std::string_view text) {
  constexpr std::string_view whitespace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(whitespace);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(whitespace) - first + 1);
}

// Does a comma-separated header value contain this token (compared without case)?
bool has_token(std::string_view list, std::string_view token);

}  // namespace sluice::http
