// Splitting of logfmt lines; see line_splitter.h for which lines are logfmt.
#pragma once

#include <string_view>
#include <vector>

#include "daemon/storage/columns/line_splitter.h"

namespace sluice::storage {

// False, and `out` as it was: the line is not logfmt.
bool split_logfmt(std::string_view line, std::vector<SlotRange>& out);

}  // namespace sluice::storage
