// Not a stage that can be written: gives lines a detected_level before the first one that can,
// where a query asks for it and ingest has not found it already.

#include "query/logql/detect_level.h"
#include "query/logql/stage.h"

namespace sluice::query::logql {

namespace {

class DetectLevelRunner : public StageRunner {
 public:
  bool process(LineState& state) override {
    static const LabelSet none;
    LineLabels& labels = state.labels;
    if (labels.get(detected_level_label)) return true;
    const LabelSet* const metadata = labels.metadata();
    const std::string level = detector_.level(
        labels.stream(), metadata == nullptr ? none : *metadata, state.current.line);
    labels.set(detected_level_label, state.arena.copy(level), Origin::metadata);
    return true;
  }

 private:
  LevelDetector detector_;
};

}  // namespace

StageRunnerPtr make_level_runner() {
  return std::make_unique<DetectLevelRunner>();
}

}  // namespace sluice::query::logql
