// Splitting of JSON lines; see line_splitter.h for which lines are JSON. Strings are scanned 16
// bytes at a time, everything else is read byte by byte, once.
#pragma once

#include <string_view>
#include <vector>

#include "daemon/storage/columns/line_splitter.h"

namespace sluice::storage {

// False, and `out` as it was: the line is not JSON.
bool split_json(std::string_view line, std::vector<SlotRange>& out);

}  // namespace sluice::storage
