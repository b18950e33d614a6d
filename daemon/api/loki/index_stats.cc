// GET /loki/api/v1/index/stats: how much a selector would read. Grafana asks on every change of the
// query, so counting stops after a short time; the figures are then a lower bound.

#include <set>

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/parameters.h"

namespace sluice::api::loki {

namespace {

constexpr std::chrono::milliseconds counting_time{1500};

struct Counts {
  std::set<std::uint64_t> streams;
  std::uint64_t batches = 0;
  std::uint64_t bytes = 0;
  std::uint64_t entries = 0;
};

Result<Counts> count(query::LogCursor& cursor, std::chrono::steady_clock::time_point until) {
  Counts counts;
  while (std::chrono::steady_clock::now() < until) {
    SLUICE_TRY(const query::LogBatch* batch, cursor.next());
    if (batch == nullptr) break;
    counts.streams.insert(batch->stream);
    ++counts.batches;
    counts.entries += batch->lines.size();
    for (const auto line : batch->lines) counts.bytes += line.size();
  }
  return counts;
}

Result<Counts> count_all(const Api& api, const http::Request& request) {
  SLUICE_TRY(const auto range, parse_range(request.query, api.clock.now()));
  SLUICE_TRY(auto matchers, parse_selector(request.query.get_or("query", "")));
  const auto context = query_context(api, request);
  const query::LogSelect select{
      request.tenant, std::move(matchers), range, {}, query::Direction::backward};
  SLUICE_TRY(auto cursor, api.sources.logs.select(select, *context));
  return count(*cursor, std::chrono::steady_clock::now() + counting_time);
}

}  // namespace

http::Response index_stats(const Api& api, http::Request& request) {
  const auto counts = count_all(api, request);
  if (!counts) return failure(counts.error());
  JsonWriter out;
  out.begin_object();
  out.key("streams").number(static_cast<std::uint64_t>(counts->streams.size()));
  out.key("chunks").number(counts->batches);
  out.key("bytes").number(counts->bytes);
  out.key("entries").number(counts->entries);
  out.end_object();
  return json(out.take());
}

}  // namespace sluice::api::loki
