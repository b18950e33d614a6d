// The scraper's state as Prometheus' API shows it: the `data` of /api/v1/targets,
// /api/v1/scrape_pools and /api/v1/targets/metadata.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/codec/json_writer.h"
#include "base/scrape/scraper.h"

namespace sluice::scrape {

struct TargetQuery {
  bool active = true;
  bool dropped = true;
  std::string job;  // empty: all (parameter scrapePool)
};
// Parameters `state` (active, dropped, any) and `scrapePool`; anything else as state is any.
TargetQuery target_query(const std::string& state, const std::string& job);

// `host` replaces localhost in globalUrl.
void write_targets(JsonWriter& json, const ScrapeStatus& status, const TargetQuery& query,
                   const std::string& host);
void write_scrape_pools(JsonWriter& json, const ScrapeStatus& status);

struct MetadataQuery {
  std::string metric;  // empty: all
  std::optional<std::size_t> limit;
  std::function<bool(const LabelSet&)> matches;  // of the target
};
// False if nothing was found; then nothing is written.
bool write_target_metadata(JsonWriter& json, const ScrapeStatus& status,
                           const MetadataQuery& query);

// http://127.0.0.1:9100/metrics as others see it: http://web-1:9100/metrics. Pure.
std::string global_url(const std::string& url, const std::string& host);

}  // namespace sluice::scrape
