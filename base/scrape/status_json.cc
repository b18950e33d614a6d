#include "base/scrape/status_json.h"

namespace sluice::scrape {

namespace {

void write_label_object(JsonWriter& json, const LabelSet& labels) {
  json.begin_object();
  for (const Label& label : labels) json.key(label.name).string(label.value);
  json.end_object();
}

void write_active(JsonWriter& json, const TargetStatus& status, const std::string& host) {
  const Target& target = *status.target;
  const TargetState& state = status.state;
  json.begin_object().key("discoveredLabels");
  write_label_object(json, target.discovered);
  json.key("labels");
  write_label_object(json, target.labels);
  json.key("scrapePool").string(status.job);
  json.key("scrapeUrl").string(target.url);
  json.key("globalUrl").string(global_url(target.url, host));
  json.key("lastError").string(state.last_error);
  json.key("lastScrape")
      .string(state.last_scrape ? format_rfc3339(*state.last_scrape) : "0001-01-01T00:00:00Z");
  json.key("lastScrapeDuration").number(state.last_seconds);
  json.key("health").string(to_string(state.health));
  json.key("scrapeInterval").string(format_prometheus_duration(target.interval));
  json.key("scrapeTimeout").string(format_prometheus_duration(target.timeout));
  json.end_object();
}

void write_dropped(JsonWriter& json, const ScrapeStatus& status, const TargetQuery& query) {
  json.key("droppedTargets").begin_array();
  for (const DroppedTarget& target : status.dropped) {
    if (!query.dropped || (!query.job.empty() && target.job != query.job)) continue;
    json.begin_object().key("discoveredLabels");
    write_label_object(json, target.discovered);
    json.key("scrapePool").string(target.job).end_object();
  }
  json.end_array().key("droppedTargetCounts");
  if (!query.dropped) {
    json.null();
    return;
  }
  json.begin_object();
  for (const auto& [job, count] : status.dropped_counts)
    if (query.job.empty() || job == query.job)
      json.key(job).number(static_cast<std::uint64_t>(count));
  json.end_object();
}

void write_description(JsonWriter& json, const LabelSet& target, const MetricMetadata& metadata,
                       bool name_metric) {
  json.begin_object().key("target");
  write_label_object(json, target);
  if (name_metric) json.key("metric").string(metadata.family);
  json.key("type").string(metadata.type);
  json.key("help").string(metadata.help);
  json.key("unit").string(metadata.unit).end_object();
}

// What the query asks of one target's families, in order of their names.
std::vector<const MetricMetadata*> find_descriptions(const TargetState& state,
                                                     const std::string& metric) {
  std::vector<const MetricMetadata*> found;
  if (!state.descriptions) return found;
  if (metric.empty()) {
    for (const auto& [family, metadata] : *state.descriptions) found.push_back(&metadata);
  } else if (const auto one = state.descriptions->find(metric); one != state.descriptions->end()) {
    found.push_back(&one->second);
  }
  return found;
}

}  // namespace

TargetQuery target_query(const std::string& state, const std::string& job) {
  TargetQuery query;
  query.active = state != "dropped";
  query.dropped = state != "active";
  query.job = job;
  return query;
}

void write_targets(JsonWriter& json, const ScrapeStatus& status, const TargetQuery& query,
                   const std::string& host) {
  json.begin_object().key("activeTargets").begin_array();
  for (const TargetStatus& target : status.active)
    if (query.active && (query.job.empty() || target.job == query.job))
      write_active(json, target, host);
  json.end_array();
  write_dropped(json, status, query);
  json.end_object();
}

void write_scrape_pools(JsonWriter& json, const ScrapeStatus& status) {
  json.begin_object().key("scrapePools").begin_array();
  for (const std::string& job : status.jobs) json.string(job);
  json.end_array().end_object();
}

bool write_target_metadata(JsonWriter& json, const ScrapeStatus& status,
                           const MetadataQuery& query) {
  std::size_t written = 0;
  for (const TargetStatus& target : status.active) {
    if (!query.matches(target.target->labels)) continue;
    for (const MetricMetadata* metadata : find_descriptions(target.state, query.metric)) {
      if (query.limit && written >= *query.limit) break;
      if (written++ == 0) json.begin_array();
      write_description(json, target.target->labels, *metadata, query.metric.empty());
    }
  }
  if (written > 0) json.end_array();
  return written > 0;
}

std::string global_url(const std::string& url, const std::string& host) {
  const auto begin = url.find("://") + 3;
  for (const std::string_view local : {"127.0.0.1", "localhost", "[::1]"}) {
    if (!std::string_view(url).substr(begin).starts_with(local)) continue;
    const auto end = begin + local.size();
    if (end < url.size() && url[end] != ':' && url[end] != '/') continue;
    return url.substr(0, begin) + host + url.substr(end);
  }
  return url;
}

}  // namespace sluice::scrape
