#include "daemon/storage/columns/split_logfmt.h"

#include <algorithm>
#include <cstring>

#include "daemon/storage/columns/byte_class.h"
#include "daemon/storage/columns/key_set.h"

namespace sluice::storage {

namespace {

class LogfmtSplit {
 public:
  LogfmtSplit(std::string_view line, std::vector<SlotRange>& out) : line_(line), out_(out) {}

  bool run();

 private:
  bool item();
  bool word(std::string_view text);
  bool quoted();
  bool bare();
  bool at_break() const { return at_ == line_.size() || in_class(line_[at_], blank_byte); }
  bool slot(std::size_t begin, std::size_t end) {
    if (out_.size() == max_line_slots) return false;
    out_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
    return true;
  }

  std::string_view line_;
  std::vector<SlotRange>& out_;
  std::size_t at_ = 0;
  std::size_t pairs_ = 0;
  std::size_t words_ = 0;
  KeySet keys_;
};

bool LogfmtSplit::bare() {
  const std::size_t begin = at_;
  while (!at_break() && line_[at_] != '=' && line_[at_] != '"') ++at_;
  return at_break() && slot(begin, at_);
}

// The stage's escapes; an unknown one is an error there.
bool LogfmtSplit::quoted() {
  const std::size_t begin = ++at_;
  while (at_ < line_.size() && line_[at_] != '"') {
    if (line_[at_++] != '\\') continue;
    const char escape = at_ < line_.size() ? line_[at_++] : '\0';
    if (escape == '\0' || std::strchr("\"\\/'bfnrtu", escape) == nullptr) return false;
    for (int i = 0; escape == 'u' && i < 4; ++i, ++at_)
      if (at_ >= line_.size() || !in_class(line_[at_], hex_byte)) return false;
  }
  if (at_ == line_.size() || !slot(begin, at_)) return false;
  ++at_;
  return at_break();
}

// Words alone are static, so one that varies must not be among them.
bool LogfmtSplit::word(std::string_view text) {
  ++words_;
  return pairs_ > 0 &&
         std::none_of(text.begin(), text.end(), [](char c) { return in_class(c, digit_byte); });
}

bool LogfmtSplit::item() {
  const std::size_t begin = at_;
  if (in_class(line_[at_], digit_byte)) return false;
  while (at_ < line_.size() && in_class(line_[at_], key_byte)) ++at_;
  if (at_ == begin || !keys_.add(line_.substr(begin, at_ - begin), 0)) return false;
  if (at_break()) return word(line_.substr(begin, at_ - begin));
  if (line_[at_] != '=') return false;
  ++pairs_;
  ++at_;
  return at_ < line_.size() && line_[at_] == '"' ? quoted() : bare();
}

bool LogfmtSplit::run() {
  while (true) {
    while (at_ < line_.size() && in_class(line_[at_], blank_byte)) ++at_;
    if (at_ == line_.size()) break;
    if (!item()) return false;
  }
  return pairs_ >= 3 && words_ * 2 <= pairs_;
}

}  // namespace

bool split_logfmt(std::string_view line, std::vector<SlotRange>& out) {
  const std::size_t before = out.size();
  if (LogfmtSplit(line, out).run()) return true;
  out.resize(before);
  return false;
}

}  // namespace sluice::storage
