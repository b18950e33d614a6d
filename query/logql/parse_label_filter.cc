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

// a and b or c, up to a ",": alternatives, of each of which all hold.
using Alternatives = std::vector<std::vector<LabelFilterPtr>>;

Result<Alternatives> parse_alternatives(TokenStream& in) {
  Alternatives out(1);
  while (true) {
    SLUICE_TRY(auto filter, parse_unit(in));
    out.back().push_back(std::move(filter));
    if (in.take("or"))
      out.emplace_back();
    else if (!in.take("and"))
      return out;
    SLUICE_CHECK(in.count_operator());
  }
}

LabelFilterPtr join(Alternatives alternatives) {
  LabelFilterPtr any;
  for (auto& filters : alternatives) {
    LabelFilterPtr all;
    for (auto& filter : filters)
      all = all ? make_filter(AndLabelFilter{std::move(all), std::move(filter)}) : filter;
    any = any ? make_filter(OrLabelFilter{std::move(any), std::move(all)}) : all;
  }
  return any;
}

// "," and mere juxtaposition mean the same.
bool take_comma(TokenStream& in) {
  return in.take(",") || in.peek().is("(") || in.peek().kind == TokenKind::identifier;
}

}  // namespace

// As in Loki, "," is an `and` with all that follows: `a, b or c` is `a and (b or c)`, and
// `a or b, c or d` is `a or b and (c or d)`.
Result<LabelFilterPtr> parse_label_filter(TokenStream& in) {
  std::vector<Alternatives> parts;
  do {
    if (!parts.empty()) SLUICE_CHECK(in.count_operator());
    SLUICE_TRY(auto part, parse_alternatives(in));
    parts.push_back(std::move(part));
  } while (take_comma(in));
  LabelFilterPtr rest = join(std::move(parts.back()));
  for (auto part = parts.rbegin() + 1; part != parts.rend(); ++part) {
    auto& last = part->back().back();
    last = make_filter(AndLabelFilter{std::move(last), std::move(rest)});
    rest = join(std::move(*part));
  }
  return rest;
}

}  // namespace sluice::query::logql
