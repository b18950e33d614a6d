// The endpoints, one file each: functions of what the API was given and the request.
#pragma once

#include <memory>

#include "daemon/api/loki/routes.h"
#include "daemon/api/loki/tail_hub.h"

namespace sluice::api::loki {

struct Api {
  LokiSources sources;
  Clock& clock;
  LokiOptions options;
  std::unique_ptr<TailHub> tails;
};

http::Response query_instant(const Api& api, http::Request& request);
http::Response query_range(const Api& api, http::Request& request);
http::Response label_names(const Api& api, http::Request& request);
http::Response label_values(const Api& api, http::Request& request);
http::Response series(const Api& api, http::Request& request);
http::Response index_stats(const Api& api, http::Request& request);
http::Response index_volume(const Api& api, http::Request& request);
http::Response index_volume_range(const Api& api, http::Request& request);
http::Response detected_labels(const Api& api, http::Request& request);
http::Response detected_fields(const Api& api, http::Request& request);
http::Response detected_field_values(const Api& api, http::Request& request);
http::Response index_shards(const Api& api, http::Request& request);
http::Response patterns(const Api& api, http::Request& request);
http::Response format_query(const Api& api, http::Request& request);
http::Response build_info(const Api& api, http::Request& request);
http::Response drilldown_limits(const Api& api, http::Request& request);
Result<std::function<void()>> tail(const Api& api, http::Request& request,
                                   std::shared_ptr<http::WebSocket> socket);
// What Loki had before 1.0, under /api/prom, for clients of that time.
http::Response legacy_query(const Api& api, http::Request& request);
http::Response legacy_label_names(const Api& api, http::Request& request);
http::Response legacy_label_values(const Api& api, http::Request& request);
Result<std::function<void()>> legacy_tail(const Api& api, http::Request& request,
                                          std::shared_ptr<http::WebSocket> socket);

// The limits of the request's tenant.
const query::QueryLimits& limits_of(const Api& api, const http::Request& request);
// The context of a request's query: the tenant's limits and timeout, the client's cancellation.
std::unique_ptr<query::QueryContext> query_context(const Api& api, const http::Request& request);
// start and end of the request, within what the tenant may ask for.
Result<TimeRange> query_range_of(const Api& api, const http::Request& request,
                                 Duration default_since = std::chrono::hours{1});

}  // namespace sluice::api::loki
