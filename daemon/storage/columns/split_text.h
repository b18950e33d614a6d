// Splitting of text lines; see line_splitter.h for what varies.
//
// Coarse is what fine is, and every other token. Measured over ten LogHub samples (2,000 lines
// each) and 40,000 lines of six kinds full of made-up names, rare rows only, columns as text
// through zstd -3, what stayed rare as plain lines: this 667 kB, of which 86 kB are timestamps and
// addresses that a type of their own all but removes; every token alone, nothing in one piece, 581
// kB; words with single spaces between as one slot 674 kB; with . : / - between as well 757 kB;
// whole lines 947 kB.
#pragma once

#include "daemon/storage/columns/line_bits.h"
#include "daemon/storage/columns/line_splitter.h"

namespace sluice::storage {

// Appends the slots of `line` to `out`. The last of max_line_slots runs to the line's end.
void split_text_fine(std::string_view line, const LineBits& bits, std::vector<SlotRange>& out);
// `fine` is memory that is reused.
void split_text_coarse(std::string_view line, const LineBits& bits, std::vector<SlotRange>& fine,
                       std::vector<SlotRange>& out);

}  // namespace sluice::storage
