// | drop a, b="x" removes labels; | keep a, b="x" removes all others, but never an error.

#include <algorithm>

#include "query/logql/stage.h"

namespace sluice::query::logql {

namespace {

bool selects(const LabelSelection& selection, std::string_view name, std::string_view value) {
  return selection.name == name && (!selection.condition || selection.condition->matches(value));
}

class DropRunner : public StageRunner {
 public:
  explicit DropRunner(std::vector<LabelSelection> labels) : labels_(std::move(labels)) {}
  bool process(LineState& state) override {
    for (const auto& selection : labels_) {
      const auto value = state.labels.get(selection.name);
      if (value && selects(selection, selection.name, *value)) state.labels.erase(selection.name);
    }
    return true;
  }

 private:
  std::vector<LabelSelection> labels_;
};

class KeepRunner : public StageRunner {
 public:
  explicit KeepRunner(std::vector<LabelSelection> labels) : labels_(std::move(labels)) {}
  bool process(LineState& state) override {
    state.labels.collect(present_);
    for (const auto& label : present_)
      if (!kept(label)) state.labels.erase(label.name);
    return true;
  }

 private:
  bool kept(const LabelView& label) const {
    if (label.name == error_label || label.name == error_details_label) return true;
    return std::any_of(labels_.begin(), labels_.end(), [&](const LabelSelection& selection) {
      return selects(selection, label.name, label.value);
    });
  }

  std::vector<LabelSelection> labels_;
  std::vector<LabelView> present_;
};

}  // namespace

Result<StageRunnerPtr> make_runner(const DropStage& stage, LineState&) {
  return StageRunnerPtr(std::make_unique<DropRunner>(stage.labels));
}
Result<StageRunnerPtr> make_runner(const KeepStage& stage, LineState&) {
  return StageRunnerPtr(std::make_unique<KeepRunner>(stage.labels));
}

}  // namespace sluice::query::logql
