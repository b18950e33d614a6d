// |= "a" or "b",  !~ "x.*y",  |> "<_> failed <_>"

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

// "a" or "b" or ...
Result<std::vector<std::string>> parse_operands(TokenStream& in) {
  std::vector<std::string> values;
  do {
    SLUICE_CHECK(in.count_operator());
    SLUICE_TRY(auto value, in.expect_string("a quoted string after the line filter operator"));
    values.push_back(std::move(value));
  } while (in.take("or"));
  return values;
}

Result<Stage> parse_pattern_filter(TokenStream& in) {
  PatternFilter filter;
  filter.negative = in.next().is("!>");
  const Token first = in.peek();
  SLUICE_TRY(filter.patterns, parse_operands(in));
  for (const auto& pattern : filter.patterns)
    if (auto compiled = LinePattern::compile(pattern); !compiled)
      return in.positioned(std::move(compiled).error(), first);
  return Stage{std::move(filter)};
}

}  // namespace

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
  SLUICE_TRY(auto values, parse_operands(in));
  auto filter = LineFilter::make(op, std::move(values));
  if (!filter) return in.positioned(std::move(filter).error(), first);
  return Stage{std::move(*filter)};
}

}  // namespace sluice::query::logql
