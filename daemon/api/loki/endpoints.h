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

// The context of a request's query: the API's limits and timeout, the client's cancellation.
std::unique_ptr<query::QueryContext> query_context(const Api& api, const http::Request& request);

}  // namespace sluice::api::loki
