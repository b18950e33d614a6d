// LineSplitter: cuts a line into what its template says (static bytes) and what varies (slots).
//
// One pass, no allocation once `out` has grown. The same bytes always split alike, on every machine
// and in every version that writes part format 2. Any bytes are fine, also none.
//
// Text: runs of letters and digits are tokens; those with a digit vary, and shapes that hold
// punctuation (timestamps, addresses, UUIDs, decimals; text_shapes.h) are one slot each. So are the
// content of "quotes" and what follows key=.
//
// JSON: lines that are one valid object (RFC 8259, UTF-8). Each string (without its quotes),
// number, true, false, null and array (with its brackets) is a slot; keys, also of objects in it,
// are static.
//
// logfmt: lines of key=value and key="quoted value" that begin with a pair and have at least three,
// and at most half as many words alone as pairs, without digits. Values, without quotes, are slots.
//
// JSON and logfmt hold only what the stages `| json` and `| logfmt` read without an error and
// without choosing: a key that stands twice, one with escapes, more than max_line_depth levels,
// more than max_line_slots values make it text.
//
// The invariant search rests on: a slot boundary never lies between two token bytes (is_token), so
// a run of token bytes in a line is wholly static or wholly inside one slot.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "daemon/storage/columns/line_bits.h"

namespace sluice::storage {

enum class LineKind : std::uint8_t { text = 1, json = 2, logfmt = 3 };

// No line has more slots; of text, the last one then runs to the line's end.
inline constexpr std::size_t max_line_slots = 256;
// Objects and arrays in each other.
inline constexpr std::size_t max_line_depth = 16;

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

// How much of a line varies. Lines whose template is too rare are split again `coarse`: as text,
// and what words that leaves are slots too, so few templates cover them.
enum class Detail { fine, coarse };

class LineSplitter {
 public:
  // `line` is shorter than 4 GiB.
  void split(std::string_view line, Detail detail, SplitLine& out);

  // The whole line is one slot: of the template for lines no other is worth it for.
  static void whole(std::string_view line, SplitLine& out);

 private:
  LineBits bits_;
  std::vector<SlotRange> fine_;  // of a line that is split coarse
};

}  // namespace sluice::storage
