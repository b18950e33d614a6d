// | line_format "..." and | label_format a=b, c="..."

#include "query/logql/stage.h"

namespace sluice::query::logql {

namespace {

constexpr std::string_view template_error = "TemplateFormatErr";

class LineFormatRunner : public StageRunner {
 public:
  explicit LineFormatRunner(Template text) : template_(std::move(text)) {}

  bool process(LineState& state) override {
    auto line = template_.render(TemplateValue(static_cast<const Fields*>(&state.labels)));
    if (line)
      state.current.line = state.arena.copy(*line);
    else
      state.labels.set_error(template_error, line.error().message);
    return true;
  }

 private:
  Template template_;
};

class LabelFormatRunner : public StageRunner {
 public:
  struct Item {
    std::string label;
    std::string rename_from;        // or
    std::optional<Template> value;  // a template
  };
  explicit LabelFormatRunner(std::vector<Item> items) : items_(std::move(items)) {}

  bool process(LineState& state) override {
    for (const auto& item : items_) item.value ? render(item, state) : rename(item, state);
    return true;
  }

 private:
  static void rename(const Item& item, LineState& state) {
    const auto value = state.labels.get(item.rename_from);
    if (!value || item.rename_from == item.label) return;
    const Origin origin = state.labels.origin_of(item.rename_from);
    state.labels.erase(item.rename_from);
    state.labels.set(item.label, *value, origin);
  }
  static void render(const Item& item, LineState& state) {
    auto value = item.value->render(TemplateValue(static_cast<const Fields*>(&state.labels)));
    if (value)
      state.labels.set(item.label, state.arena.copy(*value));
    else
      state.labels.set_error(template_error, value.error().message);
  }

  std::vector<Item> items_;
};

}  // namespace

Result<StageRunnerPtr> make_runner(const LineFormatStage& stage, LineState& state) {
  SLUICE_TRY(auto text, parse_line_template(stage.text, &state.current));
  return StageRunnerPtr(std::make_unique<LineFormatRunner>(std::move(text)));
}

Result<StageRunnerPtr> make_runner(const LabelFormatStage& stage, LineState& state) {
  std::vector<LabelFormatRunner::Item> items;
  for (const auto& [label, source, rename] : stage.items) {
    LabelFormatRunner::Item item{label, rename ? source : "", std::nullopt};
    if (!rename) {
      SLUICE_TRY(item.value, parse_line_template(source, &state.current));
    }
    items.push_back(std::move(item));
  }
  return StageRunnerPtr(std::make_unique<LabelFormatRunner>(std::move(items)));
}

}  // namespace sluice::query::logql
