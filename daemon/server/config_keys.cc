#include "daemon/server/config_keys.h"

#include <algorithm>
#include <map>

namespace sluice::server {

namespace {

using Options = DaemonOptions;

std::string write_bytes(std::uint64_t n) {
  for (const auto& [shift, unit] : {std::pair{30, "GiB"}, {20, "MiB"}, {10, "KiB"}})
    if (n != 0 && n % (std::uint64_t{1} << shift) == 0) return std::to_string(n >> shift) + unit;
  return std::to_string(n);
}

const Options& defaults() {
  static const Options options;
  return options;
}

// A key that is a duration of any chrono unit; `at` gives the place in the options.
template <class At>
ConfigKey duration(std::string section, std::string name, std::string help, At at,
                   bool live = false) {
  auto show = [at](const Options& o) {
    const Duration value = at(const_cast<Options&>(o));
    return format_prometheus_duration(value);
  };
  auto read = [at, name](YamlNode& node, Options& o) {
    auto& place = at(o);
    using Unit = std::remove_reference_t<decltype(place)>;
    place = std::chrono::duration_cast<Unit>(node.duration(name, place));
  };
  return {std::move(section), name, "duration", std::move(help),
          show(defaults()),   live, read,       show};
}

template <class At>
ConfigKey bytes(std::string section, std::string name, std::string help, At at, bool live = false) {
  auto show = [at](const Options& o) { return write_bytes(at(const_cast<Options&>(o))); };
  auto read = [at, name](YamlNode& node, Options& o) {
    auto& place = at(o);
    place = static_cast<std::remove_reference_t<decltype(place)>>(node.bytes(name, place));
  };
  return {std::move(section), name, "bytes", std::move(help), show(defaults()), live, read, show};
}

template <class At>
ConfigKey integer(std::string section, std::string name, std::string help, std::int64_t min,
                  std::int64_t max, At at, bool live = false) {
  auto show = [at](const Options& o) { return std::to_string(at(const_cast<Options&>(o))); };
  auto read = [at, name, min, max](YamlNode& node, Options& o) {
    auto& place = at(o);
    using Number = std::remove_reference_t<decltype(place)>;
    place = static_cast<Number>(node.integer(name, static_cast<std::int64_t>(place), min, max));
  };
  return {std::move(section), name, "integer", std::move(help), show(defaults()), live, read, show};
}

template <class At>
ConfigKey text(std::string section, std::string name, std::string help, At at, bool live = false) {
  auto show = [at](const Options& o) { return at(const_cast<Options&>(o)); };
  auto read = [at, name](YamlNode& node, Options& o) { at(o) = node.string(name, at(o)); };
  return {std::move(section), name, "string", std::move(help), show(defaults()), live, read, show};
}

template <class At>
ConfigKey boolean(std::string section, std::string name, std::string help, At at) {
  auto show = [at](const Options& o) {
    return std::string(at(const_cast<Options&>(o)) ? "true" : "false");
  };
  auto read = [at, name](YamlNode& node, Options& o) { at(o) = node.boolean(name, at(o)); };
  return {std::move(section), name,  "boolean", std::move(help),
          show(defaults()),   false, read,      show};
}

ConfigKey log_level_key() {
  static constexpr std::string_view names[] = {"debug", "info", "warn", "error"};
  auto show = [](const Options& o) { return std::string(names[static_cast<int>(o.log_level)]); };
  auto read = [show](YamlNode& node, Options& o) {
    auto level = parse_log_level(node.string("level", show(o)));
    if (level)
      o.log_level = *level;
    else
      node.error_at("level", level.error().message);
  };
  return {"log", "level", "string", "debug, info, warn or error", "info", true, read, show};
}

ConfigKey log_format_key() {
  auto show = [](const Options& o) -> std::string {
    return o.log_format == LogFormat::json ? "json" : "logfmt";
  };
  auto read = [show](YamlNode& node, Options& o) {
    const auto format = node.string("format", show(o));
    if (format == "json")
      o.log_format = LogFormat::json;
    else if (format == "logfmt")
      o.log_format = LogFormat::logfmt;
    else
      node.error_at("format", "expected logfmt or json, got \"" + format + "\"");
  };
  return {"log",    "format", "string", "logfmt or json, one line per event on stderr",
          "logfmt", true,     read,     show};
}

ConfigKey long_lines_key() {
  static constexpr std::string_view names[] = {"split", "truncate", "refuse"};
  auto show = [](const Options& o) {
    return std::string(names[static_cast<int>(o.ingest.long_lines)]);
  };
  auto read = [show](YamlNode& node, Options& o) {
    const auto policy = node.string("long_lines", show(o));
    const auto* const found = std::find(std::begin(names), std::end(names), policy);
    if (found == std::end(names))
      node.error_at("long_lines", "expected split, truncate or refuse, got \"" + policy + "\"");
    else
      o.ingest.long_lines = static_cast<LongLinePolicy>(found - std::begin(names));
  };
  return {"limits", "long_lines",
          "string", "split (into marked parts), truncate (marked) or refuse (with 400)",
          "split",  false,
          read,     show};
}

// The place of a member inside the options, for the builders above.
#define AT(member)           \
  [](Options & o) -> auto& { \
    return o.member;         \
  }

void add_http(std::vector<ConfigKey>& keys) {
  const std::string s = "http";
  keys.push_back(text(s, "listen", "Address and port of the API and the UI", AT(http.listen)));
  keys.push_back(integer(s, "max_connections", "Open connections; more are answered 503", 1,
                         1'000'000, AT(http.max_connections)));
  keys.push_back(bytes(s, "max_header_bytes",
                       "Request line and headers; larger ones are answered 431",
                       AT(http.max_header_bytes)));
  keys.push_back(bytes(s, "max_body_bytes_in_flight",
                       "All request bodies being read or handled; past it 429",
                       AT(http.max_body_bytes_in_flight)));
  keys.push_back(duration(s, "header_timeout", "For the whole header of a request; then 408",
                          AT(http.header_timeout)));
  keys.push_back(duration(s, "body_timeout", "For the whole body of a request; then 408",
                          AT(http.body_timeout)));
  keys.push_back(duration(s, "idle_timeout", "How long an idle keep-alive connection is kept",
                          AT(http.idle_timeout)));
  keys.push_back(duration(s, "write_timeout", "How long a client may refuse to take an answer",
                          AT(http.write_timeout)));
  keys.push_back(integer(s, "websocket_queue", "Messages waiting for one WebSocket client", 1,
                         100'000, AT(http.websocket_queue)));
  keys.push_back(duration(s, "drain_timeout", "On stop: how long running requests may finish",
                          AT(drain_timeout)));
  keys.push_back(text("http.tls", "cert_file", "PEM chain, leaf first; empty: plain HTTP",
                      AT(http.tls.cert_file), true));
  keys.push_back(text("http.tls", "key_file", "PEM private key", AT(http.tls.key_file), true));
  keys.push_back(text("http.tls", "client_ca_file",
                      "PEM; set: clients must show a certificate signed by it",
                      AT(http.tls.client_ca_file), true));
}

void add_storage(std::vector<ConfigKey>& keys) {
  const std::string s = "storage";
  keys.push_back(
      text(s, "path", "Directory of the database; one process at a time", AT(storage.path)));
  keys.push_back(duration(s, "retention",
                          "Whole days older than this are dropped; 0s keeps everything",
                          AT(storage.retention)));
  keys.push_back(bytes(s, "max_bytes",
                       "Log parts as stored; past it the oldest days are dropped, never today; "
                       "0 sets no cap",
                       AT(storage.max_bytes)));
  keys.push_back(duration(s, "delete_cancel_period",
                          "How long a deletion of logs can be cancelled; then its space is freed",
                          AT(storage.delete_cancel_period)));
  keys.push_back(
      text(s, "backup_path", "Folder that backups are written into; empty: none", AT(backup_path)));
  keys.push_back(bytes(s, "head_bytes_max", "Lines in memory that are not sealed yet; past it 429",
                       AT(storage.head_bytes_max)));
  keys.push_back(bytes(s, "seal_bytes", "A part is sealed at this size", AT(storage.seal_bytes)));
  keys.push_back(duration(s, "seal_age", "... or at this age", AT(storage.seal_age)));
  keys.push_back(bytes(s, "min_free_bytes", "Free disk space below which pushes are answered 503",
                       AT(storage.min_free_bytes)));
  keys.push_back(bytes(s, "cache_bytes", "Block cache", AT(storage.cache_bytes)));
  keys.push_back(bytes(s, "column_cache_bytes",
                       "Decoded columns of logs, kept for the next query; 0 keeps none",
                       AT(storage.column_cache_bytes)));
}

void add_query(std::vector<ConfigKey>& keys) {
  const std::string s = "query";
  keys.push_back(
      duration(s, "timeout", "How long one query over logs may run; then 504", AT(query.timeout)));
  keys.push_back(duration(s, "max_length",
                          "Longest time from start to end of a query over logs; 0s: no limit",
                          AT(query.max_length)));
  keys.push_back(duration(s, "max_range", "Longest [range] in a query over logs; 0s: no limit",
                          AT(query.max_range)));
  keys.push_back(duration(s, "max_lookback",
                          "Logs older than this are not there for queries; 0s: no limit",
                          AT(query.max_lookback)));
  keys.push_back(bytes(s, "max_bytes_read",
                       "What one query may read from the store, compressed; 0: no limit",
                       AT(query.max_bytes_read)));
  keys.push_back(
      bytes(s, "max_memory",
            "What one query may hold in memory; past it its result is partial, or it fails",
            AT(query.max_memory_bytes)));
  keys.push_back(bytes(s, "max_memory_total",
                       "What all queries may hold together, but for rules and gates; past it 503",
                       AT(query_memory_bytes)));
  keys.push_back(integer(s, "max_series",
                         "Series of a log metric query; the largest are kept, with a warning", 1,
                         10'000'000, AT(query.max_series)));
  keys.push_back(integer(s, "max_samples", "Samples one PromQL query may load", 1, 10'000'000'000,
                         AT(query.max_samples)));
  keys.push_back(integer(s, "max_entries", "Largest `limit` of a log query", 1, 10'000'000,
                         AT(query.max_entries)));
  keys.push_back(boolean(s, "delayed_name_removal",
                         "Metric names that functions drop go at the end of a PromQL query",
                         AT(delayed_name_removal)));
}

// Of each stream, and of how many there are.
void add_active_limits(std::vector<ConfigKey>& keys) {
  const std::string s = "limits";
  keys.push_back(bytes(s, "stream_rate_bytes",
                       "Log bytes one stream may get per second; past it 429; 0: no limit",
                       AT(ingest.stream_rate_bytes)));
  keys.push_back(bytes(s, "stream_burst_bytes", "... and at once after a pause",
                       AT(ingest.stream_burst_bytes)));
  keys.push_back(integer(s, "active_streams",
                         "Log streams of a tenant with unsealed lines; past it new ones are "
                         "refused; 0: no limit",
                         0, 1'000'000'000, AT(ingest.active_streams)));
  keys.push_back(integer(s, "active_series",
                         "Metric series of a tenant in memory; past it new ones are refused; "
                         "0: no limit",
                         0, 1'000'000'000, AT(ingest.active_series)));
  keys.push_back(integer(s, "tails", "Live tails of a tenant open at once; past it 429", 1,
                         1'000'000, AT(ingest.tails)));
}

void add_limits(std::vector<ConfigKey>& keys) {
  const std::string s = "limits";
  keys.push_back(bytes(s, "push_body_bytes", "One push of logs, decompressed; past it 413",
                       AT(ingest.push_body_bytes)));
  keys.push_back(bytes(s, "write_body_bytes", "One remote write, decompressed; past it 413",
                       AT(ingest.write_body_bytes)));
  keys.push_back(integer(s, "entries_per_push", "Entries of one push", 1, 100'000'000,
                         AT(ingest.entries_per_push)));
  keys.push_back(integer(s, "samples_per_write", "Samples of one remote write", 1, 100'000'000,
                         AT(ingest.samples_per_write)));
  keys.push_back(
      bytes(s, "line_bytes", "One line; longer ones as long_lines says", AT(ingest.line_bytes)));
  keys.push_back(long_lines_key());
  keys.push_back(integer(s, "labels_per_stream", "Labels of one log stream", 1, 1'000,
                         AT(ingest.labels_per_stream)));
  keys.push_back(integer(s, "labels_per_series", "Labels of one metric series", 1, 1'000,
                         AT(ingest.labels_per_series)));
  keys.push_back(
      bytes(s, "label_name_bytes", "Length of a label name", AT(ingest.label_name_bytes)));
  keys.push_back(
      bytes(s, "label_value_bytes", "Length of a label value", AT(ingest.label_value_bytes)));
  keys.push_back(
      bytes(s, "metadata_bytes", "Structured metadata of one entry", AT(ingest.metadata_bytes)));
  keys.push_back(integer(s, "metadata_entries", "Structured metadata fields of one entry", 1,
                         10'000, AT(ingest.metadata_entries)));
  keys.push_back(
      duration(s, "future", "How far in the future a timestamp may lie", AT(ingest.future)));
  keys.push_back(boolean(s, "discover_log_levels",
                         "Find every entry's detected_level on arrival, not when a query asks",
                         AT(ingest.discover_log_levels)));
  keys.push_back(boolean(s, "type_and_unit_labels",
                         "Scrapes and remote writes 2.0: metadata as labels __type__ and __unit__",
                         AT(ingest.type_and_unit_labels)));
  keys.push_back(bytes(s, "ingestion_rate_bytes",
                       "Log bytes a tenant may push per second; past it 429; 0: no limit",
                       AT(ingest.ingestion_rate_bytes)));
  keys.push_back(bytes(s, "ingestion_burst_bytes", "... and at once after a pause",
                       AT(ingest.ingestion_burst_bytes)));
  add_active_limits(keys);
}

// Bodies are bounded before it is known whose they are; metrics have the limits of everybody.
bool may_differ(const ConfigKey& key) {
  if (key.section == "query")
    return key.name != "max_memory_total" && key.name != "delayed_name_removal";
  return key.section == "limits" && key.name != "push_body_bytes" &&
         key.name != "write_body_bytes" && key.name != "samples_per_write" &&
         key.name != "type_and_unit_labels" && key.name != "labels_per_series";
}

void add_runtime(std::vector<ConfigKey>& keys) {
  const std::string s = "runtime";
  keys.push_back(
      integer(s, "io_threads", "Threads that move bytes", 1, 256, AT(runtime.io_threads)));
  keys.push_back(integer(s, "commit_threads", "Pushes waiting for an fsync together", 1, 1024,
                         AT(runtime.commit_threads)));
  keys.push_back(integer(s, "query_threads",
                         "Threads of queries: so many run at once, idle ones help", 1, 256,
                         AT(runtime.query_threads)));
  keys.push_back(integer(s, "queue_limit", "Requests waiting for a thread; past it 429", 1,
                         1'000'000, AT(runtime.queue_limit)));
}

void add_scrape(std::vector<ConfigKey>& keys) {
  const std::string s = "scrape";
  keys.push_back(text(s, "tenant", "Whose the scraped samples are", AT(scrape_tenant)));
  keys.push_back(integer(s, "threads", "Scrapes at once; a target that does not answer holds one",
                         1, 1'000, AT(scrape_threads)));
}

#undef AT

std::vector<ConfigKey> make_keys() {
  std::vector<ConfigKey> keys;
  add_http(keys);
  add_storage(keys);
  add_query(keys);
  add_limits(keys);
  add_runtime(keys);
  add_scrape(keys);
  keys.push_back(log_level_key());
  keys.push_back(log_format_key());
  for (auto& key : keys) key.per_tenant = may_differ(key);
  return keys;
}

}  // namespace

const std::vector<ConfigKey>& config_keys() {
  static const std::vector<ConfigKey> keys = make_keys();
  return keys;
}

std::string config_reference() {
  std::string out;
  std::string section;
  for (const auto& key : config_keys()) {
    if (key.section != section) {
      section = key.section;
      out += "\n### `" + section +
             "`\n\n| key | type | default | live | meaning |\n|---|---|---|---|---|\n";
    }
    out += "| `" + key.name + "` | " + key.type + " | ";
    out += key.fallback.empty() ? "none" : "`" + key.fallback + "`";
    out += std::string(" | ") + (key.live ? "yes" : "") + " | " + key.help + " |\n";
  }
  return out;
}

}  // namespace sluice::server
