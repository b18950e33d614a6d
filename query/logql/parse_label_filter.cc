// level="error" and (took > 1.5s or size >= 10KB), status >= 500, addr = ip("10.0.0.0/8")

#include <array>
#include <chrono>

#include "query/logql/grammar.h"

namespace sluice::query::logql {

namespace {

struct Operator {
  std::string_view text;
  CompareOp op;
};
constexpr std::array<Operator, 7> operators = {{{"==", CompareOp::eq},
                                                {"=", CompareOp::eq},
                                                {"!=", CompareOp::ne},
                                                {">=", CompareOp::ge},
                                                {"<=", CompareOp::le},
                                                {">", CompareOp::gt},
                                                {"<", CompareOp::lt}}};

LabelFilterPtr make_filter(decltype(LabelFilterExpr::node) node) {
  return std::make_shared<const LabelFilterExpr>(LabelFilterExpr{std::move(node)});
}

const Operator* find_operator(const Token& token) {
  for (const auto& candidate : operators)
    if (token.is(candidate.text)) return &candidate;
  return nullptr;
}

// addr = ip("10.0.0.0/8"), from the label.
bool at_address_filter(const TokenStream& in) {
  return in.peek(2).is("ip") && in.peek(3).is("(");
}

Result<LabelFilterPtr> parse_address_filter(TokenStream& in) {
  AddressLabelFilter filter;
  filter.label = std::string(in.next().text);
  filter.negative = in.peek().is("!=");
  if (!filter.negative && !in.peek().is("="))
    return in.unexpected("= or != before ip(...): an address is in the range or it is not");
  in.next();
  SLUICE_TRY(filter.range, parse_address_range(in));
  return make_filter(std::move(filter));
}

Result<LabelFilterPtr> parse_comparison(TokenStream& in) {
  NumberLabelFilter filter;
  filter.label = std::string(in.next().text);
  const Operator* op = find_operator(in.peek());
  if (op == nullptr)
    return in.unexpected("a comparison (= != =~ !~ == > >= < <=) after the label \"" +
                         filter.label +
                         "\" (stages are json, logfmt, regexp, pattern, unpack, line_format, "
                         "label_format, decolorize, drop, keep)");
  filter.op = op->op;
  in.next();
  const bool negative = in.take("-");
  const Token& value = in.peek();
  if (value.kind == TokenKind::number) {
    filter.value = value.number;
  } else if (value.kind == TokenKind::duration) {
    filter.unit = NumberLabelFilter::Unit::duration;
    filter.value = std::chrono::duration<double>(value.duration).count();
  } else if (value.kind == TokenKind::bytes && !negative) {
    filter.unit = NumberLabelFilter::Unit::bytes;
    filter.value = value.number;
  } else {
    return in.unexpected("a number, a duration or a byte size (strings compare with = and !=)");
  }
  if (negative) filter.value = -filter.value;
  in.next();
  return make_filter(std::move(filter));
}

Result<LabelFilterPtr> parse_unit(TokenStream& in) {
  if (in.take("(")) {
    SLUICE_CHECK(in.enter());
    SLUICE_TRY(auto filter, parse_label_filter(in));
    in.leave();
    SLUICE_CHECK(in.expect(")", "the label filter"));
    return filter;
  }
  if (in.peek().kind != TokenKind::identifier) return in.unexpected("a label filter");
  if (at_address_filter(in)) return parse_address_filter(in);
  if (!at_match_op(in.peek(1)) || in.peek(2).kind != TokenKind::string) {
    const bool regex = in.peek(1).is("=~") || in.peek(1).is("!~");
    if (!regex) return parse_comparison(in);
  }
  SLUICE_TRY(auto matcher, parse_matcher(in));
  return make_filter(std::move(matcher));
}

// "and", "," and mere juxtaposition mean the same.
bool take_and(TokenStream& in) {
  if (in.take("and") || in.take(",")) return true;
  const Token& token = in.peek();
  return token.is("(") || (token.kind == TokenKind::identifier && !token.is("or"));
}

Result<LabelFilterPtr> parse_all_of(TokenStream& in) {
  SLUICE_TRY(auto filter, parse_unit(in));
  while (take_and(in)) {
    SLUICE_CHECK(in.count_operator());
    SLUICE_TRY(auto rhs, parse_unit(in));
    filter = make_filter(AndLabelFilter{std::move(filter), std::move(rhs)});
  }
  return filter;
}

}  // namespace

Result<LabelFilterPtr> parse_label_filter(TokenStream& in) {
  SLUICE_TRY(auto filter, parse_all_of(in));
  while (in.take("or")) {
    SLUICE_CHECK(in.count_operator());
    SLUICE_TRY(auto rhs, parse_all_of(in));
    filter = make_filter(OrLabelFilter{std::move(filter), std::move(rhs)});
  }
  return filter;
}

}  // namespace sluice::query::logql
