// |= "a" or "b",  !~ "x.*y",  |> "<_> failed <_>",  != ip("10.0.0.0/8")

#include <array>

#include "query/logql/grammar.h"
#include "query/logql/line_pattern.h"

namespace sluice::query::logql {

namespace {

struct LineOperator {
  std::string_view text;
  LineOp op;
};
constexpr std::array<LineOperator, 4> line_operators = {{{"|=", LineOp::contains},
                                                         {"!=", LineOp::not_contains},
                                                         {"|~", LineOp::regex},
                                                         {"!~", LineOp::not_regex}}};

bool at_address(const TokenStream& in) {
  return in.peek().is("ip") && in.peek(1).is("(");
}

struct Operands {
  std::vector<std::string> texts;
  std::vector<AddressRange> ranges;
};

// "a" or "b" or ip("10.0.0.0/8") or ...
Result<Operands> parse_operands(TokenStream& in, bool addresses) {
  Operands operands;
  do {
    SLUICE_CHECK(in.count_operator());
    if (at_address(in)) {
      if (!addresses) return in.error_here("ip: only |= and != look for addresses");
      SLUICE_TRY(auto range, parse_address_range(in));
      operands.ranges.push_back(std::move(range));
    } else {
      SLUICE_TRY(auto text, in.expect_string("a quoted string after the line filter operator"));
      operands.texts.push_back(std::move(text));
    }
  } while (in.take("or"));
  return operands;
}

Result<Stage> parse_pattern_filter(TokenStream& in) {
  PatternFilter filter;
  filter.negative = in.next().is("!>");
  const Token first = in.peek();
  SLUICE_TRY(auto operands, parse_operands(in, false));
  filter.patterns = std::move(operands.texts);
  for (const auto& pattern : filter.patterns)
    if (auto compiled = LinePattern::compile(pattern); !compiled)
      return in.positioned(std::move(compiled).error(), first);
  return Stage{std::move(filter)};
}

}  // namespace

Result<AddressRange> parse_address_range(TokenStream& in) {
  in.next();
  SLUICE_CHECK(in.expect("(", "ip"));
  const Token token = in.peek();
  SLUICE_TRY(auto text, in.expect_string("a quoted address, range or block"));
  auto range = AddressRange::parse(std::move(text));
  if (!range) return in.positioned(std::move(range).error(), token);
  SLUICE_CHECK(in.expect(")", "the address of ip"));
  return range;
}

bool at_line_filter(const TokenStream& in) {
  for (auto op : {"|=", "!=", "|~", "!~", "|>", "!>"})
    if (in.peek().is(op)) return true;
  return false;
}

Result<Stage> parse_line_filter(TokenStream& in) {
  if (in.peek().is("|>") || in.peek().is("!>")) return parse_pattern_filter(in);
  LineOp op = LineOp::contains;
  for (const auto& candidate : line_operators)
    if (in.peek().is(candidate.text)) op = candidate.op;
  in.next();
  const Token first = in.peek();
  const bool text = op == LineOp::contains || op == LineOp::not_contains;
  SLUICE_TRY(auto operands, parse_operands(in, text));
  if (!operands.ranges.empty())
    return Stage{AddressFilter{op == LineOp::not_contains, std::move(operands.ranges),
                               std::move(operands.texts)}};
  auto filter = LineFilter::make(op, std::move(operands.texts));
  if (!filter) return in.positioned(std::move(filter).error(), first);
  return Stage{std::move(*filter)};
}

}  // namespace sluice::query::logql
