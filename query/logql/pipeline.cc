#include "query/logql/pipeline.h"

#include <algorithm>

#include "query/ast/format.h"
#include "query/logql/detect_level.h"

namespace sluice::query::logql {

namespace {

bool changes_line(const Stage& stage) {
  return std::holds_alternative<LineFormatStage>(stage) ||
         std::holds_alternative<UnpackStage>(stage) ||
         std::holds_alternative<DecolorizeStage>(stage);
}

using Names = std::vector<std::string>;

void add_names(const LabelFilterExpr& filter, Names& names) {
  if (const auto* matcher = std::get_if<LabelMatcher>(&filter.node))
    names.push_back(matcher->name());
  else if (const auto* number = std::get_if<NumberLabelFilter>(&filter.node))
    names.push_back(number->label);
  else if (const auto* address = std::get_if<AddressLabelFilter>(&filter.node))
    names.push_back(address->label);
  else if (const auto* both = std::get_if<AndLabelFilter>(&filter.node))
    add_names(*both->lhs, names), add_names(*both->rhs, names);
  else if (const auto* either = std::get_if<OrLabelFilter>(&filter.node))
    add_names(*either->lhs, names), add_names(*either->rhs, names);
}

// False: the stage may read any label.
bool add_names(const Stage& stage, Names& names) {
  if (const auto* filter = std::get_if<LabelFilterStage>(&stage)) {
    add_names(*filter->filter, names);
    return true;
  }
  if (const auto* format = std::get_if<LabelFormatStage>(&stage)) {
    for (const auto& item : format->items) {
      if (!item.rename) return false;
      names.push_back(item.source);
    }
    return true;
  }
  if (const auto* drop = std::get_if<DropStage>(&stage)) {
    for (const auto& selection : drop->labels) names.push_back(selection.name);
    return true;
  }
  if (const auto* keep = std::get_if<KeepStage>(&stage)) {
    for (const auto& selection : keep->labels) names.push_back(selection.name);
    return true;
  }
  return !std::holds_alternative<LineFormatStage>(stage);
}

// A line filter that lets through whatever the address filter lets through, and says so to the
// store, which skips data by it; nullopt if there is none.
std::optional<LineFilter> implied_filter(const AddressFilter& filter) {
  if (filter.negative) return std::nullopt;
  std::vector<std::string> texts = filter.texts;
  for (const auto& range : filter.ranges) texts.push_back(range.common_text());
  const bool any_line = std::any_of(texts.begin(), texts.end(), [](auto& t) { return t.empty(); });
  if (any_line) return std::nullopt;
  return *LineFilter::make(LineOp::contains, std::move(texts));
}

}  // namespace

Result<Pipeline> Pipeline::compile(std::span<const Stage> stages) {
  Pipeline pipeline;
  for (const auto& stage : stages) {
    auto runner =
        std::visit([&](const auto& s) { return make_runner(s, *pipeline.state_); }, stage);
    if (!runner) return std::move(runner).error();
    pipeline.runners_.push_back(std::move(*runner));
  }
  return pipeline;
}

bool Pipeline::run(Timestamp timestamp, std::string_view line, const LabelSet* metadata) {
  state_->labels.start(metadata);
  state_->current = {timestamp, line};
  return std::all_of(runners_.begin(), runners_.end(),
                     [&](const StageRunnerPtr& runner) { return runner->process(*state_); });
}

SplitPipeline split_filters(const LogPipeline& pipeline) {
  SplitPipeline split;
  bool original = true;
  for (const auto& stage : pipeline) {
    const auto* filter = std::get_if<LineFilter>(&stage);
    original = original && !changes_line(stage);
    if (const auto* address = std::get_if<AddressFilter>(&stage); address != nullptr && original)
      if (auto implied = implied_filter(*address)) split.filters.push_back(std::move(*implied));
    if (filter != nullptr && original)
      split.filters.push_back(*filter);
    else
      split.rest.push_back(stage);
  }
  return split;
}

bool mentions_level(const Expr& expr) {
  return to_string(expr).find(detected_level_label) != std::string::npos;
}

bool mentions_level(const LogQuery& query) {
  return to_string(query).find(detected_level_label) != std::string::npos;
}

std::optional<Names> wanted_labels(std::span<const Stage> stages, Names output) {
  for (const auto& stage : stages)
    if (!add_names(stage, output)) return std::nullopt;
  return output;
}

}  // namespace sluice::query::logql
