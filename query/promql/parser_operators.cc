// Binary operators with their matching, and aggregations with their grouping.
#include <array>

#include "query/engine/aggregate.h"
#include "query/promql/parser.h"

namespace sluice::query::promql {

namespace {

struct Spelling {
  std::string_view text;
  BinaryOp op;
};
constexpr std::array<Spelling, 14> operator_symbols = {{{"+", BinaryOp::add},
                                                        {"-", BinaryOp::sub},
                                                        {"*", BinaryOp::mul},
                                                        {"/", BinaryOp::div},
                                                        {"%", BinaryOp::mod},
                                                        {"^", BinaryOp::pow},
                                                        {"==", BinaryOp::eq},
                                                        {"!=", BinaryOp::ne},
                                                        {">", BinaryOp::gt},
                                                        {"<", BinaryOp::lt},
                                                        {">=", BinaryOp::ge},
                                                        {"<=", BinaryOp::le},
                                                        {"</", BinaryOp::trim_upper},
                                                        {">/", BinaryOp::trim_lower}}};
constexpr std::array<Spelling, 4> operator_words = {{{"and", BinaryOp::and_},
                                                     {"or", BinaryOp::or_},
                                                     {"unless", BinaryOp::unless},
                                                     {"atan2", BinaryOp::atan2}}};

}  // namespace

std::optional<BinaryOp> Parser::binary_operator() const {
  const Token& token = peek();
  for (const auto& [text, op] : operator_symbols)
    if (token.is(text)) return op;
  for (const auto& [text, op] : operator_words)
    if (token.is_word(text)) return op;
  return std::nullopt;
}

Result<VectorMatching> Parser::matching() {
  SLUICE_TRY(auto matching, matched_labels());
  SLUICE_CHECK(fills(matching));
  return matching;
}

// fill(1), fill_left(1), fill_right(1): words that also name metrics, so the parenthesis decides.
Result<void> Parser::fills(VectorMatching& matching) {
  while (peek(1).is("(")) {
    const bool both = peek().is_word("fill");
    const bool left = both || peek().is_word("fill_left");
    const bool right = both || peek().is_word("fill_right");
    if (!left && !right) return {};
    take();
    take();
    SLUICE_TRY(const double value, signed_number());
    if (!accept(")")) return unexpected("fill modifier", "\")\"");
    if (left) matching.fill_left = value;
    if (right) matching.fill_right = value;
  }
  return {};
}

Result<double> Parser::signed_number() {
  const bool negative = peek().is("-");
  if (negative || peek().is("+")) take();
  const Token& token = peek();
  const bool word = token.is_word("inf") || token.is_word("nan");
  if (token.kind != TokenKind::number && !word) return unexpected("fill modifier", "number");
  const auto value = parse_number(take().text);
  if (!value) return error_at(token.begin, "error parsing number: \"" + token.text + "\"");
  return negative ? -*value : *value;
}

Result<VectorMatching> Parser::matched_labels() {
  VectorMatching matching;
  if (!peek().is_word("on") && !peek().is_word("ignoring")) return matching;
  if (!peek(1).is("(")) {
    take();
    return unexpected("grouping opts", "\"(\"");
  }
  matching.on = take().is_word("on");
  SLUICE_TRY(matching.labels, grouping_labels());
  const bool left = peek().is_word("group_left");
  if (!left && !peek().is_word("group_right")) return matching;
  take();
  matching.card = left ? VectorMatching::Card::many_to_one : VectorMatching::Card::one_to_many;
  if (peek().is("(")) {
    SLUICE_TRY(matching.include, grouping_labels());
  }
  return matching;
}

// (a, b,) with a trailing comma allowed.
Result<std::vector<std::string>> Parser::grouping_labels() {
  if (!accept("(")) return unexpected("grouping opts", "\"(\"");
  std::vector<std::string> labels;
  while (!accept(")")) {
    const Token& token = peek();
    if (token.kind == TokenKind::identifier) {
      labels.push_back(take().text);
    } else if (token.kind == TokenKind::string) {
      std::string_view rest = take().text;
      SLUICE_TRY(auto name, unquote_front(rest));
      labels.push_back(std::move(name));
    } else {
      return unexpected("grouping opts", "label");
    }
    if (!accept(",") && !peek().is(")")) return unexpected("grouping opts", "\",\" or \")\"");
  }
  return labels;
}

Result<std::optional<Grouping>> Parser::grouping() {
  if (!peek().is_word("by") && !peek().is_word("without")) return std::optional<Grouping>();
  Grouping grouping;
  grouping.without = take().is_word("without");
  SLUICE_TRY(grouping.labels, grouping_labels());
  return std::optional<Grouping>(std::move(grouping));
}

// The grouping stands before or after the arguments.
Result<ExprPtr> Parser::aggregation(const Token& name) {
  Aggregation node;
  node.op = lower_case(name.text);
  SLUICE_TRY(node.grouping, grouping());
  if (!peek().is("(")) return unexpected("aggregation");
  SLUICE_TRY(auto list, arguments());
  if (!node.grouping) {
    SLUICE_TRY(node.grouping, grouping());
  }
  const std::size_t wanted = aggregation_parameter(node.op) ? 2 : 1;
  if (list.empty()) return error_at(name.begin, "no arguments for aggregate expression provided");
  if (list.size() != wanted)
    return error_at(name.begin,
                    "wrong number of arguments for aggregate expression provided, expected " +
                        std::to_string(wanted) + ", got " + std::to_string(list.size()));
  if (wanted == 2) node.parameter = std::move(list.front());
  node.expr = std::move(list.back());
  return make_expr(std::move(node), ValueType::instant_vector, name.begin, last_end());
}

}  // namespace sluice::query::promql
