// |= != |~ !~ and |> !> where they could not be pushed down to the store.

#include <algorithm>

#include "query/logql/line_pattern.h"
#include "query/logql/stage.h"

namespace sluice::query::logql {

namespace {

class LineFilterRunner : public StageRunner {
 public:
  explicit LineFilterRunner(LineFilter filter) : filter_(std::move(filter)) {}
  bool process(LineState& state) override { return filter_.matches(state.current.line); }

 private:
  LineFilter filter_;
};

class PatternFilterRunner : public StageRunner {
 public:
  PatternFilterRunner(bool negative, std::vector<LinePattern> patterns)
      : negative_(negative), patterns_(std::move(patterns)) {}
  bool process(LineState& state) override {
    const auto hit = [&](const LinePattern& p) { return p.matches(state.current.line); };
    return std::any_of(patterns_.begin(), patterns_.end(), hit) != negative_;
  }

 private:
  bool negative_;
  std::vector<LinePattern> patterns_;
};

}  // namespace

Result<StageRunnerPtr> make_runner(const LineFilter& stage, LineState&) {
  return StageRunnerPtr(std::make_unique<LineFilterRunner>(stage));
}

Result<StageRunnerPtr> make_runner(const PatternFilter& stage, LineState&) {
  std::vector<LinePattern> patterns;
  for (const auto& text : stage.patterns) {
    SLUICE_TRY(auto pattern, LinePattern::compile(text));
    patterns.push_back(std::move(pattern));
  }
  return StageRunnerPtr(std::make_unique<PatternFilterRunner>(stage.negative, std::move(patterns)));
}

}  // namespace sluice::query::logql
