// Canonical text of what both languages share, and of PromQL's leaves.

#include "query/ast/format.h"

#include <array>
#include <cstdio>
#include <tuple>

#include "base/codec/json_writer.h"

namespace sluice::query {

namespace {

std::string label_list(const std::vector<std::string>& labels) {
  std::string out = "(";
  for (const auto& label : labels) {
    if (out.size() > 1) out += ", ";
    if (valid_label_name(label))
      out += label;
    else
      append_quoted(out, label);
  }
  return out + ')';
}

std::string at_text(const std::optional<AtModifier>& at) {
  if (!at) return {};
  if (at->kind == AtModifier::Kind::start) return " @ start()";
  if (at->kind == AtModifier::Kind::end) return " @ end()";
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), " @ %.3f", static_cast<double>(at->timestamp_ms) / 1000);
  return text.data();
}

std::string duration_text(const QueryDuration& length) {
  return length.expr ? to_string(*length.expr) : format_query_duration(length.fixed);
}

std::string offset_text(const QueryDuration& offset) {
  if (offset.zero()) return {};
  const std::string text = duration_text(offset);
  // Only what is in parentheses or a call belongs to the modifier.
  const bool enclosed = !offset.expr || text.starts_with('(') || offset.expr->op != 'n';
  return " offset " + (enclosed ? text : "(" + text + ")");
}

std::string extension_text(Extension extension) {
  if (extension == Extension::none) return {};
  return " " + std::string(to_string(extension));
}

std::string fill_text(const VectorMatching& matching) {
  const auto& [left, right] = std::tie(matching.fill_left, matching.fill_right);
  const auto text = [](std::string_view name, double value) {
    return " " + std::string(name) + " (" + format_sample_value(value) + ")";
  };
  if (left && left == right) return text("fill", *left);
  std::string out;
  if (left) out += text("fill_left", *left);
  if (right) out += text("fill_right", *right);
  return out;
}

std::string matching_text(const VectorMatching& matching) {
  std::string out;
  const bool grouped = matching.card != VectorMatching::Card::one_to_one;
  if (matching.on || !matching.labels.empty() || grouped)
    out += (matching.on ? " on " : " ignoring ") + label_list(matching.labels);
  if (matching.card == VectorMatching::Card::many_to_one) out += " group_left ";
  if (matching.card == VectorMatching::Card::one_to_many) out += " group_right ";
  if (grouped) out += label_list(matching.include);
  return out + fill_text(matching);
}

std::string selector_text(const VectorSelector& selector) {
  std::vector<LabelMatcher> shown;
  for (const auto& matcher : selector.matchers)
    if (selector.name.empty() || matcher.name() != metric_name_label) shown.push_back(matcher);
  if (shown.empty() && !selector.name.empty()) return selector.name;
  return selector.name + to_string(shown);
}

std::string node_text(const NumberLiteral& n) {
  // Without the sign of "+Inf": before ^ it would read as a unary operator.
  const std::string text = format_sample_value(n.value);
  return text.starts_with('+') ? text.substr(1) : text;
}
std::string node_text(const StringLiteral& s) {
  std::string out;
  append_quoted(out, s.value);
  return out;
}
std::string node_text(const VectorSelector& selector) {
  return to_string(selector);
}
std::string node_text(const MatrixSelector& m) {
  return selector_text(m.selector) + '[' + duration_text(m.range) + ']' +
         extension_text(m.selector.extension) + at_text(m.selector.at) +
         offset_text(m.selector.offset);
}
std::string node_text(const Subquery& s) {
  std::string out = to_string(*s.expr) + '[' + duration_text(s.range) + ':';
  if (!s.step.zero()) out += duration_text(s.step);
  return out + ']' + at_text(s.at) + offset_text(s.offset);
}
std::string node_text(const LogQuery& query) {
  return to_string(query);
}
std::string node_text(const LogRangeAggregation& aggregation) {
  return to_string(aggregation);
}
std::string node_text(const Call& call) {
  std::string out = call.function + '(';
  for (std::size_t i = 0; i < call.arguments.size(); ++i)
    out += (i == 0 ? "" : ", ") + to_string(*call.arguments[i]);
  return out + ')';
}
std::string node_text(const Aggregation& aggregation) {
  std::string out = aggregation.op;
  if (aggregation.grouping) out += ' ' + to_string(*aggregation.grouping) + ' ';
  out += '(';
  if (aggregation.parameter) out += to_string(*aggregation.parameter) + ", ";
  return out + to_string(*aggregation.expr) + ')';
}
std::string node_text(const Binary& binary) {
  std::string out = to_string(*binary.lhs) + ' ' + std::string(to_string(binary.op));
  if (binary.return_bool) out += " bool";
  return out + matching_text(binary.matching) + ' ' + to_string(*binary.rhs);
}
std::string node_text(const Unary& unary) {
  return (unary.negative ? '-' : '+') + to_string(*unary.expr);
}
std::string node_text(const Paren& paren) {
  return '(' + to_string(*paren.expr) + ')';
}

}  // namespace

std::string_view to_string(Extension extension) {
  switch (extension) {
    case Extension::none: return "";
    case Extension::anchored: return "anchored";
    case Extension::smoothed: return "smoothed";
  }
  return "";
}

std::string_view to_string(BinaryOp op) {
  switch (op) {
    case BinaryOp::add: return "+";
    case BinaryOp::sub: return "-";
    case BinaryOp::mul: return "*";
    case BinaryOp::div: return "/";
    case BinaryOp::mod: return "%";
    case BinaryOp::pow: return "^";
    case BinaryOp::atan2: return "atan2";
    case BinaryOp::eq: return "==";
    case BinaryOp::ne: return "!=";
    case BinaryOp::gt: return ">";
    case BinaryOp::lt: return "<";
    case BinaryOp::ge: return ">=";
    case BinaryOp::le: return "<=";
    case BinaryOp::trim_upper: return "</";
    case BinaryOp::trim_lower: return ">/";
    case BinaryOp::and_: return "and";
    case BinaryOp::or_: return "or";
    case BinaryOp::unless: return "unless";
  }
  return "+";
}

std::string format_query_duration(Duration d) {
  constexpr std::int64_t ns_per_ms = 1'000'000;
  if (d.count() % ns_per_ms != 0) return std::to_string(d.count()) + "ns";
  return format_prometheus_duration(d);
}

std::string to_string(const VectorSelector& selector) {
  return selector_text(selector) + extension_text(selector.extension) + at_text(selector.at) +
         offset_text(selector.offset);
}

std::string to_string(const Grouping& grouping) {
  return (grouping.without ? "without " : "by ") + label_list(grouping.labels);
}

std::string to_string(const Expr& expr) {
  return std::visit([](const auto& node) { return node_text(node); }, expr.node);
}

}  // namespace sluice::query
