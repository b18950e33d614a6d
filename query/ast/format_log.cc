// Canonical text of the LogQL parts: selectors, stages, range aggregations.

#include <cmath>

#include "base/codec/json_writer.h"
#include "query/ast/format.h"

namespace sluice::query {

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

std::string_view op_text(CompareOp op) {
  switch (op) {
    case CompareOp::eq: return "==";
    case CompareOp::ne: return "!=";
    case CompareOp::gt: return ">";
    case CompareOp::ge: return ">=";
    case CompareOp::lt: return "<";
    case CompareOp::le: return "<=";
  }
  return "==";
}

std::string extractions(const std::vector<JsonStage::Extraction>& items) {
  std::string out;
  for (const auto& [label, path] : items) {
    out += out.empty() ? " " : ", ";
    out += label + '=' + quoted(path);
  }
  return out;
}

std::string filter_text(const LabelMatcher& matcher) {
  return matcher.to_string();
}

std::string filter_text(const NumberLabelFilter& filter) {
  std::string out = filter.label + ' ' + std::string(op_text(filter.op)) + ' ';
  switch (filter.unit) {
    case NumberLabelFilter::Unit::number: return out + format_sample_value(filter.value);
    case NumberLabelFilter::Unit::bytes: return out + format_sample_value(filter.value) + 'B';
    case NumberLabelFilter::Unit::duration:
      return out + format_query_duration(Duration{std::llround(filter.value * 1e9)});
  }
  return out;
}

std::string address_text(const AddressRange& range) {
  return "ip(" + quoted(range.text()) + ')';
}
std::string filter_text(const AddressLabelFilter& filter) {
  return filter.label + (filter.negative ? " != " : " = ") + address_text(filter.range);
}

// `and` binds tighter than `or`.
std::string and_operand(const LabelFilterPtr& filter) {
  const bool wrap = std::holds_alternative<OrLabelFilter>(filter->node);
  return wrap ? '(' + to_string(*filter) + ')' : to_string(*filter);
}
std::string filter_text(const AndLabelFilter& filter) {
  return and_operand(filter.lhs) + " and " + and_operand(filter.rhs);
}
std::string filter_text(const OrLabelFilter& filter) {
  return to_string(*filter.lhs) + " or " + to_string(*filter.rhs);
}

std::string stage_text(const LineFilter& filter) {
  return to_string(filter);
}
std::string stage_text(const JsonStage& stage) {
  return "| json" + extractions(stage.extractions);
}
std::string stage_text(const LogfmtStage& stage) {
  std::string out = "| logfmt";
  if (stage.strict) out += " --strict";
  if (stage.keep_empty) out += " --keep-empty";
  return out + extractions(stage.extractions);
}
std::string stage_text(const LabelFilterStage& stage) {
  return "| " + to_string(*stage.filter);
}
std::string stage_text(const LineFormatStage& stage) {
  return "| line_format " + quoted(stage.text);
}

std::string stage_text(const PatternFilter& filter) {
  std::string out = filter.negative ? "!>" : "|>";
  for (std::size_t i = 0; i < filter.patterns.size(); ++i)
    out += (i == 0 ? " " : " or ") + quoted(filter.patterns[i]);
  return out;
}
std::string stage_text(const AddressFilter& filter) {
  std::string out;
  for (const auto& range : filter.ranges) out += (out.empty() ? " " : " or ") + address_text(range);
  for (const auto& text : filter.texts) out += " or " + quoted(text);
  return (filter.negative ? "!=" : "|=") + out;
}
std::string stage_text(const RegexpStage& stage) {
  return "| regexp " + quoted(stage.regex->pattern());
}
std::string stage_text(const PatternStage& stage) {
  return "| pattern " + quoted(stage.pattern);
}
std::string stage_text(const UnpackStage&) {
  return "| unpack";
}
std::string stage_text(const DecolorizeStage&) {
  return "| decolorize";
}

std::string stage_text(const LabelFormatStage& stage) {
  std::string items;
  for (const auto& [label, source, rename] : stage.items)
    items += (items.empty() ? " " : ", ") + label + '=' + (rename ? source : quoted(source));
  return "| label_format" + items;
}

std::string selection_text(const std::vector<LabelSelection>& labels) {
  std::string out;
  for (const auto& [name, condition] : labels)
    out += (out.empty() ? " " : ", ") + (condition ? condition->to_string() : name);
  return out;
}
std::string stage_text(const DropStage& stage) {
  return "| drop" + selection_text(stage.labels);
}
std::string stage_text(const KeepStage& stage) {
  return "| keep" + selection_text(stage.labels);
}

std::string unwrap_text(const Unwrap& unwrap) {
  std::string out = " | unwrap ";
  switch (unwrap.convert) {
    case Unwrap::Convert::number: out += unwrap.label; break;
    case Unwrap::Convert::duration: out += "duration(" + unwrap.label + ')'; break;
    case Unwrap::Convert::bytes: out += "bytes(" + unwrap.label + ')'; break;
  }
  for (const auto& filter : unwrap.post_filters) out += " | " + to_string(*filter);
  return out;
}

}  // namespace

std::string to_string(const std::vector<LabelMatcher>& matchers) {
  std::string out = "{";
  for (const auto& matcher : matchers) {
    if (out.size() > 1) out += ", ";
    out += matcher.to_string();
  }
  return out + '}';
}

std::string to_string(const LineFilter& filter) {
  std::string out(to_string(filter.op));
  for (std::size_t i = 0; i < filter.values.size(); ++i)
    out += (i == 0 ? " " : " or ") + quoted(filter.values[i]);
  return out;
}

std::string to_string(const LabelFilterExpr& filter) {
  return std::visit([](const auto& node) { return filter_text(node); }, filter.node);
}

std::string to_string(const Stage& stage) {
  return std::visit([](const auto& s) { return stage_text(s); }, stage);
}

std::string to_string(const LogPipeline& pipeline) {
  std::string out;
  for (const auto& stage : pipeline) out += (out.empty() ? "" : " ") + to_string(stage);
  return out;
}

std::string to_string(const LogQuery& query) {
  std::string out = to_string(query.matchers);
  if (!query.pipeline.empty()) out += ' ' + to_string(query.pipeline);
  return out;
}

std::string to_string(const LogRangeAggregation& aggregation) {
  std::string out = aggregation.op + '(';
  if (aggregation.parameter) out += format_sample_value(*aggregation.parameter) + ", ";
  out += to_string(aggregation.query);
  if (aggregation.unwrap) out += unwrap_text(*aggregation.unwrap);
  if (!aggregation.query.pipeline.empty() || aggregation.unwrap) out += ' ';
  out += '[' + format_query_duration(aggregation.range) + ']';
  if (aggregation.offset != Duration{0})
    out += " offset " + format_query_duration(aggregation.offset);
  out += ')';
  if (aggregation.grouping) out += ' ' + to_string(*aggregation.grouping);
  return out;
}

}  // namespace sluice::query
