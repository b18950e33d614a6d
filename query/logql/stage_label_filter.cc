// | level="error" and took > 1.5s

#include "query/logql/label_filter.h"
#include "query/logql/stage.h"
#include "query/logql/units.h"

namespace sluice::query::logql {

namespace {

std::optional<double> convert(NumberLabelFilter::Unit unit, std::string_view text) {
  switch (unit) {
    case NumberLabelFilter::Unit::number: return parse_float(text);
    case NumberLabelFilter::Unit::duration: return parse_duration_seconds(text);
    case NumberLabelFilter::Unit::bytes: return parse_bytes(text);
  }
  return std::nullopt;
}

std::string_view unit_name(NumberLabelFilter::Unit unit) {
  switch (unit) {
    case NumberLabelFilter::Unit::number: return "number";
    case NumberLabelFilter::Unit::duration: return "duration";
    case NumberLabelFilter::Unit::bytes: return "byte size";
  }
  return "number";
}

bool holds(const LabelMatcher& matcher, LineLabels& labels) {
  return matcher.matches(labels.value(matcher.name()));
}

bool holds(const NumberLabelFilter& filter, LineLabels& labels) {
  const auto text = labels.get(filter.label);
  if (!text) return false;
  const Verdict verdict = judge(filter, *text);
  if (verdict != Verdict::error) return verdict == Verdict::pass;
  labels.set_error("LabelFilterErr", filter.label + ": not a " +
                                         std::string(unit_name(filter.unit)) + ": \"" +
                                         std::string(*text) + "\"");
  return true;
}

// Of lines with an error only filters of text and numbers drop any (in Loki, too).
bool holds(const AddressLabelFilter& filter, LineLabels& labels) {
  if (labels.has_error()) return true;
  const auto text = labels.get(filter.label);
  return text && judge(filter, *text);
}

bool holds(const AndLabelFilter& filter, LineLabels& labels) {
  return passes(*filter.lhs, labels) && passes(*filter.rhs, labels);
}
bool holds(const OrLabelFilter& filter, LineLabels& labels) {
  return passes(*filter.lhs, labels) || passes(*filter.rhs, labels);
}

class LabelFilterRunner : public StageRunner {
 public:
  explicit LabelFilterRunner(LabelFilterPtr filter) : filter_(std::move(filter)) {}
  bool process(LineState& state) override { return passes(*filter_, state.labels); }

 private:
  LabelFilterPtr filter_;
};

}  // namespace

bool compare(CompareOp op, double value, double against) {
  switch (op) {
    case CompareOp::eq: return value == against;
    case CompareOp::ne: return value != against;
    case CompareOp::gt: return value > against;
    case CompareOp::ge: return value >= against;
    case CompareOp::lt: return value < against;
    case CompareOp::le: return value <= against;
  }
  return false;
}

Verdict judge(const NumberLabelFilter& filter, std::string_view text) {
  const auto value = convert(filter.unit, text);
  if (!value) return Verdict::error;
  return compare(filter.op, *value, filter.value) ? Verdict::pass : Verdict::drop;
}

bool judge(const AddressLabelFilter& filter, std::string_view text) {
  return filter.range.found_in(text) != filter.negative;
}

std::optional<double> unwrap_value(Unwrap::Convert convert, std::string_view text) {
  switch (convert) {
    case Unwrap::Convert::number: return parse_float(text);
    case Unwrap::Convert::duration: return parse_duration_seconds(text);
    case Unwrap::Convert::bytes: return parse_bytes(text);
  }
  return std::nullopt;
}

bool passes(const LabelFilterExpr& filter, LineLabels& labels) {
  return std::visit([&](const auto& node) { return holds(node, labels); }, filter.node);
}

Result<StageRunnerPtr> make_runner(const LabelFilterStage& stage, LineState&) {
  return StageRunnerPtr(std::make_unique<LabelFilterRunner>(stage.filter));
}

}  // namespace sluice::query::logql
