// /api/v1/series: the label sets that match.
#include <algorithm>

#include "daemon/api/prometheus/answer.h"
#include "daemon/api/prometheus/endpoints.h"
#include "daemon/api/prometheus/parameters.h"

namespace sluice::api::prometheus {

std::unique_ptr<query::QueryContext> series_context(const Api& api, const http::Request& request) {
  auto context =
      std::make_unique<query::QueryContext>(request.cancel, api.options.limits.of(request.tenant));
  context->set_deadline(context->started() + api.options.timeout);
  return context;
}

Result<std::vector<Selector>> selectors_of(const http::Request& request) {
  auto selectors = parse_selectors(request.query.all("match[]"));
  if (!selectors)
    return invalid_argument("invalid parameter \"match[]\": " + selectors.error().message);
  if (selectors->empty()) selectors->emplace_back();
  return std::move(*selectors);
}

Result<std::vector<LabelSet>> find_series(const Api& api, const http::Request& request,
                                          query::QueryContext& context) {
  SLUICE_TRY(const TimeSpan span, parse_span(request.query));
  SLUICE_TRY(const auto selectors, selectors_of(request));
  std::vector<LabelSet> found;
  for (const Selector& selector : selectors) {
    SLUICE_TRY(auto matched,
               api.samples.series({request.tenant, selector, span.start_ms, span.end_ms}, context));
    found.insert(found.end(), std::make_move_iterator(matched.begin()),
                 std::make_move_iterator(matched.end()));
    if (found.size() > api.options.max_series_found)
      return Error{ErrorCode::limit_exceeded,
                   "more than " + std::to_string(api.options.max_series_found) +
                       " series match; narrow match[] or the time range"};
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

http::Response series(const Api& api, http::Request& request) {
  if (request.query.all("match[]").empty()) return bad_data("no match[] parameter provided");
  const auto limit = parse_limit(request.query);
  if (!limit) return bad_parameter("limit", limit.error().message);
  const auto context = series_context(api, request);
  auto found = find_series(api, request, *context);
  if (!found)
    return found.error().code == ErrorCode::invalid_argument ? bad_data(found.error().message)
                                                             : failure(found.error());
  std::vector<std::string> warnings = context->warnings();
  if (*limit > 0 && found->size() > *limit) {
    found->resize(*limit);
    warnings.emplace_back("results truncated due to limit");
  }
  return success(
      [&](JsonWriter& json) {
        json.begin_array();
        for (const LabelSet& labels : *found) write_labels(json, labels);
        json.end_array();
      },
      warnings);
}

}  // namespace sluice::api::prometheus
