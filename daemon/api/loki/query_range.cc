// GET|POST /loki/api/v1/query_range: lines of a log query, or a metric query over steps.

#include <optional>

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/explain.h"
#include "daemon/api/loki/parameters.h"

namespace sluice::api::loki {

namespace {

// `interval` thins lines out: each must be at least that much after (before) the one kept last.
Result<std::optional<Duration>> parse_interval(const http::Params& params) {
  const auto text = params.get("interval");
  if (!text || text->empty()) return std::optional<Duration>();
  SLUICE_TRY(const Duration interval, parse_step(*text));
  if (interval < Duration{0}) return invalid_argument("interval must be >= 0");
  return interval == Duration{0} ? std::nullopt : std::optional(interval);
}

struct Place {
  Timestamp timestamp;
  std::size_t stream, entry;
};

std::vector<Place> places_in_order(const query::Streams& streams, query::Direction direction) {
  std::vector<Place> places;
  for (std::size_t s = 0; s < streams.size(); ++s)
    for (std::size_t e = 0; e < streams[s].entries.size(); ++e)
      places.push_back({streams[s].entries[e].timestamp, s, e});
  std::stable_sort(places.begin(), places.end(), [&](const Place& a, const Place& b) {
    return direction == query::Direction::backward ? a.timestamp > b.timestamp
                                                   : a.timestamp < b.timestamp;
  });
  return places;
}

query::Streams thinned(query::Streams streams, const query::LogLimits& limits, Duration interval) {
  query::Streams kept(streams.size());
  std::optional<Timestamp> last;
  std::size_t count = 0;
  for (const auto& [timestamp, s, e] : places_in_order(streams, limits.direction)) {
    const Duration gap = last ? std::chrono::abs(timestamp - *last) : interval;
    if (gap < interval || count == limits.limit) continue;
    last = timestamp;
    ++count;
    kept[s].entries.push_back(std::move(streams[s].entries[e]));
  }
  for (std::size_t s = 0; s < streams.size(); ++s) {
    kept[s].labels = std::move(streams[s].labels);
    kept[s].metadata = std::move(streams[s].metadata);
    kept[s].parsed = std::move(streams[s].parsed);
  }
  std::erase_if(kept, [](const query::LogStream& stream) { return stream.entries.empty(); });
  return kept;
}

Result<http::Response> run_log(const Api& api, http::Request& request, const query::Expr& expr,
                               const TimeRange& range) {
  query::LogLimits limits{range, 0, query::Direction::backward};
  SLUICE_TRY(limits.limit, parse_limit(request.query));
  SLUICE_TRY(limits.direction, parse_direction(request.query));
  SLUICE_TRY(const auto interval, parse_interval(request.query));
  const std::size_t most = api.options.limits.max_entries;
  if (limits.limit > most)
    return invalid_argument("max entries limit per query exceeded, limit > max_entries_limit (" +
                            std::to_string(limits.limit) + " > " + std::to_string(most) + ")");
  SLUICE_TRY(const bool explain, wants_explain(request.query));
  const auto context = query_context(api, request);
  // How many lines thinning takes away is not known before; as many as one query may have are read.
  query::LogLimits read = limits;
  if (interval) read.limit = most;
  SLUICE_TRY(auto result, api.sources.engine.logs(expr, request.tenant, read, *context));
  if (interval)
    result.value = thinned(std::move(std::get<query::Streams>(result.value)), limits, *interval);
  return query_answer(result, *context,
                      {limits.direction, wants_categories(request), explain ? &expr : nullptr});
}

Result<http::Response> run_metric(const Api& api, http::Request& request, const query::Expr& expr,
                                  const TimeRange& range) {
  SLUICE_TRY(const Duration step, parse_step_or_default(request.query, range));
  if ((range.end - range.start) / step > max_points)
    return invalid_argument(
        "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of "
        "the step parameter");
  SLUICE_TRY(const bool explain, wants_explain(request.query));
  const auto context = query_context(api, request);
  const query::RangeQuery steps{request.tenant,
                                unix_ms(to_ms(range.start)),
                                unix_ms(to_ms(range.end)),
                                std::chrono::duration_cast<std::chrono::milliseconds>(step).count(),
                                {}};
  SLUICE_TRY(auto result, api.sources.engine.range(expr, steps, *context));
  return query_answer(result, *context, {.explain = explain ? &expr : nullptr});
}

Result<http::Response> answer_range(const Api& api, http::Request& request) {
  SLUICE_TRY(const auto range, parse_range(request.query, api.clock.now()));
  SLUICE_TRY(auto expr, query::parse_logql(request.query.get_or("query", "")));
  return expr->type == query::ValueType::streams ? run_log(api, request, *expr, range)
                                                 : run_metric(api, request, *expr, range);
}

}  // namespace

http::Response query_range(const Api& api, http::Request& request) {
  auto response = answer_range(api, request);
  return response ? std::move(*response) : failure(response.error());
}

}  // namespace sluice::api::loki
