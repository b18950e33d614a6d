#include "daemon/api/loki/pattern_counter.h"

#include <algorithm>

#include "rules/message_fields.h"

namespace sluice::api::loki {

namespace {

// About what a node of a map takes.
constexpr std::size_t node_bytes = 64;

std::string cut(std::string text) {
  if (text.size() <= PatternCounter::max_text_bytes) return text;
  text.resize(PatternCounter::max_text_bytes);
  return text + "<_>";
}

}  // namespace

Result<PatternCounter::Shape*> PatternCounter::shape_of(std::string_view line) {
  std::string text = cut(rules::pattern_text(line, fields_));
  const auto known = shapes_.find(text);
  if (known != shapes_.end()) return &known->second;
  if (shapes_.size() == max_patterns) return &no_room_;
  SLUICE_CHECK(context_.charge(static_cast<std::int64_t>(text.size() + 2 * node_bytes)));
  return &shapes_.try_emplace(std::move(text)).first->second;
}

Result<void> PatternCounter::add(const query::LogBatch& batch, std::size_t row,
                                 std::string_view level) {
  ++total_;
  SLUICE_TRY(Shape* const shape,
             memo_.of(batch, row, [this](std::string_view line) { return shape_of(line); }));
  auto it = shape->levels.find(level);
  if (it == shape->levels.end()) {
    if (shape == &no_room_ || patterns_ == max_patterns) {
      ++uncounted_;
      return {};
    }
    SLUICE_CHECK(context_.charge(static_cast<std::int64_t>(level.size() + 2 * node_bytes)));
    ++patterns_;
    it = shape->levels.try_emplace(std::string(level)).first;
  }
  return count(it->second, batch.timestamps[row]);
}

Result<void> PatternCounter::count(Level& level, Timestamp timestamp) {
  PatternCount& found = level.count;
  found.first = std::min(found.first, timestamp);
  found.last = std::max(found.last, timestamp);
  ++found.total;
  const std::int64_t ns = unix_ns(timestamp);
  const std::int64_t second = (ns - ns % step_.count()) / 1'000'000'000;
  if (level.recent == nullptr || level.recent_second != second) {
    const auto [step, added] = found.steps.try_emplace(second, 0);
    if (added) SLUICE_CHECK(context_.charge(node_bytes));
    level.recent = &step->second;
    level.recent_second = second;
  }
  ++*level.recent;
  return {};
}

std::vector<PatternCounter::Pattern> PatternCounter::largest(std::size_t limit) const {
  std::vector<Pattern> out;
  for (const auto& [text, shape] : shapes_)
    for (const auto& [level, found] : shape.levels) out.push_back({text, level, &found.count});
  std::sort(out.begin(), out.end(), [](const Pattern& a, const Pattern& b) {
    if (a.count->total != b.count->total) return a.count->total > b.count->total;
    return a.text != b.text ? a.text < b.text : a.level < b.level;
  });
  if (out.size() > limit) out.resize(limit);
  return out;
}

}  // namespace sluice::api::loki
