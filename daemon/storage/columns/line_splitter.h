// LineSplitter: cuts a line into what its template says (static bytes) and what varies (slots).
//
// One pass, no allocation once `out` has grown. The same bytes always split alike, on every machine
// and in every version that writes part format 2. Any bytes are fine, also none.
//
// Text: runs of letters and digits are tokens; those with a digit vary, and shapes that hold
// punctuation (timestamps, addresses, UUIDs, decimals) are one slot each. JSON objects: every value
// varies, whatever it holds. logfmt: likewise. What looks like JSON or logfmt but is not, is text.
//
// The invariant search rests on: a slot boundary never lies between two token bytes (is_token), so
// a run of token bytes in a line is wholly static or wholly inside one slot.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice::storage {

enum class LineKind : std::uint8_t { text = 1, json = 2, logfmt = 3 };

// Letters, digits, underscore, and every byte from 0x80 on.
bool is_token(char c);

struct SlotRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;  // may equal begin: an empty value
};

struct SplitLine {
  LineKind kind = LineKind::text;
  std::vector<SlotRange> slots;  // ascending, not overlapping
  // Of kind and static bytes with the places of the slots: what makes a template.
  std::uint64_t hash = 0;
};

// How much of a line varies. Lines whose template is too rare are split again `coarse`: every token
// and every quoted string varies, so few templates cover them.
enum class Detail { fine, coarse };

class LineSplitter {
 public:
  void split(std::string_view line, Detail detail, SplitLine& out);
};

}  // namespace sluice::storage
