// Splits bytes of a file into log lines. Pure.
//
// Lines end at '\n'; one '\r' before it is not part of the text. Any bytes are lines, NUL and
// invalid UTF-8 included. An unfinished last line is held (not consumed) until its end appears,
// unless `final` says that nothing will follow. A line longer than max_line is cut into parts of
// at most max_line bytes, never inside a UTF-8 sequence if that can be helped; the parts say so.
// Cuts depend only on the bytes and the offset the line began at, so re-reading gives the same.
//
//   "a\nbb\ncc"            -> "a" (2 bytes), "bb" (3 bytes); 5 bytes consumed, "cc" held
//   max_line 4, "abcdefg\n" -> "abcd" first, "efg" last
//
// A run of NULs at the start of a line longer than nul_hole is the hole a truncation leaves in the
// file of a writer that does not append: it counts in the length and is not part of the text.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice::agent {

inline constexpr std::size_t nul_hole = 64;

enum class LinePart : std::uint8_t { whole, first, middle, last };
std::string_view to_string(LinePart part);

struct Piece {
  std::size_t text_begin = 0;   // in the buffer
  std::size_t text_length = 0;  // without terminator
  std::size_t length = 0;       // bytes of the file, terminator and hole included
  LinePart part = LinePart::whole;
};

struct SplitOptions {
  std::size_t max_line = 256 << 10;
  std::size_t max_pieces = 32'768;
  std::size_t max_encoded_lengths = 50'000;  // bytes of the `lens` list in X-Sluice-Batch
  bool mid_line = false;  // the buffer begins inside a line whose first part was taken before
  bool final = false;     // the buffer ends at the end of a file that grows no more
};

struct SplitResult {
  std::vector<Piece> pieces;
  std::size_t consumed = 0;
};

SplitResult split_lines(std::string_view data, const SplitOptions& options);

// Upper bound of the length of a `lens` list as entries are added (see
// docs/format/batch-identity.md): a run costs its number and comma, and "x" with a count once it
// repeats.
class LengthsBudget {
 public:
  explicit LengthsBudget(std::size_t limit) : limit_(limit) {}
  // False if the entry would pass the limit; then it was not counted.
  bool add(std::size_t length);

 private:
  std::size_t limit_;
  std::size_t used_ = 0;
  std::size_t run_value_ = 0;
  std::size_t run_count_ = 0;
};

}  // namespace sluice::agent
