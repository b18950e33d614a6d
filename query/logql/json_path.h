// Paths into JSON documents, as `| json label="servers[0].name"` takes them: keys by .key or
// ["any key"], elements by [n].
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/types/result.h"

namespace sluice::query::logql {

using JsonStep = std::variant<std::string, std::size_t>;  // a key or an index
using JsonPath = std::vector<JsonStep>;

// Error(parse) names the byte offset in the path.
Result<JsonPath> parse_json_path(std::string_view text);

}  // namespace sluice::query::logql
