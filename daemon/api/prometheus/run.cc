// What query and query_range share: the language, the budget, the limit.
#include <algorithm>

#include "daemon/api/prometheus/endpoints.h"
#include "daemon/api/prometheus/parameters.h"

namespace sluice::api::prometheus {

Result<query::ExprPtr> parse_query(const std::string& text) {
  auto promql = query::parse_promql(text);
  if (promql) return promql;
  auto logql = query::parse_logql(text);
  if (logql && (*logql)->type != query::ValueType::streams) return logql;
  return promql;
}

Result<RunOptions> run_options(const Api& api, const http::Params& params) {
  RunOptions options{0, api.options.timeout};
  auto limit = parse_limit(params);
  if (!limit)
    return invalid_argument("invalid parameter \"limit\": " + limit.error().message);
  options.limit = *limit;
  const std::string text = params.get_or("timeout", "");
  if (text.empty()) return options;
  const auto timeout = parse_duration(text);
  if (!timeout)
    return invalid_argument("invalid parameter \"timeout\": " + timeout.error().message);
  options.timeout = std::min(options.timeout, std::chrono::milliseconds{*timeout});
  return options;
}

void truncate(query::QueryResult& result, std::size_t limit) {
  const auto cut = [&](auto& series) {
    if (limit == 0 || series.size() <= limit) return;
    series.resize(limit);
    result.warnings.emplace_back("results truncated due to limit");
  };
  if (auto* vector = std::get_if<query::Vector>(&result.value)) cut(*vector);
  if (auto* matrix = std::get_if<query::Matrix>(&result.value)) cut(*matrix);
}

}  // namespace sluice::api::prometheus
