// The rules of LogQL's grammar, one function each, over a TokenStream. parse() is the
// entrance (parse_logql of engine.h calls it); the others are shared by the files of the parser.
//
// The grammar, with Sluice's extensions, is written down in docs/guide/logql.md.
#pragma once

#include "query/ast/expr.h"
#include "query/logql/token_stream.h"

namespace sluice::query::logql {

// parse_selector.cc
Result<std::vector<LabelMatcher>> parse_selector(TokenStream& in);
// name OP "value", after the name; `name` stands at `in`'s next token.
Result<LabelMatcher> parse_matcher(TokenStream& in);
bool at_match_op(const Token& token);

// parse_stages.cc. A stage begins with "|", "|=", ...; unwrap is not among them.
bool at_stage(const TokenStream& in);
Result<Stage> parse_stage(TokenStream& in);
// parse_line_filter.cc
bool at_line_filter(const TokenStream& in);
Result<Stage> parse_line_filter(TokenStream& in);
// ip("10.0.0.0/8"), from the word `ip`.
Result<AddressRange> parse_address_range(TokenStream& in);

// parse_label_filter.cc. a="b" and (c > 5 or d < 10KB)
Result<LabelFilterPtr> parse_label_filter(TokenStream& in);

// parse_range.cc. An operation over a range of lines, from its name to its grouping.
bool is_range_operation(std::string_view name);
Result<ExprPtr> parse_range_aggregation(TokenStream& in);
bool at_grouping(const TokenStream& in);
Result<Grouping> parse_grouping(TokenStream& in);
// NaN and Inf, which folded constants may print as.
std::optional<double> special_number(const Token& token);
// A number with an optional sign.
Result<double> parse_signed_number(TokenStream& in, std::string_view what);
// A plain parenthesised list of names, as in by (a, b).
Result<std::vector<std::string>> parse_names(TokenStream& in, std::string_view after);

// parse_metric.cc
// `foreign` reads operands in PromQL (token_stream.h).
Result<ExprPtr> parse(std::string_view text, ForeignParser foreign);
Result<ExprPtr> parse_metric(TokenStream& in);
// parse_foreign.cc. Operands in PromQL.
bool at_foreign(const TokenStream& in);
Result<ExprPtr> parse_foreign(TokenStream& in);
Result<void> check_foreign(const TokenStream& in, const Expr& expr);
// parse_function.cc. Vector aggregations, label_replace, vector.
bool is_function(std::string_view name);
Result<ExprPtr> parse_function(TokenStream& in);

ExprPtr make_expr(Expr::Node node, ValueType type, SourceSpan span);

}  // namespace sluice::query::logql
