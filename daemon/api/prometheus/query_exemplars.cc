// /api/v1/query_exemplars: the exemplars of the series that an expression's selectors match.
#include "daemon/api/prometheus/answer.h"
#include "daemon/api/prometheus/endpoints.h"
#include "daemon/api/prometheus/parameters.h"

namespace sluice::api::prometheus {

namespace {

// The selectors of a tree, wherever they stand.
class SelectorFinder {
 public:
  std::vector<Selector> find(const query::Expr& expr) {
    visit(expr);
    return std::move(found_);
  }

 private:
  void visit(const query::Expr& expr) {
    std::visit([this](const auto& node) { look(node); }, expr.node);
  }
  void look(const query::VectorSelector& selector) { found_.push_back(selector.matchers); }
  void look(const query::MatrixSelector& matrix) { look(matrix.selector); }
  void look(const query::Subquery& subquery) { visit(*subquery.expr); }
  void look(const query::Call& call) {
    for (const query::ExprPtr& argument : call.arguments) visit(*argument);
  }
  void look(const query::Aggregation& aggregation) {
    if (aggregation.parameter) visit(*aggregation.parameter);
    visit(*aggregation.expr);
  }
  void look(const query::Binary& binary) {
    visit(*binary.lhs);
    visit(*binary.rhs);
  }
  void look(const query::Unary& unary) { visit(*unary.expr); }
  void look(const query::Paren& paren) { visit(*paren.expr); }
  template <class Leaf>
  void look(const Leaf&) {}

  std::vector<Selector> found_;
};

void write_series(JsonWriter& json, const SeriesExemplars& series) {
  json.begin_object().key("seriesLabels");
  write_labels(json, series.series);
  json.key("exemplars").begin_array();
  for (const Exemplar& exemplar : series.exemplars) {
    json.begin_object().key("labels");
    write_labels(json, exemplar.labels);
    json.key("value").string(format_sample_value(exemplar.value));
    json.key("timestamp").raw(format_seconds(exemplar.timestamp_ms)).end_object();
  }
  json.end_array().end_object();
}

}  // namespace

http::Response query_exemplars(const Api& api, http::Request& request) {
  const auto span = parse_span(request.query);
  if (!span) return bad_data(span.error().message);
  if (span->end_ms < span->start_ms)
    return bad_parameter("end", "end timestamp must not be before start timestamp");
  const auto expr = query::parse_promql(request.query.get_or("query", ""));
  if (!expr) return bad_parameter("query", expr.error().message);
  std::vector<SeriesExemplars> found;
  if (api.options.exemplars) {
    auto exemplars = api.options.exemplars->exemplars(request.tenant, SelectorFinder().find(**expr),
                                                      span->start_ms, span->end_ms);
    if (!exemplars) return failure(exemplars.error());
    found = std::move(*exemplars);
  }
  return success([&](JsonWriter& json) {
    json.begin_array();
    for (const SeriesExemplars& series : found) write_series(json, series);
    json.end_array();
  });
}

}  // namespace sluice::api::prometheus
