// PatternCounter: how often each pattern of lines (rules/message_fields.h) occurs per level and
// step, and when first and last. Bounded by patterns and by the query's memory. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "query/engine/shape_memo.h"

namespace sluice::api::loki {

struct PatternCount {
  Timestamp first = Timestamp::max();
  Timestamp last = Timestamp::min();
  std::uint64_t total = 0;
  std::map<std::int64_t, std::uint64_t> steps;  // by their begin, in seconds
};

class PatternCounter {
 public:
  static constexpr std::size_t max_patterns = 10'000;
  static constexpr std::size_t max_text_bytes = 4096;  // of one; what is longer is cut

  // What it holds is charged to `context`, which must outlive it.
  PatternCounter(std::vector<std::string> message_fields, Duration step,
                 query::QueryContext& context)
      : fields_(std::move(message_fields)), step_(step), context_(context) {}
  PatternCounter(const PatternCounter&) = delete;
  PatternCounter& operator=(const PatternCounter&) = delete;

  // Error(limit_exceeded): the query's memory is used up.
  Result<void> add(const query::LogBatch& batch, std::size_t row, std::string_view level);

  std::uint64_t total() const { return total_; }
  std::uint64_t uncounted() const { return uncounted_; }  // lines there was no pattern left for

  struct Pattern {
    std::string_view text;
    std::string_view level;  // "": the lines have none
    const PatternCount* count;
  };
  // Most frequent first. Valid as long as this is.
  std::vector<Pattern> largest(std::size_t limit) const;

 private:
  struct Level {
    PatternCount count;
    std::uint64_t* recent = nullptr;  // the step counted last
    std::int64_t recent_second = 0;
  };
  struct Shape {
    std::map<std::string, Level, std::less<>> levels;
  };

  Result<Shape*> shape_of(std::string_view line);
  Result<void> count(Level& level, Timestamp timestamp);

  const std::vector<std::string> fields_;
  const Duration step_;
  query::QueryContext& context_;
  query::ShapeMemo<Shape*> memo_;
  std::unordered_map<std::string, Shape> shapes_;  // by text; values stay where they are
  Shape no_room_;
  std::size_t patterns_ = 0;
  std::uint64_t total_ = 0;
  std::uint64_t uncounted_ = 0;
};

}  // namespace sluice::api::loki
