#include "query/engine/log_pushdown.h"

#include <algorithm>

#include "query/logql/pipeline.h"

namespace sluice::query {

namespace {

using Parser = LogProjection::Parser;

bool is_error_label(std::string_view name) {
  return name == logql::error_label || name == logql::error_details_label;
}

constexpr std::string_view extracted_suffix = "_extracted";

// What such a label means depends on what else the line has.
bool may_be_extracted(std::string_view name) {
  return name.ends_with(extracted_suffix);
}

bool any_extracted(const LabelFilterExpr& filter) {
  if (const auto* matcher = std::get_if<LabelMatcher>(&filter.node))
    return may_be_extracted(matcher->name());
  if (const auto* number = std::get_if<NumberLabelFilter>(&filter.node))
    return may_be_extracted(number->label);
  if (const auto* address = std::get_if<AddressLabelFilter>(&filter.node))
    return may_be_extracted(address->label);
  if (const auto* both = std::get_if<AndLabelFilter>(&filter.node))
    return any_extracted(*both->lhs) || any_extracted(*both->rhs);
  const auto& either = std::get<OrLabelFilter>(filter.node);
  return any_extracted(*either.lhs) || any_extracted(*either.rhs);
}

// Reads labels and changes labels, not the line, and by names alone.
bool labels_only(const Stage& stage) {
  if (const auto* format = std::get_if<LabelFormatStage>(&stage))
    return std::all_of(format->items.begin(), format->items.end(),
                       [](const LabelFormatStage::Item& item) { return item.rename; });
  return std::holds_alternative<LabelFilterStage>(stage) ||
         std::holds_alternative<DropStage>(stage) || std::holds_alternative<KeepStage>(stage);
}

using Names = std::optional<std::vector<std::string>>;

Names wanted_by(const LogPipeline& stages, const LogOutput& output) {
  if (!output.labels) return std::nullopt;
  LogPipeline all = stages;
  std::vector<std::string> names = *output.labels;
  if (output.unwrap != nullptr) {
    names.push_back(output.unwrap->label);
    for (const auto& filter : output.unwrap->post_filters)
      all.emplace_back(LabelFilterStage{filter});
  }
  return logql::wanted_labels(all, std::move(names));
}

// The labels that entries' metadata is looked at for: a parsed x is called x_extracted only where
// the metadata has an x, and an x of the metadata where the stream has one.
Names of_metadata(const Names& wanted) {
  Names names = wanted;
  for (std::size_t i = 0, n = wanted ? wanted->size() : 0; i < n; ++i)
    if (const std::string_view name = (*wanted)[i]; may_be_extracted(name))
      names->emplace_back(name.substr(0, name.size() - extracted_suffix.size()));
  return names;
}

// No stage that adds labels.
bool only_filters(const Stage& stage) {
  return labels_only(stage) && !std::holds_alternative<LabelFormatStage>(stage);
}

// Behind `keep` a line has no other labels than those named there.
LogOutput bounded(LogOutput output, const LogPipeline& stages) {
  if (output.labels || output.line) return output;
  for (auto stage = stages.rbegin(); stage != stages.rend() && only_filters(*stage); ++stage) {
    const auto* keep = std::get_if<KeepStage>(&*stage);
    if (keep == nullptr) continue;
    output.labels.emplace();
    for (const auto& [name, condition] : keep->labels)
      if (std::find(output.left_out.begin(), output.left_out.end(), name) == output.left_out.end())
        output.labels->push_back(name);
    break;
  }
  return output;
}

}  // namespace

LogOutput output_of(const LogRangeAggregation& aggregation, bool bytes, bool absent) {
  LogOutput output;
  output.bytes = bytes && !aggregation.unwrap;
  if (aggregation.unwrap) output.unwrap = &*aggregation.unwrap;
  if (absent)
    output.labels.emplace();
  else if (aggregation.grouping && aggregation.grouping->without)
    output.left_out = aggregation.grouping->labels;
  else if (aggregation.grouping)
    output.labels = aggregation.grouping->labels;
  return output;
}

LogPushdown::LogPushdown(const LogPipeline& stages, const LogOutput& asked) {
  const LogOutput output = bounded(asked, stages);
  wanted_ = wanted_by(stages, output);
  if (output.levels) return;
  projection_.metadata = of_metadata(wanted_);
  labels_only_ = std::all_of(stages.begin(), stages.end(), query::labels_only);
  if (!labels_only_) {
    const auto stop = std::find_if_not(stages.begin(), stages.end(),
                                       [this](const Stage& stage) { return take(stage); });
    complete_ = stop == stages.end() && parsed() && take_output(output);
    const bool parser_serves = complete_ || std::any_of(filters_.begin(), filters_.end(),
                                                        [](const Filter& f) { return f.parsed; });
    if (!parser_serves) projection_.parser = Parser::none, projection_.fields.clear();
  }
  projection_.conditions = conditions_of(*this);
  choose_lines(output);
}

void LogPushdown::choose_lines(const LogOutput& output) {
  using Lines = LogProjection::Lines;
  projection_.sizes = output.bytes && (labels_only_ || complete_);
  if (labels_only_ && !output.line)
    projection_.lines = Lines::none;
  else if (output.line || complete_ || !filters_.empty())
    projection_.lines = Lines::on_demand;
}

bool LogPushdown::take(const Stage& stage) {
  if (const auto* json = std::get_if<JsonStage>(&stage))
    return json->extractions.empty() && take_parser(Parser::json);
  if (const auto* logfmt = std::get_if<LogfmtStage>(&stage))
    return logfmt->extractions.empty() && !logfmt->strict && !logfmt->keep_empty &&
           take_parser(Parser::logfmt);
  if (const auto* filter = std::get_if<LabelFilterStage>(&stage)) {
    // Metadata under a stream's name is called so; columns do not know.
    if (any_extracted(*filter->filter)) return false;
    if (parsed() && !add_fields(*filter->filter, selections())) return false;
    filters_.push_back({filter->filter, parsed(), selections()});
    return true;
  }
  // What is removed before the parser would change how it names its labels.
  if (!parsed()) return false;
  if (const auto* drop = std::get_if<DropStage>(&stage)) return take_selection(false, drop->labels);
  if (const auto* keep = std::get_if<KeepStage>(&stage)) return take_selection(true, keep->labels);
  return false;
}

bool LogPushdown::take_parser(Parser parser) {
  if (parsed()) return false;
  projection_.parser = parser;
  return true;
}

bool LogPushdown::take_selection(bool keep, const std::vector<LabelSelection>& labels) {
  Selection selection{keep, {}};
  for (const auto& label : labels) {
    if (label.condition) return false;
    selection.names.push_back(label.name);
  }
  selections_.push_back(std::move(selection));
  return true;
}

bool LogPushdown::take_output(const LogOutput& output) {
  if (!output.labels || output.line) return false;
  const std::size_t end = selections();
  labels_ = *output.labels;
  for (const auto& name : labels_)
    if (is_error_label(name) || !add_field(name, false, end)) return false;
  if (output.unwrap == nullptr) return true;
  const Unwrap& unwrap = *output.unwrap;
  if (is_error_label(unwrap.label)) return false;
  return add_field(unwrap.label, unwrap.convert == Unwrap::Convert::number, end) &&
         std::all_of(unwrap.post_filters.begin(), unwrap.post_filters.end(),
                     [&](const LabelFilterPtr& filter) { return add_fields(*filter, end); });
}

bool LogPushdown::removed(std::string_view name, std::size_t selections) const {
  return std::any_of(selections_.begin(),
                     selections_.begin() + static_cast<std::ptrdiff_t>(selections),
                     [&](const Selection& selection) {
                       const bool named = std::find(selection.names.begin(), selection.names.end(),
                                                    name) != selection.names.end();
                       return named != selection.keep;
                     });
}

bool LogPushdown::add_field(const std::string& name, bool number, std::size_t selections) {
  if (may_be_extracted(name)) return false;
  // Rows that have an error go by their line; the others have no such label.
  if (is_error_label(name) || removed(name, selections)) return true;
  auto& fields = projection_.fields;
  const auto it = std::find_if(fields.begin(), fields.end(),
                               [&](const LogProjection::Field& f) { return f.name == name; });
  if (it == fields.end())
    fields.push_back({name, number});
  else
    it->number = it->number && number;
  return true;
}

bool LogPushdown::add_fields(const LabelFilterExpr& filter, std::size_t selections) {
  if (const auto* matcher = std::get_if<LabelMatcher>(&filter.node))
    return add_field(matcher->name(), false, selections);
  if (const auto* number = std::get_if<NumberLabelFilter>(&filter.node))
    return add_field(number->label, number->unit == NumberLabelFilter::Unit::number, selections);
  if (const auto* address = std::get_if<AddressLabelFilter>(&filter.node))
    return add_field(address->label, false, selections);
  if (const auto* both = std::get_if<AndLabelFilter>(&filter.node))
    return add_fields(*both->lhs, selections) && add_fields(*both->rhs, selections);
  const auto& either = std::get<OrLabelFilter>(filter.node);
  return add_fields(*either.lhs, selections) && add_fields(*either.rhs, selections);
}

}  // namespace sluice::query
