// GateData over the query engine.
#include <cmath>

#include "base/types/ids.h"
#include "daemon/alerting/engine_query.h"
#include "daemon/release/gate_data.h"
#include "daemon/storage/store.h"
#include "query/engine/engine.h"

namespace sluice::release {
namespace {

constexpr auto query_timeout = std::chrono::seconds(30);

void set_deadline(query::QueryContext& context) {
  context.set_deadline(std::chrono::steady_clock::now() + query_timeout);
}

std::int64_t milliseconds(Timestamp t) {
  return unix_ms(to_ms(t));
}

Result<std::vector<double>> count(const query::Engine& engine, const TenantId& tenant,
                                  const std::string& log_query, Timestamp start, Duration slice,
                                  std::size_t slices) {
  std::vector<double> out(slices, 0);
  if (slices == 0) return out;
  SLUICE_TRY(const auto expr, query::parse_logql(count_query(log_query, slice)));
  const std::int64_t step = std::chrono::duration_cast<std::chrono::milliseconds>(slice).count();
  const std::int64_t first = milliseconds(start) + step;
  const std::int64_t last = first + step * static_cast<std::int64_t>(slices - 1);
  query::QueryContext context;
  set_deadline(context);
  SLUICE_TRY(const auto result, engine.range(*expr, {tenant, first, last, step}, context));
  SLUICE_CHECK(alerting::require_complete(result));
  const auto* matrix = std::get_if<query::Matrix>(&result.value);
  if (matrix == nullptr) return Error{ErrorCode::internal, "a count gave no series"};
  for (const auto& series : *matrix) {
    for (const auto& sample : series.samples) {
      const auto i = static_cast<std::size_t>((sample.timestamp_ms - first) / step);
      if (i < slices) out[i] += sample.value;
    }
  }
  return out;
}

Result<std::vector<std::string>> read_lines(const query::Engine& engine, const TenantId& tenant,
                                            const std::string& log_query, TimeRange range,
                                            std::size_t limit) {
  SLUICE_TRY(const auto expr, query::parse_logql(log_query));
  query::QueryContext context;
  set_deadline(context);
  SLUICE_TRY(const auto result,
             engine.logs(*expr, tenant, {range, limit, query::Direction::backward}, context));
  // A new error among the lines that are missing would let a release pass.
  SLUICE_CHECK(alerting::require_complete(result));
  std::vector<std::string> out;
  const auto* streams = std::get_if<query::Streams>(&result.value);
  if (streams == nullptr) return Error{ErrorCode::internal, "a log query gave no lines"};
  for (const auto& stream : *streams) {
    for (const auto& entry : stream.entries) out.push_back(entry.line);
  }
  return out;
}

}  // namespace

std::string count_query(const std::string& log_query, Duration slice) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(slice).count();
  return "sum(count_over_time(" + log_query + " [" + std::to_string(ms) + "ms]))";
}

GateData engine_gate_data(const query::Engine& engine, storage::Store& store,
                          const TenantId& tenant) {
  GateData data;
  data.counts = [&engine, tenant](const std::string& log_query, Timestamp start, Duration slice,
                                  std::size_t slices) {
    return count(engine, tenant, log_query, start, slice, slices);
  };
  data.lines = [&engine, tenant](const std::string& log_query, TimeRange range, std::size_t limit) {
    return read_lines(engine, tenant, log_query, range, limit);
  };
  data.watermark = [&store, tenant] { return store.freshness(tenant).newest_log; };
  return data;
}

}  // namespace sluice::release
