// | pattern "<ip> - <_> <method>"

#include "query/logql/capture_pattern.h"
#include "query/logql/stage.h"

namespace sluice::query::logql {

namespace {

class PatternRunner : public StageRunner {
 public:
  explicit PatternRunner(CapturePattern pattern) : pattern_(std::move(pattern)) {}

  bool process(LineState& state) override {
    pattern_.match(state.current.line, [&](std::string_view name, std::string_view value) {
      state.labels.add_parsed(name, value);
    });
    return true;
  }

 private:
  CapturePattern pattern_;
};

}  // namespace

Result<StageRunnerPtr> make_runner(const PatternStage& stage, LineState&) {
  SLUICE_TRY(auto pattern, CapturePattern::compile(stage.pattern));
  return StageRunnerPtr(std::make_unique<PatternRunner>(std::move(pattern)));
}

}  // namespace sluice::query::logql
