// Expr: the one syntax tree of LogQL and PromQL.
//
// Both parsers build it and one engine evaluates it, so vectors, matching rules, functions and
// aggregations exist once, and an expression may mix operands of both languages. Leaves differ:
// VectorSelector/MatrixSelector read samples, LogRange reads logs. Trees are immutable after
// parsing and may be shared between threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/types/time.h"
#include "query/ast/duration_expr.h"
#include "query/ast/label_matcher.h"
#include "query/ast/log_pipeline.h"

namespace sluice::query {

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

enum class ValueType { scalar, string, instant_vector, range_vector, streams };

// Byte offsets into the query text.
struct SourceSpan {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

struct NumberLiteral {
  double value = 0;
};
struct StringLiteral {
  std::string value;
};

// @ <time>, @ start(), @ end()
struct AtModifier {
  enum class Kind { time, start, end } kind = Kind::time;
  std::int64_t timestamp_ms = 0;
};

// Which samples beyond its window a selector also looks at.
enum class Extension { none, anchored, smoothed };
std::string_view to_string(Extension extension);

struct VectorSelector {
  std::string name;                    // "" if only matchers
  std::vector<LabelMatcher> matchers;  // __name__ included
  QueryDuration offset = {};
  std::optional<AtModifier> at = {};
  Extension extension = Extension::none;
};
struct MatrixSelector {
  VectorSelector selector;
  QueryDuration range;
};
struct Subquery {
  ExprPtr expr;
  QueryDuration range;
  QueryDuration step;  // 0: the default resolution
  QueryDuration offset = {};
  std::optional<AtModifier> at = {};
};

// A LogQL log query: {app="x"} |= "y" | json | level="error"
struct LogQuery {
  std::vector<LabelMatcher> matchers;
  LogPipeline pipeline;
};
struct Grouping {
  bool without = false;
  std::vector<std::string> labels;
};
// rate({...} |= "x" [5m]), sum_over_time({...} | unwrap ms [5m]) by (app)
struct LogRangeAggregation {
  std::string op;  // "count_over_time", "rate", "bytes_over_time", "quantile_over_time", ...
  std::optional<double> parameter;
  LogQuery query;
  Duration range{0};
  Duration offset{0};
  std::optional<Unwrap> unwrap;
  std::optional<Grouping> grouping;
};

struct Call {
  std::string function;
  std::vector<ExprPtr> arguments;
};
struct Aggregation {
  std::string op;  // "sum", "topk", "quantile", ...
  std::optional<Grouping> grouping;
  ExprPtr parameter;  // topk's k, or null
  ExprPtr expr;
};

enum class BinaryOp {
  add,
  sub,
  mul,
  div,
  mod,
  pow,
  atan2,
  eq,
  ne,
  gt,
  lt,
  ge,
  le,
  trim_upper,  // </: observations of a native histogram up to a threshold
  trim_lower,  // >/: those from it on
  and_,
  or_,
  unless
};
std::string_view to_string(BinaryOp op);

struct VectorMatching {
  enum class Card { one_to_one, many_to_one, one_to_many } card = Card::one_to_one;
  bool on = false;  // labels are those of on(); else of ignoring()
  std::vector<std::string> labels;
  std::vector<std::string> include;  // group_left(...)/group_right(...)
  // fill_left(...), fill_right(...): what stands in for a side that has no match. With group_right
  // the first is that of the "many" side, which stands on the right: Prometheus has it so.
  std::optional<double> fill_left = {};
  std::optional<double> fill_right = {};
};
struct Binary {
  BinaryOp op = BinaryOp::add;
  bool return_bool = false;
  bool logql = false;  // written in LogQL, where x / 0 is NaN
  VectorMatching matching;
  ExprPtr lhs;
  ExprPtr rhs;
};
struct Unary {
  bool negative = false;
  ExprPtr expr;
};
struct Paren {
  ExprPtr expr;
};

struct Expr {
  using Node = std::variant<NumberLiteral, StringLiteral, VectorSelector, MatrixSelector, Subquery,
                            LogQuery, LogRangeAggregation, Call, Aggregation, Binary, Unary, Paren>;
  Node node;
  ValueType type = ValueType::scalar;
  SourceSpan span;
};

// The canonical text, as format_query prints it (one line).
std::string to_string(const Expr& expr);

}  // namespace sluice::query
