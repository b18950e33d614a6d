#include "agent/config/load.h"

#include "base/config/yaml.h"
#include "base/scrape/read_config.h"

namespace sluice::agent {
namespace {

LabelSet read_labels(YamlNode node) {
  LabelSet out;
  for (auto& [name, value] : node.entries()) {
    if (!valid_label_name(name))
      value.error("`" + name + "` is not a label name");
    else
      out.set(name, value.text());
  }
  return out;
}

void read_log(YamlNode node, AgentOptions& o) {
  const auto level = node.string("level", "info");
  if (const auto parsed = parse_log_level(level))
    o.log_level = *parsed;
  else
    node.error_at("level", "`" + level + "` is not debug, info, warn or error");
  const auto format = node.string("format", "logfmt");
  if (format != "logfmt" && format != "json")
    node.error_at("format", "`" + format + "` is not logfmt or json");
  o.log_format = format == "json" ? LogFormat::json : LogFormat::logfmt;
}

void read_tls(YamlNode node, http::TlsClientOptions& o) {
  o.ca_file = node.string("ca_file", o.ca_file);
  o.cert_file = node.string("cert_file", o.cert_file);
  o.key_file = node.string("key_file", o.key_file);
  o.server_name = node.string("server_name", o.server_name);
  o.insecure_skip_verify = node.boolean("insecure_skip_verify", o.insecure_skip_verify);
}

std::uint64_t read_count(YamlNode& node, std::string_view key, std::uint64_t fallback,
                         std::int64_t max) {
  return static_cast<std::uint64_t>(node.integer(key, static_cast<std::int64_t>(fallback), 1, max));
}

void read_server(YamlNode node, ShipOptions& o) {
  o.server = node.string("url", o.server);
  o.tenant = node.string("tenant", o.tenant);
  o.token_file = node.string("token_file", o.token_file);
  o.timeout = node.duration("timeout", o.timeout);
  o.max_in_flight = read_count(node, "max_in_flight", o.max_in_flight, 64);
  o.backoff_min = node.duration("backoff_min", o.backoff_min);
  o.backoff_max = node.duration("backoff_max", o.backoff_max);
  o.identity = node.boolean("identity", o.identity);
  read_tls(node.section("tls"), o.tls);
}

FileGroup read_group(YamlNode& node) {
  FileGroup g;
  g.name = node.string("name", g.name);
  g.paths = node.strings("paths");
  if (g.paths.empty()) node.error("a file group needs `paths`");
  g.exclude = node.strings("exclude");
  g.labels = read_labels(node.section("labels"));
  g.ignore_older = node.duration("ignore_older", g.ignore_older);
  return g;
}

void read_tail(YamlNode node, TailOptions& o) {
  o.max_line = node.bytes("max_line_bytes", o.max_line);
  o.batch_bytes = node.bytes("batch_bytes", o.batch_bytes);
  o.batch_age = node.duration("batch_age", o.batch_age);
  o.linger = node.duration("linger", o.linger);
  o.sweep_interval = node.duration("sweep_interval", o.sweep_interval);
  o.rotate_wait = node.duration("rotate_wait", o.rotate_wait);
  o.checkpoint_interval = node.duration("checkpoint_interval", o.checkpoint_interval);
  o.max_open_files = read_count(node, "max_open_files", o.max_open_files, 1'000'000);
  o.max_files = read_count(node, "max_files", o.max_files, 1'000'000);
  o.deleted_hold_bytes = node.bytes("deleted_hold_bytes", o.deleted_hold_bytes);
  const auto zone = node.string("zone", "local");
  if (zone != "local" && zone != "utc") node.error_at("zone", "`" + zone + "` is not local or utc");
  o.local_time = zone == "local";
}

void read_metrics(YamlNode node, HostMetricsOptions& o) {
  o.enabled = node.boolean("enabled", o.enabled);
  o.interval = node.duration("interval", o.interval);
  o.job = node.string("job", o.job);
  o.instance = node.string("instance", o.instance);
  o.proc = node.string("proc", o.proc);
  o.sys = node.string("sys", o.sys);
  o.root = node.string("root", o.root);
  o.system_bus = node.string("system_bus", o.system_bus);
  o.textfiles = node.string("textfiles", o.textfiles);
  o.max_cgroups = static_cast<std::uint64_t>(
      node.integer("max_cgroups", static_cast<std::int64_t>(o.max_cgroups), 0, 20'000));
  o.containers_job = node.string("containers_job", o.containers_job);
  o.queue_scrapes = read_count(node, "queue_scrapes", o.queue_scrapes, 100'000);
  o.queue_bytes = node.bytes("queue_bytes", o.queue_bytes);
}

Result<AgentOptions> read_document(YamlDocument doc) {
  AgentOptions o;
  YamlNode root = doc.root();
  o.agent_id = root.string("agent_id", o.agent_id);
  o.state = root.string("state", o.state);
  o.labels = read_labels(root.section("labels"));
  o.http_listen = root.section("http").string("listen", o.http_listen);
  read_log(root.section("log"), o);
  read_server(root.section("server"), o.ship);
  o.ship.quarantine_bytes = root.section("quarantine").bytes("max_bytes", o.ship.quarantine_bytes);
  for (auto& node : root.list("files")) o.files.push_back(read_group(node));
  read_tail(root.section("tail"), o.tail);
  read_metrics(root.section("metrics"), o.metrics);
  YamlNode scrape = root.section("scrape");
  o.scrape_threads = read_count(scrape, "threads", o.scrape_threads, 1'000);
  o.scrape_queue_bytes = scrape.bytes("queue_bytes", o.scrape_queue_bytes);
  o.scrape_type_and_unit_labels =
      scrape.boolean("type_and_unit_labels", o.scrape_type_and_unit_labels);
  o.scrape = scrape::read_scrape_config(root, true);
  SLUICE_CHECK(doc.finish());
  return o;
}

}  // namespace

Result<AgentOptions> load_config(const std::string& path) {
  SLUICE_TRY(auto doc, YamlDocument::load_file(path));
  return read_document(std::move(doc));
}

Result<AgentOptions> parse_config(std::string text, std::string name) {
  SLUICE_TRY(auto doc, YamlDocument::parse(std::move(text), std::move(name)));
  return read_document(std::move(doc));
}

}  // namespace sluice::agent
