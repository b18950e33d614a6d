// |= != |~ !~, |> !> and ip(...) where they could not be pushed down to the store.

#include <algorithm>

#include "query/ast/find_bytes.h"
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

class AddressFilterRunner : public StageRunner {
 public:
  explicit AddressFilterRunner(AddressFilter filter) : filter_(std::move(filter)) {}
  bool process(LineState& state) override {
    const std::string_view line = state.current.line;
    const auto has_address = [&](const AddressRange& range) { return range.found_in(line); };
    const auto has_text = [&](const std::string& text) { return contains(line, text); };
    const bool hit = std::any_of(filter_.ranges.begin(), filter_.ranges.end(), has_address) ||
                     std::any_of(filter_.texts.begin(), filter_.texts.end(), has_text);
    return hit != filter_.negative;
  }

 private:
  AddressFilter filter_;
};

}  // namespace

Result<StageRunnerPtr> make_runner(const LineFilter& stage, LineState&) {
  return StageRunnerPtr(std::make_unique<LineFilterRunner>(stage));
}

Result<StageRunnerPtr> make_runner(const AddressFilter& stage, LineState&) {
  return StageRunnerPtr(std::make_unique<AddressFilterRunner>(stage));
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
