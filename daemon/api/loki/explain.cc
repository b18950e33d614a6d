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

// Evaluation is what is left of the time: the engine works between reads.
void write_times(JsonWriter& out, const query::QueryContext& context,
                 const query::QueryStats& stats) {
  const auto total = static_cast<std::uint64_t>(
      std::chrono::nanoseconds(std::chrono::steady_clock::now() - context.started()).count());
  const std::uint64_t store = stats.plan_ns + stats.read_ns;
  out.begin_object();
  out.key("plan").number(milliseconds(stats.plan_ns));
  out.key("read").number(milliseconds(stats.read_ns));
  out.key("evaluate").number(milliseconds(total > store ? total - store : 0));
  out.key("total").number(milliseconds(total));
  out.end_object();
}

void write_skipped(JsonWriter& out, const query::QueryStats& stats) {
  out.begin_object();
  write_count(out, "by_stream", stats.groups_skipped_stream);
  write_count(out, "by_time", stats.groups_skipped_time);
  write_count(out, "by_template_or_filter", stats.groups_skipped_filter);
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
  write_count(out, "considered", stats.parts);
  write_count(out, "skipped_by_time", stats.parts_skipped_time);
  out.end_object();
  out.key("row_groups").begin_object();
  write_count(out, "considered", stats.groups);
  out.key("skipped");
  write_skipped(out, stats);
  write_count(out, "answered_by_header", stats.groups_from_header);
  out.end_object();
  out.key("read").begin_object();
  write_count(out, "bytes", stats.bytes_read);
  write_count(out, "chunks", stats.chunks_read);
  write_count(out, "columns_searched", stats.columns_scanned);
  write_count(out, "lines_rebuilt_to_search", stats.lines_rebuilt);
  out.end_object();
  out.key("looked_at").begin_object();
  write_count(out, "lines", stats.lines_processed);
  write_count(out, "line_bytes", stats.bytes_processed);
  write_count(out, "samples", stats.samples);
  write_count(out, "lines_kept", stats.lines_kept);
  out.end_object();
  out.key("milliseconds");
  write_times(out, context, stats);
  out.end_object();
}

}  // namespace sluice::api::loki
