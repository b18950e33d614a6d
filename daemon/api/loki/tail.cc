// GET /loki/api/v1/tail and /api/prom/tail, WebSockets: the last lines, then new ones as they are
// pushed.

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/legacy_answer.h"
#include "daemon/api/loki/parameters.h"
#include "daemon/api/query_limits.h"

namespace sluice::api::loki {

namespace {

constexpr std::chrono::seconds longest_delay{5};

Result<Duration> parse_delay(const http::Params& params) {
  const auto text = params.get("delay_for");
  if (!text || text->empty()) return Duration{0};
  SLUICE_TRY(const Duration delay, parse_step(*text));
  if (delay < Duration{0} || delay > longest_delay)
    return invalid_argument("delay_for can't be greater than 5");
  return delay;
}

Result<query::LogLimits> parse_history(const Api& api, const http::Request& request) {
  const auto& params = request.query;
  query::LogLimits limits;
  const Timestamp now = api.clock.now();
  SLUICE_TRY(limits.limit, parse_limit(params));
  SLUICE_TRY(const auto asked, parse_range(params, now));
  const auto& own = limits_of(api, request);
  SLUICE_TRY(limits.range, limited_range({asked.start, std::max(asked.end, now)}, own, now));
  // Entries may be stamped a little ahead of our clock.
  limits.range.end = std::max(limits.range.end, now + std::chrono::minutes{10});
  limits.limit = std::min(limits.limit, own.max_entries);
  return limits;
}

}  // namespace

namespace {

// `text` is the query; `legacy` says in which shape frames are.
Result<std::function<void()>> open_tail(const Api& api, http::Request& request,
                                        std::shared_ptr<http::WebSocket> socket,
                                        const std::string& text, bool legacy) {
  SLUICE_TRY(auto expr, query::parse_logql(text));
  if (expr->type != query::ValueType::streams)
    return invalid_argument("only log queries can be tailed, not metric queries");
  SLUICE_TRY(const Duration delay, parse_delay(request.query));
  SLUICE_TRY(const auto limits, parse_history(api, request));
  SLUICE_TRY(auto listener,
             api.tails->open({request.tenant, *expr, delay, wants_categories(request) && !legacy,
                              legacy, limits_of(api, request).detect_levels},
                             std::move(socket)));
  const auto context = query_context(api, request);
  auto history = api.sources.engine.logs(*expr, request.tenant, limits, *context);
  if (!history) {
    api.tails->close(listener);
    return std::move(history).error();
  }
  api.tails->begin(listener, std::get<query::Streams>(history->value));
  return std::function<void()>([hub = api.tails.get(), listener] { hub->close(listener); });
}

}  // namespace

Result<std::function<void()>> tail(const Api& api, http::Request& request,
                                   std::shared_ptr<http::WebSocket> socket) {
  return open_tail(api, request, std::move(socket), request.query.get_or("query", ""), false);
}

Result<std::function<void()>> legacy_tail(const Api& api, http::Request& request,
                                          std::shared_ptr<http::WebSocket> socket) {
  const auto text =
      legacy_query_text(request.query.get_or("query", ""), request.query.get_or("regexp", ""));
  return open_tail(api, request, std::move(socket), text, true);
}

}  // namespace sluice::api::loki
