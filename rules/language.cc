#include "rules/language.h"

#include <set>

#include "query/engine/engine.h"

namespace sluice::rules {
namespace {

using query::Expr;

struct Reads {
  bool logs = false;
  bool samples = false;
  bool nameless = false;  // a metric selector without a name
  bool unnamed = false;   // one whose name is not fixed
  std::set<std::string> metrics;

  void selector(const query::VectorSelector& s) {
    samples = true;
    std::string name = s.name;
    bool constrained = !name.empty();
    for (const auto& m : s.matchers) {
      if (m.name() != metric_name_label) continue;
      constrained = true;
      if (m.op() == query::MatchOp::equal) name = m.value();
    }
    nameless = nameless || !constrained;
    unnamed = unnamed || name.empty();
    metrics.insert(std::move(name));
  }

  void visit(const query::ExprPtr& expr) {
    if (expr) visit(*expr);
  }
  void visit(const Expr& expr) {
    std::visit([this](const auto& node) { node_of(node); }, expr.node);
  }

  void node_of(const query::NumberLiteral&) {}
  void node_of(const query::StringLiteral&) {}
  void node_of(const query::VectorSelector& n) { selector(n); }
  void node_of(const query::MatrixSelector& n) { selector(n.selector); }
  void node_of(const query::Subquery& n) { visit(n.expr); }
  void node_of(const query::LogQuery&) { logs = true; }
  void node_of(const query::LogRangeAggregation&) { logs = true; }
  void node_of(const query::Call& n) {
    for (const auto& argument : n.arguments) visit(argument);
  }
  void node_of(const query::Aggregation& n) {
    visit(n.parameter);
    visit(n.expr);
  }
  void node_of(const query::Binary& n) {
    visit(n.lhs);
    visit(n.rhs);
  }
  void node_of(const query::Unary& n) { visit(n.expr); }
  void node_of(const query::Paren& n) { visit(n.expr); }
};

Reads reads_of(const Expr& expr) {
  Reads reads;
  reads.visit(expr);
  return reads;
}

Result<RuleQuery> finish(std::string text, Language language, const Expr& expr) {
  if (expr.type != query::ValueType::instant_vector && expr.type != query::ValueType::scalar) {
    return Error{ErrorCode::parse,
                 "the expression must give a number per series (an instant "
                 "vector or a scalar), not lines or ranges"};
  }
  const Reads reads = reads_of(expr);
  RuleQuery query{std::move(text), language, reads.logs, reads.samples, {}};
  if (!reads.unnamed) query.metrics.assign(reads.metrics.begin(), reads.metrics.end());
  return query;
}

Result<RuleQuery> parse_as(std::string text, Language language) {
  SLUICE_TRY(const auto expr,
             language == Language::logql ? query::parse_logql(text) : query::parse_promql(text));
  return finish(std::move(text), language, *expr);
}

bool begins_a_selector(std::string_view text) {
  const auto brace = text.find('{');
  if (brace == std::string_view::npos) return false;
  const auto before = text.find_last_not_of(" \t\n", brace == 0 ? 0 : brace - 1);
  return brace == 0 || before == std::string_view::npos || text[before] == '(';
}

}  // namespace

Result<RuleQuery> classify_query(std::string text, std::optional<Language> forced) {
  if (forced) return parse_as(std::move(text), *forced);
  auto promql = query::parse_promql(text);
  if (promql && !reads_of(**promql).nameless)
    return finish(std::move(text), Language::promql, **promql);
  auto logql = query::parse_logql(text);
  if (logql) return finish(std::move(text), Language::logql, **logql);
  if (promql) return finish(std::move(text), Language::promql, **promql);
  return begins_a_selector(text) ? std::move(logql).error().within("LogQL")
                                 : std::move(promql).error().within("PromQL");
}

}  // namespace sluice::rules
