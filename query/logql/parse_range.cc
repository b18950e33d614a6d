// rate({app="x"} |= "y" [5m] offset 1h),  sum_over_time({...} | unwrap ms [5m]) by (app)

#include <algorithm>
#include <array>
#include <limits>

#include "query/logql/grammar.h"

namespace sluice::query::logql {

namespace {

enum class Input { lines, unwrapped, either };

struct Operation {
  std::string_view name;
  Input input;
  bool grouping;
};
constexpr std::array<Operation, 15> operations = {{
    {"count_over_time", Input::lines, false},
    {"rate", Input::either, false},
    {"bytes_over_time", Input::lines, false},
    {"bytes_rate", Input::lines, false},
    {"absent_over_time", Input::either, false},
    {"rate_counter", Input::unwrapped, false},
    {"sum_over_time", Input::unwrapped, false},
    {"avg_over_time", Input::unwrapped, true},
    {"min_over_time", Input::unwrapped, true},
    {"max_over_time", Input::unwrapped, true},
    {"first_over_time", Input::unwrapped, true},
    {"last_over_time", Input::unwrapped, true},
    {"stddev_over_time", Input::unwrapped, true},
    {"stdvar_over_time", Input::unwrapped, true},
    {"quantile_over_time", Input::unwrapped, true},
}};

const Operation* find_operation(std::string_view name) {
  const auto it = std::find_if(operations.begin(), operations.end(),
                               [&](const Operation& o) { return o.name == name; });
  return it == operations.end() ? nullptr : &*it;
}

Result<void> parse_unwrap(TokenStream& in, LogRangeAggregation& out) {
  in.next();  // |
  if (out.unwrap) return in.error_here("only one unwrap is allowed in a range aggregation");
  in.next();  // unwrap
  Unwrap unwrap;
  const std::string conversion(in.peek().word());
  SLUICE_TRY(auto word, in.expect_identifier("the label to unwrap"));
  if (in.take("(")) {
    if (conversion == "bytes")
      unwrap.convert = Unwrap::Convert::bytes;
    else if (conversion == "duration" || conversion == "duration_seconds")
      unwrap.convert = Unwrap::Convert::duration;
    else
      return in.error_here("unwrap knows no conversion \"" + word +
                           "\", only bytes(), duration() and duration_seconds()");
    SLUICE_TRY(word, in.expect_identifier("the label to unwrap"));
    SLUICE_CHECK(in.expect(")", "the label to unwrap"));
  }
  unwrap.label = std::move(word);
  out.unwrap = std::move(unwrap);
  return {};
}

// After unwrap only label filters may follow: they see the conversion's errors.
Result<void> parse_post_filter(TokenStream& in, Unwrap& unwrap) {
  const auto begin = in.begin();
  SLUICE_TRY(auto stage, parse_stage(in));
  auto* filter = std::get_if<LabelFilterStage>(&stage);
  if (filter == nullptr) return in.error_at(begin, "only label filters may follow unwrap");
  unwrap.post_filters.push_back(filter->filter);
  return {};
}

Result<Duration> parse_offset(TokenStream& in) {
  const bool negative = in.take("-");
  const Token& token = in.peek();
  if (token.kind != TokenKind::duration) return in.unexpected("a duration such as 5m after offset");
  const Duration offset = in.next().duration;
  return negative ? -offset : offset;
}

Result<void> parse_bracket(TokenStream& in, LogRangeAggregation& out) {
  if (out.range != Duration{0}) return in.error_here("a second range; one is allowed");
  in.next();
  const Token& token = in.peek();
  if (token.kind != TokenKind::duration || token.duration <= Duration{0})
    return in.unexpected("a duration such as 5m inside \"[\" and \"]\"");
  out.range = in.next().duration;
  if (in.peek().is(":")) return in.error_here("LogQL has no subqueries ([5m:1m])");
  SLUICE_CHECK(in.expect("]", "the range"));
  if (in.take("offset")) {
    SLUICE_TRY(out.offset, parse_offset(in));
  }
  return {};
}

// The selector or a parenthesised range, then stages, unwrap, range and offset.
Result<void> parse_log_range(TokenStream& in, LogRangeAggregation& out) {
  if (in.take("(")) {
    SLUICE_CHECK(in.enter());
    SLUICE_CHECK(parse_log_range(in, out));
    in.leave();
    SLUICE_CHECK(in.expect(")", "the log query"));
  } else {
    SLUICE_TRY(out.query.matchers, parse_selector(in));
  }
  while (true) {
    if (in.peek().is("[")) {
      SLUICE_CHECK(parse_bracket(in, out));
    } else if (in.peek().is("|") && in.peek(1).is("unwrap")) {
      SLUICE_CHECK(parse_unwrap(in, out));
    } else if (at_stage(in) && out.unwrap) {
      SLUICE_CHECK(parse_post_filter(in, *out.unwrap));
    } else if (at_stage(in)) {
      SLUICE_TRY(auto stage, parse_stage(in));
      out.query.pipeline.push_back(std::move(stage));
    } else {
      return {};
    }
  }
}

Result<void> parse_parameter(TokenStream& in, LogRangeAggregation& out) {
  const bool wanted = out.op == "quantile_over_time";
  const bool given = in.peek().kind == TokenKind::number || in.peek().is("-");
  if (!given && wanted)
    return in.unexpected("the quantile, as in quantile_over_time(0.99, {...} | unwrap x [5m])");
  if (!given) return {};
  if (!wanted) return in.error_here("parameter not supported for operation " + out.op);
  SLUICE_TRY(out.parameter, parse_signed_number(in, "the quantile"));
  return in.expect(",", "the quantile");
}

Result<void> check_operation(const TokenStream& in, const Token& name, const Operation& operation,
                             const LogRangeAggregation& out) {
  const auto fail = [&](const std::string& message) { return in.error_at(name.begin, message); };
  if (operation.input == Input::lines && out.unwrap)
    return fail("invalid aggregation " + out.op + " with unwrap; it counts lines, see " +
                "sum_over_time for unwrapped values");
  if (operation.input == Input::unwrapped && !out.unwrap)
    return fail("invalid aggregation " + out.op + " without unwrap; add | unwrap <label>");
  if (out.grouping && !operation.grouping)
    return fail("grouping not allowed for " + out.op + " aggregation; use sum by (...) (" + out.op +
                "(...))");
  return {};
}

}  // namespace

bool is_range_operation(std::string_view name) {
  return find_operation(name) != nullptr;
}

bool at_grouping(const TokenStream& in) {
  return in.peek().is("by") || in.peek().is("without");
}

Result<std::vector<std::string>> parse_names(TokenStream& in, std::string_view after) {
  SLUICE_CHECK(in.expect("(", after));
  std::vector<std::string> names;
  while (!in.take(")")) {
    SLUICE_TRY(auto name, in.expect_identifier("a label name or \")\""));
    names.push_back(std::move(name));
    if (in.take(",") || in.peek().is(")")) continue;
    return in.unexpected("\",\" or \")\" in the list of labels");
  }
  return names;
}

Result<Grouping> parse_grouping(TokenStream& in) {
  Grouping grouping;
  const Token& word = in.next();
  grouping.without = word.is("without");
  SLUICE_TRY(grouping.labels, parse_names(in, word.text));
  return grouping;
}

std::optional<double> special_number(const Token& token) {
  if (token.kind != TokenKind::identifier) return std::nullopt;
  if (token.text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (token.text == "Inf") return std::numeric_limits<double>::infinity();
  return std::nullopt;
}

Result<double> parse_signed_number(TokenStream& in, std::string_view what) {
  const bool negative = in.take("-");
  if (!negative) in.take("+");
  if (const auto special = special_number(in.peek())) {
    in.next();
    return negative ? -*special : *special;
  }
  if (in.peek().kind != TokenKind::number) return in.unexpected(what);
  const double value = in.next().number;
  return negative ? -value : value;
}

Result<ExprPtr> parse_range_aggregation(TokenStream& in) {
  const Token name = in.next();
  LogRangeAggregation out;
  out.op = std::string(name.word());
  SLUICE_CHECK(in.expect("(", out.op));
  SLUICE_CHECK(parse_parameter(in, out));
  SLUICE_CHECK(parse_log_range(in, out));
  if (out.range == Duration{0}) return in.unexpected("a range such as [5m] in " + out.op + "(...)");
  SLUICE_CHECK(in.expect(")", "the range of " + out.op));
  if (at_grouping(in)) {
    SLUICE_TRY(out.grouping, parse_grouping(in));
  }
  SLUICE_CHECK(check_operation(in, name, *find_operation(out.op), out));
  return make_expr(std::move(out), ValueType::instant_vector, in.span_from(name.begin));
}

}  // namespace sluice::query::logql
