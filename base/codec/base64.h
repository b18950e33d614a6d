// Base64 with the standard alphabet (RFC 4648, section 4). Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/types/result.h"

namespace sluice {

std::string base64_encode(std::string_view bytes);
// What follows the first '=' is not looked at. Error(invalid_argument): a letter of no digit.
Result<std::string> base64_decode(std::string_view text);

}  // namespace sluice
