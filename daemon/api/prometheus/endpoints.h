// The endpoints, one file each. Handlers are members of nothing: each is a function of what the API
// was given and the request, so that a test calls it through Router::dispatch.
#pragma once

#include <memory>
#include <string>

#include "daemon/api/prometheus/routes.h"

namespace sluice::api::prometheus {

struct Api {
  const query::Engine& engine;
  query::SampleSource& samples;
  Clock& clock;
  PrometheusOptions options;
  std::int64_t started_ms = 0;
};

http::Response query_instant(const Api& api, http::Request& request);
http::Response query_range(const Api& api, http::Request& request);
http::Response query_exemplars(const Api& api, http::Request& request);
http::Response label_names(const Api& api, http::Request& request);
http::Response label_values(const Api& api, http::Request& request);
http::Response series(const Api& api, http::Request& request);
http::Response metadata(const Api& api, http::Request& request);
http::Response format_query(const Api& api, http::Request& request);
http::Response parse_query_tree(const Api& api, http::Request& request);
http::Response delete_series(const Api& api, http::Request& request);
http::Response clean_tombstones(const Api& api, http::Request& request);
http::Response federate(const Api& api, http::Request& request);
http::Response build_info(const Api& api, http::Request& request);
http::Response runtime_info(const Api& api, http::Request& request);
http::Response tsdb_status(const Api& api, http::Request& request);
http::Response status_flags(const Api& api, http::Request& request);
http::Response status_config(const Api& api, http::Request& request);
http::Response plain_config(const Api& api, http::Request& request);

// The query of a request in either language: PromQL, or a LogQL metric query where the text is not
// PromQL. The error is PromQL's.
Result<query::ExprPtr> parse_query(const std::string& text);

// The budget and deadline of a request's query; `timeout` is read here.
struct RunOptions {
  std::size_t limit = 0;  // series in the answer, 0: all
  std::chrono::milliseconds timeout{0};
  std::int64_t lookback_ms = 0;  // 0: the engine's
  bool stats = false;            // wanted in the answer
};
Result<RunOptions> run_options(const Api& api, const http::Params& params);
// A query over logs has the limits it has under Loki's API. Error: it asks for more than they
// allow, in Loki's words.
Result<void> check_limits(const Api& api, const http::Request& request, const query::Expr& expr,
                          std::int64_t start_ms, std::int64_t end_ms);
// The context of a request's query: the tenant's limits, the deadline, the client's cancellation.
std::unique_ptr<query::QueryContext> query_context(const Api& api, const http::Request& request,
                                                   const query::Expr& expr, const RunOptions& run);
// The answer of a query: the result, cut to the limit, and how it was come by if that is wanted.
http::Response answer_query(query::QueryResult result, const RunOptions& run,
                            query::QueryContext& context,
                            std::chrono::steady_clock::time_point evaluation_began);
// Cuts a result to its first `limit` series, with Prometheus' warning.
void truncate(query::QueryResult& result, std::size_t limit);

// The context of a request that asks for series, not for the value of an expression.
std::unique_ptr<query::QueryContext> series_context(const Api& api, const http::Request& request);
// What the match[] of a request select; one that selects all where there are none.
Result<std::vector<std::vector<query::LabelMatcher>>> selectors_of(const http::Request& request);
// Series any of the selectors matches (all when there are none), in label order, each once.
Result<std::vector<LabelSet>> find_series(const Api& api, const http::Request& request,
                                          query::QueryContext& context);

}  // namespace sluice::api::prometheus
