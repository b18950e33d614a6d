// Windows: which samples each step of a grid looks at, for instant selectors (the lookback), range
// selectors and subqueries alike. Windows are left-open, (end - range, end], as in Prometheus 3.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/types/log_entry.h"
#include "query/ast/expr.h"
#include "query/engine/grid.h"

namespace sluice::query {

// Sums that stop at the ends of int64 instead of wrapping: times come from users.
std::int64_t saturating_add(std::int64_t a, std::int64_t b);
std::int64_t saturating_sub(std::int64_t a, std::int64_t b);
inline std::int64_t to_milliseconds(Duration d) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
}

// The start and end of the whole query, which `@ start()` and `@ end()` name.
struct QueryBounds {
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::int64_t step_ms = 0;  // 0: an instant query
  QueryRun run() const;
};

struct Windows {
  StepGrid grid;
  std::int64_t range_ms = 0;
  std::int64_t offset_ms = 0;
  std::optional<std::int64_t> fixed_ms;  // of an @ modifier: every step looks here
  // What a modifier of the selector adds at both ends.
  std::int64_t before_ms = 0;
  std::int64_t after_ms = 0;

  // Error(invalid_argument): a length that only the run decides came out wrong.
  static Result<Windows> make(const StepGrid& grid, std::int64_t range_ms,
                              const QueryDuration& offset, const std::optional<AtModifier>& at,
                              QueryBounds bounds);
  std::int64_t end_of(std::size_t step) const {
    return saturating_sub(fixed_ms ? *fixed_ms : grid.at(step), offset_ms);
  }
  std::int64_t start_of(std::size_t step) const { return saturating_sub(end_of(step), range_ms); }
  // The first and last timestamp any window can hold, both inclusive.
  std::int64_t first_ms() const {
    return saturating_add(saturating_sub(start_of(0), before_ms), 1);
  }
  std::int64_t last_ms() const { return saturating_add(end_of(grid.steps - 1), after_ms); }
  void extend(Extension extension, std::int64_t lookback_ms) {
    if (extension != Extension::none) before_ms = lookback_ms;
    if (extension == Extension::smoothed) after_ms = lookback_ms;
  }
};

// Walks one series' samples along windows that never move backwards.
class WindowSlider {
 public:
  explicit WindowSlider(std::span<const Sample> samples) : samples_(samples) {}
  // Samples with start_ms < timestamp <= end_ms.
  std::span<const Sample> slide(std::int64_t start_ms, std::int64_t end_ms);

 private:
  std::span<const Sample> samples_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace sluice::query
