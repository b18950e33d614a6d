#include "base/scrape/read_config.h"

#include <algorithm>
#include <limits>
#include <set>

#include "base/scrape/read_parts.h"

namespace sluice::scrape {

namespace {

constexpr std::string_view discoveries_of_others[] = {
    "azure_sd_configs",      "consul_sd_configs",    "digitalocean_sd_configs",
    "dns_sd_configs",        "docker_sd_configs",    "dockerswarm_sd_configs",
    "ec2_sd_configs",        "eureka_sd_configs",    "gce_sd_configs",
    "hetzner_sd_configs",    "http_sd_configs",      "ionos_sd_configs",
    "kubernetes_sd_configs", "kuma_sd_configs",      "lightsail_sd_configs",
    "linode_sd_configs",     "marathon_sd_configs",  "nerve_sd_configs",
    "nomad_sd_configs",      "openstack_sd_configs", "ovhcloud_sd_configs",
    "puppetdb_sd_configs",   "scaleway_sd_configs",  "serverset_sd_configs",
    "triton_sd_configs",     "uyuni_sd_configs"};

// Keys that change what is scraped in ways Sluice cannot; silence would be a lie.
constexpr std::string_view unsupported_keys[] = {"oauth2",
                                                 "proxy_url",
                                                 "proxy_from_environment",
                                                 "no_proxy",
                                                 "proxy_connect_header",
                                                 "scrape_failure_log_file",
                                                 "sigv4",
                                                 "native_histogram_bucket_limit",
                                                 "native_histogram_min_bucket_factor"};

struct ProtocolName {
  std::string_view name;
  ScrapeProtocol protocol;
};
constexpr ProtocolName protocol_names[] = {
    {"PrometheusProto", ScrapeProtocol::protobuf},
    {"OpenMetricsText1.0.0", ScrapeProtocol::openmetrics_1_0_0},
    {"OpenMetricsText0.0.1", ScrapeProtocol::openmetrics_0_0_1},
    {"PrometheusText1.0.0", ScrapeProtocol::text_1_0_0},
    {"PrometheusText0.0.4", ScrapeProtocol::text_0_0_4}};

std::optional<ScrapeProtocol> protocol_of(std::string_view name) {
  for (const ProtocolName& known : protocol_names)
    if (known.name == name) return known.protocol;
  return std::nullopt;
}

std::string unknown_protocol(const std::string& name) {
  return "unknown scrape protocol \"" + name + "\"";
}

void read_protocols(YamlNode& node, std::vector<ScrapeProtocol>& out) {
  if (!node.has("scrape_protocols")) return;
  out.clear();
  for (YamlNode& item : node.list("scrape_protocols")) {
    const std::string name = item.text();
    const auto protocol = protocol_of(name);
    if (!protocol)
      item.error(unknown_protocol(name));
    else if (std::find(out.begin(), out.end(), *protocol) != out.end())
      item.error("duplicated protocol \"" + name + "\"");
    else
      out.push_back(*protocol);
  }
  if (out.empty()) node.error_at("scrape_protocols", "cannot be empty");
}

std::uint64_t read_limit(YamlNode& node, std::string_view key, std::uint64_t fallback) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::uint64_t>(
      node.integer(key, static_cast<std::int64_t>(fallback), 0, most));
}

void read_limits(YamlNode& node, ScrapeLimits& limits) {
  limits.body_size = node.bytes("body_size_limit", limits.body_size);
  limits.samples = read_limit(node, "sample_limit", limits.samples);
  limits.labels = read_limit(node, "label_limit", limits.labels);
  limits.label_name_length = read_limit(node, "label_name_length_limit", limits.label_name_length);
  limits.label_value_length =
      read_limit(node, "label_value_length_limit", limits.label_value_length);
  limits.targets = read_limit(node, "target_limit", limits.targets);
  limits.keep_dropped_targets =
      read_limit(node, "keep_dropped_targets", limits.keep_dropped_targets);
}

void read_name_scheme(YamlNode& node, NameScheme& names) {
  const std::string scheme = node.string("metric_name_validation_scheme", "");
  if (scheme == "legacy")
    names = NameScheme::legacy;
  else if (scheme == "utf8")
    names = NameScheme::utf8;
  else if (!scheme.empty())
    node.error_at("metric_name_validation_scheme", "expected utf8 or legacy");
}

// Who wants native histograms asks for the format that has them, unless told what to ask for.
void read_histogram_switches(YamlNode& node, JobConfig& job) {
  job.native_histograms = node.boolean("scrape_native_histograms", job.native_histograms);
  job.classic_histograms = node.boolean("scrape_classic_histograms", job.classic_histograms);
  job.classic_histograms = node.boolean("always_scrape_classic_histograms", job.classic_histograms);
  auto& protocols = job.protocols;
  if (job.native_histograms && protocols == JobConfig{}.protocols)
    protocols.insert(protocols.begin(), ScrapeProtocol::protobuf);
}

struct GlobalConfig {
  JobConfig job;  // what jobs start from
  LabelSet external_labels;
};

// One of the two times of a job, or of all jobs.
Duration read_time(YamlNode& node, std::string_view key, Duration fallback) {
  const Duration time = node.duration(key, fallback);
  if (time <= longest_interval) return time;
  node.error_at(key, "must be at most 1y");
  return fallback;
}

GlobalConfig read_global(YamlNode node, bool external_labels) {
  GlobalConfig global;
  global.job.interval = read_time(node, "scrape_interval", global.job.interval);
  global.job.timeout = read_time(node, "scrape_timeout", global.job.timeout);
  if (global.job.interval.count() == 0) global.job.interval = JobConfig{}.interval;
  if (!node.has("scrape_timeout")) {
    global.job.timeout = std::min(global.job.timeout, global.job.interval);
  } else if (global.job.timeout > global.job.interval) {
    node.error_at("scrape_timeout", "global scrape timeout greater than scrape interval");
  }
  read_protocols(node, global.job.protocols);
  read_histogram_switches(node, global.job);
  read_limits(node, global.job.limits);
  read_name_scheme(node, global.job.names);
  if (external_labels) {
    global.external_labels = read_label_map(node.section("external_labels"));
  } else if (node.has("external_labels")) {
    node.error_at(
        "external_labels",
        "the daemon keeps what it scrapes and sends nothing on; add labels to the targets");
  }
  return global;
}

// Without a timeout of its own a job takes the global one, but not more than its interval.
void read_times(YamlNode& node, JobConfig& job) {
  const Duration global_timeout = job.timeout;
  job.interval = read_time(node, "scrape_interval", job.interval);
  if (job.interval.count() == 0) node.error_at("scrape_interval", "must be longer than 0s");
  if (!node.has("scrape_timeout")) {
    job.timeout = std::min(global_timeout, job.interval);
    return;
  }
  job.timeout = read_time(node, "scrape_timeout", job.timeout);
  if (job.timeout.count() == 0) node.error_at("scrape_timeout", "must be longer than 0s");
  if (job.timeout > job.interval)
    node.error_at("scrape_timeout",
                  "scrape timeout greater than scrape interval for scrape config with job name \"" +
                      job.name + "\"");
}

void refuse_unsupported(YamlNode& node) {
  for (const auto key : discoveries_of_others)
    if (node.has(key))
      node.error_at(key, "Sluice discovers targets by static_configs and file_sd_configs only");
  for (const auto key : unsupported_keys)
    if (node.has(key)) node.error_at(key, "is not supported by Sluice");
  if (node.boolean("convert_classic_histograms_to_nhcb", false))
    node.error_at("convert_classic_histograms_to_nhcb", "is not supported by Sluice");
  // HTTP/2 is an offer that nobody must take.
  node.boolean("enable_http2", true);
}

void read_params(YamlNode node, JobConfig& job) {
  for (auto& [name, values] : node.entries())
    for (YamlNode& value : values.items()) job.params[name].push_back(value.text());
}

JobConfig read_job(YamlNode& node, const JobConfig& standard) {
  JobConfig job = standard;
  job.name = node.string("job_name");
  if (job.name.empty()) node.error("job_name is empty");
  read_times(node, job);
  job.metrics_path = node.string("metrics_path", job.metrics_path);
  job.scheme = node.string("scheme", job.scheme);
  if (job.scheme != "http" && job.scheme != "https")
    node.error_at("scheme", "expected http or https, not \"" + job.scheme + "\"");
  read_params(node.section("params"), job);
  job.honor_labels = node.boolean("honor_labels", job.honor_labels);
  job.honor_timestamps = node.boolean("honor_timestamps", job.honor_timestamps);
  job.track_timestamps_staleness =
      node.boolean("track_timestamps_staleness", job.track_timestamps_staleness);
  read_protocols(node, job.protocols);
  read_histogram_switches(node, job);
  const std::string fallback = node.string("fallback_scrape_protocol", "");
  job.fallback_protocol = protocol_of(fallback);
  if (!fallback.empty() && !job.fallback_protocol)
    node.error_at("fallback_scrape_protocol", unknown_protocol(fallback));
  read_name_scheme(node, job.names);
  read_limits(node, job.limits);
  read_http_options(node, job.http);
  job.static_groups = read_static_groups(node);
  job.file_discoveries = read_file_discoveries(node);
  job.relabel = read_relabel_rules(node, "relabel_configs", job.names);
  job.metric_relabel = read_relabel_rules(node, "metric_relabel_configs", job.names);
  refuse_unsupported(node);
  return job;
}

}  // namespace

ScrapeConfig read_scrape_config(YamlNode& root, bool external_labels) {
  const GlobalConfig global = read_global(root.section("global"), external_labels);
  ScrapeConfig config;
  config.external_labels = global.external_labels;
  std::set<std::string> names;
  for (YamlNode& node : root.list("scrape_configs")) {
    config.jobs.push_back(read_job(node, global.job));
    const std::string& name = config.jobs.back().name;
    if (!names.insert(name).second)
      node.error_at("job_name", "found multiple scrape configs with job name \"" + name + "\"");
  }
  return config;
}

}  // namespace sluice::scrape
