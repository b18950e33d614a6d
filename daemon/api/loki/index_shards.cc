// GET /loki/api/v1/index/shards: parts of the data of a selector, for clients that run them in
// parallel (logcli --parallel). Sluice splits a query itself, so there is one shard with all of it;
// it has Loki's form for "everything": bounds of the whole space of stream hashes.

#include <limits>

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/parameters.h"
#include "daemon/api/loki/stream_sizes.h"

namespace sluice::api::loki {

namespace {

void write_sizes(JsonWriter& out, const StreamSizes& sizes) {
  const StreamSize all = sizes.total();
  out.begin_object();
  out.key("streams").number(static_cast<std::uint64_t>(sizes.streams.size()));
  out.key("chunks").number(sizes.batches);
  out.key("bytes").number(all.bytes);
  out.key("entries").number(all.entries);
  out.end_object();
}

Result<http::Response> answer_shards(const Api& api, const http::Request& request) {
  SLUICE_TRY(const auto range, query_range_of(api, request));
  SLUICE_TRY(const auto expr, query::parse_logql(request.query.get_or("query", "")));
  const auto* log = std::get_if<query::LogQuery>(&expr->node);
  if (log == nullptr) return invalid_argument("a log query such as {app=\"web\"} is needed here");
  const auto context = query_context(api, request);
  SLUICE_TRY(const auto sizes,
             measure_streams(api.sources.logs, request.tenant, log->matchers, range, *context));
  JsonWriter out;
  out.begin_object().key("shards").begin_array().begin_object();
  out.key("bounds").begin_object().key("Min").number(std::uint64_t{0});
  out.key("Max").number(std::numeric_limits<std::uint64_t>::max()).end_object();
  out.key("stats");
  write_sizes(out, sizes);
  out.end_object().end_array().key("statistics").begin_object().end_object().end_object();
  return json(out.take());
}

}  // namespace

http::Response index_shards(const Api& api, http::Request& request) {
  auto response = answer_shards(api, request);
  return response ? std::move(*response) : failure(response.error());
}

}  // namespace sluice::api::loki
