// ValueSplitter: cuts a value that is a sentence, or a number with letters about it, into what
// stays and what varies. Decides only how well such columns compress: what is stored says where the
// cuts are, so this may change at any time.
//
// Runs of letters and digits that hold a digit vary: the digits alone if the letters beside them
// cannot be hex ("user17", "12.5ms"), else the whole run ("3fa9"). Points between digits belong to
// them; a UUID is one.
#pragma once

#include <string_view>
#include <vector>

#include "daemon/storage/columns/line_splitter.h"

namespace sluice::storage {

// Replaces `slots`. Any bytes are fine.
void split_value(std::string_view value, std::vector<SlotRange>& slots);

}  // namespace sluice::storage
