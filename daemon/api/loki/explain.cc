#include "daemon/api/loki/explain.h"

namespace sluice::api::loki {

namespace {

using Count = std::atomic<std::uint64_t>;

void write_count(JsonWriter& out, std::string_view key, const Count& count) {
  out.key(key).number(count.load());
}

double milliseconds(std::uint64_t ns) {
  return static_cast<double>(ns / 1000) / 1000;
}

// Stages are sums over the query's threads, the total is the time that passed. What the query's own
// thread did outside of scans is evaluation, too.
void write_times(JsonWriter& out, const query::QueryContext& context,
                 const query::QueryStats& stats) {
  const auto total = static_cast<std::uint64_t>(
      std::chrono::nanoseconds(std::chrono::steady_clock::now() - context.started()).count());
  const std::uint64_t scans = stats.scan_ns;
  out.begin_object();
  out.key("plan").number(milliseconds(stats.plan_ns));
  out.key("search").number(milliseconds(stats.search_ns));
  out.key("read").number(milliseconds(stats.read_ns));
  out.key("evaluate").number(milliseconds(stats.evaluate_ns + (total > scans ? total - scans : 0)));
  out.key("total").number(milliseconds(total));
  out.end_object();
}

void write_skipped(JsonWriter& out, const query::QueryStats& stats) {
  out.begin_object();
  write_count(out, "by_stream", stats.groups_skipped_stream);
  write_count(out, "by_time", stats.groups_skipped_time);
  write_count(out, "by_template", stats.groups_skipped_template);
  write_count(out, "by_filter", stats.groups_skipped_filter);
  write_count(out, "by_header", stats.groups_skipped_header);
  out.end_object();
}

}  // namespace

Result<bool> wants_explain(const http::Params& params) {
  const auto text = params.get_or("explain", "");
  if (text.empty() || text == "false" || text == "0") return false;
  if (text == "true" || text == "1") return true;
  return invalid_argument("invalid explain \"" + text + "\"; it is true or false");
}

void write_explain(JsonWriter& out, const query::Expr& query, query::QueryContext& context) {
  const auto& stats = context.stats();
  out.begin_object();
  out.key("query").string(query::to_string(query));
  out.key("parts").begin_object();
  write_count(out, "considered", stats.parts.considered());
  write_count(out, "skipped_by_time", stats.parts.skipped_by_time());
  out.end_object();
  out.key("row_groups").begin_object();
  write_count(out, "considered", stats.groups);
  out.key("skipped");
  write_skipped(out, stats);
  write_count(out, "answered_by_header", stats.groups_from_header);
  write_count(out, "read", stats.groups_read);
  write_count(out, "damaged", stats.groups_damaged);
  out.end_object();
  out.key("unsealed_batches").begin_object();
  write_count(out, "considered", stats.unsealed_considered);
  write_count(out, "read", stats.head_batches);
  out.end_object();
  out.key("read").begin_object();
  write_count(out, "bytes", stats.bytes_read);
  write_count(out, "chunks", stats.chunks_read);
  write_count(out, "columns_decoded", stats.columns_decoded);
  write_count(out, "columns_cached", stats.columns_cached);
  write_count(out, "columns_searched", stats.columns_scanned);
  write_count(out, "lines_rebuilt", stats.lines_rebuilt);
  out.end_object();
  out.key("looked_at").begin_object();
  write_count(out, "lines", stats.lines_processed);
  write_count(out, "line_bytes", stats.bytes_processed);
  write_count(out, "samples", stats.samples);
  write_count(out, "lines_kept", stats.lines_kept);
  out.end_object();
  write_count(out, "threads", stats.workers);
  out.key("milliseconds");
  write_times(out, context, stats);
  out.end_object();
}

}  // namespace sluice::api::loki
