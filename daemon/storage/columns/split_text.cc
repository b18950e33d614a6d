#include "daemon/storage/columns/split_text.h"

#include <cstring>

#include "daemon/storage/columns/byte_class.h"
#include "daemon/storage/columns/text_shapes.h"

namespace sluice::storage {

namespace {

class TextSplit {
 public:
  TextSplit(std::string_view line, const LineBits& bits, std::vector<SlotRange>& out)
      : line_(line), bits_(bits), out_(out) {}

  void fine();
  void coarse(const std::vector<SlotRange>& fine);

 private:
  bool token_at(std::size_t place) const {
    return place < line_.size() && in_class(line_[place], token_byte);
  }
  // False: that was the last slot there may be; it now runs to the end.
  bool add(std::size_t begin, std::size_t end);
  bool value_behind_equals(std::size_t& at);
  bool quoted(std::size_t& at);
  bool number(std::size_t& at);
  std::size_t closing_quote(std::size_t open) const;
  std::size_t value_end(std::size_t begin) const;
  bool words(std::size_t end);

  std::string_view line_;
  const LineBits& bits_;
  std::vector<SlotRange>& out_;
  std::size_t done_ = 0;       // the end of the last slot
  char unclosed_[2] = {0, 0};  // quotes that have no second one further on
};

bool TextSplit::add(std::size_t begin, std::size_t end) {
  out_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
  done_ = end;
  if (out_.size() < max_line_slots) return true;
  out_.back().end = static_cast<std::uint32_t>(line_.size());
  return false;
}

// Values end at white space and brackets; a full stop or colon at the end is not theirs.
std::size_t TextSplit::value_end(std::size_t begin) const {
  std::size_t end = begin;
  while (end < line_.size() && !in_class(line_[end], end_byte)) ++end;
  while (end > begin && (line_[end - 1] == '.' || line_[end - 1] == ':')) --end;
  return end;
}

// key=value: whatever the value is, also none.
bool TextSplit::value_behind_equals(std::size_t& at) {
  const std::size_t begin = ++at;
  if (begin < 2 || !token_at(begin - 2)) return true;
  const char first = begin < line_.size() ? line_[begin] : ' ';
  if (std::strchr("=>~[{(<\"'", first) != nullptr && first != '\0') return true;
  std::size_t end = value_end(begin);
  if (end > begin && in_class(first, digit_byte)) {
    const TextShapes shapes{line_, bits_, begin};
    const SlotRange shape = shapes.around(begin, bits_.token_end(begin));
    if (shape.end > end) end = shape.end;
  }
  at = end;
  return add(begin, end);
}

// The second quote, or 0: none, or it has a letter behind it, as in "it's".
std::size_t TextSplit::closing_quote(std::size_t open) const {
  std::size_t at = open + 1;
  while (at < line_.size()) {
    const void* found = std::memchr(line_.data() + at, line_[open], line_.size() - at);
    if (found == nullptr) return line_.size();
    const auto close = static_cast<std::size_t>(static_cast<const char*>(found) - line_.data());
    std::size_t escapes = close;
    while (escapes > open + 1 && line_[escapes - 1] == '\\') --escapes;
    if ((close - escapes) % 2 == 0) return token_at(close + 1) ? 0 : close;
    at = close + 1;
  }
  return line_.size();
}

// "GET /index.html": one value. "key": is none.
bool TextSplit::quoted(std::size_t& at) {
  const std::size_t open = at++;
  const char quote = line_[open];
  if (open < done_ || (open > 0 && !in_class(line_[open - 1], opening_byte))) return true;
  char& unclosed = unclosed_[quote == '"' ? 0 : 1];
  if (unclosed != 0) return true;
  const std::size_t close = closing_quote(open);
  if (close == line_.size()) unclosed = quote;
  if (close == 0 || close == line_.size()) return true;
  if (close + 1 < line_.size() && line_[close + 1] == ':') return true;
  at = close + 1;
  return add(open + 1, close);
}

bool TextSplit::number(std::size_t& at) {
  const TextShapes shapes{line_, bits_, done_};
  const SlotRange shape = shapes.around(bits_.token_begin(at), bits_.token_end(at));
  at = shape.end;
  return add(shape.begin, shape.end);
}

void TextSplit::fine() {
  for (std::size_t at = bits_.next_event(0); at < line_.size(); at = bits_.next_event(at)) {
    const char c = line_[at];
    const bool more = in_class(c, digit_byte) ? number(at)
                      : c == '='              ? value_behind_equals(at)
                                              : quoted(at);
    if (!more) return;
  }
}

// The tokens up to `end` that are in no slot.
bool TextSplit::words(std::size_t end) {
  for (std::size_t at = bits_.next_token(done_); at < end; at = bits_.next_token(done_))
    if (!add(at, bits_.token_end(at))) return false;
  return true;
}

void TextSplit::coarse(const std::vector<SlotRange>& fine) {
  for (const SlotRange& slot : fine)
    if (!words(slot.begin) || !add(slot.begin, slot.end)) return;
  words(line_.size());
}

}  // namespace

void split_text_fine(std::string_view line, const LineBits& bits, std::vector<SlotRange>& out) {
  TextSplit(line, bits, out).fine();
}

void split_text_coarse(std::string_view line, const LineBits& bits, std::vector<SlotRange>& fine,
                       std::vector<SlotRange>& out) {
  fine.clear();
  split_text_fine(line, bits, fine);
  TextSplit(line, bits, out).coarse(fine);
}

}  // namespace sluice::storage
