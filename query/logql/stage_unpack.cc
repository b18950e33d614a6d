// | unpack: undoes what Promtail's `pack` did. {"app":"a","_entry":"the line"} becomes the line
// with the label app. Without _entry nothing is unpacked.

#include "query/logql/json_document.h"
#include "query/logql/stage.h"

namespace sluice::query::logql {

namespace {

constexpr std::string_view entry_field = "_entry";

class UnpackRunner : public StageRunner, JsonFieldSink {
 public:
  bool process(LineState& state) override {
    labels_.clear();
    entry_.reset();
    arena_ = &state.arena;
    const auto error = document_.flatten(state.current.line, *this);
    if (!error.empty()) {
      state.labels.set_error("JSONParserErr", error);
      return true;
    }
    if (!entry_) return true;
    for (const auto& [name, value] : labels_) state.labels.add_parsed(name, value);
    state.current.line = *entry_;
    return true;
  }

 private:
  void field(const JsonField& field) override {
    if (!field.string || field.nested) return;
    if (field.name == entry_field)
      entry_ = field.value;
    else
      labels_.emplace_back(arena_->copy(field.name), field.value);
  }

  JsonDocument document_;
  LineArena* arena_ = nullptr;
  std::vector<std::pair<std::string_view, std::string_view>> labels_;
  std::optional<std::string_view> entry_;
};

}  // namespace

Result<StageRunnerPtr> make_runner(const UnpackStage&, LineState&) {
  return StageRunnerPtr(std::make_unique<UnpackRunner>());
}

}  // namespace sluice::query::logql
