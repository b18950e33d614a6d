// | json and | json label="path", ...

#include "query/logql/json_document.h"
#include "query/logql/stage.h"

namespace sluice::query::logql {

namespace {

constexpr std::string_view json_error = "JSONParserErr";

class JsonRunner : public StageRunner, JsonFieldSink {
 public:
  bool process(LineState& state) override {
    labels_ = &state.labels;
    const auto error = document_.flatten(state.current.line, *this);
    if (!error.empty()) state.labels.set_error(json_error, error);
    return true;
  }

 private:
  void field(const JsonField& field) override {
    if (!labels_->wants(field.name)) return;
    labels_->add_parsed(labels_->arena().copy(field.name), field.value);
  }

  JsonDocument document_;
  LineLabels* labels_ = nullptr;
};

class JsonPathsRunner : public StageRunner {
 public:
  JsonPathsRunner(std::vector<JsonStage::Extraction> extractions, std::vector<JsonPath> paths)
      : extractions_(std::move(extractions)), paths_(std::move(paths)) {}

  bool process(LineState& state) override {
    const auto error = document_.extract(state.current.line, paths_, values_);
    if (!error.empty()) state.labels.set_error(json_error, error);
    for (std::size_t i = 0; i < values_.size(); ++i)
      state.labels.add_parsed(extractions_[i].label, values_[i]);
    return true;
  }

 private:
  std::vector<JsonStage::Extraction> extractions_;
  std::vector<JsonPath> paths_;
  JsonDocument document_;
  std::vector<std::string_view> values_;
};

}  // namespace

Result<StageRunnerPtr> make_runner(const JsonStage& stage, LineState&) {
  if (stage.extractions.empty()) return StageRunnerPtr(std::make_unique<JsonRunner>());
  std::vector<JsonPath> paths;
  for (const auto& item : stage.extractions) {
    SLUICE_TRY(auto path, parse_json_path(item.path));
    paths.push_back(std::move(path));
  }
  return StageRunnerPtr(std::make_unique<JsonPathsRunner>(stage.extractions, std::move(paths)));
}

}  // namespace sluice::query::logql
