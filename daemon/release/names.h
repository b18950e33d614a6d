// Names that come from requests and go into queries, keys and environment variables.
#pragma once

#include <string>
#include <string_view>

#include "base/types/result.h"

namespace sluice::release {

// [A-Za-z0-9._:@/+-]{1,128}: nothing that could close a quote or mean anything to LogQL. Error
// names the field.
Result<void> check_name(std::string_view field, std::string_view value);

}  // namespace sluice::release
