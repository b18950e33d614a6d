#include "rules/line_template.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstdio>

#include "base/types/assert.h"
#include "rules/token_match.h"

namespace sluice::rules {
namespace {

class Splitter {
 public:
  explicit Splitter(std::string_view line) : line_(line) { out_.pattern.statics.emplace_back(); }

  SplitLine run() {
    while (pos_ < line_.size() && !full()) advance();
    if (pos_ < line_.size()) add_slot(line_.size() - pos_, SlotType::text);
    return std::move(out_);
  }

 private:
  bool full() const {
    return pos_ >= max_template_bytes || out_.pattern.slots.size() + 1 >= max_template_slots;
  }

  void advance() {
    const std::string_view rest = line_.substr(pos_);
    if (begins_negative_number(rest)) {
      const TokenMatch number = match_variable(rest.substr(1));
      return add_slot(number.length + 1, number.type);
    }
    if (!is_word_byte(rest.front())) return add_static(1);
    const TokenMatch variable = match_variable(rest);
    if (variable.length > 0) return add_slot(variable.length, variable.type);
    add_static(word_length(rest));
  }

  // A '-' after nothing, a space or an opening character belongs to the number that follows, so
  // that a value's sign does not change the template.
  bool begins_negative_number(std::string_view rest) const {
    if (rest.size() < 2 || rest[0] != '-' || rest[1] < '0' || rest[1] > '9') return false;
    if (pos_ > 0 && std::string_view(" \t=:,([{").find(line_[pos_ - 1]) == std::string_view::npos) {
      return false;
    }
    return match_variable(rest.substr(1)).length > 0;
  }

  void add_static(std::size_t n) {
    out_.pattern.statics.back().append(line_.substr(pos_, n));
    pos_ += n;
  }

  void add_slot(std::size_t n, SlotType type) {
    out_.pattern.slots.push_back(type);
    out_.values.emplace_back(line_.substr(pos_, n));
    out_.pattern.statics.emplace_back();
    pos_ += n;
  }

  std::string_view line_;
  std::size_t pos_ = 0;
  SplitLine out_;
};

// Bytes that JSON, logfmt or an HTML-safe JSON encoder may write differently.
bool never_escaped(char c) {
  return c >= 0x20 && c < 0x7f && std::string_view("\"\\/<>&'`").find(c) == std::string_view::npos;
}

void add_fragments(std::string_view text, std::vector<std::string>& out) {
  constexpr std::size_t shortest = 3;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && never_escaped(text[i])) continue;
    if (i - begin >= shortest) out.emplace_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
}

}  // namespace

std::string_view placeholder(SlotType type) {
  switch (type) {
    case SlotType::integer: return "<int>";
    case SlotType::decimal: return "<num>";
    case SlotType::quantity: return "<quantity>";
    case SlotType::hex: return "<hex>";
    case SlotType::uuid: return "<uuid>";
    case SlotType::ip: return "<ip>";
    case SlotType::time: return "<time>";
    case SlotType::word: return "<word>";
    case SlotType::text: break;
  }
  return "<text>";
}

std::uint64_t LineTemplate::id() const {
  std::string bytes;
  for (const auto& part : statics) {
    bytes += part;
    bytes += '\0';  // where a slot is, or the end
  }
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::string LineTemplate::id_text() const {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(id()));
  return text;
}

std::string LineTemplate::display() const {
  std::string out = statics.front();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    out += placeholder(slots[i]);
    out += statics[i + 1];
  }
  return out;
}

SplitLine split_line(std::string_view line) {
  return Splitter(line).run();
}

std::string render(const LineTemplate& pattern, const std::vector<std::string>& values) {
  SLUICE_ASSERT(values.size() == pattern.slots.size());
  SLUICE_ASSERT(pattern.statics.size() == pattern.slots.size() + 1);
  std::string out = pattern.statics.front();
  for (std::size_t i = 0; i < values.size(); ++i) {
    out += values[i];
    out += pattern.statics[i + 1];
  }
  return out;
}

std::vector<std::string> search_literals(const LineTemplate& pattern, std::size_t count) {
  std::vector<std::string> out;
  for (const auto& part : pattern.statics) add_fragments(part, out);
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  if (out.size() > count) out.resize(count);
  return out;
}

}  // namespace sluice::rules
