#include "agent/batch/splitter.h"

#include <algorithm>
#include <cstring>

namespace sluice::agent {
namespace {

constexpr std::size_t repeat_cost = 6;  // "x" and up to five digits: at most 65,536 entries

std::size_t digits(std::size_t n) {
  std::size_t count = 1;
  while (n >= 10) {
    n /= 10;
    ++count;
  }
  return count;
}

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// Where to cut a line of more than `max` bytes: at `max`, or a little before if that would split a
// UTF-8 sequence (at most three continuation bytes follow a lead byte).
std::size_t cut_position(std::string_view line, std::size_t max) {
  std::size_t cut = max;
  while (cut > 0 && max - cut < 4 && is_continuation(line[cut])) --cut;
  return cut > 0 && !is_continuation(line[cut]) ? cut : max;
}

std::size_t hole_length(std::string_view text, bool mid_line) {
  if (mid_line) return 0;
  const auto end = std::min(text.find_first_not_of('\0'), text.size());
  return end >= nul_hole ? end : 0;
}

LinePart part_of(bool mid_line, bool ends_line) {
  if (mid_line) return ends_line ? LinePart::last : LinePart::middle;
  return ends_line ? LinePart::whole : LinePart::first;
}

// The next piece of `rest` (which starts `at` bytes into the buffer); length 0: wait for more.
Piece next_piece(std::string_view rest, std::size_t at, bool mid_line,
                 const SplitOptions& options) {
  const auto newline = rest.find('\n');
  const bool found = newline != std::string_view::npos;
  const std::size_t text_end = found ? newline : rest.size();
  const bool too_long = text_end > options.max_line;
  if (!found && !too_long && !options.final) return {};
  Piece piece;
  const std::size_t end = too_long ? cut_position(rest, options.max_line) : text_end;
  piece.length = end + (found && !too_long ? 1 : 0);
  piece.part = part_of(mid_line, !too_long);
  auto text = rest.substr(0, end);
  if (!too_long && text.ends_with('\r')) text.remove_suffix(1);
  const auto hole = hole_length(text, mid_line);
  piece.text_begin = at + hole;
  piece.text_length = text.size() - hole;
  return piece;
}

}  // namespace

std::string_view to_string(LinePart part) {
  switch (part) {
    case LinePart::whole: return "whole";
    case LinePart::first: return "first";
    case LinePart::middle: return "middle";
    case LinePart::last: return "last";
  }
  return "whole";
}

SplitResult split_lines(std::string_view data, const SplitOptions& options) {
  SplitResult out;
  LengthsBudget budget(options.max_encoded_lengths);
  bool mid_line = options.mid_line;
  while (out.consumed < data.size() && out.pieces.size() < options.max_pieces) {
    const auto piece = next_piece(data.substr(out.consumed), out.consumed, mid_line, options);
    if (piece.length == 0 || !budget.add(piece.length)) break;
    out.pieces.push_back(piece);
    out.consumed += piece.length;
    mid_line = piece.part == LinePart::first || piece.part == LinePart::middle;
  }
  return out;
}

bool LengthsBudget::add(std::size_t length) {
  const bool repeats = run_count_ > 0 && length == run_value_;
  std::size_t cost = digits(length) + 1;
  if (repeats) cost = run_count_ == 1 ? repeat_cost : 0;
  if (used_ + cost > limit_) return false;
  used_ += cost;
  run_count_ = repeats ? run_count_ + 1 : 1;
  run_value_ = length;
  return true;
}

}  // namespace sluice::agent
