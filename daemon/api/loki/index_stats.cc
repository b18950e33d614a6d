// GET /loki/api/v1/index/stats: how much a selector would read. Grafana asks on every change of the
// query; row groups' headers answer it.

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/parameters.h"
#include "daemon/api/loki/stream_sizes.h"

namespace sluice::api::loki {

namespace {

Result<StreamSizes> measure_request(const Api& api, const http::Request& request) {
  SLUICE_TRY(const auto range, query_range_of(api, request));
  SLUICE_TRY(auto matchers, parse_selector(request.query.get_or("query", "")));
  const auto context = query_context(api, request);
  return measure_streams(api.sources.logs, request.tenant, matchers, range, *context);
}

}  // namespace

http::Response index_stats(const Api& api, http::Request& request) {
  const auto sizes = measure_request(api, request);
  if (!sizes) return failure(sizes.error());
  const StreamSize all = sizes->total();
  JsonWriter out;
  out.begin_object();
  out.key("streams").number(static_cast<std::uint64_t>(sizes->streams.size()));
  out.key("chunks").number(sizes->batches);
  out.key("bytes").number(all.bytes);
  out.key("entries").number(all.entries);
  out.end_object();
  return json(out.take());
}

}  // namespace sluice::api::loki
