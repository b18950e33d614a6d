// Splitting of text lines; see line_splitter.h for what varies.
#pragma once

#include "daemon/storage/columns/line_bits.h"
#include "daemon/storage/columns/line_splitter.h"

namespace sluice::storage {

// Appends the slots of `line` to `out`. The last of max_line_slots runs to the line's end.
void split_text_fine(std::string_view line, const LineBits& bits, std::vector<SlotRange>& out);
void split_text_coarse(std::string_view line, const LineBits& bits, std::vector<SlotRange>& out);

}  // namespace sluice::storage
