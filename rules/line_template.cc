#include "rules/line_template.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstdio>

#include "base/types/assert.h"
#include "rules/line_cutter.h"

namespace sluice::rules {
namespace {

struct SplitSink {
  SplitSink() { split.pattern.statics.emplace_back(); }
  void add_static(std::string_view text) { split.pattern.statics.back().append(text); }
  void add_slot(std::string_view value, SlotType type) {
    split.pattern.slots.push_back(type);
    split.values.emplace_back(value);
    split.pattern.statics.emplace_back();
  }
  SplitLine split;
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
  SplitSink sink;
  LineCutter(line, sink).run();
  return std::move(sink.split);
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
