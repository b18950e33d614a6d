// GateData over the query engine.
#include <cmath>

#include "base/types/ids.h"
#include "daemon/alerting/engine_query.h"
#include "daemon/release/gate_data.h"
#include "daemon/storage/store.h"
#include "query/engine/engine.h"
#include "query/engine/shape_memo.h"

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
  SLUICE_CHECK(alerting::require_complete(result.warnings));
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

// A new error among the lines that are missing would let a release pass: what is read in part is an
// error.
Result<void> scan_all(const query::Engine& engine, const query::RowScan& scan,
                      const std::string& log_query, const query::RowVisitor& visit) {
  SLUICE_TRY(const auto expr, query::parse_logql(log_query));
  const auto* log = std::get_if<query::LogQuery>(&expr->node);
  if (log == nullptr) return invalid_argument("a gate's selector is no log query: " + log_query);
  query::QueryContext context;
  set_deadline(context);
  SLUICE_CHECK(engine.scan(*log, scan, context, visit));
  return alerting::require_complete(context.warnings());
}

Result<void> count_patterns(const query::Engine& engine, const query::RowScan& scan,
                            const std::string& log_query, rules::PatternCounter& counter) {
  using Pattern = rules::PatternCounter::Pattern;
  query::ShapeMemo<Pattern*> memo;
  return scan_all(engine, scan, log_query, [&](const auto& batch, std::size_t row) -> Result<bool> {
    SLUICE_TRY(Pattern* const pattern,
               memo.of(batch, row, [&](std::string_view line) -> Result<Pattern*> {
                 return &counter.pattern_of(line);
               }));
    counter.count(*pattern);
    if (!counter.wants_sample(*pattern)) return true;
    SLUICE_TRY(const std::string_view line, query::line_of(batch, row));
    counter.add_sample(*pattern, line);
    return true;
  });
}

Result<bool> find_pattern(const query::Engine& engine, const query::RowScan& scan,
                          const std::string& log_query, const rules::PatternCounter& counter,
                          std::uint64_t id) {
  static constexpr bool yes = true;
  static constexpr bool no = false;
  query::ShapeMemo<const bool*> memo;
  bool found = false;
  const auto visit = [&](const query::LogBatch& batch, std::size_t row) -> Result<bool> {
    SLUICE_TRY(const bool* const same,
               memo.of(batch, row, [&](std::string_view line) -> Result<const bool*> {
                 return counter.same(line, id) ? &yes : &no;
               }));
    found = *same;
    return !found;
  };
  SLUICE_CHECK(scan_all(engine, scan, log_query, visit));
  return found;
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
  data.patterns = [&engine, tenant](const std::string& log_query, TimeRange range,
                                    rules::PatternCounter& counter) {
    return count_patterns(engine, {tenant, range, {counter.fields()}, {}}, log_query, counter);
  };
  data.has_pattern = [&engine, tenant](const std::string& log_query, TimeRange range,
                                       const rules::PatternCounter& counter, std::uint64_t id) {
    return find_pattern(engine, {tenant, range, {counter.fields()}, {}}, log_query, counter, id);
  };
  data.watermark = [&store, tenant] { return store.freshness(tenant).newest_log; };
  return data;
}

}  // namespace sluice::release
