// /loki/api/v1/status/buildinfo and /loki/api/v1/drilldown-limits: how clients find out whom they
// speak to and what it can do.

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"

namespace sluice::api::loki {

namespace {

// Clients read features off the version; this is the Loki whose API we speak.
constexpr std::string_view spoken_version = "3.5.0";

void write_empty_list(JsonWriter& out, std::string_view key) {
  out.key(key).begin_array().end_array();
}

std::string hours_text(std::chrono::hours hours) {
  return std::to_string(hours.count()) + "h";
}

void write_limits(JsonWriter& out, const LokiOptions& options, const query::QueryLimits& limits) {
  out.begin_object();
  out.key("discover_log_levels").boolean(true);  // by ingest or when asked for
  write_empty_list(out, "discover_service_name");
  write_empty_list(out, "log_level_fields");
  out.key("max_entries_limit_per_query").number(static_cast<std::uint64_t>(limits.max_entries));
  out.key("max_line_size_truncate").boolean(options.truncates_lines);
  out.key("max_query_bytes_read").string(std::to_string(limits.max_bytes_read) + "B");
  out.key("max_query_length").string(format_prometheus_duration(limits.max_length));
  out.key("max_query_lookback").string(format_prometheus_duration(limits.max_lookback));
  out.key("max_query_range").string(format_prometheus_duration(limits.max_range));
  out.key("max_query_series").number(static_cast<std::uint64_t>(limits.max_series));
  out.key("metric_aggregation_enabled").boolean(false);
  out.key("pattern_persistence_enabled").boolean(false);
  out.key("query_timeout").string(format_prometheus_duration(limits.timeout));
  out.key("retention_period").string(hours_text(options.retention));
  write_empty_list(out, "retention_stream");
  out.key("volume_enabled").boolean(true);
  out.key("volume_max_series").number(static_cast<std::uint64_t>(limits.max_series));
  out.end_object();
}

}  // namespace

http::Response build_info(const Api& api, http::Request&) {
  JsonWriter out;
  out.begin_object();
  out.key("version").string(spoken_version);
  out.key("revision").string("sluice-" + api.options.version);
  out.key("branch").string("sluice").key("buildDate").string("").key("buildUser").string("");
  out.key("goVersion").string("").end_object();
  return json(out.take());
}

http::Response drilldown_limits(const Api& api, http::Request& request) {
  JsonWriter out;
  out.begin_object().key("limits");
  write_limits(out, api.options, limits_of(api, request));
  out.key("pattern_ingester_enabled").boolean(true);
  out.key("version").string(spoken_version).end_object();
  return json(out.take());
}

}  // namespace sluice::api::loki
